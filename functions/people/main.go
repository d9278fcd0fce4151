// People keeps what users show of themselves and have decided about each other.
package main

import "github.com/parley-im/parley/pkg/app"

func main() { app.Run(app.People) }
