// Search finds messages in the caller's conversations.
package main

import "github.com/parley-im/parley/pkg/app"

func main() { app.Run(app.Search) }
