// Default answers frames that name no known action.
package main

import "github.com/parley-im/parley/pkg/app"

func main() { app.Run(app.Default) }
