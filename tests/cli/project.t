#!/bin/sh
# project.t - .vise/project.json: not applied before trust, then for every command that says nothing else; wrong
# ones are told with their line; what it says of plugins; vise meta.
. "${srcdir:-.}/tests/lib/tap.sh"
need python3 python3
tmpdir
vise=$BUILD/vise
P=$T/p
mkdir -p "$P/.vise/boards" "$P/.vise/plugins/opt" "$P/sub" && cd "$P/sub" || bail "no folder"
trust()
{
	"$vise" trust allow --hash "$("$vise" trust view | sed -n 's/^hash: //p')" >/dev/null
}
cat >"$T/says.py" <<'E2'
import os, termios, tty
tty.setraw(0, termios.TCSANOW)          # what has come already is not thrown away
os.write(1, b"up\r\n")
line = b""
while True:
    c = os.read(0, 1)
    if c == b"\r" and line:
        os.write(1, b"\r\n+GMR:7\r\nOK\r\n" if line == b"AT+GMR" else b"\r\nOK\r\n")
    line = b"" if c in b"\r\n" else line + c
E2
cat >"$P/.vise/boards/desk.lua" <<'E2'
local vise = require "vise"
vise.board { id = "desk", name = "Desk board", inherits = "pico" }
E2
cat >"$P/.vise/plugins/opt/plugin.json" <<'E2'
{ "name": "opt", "version": "1", "api": "1.1", "provides": ["workflow:opt-show", "command:opt.show"],
  "options": { "speed": { "type": "int", "default": 5 }, "wild": { "type": "bool", "default": false } } }
E2
cat >"$P/.vise/plugins/opt/init.lua" <<'E2'
local vise = require "vise"
local function show() return ("speed %s wild %s"):format(vise.plugin.options.speed, vise.plugin.options.wild) end
vise.workflow { id = "opt-show", run = function(t) print(show()) end }
vise.command { id = "opt.show", run = show }
E2
cat >"$P/.vise/project.json" <<E2
{
  "board": "desk",
  "port": "exec:python3 $T/says.py",
  "elf": "fw.elf",
  "gauges": "exec:sh",
  "artifacts": "out/art",
  "build": { "package": "./cmd/fw", "rows": ["linux/arm64"], "out": "out/dist", "tags": "x" },
  "plugins": { "opt": { "options": { "speed": 9, "wild": true } }, "sim": { "enabled": false } }
}
E2
cp /bin/sh "$P/fw.elf"
mkdir -p "$P/cmd/fw"
printf 'package main\nfunc main() {}\n' >"$P/cmd/fw/main.go"
printf 'module example.org/fw\n\ngo 1.19\n' >"$P/go.mod"
cat >"$T/a_test.lua" <<'E2'
local vise = require "vise"
vise.test("the project's board and port", function(t)
  t:eq(t.board.profile and t.board.profile.name, "Desk board")
  t:eq(t.console:at("AT+GMR", { prefix = "+GMR:" })[1], "7")
end)
E2

# ---- untrusted
run "$vise" flash -n
is "$status" 2 "before trust a command goes without it"
like "$err" 'project.json: is not applied: the project is not trusted; look at it: vise plugin view' "and says how it would be applied"
is "$(printf '%s\n' "$err" | grep -c 'not applied')" 1 "once"
run "$vise" project
like "$out" "^$P  not applied: not trusted" "vise project says so"
like "$out" 'board +desk  \(from .vise/project.json\)' "and what it would set"
run "$vise" doctor
like "$out" 'project.json: is not applied: the project is not trusted' "vise doctor, too"
run "$vise" trust view
like "$out" 'may run programs: by port' "the view says what runs a program, first"
like "$out" "^    board +desk" "and each setting"
like "$out" 'project.json$' "its file is hashed with the rest"
run "$vise" trust deny
run "$vise" flash -n
unlike "$err" 'not applied' "denied, nothing more is said of it"
run "$vise" trust forget
run "$vise" trust allow
is "$status" 2 "allowing takes the hash of the view"
trust

# ---- applied
run "$vise" project check
is "$status" 0 "trusted and right: check is good" || printf '%s\n' "$out" "$err" | note
like "$out" "^$P  applied" "and it is applied"
run "$vise" project --json
like "$out" "\"elf\": *\"$P/fw.elf\"" "paths are below the project"
run "$vise" flash -n --set method=uf2
like "$out$err" 'fw.elf' "vise flash: its board and program"
run "$vise" flash -n -p nonsense x
like "$err" 'nonsense' "the command line says otherwise"
run "$vise" test "$T/a_test.lua"
is "$status" 0 "vise test: its board and port" || printf '%s\n' "$out" "$err" | note
test -f "$P/out/art/run.json"
ok $? "and its folder of artefacts"
run "$vise" workflow opt-show
like "$out" '^speed 9 wild true' "vise workflow: its port, and options of a plugin"
run "$vise" workflow opt-show --set speed=7
like "$out" '^speed 7 wild true' "which the command line says otherwise"
run env VISE_SPEED=6 "$vise" workflow opt-show
like "$out" '^speed 6 wild true' "and so may the environment"
echo 'print(require("vise").console.get():at("AT+GMR", { prefix = "+GMR:" })[1])' >"$T/s.lua"
run "$vise" script "$T/s.lua"
is "$out" 7 "vise script: its port"
run "$vise" debug -n
like "$out$err" 'fw.elf' "vise debug: its board and program"
run "$vise" gauges --once
is "$(printf '%s\n' "$out" | python3 -c 'import json,sys; print("machine" in json.load(sys.stdin) or 1)')" 1 "vise gauges: its source"
mkfifo "$T/in" && exec 9<>"$T/in"
spawn "$vise" console <"$T/in" >"$T/con"
wait_for 'grep -q up "$T/con"' 30
ok $? "vise console: its port"
kill "$pid"
wait_for '! "$vise" ls | grep -q says' 30
run "$vise" plugin list
like "$out" '^sim .*refused .*project.json: it is switched off there' "a plugin may be switched off"
if command -v go >/dev/null; then
	run "$vise" build -n
	like "$out$err" "$P/cmd/fw" "vise build: its package"
	like "$out$err" "arm64" "its rows"
	like "$out$err" "out/dist" "its folder"
else
	ok 0 "vise build # SKIP no go"
fi
run "$vise" flash -n --clean
unlike "$err" 'fw.elf|not applied' "--clean reads none of it"

# ---- the workbench: board, port and program of the project, in a bench of its own
cat >"$T/bench.py" <<'P'
import os, pty, select, subprocess, sys, time
env = dict(os.environ, TERM="xterm-256color")
pid, fd = pty.fork()
if pid == 0:
    os.execvpe(sys.argv[1], [sys.argv[1]], env)
end, seen = time.monotonic() + 40, b""
def ask(what):
    return subprocess.run([sys.argv[1], "do", what, "--json"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.decode()
good = False
while time.monotonic() < end and not good:
    if select.select([fd], [], [], 0.05)[0]:
        try:
            seen += os.read(fd, 65536)
        except OSError:
            break
    good = "says" in ask("console.list") and "fw.elf" in ask("decode.elf")
print(good, "desk" in ask("bench.info") or "desk" in ask("board.list"), "sh" in ask("gauge.source list"))
subprocess.run([sys.argv[1], "kill", "--all"], stdout=subprocess.DEVNULL)
P
is "$(python3 "$T/bench.py" "$vise")" "True True True" "vise: the workbench of the project"

# ---- what is wrong
wrong()
{
	printf '%s\n' "$1" >"$P/.vise/project.json"
	trust
	run "$vise" project check
	is "$status" 2 "wrong: $3"
	like "$err" "$2" "and said"
	run "$vise" flash -n x
	is "$status" 2 "a command that would use it ends"
}
wrong '{
  "bord": "desk" }' 'project.json:2: bord is no field.*did you mean board' "a field that is not"
wrong '{ "build": { "rows": ["host"],

 "trimpath": "yes" } }' 'project.json:3: build.trimpath must be true or false' "a type, deep in"
wrong '{ "elf": "../x" }' 'project.json:1: elf leads out of the project' "a path that leads out"
wrong '{ "board": ' 'project.json: not valid JSON, line' "no JSON"
wrong '{ "place": "a",
"port": "b" }' 'project.json:1: place has a port of its own' "place and port"
wrong '{ "plugins": { "opt": { "enabled": 1 } } }' 'plugins.opt.enabled must be true or false' "a plugin switched by a number"
echo '{ "board": "nobody", "plugins": { "opt": { "options": { "sped": 1 } }, "none": {} } }' >"$P/.vise/project.json"
trust
run "$vise" project check
is "$status" 2 "what it names and is not there"
like "$out" 'board: no plugin and no file provides the board nobody' "a board"
like "$out" 'plugins.none: there is no such plugin' "a plugin"
like "$out" 'has no option sped; did you mean speed' "an option"

# ---- for editors
mkdir "$T/tests" && cd "$T/tests" || bail "no folder"
echo '{ "workspace.library": ["mine"], "hint.enable": true }' >.luarc.json
run "$vise" meta --copy
is "$status" 0 "vise meta"
is "$(python3 -c 'import json; o = json.load(open(".luarc.json")); print(o["workspace.library"], o["hint.enable"], o["diagnostics.neededFileStatus"]["await-in-sync"])')" \
	"['mine', '.luameta'] True Any" "adds to what is there"
same .luameta/vise.lua "$srcdir/lua/meta/vise.lua" "and copies the stubs"
echo '// words' >.luarc.json
run "$vise" meta
is "$status" 2 "what it cannot read it leaves alone"
plan
