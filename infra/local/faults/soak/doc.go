// Package soak lets people talk over the compiled functions and the whole local stack while every fault of the catalogue
// strikes and their connections break, then heals everything and checks what must hold nevertheless (the project's reference
// on reliability, A3): no acknowledged message is lost, none is there twice, logs have no gaps, everybody agrees, and
// everybody gets everything.
//
// It holds nothing but tests. With PARLEY_SEED=n the second run has that seed instead of a random one.
//
// Start at soak_test.go; check_test.go holds the invariants, person_test.go the people.
package soak
