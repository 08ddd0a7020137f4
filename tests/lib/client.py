#!/usr/bin/env python3
"""client: a client of a bench's socket (src/proto/frame.h), for tests.

  client.py SOCKET LINE...        runs command lines, prints each result as JSON; 1 when one is refused
  client.py SOCKET --sit FILE     attaches with events and streams, writes "ready" to FILE, reads until killed

In Python: from client import Client, Refused, until, fresh.  Every wait has a deadline.
"""
import json
import os
import select
import socket
import struct
import sys
import time


class Refused(Exception):
    """The bench said no: .code .what .why .next"""

    def __init__(self, error):
        super().__init__("%s: %s: %s" % (error.get("code"), error.get("what"), error.get("why")))
        self.code, self.what = error.get("code", ""), error.get("what", "")
        self.why, self.next = error.get("why", ""), error.get("next", "")


class Gone(Exception):
    """The bench ended the connection."""


def until(call, seconds, step=0.01):
    """The first true value of call(), or the last one at the deadline."""
    end = time.monotonic() + seconds
    while True:
        value = call()
        if value or time.monotonic() >= end:
            return value
        time.sleep(step)


def fresh(path, seconds=20, **more):
    """A client of a bench that may still be starting."""
    end = time.monotonic() + seconds
    while True:
        try:
            return Client(path, **more)
        except (FileNotFoundError, ConnectionRefusedError):
            if time.monotonic() >= end:
                raise
            time.sleep(0.01)


class Client:
    def __init__(self, path, proto=1, role="cli", name="test", timeout=30):
        self.timeout, self.last = timeout, 0
        self.hello, self.answers, self.events, self.gaps = None, {}, [], []
        self.streams, self.first, self.lost = {}, {}, {}
        self.inbuf = bytearray()
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(timeout)
        self.sock.connect(path)
        self.send("H", {"vise": "0.1.0", "proto": proto, "role": role, "name": name, "pid": os.getpid()})

    def close(self):
        self.sock.close()

    # --- out

    def send(self, kind, what):
        body = what if isinstance(what, bytes) else json.dumps(what).encode()
        self.sock.sendall(struct.pack("<I", len(body) + 1) + kind.encode() + body)

    def type(self, stream, text):
        self.send("I", struct.pack("<I", stream) + text.encode())

    def ask(self, method, params):
        self.last += 1
        self.send("R", {"id": self.last, "method": method, "params": params})
        return self.last

    # --- in

    def frame(self, kind, body):
        if kind == "H":
            self.hello = json.loads(body)
        elif kind == "A":
            answer = json.loads(body)
            self.answers[answer["id"]] = answer
        elif kind == "E":
            self.events.append(json.loads(body))
        elif kind == "G":
            self.gaps.append(json.loads(body))
        elif kind == "B":
            stream, offset, _ = struct.unpack_from("<IQQ", body)
            have = self.streams.setdefault(stream, bytearray())
            self.first.setdefault(stream, offset)
            self.lost[stream] = self.lost.get(stream, 0) + max(0, offset - self.first[stream] - len(have)
                                                               - self.lost.get(stream, 0))
            have += body[20:]

    def read(self, seconds):
        """Takes what comes within that time; false when nothing did."""
        if not select.select([self.sock], [], [], max(0, seconds))[0]:
            return False
        data = self.sock.recv(1 << 18)
        if not data:
            raise Gone("the bench closed the connection")
        self.inbuf += data
        at = 0
        while len(self.inbuf) - at >= 5:
            n, = struct.unpack_from("<I", self.inbuf, at)
            if len(self.inbuf) - at < 4 + n:
                break
            self.frame(chr(self.inbuf[at + 4]), bytes(self.inbuf[at + 5:at + 4 + n]))
            at += 4 + n
        del self.inbuf[:at]
        return True

    def wait(self, call, seconds=None):
        """Reads until call() is true; its value, or a false one at the deadline."""
        end = time.monotonic() + (self.timeout if seconds is None else seconds)
        while True:
            value = call()
            left = end - time.monotonic()
            if value or left <= 0:
                return value
            self.read(left)

    def answer(self, number, seconds=None):
        if not self.wait(lambda: number in self.answers, seconds):
            raise TimeoutError("no answer")
        answer = self.answers.pop(number)
        if "error" in answer:
            raise Refused(answer["error"])
        return answer.get("result")

    def call(self, method, params, seconds=None):
        return self.answer(self.ask(method, params), seconds)

    def do(self, line, seconds=None):
        return self.call("command", {"line": line}, seconds)

    def refused(self, line, seconds=None):
        """The refusal of a line that must be refused; None when it was not."""
        try:
            self.do(line, seconds)
        except Refused as r:
            return r
        return None

    def attach(self, events=True, streams=False, observe=False):
        return self.call("attach", {"events": events, "streams": streams, "observe": observe})

    def text(self, stream):
        return bytes(self.streams.get(stream, b"")).decode("utf-8", "replace")

    def of(self, kind):
        return [e for e in self.events if e.get("type") == kind]


def sit(client, ready):
    client.attach(streams=True)
    with open(ready, "w") as f:
        f.write("ready\n")
    while True:
        client.read(60)


def main():
    client = fresh(sys.argv[1])
    if sys.argv[2:3] == ["--sit"]:
        try:
            sit(client, sys.argv[3])
        except Gone:
            return 0
    for line in sys.argv[2:]:
        try:
            print(json.dumps(client.do(line)), flush=True)
        except Refused as r:
            print(r, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
