#!/bin/sh
# rfc2217.t - a real ser2net with a pty behind it: bytes, speed, frame, lines, break; telnet without RFC 2217.
. "${srcdir:-.}/tests/lib/tap.sh"
PATH=$PATH:/usr/sbin
need ser2net ser2net
need python3 python3
tmpdir
PYTHONPATH=$srcdir/tests/lib PYTHONDONTWRITEBYTECODE=1
export PYTHONPATH PYTHONDONTWRITEBYTECODE T
S=$XDG_RUNTIME_DIR/vise/one.sock
export S
cat >"$T/board.py" <<'P'
import os, sys, time, tty
master, slave = os.openpty()            # the slave stays open: its settings can be read, whoever comes and goes
tty.setraw(slave)
os.symlink(os.ttyname(slave), sys.argv[1])
while True:
    data = os.read(master, 4096)
    open(sys.argv[1] + ".said", "ab").write(data)
    os.write(master, data)
P
spawn python3 "$T/board.py" "$T/tty"
wait_for 'test -e "$T/tty"' 10 || bail "no pty"

# serve ACCEPTER: ser2net on a port of its own; P is it.
serve()
{
	for try in 1 2 3; do
		P=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
		printf 'connection: &c\n  accepter: %s,tcp,127.0.0.1,%s\n  connector: serialdev,%s,9600n81,local\n' \
			"$1" "$P" "$(readlink "$T/tty")" >"$T/ser2net.yaml"
		spawn ser2net -n -d -c "$T/ser2net.yaml" -P "$T/ser2net.pid" >"$T/ser2net.log" 2>&1
		server=$pid
		wait_for 'python3 -c "import socket; socket.create_connection((\"127.0.0.1\", $P)).close()"' 10 && break
	done
	export P
}
serve "telnet(rfc2217)"
spawn "$BUILD/vise-bench" --foreground --name one --linger 60s 2>"$T/one.err"
wait_for 'test -S "$S"' 10

py()
{
	says=$(cat "$T/head.py" - | python3 - 2>&1)
	ok $? "$1" || { printf '%s\n' "$says" | note; note <"$T/ser2net.log"; }
}
cat >"$T/head.py" <<'P'
import os, subprocess, sys, time
from client import fresh, until, Refused
c = fresh(os.environ["S"]); c.attach(streams=True)
T, P = os.environ["T"], os.environ["P"]
rows = lambda: c.do("console.list")
row = lambda: rows()[0]
stty = lambda: subprocess.run(["stty", "-F", T + "/tty", "-a"], capture_output=True, text=True).stdout
said = lambda: open(T + "/tty.said", "rb").read() if os.path.exists(T + "/tty.said") else b""
def marks():
    c.do("console.list")
    return [m["text"] for m in c.of("mark")]
P

py "it opens, and the speed and frame asked for are those of the port" <<'P'
c.do("console.open rfc2217:127.0.0.1:%s baud=57600 settings=7E2" % P)
assert until(lambda: row()["state"] == "open", 10), row()
assert until(lambda: "speed 57600 baud" in stty(), 10), stty()
assert until(lambda: " cstopb" in stty(), 5), stty()
r = row()
assert r["baud"] == 57600 and r["settings"] == "7E2" or marks(), r
P

py "settings change while it is open" <<'P'
c.do("console.set baud=19200 settings=8N1")
assert until(lambda: "speed 19200 baud" in stty() and " -cstopb" in stty() and "cs8" in stty() and "-parenb" in stty(), 10), stty()
c.do("console.set flow=rtscts")
assert until(lambda: " crtscts" in stty(), 10), stty()
c.do("console.set flow=xonxoff")
assert until(lambda: " ixon" in stty() and " -crtscts" in stty(), 10), stty()
c.do("console.set flow=none baud=115200")
assert until(lambda: "speed 115200 baud" in stty() and " -ixon" in stty(), 10), stty()
P

py "all 256 bytes go there and come back as they are, also IAC and CR" <<'P'
want = bytes(range(256)) + b"\xff\xff\r\x00\r\n\r\xff\xf0"
c.send("I", b"%c\0\0\0" % row()["stream"] + want)
assert until(lambda: said().endswith(want), 10), said()[-300:]
stream = row()["stream"]
assert c.wait(lambda: bytes(c.streams.get(stream, b"")).endswith(want), 10), bytes(c.streams.get(stream, b""))[-300:]
P

py "100 KB there and back, nothing lost, nothing twice" <<'P'
import random
stream = row()["stream"]
c.wait(lambda: False, 0.2)
before, have = len(said()), len(c.streams.get(stream, b""))
random.seed(7)
want = bytes(random.randrange(256) for i in range(100000))
for i in range(0, len(want), 2000):
    c.send("I", b"%c\0\0\0" % stream + want[i:i + 2000])
    c.wait(lambda: len(c.streams[stream]) - have >= i - 8000, 20)
assert until(lambda: len(said()) - before >= len(want), 20), len(said()) - before
assert said()[before:] == want
assert c.wait(lambda: len(c.streams[stream]) - have >= len(want), 20)
assert bytes(c.streams[stream][have:]) == want
P

py "lines and break go to the server; a pty has none, and the server still answers" <<'P'
c.do("console.lines dtr=on rts=on")
assert row()["lines"]["dtr"] in (True, False)
c.do("console.break for=50ms")
c.do("console.pulse D1|W0.02|D0 confirm=on")
c.do("console.purge")
c.do("console.send still-there")
assert until(lambda: b"still-there" in said(), 10)
assert row()["state"] == "open"
P

py "the server ends: lost, and open again by itself with the same settings when it is back" <<'P'
pid = int(open(T + "/ser2net.pid").read()) if os.path.exists(T + "/ser2net.pid") else None
c.do("console.set baud=38400")
assert until(lambda: "speed 38400 baud" in stty(), 10), stty()
import signal
os.kill(pid, signal.SIGTERM)
assert until(lambda: row()["state"] == "lost", 10), row()
subprocess.run(["stty", "-F", T + "/tty", "9600"])
again = subprocess.Popen(["ser2net", "-n", "-d", "-c", T + "/ser2net.yaml", "-P", T + "/again.pid"], stdout=subprocess.DEVNULL,
                         stderr=subprocess.DEVNULL, start_new_session=True)
open(T + "/again", "w").write("%d" % again.pid)
assert until(lambda: row()["state"] == "open", 20), row()
assert until(lambda: "speed 38400 baud" in stty(), 10), stty()
P
kill "$(cat "$T/again")" "$server" 2>/dev/null
wait_for '! python3 -c "import socket; socket.create_connection((\"127.0.0.1\", $P)).close()"' 10

serve telnet
py "plain telnet: bytes go, speed is the server's own, and RFC 2217 asked of it is answered in words" <<'P'
c.do("console.close")
c.do("console.open telnet:127.0.0.1:%s name=plain" % P)
get = lambda name: next(r for r in rows() if r["name"] == name)
assert until(lambda: get("plain")["state"] == "open", 10), rows()
c.do("console.send console=plain over-telnet\\xff")
assert until(lambda: b"over-telnet" in said(), 10)
e = c.refused("console.lines console=plain dtr=on")
assert e and e.code == "unsupported", e
c.do("console.close plain")
assert until(lambda: len(rows()) == 0, 10)
c.do("console.open rfc2217:127.0.0.1:%s name=asks" % P)
assert until(lambda: [m for m in marks() if "RFC 2217" in m], 10), marks()
e = c.refused("console.set console=asks baud=9600")
assert e and e.code == "unsupported" and "RFC 2217" in e.why, e
P
kill "$server" 2>/dev/null
plan
