#!/bin/sh
# sendfile.t - files to and from a board by raw, X, Y and ZMODEM against lrzsz, cancelled ones, a board that goes away; and pacing, maps, breaks.
. "${srcdir:-.}/tests/lib/tap.sh"
need python3 python3
need sz lrzsz
tmpdir
VISE=$BUILD/vise
PYTHONPATH=$srcdir/tests/lib PYTHONDONTWRITEBYTECODE=1
export VISE PYTHONPATH PYTHONDONTWRITEBYTECODE T
at_end '"$VISE" kill --all >/dev/null 2>&1'

# The board's side of a pty pair: a link $T/dev, orders as lines on descriptor 9: a program to run on the port ("rz -b"),
# "quiet" for none, "gone" to pull the plug, "back" to plug in again.
cat >"$T/board.py" <<'P'
import os, pty, select, socket, subprocess, tty
T = os.environ["T"]
def plug():
    global m, s
    m, s = pty.openpty()
    tty.setraw(s)
    tmp = T + "/dev.new"
    os.symlink(os.ttyname(s), tmp)
    os.rename(tmp, T + "/dev")
plug()
orders = os.open(T + "/orders", os.O_RDWR)
heard = open(T + "/heard", "ab", buffering=0)
child, line, ours = None, b"", None
print("ready", flush=True)
while True:
    r, _, _ = select.select([orders] + ([m] if m >= 0 else []) + ([ours] if ours else []), [], [], 0.05)
    if m in r:
        try:
            got = os.read(m, 65536)
        except OSError:
            got = b""
        if ours:
            try:
                ours.sendall(got)
            except OSError:
                pass
        else:
            heard.write(got)
    if ours and ours in r:
        try:
            got = ours.recv(4096)
        except OSError:
            got = b""
        if got:
            os.write(m, got)
        else:
            ours.close()
            ours = None
    if child is not None and ours is None:
        print("ended", child.wait(), flush=True)
        child = None
    if orders in r:
        line += os.read(orders, 4096)
        while b"\n" in line:
            word, line = line.split(b"\n", 1)
            word = word.decode()
            if word == "gone":
                os.unlink(T + "/dev")
                if child:
                    child.kill()
                os.close(m); os.close(s)
                m = -1
            elif word == "back":
                plug()
            elif word.startswith("say "):
                os.write(m, word[4:].encode() + b"\r\n")
            else:
                ours, its = socket.socketpair()
                child = subprocess.Popen(word.split(), stdin=its, stdout=its, stderr=subprocess.DEVNULL, cwd=T + "/board")
                its.close()
            print("did", word, flush=True)
P
mkdir "$T/board" "$T/here"
mkfifo "$T/orders"
exec 9<>"$T/orders"
spawn python3 "$T/board.py" >>"$T/board.out" 2>"$T/board.err"
wait_for 'grep -q ready "$T/board.out"' 10 || bail "no board"
python3 - "$T" <<'P'
import random, sys
r = random.Random(7)
open(sys.argv[1] + "/image.bin", "wb").write(bytes(r.getrandbits(8) for _ in range(150000)) + b"\x18" * 8 + bytes(range(256)))
open(sys.argv[1] + "/big.bin", "wb").write(bytes(r.getrandbits(8) for _ in range(30000000)))
open(sys.argv[1] + "/lines.txt", "w").write("".join("line %d\n" % i for i in range(5)))
P
S=$XDG_RUNTIME_DIR/vise/b.sock
spawn "$BUILD/vise-bench" --foreground --name b --linger 60s --run "console.open pty:$T/dev" 2>"$T/bench.err"
bench=$pid
wait_for 'test -S "$S" && test -s "${S%sock}json"' 10
dir=$(python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))["dir"])' "${S%sock}json")
wait_for '"$VISE" do --bench b console.list --json | grep -q "\"open\""' 10
ok $? "a console on a board" || note <"$T/bench.err"

vdo()
{
	"$VISE" do --bench b "$@"
}

# order WORDS: given to the board and taken by it
order()
{
	seen=$(grep -c '^did' "$T/board.out")
	printf '%s\n' "$1" >&9
	wait_for 'test "$(grep -c "^did" "$T/board.out")" -gt '"$seen" 10
}

free()
{
	wait_for '! vdo console.list --json | grep -q "\"lock\": \?{"' 20
}

vdo console.log "$T/text.log" times=none >/dev/null
order "say before"
wait_for 'grep -q before "$T/text.log"' 10

# asked PROTO WORDS: what ZMODEM asks for is a notice
asked()
{
	test "$1" = zmodem || return
	wait_for 'grep -q "$2" "$dir/journal.jsonl"' 20
	ok $? "a notice: the board $2"
}

# --- to the board

for proto in zmodem ymodem; do
	rm -f "$T/board/image.bin"
	order "rz --$proto -b -y"
	asked $proto "waits for a file by ZMODEM"
	run vdo console.sendfile "$T/image.bin" $proto wait=on --json
	is "$status" 0 "$proto: sent" || printf '%s\n' "$err" "$out" | note
	wait_for 'grep -q "^ended 0" "$T/board.out"' 20
	same "$T/image.bin" "$T/board/image.bin" "$proto: the board has the same file"
	: >"$T/board.out"
	free
done
order "rz --xmodem -b -c got.bin"
run vdo console.sendfile "$T/image.bin" xmodem-1k wait=on
is "$status" 0 "xmodem-1k: sent"
wait_for 'grep -q "^ended 0" "$T/board.out"' 20
head -c "$(stat -c %s "$T/image.bin")" "$T/board/got.bin" >"$T/got.bin"
same "$T/image.bin" "$T/got.bin" "xmodem-1k: the board has the file, filled up to its last block"
free
test "$(stat -c %s "$T/text.log")" -lt 1000; ok $? "nothing of it is in the text log"
like "$(cat "$T/text.log")" '^# [0-9]+ bytes of a ymodem transfer are in the raw log only$' "but how much there was"
test "$(stat -c %s "$dir/console-main.raw")" -gt 1000
ok $? "the raw log has what the board said meanwhile"
order "say after"
wait_for 'grep -q "^after" "$T/text.log"' 10
ok $? "afterwards the console goes on"

# --- from the board

cp "$T/image.bin" "$T/board/photo.bin"
: >"$T/here/photo.bin"
for proto in zmodem ymodem; do
	: >"$T/board.out"
	order "sz --$proto -b photo.bin"
	asked $proto "wants to send a file by ZMODEM"
	run vdo console.recvfile "$T/here" $proto wait=on
	is "$status" 0 "$proto: received" || printf '%s\n' "$err" | note
	free
done
is "$(stat -c %s "$T/here/photo.bin")" 0 "a file that was there is not replaced"
same "$T/image.bin" "$T/here/photo.bin.0" "but the new one stands beside it"
order "sz --xmodem -b photo.bin"
run vdo console.recvfile "$T/here/x.bin" xmodem wait=on
is "$status" 0 "xmodem: received"
head -c "$(stat -c %s "$T/image.bin")" "$T/here/x.bin" >"$T/got.bin"
same "$T/image.bin" "$T/got.bin" "xmodem: the same bytes"
free

# --- keys are refused meanwhile; cancelling; the board goes away

: >"$T/board.out"
order "rz --zmodem -b -y"
run vdo console.sendfile "$T/big.bin" zmodem
is "$status" 0 "a long transfer begins"
run vdo console.send x
is "$status" 6 "keys are refused meanwhile"
run vdo console.sendfile "$T/lines.txt"
is "$status" 6 "and so is another transfer"
wait_for 'vdo job.list --json | grep -q "\"percent\": \?[1-9]"' 20
ok $? "its progress is told"
says=$(PYTHONPATH=$srcdir/tests/lib python3 - "$S" 2>&1 <<'P'
import sys
from client import Refused, fresh
c = fresh(sys.argv[1])
late = c.ask("command", {"line": "at.send AT wait=20s timeout=300ms"})
c.do("console.cancel")
try:
    c.answer(late, 60)
    raise SystemExit("something answered")
except Refused as e:
    assert e.code == "timeout", (e.code, e.why)     # sent, to a board that does not know it
P
)
ok $? "it can be cancelled, and the AT command that waited for it goes" || printf '%s\n' "$says" | note
wait_for 'grep -q "^ended [1-9]" "$T/board.out"' 20
ok $? "the board's program ends with it"
free
ok $? "and the console is free"
run vdo console.cancel
is "$status" 5 "then there is nothing to cancel"
# not while the AT queue finds its place again after the silence: refused at once, not in mid-transfer
order "rz --zmodem -b -y"
wait_for 'vdo console.sendfile "$T/big.bin" zmodem' 20
wait_for 'vdo job.list --json | grep -q "\"running\".*\"percent\": \?[1-9]"' 20
order gone
wait_for 'vdo job.list --json | grep -q lost' 20
ok $? "a port that is lost in mid-transfer ends it, and the job says why" || vdo job.list --json | note
order back
wait_for 'vdo console.list --json | grep -q "\"open\""' 20
free
ok $? "the console is back and free"
run vdo console.sendfile "$T/none.bin" zmodem
is "$status" 3 "a file that is not there"
run vdo console.sendfile "$T" raw
is "$status" 2 "a folder is no file"
run vdo console.sendfile "$T/lines.txt" kermit
is "$status" 2 "a protocol that is none"

# --- raw, paced, mapped

: >"$T/heard"
run vdo console.sendfile "$T/image.bin" wait=on
is "$status" 0 "raw: sent"
free
wait_for 'cmp -s "$T/image.bin" "$T/heard"' 20
same "$T/image.bin" "$T/heard" "raw: the board heard the file's bytes"
: >"$T/heard"
vdo console.map out:lf=crlf,out:del=bs >/dev/null
vdo console.pace char=2ms line=5ms >/dev/null
run vdo console.pace --json
like "$out" '"line_ms": ?5' "pace says what it is"
vdo 'console.send "ab\x7f\n" map=on' >/dev/null
vdo 'console.send "c\n"' >/dev/null
vdo console.line d >/dev/null
wait_for 'test "$(wc -c <"$T/heard")" -ge 9' 10
is "$(od -An -c "$T/heard" | tr -s ' ')" ' a b \b \r \n c \n d \r' "typed bytes go through the map, in order, with their rests; sent ones as they are"
run vdo console.map in:up=down
is "$status" 2 "a map that is none"
run vdo console.map
is "$out" "out:lf=crlf,out:del=bs" "the map as it is"

# --- the bench's end

order "rz --zmodem -b -y"
wait_for 'vdo console.sendfile "$T/big.bin" zmodem' 20
wait_for 'vdo job.list --json | grep -q "\"running\""' 20
kill "$bench"
wait "$bench"
is $? 0 "a bench that ends in mid-transfer ends well" || note <"$T/bench.err"
plan
