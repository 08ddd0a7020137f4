#!/usr/bin/env python3
"""badhttp: a web server that does each thing a client must survive.  badhttp.py [PORTFILE]

Prints "listening on 127.0.0.1:PORT" (and writes it to PORTFILE); ends on SIGTERM, on GET /quit, when a
piped stdin closes, or after 15 minutes.
"""
import functools
import gzip
import os
import signal
import socket
import stat
import struct
import sys
import threading
import time
import zlib

LIFE = 900
quit_now = threading.Event()


def head(code, *lines):
    return ("HTTP/1.1 %s\r\n%s\r\n" % (code, "".join(x + "\r\n" for x in lines))).encode()


def whole(code, body, *lines):
    return head(code, "Content-Length: %d" % len(body), "Connection: close", *lines) + body


@functools.lru_cache()
def bomb_body():
    """512 MiB of zeros in about 2.3 MB: one piece that is whole in itself, again and again."""
    piece = bytes(1 << 20)
    z = zlib.compressobj(1, zlib.DEFLATED, -15)
    packed = z.compress(piece) + z.flush(zlib.Z_FULL_FLUSH)
    check = 0
    for _ in range(512):
        check = zlib.crc32(piece, check)
    return (b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + packed * 512 + b"\x03\0" +
            struct.pack("<II", check, 512 << 20))


def stall(c, *_):
    quit_now.wait(60)


def stall_body(c, *_):
    c.sendall(head("200 OK", "Content-Length: 100000") + b"x" * 10)
    quit_now.wait(60)


def drip(c, *_):
    c.sendall(head("200 OK", "Content-Length: 100000"))
    while not quit_now.wait(0.1):
        c.sendall(b"x")


def slow(c, *_):
    """Arrives whole, in two seconds: a client with patience gets it."""
    c.sendall(head("200 OK", "Content-Length: 20"))
    for _ in range(20):
        c.sendall(b"s")
        time.sleep(0.1)


def slow_heap(c, *_):
    """A real heap profile that takes its time: what a burdened program is like."""
    time.sleep(1.2)
    data = os.environ.get("srcdir", ".") + "/tests/data/pprof/heap-a.pb.gz"
    with open(data, "rb") as f:
        c.sendall(whole("200 OK", f.read(), "Content-Type: application/octet-stream"))


TEXT_HEAP = b"""heap profile: 1: 8 [1: 8] @ heap/1048576
1: 8 [1: 8] @ 0x1

# runtime.MemStats
# Alloc = 1234567
# HeapInuse = 7654321
# NumGC = 3
# GCCPUFraction = 0.5
"""


def mix_heap(c, request=b"", *_):
    """One program of which only some profiles can be had; no /debug/vars."""
    if b"debug=1" in request:
        c.sendall(whole("200 OK", TEXT_HEAP, "Content-Type: text/plain"))
        return
    with open(os.environ.get("srcdir", ".") + "/tests/data/pprof/heap-a.pb.gz", "rb") as f:
        c.sendall(whole("200 OK", f.read(), "Content-Type: application/octet-stream"))


def trunc(c, *_):
    c.sendall(head("200 OK", "Content-Length: 100000") + b"x" * 500)


def huge(c, *_):
    c.sendall(head("200 OK"))
    while True:
        c.sendall(b"x" * 65536)


def huge_length(c, *_):
    c.sendall(head("200 OK", "Content-Length: 18446744073709551615") + b"x" * 500)


def bomb(c, *_):
    z = bomb_body()
    c.sendall(whole("200 OK", z, "Content-Encoding: gzip"))


def bomb_plain(c, *_):
    """The same without the header: a body that is a gzip file, as profiles are."""
    c.sendall(whole("200 OK", bomb_body(), "Content-Type: application/octet-stream"))


def header_flood(c, *_):
    c.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        c.sendall(b"X-A: " + b"y" * 1000 + b"\r\n")


def header_long(c, *_):
    c.sendall(b"HTTP/1.1 200 OK\r\nX-A: ")
    while True:
        c.sendall(b"y" * 65536)


def redirect(where):
    return lambda c, *_: c.sendall(whole("302 Found", b"", "Location: " + where))


def chunked_bad(c, *_):
    c.sendall(head("200 OK", "Transfer-Encoding: chunked") + b"ffffffffffffffffff\r\nxxx")


def reset(c, *_):
    c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def fixed(data):
    return lambda c, *_: c.sendall(data)


def leave(c, *_):
    c.sendall(whole("200 OK", b"bye\n"))
    quit_now.set()


ROUTES = {
    "/ok": fixed(whole("200 OK", b"ok\n")),
    "/stall-head": stall,
    "/stall-body": stall_body,
    "/drip": drip,
    "/slow": slow,
    "/slow-heap": slow_heap,
    "/mix/debug/pprof/heap": mix_heap,
    "/mix/debug/pprof/mutex": stall,
    "/mix/debug/pprof/block": trunc,
    "/trunc": trunc,
    "/huge": huge,
    "/huge-length": huge_length,
    "/bomb": bomb,
    "/bomb-plain": bomb_plain,
    "/hdr": header_flood,
    "/hdr-long": header_long,
    "/404": fixed(whole("404 Not Found", b"no such thing\n")),
    "/500": fixed(whole("500 Internal Server Error", b"\x1b]0;evil\x07 broken\n")),
    "/401": fixed(whole("401 Unauthorized", b"", 'WWW-Authenticate: Basic realm="x"')),
    "/redir-file": redirect("file:///etc/passwd"),
    "/redir-ok": redirect("/ok"),
    "/redir-loop": redirect("/redir-loop"),
    "/redir-gopher": redirect("gopher://127.0.0.1:1/x"),
    "/chunked-bad": chunked_bad,
    "/empty": fixed(b""),
    "/empty-body": fixed(whole("200 OK", b"")),
    "/reset": reset,
    "/garbage": fixed(bytes(range(256)) * 16),
    "/html": fixed(whole("200 OK", b"<html>not a profile</html>", "Content-Type: text/html")),
    "/gzip-junk": fixed(whole("200 OK", gzip.compress(b"junk" * 100)[:-6] + b"\0" * 6)),
    "/quit": leave,
}


def serve_one(c):
    try:
        c.settimeout(60)
        request = b""
        while b"\r\n\r\n" not in request and len(request) < 65536:
            part = c.recv(4096)
            if not part:
                return
            request += part
        path = request.split(b" ")[1].decode("latin-1").split("?")[0]
        ROUTES.get(path, ROUTES["/404"])(c, request)
    except (OSError, IndexError):
        pass
    finally:
        c.close()


def watch_stdin():
    try:
        mode = os.fstat(0).st_mode
    except OSError:
        return
    if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode):
        while os.read(0, 4096):
            pass
        quit_now.set()


def main():
    s = socket.socket()
    s.bind(("127.0.0.1", 0))
    s.listen(64)
    s.settimeout(0.2)
    line = "listening on 127.0.0.1:%d" % s.getsockname()[1]
    if len(sys.argv) > 1:
        with open(sys.argv[1] + ".new", "w") as f:
            f.write(line + "\n")
        os.rename(sys.argv[1] + ".new", sys.argv[1])
    print(line, flush=True)
    signal.signal(signal.SIGTERM, lambda *_: quit_now.set())
    threading.Thread(target=watch_stdin, daemon=True).start()
    end = time.monotonic() + LIFE
    while not quit_now.is_set() and time.monotonic() < end:
        try:
            c = s.accept()[0]
        except socket.timeout:
            continue
        threading.Thread(target=serve_one, args=(c,), daemon=True).start()
    time.sleep(0.05)        # the answer to /quit
    os._exit(0)


if __name__ == "__main__":
    main()
