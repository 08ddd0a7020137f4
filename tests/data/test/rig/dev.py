#!/usr/bin/env python3
"""A board on stdin and stdout: "reset" brings a banner, AT brings OK."""
import os

part = b""
os.write(1, b"boot: cold\r\n")
while True:
    data = os.read(0, 4096)
    if not data:
        break
    part += data.replace(b"\r", b"\n")
    while b"\n" in part:
        line, part = part.split(b"\n", 1)
        if line.startswith(b"reset"):
            os.write(1, b"boot: v1\r\n[READY]\r\n")
        elif line.startswith(b"AT"):
            os.write(1, b"OK\r\n")
