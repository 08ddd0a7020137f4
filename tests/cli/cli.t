#!/bin/sh
# vise: usage errors and exit codes, benches from start to end, AT commands, jobs, JSON shapes.
. "${srcdir:-.}/tests/lib/tap.sh"
need python3 python3
tmpdir
: "${VISE:=$BUILD/vise}"
at_end '"$VISE" kill --all >/dev/null 2>&1'

# device NAME MODE...: an AT device at $T/NAME.
device()
{
	name=$1
	shift
	spawn python3 "$srcdir/tests/rig/atdev/atdev.py" "$T/$name" "$@" >"$T/$name.out" </dev/null
	wait_for "grep -q ready '$T/$name.out'" 10 || bail "atdev does not start"
}

# json EXPR: a Python expression about o, which $out holds.
json()
{
	printf '%s\n' "$out" | python3 -c "import json,sys; o=json.load(sys.stdin); print($1)" 2>&1
}

none() { test "$("$VISE" ls --json)" = '[]'; }

# --- words

run "$VISE" --version
is "$status" 0 "--version ends well"
like "$out" '^vise [0-9]' "and names itself"
run "$VISE" help
like "$out" '^  doctor ' "help lists the subcommands"
for sub in attach ls kill ports console at flash reset debug script workflow run do commands doctor pprof gauges; do
	run "$VISE" help "$sub"
	is "$status" 0 "help $sub"
	like "$out" 'usage: vise' "has a usage line"
done
run "$VISE" at --help
like "$out" '^usage: vise at TARGET' "at --help is the same"
run "$VISE" nonsense
is "$status" 2 "an unknown word is a usage error"
like "$err" '^vise: nonsense: .*; ' "one line: what, why, next"
is "$(printf '%s\n' "$err" | wc -l | tr -d ' ')" 1 "and no more"
for words in "consol=console" "consol x=console" "help consol=console" "ls --jsn=--json" \
	"gauges --onse=--once" "board lst=list" "place aquire=acquire" "rsp stp=step" "ocd hal=halt" \
	"snapshot tkae=take" "pprof topp=top" "pprof top --show-form x=--show-from" \
	"pprof series --chek=--check"; do
	# shellcheck disable=SC2086
	run "$VISE" ${words%%=*}
	is "$status" 2 "vise ${words%%=*}"
	like "$err" "did you mean ${words#*=}\?" "asks whether ${words#*=} was meant"
done
run "$VISE" board
like "$err" '^vise: board: say what to do: list, show, check or find; vise help board' "a verb is wanted"
run "$VISE" at /dev/x AT --timeout never
like "$err" '^vise: --timeout never: a duration such as' "what kind of value is wanted"
run "$VISE" help nonsense
is "$status" 2 "so is help of it"
run "$VISE" at
is "$status" 2 "at without a target"
run "$VISE" at /dev/x AT --nope
is "$status" 2 "an unknown option"
run "$VISE" at /dev/x AT --timeout never
is "$status" 2 "a time that is none"
run "$VISE" ls extra
is "$status" 2 "one word too many"
run "$VISE" flash x.bin
is "$status" 2 "flash without a board"
run "$VISE" run
is "$status" 2 "run without a program"
run "$VISE" at --json
is "$(json 'o["error"]["code"]')" usage "--json: the error is an object"
is "$status" 2 "with the same status"

# --- nothing runs

run "$VISE" ls
is "$status" 0 "ls of nothing"
run "$VISE" ls --json
is "$out" '[]' "is an empty array"
run "$VISE" kill
is "$status" 3 "kill of nothing"
run "$VISE" attach
is "$status" 3 "attach to nothing"
run "$VISE" do bench.info
is "$status" 3 "do without a bench"
run "$VISE" script "$T/none.lua"
is "$status" 3 "a script that is not there"
run "$VISE" ports --json
is "$(json 'type(o).__name__')" list "ports --json is an array"
run "$VISE" doctor --json
is "$(json 'sorted({r["state"] for r in o} - {"good", "note", "bad"})')" '[]' "doctor --json: good, note or bad"
run "$VISE" commands --json
is "$status" 0 "commands starts a bench of its own"
is "$(json '"at.send" in [c["name"] for c in o]')" True "which knows at.send"
wait_for none 5
ok $? "and is gone after it"

# --- AT

device dev --log "$T/dev.log"
run "$VISE" at "$T/dev" AT ATI
is "$status" 0 "two commands"
is "$(printf '%s\n' "$out" | grep -c '^OK  ')" 2 "two results"
like "$out" '^OK  [0-9.]+ (us|ms|s)' "with the time each took"
run "$VISE" at "$T/dev" AT --json
is "$(json 'o["result"], o["code"], type(o["lines"]).__name__')" "OK ok list" "--json: one object a command"
run "$VISE" at "$T/dev" AT+NOSUCH AT
is "$status" 1 "ERROR is 1"
unlike "$out" '^OK' "and nothing after it is sent"
like "$err" '^vise: .*' "with the reason"
run "$VISE" at "$T/missing" AT --json
is "$status" 3 "a port that is not there is 3"
is "$(json '"what" in o["error"] and "why" in o["error"] and "next" in o["error"]')" True "with what, why and next"
device mute --mode mute
run "$VISE" at "$T/mute" AT --timeout 300ms
is "$status" 3 "no answer is 3"
like "$err" 'AT' "and names the command"
device busy --mode busy
run "$VISE" at "$T/busy" AT+CSQ
is "$status" 1 "a device that refuses is 1"
wait_for none 5
ok $? "no bench is left"

# --- a plain console

printf 'ATI\r' >"$T/in"
"$VISE" console "$T/dev" --log "$T/log" <"$T/in" >"$T/out" 2>"$T/err"
is $? 0 "console ends with its stdin"
like "$(tr -d '\r' <"$T/out")" '^OK$' "and shows the answer"
same "$T/out" "$T/log" "the log holds the same bytes"
"$VISE" console "$T/dev" --hex <"$T/in" >"$T/out" 2>"$T/err"
like "$(cat "$T/out")" '^00000000  [0-9a-f]{2} .*\|' "--hex"

# --- a port that may not be opened, a port that is held

if test "$(id -u)" = 0 && command -v setpriv >/dev/null 2>&1 && test -r /etc/passwd; then
	pty=$(readlink -f "$T/dev")
	mkdir -m 700 "$T/nobody" && chown 65534 "$T/nobody" && chmod 711 "$T"
	chmod 600 "$pty"
	run setpriv --reuid 65534 --regid 65534 --clear-groups env HOME="$T/nobody" \
		XDG_RUNTIME_DIR="$T/nobody" XDG_STATE_HOME="$T/nobody" XDG_CONFIG_HOME="$T/nobody" \
		"$VISE" at "$pty" AT
	case $status:$err in
	126:*|127:*|*annot*vise-bench*|*"setpriv"*|*"No such file"*vise*)
		skip "another user cannot run the build: it lies in a closed folder" ;;
	*) is "$status" 4 "a port of somebody else is 4" ;;
	esac
else
	skip "needs root and setpriv for a port of somebody else"
fi

# --- benches

"$VISE" attach --plain >/dev/null 2>&1 </dev/null
is $? 3 "attach starts nothing"
spawn sh -c '"$0" run -- sleep 60 >/dev/null 2>&1' "$VISE"
wait_for '"$VISE" ls --json | grep -q "\"name\""' 10
ok $? "a bench runs"
run "$VISE" ls --json
is "$(json 'len(o), o[0]["name"], o[0]["pid"] > 1, "socket" in o[0]')" "1 bench True True" "ls --json shows it"
run "$VISE" do bench.info --json
is "$status" 0 "do takes the only one"
is "$(json 'type(o).__name__')" dict "and prints JSON"
run "$VISE" do no.such
is "$status" 2 "an unknown command is 2"
run "$VISE" do console.list
is "$status" 0 "an empty list"
run "$VISE" kill nobody
is "$status" 3 "kill of a bench that is not there"
run "$VISE" run --bench bench -- sh -c 'echo out; echo err >&2; exit 5'
is "$status" 5 "run gives the exit status of the program"
like "$out" '^out$' "and its output"
run "$VISE" run --bench bench --json -- true
is "$(json 'o["state"], o["exit"]')" "ok 0" "--json: the job"
run "$VISE" run --bench bench -- /no/such/program
isnt "$status" 0 "a program that is not there"
run "$VISE" kill
is "$status" 0 "kill ends the only one"
like "$out" '^bench ended$' "and says so"
none
ok $? "it is gone"

# --- interrupted

"$VISE" at "$T/mute" AT --timeout 60s >"$T/out" 2>"$T/err" &
pid=$!
wait_for '"$VISE" ls --json | grep -q "\"name\""' 10
wait_for '"$VISE" do console.list --json | grep -q "\"open\""' 10
kill -TERM "$pid"
wait "$pid"
is $? 143 "SIGTERM is 143"
wait_for none 5
ok $? "and its bench is gone"

# --- scripts

printf 'print("hello from Lua")\n' >"$T/a.lua"
run "$VISE" script "$T/a.lua"
is "$status" 0 "a script ends well"
like "$out$err" 'hello from Lua' "and prints"
printf 'error("broken")\n' >"$T/b.lua"
run "$VISE" script "$T/b.lua"
is "$status" 7 "an error in a script is 7"
run "$VISE" workflow nosuch
is "$status" 2 "an unknown workflow is 2"
wait_for none 5
ok $? "nothing is left"

# whoever read has seen enough, also when that was noticed in the middle
run python3 -c 'import os, subprocess, sys
r, w = os.pipe()
os.close(r)
p = subprocess.run(sys.argv[1:], stdout=w, stderr=subprocess.PIPE)
sys.exit(len(p.stderr))' "$BUILD/vise" board list
is "$status" 0 "a pipe that is closed is no error to talk of"

# what is known everywhere, in front
run "$BUILD/vise" --json ls
is "$out" "[]" "an option that is known everywhere may stand in front"
run "$BUILD/vise" --bench=nosuch plugin hosts
is "$status" 3 "also with a value"
like "$err" "nosuch: no such bench is running" "and is taken"
plan
