// testevents reads the JSON lines of a test run as Go's own tools do (the TestEvent of cmd/test2json)
// and says what it understood: one line a test, one a package. Anything out of order is an error.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"
)

// As go doc test2json gives it.
type TestEvent struct {
	Time    time.Time
	Action  string
	Package string
	Test    string
	Elapsed float64
	Output  string
}

func fail(line int, format string, args ...any) {
	fmt.Fprintf(os.Stderr, "line %d: %s\n", line, fmt.Sprintf(format, args...))
	os.Exit(1)
}

func main() {
	actions := map[string]bool{"start": true, "run": true, "output": true, "pass": true, "fail": true, "skip": true}
	started, running, ended := map[string]bool{}, map[string]string{}, map[string]bool{}
	failed := map[string]bool{}
	var last time.Time
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 16<<20)
	for n := 1; lines.Scan(); n++ {
		var e TestEvent
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			fail(n, "%v", err)
		}
		key := e.Package + "\x00" + e.Test
		switch {
		case !actions[e.Action]:
			fail(n, "action %q", e.Action)
		case e.Time.IsZero() || e.Time.Before(last):
			fail(n, "time %v after %v", e.Time, last)
		case ended[e.Package+"\x00"]:
			fail(n, "%s after the end of its package", e.Action)
		case e.Action == "start" && (started[e.Package] || e.Test != ""):
			fail(n, "package %s starts twice", e.Package)
		case e.Action != "start" && !started[e.Package]:
			fail(n, "%s before its package", e.Action)
		case e.Action == "run" && (running[key] != "" || ended[key]):
			fail(n, "%s runs twice", e.Test)
		case e.Test != "" && e.Action != "run" && running[key] == "":
			fail(n, "%s of %s, which does not run", e.Action, e.Test)
		case e.Action == "output" && !strings.HasSuffix(e.Output, "\n"):
			fail(n, "output without the end of its line")
		}
		last = e.Time
		switch e.Action {
		case "start":
			started[e.Package] = true
		case "run":
			running[key] = "run"
		case "pass", "fail", "skip":
			if e.Test == "" && failed[e.Package] != (e.Action == "fail") {
				fail(n, "package %s: %s", e.Package, e.Action)
			}
			failed[e.Package] = failed[e.Package] || e.Action == "fail"
			delete(running, key)
			ended[key] = true
			fmt.Printf("%s %s\n", e.Action, strings.TrimRight(e.Package+": "+e.Test, ": "))
		}
	}
	if len(running) != 0 {
		fail(0, "some did not end: %v", running)
	}
}
