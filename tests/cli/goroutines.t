#!/bin/sh
# vise goroutines: dumps of every Go version, logs, a live program; causes, rules, exit statuses.
. "${srcdir:-.}/tests/lib/tap.sh"
tmpdir
: "${VISE:=$BUILD/vise}"
D=$srcdir/tests/data/goroutines

# --- usage

run "$VISE" goroutines
is "$status" 2 "no source is a usage error"
run "$VISE" goroutines --help
is "$status" 0 "help is not"
run "$VISE" goroutines --by size "$D/go1.24-http.txt"
is "$status" 2 "grouped by what there is not"
run "$VISE" goroutines --rules nothing "$D/go1.24-http.txt"
is "$status" 2 "an unknown rule"
like "$err" 'leakprof' "the known ones are named"
run "$VISE" goroutines "$T/absent"
is "$status" 3 "a file that is not there"
echo 'no goroutine here' >"$T/none"
run "$VISE" goroutines "$T/none"
is "$status" 2 "a file without goroutines"
run "$VISE" goroutines "$srcdir/tests/data/pprof/heap-a.pb.gz"
is "$status" 2 "a heap profile"
run "$VISE" goroutines --json "$T/none"
like "$out" '^\{"error":\{"code":"format"' "the error is JSON too"

# --- dumps

run "$VISE" goroutines "$D/go1.4-panic.txt"
is "$status" 0 "a panic of Go 1.4"
like "$out" '^panic: runtime error: index out of range$' "its text"
like "$out" '^exit status 2$' "its end"
like "$out" '1 +3m +chan receive +channel receive +main.worker crash.go:21$' "who waits, how long, where"
run "$VISE" goroutines - <"$D/syslog.txt"
is "$status" 0 "a panic in syslog, from standard input"
like "$out" '^panic: nil map \[recovered\]$' "without the logger's prefix"
like "$out" 'main.store web.go:44$' "frames behind the prefix"
run "$VISE" goroutines "$D/serial-crlf.txt"
like "$out" '^panic: out of memory$' "from a serial line, colours and carriage returns"
unlike "$out" "$(printf '\033|\r')" "none of which is printed"
run "$VISE" goroutines "$D/go1.27-abort.txt"
like "$out" '! goroutineleak: ' "what Go 1.27 says itself"
run "$VISE" goroutines --stack "$D/go1.24-http.txt"
like "$out" '51 frames are left out' "elided frames are told"
like "$out" 'created by main.\(\*Server\[...\]\).Start server.go:40' "the creator"
like "$out" 'http client, idle connection' "a kept connection"

# --- rules and exit statuses

run "$VISE" goroutines --check "$D/go1.24-http.txt"
is "$status" 0 "nothing flagged"
run "$VISE" goroutines --check "$D/go1.9-deadlock.txt"
is "$status" 1 "a leak found"
like "$out" '! forever: ' "the rule is named"
run "$VISE" goroutines "$D/go1.9-deadlock.txt"
is "$status" 0 "without --check it is no failure"
run "$VISE" goroutines --check --rules leakprof "$D/go1.9-deadlock.txt"
is "$status" 0 "a rule that was not asked for"
run "$VISE" goroutines --check --rules leakprof --many 3 "$D/go1.19-http.txt"
is "$status" 1 "leakprof with a threshold"
like "$out" '! leakprof: 3 blocked at one place, 3 are enough' "says why"
run "$VISE" goroutines --flagged --check --rules goleak "$D/go1.19-http.txt"
is "$status" 1 "goleak: what is left"
like "$out" 'main.leakSleep' "a sleeper counts there"
unlike "$out" 'select +main.serve ' "main does not"
printf '%s\n' '# ours' 'created main.(*ways).start' '/^net.http/' 'net/http.(*Server).Serve' >"$T/allow"
run "$VISE" goroutines --check --rules goleak --allow "$T/allow" "$D/go1.19-http.txt"
is "$status" 0 "the allowlist excuses them" || printf '%s\n' "$out" | note
echo 'two words' >"$T/bad"
run "$VISE" goroutines --allow "$T/bad" "$D/go1.19-http.txt"
is "$status" 2 "a bad allowlist"
like "$err" 'two words' "is quoted"

# --- views and comparison

run "$VISE" goroutines --by state "$D/go1.19-http.txt"
like "$out" '^ +[0-9]+ +- +chan receive$' "by state"
run "$VISE" goroutines --by creator "$D/go1.19-http.txt"
like "$out" '^ +30 +- +main.\(\*ways\).start$' "by creator"
run "$VISE" goroutines --by age "$D/go1.24-http.txt"
like "$out" '1 hour and more' "by age"
sed '/^goroutine .*chan send/,/^$/d' "$D/go1.19-http.txt" >"$T/before"
run "$VISE" goroutines --diff "$T/before" "$D/go1.19-http.txt"
like "$out" '3 +\+3 +- +chan send +channel send +main.\(\*ways\).leakSend' "what came since"
unlike "$out" 'leakSelect' "and nothing else"
run "$VISE" goroutines --json "$T/before" "$D/go1.19-http.txt"
like "$out" '"first_total":31' "JSON has both totals"
like "$out" '"cause":"channel send"' "and causes"
run "$VISE" goroutines "$D/go1.19.pb.gz"
like "$out" 'mutex +mutex +main.\(\*ways\).leakMutex' "states are read from a profile's stacks"
run "$VISE" goroutines "$D/go1.19-counts.txt"
like "$out" 'main.\(\*ways\).leakWaitGroup' "and debug=1 is read"
run "$VISE" goroutines --source-path "$srcdir/tests/rig/leakd" "$D/go1.19-http.txt"
like "$out" 'select without ctx.Done +main.\(\*ways\).leakSelect' "the source tells what a select lacks"
like "$out" 'ticker +main.leakTicker' "and what is a ticker"

# --- a panic on a console of a bench: what came over the port is what is read

printf '#!/bin/sh\ncat "%s" "%s"\nexec cat\n' "$D/serial-crlf.txt" "$D/go1.9-deadlock.txt" >"$T/board"
chmod +x "$T/board"
spawn "$BUILD/vise-bench" --foreground --name go --linger 60s --run "console.open exec:$T/board name=board" 2>"$T/bench.err"
on_console()
{
	"$VISE" do --bench go --json profile.goroutines console=board >"$T/console.json" 2>&1 &&
		grep -q 'main.push' "$T/console.json"
}
wait_for on_console 20
ok $? "the last panic on a console" || note <"$T/console.json"
like "$(cat "$T/console.json")" '"headline":"fatal error: all goroutines are asleep - deadlock!"' "with its words"
like "$(cat "$T/console.json")" '"rule":"forever"' "and its verdicts"
run "$VISE" do --bench go --json 'profile.goroutines console=board from=0 bytes=200'
like "$out" '"headline":"panic: out of memory"' "an earlier one, by its offset" || printf '%s\n' "$err" | note
run "$VISE" do --bench go profile.goroutines console=nothing
isnt "$status" 0 "no such console"
run "$VISE" kill go

# --- a program of Go 1.26 and later, which knows some of its leaks itself

if command -v python3 >/dev/null 2>&1; then
	{
		echo 'goroutineleak profile: total 2'
		sed -n '/leakSend/{s/.*/2 @ 0x1\n&\n/p;q}' "$D/go1.19-counts.txt"
	} >"$T/leak.txt"
	cat >"$T/serve.py" <<'P'
import http.server, sys
counts, leak, port = sys.argv[1:]
class H(http.server.BaseHTTPRequestHandler):
	def do_GET(self):
		name = {"/debug/pprof/goroutine": counts, "/debug/pprof/goroutineleak": leak}.get(self.path)
		self.send_response(200 if name else 404)
		self.end_headers()
		self.wfile.write(open(name, "rb").read() if name else b"Unknown profile\n")
	def log_message(self, *a): pass
s = http.server.HTTPServer(("127.0.0.1", 0), H)
open(port + ".new", "w").write(str(s.server_port))
import os; os.rename(port + ".new", port)
s.serve_forever()
P
	spawn python3 "$T/serve.py" "$D/go1.19-counts.txt" "$T/leak.txt" "$T/leak.port" </dev/null >/dev/null
	wait_for 'test -s "$T/leak.port"' 20
	G=http://127.0.0.1:$(cat "$T/leak.port")
	run "$VISE" goroutines --check "$G"
	is "$status" 1 "its goroutineleak profile is asked" || printf '%s\n' "$out" "$err" | note
	like "$out" '! goroutineleak: .* can wake 2 of them' "and believed"
	is "$(printf '%s\n' "$out" | grep -c '! ')" 1 "for those it names"
	like "$out" '^ +3 .*main.\(\*ways\).leakSend ways.go:32$' "among the others at that place"
	run "$VISE" goroutines --check --no-leak-profile "$G"
	is "$status" 0 "unless told not to"
else
	skip "goroutineleak: needs python3"
fi

# --- a live program

if ! command -v go >/dev/null 2>&1 || ! command -v python3 >/dev/null 2>&1; then
	skip "a live program: needs go (golang-go) and python3"
	plan
	exit
fi
go_rig leakd "$T/rig" >"$T/rig.log" 2>&1
ok $? "leakd builds" || { note <"$T/rig.log"; plan; exit; }
mkdir "$T/gops"
GOPS_CONFIG_DIR=$T/gops LEAKD_GOPS=1
export GOPS_CONFIG_DIR LEAKD_GOPS
spawn "$T/rig/leakd" -portfile "$T/port" </dev/null >/dev/null 2>"$T/panic.log"
server=$pid
wait_for 'test -s "$T/port"' 20
L=http://127.0.0.1:$(sed 's/.*://' "$T/port" | tr -cd 0-9)
export L
get()
{
	python3 -c 'import os, sys, urllib.request as u; u.urlopen(os.environ["L"] + sys.argv[1], timeout=20).read()' "$1"
}
for how in send receive select waitgroup mutex cond nil sleep ticker read; do
	get "/ways?how=$how&n=20"
done
run "$VISE" goroutines "$L"
is "$status" 0 "an address is asked for its goroutines"
like "$err" 'ages and creators are not known' "cheaply, and what that lacks is said"
# all are at their places, once the network readers and the rest have got there
at_rest()
{
	"$VISE" goroutines --dump "$L" >"$T/dump" 2>"$T/dump.err" &&
		for f in leakSend leakReceive leakSelect leakWaitGroup leakMutex leakCond leakNil \
			leakSleep leakTicker leakRead; do
			test "$(grep -c " 20 .*main\..*$f " "$T/dump")" = 1 || return 1
		done
}
wait_for at_rest 20
ok $? "twenty in each of ten ways" || note <"$T/dump"
like "$(cat "$T/dump.err")" 'a dump of 2[0-9][0-9] goroutines stops the program for about [0-9]+ ms' "a dump's cost is said"
named()
{
	like "$(cat "$T/dump")" " 20 .* $2 +main\..*$1 ways.go:[0-9]+\$" "$1: $2"
}
named leakSend 'channel send'
named leakReceive 'channel receive'
named leakSelect 'select'
named leakWaitGroup 'WaitGroup'
named leakMutex 'mutex'
named leakCond 'sync.Cond'
named leakNil 'nil channel'
named leakSleep 'sleep'
named leakRead 'network read'
run "$VISE" goroutines --source-path "$srcdir/tests/rig/leakd" "$L"
like "$out" ' 20 .* select without ctx.Done +main\..*leakSelect' "with its sources: what the select lacks"
run "$VISE" goroutines "gops:$server"
is "$status" 4 "a gops agent has only the full dump: not unasked"
run "$VISE" goroutines --dump "gops:$server"
like "$out" ' 20 .*main.leakNil' "asked for, it is read"
get '/goroutines?n=60000'
run "$VISE" goroutines --dump "$L"
is "$status" 4 "a dump that would stop the program for long is refused"
like "$err" 'stops the program for about [0-9]+ ms; say --yes' "and how to insist"
run "$VISE" goroutines --check "$L"
is "$status" 1 "the cheap profile names the leak all the same"
like "$out" '! leakprof: 60000 blocked at one place' "by LeakProf's rule"
get '/free?what=goroutines'
get /panic 2>/dev/null
wait_for 'ended $server' 20
run "$VISE" goroutines "$T/panic.log"
like "$out" '^panic: told to$' "its last words, from its log"
plan
