#!/usr/bin/env python3
"""What stands in plugin.json and in README.md of the board profiles, made from the profiles themselves.

    boards.py VISE_SCRIPT [SRCDIR]          write them again
    boards.py --check VISE_SCRIPT [SRCDIR]  exit status 1, with the names, when one is stale

plugin.json says of each board what must be known before its Lua runs: name, chip, what it is found by, and
of its console what is not usual; bench, `vise ports` and `vise board` read nothing else. The abstract ones are named as base:ID.
"""
import json
import os
import subprocess
import sys

FACTS = ("name", "vendor", "chip", "match", "console", "triggers", "gauges", "elf", "svd")
BEGIN, END = "<!-- boards: made by tests/gates/boards.py -->", "<!-- end of boards -->"


def described(script, folder):
    text = subprocess.run([script, "--plugin", folder, "--describe"], stdout=subprocess.PIPE, check=True).stdout
    return json.loads(text)


def told(text):
    """What a manifest says of boards; how the file is laid out is its author's."""
    m = json.loads(text)
    return m.get("boards", {}), sorted(p for p in m["provides"] if p.split(":")[0] in ("board", "base"))


def line(value):
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": "))


def facts(board):
    out = {k: board[k] for k in FACTS if k in board}
    usual = {"kind": "serial", "baud": 115200, "on_lost": "wait"}
    for console in out.get("console", {}).values():
        for key in list(console):
            if key in ("ready", "at", "pace") or console[key] == usual.get(key):
                del console[key]
    out["console"] = {n: {k: c[k] for k in sorted(c)} for n, c in sorted(out.get("console", {}).items()) if c}
    if not out["console"]:
        del out["console"]
    out["match"] = [{k: m[k] for k in sorted(m)} for m in out.get("match", [])]
    if not out["match"]:
        del out["match"]
    return out


def manifest(path, got):
    """The file's text with the board part made again."""
    old = json.load(open(path, encoding="utf-8"))
    boards = sorted(got["boards"], key=lambda b: b["id"])
    provides = ["board:" + b["id"] for b in boards] + ["base:" + i for i in sorted(got.get("bases", []))]
    provides += [p for p in old["provides"] if p.split(":")[0] not in ("board", "base")]
    rows = []
    for key, value in old.items():
        if key == "boards":
            continue
        if key == "provides":
            value = provides
        if key in ("provides", "macros") and value:
            inner = [line(v) for v in value] if key == "provides" else [line(k) + ": " + line(v) for k, v in value.items()]
            lines, now = [], "   "
            for one in inner:
                if key == "macros" or len(now) + len(one) > 118:
                    lines.append(now)
                    now = "   "
                now += " " + one + ","
            lines.append(now)
            lines = [l for l in lines if l.strip()]
            brackets = "[]" if key == "provides" else "{}"
            rows.append('  %s: %s\n%s\n  %s' % (line(key), brackets[0], "\n".join(lines)[:-1], brackets[1]))
        else:
            rows.append("  %s: %s" % (line(key), line(value)))
    inner = ",\n".join("    %s: %s" % (line(b["id"]), line(facts(b))) for b in boards)
    rows.insert(len(rows) - 1, '  "boards": {\n%s\n  }' % inner)
    return "{\n" + ",\n".join(rows) + "\n}\n"


def size(n):
    for unit, span in (("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10)):
        if n >= span:
            return ("%.1f" % (n / span)).rstrip("0").rstrip(".") + " " + unit
    return "%d B" % n


def memory(board):
    ram = flash = 0
    for name, (_, length) in board.get("memory", {}).items():
        if name.startswith(("ram", "dram", "dtcm")):         # iram and dram are often the same cells
            ram += length
        elif name == "flash":
            flash = length
    return "%s / %s" % (size(flash) if flash else "-", size(ram) if ram else "-")


def built(board):
    b = board.get("build", {})
    if "tinygo" in b:
        return "TinyGo `%s`" % b["tinygo"]
    if "goarch" not in b:
        return ""
    variant = b.get("goarm") or b.get("gomips")
    return "`%s/%s%s`" % (b.get("goos", ""), b["goarch"], " " + variant if variant else "")


def found(board):
    words = []
    for m in board.get("match", []):
        key = next((k for k in ("usb", "product", "model", "compatible", "gmr", "volume") if k in m), None)
        if key and key not in ("volume",):
            words.append(m[key].strip() if key == "usb" else key)
    return ", ".join(dict.fromkeys(words))


def flashed(board):
    flash = board.get("flash")
    return ", ".join(m["method"] for m in flash) if isinstance(flash, list) else "own" if board["has"]["flash"] else "-"


def table(families):
    out, total = [], sum(len(f["boards"]) for f, _ in families)
    out.append("%d board profiles; `vise board show ID` tells all of one, `vise board find` which one is plugged in." % total)
    for got, doc in families:
        out += ["", "<details><summary><b>%s</b>: %s (%d)</summary>" % (got["plugin"], doc, len(got["boards"])), "",
                "| id | board | chip | flash / RAM | built for | flashed by | found by |", "|---|---|---|---|---|---|---|"]
        for b in sorted(got["boards"], key=lambda b: b["id"]):
            out.append("| `%s` | %s | %s | %s | %s | %s | %s |" % (b["id"], b["name"], b.get("chip", ""), memory(b), built(b),
                                                               flashed(b), found(b)))
        out += ["", "</details>"]
    return "\n".join(out)


def main():
    check = sys.argv[1:2] == ["--check"]
    args = sys.argv[2 if check else 1:]
    top, stale, families = args[1] if len(args) > 1 else ".", [], []

    def settle(path, text, same=lambda a, b: a == b):
        have = open(path, encoding="utf-8").read()
        if not same(have, text):
            stale.append(os.path.relpath(path, top))
            if not check:
                open(path, "w", encoding="utf-8").write(text)

    for name in sorted(os.listdir(os.path.join(top, "plugins"))):
        path = os.path.join(top, "plugins", name, "plugin.json")
        if not os.path.exists(path):
            continue
        got = described(args[0], os.path.dirname(path))
        if got["boards"]:
            families.append((got, json.load(open(path, encoding="utf-8")).get("doc", "").split(":")[0]))
            settle(path, manifest(path, got), lambda a, b: told(a) == told(b))
    readme = os.path.join(top, "README.md")
    text = open(readme, encoding="utf-8").read()
    head, _, rest = text.partition(BEGIN)
    old, mark, tail = rest.partition(END)
    if not mark:
        sys.exit("README.md: no place for the table: %s ... %s" % (BEGIN, END))
    settle(readme, head + BEGIN + "\n" + table(families) + "\n" + END + tail)
    for name in stale:
        print("%s %s" % (name, "is stale: run tests/gates/boards.py" if check else "written"))
    return 1 if check and stale else 0


sys.exit(main())
