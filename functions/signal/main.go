// Signal passes on who is typing and how far members are, and keeps what they chose for their conversations.
package main

import "github.com/parley-im/parley/pkg/app"

func main() { app.Run(app.Signal) }
