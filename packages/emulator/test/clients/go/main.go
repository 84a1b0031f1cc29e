// Clients runs every case over grpc or rest and prints a line for each: its name, ok or failed, and the reason.
package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

// A testCase is a case that Google's client must pass.
type testCase struct {
	name string
	run  func(*bench)
}

func main() {
	wire := os.Args[1]
	for _, c := range slices.Concat(queueCases, taskCases, rejectionCases, batchCases) {
		if reason := attempt(c, wire); reason != "" {
			fmt.Println(c.name, "failed", strings.Join(strings.Fields(reason), " "))
		} else {
			fmt.Println(c.name, "ok")
		}
	}
}

// attempt runs a case on an emulator of its own and returns the reason if it fails.
func attempt(c testCase, wire string) (reason string) {
	defer func() {
		if failure := recover(); failure != nil {
			reason = fmt.Sprint(failure)
		}
	}()
	b := newBench(wire)
	defer b.close()
	c.run(b)
	return ""
}
