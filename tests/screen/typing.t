#!/bin/sh
# typing.t - what goes to a board from the keyboard: line input, pastes, echo, maps, a file; on screens of two sizes.
. "${srcdir:-.}/tests/lib/tap.sh"
. "$srcdir/tests/data/screen/screens.sh"
need python3 python3
vise_home

cat >"$T/board.py" <<'P'
import os
os.write(1, b"board here\r\n")
line = b""
while True:
    got = os.read(0, 1000)
    if not got:
        break
    for c in got:
        if c == 3:
            os.write(1, b"heard ^C\r\n")
        elif c in b"\r\n":
            os.write(1, b"heard " + line + b"\r\n")
            line = b""
        else:
            line += bytes([c])
P
printf '#!/bin/sh\nstty raw -echo\nexec python3 "%s/board.py"\n' "$T" >"$T/board"
chmod +x "$T/board"
printf 'from the file\n' >"$T/file.txt"
screens typing
rm -rf "$XDG_STATE_HOME/vise/history"
screens typing 48 160
plan
