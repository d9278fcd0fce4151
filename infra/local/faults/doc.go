// Package faults makes the local stack as bad as AWS can be: lost and late events, refusals, answers that never come,
// functions that die in the middle, reads from the past. All of it comes from one [Injector] with one seed, so what a fault
// did can be had again.
//
// A [Plan] says which faults strike: each [Rule] names one of the [Catalogue], where, and how often. Whether the n-th event
// that a rule is asked about is struck follows from the seed, the rule and n alone (draw.go), not from what other rules,
// functions or goroutines do. The same seed and the same events give the same faults.
//
// The injector stands in two places, through which everything passes: [Injector.Invoke] is around the gateway's invocations
// of functions, [Injector.Tap] before each AWS service as functions see it. Its ServeHTTP is the admin endpoint.
//
// Start at catalogue.go, where each fault is a line; call.go and invocation.go are what the lines are made of.
//
// Sources are given as "aws.md 1.6", a section of the project's reference on AWS, and "F14", a fault of section A4 of its
// reference on reliability.
package faults
