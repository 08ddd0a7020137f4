#!/bin/sh
# qemu.t - a real firmware on an emulated board, from the command line: AT, flash, workflow, and a debugger in a job.
. "${srcdir:-.}/tests/lib/tap.sh"
need python3 python3
need qemu-system-arm qemu-system-arm
need gdb-multiarch gdb-multiarch
need arm-none-eabi-gcc gcc-arm-none-eabi
tmpdir
PYTHONPATH=$srcdir/tests/lib PYTHONDONTWRITEBYTECODE=1
export PYTHONPATH PYTHONDONTWRITEBYTECODE T
rig=$srcdir/tests/rig/qemu-board/board
vise=$BUILD/vise
fw=$T/fw

# board_up IMAGE: a board of ours runs it; tty, port.
boards=0
board_up()
{
	boards=$((boards + 1))
	B=$T/b$boards
	# a mute one never says [READY], which start would wait for: it is written into a blank chip
	first=$fw/$1.elf
	test "$1" != fw-mute || first=blank
	"$rig" start "$B" "$first" --life 300 >"$T/board.log" 2>&1 || { note <"$T/board.log"; return 1; }
	at_end "'$rig' stop '$B' >/dev/null 2>&1"
	tty=$(readlink -f "$B/tty")
	port=$(cat "$B/gdb.port")
	test "$1" != fw-mute || { "$rig" load "$B" "$fw/$1.elf" >"$T/board.log" 2>&1; return; }
	"$rig" wait "$B" '[READY]' 20 >/dev/null 2>&1
}

# v ARGUMENTS...: vise, with an end.
v()
{
	run timeout 90 "$vise" "$@"
}

py()
{
	says=$(python3 - 2>&1)
	ok $? "$1" || printf '%s\n' "$says" | note
}

# shown: what the last run said, when a result was bad.
shown()
{
	printf '%s\n%s\n' "$out" "$err" | tail -n 20 | note
}

mkdir "$fw"
make -s -C "$srcdir/tests/rig/qemu-board" OUT="$fw" all >"$T/make.log" 2>&1
ok $? "the firmware builds" || { note <"$T/make.log"; plan; exit 1; }
board_up fw-3.2.1
ok $? "the board boots it" || { plan; exit 1; }

# --- AT

v at "$tty" AT+GMR
is "$status" 0 "vise at: an answer" || shown
like "$out" '^\+GMR:3\.2\.1$' "its line"
like "$out" '^OK  [0-9.]+ ?.?s' "and its result with the time"
v at "$tty" AT+LANG=zh_CN
is "$status" 0 "AT+LANG=zh_CN" || shown
like "$out" '^OK' "is OK"
"$rig" wait "$B" '[READY]' 20 >/dev/null 2>&1
ok $? "the reboot is seen"
v at "$tty" 'AT+LANG?'
like "$out" '^\+LANG:zh_CN$' "AT+LANG? answers zh_CN" || shown
v at "$tty" --json 'AT+LANG?'
is "$(printf '%s' "$out" | python3 -c 'import json,sys; o=json.load(sys.stdin); print(o["result"], o["lines"])' 2>&1)" \
	"OK ['+LANG:zh_CN']" "--json is JSON"
v at "$tty" AT+NOSUCH
is "$status" 1 "a command the device refuses: 1" || shown
like "$err" '^vise: AT\+NOSUCH: ERROR' "and its word"
v at "$T/no-such-tty" AT
is "$status" 3 "a port that is not there: 3" || shown
like "$err" '^vise: .*no-such-tty' "names it"

# --- the workflow

v workflow switch-language --port "$tty" --set lang=en_US
is "$status" 0 "the language workflow passes" || shown
v at "$tty" 'AT+LANG?'
like "$out" '^\+LANG:en_US$' "and the device agrees"
cat >"$T/switch.lua" <<'L'
local vise = require "vise"
local con = vise.console.get("main")
con:at("AT+LANG=ja_JP", { timeout = 3 })
con:expect("[READY]", { timeout = 20 })
local have = con:at("AT+LANG?", { prefix = "+LANG:" })[1]
if have ~= "ja_JP" then vise.fail("verify", "AT+LANG? says %q", tostring(have)) end
print("language " .. have)
L
v script "$T/switch.lua" --port "$tty"
is "$status" 0 "a script of one's own does the same" || shown
like "$out" 'language ja_JP' "and prints"
echo 'error("no good")' >"$T/bad.lua"
v script "$T/bad.lua" --port "$tty"
is "$status" 7 "a script with an error: 7" || shown
like "$err" 'no good' "and the error"
echo 'while true do end' >"$T/spin.lua"
v script "$T/spin.lua" --port "$tty" --timeout 2s
case $status in 7|124) true ;; *) false ;; esac
ok $? "a runaway is ended" || { echo "status $status" | note; shown; }
like "$err" 'spin\.lua:1|^vise: spin\.lua: clean-up takes too long; ended' "and named" || shown

# --- flash

cmp -s "$fw/fw-3.2.1.elf" "$fw/fw-3.3.0.elf"
isnt $? 0 "the newer image differs"
v flash -p qemu-netduinoplus2 --set "gdb=127.0.0.1:$port" "$fw/fw-3.3.0.elf"
is "$status" 0 "vise flash" || shown
"$rig" wait "$B" '[READY]' 20 >/dev/null 2>&1
ok $? "the board boots the new image"
v at "$tty" AT+GMR
like "$out" '^\+GMR:3\.3\.0$' "AT+GMR says 3.3.0" || shown
(cd "$fw" && "$vise" flash -p qemu-netduinoplus2 --set "gdb=127.0.0.1:$port" fw-3.2.1.elf) >"$T/out" 2>&1
is $? 0 "a file named relative to the folder" || note <"$T/out"
"$rig" wait "$B" '[READY]' 20 >/dev/null 2>&1

v flash -p qemu-netduinoplus2 --set "gdb=127.0.0.1:$port" "$T/missing.elf"
is "$status" 3 "a missing image: 3" || shown
like "$err" '^vise: .*missing\.elf: no such file' "says so" || shown
echo "this is no image" >"$T/text.elf"
v flash -p qemu-netduinoplus2 --set "gdb=127.0.0.1:$port" "$T/text.elf"
is "$status" 1 "a file that is no ELF: 1" || shown
like "$out$err" 'named .elf, but inside it is neither that' "says so"
dead=$(python3 -c 'import socket; s=socket.socket(); s.bind(("127.0.0.1",0)); print(s.getsockname()[1])')
v flash -p qemu-netduinoplus2 --set "gdb=127.0.0.1:$dead" "$fw/fw-3.3.0.elf"
is "$status" 3 "nothing at the debug port: 3" || shown
like "$out$err" "no gdb stub at 127\.0\.0\.1:$dead" "names the address"
v flash -p no-such-board "$fw/fw-3.3.0.elf"
isnt "$status" 0 "an unknown board is refused" || shown
like "$err" '^vise: .*no-such-board' "and named"
v at "$tty" AT+GMR
like "$out" '^\+GMR:3\.2\.1$' "the failures changed nothing on the board" || shown

# --- a debugger in a terminal of the bench

S=$XDG_RUNTIME_DIR/vise/dbg.sock
export S port fw
spawn "$BUILD/vise-bench" --foreground --name dbg --linger 60s
wait_for 'test -S "$S"' 10
ok $? "a bench runs"
py "board.debug: a real gdb in a pane answers what is typed, and ends" <<'P'
import os, re
from client import fresh
c = fresh(os.environ["S"]); c.attach(streams=True)
c.do('board.debug "%s/fw-3.2.1.elf" board=qemu-netduinoplus2 wait=on -- gdb=127.0.0.1:%s'
     % (os.environ["fw"], os.environ["port"]), 30)
jobs = [j for j in c.do("job.list") if j["kind"] == "debug" and j["pty"]]
assert len(jobs) == 1 and jobs[0]["state"] == "running", c.do("job.list")
s, job = jobs[0]["stream"], jobs[0]["id"]
assert c.wait(lambda: "(gdb)" in c.text(s), 30), c.text(s)
c.type(s, "info registers pc sp\n")
assert c.wait(lambda: re.search(r"pc +0x[0-9a-f]+.*sp +0x200", c.text(s), re.S), 20), c.text(s)
c.type(s, "quit\n")
end = c.do("job.wait %d" % job, 20)
assert end["state"] == "ok" and end["exit"] == 0, end
P
py "and stops at breakpoints in what was flashed: where and why are known" <<'P'
import os
from client import fresh, until
c = fresh(os.environ["S"]); c.attach(streams=True)
c.do('board.debug "%s/fw-3.2.1.elf" board=qemu-netduinoplus2 wait=on -- gdb=127.0.0.1:%s'
     % (os.environ["fw"], os.environ["port"]), 30)
c.do("debug.wait stopped timeout=30s", 40)
s = 1000 + c.do("debug.list")[-1]["debugger"]["job"]
assert c.wait(lambda: "(gdb)" in c.text(s), 30), c.text(s)
c.type(s, "hbreak systick_handler\ncontinue\n")
assert until(lambda: c.do("debug.wait stopped timeout=30s", 40).get("why") == "breakpoint 1", 30), c.text(s)
row = c.do("debug.list")[-1]
assert row["func"] == "systick_handler" and row["file"] == "fw.c" and row["line"] > 500, row
assert row["servers"] == [], row
c.type(s, "delete\nmonitor system_reset\nquit\n")
assert c.do("debug.wait over timeout=30s", 40)["state"] == "over"
P
v rsp step ":$port" --count 200 --mask on --json
printf '%s\n' "$out" | python3 -c 'import json, sys
o = json.load(sys.stdin)
assert o["answered"] == o["sigtrap"] == 200 and o["wrong"] == 0, o'
ok $? "its steps succeed" || shown
v rsp speed ":$port" --addr 0x20000000 --size 2K
like "$out" '^read +2044 +[0-9]+ ' "its memory is read, so fast" || shown
v at "$tty" AT
is "$status" 0 "the chip runs on after gdb left" || shown
python3 "$srcdir/tests/lib/client.py" "$S" "bench.stop confirm=on" >/dev/null

# --- devices that are not as they should be

v at "$tty" AT+BOOT
is "$status" 0 "AT+BOOT" || shown
v workflow switch-language --port "$tty" --set wait=5s
is "$status" 1 "the workflow in bootloader mode: 1" || shown
like "$out$err" 'wrong_mode|bootloader' "says which mode" || shown
board_up fw-3.1.9
ok $? "a board with old firmware boots"
v workflow switch-language --port "$tty"
is "$status" 1 "the workflow with old firmware: 1" || shown
like "$out$err" 'needs 3\.2\.1.*3\.1\.9' "says which version it needs, and which it has" || shown
board_up fw-mute
ok $? "a mute board runs"
v workflow switch-language --port "$tty" --set wait=5s
is "$status" 3 "the workflow with a mute device: 3" || shown
like "$out$err" 'nothing answers' "says so" || shown
v ls
like "$out" 'no bench is running' "no bench was left behind" || shown

plan
