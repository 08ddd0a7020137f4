"""ttyrig: a serial port made of a pty, for the rigs (board, atdev).

A Port holds the master side; clients open the stable link.  It notices when the first client opens
and the last one closes, can be pulled out and plugged in again, and starts in raw mode without echo
so that nothing a device prints is sent back to it before a client has set the line.
"""
import ctypes
import errno
import os
import select
import signal
import termios
import time
import tty


class Port:
    # Linux reports a master without open slaves as hung up and has no event for the next open,
    # so that one state is polled, at this pace.
    POLL = 0.005

    def __init__(self, link, limit=1 << 20):
        self.link = link
        self.limit = limit          # bytes kept for a client that does not read
        self.master = -1
        self.name = None
        self.up = False             # a client has it open
        self.out = bytearray()
        self.lost = 0               # bytes for which there was no room, or no client
        self.plug()

    def plug(self):
        if self.master >= 0:
            return
        self.master, slave = os.openpty()
        self.name = os.ttyname(slave)
        tty.setraw(slave)
        attr = termios.tcgetattr(slave)
        attr[4] = attr[5] = termios.B115200
        termios.tcsetattr(slave, termios.TCSANOW, attr)
        os.close(slave)
        os.set_blocking(self.master, False)
        self.up = False
        tmp = "%s.%d" % (self.link, os.getpid())
        try:
            os.unlink(tmp)
        except FileNotFoundError:
            pass
        os.symlink(self.name, tmp)
        os.rename(tmp, self.link)

    def unplug(self):
        if self.master < 0:
            return
        os.close(self.master)
        self.master = -1
        self.up = False
        self.lost += len(self.out)
        self.out.clear()
        self.unlink()

    def unlink(self):
        try:
            if os.readlink(self.link) == self.name:
                os.unlink(self.link)
        except OSError:
            pass

    def listened(self):
        """A client has it open at this moment."""
        if self.master < 0:
            return False
        p = select.poll()
        p.register(self.master, select.POLLIN)
        got = p.poll(0)
        # POLLIN beside POLLHUP: a client has written and left; its bytes count.
        return not got or not got[0][1] & select.POLLHUP or bool(got[0][1] & select.POLLIN)

    def probe(self):
        """Looks whether a client has it open; True when that changed."""
        was = self.up
        self.up = self.listened()
        if was and not self.up:
            self.lost += len(self.out)
            self.out.clear()
        return was != self.up

    def read(self, n=65536):
        if self.master < 0:
            return b""
        try:
            return os.read(self.master, n)
        except BlockingIOError:
            return b""
        except OSError as e:
            if e.errno != errno.EIO:
                raise
            self.up = False
            return b""

    def write(self, data):
        """Queues data; without a client it is lost, as on a wire nobody listens to."""
        # `up` is as old as the last turn; a client may have opened it since.
        if not self.up and not self.listened():
            self.lost += len(data)
            return
        room = self.limit - len(self.out)
        if len(data) > room:
            self.lost += len(data) - room
            data = data[:room]
        self.out += data
        self.flush()

    def write_now(self, data):
        """Writes what the pty takes at once and returns that count: a device without flow control."""
        if self.master < 0 or self.out:
            return 0
        try:
            return os.write(self.master, data)
        except OSError:
            return 0

    def flush(self):
        while self.out and self.master >= 0:
            try:
                n = os.write(self.master, self.out[:65536])
            except BlockingIOError:
                return
            except OSError:
                return
            del self.out[:n]

    def wait(self, rlist, timeout, wlist=(), read=True):
        """select() over the lists and this port; returns (readable, port is readable)."""
        w = list(wlist)
        r = list(rlist)
        if self.master >= 0 and self.up:
            if read:
                r.append(self.master)
            if self.out:
                w.append(self.master)
        elif self.master >= 0:
            timeout = self.POLL if timeout is None else min(timeout, self.POLL)
        got, can, _ = select.select(r, w, [], timeout)
        if self.master in can:
            self.flush()
        return [f for f in got if f != self.master], self.master in got


def die_with(pid):
    """The calling process gets SIGKILL when its parent ends; exits at once if that happened already."""
    ctypes.CDLL(None, use_errno=True).prctl(1, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != pid:
        os._exit(1)


def escape(data):
    """Bytes as one printable line."""
    return "".join(
        chr(b) if 32 <= b < 127 and b != 92 else
        {10: "\\n", 13: "\\r", 9: "\\t", 92: "\\\\"}.get(b, "\\x%02x" % b) for b in data)


def now():
    return time.monotonic()
