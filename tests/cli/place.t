#!/bin/sh
# place.t - places: who has which board, until when, who waits; two never have one; a crash gives it back.
. "${srcdir:-.}/tests/lib/tap.sh"
tmpdir
VISE=$BUILD/vise
VISE_LOCK_DIR=$T/locks
export VISE_LOCK_DIR
cd "$T" || bail "no folder"
mkdir -p "$XDG_CONFIG_HOME/vise"
config=$XDG_CONFIG_HOME/vise/places.json
cat >"$config" <<END
{ "places": {
	"one": { "console": "exec:cat", "tags": ["arm", "cat"], "doc": "at the window",
		"power": { "on": ["sh", "-c", "echo on >>$T/power"], "off": ["sh", "-c", "echo off >>$T/power"] } },
	"two": { "console": "exec:cat -u", "tags": ["arm"] },
	"probe": { "console": "/dev/vise-none", "probe": "0669AB", "tags": ["probe"] },
	"same-probe": { "probe": "0669AB", "ssh": "root@lab" },
	"no-power": { "ssh": "root@elsewhere" } } }
END

# ---- what there is
run "$VISE" place list
is "$status $(grep -c ' free ' out)" "0 5" "places of the user's file"
run "$VISE" place list tag=arm,cat --json
like "$out" '^\[\{.*"name":"one".*"state":"free"' "by tags, as JSON"
run "$VISE" place show one
like "$out" '^  doc +at the window$' "show"
run "$VISE" place show none
is "$status" 2 "one that is not there"

# ---- acquired, renewed, released
run "$VISE" place acquire one probe --lease 1h --reason "night run"
is "$status" 0 "two places acquired at once" || echo "$err" | note
token=$(sed -n 's/^export VISE_PLACE_TOKEN=//p' out)
run "$VISE" place acquire two one
is "$status" 6 "one of them is busy for others"
like "$err" "^vise: one: held by .*\\(pid [0-9]+ on .*: night run; set the VISE_PLACE_TOKEN" "and told by whom, since when, why, what now"
run "$VISE" place list tag=arm
like "$out" '^two .* free' "what was asked for beside it is not kept"
run "$VISE" place acquire same-probe
is "$status" 6 "another description of the same board is the same board"
VISE_PLACE_TOKEN=$token run "$VISE" place exec one -- sh -c 'echo "$VISE_PLACE $VISE_PLACE_CONSOLE"'
is "$out" "one exec:cat" "the token's owner uses it"
VISE_PLACE_TOKEN=0$token run "$VISE" place exec one -- true
is "$status" 6 "a wrong token does not"
run "$VISE" place lease one --for 2h
is "$status" 0 "a lease is renewed"
run "$VISE" place exec tag=arm -- sh -c 'echo "$VISE_PLACE"'
is "$out" two "tag= takes one that is free"
run "$VISE" place release one
is "$status" 0 "released" || echo "$err" | note
run "$VISE" place list --json
is "$(tr '}' '\n' <out | grep -c '"state":"held"')" 0 "and with it all of its lease"
run "$VISE" place release one
is "$status" 5 "nothing to release"
run "$VISE" place acquire one --lease 300ms
wait_for '"$VISE" place list | grep -q "^one .* free"' 20
ok $? "a lease ends by itself"

# ---- at work: one at a time, in order
cat >hold.sh <<'END'
mkdir taken || echo "two at once" >>wrong
echo "$1" >>order
while test ! -e "go.$1"; do sleep 0.02; done
rmdir taken
END
spawn "$VISE" place exec one --reason first -- sh hold.sh 1
first=$pid
wait_for 'test -d taken' 20
for n in 2 3 4; do
	spawn "$VISE" place exec one --wait 60s -- sh hold.sh $n 2>wait.$n
	wait_for "grep -q 'waiting up to 60 s' wait.$n && test \$(ls locks/queue | wc -l) = $((n - 1))" 20
done
run "$VISE" place list
like "$out" '^one .*held .*: first  \(3 waits?\)$' "three wait"
run "$VISE" place release one
is "$status" 6 "what is at work is not released like that"
touch go.1
wait_for 'test "$(tail -n 1 order)" = 2' 20
run "$VISE" place exec one --wait 100ms -- true
is "$status" 6 "who waits for a time is told when it is over"
touch go.2 go.3 go.4
wait_for 'test "$(grep -c "" order)" = 4 && test ! -d taken' 20
is "$(echo $(cat order))" "1 2 3 4" "first come, first served"
test ! -e wrong
ok $? "never two at once" || note <wrong

# holder_of NAME: killed is its pid
holder_of()
{
	killed=$("$VISE" place show "$1" --json | sed -n 's/.*"pid":\([0-9]*\).*/\1/p')
}

# ---- death
wait "$first"
spawn sh -c 'exec "$0" place exec one -- sh -c "trap : TERM; echo \$\$ >up; while test ! -e go.5; do sleep 0.02; done"' "$VISE"
wait_for 'test -s up' 20
spawn "$VISE" place exec one --wait 60s -- sh -c 'echo got >got'
waiter=$pid
killed=$("$VISE" place show one --json | sed -n 's/.*"pid":\([0-9]*\).*/\1/p')
wait_for 'test "$(ls locks/queue | wc -l)" = 1' 20
kill -9 "$killed"
wait_for 'ended "$killed"' 20
run "$VISE" place list one
like "$out" '^one .* held ' "a killed holder's program has the board still"
test ! -e got && touch go.5
wait_for 'test -s got' 20
ok $? "and when that is gone, the next one has it"
wait "$waiter"
spawn sh -c 'exec "$0" place exec two -- sh -c "trap : TERM; echo \$\$ >up2; while test ! -e go.6; do sleep 0.02; done"' "$VISE"
wait_for 'test -s up2' 20
kill -9 "$("$VISE" place show two --json | sed -n 's/.*"pid":\([0-9]*\).*/\1/p')"
touch go.6
wait_for '"$VISE" place list | grep -q "^two .* left"' 20
ok $? "what it left is told" || { echo "$err"; "$VISE" place list; } | note
run "$VISE" place exec two -- true
like "$err" 'two: its last holder died' "to the next one too"
run "$VISE" place exec one --lease 200ms -- sleep 60
is "$status" 3 "work ends with its lease"
like "$err" 'one: its lease is over' "and says so"
spawn "$VISE" place exec one -- sh -c 'trap "echo clean >cleaned; exit" TERM; echo up >up3; while :; do sleep 0.05; done'
wait_for 'test -s up3' 20
run "$VISE" place release one --kick
is "$status $(cat cleaned)" "0 clean" "--kick ends it, after its clean-up"

# ---- power
run "$VISE" place power one off
run "$VISE" place power one on
is "$(echo $(cat power))" "off on" "power by the file's commands"
run "$VISE" place power no-power on
is "$status" 2 "or it is said that there is none"

# ---- in use
mkdir t
cat >t/place_test.lua <<'END'
local vise = require "vise"
vise.test("both talk", { needs = { "dut", "two" } }, function(t)
  for name, b in pairs(t.boards) do b.con:line("to " .. name); b.con:expect("to " .. name, { timeout = 20 }) end
  t:eq(t.boards.dut.place.name, "one")
  t.boards.dut.place:power "on"
  t:eq(vise.place.get("two").tags[1], "arm")
  t:raises("unsupported", function() vise.place.get("two"):power "on" end)
  t:raises("usage", function() vise.place.get("nine") end)
  t:raises("usage", function() vise.place.get():power "up" end)
end)
vise.fixture("power", { setup = function() return true end, teardown = function() vise.place.get():power "off" end })
vise.test("waits", function(t)
  t:use "power"
  local job = vise.launch.start { cmd = "sleep", args = { "60" } }
  print("up " .. job:pid())
  vise.sleep(60)
end)
END
run "$VISE" test t --place dut=one --place two -k both
is "$status" 0 "a test of two places" || { echo "$out"; echo "$err"; } | note
is "$(echo $(cat power))" "off on on off" "that powers one of them, which is off again at the end"
cat >t/state_test.lua <<'END'
local vise = require "vise"
vise.board { id = "here", states = { up = { enter = function(b) b:power "on" end } } }
vise.test("a state", function(t) t.board:to "up" end)
vise.test("a cycle", function(t) t.board:power "cycle" end)
vise.test("is left on", function(t)
  t.board:to "up"
  print("up " .. vise.now())
  vise.sleep(60)
end)
END
: >power
run "$VISE" test t/state_test.lua --place one --board here -k 'a state'
is "$status $(echo $(cat power))" "0 on off" "so does a state of a board" || echo "$err" | note
: >power
run "$VISE" test t/state_test.lua --place one --board here -k 'a state' --keep-power
is "$status $(echo $(cat power))" "0 on" "--keep-power leaves it"
: >power
run "$VISE" test t/state_test.lua --place one --board here -k 'a cycle'
is "$status $(echo $(cat power))" "0 off on" "a cycle is none to put back"
: >power
spawn "$VISE" test t/state_test.lua --place one --board here -k 'is left on' --tap >left.out 2>&1
wait_for 'grep -q "up [0-9]" left.out' 30
kill -INT "$pid"
wait "$pid"
is "$? $(echo $(cat power))" "130 on off" "^C, too, puts it back" || note <left.out
rm t/state_test.lua
cat >power.lua <<'END'
local vise = require "vise"
vise.place.get():power "on"
vise.log.debug "deep"
vise.log.info "told"
vise.log.warn "sharp"
END
: >power
run "$VISE" script power.lua --place one --log-level warn
is "$status $(echo $(cat power)) $(grep -c 'deep\|told' out) $(grep -c sharp out)" "0 on off 0 1" "a script, too; --log-level warn leaves out what is less"
run "$VISE" script power.lua --place one --keep-power --log-level debug
is "$status $(echo $(cat power)) $(grep -c 'deep\|told' out) $(grep -c sharp out)" "0 on off on 2 1" "and debug is all"
run "$VISE" script power.lua --place one --log-level loud
is "$status" 2 "no other level"
: >power
run "$VISE" test t --place dut=one --place two --dry-run -k both
is "$status" 0 "--dry-run: the places are looked at"
like "$(tr '\n' ';' <out)" 'both talk;  place one: there;  port  one: there .*;  place two: there;.*1 test on 2 boards; nothing was opened' "and their ports"
spawn "$VISE" test t --place one -k waits --tap >busy.out 2>&1
wait_for '"$VISE" place list | grep -q "^one .*held .*: vise test"' 20
for what in "console --place one" "test t --place one -k both" "script s.lua --place one" "at place:one AT" "workflow soak --place one"; do
	echo >s.lua
	run "$VISE" $what
	is "$status" 6 "busy: vise $what" || { echo "$out"; echo "$err"; } | note
done
wait_for 'grep -q "up [0-9]" busy.out' 30
kill -INT "$pid"
wait "$pid"
is $? 130 "^C"
run "$VISE" place list one
like "$out" '^one .* free' "and the place is free"
job=$(sed -n 's/.*up \([0-9]*\)$/\1/p' busy.out)
wait_for 'ended "$job" && test -z "$(ls "$XDG_RUNTIME_DIR"/vise/*.sock 2>/dev/null)"' 20
ok $? "its jobs and its bench are gone" || { ls "$XDG_RUNTIME_DIR/vise"; cat busy.out; } | note
is "$(tail -n 1 power)" off "its teardown had the place"
: >power
spawn "$VISE" test t --place one -k waits --tap >term.out 2>&1
wait_for 'grep -q "up [0-9]" term.out' 30
kill "$pid"
wait "$pid"
is $? 143 "SIGTERM: the same"
is "$(grep -c off power)" 1 "teardown and all"
run "$VISE" test t --place one -k waits --lease 1s
is "$status" 3 "a test that outlives its lease is a failure of the bench"
mkdir lost
cat >lost/lost_test.lua <<'END'
local vise = require "vise"
vise.test("caught", { retries = 0 }, function(t)
  local ok, err = pcall(t.step, t, "waits", vise.sleep, 60)
  print("caught " .. err.code)
  vise.sleep(0.05)
  error(err, 0)
end)
vise.test("after it", function() print "begun" end)
END
cat >own.lua <<'END'
local vise = require "vise"
local place = vise.place.acquire("tag=cat", { lease = "60s", reason = "by itself" })
print(place.name, vise.place.get() == place, vise.console.open(place.console).name ~= nil)
local r = vise.launch.run { cmd = "vise", args = { "place", "acquire", "one" } }
print("others " .. r.code)
print("busy " .. select(2, pcall(vise.place.acquire, "one", { wait = "50ms" })).code)
place:renew "500ms"
local ok, err = pcall(function()
  local ok, err = pcall(vise.sleep, 60)
  print("inner", ok, err.code, err.where:match "own.lua:%d+" ~= nil)
  vise.sleep(0.01)                      -- once is told: what waits now is clean-up
  place:power "on"
end)
print("outer", ok, err.code, err.place == place)
do
  local again <close> = vise.place.acquire "one"
  local late = vise.spawn(function() return vise.place.acquire("two", { as = "second" }) end)
  print("as " .. late:await().as .. " " .. tostring(vise.place.get "second"))
  -- who took it is done: who made that one is told
  vise.spawn(function() vise.launch.run { cmd = "vise", args = { "place", "release", "two", "--kick" } } end)
  print("made by", select(2, pcall(vise.sleep, 60)).code)
end
print("free " .. vise.launch.run { cmd = "vise", args = { "place", "list", "one" } }.out:match "^one .- (free) ")
vise.place.acquire("one", { lease = "300ms" })
vise.defer(function() vise.sleep(0.05) print "cleaned" end)
vise.sleep(60)
END
run "$VISE" script own.lua
is "$status" 3 "a place that a script took and lost is a failure of the bench" || echo "$err" | note
is "$(tr '\n\t' ';,' <out)" "one,true,true;others 6;busy busy;inner,false,lost_place,true;outer,false,lost_place,true;as second place two;made by,lost_place;free free;cleaned;" \
	"taken, renewed, lost: told once, caught, cleaned up" || echo "$err" | note
like "$err" "own.lua:[0-9]+: lost_place: one: its lease is over; place:renew" "and said"
run "$VISE" test lost --place one --lease 1s --tap
is "$status" 3 "the same of --place"
like "$(tr '\n' ';' <out)" '# caught lost_place;not ok 1 .*code: "lost_place"' "is told where it waits" || { cat out; echo "$err"; } | note
grep -q begun out
is $? 1 "no other test begins"
echo 'local vise = require "vise"; local p = vise.place.acquire("one", { lease = "1h" }); print "up"; vise.sleep(60)' >s.lua
spawn "$VISE" script s.lua >killed.out
wait_for 'grep -q up killed.out' 20
kill -9 "$pid"
wait_for '"$VISE" place list | grep -q "^one .* free"' 20
ok $? "what a killed script took is free" || "$VISE" place list | note
echo 'print(require "vise".place.get().doc)' >s.lua
run "$VISE" script s.lua --place tag=cat
is "$out" "at the window" "a script"
echo 'local v = require "vise"; v.console.get("two"):line "hi"; v.console.get("two"):expect("hi", { timeout = 20 })' >s.lua
run "$VISE" script s.lua --place one --place two
is "$status" 0 "a script of two places" || echo "$err" | note
# the workbench: its bench has the place, whoever looks
echo detach | "$VISE" --place one --reason looking --lease 1h --plain >bench.out 2>&1
is $? 0 "vise --place" || note <bench.out
like "$(cat bench.out)" 'console main on cat' "with its console"
run "$VISE" place:one
is "$status" 6 "vise place:one, which it has"
like "$err" 'held by .*: looking' "is told"
run "$VISE" place:one two
is "$status" 2 "one target"
"$VISE" kill --all >kill.out 2>&1
wait_for '! "$VISE" place list | grep -q "^one .* held"' 20
ok $? "and when the bench is gone it is free" || note <kill.out
# lost, it is let go: not a byte more goes to a board that is somebody else's
echo detach | "$VISE" --place one --lease 2s --plain >bench.out 2>&1
bench=$(sed -n 's/.*"name":"\([^"]*\)","target":"place:one".*/\1/p' "$XDG_RUNTIME_DIR"/vise/*.json)
printf 'print "up"\nlocal v = require "vise"\nv.defer(function() print "cleaned" end)\nv.sleep(60)\n' >s.lua
"$VISE" do --bench "$bench" "script.run $T/s.lua" >run.out
"$VISE" do --bench "$bench" 'debug.start "{\"name\":\"dbg\",\"debugger\":{\"argv\":[\"sleep\",\"600\"]}}"' >run.out
wait_for 'test "$("$VISE" do --bench "$bench" --json console.list)" = "[]"' 30
ok $? "its lease over, the workbench closes the console" || { cat bench.out; "$VISE" do --bench "$bench" console.list; } | note
wait_for '"$VISE" do --bench "$bench" --json job.list | grep -q "\"name\":\"s.lua\",.*\"state\":\"killed\""' 20
ok $? "stops what is at work there" || "$VISE" do --bench "$bench" job.list | note
wait_for '"$VISE" do --bench "$bench" debug.list | grep -q "^1 *dbg .*over"' 20
ok $? "and ends the debug session" || "$VISE" do --bench "$bench" debug.list | note
wait_for 'grep -q "place one is lost: its lease is over; what was open on it is closed\",\"next\":\"vise place:one takes it again" "$XDG_STATE_HOME"/vise/benches/"$bench"-*/journal.jsonl' 20
ok $? "which is told, with the next step"
run "$VISE" do --bench "$bench" "board.flash /dev/null board=bluepill confirm=on"
like "$err" 'this bench has lost the place; vise place:one takes it again' "nothing is flashed from there"
"$VISE" kill "$bench" >kill.out 2>&1
echo detach | "$VISE" --place one --plain >bench.out 2>&1
run "$VISE" place release one --kick
wait_for 'test "$("$VISE" do --json console.list)" = "[]"' 30
ok $? "the same when it is taken away" || "$VISE" do console.list | note
"$VISE" kill --all >kill.out 2>&1
mkfifo typed
exec 8<>typed
"$VISE" console --place one --lease 1s <typed >console.out 2>&1 &
tap_pids="$tap_pids $!"
wait $!
is $? 3 "a console in the foreground ends" || note <console.out
like "$(cat console.out)" '^vise: one: its lease is over; ' "and says why" || note <console.out
exec 8>&-
slow=$XDG_CONFIG_HOME/vise/plugins/slow
mkdir -p "$slow"
echo '{ "name": "slow", "version": "1.0.0", "api": "1.0", "provides": ["board:slow"] }' >"$slow/plugin.json"
cat >"$slow/init.lua" <<'END'
local vise = require "vise"
vise.board { id = "slow", name = "Slow", flash = function()
  vise.defer(function() vise.sleep(0.1) print "let go" end)
  vise.sleep(600)
end }
END
echo '{ "places": { "slow": { "console": "exec:cat", "board": "slow" } } }' >slow.json
VISE_PLACES=$T/slow.json run "$VISE" flash --place slow --lease 1s s.lua
is "$status" 3 "a flash ends with its place" || { echo "$out"; echo "$err"; } | note
like "$err" '^vise: slow: its lease is over; ' "and says why"
like "$out" 'let go' "after its clean-up" || { echo "$out"; echo "$err"; } | note
run "$VISE" debug --place one -n
is "$status" 2 "no board profile, no debugger"
run "$VISE" debug -p bluepill --place probe -n
like "$out" "adapter serial .0669AB" "the debugger gets the place's probe" || echo "$err" | note
spawn "$VISE" place exec probe -- sleep 60
wait_for '"$VISE" place list | grep -q "^probe .* held"' 20
run "$VISE" debug -p bluepill --place probe --background
is "$status" 6 "a session needs the place"
kill "$pid"
wait "$pid"
run "$VISE" console place:two </dev/null --quiet 1ms
is "$status" 0 "a console" || echo "$err" | note
run "$VISE" flash --place no-power x
is "$status" 2 "a place without a board profile cannot be flashed"

# ---- files that are wrong
bad()
{
	printf '%s' "$1" >bad.json
	VISE_PLACES=$T/bad.json run "$VISE" place list
	is "$status" 2 "refused: $1" || echo "$out" | note
	like "$err" "$2" "and told"
}
bad '{ "places": { "a": ' 'bad.json: not valid JSON, line 1'
bad '[]' 'is no \{ "places"'
bad '{"places":{"a b":{"ssh":"x"}}}' '"a b" is no name'
bad '{"places":{"a":{"ssh":"-oProxyCommand=x"}}}' 'place a: "ssh" must be'
bad '{"places":{"a":{"consol":"x"}}}' 'no field is named "consol"'
bad '{"places":{"a":{"console":"x\u001b[2J"}}}' 'place a: "console" must be'
bad '{"places":{"a":{"probe":"1","power":{"on":"rm"}}}}' '"power" must be'
bad '{"places":{"a":{"board":"x"}}}' 'nothing to hold'
bad '{"places":{"a":{"probe":"1"},"a":{"probe":"2"}}}' 'duplicate'
printf '\377{"places":' >locks/port-_dev_vise-none-hostile
for f in locks/serial-*; do printf '{"pid":-1,"until":1e400,"since":"x"' >"$f"; done
run "$VISE" place list
is "$status" 0 "a record that is no record is passed over"
ln -sf "$T/aim" locks/link && ln -sf "$T/aim" "$(ls -d locks/serial-* | head -n 1)"
run "$VISE" place exec probe -- true
is "$status" 3 "a link in the folder of locks is not followed"
test ! -e aim
ok $? "and nothing is made behind it"

# ---- a project's file needs trust
mkdir -p project/.vise
echo '{"places":{"mine":{"console":"exec:cat"},"one":{"console":"exec:cat","doc":"shadows"}}}' >project/.vise/places.json
cd project || bail "no folder"
run "$VISE" place acquire mine
is "$status" 4 "before trust nothing of it is used"
run "$VISE" plugin trust --hash "$("$VISE" plugin view --json | sed -n 's/.*"hash": *"\([^"]*\)".*/\1/p')"
run "$VISE" place show one
like "$out" 'shadows' "after it, it comes first" || echo "$err" | note
plan
