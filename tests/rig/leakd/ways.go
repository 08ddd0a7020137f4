package main

// The ways in which goroutines are left behind; each in a function of its own, so that a dump can be
// asked for it by name.

import (
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

type ways struct {
	mu      sync.Mutex
	cond    *sync.Cond
	group   sync.WaitGroup
	out     chan int // nobody receives
	in      chan int // nobody sends
	kept    []net.Conn
}

func newWays() *ways {
	w := &ways{out: make(chan int), in: make(chan int)}
	w.cond = sync.NewCond(&sync.Mutex{})
	w.group.Add(1) // and nobody calls Done
	w.mu.Lock()    // and nobody unlocks
	return w
}

//go:noinline
func (w *ways) leakSend(n int) { w.out <- n }

//go:noinline
func (w *ways) leakReceive() { fmt.Println(<-w.in) }

//go:noinline
func (w *ways) leakSelect(other chan string) {
	for {
		select {
		case n := <-w.in:
			fmt.Println(n)
		case s := <-other:
			fmt.Println(s)
		}
	}
}

//go:noinline
func (w *ways) leakWaitGroup() { w.group.Wait() }

//go:noinline
func (w *ways) leakMutex() {
	w.mu.Lock()
	defer w.mu.Unlock()
}

//go:noinline
func (w *ways) leakCond() {
	w.cond.L.Lock()
	defer w.cond.L.Unlock()
	w.cond.Wait()
}

//go:noinline
func leakNil() {
	var c chan int
	<-c
}

//go:noinline
func leakSleep() {
	for {
		time.Sleep(time.Hour)
	}
}

//go:noinline
func leakTicker() {
	ticker := time.NewTicker(time.Hour)
	for {
		<-ticker.C
	}
}

//go:noinline
func leakRead(c net.Conn) {
	var b [1]byte
	c.Read(b[:])
}

// start leaves one goroutine of each way behind.
func (w *ways) start(how string) error {
	switch how {
	case "send":
		go w.leakSend(1)
	case "receive":
		go w.leakReceive()
	case "select":
		go w.leakSelect(make(chan string))
	case "waitgroup":
		go w.leakWaitGroup()
	case "mutex":
		go w.leakMutex()
	case "cond":
		go w.leakCond()
	case "nil":
		go leakNil()
	case "sleep":
		go leakSleep()
	case "ticker":
		go leakTicker()
	case "read":
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		defer l.Close()
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			return err
		}
		peer, err := l.Accept()
		if err != nil {
			return err
		}
		w.kept = append(w.kept, c, peer) // the peer says nothing and does not hang up
		go leakRead(c)
	default:
		return fmt.Errorf("no way %q", how)
	}
	return nil
}

// ServeHTTP: /ways?how=send&n=K
func (w *ways) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	n, err := number(r, "n", 1, 100000)
	for i := 0; i < n && err == nil; i++ {
		err = w.start(r.URL.Query().Get("how"))
	}
	if err != nil {
		http.Error(out, err.Error(), http.StatusBadRequest)
		return
	}
	fmt.Fprintf(out, "ok %d\n", n)
}
