// Devices registers a device for notifications.
package main

import "github.com/parley-im/parley/pkg/app"

func main() { app.Run(app.Devices) }
