// Tick sends scheduled messages when they are due.
package main

import "github.com/parley-im/parley/pkg/app"

func main() { app.Run(app.Tick) }
