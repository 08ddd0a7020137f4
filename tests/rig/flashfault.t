#!/bin/bash
# flashfault.t - what goes wrong at five moments of a flash by the real tools: unplugged, hung, killed, refused, written wrong, a
# full drive, no [READY]. The right words and exit status, the state of the board, no process left, the port given back.
. "${srcdir:-.}/tests/lib/tap.sh"
need python3 python3
need avrdude avrdude
need bossac bossa-cli
need stm32flash stm32flash
tmpdir
. "$srcdir/tests/lib/flashrig.sh"
image "$T/fw.bin" 1280
image "$T/some.bin" 16384
image "$T/big.bin" 102400
uf2 "$T/big.bin" "$T/fw.uf2"
uf2 "$T/fw.bin" "$T/other.uf2" 0xe48bff59
drives
board uno stk500
board stm an3155
board uno2 stk500
board zero samba
board pico uf2 --media "$T/media"
opened uno uno2 stm zero pico
ok $? "five boards are there"
cat >"$T/faults.py" <<'END'
import os, re, signal, sys, threading
from client import fresh, until
T, sock, pid = os.environ["T"], sys.argv[1], int(sys.argv[2])
NOTHING, HALF = "nothing was written, the board has the program it had", "its flash is half written: it has no whole program"
DOUBT, IN = "all was written, but it is not what the file says", "the image is in its flash and verified"
LOST = "went away|is not there|Input/output error|is gone"
# board, fault, more of --set, a tool to kill, exit status, words
rows = [
    ("uno2", "start:unplug", "", "", 3, [LOST, NOTHING, "press reset and flash it again"]),
    ("uno", "connect:unplug", "", "", 3, [LOST, NOTHING]),
    ("uno", "connect:hang", "limit=1500ms", "", 3, ["timeout: avrdude was not done within 1.5 s and was ended", NOTHING]),
    ("uno", "write:unplug", "", "", 3, [LOST, HALF, "its boot loader is untouched: flash it again"]),
    ("uno2", "write:hang", "limit=3s", "", 3, ["timeout: avrdude was not done within 3.0 s", HALF + "|" + NOTHING]),
    ("uno", "write:hang", "", "avrdude", 3, ["tool_failed: avrdude was killed by signal 9", HALF]),
    ("uno", "write:nack", "", "", 1, ["verify: avrdude error: protocol expects OK byte", DOUBT]),
    ("uno2", "write:bad", "", "", 1, ["verify: avrdude warning: verification mismatch", DOUBT]),
    ("uno", "verify:unplug", "", "", 3, [LOST, DOUBT]),
    ("uno2", "verify:hang", "", "avrdude", 3, ["killed by signal 9", DOUBT]),
    ("uno2", "return:mute", "ready_wait=1s", "", 1, [r"verify: \[READY\] did not come within 1.0 s; it said nothing", IN]),
    ("stm", "start:unplug", "", "", 3, [LOST, NOTHING, "BOOT0 high"]),
    ("stm", "connect:hang", "limit=1500ms", "", 3, ["timeout: |tool_failed: Failed to init device, timeout", NOTHING]),
    ("stm", "write:nack", "", "", 3, ["tool_failed: Failed to write memory|tool_failed: .*Failed to write", HALF, "BOOT0 high"]),
    ("stm", "write:unplug", "", "", 3, [LOST, HALF]),
    ("stm", "write:hang", "", "stm32flash", 3, ["stm32flash was killed by signal 9", HALF]),
    ("stm", "return:unplug", "ready_wait=1s", "", 1, ["verify: its port .* did not come back within 1.0 s", IN]),
    ("zero", "start:unplug", "", "", 3, [LOST, NOTHING]),
    ("zero", "connect:hang", "limit=1500ms", "", 3, ["timeout: |No device found", NOTHING]),
    ("zero", "write:unplug", "", "", 3, [LOST, HALF, "press reset twice"]),
    ("zero", "write:bad", "", "", 1, ["verify: Verify failed", DOUBT]),
    ("zero", "return:unplug", "ready_wait=1s", "", 1, ["did not come back within 1.0 s", IN]),
    ("pico", "start:deaf", "wait=1s", "", 3, ["infra: no drive named RPI-RP2 is mounted after 1.0 s", NOTHING, "hold BOOTSEL"]),
    ("pico", "write:full", "", "", 3, ["io: not all was written: .*No space left on device: there is no room left", NOTHING + "|" + HALF]),
    ("pico", "write:unplug", "", "", 3, [r"lost: the drive .*RPI-RP2 went away after \d+ of 204800 bytes", HALF]),
    ("pico", "write:hang", "limit=1500ms", "", 3, ["timeout: the drive .*RPI-RP2 took no more for 1.5 s", HALF]),
    ("pico", "write:hang", "", "dd", 3, ["not all was written: killed by signal 9", HALF]),
    ("pico", "other", "check=off wait=1s", "", 1, ["verify: the boot loader took the file and did not start the program within 1.0 s"]),
    ("pico", "return:mute", "ready_wait=1s", "", 1, [r"\[READY\] did not come", IN]),
]
lock, results = threading.Lock(), []


def children():
    """(pid, name, state, command line) of the bench's children."""
    out = []
    for p in filter(str.isdigit, os.listdir("/proc")):
        try:
            text, line = open("/proc/%s/stat" % p).read(), open("/proc/%s/cmdline" % p).read()
        except OSError:
            continue
        name, rest = text[text.index("(") + 1:text.rindex(")")], text[text.rindex(")") + 2:].split()
        if int(rest[1]) == pid:
            out.append((int(p), name, rest[0], line))
    return out


def said(board, text):
    try:
        return text in open("%s/%s.log" % (T, board)).read()
    except OSError:
        return False


def kill(board, name, fault):
    """The tool of this board, once it stands at the fault."""
    mark = "fault " + fault.replace(":", " ")
    if until(lambda: said(board, mark), 30):
        for p, n, _, line in children():
            if n == name and (T + "/%s.port" % board in line or name == "dd"):
                os.kill(p, signal.SIGKILL)


def row(c, board, fault, sets, tool, status, words):
    port, log = "%s/%s.port" % (T, board), "%s/%s.log" % (T, board)
    file = T + ("/other.uf2" if fault == "other" else "/fw.uf2" if board == "pico" else "/some.bin" if board == "zero" else "/fw.bin")
    open(log, "w").close()
    if fault != "other":
        open(port + ".fault", "w").write(fault)
    if fault == "start:unplug":
        until(lambda: not os.path.exists(port), 20)
    killer = threading.Thread(target=kill, args=(board, tool, fault))
    if tool:
        killer.start()
    line = "board.flash %s board=%s console=%s confirm=on wait=on --" % (file, board.rstrip("2"), board)
    for s in ("ready_wait=30s wait=20s " + sets).split():
        line += " " + s
    job = c.do(line)
    text = "%s: %s; %s" % tuple(job.get("error", {}).get(k) for k in ("what", "why", "next"))
    bad = [w for w in words if not re.search(w, text)]
    if job["exit"] != status:
        bad.append("exit %s, not %s" % (job["exit"], status))
    # the tool and what it started are gone before the port is anybody's
    if not until(lambda: not [k for k in children() if k[2] == "Z" or port in k[3] and k[1] != "vise-script"], 10):
        bad.append("left: %s" % children())
    if tool:
        killer.join()
    open(port + ".fault", "w").close()
    if fault == "other":
        os.unlink(T + "/media/RPI-RP2/INFO_UF2.TXT")
    # (a limit may end the tool on a busy machine before it comes so far)
    if fault == "other" or "full" in fault or re.search("hang|unplug", fault) and said(board, "fault "):
        if not until(lambda: said(board, "mended"), 20):
            bad.append("the board is not mended")
    back = until(lambda: [k["state"] for k in c.do("console.list") if k["name"] == board] == ["open"], 30)
    if not back:
        bad.append("the port is not open again")
    with lock:
        results.append((not bad, "%s %s %s" % (board, fault, tool or sets), bad, text))


def run(board):
    c = fresh(sock, timeout=90)
    for r in [r for r in rows if r[0] == board and (not os.environ.get("ONLY") or re.search(os.environ["ONLY"], r[1]))]:
        try:
            row(c, *r)
        except Exception as e:
            with lock:
                results.append((False, "%s %s" % r[:2], [repr(e)], ""))


threads = [threading.Thread(target=run, args=(b,)) for b in ("uno", "uno2", "stm", "zero", "pico")]
for t in threads:
    t.start()
for t in threads:
    t.join()
for good, name, bad, text in sorted(results, key=lambda r: r[1]):
    print("%s\t%s\t%s" % ("ok" if good else "bad", name, "" if good else "%s IN %s" % (bad, text)))
END
python3 "$T/faults.py" "$sock" "$pid_bench" >"$T/results" 2>"$T/faults.err"
ok $? "the table was run to its end" || note <"$T/faults.err"
while IFS='	' read -r good name more; do
	test "$good" = ok
	ok $? "$name" || printf '%s\n' "$more" | note
done <"$T/results"
is "$(wc -l <"$T/results")" 29 "every row"
plan
