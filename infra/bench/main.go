// Bench measures the local stack as a user has it: the compiled binary, clients in another process on the same machine.
// Every figure in the README comes from here. Absolute times are this machine's; ratios travel.
package main

import (
	"os"

	"github.com/parley-im/parley/infra/bench/bench"
)

func main() { os.Exit(bench.Run(os.Args[1:], os.Stdout, os.Stderr)) }
