"""pprofcases.py VISE FOLDER PROFILES REAL - runs go tool pprof and vise pprof with the same options on
the same profiles and compares what they print. PROFILES: made by pprofgen.py; REAL: by rig/kinds.

One go process serves all cases of one pair of profiles (its interactive mode); what it said is kept in
PPROF_KEPT under the bytes and the words that it was asked with. Every case prints a TAP line. PPROF_PARITY=all takes every option with every other on every profile; without it a fixed part of
them (every option alone, and every STRIDE-th pair)."""
import hashlib
import itertools
import marshal
import os
import re
import subprocess
import sys

VISE, FOLDER = sys.argv[1], sys.argv[2]
ALL = os.environ.get("PPROF_PARITY") == "all"
STRIDE = 1 if ALL else int(os.environ.get("PPROF_STRIDE", "29"))

# name, value, how vise spells it; go's defaults are put back between cases
DEFAULTS = {
    "focus": "", "ignore": "", "hide": "", "show": "", "show_from": "", "prune_from": "", "tagfocus": "",
    "tagignore": "", "tagshow": "", "taghide": "", "tagroot": "", "tagleaf": "", "unit": "minimum",
    "nodecount": "0", "nodefraction": "0.005", "edgefraction": "0.001", "trim": "true", "mean": "false",
    "divide_by": "1", "sample_index": "", "relative_percentages": "false", "compact_labels": "false",
    "drop_negative": "false", "noinlines": "false", "granularity": "functions", "sort": "flat",
    "call_tree": "false", "trim_path": "", "source_path": "",
}
OPTIONS = [
    ("focus", "Serve|read"), ("focus", "libc"), ("focus", r"^runtime\.(mallocgc|gopark)$"),
    ("focus", "nothing-like-it"), ("ignore", "handle"), ("ignore", "(?i)LOCK"), ("hide", "runtime"),
    ("hide", r"[a-c]\.go"), ("hide", "vdso|libc"), ("show", "main|http"), ("show", r"/sync/|\(\*"),
    ("show_from", "Serve"), ("show_from", "libc"), ("prune_from", "gopark|operator"),
    ("tagfocus", "route=leak"), ("tagfocus", "leak"), ("tagfocus", "a,route"), ("tagfocus", "64"),
    ("tagfocus", "bytes=1kb:8kb"), ("tagfocus", "request=:2000"), ("tagfocus", "latency=1s:"),
    ("tagignore", "tenant=a,b"), ("tagignore", "bytes=64b"), ("tagignore", "4kb:"),
    ("tagshow", "route|bytes"), ("taghide", "tenant"), ("tagroot", "route"), ("tagroot", "bytes,tenant"),
    ("tagleaf", "route,request"), ("tagleaf", "none"), ("unit", "kb"), ("unit", "ms"), ("unit", "auto"),
    ("nodecount", "1"), ("nodecount", "9"), ("nodefraction", "0.05"), ("nodefraction", "0"),
    ("edgefraction", "0.1"), ("edgefraction", "0"), ("trim", "false"), ("mean", "true"),
    ("divide_by", "4"), ("divide_by", "0.5"), ("sample_index", "0"), ("sample_index", "1"),
    ("relative_percentages", "true"), ("compact_labels", "true"), ("drop_negative", "true"),
    ("noinlines", "true"), ("granularity", "filefunctions"), ("granularity", "files"),
    ("granularity", "lines"), ("granularity", "addresses"), ("sort", "cum"), ("call_tree", "true"),
    ("trim_path", "/home/dev"), ("source_path", "/x/src"),
]
COMMANDS = ["top", "tree", "peek", "traces", "tags", "raw", "list"]
PATTERN = {"peek": "Serve|Lock", "list": "handle|read"}
HAVE = os.environ.get("PPROF_COMMANDS", " ".join(COMMANDS)).split()

count = failed = 0
KEPT = os.environ.get("PPROF_KEPT")
ENV = dict(os.environ, GOGC="400")


def kept(words, files, ask):
    """What ask() says, from PPROF_KEPT when the same words were asked of the same bytes before."""
    if not KEPT:
        return ask()
    key = hashlib.sha256("\0".join(words).encode())
    for name in files:
        with open(name, "rb") as f:
            key.update(hashlib.sha256(f.read()).digest())
    path = os.path.join(KEPT, key.hexdigest())
    if os.path.exists(path):
        with open(path, "rb") as f:
            return marshal.load(f)
    said = ask()
    with open("%s.%d" % (path, os.getpid()), "wb") as f:
        marshal.dump(said, f)
    os.rename("%s.%d" % (path, os.getpid()), path)
    return said


def tap(ok, name, note=""):
    global count, failed
    count += 1
    failed += not ok
    print("%s %d - %s" % ("ok" if ok else "not ok", count, name))
    if note and not ok:
        for line in note.splitlines()[:30]:
            print("# " + line)
    sys.stdout.flush()


def ours(command, options, sources, base):
    args = [VISE, "pprof", command] + base
    for name, value in options:
        if name == "sort":
            args.append("--" + value)
        else:
            args.append("--%s=%s" % (name, value))
    if command in PATTERN:
        args.append(PATTERN[command])
    run = subprocess.run(args + sources, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=FOLDER)
    return run.returncode, run.stdout, run.stderr.decode("utf-8", "replace")


TIE = re.compile(rb"^ +-?([0-9.]+[^ ]*) ")


def deterministic(command, text):
    """Values that are equal but for their sign go prints in the order of its maps: both sides are
    brought to one order there."""
    if command not in ("tree", "peek", "tags"):
        return text
    lines = text.split(b"\n")
    out, run, last = [], [], None
    for line in lines + [b""]:
        m = TIE.match(line)
        key = m and (m.group(1), b"|" in line)
        if key != last or key is None:
            out += sorted(run)
            run = []
        last = key
        run.append(line)
    return b"\n".join(out + run)


class Group:
    """All cases of one set of sources and one kind of base."""

    def __init__(self, title, sources, go_args, our_args):
        self.title, self.sources, self.go_args, self.our_args = title, sources, go_args, our_args
        self.cases = []

    def add(self, command, *options):
        names = [n for n, _ in options]
        if ("sample_index", "1") in options and re.search("goroutine|thread", self.title):
            return              # it has one type only
        if len(set(names)) == len(names) and command in HAVE:
            self.cases.append((command, options))

    def run_go(self):
        """What go said in all, and what it printed for each case, or None."""
        script = []
        for i, (command, options) in enumerate(self.cases):
            now = dict(DEFAULTS)
            if command in ("tree",):
                now["nodecount"] = "80"
            now.update(options)
            script += ["%s=%s" % kv for kv in now.items()]
            script.append("%s %s >go.%d" % (command, PATTERN.get(command, ""), i))
        args = self.go_args + self.sources

        def ask():
            run = subprocess.run(["go", "tool", "pprof", "-symbolize=remote"] + args, cwd=FOLDER, env=ENV,
                                 input="\n".join(script) + "\n", stdout=subprocess.PIPE,
                                 stderr=subprocess.STDOUT, universal_newlines=True)
            printed = []
            for i in range(len(self.cases)):
                path = os.path.join(FOLDER, "go.%d" % i)
                printed.append(None)
                if os.path.exists(path):
                    with open(path, "rb") as f:
                        printed[i] = f.read()
                    os.unlink(path)
            return run.stdout, printed
        files = [re.sub("^-.*?=", "", a) for a in args]
        return kept(script + [re.sub("=.*", "", a) for a in self.go_args],
                    [f for f in files if not f.startswith("-")], ask)

    def run(self):
        said, printed = self.run_go()
        for i, (command, options) in enumerate(self.cases):
            name = "%s: %s %s" % (self.title, command, " ".join("-%s=%s" % o for o in options))
            want = printed[i]
            status, have, err = ours(command, options, self.sources, self.our_args)
            if want is None:
                tap(status != 0, name + " (go fails too)", "go said nothing:\n" + said[-600:])
                continue
            if status == 0 and deterministic(command, have) == deterministic(command, want):
                tap(True, name)
                continue
            for who, text in (("go's", want), ("ours", have)):
                with open(os.path.join(FOLDER, who), "wb") as f:
                    f.write(text)
            diff = subprocess.run(["diff", "go's", "ours"], stdout=subprocess.PIPE, cwd=FOLDER)
            tap(False, name, err + diff.stdout.decode("utf-8", "replace"))


def groups(profiles):
    def p(name):
        return os.path.join(profiles, name + ".pb.gz")
    yield Group("heap", [p("heap-b")], [], [])
    yield Group("heap diff", [p("heap-b")], ["-diff_base=" + p("heap-a")], ["--base", p("heap-a")])
    yield Group("heap base", [p("heap-b")], ["-base=" + p("heap-a")], ["--subtract-base", p("heap-a")])
    yield Group("heap normalized", [p("heap-b")], ["-normalize", "-diff_base=" + p("heap-a")],
                ["--normalize", "--base", p("heap-a")])
    yield Group("drop_frames", [p("drop")], [], [])
    yield Group("drop_frames diff", [p("drop")], ["-diff_base=" + p("heap-a")], ["--base", p("heap-a")])
    yield Group("cpu", [p("cpu-a")], [], [])
    yield Group("cpu units", [p("cpu-b")], ["-diff_base=" + p("cpu-a")], ["--base", p("cpu-a")])
    yield Group("cpu base", [p("cpu-a")], ["-base=" + p("cpu-b")], ["--subtract-base", p("cpu-b")])
    yield Group("goroutine", [p("goroutine")], [], [])
    yield Group("goroutineleak", [p("goroutineleak")], [], [])
    yield Group("mutex", [p("mutex")], [], [])
    yield Group("other producer", [p("other")], [], [])
    yield Group("merged", [p("heap-a"), p("heap-b")], [], [])


def real_groups(real):
    """What a Go program wrote: every kind, alone and against an earlier one, binary and as text."""
    for kind in ("heap", "allocs", "goroutine", "threadcreate", "block", "mutex", "cpu"):
        a, b = (os.path.join(real, r, kind + ".pb.gz") for r in "ab")
        yield Group("real " + kind, [b], [], [])
        yield Group("real %s diff" % kind, [b], ["-diff_base=" + a], ["--base", a])
    for kind in ("heap", "allocs", "goroutine", "block", "mutex"):
        # go does not read the names in the text; without them both must say the same
        path = os.path.join(FOLDER, kind + ".text")
        with open(os.path.join(real, "b", kind + ".debug1")) as f, open(path, "w") as to:
            to.writelines(line for line in f if not line.startswith("#"))
        yield Group("text " + kind, [path], [], [])


def go_prints(*args):
    def ask():
        return subprocess.run(["go", "tool", "pprof", "-symbolize=remote"] + list(args), env=ENV,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    return kept([re.sub("=.*", "=", a) if a.startswith("-") else "" for a in args],
                [f for f in (re.sub("^-.*?=", "", a) for a in args) if not f.startswith("-")], ask)


def saved(profiles, real):
    """A merge or a difference that vise wrote is to go what it would have made itself."""
    def p(name):
        return os.path.join(profiles, name + ".pb.gz")
    out = os.path.join(FOLDER, "saved.pb.gz")
    pairs = [(p("heap-a"), p("heap-b")), (p("cpu-a"), p("cpu-b")), (p("drop"), p("heap-a"))]
    pairs += [(os.path.join(real, "a", k + ".pb.gz"), os.path.join(real, "b", k + ".pb.gz"))
              for k in ("heap", "goroutine", "mutex")]
    for a, b in pairs:
        for name, ours, gos in (
                ("diff", ["diff", a, b], ["-diff_base=" + a, b]),
                ("difference", ["diff", "--subtract-base", a, b], ["-base=" + a, b]),
                ("normalized", ["diff", "--normalize", a, b], ["-normalize", "-diff_base=" + a, b]),
                ("merge", ["merge", a, b], [a, b])):
            if name == "normalized" and "cpu-" in a:
                continue            # go refuses units that differ
            run = subprocess.run([VISE, "pprof"] + ours + ["-o", out], stdout=subprocess.PIPE,
                                 stderr=subprocess.STDOUT, universal_newlines=True)
            title = "saved %s of %s" % (name, os.path.basename(b))
            for command in ("-top", "-raw"):
                have, want = go_prints(command, out), go_prints(command, *gos)
                # go writes a time.Duration into -raw that differs in nothing
                tap(run.returncode == 0 and have == want, title + ": go " + command, run.stdout)
            ours = subprocess.run([VISE, "pprof", "top", "--quiet", out], stdout=subprocess.PIPE)
            tap(ours.stdout == go_prints("-top", out), title + ": vise top")


def main():
    profiles = sys.argv[3]
    only = os.environ.get("PPROF_GROUP")
    pairs = list(itertools.combinations(OPTIONS, 2))
    at = 0
    for g in itertools.chain(groups(profiles), real_groups(sys.argv[4])):
        if only and not re.search(only, g.title):
            continue
        main_group = g.title in ("heap", "heap diff")
        for command in COMMANDS:
            g.add(command)
        for i, o in enumerate(OPTIONS):
            for k, command in enumerate(COMMANDS):
                if ALL or (main_group and k == 0) or (i + k * 3 + len(g.title)) % 17 == 0:
                    g.add(command, o)
        for pair in pairs:
            at += 1
            if at % STRIDE == 0 and (ALL or at % 7 == 0):
                g.add(COMMANDS[at // STRIDE % len(COMMANDS)], *pair)
        g.run()
    if not only:
        saved(profiles, sys.argv[4])
    print("1..%d" % count)
    print("# %d of %d differ" % (failed, count))
    sys.exit(failed != 0)


main()
