#!/bin/sh
# history.t - a viewer that attaches after 6 MB of output: all of it can be scrolled, searched, filtered and gone to, also
# what has left the bench's memory; and console.read and console.save, which give the same bytes.
. "${srcdir:-.}/tests/lib/tap.sh"
. "$srcdir/tests/data/screen/screens.sh"
need python3 python3
vise_home

cat >"$T/board.py" <<'P'
import os, time
def say(b):
    while b:
        b = b[os.write(1, b):]
def lines(a, b):
    return b"".join(b"%06d the board counts and says so\r\n" % i for i in range(a, b))
say(b"the very first line\r\nneedle in the first KB\r\n" + lines(0, 9000))
time.sleep(1.2)
say(b"after the pause\r\n" + lines(9000, 20000) + b"E (20000) app: upload failed once\r\n" + lines(20000, 60000))
say(b"rare: one of two\r\n" + lines(60000, 120000) + b"rare: two of two\r\n")
say(lines(120000, 160000) + b"all is sent\r\n")
while os.read(0, 100):
    pass
P
printf '#!/bin/sh\nstty raw -echo\nexec python3 "%s/board.py"\n' "$T" >"$T/board"
chmod +x "$T/board"

S=$XDG_RUNTIME_DIR/vise/b.sock
spawn "$BUILD/vise-bench" --foreground --name b --linger 60s 2>"$T/bench.err"
wait_for 'test -S "$S" && test -s "${S%sock}json"' 10 || bail "no bench"
dir=$(python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))["dir"])' "${S%sock}json")
"$VISE" do --bench b "console.open \"exec:$T/board\" name=main" >/dev/null
ok $? "a board"
raw=$dir/console-main.raw
wait_for 'tail -c 20 "$raw" | grep -q "all is sent"' 60
ok $? "has sent all"
is "$(($(wc -c <"$raw") > 5000000))" 1 "more than the bench keeps in memory"

keep_bench=1
screens history
screens history 48 160

# the same by commands: pieces end to end, and a file
python3 - "$T/pieces" <<'P'
import json, subprocess, os, sys, base64
at, out = 0, open(sys.argv[1], "wb")
while True:
    r = json.loads(subprocess.run([os.environ["VISE"], "do", "--bench", "b", "--json",
        "console.read from=@%d bytes=256K as=base64" % at], stdout=subprocess.PIPE).stdout)
    out.write(base64.b64decode(r["data"]))
    if r["from"] == at and at == 0:
        assert r["times"][0][0] == 0, r["times"][0]
    assert [t[1] for t in r["times"]] == sorted(t[1] for t in r["times"])
    at = r["to"]
    if at == r["end"]:
        break
P
ok $? "console.read gives pieces with their times"
same "$raw" "$T/pieces" "which are all there is"
run "$VISE" do --bench b "console.save $T/saved"
is "$status" 0 "console.save"
same "$raw" "$T/saved" "writes all of it"
run "$VISE" do --bench b --json 'console.read from=@21 bytes=24'
like "$out" '"data": ?"needle in the first KB' "console.read as text"
run "$VISE" do --bench b 'console.read from=nowhere'
is "$status" 2 "a place that is none"

# another console of the same name goes on in the same log: its offsets begin anew
"$VISE" do --bench b 'console.close' >/dev/null
wait_for '"$VISE" do --bench b "console.open \"exec:echo second\" name=main" >/dev/null 2>&1' 10
wait_for '"$VISE" do --bench b --json "console.read" | grep -q "second"' 10
ok $? "a console opened again reads its own bytes"
plan
