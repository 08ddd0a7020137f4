// goprog is a Go program that collects garbage when told to and says what its own runtime/metrics know of it.
//
//	goprog -portfile FILE [-live MIB]
//	    /churn?gcs=N    allocates and forgets until N collections have run, then one more by hand; answers
//	                    with the truth: NumGC, live heap, goroutines, GOMAXPROCS, and of the pauses since
//	                    its start (all) and since this call (churn) the count, p50, p99 and max in seconds,
//	                    each as the bounds of the bucket of /gc/pauses:seconds it lies in
//	    /debug/vars     expvar, with requests, db.open and db.wait
//	    /metrics        Prometheus text as client_golang writes it
//	    /openmetrics    the program's own numbers in OpenMetrics
//	    /quit
package main

import (
	"encoding/json"
	"expvar"
	"flag"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"os"
	"runtime"
	"runtime/metrics"
	"strconv"
	"sync/atomic"
)

var (
	keep     [][]byte
	sink     []byte
	requests = expvar.NewInt("requests")
	db       = expvar.NewMap("db")
	churned  int64
)

func read(name string) metrics.Value {
	s := []metrics.Sample{{Name: name}}
	metrics.Read(s)
	return s[0].Value
}

// The heap that the last collection left: told since Go 1.21, right behind one it is what there is.
func live() uint64 {
	if v := read("/gc/heap/live:bytes"); v.Kind() == metrics.KindUint64 {
		return v.Uint64()
	}
	return read("/memory/classes/heap/objects:bytes").Uint64()
}

// Buckets of a factor of two, as collectors merge them: upper bounds and counts.
type buckets struct {
	le    []float64
	count []uint64
}

func pauses() buckets {
	h := read("/gc/pauses:seconds").Float64Histogram()
	var b buckets
	last := 1e-7
	var n uint64
	for i, c := range h.Counts {
		n += c
		if top := h.Buckets[i+1]; top >= last || math.IsInf(top, 1) {
			b.le = append(b.le, top)
			b.count = append(b.count, n)
			n = 0
			last = top * 2
		}
	}
	return b
}

func (b buckets) minus(o buckets) buckets {
	d := buckets{le: b.le, count: append([]uint64(nil), b.count...)}
	for i := range d.count {
		d.count[i] -= o.count[i]
	}
	return d
}

func (b buckets) all() (n uint64) {
	for _, c := range b.count {
		n += c
	}
	return
}

// Bounds of the bucket that the nearest rank lies in.
func (b buckets) quantile(q float64) [2]float64 {
	rank := uint64(math.Ceil(q * float64(b.all())))
	var n uint64
	for i, c := range b.count {
		if n += c; n >= rank && c > 0 {
			lo := 0.0
			if i > 0 {
				lo = b.le[i-1]
			}
			return [2]float64{lo, b.le[i]}
		}
	}
	return [2]float64{}
}

func (b buckets) truth() map[string]interface{} {
	return map[string]interface{}{
		"n": b.all(), "p50": b.quantile(0.5), "p99": b.quantile(0.99), "max": b.quantile(1),
	}
}

// The sums of each collection's pauses, from MemStats: nearest rank, exact.
func sums(q float64) float64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	n := int(m.NumGC)
	if n > 256 {
		n = 256
	}
	all := append([]uint64(nil), m.PauseNs[:n]...)
	for i := range all {
		for k := i; k > 0 && all[k] < all[k-1]; k-- {
			all[k], all[k-1] = all[k-1], all[k]
		}
	}
	return float64(all[int(math.Ceil(q*float64(n)))-1]) / 1e9
}

func churn(w http.ResponseWriter, r *http.Request) {
	n, _ := strconv.Atoi(r.FormValue("gcs"))
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	before, from := pauses(), m.NumGC
	for m.NumGC < from+uint32(n) {
		for i := 0; i < 1000; i++ {
			sink = make([]byte, 32<<10)
		}
		atomic.AddInt64(&churned, 1000)
		runtime.ReadMemStats(&m)
	}
	sink = nil
	runtime.GC()
	now := live()
	runtime.ReadMemStats(&m)
	after := pauses()
	json.NewEncoder(w).Encode(map[string]interface{}{
		"gcs": m.NumGC, "live": now, "goal": m.NextGC, "goroutines": runtime.NumGoroutine(),
		"procs": runtime.GOMAXPROCS(0), "all": after.truth(), "churn": after.minus(before).truth(),
		"sum_p50": sums(0.5), "sum_p99": sums(0.99), "cpu": 100 * m.GCCPUFraction,
	})
}

func put(w io.Writer, name, kind string, v float64) {
	fmt.Fprintf(w, "# HELP %s of this program\n# TYPE %s %s\n%s %v\n", name, name, kind, name, v)
}

func prometheus(w http.ResponseWriter, r *http.Request) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	w.Header().Set("Content-Type", "text/plain; version=0.0.4")
	fmt.Fprintf(w, "# TYPE go_info gauge\ngo_info{version=\"%s\"} 1\n", runtime.Version())
	put(w, "go_goroutines", "gauge", float64(runtime.NumGoroutine()))
	put(w, "go_sched_gomaxprocs_threads", "gauge", float64(runtime.GOMAXPROCS(0)))
	put(w, "go_memstats_heap_alloc_bytes", "gauge", float64(m.HeapAlloc))
	put(w, "go_memstats_next_gc_bytes", "gauge", float64(m.NextGC))
	put(w, "go_memstats_sys_bytes", "gauge", float64(m.Sys))
	put(w, "go_memstats_heap_released_bytes", "gauge", float64(m.HeapReleased))
	put(w, "go_memstats_alloc_bytes_total", "counter", float64(m.TotalAlloc))
	put(w, "go_memstats_gc_cpu_fraction", "gauge", m.GCCPUFraction)
	fmt.Fprintf(w, "# TYPE go_gc_duration_seconds summary\ngo_gc_duration_seconds{quantile=\"0.5\"} %v\n"+
		"go_gc_duration_seconds_sum %v\ngo_gc_duration_seconds_count %d\n", sums(0.5),
		float64(m.PauseTotalNs)/1e9, m.NumGC)
	b := pauses()
	fmt.Fprintf(w, "# TYPE go_gc_pauses_seconds histogram\n")
	var n uint64
	for i, c := range b.count {
		n += c
		le := strconv.FormatFloat(b.le[i], 'g', -1, 64)
		fmt.Fprintf(w, "go_gc_pauses_seconds_bucket{le=\"%s\"} %d\n", le, n)
	}
	fmt.Fprintf(w, "go_gc_pauses_seconds_sum NaN\ngo_gc_pauses_seconds_count %d\n", n)
	fmt.Fprintf(w, "# TYPE churned_total counter\nchurned_total{kind=\"small\"} %d 1700000000000\n",
		atomic.LoadInt64(&churned))
}

func openmetrics(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/openmetrics-text; version=1.0.0")
	fmt.Fprintf(w, "# TYPE churned counter\n# UNIT churned pieces\nchurned_total %d # {trace=\"a\"} 1\n"+
		"churned_created 1.7e9\n# TYPE queue_bytes gauge\nqueue_bytes{of=\"a b\\\"c\\\\\"} 42\n# EOF\n",
		atomic.LoadInt64(&churned))
}

func main() {
	portfile := flag.String("portfile", "", "where the address goes")
	mib := flag.Int("live", 32, "MiB that stay")
	flag.Parse()
	for i := 0; i < *mib; i++ {
		keep = append(keep, make([]byte, 1<<20))
	}
	db.Add("open", 3)
	db.AddFloat("wait", 0.25)
	expvar.Publish("runtime.goroutines", expvar.Func(func() interface{} { return runtime.NumGoroutine() }))
	http.HandleFunc("/churn", churn)
	http.HandleFunc("/metrics", prometheus)
	http.HandleFunc("/openmetrics", openmetrics)
	http.HandleFunc("/quit", func(http.ResponseWriter, *http.Request) { os.Exit(0) })
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	if *portfile != "" {
		if err := os.WriteFile(*portfile+".new", []byte(l.Addr().String()+"\n"), 0o600); err != nil {
			panic(err)
		}
		os.Rename(*portfile+".new", *portfile)
	}
	http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		http.DefaultServeMux.ServeHTTP(w, r)
	}))
	runtime.KeepAlive(keep)
}
