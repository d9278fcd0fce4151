// Connect records a connection and answers the subprotocol.
package main

import "github.com/parley-im/parley/pkg/app"

func main() { app.Run(app.Connect) }
