// Grace tells that somebody is offline who did not come back.
package main

import "github.com/parley-im/parley/pkg/app"

func main() { app.Run(app.Grace) }
