// kinds writes one profile of every kind the Go runtime has, binary and as text, of a small program
// that allocates, blocks and burns time.  Twice, so that there is something to compare.
//
//	go run . FOLDER
package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"sync"
	"time"
)

var kept [][]byte

type holder struct{ data map[int][]byte }

//go:noinline
func (h *holder) grow(n int) {
	for i := 0; i < n; i++ {
		h.data[len(h.data)] = small(64 + i%3*512)
	}
}

func small(n int) []byte { return make([]byte, n) } // inlined into grow

//go:noinline
func leak(n int) {
	for i := 0; i < n; i++ {
		kept = append(kept, make([]byte, 96<<10))
	}
}

//go:noinline
func fight(mu *sync.Mutex, wg *sync.WaitGroup) {
	defer wg.Done()
	for i := 0; i < 40; i++ {
		mu.Lock()
		time.Sleep(200 * time.Microsecond)
		mu.Unlock()
	}
}

//go:noinline
func burn(d time.Duration) (x uint64) {
	for end := time.Now().Add(d); time.Now().Before(end); {
		for i := uint64(0); i < 20000; i++ {
			x = x*6364136223846793005 + i
		}
	}
	return x
}

func park(ctx context.Context, n int, done <-chan struct{}) {
	for i := 0; i < n; i++ {
		labels := pprof.Labels("route", fmt.Sprintf("/r%d", i%2), "quote", `a "b"`)
		go pprof.Do(ctx, labels, func(context.Context) { <-done })
		go func() { select {} }()
	}
}

func work(round int) {
	var mu sync.Mutex
	var wg sync.WaitGroup

	h := &holder{data: map[int][]byte{}}
	h.grow(4000 * round)
	leak(40 * round)
	for i := 0; i < 3; i++ {
		wg.Add(1)
		go fight(&mu, &wg)
	}
	wg.Wait()
	pprof.Do(context.Background(), pprof.Labels("phase", "burn"), func(context.Context) {
		burn(120 * time.Millisecond)
	})
	runtime.KeepAlive(h)
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "kinds:", err)
		os.Exit(1)
	}
}

func write(folder, name string, debug int) {
	var b bytes.Buffer

	check(pprof.Lookup(name).WriteTo(&b, debug))
	end := ".pb.gz"
	if debug > 0 {
		end = fmt.Sprintf(".debug%d", debug)
	}
	check(os.WriteFile(filepath.Join(folder, name+end), b.Bytes(), 0o600))
}

func main() {
	runtime.SetBlockProfileRate(1)
	runtime.SetMutexProfileFraction(1)
	done := make(chan struct{})
	for round, name := range []string{"a", "b"} {
		folder := filepath.Join(os.Args[1], name)
		check(os.MkdirAll(folder, 0o700))
		f, err := os.Create(filepath.Join(folder, "cpu.pb.gz"))
		check(err)
		check(pprof.StartCPUProfile(f))
		park(context.Background(), 4, done)
		work(round + 1)
		pprof.StopCPUProfile()
		check(f.Close())
		runtime.GC()
		for _, kind := range []string{"heap", "allocs", "goroutine", "threadcreate", "block", "mutex"} {
			write(folder, kind, 0)
			write(folder, kind, 1)
		}
		write(folder, "goroutine", 2)
	}
	close(done)
}
