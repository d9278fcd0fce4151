// Crash fails in the way that its event names.
package main

import (
	"errors"
	"io"
	"log"
	"os"
	"strings"
	"syscall"

	"github.com/aws/aws-lambda-go/lambda"
)

func main() {
	lambda.StartWithOptions(func(how string) (any, error) {
		log.Print("about to ", how)
		switch how {
		case "error":
			return nil, errors.New("no luck")
		case "panic":
			panic("no luck")
		case "exit":
			os.Exit(3)
		case "leave":
			os.Exit(0)
		case "kill":
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		case "break off":
			return io.MultiReader(strings.NewReader("half"), broken{}), nil
		}
		return os.Getpid(), nil
	})
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("torn") }
