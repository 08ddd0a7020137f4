#!/bin/sh
# slowport.t - a port whose opening takes its time: the exit status says what came of it, as it does of one that opens at
# once. A library in front of open() (tests/lib/slowread.c) takes the time a driver would.
. "${srcdir:-.}/tests/lib/tap.sh"
need python3 python3
need cc gcc
tmpdir
cat >"$T/pty.py" <<'P'
import fcntl, os, sys, time, tty
master, slave = os.openpty()
tty.setraw(slave)
fcntl.flock(slave, fcntl.LOCK_EX)       # it is held, by us
os.symlink(os.ttyname(slave), sys.argv[1])
while True:
    try:
        os.read(master, 4096)
    except OSError:
        time.sleep(0.05)
P
spawn python3 "$T/pty.py" "$T/port"
wait_for 'test -e "$T/port"' 20 || bail "no pty"
cc -shared -fPIC -O1 -o "$T/slow.so" "$srcdir/tests/lib/slowread.c" -ldl 2>"$T/cc.err" || { note <"$T/cc.err"; bail "slowread.c does not build"; }
ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0
SLOWOPEN=$(readlink -f "$T/port")
SLOWOPEN_MS=800
export ASAN_OPTIONS SLOWOPEN SLOWOPEN_MS

# slow ARGUMENTS: vise, for which the port is slow
slow()
{
	run env LD_PRELOAD="$T/slow.so" "$BUILD/vise" "$@"
}
slow console "$T/port"
is "$status" 6 "a console of a port that is held: 6" || echo "$err" | note
like "$err" 'held by python3 \(pid [0-9]+; locked\); end it \(kill [0-9]+\)' "with who holds it, and what to do"
slow --plain "$T/port"
is "$status" 6 "the workbench, too" || echo "$err" | note
like "$err" 'held by python3' "before there is a screen"
SLOWOPEN_ERRNO=13
export SLOWOPEN_ERRNO
slow console "$T/port"
is "$status" 4 "one that may not be opened: 4" || echo "$err" | note
run "$BUILD/vise" ls
like "$out" 'no bench is running' "and no bench is left"
plan
