#!/bin/sh
# vise gauges: on recorded boards, on this machine, with wrong options, interrupted.
. "${srcdir:-.}/tests/lib/tap.sh"
tmpdir
: "${VISE:=$BUILD/vise}"

# unpack NAME: tests/data/gauge/NAME.tree into $T/NAME.
unpack()
{
	mkdir -p "$T/$1/sys" && (cd "$T/$1" && awk '
		/^#/ { next }
		/^@/ {
			if (f != "") close(f)
			f = $2; d = f; sub(/\/[^\/]*$/, "", d)
			system("mkdir -p \"" d "\"")
			if ($3 == "->") { system("ln -s \"" $4 "\" \"" f "\""); f = "" }
			next
		}
		f != "" { print > f }' "$srcdir/tests/data/gauge/$1.tree")
}

# on NAME ARGS...: vise gauges on that board.
on()
{
	board=$1
	shift
	run "$VISE" gauges --proc-root "$T/$board/proc" --sys-root "$T/$board/sys" "$@"
}

for b in pi4 jetson container openwrt-mips x86-server; do unpack $b; done

on pi4 --once --process api
is "$status" 0 "a Pi 4 ends well"
is "$(printf '%s\n' "$out" | wc -l | tr -d ' ')" 1 "--once is one line"
like "$out" '^\{"t":[0-9]+,"wall":"20[0-9-]+T[0-9:.]+Z","values":\{' "which is an object with times"
like "$out" '"temp.cpu-thermal":79.36' "with the temperature"
like "$out" '"mem.avail":3187154944' "with the memory"
like "$out" '"proc.threads":17' "with the process"
like "$out" '"cool.cpufreq-cpu0":2' "with the throttle in force"
like "$out" '"missing":\{.*"psi.cpu":"[^"]*psi=1' "and why pressure is missing"
like "$out" '"trips":\[\{"type":"critical","temp":110\},\{"type":"passive","temp":80\}\]' "and the trip points"

on jetson --once
is "$status" 0 "a Jetson that lies ends well"
like "$out" '"temp.gpu-therm":null' "an offline unit has no number"
unlike "$out" '"temp[^"]*":-256|"temp[^"]*":100,|-650788984,' "and no lie is shown as one"

on container --once
is "$status" 0 "a container without sensors ends well"
like "$out" '"temp":"no thermal zone and no hwmon temperature' "and says so"

on openwrt-mips --csv -n 2 --every 100ms
is "$status" 0 "CSV of a router"
like "$out" '^t,wall,mem.used,mem.avail,' "has a header"
is "$(printf '%s\n' "$out" | wc -l | tr -d ' ')" 3 "and two rows"
is "$(printf '%s\n' "$out" | awk -F, '{ print NF }' | sort -u | wc -l | tr -d ' ')" 1 "of equal width"

on pi4 --once --process nosuch
is "$status" 5 "a process that is not there: exit 5"
like "$err" '^vise: gauges: no process nosuch' "said on standard error"

run "$VISE" gauges --once --pid $$
is "$status" 0 "this machine and this shell"
like "$out" '"proc.rss":[1-9]' "has a resident size"

run "$VISE" gauges --nothing
is "$status" 2 "an option it does not have: exit 2"
like "$err" '^vise: --nothing: no such option' "named"
run "$VISE" gauges --every 1ms
is "$status" 2 "a period too short: exit 2"
run "$VISE" gauges --pid 1 --process x
is "$status" 2 "--pid and --process: exit 2"
run "$VISE" gauges -n 0
is "$status" 2 "no samples: exit 2"
run "$VISE" gauges --proc-root "$T/nowhere" --once
is "$status" 3 "a root that is not there: exit 3"
run "$VISE" gauges --help
is "$status" 0 "--help"
like "$out" '^usage: vise gauges' "says how"

# Interrupted while it runs: what was printed is whole, and the status is the shell's.
mkfifo "$T/pipe"
"$VISE" gauges --every 50ms >"$T/pipe" 2>"$T/err" &
pid=$!
{
	IFS= read -r line
	kill -TERM $pid
	cat >"$T/rest"
} <"$T/pipe"
wait $pid
is $? 143 "SIGTERM ends it with 143"
like "$line" '^\{.*\}$' "after whole lines"
unlike "$(cat "$T/rest")" '^[^{]|[^}]$' "to the last one"

# A reader that has seen enough is no error.
{ "$VISE" gauges --every 50ms 2>"$T/err"; echo $? >"$T/rc"; } | sed q >/dev/null
is "$(cat "$T/rc")" 0 "a closed pipe ends it quietly"
is "$(cat "$T/err")" "" "without a word"

# --- limits of the user's own

run timeout 20 "$BUILD/vise" gauges --limit mem.used=1:2 -n 30 --every 100ms
like "$err" "mem .* is above crit 2" "a limit of one's own is an alarm after its hold"
run timeout 20 "$BUILD/vise" gauges --limit mem.used=none:none --once
is "$status" 0 "none takes a limit away"
python3 -c 'import json, sys
d = [d for d in json.loads(open(sys.argv[1]).readline())["defs"] if d["id"] == "mem.used"][0]
assert d.get("warn") is None and d.get("crit") is None, d' "$T/out"
is $? 0 "... and the definition says so"
for bad in mem.used mem.used=x mem.used=3:2 =1; do
	run "$BUILD/vise" gauges --limit "$bad" --once
	is "$status" 2 "--limit $bad is refused"
done
plan
