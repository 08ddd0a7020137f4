#!/bin/sh
# ending.t - a bench that ends: who works for it cleans up first, with all that it had; nobody joins it meanwhile;
# said again it ends at once, and a clean-up that hangs is ended after its time.
. "${srcdir:-.}/tests/lib/tap.sh"
tmpdir
VISE=$BUILD/vise
VISE_LOCK_DIR=$T/locks
export VISE_LOCK_DIR VISE T
cd "$T" || bail "no folder"
mkdir -p "$XDG_CONFIG_HOME/vise" plugins/stays
cat >"$XDG_CONFIG_HOME/vise/places.json" <<'E'
{ "places": { "one": { "console": "exec:cat" }, "two": { "console": "exec:cat -u" } } }
E
cat >plugins/stays/plugin.json <<'E'
{ "name": "stays", "version": "1.0.0", "api": "1.1", "provides": ["service:stays.hi"] }
E
cat >plugins/stays/init.lua <<'E'
local vise = require "vise"
vise.service("stays.hi", function() return "hi" end)
vise.on_unload(function() print "bye from the plugin" end)
E
# its clean-up uses the console, a plugin, a program with a connection of its own, and waits for us
cat >cleans.lua <<E
local vise = require "vise"
local place = vise.place.acquire("two", { lease = "1h" })
vise.defer(function()
  vise.console.get():line "POWER OFF"
  vise.console.get():expect("POWER OFF", { timeout = 30 })
  print("the plugin says " .. vise.call("stays.hi"))
  local r = vise.launch.run { cmd = "vise", args = { "do", "--json", "console.send", "by-its-own-program" }, check = false }
  print("its program ended with " .. r.code .. " " .. r.err)
  print("the place is " .. vise.launch.run({ cmd = "vise", args = { "place", "list", "two" } }).out:match "^two .-(held)")
  print "gate"
  while #vise.fs.glob("$T/open*") == 0 do vise.sleep(0.05) end
  print "cleaned up"
end)
vise.call("stays.hi")
print "at work"
vise.sleep(600)
E
cat >hangs.lua <<'E'
local vise = require "vise"
vise.defer(function() print "gate" vise.sleep(600) end)
print "at work"
vise.sleep(600)
E

# start NAME SCRIPT: a bench with a console at which the script is at work; dir, pid (of the bench), log (of the job)
start()
{
	name=$1
	spawn "$BUILD/vise-bench" --foreground --name "$1" --target "exec:cat" --plugins "$T/plugins" --run "console.open exec:cat" 2>"$1.err"
	wait_for 'test -S "$XDG_RUNTIME_DIR/vise/$name.sock" && test -s "$XDG_RUNTIME_DIR/vise/$name.json"' 20
	dir=$(sed 's/.*"dir":"\([^"]*\)".*/\1/' "$XDG_RUNTIME_DIR/vise/$1.json")
	log=$dir/jobs/1.log
	"$VISE" do --bench "$1" "script.run $T/$2" >do.out 2>&1
	job=$(sed -n 's/^pid: //p' do.out)
	wait_for 'grep -q "at work" "$log"' 30 || cat do.out "$log" | note
}

# ---- asked, and waited for
start one cleans.lua
spawn "$VISE" kill one >kill.out 2>&1
killer=$pid
wait_for 'grep -q gate "$log"' 30
ok $? "vise kill: the script cleans up" || cat "$log" kill.out | note
like "$("$VISE" ls)" '^one .*\(ending\)$' "vise ls tells of it"
run "$VISE" do --bench one "mark.set x"
is "$status" 3 "nobody joins it"
like "$err" '^vise: one: the bench is ending; it waits for the clean-up of script cleans.lua; vise starts a new one$' "and that is said"
echo 'print(require "vise".cmd("bench.info").name)' >name.lua
run "$VISE" script name.lua
is "$status $out" "0 bench" "who needs any bench gets a new one" || echo "$err" | note
wait_for 'grep -q "waiting for the clean-up of script cleans.lua; vise kill one once more ends it at once" kill.out' 30
ok $? "vise kill says what it waits for" || note <kill.out
spawn "$VISE" console exec:cat --quiet 1ms >console.out 2>&1 </dev/null
console=$pid
wait_for 'grep -q "one: it is ending; waiting until it is gone" console.out' 30
ok $? "who wants its port waits" || note <console.out
touch open
wait "$killer"
is "$? $(tail -n 1 kill.out)" "0 one ended" "vise kill ends with it"
wait "$console"
is $? 0 "and who waited has a bench of his own" || note <console.out
like "$(cat "$dir/console-main.raw")" 'POWER OFF' "what the clean-up sent has reached the board"
like "$(cat "$dir/console-main.raw")" 'by-its-own-program' "also by a program of its own"
is "$(sed -n '/^at work/,/^cleaned/p' "$log" | tr '\n' ';')" \
	"at work;the plugin says hi;its program ended with 0 ;the place is held;gate;cleaned up;" "it had all that it had before" || note <"$log"
like "$("$VISE" place list two)" '^two .* free' "its place is released, not left"
grep -q "bye from the plugin" "$dir"/jobs/*.log
ok $? "a plugin's process was unloaded"
like "$(tail -n 1 "$dir/journal.jsonl")" '"type":"bench.end"' "the journal's last line is its end"
! kill -0 "$job" 2>/dev/null
ok $? "no process of it is left"

# ---- again: at once; too long: ended
start two hangs.lua
spawn "$VISE" kill two >kill.out 2>&1
killer=$pid
wait_for 'grep -q gate "$log"' 30
run timeout 5 "$VISE" kill two
is "$status $out" "0 two ended" "said again, it ends at once"
wait "$killer"
is $? 0 "for the first, too" || note <kill.out
wait_for 'ended "$job"' 10
ok $? "and what hung is gone"
echo 'set bench.grace 300ms' >"$XDG_CONFIG_HOME/vise/config"
start three hangs.lua
bench=$pid
kill "$bench"
wait_for 'ended "$bench" && ended "$job"' 20
ok $? "SIGTERM: a clean-up that hangs is ended after its time" || ps ax | grep -F "$T" | note
like "$(cat "$log")" 'the time to clean up is over|clean-up takes too long' "and told why" || note <"$log"
rm "$XDG_CONFIG_HOME/vise/config"

# ---- a script in the foreground
rm -f open
sed '/^local place/d; /stays/d; /the place is/d' cleans.lua >front.lua
spawn "$VISE" script front.lua --place one >front.out 2>&1
front=$pid
wait_for 'grep -q "at work" front.out' 30 || note <front.out
"$VISE" ls >ls.out
touch open
run "$VISE" kill "$(sed -n '2s/ .*//p' ls.out)"
is "$status" 0 "the bench of a script in the foreground" || echo "$err" | note
wait "$front"
is $? 3 "which fails by that" || note <front.out
like "$(cat front.out)" 'cleaned up' "after its clean-up" || note <front.out
like "$("$VISE" place list one)" '^one .* free' "its place is free"

# ---- one begins while another ends: none is lost, none joins what goes, no name is taken twice
cat >busy.sh <<'E'
for i in 1 2 3 4 5 6 7 8; do
	"$VISE" script name.lua >"o.$1.$i" 2>&1 || echo "$1.$i ended with $?" >>failed
done
E
for i in 1 2 3; do
	spawn sh busy.sh $i
	eval "busy$i=$pid"
done
wait "$busy1" "$busy2" "$busy3"
test ! -e failed
ok $? "scripts that begin and end at the same time" || cat failed o.*.* | note
plan
