// delved is a program to be debugged: it counts, and leaves with 3 when it is told to.
package main

import (
	"fmt"
	"os"
	"time"
)

var leave = len(os.Args) > 1 && os.Args[1] == "leave"

func count(n int) int {
	return n + 1
}

func main() {
	n := 0
	for start := time.Now(); time.Since(start) < 5*time.Minute; {
		n = count(n)
		if n%10 == 0 {
			fmt.Println("counted", n)
		}
		if leave && n > 20 {
			os.Exit(3)
		}
		time.Sleep(20 * time.Millisecond)
	}
}
