#!/bin/sh
# console.t - a console's text logs, maps and saving, by command: what is in the files, also when a disk is full.
. "${srcdir:-.}/tests/lib/tap.sh"
need python3 python3
tmpdir
VISE=$BUILD/vise
export VISE
at_end '"$VISE" kill --all >/dev/null 2>&1'

# board NAME: what is written to descriptor 9 is what the board says; what it hears is in $T/NAME.heard
board()
{
	mkfifo "$T/$1"
	exec 9<>"$T/$1"
	printf '#!/bin/sh\ncat >"%s" &\nexec cat "%s"\n' "$T/$1.heard" "$T/$1" >"$T/$1.sh"
	chmod +x "$T/$1.sh"
}

# bench NAME [ARGUMENTS]: S is its socket, dir its folder, bench its pid
bench()
{
	S=$XDG_RUNTIME_DIR/vise/$1.sock
	name=$1
	shift
	spawn "$BUILD/vise-bench" --foreground --name "$name" --linger 60s "$@" 2>"$T/$name.err"
	bench=$pid
	wait_for 'test -S "$S" && test -s "${S%sock}json"' 10 || return 1
	dir=$(python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))["dir"])' "${S%sock}json")
}

vdo()
{
	"$VISE" do --bench "$name" "$@"
}

# --- text logs

board one
bench one --run "console.open exec:$T/one.sh"
ok $? "a bench with a console" || note <"$T/one.err"
run vdo console.log "$T/plain.log" times=none strip=on --json
is "$status" 0 "console.log begins a text log" || printf '%s\n' "$err" | note
like "$out" '"path": ?"'"$T/plain.log"'"' "and answers with its path"
vdo console.log "$T/wall.log" >/dev/null
vdo console.log "$T/start.log" times=start rotate=1K keep=2 >/dev/null
run vdo console.log "$T/wall.log"
is "$status" 6 "the same file twice is busy"
run vdo console.log "$T/x.log" times=never
is "$status" 2 "a word that is none is usage"
run vdo console.log "$T/no/such/folder"
is "$status" 3 "a folder that is not there is told"
printf '\033[32mhello\033[0m \007world\r\n\346\254' >&9
wait_for 'grep -q hello "$T/plain.log" && grep -q hello "$T/wall.log"' 10
printf '\242\350\277\216\r\nlast' >&9
wait_for 'grep -q last "$T/plain.log" && grep -q last "$T/wall.log" && grep -q last "$T/start.log"' 10
is "$(cat "$T/plain.log")" "hello world
欢迎
last" "stripped, a character cut by the read whole, the prompt at once"
like "$(cat "$T/wall.log")" '^20[0-9-]*T[0-9:.]*Z \| \\x1b\[32mhello\\x1b\[0m \\x07world$' "else as \\xNN, with wall time"
like "$(cat "$T/start.log")" '^\[ *[0-9]+\.[0-9]{3}\] \| 欢迎$' "or seconds since the start"
run vdo console.log.list
is "$(printf '%s\n' "$out" | grep -c "$T")" 3 "three logs at once"
python3 -c 'for i in range(200): print("line %03d" % i, flush=True)' >&9
# the last line may be the one that a rotation took along
wait_for 'grep -q "line 199" "$T/plain.log" && cat "$T/start.log"* | grep -q "line 199"' 10
test -s "$T/start.log.1" && test -s "$T/start.log.2" && test ! -e "$T/start.log.3"
ok $? "a log past its size is rotated, and no more than keep are kept"
vdo console.log.off "$T/wall.log" >/dev/null
run vdo console.log.off "$T/wall.log"
is "$status" 3 "a log that ended is not there"
vdo console.log off >/dev/null
is "$(vdo console.log.list --json)" "[]" "off ends all"
vdo console.log "$T/plain.log" times=none append=off >/dev/null
printf '\r\nagain\r\n' >&9
wait_for 'grep -q again "$T/plain.log"' 10
is "$(grep -c . "$T/plain.log")" 1 "append=off begins anew"
vdo console.log off >/dev/null

# --- saving a part of it

vdo mark.set here >/dev/null
printf 'behind the mark\r\n' >&9
wait_for 'grep -aq "behind the mark" "$dir/console-main.raw"' 10
run vdo console.save "$T/part" from=mark:here
is "$(tr -d '\r' <"$T/part")" "behind the mark" "console.save: from a mark, exact bytes"
vdo console.save "$T/all" >/dev/null
same "$T/all" "$dir/console-main.raw" "and all of it"
run vdo console.save "$T/x" from=mark:nowhere
is "$status" 2 "a place that is none"
mkdir "$T/sub"
(cd "$T/sub" && vdo console.save x from=@4 to=@9 && vdo job.run wait=on -- touch ran) >/dev/null
is "$(stat -c %s "$T/sub/x")" 5 "and by offsets; a bare name is in the folder of who asks"
test -e "$T/sub/ran"; ok $? "where programs run, too"

# --- vise console

printf '#!/bin/sh\nstty raw -echo\nexec python3 "%s"\n' "$T/echo.py" >"$T/echo"
cat >"$T/echo.py" <<'P'
import os, time
os.write(1, b"a \x1b[1;31mcol\x1b[")
time.sleep(0.05)
os.write(1, b"0mour\r\n")
os.write(1, "error 1 欢迎使用\r\nfine 2\r\nerror 3\r\n\x1b]0;evil\x07\x1b[6n\u202e\u009b31m<\r\n".encode())
while True:
    got = os.read(0, 100)
    if not got:
        break
    os.write(1, b"heard " + got.hex().encode() + b"\r\n")
P
chmod +x "$T/echo"
printf 'hi\n' >"$T/in"
"$VISE" console "exec:$T/echo" --map out:lf=cr --filter 'error|heard|colour' --times start --quiet 2500ms <"$T/in" >"$T/out" 2>"$T/err"
is $? 0 "vise console: a pipe ends after its quiet time"
like "$(cat "$T/out")" '^\[ *[0-9.]+\] error 1 欢迎使用' "with times"
like "$(cat "$T/out")" 'a colour.?$' "colours do not hide text, and stay out of a pipe"
unlike "$(cat "$T/out")" 'fine 2' "lines that do not match are left out"
like "$(cat "$T/out")" 'heard 68690d' "and what is sent is mapped"
"$VISE" console "exec:$T/echo" --map in:cr=none --echo --color exact --quiet 2500ms --log "$T/plain.raw" <"$T/in" >"$T/out" 2>"$T/err"
unlike "$(od -An -c "$T/out" | tr -d ' ')" '\\r' "the map of what is shown"
like "$(cat "$T/out")" '^hi$' "local echo"
like "$(od -An -c "$T/out" | tr -d ' \n')" 'a033\[1;31mcol033\[0mour' "--color exact: the board's own bytes"
# A program that is gone before anybody listens: what it said is shown, then how it ended.
lost=0
for i in 1 2 3 4 5 6; do
	run "$VISE" console "exec:echo gone at once" </dev/null
	test "$out" = "gone at once" && test "$status" -eq 3 && grep -q 'ended with status 0' "$T/err" || lost=$((lost + 1))
done
is "$lost" 0 "what came before the port went is shown, six times of six"

run "$VISE" console "exec:$T/echo" --color sometimes
is "$status" 2 "colours as they cannot be"
like "$(od -An -c "$T/plain.raw" | tr -d ' \n')" 'fine2\\r' "the log has the bytes as they came"
run "$VISE" console "exec:$T/echo" --map up
is "$status" 2 "a map that is none"
run "$VISE" console "exec:$T/echo" --times never
is "$status" 2 "a kind of time that is none"
python3 - "$VISE" "$T/echo" >"$T/says" 2>&1 <<'P'
import os, pty, select, sys, termios, time
pid, fd = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], [sys.argv[1], "console", "exec:" + sys.argv[2]])
out = b""
def until(what, seconds=20):
    global out
    end = time.time() + seconds
    while what not in out:
        assert time.time() < end, (what, out)
        if select.select([fd], [], [], 0.1)[0]:
            try:
                got = os.read(fd, 65536)
            except OSError:
                got = b""
            assert got, ("ended", out)
            out += got
before = termios.tcgetattr(fd)
until("欢迎使用".encode())
until(b"^T q leaves")
until(b"31m<")
for evil in (b"\x1b]0;", b"\x1b[6n", b"\xe2\x80\xae", b"\xc2\x9b"):
    assert evil not in out, (evil, out)
assert b"a \x1b[1;31mcol\x1b[0mour" in out, out        # colours alone are the terminal's
assert b"\\x1b]0;evil\\x07\\x1b[6n\\xe2\\x80\\xae" in out, out
os.write(fd, b"\x03")                # the board's, not ours
until(b"heard 03")
os.write(fd, b"\x14\x14")
until(b"heard 14")
os.write(fd, b"\x14x")
until(b"\r\n[^T q leaves")
os.write(fd, b"\x14q")
end = time.time() + 20
while True:
    done, status = os.waitpid(pid, os.WNOHANG)
    if done:
        break
    assert time.time() < end
    if select.select([fd], [], [], 0.05)[0]:
        try:
            os.read(fd, 4096)
        except OSError:
            pass
assert os.waitstatus_to_exitcode(status) == 0, status
P
ok $? "on a terminal: keys go to the board, ^T q leaves, nothing of the board steers the terminal" || note <"$T/says"

# --- a disk that is full: here a limit on the size of files, lifted later

if command -v prlimit >/dev/null 2>&1 && prlimit --fsize=200000:unlimited true 2>/dev/null; then
	board full
	S=$XDG_RUNTIME_DIR/vise/full.sock name=full
	spawn prlimit --fsize=200000:unlimited "$BUILD/vise-bench" --foreground --name full --linger 60s \
		--run "console.open exec:$T/full.sh" 2>"$T/full.err"
	bench=$pid
	wait_for 'test -S "$S" && test -s "${S%sock}json"' 10
	dir=$(python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))["dir"])' "${S%sock}json")
	vdo console.log "$T/full.log" times=none >/dev/null
	python3 -c 'for i in range(3000): print("%07d " % i + "x" * 91, flush=(i % 100 == 0))' >&9
	wait_for 'vdo console.log.list --json | grep -q "\"failing\": \?true"' 20
	ok $? "a text log that cannot be written is told"
	wait_for 'grep -q "\"alarm\"" "$dir/journal.jsonl"' 10
	ok $? "as an alarm"
	python3 -c 'for i in range(3000, 90000): print("%07d " % i + "x" * 91)' >&9
	wait_for 'vdo console.list --json | python3 -c "import json,sys; sys.exit(json.load(sys.stdin)[0][\"rx\"] < 90000 * 100)"' 60
	ok $? "the console reads on"
	prlimit --pid "$bench" --fsize=unlimited
	wait_for 'vdo console.log.list --json | grep -q "\"failing\": \?false"' 20
	ok $? "with room again it is written again"
	printf 'the end\n' >&9
	wait_for 'grep -q "the end" "$T/full.log" && grep -aq "the end" "$dir/console-main.raw"' 20
	ok $? "both logs go on"
	like "$(cat "$T/full.log")" '^# [0-9]+ bytes are missing$' "the hole stands in the text log"
	lost=$(sed -n 's/^# \([0-9]*\) bytes are missing$/\1/p' "$T/full.log" | head -n 1)
	# the journal is up to 100 ms behind
	wait_for 'grep -q "log.hole" "$dir/journal.jsonl" && grep -q "bytes are missing in console-main.raw" "$dir/journal.jsonl"' 10
	like "$(cat "$dir/journal.jsonl")" '"log.hole".*full.log|full.log.*"log.hole"' "and in the journal"
	like "$(cat "$dir/journal.jsonl")" '"mark".*bytes are missing in console-main.raw' "and on the console"
	python3 - "$dir/console-main.raw" "$T/full.log" "$lost" >"$T/says" 2>&1 <<'P'
import sys
raw, holes = open(sys.argv[1], "rb").read(), open(sys.argv[1] + ".holes").read().split()
lost = sum(int(b) - int(a) for a, b in zip(holes[::2], holes[1::2]))
said = b"".join(b"%07d " % i + b"x" * 91 + b"\n" for i in range(90000)) + b"the end\n"
raw = raw.replace(b"\r\n", b"\n")
assert len(raw) + lost == len(said), (len(raw), lost, len(said))
at = int(holes[0])
assert raw == said[:at] + said[int(holes[1]):], "raw log is not the board's bytes less the hole"
text = open(sys.argv[2], "rb").read()
missing = b"# %d bytes are missing\n" % int(sys.argv[3])
before, after = text.split(missing)
assert said.startswith(before.rstrip(b"\n")), "the text before the hole"
assert len(before.rstrip(b"\n")) + int(sys.argv[3]) <= len(said)
after = b"".join(l for l in after.split(b"\n", 1)[1].splitlines(True) if not l.startswith(b"# "))
assert said.endswith(after) and len(after) > 1000000, "the text behind it"
P
	ok $? "raw log and holes add up to every byte the board sent; the text log has the rest exactly" ||
		note <"$T/says"
else
	skip "no prlimit (Debian package util-linux) with a file size limit here"
fi
plan
