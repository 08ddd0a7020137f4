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
(cd "$srcdir/tests/rig/kinds" && go build -o "$T/kinds" .) || bail "tests/rig/kinds does not build"
"$T/kinds" "$T/real" || bail "tests/rig/kinds writes no profiles"
python3 "$srcdir/tests/lib/pprofcases.py" "$VISE" "$T/work" "$T/profiles" "$T/real"
exit $?
