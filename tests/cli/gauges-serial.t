#!/bin/sh
# gauges-serial.t - gauges of a Linux board that has only its serial console: a login shell on a pty, kernel
# messages in between, a login prompt, U-Boot, silence; the shell is handed back.
. "${srcdir:-.}/tests/lib/tap.sh"
need python3 python3
tmpdir
export T
vise=$BUILD/vise

# board_at NAME ARGUMENTS: a board's console at $T/NAME; see tests/rig/serialboard.py
board_at()
{
	at=$1
	shift
	rm -f "$T/$at"
	spawn python3 "$srcdir/tests/rig/serialboard.py" "$T/$at" "$@" >"$T/$at.board" 2>&1
	board=$pid
	wait_for 'test -L "$T/$at"' 10
}
board()
{
	rm -f "$T/stat"
	board_at port "$@"
}

# what is no shell takes its time: meanwhile the rest is tested
no_shell()
{
	board_at "$1" --print "$2"
	(
		timeout 60 "$vise" gauges "serial:$T/$1" --once >"$T/$1.out" 2>"$T/$1.err"
		echo $? >"$T/$1.rc"
	) &
	tap_pids="$tap_pids $!"
}
no_shell login "$(printf '\r\nboard login: ')"
no_shell loader "$(printf '\r\nboard => ')"
no_shell silence ""

for shell in "busybox ash -i" "dash -i" "bash --norc -i"; do
	if ! command -v "${shell%% *}" >/dev/null 2>&1; then
		skip "$shell: install ${shell%% *}"
		continue
	fi
	board --stat "$T/stat" --shell "$shell"
	timeout 60 "$vise" gauges "serial:$T/port" -n 3 --every 200ms >"$T/out" 2>"$T/err"
	is $? 0 "$shell: three samples" || note <"$T/err"
	python3 - "$T/out" <<'P'
import json, sys
rows = [json.loads(line) for line in open(sys.argv[1])]
assert len(rows) == 3, len(rows)
for r in rows:
    for i in ("mem.used", "mem.avail", "load.1", "cpu.busy", "sys.uptime"):
        assert isinstance(r["values"][i], (int, float)), (i, r["missing"].get(i))
P
	is $? 0 "... with numbers"
	# what a person types next is answered by their own shell, with echo
	python3 - "$T/port" <<'P'
import os, select, sys, termios, time, tty
fd = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
tty.setraw(fd)
os.write(fd, b"echo back$((2*21))\n")
seen, end = b"", time.monotonic() + 15
while b"back42" not in seen and time.monotonic() < end:
    if select.select([fd], [], [], 0.2)[0]:
        seen += os.read(fd, 4096)
assert b"back42" in seen, seen
assert b"echo back$((2*21))" in seen, ("no echo", seen)
P
	is $? 0 "... and the shell is handed back, with its echo"
	kill "$board"
done

# --- kernel messages in the middle of everything

shell=$(command -v dash >/dev/null 2>&1 && echo "dash -i" || echo "sh -i")
board --stat "$T/stat" --shell "$shell" --noise 0.01
timeout 90 "$vise" gauges "serial:$T/port@115200" -n 12 --every 100ms >"$T/out" 2>"$T/err"
is $? 0 "kernel messages every 10 ms: twelve samples" || note <"$T/err"
kill "$board"
wait "$board" 2>/dev/null
says=$(python3 - "$T" 2>&1 <<'P'
import json, os, re, sys
T = sys.argv[1]
rows = [json.loads(line) for line in open(T + "/out")]
total = None
good = 0
for r in rows:
    v = r["values"]
    if v["mem.used"] is None:
        continue
    good += 1
    # a contaminated sample would show in a sum that has to hold
    now = v["mem.used"] + v["mem.avail"]
    total = total or now
    assert now == total, (now, total)
    assert 0 <= v["cpu.busy"] <= 100 if v["cpu.busy"] is not None else True, v
assert good >= 6, good
sent = json.load(open(T + "/stat"))["noise"]
seen = len(re.findall(r"kmsg-\d+ usb 1-1: new high-speed USB device", open(T + "/err").read()))
assert seen > 0, "no kernel line was shown"
print(good, "good,", sent, "kernel lines sent,", seen, "shown whole")
P
)
is $? 0 "no contaminated sample is taken, and kernel lines are shown" || printf '%s\n' "$says" | note

# --- what is no shell

for case in "login 1 a login prompt" "loader 1 a boot loader" "silence 3 nothing answers"; do
	name=${case%% *} rest=${case#* }
	wait_for 'test -s "$T/$name.rc"' 60
	is "$(cat "$T/$name.rc")" "${rest%% *}" "$name: exit ${rest%% *}" || note <"$T/$name.err"
	like "$(cat "$T/$name.err")" "${rest#* }" "... in words"
done
timeout 60 "$vise" gauges "serial:$T/none" --once >"$T/out" 2>"$T/err"
is $? 3 "a port that is not there: exit 3"
"$vise" gauges "serial:$T/port@fast" 2>"$T/err"
is $? 2 "a speed that is none: exit 2"
# --- a console that a bench holds: lent to its gauges, handed back

XDG_STATE_HOME=$T/state PYTHONPATH=$srcdir/tests/lib PYTHONDONTWRITEBYTECODE=1
S=$XDG_RUNTIME_DIR/vise/lend.sock
export XDG_STATE_HOME PYTHONPATH PYTHONDONTWRITEBYTECODE S
# bash: its line editor puts most around a prompt
test -z "$(command -v bash)" || shell="bash --norc -i"
board --stat "$T/stat" --shell "$shell" --noise 0.02
spawn "$BUILD/vise-bench" --foreground --name lend --linger 60s --run "console.open $T/port name=main" 2>"$T/bench.err"
wait_for 'test -S "$S"' 20
says=$(python3 - 2>&1 <<'P'
import os
from client import Refused, fresh, until
c = fresh(os.environ["S"])
c.do("gauge.every 100ms")
con = lambda: ([k for k in c.attach()["consoles"] if k["name"] == "main"] or [{"state": ""}])[0]
assert until(lambda: con()["state"] == "open", 20), con()
try:
    c.do("gauge.source add lend:none")
    assert False, "a console that is not there"
except Refused as e:
    assert e.code == "not_found", e
c.do("gauge.source add lend:main")
assert con()["state"] == "lent" and con()["lent"]["to"] == "gauges main", con()
def value(i):
    o = c.do("gauge.list")
    return {d["id"]: v for d, v in zip(o["defs"], o["v"])}.get(i)
assert until(lambda: value("main/mem.used"), 40), c.do("gauge.source list")
# kernel lines meanwhile stand in the console as marks
assert until(lambda: any("new high-speed USB device" in m["text"] for m in con()["marks"] or []), 20), con()
c.do("gauge.source remove main")
assert until(lambda: con()["state"] == "open", 20), con()
assert c.do("gauge.source list") == []
# console.return ends it too
c.do("gauge.source add lend:main name=board")
assert until(lambda: value("board/mem.used"), 40), c.do("gauge.source list")
c.do("console.return main")
assert c.do("gauge.source list") == []
assert until(lambda: con()["state"] == "open", 20), con()
# what is typed next is answered by the shell that was there
c.do('console.send "echo back$((2*21))\\r" console=main')
assert until(lambda: b"back42" in open(con()["log"], "rb").read(), 20), open(con()["log"], "rb").read()[-500:]
P
)
is $? 0 "gauge.source add lend:main: lent, gauged, handed back" || printf '%s\n' "$says" | note

# --- the same, shared: people go on typing, the kernel goes on talking, samples come in between

says=$(python3 - 2>&1 <<'P'
import os, re, time
from client import Refused, fresh, until
c = fresh(os.environ["S"])
con = lambda: [k for k in c.attach()["consoles"] if k["name"] == "main"][0]
log = con()["log"]
read = lambda: open(log, "rb").read().decode(errors="replace")
# without the kernel's lines, wherever they stand
own = lambda: re.sub(r"\[ *\d+\.\d+\] kmsg-\d+ usb 1-1: new high-speed USB device\r\n", "", read())
def value(i):
    o = c.do("gauge.list")
    return {d["id"]: v for d, v in zip(o["defs"], o["v"])}.get(i)
def fresh_sample(seconds=40):
    was = value("main/sys.uptime")
    return until(lambda: value("main/sys.uptime") not in (None, was), seconds)
def type(text):
    for ch in text:
        c.do('console.send "%s" console=main' % {"\r": "\\r", '"': '\\"', "\004": "\\x04"}.get(ch, ch))
        time.sleep(0.01)
def typed_whole(text):
    return until(lambda: text in own(), 20)
for what, code in (("console:none", "not_found"),):
    try:
        c.do("gauge.source add " + what)
        assert False, what
    except Refused as e:
        assert e.code == code, e
begin = len(read())
c.do("gauge.source add console:main")
assert until(lambda: value("main/mem.used"), 40), c.do("gauge.source list")
assert con()["state"] == "open", con()
try:
    c.do("gauge.source add console:main name=two")
    assert False, "twice"
except Refused as e:
    assert e.code == "busy", e
total = value("main/mem.used") + value("main/mem.avail")
for i in range(3):
    assert fresh_sample(), "no sample"
    assert value("main/mem.used") + value("main/mem.avail") == total
    type("echo say%d$((2*%d))\r" % (i, 21 + i))
    assert typed_whole("echo say%d$((2*%d))" % (i, 21 + i)) and typed_whole("say%d%d\r\n" % (i, 42 + 2 * i)), own()[-800:]
assert fresh_sample(), "samples come again"
# a program in front: nothing of ours comes between it and who types
type("cat\r")
assert until(lambda: own().endswith("cat\r\n") or "cat\r\n" in own()[-40:], 20), own()[-200:]
time.sleep(0.7)
was = value("main/sys.uptime")
type("this is a line of mine\r")
assert until(lambda: own().count("this is a line of mine\r\n") == 2, 20), own()[-400:]
assert value("main/sys.uptime") in (was, None), "a sample while a program is in front"
type("\004")
assert fresh_sample(), "no sample after the program"
c.do("gauge.source remove main")
assert until(lambda: "no longer share" in (con()["marks"] or [{"text": ""}])[-1]["text"], 20), con()["marks"]
type("type vs; echo end$((2*21))$LC_ALL\r")
assert typed_whole("end42%s\r\n" % os.environ.get("LC_ALL", "")), own()[-400:]
assert "not found" in own()[-200:], own()[-200:]
# all that the kernel said is there, once, in order and whole; nothing of ours is
text = read()[begin:]
numbers = [int(n) for n in re.findall(r"\[ *\d+\.\d+\] kmsg-(\d+) usb 1-1: new high-speed USB device\r\n", text)]
assert len(numbers) > 20 and numbers == list(range(numbers[0], numbers[0] + len(numbers))), \
    [(a, b) for a, b in zip(numbers, numbers[1:]) if b != a + 1][:5]
for ours in ("<vs ", "/proc/", "<vr>", "stty", "unset -f", "MemTotal"):
    assert ours not in text, (ours, text[text.index(ours) - 200:][:500])
P
)
is $? 0 "gauge.source add console:main: shared, with people and a kernel that talk" || printf '%s\n' "$says" | note
plan
