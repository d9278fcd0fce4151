// Group changes who is in a group and what it is like.
package main

import "github.com/parley-im/parley/pkg/app"

func main() { app.Run(app.Group) }
