#!/usr/bin/env python3
"""A gdb `load` of 1 MB and 400 small reads, straight to a QEMU board, through `vise rsp tap`, and through a relay that
does nothing but read and write (rsp_floor.c); all in one gdb, in turns. Bars: design 9 (under 5 % added to the load,
under 50 us a packet); where the floor alone is above one, the tap may cost as much as the floor and that bar again.
Environment: BUILD, ROUNDS (15), CC."""
import json, os, shutil, socket, statistics, struct, subprocess, sys, tempfile, time

build = os.environ.get("BUILD", "build")
rounds = int(os.environ.get("ROUNDS", "15"))
for tool in ("qemu-system-arm", "gdb-multiarch", "arm-none-eabi-objcopy", "arm-none-eabi-gcc"):
    if not shutil.which(tool):
        print("rsp: needs", tool)
        sys.exit(77)
T = tempfile.mkdtemp(prefix="vise-bench-")
left = []
LOAD, PACKET, READS = 5, 50, 400

# Disconnecting leaves the board halted, as it was: nothing of it runs beside what is measured.
GDB = """import gdb, json, time
taken = {name: [] for name, port in WAYS}
for _ in range(ROUNDS):
    for name, port in WAYS:
        gdb.execute("target remote :%d" % port, to_string=True)
        a = time.time()
        gdb.execute("load", to_string=True)
        load = time.time() - a
        board, best = gdb.selected_inferior(), 9
        for _ in range(3):
            a = time.time()
            for k in range(READS):
                board.read_memory(0x20000000 + 4 * k, 4)
            best = min(best, (time.time() - a) / READS)
        taken[name].append((load, best))
        gdb.execute("disconnect", to_string=True)
print("TOOK", json.dumps(taken))
"""


def free_port():
    s = socket.socket()
    s.bind(("127.0.0.1", 0))
    return s.getsockname()[1]


def image():
    """1 MB at the start of the flash: a vector table, a loop for ever, and anything behind."""
    open(T + "/x.bin", "wb").write(struct.pack("<IIHH", 0x20001000, 0x08000009, 0xe7fe, 0) + os.urandom((1 << 20) - 12))
    open(T + "/x.s", "w").write('.section .text\n.incbin "%s/x.bin"\n' % T)
    subprocess.run(["arm-none-eabi-gcc", "-mcpu=cortex-m4", "-nostdlib", "-Wl,-Ttext=0x08000000", "-Wl,-e0x08000008",
                    T + "/x.s", "-o", T + "/x.elf"], check=True, stderr=subprocess.DEVNULL)


def gdb(ways):
    """By way: seconds of each load, seconds of a read in each round, as gdb itself took them."""
    open(T + "/g.py", "w").write("WAYS, ROUNDS, READS = %r, %d, %d\n" % (ways, rounds, READS) + GDB)
    p = subprocess.run(["gdb-multiarch", "-nx", "-batch", "-ex", "set pagination off", "-x", T + "/g.py", T + "/x.elf"],
                       capture_output=True, text=True, timeout=300)
    took = [l for l in p.stdout.splitlines() if l.startswith("TOOK")]
    if not took:
        sys.exit("rsp: gdb failed: " + p.stdout[-500:] + p.stderr[-500:])
    return json.loads(took[0][5:])


def start(*argv):
    left.append(subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))


def wait_port(port):
    """Until somebody listens there; looked up, for a connection would be a debugger's."""
    end = time.time() + 10
    while time.time() < end:
        with open("/proc/net/tcp") as f:
            if any(l.split()[1].endswith(":%04X" % port) and l.split()[3] == "0A" for l in list(f)[1:]):
                return
        time.sleep(0.02)
    sys.exit("rsp: nobody listens at port %d" % port)


def show(taken):
    print("rsp: %d rounds; the best of each, and the median" % rounds)
    print("  %-10s %27s %27s" % ("", "gdb load, 1 MB", "one read of 4 bytes"))
    best = {}
    for name, rows in taken.items():
        low, mid = ([f(r[k] for r in rows) for k in (0, 1)] for f in (min, statistics.median))
        best[name] = low
        added = "" if name == "direct" else "%+.1f %%" % ((low[0] / best["direct"][0] - 1) * 100)
        more = "" if name == "direct" else "%+.1f us" % ((low[1] - best["direct"][1]) * 1e6)
        print("  %-10s %7.1f ms %9s (%5.1f) %6.1f us %9s (%5.1f)" % (name, low[0] * 1e3, added, mid[0] * 1e3, low[1] * 1e6,
                                                                  more, mid[1] * 1e6))
    return best


def verdict(best):
    d, f, t = (best[k] for k in ("direct", "relay", "tap"))
    load, floor = (t[0] / d[0] - 1) * 100, (f[0] / d[0] - 1) * 100
    packet, least = (t[1] - d[1]) * 1e6, (f[1] - d[1]) * 1e6
    bad = 0
    for name, have, bar, unit, beside in (("added to the load", load, LOAD, "%", floor), ("added to a packet", packet, PACKET, "us", least)):
        most = bar if beside <= bar else beside + bar
        if most > bar:
            print("  (%g %s are not to be had here: reading and writing alone add %.1f)" % (bar, unit, beside))
        print("  bar %-20s %6.1f of %.1f %s: %s" % (name, have, most, unit, "ok" if have <= most else "MISSED"))
        bad += have > most
    return 1 if bad else 0


try:
    image()
    server, tap, relay = free_port(), free_port(), free_port()
    start("qemu-system-arm", "-M", "netduinoplus2", "-nographic", "-monitor", "none", "-serial", "none", "-S",
          "-gdb", "tcp:127.0.0.1:%d" % server, "-kernel", T + "/x.elf")
    start(build + "/vise", "rsp", "tap", ":%d" % server, "--listen", str(tap), "--quiet")
    subprocess.run([os.environ.get("CC", "cc"), "-O2", "-o", T + "/floor",
                    os.path.join(os.path.dirname(os.path.abspath(__file__)), "rsp_floor.c")], check=True)
    start(T + "/floor", str(relay), str(server))
    for port in (server, tap, relay):
        wait_port(port)
    code = verdict(show(gdb([("direct", server), ("relay", relay), ("tap", tap)])))
finally:
    for p in left:
        p.terminate()
        p.wait()
    shutil.rmtree(T)
sys.exit(code)
