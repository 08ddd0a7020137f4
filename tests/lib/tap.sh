# tap.sh - TAP for the tests that are shell scripts.  Source it first:
#
#	. "${srcdir:-.}/tests/lib/tap.sh"
#	need gdb-multiarch gdb-multiarch	# tool, Debian package: without it the whole file is skipped
#	tmpdir					# $T: a folder of our own, gone at the end
#	run vise --version			# $status, $out, $err (and the files $T/out, $T/err)
#	is "$status" 0 "vise --version ends well"
#	like "$out" '^vise [0-9]' "and names itself"
#	plan					# last line: 1..N and the exit status
#
# Gives srcdir and BUILD as absolute folders (data and programs), T, and the functions below.
# ok takes a status as its first argument, so that `test ...; ok $? "name"` reads well.

: "${srcdir:=.}" "${BUILD:=.}"
srcdir=$(cd "$srcdir" && pwd) || exit 99
BUILD=$(cd "$BUILD" && pwd) || exit 99
export srcdir BUILD
LC_ALL=C.UTF-8
TZ=UTC
export LC_ALL TZ
unset LINES COLUMNS TMUX STY
tap_count=0
tap_failed=0
tap_pids=
T=

# note: its input, as comments.
note()
{
	sed 's/^/# /'
}

# ok STATUS NAME: one result, good when STATUS is 0.  Returns STATUS.
ok()
{
	tap_count=$((tap_count + 1))
	if test "$1" = 0; then
		printf 'ok %d - %s\n' "$tap_count" "$2"
		return 0
	fi
	tap_failed=$((tap_failed + 1))
	printf 'not ok %d - %s\n' "$tap_count" "$2"
	return 1
}

# is HAVE WANT NAME
is()
{
	test "$1" = "$2"
	ok $? "$3" || { printf 'have: %s\nwant: %s\n' "$1" "$2" | note; return 1; }
}

# isnt HAVE UNWANTED NAME
isnt()
{
	test "$1" != "$2"
	ok $? "$3" || { printf 'have: %s\n' "$1" | note; return 1; }
}

# like TEXT REGEX NAME: some line of TEXT matches the extended regular expression.
like()
{
	printf '%s\n' "$1" | grep -Eq -e "$2"
	ok $? "$3" || { printf 'no line matches %s in:\n%s\n' "$2" "$1" | note; return 1; }
}

# unlike TEXT REGEX NAME: no line of TEXT matches.
unlike()
{
	! printf '%s\n' "$1" | grep -Eq -e "$2"
	ok $? "$3" || { printf 'a line matches %s in:\n%s\n' "$2" "$1" | note; return 1; }
}

# same FILE FILE NAME: equal bytes.
same()
{
	cmp -s "$1" "$2"
	ok $? "$3" || { diff -u "$1" "$2" 2>&1 | head -n 40 | note; return 1; }
}

# skip NAME: one result that could not be had, with its reason.
skip()
{
	tap_count=$((tap_count + 1))
	printf 'ok %d # SKIP %s\n' "$tap_count" "$1"
}

# skip_all REASON: nothing in this file can run here.
skip_all()
{
	printf '1..0 # SKIP %s\n' "$1"
	exit 0
}

# need TOOL PACKAGE: skip_all, naming the Debian package, unless TOOL is there.
need()
{
	command -v "$1" >/dev/null 2>&1 || skip_all "needs $1 (Debian package $2)"
}

# bail TEXT: no use in going on, for any test.
bail()
{
	printf 'Bail out! %s\n' "$1"
	exit 99
}

# plan [N]: the last line.  With N, another number of results is a failure too.
plan()
{
	printf '1..%d\n' "${1:-$tap_count}"
	test "${1:-$tap_count}" -eq "$tap_count" && test "$tap_failed" -eq 0
}

# at_end COMMAND: to be run at the end, whatever ends us; the last named goes first.
tap_end=
at_end()
{
	tap_end="$1
$tap_end"
}

tap_cleanup()
{
	tap_status=$?
	trap '' HUP INT TERM
	eval "$tap_end"
	for tap_pid in $tap_pids; do
		kill "$tap_pid" 2>/dev/null
	done
	for tap_pid in $tap_pids; do
		wait "$tap_pid" 2>/dev/null
	done
	test -z "$T" || rm -rf "$T"
	exit "$tap_status"
}
trap tap_cleanup EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# tmpdir: makes $T, with an own home and state below it, so that a test sees nothing of the user's.
tmpdir()
{
	test -z "$T" || return 0
	T=$(mktemp -d "${TMPDIR:-/tmp}/vise-test.XXXXXX") || bail "no temporary folder"
	mkdir -m 700 "$T/home" "$T/run" || bail "no temporary folder"
	HOME=$T/home
	XDG_RUNTIME_DIR=$T/run
	XDG_STATE_HOME=$HOME/.local/state
	XDG_CONFIG_HOME=$HOME/.config
	XDG_DATA_HOME=$HOME/.local/share
	XDG_CACHE_HOME=$HOME/.cache
	export HOME XDG_RUNTIME_DIR XDG_STATE_HOME XDG_CONFIG_HOME XDG_DATA_HOME XDG_CACHE_HOME
}

# go_env: one build cache of Go's for all tests of a build (VISE_GOCACHE: of several builds), no network.
go_env()
{
	tmpdir
	GOCACHE=${VISE_GOCACHE:-$BUILD/gocache} GOFLAGS=-mod=mod GOPROXY=off GOTOOLCHAIN=local
	mkdir -p "$GOCACHE/rigs" 2>/dev/null && test -w "$GOCACHE" || GOCACHE=$T/gocache
	export GOCACHE GOFLAGS GOPROXY GOTOOLCHAIN
}

# go_rig NAME DIR: the program of tests/rig/NAME as DIR/NAME; built by the first test that wants it, kept
# beside Go's cache under what it is made of. What it says is for the log.
go_rig()
{
	go_env
	go_source=$srcdir/tests/rig/$1
	go_kept=$(find "$go_source" -type f -name '[!.]*' | LC_ALL=C sort | xargs cat | cksum)
	go_kept=$(printf '%s %s' "$go_kept" "$(go version)" | tr -c 'A-Za-z0-9.\n' -)
	go_kept=$GOCACHE/rigs/$go_kept/$1
	mkdir -p "$2" "${go_kept%/*}" || return
	if test -x "$go_kept"; then
		ln "$go_kept" "$2/$1" 2>/dev/null || cp "$go_kept" "$2/$1"
		return
	fi
	make -s -C "$go_source" OUT="$2" all && cp "$2/$1" "$go_kept.$$" && mv "$go_kept.$$" "$go_kept"
}

# run COMMAND...: sets status, out, err; stdin is empty unless redirected: run cat <file.
run()
{
	tmpdir
	if test -t 0; then
		"$@" >"$T/out" 2>"$T/err" </dev/null
	else
		"$@" >"$T/out" 2>"$T/err"
	fi
	status=$?
	out=$(tr -d '\000' <"$T/out")
	err=$(tr -d '\000' <"$T/err")
	return 0
}

# spawn COMMAND...: in the background, ended with us; sets pid.
spawn()
{
	"$@" &
	pid=$!
	tap_pids="$tap_pids $pid"
}

# wait_for COMMAND SECONDS: until the command (one word of shell text) succeeds; 1 when it never did.
wait_for()
{
	tap_until=$(($(date +%s) + $2 + 1))
	until eval "$1" >/dev/null 2>&1; do
		test "$(date +%s)" -lt "$tap_until" || return 1
		sleep 0.02
	done
}

# ended PID: true when that process of ours is gone (for wait_for).
ended()
{
	! kill -0 "$1" 2>/dev/null
}
