#!/bin/sh
# Getting a profile: every kind of source from a real Go program, and ends that misbehave.
. "${srcdir:-.}/tests/lib/tap.sh"
. "$srcdir/tests/lib/sshd.sh"
need python3 python3
need go golang-go
tmpdir
: "${VISE:=$BUILD/vise}"
GOPS_CONFIG_DIR=$T/gops LEAKD_GOPS=1 LEAKD_UNIX=$T/leakd.sock
export GOPS_CONFIG_DIR LEAKD_GOPS LEAKD_UNIX

go_rig leakd "$T/go" >"$T/make.log" 2>&1
ok $? "the Go server builds" || { note <"$T/make.log"; plan; exit 1; }
spawn "$T/go/leakd" -rate 1 -portfile "$T/go.port" >/dev/null 2>&1 </dev/null
server=$pid
spawn python3 "$srcdir/tests/lib/badhttp.py" "$T/bad.port" >/dev/null 2>&1 </dev/null
wait_for 'test -s "$T/go.port" && test -s "$T/bad.port" && test -S "$T/leakd.sock"' 20
ok $? "server and bad server run"
P=$(sed 's/.*://' "$T/go.port")
B=http://127.0.0.1:$(sed 's/.*://' "$T/bad.port")
cd "$T" || exit 1
n=0

# take SOURCE OPTIONS: grabs it and looks at what came
take()
{
	n=$((n + 1))
	f=$T/got-$n
	run "$VISE" pprof grab "$@" -o "$f"
	is "$status" 0 "grab $*" || printf '%s\n' "$err" | note
	is "$(stat -c %a "$f" 2>/dev/null)" 600 "its file is ours alone"
}
take "http://127.0.0.1:$P/debug/pprof/heap" --gc
run "$VISE" pprof info "$f"
like "$out" 'Type 3: inuse_space/bytes' "it is a heap profile"
take "127.0.0.1:$P"
take ":$P/debug/pprof/" --kind goroutine
run "$VISE" pprof info "$f"
like "$out" 'Type 0: goroutine/count' "--kind names another profile of the same program"
take "http://127.0.0.1:$P/debug/pprof/heap" --kind mutex
take "unix:$T/leakd.sock:/debug/pprof/allocs"
take "unix:$T/leakd.sock"
take "pid:$server" --gc
take "gops:$server" --gc
run "$VISE" pprof info "$f"
like "$out" 'Type 3: inuse_space/bytes' "what a gops agent gives is one too"
take "gops:127.0.0.1:$(cat "$T/gops/$server")" --kind goroutine
like "$(head -n 1 "$f")" '^goroutine [0-9]' "and its goroutine dump"
take "127.0.0.1:$P" --kind trace --seconds 1
like "$(head -c 11 "$f")" '^go 1\.' "a trace is kept as it comes"
take "127.0.0.1:$P" --kind vars
like "$(cat "$f")" '"memstats"' "and the program's numbers"
run "$VISE" pprof grab "127.0.0.1:$P" --kind heap --json
is "$status" 0 "without -o"
like "$(ls "$T")" '^heap-[0-9]{8}-[0-9]{6}\.pb\.gz$' "the name is kind, date and time"
like "$out" '"address":"127.0.0.1:'"$P"'"' "the address is in the JSON"
like "$out" '"form":"profile"' "and what it is"
cp "$T/got-1" "$T/series-1.pb.gz"
sleep 0.02
cp "$T/got-3" "$T/series-2.pb.gz"
run "$VISE" pprof info "$T/series-*.pb.gz"
like "$out" 'Type 0: goroutine/count' "a pattern is the newest file that matches"
run "$VISE" pprof top "127.0.0.1:$P"
is "$status" 0 "top takes the same words"

# --- ssh: the user's own

if PATH=$PATH:/usr/sbin command -v sshd >/dev/null && sshd_start openssh; then
	take "ssh:board:$P" --gc
	run "$VISE" pprof info "$f"
	like "$out" 'Type 3: inuse_space/bytes' "a heap profile through ssh"
	run "$VISE" pprof top --sample-index 0 "ssh:board:$P/debug/pprof/goroutine"
	is "$status" 0 "top through ssh"
	run "$VISE" pprof grab "ssh:board:1" -o "$T/none"
	is "$status" 3 "a port where nobody listens over there"
	like "$err" 'ssh says: ' "ssh's own words"
	test ! -e "$T/none"
	ok $? "no file"
	run "$VISE" pprof grab "ssh:nobody@board:$P" -o "$T/none"
	is "$status" 3 "a user that it does not let in"
else
	skip "ssh: needs sshd (Debian package openssh-server)"
fi
run "$VISE" pprof grab "ssh:-oProxyCommand=touch:80" -o "$T/none"
is "$status" 2 "a host that is an option is refused"

# --- what goes wrong

# bad SOURCE STATUS REGEX
bad()
{
	run "$VISE" pprof grab --timeout 2s --limit 8M -o "$T/none" "$1"
	is "$status" "$2" "$1: status" || printf '%s\n' "$err" | note
	like "$err" "$3" "$1: reason"
	test ! -e "$T/none" && test -z "$(find "$T" -name 'none.*')"
	ok $? "$1: no file, whole or half"
}
bad "$B/404" 3 'says 404'
bad "$B/stall-head" 3 'in time'
bad "$B/stall-body" 3 'in time'
bad "$B/drip" 3 'in time'
bad "$B/trunc" 3 'before the whole body came'
bad "$B/huge" 3 'larger than|in time'
bad "$B/bomb-plain" 2 'malformed'
bad "$B/html" 2 'web page'
bad "$B/redir-loop" 3 'in circles'
bad "pid:4194303" 3 'no such process'
bad "pid:$$" 3 'listens nowhere|serves no'
bad "gops:1" 3 'gops agent'
bad "$T/nothing-*.gz" 3 'no file matches'
bad "$B/ok?x" 2 '.'
run "$VISE" pprof grab --kind goroutine "$B/ok" -o "$T/none"
is "$status" 2 "another profile of an address outside /debug/pprof/"
run "$VISE" pprof grab --raw "$B/ok" -o "$T/raw"
is "$(cat "$T/raw")" ok "--raw saves what comes"
run "$VISE" pprof grab --raw "$B/slow" -o "$T/slow" --timeout 30s
is "$status" 0 "slow is no failure"
run "$VISE" pprof grab "127.0.0.1:$P" -o "$T/no/such/folder"
is "$status" 3 "a folder that is not there"
plan
