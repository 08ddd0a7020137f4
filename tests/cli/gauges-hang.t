#!/bin/sh
# gauges-hang.t - sensors that hang: keys are answered, the other gauges go on, the bench ends.
# A read that does not return is made by a library in front of pread (tests/lib/slowread.c), as a driver's would be: the
# thread stands in it until the gate opens. In a real driver it may stand uninterruptibly (D), here and behind a FUSE
# server it stands interruptibly (S). Vise sends its threads no signal and waits for none of them, so it cannot tell the
# two apart while it runs; at its end it leaves by _Exit(), and the kernel keeps what is in D until the driver answers.
# A FIFO in a sensor's place is no such thing: it is opened without waiting, and answers at once.
. "${srcdir:-.}/tests/lib/tap.sh"
need python3 python3
need cc gcc
tmpdir
PYTHONPATH=$srcdir/tests/lib PYTHONDONTWRITEBYTECODE=1
export PYTHONPATH PYTHONDONTWRITEBYTECODE T

mkdir -p "$T/pi4"
(cd "$T/pi4" && awk '
	/^#/ { next }
	/^@/ {
		if (f != "") close(f)
		f = $2; d = f; sub(/\/[^\/]*$/, "", d)
		system("mkdir -p \"" d "\"")
		if ($3 == "->") { system("ln -s \"" $4 "\" \"" f "\""); f = "" }
		next
	}
	f != "" { print > f }' "$srcdir/tests/data/gauge/pi4.tree")
thermal=$T/pi4/sys/class/thermal
zone()
{
	mkdir "$thermal/thermal_zone$1" && echo "$2" >"$thermal/thermal_zone$1/type" && echo "$3" >"$thermal/thermal_zone$1/temp"
}
zone 7 gpu-thermal 44000
zone 8 pipe-thermal 44000
zone 9 blocked-thermal 44000
rm "$thermal/thermal_zone8/temp"
mkfifo "$thermal/thermal_zone8/temp"

# A sanitizer has to be told that it is not the first library.
cc -shared -fPIC -O1 -o "$T/slow.so" "$srcdir/tests/lib/slowread.c" -ldl 2>"$T/cc.err" || { note <"$T/cc.err"; bail "slowread.c does not build"; }
ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0
export ASAN_OPTIONS
S=$XDG_RUNTIME_DIR/vise/hang.sock
export S

bench()
{
	# shellcheck disable=SC2086 # words
	LD_PRELOAD=$T/slow.so SLOWREAD=$1 SLOWREAD_GATE=$T/gate spawn "$BUILD/vise-bench" --foreground --name hang --linger 60s \
		--proc-root "$T/pi4/proc" --sys-root "$T/pi4/sys" --run "console.open exec:cat" 2>"$T/bench.err"
	bench=$pid
	wait_for 'test -S "$S"' 20
}

py()
{
	says=$(python3 - 2>&1)
	ok $? "$1" || printf '%s\n' "$says" | note
	test -z "$says" || printf '%s\n' "$says" | note
}

cat >"$T/keys.py" <<'P'
"""A viewer on a terminal, and how long a key takes: typed, through the bench to the board, echoed, drawn."""
import fcntl, os, pty, select, statistics, struct, sys, termios, time

class Viewer:
    def __init__(self):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ.update(TERM="xterm-256color")
            os.environ.pop("LD_PRELOAD", None)
            os.execv(os.environ["BUILD"] + "/vise", ["vise", "attach", "hang"])
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.quiet(1.0)

    def read(self, seconds):
        if not select.select([self.fd], [], [], max(0, seconds))[0]:
            return b""
        try:
            return os.read(self.fd, 65536)
        except OSError:
            return b""

    def quiet(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.read(end - time.monotonic())

    def key(self, c):
        """Seconds until the key stands on the screen."""
        while self.read(0):
            pass
        start = time.monotonic()
        os.write(self.fd, c)
        while time.monotonic() - start < 5:
            if c in self.read(5 - (time.monotonic() - start)):
                return time.monotonic() - start
        raise SystemExit("the key %r did not come back" % c)

    def median(self, n=25):
        # capitals: what the screen draws of itself meanwhile has numbers, not these
        took = []
        for i in range(n):
            took.append(self.key(b"QXZJK"[i % 5:i % 5 + 1]))
            time.sleep(0.02)
        return statistics.median(took)

    def close(self):
        os.kill(self.pid, 9)
        os.waitpid(self.pid, 0)
        os.close(self.fd)
P

# --- a sensor that hangs while the bench runs

bench thermal_zone9/temp
PYTHONPATH=$PYTHONPATH:$T py "a sensor hangs: a key takes no longer, the others are sampled, and it comes back" <<'P'
import os
from client import fresh, until
from keys import Viewer
T = os.environ["T"]
c = fresh(os.environ["S"])
c.attach()
c.do("gauge.every 100ms")
def gauge(name):
    got = c.do("gauge.list")
    i = [d["id"] for d in got["defs"]].index(name)
    return got["v"][i], got["defs"][i].get("missing")
assert until(lambda: gauge("temp.blocked-thermal")[0] == 44, 20), gauge("temp.blocked-thermal")
assert gauge("temp.pipe-thermal")[0] is None, gauge("temp.pipe-thermal")        # a FIFO: no sensor file, at once
v = Viewer()
free = v.median()
open(T + "/gate", "w").close()
assert until(lambda: "hangs" in (gauge("temp.blocked-thermal")[1] or ""), 20), gauge("temp.blocked-thermal")
assert os.path.exists(T + "/gate.hit")
held = v.median()
print("a key: %.1f ms, with a sensor that hangs %.1f ms" % (free * 1e3, held * 1e3))
assert held < max(0.040, 5 * free), (free, held)  # 0.5 ms here; a frame would be 50
with open(T + "/pi4/sys/class/thermal/thermal_zone7/temp", "w") as f:
    f.write("47500\n")
assert until(lambda: gauge("temp.gpu-thermal")[0] == 47.5, 20), gauge("temp.gpu-thermal")
seen = len(c.of("gauge"))
assert c.wait(lambda: len(c.of("gauge")) >= seen + 5, 20), "no more samples"
assert gauge("mem.avail")[0] > 0 and gauge("temp.blocked-thermal")[0] is None
os.remove(T + "/gate")
assert until(lambda: gauge("temp.blocked-thermal")[0] == 44, 20), gauge("temp.blocked-thermal")
v.close()
P

: >"$T/gate"
rm -f "$T/gate.hit"
wait_for 'test -e "$T/gate.hit"' 20
"$BUILD/vise" kill hang >/dev/null 2>&1
wait_for '! kill -0 $bench 2>/dev/null' 20
ok $? "a bench ends while a sensor hangs"
kill -9 $bench 2>/dev/null

# --- one that hangs when it is looked for: the search goes on without it

bench "thermal_zone9/type"
py "a sensor hangs as it is looked for: the others are found, and it is told" <<'P'
import os
from client import fresh, until
c = fresh(os.environ["S"])
def gauges():
    got = c.do("gauge.list")
    return {d["id"]: (v, d.get("missing")) for d, v in zip(got["defs"], got["v"])}
assert until(lambda: (gauges().get("temp.gpu-thermal") or [None])[0] == 47.5, 20), gauges()
assert "hangs" in gauges()["sensor.thermal_zone9"][1], gauges()
P
rm -f "$T/gate"
plan
