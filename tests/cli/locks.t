#!/bin/sh
# locks.t - one port, two programs: the three kinds of lock, both ways, with the real picocom, tio and minicom.
. "${srcdir:-.}/tests/lib/tap.sh"
need python3 python3
need script bsdutils
tmpdir
client="$srcdir/tests/lib/client.py"
cat >"$T/pty.py" <<'P'
import os, sys, time, tty
master, slave = os.openpty()            # a port that nobody but its users has open
tty.setraw(slave)
os.symlink(os.ttyname(slave), sys.argv[1])
os.close(slave)
while True:
    try:
        os.read(master, 4096)
    except OSError:
        time.sleep(0.05)
P
spawn python3 "$T/pty.py" "$T/port"
wait_for 'test -e "$T/port"' 10 || bail "no pty"
pts=$(readlink -f "$T/port")
lck=/var/lock/LCK..pts_${pts##*/}
rm -f "$lck"
S=$XDG_RUNTIME_DIR/vise/one.sock

# hold COMMAND: in a terminal of its own, whose keyboard stays quiet.
hold()
{
	mkfifo "$T/keys.$$" 2>/dev/null
	spawn sh -c 'exec 9<>"$1"; exec script -qec "$2" /dev/null <"$1"' - "$T/keys.$$" "$1" >"$T/held" 2>&1
	holder=$pid
}

# held NAME: a process of that name has the port open.
held()
{
	for f in $(find /proc/[0-9]*/fd -lname "$pts" 2>/dev/null); do
		p=${f#/proc/}
		p=${p%%/*}
		grep -q "^$1" "/proc/$p/comm" && return 0
	done
	return 1
}

drop()
{
	held "$1" && kill -9 "$p"      # the one that has our port: minicom outlives its terminal
	kill "$holder" 2>/dev/null
	wait_for '! held '"$1" 10
	rm -f "$lck"
}

# theirs NAME COMMAND: the other program first; we are refused and say who it is.
theirs()
{
	command -v "$1" >/dev/null 2>&1 || { skip "needs $1 (Debian package $1)"; return; }
	hold "$2"
	wait_for "held $1" 30 || { ok 1 "$1 did not open the port"; note <"$T/held"; return; }
	run "$BUILD/vise" console "$T/port"
	is "$status" 6 "$1 has the port: busy"
	like "$err" "held by $1 \\(pid [0-9]+; " "and named"
	drop "$1"
}
theirs picocom "picocom -q $T/port"
theirs tio "tio $T/port"
theirs minicom "minicom -D $pts"

# ours first
spawn "$BUILD/vise-bench" --foreground --name one --linger 60s --run "console.open $T/port" 2>"$T/one.err"
bench=$pid
wait_for 'test -S "$S"' 10
wait_for 'held vise-bench' 10
ok $? "the bench has the port"
test ! -e "$lck"
ok $? "and no UUCP file: a pty's number is used again at once, the file would be about another"

# refused NAME WORDS COMMAND
refused()
{
	command -v "$1" >/dev/null 2>&1 || { skip "needs $1 (Debian package $1)"; return; }
	timeout 10 script -qec "$3" /dev/null </dev/null >"$T/refused" 2>&1
	like "$(tr -d '\r' <"$T/refused")" "$2" "$1 is refused"
}
refused picocom 'lock|Lock' "picocom -q $pts"
refused tio 'lock|Lock|busy|Busy' "tio $pts"
# (minicom looks for UUCP files only: on a real port)
run python3 "$client" "$S" console.close
wait_for '! held vise-bench' 10
ok $? "the port goes with the console"

# lock files of others
spawn sleep 60
printf '%10d\n' "$pid" >"$lck"
run python3 "$client" "$S" "console.open $T/port"
is "$status" 0 "a lock file of a process that has not this pty open is about another"
is "$(cat "$lck")" "$(printf '%10d' "$pid")" "and left alone"
run python3 "$client" "$S" console.close
wait_for '! held vise-bench' 10
kill "$pid"
spawn sh -c 'exec sleep 60 <"$1"' - "$pts"
wait_for 'held sleep' 10
printf '%10d\n' "$pid" >"$lck"
run python3 "$client" "$S" "console.open $T/port"
like "$err" "busy: $pts: held by sleep \\(pid $pid; lock file" "one of a process that has it open is honoured"
kill "$pid"
wait "$pid" 2>/dev/null
run python3 "$client" "$S" "console.open $T/port"
is "$status" 0 "until that process is gone"
run python3 "$client" "$S" "console.borrow to=flasher keep=on"
wait_for '! held vise-bench' 10
ok $? "a lent port is let go at once"
spawn sh -c 'exec flock -n -F "$1" sleep 60' - "$pts"
wait_for 'held sleep' 10
ok $? "and its flock with it"
kill "$pid"
wait "$pid" 2>/dev/null
wait_for '! held flock && ! held sleep' 10
run python3 "$client" "$S" console.return
run python3 "$client" "$S" console.close
wait_for '! held vise-bench' 10
rm -f "$lck"

# TIOCEXCL, which root would pass
cat >"$T/excl.py" <<'P'
import fcntl, os, sys, termios, time
fd = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
fcntl.ioctl(fd, termios.TIOCEXCL)
open(sys.argv[2], "w").close()
time.sleep(60)
P
spawn python3 "$T/excl.py" "$T/port" "$T/excl.ready"
excl=$pid
wait_for 'test -e "$T/excl.ready"' 10
run python3 "$client" "$S" "console.open $T/port"
like "$err" "^busy: $pts: held by python3 \\(pid $excl; opened exclusively\\)" "TIOCEXCL is honoured, by root too"
test ! -e "$lck"
ok $? "a refused open leaves no lock file"
kill "$excl"
wait "$excl" 2>/dev/null
run python3 "$client" "$S" "console.open $T/port"
is "$status" 0 "a TIOCEXCL that nobody holds any more on a pty is no lock"
plan
