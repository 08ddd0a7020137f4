#!/bin/sh
# vise pprof series: a leak of a live server is ranked first over 10 snapshots, churn is not flagged.
. "${srcdir:-.}/tests/lib/tap.sh"
tmpdir
: "${VISE:=$BUILD/vise}"
A=$srcdir/tests/data/pprof/heap-a.pb.gz
B=$srcdir/tests/data/pprof/heap-b.pb.gz

run "$VISE" pprof series
is "$status" 2 "no profile is a usage error"
run "$VISE" pprof series --help
is "$status" 0 "help is not"
mkdir "$T/empty"
run "$VISE" pprof series "$T/empty"
is "$status" 5 "a folder without profiles: nothing selected"
run "$VISE" pprof series "$A" "$B"
is "$status" 0 "two profiles"
like "$out" '^inuse_space, 2 snapshots' "are ranked"
unlike "$out" '^leak ' "but are no trend"
run "$VISE" pprof series --json --all "$B" "$A"
like "$out" '"rows":\[\{"id":"[0-9a-f]{16}"' "JSON; order of their time, not of the words"
run "$VISE" pprof series --sample-index none "$A" "$B"
is "$status" 2 "a sample type that is none"
run "$VISE" pprof series "$A" "$srcdir/tests/data/goroutines/go1.19.pb.gz"
like "$err" 'another kind of profile' "what does not belong there is left out, and said"
run "$VISE" pprof series --add "$A" "$T/x.series"
is "$status" 0 "a series begins"
run "$VISE" pprof series --add "$B" "$T/x.series"
like "$out" ': 2 snapshots' "goes on"
is "$(stat -c %a "$T/x.series")" 600 "and is private"
run "$VISE" pprof series --add "$srcdir/tests/data/goroutines/go1.19.pb.gz" "$T/x.series"
is "$status" 2 "not with another kind"
cp "$T/x.series" "$T/torn.series"
truncate -s -7 "$T/torn.series"
run "$VISE" pprof series "$T/torn.series"
is "$status" 0 "a torn end leaves the rest"
like "$err" 'torn off' "and is said"
run "$VISE" pprof series --add "$B" "$T/torn.series"
cmp -s "$T/torn.series" "$T/x.series"
ok $? "adding again mends it"
echo nonsense >"$T/bad.series"
run "$VISE" pprof series "$T/bad.series"
is "$status" 2 "no series at all"
run "$VISE" pprof series --add "$A" "$T/bad.series"
is "$status" 2 "and nothing is added to what is none"
is "$(cat "$T/bad.series")" nonsense "it stays as it is"

if ! command -v go >/dev/null 2>&1 || ! command -v python3 >/dev/null 2>&1; then
	skip "a live program: needs go (golang-go) and python3"
	plan
	exit
fi
go_rig leakd "$T/rig" >"$T/rig.log" 2>&1
ok $? "leakd builds" || { note <"$T/rig.log"; plan; exit; }

# serve: another run of the program; L is its address.
serve()
{
	rm -f "$T/port"
	spawn "$T/rig/leakd" -portfile "$T/port" </dev/null >/dev/null 2>&1
	server=$pid
	wait_for 'test -s "$T/port"' 20
	L=http://127.0.0.1:$(sed 's/.*://' "$T/port" | tr -cd 0-9)
	export L
}

get()
{
	python3 -c '
import os, sys, urllib.request as u
for path in sys.argv[1:]: u.urlopen(os.environ["L"] + path, timeout=20).read()' "$@"
}

# Go's own sampling rate. Heap leaks in one stack, goroutines in five ways, and much is allocated and
# freed; the churning stack keeps its last 8 MiB, so that its in-use figure moves.
serve
mkdir "$T/heap" "$T/g"
next=$(date +%s%3N)
for i in 0 1 2 3 4 5 6 7 8 9; do
	get '/leak?bytes=65536&n=96' '/churn?bytes=262144&n=400' '/ways?how=send&n=3' \
		'/ways?how=receive&n=2' '/ways?how=select&n=4' '/ways?how=waitgroup&n=1' '/ways?how=mutex&n=5'
	"$VISE" pprof grab "$L/debug/pprof/heap?gc=1" -o "$T/heap/$i.pb.gz" >/dev/null || break
	"$VISE" pprof grab "$L/debug/pprof/goroutine" -o "$T/g/$i.pb.gz" >/dev/null || break
	next=$((next + 300))
	wait_for 'test "$(date +%s%3N)" -ge "$next"' 5
done
is "$(ls "$T/heap" "$T/g" | grep -c 'pb.gz')" 20 "ten snapshots of heap and of goroutines"
run "$VISE" pprof series --check "$T/heap"
is "$status" 1 "there is a leak" || printf '%s\n%s\n' "$out" "$err" | note
like "$(printf '%s\n' "$out" | sed -n 3p)" '^leak .* steady +yes +main.\(\*store\).grow ' "the leaking stack is first"
unlike "$out" '^(leak|suspect) .*churn' "churn is not flagged"
is "$(printf '%s\n' "$out" | grep -c '^leak ')" 1 "nor is anything else"
like "$out" 'keeps what it allocates' "hoarding is told"
like "$out" '^leak .* \+[0-9.]+MB \+- [0-9.]+[kM]B ' "growth has its error bar"
run "$VISE" pprof series --sample-index alloc_space --all "$T/heap"
like "$out" 'main.churn' "the churn is there to be seen"
run "$VISE" pprof series --json "$T/heap"
like "$out" '"leaks":1' "the same as JSON"
run "$VISE" pprof series --check "$T/g"
is "$status" 1 "goroutines leak"
for f in leakSend leakReceive leakSelect leakMutex leakWaitGroup; do
	like "$out" "^leak .* main\\.\\(\\*ways\\)\\.$f " "$f is one"
done
is "$(printf '%s\n' "$out" | grep '^leak ' | head -n 1 | grep -c leakMutex)" 1 "the fastest is first"
run "$VISE" goroutines --check "$T"/g/?.pb.gz
is "$status" 1 "the growing rule finds them too"
like "$out" '! growing: from 5 to 50, rose in 9 of 9 intervals and never fell' "in numbers"
is "$(printf '%s\n' "$out" | grep -c '! growing:')" 5 "five ways, no more" || printf '%s\n' "$out" | note

# the same as a series file, and over a restart
for i in 0 1 2 3 4 5 6 7 8 9; do
	"$VISE" pprof series --add "$T/heap/$i.pb.gz" "$T/h.series" >/dev/null || break
done
"$VISE" pprof series "$T/h.series" >"$T/one" 2>&1
"$VISE" pprof series "$T/heap" >"$T/two" 2>&1
same "$T/one" "$T/two" "a series file ranks as its profiles do"
kill "$server"
serve
run "$VISE" pprof series --add "$L/debug/pprof/heap?gc=1" "$T/h.series"
like "$out" 'the program was restarted' "a restart is noticed"
run "$VISE" pprof series --check "$T/h.series"
is "$status" 0 "what the other run leaked is not held against this one"
like "$err" 'snapshot 11: the program was restarted; not compared across' "and that is said"
run "$VISE" pprof series --check --segment 0 "$T/h.series"
is "$status" 1 "but can still be looked at"
plan
