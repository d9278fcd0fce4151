package lambda_test

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/parley-im/parley/infra/local/lambda"
)

func Example() {
	service, err := lambda.New(lambda.Config{Concurrency: 32}, lambda.Function{
		Name:    "batch",
		Binary:  filepath.Join(binaries, "batch"), // go build -tags lambda.norpc
		Timeout: 10 * time.Second,
		Env:     map[string]string{"TABLE": "conversations"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer service.Close(context.Background())

	for _, body := range []string{"good", "bad", "fatal"} {
		payload := fmt.Sprintf(`{"Records":[{"messageId":"1","body":%q}]}`, body)
		result, err := service.Invoke(context.Background(), "batch", []byte(payload))
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("cold %-5v %-9s %s\n", result.Report.Cold, result.FunctionError, result.Payload)
	}
	// Output:
	// cold true            {"batchItemFailures":null}
	// cold false           {"batchItemFailures":[{"itemIdentifier":"1"}]}
	// cold false Unhandled {"errorMessage":"fatal","errorType":"errorString"}
}
