package apigateway_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/coder/websocket"

	"github.com/parley-im/parley/infra/local/apigateway"
)

// Any handler written for aws-lambda-go runs behind the gateway, in the same process.
func Example() {
	echo := lambda.NewHandler(func(_ context.Context, e events.APIGatewayWebsocketProxyRequest) (events.APIGatewayProxyResponse, error) {
		return events.APIGatewayProxyResponse{StatusCode: 200, Body: e.RequestContext.RouteKey + " got " + e.Body}, nil
	})
	functions := map[string]lambda.Handler{"echo": echo}
	invoke := func(ctx context.Context, function string, payload []byte) (apigateway.Result, error) {
		result, err := functions[function].Invoke(ctx, payload)
		if err != nil {
			failure, _ := json.Marshal(map[string]string{"errorMessage": err.Error(), "errorType": "Error"})
			return apigateway.Result{Payload: failure, FunctionError: "Unhandled"}, nil
		}
		return apigateway.Result{Payload: result}, nil
	}
	gateway, err := apigateway.New(apigateway.API{
		ID: "a1b2c3d4e5", Stage: "local", Region: "eu-west-1", Account: "123456789012",
		Routes: []apigateway.Route{
			{Key: "echo", Function: "echo", Response: true},
			{Key: "ping", Mock: &apigateway.Mock{Body: `{"event":"pong"}`}, Response: true},
		},
	}, invoke, apigateway.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	defer gateway.Close(ctx)
	server := httptest.NewServer(gateway)
	defer server.Close()

	socket, _, err := websocket.Dial(ctx, strings.Replace(server.URL, "http", "ws", 1)+"/local", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer socket.CloseNow()
	for _, message := range []string{`{"action":"echo"}`, `{"action":"ping"}`} {
		if err := socket.Write(ctx, websocket.MessageText, []byte(message)); err != nil {
			fmt.Println(err)
			return
		}
		_, answer, err := socket.Read(ctx)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(string(answer))
	}
	// Output:
	// echo got {"action":"echo"}
	// {"event":"pong"}
}
