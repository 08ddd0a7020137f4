#!/bin/sh
# goprog.t - a real Go program's gauges against its own runtime/metrics: /debug/vars, Prometheus text and gctrace
# lines on the console, all at once in one bench; one of them dies, hostile servers, ssh.
. "${srcdir:-.}/tests/lib/tap.sh"
. "${srcdir:-.}/tests/lib/sshd.sh"
need python3 python3
need go golang-go
tmpdir
PYTHONPATH=$srcdir/tests/lib PYTHONDONTWRITEBYTECODE=1
S=$XDG_RUNTIME_DIR/vise/go.sock
vise=$BUILD/vise
export PYTHONPATH PYTHONDONTWRITEBYTECODE T S

py()
{
	says=$(python3 - 2>&1)
	ok $? "$1" || printf '%s\n' "$says" | note
}

mkdir "$T/go"
go_rig goprog "$T/go" >"$T/make.log" 2>&1
ok $? "the Go program builds" || { note <"$T/make.log"; plan; exit 1; }

spawn python3 "$srcdir/tests/lib/badhttp.py" "$T/bad.port" >/dev/null 2>&1 </dev/null
spawn "$BUILD/vise-bench" --foreground --name go --linger 60s \
	--run "console.open \"exec:env GODEBUG=gctrace=1,schedtrace=200 $T/go/goprog -portfile $T/go.port\" name=main"
wait_for 'test -s "$T/go.port" && test -s "$T/bad.port" && test -S "$S"' 30
ok $? "program, bad server and bench run"

py "pause p99, live heap, goroutines of three sources agree with the program's runtime/metrics" <<'P'
import json, os, time, urllib.request
from client import fresh, until
at = open(os.environ["T"] + "/go.port").read().strip()
bad = open(os.environ["T"] + "/bad.port").read().strip().rpartition(" ")[2]
c = fresh(os.environ["S"])
c.do("gauge.every 100ms")
c.do("gauge.source add http://%s name=vars" % at)
c.do("gauge.source add http://%s/metrics name=prom" % at)
c.do("gauge.source add http://%s/stall-body name=bad" % bad)
def now():
    o = c.do("gauge.list")
    return {d["id"]: (v, d) for d, v in zip(o["defs"], o["v"])}
def v(g, i):
    return g.get(i, (None, None))[0]
assert until(lambda: v(now(), "vars/go.gc.count") and v(now(), "prom/go.gc.count"), 30), now().keys()
begin = time.monotonic()
truth = json.load(urllib.request.urlopen("http://%s/churn?gcs=60" % at, timeout=120))
def settled():
    g = now()
    # the console's count is the newest gctrace line; by hand collected ones are in it
    return all(v(g, p + "go.gc.count") == truth["gcs"] for p in ("", "vars/", "prom/")) and \
        v(g, "vars/go.gc.pause_p99") is not None and g
g = until(settled, 30)
assert g, {k: x[0] for k, x in now().items() if "go." in k}
say = lambda: (truth, {k: x[0] for k, x in g.items() if "go." in k})
MIB = 1 << 20
in_window = time.monotonic() - begin < 45       # a machine so slow that the minute's window moved on

# Live heap. HeapAlloc right behind the collection, plus what answering us has allocated since: less than 2 MiB.
for p in ("vars/", "prom/"):
    assert abs(v(g, p + "go.heap_live") - truth["live"]) <= 2 * MIB, say()
    assert 32 * MIB <= v(g, p + "go.heap_live") < v(g, p + "go.heap_goal"), say()
# gctrace tells whole MB, cut, and counts what was allocated while it marked.
assert abs(v(g, "go.heap_live") - truth["live"]) <= 2 * MIB, say()
assert abs(v(g, "vars/go.heap_goal") - truth["goal"]) <= MIB, say()

if in_window and truth["gcs"] <= 100:
    # PauseNs is the sum of a collection's pauses. Against the program's own nearest rank of it: the same numbers.
    assert abs(v(g, "vars/go.gc.pause_p99") - 1e3 * truth["sum_p99"]) < 1e-6, say()
    assert abs(v(g, "vars/go.gc.pause_p50") - 1e3 * truth["sum_p50"]) < 1e-6, say()
    # /gc/pauses:seconds counts single pauses, at least two a collection, in buckets. Of up to 100 collections the
    # 99th percentile is the largest sum: not below the p99 of single ones, not above all pauses of one being the largest.
    low, high = truth["all"]["p99"][0], 2 * truth["all"]["max"][1]
    assert 1e3 * low <= v(g, "vars/go.gc.pause_p99") <= 1e3 * high, say()
    # gctrace rounds to two digits and leaves out, in newer Go, the time of the stopping itself.
    assert 0 < v(g, "go.gc.pause_p99") <= 1.1 * v(g, "vars/go.gc.pause_p99") + 0.01, say()
    # Prometheus has the buckets themselves, from our first look on: inside of the bucket of the rank.
    for q in ("p50", "p99"):
        low, high = truth["churn"][q]
        assert 1e3 * low * 0.999999 <= v(g, "prom/go.gc.pause_" + q) <= 1e3 * high * 1.000001, (q, say())
# what the program calls its share since it started
assert abs(v(g, "vars/go.gc_cpu") - truth["cpu"]) < 5, say()
for p in ("vars/", "prom/"):
    assert abs(v(g, p + "go.goroutines") - truth["goroutines"]) <= 4, say()       # connections of ours
assert v(g, "prom/go.sched.procs") == truth["procs"], say()
assert until(lambda: v(now(), "go.sched.procs") == truth["procs"], 20), say()     # schedtrace

# the program's own numbers
assert v(g, "vars/db.open") == 3 and v(g, "vars/requests") > 5, g.keys()
assert g["prom/churned_total{kind=small}"][1]["unit"] == "/s", g.keys()
# the stalling server: a gap with the reason, and it held up nobody
bad = [x for x in c.do("gauge.source list") if x["name"] == "bad"][0]
assert not bad["answers"], bad
P

# --- on the command line: the same program; what is chosen; what is no such thing

at=$(cat "$T/go.port")
bad=$(sed 's/.* //' "$T/bad.port")
timeout 60 "$vise" gauges "$at" m="http://$at/openmetrics" local --select 'req*/s,db.open,churned*,queue*' --once >"$T/out" 2>"$T/err"
is $? 0 "a program by HOST:PORT, OpenMetrics and this machine at once" || note <"$T/err"
py "... what was chosen, a rate, and labels" <<'P'
import json, os
v = json.load(open(os.environ["T"] + "/out"))["values"]
name = [k for k in v if k.endswith("/requests")][0].rpartition("/")[0]
assert v[name + "/requests"] > 0 and v[name + "/db.open"] == 3, v
assert name + "/db.wait" not in v and v["local/mem.used"] > 0, v
assert v['m/queue_bytes{of=a b"c\\}'] == 42 and v["m/churned_total"] == 0, v
P

# --- the screen: what Go tells stands on the overview of the board pane; its alarm in notices, journal and Lua's events

cat >"$T/go.scr" <<'END'
timeout 40000
size 48 160
run exec $VISE attach go
wait "Board"
keys "\x142p"
match "heap .*live [0-9.]+ .* goal [0-9.]+ MiB"
match "go +gc pause p50 [0-9.]+ p99 [0-9.]+ ms +cpu [0-9.]+%"
match "sched +GOMAXPROCS [0-9]+ .[0-9]+ idle. +runnable [0-9]+ waiting, [0-9]+ on a P"
keys ":gauge.limit go.heap_live warn=1M hold=0s\r"
wait "heap_live"
match "is above warn 1"
keys "d"
exit 0
END
VISE=$vise "$BUILD/tests/screen/screen" "$T/go.scr" >"$T/scr" 2>&1
ok $? "heap, goal, pauses, GC share, GOMAXPROCS and queues of the console's lines on screen" || note <"$T/scr"
"$vise" do --bench go --json gauge.alarms >"$T/alarms"
grep -q '"state":"warn","gauge":"go.heap_live"' "$T/alarms"
ok $? "a limit of the live heap is an alarm" || note <"$T/alarms"
wait_for 'cat "$XDG_STATE_HOME"/vise/benches/*/journal* | grep "\"gauge.alarm\"" | grep -q go.heap_live' 10
ok $? "the journal has it"

for case in "http://$bad/html no.metrics" "http://$bad/garbage does.not.speak.HTTP" "http://$bad/404 404" "http://$bad/huge larger" \
	"http://$bad/reset broke|closed|no answer" "http://127.0.0.1:1 nobody listens" \
	"$bad neither"; do
	timeout 60 "$vise" gauges "${case%% *}" --once >"$T/out" 2>"$T/err"
	test $? -eq 3 -o $? -eq 2 && grep -q '"values":{"program.up":null}' "$T/out" && grep -Eq -e "${case#* }" "$T/err"
	ok $? "${case%% *}: a reason, no value" || note <"$T/err"
done
"$vise" gauges gops:12 --once >"$T/out" 2>"$T/err"
is $? 2 "what cannot be gauged so: exit 2"

# --- what it prints, without a bench

timeout 60 "$vise" gauges local "g=lines:exec:env GODEBUG=gctrace=1 $T/go/goprog -live 24" --every 50ms 2>"$T/err" |
	grep -m 1 '"g/go.gc.pause_p99":[0-9]' >"$T/out"
like "$(cat "$T/out")" '"local/mem.used":[1-9].*"g/go.heap_live":[1-9]' "gctrace lines beside this machine" || note <"$T/err"

# --- through ssh: one login, however many samples; nothing is left when Vise is killed

if test -z "$(PATH=$PATH:/usr/sbin:/sbin command -v sshd)" || ! sshd_start openssh; then
	skip "ssh: install openssh-server"
else
	spawn "$vise" gauges "ssh:board:${at##*:}" --every 50ms >"$T/out" 2>"$T/err"
	wait_for 'test "$(grep -c "go.heap_live\":[0-9]" "$T/out")" -ge 5' 40
	ok $? "samples through ssh" || note <"$T/err"
	is "$(grep -c "Accepted publickey" "$T/ssh/log")" 2 "... with one login (and the test's own)"
	kill -KILL "$pid"
	wait "$pid" 2>/dev/null
	wait_for '! pgrep -f "ssh .*-W localhost:${at##*:}"' 10
	ok $? "... and none is left when Vise is killed"
fi

# --- it ends: the others go on

py "the program ends: its gauges say so, the machine's go on" <<'P'
import os, urllib.request
from client import fresh, until
at = open(os.environ["T"] + "/go.port").read().strip()
c = fresh(os.environ["S"])
try:
    urllib.request.urlopen("http://%s/quit" % at, timeout=5)
except OSError:
    pass
def gone():
    o = c.do("gauge.list")
    g = {d["id"]: (v, d) for d, v in zip(o["defs"], o["v"])}
    return g["vars/go.heap_live"][0] is None and g["mem.used"][0] and g["vars/go.heap_live"][1].get("missing")
assert until(gone, 30)
said = until(lambda: [n for n in c.attach()["notices"] if n["text"].startswith("vars: no gauges")], 20)
assert said, c.attach()["notices"]
P
plan
