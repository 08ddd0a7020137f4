"""gauges: the board pane beside htop, btop and top, on terminals of 120x40, each refreshed once a second.

Each tool has its own terminal, read at once, and is measured alone for SECONDS_EACH after it has settled. CPU is
the scheduler's nanoseconds of all processes of the tool (bench and viewer of Vise), memory their PSS and RSS.
Then the cost of a sample: of this machine (CPU of `vise gauges` itself), and of a board (CPU of its shell and all
that it starts; the board is a dash on a pipe, so a slow board is slower). The best of three runs: a machine that
does other work as well makes caches cold, and that is not the sampler's.
The bar of a sample of this machine is 50 us. What the kernel takes to wake a process and to write the seven texts of
a sample is measured in the same run with a program that does nothing else (the floor). With warm caches that is
25 us; between two samples all of them have gone cold, and on a shared or virtual processor the floor by itself may be
70 to 90. There, a sample is to cost no more than the floor and three quarters; what is judged stands in the line.
In the same way a board's sample, one fork of its shell, is judged by 2 ms or by twice a fork that reads nothing.
Prints a table and exits 1 when a bar of the house is missed; takes about two minutes.
Environment: BUILD (the build directory), SECONDS_EACH (12), RIVALS ("htop btop top").
"""
import fcntl
import json
import os
import pty
import resource
import select
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
import time

BUILD = os.path.abspath(os.environ.get("BUILD", "."))
EACH = float(os.environ.get("SECONDS_EACH", "12"))
RIVALS = os.environ.get("RIVALS", "htop btop top").split()
SAMPLES = 100

work = tempfile.mkdtemp(prefix="vise-bench-")
os.chmod(work, 0o700)
env = dict(os.environ, HOME=work, XDG_RUNTIME_DIR=work, XDG_STATE_HOME=work + "/state",
           XDG_CONFIG_HOME=work + "/config", TERM="xterm-256color", LC_ALL="C.UTF-8")


def now():
    return time.monotonic()


class Screen:
    """A tool in a terminal that is always read."""

    def __init__(self, argv):
        self.m, s = pty.openpty()
        fcntl.ioctl(s, termios.TIOCSWINSZ, struct.pack("4H", 40, 120, 0, 0))
        self.begin, self.first, self.seen, self.writes = now(), None, 0, 0
        self.p = subprocess.Popen(argv, stdin=s, stdout=s, stderr=s, env=env, start_new_session=True)
        os.close(s)
        os.set_blocking(self.m, False)

    def run(self, seconds, call=lambda: False):
        end = now() + seconds
        while now() < end and not call():
            if not select.select([self.m], [], [], 0.02)[0]:
                continue
            try:
                b = os.read(self.m, 65536)
            except OSError:
                return
            self.seen += len(b)
            self.writes += 1
            if self.first is None:
                self.first = (now() - self.begin) * 1000

    def end(self):
        self.p.kill()
        self.p.wait()
        os.close(self.m)


def on_cpu(pids):
    total = 0
    for pid in pids:
        for task in os.listdir("/proc/%d/task" % pid):
            with open("/proc/%d/task/%s/schedstat" % (pid, task)) as f:
                total += int(f.read().split()[0])
    return total / 1e9


def memory(pids, field):
    total = 0
    for pid in pids:
        with open("/proc/%d/smaps_rollup" % pid) as f:
            total += next(int(line.split()[1]) for line in f if line.startswith(field + ":"))
    return total / 1024


def observe(screen, pids):
    screen.run(3)
    cpu, seen = on_cpu(pids), screen.seen
    screen.run(EACH)
    return {"first": screen.first, "cpu": (on_cpu(pids) - cpu) / EACH * 100,
            "bytes": (screen.seen - seen) / EACH, "pss": memory(pids, "Pss"), "rss": memory(pids, "Rss")}


def vise(keys):
    screen = Screen([BUILD + "/vise"])
    info = work + "/vise/bench.json"
    screen.run(10, lambda: os.path.exists(info) and os.path.getsize(info) > 0)
    bench = json.load(open(info))
    screen.run(1)
    os.write(screen.m, keys)
    try:
        return observe(screen, [bench["pid"], screen.p.pid])
    finally:
        subprocess.run([BUILD + "/vise", "kill", "--all"], env=env, capture_output=True, check=False)
        screen.run(0.5)
        screen.end()
        for _ in range(100):
            if not os.path.exists(info):
                break
            time.sleep(0.05)


def rival(name):
    argv = {"htop": ["htop", "-d", "10"], "top": ["top", "-d", "1"], "btop": ["btop", "--utf-force"]}[name]
    if name == "btop":
        os.makedirs(work + "/config/btop", exist_ok=True)
        with open(work + "/config/btop/btop.conf", "w") as f:
            f.write("update_ms = 1000\n")
    screen = Screen(argv)
    screen.run(1)
    try:
        return observe(screen, [screen.p.pid]) if screen.p.poll() is None else None
    finally:
        screen.end()


def children():
    r = resource.getrusage(resource.RUSAGE_CHILDREN)
    return r.ru_utime + r.ru_stime


def costs_of(*programs):
    """us of CPU a sample of each: the difference of a long run and a short one is without the start. In turn, so that
    what else the machine does meets them all."""
    def run(argv, n):
        before = children()
        subprocess.run([w if w != "N" else str(n) for w in argv], env=env, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, check=True)
        return children() - before

    def once(argv):
        return (run(argv, SAMPLES) - min(run(argv, 2) for _ in range(3))) / (SAMPLES - 2) * 1e6
    return [min(each) for each in zip(*([once(p) if p else float("nan") for p in programs] for _ in range(3)))]


def floor_program():
    """What the kernel takes for the same files: a program that reads them and does nothing else."""
    program = os.path.join(work, "floor")
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "gauges_floor.c")
    done = subprocess.run([*os.environ.get("CC", "cc").split(), "-O2", "-o", program, source], check=False)
    return [program, "N"] if done.returncode == 0 else None


def board_cost():
    """us of CPU a sample on the board: the shell writes down what it and its children took."""
    shell = os.path.join(work, "shell")
    said = os.path.join(work, "times")
    with open(shell, "w") as f:
        f.write("#!/bin/sh\ntrap : TERM HUP PIPE INT\ndash\ntimes >%s 2>&1\n" % said)
    os.chmod(shell, 0o700)

    def run(n):
        if os.path.exists(said):
            os.unlink(said)
        subprocess.run([BUILD + "/vise", "gauges", "exec:" + shell, "-n", str(n), "--every", "50ms", "--csv"],
                       env=env, stdout=subprocess.DEVNULL, check=True)
        for _ in range(200):
            if os.path.exists(said) and os.path.getsize(said) > 0:
                break
            time.sleep(0.02)
        words = open(said).read().split()[2:4]
        return sum(int(w.split("m")[0]) * 60 + float(w.split("m")[1].rstrip("s")) for w in words)
    short = min(run(2) for _ in range(3))
    return min((run(SAMPLES) - short) / (SAMPLES - 2) * 1e6 for _ in range(3))


def fork_cost():
    """us of a shell's fork of grep that reads nothing, as far apart as the samples are."""
    loop = "while read -r x; do s=$(grep -HsE x /dev/null); done; times"

    def run(n):
        shell = subprocess.Popen(["dash", "-c", loop], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(n):
            shell.stdin.write("\n")
            shell.stdin.flush()
            time.sleep(0.05)
        words = shell.communicate()[0].split()
        return sum(int(w.split("m")[0]) * 60 + float(w.split("m")[1].rstrip("s")) for w in words)
    return min(run(50) / 50 * 1e6 for _ in range(3))


COLUMNS = (("first", "%.1f", "first bytes ms"), ("cpu", "%.3f", "CPU %"), ("pss", "%.1f", "memory MB (PSS)"),
           ("rss", "%.1f", "memory MB (RSS)"), ("bytes", "%.0f", "bytes/s to the terminal"))
NAMES = {"panes": "vise, 4 panes", "zoom": "vise, gauges"}


def show(rows, cost):
    names = list(rows)
    print("gauges: 120x40, once a second, %g s each; vise: bench and viewer together" % EACH)
    print("  %-26s" % "" + "".join("%15s" % NAMES.get(n, n) for n in names))
    for key, form, title in COLUMNS:
        print("  %-26s" % title + "".join("%15s" % (form % rows[n][key]) for n in names))
    print("  a sample: of this machine %.0f us (the kernel %.0f), of a board's shell %.0f us of its CPU (a fork %.0f)" %
          (cost["local"], cost["floor"], cost["board"], cost["fork"]))
    if cost["local"] > 50:
        print("  (50 us are not to be had here: waking and the seven texts alone take %.0f; judged is 1.75 of that)"
              % cost["floor"])


def verdict(rows, cost):
    most = round(max(50, 1.75 * cost["floor"]) if cost["floor"] > 0 else 50)
    bars = [("idle, four panes: CPU %", rows["panes"]["cpu"], 0.1), ("memory MB", rows["panes"]["pss"], 12),
            ("bytes a tick, four panes", rows["panes"]["bytes"], 150), ("bytes/s, zoomed", rows["zoom"]["bytes"], 1024),
            ("us a sample here", cost["local"], most),
            ("us a sample of a board", cost["board"], max(2000, 2 * cost["fork"]))]
    bad = 0
    for name, have, most in bars:
        state = "ok" if have <= most else "MISSED"
        print("  bar %-36s %8.2f of %g: %s" % (name, have, most, state))
        bad += have > most
    for name in rows:
        if name not in NAMES:
            print("  %s takes %.1f times our CPU, %.1f times our bytes" %
                  (name, rows[name]["cpu"] / max(rows["zoom"]["cpu"], 1e-6),
                   rows[name]["bytes"] / max(rows["zoom"]["bytes"], 1)))
    return 1 if bad else 0


def main():
    rows = {"panes": vise(b""), "zoom": vise(b"\x142z")}
    for name in RIVALS:
        row = rival(name) if shutil.which(name) else None
        if row:
            rows[name] = row
        else:
            print("gauges: %s is not installed, or does not run here" % name)
    # read, kept and judged, not printed
    local, floor = costs_of([BUILD + "/vise", "gauges", "-n", "N", "--every", "50ms", "--serve", "127.0.0.1:0"],
                            floor_program())
    cost = {"local": local, "floor": floor, "board": board_cost(), "fork": fork_cost()}
    show(rows, cost)
    return verdict(rows, cost)


try:
    code = main()
finally:
    shutil.rmtree(work, ignore_errors=True)
sys.exit(code)
