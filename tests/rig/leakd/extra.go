// extra.go - other doors to the same program, by environment, so that every kind of source has a real one:
//
//	LEAKD_GOPS=1       a gops agent: the protocol of github.com/google/gops (signal/signal.go, agent/agent.go),
//	                   its port in $GOPS_CONFIG_DIR/PID
//	LEAKD_UNIX=PATH    the HTTP pages on a unix socket
package main

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"runtime/trace"
	"strconv"
	"time"
)

const (
	gopsStack   = 0x1
	gopsGC      = 0x2
	gopsMem     = 0x3
	gopsVersion = 0x4
	gopsHeap    = 0x5
	gopsTrace   = 0x8
)

func gopsAnswer(c net.Conn) {
	defer c.Close()
	want := make([]byte, 1)
	if _, err := bufio.NewReader(c).Read(want); err != nil {
		return
	}
	switch want[0] {
	case gopsStack:
		pprof.Lookup("goroutine").WriteTo(c, 2)
	case gopsGC:
		runtime.GC()
		c.Write([]byte("ok"))
	case gopsMem:
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		fmt.Fprintf(c, "alloc: %d\ntotal-alloc: %d\nsys: %d\n", m.Alloc, m.TotalAlloc, m.Sys)
	case gopsVersion:
		fmt.Fprintf(c, "%v\n", runtime.Version())
	case gopsHeap:
		pprof.WriteHeapProfile(c)
	case gopsTrace:
		trace.Start(c)
		time.Sleep(200 * time.Millisecond)
		trace.Stop()
	}
}

func gopsAgent() error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	dir := os.Getenv("GOPS_CONFIG_DIR")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	port := strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
	if err := os.WriteFile(filepath.Join(dir, strconv.Itoa(os.Getpid())), []byte(port), 0o600); err != nil {
		return err
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go gopsAnswer(c)
		}
	}()
	return nil
}

func init() {
	if os.Getenv("LEAKD_GOPS") != "" {
		if err := gopsAgent(); err != nil {
			fmt.Fprintln(os.Stderr, "leakd: gops:", err)
			os.Exit(1)
		}
	}
	if path := os.Getenv("LEAKD_UNIX"); path != "" {
		l, err := net.Listen("unix", path)
		if err != nil {
			fmt.Fprintln(os.Stderr, "leakd:", err)
			os.Exit(1)
		}
		go http.Serve(l, nil)
	}
}
