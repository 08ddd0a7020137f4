#!/bin/sh
# Every Lua example of the manual runs: as a script, as a macro, as tests.
. "$srcdir/tests/lib/tap.sh"
need python3 python3
tmpdir
VISE=$BUILD/vise
cd "$T" || bail "no folder"

# example PAGE N FILE: block N of those between .nf and .fi that are Lua
example()
{
	awk -v want="$2" '
		/^\.nf/ { text = ""; inside = 1; next }
		/^\.fi/ { if (text ~ /vise\.[a-z]+/ && ++n == want) printf "%s", text; inside = 0 }
		inside { text = text $0 "\n" }' "$srcdir/man/$1" | sed 's/\\e/\\/g; s/\\-/-/g' >"$3.body"
	test -s "$3.body" || return
	grep -q 'require "vise"' "$3.body" || echo 'local vise = require "vise"' >"$3"
	cat "$3.body" >>"$3"
}

fake()
{
	run python3 "$srcdir/tests/data/script/fakebench.py" ok "$T/sock" "$BUILD/vise-script" --bench "$T/sock" "$@"
}

example vise-lua.7 1 hello.lua
fake hello.lua
is "$status" 0 "the first workflow of vise-lua(7)" || { echo "$out"; echo "$err"; } | note
like "$out" '^hello: PASS in 1 step' "passes"
example vise-lua.7 2 macro.lua
fake macro.lua
is "$status" 0 "the macro of vise-lua(7) is declared without a mistake" || { echo "$out"; echo "$err"; } | note
example vise-test.1 1 greet_test.lua
run "$VISE" test greet_test.lua --port exec:cat
is "$status" 0 "the tests of vise-test(1)" || { echo "$out"; echo "$err"; } | note
like "$out" '^ok +answers' "pass"
# the third of vise-lua(7) is the plugin that plugin-user.t installs
blocks=$(awk '/^\.nf/ { text = ""; inside = 1; next }
	/^\.fi/ { if (text ~ /vise\.[a-z]+/) n++; inside = 0 }
	inside { text = text $0 "\n" } END { print n }' "$srcdir"/man/vise*.[157])
is "$blocks" 4 "no further example that nobody runs"
plan
