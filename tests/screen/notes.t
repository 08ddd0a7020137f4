#!/bin/sh
# notes.t - what Vise says of a line stands below it: a decoded panic, a JSON line laid out, the line a trigger
# held; on screens of two sizes.
. "${srcdir:-.}/tests/lib/tap.sh"
. "$srcdir/tests/data/screen/screens.sh"
need python3 python3
vise_home

cat >"$T/board.py" <<'P'
import os
def say(b):
    os.write(1, b)
say(b"app starts\r\n")
say(b'{"time":"2024-11-21T07:43:21Z","level":"ERROR","msg":"upload failed","trace_id":"4bf92f0"}\r\n')
say(b"panic: runtime error: index out of range [7] with length 3\r\n\r\n"
    b"goroutine 1 [running]:\r\n"
    b"main.(*sensor).read(...)\r\n\t/home/ann/app/sensor.go:16\r\n"
    b"main.main()\r\n\t/home/ann/app/main.go:41 +0x1c\r\nexit status 2\r\n\r\nshell> ")
while True:
    got = os.read(0, 100)
    if not got:
        break
    if b"\r" in got or b"\n" in got:
        say(b"\r\ntemp 121\r\n" + b"".join(b"after %d\r\n" % i for i in range(5)) + b"shell> ")
    else:
        say(b"<" + got + b">")
P
printf '#!/bin/sh\nstty raw -echo\nexec python3 "%s/board.py"\n' "$T" >"$T/board"
chmod +x "$T/board"
screens crashes
screens crashes 48 160
plan
