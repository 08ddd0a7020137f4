#!/bin/sh
# bench.t - the bench and its socket: who may come in, what each client is told, what is refused, when it ends.
. "${srcdir:-.}/tests/lib/tap.sh"
need python3 python3
tmpdir
PYTHONPATH=$srcdir/tests/lib PYTHONDONTWRITEBYTECODE=1
export PYTHONPATH PYTHONDONTWRITEBYTECODE T

# start NAME [ARGUMENTS]: a bench of ours; S is its socket.
start()
{
	name=$1
	shift
	S=$XDG_RUNTIME_DIR/vise/$name.sock
	export S
	spawn "$BUILD/vise-bench" --foreground --name "$name" --linger 60s "$@" 2>"$T/$name.err"
	wait_for 'test -S "$S"' 10
}

# py NAME: the Python text on stdin must end well; `says` is what it printed.
py()
{
	says=$(python3 - 2>&1)
	ok $? "$1" || printf '%s\n' "$says" | note
}

(umask 000 && exec "$BUILD/vise-bench" --foreground --name one --linger 60s \
	--run "console.open exec:cat" 2>"$T/one.err") &
bench=$!
tap_pids="$tap_pids $bench"
S=$XDG_RUNTIME_DIR/vise/one.sock
export S bench
wait_for 'test -S "$S" && test -s "${S%sock}json"' 10
ok $? "a bench listens" || note <"$T/one.err"

dir=$(python3 -c 'import json,os; print(json.load(open(os.environ["S"][:-4]+"json"))["dir"])')
export dir
is "$(stat -c %a "$XDG_RUNTIME_DIR/vise" "$S" "${S%sock}json" "$dir" "$dir/journal.jsonl" | tr '\n' ' ')" \
	"700 600 600 700 600 " "umask 000: folders are 0700, files and socket 0600"
wait_for 'test -e "$dir/console-main.raw"' 10
is "$(stat -c %a "$dir/console-main.raw")" 600 "and so is the console's log"

py "the journal holds every event from the first, one whole line each" <<'P'
import json, os
from client import fresh, until
c = fresh(os.environ["S"]); c.attach()
c.do("mark.set journalled")
path = os.environ["dir"] + "/journal.jsonl"
assert until(lambda: "journalled" in open(path).read(), 5), "the mark never came to the journal"
rows = [json.loads(x) for x in open(path)]
assert rows[0]["type"] == "bench.start", rows[0]
assert all("t" in r and "wall" in r for r in rows), "t or wall is missing"
assert all(a["t"] <= b["t"] for a, b in zip(rows, rows[1:])), "out of order"
assert [r for r in rows if r["type"] == "console"], "no console event"
P

py "two clients see the same events in the same order" <<'P'
import os
from client import fresh
a, b = fresh(os.environ["S"], name="a"), fresh(os.environ["S"], name="b")
a.attach(); b.attach()
for i in range(200):
    (a if i % 2 else b).do("mark.set m%d" % i)
for c in a, b:
    assert c.wait(lambda: len(c.of("mark")) >= 200, 10), len(c.of("mark"))
assert a.of("mark") == b.of("mark"), "they differ"
assert [e["text"] for e in a.of("mark")] == ["m%d" % i for i in range(200)]
P

py "what one types, both read, byte for byte" <<'P'
import os
from client import fresh
a, b = fresh(os.environ["S"]), fresh(os.environ["S"])
a.attach(streams=True); b.attach(streams=True)
a.type(1, "hello-\u00e9\r\n")
for c in a, b:
    assert c.wait(lambda: "hello-\u00e9\r\n" in c.text(1), 10), c.text(1)
P

py "a client that does not read loses events, is told how many, and costs a bounded queue" <<'P'
import os
from client import fresh
def rss():
    with open("/proc/%s/status" % os.environ["bench"]) as f:
        return next(int(x.split()[1]) for x in f if x.startswith("VmRSS"))
slow, fast = fresh(os.environ["S"], name="slow"), fresh(os.environ["S"], name="fast")
slow.attach(); fast.attach(events=False)
def burst(n):
    for i in range(n):
        fast.do('mark.set "%05d %s"' % (i, "x" * 4000))
burst(500)
before = rss()
burst(2000)                             # 8 MB of events, for a client with a queue of 256 KB
grown = rss() - before
if not os.environ.get("VISE_SANITIZER"):        # a sanitizer keeps freed memory
    assert grown < 3000, "VmRSS grew by %d KB" % grown
assert slow.wait(lambda: slow.gaps, 20), "no gap was told"
fast.do("mark.set last")
assert slow.wait(lambda: any(e["text"] == "last" for e in slow.of("mark")), 20), "nothing after the gap"
got, lost = len(slow.of("mark")), sum(g.get("events", 0) for g in slow.gaps)
assert 0 < got < 2501 and got + lost >= 2501, (got, lost)
P

py "a wrong protocol version ends the connection, after a hello that names the bench's own" <<'P'
import os
from client import fresh, Gone
c = fresh(os.environ["S"], proto=99)
try:
    c.wait(lambda: False, 10)
    raise SystemExit("still connected")
except (Gone, ConnectionResetError):
    pass
assert c.hello and c.hello["proto"] == 1 and c.hello["vise"], c.hello
fresh(os.environ["S"]).do("bench.info")
P

# an old bench, as a script host meets it
python3 - "$T/old.sock" <<'P' &
import json, socket, struct, sys
s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen(1); s.settimeout(60)
c = s.accept()[0]; c.settimeout(20)
b = json.dumps({"vise": "9.8.7", "proto": 77, "role": "bench", "name": "old"}).encode()
c.sendall(struct.pack("<I", len(b) + 1) + b"H" + b)
while c.recv(4096):
    pass
P
tap_pids="$tap_pids $!"
echo 'print "ran"' >"$T/a.lua"
wait_for 'test -S "$T/old.sock"' 10
run timeout 20 "$BUILD/vise-script" --bench "$T/old.sock" --console main "$T/a.lua"
is "$status" 3 "a client of another version ends with 3"
like "$err" '9\.8\.7.*77.*protocol 1' "and names both versions"

py "frames that are too long, of no known type or no JSON end the connection, not the bench" <<'P'
import os, struct
from client import fresh, Gone
for bad in (struct.pack("<I", 1 << 31) + b"R", struct.pack("<I", 0) + b"R", struct.pack("<I", 3) + b"?{}",
            struct.pack("<I", 4) + b"R{,}", b"GET / HTTP/1.1\r\n\r\n"):
    c = fresh(os.environ["S"])
    c.sock.sendall(bad)
    try:
        c.wait(lambda: False, 10)
        raise SystemExit("still connected after %r" % bad)
    except (Gone, ConnectionResetError):
        c.close()
assert fresh(os.environ["S"]).do("bench.info")["name"] == "one"
P

py "commands that cannot be done say what, why and a code" <<'P'
import os
from client import fresh, Refused
c = fresh(os.environ["S"])
for line, code, words in (
        ("no.such.thing", "usage", "no such command"),
        ("console.open", "usage", "needs spec"),
        ("console.open /dev/nothing-here name=b", "not_found", ""),
        ("console.open exec:cat name=main", "busy", "open"),
        ("console.open exec:cat name=../x", "usage", "letters"),
        ("at.send AT console=nobody", "not_found", "no console"),
        ("job.wait 99", "not_found", "no job"),
        ("job.run -- /no/such/program", "tool_failed", "no such program"),
        ("board.use nothing", "not_found", ""),
        ("option.set no.such 1", "usage", ""),
        ("profile.grab slot=c", "usage", ""),
        ('mark.set "open', "usage", "")):
    r = c.refused(line)
    assert r, "%s was not refused" % line
    assert r.code == code and words in r.why and r.why, "%s: %s, not %s" % (line, r, code)
assert "did you mean console.send?" in c.refused("console.sned x").next
try:
    c.call("command", {"name": "console.open", "args": {"spec": "exec:cat", "nmae": "b"}})
    raise SystemExit("nmae")
except Refused as r:
    assert r.code == "usage" and r.next == "did you mean name?", (r, r.next)
try:
    c.call("fly", {})
    raise SystemExit("fly")
except Refused as r:
    assert r.code == "unsupported"
P

py "an observer may look and nothing else, not even behind a semicolon" <<'P'
import os
from client import fresh
c = fresh(os.environ["S"]); c.attach(observe=True, streams=True)
assert c.do("bench.info")["name"] == "one"
for line in ("mark.set no", "bench.stop confirm=on", "bench.info; mark.set sneaked", "job.run true"):
    r = c.refused(line)
    assert r and r.code == "denied", "%s: %s" % (line, r)
end = c.do("console.list")[0]["end"]
c.type(1, "typed by an observer\r\n")
d = fresh(os.environ["S"]); d.attach(streams=True)
d.type(1, "after\r\n")
assert d.wait(lambda: "after" in d.text(1), 10)
assert "typed by an observer" not in d.text(1)
assert "sneaked" not in open(os.environ["dir"] + "/journal.jsonl").read()
P

if test "$(id -u)" = 0 && command -v setpriv >/dev/null && test -x /usr/bin/python3; then
	chmod 711 "$T" "$XDG_RUNTIME_DIR"
	cat >"$T/stranger.py" <<'P'
import socket, sys
s = socket.socket(socket.AF_UNIX); s.settimeout(10)
try:
    s.connect(sys.argv[1])
except PermissionError:
    raise SystemExit(13)
raise SystemExit(0 if s.recv(100) == b"" else 1)
P
	chmod 644 "$T/stranger.py"
	run setpriv --reuid=65534 --regid=65534 --clear-groups /usr/bin/python3 "$T/stranger.py" "$S"
	is "$status" 13 "another user does not reach the socket"
	chmod 711 "$XDG_RUNTIME_DIR/vise"
	chmod 666 "$S"
	run setpriv --reuid=65534 --regid=65534 --clear-groups /usr/bin/python3 "$T/stranger.py" "$S"
	is "$status" 0 "and where the modes let it, the bench hangs up without a word" || note <"$T/err"
	chmod 600 "$S"
	chmod 700 "$XDG_RUNTIME_DIR/vise" "$XDG_RUNTIME_DIR" "$T"
else
	skip "another user: needs root, setpriv and /usr/bin/python3"
fi

run timeout 20 "$BUILD/vise-bench" --foreground --name one
is "$status" 6 "a name in use: 6"
like "$err" '^vise: one: .*running; vise attach' "and what to do about it"
run timeout 20 "$BUILD/vise-bench" --name one
is "$status" 6 "the same without --foreground"
python3 "$srcdir/tests/lib/client.py" "$S" bench.info >/dev/null
ok $? "the bench that was there is not disturbed"

python3 "$srcdir/tests/lib/client.py" "$S" "bench.stop confirm=on" >/dev/null
wait_for 'ended "$bench"' 10
ok $? "bench.stop ends it"
test ! -e "$S" && test ! -e "${S%sock}json"
ok $? "and leaves no socket behind"
is "$(tail -n 1 "$dir/journal.jsonl" | python3 -c 'import json,sys; print(json.load(sys.stdin)["type"])')" bench.end \
	"the journal's last line is its end"

py "who comes in the moment the last one leaves is served" <<'P'
import os, signal, socket, subprocess, time
from client import Client, fresh, until
for i in range(6):
    sock = "%s/vise/late%d.sock" % (os.environ["XDG_RUNTIME_DIR"], i)
    bench = subprocess.Popen([os.environ["BUILD"] + "/vise-bench", "--foreground", "--name", "late%d" % i, "--linger", "0s"])
    try:
        assert until(lambda: os.path.exists(sock), 20)
        look = socket.socket(socket.AF_UNIX)    # as vise ls does: it must not be taken for the first, and last, client
        look.connect(sock); look.close()
        time.sleep(0.05)
        a = fresh(sock); a.attach(); a.do("bench.info")
        bench.send_signal(signal.SIGSTOP)       # it sees both at once
        assert until(lambda: open("/proc/%d/stat" % bench.pid).read().rsplit(") ", 1)[1][0] == "T", 20)
        a.close()
        b = Client(sock)
        asked = b.ask("attach", {"events": True, "streams": False, "observe": False})
        bench.send_signal(signal.SIGCONT)
        b.answer(asked)
        assert b.do("bench.info")["name"] == "late%d" % i
        b.close()
        assert bench.wait(20) == 0
    finally:
        bench.kill()
P

start two --linger 1500ms
two=$pid
py "a client that stays keeps the bench beyond its linger time" <<'P'
import os, time
from client import fresh, until
c = fresh(os.environ["S"]); c.attach()
end = time.monotonic() + 2
c.wait(lambda: time.monotonic() > end, 2)
assert c.do("bench.info")["name"] == "two"
P
wait_for 'ended "$two"' 10
ok $? "its last client gone, the bench ends after the linger time"

plan
