#!/bin/sh
# errors.t - ports that are not there, not ours or held, and a profile that is none: said in plain words, nothing hangs.
. "${srcdir:-.}/tests/lib/tap.sh"
. "$srcdir/tests/data/screen/screens.sh"
need python3 python3
vise_home
printf 'this is no profile\n' >"$T/broken.pb.gz"

timeout 60 "$VISE" /dev/does-not-exist >"$T/out" 2>"$T/err" </dev/null
test $? -eq 3 && grep -q '^vise: /dev/does-not-exist: there is no such port' "$T/err"
ok $? "a port that is not there: exit 3, and what there is" || note <"$T/err"
wait_for '! "$VISE" ls --json | grep -q "\"name\""' 20
ok $? "no bench is left behind"

spawn python3 "$srcdir/tests/rig/atdev/atdev.py" "$T/held" --log "$T/held.log" >"$T/held.out"
wait_for 'grep -q ready "$T/held.out"' 10
cat >"$T/holder.py" <<'P'
import fcntl, os, sys, termios, time
fd = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
fcntl.ioctl(fd, termios.TIOCEXCL)
print("held", flush=True)
time.sleep(600)
P
spawn python3 "$T/holder.py" "$T/held" >"$T/holder.out"
holder=$pid
wait_for 'grep -q held "$T/holder.out"' 10
ok $? "another program holds the port"
timeout 60 "$VISE" "$T/held" >"$T/out" 2>"$T/err" </dev/null
test $? -eq 6 && grep -q "$holder" "$T/err" && grep -q 'python3' "$T/err"
ok $? "a held port: exit 6, with the holder's number and name" || note <"$T/err"

screens errors
plan
