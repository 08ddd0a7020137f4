#!/bin/sh
# vise pprof beside go tool pprof: the same options on the same profiles must print the same bytes.
# PPROF_PARITY=all takes every option with every other, on every profile; it takes minutes.
. "${srcdir:-.}/tests/lib/tap.sh"
need go golang-go
need python3 python3
tmpdir
: "${VISE:=$BUILD/vise}"
go_env

mkdir -p "$T/profiles" "$T/work"
python3 "$srcdir/tests/lib/pprofgen.py" "$T/profiles" || bail "profiles cannot be made"
# What a Go program wrote, and what go said of it all, is kept beside Go's cache for the next build's run.
kept=$(cat "$srcdir"/tests/rig/kinds/*.go "$srcdir/tests/lib/pprofcases.py" | cksum)
PPROF_KEPT=$GOCACHE/rigs/parity-$(printf '%s %s' "$kept" "$(go version)" | tr -c 'A-Za-z0-9.\n' -)
export PPROF_KEPT
mkdir -p "$PPROF_KEPT" || bail "no folder for what go says"
if ! test -d "$PPROF_KEPT/real"; then
	(cd "$srcdir/tests/rig/kinds" && go build -o "$T/kinds" .) || bail "tests/rig/kinds does not build"
	"$T/kinds" "$T/real" || bail "tests/rig/kinds writes no profiles"
	mv -T "$T/real" "$PPROF_KEPT/real" 2>/dev/null
fi
python3 "$srcdir/tests/lib/pprofcases.py" "$VISE" "$T/work" "$T/profiles" "$PPROF_KEPT/real"
exit $?
