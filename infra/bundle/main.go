// Bundle builds the functions for Lambda: one zip each, ready to upload, the same bytes for the same sources, so that a
// deployment changes only the functions that changed. With -local it builds the same functions for this machine instead,
// for the local stack to run.
//
// Run it at the root of the repository.
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	local := flag.Bool("local", false, "build for this machine into "+localFolder+", without zips")
	flag.Parse()
	if err := bundle(os.Stdout, *local); err != nil {
		fmt.Fprintln(os.Stderr, "bundle:", err)
		os.Exit(1)
	}
}
