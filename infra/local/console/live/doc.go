// Package live tests the console with the real stack, the Go client and a browser. It is a package of its own because the embedded
// S3 gateway changes the working directory of its process.
package live
