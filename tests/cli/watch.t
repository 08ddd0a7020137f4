#!/bin/sh
# Watching a program: the timeline, the series, what grows first; restarts, burdens and faults. In a bench and by itself.
. "${srcdir:-.}/tests/lib/tap.sh"
need python3 python3
need go golang-go
tmpdir
: "${VISE:=$BUILD/vise}"
PYTHONPATH=$srcdir/tests/lib PYTHONDONTWRITEBYTECODE=1
S=$XDG_RUNTIME_DIR/vise/watch.sock
export PYTHONPATH PYTHONDONTWRITEBYTECODE T S VISE

py()
{
	says=$(python3 - 2>&1)
	ok $? "$1" || printf '%s\n' "$says" | note
}

go_rig leakd "$T/go" >"$T/make.log" 2>&1
ok $? "the Go server builds" || { note <"$T/make.log"; plan; exit 1; }
LEAKD=$T/go/leakd
export LEAKD
spawn "$LEAKD" -rate 1 -portfile "$T/go.port" >"$T/leakd.log" 2>&1 </dev/null
spawn python3 "$srcdir/tests/lib/badhttp.py" "$T/bad.port" >/dev/null 2>&1 </dev/null
spawn "$BUILD/vise-bench" --foreground --name watch --linger 60s
bench=$pid
wait_for 'test -s "$T/go.port" && test -s "$T/bad.port" && test -S "$S"' 20
ok $? "server, bad server and bench run"

cat >"$T/watching.py" <<'P'
import os, threading, time, urllib.request
from client import fresh, Refused, until
T = os.environ["T"]
go = open(T + "/go.port").read().strip().rpartition(" ")[2]
bad = "http://" + open(T + "/bad.port").read().strip().rpartition(" ")[2]
c = fresh(os.environ["S"])
def get(path):
    return urllib.request.urlopen("http://" + go + path, timeout=20).read()
def notices():
    return [e["notice"]["text"] for e in c.of("notice")]
P
PYTHONPATH=$PYTHONPATH:$T

py "two kinds: timeline and series; the leak is ranked first, churn is no leak" <<'P'
from watching import *
c.attach()
# each round when it is asked for: a slow machine makes them later, not other
w = c.do("watch.start %s kinds=heap,goroutine every=1h" % go)
assert w["state"] == "waiting" and w["kinds"] == ["heap", "goroutine"], w
for i in range(10):
    get("/leak?bytes=524288&n=2")
    get("/churn?bytes=262144&n=40")
    get("/goroutines?n=3")
    if i > 0:
        c.do("watch.now")
    c.do("watch.wait snapshots=%d" % (2 * i + 2), 60)
shots = c.do("profile.list")
kinds = [s["kind"] for s in shots]
assert kinds[:4] == ["heap", "goroutine"] * 2 and len(kinds) >= 20, kinds
assert all(s["watch"] == w["id"] and s["run"] == 1 and s["t"] > 0 and os.path.getsize(s["path"]) > 50 for s in shots), shots[0]
assert [s["t"] for s in shots] == sorted(s["t"] for s in shots)
heap = c.do("watch.rank kind=heap", 60)
assert heap["rows"][0]["name"] == "main.(*store).grow" and heap["rows"][0]["verdict"] == "leak", heap["rows"][:2]
churn = [r for r in heap["rows"] if r["name"] == "main.churn"]
assert all(r["verdict"] in ("none", "churn") for r in churn), churn
# a new stack of goroutines: the 30 of leakWorker
rows = c.do("watch.rank kind=goroutine", 60)["rows"]
assert "leakWorker" in rows[0]["name"] or rows[0]["growth"] >= 27, rows[:2]
now = c.do("watch.list")[0]
assert now["growers"]["heap"][0]["verdict"] == "leak" and now["memstats"]["HeapAlloc"] > 10 << 20, now["growers"]
assert now["series"]["heap"]["snapshots"] >= 10 and 0 < now["burden"] < 1, now
assert c.do("watch.stop")["state"] == "stopped"
assert not [t for t in notices() if "compared" in t or "restarted" in t], notices()
P

py "A and B are chosen from the timeline: by number, by time, first and last" <<'P'
from watching import *
heap = [s for s in c.do("profile.list") if s["kind"] == "heap"]
c.do("profile.a #%d" % heap[0]["id"], 60)
c.do("profile.b %d" % heap[-1]["id"], 60)
p = c.attach()["profile"]
assert (p["a"]["id"], p["b"]["id"]) == (heap[0]["id"], heap[-1]["id"]) and p["rows"][0]["name"] == "main.(*store).grow", p["a"]
c.do("profile.load first last", 60)
assert c.attach()["profile"]["a"]["path"] == heap[0]["path"]
c.do("profile.b +%.6f" % (heap[3]["t"] / 1e9 + 0.001), 60)
assert c.attach()["profile"]["b"]["path"] == heap[3]["path"]
c.do("profile.b %s" % time.strftime("%H:%M:%S", time.gmtime(heap[-1]["wall"] / 1e9 + 1)), 60)
assert c.attach()["profile"]["b"]["path"] == heap[-1]["path"]
r = c.refused("profile.b #9999")
assert r and r.code == "not_found", r
snap = c.attach()
assert len(snap["shots"]) >= 20 and snap["watches"][0]["state"] == "stopped"
P

py "a restart is noticed: the next run, a notice, a cut in the series" <<'P'
from watching import *
import subprocess
c.attach()
def start():
    return subprocess.Popen([os.environ["LEAKD"], "-rate", "1", "-portfile", T + "/again.port"],
                            stdout=subprocess.DEVNULL, env=dict(os.environ, LEAKD_UNIX=T + "/again.sock"))
def up():
    assert until(lambda: os.path.exists(T + "/again.sock"), 20)
server = start(); up()
w = c.do("watch.start unix:%s/again.sock kinds=heap,goroutine every=300ms share=100" % T)
c.do("watch.wait snapshots=4", 30)
server.kill(); server.wait(); os.unlink(T + "/again.sock")
assert c.wait(lambda: [e for e in c.of("watch") if e["watch"]["state"] == "failed"], 30), "not seen as gone"
server = start(); up()
have = c.do("watch.list")[-1]["snapshots"]
c.do("watch.now")
w = c.do("watch.wait snapshots=%d" % (have + 4), 30)
assert w["run"] == 2 and w["state"] in ("waiting", "fetching"), w
cut = [s for s in c.do("profile.list") if s.get("cut") == "restart"]
assert [s["kind"] for s in cut] == ["heap", "goroutine"] and all(s["run"] == 2 for s in cut), cut
said = notices()
assert sum("has restarted" in t for t in said) == 1 and sum("no snapshot" in t for t in said) == 1, said
assert any("answers again" in t for t in said), said
c.do("watch.stop")
server.kill(); server.wait()
P

py "faults: shown, tried again ever later, the last comparison stays, the bench never waits" <<'P'
from watching import *
def profile():
    p = c.attach()["profile"]
    return p["state"] == "ready" and p
before = until(profile, 60, 0.1)
assert before
# what never answers: whoever waited for it would find it failed
stalled = c.do("watch.start %s/stall-head every=100ms timeout=60s" % bad)["id"]
paths = ["/404", "/trunc", "/garbage", "/reset", "/bomb-plain"]
ids = {c.do("watch.start %s%s every=100ms timeout=30s" % (bad, path))["id"]: path for path in paths}
def rows():
    return {w["id"]: w for w in c.do("watch.list")}
def all_twice():
    now = rows()
    return all(now[i]["fails"] >= 2 for i in ids) and now
first = rows()[stalled]
assert first["state"] in ("waiting", "fetching") and first["fails"] == 0, first
now = until(all_twice, 120, 0.1)
assert now, [(ids[i], w["state"], w["fails"]) for i, w in rows().items() if i in ids]
for i, path in ids.items():
    assert now[i]["error"]["why"] and now[i]["snapshots"] == 0, (path, now[i])
    assert now[i]["state"] in ("failed", "fetching"), (path, now[i]["state"])
for i in [stalled, *ids]:
    c.do("watch.stop %d" % i)
snap = c.attach()
assert snap["profile"] == before
# one for each, however often it failed
for path in paths:
    said = [t for t in notices() if "no snapshot" in t and path in t]
    assert len(said) <= 1, said
assert len([t for t in notices() if "no snapshot" in t]) >= len(paths), notices()
def parts():
    return [f for _, _, fs in os.walk(snap["bench"]["dir"] + "/snapshots") for f in fs if f.endswith(".part")]
assert until(lambda: not parts(), 20), parts()
P

py "what is slow to give is asked less often" <<'P'
from watching import *
c.attach()
w = c.do("watch.start %s/slow-heap every=500ms timeout=30s" % bad)
w = c.do("watch.wait", 60)
w = c.wait(lambda: [e["watch"] for e in c.of("watch") if e["watch"]["rounds"] == 1], 60)[0]
assert w["pace"] > 2 * w["every"] and 0.09 < w["burden"] < 0.11, w
assert w["pace"] == 10 * w["fetch_ns"], w
assert any("a snapshot every" in t for t in notices()), notices()
c.do("watch.stop")
c.do("watch.start %s/slow-heap every=500ms timeout=30s share=50" % bad)
w = c.do("watch.wait", 60)
assert w["share"] == 50 and w["pace"] in (w["every"], 2 * w["fetch_ns"]), w
w = c.do("watch.stop")
assert w["pace"] == 2 * w["fetch_ns"] > w["every"], w
P

py "new files of a pattern join the series as they come" <<'P'
from watching import *
import shutil
folder = T + "/files"
os.mkdir(folder)
heap = [s["path"] for s in c.do("profile.list") if s["kind"] == "heap" and s["watch"] == 1]
shutil.copy(heap[0], folder + "/a.pb.gz")
w = c.do('watch.start "%s/*.pb.gz" every=60s' % folder)
c.do("watch.wait snapshots=1", 30)
for i in range(1, 5):
    data = open(heap[2 * i], "rb").read()
    with open("%s/b%d.pb.gz" % (folder, i), "wb") as f:     # in two pieces: not to be taken half
        f.write(data[:1000]); f.flush(); os.fsync(f.fileno()); time.sleep(0.05); f.write(data[1000:])
    w = c.do("watch.wait snapshots=%d" % (i + 1), 30)
assert w["series"]["heap"]["snapshots"] == 5 and w["growers"]["heap"][0]["name"] == "main.(*store).grow", w
c.do("watch.stop")
P

py "a watch is refused for what makes no sense" <<'P'
from watching import *
for line, code in (("watch.start http://h/x kinds=a/b", "usage"), ("watch.start 127.0.0.1:1 every=1ms", "usage"),
                   ("watch.start 127.0.0.1:1 share=0", "usage"),
                   ("watch.start ftp://h/x", "usage"), ("watch.stop 99", "not_found"), ("watch.start", "usage")):
    r = c.refused(line)
    assert r and r.code == code, (line, str(r))
P

# --- the command line, with a bench of its own

go=$(sed 's/.* //' "$T/go.port")
cd "$T" || exit 1
run "$VISE" pprof watch "$go" --every 300ms --count 4 --kinds heap,goroutine
is "$status" 0 "vise pprof watch ends after --count" || printf '%s\n' "$err" | note
is "$(printf '%s\n' "$out" | grep -cE '^[0-2][0-9]:[0-5][0-9]:[0-5][0-9]  heap +[0-9.]+[KM] ')" 4 "a line for each snapshot"
is "$(printf '%s\n' "$out" | grep -cE '^..:..:..  goroutine +[0-9]+ ')" 4 "of each kind"
like "$err" '^4 snapshots of heap: /.*\.series$' "and where the series is"
run "$VISE" pprof watch "$T/files/*.pb.gz" --count 1 --json
is "$status" 0 "the files of a pattern"
is "$(printf '%s\n' "$out" | grep -c '"kind":"heap"')" 5 "one JSON object for each"
like "$out" '"growers":\[\{.*"name":"main.\(\*store\).grow"' "with what grows"
"$VISE" pprof watch "$go" --every 200ms >"$T/int.out" 2>"$T/int.err" </dev/null &
front=$!
wait_for 'test "$(wc -l <"$T/int.out")" -ge 3' 30
ok $? "lines come as the snapshots do"
kill -INT $front
wait $front
is $? 130 "^C: interrupted"
like "$(cat "$T/int.err")" 'snapshots of heap: ' "it still says where the series is"
wait_for 'test -z "$("$VISE" ls | grep -v watch | grep -E "^[a-z]")"' 20
ok $? "and its bench is gone"
run "$VISE" pprof watch "$(sed 's/.* //' "$T/bad.port")/404" --every 100ms --retries 2
is "$status" 3 "--retries ends it, with the reason"
like "$err" 'says 404' "which is shown"
run "$VISE" pprof watch "$go" --every 200ms --count 2 --bench watch
is "$status" 0 "with a bench that runs"
run "$VISE" script "$srcdir/tests/data/script/leakhunt.lua" --bench watch -- "$go"
is "$status" 0 "a Lua script does all of it with vise.cmd" || printf '%s\n' "$err" | note
is "$out" "first: main.(*store).grow leak
shots: heap goroutine
snapshot: done
stopped: stopped
refused: false lost" "watch, rank, choose, snapshot, stop, and the error's code"
py "its timeline has them" <<'P'
from watching import *
assert [s for s in c.do("profile.list") if s.get("watch") == c.do("watch.list")[-1]["id"]], c.do("watch.list")[-1]
P

kill -0 "$bench"
ok $? "the bench ran through all of it"
plan
