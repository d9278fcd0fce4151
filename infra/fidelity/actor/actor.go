package main

import (
	"context"
	"encoding/json"
	"fmt"
)

// actor implements [lambda.Handler], because it returns what it is told to, well-formed or not.
type actor struct{ connections }

func newActor() (*actor, error) {
	c, err := newConnections(context.Background())
	if err != nil {
		return nil, err
	}
	return &actor{c}, nil
}

// event is the part of all events that the actor goes by.
type event struct {
	raw []byte

	Type           string            `json:"type"` // REQUEST for an authorizer
	MethodARN      string            `json:"methodArn"`
	Query          map[string]string `json:"queryStringParameters"`
	Body           string            `json:"body"`
	RequestContext struct {
		EventType    string `json:"eventType"`
		ConnectionID string `json:"connectionId"`
		Authorizer   struct {
			Watcher string `json:"watcher"`
		} `json:"authorizer"`
	} `json:"requestContext"`
}

// Invoke serves the authorizer and every route.
func (a *actor) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	e := event{raw: payload}
	if err := json.Unmarshal(payload, &e); err != nil {
		return nil, fmt.Errorf("decode event: %w", err)
	}
	switch {
	case e.Type == "REQUEST":
		return a.authorize(ctx, e)
	case e.RequestContext.EventType == "CONNECT":
		return a.answer(ctx, parse(e.Query["connect"]), e)
	case e.RequestContext.EventType == "DISCONNECT":
		return a.report(ctx, e)
	}
	i := parse(e.Body)
	if i.Do == "" {
		i.Do = "event"
	}
	return a.answer(ctx, i, e)
}

// answer carries out an instruction and makes a proxy response of it.
func (a *actor) answer(ctx context.Context, i instruction, e event) ([]byte, error) {
	text, result, err := a.carryOut(ctx, i, e)
	if err != nil || result != nil {
		return result, err
	}
	return json.Marshal(map[string]any{"statusCode": 200, "body": text})
}

// authorize lets everybody in, unless it is told otherwise. The connection named by the query parameter "watcher" goes into the
// context, which is how $disconnect, whose event has no query, knows of it.
func (a *actor) authorize(ctx context.Context, e event) ([]byte, error) {
	text, result, err := a.carryOut(ctx, parse(e.Query["authorize"]), e)
	if err != nil || result != nil {
		return result, err
	}
	return json.Marshal(map[string]any{
		"principalId": e.Query["who"],
		"policyDocument": map[string]any{
			"Version": "2012-10-17",
			"Statement": []map[string]string{
				{"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": e.MethodARN},
			},
		},
		"context": map[string]any{"watcher": e.Query["watcher"], "told": text, "number": 7, "flag": true},
	})
}

// report tells the watcher of a connection that it has ended, and what a post to it gets now.
func (a *actor) report(ctx context.Context, e event) ([]byte, error) {
	if watcher := e.RequestContext.Authorizer.Watcher; watcher != "" {
		status := a.post(ctx, e.RequestContext.ConnectionID, "too late")
		report, err := json.Marshal(map[string]any{"event": json.RawMessage(e.raw), "status": status})
		if err != nil {
			return nil, err
		}
		a.post(ctx, watcher, string(report))
	}
	return []byte(`{"statusCode":200}`), nil
}
