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
# ---- three worked examples: a board profile, the language of a camera (plugins/go3, in workflows.t), a leak hunt
data=$srcdir/tests/data/script
spawn python3 "$data/api/servers.py" "$T"
wait_for 'test -s "$T/ports"' 20
read -r http rest <"$T/ports"
run "$VISE" script "$data/examples/leak.lua" --port exec:cat --set source="127.0.0.1:$http" --set every=50ms --set rounds=2 --set limit=4K
# a script takes its parameters from its own workflows
test "$status" = 1
ok $? "the leak hunt ends with a verdict" || { echo "$out"; echo "$err"; } | note
like "$out" 'FAIL: verify: 1 stack\(s\) grew by more than 4096 B; the first: \+8192 B +hash/crc32' "and names the stack that grew"
like "$out" 'heap-001.pb.gz' "keeps each snapshot"
run "$VISE" script "$data/examples/leak.lua" --port exec:cat --set source="127.0.0.1:$http" --set every=50ms --set rounds=2
is "$status" 0 "with what does not grow it passes" || { echo "$out"; echo "$err"; } | note

mkdir -p "$T/bin" "$XDG_CONFIG_HOME/vise/plugins"
cp -r "$data/examples/nrf52840-dk" "$XDG_CONFIG_HOME/vise/plugins/"
chmod -R u+w "$XDG_CONFIG_HOME"
printf '#!/bin/sh\nprintf "%%s\\n" "$@" >"%s"\necho "** Verified OK **"\n' "$T/ocd.args" >"$T/bin/openocd"
chmod +x "$T/bin/openocd"
PATH=$T/bin:$PATH
echo image >"$T/image.hex"
run "$VISE" plugin check nrf52840-dk
is "$status" 0 "the board profile is sound" || { echo "$out"; echo "$err"; } | note
run "$VISE" flash -p my-nrf52840-dk "$T/image.hex"
is "$status" 0 "it flashes" || { echo "$out"; echo "$err"; } | note
like "$(cat "$T/ocd.args")" 'adapter serial 683001234' "the probe is named"
like "$(cat "$T/ocd.args")" "program .*image.hex. verify reset exit" "and the image verified"
printf '#!/bin/sh\necho "Error: No J-Link device found" >&2\nexit 1\n' >"$T/bin/openocd"
run "$VISE" flash -p my-nrf52840-dk "$T/image.hex"
is "$status" 3 "without the probe it is the bench's fault"
like "$out $err" 'flash 683001234: probe not found' "said so"
# the third of vise-lua(7) is the plugin that plugin-user.t installs
blocks=$(awk '/^\.nf/ { text = ""; inside = 1; next }
	/^\.fi/ { if (text ~ /vise\.[a-z]+/) n++; inside = 0 }
	inside { text = text $0 "\n" } END { print n }' "$srcdir"/man/vise*.[157])
is "$blocks" 4 "no further example that nobody runs"
plan
