// Sigterm says goodbye when it is told that its sandbox ends; with STAY it stays, connected to the address in GATE.
package main

import (
	"fmt"
	"net"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
)

func main() {
	stay := os.Getenv("STAY") != ""
	if stay {
		if _, err := net.Dial("tcp", os.Getenv("GATE")); err != nil {
			panic(err)
		}
	}
	lambda.StartWithOptions(
		func() (int, error) { return os.Getpid(), nil },
		lambda.WithEnableSIGTERM(func() {
			if stay {
				fmt.Println("I stay")
				return
			}
			fmt.Println("goodbye")
			os.Exit(0)
		}),
	)
}
