package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
)

// instruction is what the actor is told to do: by the body of a message, or by the query parameter "connect" or "authorize" of
// a handshake.
type instruction struct {
	// Do is
	//
	//	event    answer with the event (without an instruction, a message does that too)
	//	return   return Result as it is
	//	throw    fail with Message
	//	exit     end the process
	//	post     post Text to the connection To, and answer with the HTTP status of that
	//	hold     post the event to the connection To, and answer once that connection is gone
	Do      string          `json:"do"`
	Result  json.RawMessage `json:"result"`
	Message string          `json:"message"`
	To      string          `json:"to"`
	Text    string          `json:"text"`
}

// parse reads an instruction. What is none asks for nothing.
func parse(text string) (i instruction) {
	if json.Unmarshal([]byte(text), &i) != nil {
		return instruction{}
	}
	return i
}

// carryOut does what i says. It returns the text to answer with or, for "return", the whole result.
func (a *actor) carryOut(ctx context.Context, i instruction, e event) (text string, result []byte, err error) {
	switch i.Do {
	case "":
		return "", nil, nil
	case "event":
		return string(e.raw), nil, nil
	case "return":
		return "", e.fill(i.Result), nil
	case "throw":
		return "", nil, errors.New(i.Message)
	case "exit":
		os.Exit(1)
	case "post":
		return fmt.Sprintf(`{"status":%d}`, a.post(ctx, i.To, i.Text)), nil, nil
	case "hold":
		return "released", nil, a.hold(ctx, i.To, e)
	}
	return "", nil, fmt.Errorf("there is no %q to do", i.Do)
}

// fill puts the ARN of the authorized method into a result, which whoever wrote it cannot know.
func (e event) fill(result []byte) []byte {
	stage := strings.TrimSuffix(e.MethodARN, "/$connect")
	return []byte(strings.NewReplacer("{methodArn}", e.MethodARN, "{stageArn}", stage).Replace(string(result)))
}
