#!/bin/sh
# gauges-serial.t - gauges of a Linux board that has only its serial console: a login shell on a pty, kernel
# messages in between, a login prompt, U-Boot, silence; the shell is handed back.
. "${srcdir:-.}/tests/lib/tap.sh"
need python3 python3
tmpdir
export T
vise=$BUILD/vise

# board ARGUMENTS: a board's console at $T/port; see tests/rig/serialboard.py
board()
{
	rm -f "$T/port" "$T/stat"
	spawn python3 "$srcdir/tests/rig/serialboard.py" "$T/port" "$@" >"$T/board.out" 2>&1
	board=$pid
	wait_for 'test -L "$T/port"' 10
}

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
timeout 90 "$vise" gauges "serial:$T/port@115200" -n 20 --every 100ms >"$T/out" 2>"$T/err"
is $? 0 "kernel messages every 10 ms: twenty samples" || note <"$T/err"
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
assert good >= 10, good
sent = json.load(open(T + "/stat"))["noise"]
seen = len(re.findall(r"kmsg-\d+ usb 1-1: new high-speed USB device", open(T + "/err").read()))
assert seen > 0, "no kernel line was shown"
print(good, "good,", sent, "kernel lines sent,", seen, "shown whole")
P
)
is $? 0 "no contaminated sample is taken, and kernel lines are shown" || printf '%s\n' "$says" | note

# --- what is no shell

for says in "login: a login prompt" "=> a boot loader"; do
	board --print "$(printf '\r\nboard %s' "${says%% *} ")"
	timeout 60 "$vise" gauges "serial:$T/port" --once >"$T/out" 2>"$T/err"
	is $? 1 "a prompt \"${says%% *}\" is named: exit 1" || note <"$T/err"
	like "$(cat "$T/err")" "${says#* }" "... in words"
	kill "$board"
done
board --print ""
timeout 60 "$vise" gauges "serial:$T/port" --once >"$T/out" 2>"$T/err"
is $? 3 "silence: exit 3" || note <"$T/err"
like "$(cat "$T/err")" "nothing answers" "... in words"
kill "$board"
timeout 60 "$vise" gauges "serial:$T/none" --once >"$T/out" 2>"$T/err"
is $? 3 "a port that is not there: exit 3"
"$vise" gauges "serial:$T/port@fast" 2>"$T/err"
is $? 2 "a speed that is none: exit 2"
# --- a console that a bench holds: lent to its gauges, handed back

XDG_STATE_HOME=$T/state PYTHONPATH=$srcdir/tests/lib PYTHONDONTWRITEBYTECODE=1
S=$XDG_RUNTIME_DIR/vise/lend.sock
export XDG_STATE_HOME PYTHONPATH PYTHONDONTWRITEBYTECODE S
board --stat "$T/stat" --shell "$shell" --noise 0.05
spawn "$BUILD/vise-bench" --foreground --name lend --linger 60s --run "console.open $T/port name=main" 2>"$T/bench.err"
wait_for 'test -S "$S"' 20
says=$(python3 - 2>&1 <<'P'
import os
from client import Refused, fresh, until
c = fresh(os.environ["S"])
c.do("gauge.every 100ms")
con = lambda: [k for k in c.attach()["consoles"] if k["name"] == "main"][0]
assert until(lambda: con()["state"] == "open", 20), con()
try:
    c.do("gauge.source add console:none")
    assert False, "a console that is not there"
except Refused as e:
    assert e.code == "not_found", e
c.do("gauge.source add console:main")
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
c.do("gauge.source add console:main name=board")
assert until(lambda: value("board/mem.used"), 40), c.do("gauge.source list")
c.do("console.return main")
assert c.do("gauge.source list") == []
assert until(lambda: con()["state"] == "open", 20), con()
# what is typed next is answered by the shell that was there
c.do('console.send "echo back$((2*21))\\r" console=main')
assert until(lambda: b"back42" in open(con()["log"], "rb").read(), 20), open(con()["log"], "rb").read()[-500:]
P
)
is $? 0 "gauge.source add console:main: lent, gauged, handed back" || printf '%s\n' "$says" | note
plan
