// leakd is a Go service that leaks when told to, with net/http/pprof on a port the kernel chose.
//
//	leakd [-portfile FILE] [-rate N]
//	    /leak?bytes=N&n=K     keeps K allocations of N bytes (main.leakCache, main.(*store).grow)
//	    /goroutines?n=K       leaves K goroutines blocked on a channel (main.leakWorker)
//	    /ways?how=W&n=K       leaves K goroutines behind: send, receive, select, waitgroup, mutex, cond,
//	                          nil, sleep, ticker, read (ways.go)
//	    /panic                dies of a panic in a goroutine, with a dump of all on stderr
//	    /churn?bytes=N&n=K    allocates and forgets
//	    /free?what=heap|goroutines (both without what), /gc, /quit, /debug/pprof/, /debug/vars
//	leakd -gen DIR -size S|M [-rate N]
//	    writes DIR/a.pb.gz and DIR/b.pb.gz: two heap profiles of one process, growth and shrinkage
//	    between them
package main

import (
	_ "expvar"
	"flag"
	"fmt"
	"net"
	"net/http"
	_ "net/http/pprof"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strconv"
	"sync"
)

// The rate must stand before the first allocation worth recording, so it is read from the arguments
// here and not by package flag.
var _ = func() int {
	for i, a := range os.Args {
		if (a == "-rate" || a == "--rate") && i+1 < len(os.Args) {
			if n, err := strconv.Atoi(os.Args[i+1]); err == nil && n > 0 {
				runtime.MemProfileRate = n
			}
		}
	}
	return 0
}()

type store struct {
	mu   sync.Mutex
	held [][]byte
	gate chan struct{}
	stop chan struct{}
}

//go:noinline
func (s *store) grow(bytes, n int) {
	for i := 0; i < n; i++ {
		b := make([]byte, bytes)
		for j := 0; j < len(b); j += 4096 {
			b[j] = 1 // touched, so that it counts as resident memory too
		}
		s.held = append(s.held, b)
	}
}

//go:noinline
func leakCache(s *store, bytes, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.grow(bytes, n)
}

//go:noinline
func leakWorker(gate chan struct{}) {
	<-gate
}

var churnSink []byte

//go:noinline
func churn(bytes, n int) {
	for i := 0; i < n; i++ {
		churnSink = make([]byte, bytes)
	}
	churnSink = nil
}

func number(r *http.Request, name string, normal, max int) (int, error) {
	text := r.URL.Query().Get(name)
	if text == "" {
		return normal, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > max {
		return 0, fmt.Errorf("%s must be a number up to %d", name, max)
	}
	return n, nil
}

// sized makes a handler of a function that takes bytes and n.
func sized(call func(bytes, n int)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		bytes, err := number(r, "bytes", 1<<20, 1<<28)
		if err == nil {
			var n int
			if n, err = number(r, "n", 1, 1000000); err == nil && bytes*n > 1<<30 {
				err = fmt.Errorf("more than 1 GiB at once")
			} else if err == nil {
				call(bytes, n)
				fmt.Fprintf(w, "ok %d x %d\n", n, bytes)
				return
			}
		}
		http.Error(w, err.Error(), http.StatusBadRequest)
	}
}

func (s *store) goroutines(w http.ResponseWriter, r *http.Request) {
	n, err := number(r, "n", 1, 1000000)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	gate := s.gate
	s.mu.Unlock()
	for i := 0; i < n; i++ {
		go leakWorker(gate)
	}
	fmt.Fprintf(w, "ok %d\n", n)
}

func (s *store) free(w http.ResponseWriter, r *http.Request) {
	what := r.URL.Query().Get("what")
	s.mu.Lock()
	if what != "goroutines" {
		s.held = nil
	}
	if what != "heap" {
		close(s.gate)
		s.gate = make(chan struct{})
	}
	s.mu.Unlock()
	runtime.GC()
	fmt.Fprintln(w, "ok")
}

func serve(listen, portfile string) error {
	s := &store{gate: make(chan struct{}), stop: make(chan struct{})}
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	line := fmt.Sprintf("listening on 127.0.0.1:%d\n", l.Addr().(*net.TCPAddr).Port)
	if portfile != "" { // whole or absent, so that a reader may wait for the name
		if err := os.WriteFile(portfile+".new", []byte(line), 0o600); err != nil {
			return err
		}
		if err := os.Rename(portfile+".new", portfile); err != nil {
			return err
		}
	}
	http.HandleFunc("/leak", sized(func(bytes, n int) { leakCache(s, bytes, n) }))
	http.HandleFunc("/churn", sized(churn))
	http.HandleFunc("/goroutines", s.goroutines)
	http.Handle("/ways", newWays())
	http.HandleFunc("/panic", func(w http.ResponseWriter, r *http.Request) {
		debug.SetTraceback("all")
		go func() { panic("told to") }()
	})
	http.HandleFunc("/free", s.free)
	http.HandleFunc("/gc", func(w http.ResponseWriter, r *http.Request) {
		runtime.GC()
		fmt.Fprintln(w, "ok")
	})
	http.HandleFunc("/quit", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, "ok")
		close(s.stop)
	})
	fmt.Print(line)
	failed := make(chan error, 1)
	go func() { failed <- http.Serve(l, nil) }()
	select {
	case err = <-failed:
	case <-s.stop:
	}
	return err
}

func writeHeap(path string) error {
	runtime.GC()
	runtime.GC() // a heap profile shows the state at the last but one finished cycle
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := pprof.Lookup("heap").WriteTo(f, 0); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

func generate(dir, size string) error {
	walks := map[string]uint64{"S": 9000, "M": 150000}[size]
	if walks == 0 {
		return fmt.Errorf("-size wants S or M, not %q", size)
	}
	sink := map[uint64][][]byte{}
	leak := &store{}
	growTree(sink, 0, walks)
	leakCache(leak, 4096, 64)
	if err := writeHeap(filepath.Join(dir, "a.pb.gz")); err != nil {
		return err
	}
	for i := uint64(0); i < walks; i += 3 { // a third goes, another third of it comes back twice
		delete(sink, i)
	}
	growTree(sink, walks, walks+walks/5)
	again := map[uint64][][]byte{}
	growTree(again, 1, walks/9)
	leakCache(leak, 4096, 512)
	err := writeHeap(filepath.Join(dir, "b.pb.gz"))
	runtime.KeepAlive(sink)
	runtime.KeepAlive(again)
	runtime.KeepAlive(leak)
	return err
}

func main() {
	gen := flag.String("gen", "", "write two heap profiles into this folder and end")
	size := flag.String("size", "S", "how large they are: S or M")
	portfile := flag.String("portfile", "", "write the address there")
	listen := flag.String("listen", "127.0.0.1:0", "")
	flag.Int("rate", 0, "bytes a heap sample; 1 records all, 0 leaves Go's 524288")
	flag.Parse()
	var err error
	if *gen != "" {
		err = generate(*gen, *size)
	} else {
		err = serve(*listen, *portfile)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "leakd:", err)
		os.Exit(1)
	}
}
