#!/usr/bin/env python3
"""A bench with one console, a played device and real jobs: what the script host's tests talk to.

usage: fakebench.py MODE SOCKET COMMAND...    runs COMMAND with the bench up, gives its exit status.
MODE: ok, old, boot, busy, mute (the AT camera), flood (a talkative board), panic.
Speaks the socket protocol of src/proto/frame.h, one client at a time and no more of it than scripts use.
"""
import json
import os
import selectors
import socket
import struct
import subprocess
import sys
import time

LANGS = ("en_US", "zh_CN", "ja_JP", "ko_KR")


def split(line):
    """Words of a command line, by the grammar of src/core/command.h."""
    names, words, i = dict(zip("rntea\"\\0", "\r\n\t\x1b\a\"\\\0")), [], 0
    while i < len(line):
        if line[i] == " ":
            i += 1
            continue
        word = ""
        while i < len(line) and line[i] != " ":
            if line[i] != '"':
                word += line[i]
                i += 1
                continue
            i += 1
            while line[i] != '"':
                if line[i] != "\\":
                    word += line[i]
                elif line[i + 1] == "x":
                    word += chr(int(line[i + 2:i + 4], 16))
                    i += 3
                else:
                    word += names[line[i + 1]]
                    i += 1
                i += 1
            i += 1
        words.append(word)
    return words


class Failure(Exception):
    def __init__(self, code, why):
        super().__init__(why)
        self.code = code


class Device:
    """Text in, text out at given times."""

    def __init__(self, mode):
        self.boots = mode.startswith("boots-")  # says [READY] when the first one listens, and knows AT+VER?
        self.mode, self.lang, self.typed = mode.removeprefix("boots-"), "en_US", b""
        self.due = []                           # (time, bytes)
        self.version = "3.1.9" if self.mode == "old" else "3.2.1"
        if mode == "panic":
            self.say("boot\r\npanic: runtime error: index out of range\r\n", 0.3)

    def say(self, text, after=0.0):
        self.due.append((time.monotonic() + after, text.encode()))

    def reboot(self):
        self.say("\r\nboot: firmware\r\n[REA", 0.15)
        self.say("DY]\r\n", 0.2)

    def answer(self, cmd):
        if self.mode == "mute":
            return
        if self.mode == "boot":
            if cmd == "AT+BOOT":
                self.say("\r\n+BOOT:1.4\r\n\r\nOK\r\n")
            return
        if cmd == "AT":
            self.say("\r\nOK\r\n")
        elif cmd == "AT+GMR":
            self.say("\r\n+GMR:%s\r\n\r\nOK\r\n" % self.version)
        elif cmd == "AT+VER?" and self.boots:
            self.say("\r\n+VER: %s\r\n\r\nOK\r\n" % self.version)
        elif cmd == "AT+LANG?" and self.mode != "old":
            self.say("\r\n+LANG:%s\r\n\r\nOK\r\n" % self.lang)
        elif cmd.startswith("AT+LANG=") and self.mode == "busy":
            self.say("\r\n+CME ERROR: 14\r\n")
        elif cmd[8:] in LANGS and cmd.startswith("AT+LANG=") and self.mode != "old":
            self.lang = cmd[8:]
            self.say("\r\nOK\r\n")
            self.reboot()
        else:
            self.say("\r\nERROR\r\n")

    def input(self, data):
        self.typed += data
        while b"\r" in self.typed:
            line, self.typed = self.typed.split(b"\r", 1)
            line = line.decode(errors="replace").strip("\n")
            self.say(line + "\r")               # echo
            if line == "count":                 # numbered lines in odd pieces
                text = "".join("line %d\r\n" % i for i in range(1, 201))
                for i in range(0, len(text), 7):
                    self.say(text[i:i + 7], i / 70000)
            elif line:
                self.answer(line)


class Bench:
    def __init__(self, mode, path):
        self.device = Device(mode)
        self.stream, self.t0 = b"", time.monotonic()
        self.jobs, self.job_out, self.waiting = {}, {}, []
        self.at = None                          # running exchange: [id, command, start, deadline]
        self.out, self.inp, self.sub, self.job_sub = b"", b"", None, {}
        self.listen = socket.socket(socket.AF_UNIX)
        self.listen.bind(path)
        self.listen.listen(1)
        self.peer = None
        self.registered = None

    # ---- frames
    def put(self, kind, payload):
        self.out += struct.pack("<I", len(payload) + 1) + kind + payload

    def put_json(self, kind, value):
        self.put(kind, json.dumps(value).encode())

    def put_bytes(self, stream, offset, data):
        t = int((time.monotonic() - self.t0) * 1e9)
        self.put(b"B", struct.pack("<IQQ", stream, offset, t) + data)

    def event(self, kind, **fields):
        self.put_json(b"E", dict(fields, t=0, type=kind))

    # ---- requests
    def console(self):
        return {"id": 1, "stream": 1, "name": "main", "spec": "fake", "state": "open", "baud": 115200, "lock": None}

    def attach(self, _, __):
        return {"bench": {"name": "fake", "target": "fake"}, "consoles": [self.console()], "jobs": [], "boards": [],
                "workflows": [], "macros": []}

    def subscribe(self, _, p):
        stream, start = p["stream"], p["from"]
        data = self.stream if stream == 1 else self.job_out.get(stream, b"")
        at = len(data) if start < 0 else start
        if stream == 1:
            self.sub = at
            if self.device.boots:
                self.device.reboot()
        else:
            self.job_sub[stream] = at
        return {"stream": stream, "offset": at}

    def register(self, _, p):
        self.registered = p
        return None

    def command(self, rid, p):
        words = split(p["line"]) if "line" in p else [p["name"]]
        name, words = words[0], words[1:]
        rest = []
        if "--" in words:
            rest, words = words[words.index("--") + 1:], words[:words.index("--")]
        keys = dict(w.split("=", 1) for w in words if w.split("=")[0] in
                    ("timeout", "console", "expect", "prefix", "name", "kind", "pty", "cwd", "confirm", "stage"))
        words = [w for w in words if w.split("=")[0] not in keys]
        run = getattr(self, "do_" + name.replace(".", "_"), None)
        if not run:
            raise Failure("usage", "no such command")
        return run(rid, words, keys, rest)

    def do_bench_info(self, rid, words, keys, rest):
        return {"name": "fake"}

    def do_job_progress(self, rid, words, keys, rest):
        return None

    def do_console_open(self, rid, words, keys, rest):
        if words[0] == "/dev/nothing":
            raise Failure("not_found", "no such port")
        return self.console()

    def do_at_send(self, rid, words, keys, rest):
        seconds = float(keys["timeout"][:-2]) / 1000 if "timeout" in keys else 5
        self.at = [rid, words[0], len(self.stream), time.monotonic() + seconds]
        self.device.input(words[0].encode() + b"\r")
        return ...

    def do_job_run(self, rid, words, keys, rest):
        jid = len(self.jobs) + 1
        try:
            proc = subprocess.Popen(rest, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                    cwd=keys.get("cwd"))
        except OSError as e:
            raise Failure("tool_failed", "%s: %s" % (rest[0], e.strerror))
        os.set_blocking(proc.stdout.fileno(), False)
        limit = float(keys["timeout"][:-2]) / 1000 if "timeout" in keys else 1e9
        self.jobs[jid] = {"proc": proc, "row": {"id": jid, "stream": 1000 + jid, "name": keys.get("name"), "argv": rest,
                          "state": "running", "kind": keys.get("kind")}, "end": time.monotonic() + limit}
        self.job_out[1000 + jid] = b""
        self.event("job", job=self.jobs[jid]["row"])
        return {"id": jid}

    def do_job_wait(self, rid, words, keys, rest):
        self.waiting.append((rid, int(words[0])))
        return ...

    def do_job_stop(self, rid, words, keys, rest):
        if keys.get("confirm") != "on":
            raise Failure("denied", "job.stop asks")
        self.jobs[int(words[0])]["proc"].kill()
        return None

    def do_job_output(self, rid, words, keys, rest):
        return {"text": self.job_out[1000 + int(words[0])].decode(errors="replace")}

    def handle(self, kind, payload):
        if kind == b"H":
            return
        if kind == b"I":
            self.device.input(payload[4:])
            return
        if kind != b"R":
            return
        r = json.loads(payload)
        handlers = {"attach": self.attach, "command": self.command, "subscribe": self.subscribe, "register": self.register}
        try:
            if r["method"] not in handlers:
                raise Failure("unsupported", "no such method")
            result = handlers[r["method"]](r["id"], r.get("params") or {})
            if result is not ...:
                self.put_json(b"A", {"id": r["id"], "result": result})
        except Failure as e:
            self.fail(r["id"], e.code, "bench", str(e))

    def fail(self, rid, code, what, why):
        self.put_json(b"A", {"id": rid, "error": {"code": code, "what": what, "why": why, "next": ""}})

    # ---- time
    def tick(self):
        now = time.monotonic()
        ready = [d for d in self.device.due if d[0] <= now]
        self.device.due = [d for d in self.device.due if d[0] > now]
        for _, data in ready:
            self.stream += data
        if self.sub is not None and self.sub < len(self.stream):
            self.put_bytes(1, self.sub, self.stream[self.sub:])
            self.sub = len(self.stream)
        self.check_at(now)
        for jid, job in self.jobs.items():
            self.check_job(jid, job, now)

    def check_at(self, now):
        if not self.at:
            return
        rid, cmd, start, deadline = self.at
        lines = [x for x in self.stream[start:].decode(errors="replace").replace("\r", "\n").split("\n") if x and x != cmd]
        if lines and lines[-1] == "OK":
            self.at = None
            self.put_json(b"A", {"id": rid, "result": {"command": cmd, "result": "OK", "code": "ok", "lines": lines[:-1],
                          "ms": 1, "end": len(self.stream)}})
        elif lines and (lines[-1] == "ERROR" or lines[-1].startswith("+CME ERROR")):
            self.at = None
            self.fail(rid, "at_error", cmd, lines[-1])
        elif now >= deadline:
            self.at = None
            self.fail(rid, "timeout", cmd, "no answer")

    def check_job(self, jid, job, now):
        proc, row = job["proc"], job["row"]
        if row["state"] == "running":
            code = proc.poll()
            try:
                data = proc.stdout.read() or b""
            except BlockingIOError:
                data = b""
            stream = row["stream"]
            self.job_out[stream] += data
            if code is None and now >= job["end"]:
                proc.kill()
                row["error"] = {"code": "timeout", "what": row["name"], "why": "time is over", "next": ""}
            if code is not None:
                row.update(state="ok" if code == 0 else "failed", exit=code if code >= 0 else None,
                           signal=-code if code < 0 else None)
        stream = row["stream"]
        if stream in self.job_sub and self.job_sub[stream] < len(self.job_out[stream]):
            self.put_bytes(stream, self.job_sub[stream], self.job_out[stream][self.job_sub[stream]:])
            self.job_sub[stream] = len(self.job_out[stream])
        if row["state"] != "running":
            for w in [w for w in self.waiting if w[1] == jid]:
                self.waiting.remove(w)
                self.put_json(b"A", {"id": w[0], "result": row})

    def pump(self):
        sel = selectors.DefaultSelector()
        if self.peer is None:
            sel.register(self.listen, selectors.EVENT_READ)
        else:
            sel.register(self.peer, selectors.EVENT_READ | (selectors.EVENT_WRITE if self.out else 0))
        for key, mask in sel.select(0.003):
            if key.fileobj is self.listen:
                self.peer = self.listen.accept()[0]
                self.peer.setblocking(False)
                self.put_json(b"H", {"vise": "0.1.0", "proto": 1, "role": "bench", "name": "fake", "pid": os.getpid()})
            elif mask & selectors.EVENT_READ:
                self.receive()
        self.tick()
        if self.peer and self.out:
            try:
                self.out = self.out[self.peer.send(self.out):]
            except BlockingIOError:
                pass
            except OSError:
                self.drop()

    def drop(self):
        self.peer.close()
        self.peer, self.out, self.inp, self.sub, self.at = None, b"", b"", None, None

    def receive(self):
        try:
            data = self.peer.recv(65536)
        except OSError:
            data = b""
        if not data:
            self.drop()
            return
        self.inp += data
        while len(self.inp) >= 5:
            n = struct.unpack("<I", self.inp[:4])[0]
            if len(self.inp) < 4 + n:
                return
            frame, self.inp = self.inp[4:4 + n], self.inp[4 + n:]
            self.handle(frame[:1], frame[1:])


def main():
    mode, path, command = sys.argv[1], sys.argv[2], sys.argv[3:]
    if os.path.exists(path):
        os.unlink(path)
    bench = Bench(mode, path)
    child = subprocess.Popen(command)
    while child.poll() is None:
        bench.pump()
    for job in bench.jobs.values():
        job["proc"].stdout.close()
        if job["proc"].poll() is None:
            job["proc"].kill()
            job["proc"].wait()
    os.unlink(path)
    if os.environ.get("FAKEBENCH_SHOW_REGISTER"):
        print(json.dumps(bench.registered))
    sys.exit(child.returncode if child.returncode >= 0 else 128 - child.returncode)


main()
