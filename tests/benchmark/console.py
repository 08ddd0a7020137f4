"""console: the serial console beside picocom, tio and minicom, on ptys, in one run.

Each tool gets the same port, the same bytes and a terminal of 80x24 that is read at once.  Prints a table
and exits 1 when a bar of the house is missed by a margin that noise cannot explain.
Environment: BUILD (the build directory), MB (50), RIVALS ("picocom minicom tio").
"""
import fcntl
import json
import os
import pty
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
import tty

BUILD = os.path.abspath(os.environ.get("BUILD", "."))
MB = int(os.environ.get("MB", "50"))
RIVALS = os.environ.get("RIVALS", "picocom minicom tio").split()
TICK = os.sysconf("SC_CLK_TCK")
PART = {"picocom": 1, "minicom": 5, "tio": 25}      # a slow rival gets so much less to read
KEYS = 300
IDLE_S = 10

work = tempfile.mkdtemp(prefix="vise-bench-")
os.chmod(work, 0o700)
env = dict(os.environ, HOME=work, XDG_RUNTIME_DIR=work, XDG_STATE_HOME=work + "/state",
           XDG_CONFIG_HOME=work + "/config", TERM="xterm-256color", LC_ALL="C.UTF-8")


def now():
    return time.monotonic()


def log_lines(total):
    out, n = bytearray(), 0
    while len(out) < total:
        out += b"[%9d] app: sample %d t=41.%d h=38.0 rssi=-61 dBm queue=1 ok\r\n" % (n, n, n % 10)
        n += 1
    return bytes(out)


class Port:
    """A pty whose slave is the tool's port, behind a link that outlives it."""

    def __init__(self):
        self.link = os.path.join(work, "port")
        self.m = -1
        self.plug()

    def plug(self):
        self.m, slave = pty.openpty()
        tty.setraw(slave)
        os.set_blocking(self.m, False)
        name = os.ttyname(slave)
        os.close(slave)
        os.symlink(name, self.link + ".new")
        os.rename(self.link + ".new", self.link)

    def unplug(self):
        os.unlink(self.link)
        os.close(self.m)
        self.m = -1

    def opened(self):
        p = select.poll()
        p.register(self.m, select.POLLOUT)
        got = p.poll(0)
        return not got or not got[0][1] & select.POLLHUP

    def close(self):
        if self.m >= 0:
            self.unplug()

    def put(self, data):
        try:
            return os.write(self.m, data)
        except (BlockingIOError, OSError):
            return 0


class Screen:
    """A tool in a terminal that is always read, unless it is stopped."""

    def __init__(self, argv):
        self.m, s = pty.openpty()
        fcntl.ioctl(s, termios.TIOCSWINSZ, struct.pack("4H", 24, 80, 0, 0))
        self.p = subprocess.Popen(argv, stdin=s, stdout=s, stderr=s, env=env, start_new_session=True)
        os.close(s)
        os.set_blocking(self.m, False)
        self.seen = 0

    def drain(self):
        try:
            while True:
                b = os.read(self.m, 65536)
                if not b:
                    return
                self.seen += len(b)
        except (BlockingIOError, OSError):
            return

    def until(self, call, seconds):
        """call() true within that time, with the terminal read meanwhile."""
        end = now() + seconds
        while now() < end:
            if call():
                return True
            if select.select([self.m], [], [], 0.002)[0]:
                self.drain()
        return False

    def end(self):
        self.p.kill()
        self.p.wait()
        os.close(self.m)


def stat_cpu(pid):
    with open("/proc/%d/stat" % pid) as f:
        v = f.read().rsplit(")", 1)[1].split()
    return (int(v[11]) + int(v[12])) / TICK


def run_seconds(tool):
    """CPU by the scheduler's nanoseconds: an idle tool does not use up one tick."""
    total = 0
    for pid in tool.pids:
        for task in os.listdir("/proc/%d/task" % pid):
            with open("/proc/%d/task/%s/schedstat" % (pid, task)) as f:
                total += int(f.read().split()[0])
    return total / 1e9


def pss_kb(pid):
    with open("/proc/%d/smaps_rollup" % pid) as f:
        return next(int(line.split()[1]) for line in f if line.startswith("Pss:"))


class Rival:
    def __init__(self, name, port):
        self.name = name
        self.log = os.path.join(work, name + ".log")
        argv = {"picocom": ["picocom", "--nolock", "--logfile", self.log, port.link],
                "minicom": ["minicom", "-o", "-D", port.link, "-C", self.log],
                "tio": ["tio", "--log", "--log-file", self.log, port.link]}[name]
        self.begin = now()
        self.screen = Screen(argv)
        self.screen.until(lambda: self.screen.seen > 0, 5)
        self.first = now() - self.begin
        self.screen.until(port.opened, 5)
        self.screen.until(lambda: False, 0.3)       # no rival says when it listens
        self.pids = [self.screen.p.pid]

    def close(self):
        self.screen.end()


class Vise:
    name = "vise"

    def __init__(self, port):
        self.begin = now()
        self.screen = Screen([BUILD + "/vise", port.link])
        self.screen.until(lambda: self.screen.seen > 0, 5)
        self.first = now() - self.begin
        info = work + "/vise/bench.json"
        self.screen.until(lambda: os.path.exists(info) and os.path.getsize(info) > 0, 10)
        self.bench = json.load(open(info))
        self.log = self.bench["dir"] + "/console-main.raw"
        self.screen.until(lambda: '"state":"open"' in self.ask("console.list").replace(" ", ""), 10)
        self.pids = [self.bench["pid"], self.screen.p.pid]

    @staticmethod
    def ask(*line):
        return subprocess.run([BUILD + "/vise", "do", "--json", *line], env=env, capture_output=True,
                              text=True, check=False).stdout

    def close(self):
        subprocess.run([BUILD + "/vise", "kill", "--all"], env=env, capture_output=True, check=False)
        self.screen.drain()
        self.screen.end()


def cpu(tool):
    return sum(stat_cpu(p) for p in tool.pids)


def size(path):
    return os.path.getsize(path) if os.path.exists(path) else 0


def feed(port, tool, data):
    """As fast as the port takes it; seconds."""
    at, begin = 0, now()
    while at < len(data) and now() - begin < 120:
        readable, writable, _ = select.select([tool.screen.m], [port.m], [], 5)
        if readable:
            tool.screen.drain()
        if writable:
            at += port.put(data[at:at + 65536])
    return now() - begin


def pour(port, tool, data, rate, read=True):
    """At a rate, by a device that does not wait: what the port refuses is lost."""
    begin, at = now(), 0
    while at < len(data):
        due = min(len(data), int((now() - begin) * rate))
        if at < due:
            port.put(data[at:due])
            at = due
        select.select([tool.screen.m] if read else [], [], [], 0.001)
        if read:
            tool.screen.drain()


def ingest(port, tool):
    data = log_lines((MB << 20) // PART.get(tool.name, 1))
    before, had = cpu(tool), size(tool.log)
    wall = feed(port, tool, data)
    tool.screen.until(lambda: size(tool.log) - had >= len(data), 5)
    scale = (MB << 20) / len(data)
    return {"cpu": (cpu(tool) - before) * scale, "rate": len(data) / wall / 1048576}


def lost_of(port, tool, rate, seconds, stopped):
    data = log_lines(int(rate * seconds))
    had = size(tool.log)
    if stopped:
        os.kill(tool.screen.p.pid, signal.SIGSTOP)
    pour(port, tool, data, rate, not stopped)
    if stopped:
        os.kill(tool.screen.p.pid, signal.SIGCONT)
    tool.screen.until(lambda: size(tool.log) - had >= len(data), 3)
    return max(0, len(data) - (size(tool.log) - had))


def stopped_terminal(port, tool):
    return {"stopped": lost_of(port, tool, 300000, 3, True)}


def not_waiting(port, tool):
    return {"megabyte": lost_of(port, tool, 1000000, 3, False)}


def key_latency(port, tool):
    """From the key in the terminal to the byte on the wire, under a flood of 1 MB/s."""
    data, took, at, begin = log_lines(1 << 20), [], 0, now()
    sent, due = None, begin + 0.2
    while len(took) < KEYS and now() - begin < 60:
        want = int((now() - begin) * 1000000)
        if at < want:
            part = want - at
            port.put(data[at % len(data):][:min(part, 65536)])
            at = want
        readable, _, _ = select.select([tool.screen.m, port.m], [], [], 0.0005)
        if port.m in readable:
            try:
                got = os.read(port.m, 4096)
            except OSError:
                got = b""
            if sent is not None and b"k" in got:
                took.append(now() - sent)
                sent, due = None, now() + 0.02
        if tool.screen.m in readable:
            tool.screen.drain()
        if sent is None and now() >= due:
            os.write(tool.screen.m, b"k")
            sent = now()
        if sent is not None and now() - sent > 10:
            took.append(10.0)
            break
    took.sort()
    if not took:
        return {"p99": None, "worst": None}
    return {"p99": took[int(len(took) * 0.99) - 1 if len(took) > 1 else 0] * 1000, "worst": took[-1] * 1000}


def reopen(port, tool):
    took = []
    for _ in range(5):
        port.unplug()
        tool.screen.until(lambda: False, 0.3)
        if tool.screen.p.poll() is not None:
            return {"reopen": None}
        begin = now()
        port.plug()
        if not tool.screen.until(port.opened, 5):
            return {"reopen": None}
        took.append(now() - begin)
    return {"reopen": sorted(took)[len(took) // 2] * 1000}


def idle(_port, tool):
    tool.screen.until(lambda: False, 1)
    before, seen = run_seconds(tool), tool.screen.seen
    tool.screen.until(lambda: False, IDLE_S)
    return {"idle": (run_seconds(tool) - before) / IDLE_S * 100, "bytes": (tool.screen.seen - seen) / IDLE_S,
            "memory": sum(pss_kb(p) for p in tool.pids) / 1024}


def measure(make):
    """All of it for one tool; a tool that dies on the way keeps what it has shown."""
    row, port = {}, Port()
    tool = make(port)
    row["first"] = tool.first * 1000
    try:
        for part in (idle, ingest, stopped_terminal, not_waiting, key_latency, reopen):
            if tool.screen.p.poll() is not None:
                tool.close()
                port.close()
                port = Port()
                tool = make(port)
            row.update(part(port, tool))
    finally:
        tool.close()
        port.close()
    return row


COLUMNS = (("cpu", "%.2f", "CPU s for %d MB" % MB), ("rate", "%.1f", "MB/s"),
           ("stopped", "%d", "lost, terminal stopped 3 s"), ("megabyte", "%d", "lost at 1 MB/s"),
           ("p99", "%.2f", "key to wire p99 ms"), ("worst", "%.2f", "worst ms"),
           ("reopen", "%.1f", "plug to open again ms"), ("first", "%.1f", "first bytes ms"), ("idle", "%.3f", "idle CPU %"),
           ("memory", "%.1f", "memory MB (PSS)"), ("bytes", "%.0f", "idle bytes/s"))


def show(rows):
    names = list(rows)
    print("console: log on, terminal 80x24; CPU, memory: all processes of the tool; flood 1 MB/s")
    print("  %-28s" % "" + "".join("%12s" % n for n in names))
    for key, form, title in COLUMNS:
        cells = [rows[n].get(key) for n in names]
        print("  %-28s" % title + "".join("%12s" % ("-" if c is None else form % c) for c in cells))


def verdict(rows):
    mine, bad = rows["vise"], []
    if mine["stopped"] or mine["megabyte"]:
        bad.append("bytes were lost")
    if "picocom" in rows and mine["cpu"] > rows["picocom"]["cpu"]:
        bad.append("more CPU than picocom")
    if "picocom" in rows and mine["p99"] > max(5, rows["picocom"]["p99"] or 0):
        bad.append("keys wait longer than in picocom")
    if mine["reopen"] is None or mine["reopen"] > 50:
        bad.append("reopened later than 50 ms")
    for b in bad:
        print("console: BAR MISSED: " + b)
    return 1 if bad else 0


def main():
    rows = {"vise": measure(Vise)}
    for name in RIVALS:
        if shutil.which(name):
            rows[name] = measure(lambda port, name=name: Rival(name, port))
        else:
            print("console: %s is not installed" % name)
    show(rows)
    return verdict(rows)


try:
    code = main()
finally:
    shutil.rmtree(work, ignore_errors=True)
sys.exit(code)
