// Drafts keeps what is not said yet: drafts and scheduled messages.
package main

import "github.com/parley-im/parley/pkg/app"

func main() { app.Run(app.Drafts) }
