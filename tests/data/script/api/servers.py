#!/usr/bin/env python3
"""servers.py DIR: a web server with a profile, a GDB server and an RFC 2217 port, for the checks of the Lua module.
Writes DIR/ports: "HTTP RSP RFC2217". """
import http.server
import os
import socket
import socketserver
import sys
import threading
import time

here = os.path.dirname(os.path.abspath(__file__))
heaps = [open(os.path.join(here, "../../pprof/heap-%s.pb.gz" % x), "rb").read() for x in "ab"]       # the first, and all later ones


class Web(http.server.BaseHTTPRequestHandler):
    def answer(self):
        n = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(n)
        self.send_response({"/teapot": 418, "/away": 302}.get(self.path, 200))
        if self.path == "/away":
            self.send_header("Location", "/ok")
        out = (heaps.pop(0) if len(heaps) > 1 else heaps[0]) if "pprof/heap" in self.path else ("%s %s %s" % (self.command, self.headers.get("X-Who"), body.decode("latin-1"))).encode("latin-1")
        self.send_header("Content-Length", str(len(out)))
        self.end_headers()
        self.wfile.write(out)

    do_GET = do_POST = do_PUT = answer

    def log_message(self, *a):
        pass


class Gdb(socketserver.BaseRequestHandler):
    """512 bytes of memory at 0x100, two registers; a run is stopped by ^C alone."""
    memory = bytearray(range(256)) * 2

    def packet(self, text):
        self.request.sendall(("$%s#%02x" % (text, sum(text.encode()) & 255)).encode())

    def one(self, p):
        if p == "?":
            return "S05"
        if p == "g":
            return "0123456789abcdef"
        if p == "s":
            return "T05thread:1;"
        if p[0] in "mM":
            at, n = (int(x, 16) for x in p[1:].split(":")[0].split(","))
            at -= 0x100
            if at < 0 or at + n > 512:
                return "E01"
            if p[0] == "m":
                return self.memory[at:at + n].hex()
            self.memory[at:at + n] = bytes.fromhex(p.split(":")[1])
            return "OK"
        return "OK" if p == "D" else ""

    def handle(self):
        data = b""
        while True:
            more = self.request.recv(4096)
            if not more:
                return
            data += more
            while True:
                data = data.lstrip(b"+-")
                if data[:1] == b"\x03":
                    data = data[1:]
                    self.packet("T02")
                    continue
                end = data.find(b"#")
                if data[:1] != b"$" or len(data) < end + 3 or end < 0:
                    break
                text, data = data[1:end].decode(), data[end + 3:]
                self.request.sendall(b"+")
                if text != "c":
                    self.packet(self.one(text))


class Port(socketserver.BaseRequestHandler):
    """RFC 2217: what is asked is granted and said again; CTS and DSR are on."""

    def handle(self):
        data = b""
        self.request.sendall(b"\xff\xfd\x2c")
        while True:
            more = self.request.recv(4096)
            if not more:
                return
            data += more
            while data:
                if data[0] != 255:
                    end = data.find(b"\xff")
                    end = len(data) if end < 0 else end
                    self.request.sendall(data[:end])
                    data = data[end:]
                elif len(data) > 1 and data[1] == 250:
                    end = data.find(b"\xff\xf0")
                    if end < 0:
                        break
                    sub, data = data[2:end], data[end + 2:]
                    if sub[:1] == b"\x2c":
                        self.request.sendall(b"\xff\xfa\x2c" + bytes([sub[1] + 100]) + sub[2:] + b"\xff\xf0")
                        if sub[1] == 11 or sub[1] == 5:
                            self.request.sendall(b"\xff\xfa\x2c\x6b\x30\xff\xf0")
                elif len(data) > 2:
                    if data[1] == 251 and data[2] not in (0, 3):
                        self.request.sendall(bytes([255, 253, data[2]]))
                    data = data[3:]
                else:
                    break


class Tcp(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


servers = [http.server.ThreadingHTTPServer(("127.0.0.1", 0), Web), Tcp(("127.0.0.1", 0), Gdb), Tcp(("127.0.0.1", 0), Port)]
for s in servers:
    threading.Thread(target=s.serve_forever, daemon=True).start()
with open(os.path.join(sys.argv[1], "ports.new"), "w") as f:
    f.write(" ".join(str(s.server_address[1]) for s in servers))
os.rename(os.path.join(sys.argv[1], "ports.new"), os.path.join(sys.argv[1], "ports"))
time.sleep(3600)
