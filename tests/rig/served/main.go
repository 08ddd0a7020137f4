// served - a web server that `vise measure` measures: pages of several kinds, and it knows how many it gave.
//
//	served -listen 127.0.0.1:PORT [-count FILE] [-slow MS]
//
// / is short with its length told, /chunks long in chunks, /close ends the connection, /bad answers 500.
// On SIGTERM the number of answers is added to FILE as a line.
package main

import (
	"flag"
	"fmt"
	"log"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

var answers int64

func counted(f http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		f(w, r)
		atomic.AddInt64(&answers, 1)
	}
}

func tell(file string) {
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0600)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Fprintln(f, atomic.LoadInt64(&answers))
	f.Close()
}

func main() {
	listen := flag.String("listen", "127.0.0.1:8080", "")
	count := flag.String("count", "", "")
	slow := flag.Int("slow", 0, "ms until it listens")
	flag.Parse()
	line := strings.Repeat("0123456789", 100)
	http.HandleFunc("/", counted(func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, "ok") }))
	http.HandleFunc("/chunks", counted(func(w http.ResponseWriter, r *http.Request) {
		for i := 0; i < 5; i++ {
			fmt.Fprintln(w, line)
			w.(http.Flusher).Flush()
		}
	}))
	http.HandleFunc("/close", counted(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Connection", "close")
		fmt.Fprintln(w, "bye")
	}))
	http.HandleFunc("/bad", counted(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(500) }))
	end := make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGTERM)
	time.Sleep(time.Duration(*slow) * time.Millisecond)
	go func() { log.Fatal(http.ListenAndServe(*listen, nil)) }()
	<-end
	if *count != "" {
		tell(*count)
	}
}
