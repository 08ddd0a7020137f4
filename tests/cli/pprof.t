#!/bin/sh
# vise pprof: the rows of go tool pprof, option by option, on profiles of a real Go program; and bad sources.
. "${srcdir:-.}/tests/lib/tap.sh"
tmpdir
: "${VISE:=$BUILD/vise}"

# --- usage and files, no Go needed

run "$VISE" pprof
is "$status" 2 "no verb is a usage error"
run "$VISE" pprof --help
is "$status" 0 "help is not"
like "$out" '^usage: vise pprof top' "help names top"
run "$VISE" pprof top
is "$status" 2 "no source is a usage error"
run "$VISE" pprof top --nodecount x a
is "$status" 2 "a number that is none"
run "$VISE" pprof top --nodefraction 7 a
is "$status" 2 "a fraction over 1"
run "$VISE" pprof top --granularity trees "$srcdir/tests/data/pprof/heap-b.pb.gz"
is "$status" 2 "an unknown granularity"
run "$VISE" pprof top --base
is "$status" 2 "an option without its value"
run "$VISE" pprof info a b
is "$status" 2 "two sources where one is meant"
run "$VISE" pprof top -base a b
is "$status" 2 "-base means another thing to go"
like "$err" 'subtract-base' "and both are named"
run "$VISE" pprof top --focus '(?=x)' "$srcdir/tests/data/pprof/heap-b.pb.gz"
is "$status" 2 "a pattern that Go does not have"
like "$err" 'lookaround' "what it has is named"
run "$VISE" pprof top "$T/absent.pb.gz"
is "$status" 3 "a file that is not there"
like "$err" '^vise: .*absent\.pb\.gz: ' "it is named"
run "$VISE" pprof top --json "$T/absent.pb.gz"
is "$status" 3 "the same with --json"
like "$out" '^\{"error":\{"code":"not_found"' "the error is JSON"

A=$srcdir/tests/data/pprof/heap-a.pb.gz
B=$srcdir/tests/data/pprof/heap-b.pb.gz
run "$VISE" pprof top --base "$A" "$B"
is "$status" 0 "two kept heap profiles"
same "$T/out" "$srcdir/tests/data/pprof/heap-diff.txt" "their diff is what go tool pprof printed"
run "$VISE" pprof top "$B"
same "$T/out" "$srcdir/tests/data/pprof/heap-b.txt" "and the rows of one"
run "$VISE" pprof top --json --nodecount 2 --base "$A" "$B"
like "$out" '"rows":\[\{"flat":[0-9]+,"cum":[0-9]+' "rows as JSON"
run "$VISE" pprof info "$B"
like "$out" '^Type 3: inuse_space/bytes, sum [0-9]' "info names the types"
run "$VISE" pprof top --sample-index nothing "$B"
is "$status" 2 "a sample index that is none"
like "$err" 'alloc_objects' "the ones there are named"

head -c 500 "$B" >"$T/cut.pb.gz"
run "$VISE" pprof top "$T/cut.pb.gz"
is "$status" 2 "a truncated file"
like "$err" 'cut off gzip' "says so"
head -c 4000 /dev/urandom >"$T/junk"
run "$VISE" pprof top "$T/junk"
isnt "$status" 0 "garbage"
: >"$T/empty"
run "$VISE" pprof top "$T/empty"
is "$status" 2 "an empty file"
cat "$A" "$B" >"$T/two.pb.gz"
run "$VISE" pprof top "$T/two.pb.gz"
is "$status" 2 "two profiles in one file"
{ cat "$A"; printf x; } >"$T/tail.pb.gz"
run "$VISE" pprof top "$T/tail.pb.gz"
is "$status" 2 "a byte too many"
head -c 8388608 /dev/zero | gzip -c >"$T/bomb.gz"
run "$VISE" pprof top --limit 1M "$T/bomb.gz"
is "$status" 3 "a bomb ends at the limit"
like "$err" 'more than 1 MiB' "the limit is named"
gzip -dc "$B" >"$T/raw.pb"
run "$VISE" pprof top "$T/raw.pb"
same "$T/out" "$srcdir/tests/data/pprof/heap-b.txt" "not compressed is as good"

# --- what differs from go tool pprof on purpose (man page), and what it lacks

K=$srcdir/tests/data/pprof
run "$VISE" pprof top --quiet "$K/heap.debug1"
is "$status" 0 "a text profile"
like "$out" '^ *[0-9.]+kB .* main\.leak$' "has the names of its # lines"
unlike "$out" 'unknown|goexit' "and hides what Go hides"
run "$VISE" pprof tags --quiet "$K/goroutine.debug1"
like "$out" 'a "b"' "labels of a text profile"
printf 'threadcreate profile: total 5\n5 @\n#\t0x0\n' >"$T/threads"
run "$VISE" pprof top "$T/threads"
is "$status" 0 "a record without a stack is kept"
like "$out" '0% of 5 total' "and counted"
printf '\050\265\057\375rest' >"$T/z.zst"
run "$VISE" pprof top "$T/z.zst"
is "$status" 2 "zstd"
like "$err" 'zstd -d' "is refused by name, with the remedy"
printf 'heap profile: 1: 2 [3: 4] @ heap/2\nnonsense\n' >"$T/broken"
run "$VISE" pprof top "$T/broken"
is "$status" 2 "a broken text profile"
like "$err" 'nonsense' "its line is named"
run "$VISE" pprof list nothing-like-it "$B"
is "$status" 5 "list: nothing matches"
run "$VISE" pprof peek nothing-like-it "$B"
is "$status" 5 "peek: nothing matches"
run "$VISE" pprof diff "$A" "$B"
is "$status" 0 "diff"
like "$out" '^ +flat +\+- +was +now +growth +cum ' "its columns"
run "$VISE" pprof diff --growth --json "$A" "$B"
unlike "$out" '"flat":-' "growth only"
like "$out" '"flat_error":' "error bars in JSON"
like "$out" '"hidden":\{"rows":' "what trimming hid"
run "$VISE" pprof top --growth "$B"
is "$status" 2 "no growth without a base"
run "$VISE" pprof top --nodecount 1 "$B"
like "$err" 'note: [0-9]+ rows hidden.*largest' "what a limit hides is said"
run "$VISE" pprof top --quiet --nodecount 1 "$B"
is "$err" '' "unless not wanted"
run "$VISE" pprof top -nodecount=1 -show_from=main --quiet "$B"
is "$status" 0 "options as go spells them"
if test -z "$VISE_SANITIZER"; then
	run "$VISE" pprof top --max-memory 4M "$B"
	isnt "$status" 0 "too little memory"
	like "$err" '^vise: vise-worker: ' "says so"
else
	skip "too little memory: a sanitizer needs all of the address space"
fi
for verb in tree traces tags raw comments; do
	run "$VISE" pprof $verb --json "$B"
	is "$status" 0 "$verb --json"
	printf '%s' "$out" | python3 -c 'import json, sys; json.load(sys.stdin)' 2>"$T/err"
	ok $? "is JSON" || note <"$T/err"
done
run "$VISE" pprof peek --json main "$B"
like "$out" '"callers":\[' "peek --json"
mkdir -p "$T/src/example" && printf 'one\ntwo\nthree\n' >"$T/src/example/x.go"
run "$VISE" pprof list --json --source-path "$T/src" leak "$K/heap.debug1"
is "$status" 0 "list --json"
like "$out" '"error":"(open|could not find)' "a source that is not there is said"
run "$VISE" pprof diff "$A" "$B" -o "$T/change.pb.gz"
is "$status" 0 "a difference is saved"
run "$VISE" pprof merge "$A" "$B" -o "$T/both.pb.gz"
is "$status" 0 "and a merge"
run "$VISE" pprof top --quiet "$T/both.pb.gz"
cp "$T/out" "$T/both"
run "$VISE" pprof top --quiet "$A" "$B"
same "$T/out" "$T/both" "several sources are what their merge is"
run "$VISE" pprof merge "$A" "$B"
is "$status" 2 "a merge needs a file"
run "$VISE" pprof diff "$A" "$T/threads"
is "$status" 2 "two kinds cannot be compared"

# --- servers that misbehave: a clear end, each within its time

if command -v python3 >/dev/null 2>&1; then
	spawn python3 "$srcdir/tests/lib/badhttp.py" "$T/port" </dev/null >/dev/null
	wait_for 'test -s "$T/port"' 20
	U=http://127.0.0.1:$(sed 's/.*://' "$T/port")

	# bad PATH STATUS REGEX
	bad()
	{
		run "$VISE" pprof top --timeout "${4:-30s}" "$U$1"
		is "$status" "$2" "$1: status"
		like "$err" "$3" "$1: reason"
	}
	start=$(date +%s)
	bad /404 3 'says 404'
	bad /401 4 'says 401'
	bad /500 3 'says 500'
	unlike "$err" "$(printf '\033')" "/500: its escape does not reach the terminal"
	bad /stall-head 3 'in time' 2s
	bad /stall-body 3 'in time' 2s
	bad /drip 3 'in time' 2s
	bad /trunc 3 'before the whole body came'
	bad /empty 3 'without an answer'
	bad /reset 3 'connection broke'
	bad /huge-length 3 'larger than the limit'
	bad /hdr 3 'headers without end'
	bad /hdr-long 3 'header without end'
	bad /redir-file 3 'not http or https'
	bad /redir-gopher 3 'not http or https'
	bad /redir-loop 3 'in circles'
	bad /chunked-bad 3 'connection broke|chunk'
	bad /garbage 3 'does not speak HTTP'
	bad /html 2 'web page'
	bad /empty-body 2 'empty'
	bad /gzip-junk 2 'gzip'
	bad /bomb 2 'malformed'
	test $(($(date +%s) - start)) -lt 120
	ok $? "none of them hangs"
	run "$VISE" pprof grab "$U/html" -o "$T/saved"
	is "$status" 2 "grab refuses what is no profile"
	test ! -e "$T/saved"
	ok $? "and leaves no file"
	run env http_proxy=http://127.0.0.1:1 "$VISE" pprof top "$U/404"
	like "$err" 'says 404' "a proxy in the environment is not asked"

	# the processes behind a command line: first its worker, then the worker's vise-fetch
	below()
	{
		tr -d ' ' <"/proc/$1/task/$1/children" 2>/dev/null
	}
	"$VISE" pprof top "$U/stall-head" >/dev/null 2>"$T/killed" </dev/null &
	front=$!
	wait_for 'test -n "$(below "$(below $front)")"' 10
	ok $? "a worker and its fetch run"
	fetching=$(below "$(below $front)")
	kill -9 $(below $front)
	wait $front
	is $? 3 "a worker that is killed is a failed request"
	like "$(cat "$T/killed")" '^vise: vise-worker: ' "with a reason"
	wait_for 'ended $fetching' 10
	ok $? "and its fetch ends with it"
	"$VISE" pprof top "$U/stall-head" >/dev/null 2>&1 </dev/null &
	front=$!
	wait_for 'test -n "$(below "$(below $front)")"' 10
	working=$(below $front)
	kill -9 $front
	wait $front 2>/dev/null
	wait_for 'ended $working' 10
	ok $? "a command line that is killed leaves no worker behind"
else
	skip "bad servers: needs python3"
fi
run "$VISE" pprof top --timeout 2s http://127.0.0.1:1/x
is "$status" 3 "nobody listens"
like "$err" 'nobody listens' "says so"
run "$VISE" pprof top "unix:$T/none.sock:/debug/pprof/heap"
is "$status" 3 "a unix socket that is not there"
run "$VISE" pprof top unix:nonsense
is "$status" 2 "a unix source without a path"

# --- parity with go tool pprof

if ! command -v go >/dev/null 2>&1; then
	skip "parity: needs go (Debian package golang-go)"
	plan
	exit
fi
go_rig leakd "$T/rig" >"$T/rig.log" 2>&1
ok $? "leakd builds" || { note <"$T/rig.log"; plan; exit; }
# What go says of them takes a second each: it is kept with the profiles beside the program, for every build.
S=${go_kept%/*}/S
if ! test -d "$S"; then
	mkdir -p "$T/S" && "$T/rig/leakd" -rate 1 -gen "$T/S" -size S >/dev/null && mv -T "$T/S" "$S" 2>"$T/err"
fi
a=$S/a.pb.gz
b=$S/b.pb.gz
test -s "$a" && test -s "$b"
ok $? "leakd writes two profiles" || note <"$T/err"

# parity GO-OPTIONS -- VISE-OPTIONS
parity()
{
	go_options=${1%% -- *}
	ours=${1#* -- }
	go_says=$S/$(printf '%s' "$go_options" | cksum | tr ' ' -)
	if ! test -s "$go_says"; then
		eval "GOGC=off GOMAXPROCS=1 go tool pprof -symbolize=none -top $go_options" >"$T/go.out" 2>"$T/go.err"
		cp "$T/go.out" "$go_says.$$" && mv "$go_says.$$" "$go_says"
	fi
	eval "run \"\$VISE\" pprof top $ours"
	same "$T/out" "$go_says" "$go_options" || note <"$T/err"
}
parity '$b -- $b'
parity '-cum $b -- --cum $b'
parity '-diff_base=$a $b -- --base $a $b'
parity '-diff_base=$a -cum $b -- --diff-base $a --cum $b'
parity '-diff_base=$b $a -- --base $b $a'
parity '-base=$a $b -- --subtract-base $a $b'
parity '-base=$b -cum $a -- --subtract-base $b --cum $a'
parity '-base=$a $a -- --subtract-base $a $a'
parity '-diff_base=$a -normalize $b -- --base $a --normalize $b'
parity '-base=$a -normalize $b -- --subtract-base $a --normalize $b'
parity '-base=$a -normalize -sample_index=alloc_objects $b -- --subtract-base $a --normalize --sample-index alloc_objects $b'
parity '-sample_index=0 $b -- --sample-index 0 $b'
parity '-sample_index=alloc_space $b -- --sample-index=alloc_space $b'
parity '-sample_index=inuse_objects -diff_base=$a $b -- --sample-index inuse_objects --base $a $b'
parity '-nodecount=5 $b -- --nodecount 5 $b'
parity '-nodecount=7 -cum -diff_base=$a $b -- --nodecount 7 --cum --base $a $b'
parity '-nodefraction=0 -edgefraction=0 -diff_base=$a $b -- --nodefraction 0 --edgefraction 0 --base $a $b'
parity '-nodefraction=0.05 $b -- --nodefraction 0.05 $b'
parity '-filefunctions -diff_base=$a $b -- --granularity filefunctions --base $a $b'
parity '-files -diff_base=$a $b -- --granularity files --base $a $b'
parity '-lines -diff_base=$a $b -- --granularity lines --base $a $b'
parity '-addresses -diff_base=$a $b -- --granularity addresses --base $a $b'
parity '-addresses -base=$a $b -- --granularity addresses --subtract-base $a $b'
parity '-drop_negative -diff_base=$a $b -- --drop-negative --base $a $b'
parity '-unit=MB $b -- --unit MB $b'

# --- the live server

spawn "$T/rig/leakd" -portfile "$T/leakd.port" </dev/null >/dev/null 2>&1
wait_for 'test -s "$T/leakd.port"' 20
L=http://127.0.0.1:$(sed 's/.*://' "$T/leakd.port" | tr -cd 0-9)
run "$VISE" pprof grab "$L/debug/pprof/heap" --gc -o "$T/one.pb.gz"
is "$status" 0 "grab from a Go program" || printf '%s\n' "$err" | note
is "$(stat -c %a "$T/one.pb.gz")" 600 "the file is private"
run "$VISE" pprof top --base "$T/one.pb.gz" "$L/debug/pprof/heap?gc=1"
is "$status" 0 "top of an address against a file"
run "$VISE" pprof top --sample-index 0 "$L/debug/pprof/goroutine"
like "$out" 'main|runtime|net/http' "goroutines over HTTP"
run "$VISE" pprof top --quiet "$L/debug/pprof/goroutine?debug=2"
is "$status" 0 "a dump is read as a profile"
like "$out" '^Type: goroutine$' "of goroutines"
run "$VISE" pprof tags --quiet "$L/debug/pprof/goroutine?debug=2"
like "$out" 'state: Total [0-9]' "with their states as labels"
run "$VISE" pprof top --quiet "$L/debug/pprof/goroutine?debug=1"
is "$status" 0 "its text is one"
plan
