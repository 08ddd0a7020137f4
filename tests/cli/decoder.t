#!/bin/sh
# decoder.t - a plugin's decoder: its process is started by the first line with its text, what it says
# stands below the line, is a gauge or a notice; one that fails or dies hurts nobody.
. "${srcdir:-.}/tests/lib/tap.sh"
need python3 python3
tmpdir
PYTHONPATH=$srcdir/tests/lib PYTHONDONTWRITEBYTECODE=1
S=$XDG_RUNTIME_DIR/vise/plug.sock
export PYTHONPATH PYTHONDONTWRITEBYTECODE T S
mkdir -p "$T/plugins/imu"
cat >"$T/plugins/imu/plugin.json" <<'X'
{ "name": "imu", "version": "1.0.0", "api": "1.0", "entry": "init.lua", "provides": ["decoder:imu"],
  "decoders": { "imu": { "literal": "$IMU,", "doc": "frames of the motion sensor" } } }
X
cat >"$T/plugins/imu/init.lua" <<'X'
local vise = require "vise"
vise.decoder { id = "imu", feed = function(line, meta)
  local x, flags = line:match("%$IMU,(-?%d+),(%x+)")
  if not x then error("no frame: " .. line) end
  if flags == "ff" then return { text = { "sensor fault", "all flags are set" }, level = "warn", notice = "IMU is gone" } end
  if flags == "00" then return { gauges = { ["imu.x"] = { tonumber(x), "mg" } } } end
  return "x " .. x .. " on " .. meta.console
end }
X
mkfifo "$T/line"
cat >"$T/board.sh" <<X
#!/bin/sh
stty raw -echo
exec cat <>"$T/line"
X
chmod +x "$T/board.sh"
spawn "$BUILD/vise-bench" --foreground --name plug --linger 120s --plugins "$T/plugins" \
	--run "gauge.every 100ms" --run "console.open exec:$T/board.sh" 2>"$T/bench.err"
wait_for 'test -S "$S"' 10
ok $? "a bench" || note <"$T/bench.err"

cat >"$T/rig.py" <<'P'
import json, os, signal
from client import fresh, until
def board(text):
    with open(os.environ["T"] + "/line", "wb") as f:
        f.write(text.encode())
c = fresh(os.environ["S"]); c.attach()
def decoded(n):
    assert c.wait(lambda: len(c.of("decoded")) >= n, 30), (c.events, c.do("job.list"))
    return [e["decoded"] for e in c.of("decoded")]
P
py()
{
	says=$( (cat "$T/rig.py" -) | python3 - 2>&1)
	ok $? "$1" || printf '%s\n' "$says" | note
}

py "it is listed without running it" <<'P'
row = [d for d in c.do("decoder.list") if d["name"] == "imu"]
assert row and row[0]["by"] == "imu" and row[0]["help"] == "frames of the motion sensor", row
assert not c.do("job.list"), "a process was started for nothing"
P

py "the first line starts it; its text stands at the line" <<'P'
board("boot\n12:00 $IMU,-12,01\n")
d = decoded(1)[0]
assert d["decoder"] == "imu" and d["title"] == "x -12 on main" and d["offset"] == 5, d
assert d["rows"] == [{"text": "x -12 on main"}], d
P

py "several rows, a notice, a gauge with its unit" <<'P'
board("$IMU,1,ff\n$IMU,250,00\n")
d = decoded(1)[0]
assert [r["text"] for r in d["rows"]] == ["sensor fault", "all flags are set"] and d["level"] == "warn", d
assert c.wait(lambda: [e for e in c.of("notice") if e["notice"]["text"] == "IMU is gone"], 10)
def values():
    r = c.do("gauge.list")
    return {d["id"]: (v, d["unit"], d["source"]) for d, v in zip(r["defs"], r["v"])}
assert until(lambda: values().get("imu.x", (None,))[0] == 250, 10), values()
assert values()["imu.x"][1:] == ("mg", "console main")
P

py "an error in it is said, and the next line is decoded" <<'P'
board("$IMU,broken\n$IMU,7,01\n")
assert decoded(1)[0]["title"] == "x 7 on main"
P

py "killed, it is named; a later line starts another" <<'P'
jobs = [j for j in c.do("job.list") if j["state"] == "running"]
assert len(jobs) == 1 and jobs[0]["name"] == "decode imu", jobs
c.do("job.stop %d confirm=on" % jobs[0]["id"])
assert until(lambda: not [j for j in c.do("job.list") if j["state"] == "running"], 10), c.do("job.list")
def again():
    board("$IMU,8,01\n")
    return c.wait(lambda: [e for e in c.of("decoded") if e["decoded"]["title"].startswith("x 8")], 0.5)
assert until(again, 30, 0.1), c.do("job.list")
assert len([j for j in c.do("job.list") if j["name"] == "decode imu"]) == 2
P
plan
