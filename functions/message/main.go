// Message appends to conversations and hands each entry to its members.
package main

import "github.com/parley-im/parley/pkg/app"

func main() { app.Run(app.Message) }
