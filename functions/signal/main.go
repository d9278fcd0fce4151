// Signal passes on who is typing.
package main

import "github.com/parley-im/parley/pkg/app"

func main() { app.Run(app.Signal) }
