// Fanout hands one entry to one shard of a large conversation.
package main

import "github.com/parley-im/parley/pkg/app"

func main() { app.Run(app.Fanout) }
