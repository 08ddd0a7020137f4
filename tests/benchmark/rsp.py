#!/usr/bin/env python3
"""A gdb `load` of 1 MB and 2000 small reads, straight to a QEMU board, through `vise rsp tap`, and through a relay that
does nothing but read and write (rsp_floor.c). Bars: design 9 (under 5 % added to the load, under 50 us a packet).
Environment: BUILD, ROUNDS (7), CC."""
import os, shutil, socket, statistics, struct, subprocess, sys, tempfile, time

build = os.environ.get("BUILD", "build")
rounds = int(os.environ.get("ROUNDS", "7"))
for tool in ("qemu-system-arm", "gdb-multiarch", "arm-none-eabi-objcopy", "arm-none-eabi-gcc"):
    if not shutil.which(tool):
        print("rsp: needs", tool)
        sys.exit(77)
T = tempfile.mkdtemp(prefix="vise-bench-")
left = []


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


def gdb(port):
    """Seconds of the load, seconds of the reads, as gdb itself took them."""
    lines = ["import time, gdb", "a = time.time()", "gdb.execute('load')", "b = time.time()", "i = gdb.selected_inferior()",
             "for k in range(2000):", "    i.read_memory(0x20000000 + 4 * k, 4)", "c = time.time()",
             "print('TOOK', b - a, c - b)"]
    open(T + "/g.py", "w").write("\n".join(lines) + "\n")
    p = subprocess.run(["gdb-multiarch", "-nx", "-batch", "-ex", "set pagination off", "-ex", "target remote :%d" % port,
                        "-x", T + "/g.py", "-ex", "detach", T + "/x.elf"], capture_output=True, text=True, timeout=120)
    took = [l for l in p.stdout.splitlines() if l.startswith("TOOK")]
    if not took:
        sys.exit("rsp: gdb failed: " + p.stdout[-500:] + p.stderr[-500:])
    return [float(w) for w in took[0].split()[1:]]


def wait_port(port):
    end = time.time() + 10
    while time.time() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.02)


try:
    image()
    server = free_port()
    left.append(subprocess.Popen(["qemu-system-arm", "-M", "netduinoplus2", "-nographic", "-monitor", "none", "-serial", "none",
                                  "-S", "-gdb", "tcp:127.0.0.1:%d" % server, "-kernel", T + "/x.elf"],
                                 stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
    wait_port(server)
    tap = free_port()
    left.append(subprocess.Popen([build + "/vise", "rsp", "tap", ":%d" % server, "--listen", str(tap), "--quiet"],
                                 stdout=subprocess.DEVNULL))
    relay = free_port()
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "rsp_floor.c")
    subprocess.run([os.environ.get("CC", "cc"), "-O2", "-o", T + "/floor", source], check=True)
    left.append(subprocess.Popen([T + "/floor", str(relay), str(server)]))
    time.sleep(0.5)
    direct, through, floor = [], [], []
    for _ in range(rounds):                     # in turns, so that a busy moment meets all
        direct.append(gdb(server))
        through.append(gdb(tap))
        floor.append(gdb(relay))
    d, t, f = ([statistics.median(r[k] for r in runs) for k in (0, 1)] for runs in (direct, through, floor))
    print("%-22s %10s %10s %10s %10s %10s" % ("", "direct", "tap", "added", "relay", "added"))
    print("%-22s %8.1f ms %8.1f ms %8.1f %% %8.1f ms %8.1f %%" % (
        "gdb load, 1 MB", d[0] * 1e3, t[0] * 1e3, (t[0] / d[0] - 1) * 100, f[0] * 1e3, (f[0] / d[0] - 1) * 100))
    print("%-22s %8.1f us %8.1f us %8.1f us %8.1f us %8.1f us" % (
        "one read of 4 bytes", d[1] / 2000 * 1e6, t[1] / 2000 * 1e6, (t[1] - d[1]) / 2000 * 1e6, f[1] / 2000 * 1e6,
        (f[1] - d[1]) / 2000 * 1e6))
finally:
    for p in left:
        p.terminate()
        p.wait()
    shutil.rmtree(T)
