#!/bin/sh
# macro.t - macros as tables of steps: each shipped one against a model of its device, to success and
# to its typical failure; checks at load, forms on the command line, recording and replaying.
. "${srcdir:-.}/tests/lib/tap.sh"
need python3 python3
tmpdir
atdev=$srcdir/tests/rig/atdev/atdev.py
dev=

device()
{
	stop_device
	python3 "$atdev" "$T/tty" --log "$T/dev.log" --boot-time 0.1 "$@" >"$T/dev.out" 2>"$T/dev.err" &
	dev=$!
	tap_pids="$tap_pids $dev"
	wait_for 'grep -q ready "$T/dev.out"' 10 || { note <"$T/dev.err"; return 1; }
}

stop_device()
{
	test -z "$dev" || { kill "$dev" && wait "$dev"; } 2>/dev/null
	rm -f "$T/tty" "$T/dev.out"
	dev=
}

# macro STATUS REGEX NAME [ARGS]: it ends so, and says so
macro()
{
	want=$1 regex=$2 name=$3
	shift 3
	run timeout 60 "$BUILD/vise" macro run "$T/tty" "$name" "$@"
	test "$status" = "$want" && printf '%s\n%s\n' "$out" "$err" | grep -Eq -- "$regex"
	ok $? "$name $*: $regex" || printf 'status %s, not %s\n%s\n%s\n' "$status" "$want" "$out" "$err" | note
}

# ---- the shipped packs
device
macro 0 '^at-hello: OK there' at-hello
macro 0 'says +atdev 3.2.1' at-identify
macro 0 'version +3.2.1' at-version
macro 0 'factory settings are in force, 2 steps' at-factory
macro 0 '^OK$|at-echo-off: OK' at-echo-off
macro 0 'at-echo-on: OK' at-echo-on
macro 0 'at-words: OK' at-words
macro 0 'at-errors: OK' at-errors
macro 0 'language +en_US  English' go3-language
macro 0 'firmware +3.2.1  has AT.LANG' go3-version
macro 0 'OK application' go3-boot
macro 0 'OK changed and verified' go3-set-language --set lang=zh_CN
macro 0 'OK was so already' go3-set-language --set lang=zh_CN
macro 2 'go3-set-language: --set lang= is needed: language code' go3-set-language
macro 2 'one of: zh_CN, en_US, ja_JP, ko_KR' go3-set-language --set lang=fr_FR
macro 2 'no such parameter; known: lang, wait' go3-set-language --set lan=zh_CN
device --mode old
macro 1 'firmware_too_old|needs >= 3.2.1, the device says "3.1.9"' go3-set-language --set lang=zh_CN
macro 1 'needs firmware 3.2.1' go3-language
device --mode bootloader
macro 0 'OK bootloader 1.4' go3-boot
macro 1 'in its bootloader .*1.4.: only AT.BOOT is answered' go3-set-language --set lang=zh_CN --set wait=1s
device --mode mute
macro 1 'no answer to AT: speed, wiring, power' at-hello
macro 3 'neither AT nor AT.BOOT is answered' go3-boot

device --dialect esp
macro 0 'AT firmware +2.4.0' esp-version
macro 0 'signal +-48 dBm  excellent +.[#]+' esp-scan
macro 0 'address +192.168.4.17' esp-join --set ssid=bench --set password=secret
macro 1 'could not join .*ERROR' esp-join --set ssid=bench --set password=wrong
macro 0 'address +192.168.4.17' esp-ip
macro 0 'OK answered' esp-tcp --set host=example.org --set 'text=GET / HTTP/1.0'
grep -q 'data GET / HTTP/1.0' "$T/dev.log"
ok $? "the device got the text whole"
macro 1 'no connection: .*ERROR' esp-tcp --set host=refused --set text=x
macro 2 'is not from 1 to 65535' esp-tcp --set host=a --set text=x --set port=70000
macro 0 'esp-restart: OK' esp-restart
device --dialect esp --mode busy
macro 1 'busy p' esp-version

device --dialect simcom
macro 0 'rssi +-71 dBm  good  .[#]+[.]+' sim-csq
macro 0 'PIN +READY  unlocked' sim-card
macro 0 'iccid +89490200001234567890' sim-card
macro 0 'state +registered, home' sim-registration
macro 0 'radio +LTE' sim-registration-lte
macro 0 'operator +bench net' sim-operator
macro 0 'names +bench net .current., other' sim-operators
macro 0 'IMEI +867322041234567' sim-identity
macro 0 'reference +12' sim-sms --set to=+491701234567 --set 'text=hello OK'
grep -q 'data hello OK' "$T/dev.log"
ok $? "the device got the message"
macro 1 'the number is digits' sim-sms --set to=nobody --set text=x
macro 0 'text +OK, see you' sim-inbox
macro 0 'address +10.64.12.7' sim-pdp --set apn=internet
macro 0 'latitude +47.285233 deg' gnss-simcom
macro 0 'longitude +8.565270 deg' gnss-quectel
device --dialect simcom --mode nosim
macro 1 'the SIM is not usable: .*10: SIM not inserted' sim-card
macro 1 'SIM not inserted' sim-registration
macro 1 'not sent: .*SIM not inserted' sim-sms --set to=+1 --set text=x
device --dialect simcom --mode nosignal
macro 0 'sim-csq: OK no signal' sim-csq
macro 1 'not registered .state 3' sim-registration
macro 1 'CMS ERROR: 331: no network service' sim-sms --set to=+1 --set text=x
macro 1 'could not attach' sim-pdp --set apn=x
macro 1 'no fix yet .6 satellites' gnss-simcom
macro 1 'no fix: .*516' gnss-quectel

device --dialect gnss
macro 0 'latitude +47.285233 deg' gnss-fix
device --dialect gnss-nofix
macro 1 'no fix: antenna' gnss-fix --set wait=1s
device --dialect gnss-bad
macro 1 'wrong checksum|no fix' gnss-fix --set wait=1s

device --dialect hm10
macro 0 'hm10-hello: OK' hm10-hello
macro 0 'name +bench' hm10-name
macro 0 'version +HMSoft V540' hm10-version
macro 0 'address +20:C3:8F:F6:12:34' hm10-address
macro 0 'speed +9600 baud' hm10-baud
macro 0 'role +0  peripheral' hm10-role
macro 0 'name +probe7' hm10-rename --set name=probe7
macro 1 'at most 12' hm10-rename --set name=much-too-long-name
device --dialect hm10 --mode busy
macro 1 'hm10-name: FAILED' hm10-name

# ---- checks at load: file and line
mkdir -p "$XDG_CONFIG_HOME/vise/plugins/bad"
plug=$XDG_CONFIG_HOME/vise/plugins/bad
printf '{"name":"bad","version":"1.0.0","api":"1.0","entry":"init.lua","provides":["macro:bad"]}\n' >"$plug/plugin.json"
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
import json, sys
rows = [json.loads(l) for l in open(sys.argv[1])]
begin = [r for r in rows if r["type"] == "macro.begin" and r["macro"] == "go3-version"][-1]
run = begin["run"]
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
