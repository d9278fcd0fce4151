// Initfail does not become ready, in the way that HOW names.
package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"

	"github.com/aws/aws-lambda-go/lambda"
)

func main() {
	fmt.Println("starting")
	switch os.Getenv("HOW") {
	case "exit":
		os.Exit(1)
	case "report":
		response, err := http.Post("http://"+os.Getenv("AWS_LAMBDA_RUNTIME_API")+"/2018-06-01/runtime/init/error",
			"application/json", strings.NewReader(`{"errorType":"Config.Missing","errorMessage":"no table"}`))
		if err != nil || response.StatusCode != http.StatusAccepted {
			panic(fmt.Sprint(response, err))
		}
		select {}
	case "hang":
		conn, err := net.Dial("tcp", os.Getenv("GATE"))
		if err != nil {
			panic(err)
		}
		fmt.Fprintln(conn, "hanging")
		select {}
	case "once":
		if err := os.Mkdir(os.Getenv("MARK"), 0o700); err == nil {
			os.Exit(1)
		}
	}
	lambda.Start(func() (int, error) { return os.Getpid(), nil })
}
