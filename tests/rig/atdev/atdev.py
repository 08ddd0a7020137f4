#!/usr/bin/env python3
"""atdev: an AT device on a pty that behaves, or misbehaves, as told.

  atdev.py LINK [options]         LINK becomes a link to the pty; prints "ready PTY" when it is there

It ends on SIGTERM, when LINK is taken away, after --life seconds, or when a piped stdin closes.
A piped stdin also takes orders, one a line:
  send TEXT (\\r \\n \\e \\xNN)   mode NAME   urc N   late S   unplug   plug   reboot   quit

--log FILE gets one line an event: "TIME open|close|raw|rx|tx ...", bytes escaped.  raw is every byte
string received as it came, rx a whole command.  At the end: "TIME end rx=N tx=N lost=N".
"""
import argparse
import heapq
import os
import random
import re
import signal
import stat
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.realpath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "..", "lib")]
from dialects import DIALECTS  # noqa: E402
from hostile import SEQUENCES  # noqa: E402
from ttyrig import Port, escape, now  # noqa: E402

GREETINGS = {"en_US": "Welcome", "zh_CN": "欢迎使用", "ja_JP": "ようこそ", "ko_KR": "환영합니다"}


def unescape(text):
    return re.sub(rb"\\(x[0-9a-fA-F]{2}|.)", lambda m: (
        bytes([int(m[1][1:], 16)]) if len(m[1]) == 3 else
        {b"r": b"\r", b"n": b"\n", b"t": b"\t", b"e": b"\x1b", b"\\": b"\\"}.get(m[1], m[1])),
        text.encode())


class Device:
    def __init__(self, args):
        self.a = args
        self.port = Port(args.link)
        self.log_file = open(args.log, "w") if args.log else None
        self.start = now()
        self.mode = args.mode
        self.echo = args.echo
        self.verbose, self.quiet = args.verbose, args.quiet
        self.lang = args.lang
        self.queue = []             # (time, order, call): what is to happen later
        self.order = 0
        self.busy_until = 0.0       # replies are serial: the next starts after the last
        self.line = bytearray()
        self.data = None            # ("until", bytes) or ("count", n): the data phase
        self.urc_count = 0
        self.counts = {"rx": 0, "tx": 0}
        self.deaf = False           # rebooting
        self.dialect = DIALECTS.get(args.dialect, {})
        self.idle_check = 0
        self.cr = False
        self.done = False

    # --- time and log

    def log(self, what, text=""):
        if self.log_file:
            self.log_file.write("%.4f %s %s\n" % (now() - self.start, what, text))
            self.log_file.flush()

    def at(self, when, call):
        self.order += 1
        heapq.heappush(self.queue, (when, self.order, call))

    def run_due(self):
        while self.queue and self.queue[0][0] <= now():
            heapq.heappop(self.queue)[2]()

    # --- output

    def put(self, data):
        self.counts["tx"] += len(data)
        self.log("tx", escape(data[:2000]))
        self.port.write(data)

    def say(self, data, delay=0.0):
        """Sends data after what is under way, cut at the --split places."""
        when = max(now(), self.busy_until) + delay
        cuts = range(1, len(data)) if self.a.split == ["all"] else \
            sorted({int(k) for k in self.a.split if 0 < int(k) < len(data)})
        if self.a.nul:
            data = b"\0".join(bytes([c]) for c in data)
            cuts = []
        if self.a.slow:
            cuts = range(1, len(data))
        begin = 0
        for cut in list(cuts) + [len(data)]:
            self.at(when, lambda part=data[begin:cut]: self.put(part))
            begin = cut
            if cut != len(data):
                when += self.a.slow or self.a.split_delay
        self.busy_until = when

    def urc(self):
        self.urc_count += 1
        return b"\r\n+EVT: %d\r\n" % self.urc_count

    def reply(self, info=b"", code=b"OK"):
        """Text and result as one write, unless lateness or events part them."""
        text = b"".join(b"\r\n%s\r\n" % i for i in ([info] if isinstance(info, bytes) else info) if i)
        inside = b"".join(self.urc() for _ in range(self.a.urc_inside))
        if self.a.garbage:
            inside += b"\xff\xfe\x80OK\x01\r\n"
        result = b"\r\n%s\r\n" % code
        if not self.verbose:                    # V.250 6.2.6: text CR LF, result digit CR
            text = text.replace(b"\r\n", b"", 1).replace(b"\r\n\r\n", b"\r\n")
            result = b"%d\r" % {b"OK": 0, b"NO CARRIER": 3, b"BUSY": 7}.get(code, 4)
        if self.quiet:
            result = b""
        if self.a.late:
            if text + inside:
                self.say(text + inside)
            self.say(result, self.a.late)
        else:
            self.say(text + inside + result)

    # --- the device

    def boot(self, log=True):
        self.deaf = False
        self.line.clear()
        self.data = None
        self.echo = self.a.echo
        self.verbose, self.quiet = self.a.verbose, self.a.quiet
        if self.mode in ("mute",) or not log:
            return
        if self.mode == "bootloader":
            self.say(b"\r\n[BOOT] 1.4\r\n")
            return
        if self.a.dialect:
            self.say(self.dialect["boot"].encode())
            return
        version = self.version()
        self.say(("\r\nboot: atdev firmware %s\r\nboot: language %s\r\n%s\r\n[READY]\r\n" % (
            version, self.lang, GREETINGS[self.lang])).encode())

    def version(self):
        return self.a.version or ("3.1.9" if self.mode == "old" else "3.2.1")

    def reboot(self):
        self.deaf = True
        self.at(max(now(), self.busy_until) + self.a.boot_time, self.boot)

    def receive(self, data):
        self.counts["rx"] += len(data)
        self.log("raw", escape(data))
        for b in data:
            lf, self.cr = b == 10 and self.cr, b == 13
            if lf and not self.line:
                continue            # the LF of a command's CR LF
            if self.deaf or self.mode == "mute":
                if b == 13:
                    self.log("rx", escape(bytes(self.line)))
                    self.line.clear()
                else:
                    self.line.append(b)
                continue
            if self.data:
                self.data_byte(b)
                continue
            if "idle" in self.dialect:
                self.line.append(b)
                self.idle_check += 1
                self.at(now() + self.dialect["idle"], lambda n=self.idle_check: self.idle_line(n))
                continue
            if self.echo != "off" and self.mode != "bootloader" and \
                    (self.echo == "on" or len(self.line) % 3 != 1):
                self.say(bytes([b]))
            if b == 13:
                line = bytes(self.line)
                self.line.clear()
                self.log("rx", escape(line))
                self.command(line)
            elif b >= 32 and len(self.line) < 512:
                self.line.append(b)

    def idle_line(self, n):
        """A dialect without line ends: what came before the silence is the command."""
        if n == self.idle_check and self.line:
            line = bytes(self.line)
            self.line.clear()
            self.log("rx", escape(line))
            self.command(line)

    def act(self, acts, groups, data=b""):
        """Does the acts of a dialect's answer, see dialects.py."""
        def fill(text):
            for k, g in enumerate(groups, 1):
                text = text.replace("\\%d" % k, g or "")
            return text.encode().replace(b"{data}", data)
        info = []
        for i, a in enumerate(acts):
            if isinstance(a, str):
                info.append(fill(a))
            elif a[0] == "=":
                self.reply(info, fill(a[1]))
                info = []
            elif a[0] == "raw":
                self.say(fill(a[1]))
            elif a[0] == "later":
                self.at(max(now(), self.busy_until) + a[1], lambda t=fill(a[2]): self.say(t))
            elif a[0] == "reboot":
                self.reboot()
            elif a[0] == "prompt":
                self.data = ("until", (a[2], groups), bytearray())
                self.say(b"\r\n" + a[1].encode())
            elif a[0] == "count":
                self.data = ("count", int(groups[a[1] - 1]), bytearray(), (a[3], groups))
                self.say(a[2].encode())

    def in_dialect(self, text):
        rows = self.dialect["modes"].get(self.mode, []) + self.dialect["rows"]
        for pattern, acts in rows:
            m = re.fullmatch(pattern, text, re.I)
            if m:
                self.act(acts, m.groups())
                return True
        return False

    def data_byte(self, b):
        kind, left, got = self.data[:3]
        if kind == "until" and isinstance(left, tuple) and b == 26:
            self.data = None
            self.log("data", escape(bytes(got)))
            self.act(left[0], left[1], bytes(got))
            return
        if kind == "until":
            if b == 27:
                self.data = None
                self.reply()
            elif b == 26:
                self.data = None
                self.log("data", escape(bytes(got)))
                self.reply(b"+CMGS: 17")
            else:
                got.append(b)
                if b == 13:
                    self.say(b"\r\n> ")
            return
        got.append(b)
        if len(got) == left:
            then = self.data[3:]
            self.data = None
            if then:
                self.log("data", escape(bytes(got)))
                self.act(then[0][0], then[0][1], bytes(got))
                return
            self.log("data", escape(bytes(got)))
            self.reply(b"Recv %d bytes" % left, b"SEND OK")

    def command(self, line):
        text = line.decode("latin-1")
        if self.misbehave(text):
            return
        if self.mode == "bootloader":
            if text.upper() == "AT+BOOT":
                self.reply(b"+BOOT:1.4")
            elif text.upper() == "AT+BOOT=0":
                self.reply()
                self.mode = "ok"
                self.reboot()
            return
        if not text.upper().startswith("AT"):
            return
        if self.a.dialect and self.in_dialect(text[2:]):
            return
        if self.mode == "busy" and len(text) > 2 and text.upper()[2:3] != "E":
            self.reply(code=b"+CME ERROR: 14")
            return
        for pattern, call in self.COMMANDS:
            m = re.fullmatch(pattern, text[2:], re.I)
            if m:
                call(self, *m.groups())
                return
        self.reply(code=b"ERROR")

    def misbehave(self, text):
        """--reboot-in and --hangup-in: CMD:K - K bytes of the answer, then the fault."""
        for kind, spec in (("reboot", self.a.reboot_in), ("hangup", self.a.hangup_in)):
            if not spec:
                continue
            cmd, _, k = spec.rpartition(":")
            if not text.upper().startswith(cmd.upper()):
                continue
            answer = b"\r\n+X: half an answer\r\n\r\nOK\r\n"[:int(k)]
            if answer:
                self.say(answer)
            if kind == "reboot":
                self.a.reboot_in = None
                self.reboot()
            else:
                self.a.hangup_in = None
                when = max(now(), self.busy_until)
                self.at(when, self.unplug)
                if self.a.replug >= 0:
                    self.at(when + self.a.replug, self.replug)
            return True
        return False

    def unplug(self):
        self.log("unplug")
        self.port.unplug()

    def replug(self):
        self.port.plug()
        self.log("plug", self.port.name)
        self.boot()

    def at_echo(self, arg):
        self.echo = "off" if arg == "0" else "on"
        self.reply()

    def at_basic(self, q, v):
        """ATQnVn: how results come."""
        if q is not None:
            self.quiet = q == "Q1"
        if v is not None:
            self.verbose = v != "V0"
        self.reply()

    def at_big(self, n):
        """A reply of n bytes in lines of 64."""
        line = b"x" * 62
        self.reply([line] * (int(n) // 64))

    def at_lang(self, code):
        if self.mode == "old" or code not in GREETINGS:
            self.reply(code=b"ERROR")
            return
        self.lang = code
        self.reply()
        self.reboot()

    def at_lang_get(self):
        if self.mode == "old":
            self.reply(code=b"ERROR")
        else:
            self.reply(b"+LANG:" + self.lang.encode())

    def at_boot(self):
        self.reply()
        self.mode = "bootloader"
        self.reboot()

    def at_prompt(self, _number):
        self.data = ("until", 0, bytearray())
        self.say(b"\r\n> ")

    def at_send(self, n):
        self.reply()
        self.data = ("count", int(n), bytearray())
        self.say(b"> ")

    def at_recv(self, n):
        """A payload that looks like results: only its length tells where it ends."""
        n = int(n)
        body = (b"\r\nOK\r\n\r\nERROR\r\n+EVT: 99\r\n\x00\xff> " * (n // 20 + 1))[:n]
        self.reply()
        self.say(b"\r\n+IPD,%d:" % n + body)

    def at_scan(self):
        self.reply([b'+COPS: (2,"net %d",,"%05d")' % (i, 26200 + i) for i in range(5)])

    COMMANDS = [
        (r"", lambda d: d.reply()),
        (r"E([01]?)", at_echo),
        (r"I", lambda d: d.reply(b"atdev " + d.version().encode())),
        (r"(Q[01]?)?(V[01]?)?", at_basic),
        (r"[Z&][FWV01]?", lambda d: d.reply()),
        (r"\+BIG=(\d+)", at_big),
        (r"\+ABORTED", lambda d: None),
        (r"\+CMEE=[012]", lambda d: d.reply()),
        (r"\+GMR", lambda d: d.reply(b"+GMR:" + d.version().encode())),
        (r"\+LANG\?", at_lang_get),
        (r"\+LANG=(\w+)", at_lang),
        (r"\+BOOT", at_boot),
        (r"\+RST", lambda d: (d.reply(), d.reboot())),
        (r"\+CREG\?", lambda d: d.reply(b"+CREG: 0,1")),
        (r"\+CSQ", lambda d: d.reply(b"+CSQ: 23,99")),
        (r"\+COPS=\?", at_scan),
        (r"\+CMGS=(.+)", at_prompt),
        (r"\+CIPSEND=(\d{1,5})", at_send),
        (r"\+RECV=(\d{1,6})", at_recv),
        (r"D.*", lambda d: d.reply(code=b"NO CARRIER")),
    ]

    # --- streams

    def storm(self):
        if self.port.up and not self.deaf and self.mode != "mute":
            self.say(self.urc())
        if self.a.urc > 0:
            self.at(now() + 1 / self.a.urc, self.storm)

    def stream(self):
        """A dialect that speaks unasked, such as a GNSS receiver."""
        every, text = self.dialect["stream"]
        if self.port.up:
            self.say(text.encode())
        self.at(now() + every, self.stream)

    def hostile(self):
        for name, data, _ in SEQUENCES:
            if self.a.only in (None, name):
                self.say(b"\r\n[" + name.encode() + b"]" + data + b"[end]\r\n")
        self.say(b"\x1b\\\r\n[hostile done]\r\n")

    def noise(self):
        seed, total = self.a.random
        rng = random.Random(seed)
        left = total

        def more():
            nonlocal left
            n = min(left, 4096, len(self.port.out) < 65536 and 4096 or 0)
            if n:
                self.counts["tx"] += n
                self.port.write(rng.randbytes(n))
                left -= n
            if left:
                self.at(now() + (n / self.a.rate if self.a.rate and n else 0.002), more)
            else:
                self.log("random", "done sent=%d" % total)
        more()

    def flood(self):
        """Numbered 64-byte lines, paced.  --lossy: what the pty refuses is lost, as on a real line."""
        begin, sent, lost, total = now(), 0, 0, self.a.flood_total

        def bytes_at(pos, n):
            first, last = pos // 64, (pos + n - 1) // 64
            text = b"".join(b"%010d %s\r\n" % (i, b"flood" * 10 + b".") for i in range(first, last + 1))
            return text[pos - first * 64:][:n]

        def more():
            nonlocal sent, lost
            due = int((now() - begin) * self.a.flood) - sent - lost
            if total:
                due = min(due, total - sent - lost)
            while due > 0:
                part = bytes_at(sent + lost, min(due, 4096))
                n = self.port.write_now(part)
                sent += n
                due -= n
                if n < len(part):
                    if self.a.lossy:
                        lost += len(part) - n
                        due -= len(part) - n
                    else:
                        break
            self.counts["tx"] = sent
            self.port.lost = lost
            if total and sent + lost >= total or self.done:
                self.log("flood", "done sent=%d lost=%d seconds=%.3f" % (sent, lost, now() - begin))
            else:
                self.at(now() + 0.002, more)
        more()

    # --- the loop

    def opened(self):
        """The first client: streams begin when there is somebody to see them."""
        self.log("open", self.port.name)
        if self.started:
            return
        self.started = True
        if self.a.boot:
            self.boot()
        if self.a.urc:
            self.storm()
        if "stream" in self.dialect:
            self.stream()
        if self.a.hostile:
            self.hostile()
        if self.a.random:
            self.noise()
        if self.a.flood:
            self.flood()

    def order_line(self, text):
        word, _, arg = text.strip().partition(" ")
        orders = {
            "send": lambda: self.say(unescape(arg)),
            "mode": lambda: setattr(self, "mode", arg),
            "urc": lambda: [self.say(self.urc()) for _ in range(int(arg))],
            "late": lambda: setattr(self.a, "late", float(arg)),
            "unplug": self.unplug,
            "plug": self.replug,
            "reboot": self.reboot,
            "quit": lambda: setattr(self, "done", True),
        }
        if word in orders:
            orders[word]()
        elif word:
            self.log("unknown", text.strip())

    def watch_stdin(self):
        """Only a pipe or socket: a shell gives background jobs /dev/null, which is always at its end."""
        try:
            mode = os.fstat(0).st_mode
        except OSError:
            return False
        return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)

    def serve(self):
        stdin = [0] if self.watch_stdin() else []
        orders = b""
        self.started = False
        end = now() + self.a.life
        look = now() + 1
        print("ready %s" % self.port.name, flush=True)
        while not self.done and now() < end:
            if self.port.probe():
                self.opened() if self.port.up else self.log("close")
            timeout = 1.0 if not self.queue else max(0.0, min(1.0, self.queue[0][0] - now()))
            got, mine = self.port.wait(stdin, timeout)
            if mine:
                data = self.port.read()
                if data:
                    self.receive(data)
            if got:
                part = os.read(0, 4096)
                if not part:
                    break
                *lines, orders = (orders + part).split(b"\n")
                for text in lines:
                    self.order_line(text.decode())
            self.run_due()
            if now() > look:
                look = now() + 1
                if self.port.master >= 0 and not os.path.islink(self.a.link):
                    break
        self.log("end", "rx=%d tx=%d lost=%d" % (
            self.counts["rx"], self.counts["tx"], self.port.lost))
        self.port.unplug()


def main():
    p = argparse.ArgumentParser(description=__doc__,
                                formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("link")
    p.add_argument("--mode", default="ok", choices="ok bootloader old mute busy nosim nosignal".split())
    p.add_argument("--dialect", choices=sorted(DIALECTS), help="a kind of modem, see dialects.py")
    p.add_argument("--log")
    p.add_argument("--echo", default="on", choices=("on", "off", "half"))
    p.add_argument("--numeric", dest="verbose", action="store_false", help="ATV0 at the start")
    p.add_argument("--quiet", action="store_true", help="ATQ1 at the start")
    p.add_argument("--slow", type=float, default=0, metavar="S", help="from each byte to the next")
    p.add_argument("--nul", action="store_true", help="a NUL between any two bytes")
    p.add_argument("--garbage", action="store_true", help="a line of noise that ends in OK before results")
    p.add_argument("--version")
    p.add_argument("--lang", default="en_US", choices=list(GREETINGS))
    p.add_argument("--boot", action="store_true", help="print the boot log at the first open")
    p.add_argument("--boot-time", type=float, default=0.1)
    p.add_argument("--split", default="", help="byte positions K[,K...] or all: replies come in parts")
    p.add_argument("--split-delay", type=float, default=0.02)
    p.add_argument("--late", type=float, default=0, help="seconds from the text to its result code")
    p.add_argument("--urc", type=float, default=0, help="unsolicited lines a second")
    p.add_argument("--urc-inside", type=int, default=0, help="unsolicited lines before each result")
    p.add_argument("--reboot-in", metavar="CMD:K", help="reboots after K bytes of the answer, once")
    p.add_argument("--hangup-in", metavar="CMD:K", help="the port goes after K bytes, once")
    p.add_argument("--replug", type=float, default=-1, help="and comes back after so many seconds")
    p.add_argument("--flood", type=float, default=0, metavar="BYTES_PER_S")
    p.add_argument("--flood-total", type=int, default=0, metavar="BYTES")
    p.add_argument("--lossy", action="store_true")
    p.add_argument("--hostile", action="store_true")
    p.add_argument("--only", choices=[s[0] for s in SEQUENCES], metavar="NAME")
    p.add_argument("--list-hostile", action="store_true")
    p.add_argument("--random", type=int, nargs=2, metavar=("SEED", "BYTES"))
    p.add_argument("--rate", type=float, default=0, help="bytes a second of --random")
    p.add_argument("--life", type=float, default=900)
    args = p.parse_args()
    args.split = [s for s in args.split.split(",") if s]
    for name in ("reboot_in", "hangup_in"):
        spec = getattr(args, name)
        if spec and not re.fullmatch(r".+:\d+", spec):
            p.error("--%s wants CMD:K" % name.replace("_", "-"))
    if args.list_hostile:
        for name, data, asks in SEQUENCES:
            print("%-20s %s %s" % (name, "asks" if asks else "-   ", escape(data[:48])))
        return 0
    device = Device(args)
    signal.signal(signal.SIGTERM, lambda *_: setattr(device, "done", True))
    signal.signal(signal.SIGINT, lambda *_: setattr(device, "done", True))
    device.serve()
    return 0


if __name__ == "__main__":
    sys.exit(main())
