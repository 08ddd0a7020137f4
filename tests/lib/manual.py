"""Runs every example of the manual as it is printed: tests/cli/manual.t sets the stage and calls this.

usage: manual.py TOP RUNS FOLDER [PAGE...]     speaks TAP

The examples are taken out of the pages themselves: each shell line of an EXAMPLES section or after "$ ", each
block of Lua or JSON, each `vise ...` of README.md and of the stubs. RUNS says how each is run; one without a
row fails, and a row without its example. What stands within a line (`...`) and has no row must at least name a
command and options that its manual page knows. Lines of RUNS, in the order of the pages:

  page FILE       the rows that follow are of this page; its examples run in a folder of its own
  ! SHELL         before the next one: a file made under the name printed, a stand-in started ("&"), a look at what
                  the one before has made
  $ TEXT          an example: a line of shell, continuation lines joined
  % NAME          an example: the next block of the page that is not shell, written to this file
    STATUS [RE]   how it ends and what it says; several lines: all of them. Without: 0
  = SHELL         what is run in its place, or for a block: what reads it
  ~ SHELL         it runs until this holds, and is interrupted then
  - REASON        why it is not run as it stands
"""
import os
import re
import signal
import subprocess
import sys
import threading
import time

DEADLINE = 60


def plain(text):
    """A line of a manual page without its escapes; "\\e" last, it gives what looks like one."""
    for a, b in (("\\-", "-"), ("\\&", ""), ("\\(dq", '"'), ("\\(aq", "'"), ("\\ ", " "), ("\\~", " ")):
        text = text.replace(a, b)
    return re.sub(r"\\f[A-Z]", "", text).replace("\\e", "\\")


def joined(lines):
    """Lines of shell, those that go on joined by a blank."""
    out, whole = [], ""
    for line in lines:
        line = line.strip()
        whole += (" " if whole else "") + line.rstrip("\\").rstrip()
        if line and not re.search(r"(\\|\||&&)$", line):
            out.append(whole)
            whole = ""
    return out + ([whole] if whole else [])


def page_blocks(text):
    """(section, first line, raw lines) of each display of a manual page."""
    section, block, at = "", None, 0
    for n, line in enumerate(text.split("\n"), 1):
        if line.startswith(".SH"):
            section = line[4:].strip('" ')
        if re.match(r"\.(nf|EX)\b", line):
            block, at = [], n + 1
        elif re.match(r"\.(fi|EE)\b", line) and block is not None:
            yield section, at, block
            block = None
        elif block is not None:
            block.append(line)


def of_man(text):
    for section, at, raw in page_blocks(text):
        usage = any(re.match(r"\.B|\\fB|\.R", line) for line in raw)
        lines = [plain(line) for line in raw if not re.match(r"\.\w|\.\\\"", line)]
        if usage and section == "SYNOPSIS":
            continue
        if any(re.match(r"\s*\$ ", line) for line in lines):
            typed = [re.sub(r"^\s*\$ ", "", line) for line in lines if re.match(r"\s*\$ ", line)]
            yield from (("$", at, c) for c in joined(typed))
        elif section.startswith("EXAMPLE") or all(re.match(r"\s*(vise|prove) ", line) for line in lines):
            yield from (("$", at, c) for c in joined(lines))
        else:
            yield "%", at, "\n".join(lines) + "\n"


def spans(text, at):
    for span in re.findall(r"`((?:vise|\./bootstrap|\.ci/run|make|tests/gates/\S+) ?[^`]*)`", text):
        if " " in span and not re.match(r"vise\.\w", span):
            yield "`", at, span.replace("\\|", "|")


def of_markdown(text):
    text = re.sub(r"<!-- boards:.*?<!-- end of boards -->", lambda m: "\n" * m[0].count("\n"), text, flags=re.S)
    fence = None
    for n, line in enumerate(text.split("\n"), 1):
        if line.startswith("```"):
            if fence is not None:
                yield "%", n - len(fence), "\n".join(fence) + "\n"
            fence = [] if fence is None else None
        elif fence is not None:
            fence.append(line)
        elif re.match(r"    (\./|\.ci/|vise |make )", line):
            yield "$", n, re.sub(r"\s+#.*", "", line.strip())
        else:
            yield from spans(line, n)


def of_stubs(text):
    comment = re.findall(r"^---(?!@)(.*)", text, re.M)
    for line in comment:
        yield from spans(line, 0)


def examples(path):
    text = open(path, encoding="utf-8").read()
    if re.search(r"\.[157]$", path):
        return list(of_man(text))
    return list((of_stubs if path.endswith(".lua") else of_markdown)(text))


class Row:
    def __init__(self, kind, text, line):
        self.kind, self.text, self.line = kind, text, line
        self.before, self.after, self.ends, self.instead, self.until, self.why = [], [], [], None, None, None


def table(path):
    """{page: [Row]}"""
    pages, rows, row, before = {}, None, None, []
    for n, line in enumerate(open(path, encoding="utf-8"), 1):
        line = line.rstrip("\n")
        key, _, rest = line.partition(" ")
        if not line or key == "#":
            continue
        if key == "page":
            if before:
                row.after, before = before, []
            rows = pages.setdefault(rest, [])
        elif key == "!":
            before.append(rest)
        elif key in "$%" and key:
            row = Row(key, rest, n)
            row.before, before = before, []
            rows.append(row)
        elif line.startswith("  "):
            status, _, want = line.strip().partition(" ")
            row.ends.append((int(status), want))
        elif key == "=":
            row.instead = rest
        elif key == "~":
            row.until = rest
        elif key == "-":
            row.why = rest
        else:
            sys.exit("%s:%d: %s?" % (path, n, key))
    if before:
        row.after = before
    return pages


class Tap:
    def __init__(self):
        self.count = self.bad = 0
        self.lock = threading.Lock()

    def say(self, good, name, notes=""):
        with self.lock:
            self.tell(good, name, notes)

    def tell(self, good, name, notes):
        self.count += 1
        self.bad += not good
        print("%sok %d - %s" % ("" if good else "not ", self.count, name.replace("#", "\\#")))
        if not good:
            print("".join("# %s\n" % line for line in notes.split("\n")[:40]), end="")
        sys.stdout.flush()


def shell(command, folder, until=None):
    """(status, all it said); what it leaves behind keeps running."""
    out = open(os.path.join(folder, ".out"), "w+b")
    env = dict(os.environ, PWD=folder, XDG_RUNTIME_DIR=os.path.join(folder, ".run"))
    p = subprocess.Popen(["sh", "-c", command], cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=env,
                         start_new_session=until is not None)
    end = time.monotonic() + DEADLINE
    if until is not None:
        while p.poll() is None and subprocess.run(["sh", "-c", until], cwd=folder, env=env, stdout=subprocess.DEVNULL,
                                                  stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL).returncode:
            if time.monotonic() > end:
                break
            time.sleep(0.03)
        if p.poll() is None:
            os.killpg(p.pid, signal.SIGINT)
    try:
        status = p.wait(max(1, end + DEADLINE - time.monotonic()) if until else DEADLINE)
    except subprocess.TimeoutExpired:
        p.kill()
        p.wait()
        status = "no end in %d s" % DEADLINE
    if isinstance(status, int) and status < 0:
        status = 128 - status
    out.seek(0)
    return status, out.read().decode("utf-8", "replace").replace("\0", "")


def besides(tap, page, lines, folder):
    for line in lines:
        status, said = shell(line, folder)
        if status != 0:
            tap.say(False, "%s: %s" % (os.path.basename(page), line), "%s\n%s" % (status, said))


def known(tap, top, page, text):
    """A command within a line: it and its options have a page."""
    words = text.split()
    sub = words[1] if len(words) > 1 and os.path.exists("%s/man/vise-%s.1" % (top, words[1].strip(","))) else None
    pages = ["vise-%s.1" % sub, "vise-%s-%s.1" % (sub, words[2] if len(words) > 2 else "")] if sub else []
    said = "".join(plain(open("%s/man/%s" % (top, p), encoding="utf-8").read()) for p in pages + ["vise.1"]
                   if os.path.exists("%s/man/%s" % (top, p)))
    gone = [w for w in words if re.match(r"--\w", w) and w not in said] if "--" not in words else []
    if words[0] == "vise" and not re.match(r"[\w./-]*(:|tty|help$|go3$)", words[1]) and \
            subprocess.run(["vise", "help", words[1]], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode:
        gone.append(words[1])
    tap.say(not gone, "%s: `%s` is in the manual" % (os.path.basename(page), text), "not in it: %s" % gone)


def run(tap, page, row, text, folder):
    name = "%s: %s" % (os.path.basename(page), row.text)
    besides(tap, page, row.before, folder)
    if row.kind == "%":
        with open(os.path.join(folder, row.text), "w", encoding="utf-8") as f:
            f.write(text)
    command = row.instead if row.instead is not None else row.text if row.kind == "$" else None
    if row.why and not row.instead and not row.ends:
        return tap.say(True, "%s (not run: %s)" % (name, row.why))
    if command is None:
        return tap.say(False, name, "no = line says what reads it")
    status, said = shell(command, folder, row.until)
    wrong = ["want %s %s" % e for e in row.ends or [(0, "")] if status != e[0] or not re.search(e[1], said, re.M)]
    tap.say(not wrong, name + (" (%s)" % row.why if row.why else ""),
            "%s: %s\nended with %s and said:\n%s" % (command, "; ".join(wrong), status, said))


def main(top, runs, folder, *only):
    tap, pages = Tap(), table(runs)
    man = sorted(f for f in os.listdir(top + "/man") if re.search(r"\.[157]$", f))
    names = ["man/" + f for f in man] + ["README.md", "CONTRIBUTING.md", "lua/meta/vise.lua"]
    for plugin in sorted(os.listdir(top + "/plugins")):
        if os.path.exists("%s/plugins/%s/README.md" % (top, plugin)):
            names.append("plugins/%s/README.md" % plugin)
    names = [n for n in names if not only or os.path.basename(n) in only]
    # a port has one user at a time: pages with ports run one after another, the others beside them
    ports = [n for n in names if any("tty" in line for r in pages.get(n, []) for line in [r.text, *r.before])]
    groups = [ports, [n for n in names if n not in ports]]
    threads = [threading.Thread(target=of_pages, args=(tap, top, folder, pages, g)) for g in groups]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    for page in pages:
        if not only and page not in names:
            tap.say(False, "rows of %s, which is no page" % page)
    print("1..%d" % tap.count)
    return tap.bad != 0


def of_pages(tap, top, folder, pages, names):
    done, asked = set(), set()
    for page in names:
        began = time.monotonic()
        place = os.path.join(folder, os.path.basename(page))
        os.makedirs(place + "/.run", mode=0o700)
        of_page(tap, top, page, pages.get(page, []), place, done, asked)
        if os.environ.get("VISE_EXAMPLES_TIME"):
            print("# %.2f s %s" % (time.monotonic() - began, page))


def of_page(tap, top, page, rows, place, done, asked):
    for kind, at, text in examples(os.path.join(top, page)):
        row = next((r for r in rows if (r.kind == "%") == (kind == "%") and (kind == "%" or r.text == text)), None)
        if row is not None:
            rows.remove(row)
            run(tap, page, row, text, place)
            besides(tap, page, row.after, place)
            done.add(text)
        elif kind != "`":
            tap.say(False, "%s:%d: an example that nobody runs" % (page, at), text)
        elif text not in done and text not in asked:
            known(tap, top, page, text)
            asked.add(text)
    for row in rows:
        tap.say(False, "examples:%d: no such example in %s" % (row.line, page), row.text)


sys.exit(main(*sys.argv[1:]))
