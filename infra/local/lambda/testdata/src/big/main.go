// Big answers with a JSON string that measures as many bytes as its event says.
package main

import (
	"strings"

	"github.com/aws/aws-lambda-go/lambda"
)

func main() {
	lambda.Start(func(size int) (string, error) { return strings.Repeat("x", size-2), nil })
}
