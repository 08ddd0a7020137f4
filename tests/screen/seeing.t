#!/bin/sh
# seeing.t - scrollback, search, filter, levels, times, hex and marks of a console, on screens of two sizes.
. "${srcdir:-.}/tests/lib/tap.sh"
. "$srcdir/tests/data/screen/screens.sh"
need python3 python3
vise_home

cat >"$T/board.py" <<'P'
import os, time
def say(b):
    os.write(1, b)
say(b"U-Boot 2024.01\r\nBooting Linux on physical CPU 0\r\n\r\n")
for i in range(10):
    say(b"I (%d) wifi: sample %d ok\r\nW (%d) i2c: retry %d\r\nE (%d) app: upload %d failed\r\n" % (i, i, i, i, i, i))
welcome = "欢迎使用 welcome [x.y]*\r\n".encode()
say(welcome[:4])
time.sleep(0.05)        # two reads: a character is cut
say(welcome[4:])
say(b"W (9) i2c: retry 9 again\r\nE (9) app: upload 9 failed again\r\nbin \x01\xff\x1b[31mred\x1b[0m end\r\nlogin: ")
while os.read(0, 100):
    pass
P
printf '#!/bin/sh\nstty raw -echo\nexec python3 "%s/board.py"\n' "$T" >"$T/board"
chmod +x "$T/board"
screens seeing 48 160
screens seeing
plan
