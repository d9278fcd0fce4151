// Authorizer decides on $connect: token and origin.
package main

import "github.com/parley-im/parley/pkg/app"

func main() { app.Run(app.Authorizer) }
