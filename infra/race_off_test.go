//go:build !race

package main

// raceDetector is false: see race_on_test.go.
const raceDetector = false
