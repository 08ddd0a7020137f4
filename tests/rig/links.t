#!/bin/sh
# links.t - links that are no port: a shell and a login over ssh with the size of the screen, RTT, a log that is replayed.
. "${srcdir:-.}/tests/lib/tap.sh"
PATH=$PATH:/usr/sbin
need python3 python3
tmpdir
PYTHONPATH=$srcdir/tests/lib PYTHONDONTWRITEBYTECODE=1
export PYTHONPATH PYTHONDONTWRITEBYTECODE T
S=$XDG_RUNTIME_DIR/vise/one.sock
export S
spawn "$BUILD/vise-bench" --foreground --name one --linger 60s 2>"$T/one.err"
wait_for 'test -S "$S"' 10 || bail "no bench"

py()
{
	says=$(cat "$T/head.py" - | python3 - 2>&1)
	ok $? "$1" || printf '%s\n' "$says" | note
}
cat >"$T/head.py" <<'P'
import os, socket, sys, time
from client import fresh, until, Refused
c = fresh(os.environ["S"]); c.attach(streams=True)
T = os.environ["T"]
def row(name):
    return next((r for r in c.do("console.list") if r["name"] == name), {})
def text(name):
    return bytes(c.streams.get(row(name).get("stream"), b""))
def shows(name, what, seconds=20):
    return c.wait(lambda: what in text(name), seconds)
P

py "a shell: what is typed is done, and it sees the size of the screen, also a new one" <<'P'
c.do("console.open shell:sh name=shell")
c.do('console.size 31 97 console=shell')
c.do('console.line "stty size; echo got-$((40+2))" console=shell')
assert shows("shell", b"31 97") and shows("shell", b"got-42"), text("shell")
c.do('console.size 12 44 console=shell')
c.do('console.line "stty size" console=shell')
assert shows("shell", b"12 44"), text("shell")
c.do('console.line "exit 7" console=shell')
assert until(lambda: row("shell")["state"] == "lost", 10)
assert "status 7" in row("shell")["why"], row("shell")
c.do("console.retry shell")
assert until(lambda: row("shell")["state"] == "open", 10)
c.do('console.line "stty size; echo again-$((1+1))" console=shell')
assert shows("shell", b"again-2") and text("shell").count(b"12 44") >= 2, text("shell")
c.do("console.close shell")
P

if command -v sshd >/dev/null 2>&1 && command -v ssh-keygen >/dev/null 2>&1; then
	mkdir -p "$T/ssh" /run/sshd 2>/dev/null
	chmod 700 "$T/ssh"
	ssh-keygen -q -t ed25519 -N '' -f "$T/ssh/host" && ssh-keygen -q -t ed25519 -N '' -f "$T/ssh/me"
	cp "$T/ssh/me.pub" "$T/ssh/authorized"
	SSHPORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	export SSHPORT
	printf '%s\n' "Port $SSHPORT" "ListenAddress 127.0.0.1" "HostKey $T/ssh/host" "AuthorizedKeysFile $T/ssh/authorized" \
		"StrictModes no" "UsePAM no" "PidFile $T/ssh/pid" "PermitRootLogin yes" >"$T/ssh/conf"
	spawn "$(command -v sshd)" -D -e -f "$T/ssh/conf" 2>"$T/ssh/log"
	wait_for 'python3 -c "import os, socket; socket.create_connection((\"127.0.0.1\", $SSHPORT)).close()"' 10
	py "a login over ssh, with its size, and its end" <<'P'
c.do("console.open name=login \"exec:ssh -tt -F none -i %s/ssh/me -p %s -o StrictHostKeyChecking=no "
     "-o UserKnownHostsFile=/dev/null -o LogLevel=ERROR 127.0.0.1\"" % (T, os.environ["SSHPORT"]))
c.do('console.size 33 91 console=login')
assert c.wait(lambda: len(text("login")) > 0, 20), row("login")
c.do('console.line "stty size; echo there-$((6*7))" console=login')
assert shows("login", b"there-42"), text("login")
assert shows("login", b"33 91"), text("login")
c.do('console.line exit console=login')
assert until(lambda: row("login")["state"] == "lost", 20), row("login")
c.do("console.close login")
P
else
	skip "a login over ssh (Debian package openssh-server)"
fi

py "rtt: is waited for until OpenOCD serves it, and again after a restart" <<'P'
probe = socket.socket(); probe.bind(("127.0.0.1", 0)); port = probe.getsockname()[1]; probe.close()
c.do("console.open rtt:127.0.0.1:%d name=rtt wait=on" % port)
assert until(lambda: row("rtt")["state"] == "lost", 10), row("rtt")
for turn in (1, 2):
    s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("127.0.0.1", port)); s.listen(1); s.settimeout(20)
    peer, _ = s.accept(); peer.settimeout(20)
    peer.sendall(b"SEGGER RTT %d\r\n" % turn)
    assert shows("rtt", b"RTT %d\r\n" % turn), text("rtt")
    assert until(lambda: row("rtt")["state"] == "open", 10)
    c.do('console.send "up %d" console=rtt' % turn)
    assert peer.recv(10) == b"up %d" % turn
    peer.close(); s.close()
    assert until(lambda: row("rtt")["state"] == "lost", 10)
c.do("console.close rtt")
P

py "a raw log is replayed byte for byte, faster when told, stands still when told, and again" <<'P'
want = b"".join(b"line %05d of the log \xff\x00\r\n" % i for i in range(2000))
open(T + "/a.raw", "wb").write(want)
c.do("console.open replay:%s/a.raw name=log baud=115200" % T)
c.do("console.replay pause=on console=log")
c.wait(lambda: False, 0.1)
n = len(text("log"))
c.wait(lambda: False, 0.3)
assert len(text("log")) - n < 3000 and n < len(want) / 2, (n, len(text("log")))
c.do("console.replay speed=200 console=log")
assert until(lambda: row("log")["state"] == "lost" and (c.read(0.01) or True), 20), row("log")
assert c.wait(lambda: len(text("log")) >= len(want), 10)
assert text("log") == want, (len(text("log")), len(want))
assert "log ends" in row("log")["why"]
assert c.refused("console.replay speed=0 console=log")
c.do("console.retry log")
c.do("console.replay speed=500 console=log")
assert c.wait(lambda: len(text("log")) >= 2 * len(want), 20)
assert text("log") == want * 2
c.do("console.close log")
e = c.refused("console.open replay:/no/such/log name=x"); assert e and e.code == "not_found", e
e = c.refused("console.open replay:%s/a.raw?speed=0 name=x" % T); assert e and e.code == "usage", e
P

py "a text log comes line by line at its own times" <<'P'
with open(T + "/t.log", "w") as f:
    for i, (s, text_) in enumerate((("00.000", "one"), ("00.100", "two \\xff"), ("30.100", "three"), ("30.200", "four"))):
        f.write("2026-11-21T14:03:%sZ | %s\n" % (s, text_))
    f.write("2026-11-21T14:03:30.300Z # a mark\n")
c.do("console.open replay:%s/t.log name=text" % T)
assert shows("text", b"one\r\ntwo \xff\r\n"), text("text")
c.wait(lambda: False, 0.2)
assert b"three" not in text("text"), "30 s are not over"
c.do("console.replay speed=1000 console=text")
assert until(lambda: row("text")["state"] == "lost" and (c.read(0.01) or True), 20), row("text")
assert c.wait(lambda: text("text") == b"one\r\ntwo \xff\r\nthree\r\nfour\r\n", 10), text("text")
c.do("console.close text")
P

py "the folder of a bench is replayed with its journal's times" <<'P'
import json
os.mkdir(T + "/old")
open(T + "/old/console-main.raw", "wb").write(b"a" * 1000 + b"b" * 1000)
with open(T + "/old/journal.jsonl", "w") as f:
    for offset, seconds in ((1000, 0.2), (1500, 60)):
        f.write(json.dumps({"type": "mark", "offset": offset, "at": int(seconds * 1e9), "t": int(seconds * 1e9)}) + "\n")
c.do("console.open replay:%s/old name=old" % T)
assert c.wait(lambda: text("old").count(b"a") == 1000, 20), len(text("old"))
assert len(text("old")) < 1400, "it does not keep to the journal's time"
c.do("console.replay speed=1000 console=old")
assert c.wait(lambda: text("old") == b"a" * 1000 + b"b" * 1000, 20), len(text("old"))
P
plan
