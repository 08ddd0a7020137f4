#!/usr/bin/env python3
"""rspwire.py SOCKET PORT FAULT - a wire between a debugger and the gdb server at PORT that damages one thing.

  flip    one byte of one reply            dollar  the $ in front of one reply
  noise   bytes between two replies        ack     one + of the server
  hello   the first answer to qSupported comes 300 ms late
"""
import os, select, socket, sys, time

path, port, fault = sys.argv[1], int(sys.argv[2]), sys.argv[3]
door = socket.socket(socket.AF_UNIX)
door.bind(path + ".new")
door.listen(1)
os.rename(path + ".new", path)
gdb, _ = door.accept()
server = socket.create_connection(("127.0.0.1", port))
server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
done = False
asked = False


def damage(data):
    """What gdb gets of what the server said; once."""
    global done
    at = data.find(b"$l")                       # the answer that has the target's description
    if fault == "hello":
        if not asked or b"PacketSize" not in data:
            return data
        done = True
        time.sleep(0.3)
        return data
    if fault == "ack":
        if not data.startswith(b"+$l"):
            return data
        done = True
        return data[1:]
    if at < 0:
        return data
    done = True
    if fault == "flip":
        return data[:at + 5] + bytes([data[at + 5] ^ 1]) + data[at + 6:]
    if fault == "dollar":
        return data[:at] + data[at + 1:]
    return data[:at] + b"oops" + data[at:]


held = b""      # a + that came alone: what it stands before decides
while True:
    ready, _, _ = select.select([gdb, server], [], [])
    if gdb in ready:
        data = gdb.recv(65536)
        if not data:
            break
        asked = asked or b"qSupported" in data
        server.sendall(data)
    if server in ready:
        data = server.recv(65536)
        if not data:
            break
        data, held = held + data, b""
        if fault == "ack" and not done and data == b"+":
            held = data
            continue
        gdb.sendall(data if done else damage(data))
