#!/usr/bin/env python3
"""A device with AT commands for the checks of the Lua module: "say TEXT" prints it, AT+GMR has an answer, AT+BAD has not."""
import os
import sys
import termios
import tty

if os.isatty(0):
    tty.setraw(0, termios.TCSANOW)
said = {"AT": b"", "AT+GMR": b"+GMR:3.2.1\r\n\r\n"}
line = b""
while True:
    c = os.read(0, 1)
    if not c:
        sys.exit()
    if c not in b"\r\n":
        line += c
        continue
    word, line = line.decode("latin-1"), b""
    if word.startswith("say "):
        os.write(1, word[4:].encode().decode("unicode_escape").encode("latin-1") + b"\r\n")
    elif word.startswith("AT"):
        os.write(1, b"\r\n" + said[word] + b"OK\r\n" if word in said else b"\r\nERROR\r\n")
