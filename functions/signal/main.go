// Signal keeps how far members are in their conversations and what they chose for them, and tells who is to know.
package main

import "github.com/parley-im/parley/pkg/app"

func main() { app.Run(app.Signal) }
