#!/bin/sh
# macro.t - macros as tables of steps: checks at load, the engine, forms on the command line, recording and
# replaying. The shipped ones against models of their devices are macro-packs.t.
. "${srcdir:-.}/tests/lib/tap.sh"
need python3 python3
tmpdir
. "$srcdir/tests/lib/macro.sh"

# ---- checks at load: file and line
mkdir -p "$XDG_CONFIG_HOME/vise/plugins/bad"
plug=$XDG_CONFIG_HOME/vise/plugins/bad
printf '{"name":"bad","version":"1.0.0","api":"1.0","entry":"init.lua","provides":["macro:bad"],"needs":{"serial":true}}\n' >"$plug/plugin.json"
device
bad()
{
	printf 'local vise = require "vise"\n\nvise.macro { id = "bad", %s }\n' "$1" >"$plug/init.lua"
	macro 2 "bad/init.lua:3: usage: vise.macro.*$2" bad
}
bad 'steps = { { att = "AT" } }' 'one of at, send'
bad 'steps = { { at = "AT", timout = 3 } }' 'no field named "timout"'
bad 'steps = { { at = "AT+X={y}" } }' '.y. is neither a parameter nor kept by a step'
bad 'steps = { { at = "AT", timeout = "soon" } }' 'timeout must be a duration'
bad 'steps = { { when = "a ==== b", steps = { { at = "AT" } } } }' 'a ====|neither|no condition'
bad 'steps = { { at = "AT" }, { times = 3 } }' 'step 2 .times.: steps is missing'
bad 'at = "AT", params = { n = { type = "choice" } }' 'a choice needs values'
bad 'steps = { { at = "AT", save = "v" }, { gate = "newer", of = "v" } }' 'a gate is such as'

# ---- the engine of steps
steps()
{
	printf 'local vise = require "vise"\n\nvise.macro { id = "bad", %s }\n' "$1" >"$plug/init.lua"
}
steps 'steps = { { at = "AT+NOSUCH", optional = true }, { at = "AT+NOSUCH", on_error = { { at = "AT" } } }, { at = "AT+NOSUCH", fails = true } }'
macro 0 'OK, 4 steps' bad
steps 'steps = { { times = 3, every = "10ms", steps = { { at = "AT+CSQ", match = vise.rx[[(?<r>\d+),]] } }, until_ = "r >= 20" } }, result = { "r" }'
macro 0 '  r +23' bad
steps 'steps = { { times = 2, steps = { { at = "AT" } }, until_ = "round == 9" } }, params = { round = { type = "int", default = 0 } }'
macro 1 'not so after 2 times' bad
steps 'steps = { { at = "AT" }, { expect = "never" , timeout = 60 } }, limit = "500ms"'
macro 3 'not done within 0.5 s' bad
steps 'steps = { { at = "AT+CSQ", match = vise.rx[[=]] } }'
macro 1 'the answer is not as expected: .CSQ: 23,99' bad
steps 'steps = { { at = "AT+GMR", prefix = "+GMR:", save = "v" }, { gate = ">= 9.0.0", of = "v" } }'
macro 1 'needs >= 9.0.0, the device says "3.2.1"' bad
device --hangup-in AT+CSQ:5
steps 'steps = { { at = "AT+CSQ", timeout = 30 } }'
macro 3 'bad: FAILED' bad
device --hangup-in AT+CSQ:5 --replug 0.3
steps 'steps = { { at = "AT+CSQ", timeout = 30 } }, resume = "20s"'
macro 0 'bad: OK' bad
device
steps 'steps = { { at = "AT+CSQ" } }'
steps 'at = "AT+CSQ", delay = "30ms", repeat_every = "50ms"'
spawn "$BUILD/vise" macro run "$T/tty" bad >"$T/again" 2>&1
wait_for 'test "$(grep -c "^bad: OK" "$T/again")" -ge 3' 30
ok $? "repeat_every: again and again" || note <"$T/again"
kill -INT "$pid"
wait "$pid"
is $? 130 "until it is ended"
steps 'steps = { { at = "AT+CSQ" } }'
run timeout 60 "$BUILD/vise" macro run "$T/tty" bad --json
is "$(printf '%s' "$out" | python3 -c 'import json,sys; r=json.load(sys.stdin); print(r["result"], r["steps"][0]["name"], r["raw"][0])')" \
	"ok AT+CSQ +CSQ: 23,99" "--json prints the card"

# ---- list and show agree with the code
run "$BUILD/vise" macro list
like "$out" '^sim-csq +simcom +Signal quality' "macro list"
run "$BUILD/vise" macro show go3-set-language
like "$out" 'set lang=enum: zh_CN [|] en_US .*needed  .language code' "macro show says what is asked"
run "$BUILD/vise" macro show nosuch
is "$status" 2 "an unknown macro is a mistake"
for dir in "$srcdir"/plugins/at-basics "$srcdir"/plugins/esp-at "$srcdir"/plugins/simcom "$srcdir"/plugins/gnss \
	"$srcdir"/plugins/hm10 "$srcdir"/plugins/go3; do
	"$BUILD/vise-script" --plugin "$dir" --describe | python3 -c '
import json, sys
have, said = json.load(sys.stdin)["macros"], json.load(open(sys.argv[1] + "/plugin.json"))
keys = ("title", "doc", "keys", "at", "board", "params", "steps")
want = {m["id"]: {k: m[k] for k in keys if k in m} for m in have}
assert want == said["macros"], "plugin.json and init.lua differ"
assert {"macro:" + i for i in want} == {p for p in said["provides"] if p[:6] == "macro:"}' "$dir"
	ok $? "${dir##*/}: its manifest says what its code declares"
done

# ---- recording what is typed, and replaying it; the run as a tree in the journal
device
spawn "$BUILD/vise-bench" --foreground --name rec --linger 60s --run "console.open $T/tty" 2>"$T/rec.err"
bench=$pid
wait_for 'grep -q open "$T/dev.log"' 10
run "$BUILD/vise" macro record stop --bench rec
is "$status" 3 "nothing to stop"
run "$BUILD/vise" macro record start mine --bench rec
is "$status" 0 "recording starts"
for line in AT+CSQ AT+GMR AT+NOSUCH; do
	answers=$(grep -c 'tx .*\(OK\|ERROR\)' "$T/dev.log")
	run "$BUILD/vise" do --bench rec "console.send \"$line\\r\""
	wait_for 'test "$(grep -c "tx .*\(OK\|ERROR\)" "$T/dev.log")" -gt "'"$answers"'"' 10
	done
journal=$(python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))["dir"])' "$XDG_RUNTIME_DIR/vise/rec.json")/journal.jsonl
wait_for 'test "$(grep -c "\"typed\": *true" "$journal")" -ge 3' 10
ok $? "typed commands are transactions in the journal"
run "$BUILD/vise" macro record stop --bench rec
is "$status" 0 "recording stops"
file=$XDG_CONFIG_HOME/vise/plugins/mine/init.lua
like "$out" '3 steps; vise macro run TARGET mine' "and says what it wrote"
like "$(cat "$file")" 'at = "AT.CSQ", match = vise.rx.*CSQ: ..d.,..d' "numbers may differ"
like "$(cat "$file")" 'AT.NOSUCH", fails = true' "a refusal is expected again"
macro 0 'mine: OK, 3 steps' mine
run "$BUILD/vise" do --bench rec 'macro.run go3-version wait=on'
is "$status" 0 "the bench runs a macro as a job"
python3 - "$journal" <<'P'
import json, sys, time
end = time.monotonic() + 10
while True:                             # the journal is up to 100 ms behind
    text = open(sys.argv[1]).read()
    rows = [json.loads(l) for l in text[:text.rfind("\n") + 1].splitlines()]
    begin = [r for r in rows if r["type"] == "macro.begin" and r["macro"] == "go3-version"]
    run = begin[-1]["run"] if begin else None
    if [r for r in rows if r["type"] == "macro.end" and r["run"] == run] or time.monotonic() > end:
        break
    time.sleep(0.02)
assert [r for r in rows if r["type"] == "macro.step" and r["run"] == run and r["state"] == "ok"], "no step"
assert [r for r in rows if r["type"] == "at" and r.get("run") == str(run) and r["command"] == "AT+GMR"], "no transaction"
assert [r for r in rows if r["type"] == "macro.end" and r["run"] == run and r["state"] == "ok"], "no end"
P
ok $? "its run, steps and transactions are one tree in the journal"
steps 'steps = { { at = "AT" }, { expect = "never", timeout = 60 } }'
run "$BUILD/vise" do --bench rec 'macro.run bad'
wait_for '"$BUILD/vise" do --bench rec --json macro.runs | grep -q "\"wait for never\""' 20
run "$BUILD/vise" do --bench rec macro.cancel
wait_for '! "$BUILD/vise" do --bench rec --json macro.runs | grep -q "\"running\""' 20
ok $? "a macro that runs can be cancelled"
run timeout 20 "$BUILD/vise" at "$T/tty" AT
is "$status" 0 "and leaves the console free"
run "$BUILD/vise" do --bench rec macro.list
like "$out" 'go3-version' "and the last used comes first"
kill "$bench"
wait "$bench" 2>/dev/null
stop_device
plan
