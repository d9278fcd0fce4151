// Push notifies the devices of members who are offline.
package main

import "github.com/parley-im/parley/pkg/app"

func main() { app.Run(app.Push) }
