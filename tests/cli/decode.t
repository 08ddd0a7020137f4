#!/bin/sh
# decode.t - crashes on a console: found wherever they stand, their addresses as places in the program,
# in journal and notices, the raw log untouched; Go's traces and named numbers as gauges.
. "${srcdir:-.}/tests/lib/tap.sh"
need python3 python3
tmpdir
PYTHONPATH=$srcdir/tests/lib PYTHONDONTWRITEBYTECODE=1
E=$srcdir/tests/data/elf
D=$srcdir/tests/data/decode
S=$XDG_RUNTIME_DIR/vise/dec.sock
export PYTHONPATH PYTHONDONTWRITEBYTECODE T S E D
mkfifo "$T/line"
cat >"$T/board.sh" <<X
#!/bin/sh
stty raw -echo
exec cat <>"$T/line"
X
chmod +x "$T/board.sh"

spawn "$BUILD/vise-bench" --foreground --name dec --linger 120s --run "gauge.every 100ms" \
	--run "console.open exec:$T/board.sh" \
	2>"$T/bench.err"
wait_for 'test -S "$S"' 10
ok $? "a bench" || note <"$T/bench.err"

cat >"$T/rig.py" <<'P'
import json, os, time
from client import fresh, until
def board(text, end=True):
    "what the board says next"
    with open(os.environ["T"] + "/line", "wb") as f:
        f.write(text if isinstance(text, bytes) else text.encode())
def data(name):
    return open(os.environ["D"] + "/" + name, "rb").read()
elf = os.environ["E"] + "/"
P
py()
{
	says=$( (cat "$T/rig.py" -) | python3 - 2>&1)
	ok $? "$1" || printf '%s\n' "$says" | note
}

py "a TinyGo panic behind a time and a colour: found, told, kept, without an ELF file" <<'P'
c = fresh(os.environ["S"]); c.attach()
board("boot\n\x1b[31m12:00:01.250\x1b[0m panic: runtime error at 0x00000018: nil pointer dereference\ntick\n")
d = c.wait(lambda: c.of("decoded"), 10)[0]["decoded"]
assert d["decoder"] == "tinygo" and d["level"] == "crash", d
assert d["title"] == "panic: runtime error at 0x00000018: nil pointer dereference", d
assert d["rows"] == [{"role": "pc", "addr": "0x00000018"}], d
assert d["offset"] == 5, d
n = c.wait(lambda: [e for e in c.of("notice") if "panic" in e["notice"]["text"]], 5)[0]["notice"]
assert n["level"] == "alarm" and n["source"] == "main", n
P

py "the ELF file comes later: the same record gets its places, inlined ones too" <<'P'
c = fresh(os.environ["S"]); c.attach()
r = c.do("decode.elf " + elf + "thumb.elf")
assert r["from"] == "decode.elf", r
assert c.wait(lambda: [e for e in c.of("decoded") if "place" in e["decoded"]], 20), c.events
d = c.do("decode.list")[0]
f = d["rows"][0]["frames"]
assert [x["func"] for x in f] == ["peek", "read_sensor", "measure"], f
assert [x["line"] for x in f] == [15, 20, 28] and f[0]["inline"], f
assert d["place"]["func"] == "peek" and d["elf"].endswith("thumb.elf"), d
P

py "a HardFault: registers as words, the notice names the place" <<'P'
c = fresh(os.environ["S"]); c.attach()
board(data("zephyr.log"))
assert c.wait(lambda: [e for e in c.of("decoded") if "place" in e["decoded"]], 20), c.events
d = c.of("decoded")[0]["decoded"]
assert d["decoder"] == "cortex-m" and d["title"] == "BUS FAULT: Precise data bus error", d
assert [r.get("role") for r in d["rows"]] == ["pc", "lr", None], d
assert d["rows"][1]["frames"][0] == {"func": "worker", "file": "/src/crash.c", "line": 35}, d
n = c.wait(lambda: [e for e in c.of("notice") if "BUS FAULT" in e["notice"]["text"]], 5)
assert n and "in peek (crash.c:15)" in n[0]["notice"]["text"], c.of("notice")
P

py "another chip, another ELF file" <<'P'
c = fresh(os.environ["S"]); c.attach()
c.do("decode.elf " + elf + "riscv32.elf")
board(data("esp32c3.log"))
hit = lambda: [e["decoded"] for e in c.of("decoded") if e["decoded"]["decoder"] == "risc-v" and "place" in e["decoded"]]
d = c.wait(hit, 20)[0]
assert d["place"] == {"func": "peek", "file": "/src/crash.c", "line": 15, "inline": True}, d
assert {"text": "mcause 5: load access fault"} in d["rows"], d
P

py "ESP-IDF says which build runs: another one is told, the right one is not" <<'P'
import hashlib
other = lambda c: [e for e in c.of("notice") if "another build" in e["notice"]["text"]]
c = fresh(os.environ["S"]); c.attach()
board("I (29) app_init: ELF file SHA256:  0123456789abcde0\n")
n = c.wait(lambda: other(c), 20)[0]["notice"]
assert "0123456789abcde0" in n["text"] and "riscv32.elf" in n["text"], n
c = fresh(os.environ["S"]); c.attach()
board("ELF file SHA256: %s\n" % hashlib.sha256(open(elf + "riscv32.elf", "rb").read()).hexdigest()[:9].upper())
board("ELF file SHA256: ffffffff0\n")
assert "ffffffff0" in c.wait(lambda: other(c), 20)[0]["notice"]["text"], c.of("notice")
P

py "the last words of a chip, without a line end" <<'P'
c = fresh(os.environ["S"]); c.attach()
board("panic: runtime error at 0x42000008: slice out")
d = c.wait(lambda: c.of("decoded"), 10)[0]["decoded"]
assert d["title"].endswith("slice out"), d
board(" of range\n")
assert c.wait(lambda: [e for e in c.of("decoded") if e["decoded"]["title"].endswith("of range")], 10), c.events
assert c.of("decoded")[-1]["decoded"]["id"] == d["id"], "the same record, made whole"
P

py "decode.addr, and what it refuses" <<'P'
c = fresh(os.environ["S"])
r = c.do("decode.addr elf=%sthumb.elf 0x45 0x20000000" % elf)
assert r["frames"][0][0]["func"] == "worker" and r["frames"][1] == [], r
assert c.refused("decode.addr elf=%scrash.c 0x45" % elf).code == "format"
assert c.refused("decode.addr elf=/no/such 0x45").code == "not_found"
assert c.refused("decode.elf relative.elf").code == "not_found"
assert c.refused("decode.elf /no/such.elf").code == "not_found"
P

py "a killed worker is a named refusal, and the next question is answered" <<'P'
import signal, subprocess
c = fresh(os.environ["S"])
pid = [int(p) for p in os.listdir("/proc") if p.isdigit() and os.path.exists("/proc/%s/comm" % p)
       and open("/proc/%s/comm" % p).read().startswith("vise-worker")
       and open("/proc/%s/stat" % p).read().rsplit(")", 1)[1].split()[1] ==
       str(json.load(open(os.environ["S"][:-4] + "json"))["pid"])]
assert len(pid) == 1, pid
os.kill(pid[0], signal.SIGSTOP)
q = c.ask("command", {"line": "decode.addr elf=%sthumb.elf 0x45" % elf})
c.do("bench.info")                      # answered in order: the worker has been asked
os.kill(pid[0], signal.SIGKILL)
try:
    c.answer(q, 20); assert False, "answered"
except Exception as e:
    assert getattr(e, "code", "") == "tool_failed" and "worker" in e.what, e
assert c.do("decode.addr elf=%sthumb.elf 0x45" % elf)["frames"][0][0]["line"] == 35
P

py "gctrace and schedtrace lines are gauges with their units and console" <<'P'
c = fresh(os.environ["S"]); c.attach()
board(data("gotrace.log"))
def values():
    r = c.do("gauge.list")
    return {d["id"]: (v, d) for d, v in zip(r["defs"], r["v"])}
assert until(lambda: values().get("go.sched.queue", (None,))[0] is not None, 10), values()
v = values()
assert v["go.gc.pause_ms"][0] == 0.75 and v["go.gc.pause_ms"][1]["unit"] == "ms", v["go.gc.pause_ms"]
assert v["go.heap_goal"][0] == 4 << 20 and v["go.heap_goal"][1]["unit"] == "B"
assert v["go.sched.procs"][0] == 4 and v["go.sched.queue"][0] == 1
assert v["go.gc_cpu"][1]["source"] == "console main"
h = c.do("gauge.history go.gc.count")
assert h["samples"] and h["samples"][-1][1] == 7, h
assert c.do("gauge.history go.gc.count csv=on").startswith("seconds,go.gc.count\n")
board("goroutine 1 [running]:\nmain.main()\n\t/a.go:1 +0x1d\n\ngoroutine 2 [select]:\nmain.x()\n\t/a.go:2 +0x2d\n\nend\n")
assert until(lambda: values().get("go.goroutines", (None,))[0] == 2, 20), values().keys()
P

py "name=value, Arduino's plotter and a pattern of one's own" <<'P'
c = fresh(os.environ["S"]); c.attach()
c.do("gauge.plot on")
c.do('gauge.pattern lora "rssi (?<rssi>-?\\\\d+) snr (?<snr>-?[0-9.]+)" unit=dBm')
c.do('gauge.pattern loop "took (\\\\d+) us" unit=us')
board("12:30:01 temp=21.5C hum: 40 % ip=10.0.0.1 x:1,y:-2\nrx rssi -97 snr 7.25\nloop took 1250 us\n1.5\t2\n")
def values():
    r = c.do("gauge.list")
    return {d["id"]: (v, d["unit"]) for d, v in zip(r["defs"], r["v"])}
assert until(lambda: values().get("value2", (None,))[0] is not None, 10), values()
v = values()
assert v["main.temp"] == (21.5, "C"), "the machine has a gauge temp"
assert v["hum"] == (40, "%") and v["y"][0] == -2, v
assert v["lora.rssi"] == (-97, "dBm") and v["lora.snr"][0] == 7.25 and v["loop"] == (1250, "us"), v
assert "ip" not in v, v
assert [p["hits"] for p in c.do("gauge.patterns")] == [1, 1]
c.do("gauge.forget loop")
assert c.refused("gauge.forget loop").code == "not_found"
assert c.refused('gauge.pattern bad "("').code == "format"
c.do("gauge.plot off")
P

py "the raw log has what the board said and nothing else; the journal has the records" <<'P'
b = json.load(open(os.environ["S"][:-4] + "json"))["dir"]
raw = open(b + "/console-main.raw", "rb").read()
assert data("zephyr.log") in raw and b"peek" not in raw
import time
end, told = time.monotonic() + 10, []
while not told and time.monotonic() < end:      # the journal is up to 100 ms behind
    j = [json.loads(l) for l in open(b + "/journal.jsonl").read().splitlines(True) if l.endswith("\n")]
    told = [r for r in j if r["type"] == "decoded" and r["decoded"]["decoder"] == "cortex-m"]
assert told
P

plan
