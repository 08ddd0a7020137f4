#!/bin/sh
# The shipped workflows, each on a rig: real Go programs, a machine's sensors as files, boards as programs and a port that goes.
. "$srcdir/tests/lib/tap.sh"
need python3 python3
tmpdir
VISE=$BUILD/vise
rig=$srcdir/tests/data/test/rig
cd "$T" || bail "no folder"

# ---- what there is
run "$VISE" workflow list
like "$out" '^leak-hunt +runs +Watch a Go program' "workflow list"
run "$VISE" workflow show boot-time
like "$out" '^  --set rounds=int from 1 to 1000, else 5' "show: parameters with their limits"
like "$out" 'gives a table: round, ready \[ms\]' "and what comes out"
run "$VISE" workflow show boot-time --json
like "$out" '"columns": ?\[' "as JSON"
run "$VISE" workflow show nothing
is "$status" 2 "one that is not there"
run "$VISE" workflow gc-tuning --dry-run --set program=x --set gogc=50,off --set memlimit=1MiB,2MiB
like "$out" 'would: run x 4 times for 20 s' "--dry-run says what it would do"
run "$VISE" workflow show size-matrix
like "$out" '^  --set expect=string, optional' "show: what may be left out is not needed"
run "$VISE" workflow single-step --set server=127.0.0.1:1
like "$out" '^single-step: FAIL: infra: tcp:127.0.0.1:1: connecting: Connection refused; does it run\?' "a server that is not there is told in words"
run "$VISE" workflow boot-time --dry-run --set rounds=0
is "$status" 2 "parameters are checked"

# ---- boot time, result as a table, CSV and JSON
dev="exec:python3 $rig/dev.py"
run "$VISE" workflow boot-time --port "$dev" --set reset=reset --set rounds=3 --set wait=5s --artifacts kept --report junit:boot.xml \
	--report tap:boot.tap
is "$status" 0 "boot-time" || { echo "$out"; echo "$err"; } | note
like "$out" '^round +ready \[ms\] +first byte \[ms\] +bytes$' "a table"
like "$out" '^ +3 +[0-9.]+ +[0-9.]+ +[0-9]+$' "with a row each"
is "$(cd kept/*/boot-time/attempt-1 && echo *) $(ls kept/run.json)" \
	"console-main.jsonl console-main.raw journal.jsonl log.jsonl kept/run.json" "--artifacts: of the run as of a test"
is "$(python3 -c 'import glob, json
rows = [json.loads(x) for x in open(glob.glob("kept/*/boot-time/attempt-1/console-main.jsonl")[0])]
print(sum("[READY]" in r["text"] for r in rows), all(a["t"] <= b["t"] and a["offset"] < b["offset"] for a, b in zip(rows, rows[1:])))')" \
	"3 True" "the lines of the console with their times"
is "$(grep -c '<testcase.*name="boot-time"' boot.xml) $(grep -c '^ok 1 - boot-time' boot.tap)" "1 1" "--report: it is one test"
run "$VISE" workflow boot-time --port "$dev" --set reset=reset --set ready=NEVER --set wait=400ms --report tap:-
is "$status" 1 "a banner that does not come is a verdict"
like "$out" '^not ok 1 - boot-time$' "--report tap:- is all that stdout has"
like "$out" 'message: "awaited .*NEVER.* for 0.4 s after the reset \(reset\); [0-9]+ lines? came instead, at last: .*READY' "with what came instead"
run "$VISE" workflow boot-time --port "$dev" --set reset=reset --set rounds=2 --set wait=5s --csv
like "$(head -n 1 out)" '^round,ready \[ms\],first byte \[ms\],bytes$' "--csv: the table alone"
is "$(grep -c '' out)" 3 "and its rows"
run "$VISE" workflow boot-time --port "exec:sleep 600" --set reset=none --set wait=200ms --json
is "$status" 3 "a boot that does not come"
like "$out" 'nothing came at all' "is told in words"
like "$out" '"result": ?"error"' "as a record"

# ---- flash and watch
printf 'boot\n[READY]\nall well\n' >good.img
printf 'boot\n[READY]\npanic: oops\n' >bad.img
run "$VISE" workflow flash-and-watch --port "exec:sh $rig/flashed.sh $T/rom1" --set file=good.img --set watch=150ms \
	--set "flash=sh -c cp\${IFS}$T/\$0\${IFS}$T/rom1"
is "$status" 0 "flash-and-watch" || { echo "$out"; echo "$err"; } | note
like "$out" '^ready +[0-9.]+ +[0-9]+$' "what took how long"
run "$VISE" workflow flash-and-watch --port "exec:sh $rig/flashed.sh $T/rom2" --set file=bad.img --set watch=5s \
	--set "flash=sh -c cp\${IFS}$T/\$0\${IFS}$T/rom2"
is "$status" 1 "a panic after the banner is a verdict" || { echo "$out"; echo "$err"; } | note
like "$out" 'device_fault: .*panic: oops' "with what it said"

# ---- soak through a loss
spawn python3 "$rig/flaky_server.py" port 3
wait_for 'test -s port' 20
run "$VISE" workflow soak --port "tcp:127.0.0.1:$(cat port)" --set every=30ms --set time=2500ms --set missing=5 --set wait=10s
is "$status" 0 "soak" || { echo "$out"; echo "$err"; } | note
like "$out" 'port lost and back' "a loss is counted, not a failure"
like "$out" 'port lost = 1' "once"

# ---- heat: sensors of a tree of files
zone=$T/sys/class/thermal/thermal_zone0
policy=$T/sys/devices/system/cpu/cpufreq/policy0
mkdir -p "$zone" "$policy"
echo cpu-thermal >"$zone/type"
echo 50000 >"$zone/temp"
for f in scaling_cur_freq scaling_max_freq cpuinfo_max_freq; do echo 1800000 >"$policy/$f"; done
echo 0 >"$policy/affected_cpus"
cat >heat.sh <<END
sleep 0.8; echo 70000 >$zone/temp
sleep 0.8; echo 85000 >$zone/temp; echo 900000 >$policy/scaling_cur_freq
exec sleep 30
END
spawn "$BUILD/vise-bench" --foreground --name heat --sys-root "$T/sys" --linger 60s
wait_for 'test -S "$XDG_RUNTIME_DIR/vise/heat.sock"' 20
"$VISE" do --bench heat gauge.every 100ms >/dev/null
run "$VISE" workflow thermal-soak --bench heat --set "load=sh $T/heat.sh" --set time=3s --set every=100ms --json
is "$status" 0 "thermal-soak" || { echo "$out"; echo "$err"; } | note
like "$out" 'throttled between' "the bracket"
like "$out" '70 and 85 C' "between which it throttled"

# ---- a snapshot when a gauge is beyond its limit, and when a board says so
run "$VISE" workflow snapshot-on-alarm --bench heat --set gauge=temp.cpu-thermal --set above=80 --set wait=20s --set again=0 --set every=100ms
is "$status" 0 "snapshot-on-alarm: a gauge" || { echo "$out"; echo "$err"; } | note
like "$out" 'temp.cpu-thermal is 85' "it says why"
echo 900000 >"$policy/scaling_max_freq"
wait_for '"$VISE" do --bench heat "gauge.list" --json | grep -q "freq.policy0.cap" && "$VISE" do --bench heat "gauge.history freq.policy0.cap" --json | grep -q "50\.0*\]"' 20
run "$VISE" workflow thermal-soak --bench heat --set time=300ms --set every=100ms
is "$status" 0 "thermal-soak of a machine that is limited" || { echo "$out"; echo "$err"; } | note
like "$out" 'limited before the start = 900 of 1800 MHz' "says by how much it was before it began"
unlike "$out" ' full$' "and calls it not full"
run "$VISE" workflow thermal-soak --bench heat --set time=200ms --set every=100ms --set throttle=verdict
is "$status" 1 "which is a verdict where throttling is"

run "$VISE" workflow snapshot-on-alarm --port "$dev" --set text=no-such --set wait=100ms
like "$out" 'SKIP: nothing went wrong' "nothing is a skip"

# ---- Go programs
if command -v go >/dev/null 2>&1; then
	go_env
	go build -o gcload "$srcdir/tests/rig/gcload/main.go" >go.log 2>&1
	run "$VISE" workflow gc-tuning --set "program=$T/gcload" --set gogc=50,400 --set seconds=1s --csv
	is "$status" 0 "gc-tuning" || { echo "$out"; echo "$err"; cat go.log; } | note
	like "$out" '^GOGC,GOMEMLIMIT,cycles,p99 \[ms\],' "its table"
	awk -F, 'NR == 2 { few = $6 } NR == 3 { good = $6 >= few && $4 > 0 } END { exit !good }' out
	ok $? "a larger GOGC lets the heap grow" || note <out
	like "$(sed -n 2p out)" '^50,off,[0-9]+,[0-9.]+,[0-9.]+,[0-9]+,[0-9.]+,[0-9.]+,[0-9]+$' "pause, RSS and CPU of each setting"
	run "$VISE" workflow gc-tuning --set program=true --set gogc=100 --set seconds=500ms
	is "$status" 1 "a program without a collector is said so"
	go_rig leakd "$T" >make.log 2>&1
	spawn "$T/leakd" -rate 1 -portfile "$T/go.port" >leakd.log 2>&1
	wait_for 'test -s go.port' 20
	source=$(sed 's/.* //' go.port)
	(while :; do curl -s "http://$source/leak?bytes=262144&n=4" || python3 -c "import urllib.request as u; u.urlopen('http://$source/leak?bytes=262144&n=4').read()"; sleep 0.02; done) >/dev/null 2>&1 &
	leaker=$!
	run "$VISE" workflow leak-hunt --set "source=$source" --set every=100ms --set rounds=6 --set share=90 --set limit=100K
	kill "$leaker"
	is "$status" 1 "leak-hunt finds it" || { echo "$out"; echo "$err"; } | note
	like "$out" '^leak +\+' "and ranks it"
	run "$VISE" workflow leak-hunt --set source=127.0.0.1:1 --set every=100ms --set rounds=3 --set wait=500ms
	is "$status" 3 "nothing to watch is a failure of the bench" || { echo "$out"; echo "$err"; } | note
else
	skip "go is not here (Debian package golang-go)"
fi
plan
