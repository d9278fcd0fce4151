// Hello is a function small enough to be built in a test.
package main

func main() {}
