// Actor is the function behind every route of the fidelity suite, its authorizer among them. It does what it is told and
// keeps nothing.
package main

import (
	"fmt"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
)

func main() {
	a, err := newActor()
	if err != nil {
		fmt.Fprintln(os.Stderr, "actor:", err)
		os.Exit(1)
	}
	lambda.Start(a)
}
