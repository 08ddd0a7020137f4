#!/bin/sh
# delve.t - `vise debug` with a real Delve: here, and on a board behind a real sshd; what it knows of the program, what
# is left there when the session ends, when the link breaks, and of a program that it only joined.
. "${srcdir:-.}/tests/lib/tap.sh"
. "${srcdir:-.}/tests/lib/sshd.sh"
need python3 python3
need go golang-go
need dlv delve
tmpdir
PYTHONPATH=$srcdir/tests/lib PYTHONDONTWRITEBYTECODE=1
S=$XDG_RUNTIME_DIR/vise/dlv.sock
export PYTHONPATH PYTHONDONTWRITEBYTECODE T S
mkdir "$T/go" "$T/board"
go_rig delved "$T/go" >"$T/make.log" 2>&1
ok $? "the Go program builds" || { note <"$T/make.log"; plan; exit 1; }
# a name of its own: the same test may run beside us
name=vd$$
export name
cp "$T/go/delved" "$T/board/$name"

py()
{
	says=$(python3 - 2>&1)
	ok $? "$1" || printf '%s\n' "$says" | note
}

run "$BUILD/vise" debug -p rpi-4 --set host=pi@board -n "$T/go/delved"
is "$status" 0 "-n" || printf '%s\n' "$err" | note
like "$out" 'exec dlv exec /usr/local/bin/delved --headless .*--listen=127\.0\.0\.1:0' "what runs on the board"
like "$out" '^ssh -N .*-L .127\.0\.0\.1:\{forward\}:127\.0\.0\.1:\{dlv\}. pi@board$' "the way to it"
like "$out" "^dlv connect '127\.0\.0\.1:\{forward\}'$" "and what is opened here"

remote=yes
sshd_start openssh || remote=
export remote
spawn "$BUILD/vise-bench" --foreground --name dlv --linger 120s
wait_for 'test -S "$S"' 20
ok $? "a bench runs"

cat >"$T/rig.py" <<'P'
import atexit, os, signal, subprocess
from client import Refused, fresh, until
c = fresh(os.environ["S"])
c.attach(streams=True)
prog, there = os.environ["T"] + "/go/delved", os.environ["T"] + "/board/" + os.environ["name"]

def begin(file, sets):
    job = c.do('board.debug "%s" board=rpi-4 wait=on -- %s' % (file, sets), 90)
    assert job["state"] == "ok", (job["error"], c.do("job.output %d" % job["id"]))
    s = c.do("debug.list")[-1]
    return s["id"], 1000 + s["debugger"]["job"], s

def wait(state, session):
    return c.do("debug.wait %s id=%d timeout=60s" % (state, session), 90)

def running(what):
    return subprocess.run(["pgrep", "-f", what], stdout=subprocess.PIPE, text=True).stdout.split()

def stops_at(session, stream):
    s = wait("stopped", session)
    assert c.wait(lambda: "(dlv)" in c.text(stream), 60), c.text(stream)
    c.type(stream, "break main.count\n")
    assert c.wait(lambda: "Breakpoint 1 set" in c.text(stream), 60), c.text(stream)
    c.type(stream, "continue\n")
    assert until(lambda: wait("stopped", session).get("why") == "breakpoint 1", 60), c.text(stream)
    s = wait("stopped", session)
    assert s["file"] == "main.go" and s["func"] == "main.count" and s["line"] == 12, s
    c.type(stream, "clearall\ncontinue\n")
    wait("running", session)

def over(session, *gone):
    s = wait("over", session)
    assert not [j for j in c.do("job.list") if j["state"] == "running"], c.do("job.list")
    for what in gone:
        assert until(lambda: not running(what), 30), running(what)
    return s
P
export PYTHONPATH="$PYTHONPATH:$T"

py "a program of this machine: stopped where and why, runs, leaves; nothing is left" <<'P'
from rig import *
id, stream, s = begin(prog, "args=leave")
stops_at(id, stream)
s = wait("exited", id)
assert s["why"] == "exit status 3", s
c.do("debug.stop", 60)
over(id, "dlv exec " + prog, prog + " leave")
P

if test -z "$remote"; then
	skip "the board behind sshd" "no sshd can be run here"
	plan
	exit
fi

py "a program of a board: dlv runs there, is forwarded, and is gone when its client is" <<'P'
from rig import *
id, stream, s = begin("", "host=board program=" + there)
assert [m["name"] for m in s["servers"]] == ["dlv", "forward"], s
stops_at(id, stream)
assert running("dlv exec " + there) and running("ssh.* -N "), s
os.kill([j["pid"] for j in c.do("job.list") if j["pty"] and j["state"] == "running"][0], signal.SIGKILL)
over(id, "dlv exec " + there, "^" + there, "ssh.*-N .*forward")
P

py "one that runs already: joined, stopped, and let go alive; also when the link breaks" <<'P'
from rig import *
p = subprocess.Popen([there], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
atexit.register(p.kill)
id, stream, s = begin("", "host=board attach=" + os.environ["name"])
stops_at(id, stream)
c.do("debug.stop", 60)
over(id, "^dlv attach %d" % p.pid)
state = lambda: open("/proc/%d/stat" % p.pid).read().rpartition(")")[2].split()[0]
assert until(lambda: state() in "SR" and "TracerPid:\t0" in open("/proc/%d/status" % p.pid).read(), 30), state()
id, stream, s = begin("", "host=board attach=%d" % p.pid)
stops_at(id, stream)
c.type(stream, "\x03")
os.kill([j["pid"] for j in c.do("job.list") if j["name"] == "dlv" and j["state"] == "running"][0], signal.SIGKILL)
s = over(id, "^dlv attach %d" % p.pid)
assert "dlv ended: killed by signal 9" in s["error"]["why"], s
assert until(lambda: state() in "SR" and "TracerPid:\t0" in open("/proc/%d/status" % p.pid).read(), 30), state()
p.kill()
job = c.do('board.debug "" board=rpi-4 wait=on -- host=board attach=no-such-program', 60)
out = c.do("job.output %d" % job["id"])
assert job["state"] == "failed" and "no program named no-such-program runs" in job["error"]["why"], job
P
python3 "$srcdir/tests/lib/client.py" "$S" "bench.stop confirm=on" >/dev/null
# --- a script drives it

cat >"$T/drive.lua" <<'L'
local vise = require "vise"
local s <close> = vise.launch.debug { kind = "dlv", file = os.getenv "VISE_PROG", args = { "leave" }, timeout = 60 }
local b = s:break_at("main.count", { condition = "n == 5" })
s:continue()
local at = s:wait()
print(at.state, at.reason, at.func, at.breakpoint == b.id)
print(s:stack()[2].func, s:eval "n + 1", s:registers().Rip ~= nil or s:registers().PC ~= nil, select(2, pcall(s.eval, s, "no_such")).code)
for _, v in ipairs(s:variables()) do if v.name == "n" then print(v.type, v.value, v.arg) end end
print(s:finish().func, s:next().state)
s:clear(b.id)
s:continue()
print(select(2, pcall(s.stack, s)).code, s:halt().state, select(2, pcall(s.command, s, "x")).code)
s:continue()
local last = s:wait()
print(last.state, last.code)
L
VISE_PROG=$T/go/delved run "$BUILD/vise" script "$T/drive.lua"
is "$(printf '%s\n' "$out" | tr '\n\t' ';,')" "stopped,breakpoint,main.count,true;main.main,6,true,tool_failed;int,5,true;main.main,stopped;usage,stopped,unsupported;exited,3;" \
	"Delve by a script: breakpoint, stack, variables, steps, halt, exit status" || printf '%s\n' "$err" | note
plan
