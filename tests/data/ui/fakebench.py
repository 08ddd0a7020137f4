#!/usr/bin/env python3
"""A bench that only pretends: speaks the frames of src/proto/frame.h to one viewer at a time.

usage: fakebench.py SOCKET [--lines N per second] [--gauges] [--empty] [--lost] [--pty] [--log FILE]

What the viewer types is echoed and written to the log; commands are answered with something sensible. It is for looking
at the viewer and for measuring it; the real bench is src/bench.
"""
import argparse, json, math, os, select, socket, struct, sys, time

ap = argparse.ArgumentParser()
ap.add_argument("socket")
ap.add_argument("--lines", type=float, default=0)
ap.add_argument("--gauges", action="store_true")
ap.add_argument("--empty", action="store_true")
ap.add_argument("--lost", action="store_true")
ap.add_argument("--pty", action="store_true")
ap.add_argument("--stuck", action="store_true", help="answers nothing after the snapshot")
ap.add_argument("--log")
a = ap.parse_args()

start = time.monotonic()
now = lambda: int((time.monotonic() - start + 60) * 1e9)
log = open(a.log, "ab", buffering=0) if a.log else None


def frame(kind, payload):
    return struct.pack("<IB", len(payload) + 1, ord(kind)) + payload


def js(kind, obj):
    return frame(kind, json.dumps(obj).encode())


def stream(sid, off, data):
    return frame("B", struct.pack("<IQQ", sid, off, now()) + data)


LINES = ["wbd: boot ok, heap 3.1 MiB, goroutines 14", "net: dhcp lease 10.0.4.17/24",
         "app: sensor bus ready (4 devices)", "app: W i2c-1 0x48 retry 1/3", "app: sample 1 t=41.2 h=38.0",
         "app: sample 2 t=41.3 h=38.0", "app: sample 3 t=41.3 h=37.9",
         "app: \x1b[31mE upload timeout after 400 ms, queue 17\x1b[0m", "app: sample 4 t=41.4 h=37.9",
         "net: link eth0 down"]
text = b""
times = []
if not a.empty:
    for i, l in enumerate(LINES * 3):
        times.append([len(text), int((12 + i * 1.3) * 1e9)])
        text += ("[%9.3f] %s\r\n" % (12 + i * 1.3, l)).encode()
    text += b"# "

G = [("mem.used", "mem", "mem", "B", 512 << 20, None, 312 << 20), ("mem.anon", "mem", "anon", "B", 512 << 20, None, 198 << 20),
     ("mem.file", "mem", "file", "B", 512 << 20, None, 87 << 20), ("mem.slab", "mem", "slab", "B", 512 << 20, None, 41 << 20),
     ("load.1", "load", "load", "", None, None, 0.82), ("load.5", "load", "load5", "", None, None, 0.64),
     ("load.15", "load", "load15", "", None, None, 0.51), ("cpu.busy", "cpu", "cpu", "%", 100, None, 22),
     ("psi.memory", "psi", "psi memory", "%", 100, 10, None), ("temp.soc", "temp", "soc", "C", None, 70, 71.5),
     ("temp.pmic", "temp", "pmic", "C", None, 95, 55.0), ("freq.cpu0", "freq", "cpu0", "Hz", None, None, 1.2e9),
     ("sys.uptime", "sys", "up", "s", None, None, 11564),
     ("proc.rss", "proc", "rss", "B", None, None, 48 << 20), ("proc.threads", "proc", "thr", "count", None, None, 17)]


def defs():
    out = []
    for gid, group, name, unit, mx, warn, v in G:
        d = {"id": gid, "group": group, "name": name, "unit": unit, "source": "/proc/meminfo"}
        if mx:
            d["max"] = mx
        if warn:
            d["warn"] = warn
        if v is None:
            d["missing"] = "no /proc/pressure"
        out.append(d)
    return out


def sample(k):
    return [None if g[6] is None else g[6] * (1 + 0.05 * math.sin(k / 7.0 + i)) for i, g in enumerate(G)]


jobs = [] if a.empty else [
    {"id": 1, "stream": 1001, "kind": "build", "name": "build app", "argv": ["go", "build", "./..."], "state": "ok",
     "started": int(20e9), "ended": int(23.1e9), "exit": 0, "pty": False, "last": "", "log": "/x/1.log", "by": "ana"},
    {"id": 2, "stream": 1002, "kind": "run", "name": "run tests", "argv": ["go", "test"], "state": "failed",
     "started": int(30e9), "ended": int(41e9), "exit": 1, "pty": False, "last": "FAIL", "log": "/x/2.log", "by": "ana",
     "error": {"code": "tool_failed", "what": "go test", "why": "exit status 1", "next": "Enter opens the log"}},
    {"id": 3, "stream": 1003, "kind": "flash", "name": "flash app", "argv": ["uuu", "rev3-app.bin"], "state": "running",
     "started": int(50e9), "pty": False, "last": "14:03:12 write 83%", "log": "/x/3.log", "by": "workflow",
     "progress": {"percent": 83, "done": 6396313, "total": 7759462, "rate": 319488, "eta": 4}}]
jobtext = {1001: b"ok\n", 1002: b"--- FAIL: TestX\n    x_test.go:12: want 3, got 4\nFAIL\n",
           1003: b"erase 0x10000..0x76ffff ok\nwrite 0x10000\n"}
if a.pty:
    jobs.append({"id": 4, "stream": 1004, "kind": "debug", "name": "gdb", "argv": ["gdb-multiarch", "app.elf"],
                 "state": "running", "started": int(55e9), "pty": True, "last": "", "log": "/x/4.log", "by": "ana"})
    jobtext[1004] = b"GNU gdb (GDB) 13.1\r\n(gdb) "


def rows():
    names = ["encoding/json.Unmarshal", "bytes.growSlice", "net/http.(*conn).readLoop", "bufio.NewWriterSize",
             "app.(*Queue).Push", "container/ring.New", "app.decodeOld"]
    d = [831488, 618496, 216576, 98304, 12288, -131072, -308224]
    return [{"flat": x, "cum": x * 1.2, "flat_a": 400000 if x < 0 or i == 0 else 0, "flat_b": max(0, x + (400000 if i == 0 else 0)),
             "cum_b": abs(x) * 2, "name": n, "inline": False} for i, (n, x) in enumerate(zip(names, d))]


def console():
    return {"id": 1, "stream": 1, "name": "main", "spec": "ttyUSB0", "device": "/dev/ttyUSB0",
            "state": "lost" if a.lost else "open", "why": "unplugged or board reset (EIO)" if a.lost else None, "baud": 115200,
            "settings": "8N1", "rx": len(text), "tx": 12, "first": 0, "end": len(text), "lock": None, "log": "/x/c.raw"}


def commands():
    c = [("console.open", "SPEC [baud=] [name=main]", "open a port", False), ("console.send", "TEXT [console=]", "send text", False),
         ("console.break", "[console=] [for=250ms]", "send a break", False), ("console.reset", "[console=]", "pulse DTR and RTS", True),
         ("at.send", "COMMAND [timeout=] [expect=]", "one AT exchange", False), ("mark.set", "[TEXT]", "set a mark", False),
         ("gauge.every", "D", "sampling period", False), ("profile.load", "A B [type=]", "compare two profiles", False),
         ("job.run", "[name=] -- ARGV", "run a command as a job", False), ("job.stop", "ID", "stop a job", True),
         ("board.flash", "FILE [board=]", "write the file to the board", True), ("workflow.run", "ID", "run a workflow", False),
         ("macro.run", "ID", "run a macro", False), ("notice.clear", "[ID]", "forget notices", False),
         ("bench.stop", "", "end the bench: stops jobs, closes ports", True), ("bench.info", "", "facts", False)]
    return [{"name": n, "usage": (n + " " + u).strip(), "help": h, "asks": s, "view": False, "args": []} for n, u, h, s in c]


def snapshot():
    s = {"bench": {"name": "demo", "pid": os.getpid(), "version": "0.1.0", "dir": "/x", "started_wall": int(1.8e18),
                   "now": now(), "target": "" if a.empty else "imx8-rev3", "simulated": False, "journal": "ok"},
         "commands": commands(), "options": [{"name": "gauge.every", "value": "1s"}],
         "consoles": [] if a.empty else [dict(console(), times=times)],
         "gauges": {"defs": [] if a.empty else defs(), "samples": [] if a.empty else
                    [[now() - int((60 - k) * 1e9)] + sample(k) for k in range(60)]},
         "jobs": jobs, "notices": [] if a.empty else [{"id": 1, "t": int(58e9), "level": "alarm",
                                                      "text": "soc 71.5 C is above warn 70 C", "source": "gauge"}],
         "profile": None if a.empty else {"state": "ready", "a": {"path": "/x/a.pb.gz", "time": int(1.8e18), "total": 4823449},
                                          "b": {"path": "/x/b.pb.gz", "time": int(1.8e18 + 1.3e12), "total": 6815744},
                                          "type": "inuse_space", "unit": "bytes", "total": 1992294, "rows": rows(), "hidden": 41},
         "clients": [{"id": 1, "role": "viewer", "name": "ana", "observe": False, "types": True}], "boards": [],
         "workflows": [{"id": "flash-and-watch", "title": "build, test, flash, watch", "plugin": "demo"}],
         "macros": [{"id": "csq", "title": "Signal quality", "keys": "ss", "plugin": "ec25"},
                    {"id": "cell", "title": "Serving cell", "keys": "sc", "plugin": "ec25"}]}
    return s


def answer(c, rid, line):
    if line.startswith("at.send"):
        return {"id": rid, "result": {"command": line.split('"')[1] if '"' in line else line.split()[1], "result": "OK", "code": "ok",
                                      "lines": ["+CSQ: 21,0"], "ms": 38, "raw": "..."}}
    if line.startswith("board.flash") and "confirm" not in line:
        return {"id": rid, "error": {"code": "usage", "what": "board.flash", "why": "needs FILE", "next": ""}}
    return {"id": rid, "result": None}


def serve(c):
    global text
    c.sendall(js("H", {"vise": "0.1.0", "proto": 1, "role": "bench", "name": "demo", "pid": os.getpid()}))
    buf, attached, k, n = b"", False, 0, 0
    next_line = next_gauge = time.monotonic()
    while True:
        wait = 0.5
        if attached:
            wait = min([x - time.monotonic() for x, on in ((next_line, a.lines), (next_gauge, a.gauges)) if on] or [0.5])
        r, _, _ = select.select([c], [], [], max(0, wait))
        if r:
            d = c.recv(65536)
            if not d:
                return
            buf += d
        while len(buf) >= 5:
            ln = struct.unpack("<I", buf[:4])[0]
            if len(buf) < 4 + ln:
                break
            kind, body, buf = chr(buf[4]), buf[5:4 + ln], buf[4 + ln:]
            if kind == "I":
                if log:
                    log.write(body[4:])
                sid = struct.unpack("<I", body[:4])[0]
                if sid == 1:
                    c.sendall(stream(1, len(text), body[4:].replace(b"\r", b"\r\n# ")))
                    text += body[4:].replace(b"\r", b"\r\n# ")
                elif sid in jobtext:
                    c.sendall(stream(sid, len(jobtext[sid]), body[4:]))
                    jobtext[sid] += body[4:]
            elif kind == "R":
                q = json.loads(body)
                if q["method"] == "attach":
                    c.sendall(js("A", {"id": q["id"], "result": snapshot()}))
                    if text:
                        c.sendall(stream(1, 0, text))
                    for sid in jobtext if jobs else {}:
                        c.sendall(stream(sid, 0, jobtext[sid]))
                    attached = True
                    next_line = next_gauge = time.monotonic()
                elif not a.stuck:
                    line = q["params"].get("line", "")
                    if log:
                        log.write(b"<" + line.encode() + b">\n")
                    c.sendall(js("A", answer(c, q["id"], line)))
        t = time.monotonic()
        if attached and a.lines and t >= next_line:
            out = b""
            while next_line <= t:
                n += 1
                out += ("[%9.3f] app: sample %d t=41.%d h=37.%d queue=%d\r\n" % (t - start + 60, n, n % 7, n % 9, n % 5)).encode()
                next_line += 1 / a.lines
            c.sendall(stream(1, len(text), out))
            text += out
        if attached and a.gauges and t >= next_gauge:
            k += 1
            next_gauge += 1
            c.sendall(js("E", {"t": now(), "type": "gauge", "v": sample(60 + k)}))


try:
    os.unlink(a.socket)
except FileNotFoundError:
    pass
s = socket.socket(socket.AF_UNIX)
s.bind(a.socket)
s.listen(4)
while True:
    c, _ = s.accept()
    try:
        serve(c)
    except (BrokenPipeError, ConnectionResetError):
        pass
    c.close()
