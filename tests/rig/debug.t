#!/bin/sh
# debug.t - `vise debug`: server, tap and a real gdb as one thing; what Vise knows of the target; what is left when
# one of them dies, hangs or is not there.
. "${srcdir:-.}/tests/lib/tap.sh"
need python3 python3
need qemu-system-arm qemu-system-arm
need gdb-multiarch gdb-multiarch
need arm-none-eabi-gcc gcc-arm-none-eabi
tmpdir
PYTHONPATH=$srcdir/tests/lib:$srcdir/tests/rig PYTHONDONTWRITEBYTECODE=1
fw=$T/fw S=$XDG_RUNTIME_DIR/vise/debug.sock
vise=$BUILD/vise
export PYTHONPATH PYTHONDONTWRITEBYTECODE T S fw vise
mkdir "$fw" "$T/bin"
make -s -C "$srcdir/tests/rig/qemu-board" OUT="$fw" "$fw/fw-3.2.1.elf" >"$T/make.log" 2>&1
ok $? "the firmware builds" || { note <"$T/make.log"; plan; exit 1; }

py()
{
	says=$(python3 - 2>&1)
	ok $? "$1" || printf '%s\n' "$says" | note
}

# --- the words alone

run "$vise" debug -p qemu-netduinoplus2 --set start=on --through-tap -n "$fw/fw-3.2.1.elf"
is "$status" 0 "-n" || printf '%s\n' "$err" | note
like "$out" "^qemu-system-arm -M netduinoplus2 .* -gdb 'tcp:127\.0\.0\.1:\{qemu\}' -kernel /" "the server's words"
like "$out" "^vise rsp tap '127\.0\.0\.1:\{qemu\}' --listen 0$" "the tap's"
like "$out" "^gdb-multiarch .*'target remote 127\.0\.0\.1:\{tap\}' /" "and gdb's, which goes to the tap"
run "$vise" debug -p bluepill -n --set probe=0669 --set load=on "$fw/fw-3.2.1.elf"
like "$out" "^openocd -c 'gdb_port 0; .*-f interface/stlink.cfg -c 'adapter serial \{0669\}' -f target/stm32f1x.cfg$" \
	"OpenOCD's words name the probe"
like "$out" "'monitor reset halt' -ex load -ex 'monitor reset halt'" "load=on loads, from reset to reset"
run "$vise" debug -p bluepill -n --set method=nonsense
is "$status" 2 "a method that is none: 2"
like "$err" 'known: openocd, stutil, probe-rs' "and what there is"

# the real st-util and st-flash take our words: what they miss is the probe
if command -v st-util >/dev/null 2>&1; then
	run timeout 60 "$vise" debug --background -p bluepill --set method=stutil --set probe=0671FF "$fw/fw-3.2.1.elf"
	is "$status" 3 "st-util without a probe: 3"
	like "$err" "stutil ended: exit status 1: .*find any ST-Link devices" "in its words"
	run timeout 60 "$vise" flash -p bluepill --set method=stflash --set check=off --set ready=off "$fw/fw-3.2.1.elf"
	is "$status" 2 "st-flash is given no ELF file: it would write its header too"
	printf 'abcdefgh' >"$T/fw.bin"
	run timeout 60 "$vise" flash -p bluepill --set method=stflash --set check=off --set ready=off --set probe=0671FF "$T/fw.bin"
	is "$status" 3 "st-flash without a probe: 3"
	like "$err" "find any ST-Link devices" "in its words"
else
	skip "the real st-util and st-flash: needs st-util (Debian package stlink-tools)"
fi

# --- VS Code's launch.json

mkdir -p "$T/ws/.vscode"
cat >"$T/ws/.vscode/launch.json" <<'J'
{
	// as people have it
	"version": "0.2.0",
	"configurations": [
		{ /* a board */ "name": "Nucleo", "type": "cortex-debug", "request": "launch", "servertype": "openocd",
		  "executable": "${workspaceFolder}/build//fw.elf", // "no comment": //
		  "device": "STM32F407VG", "configFiles": ["interface/stlink.cfg", "target/stm32f4x.cfg",],
		  "svdFile": "./F4.svd", "serialNumber": "0671FF", "armToolchainPath": "/opt/arm/bin", "runToEntryPoint": "main",
		  "preLaunchTask": "build", "semihosting": true, "vectorTable": "0x08004000", "surprise": [1, 2,],
		  "rttConfig": { "enabled": true, "address": "0x20000000", "searchSize": 1024, "decoders": [{"port": 1}], "odd": 1 },
		  "openOCDPreConfigLaunchCommands": ["set WORKAREASIZE 0"], "preLaunchCommands": ["set mem inaccessible-by-default off"], },
		{ "name": "J", "type": "cortex-debug", "request": "attach", "servertype": "jlink", "device": "nRF52832_xxAA",
		  "interface": "swd", "executable": "a.elf", "linux": { "gdbPath": "/usr/bin/gdb" } },
		{ "name": "Go", "type": "go", "request": "attach", "mode": "remote", "host": "10.0.0.7", "port": 2345, "remotePath": "/x" },
		{ "name": "Ask", "type": "cortex-debug", "servertype": "external", "gdbTarget": "${input:where}", "executable": "a" },
		{ "name": "Node", "type": "node", "request": "launch" },
		{ "name": "Own", "type": "cortex-debug", "request": "launch", "servertype": "qemu", "machine": "netduinoplus2",
		  "executable": "${env:fw}/fw-3.2.1.elf", "surprise": 1 },
	],
}
J
launch=$T/ws/.vscode/launch.json
run "$vise" debug --import "$launch" Nucleo -n
is "$status" 0 "an entry of Cortex-Debug" || printf '%s\n' "$err" | note
like "$out" "^openocd .*-c 'set WORKAREASIZE 0' -f interface/stlink.cfg -c 'adapter serial \{0671FF\}' -f target/stm32f4x.cfg" "its server"
like "$out" "rtt setup 0x20000000 0x400 .*rtt server start 0 1 " "its RTT"
like "$out" "^/opt/arm/bin/arm-none-eabi-gdb .*inaccessible-by-default off' -ex 'monitor reset halt' -ex 'monitor arm semihosting enable' -ex load" \
	"its gdb, in the right order"
like "$out" "0xe000ed08 = 0x8004000' -ex 'tbreak main' -ex continue $T/ws/build//fw.elf$" "vector table, entry, and a variable filled in"
like "$("$vise" debug --import "$launch" Nucleo -n --json)" '"svd":"[^"]*/ws/F4\.svd"' "its SVD file, from the workspace"
like "$out" '^# not used here: preLaunchTask$' "what has no part in it is named"
like "$out" '^# not known: rttConfig\.odd, surprise$' "and what nobody knows"
run "$vise" debug --import "$launch" J -n
like "$out" "^JLinkGDBServerCLExe .* -if swd .*-device nRF52832_xxAA$" "J-Link's server"
like "$out" "^/usr/bin/gdb .*'target extended-remote 127\.0\.0\.1:\{jlink\}' a\.elf$" "attach resets nothing; the platform's own keys count"
run "$vise" debug --import "$launch" Go -n
like "$out" '^dlv connect 10\.0\.0\.7:2345$' "Go's remote attach"
run "$vise" debug --import "$launch"
is "$status" 2 "several and none named: 2"
like "$err" 'say which: Nucleo, J, Go, Ask, Node, Own' "and their names"
run "$vise" debug --import "$launch" Ask -n
like "$err" 'gdbTarget: \$\{input:where\} is not known outside of VS Code' "a question that only VS Code asks"
run "$vise" debug --import "$launch" Node -n
like "$err" 'type node is not known here' "another type"

py "a board as launch.json and back starts the same" <<'P'
import json, os, subprocess
vise, fw = os.environ["vise"], os.environ["fw"] + "/fw-3.2.1.elf"
def out(*words):
    return subprocess.run([vise, "debug", *words], stdout=subprocess.PIPE, check=True).stdout
for words in (["-p", "bluepill", "--set", "probe=7", "--set", "load=on"], ["-p", "nucleo-h743zi", "--set", "method=stutil"],
              ["-p", "esp32c3"], ["-p", "nrf52840-dk", "--set", "method=jlink", "--set", "debugger=/opt/gdb"],
              ["-p", "qemu-netduinoplus2", "--set", "start=on"], ["-p", "microbit", "--set", "method=pyocd"],
              ["-p", "bluepill-clone", "--server", ":3333", "--set", "method=external"]):
    here = json.loads(out(*words, "-n", "--json", fw))
    path = os.environ["T"] + "/ws/made.json"
    open(path, "wb").write(b"// made\n" + out(*words, "--export", fw))
    assert "svdFile" not in open(path).read() or '"svdFile": "/' in open(path).read(), open(path).read()
    back = json.loads(out("--import", path, "-n", "--json"))
    assert not back["unknown"] and not back["unused"], back
    assert [s["argv"] for s in here["servers"]] == [s["argv"] for s in back["servers"]], (here, back)
    assert here["debugger"]["argv"] == back["debugger"]["argv"], (here["debugger"], back["debugger"])
P

# --- a session

cat >"$T/bin/openocd" <<'X'
#!/bin/sh
# as it ends without a probe, as it hangs, or with the interface file that is asked for
case " $* " in
*' adapter serial {hung} '*) exec sleep 300 ;;
esac
echo 'Info : Listening on port 6666 for tcl connections' >&2
echo 'Error: open failed' >&2
exit 1
X
chmod +x "$T/bin/openocd"
PATH=$T/bin:$PATH spawn "$BUILD/vise-bench" --foreground --name debug --linger 120s
wait_for 'test -S "$S"' 20
ok $? "a bench runs"

cat >"$T/rig.py" <<'P'
import json, os, signal, socket, subprocess, time
from client import Refused, fresh, until
c = fresh(os.environ["S"])
c.attach(streams=True)
fw, vise = os.environ["fw"] + "/fw-3.2.1.elf", os.environ["vise"]

def begin(sets="tap=on"):
    job = c.do('board.debug "%s" board=qemu-netduinoplus2 wait=on -- start=on %s' % (fw, sets), 60)
    assert job["state"] == "ok", job
    s = c.do("debug.list")[-1]
    return s["id"], s["debugger"]["job"], 1000 + s["debugger"]["job"], s

def wait(state, session, seconds=60):
    return c.do("debug.wait %s id=%d timeout=%ds" % (state, session, seconds), seconds + 10)

def jobs(*names):
    return [j for j in c.do("job.list") if j["name"] in names or (j["kind"] == "debug" and j["pty"] and "gdb" in names)]

def pid(name):
    return [j["pid"] for j in jobs(name) if j["state"] == "running"][-1]

def free(port):
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        s.bind(("127.0.0.1", int(port)))
        return True
    except OSError:
        return False
    finally:
        s.close()

def nothing_left(session):
    s = [x for x in c.do("debug.list") if x["id"] == session][0]
    assert s["state"] == "over", s
    assert not [j for j in c.do("job.list") if j["state"] == "running"], c.do("job.list")
    for m in s["servers"]:
        assert "port" not in m or until(lambda: free(m["port"]), 20), m
    assert "Z" not in subprocess.run(["ps", "-o", "stat=", "--ppid", str(bench)], stdout=subprocess.PIPE, text=True).stdout
    return s

bench = json.loads(subprocess.run([vise, "ls", "--json"], stdout=subprocess.PIPE).stdout)[0]["pid"]
P
export PYTHONPATH="$PYTHONPATH:$T"

py "breakpoints: running, stopped where and why, in events, vise ls and the jobs; a real gdb through the tap" <<'P'
from rig import *
id, job, stream, s = begin()
s = wait("stopped", id)
assert s["func"] == "reset_handler" and s["file"] == "fw.c" and s["line"] > 0, s
assert [m["name"] for m in s["servers"]] == ["qemu", "tap"] and all(m["runs"] for m in s["servers"]), s
assert c.wait(lambda: "(gdb)" in c.text(stream), 30), c.text(stream)
c.type(stream, "hbreak serve\ncontinue\n")
assert until(lambda: wait("stopped", id).get("why") == "breakpoint 1", 30), c.text(stream)
s = wait("stopped", id)
assert s["func"] == "serve" or s["func"] == "main", s
assert s["text"].startswith("stopped at fw.c:%d in " % s["line"]) and s["text"].endswith("(breakpoint 1)"), s
def ls():
    return json.loads(subprocess.run([vise, "ls", "--json"], stdout=subprocess.PIPE).stdout)[0].get("debug", "")
assert until(lambda: ls() == s["text"], 20), ls()
plain = subprocess.run([vise, "ls"], stdout=subprocess.PIPE, text=True).stdout
assert "(debug qemu-netduinoplus2: stopped at fw.c:" in plain, plain
assert until(lambda: jobs("gdb")[-1]["progress"]["stage"] == s["text"], 20), jobs("gdb")
c.type(stream, "stepi\n")
assert until(lambda: wait("stopped", id).get("why") == "step", 30), c.text(stream)
c.type(stream, "delete\ncontinue\n")
wait("running", id)
assert until(lambda: ls() == "running", 20), ls()
c.type(stream, "\x03")
s = wait("stopped", id)
assert s["why"] == "SIGINT", s
assert c.wait(lambda: any(e["type"] == "debug" and e["debug"].get("why") == "SIGINT" for e in c.events), 20)
out = c.do("job.output %d" % s["servers"][1]["job"])["text"]
assert "stopped: SIGTRAP" in out and "nothing was wrong" not in out, out[-500:]
c.type(stream, "quit\n")
s = wait("over", id)
assert "error" not in s, s
nothing_left(id)
tap = [j for j in jobs("tap")][-1]
assert "nothing was wrong" in c.do("job.output %d" % tap["id"])["text"], c.do("job.output %d" % tap["id"])
P

py "the server is killed: said so, gdb goes too" <<'P'
from rig import *
id, job, stream, s = begin("tap=off")
wait("stopped", id)
os.kill(pid("qemu"), signal.SIGKILL)
wait("over", id)
s = nothing_left(id)
assert "qemu ended: killed by signal 9" in s["error"]["why"] and "job.output" in s["error"]["next"], s
assert "qemu ended" in jobs("gdb")[-1]["error"]["why"], jobs("gdb")
assert any(e["type"] == "notice" and "qemu ended" in e["notice"]["text"] for e in c.events), [e for e in c.events if e["type"] == "notice"]
P

py "gdb is killed, and then the link: all goes; debug.stop ends one that runs" <<'P'
from rig import *
id, job, stream, s = begin("tap=off")
wait("stopped", id)
os.kill([j["pid"] for j in jobs("gdb") if j["state"] == "running"][0], signal.SIGKILL)
wait("over", id)
nothing_left(id)
id, job, stream, s = begin()
wait("stopped", id)
os.kill(pid("tap"), signal.SIGKILL)
wait("over", id)
assert "tap ended: killed by signal 9" in nothing_left(id)["error"]["why"]
id, job, stream, s = begin()
c.type(stream, "continue\n")
wait("running", id)
assert c.do("debug.stop", 60)["state"] == "over"
nothing_left(id)
P

py "a server that fails, hangs, or finds its port taken: its words, and nothing runs" <<'P'
from rig import *
def refused(line):
    job = c.do(line, 60)
    assert job["state"] == "failed", job
    nothing_left(c.do("debug.list")[-1]["id"])
    return job["error"]["why"] + " " + c.do("job.output %d" % job["id"])["text"] + c.do("job.output %d" % job["id"])["err"]
said = refused("board.debug \"\" board=bluepill wait=on")
assert "openocd ended: exit status 1: Error: open failed" in said, said
said = refused("board.debug \"\" board=bluepill wait=on -- probe=hung wait=200ms")
assert 'openocd has not said "Listening on port %d for gdb"' in said, said
taken = socket.socket()
taken.bind(("127.0.0.1", 0))
taken.listen(1)
port = str(taken.getsockname()[1])
plan = {"servers": [{"name": "s", "argv": ["sleep", "60"], "port": port}], "debugger": {"argv": ["cat"]}}
try:
    c.do("debug.start plan=" + json.dumps(json.dumps(plan)), 30)
    assert False, "it started"
except Refused as e:
    assert e.code == "busy" and "port %s is in use" % port in e.why, e
taken.close()
nothing_left(c.do("debug.list")[-1]["id"])
try:
    c.do('debug.start plan="{}"', 30)
    assert False, "it started"
except Refused as e:
    assert e.code == "usage", e
P

py "an entry of launch.json runs, and a key that is not known is named" <<'P'
from rig import *
p = subprocess.run([vise, "debug", "--bench", "debug", "--background", "--import", os.environ["T"] + "/ws/.vscode/launch.json", "Own"],
                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
assert p.returncode == 0 and "debug Own: stopped at fw.c:" in p.stdout, p
assert "launch.json: not known: surprise" in p.stderr, p.stderr
s = c.do("debug.stop", 60)
nothing_left(s["id"])
P

py "the bench is killed: neither server nor gdb outlives it" <<'P'
from rig import *
id, job, stream, s = begin()
wait("stopped", id)
pids = [j["pid"] for j in c.do("job.list") if j["state"] == "running"]
assert len(pids) == 3, pids
os.kill(bench, signal.SIGKILL)
def gone(p):
    try:
        return open("/proc/%d/stat" % p).read().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True
assert until(lambda: all(gone(p) for p in pids), 30), [p for p in pids if not gone(p)]
P
# --- a script drives the session

cat >"$T/drive.lua" <<'L'
local vise = require "vise"
local s <close> = vise.launch.debug { kind = "gdb", debug = { method = "qemu", machine = "netduinoplus2" }, file = os.getenv "VISE_FW", timeout = 60 }
local b = s:break_at "systick_handler"
print("at", s:where().func)
s:continue()
local at = s:wait()
print(at.state, at.reason, at.func, at.breakpoint == b.id, at.line == b.line)
print(s:stack()[1].func, #s:variables() >= 0, s:registers().pc == ("0x%x"):format(at.addr), s:eval "1 + 2")
print(s:next().state, s:stepi().state, select(2, pcall(s.eval, s, "no_such")).code)
s:clear(b.id)
s:continue()
print(select(2, pcall(s.wait, s, 0.05)).code, s:halt().signal, s:command("info line main"):match "Line %d+" ~= nil)
s:stop()
print(select(2, pcall(s.continue, s)).code)
L
VISE_FW=$fw/fw-3.2.1.elf run "$vise" script "$T/drive.lua"
is "$(printf '%s\n' "$out" | tr '\n\t' ';,')" "at,reset_handler;stopped,breakpoint,systick_handler,true,true;systick_handler,true,true,3;stopped,stopped,tool_failed;timeout,SIGINT,true;eof;" \
	"gdb by a script: breakpoint, stack, variables, registers, steps, halt" || printf '%s\n' "$err" | note
plan
