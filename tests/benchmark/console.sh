#!/bin/sh
# Console ingest beside picocom and tio: CPU, rate and loss for log lines over a pty, log file on, screen on.
# Bars: design 9. Environment: BUILD (the build directory), MB (50), RIVALS ("picocom tio").
: "${BUILD:=.}" "${MB:=50}" "${RIVALS:=picocom tio}"
command -v python3 >/dev/null 2>&1 || { echo "console: needs python3"; exit 77; }
export BUILD MB RIVALS
exec python3 - <<'PY'
import fcntl, json, os, pty, select, shutil, signal, struct, subprocess, sys, tempfile, termios, time, tty

BUILD, MB, TICK = os.environ["BUILD"], int(os.environ["MB"]), os.sysconf("SC_CLK_TCK")
work = tempfile.mkdtemp(prefix="vise-bench-")
env = dict(os.environ, HOME=work, XDG_RUNTIME_DIR=work, XDG_STATE_HOME=work + "/state",
           XDG_CONFIG_HOME=work + "/config", TERM="xterm-256color", LC_ALL="C.UTF-8")
os.chmod(work, 0o700)

def cpu(pid):
    with open("/proc/%d/stat" % pid) as f:
        v = f.read().rsplit(")", 1)[1].split()
    return (int(v[11]) + int(v[12])) / TICK

def lines(total):
    out, n = bytearray(), 0
    while len(out) < total:
        out += b"[%9d] app: sample %d t=41.%d h=38.0 rssi=-61 dBm queue=1 ok\r\n" % (n, n, n % 10)
        n += 1
    return bytes(out)

class Port:                     # a pty whose slave is the tool's port
    def __init__(self):
        self.m, self.s = pty.openpty()
        tty.setraw(self.s)
        os.set_blocking(self.m, False)
        self.name = os.ttyname(self.s)

class Screen:                   # a terminal that is always read, unless it is stopped
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

def feed(port, screens, data):
    at, t0 = 0, time.monotonic()
    while at < len(data):
        r, w, _ = select.select([s.m for s in screens], [port.m], [], 5)
        for s in screens:
            if s.m in r:
                s.drain()
        if w:
            try:
                at += os.write(port.m, data[at:at + 65536])
            except BlockingIOError:
                pass
    return time.monotonic() - t0

def settle(screens, log, size, limit=60):
    end = time.monotonic() + limit
    while time.monotonic() < end and (not os.path.exists(log) or os.path.getsize(log) < size):
        select.select([s.m for s in screens], [], [], 0.02)
        for s in screens:
            s.drain()

def missing(log, data):
    got = open(log, "rb").read() if os.path.exists(log) else b""
    return len(data) - len(got) if data.startswith(got) or got == data else -1

def ask(*line):
    return subprocess.run([BUILD + "/vise", "do", "--json", *line], env=env, capture_output=True, text=True)

def vise(data):
    port = Port()
    s = Screen([BUILD + "/vise", port.name])
    info = work + "/vise/bench.json"
    end = time.monotonic() + 10
    while time.monotonic() < end and (not os.path.exists(info) or '"open"' not in ask("console.list").stdout.replace(" ", "")):
        s.drain()
    bench = json.load(open(info))
    log = bench["dir"] + "/console-main.raw"
    before = cpu(bench["pid"]), cpu(s.p.pid)
    wall = feed(port, [s], data)
    settle([s], log, len(data))
    used = cpu(bench["pid"]) - before[0], cpu(s.p.pid) - before[1]
    lost = missing(log, data)
    # the same link with the terminal stopped for three seconds
    os.kill(s.p.pid, signal.SIGSTOP)
    more = lines(300000 * 3)
    t0, at = time.monotonic(), 0
    while at < len(more):
        due = min(len(more), int((time.monotonic() - t0) * 300000))
        if at < due:
            try:
                n = os.write(port.m, more[at:due])
            except BlockingIOError:
                n = 0
            at = at + n if n == due - at else due
        time.sleep(0.001)
    os.kill(s.p.pid, signal.SIGCONT)
    settle([s], log, len(data) + len(more), 10)
    stopped = missing(log, data + more)
    subprocess.run([BUILD + "/vise", "kill", "--all"], env=env, capture_output=True)
    s.drain()
    s.p.wait(10)
    return sum(used), used, wall, lost, stopped

def rival(name, data):
    port, log = Port(), work + "/" + name + ".log"
    argv = {"picocom": ["picocom", "-q", "--nolock", "--logfile", log, port.name],
            "tio": ["tio", "--log", "--log-file", log, port.name]}[name]
    s = Screen(argv)
    end = time.monotonic() + 5
    while time.monotonic() < end and not os.path.exists(log):
        s.drain()
        time.sleep(0.01)
    time.sleep(0.5)             # no rival says when it listens
    before = cpu(s.p.pid)
    wall = feed(port, [s], data)
    settle([s], log, len(data), 5)
    used = cpu(s.p.pid) - before
    os.kill(s.p.pid, signal.SIGKILL)
    s.p.wait()
    return used, wall

try:
    data = lines(MB << 20)
    total, used, wall, lost, stopped = vise(data)
    print("console ingest, %d MB of log lines, log on, screen 80x24 on" % MB)
    print("  %-10s %6.2f s CPU (bench %.2f, viewer %.2f)  %6.1f MB/s  lost %d, with the terminal stopped 3 s: %d"
          % ("vise", total, used[0], used[1], MB / wall, lost, stopped))
    bad = lost != 0 or stopped != 0
    for r in os.environ["RIVALS"].split():
        if not shutil.which(r):
            print("  %-10s not installed" % r)
            continue
        small = data if r == "picocom" else data[:2 << 20]
        u, w = rival(r, small)
        scale = len(data) / len(small)
        print("  %-10s %6.2f s CPU  %6.1f MB/s   ratio of CPU %.1fx" % (r, u * scale, len(small) / 1048576 / w, u * scale / max(total, 0.01)))
        bad |= r == "picocom" and u * scale < total
    sys.exit(1 if bad else 0)
finally:
    shutil.rmtree(work, ignore_errors=True)
PY
