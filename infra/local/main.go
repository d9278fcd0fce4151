// Local runs Parley on this machine: every function as the binary that is deployed, between stand-ins for the AWS services.
// It stays in the foreground until Ctrl-C.
package main

import (
	"os"

	"github.com/parley-im/parley/infra/local/command"
)

func main() {
	stdout := os.Stdout
	os.Stdout = nil // the embedded S3 gateway talks to it; nobody needs to read that
	os.Exit(command.Run(os.Args[1:], stdout, os.Stderr))
}
