#!/bin/sh
# rtt.t - rtt: served by a real OpenOCD from a firmware's memory: both ways, awaited, and found again after a restart.
. "${srcdir:-.}/tests/lib/tap.sh"
need python3 python3
need openocd openocd
need qemu-system-arm qemu-system-arm
need arm-none-eabi-gcc gcc-arm-none-eabi
tmpdir
PYTHONPATH=$srcdir/tests/lib PYTHONDONTWRITEBYTECODE=1
S=$XDG_RUNTIME_DIR/vise/one.sock
RTT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
export PYTHONPATH PYTHONDONTWRITEBYTECODE T S RTT
rig=$srcdir/tests/rig/qemu-board

make -s -C "$rig" OUT="$T/fw" "$T/fw/fw-3.2.1.elf" >"$T/make.log" 2>&1
ok $? "the firmware builds" || { note <"$T/make.log"; plan; exit 1; }
"$rig/board" start "$T/b" "$T/fw/fw-3.2.1.elf" --life 300 >"$T/board.log" 2>&1
ok $? "the board runs it" || { note <"$T/board.log"; plan; exit 1; }
at_end "'$rig/board' stop '$T/b' >/dev/null 2>&1"
spawn "$rig/probe" "$T/b" >"$T/probe.port" 2>"$T/probe.err"
wait_for 'test -s "$T/probe.port"' 20
ok $? "the probe is there" || { note <"$T/probe.err"; plan; exit 1; }
spawn "$BUILD/vise-bench" --foreground --name one --linger 60s 2>"$T/one.err"
wait_for 'test -S "$S"' 10 || bail "no bench"

cat >"$T/openocd.cfg" <<E
adapter driver remote_bitbang
remote_bitbang host 127.0.0.1
remote_bitbang port $(cat "$T/probe.port")
transport select jtag
bindto 127.0.0.1
gdb_port disabled
telnet_port disabled
tcl_port disabled
jtag newtap chip cpu -irlen 4 -expected-id 0x4ba00477
dap create chip.dap -chain-position chip.cpu
target create chip.cpu cortex_m -dap chip.dap
init
rtt setup 0x20000000 0x4000 "SEGGER RTT"
rtt polling_interval 20
rtt start
rtt server start $RTT 0
E
cat >"$T/rtt.py" <<'P'
import os, subprocess, sys
from client import fresh, until
T = os.environ["T"]
c = fresh(os.environ["S"]); c.attach(streams=True)
served = None

def row():
    return next((r for r in c.do("console.list") if r["name"] == "rtt"), {})

def text():
    return bytes(c.streams.get(row().get("stream"), b""))

def tell(good, name):
    print("%s %s" % ("0" if good else "1", name), flush=True)
    if not good:
        print("#", row(), text()[-300:], open(T + "/openocd.log").read()[-900:], file=sys.stderr)

def state(word):
    return until(lambda: row()["state"] == word, 30)

def serve():
    global served
    served = subprocess.Popen(["openocd", "-f", T + "/openocd.cfg"], stdin=subprocess.DEVNULL,
                              stdout=open(T + "/openocd.log", "ab"), stderr=subprocess.STDOUT)

open(T + "/openocd.log", "w").close()
try:
    c.do("console.open rtt:127.0.0.1:%s name=rtt wait=on" % os.environ["RTT"])
    tell(state("lost"), "it waits while nobody serves RTT")
    serve()
    tell(state("open"), "it opens as soon as OpenOCD serves")
    tell(c.wait(lambda: b"rtt: ready\nrtt: tick\n" in text(), 30), "what the firmware said before is there, in order")
    c.do('console.line "down 1" console=rtt')
    tell(c.wait(lambda: b"rtt: got down 1\n" in text(), 30), "the firmware hears what is typed")
    served.kill()
    served.wait()
    tell(state("lost"), "OpenOCD killed: the link is lost")
    before = len(text())
    serve()
    tell(state("open"), "OpenOCD again: it is open again by itself")
    tell(c.wait(lambda: b"rtt: tick\n" in text()[before:], 30), "and the firmware is heard")
    c.do('console.line "down 2" console=rtt')
    tell(c.wait(lambda: b"rtt: got down 2\n" in text()[before:], 30), "and hears")
finally:
    if served is not None:
        served.terminate()
        served.wait()
P
timeout 200 python3 "$T/rtt.py" >"$T/said" 2>"$T/said.err"
status=$?
while read -r good name; do
	ok "$good" "$name"
done <"$T/said"
is "$status" 0 "all of it was tried"
test "$tap_failed" = 0 || note <"$T/said.err"
plan
