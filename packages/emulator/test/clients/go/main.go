// Clients runs every case over one wire, grpc or rest, and writes a line for each: its name, ok or failed, and why.
package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

// A testCase is something that Google's client must be able to do.
type testCase struct {
	name string
	run  func(*bench)
}

func main() {
	wire := os.Args[1]
	for _, c := range slices.Concat(queueCases, taskCases, refusalCases, batchCases) {
		if reason := attempt(c, wire); reason != "" {
			fmt.Println(c.name, "failed", strings.Join(strings.Fields(reason), " "))
		} else {
			fmt.Println(c.name, "ok")
		}
	}
}

// attempt runs a case on an emulator of its own, and returns why it failed.
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
