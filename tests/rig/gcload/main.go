// gcload allocates and forgets, so that the collector has work: what gc-tuning runs in its test.
package main

import "time"

var kept [64][]byte

func main() {
	for i := 0; ; i++ {
		kept[i%len(kept)] = make([]byte, 64<<10)
		if i%64 == 0 {
			time.Sleep(time.Millisecond)
		}
	}
}
