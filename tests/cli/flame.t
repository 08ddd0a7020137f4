#!/bin/sh
# vise pprof flame: icicle, SVG, folded stacks, speedscope, text and pb.gz, each read by what reads it.
. "${srcdir:-.}/tests/lib/tap.sh"
need python3 python3
tmpdir
: "${VISE:=$BUILD/vise}"
A=$srcdir/tests/data/pprof/heap-a.pb.gz
B=$srcdir/tests/data/pprof/heap-b.pb.gz

run "$VISE" pprof flame
is "$status" 2 "no profile is a usage error"
run "$VISE" pprof flame --help
like "$out" '^usage: vise pprof flame' "help"
run "$VISE" pprof flame --growth --shrink "$A" "$B"
is "$status" 2 "growth and shrink exclude each other"
run "$VISE" pprof flame --width wide "$A" "$B"
is "$status" 2 "an unknown width"
run "$VISE" pprof flame "$B" -o "$T/x.jpeg"
is "$status" 2 "a kind of file that is none"
like "$err" 'speedscope' "the kinds are named"
run "$VISE" pprof flame --json "$T/absent.pb.gz"
like "$out" '^\{"error":\{"code":"not_found"' "errors are JSON where asked"

run "$VISE" pprof flame "$A" "$B" --columns 80
is "$status" 0 "an icicle of the difference"
like "$out" '^inuse_space +A .*B .* \+8\.15kB$' "its first line says what is compared"
like "$out" '^\|\+main\.walk .*\|\+main\.dump .*\|-rand\.NewSource +\|$' "boxes carry their sign"
awk 'NR > 1 && length($0) > 80 { exit 1 }' "$T/out"
ok $? "no row is wider than asked for"
run "$VISE" pprof flame "$A" "$B" --growth --columns 80
unlike "$out" '\|-' "growth only: nothing shrank"
run "$VISE" pprof flame --from main.dump "$B" --columns 80
like "$out" '^\| main\.dump ' "from a function on"
run "$VISE" pprof flame --zoom 'runtime.main;main.main;main.dump' "$B" --columns 80
like "$out" '^\| main\.dump ' "below a stack's beginning"
run "$VISE" pprof flame --from no.such "$B"
is "$status" 3 "a function that is nowhere"

run "$VISE" pprof flame --json --columns 40 "$A" "$B"
python3 - "$T/out" <<'P'
import json, sys
o = json.load(open(sys.argv[1]))
assert o["type"] == "inuse_space" and o["diff"] and o["delta"] == o["total_b"] - o["total_a"], o
f = o["flame"]
for i, b in enumerate(f["boxes"]):
    assert 0 <= b["x"] and b["x"] + b["w"] <= f["w"] + 1e-6, b
    assert b["w"] >= f["w"] / 40 or "more" in b, b
    if b["parent"] >= 0:
        p = f["boxes"][b["parent"]]
        assert p["depth"] + 1 == b["depth"] and p["x"] <= b["x"] and b["x"] + b["w"] <= p["x"] + p["w"] + 1e-6
    else:
        assert b["depth"] == 0
P
ok $? "the boxes as JSON lie within their parents and are as wide as asked"

for end in svg folded speedscope.json txt pb.gz; do
	run "$VISE" pprof flame "$A" "$B" -o "$T/x.$end"
	is "$status" 0 "written: .$end" || printf '%s\n' "$err" | note
done
test "$(stat -c %a "$T/x.svg")" = 600
ok $? "readable by their owner alone"

# A profile whose names try to break out of every format.
python3 - "$T/hostile.pb" <<'P'
import sys
def varint(n):
    out = b""
    while n > 127:
        out += bytes([n & 127 | 128]); n >>= 7
    return out + bytes([n])
def field(n, v):
    return varint(n << 3) + varint(v) if isinstance(v, int) else varint(n << 3 | 2) + varint(len(v)) + v
names = [b"</title<script<alert(1)</script", b"a;b]]>\"'&\\", b"\xff\xfe\x00\x1b[31m", "\ufffe\uffff\u009b".encode(), b"\n\r\t"]
strings = [b"", b"inuse_space", b"bytes"] + names
p = field(1, field(1, 1) + field(2, 2))
for i in range(len(names)):
    p += field(5, field(1, i + 1) + field(2, 3 + i) + field(4, 3 + i))
    p += field(4, field(1, i + 1) + field(4, field(1, i + 1) + field(2, 7)))
    p += field(2, b"".join(field(1, j + 1) for j in range(i, -1, -1)) + field(2, 100 + i))
for s in strings:
    p += field(6, s)
open(sys.argv[1], "wb").write(p)
P
for end in svg folded speedscope.json txt pb.gz; do
	run "$VISE" pprof flame "$T/hostile.pb" -o "$T/h.$end" --title '<&">]]>'
	is "$status" 0 "hostile names: .$end" || printf '%s\n' "$err" | note
done

python3 - "$T/x.svg" "$T/h.svg" <<'P'
import sys, xml.etree.ElementTree as E
for path in sys.argv[1:]:
    root = E.parse(path).getroot()
    ns = "{http://www.w3.org/2000/svg}"
    assert root.tag == ns + "svg"
    scripts = root.findall(".//" + ns + "script")
    assert len(scripts) == 1 and "alert" not in scripts[0].text
    boxes = [g for g in root.iter(ns + "g") if g.get("class") == "b"]
    assert len(boxes) >= 5, len(boxes)
    for g in boxes:
        assert g.find(ns + "title").text and float(g.get("data-w")) > 0
        assert 0 <= float(g.get("data-x")) <= 1.000001
    for e in root.iter():
        assert not any(k.startswith("on") or k.endswith("href") for k in e.attrib), e.attrib
    for word in "search", "reset", "say":
        assert root.find(".//*[@id='%s']" % word) is not None
x = open(sys.argv[1]).read()
assert "red + grew, blue - shrank" in x and ">+main.walk" in x and ">-math/rand.NewSource" in x
P
ok $? "the SVGs are well-formed, have one script, no handlers, no links, and say their colours"

python3 - "$T/x.speedscope.json" "$T/h.speedscope.json" <<'P'
import json, sys
# the rules of file-format-spec.ts for sampled profiles
for path in sys.argv[1:]:
    o = json.load(open(path))
    assert o["$schema"] == "https://www.speedscope.app/file-format-schema.json"
    assert 0 <= o["activeProfileIndex"] < len(o["profiles"])
    frames = o["shared"]["frames"]
    for f in frames:
        assert isinstance(f["name"], str) and set(f) <= {"name", "file", "line", "col"}
        assert isinstance(f.get("file", ""), str) and isinstance(f.get("line", 1), int)
    for p in o["profiles"]:
        assert p["type"] == "sampled" and p["unit"] in ("none", "nanoseconds", "microseconds", "milliseconds", "seconds", "bytes")
        assert len(p["samples"]) == len(p["weights"]) and all(w >= 0 for w in p["weights"])
        assert all(0 <= i < len(frames) for s in p["samples"] for i in s)
        assert p["startValue"] == 0 and p["endValue"] == sum(p["weights"])
o = json.load(open(sys.argv[1]))
assert [p["name"].split()[-1] for p in o["profiles"]] == ["grew", "shrank", "B", "A"]
by = {p["name"].split()[-1]: p["endValue"] for p in o["profiles"]}
assert by["grew"] - by["shrank"] == by["B"] - by["A"], by
assert any(f.get("line") for f in o["shared"]["frames"])
P
ok $? "speedscope's schema holds, and growth less shrinkage is B less A"

python3 - "$T/x.folded" "$T/h.folded" <<'P'
import sys
a = b = 0
for line in open(sys.argv[1]):
    stack, x, y = line.rsplit(" ", 2)
    assert stack and all(stack.split(";"))
    a, b = a + int(x), b + int(y)
assert (a, b) == (40880, 49224), (a, b)
rows = open(sys.argv[2]).read().split("\n")[:-1]
assert len(rows) == 5 and all(r.rsplit(" ", 1)[1].isdigit() for r in rows), rows
assert all(len(r.rsplit(" ", 1)[0].split(";")) == i + 1 for i, r in enumerate(rows)), rows
P
ok $? "folded stacks: two columns that add up to A and B; hostile names stay one frame each" ||
	awk '{ a += $(NF - 1); b += $NF } END { print a, b }' "$T/x.folded" | note

run "$VISE" pprof flame "$A" "$B" --format folded --folded delta -o -
like "$out" '^runtime\.main;main\.main;.* -[0-9]+$' "folded differences to standard output"
run "$VISE" pprof flame "$B" --format pb.gz
is "$status" 3 "binary is not printed"
like "$(cat "$T/x.txt")" '^ +-5\.25kB .* gone +math/rand\.NewSource$' "the text says what is gone"
like "$(cat "$T/x.txt")" ' rows are not listed \([0-9]+ below ' "and what is not listed"

run "$VISE" pprof top --json "$T/x.pb.gz"
like "$out" '"total":[0-9]+' "the saved difference is read again"
if command -v go >/dev/null 2>&1; then
	go_env
	(cd "$T" && go tool pprof -top -lines x.pb.gz) >"$T/go.txt" 2>"$T/go.err"
	ok $? "go tool pprof opens it" || note <"$T/go.err"
	like "$(cat "$T/go.txt")" '5\.25kB.* math/rand\.NewSource .*rng?.*go:[0-9]+|5\.25kB.* math/rand\.NewSource ' "with the same values"
else
	skip "go tool pprof opens it (no go)"
fi
run "$VISE" pprof flame "$B" -o "$T/no/such/folder/x.svg"
isnt "$status" 0 "a folder that is not there"
like "$err" 'x\.svg' "names the file"

# --- the same of a bench: what the screen asks, with words

spawn "$BUILD/vise-bench" --foreground --name looks --linger 60s
wait_for 'test -S "$XDG_RUNTIME_DIR/vise/looks.sock"' 20
ok $? "a bench"
run "$VISE" do --bench looks --json "profile.view"
isnt "$status" 0 "nothing is chosen yet"
like "$out" 'profile\.grab' "the next step is told"
run "$VISE" do --bench looks "profile.load $A $B"
is "$status" 0 "two profiles are chosen"
run "$VISE" do --bench looks --json "profile.view parts=table,flame limit=2 sort=cum only=growth columns=20"
like "$out" '"table":.*"sort":"cum"' "rows and boxes"
run "$VISE" do --bench looks --json "profile.view parts=table match=NewSource type=inuse_space"
like "$out" '"name":"math/rand.NewSource","flat":-5376' "rows that match"
run "$VISE" do --bench looks --json "profile.details hash/crc32.slicingMakeTable"
like "$out" '"callers":\[\{"name":"hash/crc32.archInitIEEE"' "details of a function"
run "$VISE" do --bench looks --json "profile.details no.such"
isnt "$status" 0 "a function that is nowhere"
run "$VISE" do --bench looks "profile.export $T/bench.speedscope.json focus=crc32"
is "$status" 0 "an export"
python3 -c 'import json,sys; o=json.load(open(sys.argv[1])); assert any("crc32" in f["name"] for f in o["shared"]["frames"])' "$T/bench.speedscope.json"
ok $? "is a speedscope file"
run "$VISE" do --bench looks "profile.export ../x.svg"
isnt "$status" 0 "no way out of the bench's folder by a relative name"
run "$VISE" do --bench looks "profile.leaks"
isnt "$status" 0 "no series yet"
plan
