#!/usr/bin/env python3
"""A board on a TCP port that answers OK, hangs up after so many answers, and is back a moment later.

usage: flaky_server.py PORTFILE ANSWERS
"""
import socket
import sys
import time

answers = int(sys.argv[2])
listen = socket.socket()
listen.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listen.bind(("127.0.0.1", 0))
listen.listen(4)
with open(sys.argv[1] + ".new", "w") as f:
    f.write(str(listen.getsockname()[1]))
import os
os.rename(sys.argv[1] + ".new", sys.argv[1])
while True:
    peer = listen.accept()[0]
    left, part = answers, b""
    while left:
        data = peer.recv(4096)
        if not data:
            break
        part += data
        while b"\r" in part and left:
            _, part = part.split(b"\r", 1)
            peer.sendall(b"OK\r\n")
            left -= 1
    peer.close()
    answers = 1 << 30                   # once is enough
    time.sleep(0.2)
