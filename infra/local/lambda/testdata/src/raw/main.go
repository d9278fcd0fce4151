// Raw speaks the Runtime API by hand, out of turn, and answers with the statuses it got.
package main

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strings"
)

func main() {
	api := "http://" + os.Getenv("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/"
	var statuses []string
	call := func(method, path, body string) string {
		request, err := http.NewRequest(method, api+path, strings.NewReader(body))
		if err != nil {
			panic(err)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			os.Exit(0)
		}
		defer response.Body.Close()
		_, _ = io.Copy(io.Discard, response.Body)
		statuses = append(statuses, method+" "+path+" "+response.Status)
		return response.Header.Get("Lambda-Runtime-Aws-Request-Id")
	}
	call("POST", "invocation/early/response", "1")
	id := call("GET", "invocation/next", "")
	call("GET", "invocation/next", "")
	call("POST", "init/error", "{}")
	call("POST", "invocation/other/response", "1")
	answer, err := json.Marshal(statuses)
	if err != nil {
		panic(err)
	}
	statuses = nil
	call("POST", "invocation/"+id+"/response", string(answer))
	call("POST", "invocation/"+id+"/response", "2")
	call("POST", "invocation/"+id+"/error", "2")
	again := call("GET", "invocation/next", "")
	answer, err = json.Marshal(strings.ReplaceAll(strings.Join(statuses, ","), id, "{id}"))
	if err != nil {
		panic(err)
	}
	call("POST", "invocation/"+again+"/response", string(answer))
	call("GET", "invocation/next", "")
}
