// Disconnect forgets a connection.
package main

import "github.com/parley-im/parley/pkg/app"

func main() { app.Run(app.Disconnect) }
