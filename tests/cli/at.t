#!/bin/sh
# at.t - vise at against a device on a pty that behaves as told: results, exit codes, every torture.
. "${srcdir:-.}/tests/lib/tap.sh"
need python3 python3
tmpdir
atdev=$srcdir/tests/rig/atdev/atdev.py

# device [OPTIONS]: a new atdev at $T/tty
device()
{
	stop_device
	python3 "$atdev" "$T/tty" --log "$T/dev.log" "$@" >"$T/dev.out" 2>"$T/dev.err" &
	dev=$!
	tap_pids="$tap_pids $dev"
	wait_for 'grep -q ready "$T/dev.out"' 10 || { note <"$T/dev.err"; return 1; }
}

stop_device()
{
	test -z "$dev" || { kill "$dev" && wait "$dev"; } 2>/dev/null
	rm -f "$T/tty" "$T/dev.out"
	dev=
}
dev=

at()
{
	run timeout 60 "$BUILD/vise" at "$T/tty" "$@"
}

device
at AT+CSQ AT+GMR
is "$status" 0 "two commands end well"
like "$out" '^\+CSQ: 23,99$' "with their lines"
like "$out" '^OK  [0-9.]+ ?m?s$' "the result and the time"
at AT+CSQ --expect '\+CSQ: (?<rssi>[0-9]+),(?<ber>[0-9]+)' --json
is "$status" 0 "--expect that is met"
is "$(printf '%s' "$out" | python3 -c 'import json,sys; c=json.load(sys.stdin)["captures"]; print(c["rssi"], c["ber"])')" \
	"23 99" "named captures are in the JSON"
at AT+CSQ --expect '+CSQ:'
is "$status" 0 "a + in front stands for itself"
at AT+CSQ --expect 'never' --timeout 300ms
is "$status" 3 "--expect that is not met: no answer"
like "$err" 'what was expected did not come' "and says so"
at AT+NOSUCH AT+CSQ
is "$status" 1 "ERROR is 1"
like "$err" '^vise: AT\+NOSUCH: ERROR' "with the command"
unlike "$out" 'CSQ' "and ends it"
at 'AT+CMGS="1"' --timeout 5s
is "$status" 1 "a prompt without data ends it"
like "$err" 'asks for data.*--data FILE' "and says what to do"
printf 'line one\rOK' >"$T/sms"
run timeout 60 "$BUILD/vise" at "$T/tty" 'AT+CMGS="1"' --data - <"$T/sms"
is "$status" 0 "text at the prompt from stdin"
like "$out" '^\+CMGS: 17$' "and its answer"
grep -q 'data line one.rOK$' "$T/dev.log"
ok $? "the device has it whole"
printf 'a\032\033\000b' >"$T/five"
at AT+CIPSEND=5 --data "$T/five"
is "$status" 0 "counted data goes raw"
grep -q 'data a.x1a.x1b.x00b$' "$T/dev.log"
ok $? "with Ctrl-Z, ESC and NUL in it"
at AT+CIPSEND=4 --data "$T/five"
is "$status" 2 "a wrong count is refused before anything is sent"
at AT+COPS=? --json
is "$(printf '%s' "$out" | python3 -c 'import json,sys; print(len(json.load(sys.stdin)["lines"]))')" 5 "a scan has five lines"
at 'ATE0' 'AT+CSQ' 'ATE1'
is "$status" 0 "echo off and on"

device --mode busy
at AT+CSQ
is "$status" 1 "+CME ERROR is 1"
like "$err" '\+CME ERROR: 14: SIM busy' "with its text"
at AT+CSQ --json
like "$out" '"number": ?14' "and its number"

device --mode mute
at AT+CSQ --timeout 300ms
is "$status" 3 "no answer is 3"
like "$err" 'no final answer came in time' "with the reason"

# ---- torture: one table; every transaction right, none hangs
torture()
{
	name=$1
	shift
	device "$@" || { ok 1 "$name: the device starts"; return; }
	at AT AT+CSQ AT+CREG? AT+GMR ATI --json --timeout 20s
	have=$(printf '%s\n' "$out" | python3 -c '
import json, sys
print("|".join(r["code"] + ":" + ",".join(x for x in r["lines"] if "OK" not in x and "EVT" not in x)
    for r in map(json.loads, sys.stdin)))')
	is "$status $have" "0 ok:|ok:+CSQ: 23,99|ok:+CREG: 0,1|ok:+GMR:3.2.1|ok:atdev 3.2.1" "$name" ||
		printf '%s\n' "$err" | note
}
torture "echo off" --echo off
torture "half an echo" --echo half
torture "a URC storm" --urc 2000
torture "URCs inside every reply" --urc-inside 3
torture "every byte on its own" --split all --split-delay 0.001
torture "a byte each 10 ms" --slow 0.01
torture "NULs between all bytes" --nul
torture "garbage before every result" --garbage
torture "digits for results" --numeric
torture "digits, echo off, split" --numeric --echo off --split all --split-delay 0.002
for at in 1 2 3 8 9 10 13; do
	torture "replies split at $at" --split $at --split-delay 0.06
done

# a bench that has the port already: its engine knows what is still owed
device --late 0.5
spawn "$BUILD/vise-bench" --foreground --name owed --linger 60s --run "console.open $T/tty" 2>"$T/owed.err"
wait_for 'grep -q open "$T/dev.log"' 10
at AT+CSQ --timeout 200ms
is "$status" 3 "an OK that comes late is no answer"
at AT+GMR --timeout 5s
is "$status" 0 "and not the next command's"
like "$out" '^\+GMR:3.2.1$' "which has its own, through the bench that has the port"
kill "$pid"
wait "$pid" 2>/dev/null
device
at AT+BIG=1000000 --json --timeout 30s
is "$status" 0 "a reply of 1 MB"
is "$(printf '%s' "$out" | python3 -c 'import json,sys; r=json.load(sys.stdin); print(len(r["lines"]) + r["dropped"])')" \
	15625 "has every line kept or counted"
at AT+RECV=100 --expect '+IPD' --json
is "$status" 0 "a payload that looks like results"
at AT+CSQ
is "$status" 0 "and the next command is in step"

for k in 0 3 9 16; do
	device --reboot-in "AT+CSQ:$k" --boot-time 0.2
	at AT+CSQ --timeout 5s
	is "$status" 1 "a reboot $k bytes into the answer"
	like "$err" 'the device restarted' "is recognised"
	at AT+CSQ
	is "$status" 0 "and the next one is answered"
done
device --mode bootloader
at AT+BOOT --timeout 2s
is "$status" 0 "a bootloader answers AT+BOOT"
at AT+CSQ --timeout 300ms
is "$status" 3 "and nothing else"
device --hangup-in AT+CSQ:5
at AT+CSQ --timeout 5s
is "$status" 3 "a port that goes"

# two clients: the second waits for the lock, up to its limit; lines before the first command
device
PYTHONPATH=$srcdir/tests/lib PYTHONDONTWRITEBYTECODE=1
export PYTHONPATH PYTHONDONTWRITEBYTECODE
spawn "$BUILD/vise-bench" --foreground --name two --linger 60s \
	--run "option.set at.init \"ATE0|AT+CMEE=1\"; console.open $T/tty" 2>"$T/two.err"
wait_for 'grep -q open "$T/dev.log"' 10
python3 - "$XDG_RUNTIME_DIR/vise/two.sock" <<'P'
import sys, time
from client import Refused, fresh
a, b = fresh(sys.argv[1], name="first"), fresh(sys.argv[1], name="second")
a.do("at.lock for=60s")
try:
    b.do("at.send AT wait=100ms")
    raise SystemExit("it did not wait for the lock")
except Refused as e:
    assert e.code == "busy" and "first" in e.why, e
late = b.ask("command", {"line": "at.send AT+GMR wait=20s"})
assert a.do("at.send AT+CSQ")["lines"] == ["+CSQ: 23,99"]
a.do("at.unlock")
assert b.answer(late)["lines"] == ["+GMR:3.2.1"]
a.do("at.lock for=200ms")
assert b.do("at.send AT+CSQ wait=20s")["code"] == "ok", "the lock has no end"
P
ok $? "two clients queue by the lock, which has a limit"
grep 'rx AT' "$T/dev.log" | head -n 2 | sed 's/.*rx //' | tr '\n' ' ' | grep -q '^ATE0 AT+CMEE=1 $'
ok $? "at.init goes first"
kill "$pid"
wait "$pid" 2>/dev/null
stop_device
plan
