#!/bin/sh
# plugin.t - vise plugin: a new plugin is sound; a project's code runs only as it was looked at; what a
# plugin has not declared it may not do.
. "${srcdir:-.}/tests/lib/tap.sh"
need python3 python3
tmpdir
vise=$BUILD/vise
state()
{
	"$vise" plugin list "$@" | awk '$1 == "cam" { print $3, $4 }' | tr '\n' ' '
}
mkdir -p "$T/p/sub" && cd "$T/p/sub" || bail "no folder"

run "$vise" plugin new cam
is "$status $(state)" "0 user ok " "a new plugin is found among the user's"
run "$vise" plugin check cam
is "$status $out" "0 cam 0.1.0: sound; macro:cam-version" "and is sound"
cat >"$T/device.py" <<'E'
import os, termios, tty
tty.setraw(0, termios.TCSANOW)          # what has come already is not thrown away
line = b""
while True:
    c = os.read(0, 1)
    if c == b"\r" and line:
        os.write(1, b"\r\n3.1\r\nOK\r\n" if line == b"AT+GMR" else b"\r\nOK\r\n")
    line = b"" if c in b"\r\n" else line + c
E
run "$vise" macro run "exec:python3 $T/device.py" cam-version
like "$out" '^cam-version: OK, 2 steps' "and runs"
run "$vise" test --port "exec:python3 $T/device.py" "$XDG_CONFIG_HOME/vise/plugins/cam"
is "$status" 0 "with a test that passes" || { echo "$out"; echo "$err"; } | note
sed -i 's/save = /sve = /' "$XDG_CONFIG_HOME/vise/plugins/cam/init.lua"
run "$vise" plugin check cam
like "$err" 'init.lua:[0-9]+: usage: .*step 2 \(at\): no field named "sve"; (did you mean save|known: at, .*save)' "a wrong field is told with those that there are"
run "$vise" plugin new cam
is "$status" 2 "a second one of the name is refused"
run "$vise" plugin new ../evil
is "$status" 2 "and a name that is a path"
rm -r "$XDG_CONFIG_HOME/vise/plugins/cam"

# ---- a project's
cd "$T/p" && "$vise" plugin new cam --project >/dev/null && cd sub
is "$(state)" "project untrusted " "a project's plugin is found from below, and may not run"
run "$vise" plugin check cam
is "$status" 4 "by its name it may not"
run "$vise" plugin trust
is "$status" 2 "trust without a look is refused"
like "$err" 'look at it: vise plugin view' "and says how to look"
sed -i 's/"serial": true/"exec": ["sh"], "serial": true/' "$T/p/.vise/plugins/cam/plugin.json"
run "$vise" plugin view
like "$out" 'may run programs: sh' "the view shows what it may do"
like "$out" 'plugins/cam/init.lua' "and its files"
hash=$(printf '%s\n' "$out" | sed -n 's/^hash: sha256://p')
run "$vise" plugin view --source
like "$out" 'AT.GMR' "and their text when asked"
run "$vise" plugin trust --hash "sha256:000000000000$hash"
is "$status" 4 "another hash is refused"
run "$vise" plugin trust --hash "sha256:$(printf %.16s "$hash")"
is "$status $(state)" "0 project ok " "the hash of the view is what trusts"
run "$vise" plugin check cam
is "$status" 0 "now it runs"
echo "error 'run'" >"$T/p/.vise/plugins/cam/other.lua"
is "$(state)" "project untrusted " "a new file asks again"
run "$vise" plugin list --json
like "$out" 'has changed since it was trusted' "and says why"
rm "$T/p/.vise/plugins/cam/other.lua"
is "$(state)" "project ok " "as it was it is trusted again"
run "$vise" plugin deny
is "$(state)" "project untrusted " "denied"
echo "-- more" >>"$T/p/.vise/plugins/cam/init.lua"
run "$vise" plugin list --json
like "$out" 'is denied' "and denied it stays, whatever changes"
run "$vise" plugin forget
hash=$("$vise" plugin view | sed -n 's/^hash: sha256://p')
is "$(state --trust-hash "sha256:$hash")" "project ok " "--trust-hash is good for one call"
is "$(state)" "project untrusted " "and leaves nothing behind"
cp -r "$T/p/.vise" "$T/.vise" && cd "$T" || bail "no folder"
is "$(state)" "project untrusted " "a copy elsewhere is not the project"
ln -s /etc/passwd "$T/.vise/plugins/cam/x.lua"
run "$vise" plugin view
is "$status" 4 "a symbolic link is refused"
rm -r "$T/.vise"
cd "$T/p" || bail "no folder"

# ---- the bytes that were hashed, and no others
host="$BUILD/vise-script --plugin $T/p/.vise/plugins/cam --tree $T/p/.vise --tree-hash"
run $host "$hash" --describe
is "$status" 0 "the script host takes the tree of the hash"
echo "-- changed" >>"$T/p/.vise/plugins/cam/init.lua"
run $host "$hash" --describe
is "$status" 4 "and no other"

# ---- what is registered and what is promised
D=$T/odd
mkdir "$D"
printf '{"name":"odd","version":"1","api":"1.0","provides":["macro:a","macro:b"]}' >"$D/plugin.json"
printf 'local v = require "vise"\nv.macro{ id="a", at="AT" }\nv.macro{ id="c", at="AT" }\n' >"$D/init.lua"
run "$vise" plugin check "$D"
is "$status $out" "0 odd 1: reads well; not run: what it registers is not known
  its code waits for trust, or lies in none of the folders of plugins: --run runs it" "of a folder that nobody trusts nothing is run"
printf 'local v = require "vise"\n-- vise.nothing "v.nothing"\nv.comand { id="x" }\nv.ui.notfy([[ v.none ]])\nerror "run"\n' >"$D/more.lua"
run "$vise" plugin check "$D"
is "$status" 2 "but its names are looked at"
like "$out" 'more.lua:3: vise.comand is no part of the module; did you mean command' "in their line"
like "$out" 'more.lua:4: vise.ui.notfy is no part of the module' "two deep"
is "$(printf '%s\n' "$out" | grep -c 'no part')" 2 "comments and texts are not code"
echo 'x = = 1' >"$D/more.lua"
run "$vise" plugin check "$D"
is "$status" 7 "and its syntax"
like "$out" 'more.lua:1: ' "with its line"
rm "$D/more.lua"
run "$vise" plugin check --run "$D"
is "$status" 2 "a plugin that is not what it promises is not sound"
like "$out" 'promises macro:b, which nothing registers' "something is missing"
like "$out" 'macro:c is registered, and not in' "something is hidden"
echo 'return "found"' >here.lua && cp "$BUILD/vise.srcdir" cmod.so && echo 'return "mine"' >"$D/own.lua"
printf '{"name":"odd","version":"1","api":"1.0"}' >"$D/plugin.json"
cat >"$D/init.lua" <<'E'
local vise = require "vise"
assert(require "vise.fs" == vise.fs and require "own" == "mine")
for _, name in ipairs { "here", "cmod", "./here", "..own", "vise.nothing" } do
  local ok, e = pcall(require, name)
  assert(not ok and e.code == "usage" and e.msg:find "not found", name)
end
E
run "$vise" plugin check --run "$D"
is "$status" 0 "require finds the plugin's own folder and vise.*, nothing of the working folder, no C" || echo "$err" | note
rm here.lua cmod.so
printf '{"name":"odd","version":"1","api":"9.0"}' >"$D/plugin.json"
run "$vise" plugin check "$D"
like "$err" 'needs API 9.0, this Vise has' "an API that is not served is said before code runs"
run "$vise" plugin doc con:expect
like "$out" '^function Console:expect\(' "doc tells what a function takes"
run "$vise" plugin doc con:expect --json
is "$(printf '%s\n' "$out" | python3 -c 'import json,sys
f = json.load(sys.stdin)[0]
print(f["name"], f["module"], f["waits"], f["contexts"], [p["name"] for p in f["params"]], f["params"][1]["optional"], f["returns"][0]["type"], f["errors"])')" \
	"Console:expect vise True ['task'] ['patterns', 'opt'] True vise.Match ['timeout', 'eof', 'lost', 'busy', 'device_fault', 'cancelled']" "doc --json: the same in parts"
run "$vise" plugin doc con:at
is "$(printf '%s\n' "$out" | grep -c '^function')" 1 "and not of one whose name begins so"
run "$vise" plugin doc earliest
like "$out" '^function Console:expect\(' "a word of its description finds it too"
mkdir -p "$XDG_CONFIG_HOME/vise/plugins/late" "$XDG_CONFIG_HOME/vise/plugins/go3"
printf '{"name":"late","version":"1","api":"9.0"}' >"$XDG_CONFIG_HOME/vise/plugins/late/plugin.json"
printf '{"name":"go3","version":"7","api":"1.0"}' >"$XDG_CONFIG_HOME/vise/plugins/go3/plugin.json"
run "$vise" plugin list
like "$out" '^late .*refused .*needs API 9.0, this Vise has' "a refused plugin is listed with the reason"
like "$out" '^go3 +7 +user +ok' "the first of a name is it"
like "$out" '^go3 +1[.0-9]* +shipped +shadowed' "and the other is listed as shadowed"
{ "$vise" plugin list; echo $? >st; } 2>err | :
test ! -s err
ok $? "a reader that has seen enough is no complaint" || note <err
plan
