package client

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"github.com/parley-im/parley/pkg/chat"
)

// maxTokenAnswer bounds what is read from a token endpoint, in bytes.
const maxTokenAnswer = 64 << 10

// StaticToken is a provider for Options.Token that always returns the same token.
func StaticToken(token string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) { return token, nil }
}

// TokenFrom is a provider for Options.Token that asks an endpoint like /dev/token of the local stack: it posts
// {"user":"ann"} and gets {"token":"…"}.
func TokenFrom(endpoint string, user chat.UserID) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		question, err := json.Marshal(map[string]chat.UserID{"user": user})
		if err != nil {
			return "", err
		}
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, bytes.NewReader(question))
		if err != nil {
			return "", err
		}
		request.Header.Set("Content-Type", "application/json")
		request.Close = true // the next question comes in an hour or two
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return "", err
		}
		defer func() { _ = response.Body.Close() }()
		if response.StatusCode != http.StatusOK {
			return "", fmt.Errorf("%s answered %s", endpoint, response.Status)
		}
		var answer struct {
			Token string `json:"token"`
		}
		if err := json.NewDecoder(io.LimitReader(response.Body, maxTokenAnswer)).Decode(&answer); err != nil || answer.Token == "" {
			return "", fmt.Errorf("%s answered without a token", endpoint)
		}
		return answer.Token, nil
	}
}
