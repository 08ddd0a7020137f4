#!/bin/sh
# api.t - every function of the Lua module is used as meant and as not: the names are those of lua/meta/vise.lua, the one source of the
# editors' stubs and of the manual; a function without both kinds of check fails here.
. "${srcdir:-.}/tests/lib/tap.sh"
need python3 python3
tmpdir
A=$srcdir/tests/data/script/api S=$XDG_RUNTIME_DIR/vise/api.sock vise=$BUILD/vise
mkdir -p "$T/plugins" "$T/project" && cp -r "$A/plugin" "$T/plugins/api" && chmod -R u+w "$T/plugins" && cp "$A/check.lua" "$T/plugins/api"
spawn python3 "$A/servers.py" "$T"
spawn python3 -c 'import os, sys, time, tty
master, slave = os.openpty(); tty.setraw(slave); os.symlink(os.ttyname(slave), sys.argv[1]); time.sleep(600)' "$T/tty"
wait_for 'test -s "$T/ports" && test -e "$T/tty"' 20 || bail "no servers"
read -r http rsp port2217 <"$T/ports"
cd "$T/project" || bail "no folder"
VISE_DEVICE="exec:python3 $A/device.py"
spawn "$BUILD/vise-bench" --foreground --name api --linger 120s --plugins "$T/plugins" --run "console.open \"$VISE_DEVICE\"" 2>"$T/bench.err"
wait_for 'test -S "$S"' 20 || note <"$T/bench.err"

printf '{"places":{"desk":{"console":"%s","power":{"on":["sh","-c","echo on >%s/project/power"]}},"shelf":{"console":"exec:cat"}}}' "$VISE_DEVICE" "$T" >"$T/places.json"
export VISE_PLACES="$T/places.json" VISE_API_HTTP="$http" VISE_API_RSP="$rsp" VISE_API_PORT2217="$port2217" VISE_API_DIR="$T"
VISE_API_ELF=$BUILD/vise-sim VISE_API_HEAP=$srcdir/tests/data/pprof
VISE_API_GDB=$T/fakegdb
cp "$A/fakegdb.py" "$VISE_API_GDB" && chmod +x "$VISE_API_GDB"
export VISE_API_ELF VISE_API_HEAP VISE_API_GDB
run "$vise" script "$A/script.lua" --bench api --place desk --answer name=ann --answer fruit=pear --answer both=a,c --answer sure=yes --timeout 300s
printf '%s\n' "$out" >"$T/script.out"
is "$status" 0 "the checks of a script" || printf '%s\n' "$err" | tail -20 | note
run "$vise" plugin run api.checks --bench api
is "$status $out" "0 done" "the checks of a plugin" || printf '%s\n' "$err" | note
"$vise" do --bench api plugin.unload api >/dev/null
"$vise" do --bench api job.list --json | python3 -c 'import json, sys
print(*[j["id"] for j in json.load(sys.stdin) if j["name"] == "plugin api"])' >"$T/ids"
for id in $(cat "$T/ids"); do "$vise" do --bench api "job.output $id" --json; done | python3 -c 'import json, sys
for line in sys.stdin: print(json.loads(line)["text"])' >"$T/plugin.out"
# a person at a screen: what is asked is answered, as ask.list and the event tell it
cat >"$T/person.py" <<'P'
import os, sys
from client import fresh, Refused
c = fresh(os.environ["S"], role="viewer", name="person")
c.attach()
rows = lambda: c.do("ask.list")
def asked(title):
    row = c.wait(lambda: [r for e in c.of("asks") for r in e["asks"] if r["title"] == title], 30)
    assert row, title
    return row[-1]
open(sys.argv[1], "w").close()
q = asked("Name?")
assert q["what"] == "prompt" and q["secret"] and q["default"] == "nobody" and q["by"] == "asked.lua", q
c.do('ask.answer %d -- "x \\"y\\" -- z=1"' % q["id"])
c.do("ask.decline %d" % asked("Declined?")["id"])
q = asked("Which?")
assert c.refused("ask.answer %d plum" % q["id"]) and c.refused("ask.answer %d 1 2" % q["id"]) and c.refused("ask.answer %d" % q["id"])
c.do("ask.answer %d pear" % q["id"])
c.do("ask.answer %d 1 c" % asked("Several?")["id"])
q = asked("Sure?")
assert c.refused("ask.answer %d perhaps" % q["id"])
c.do("ask.answer %d yes" % q["id"])
asked("Too late?")
q = asked("log in")
stream = c.do("console.list")[0]["stream"]
c.type(stream, "say by hand\r\x04not for the board\r")
asked("never")
assert c.wait(lambda: rows() == [], 20), rows()
assert not any("x \\" in str(e) for e in c.events), "a secret was told"
P
spawn env PYTHONPATH="$srcdir/tests/lib" PYTHONDONTWRITEBYTECODE=1 S="$S" python3 "$T/person.py" "$T/sits" >"$T/person.out" 2>&1
person=$pid
wait_for 'test -e "$T/sits"' 20
run "$vise" script "$A/asked.lua" --bench api --timeout 120s
printf '%s\n' "$out" >"$T/asked.out"
like "$out" 'asked all$' "a person is asked" || { printf '%s\n' "$err"; cat "$T/person.out"; } | note
wait "$person"
is "$?" 0 "each question was seen, and none is left" || note <"$T/person.out"

run "$vise" test "$A/api_test.lua" --port "$VISE_DEVICE" -v
printf '%s\n' "$out" >"$T/test.out"
is "$status" 0 "the checks of a test file" || printf '%s\n%s\n' "$out" "$err" | note

cat "$T/script.out" "$T/asked.out" "$T/plugin.out" "$T/test.out" | tr -d '\r' | sed 's/^[# ]*//' >"$T/all"
grep '^BAD' "$T/all" >"$T/bad"
test ! -s "$T/bad"
ok $? "each check holds" || note <"$T/bad"
# names.py STUBS CHECKS: functions without a check of use, or of misuse
cat >"$T/names.py" <<'P'
import re, sys
stubs, last = [], ""
for line in open(sys.argv[1]):
    m = re.match(r"function ([\w.:]+)\(", line)
    if m:
        stubs.append(m.group(1))
    elif re.match(r"vise\.\w+ = \{\}", line) and "---@overload fun(" in last:
        stubs.append(line.split(" ")[0])
    last = last + line if line.startswith("---") else ""
have = set(tuple(l.split(":" + " ")[0].split()[:2]) for l in open(sys.argv[2]) if re.match(r"(use|misuse) ", l))
for kind in ("use", "misuse"):
    for name in stubs:
        if (kind, name) not in have:
            print("no check of", kind + ":", name)
print(len(stubs), "functions", file=sys.stderr)
P
python3 "$T/names.py" "$srcdir/lua/meta/vise.lua" "$T/all" >"$T/missing" 2>"$T/count"
test ! -s "$T/missing"
ok $? "every function has a check of use and one of misuse: $(cat "$T/count")" || note <"$T/missing"
{ cat "$srcdir/lua/meta/vise.lua"; printf 'function vise.unheard() end\n'; } >"$T/more.lua"
is "$(python3 "$T/names.py" "$T/more.lua" "$T/all" 2>/dev/null | grep -c unheard)" 2 "one without them is found"
plan
