#!/bin/sh
# gauge-alarms.t - limits and rules end to end: hold, hysteresis, lower bounds; notices, journal, gauge.alarms, Lua.
. "${srcdir:-.}/tests/lib/tap.sh"
need python3 python3
tmpdir
vise=$BUILD/vise
mkdir -p "$T/proc" "$T/sys"

# avail KB: the machine has so much available, of 1 GB
avail()
{
	printf 'MemTotal: 1000000 kB\nMemFree: 10000 kB\nMemAvailable: %s kB\nCached: 5000 kB\nSwapTotal: 0 kB\n' "$1" >"$T/proc/meminfo.new"
	mv "$T/proc/meminfo.new" "$T/proc/meminfo"
}
avail 500000
printf 'cpu  2000 5 1000 18000 30 0 4 0 0 0\ncpu0 2000 5 1000 18000 30 0 4 0 0 0\n' >"$T/proc/stat"
echo '0.10 0.20 0.30 1/2 3' >"$T/proc/loadavg"
echo '100.0 50.0' >"$T/proc/uptime"

# --- the command line: hold times, lower bounds, what is refused

"$vise" gauges --proc-root "$T/proc" --sys-root "$T/sys" --every 50ms -n 6 --limit 'mem.avail=<600M@0s' --limit mem.used=1@1h >"$T/out" 2>"$T/err"
is $? 0 "limits on the command line"
like "$(cat "$T/err")" 'avail 488.*M is below warn 600.*M' "a lower bound, at once"
unlike "$(cat "$T/err")" 'mem .* is above' "one that has to hold for an hour is not told"
"$vise" gauges --once --limit mem.used=1@x 2>"$T/err"
is $? 2 "a hold that is no time: exit 2"
"$vise" gauges --once --limit 'mem.used=<1:2' 2>"$T/err"
is $? 2 "a lower and an upper bound at once: exit 2"
"$vise" gauges --once --limit 'mem.avail=<1:<2' 2>"$T/err"
is $? 2 "lower bounds in the wrong order: exit 2"
"$vise" gauges --once --rule leak:window=never 2>"$T/err"
is $? 2 "a rule's option that is none: exit 2"

# --- a bench

export XDG_RUNTIME_DIR="$T/run" XDG_STATE_HOME="$T/state"
mkdir -p "$T/run"
chmod 700 "$T/run"
spawn "$BUILD/vise-bench" --foreground --name g --linger 60s --proc-root "$T/proc" --sys-root "$T/sys" 2>"$T/bench.err"
wait_for 'test -S "$T/run/vise/g.sock"' 10
do_() { "$vise" do --bench g "$@" 2>"$T/err"; }
cat >"$T/on.lua" <<'END'
local vise = require "vise"
local seen = 0
vise.workflow { id = "alarms", run = function()
  vise.on("gauge.alarm", function(a)
    print(("lua %s %s %s %s"):format(a.state, a.gauge, a.rule, a.text))
    if a.gauge == "mem.avail" and a.rule == "limit" then seen = seen + 1 end
  end)
  print("lua ready")
  while seen < 3 do vise.sleep(0.05) end
end }
END
spawn "$vise" script "$T/on.lua" --bench g >"$T/lua" 2>&1
wait_for 'grep -q "lua ready" "$T/lua"' 20
ok $? "a script listens" || note <"$T/lua"
do_ "gauge.every 50ms; gauge.limit mem.avail warn=<300M crit=<100M hold=100ms" >/dev/null
is $? 0 "gauge.limit with lower bounds and a hold" || note <"$T/err"
do_ --json gauge.list >"$T/list"
like "$(cat "$T/list")" '"below":true' "gauge.list tells the kind of limit"

# alarms STATE...: the states of gauge.alarms about mem.avail's limit
alarms()
{
	do_ --json gauge.alarms | python3 -c 'import json, sys
print(*[a["state"] for a in json.load(sys.stdin)["alarms"] if a["gauge"] == "mem.avail" and a["rule"] == "limit"])'
}
avail 250000
wait_for 'test "$(alarms)" = warn' 15
ok $? "under the lower bound for the hold: warn"
# within the slack of 3 % it stays; back beyond it, it ends
avail 310000
n=$(do_ --json gauge.alarms | grep -o '"id":[0-9]*' | wc -l)
do_ "gauge.alarms after=$n wait=400ms" >/dev/null
is "$(alarms)" warn "just above it, within the slack: still in force"
avail 90000
wait_for 'test "$(alarms)" = "warn crit"' 15
ok $? "further down: crit"
avail 500000
wait_for 'test "$(alarms)" = "warn crit clear"' 15
ok $? "back: clear"
wait_for 'test "$(grep -c "^lua [a-z]* mem.avail limit" "$T/lua")" -ge 3' 15
ok $? "Lua was told each" || note <"$T/lua"
do_ --json bench.info >/dev/null
wait_for 'cat "$T"/state/vise/benches/*/journal* | grep -q "gauge.alarm"' 10
cat "$T"/state/vise/benches/*/journal* >"$T/journal"
is "$(grep -c '"gauge.alarm"' "$T/journal")" "$(do_ --json gauge.alarms | grep -o '"id":[0-9]*' | wc -l | tr -d ' ')" "the journal has each alarm"
like "$(cat "$T/journal")" 'avail .* is below warn' "and its notice"

# --- processes, and the history in columns

mkdir -p "$T/proc/812" "$T/proc/7"
echo '812 (app (1)) S 1 1 1 0 -1 0 0 0 0 0 30 12 0 0 20 0 3 0 4242 1 1' >"$T/proc/812/stat"
printf 'Name:\tapp\nVmRSS:\t 49152 kB\n' >"$T/proc/812/status"
echo '7 (kworker/0:1) I 2 0 0 0 -1 0 0 0 0 0 0 1 0 0 20 0 1 0 30 0 0' >"$T/proc/7/stat"
echo 'Name: kworker/0:1' >"$T/proc/7/status"
do_ --json gauge.processes >"$T/list"
like "$(cat "$T/list")" '"pid":812,"name":"app .1.","state":"S","rss":50331648,"threads":3,"cpu":null}.*"pid":7,.*"rss":null' "gauge.processes: by memory"
like "$(do_ --json 'gauge.processes filter=kwork top=5')" '"all":2,"match":1,' "... filtered"
do_ "gauge.processes sort=size" >/dev/null
is $? 2 "... refuses an order that is none"
do_ --json "gauge.past last=10s columns=4 gauges=mem.avail,no" >"$T/past"
like "$(cat "$T/past")" '"n":4,.*"mem.avail":{"min":92160000,"mean":[0-9]*,"max":\[.*512000000.*\]}}' "gauge.past: columns with the least and the most"
do_ "gauge.past columns=4" >/dev/null
is $? 2 "... refuses a span that is none"
do_ "gauge.every 60ms" >/dev/null
like "$(do_ --json option.list | tr '{' '\n' | grep gauge.every)" '60' "gauge.every is the option of that name"

"$vise" gauges processes --proc-root "$T/proc" --sort name --filter p >"$T/out" 2>"$T/err"
is $? 0 "vise gauges processes" || note <"$T/err"
like "$(cat "$T/out")" ' 812 +48M +3 +0.0 S app .1.$' "... number, memory, threads, share, name"
"$vise" gauges processes --proc-root "$T/proc" --sort size >/dev/null 2>"$T/err"
is $? 2 "... refuses an order that is none"
"$vise" gauges processes exec:sh --filter sh --top 3 --json >"$T/out" 2>"$T/err"
is $? 0 "... through a shell on a board" || note <"$T/err"
like "$(cat "$T/out")" '"rows":.{"pid":[0-9]+,"name":".*sh.*"cpu":[0-9.]+' "... with a share of the CPU"

# --- rules: by the level alone at once; the answer waits for what comes

last=$(do_ --json gauge.alarms | python3 -c 'import json, sys; print(json.load(sys.stdin)["last"])')
do_ "gauge.rule oom:window=10s" >/dev/null
is $? 0 "gauge.rule"
do_ "gauge.rule nothing" >/dev/null
is $? 2 "... refuses what is no rule"
spawn sh -c '"$0" do --bench g --json "gauge.alarms after=$1 wait=30s" >"$2"' "$vise" "$last" "$T/waited"
avail 15000
wait_for 'grep -q "\"state\"" "$T/waited" 2>/dev/null' 20
ok $? "gauge.alarms waits for the next one"
wait_for 'do_ --json gauge.rules | grep -q "\"word\":\"\(low\|running out\)\""' 20
ok $? "gauge.rules: memory is low, with its numbers"
do_ "gauge.source exec:sh" >/dev/null
do_ --json gauge.rules >"$T/rules"
like "$(cat "$T/rules")" '"window":10\b' "options of rules stay when another machine is gauged"
do_ --json "gauge.advise live=100M" >"$T/advice"
like "$(cat "$T/advice")" '"name":"GOMEMLIMIT".*"name":"GOGC".*"name":"GOMAXPROCS"' "gauge.advise: the memory limit first"
"$vise" gauges advise --proc-root "$T/proc" --sys-root "$T/sys" --live 100M >"$T/advice"
like "$(cat "$T/advice")" '^GOGC +88$' "vise gauges advise: the documented rule"
like "$(cat "$T/advice")" 'Environment=GOGC=88' "... with lines to paste"
plan
