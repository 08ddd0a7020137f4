"""pprofgen.py FOLDER - writes made-up profiles of many kinds: what Go's runtime never writes, or only
newer ones do (start lines, drop_frames, numeric labels with units, several mappings, addresses
without symbols, negative values, sparse ids, folded locations, comments, default types).

The same seed gives the same files. Used by tests/cli/pprof_parity.t; format: profile.proto."""
import gzip
import os
import random
import sys


def varint(v):
    v &= (1 << 64) - 1
    out = bytearray()
    while v >= 0x80:
        out.append(v & 0x7F | 0x80)
        v >>= 7
    out.append(v)
    return bytes(out)


def num(field, v):
    return varint(field << 3) + varint(v) if v else b""


def msg(field, body):
    return varint(field << 3 | 2) + varint(len(body)) + body


class Profile:
    def __init__(self, types, default="", period=("", "", 0), time=0, duration=0, drop="", keep="",
                 comments=()):
        self.strings = {"": 0}
        self.body = b""
        self.ids = {"m": {}, "f": {}, "l": {}}
        for t, u in types:
            self.body += msg(1, num(1, self.s(t)) + num(2, self.s(u)))
        self.body += msg(11, num(1, self.s(period[0])) + num(2, self.s(period[1]))) + num(12, period[2])
        self.body += num(9, time) + num(10, duration)
        self.body += num(7, self.s(drop)) + num(8, self.s(keep)) + num(14, self.s(default))
        for c in comments:
            self.body += varint(13 << 3) + varint(self.s(c))
        self.next = {"m": 1, "f": 1, "l": 1}
        self.step = 1

    def s(self, text):
        return self.strings.setdefault(text, len(self.strings))

    def new(self, kind):
        n = self.next[kind]
        self.next[kind] = n + self.step
        return n

    def mapping(self, start, limit, offset, file, build="", bits=15):
        i = self.new("m")
        self.body += msg(3, num(1, i) + num(2, start) + num(3, limit) + num(4, offset) +
                         num(5, self.s(file)) + num(6, self.s(build)) +
                         b"".join(num(7 + b, bits >> b & 1) for b in range(4)))
        return i

    def function(self, name, file, start=0, system=None):
        key = (name, file, start, system)
        if key not in self.ids["f"]:
            i = self.ids["f"][key] = self.new("f")
            self.body += msg(5, num(1, i) + num(2, self.s(name)) +
                             num(3, self.s(name if system is None else system)) +
                             num(4, self.s(file)) + num(5, start))
        return self.ids["f"][key]

    def location(self, address, mapping, lines, folded=0):
        i = self.new("l")
        self.body += msg(4, num(1, i) + num(2, mapping) + num(3, address) +
                         b"".join(msg(4, num(1, f) + num(2, n)) for f, n in lines) + num(5, folded))
        return i

    def sample(self, locs, values, labels=()):
        body = b""
        for field, v in ((2, values), (1, locs)):
            if len(v) > 2:
                body += msg(field, b"".join(varint(x) for x in v))
            else:
                body += b"".join(varint(field << 3) + varint(x) for x in v)
        for key, value, unit in labels:
            if isinstance(value, str):
                body += msg(3, num(1, self.s(key)) + num(2, self.s(value)))
            else:
                body += msg(3, num(1, self.s(key)) + num(3, value) + num(4, self.s(unit)))
        self.body += msg(2, body)

    def write(self, path, zipped=True):
        data = self.body + b"".join(msg(6, s.encode("utf-8", "surrogateescape"))
                                    for s in self.strings)
        with open(path, "wb") as f:
            f.write(gzip.compress(data, 6, mtime=0) if zipped else data)


PKG = ["main", "net/http", "runtime", "example.com/board/v2/uart", "encoding/json", "sync"]
NAMES = ["Serve", "(*Conn).read", "mallocgc", "gopark", "decode[...]", "Lock", "(*Ring).Put", "handle",
         "init.0", "func1", "makeslice", "Handle.func2.1", "poll", "step"]


def build(seed, types, r_values, stacks=120, step=1, labels=True, drop="", keep="", default="",
          period=("", "", 0), comments=(), start_lines=True, time=0, duration=0, same_tables=True,
          plain=False):
    """Functions and locations depend on the kind only; samples on the seed as well."""
    tables = random.Random(7)
    r = random.Random(seed)
    p = Profile(types, default, period, time, duration, drop, keep, comments)
    p.step = step
    m1 = p.mapping(0x400000, 0x7ff000, 0, "/usr/local/bin/board-server", "b1d5eed")
    m2 = p.mapping(0x7f0000000000, 0x7f0000200000, 0x1000, "/lib/x86_64-linux-gnu/libc.so.6", "", 0)
    m3 = p.mapping(0x7f1000000000, 0x7f1000001000, 0, "[vdso]", "", 0)
    fns = []
    for i in range(40):
        pkg = PKG[tables.randrange(len(PKG))]
        name = NAMES[i % len(NAMES)]
        file = "/home/dev/src/%s/%s.go" % (pkg, "abcdef"[i % 6])
        if i == 17:
            file = "/proc/self/cwd/out/../x.cc"
            fns.append(p.function("operator()", file, 3))
        elif i == 18:
            fns.append(p.function("", "nameless.c", 9, ""))
        elif i == 19:
            fns.append(p.function("std::vector<int, std::allocator<int> >::push_back(int const&)",
                                  "vec.h", 0))
        elif i == 20:
            fns.append(p.function(".ppc_entry(int)", "", 0))
        else:
            fns.append(p.function(pkg + "." + name, file, i * 10 + 1 if start_lines else 0))
    locs = []
    for i in range(90):
        n = tables.choice([1, 1, 1, 1, 2, 3])
        lines = [(tables.choice(fns), tables.randrange(1, 400)) for _ in range(n)]
        if i % 13 == 12:
            locs.append(p.location(0x7f0000000000 + i * 16, m2, []))
        elif i % 31 == 30:
            locs.append(p.location(0x7f1000000010, m3, []))
        elif i == 44:
            locs.append(p.location(0xdead0000, 0, []))
        else:
            locs.append(p.location(0x401000 + i * 64, m1, lines, int(i == 50)))
    for _ in range(stacks):
        depth = r.randrange(1, 14)
        stack = [locs[min(int(r.expovariate(1 / 22)), len(locs) - 1)] for _ in range(depth)]
        lab = []
        if labels:
            if r.random() < .7:
                lab.append(("route", r.choice(["/leak", "/api/v1/items", "/health"]), ""))
            if r.random() < .3:
                lab.append(("tenant", r.choice(["a", "b"]), ""))
                if r.random() < .2:
                    lab.append(("tenant", "c", ""))
            if r.random() < .6:
                lab.append(("bytes", r.choice([16, 64, 512, 4096, 65536]), ""))
            if r.random() < .4:
                lab.append(("request", r.choice([1, 2, 1000, 5000]), r.choice(["", "kilobytes"])))
            if r.random() < .2:
                lab.append(("latency", r.randrange(1, 5000), "milliseconds"))
        p.sample([] if not plain and r.random() < .01 else stack, r_values(r), lab)
    return p


HEAP = [("alloc_objects", "count"), ("alloc_space", "bytes"), ("inuse_objects", "count"),
        ("inuse_space", "bytes")]


def heap_values(scale):
    def values(r):
        size = r.choice([16, 64, 512, 4096, 65536])
        n = int(r.expovariate(1 / 40)) * scale
        live = int(n * r.random())
        return [n, n * size, live, live * size]
    return values


def cpu_values(r):
    n = int(r.expovariate(1 / 9)) + 1
    return [n, n * 10000000]


def delay_values(r):
    n = int(r.expovariate(1 / 5)) + 1
    return [n, n * r.randrange(1000, 90000000)]


def main():
    out = sys.argv[1]
    at = os.path.join
    when = 1763700000000000000
    heap = dict(period=("space", "bytes", 524288), default="inuse_space")
    build(1, HEAP, heap_values(1), time=when, **heap).write(at(out, "heap-a.pb.gz"))
    build(2, HEAP, heap_values(3), time=when + 10**12, comments=("built by hand", "#hidden"),
          **heap).write(at(out, "heap-b.pb.gz"))
    build(3, HEAP, heap_values(2), step=3, drop=".*mallocgc|.*makeslice|operator\\(\\)|\\.?ppc_entry",
          keep="runtime.*", **heap).write(at(out, "drop.pb.gz"), zipped=False)
    cpu = dict(period=("cpu", "nanoseconds", 10000000), duration=30 * 10**9)
    build(4, [("samples", "count"), ("cpu", "nanoseconds")], cpu_values, time=when,
          **cpu).write(at(out, "cpu-a.pb.gz"))
    build(5, [("samples", "count"), ("cpu", "microseconds")],
          lambda r: [cpu_values(r)[0], cpu_values(r)[1] // 1000], start_lines=False,
          period=("cpu", "microseconds", 10000), duration=20 * 10**9).write(at(out, "cpu-b.pb.gz"))
    build(6, [("goroutine", "count")], lambda r: [r.randrange(1, 400)], stacks=60,
          period=("goroutine", "count", 1)).write(at(out, "goroutine.pb.gz"))
    build(7, [("goroutineleak", "count")], lambda r: [r.randrange(1, 9)], stacks=30, labels=False,
          period=("goroutineleak", "count", 1)).write(at(out, "goroutineleak.pb.gz"))
    build(8, [("contentions", "count"), ("delay", "nanoseconds")], delay_values, stacks=80, labels=False,
          period=("contentions", "count", 1)).write(at(out, "mutex.pb.gz"))
    build(9, [("requests", "count"), ("charge", "GCU"), ("weight", "widgets")],
          lambda r: [r.randrange(-50, 90), r.randrange(10**6), r.randrange(-10**6, 10**7)],
          comments=("other producer", "second line")).write(at(out, "other.pb.gz"))


if __name__ == "__main__":
    main()
