#!/bin/sh
# share.t - one port, several programs: a console shared on a unix socket and on TCP; slow and rude peers hold up nobody.
. "${srcdir:-.}/tests/lib/tap.sh"
need python3 python3
tmpdir
PYTHONPATH=$srcdir/tests/lib PYTHONDONTWRITEBYTECODE=1
export PYTHONPATH PYTHONDONTWRITEBYTECODE T
S=$XDG_RUNTIME_DIR/vise/one.sock
export S
cat >"$T/pty.py" <<'P'
import os, select, sys, tty
master, slave = os.openpty()            # what it is sent stands in a file; what stands in the fifo it says
tty.setraw(slave)
os.symlink(os.ttyname(slave), sys.argv[1])
fifo = os.open(sys.argv[1] + ".say", os.O_RDWR)
while True:
    for f in select.select([master, fifo], [], [])[0]:
        data = os.read(f, 65536)
        if f == fifo:
            os.write(master, data)
        else:
            open(sys.argv[1] + ".said", "ab").write(data)
P
mkfifo "$T/port.say"
spawn python3 "$T/pty.py" "$T/port"
wait_for 'test -e "$T/port"' 10 || bail "no pty"
spawn "$BUILD/vise-bench" --foreground --name one --linger 60s --run "console.open $T/port" 2>"$T/one.err"
bench=$pid
export bench
wait_for 'test -S "$S"' 10

py()
{
	says=$(cat "$T/head.py" - | python3 - 2>&1)
	ok $? "$1" || printf '%s\n' "$says" | note
}
cat >"$T/head.py" <<'P'
import os, socket, stat, sys, time
from client import fresh, until, Refused
c = fresh(os.environ["S"]); c.attach(streams=True)
T = os.environ["T"]
row = lambda: c.do("console.list")[0]
said = lambda: open(T + "/port.said", "rb").read() if os.path.exists(T + "/port.said") else b""
fifo = os.open(T + "/port.say", os.O_RDWR)
def board(text):
    os.write(fifo, text)
def unix(path=T + "/share"):
    s = socket.socket(socket.AF_UNIX); s.settimeout(10); s.connect(path)
    return s
def got(s, n):
    data = b""
    while len(data) < n:
        more = s.recv(1 << 16)
        if not more:
            break
        data += more
    return data
P

py "two programs on a unix socket read the same bytes, and both write; Vise sees all" <<'P'
r = c.do("console.share unix:%s/share" % T)
assert r["address"] == "unix:%s/share" % T and r["peers"] == 0, r
assert stat.S_IMODE(os.stat(T + "/share").st_mode) == 0o600
a, b = unix(), unix()
assert until(lambda: c.do("console.shares")[0]["peers"] == 2, 10)
board(b"hello \xff\x00 all\r\n")
assert got(a, 14) == got(b, 14) == b"hello \xff\x00 all\r\n"
assert c.wait(lambda: b"all\r\n" in c.streams.get(1, b""), 10)
a.sendall(b"from a\r"); assert until(lambda: b"from a\r" in said(), 10)
b.sendall(b"from b\xff\r"); assert until(lambda: b"from b\xff\r" in said(), 10)
a.close()
assert until(lambda: c.do("console.shares")[0]["peers"] == 1, 10)
board(b"one left\n"); assert got(b, 9) == b"one left\n"
assert row()["shares"][0]["peers"] == 1, row()
P

py "TCP is loopback only; 0 picks a port, which is told" <<'P'
r = c.do("console.share tcp:0")
host, port = r["address"].split(":")[1:]
assert host == "127.0.0.1" and int(port) > 0, r
s = socket.create_connection((host, int(port)), 10)
s.settimeout(10)
assert until(lambda: any(x["peers"] == 1 for x in c.do("console.shares") if x["address"] == r["address"]), 10)
board(b"over tcp\n"); assert got(s, 9) == b"over tcp\n"
import glob
hexport = "%04X" % int(port)
listening = [l.split()[1] for l in open("/proc/net/tcp") if l.split()[3] == "0A" and l.split()[1].endswith(":" + hexport)]
assert listening == ["0100007F:" + hexport], listening
e = c.refused("console.share tcp:70000"); assert e and e.code == "usage", e
e = c.refused("console.share nonsense"); assert e and e.code == "usage", e
e = c.refused("console.share unix:relative"); assert e and e.code == "usage", e
e = c.refused("console.share %s" % r["address"]); assert e, "the same port twice"
c.do("console.unshare %s" % r["address"])
assert s.recv(10) == b"", "the connection stays"
e = c.refused("console.unshare %s" % r["address"]); assert e and e.code == "not_found", e
P

py "read-only: what is written is not sent, and that is said" <<'P'
c.do("console.share unix:%s/look ro=on" % T)
s = unix(T + "/look")
before = len(said())
s.sendall(b"erase all\r")
assert c.wait(lambda: [n for n in c.of("notice") if "reading only" in n["notice"]["text"]], 10), c.of("notice")
board(b"seen\n"); assert got(s, 5) == b"seen\n"
assert b"erase" not in said()
c.do("console.unshare unix:%s/look" % T)
assert not os.path.exists(T + "/look")
P

py "a peer that never reads holds up nobody and costs no memory; what it missed is counted" <<'P'
def rss():
    with open("/proc/%s/status" % os.environ["bench"]) as f:
        return next(int(x.split()[1]) for x in f if x.startswith("VmRSS"))
stuck, good = unix(), unix()
assert until(lambda: c.do("console.shares")[0]["peers"] >= 2, 10)
line = b"0123456789abcdef" * 63 + b"\r\n"
total, have, before = 7 << 20, 0, None
for i in range(total // len(line)):
    board(line)
    have += len(got(good, len(line)))
    if i == 5000:
        before = rss()
assert have == total // len(line) * len(line), have
if not os.environ.get("VISE_SANITIZER"):
    assert rss() - before < 3000, rss() - before
got(stuck, 1 << 20)
assert until(lambda: c.do("console.shares")[0]["lost"] > 0, 10), c.do("console.shares")
P

py "a peer that floods is slowed, not the bench: the board's own pace, in order" <<'P'
rude = unix()
rude.settimeout(30)
before = len(said())
text = b"".join(b"%07d\n" % i for i in range(50000))
rude.sendall(text)
assert until(lambda: len(said()) - before >= len(text), 30), len(said()) - before
assert said()[before:] == text
assert c.do("bench.info")["name"] == "one"
P

py "the AT lock is honoured; the share stays while the port is away and goes with the console" <<'P'
s = unix()
c.do("at.lock")
before = len(said())
s.sendall(b"mixed in")
assert c.wait(lambda: [n for n in c.of("notice") if "was not sent" in n["notice"]["text"]], 10), c.of("notice")
assert len(said()) == before
c.do("at.unlock")
c.do("console.borrow"); c.do("console.return")
assert until(lambda: row()["state"] == "open", 10)
board(b"again\n"); assert got(s, 6) == b"again\n"
c.do("console.close")
assert s.recv(10) == b""
assert until(lambda: not os.path.exists(T + "/share"), 10)
P

# a socket left by a bench that was killed is replaced, one that is served is not
python3 -c 'import os, socket; s = socket.socket(socket.AF_UNIX); s.bind(os.environ["T"] + "/stale")'
python3 -c 'import os, socket, time
s = socket.socket(socket.AF_UNIX); s.bind(os.environ["T"] + "/served"); s.listen(1); time.sleep(60)' &
tap_pids="$tap_pids $!"
wait_for 'test -S "$T/served"' 10
py "a dead socket is replaced, one that is served is left alone" <<'P'
c.do("console.open %s/port" % T)
c.do("console.share unix:%s/stale" % T)
e = c.refused("console.share unix:%s/served" % T)
assert e, "took it"
unix(T + "/served").close()
unix(T + "/stale").close()
P

mkfifo "$T/in"
spawn sh -c 'exec 9<>"$T/in"; exec "$BUILD/vise" console "$T/port" --share "unix:$T/cli" <"$T/in" >"$T/cli.out" 2>"$T/cli.err"'
wait_for 'test -S "$T/cli"' 10
ok $? "vise console --share"
wait_for 'grep -q "^shared at" "$T/cli.err"' 10
like "$(cat "$T/cli.err")" "^shared at unix:$T/cli\$" "and it says where"
plan
