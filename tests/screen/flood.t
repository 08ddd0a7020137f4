#!/bin/sh
# flood.t - a megabyte without a line end, a storm of breaks, titles by the thousand, and the same bytes in notices and
# device names: the screen stays sane, the log exact, the memory of viewer and bench bounded.
. "${srcdir:-.}/tests/lib/tap.sh"
. "$srcdir/tests/data/screen/screens.sh"
need python3 python3
vise_home

# A key begins each flood; what was sent is in $T/sent too. @@@@ and #### are seen wherever a row ends in their eight.
cat >"$T/board.py" <<'P'
import os
T = os.environ["T"]
sent = open(T + "/sent", "wb", buffering=0)
def say(b):
    sent.write(b)
    while b:
        b = b[os.write(1, b):]
EVIL = b"\x1b]0;evil title\x07\x1b]2;evil\x1b\\\x9d0;evil\x9c\xc2\x9d0;evil\x07\x1b[21t\x1bkevil\x1b\\"
say(b"board here\r\n")
while True:
    key = os.read(0, 1)
    if key == b"l":         # one line of 4 MB, with no end at all; the last of it is a prompt
        for i in range(65536):
            say(b"%063d>" % i)
        say(b"@@@@@@@@")
    elif key == b"w":       # the same of wide characters, with their modifiers
        say("欢迎使用e\u0301\u0301\u0301\U0001f469\u200d\U0001f680".encode() * 30000)
        say(b"########")
    elif key == b"b":       # a pty shows a break as NUL: alone, in text, between the bytes of a sequence and a character
        say(b"\r\n" + b"\0" * 500000)
        say(b"a\0b\0\x1b\0[\0003\0001\0m\xe6\0\xac\0\xa2\r\n" * 20000)
        say(b"\r\nbreaks done\r\n")
    elif key == b"t":
        for i in range(5000):
            say(EVIL + b" title %d\r\n" % i)
        say(EVIL + b" alarm " + EVIL + b"\xe2\x80\xae\xc2\x9b31m now\r\n")
        say(b"\x1b]0;never ended " + b"x" * 300000 + b"\x07\x1b[0m\r\ntitles done\r\n")
    elif not key:
        break
P
printf '#!/bin/sh\nstty raw -echo\nexec python3 "%s/board.py"\n' "$T" >"$T/board"
chmod +x "$T/board"

S=$XDG_RUNTIME_DIR/vise/b.sock
spawn "$BUILD/vise-bench" --foreground --name b --linger 60s 2>"$T/bench.err"
bench=$pid
wait_for 'test -S "$S" && test -s "${S%sock}json"' 10 || bail "no bench"
dir=$(python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))["dir"])' "${S%sock}json")
"$VISE" do --bench b "console.open \"exec:$T/board\" name=main" >/dev/null
ok $? "a board"
"$VISE" do --bench b 'trigger.add alarm notice' >/dev/null
ok $? "a line of it becomes a notice"
"$VISE" do --bench b "console.open \"pty:$T/ev\\x1b]0;evil\\x07\\xc2\\x9b5n\" name=other" >/dev/null 2>"$T/other"
like "$(od -An -c "$T/other" | tr -d ' \n')" 'ev' "a device with such a name is not there"
unlike "$(od -An -tx1 "$T/other")" '1b|07|9b' "and is told without its bytes"

# watch NAME PID: its largest size so far, in kB, as long as it lives
watch()
{
	while kill -0 "$2" 2>/dev/null; do
		sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$2/status" >"$T/$1.now" 2>/dev/null
		test -s "$T/$1.now" && cp "$T/$1.now" "$T/$1.kb"
		sleep 0.1
	done
}

(
	wait_for 'test -s "$T/viewer.pid"' 60 && watch viewer "$(cat "$T/viewer.pid")"
) &
watcher=$!
keep_bench=1
screens flood
wait $watcher
watch_bench=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$bench/status")
same "$T/sent" "$dir/console-main.raw" "the log has every byte, exactly"

# generous: what is bounded stays far below it, what keeps all it saw in cells or copies does not
most=98304
test -z "$VISE_SANITIZER" || most=2097152
printf '# viewer %s kB, bench %s kB\n' "$(cat "$T/viewer.kb")" "$watch_bench"
test "$(cat "$T/viewer.kb")" -lt $most
ok $? "the viewer's memory is bounded"
test "$watch_bench" -lt $most
ok $? "the bench's too"
plan
