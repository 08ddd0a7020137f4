#!/bin/sh
# leak.t - profiles of a real Go server: what leaks comes first; a server that misbehaves costs nothing but a message.
. "${srcdir:-.}/tests/lib/tap.sh"
need python3 python3
need go golang-go
tmpdir
PYTHONPATH=$srcdir/tests/lib PYTHONDONTWRITEBYTECODE=1
S=$XDG_RUNTIME_DIR/vise/leak.sock
export PYTHONPATH PYTHONDONTWRITEBYTECODE T S

py()
{
	says=$(python3 - 2>&1)
	ok $? "$1" || printf '%s\n' "$says" | note
}

mkdir "$T/go"
go_rig leakd "$T/go" >"$T/make.log" 2>&1
ok $? "the leaking Go server builds" || { note <"$T/make.log"; plan; exit 1; }

spawn "$T/go/leakd" -rate 1 -portfile "$T/go.port" >"$T/leakd.log" 2>&1 </dev/null
spawn python3 "$srcdir/tests/lib/badhttp.py" "$T/bad.port" >/dev/null 2>&1 </dev/null
spawn "$BUILD/vise-bench" --foreground --name leak --linger 60s
bench=$pid
wait_for 'test -s "$T/go.port" && test -s "$T/bad.port" && test -S "$S"' 20
ok $? "server, bad server and bench run"

py "two snapshots around a leak: the leaking stack leads the difference" <<'P'
import os, urllib.request
from client import fresh
port = open(os.environ["T"] + "/go.port").read().strip().rpartition(":")[2]
base = "http://127.0.0.1:" + port
get = lambda path: urllib.request.urlopen(base + path, timeout=20).read()
c = fresh(os.environ["S"]); c.attach()
get("/churn?bytes=65536&n=50")
c.do("profile.grab %s/debug/pprof/heap?gc=1" % base, 60)
get("/leak?bytes=1048576&n=24")
c.do("profile.grab %s/debug/pprof/heap?gc=1" % base, 60)
p = c.attach()["profile"]
assert p["state"] == "ready" and "a" in p and "b" in p, p
row = p["rows"][0]
assert row["name"] == "main.(*store).grow", row
assert 23 << 20 <= row["flat"] <= 26 << 20, row
assert row["flat_b"] - row["flat_a"] == row["flat"], row
assert any(r["name"] == "main.leakCache" and r["cum"] >= row["flat"] for r in p["rows"]), p["rows"][:5]
for side in "a", "b":
    assert os.path.getsize(p[side]["path"]) > 100 and oct(os.stat(p[side]["path"]).st_mode)[-3:] == "600", p[side]
P

py "faulty servers: each a clear error within its time; bench and last comparison stay" <<'P'
import os, threading, time
from client import fresh
port = open(os.environ["T"] + "/bad.port").read().strip().rpartition(":")[2]
c, other = fresh(os.environ["S"]), fresh(os.environ["S"], name="other")
c.attach()
before = c.attach()["profile"]
for path, words in (("/404", ("404",)), ("/500", ("500",)), ("/redir-loop", ("redirect",)), ("/redir-file", ("",)),
                    ("/empty", ("",)), ("/garbage", ("",)), ("/html", ("",)), ("/trunc", ("",)), ("/reset", ("",)),
                    ("/chunked-bad", ("",)), ("/gzip-junk", ("",)), ("/huge-length", ("",)), ("/bomb", ("",))):
    number = c.ask("command", {"line": "profile.grab http://127.0.0.1:%s%s" % (port, path)})
    begin = time.monotonic()
    other.do("bench.info")
    assert time.monotonic() - begin < 5, "the bench waited for " + path
    try:
        c.answer(number, 180)           # the bomb: 512 MB inflated, under a sanitizer beside three jobs
    except Exception as e:
        text = str(e)
        assert type(e).__name__ == "Refused" and e.why and any(w in text.lower() for w in words), (path, text)
        assert "\x1b" not in text and "no reason" not in text, (path, text)
    else:
        raise SystemExit("%s was taken for a profile" % path)
after = c.attach()["profile"]
failed = after.pop("grab")
before.pop("grab")
assert failed["state"] == "failed" and failed["source"].endswith("/bomb") and failed["error"]["why"], failed
assert after == before, "the comparison changed: %s" % after.get("state")
P

py "a server that stalls is given up, in its own time" <<'P'
import os, time
from client import fresh, Refused
port = open(os.environ["T"] + "/bad.port").read().strip().rpartition(":")[2]
c, other = fresh(os.environ["S"]), fresh(os.environ["S"])
before = c.attach()["profile"]
asked = [c.ask("command", {"line": "profile.grab http://127.0.0.1:%s%s timeout=3s" % (port, p)})
         for p in ("/stall-head", "/stall-body", "/drip")]
begin = time.monotonic()
assert other.do("bench.info")["name"] == "leak" and time.monotonic() - begin < 5
for number in asked:
    try:
        c.answer(number, 40)
    except Refused as r:
        assert r.code == "timeout", r
    else:
        raise SystemExit("no refusal")
assert time.monotonic() - begin > 2.5, "before its time"
after = c.attach()["profile"]
assert after.pop("grab")["state"] == "failed" and before.pop("grab") and after == before, after
P

py "after failures A and B are still the two good ones" <<'P'
import os
from client import fresh
c = fresh(os.environ["S"])
before = c.attach()["profile"]
c.do("profile.swap", 60)
p = c.attach()["profile"]
assert (p["a"]["path"], p["b"]["path"]) == (before["b"]["path"], before["a"]["path"]), (p["a"], p["b"])
grow = [r["flat"] for r in p["rows"] if r["name"] == "main.(*store).grow"]
assert grow == [-before["rows"][0]["flat"]], grow
P

py "a file that is no profile: a clear error, the last rows stay" <<'P'
import os
from client import fresh
c = fresh(os.environ["S"])
before = c.attach()["profile"]
for path, code in (("/etc/passwd", "format"), (os.environ["T"] + "/nothing.pb.gz", "not_found")):
    r = c.refused("profile.b %s" % path, 60)
    assert r and r.code == code and path in str(r), (path, str(r))
p = c.attach()["profile"]
assert p["state"] == "failed" and p["error"]["why"] and p["rows"] == before["rows"], p["state"]
P

kill -0 "$bench"
ok $? "the bench ran through all of it"
plan
