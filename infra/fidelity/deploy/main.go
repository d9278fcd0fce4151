// Deploy is the CDK app of the fidelity suite: both of its APIs and the actor, as one stack. Run it at the root of the repository:
//
//	npx cdk -a "go run ./infra/fidelity/deploy" deploy
//
// The outputs of the stack are the URLs that the tests take.
package main

import (
	"fmt"
	"os"
)

func main() {
	if err := synthesize(); err != nil {
		fmt.Fprintln(os.Stderr, "fidelity:", err)
		os.Exit(1)
	}
}
