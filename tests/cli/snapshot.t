#!/bin/sh
# Everything at one instant: taken, partly failed, cancelled, listed, compared, opened by another bench and by none.
. "${srcdir:-.}/tests/lib/tap.sh"
need python3 python3
need go golang-go
tmpdir
: "${VISE:=$BUILD/vise}"
PYTHONPATH=$srcdir/tests/lib:$T PYTHONDONTWRITEBYTECODE=1
S=$XDG_RUNTIME_DIR/vise/one.sock
export PYTHONPATH PYTHONDONTWRITEBYTECODE T S VISE

py()
{
	says=$(python3 - 2>&1)
	ok $? "$1" || printf '%s\n' "$says" | note
}

go_rig leakd "$T/go" >"$T/make.log" 2>&1
ok $? "the Go server builds" || { note <"$T/make.log"; plan; exit 1; }
spawn "$T/go/leakd" -rate 1 -portfile "$T/go.port" >"$T/leakd.log" 2>&1 </dev/null
spawn python3 "$srcdir/tests/lib/badhttp.py" "$T/bad.port" >/dev/null 2>&1 </dev/null
spawn "$BUILD/vise-bench" --foreground --name one --linger 60s
bench=$pid
wait_for 'test -s "$T/go.port" && test -s "$T/bad.port" && test -S "$S"' 20
ok $? "server, bad server and bench run"
go=$(sed 's/.* //' "$T/go.port")
cat >"$T/taking.py" <<'P'
import json, os, time, urllib.request
from client import fresh, Refused, until
T = os.environ["T"]
go = open(T + "/go.port").read().strip().rpartition(" ")[2]
bad = "http://" + open(T + "/bad.port").read().strip().rpartition(" ")[2]
c = fresh(os.environ["S"])
def get(path):
    return urllib.request.urlopen("http://" + go + path, timeout=20).read()
P

py "everything at one instant, on one clock" <<'P'
from taking import *
c.attach()
c.do('console.open "exec:printf hello"')
assert until(lambda: c.do("console.list")[0]["rx"] == 5, 20)
assert c.wait(lambda: c.of("gauge"), 20)
now = c.do("bench.info")["now"]
m = c.do("snapshot.take %s label=before trace=300ms" % go, 60)
assert m["state"] == "done" and m["label"] == "before" and m["t"] >= now, m
parts = {p["part"]: p for p in m["parts"]}
assert sorted(parts) == sorted("vars heap goroutine trace allocs mutex block threadcreate".split()), sorted(parts)
for p in m["parts"]:
    f = m["dir"] + "/" + p["file"]
    assert p["state"] == "ok" and os.path.getsize(f) == p["bytes"] > 0 and oct(os.stat(f).st_mode)[-3:] == "600", p
    assert 0 <= p["t"] - m["t"] < 20e9, p
assert parts["trace"]["form"] == "trace" and parts["heap"]["type"] == "inuse_space" and parts["heap"]["total"] > 0
assert m["memstats"]["HeapAlloc"] > 0 and len(m["gauges"]) > 3 and all("value" in g for g in m["gauges"])
assert m["consoles"][0]["offset"] == 5 and m["consoles"][0]["log"].endswith(".raw"), m["consoles"]
disk = json.load(open(m["dir"] + "/manifest.json"))
assert disk["parts"] == m["parts"] and disk["vise_snapshot"] == 1
shots = [s for s in c.do("profile.list") if s.get("bundle") == m["id"]]
assert {"heap", "goroutine", "allocs"} <= {s["kind"] for s in shots}, shots
progress = [e["bundle"]["done"] for e in c.of("snapshot")]
assert progress == sorted(progress) and progress[0] == 0 and progress[-1] == 8, progress
assert until(lambda: c.attach()["profile"]["state"] == "ready", 30)
assert c.attach()["profile"]["b"]["path"] == m["dir"] + "/heap.pb.gz"
P

py "two are compared: every profile, memory, gauges" <<'P'
from taking import *
get("/leak?bytes=1048576&n=16")
get("/goroutines?n=25")
b = c.do("snapshot.take %s label=after trace=0s" % go, 60)
assert [p["part"] for p in b["parts"]].count("trace") == 0 and b["state"] == "done", b
d = c.do("snapshot.diff 1 2", 60)
heap = [p for p in d["profiles"] if p["kind"] == "heap"][0]
assert heap["rows"][0]["name"] == "main.(*store).grow" and 15 << 20 < heap["rows"][0]["flat"] < 18 << 20, heap
gor = [p for p in d["profiles"] if p["kind"] == "goroutine"][0]
assert gor["change"] >= 15, gor
mem = {x["name"]: x for x in d["memstats"]}
assert mem["TotalAlloc"]["b"] - mem["TotalAlloc"]["a"] > 14 << 20 and d["seconds"] > 0 and d["notes"] == [], d["notes"]
assert "newer" in c.do("snapshot.diff 2 1", 60)["notes"][0]
P

py "what cannot be had is a part with its reason; the numbers come another way" <<'P'
from taking import *
m = c.do("snapshot.take %s/mix/debug/pprof/ deadline=4s trace=0s show=off" % bad, 60)
parts = {p["part"]: p for p in m["parts"]}
assert m["state"] == "partial" and parts["heap"]["state"] == "ok", m
assert parts["goroutine"]["state"] == "failed" and "404" in parts["goroutine"]["error"]["why"], parts["goroutine"]
assert parts["mutex"]["state"] == "failed" and parts["mutex"]["error"]["code"] in ("timeout", "deadline"), parts["mutex"]
assert parts["block"]["state"] == "failed", parts["block"]
assert m["memstats"]["HeapInuse"] == 7654321 and parts["memstats"]["form"] == "heap-text", m.get("memstats")
assert 3.5e9 < m["ns"] < 30e9, m["ns"]
n = c.do("snapshot.take 127.0.0.1:1 deadline=10s show=off", 60)
assert n["state"] == "failed" and all(p["state"] == "failed" for p in n["parts"]) and n["gauges"], n
P

py "it can be cancelled; one at a time" <<'P'
from taking import *
other = fresh(os.environ["S"])
c.attach()
number = c.ask("command", {"line": "snapshot.take %s/mix/debug/pprof/ trace=0s deadline=50s" % bad})
assert c.wait(lambda: [e for e in c.of("snapshot") if e["bundle"]["done"] >= 4], 30)
r = other.refused("snapshot.take %s" % go)
assert r and r.code == "busy", r
other.do("snapshot.cancel")
try:
    c.answer(number, 20)
    raise SystemExit("not cancelled")
except Refused as r:
    assert r.code == "cancelled", r
m = c.do("snapshot.list")[-1]
states = {p["part"]: p["state"] for p in m["parts"]}
assert m["state"] == "cancelled" and states["mutex"] == "cancelled" and states["heap"] == "ok", states
assert os.path.exists(m["dir"] + "/manifest.json")
P

py "without a program: gauges and consoles" <<'P'
from taking import *
m = c.do("snapshot.take", 30)
assert m["state"] == "done" and m["parts"] == [] and m["gauges"] and m["consoles"], m
for line, code in (("snapshot.take /etc/passwd", "usage"), ("snapshot.show /nowhere", "not_found"), ("snapshot.show /etc", "not_found"),
                   ("snapshot.take %s kinds=a/b" % go, "usage"), ("snapshot.take ftp://x/y", "usage")):
    r = c.refused(line, 30)
    assert r and r.code == code, (line, str(r))
P

# --- the command line

cd "$T" || exit 1
run "$VISE" snapshot take "$go" --trace 0s --label cli --bench one
is "$status" 0 "vise snapshot take" || printf '%s\n' "$err" | note
like "$out" '^Snapshot: /.*/bundle-[0-9TZ-]+$' "says where"
like "$out" '^  heap +ok +[0-9.]+[KM] inuse_space ' "and what"
kill "$bench"
wait_for 'ended $bench' 20
ok $? "the bench ends"
run "$VISE" snapshot list
is "$(printf '%s\n' "$out" | grep -c "/bundle-")" 7 "list: those of a bench that is gone"
first=$(printf '%s\n' "$out" | sed -n '1s/.* //p')
second=$(printf '%s\n' "$out" | sed -n '2s/.* //p')
run "$VISE" snapshot show "$(basename "$first")"
is "$status" 0 "show, by name"
like "$out" '^Console: main at byte 5 of /' "with the console's position" || printf '%s\n' "$out" | note
run "$VISE" snapshot diff "$first" "$second"
is "$status" 0 "diff, by folder"
like "$out" '^heap \(inuse_space\): .* -> .*, \+(1[2-9]|2[0-9])' "the growth of the heap"
like "$out" '^ +\+1[5-9][.0-9]*M  main\.\(\*store\)\.grow' "and who it is"
like "$out" '^  HeapAlloc .* -> ' "and of memory"
run "$VISE" snapshot diff --json "$first" "$second"
like "$out" '"memstats":\[\{"name":' "as JSON"
run "$VISE" snapshot take "$go" --trace 0s -o "$T/mine" --json
is "$status" 0 "with a bench of its own, in a folder of ours" || printf '%s\n' "$err" | note
like "$out" '"dir":"'"$T"'/mine/bundle-' "there it is"
wait_for 'test "$("$VISE" ls --json)" = "[]"' 20
ok $? "its bench is gone"
mine=$(echo "$T"/mine/bundle-*)
cp -r "$mine" "$T/copy"
spawn "$BUILD/vise-bench" --foreground --name two --linger 60s
wait_for 'test "$("$VISE" ls --json)" != "[]"' 20
run "$VISE" snapshot open "$T/copy"
is "$status" 0 "a copy is opened by another bench" || printf '%s\n' "$err" | note
S=$XDG_RUNTIME_DIR/vise/two.sock
py "its profiles are on that timeline, its heap is B" <<'P'
from taking import *
assert until(lambda: (c.attach()["profile"] or {}).get("state") == "ready", 30)
snap = c.attach()
assert snap["profile"]["b"]["path"] == T + "/copy/heap.pb.gz" and {"heap", "goroutine"} <= {s["kind"] for s in snap["shots"]}
assert snap["snapshots"][0]["opened"] is True
P

# --- folders that lie

for what in '{"vise_snapshot":1}' '{"vise_snapshot":2,"parts":[]}' 'junk' '[]' '{"vise_snapshot":1,"parts":[{"part":"heap","file":"../heap.pb.gz","state":"ok"}]}' \
	'{"vise_snapshot":1,"parts":[{"part":"heap","file":"/etc/passwd","state":"ok"}]}'; do
	mkdir -p "$T/lie"
	printf '%s\n' "$what" >"$T/lie/manifest.json"
	run "$VISE" snapshot show "$T/lie"
	is "$status" 2 "refused: $what"
done
printf '{"vise_snapshot":1,"parts":[{"part":"heap","file":"h","state":"ok","form":"profile"}]}\n' >"$T/lie/manifest.json"
ln -s /etc/passwd "$T/lie/h"
run "$VISE" snapshot show "$T/lie"
like "$out" 'heap +missing' "a link out of the folder is not followed"
run "$VISE" snapshot diff "$T/lie" "$mine"
is "$status" 0 "what one lacks is said, the rest compared"
like "$out" '^Note: heap: not in the older one' "in a note"
run "$VISE" snapshot
is "$status" 2 "no verb is a usage error"
run "$VISE" snapshot --help
is "$status" 0 "help is not"
plan
