// Leak leaves a goroutine behind that writes to the address in GATE for as long as it runs.
package main

import (
	"net"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
)

func main() {
	conn, err := net.Dial("tcp", os.Getenv("GATE"))
	if err != nil {
		panic(err)
	}
	moved := make(chan struct{})
	go func() {
		for range time.Tick(100 * time.Microsecond) {
			if _, err := conn.Write([]byte{'.'}); err != nil {
				return
			}
			select {
			case moved <- struct{}{}:
			default:
			}
		}
	}()
	lambda.Start(func() (int, error) {
		<-moved
		return os.Getpid(), nil
	})
}
