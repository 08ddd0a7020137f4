#!/bin/sh
# borrow.t - a console's port lent to a program: given back however that ends, keys refused meanwhile with words.
. "${srcdir:-.}/tests/lib/tap.sh"
need python3 python3
tmpdir
PYTHONPATH=$srcdir/tests/lib PYTHONDONTWRITEBYTECODE=1
export PYTHONPATH PYTHONDONTWRITEBYTECODE T
S=$XDG_RUNTIME_DIR/vise/one.sock
export S
cat >"$T/pty.py" <<'P'
import os, sys, time, tty
master, slave = os.openpty()
tty.setraw(slave)
os.symlink(os.ttyname(slave), sys.argv[1])
os.close(slave)
while True:
    try:
        open(sys.argv[1] + ".said", "ab").write(os.read(master, 4096))
    except OSError:
        time.sleep(0.02)
P
spawn python3 "$T/pty.py" "$T/port"
wait_for 'test -e "$T/port"' 10 || bail "no pty"
spawn "$BUILD/vise-bench" --foreground --name one --linger 60s --run "console.open $T/port" 2>"$T/one.err"
wait_for 'test -S "$S"' 10

cat >"$T/flash" <<'J'
echo "got $VISE_PORT"
exec 9<>"$VISE_PORT"
flock -n 9 && echo locked
touch "$1/in"
sleep 60
J
echo 'kill -KILL $$' >"$T/die"
cat >"$T/leave" <<'J'
setsid sh -c 'exec 9<>"$VISE_PORT"; flock -n 9; touch "$1/kept"; sleep 1' - "$1" &
until test -e "$1/kept"; do sleep 0.01; done
J

# py NAME: the Python text on stdin must end well.
py()
{
	says=$(cat "$T/head.py" - | python3 - 2>&1)
	ok $? "$1" || printf '%s\n' "$says" | note
}
cat >"$T/head.py" <<'P'
import json, os, signal, subprocess, sys, time
from client import fresh, until, Refused
c = fresh(os.environ["S"]); c.attach()
T, S, port = os.environ["T"], os.environ["S"], os.path.realpath(os.environ["T"] + "/port")
row = lambda: (c.do("console.list") or [{"state": "none yet"}])[0]
state = lambda: row()["state"]
def is_open():
    return until(lambda: state() == "open", 15)
assert is_open(), row()
P

py "a job that needs the port gets it, with its name, and the console says who has it" <<'P'
j = c.do("job.run name=flash port=main -- sh %s/flash %s" % (T, T))
assert until(lambda: os.path.exists(T + "/in"), 10)
r = row()
assert r["state"] == "lent" and r["lent"] == {"to": "flash", "job": j["id"]}, r
out = c.do("job.output %d" % j["id"])["text"]
assert "got " + port in out and "locked" in out, out
for line in ("console.send x", "at.send AT", "console.retry", "console.return", "console.borrow", "job.run port=main -- true"):
    e = c.refused(line)
    assert e and "lent to flash, job %d" % j["id"] in e.why, (line, e and e.why)
c.type(1, "lost keys")
assert c.wait(lambda: [n for n in c.of("notice") if "typed keys were not sent" in n["notice"]["text"]
                       and "lent to flash" in n["notice"]["text"]], 10), c.of("notice")
c.do("job.stop %d confirm=on" % j["id"])
assert is_open(), row()
assert "lent" not in row(), row()
c.type(1, "here again")
assert until(lambda: b"here again" in open(T + "/port.said", "rb").read(), 10)
assert b"lost keys" not in open(T + "/port.said", "rb").read()
assert [m for m in c.of("mark") if m["text"] == "lent to flash, job %d" % j["id"]], c.of("mark")
assert [m for m in c.of("mark") if m["text"].startswith("given back")], c.of("mark")
P

py "a job that ends well, ends badly, is killed, or never starts gives it back" <<'P'
for command in ("true", "false", "sh " + T + "/die", "/no/such/program"):
    try:
        c.do("job.run port=main wait=on -- " + command)
    except Refused as r:
        assert r.code == "tool_failed", r
    assert is_open(), (command, row())
    assert "lent" not in row()
P

py "a job whose child keeps the port is waited for: the console comes back when that one ends" <<'P'
c.do("job.run port=main wait=on -- sh %s/leave %s" % (T, T))
assert state() in ("lost", "open"), row()
assert is_open(), row()
P

py "a client that borrows and dies gives it back; one that returns it does too" <<'P'
d = fresh(S)
assert d.do("console.borrow to=avrdude")["device"] == port
assert state() == "lent" and row()["lent"]["to"] == "avrdude", row()
fd = os.open(port, os.O_RDWR | os.O_NOCTTY)
os.close(fd)
d.close()
assert is_open(), row()
c.do("console.borrow")
assert state() == "lent"
c.do("console.return")
assert is_open(), row()
d = fresh(S)
d.do("console.borrow keep=on to=later")
d.close()
c.do("bench.info"); c.do("bench.info")
assert state() == "lent", row()
c.do("console.return")
assert is_open()
P

cat >"$T/lend.lua" <<'L'
local vise = require "vise"
local con = vise.console.get()
con:lend(function(device) vise.log.info("it is " .. device) assert(con:info().state == "lent", con:info().state) end)
con:lend(function() error("the tool failed") end)
L
py "con:lend in Lua gives it back when its function fails" <<'P'
j = c.do("script.run %s/lend.lua wait=on" % T)
assert j["state"] == "failed", j
assert "the tool failed" in c.do("job.output %d" % j["id"])["text"] + c.do("job.output %d" % j["id"])["err"], c.do("job.output %d" % j["id"])
assert is_open(), row()
P
plan
