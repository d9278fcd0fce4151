// Presence shows who is there to those who watch.
package main

import "github.com/parley-im/parley/pkg/app"

func main() { app.Run(app.Presence) }
