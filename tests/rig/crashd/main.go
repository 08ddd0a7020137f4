// crashd: a real Go program for the decoders' tests: crashd panic | deadlock | dump | gc | json
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"time"
)

type sensor struct{ n int }

//go:noinline
func (s *sensor) read(at []int) int { return at[s.n] }

//go:noinline
func work(s *sensor) int { return s.read([]int{1, 2, 3}) + 1 }

func waiting(c chan int) { <-c }

func collect() {
	var keep [][]byte
	for i := 0; i < 40; i++ {
		keep = append(keep, make([]byte, 1<<20))
		if i%10 == 9 {
			runtime.GC()
			time.Sleep(60 * time.Millisecond)
		}
	}
	runtime.KeepAlive(keep)
}

func logs() {
	for i, level := range []string{"INFO", "ERROR"} {
		line, _ := json.Marshal(map[string]any{"time": time.Unix(1732175001+int64(i), 0).UTC(), "level": level,
			"msg": fmt.Sprintf("request %d", i), "trace_id": fmt.Sprintf("4bf92f%d", i)})
		fmt.Println(string(line))
	}
}

func main() {
	c := make(chan int)
	switch os.Args[1] {
	case "panic":
		go waiting(c)
		time.Sleep(10 * time.Millisecond)
		work(&sensor{7})
	case "deadlock":
		<-c
	case "gc":
		collect()
	case "json":
		logs()
	}
}
