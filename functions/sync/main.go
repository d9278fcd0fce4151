// Sync reads: what was missed, history, conversations, members.
package main

import "github.com/parley-im/parley/pkg/app"

func main() { app.Run(app.Sync) }
