#!/bin/sh
# kill.t - what dies, and what does not: a viewer, a script host, a worker and the bench itself are killed with
# SIGKILL while a console floods; no byte is missing from its log.
. "${srcdir:-.}/tests/lib/tap.sh"
need python3 python3
tmpdir
PYTHONPATH=$srcdir/tests/lib PYTHONDONTWRITEBYTECODE=1
export PYTHONPATH PYTHONDONTWRITEBYTECODE T
at=$srcdir/tests/rig/atdev/atdev.py
client=$srcdir/tests/lib/client.py
total=6000000
export total

py()
{
	says=$(python3 - 2>&1)
	ok $? "$1" || printf '%s\n' "$says" | note
}

# device NAME [ARGUMENTS]: an AT device at $T/NAME; orders go to $T/NAME.orders
device()
{
	dev=$1
	shift
	mkfifo "$T/$dev.orders"
	exec 9<>"$T/$dev.orders"        # to read and to write: opening waits for nobody
	python3 "$at" "$T/$dev" --log "$T/$dev.log" --life 300 "$@" <&9 >/dev/null 2>&1 &
	tap_pids="$tap_pids $!"
	wait_for 'test -L "$T/$dev"' 10
}

# bench NAME [ARGUMENTS]: S is its socket, dir its folder, bench its pid
bench()
{
	name=$1
	shift
	S=$XDG_RUNTIME_DIR/vise/$name.sock
	spawn "$BUILD/vise-bench" --foreground --name "$name" --linger 60s "$@" 2>"$T/$name.err"
	bench=$pid
	wait_for 'test -S "$S" && test -s "${S%sock}json"' 10 || return 1
	dir=$(python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))["dir"])' "${S%sock}json")
	raw=$dir/console-main.raw
	export S dir bench raw name
}

size()
{
	stat -c %s "$raw" 2>/dev/null || echo 0
}

python3 - >"$T/sent" <<'P'
import os, sys
n = int(os.environ["total"])
sys.stdout.write("".join("%010d %s\r\n" % (i, "flood" * 10 + ".") for i in range(n // 64 + 1))[:n])
P

# --- clients that die or stop while the console floods

device flood --flood 1500000 --flood-total $total
bench flood --run "console.open $T/flood"
ok $? "a bench reads a flooding console" || note <"$T/flood.err"

python3 "$client" "$S" --sit "$T/stopped.ready" 2>"$T/stopped.err" &
stopped=$!
python3 "$client" "$S" --sit "$T/killed.ready" 2>/dev/null &
killed=$!
tap_pids="$tap_pids $stopped $killed"
wait_for 'test -s "$T/stopped.ready" && test -s "$T/killed.ready"' 20
kill -STOP $stopped
test "$(size)" -lt $total
ok $? "a client is stopped, with the flood under way"
kill -KILL $killed
test "$(size)" -lt $total
ok $? "another is killed, with the flood under way"

if test -x "$BUILD/vise"; then
	VISE=$BUILD/vise
	export VISE
	py "the viewer's terminal goes away in the flood: the viewer ends, the bench does not" <<'P'
import os, pty, select, signal, time
from client import until
pid, fd = pty.fork()
if pid == 0:
    os.environ["TERM"] = "xterm-256color"
    os.execv(os.environ["VISE"], ["vise", "attach", os.environ["name"]])
seen, end = b"", time.monotonic() + 20
try:
    while b"flood" not in seen and time.monotonic() < end:
        if select.select([fd], [], [], 1)[0]:
            seen += os.read(fd, 65536)
except OSError:
    pass
shown = b"flood" in seen
os.close(fd)                            # the terminal is gone
gone = until(lambda: os.waitpid(pid, os.WNOHANG)[0] == pid, 10)
if not gone:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
assert shown, "the viewer showed nothing: %r" % seen[-300:]
assert gone, "the viewer did not end"
P
	py "a viewer killed with SIGKILL is nothing to the bench" <<'P'
import os, pty, select, signal, time
from client import fresh
pid, fd = pty.fork()
if pid == 0:
    os.environ["TERM"] = "xterm-256color"
    os.execv(os.environ["VISE"], ["vise", "attach", os.environ["name"]])
assert select.select([fd], [], [], 20)[0]
os.kill(pid, signal.SIGKILL)
os.waitpid(pid, 0)
begin = time.monotonic()
fresh(os.environ["S"]).do("bench.info")
assert time.monotonic() - begin < 1
P
else
	skip "the viewer's terminal: build/vise is not there"
	skip "a viewer killed: build/vise is not there"
fi

wait_for 'test "$(size)" -ge $total' 60
same "$raw" "$T/sent" "no byte is missing from the log, and the stopped client held nothing up"
kill -CONT $stopped
py "who was stopped comes back to the newest bytes; the bench is well" <<'P'
import os
from client import fresh
c = fresh(os.environ["S"])
row = c.do("console.list")[0]
assert row["rx"] == int(os.environ["total"]) and row["log_lost"] == 0, row
P
kill -0 $stopped
ok $? "and its connection is kept" || note <"$T/stopped.err"

py "reattach shows the last bytes within 200 ms" <<'P'
import os, time
from client import Client
last = open(os.environ["T"] + "/sent", "rb").read()[-256 << 10:]
took = []
for _ in range(5):                      # the best of five: the machine may be busy, the bench is to blame for all
    begin = time.monotonic()
    c = Client(os.environ["S"])
    c.attach(streams=True)
    assert c.wait(lambda: bytes(c.streams.get(1, b"")).endswith(last[-1000:]), 10), len(c.streams.get(1, b""))
    took.append(time.monotonic() - begin)
    assert bytes(c.streams[1]) == last, len(c.streams[1])
    c.close()
assert min(took) < (1 if os.environ.get("VISE_SANITIZER") else 0.2), took
P

# --- a port that goes and comes back

py "a port that goes is told, and opened again when it is back" <<'P'
import os
from client import fresh, until
c = fresh(os.environ["S"])
c.attach()
with open(os.environ["T"] + "/flood.orders", "w") as orders:
    orders.write("unplug\n")
assert until(lambda: c.do("console.list")[0]["state"] != "open", 20), "still open"
row = c.do("console.list")[0]
assert row["why"], row
with open(os.environ["T"] + "/flood.orders", "w") as orders:
    orders.write("plug\n")
assert until(lambda: c.do("console.list")[0]["state"] == "open", 20), c.do("console.list")
with open(os.environ["T"] + "/flood.orders", "w") as orders:
    orders.write("send after the replug\\r\\n\n")
d = fresh(os.environ["S"])
d.attach(streams=True)
assert d.wait(lambda: "after the replug" in d.text(1), 20), d.text(1)[-200:]
states = [e["console"]["state"] for e in c.of("console")]
assert states[-1] == "open" and len(states) >= 2, states
assert d.do("at.send AT+GMR")["result"] == "OK"
P
head -c $total "$raw" | cmp -s - "$T/sent"
ok $? "the log goes on where it was"

# --- a script host and a worker

cat >"$T/loop.lua" <<'L'
local vise = require "vise"
local con = vise.console.get("main")
while true do
  con:at("AT")
  vise.sleep(0.02)
end
L
py "a script host killed in its work: the job fails with the signal as its reason, the bench answers" <<'P'
import os, signal, time
from client import fresh, until
c = fresh(os.environ["S"]); c.attach()
job = c.do("script.run %s/loop.lua" % os.environ["T"])
def hosts():
    found = []
    for p in filter(str.isdigit, os.listdir("/proc")):
        try:
            env = open("/proc/%s/environ" % p, "rb").read().split(b"\0")
            if b"VISE_JOB=%d" % job["id"] in env and os.environ["T"].encode() in b"".join(env):
                found.append(int(p))
        except OSError:
            pass
    return found
assert c.wait(lambda: len(c.of("at")) >= 3, 20), "the script does nothing"
pids = hosts()
assert len(pids) == 1, pids
os.kill(pids[0], signal.SIGKILL)
begin = time.monotonic()
c.do("bench.info")
assert time.monotonic() - begin < 1
end = c.do("job.wait %d" % job["id"], 10)
assert end["state"] in ("failed", "killed") and end["signal"] == 9, end
assert "signal 9" in end["error"]["why"] or "kill" in end["error"]["why"].lower(), end["error"]
assert not c.do("console.list")[0].get("lock"), "its AT lock stayed"
assert c.do("at.send AT")["result"] == "OK"
P

spawn python3 "$srcdir/tests/lib/badhttp.py" "$T/bad.port" >/dev/null 2>&1 </dev/null
wait_for 'test -s "$T/bad.port"' 10
py "a worker killed at work: a reason at once, and the next one works" <<'P'
import os, signal, time
from client import fresh, until, Refused
def children(parent):
    found = {}
    for p in filter(str.isdigit, os.listdir("/proc")):
        try:
            stat = open("/proc/%s/stat" % p).read()
        except OSError:
            continue
        name, rest = stat[stat.index("(") + 1:stat.rindex(")")], stat[stat.rindex(")") + 2:].split()
        if int(rest[1]) == parent:
            found[int(p)] = name
    return found
port = open(os.environ["T"] + "/bad.port").read().strip().rpartition(":")[2]
bench = int(os.environ["bench"])
c = fresh(os.environ["S"]); c.attach()
n = c.ask("command", {"line": "profile.grab http://127.0.0.1:%s/stall-head" % port})
worker = until(lambda: [p for p, name in children(bench).items() if name == "vise-worker"], 10)
assert worker, children(bench)
fetch = until(lambda: [p for p, name in children(worker[0]).items() if name == "vise-fetch"], 10)
begin = time.monotonic()
fresh(os.environ["S"]).do("bench.info")
os.kill(worker[0], signal.SIGKILL)
try:
    c.answer(n, 5)
    raise SystemExit("no refusal")
except Refused as r:
    assert "worker" in r.what + r.why, r
assert time.monotonic() - begin < 5
assert c.wait(lambda: [e for e in c.of("notice") if e["notice"]["source"] == "profile"], 5), "no notice"
assert until(lambda: not [p for p in fetch if os.path.exists("/proc/%d" % p)], 10), "vise-fetch outlived its worker"
r = c.refused("profile.grab http://127.0.0.1:%s/404" % port, 30)
assert r and "404" in str(r), r
P
python3 "$client" "$S" "bench.stop confirm=on" >/dev/null

# --- the bench itself

exec 9>&-
device last --flood 1500000 --flood-total 60000000
bench last --run "console.open $T/last"
wait_for 'test "$(size)" -gt 1000000' 30
python3 "$client" "$S" "mark.set before-the-end" >/dev/null
wait_for 'grep -q before-the-end "$dir/journal.jsonl"' 10
kill -KILL "$bench"
wait "$bench" 2>/dev/null
py "SIGKILL to the bench in a flood: the log is an exact prefix, the journal has whole lines" <<'P'
import json, os
log = open(os.environ["raw"], "rb").read()
n = len(log)
assert 1000000 < n < 60000000, n
want = "".join("%010d %s\r\n" % (i, "flood" * 10 + ".") for i in range(n // 64 + 1)).encode()[:n]
assert log == want, next(i for i in range(n) if log[i] != want[i])
journal = open(os.environ["dir"] + "/journal.jsonl", "rb").read()
assert journal.endswith(b"\n")
assert len([json.loads(x) for x in journal.splitlines()]) > 3
P
exec 9>&-
wait_for 'ended "$bench"' 5
bench last
ok $? "a new bench of the same name starts over what the dead one left" || note <"$T/last.err"

plan
