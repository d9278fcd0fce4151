// Media signs uploads and downloads.
package main

import "github.com/parley-im/parley/pkg/app"

func main() { app.Run(app.Media) }
