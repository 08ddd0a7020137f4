#!/bin/sh
# own.t - files of one's own that need no plugin.json: $XDG_CONFIG_HOME/vise/init.lua and boards/NAME.lua,
# PROJECT/.vise/boards: found, trusted, shadowed, wrong; and --clean, which reads none of them.
. "${srcdir:-.}/tests/lib/tap.sh"
need python3 python3
tmpdir
PYTHONPATH=$srcdir/tests/lib PYTHONDONTWRITEBYTECODE=1
S=$XDG_RUNTIME_DIR/vise/own.sock
export PYTHONPATH PYTHONDONTWRITEBYTECODE T S
vise=$BUILD/vise
own=$XDG_CONFIG_HOME/vise
mkdir -p "$own/boards" "$T/p/.vise/boards" "$T/p/sub" && cd "$T/p/sub" || bail "no folder"
state()
{
	"$vise" plugin list "$@" | awk -v n="$what" '$1 == n { print $3, $4 }' | tr '\n' ' '
}

# ---- init.lua: found, run by a bench that somebody looks at, and by no other
cat >"$own/init.lua" <<'E2'
local vise = require "vise"
local words = require "words"
vise.keymap("global", ", j", function() vise.ui.notify(words.hello) end)
vise.command { id = "my.hello", title = "Hello", run = function() return words.hello end }
vise.on("mark", function() vise.ui.notify("saw the mark") end)
vise.macro { id = "my-macro", run = function(t) print("the macro of mine") end }
vise.ui.segment { id = "my.s", every = 0.1, render = function() return "my segment" end }
vise.threshold { gauge = "mem.avail", above = 0, hold = 0, msg = "there is memory" }
E2
echo 'return { hello = "hello from me" }' >"$own/words.lua"
what=init
is "$(state)" "user ok " "init.lua is listed"
run "$vise" plugin check init
is "$status $out" "0 init: sound; command:my.hello event:mark macro:my-macro segment:my.s" "and is sound: it promises nothing"
spawn "$BUILD/vise-bench" --foreground --name own --linger 120s
wait_for 'test -S "$S"' 20
cat >"$T/rig.py" <<'P'
import json, os
from client import fresh, Refused
c = fresh(os.environ["S"])
def look():
    return c.call("attach", {"events": True, "streams": True})
def host(name="init"):
    return ([h for h in c.do("plugin.hosts") if h["name"] == name] or [None])[0]
def notice(text, snapshot=None):
    have = snapshot["notices"] if snapshot else []
    return c.wait(lambda: [n for n in have + [e["notice"] for e in c.of("notice")] if text in n["text"]], 30)
P
py()
{
	says=$( (cat "$T/rig.py" -) | python3 - 2>&1)
	ok $? "$1" || printf '%s\n' "$says" | note
}
py "a bench that nobody looks at does not run it: tests and scripts are the same everywhere" <<'P'
c.attach()
assert host() is None and c.do("job.list") == []
P
py "who looks has it: its commands, keys and events" <<'P'
look()
assert c.wait(lambda: (host() or {}).get("state") == "running", 30), host()
assert host()["place"] == "user"
assert c.do("plugin.run my.hello") == "hello from me"
c.do("trigger.list") ; c.do("console.open exec:cat") ; c.do("mark.set here")
assert notice("saw the mark")
assert notice("there is memory")
assert "the macro of mine" in c.do("job.output %d" % c.do("macro.run my-macro wait=on")["id"])["text"]
d = fresh(os.environ["S"])
assert [s["text"] for s in d.attach()["plugins"]["segments"]] == ["my segment"]
P
echo 'x = = 1' >>"$own/init.lua"
run "$vise" plugin reload init --bench own
is "$status" 7 "a mistake is an error of the plugin"
like "$err" 'init.lua:9: ' "said with file and line"
run "$vise" plugin run my.hello --bench own
is "$out" "hello from me" "and the one before goes on"
run "$vise" plugin list
like "$out" '^init .*refused .*init.lua:9: ' "the list tells the mistake"
"$vise" kill own >/dev/null
spawn "$BUILD/vise-bench" --foreground --name own --linger 120s
wait_for 'test -S "$S"' 20
py "with a broken one the bench stands, and says so" <<'P'
s = look()
assert notice("init.lua:9: ", s), c.events
assert host()["state"] == "failed" and c.do("bench.info")["name"] == "own"
P
"$vise" kill own >/dev/null
sed -i '$d' "$own/init.lua"

# ---- whose it is
chmod o+w "$own/init.lua"
is "$(state)" "user refused " "a file that others may write is refused"
run "$vise" plugin list
like "$out" '^init .*others may write init.lua' "and why"
chmod o-w "$own/init.lua" && chmod o+w "$own"
is "$(state)" "user refused " "so is its folder"
chmod o-w "$own"
mv "$own/init.lua" "$T/mine.lua" && ln -s "$T/mine.lua" "$own/init.lua"
is "$(state)" "user ok " "a link to a file of one's own is fine"
if test "$(id -u)" = 0 && chown 65534 "$T/mine.lua"; then
	run "$vise" plugin list
	like "$out" '^init .*belongs to another user' "another user's is refused, also behind a link"
	chown 0 "$T/mine.lua"
fi

# ---- boards of one's own
cat >"$own/boards/cam.lua" <<'E2'
local vise = require "vise"
vise.board { id = "cam", name = "Thumb camera", inherits = "pico", match = { { usb = "1209:ca01" } } }
E2
cat >"$own/boards/go3.lua" <<'E2'
local vise = require "vise"
local common = require "_common"
vise.board { id = "go3", name = "Mine", console = { kind = "pty", baud = common.baud } }
E2
echo 'return { baud = 9600 }' >"$own/boards/_common.lua"
run "$vise" board list cam
like "$out" '^cam +board.cam +RP2040 +Thumb camera  1209:ca01' "a profile in a file of its own is listed, with what it inherits"
run "$vise" board find --usb 1209:ca01
is "$status" 0 "and found by its USB id"
like "$out" 'is cam$' "as the one"
run "$vise" board show go3
like "$out" '^console +main:.* baud 9600' "a user's profile comes before the shipped one of its name; a module is beside it"
run "$vise" board list go3
like "$out" '^go3 +board.go3 +- +Mine' "the list names it"
like "$out" '^go3 +go3 .*shadowed by board.go3' "and the one that it shadows"
run "$vise" board list --clean go3
unlike "$out" 'Mine|shadowed' "--clean: there are only the shipped ones"
run "$vise" plugin list --clean
unlike "$out" ' user |^init' "and no plugin of one's own"
run "$vise" board check
is "$status" 0 "board check runs those in files"
like "$out" '^board.cam: sound; board:cam' "and names them"
run "$vise" flash -p cam -n --set method=uf2 /etc/hostname
like "$out$err" 'hostname' "it is good for flash -n"
sed -i 's/id = "cam"/id = "camera"/' "$own/boards/cam.lua"
run "$vise" board check cam
is "$status" 2 "a file is for the board of its name"
like "$out" 'board:cam is what the name of the file promises' "and says so"
echo 'x = = 1' >"$own/boards/cam.lua"
run "$vise" board list cam
is "$status" 0 "a broken one does not hide the others"
like "$err" 'cam.lua:1: ' "and is told with its line"
rm "$own/boards/cam.lua" "$own/boards/go3.lua"

# ---- boards of a project
cat >"$T/p/.vise/boards/desk.lua" <<'E2'
local vise = require "vise"
vise.board { id = "desk", name = "Desk board", inherits = "pico", match = { { usb = "1209:ca02" } }, console = { kind = "serial", baud = 57600 } }
E2
mkdir "$T/p/.vise/boards/fold"
printf '{"name":"fold","version":"1","api":"1.0","provides":["board:fold"],"needs":{"exec":["dd"]}}' >"$T/p/.vise/boards/fold/plugin.json"
echo 'require("vise").board { id = "fold", name = "Folded" }' >"$T/p/.vise/boards/fold/init.lua"
what=board.desk
is "$(state)" "project untrusted " "a project's profile is found from below, and may not run"
run "$vise" board show desk
is "$status" 4 "by its id it may not"
like "$err" 'not trusted; vise plugin view' "and how it may is said"
run "$vise" desk
is "$status" 4 "nor as what the workbench is for"
run "$vise" plugin view
like "$out" 'board.desk' "the view shows it"
like "$out" 'may run programs, all that you may' "and what it may do"
like "$out" 'may run programs: dd' "a folder with a plugin.json says it itself"
like "$out" '  boards/desk.lua$' "its file is hashed with the rest"
"$vise" plugin trust --hash "$("$vise" plugin view | sed -n 's/^hash: //p')" >/dev/null
run "$vise" board show desk --json
like "$out" '"baud": *57600' "trusted, it is there"
run "$vise" board show fold
like "$out" '^name +Folded' "the folder, too"
run "$vise" board find --usb 1209:ca02
like "$out" 'is desk$' "and is found by its USB id"
cat >"$T/desk_test.lua" <<'E2'
local vise = require "vise"
vise.test("the board is the project's", function(t) t:eq(t.board.profile.name, "Desk board") end)
E2
printf '#!/bin/sh\nwhile read -r l; do printf "\\r\\nOK\\r\\n"; done\n' >"$T/says" && chmod +x "$T/says"
run "$vise" test "$T/desk_test.lua" --board desk --port "exec:$T/says"
is "$status" 0 "a test is run on it" || printf '%s\n' "$out" "$err" | note
cat >"$T/desk.lua" <<'E2'
local vise = require "vise"
vise.workflow { id = "w", run = function(t) print(t.board.id, t.board.profile.name, vise.command == nil) end }
print(pcall(vise.command, { id = "x", run = print }))
E2
run "$vise" script "$T/desk.lua" --board desk --port "exec:$T/says"
like "$out" '^desk	Desk board' "and a workflow of a script"
like "$out" 'is for plugins' "which is a script all the same"
run "$vise" workflow boot-time --board desk --port "exec:$T/says" --dry-run
is "$status" 0 "and one of another plugin" || printf '%s\n' "$out" "$err" | note
echo "-- more" >>"$T/p/.vise/boards/desk.lua"
is "$(state)" "project untrusted " "changed, it asks again"
plan
