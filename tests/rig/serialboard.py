"""serialboard: the serial console of a Linux board: a login shell on its own terminal behind a pty.

  serialboard.py LINK [--shell "dash -i"] [--noise SECONDS] [--print TEXT] [--stat FILE]

LINK becomes the port that a host opens.  --noise writes kernel lines into the shell's terminal, as the
kernel's console does; --print prints TEXT for each line that comes and runs no shell.  --stat: counts, as JSON.
"""
import argparse
import fcntl
import json
import os
import signal
import sys
import termios
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
sys.dont_write_bytecode = True
from ttyrig import Port, die_with, now  # noqa: E402


def login_tty(fd):
    os.setsid()
    fcntl.ioctl(fd, termios.TIOCSCTTY, 0)
    for n in range(3):
        os.dup2(fd, n)
    if fd > 2:
        os.close(fd)


def start_shell(words):
    me = os.getpid()
    fd, slave = os.openpty()
    name = os.ttyname(slave)
    pid = os.fork()
    if pid == 0:
        die_with(me)
        os.close(fd)
        login_tty(slave)
        os.environ.update(PS1="board# ", TERM="vt100", HISTFILE="/dev/null")
        os.execvp(words[0], words)
    os.close(slave)
    return pid, fd, name


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("link")
    p.add_argument("--shell", default="sh -i")
    p.add_argument("--noise", type=float, default=0)
    p.add_argument("--print", dest="text")
    p.add_argument("--stat")
    args = p.parse_args()
    done = []
    signal.signal(signal.SIGTERM, lambda *_: done.append(1))
    port = Port(args.link)
    shell, console, slave = -1, -1, -1
    if args.text is None:
        shell, console, name = start_shell(args.shell.split())
        slave = os.open(name, os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
    count, due = 0, now()
    end = now() + 300
    while not done and now() < end:
        port.probe()
        wait = 0.2 if not args.noise else max(0.0, min(0.2, due - now()))
        got, mine = port.wait([console] if console >= 0 else [], wait)
        if mine:
            data = port.read()
            if data and console >= 0:
                os.write(console, data)
            elif data:
                for _ in range(data.count(b"\n")):
                    port.write(args.text.encode())
        if console in got:
            try:
                data = os.read(console, 65536)
            except OSError:
                break
            if not data:
                break
            port.write(data)
        if args.noise and now() >= due:
            due = now() + args.noise
            try:
                os.write(slave, b"[%5d.%06d] kmsg-%d usb 1-1: new high-speed USB device\n"
                         % (int(time.time()) % 99999, count, count))
                count += 1
            except OSError:
                pass
    if args.stat:
        with open(args.stat, "w") as f:
            json.dump({"noise": count}, f)
    port.unplug()
    if shell > 0:
        os.kill(shell, signal.SIGKILL)
        os.waitpid(shell, 0)


if __name__ == "__main__":
    main()
