#!/bin/sh
# hotplug.t - a port pulled out and plugged in at twenty moments: open again by itself, the gap marked in console, log and
# journal, no key that was typed meanwhile sent, no byte lost that was read.
. "${srcdir:-.}/tests/lib/tap.sh"
need python3 python3
tmpdir
PYTHONPATH=$srcdir/tests/lib PYTHONDONTWRITEBYTECODE=1
export PYTHONPATH PYTHONDONTWRITEBYTECODE T
S=$XDG_RUNTIME_DIR/vise/one.sock
export S
spawn "$BUILD/vise-bench" --foreground --name one --linger 60s 2>"$T/one.err"
wait_for 'test -S "$S"' 10 || bail "no bench"
cat >"$T/hotplug.py" <<'P'
import errno, glob, json, os, select, sys, threading, time, tty
from client import fresh, until, Refused

T, S = os.environ["T"], os.environ["S"]
link = T + "/port"


class Port:
    """A pty behind a link that goes and comes; nobody but its user has the slave open."""
    def __init__(self):
        self.master, self.said = -1, b""

    def plug(self):
        self.master, slave = os.openpty()
        tty.setraw(slave)
        self.name = os.ttyname(slave)
        os.set_blocking(self.master, False)
        os.close(slave)
        os.symlink(self.name, link + ".new")
        self.at = time.monotonic()
        os.rename(link + ".new", link)

    def unplug(self):
        os.unlink(link)
        os.close(self.master)
        self.master = -1

    def used(self):
        p = select.poll()
        p.register(self.master, select.POLLIN)
        got = p.poll(0)
        return not got or not got[0][1] & select.POLLHUP

    def read(self):
        try:
            self.said += os.read(self.master, 65536)
        except OSError:
            pass
        return self.said

    def write(self, data):
        """All of it, however slowly it is taken; what was written."""
        end, done = time.monotonic() + 10, 0
        while done < len(data) and time.monotonic() < end:
            try:
                done += os.write(self.master, data[done:])
            except BlockingIOError:
                c.read(0.005)
        return data[:done]


port = Port()
port.plug()
c = fresh(S)
c.attach(streams=True)
c.do("console.open %s" % link)
c.do("console.log %s/text.log" % T)
path = c.do("bench.info")["dir"]
sent = bytearray()                      # every byte the board wrote while we were known to read
gaps, waits = 0, []
row = lambda: c.do("console.list")[0]
state = lambda: row()["state"]
data = lambda: bytes(c.streams.get(1, b""))
raw = lambda: open(glob.glob(path + "/console-main.raw")[0], "rb").read()
marks = lambda word: [m["text"] for m in c.of("mark") if m["text"].startswith(word)]


def need(what, why=""):
    if not what:
        raise AssertionError(why)


def say(text):
    sent.extend(port.write(text))
    need(c.wait(lambda: len(data()) >= len(sent), 20), "not all was read: %d of %d" % (len(data()), len(sent)))


def lost():
    need(until(lambda: state() == "lost", 20), "it was not seen as lost: %s" % row())


def back(timed=True):
    """Plugs in, waits for the console, and for the bytes of a first line."""
    global gaps
    port.plug()
    need(until(port.used, 20, 0.0005), "it was not opened again")
    if timed:
        waits.append(time.monotonic() - port.at)
    need(until(lambda: state() == "open", 20), row())
    gaps += 1
    say(b"boot %d\r\n" % gaps)


def gone():
    port.unplug()
    lost()


def pull():
    gone()
    back()


# ---- the moments

def idle():
    pull()

def after_a_line():
    say(b"a line\r\n")
    pull()

def mid_line():
    say(b"half of a li")
    pull()

def mid_utf8():
    say("欢".encode()[:2])
    pull()

def mid_escape():
    say(b"\x1b[3")
    pull()

def mid_crlf():
    say(b"line\r")
    pull()

def mid_at():
    n = c.ask("command", {"line": "at.send AT+COPS=? timeout=30s"})
    need(until(lambda: port.read().endswith(b"AT+COPS=?\r"), 10), port.said)
    say(b"AT+COPS=?\r\r\n+COPS: (1,")
    gone()
    try:
        c.answer(n, 10)
        raise AssertionError("the command did not fail")
    except Refused as r:
        need(r.code == "lost", r)
    back()

def at_lock_held():
    c.do("at.lock")
    gone()
    back()
    c.do("at.unlock")

def during_flood():
    """From a thread, no further ahead than what a client that is slow is still sent whole."""
    sent.extend(port.write(b"x" * 60 + b"\r\n"))
    stop, had, out = threading.Event(), len(sent), bytearray()
    def flood():
        while not stop.is_set():
            try:
                if had + len(out) - len(data()) < 65536:
                    out.extend((b"flood " * 100)[:os.write(port.master, b"flood " * 100)])
                else:
                    stop.wait(0.001)
            except BlockingIOError:
                stop.wait(0.001)
            except OSError:
                return
    t = threading.Thread(target=flood)
    t.start()
    need(c.wait(lambda: len(data()) > had + 100000, 20), "no flood")
    stop.set(); t.join()
    sent.extend(out)
    need(c.wait(lambda: len(data()) >= len(sent), 20), "the flood does not end")
    pull()

def during_send():
    text = "y" * 200000                 # the board does not read: it waits in the queue
    c.type(1, text)
    need(until(lambda: port.read() != b"", 10), "nothing came")
    pull()
    port.said = b""
    c.type(1, "fresh\r")
    need(until(lambda: port.read() == b"fresh\r", 10), "the old queue was sent to the new board: %r" % port.said[:40])

def during_break():
    need(c.refused("console.break").code == "unsupported")
    pull()

def twice_at_once():
    global gaps
    port.unplug(); port.plug(); port.unplug()
    need(until(lambda: state() == "lost", 20), row())
    back()

def shorter_than_a_look():
    global gaps
    port.unplug(); port.plug()
    need(until(port.used, 20, 0.0005), "not opened again")
    need(until(lambda: state() == "open", 20), row())
    gaps += 1
    say(b"boot\r\n")

def typed_meanwhile():
    gone()
    port.said = b""
    before = len([n for n in c.of("notice") if "not sent" in n["notice"]["text"]])
    c.type(1, "rm -rf /\r")
    need(c.wait(lambda: len([n for n in c.of("notice") if "not sent" in n["notice"]["text"]]) > before, 10), "not said")
    e = c.refused("console.send secret")
    need(e and e.code == "lost", e)
    back()
    time.sleep(0.05)
    need(b"rm" not in port.read() and b"secret" not in port.said, port.said)

def away_for_long():
    gone()
    time.sleep(3)                       # the fast look is over: the event alone tells
    back()

def during_log_rotation():
    c.do("console.log %s/rot.log rotate=4K keep=2" % T)
    for i in range(20):
        say(b"line %03d of a log that is rotated\r\n" % i * 8)
        if i in (9, 10):
            pull()
    c.do("console.log.off %s/rot.log" % T)

def something_else_there():
    gone()
    with open(link, "w"):
        pass                            # a file by that name is no port: waited on
    time.sleep(0.2)
    need(state() == "lost", row())
    os.unlink(link)
    back(timed=False)

def held_by_another():
    import fcntl
    port.unplug(); lost()
    master, slave = os.openpty()
    tty.setraw(slave)
    fcntl.flock(slave, fcntl.LOCK_EX)   # the tool that flashed it has it still
    os.set_blocking(master, False)
    port.master = master
    os.symlink(os.ttyname(slave), link)
    need(until(lambda: "held by" in (row().get("why") or "") or "locked" in (row().get("why") or ""), 10), row())
    os.close(slave)
    need(until(lambda: state() == "open", 20), row())
    global gaps
    gaps += 1
    say(b"boot\r\n")

def while_retry_is_asked():
    gone()
    need(c.refused("console.retry"), "retry of what is not there")
    back()

def many_times():
    for i in range(5):
        pull()

moments = [idle, after_a_line, mid_line, mid_utf8, mid_escape, mid_crlf, mid_at, at_lock_held, during_flood, during_send,
           during_break, twice_at_once, shorter_than_a_look, typed_meanwhile, away_for_long, during_log_rotation,
           something_else_there, held_by_another, while_retry_is_asked, many_times]
n = 0
for moment in moments:
    n += 1
    try:
        losses = len(marks("port lost"))
        moment()
        c.wait(lambda: len(data()) >= len(sent), 10)
        need(data() == bytes(sent), "what was read is not what was written: %d, %d" % (len(data()), len(sent)))
        need(len(marks("port lost")) > losses, "no mark of the loss")
        need(len(marks("port back")) >= len(marks("port lost")), c.of("mark")[-3:])
        print("ok %d - %s" % (n, moment.__name__.replace("_", " ")))
    except Exception as e:
        print("not ok %d - %s" % (n, moment.__name__.replace("_", " ")))
        print("# %s: %s" % (type(e).__name__, e))
        if port.master < 0:
            port.plug()
        until(lambda: state() == "open", 10)
        c.wait(lambda: False, 0.2)
        sent[:] = data()
    sys.stdout.flush()

def check(good, name, why=""):
    global n
    n += 1
    print("%sok %d - %s" % ("" if good else "not ", n, name))
    if not good:
        print("# %s" % (why,))

def differs(a, b):
    """Where, and what stands there."""
    at = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
    return len(a), len(b), at, a[at:at + 60], b[at:at + 60]

same = until(lambda: raw() == bytes(sent), 10)
check(same, "the raw log holds every byte, and nothing else", differs(raw(), bytes(sent)))
text = open(T + "/text.log").read()
check(text.count("# port lost") == len(marks("port lost")) and text.count("# port back") == len(marks("port back")),
      "the text log marks every loss and return", (text.count("# port lost"), len(marks("port lost")), text.count("# port back"), len(marks("port back"))))
journal = [json.loads(x) for x in open(path + "/journal.jsonl")]
check(until(lambda: len([1 for x in open(path + "/journal.jsonl") if '"port lost' in x]) == len(marks("port lost")), 10),
      "and so does the journal", len([r for r in journal if r["type"] == "mark"]))
waits.sort()
print("# open again after plugging in: median %.1f ms, slowest %.1f ms of %d" %
      (waits[len(waits) // 2] * 1000, waits[-1] * 1000, len(waits)))
check(waits[len(waits) // 2] < 0.5, "it is opened by the event, not by a slow look", waits)
print("1..%d" % n)
P
python3 "$T/hotplug.py"           # no exec: what runs beside it is ended by our trap
exit $?
