//go:build race

package main

// raceDetector keeps TestMain from closing jsii, whose Close waits for Node at the same time as another goroutine of its
// own and is reported for that. What is left behind is one folder in the temporary folder; Node ends with its input.
const raceDetector = true
