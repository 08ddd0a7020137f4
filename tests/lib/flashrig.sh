# flashrig.sh - one bench with several boards of tests/rig/bootboard, for tests of flashing. After tmpdir.
#
#	board NAME KIND [ARGS]		a board behind $T/NAME.port, a console NAME of the bench
#	flash NAME FILE [--set K=V]...	vise flash; $status $out $err
#	fault NAME MOMENT:FAULT		what will go wrong; "" mends it
#	ask LINE			a command of the bench, JSON

PYTHONDONTWRITEBYTECODE=1
PYTHONPATH=$srcdir/tests/lib
export PYTHONDONTWRITEBYTECODE PYTHONPATH
bench=flashrig
sock=$XDG_RUNTIME_DIR/vise/$bench.sock

# Profiles of our own: those of the shipped families, with a ready pattern and what a pty needs.
own=$XDG_CONFIG_HOME/vise/plugins
mkdir -p "$own/rigs" "$T/media" "$T/bin"
cat >"$own/rigs/plugin.json" <<'END'
{"name":"rigs","version":"1.0.0","api":"1.0","provides":["board:uno","board:stm","board:zero","board:pico","board:dfu"],
 "needs":{"serial":true,"exec":["*"]},
 "requires":{"avr":">=1.0","stm32":">=1.0","sam":">=1.0","rp2":">=1.0"}}
END
cat >"$own/rigs/init.lua" <<'END'
local board = require "vise".board
local function console(lend) return { main = { kind = "serial", baud = 115200, on_lost = "wait", ready = "[READY]", lend = lend } } end
board { id = "uno", inherits = "atmega328p", console = console(), image = { format = "bin" },
  flash = { { method = "avrdude", programmer = "arduino", part = "atmega328p", baud = 57600 } } }
board { id = "stm", inherits = "stm32", memory = { flash = { 0x08000000, 0x100000 } }, console = console(), image = { format = "bin" },
  flash = { { method = "stm32flash", baud = 57600, args = { "-m", "8n1" } } } }
board { id = "dfu", inherits = "stm32", memory = { flash = { 0x08000000, 0x100000 } }, console = console(), image = { format = "bin" },
  flash = { { method = "dfu", alt = 0, address = 0x08000000, device = "0483:df11" } } }
board { id = "zero", inherits = "samd21", console = console(), image = { format = "bin" },
  flash = { { method = "bossac", offset = 0x2000, touch = true } } }
board { id = "pico", inherits = "rp2040", console = console() }
END

MEDIA=$T/media PATH=$T/bin:$PATH
export MEDIA PATH T
spawn "$BUILD/vise-bench" --foreground --name "$bench" --linger 60s 2>"$T/bench.err"
wait_for 'test -S "$sock"' 20 || bail "no bench"

ask()
{
	python3 "$srcdir/tests/lib/client.py" "$sock" "$1"
}

# facts NAME: the console's state, how many jobs the list has, the total of the newest one's bar.
facts()
{
	python3 - "$sock" "$1" <<'END'
import sys
from client import fresh
c = fresh(sys.argv[1])
jobs = c.do("job.list")
print([k["state"] for k in c.do("console.list") if k["name"] == sys.argv[2]][0], len(jobs),
      jobs[-1].get("progress", {}).get("total") if jobs else 0)
END
}

# opened NAME...: these consoles are open.
opened()
{
	python3 - "$sock" "$@" <<'END'
import sys
from client import fresh, until
c = fresh(sys.argv[1])
sys.exit(not until(lambda: {k["name"] for k in c.do("console.list") if k["state"] == "open"} >= set(sys.argv[2:]), 30))
END
}

# Tools that the bench still has as children, beside what waits to be reaped: none may wait.
parts()
{
	ps -o comm= --ppid "$pid_bench" | grep -c -e avrdude -e bossac -e stm32flash -e dfu-util -e '^dd$' -e stty -e defunct
}
pid_bench=$pid

board()
{
	board_name=$1 board_kind=$2
	shift 2
	spawn python3 "$srcdir/tests/rig/bootboard" "$board_kind" "$T/$board_name.port" --image "$T/$board_name.image" \
		--log "$T/$board_name.log" "$@"
	wait_for 'test -e "$T/$board_name.port"' 20 || bail "no board $board_name"
	ask "console.open $T/$board_name.port name=$board_name baud=115200" >/dev/null || bail "no console $board_name"
}

flash()
{
	flash_board=$1 flash_file=$2
	shift 2
	run timeout 120 "$BUILD/vise" flash --bench "$bench" -p "$flash_board" --port "$T/$flash_board.port" "$flash_file" \
		--set ready_wait=30s --set wait=30s "$@"
}

fault()
{
	echo "$2" >"$T/$1.port.fault"
}

image()
{
	python3 -c 'import random, sys; random.seed(5); open(sys.argv[1], "wb").write(random.randbytes(int(sys.argv[2])))' "$1" "$2"
}

# uf2 BIN UF2 [FAMILY]
uf2()
{
	python3 - "$1" "$2" "${3:-0xe48bff56}" <<'END'
import struct, sys
data = open(sys.argv[1], "rb").read()
n = (len(data) + 255) // 256
open(sys.argv[2], "wb").write(b"".join(
    struct.pack("<8I", 0x0A324655, 0x9E5D5157, 0x2000, 0x10000000 + i * 256, 256, i, n, int(sys.argv[3], 0)) +
    data[i * 256:i * 256 + 256].ljust(476, b"\0") + struct.pack("<I", 0x0AB16F30) for i in range(n)))
END
}

# hex BIN HEX
hex()
{
	python3 - "$1" "$2" <<'END'
import sys
data = open(sys.argv[1], "rb").read()
out = []
for at in range(0, len(data), 16):
    row = bytes([len(data[at:at + 16]), at >> 8, at & 255, 0]) + data[at:at + 16]
    out.append(":%s%02X\n" % (row.hex().upper(), -sum(row) & 255))
open(sys.argv[2], "w").write("".join(out) + ":00000001FF\n")
END
}

# drives: findmnt(8) and lsblk(8) see the folders of $T/media as mounted drives, and nothing else.
drives()
{
	cat >"$T/bin/findmnt" <<'END'
#!/bin/sh
# Plays findmnt: the drives are the folders of media, whatever they are mounted on.
case $* in
*--poll*) sleep 0.05 ;;
*)	printf '{"filesystems":['
	comma=
	for d in "$MEDIA"/* "$MEDIA"/*/RPI-RP2; do
		test -d "$d" || continue
		printf '%s{"target":"%s","source":"none","label":null}' "$comma" "$d"
		comma=,
	done
	echo ']}' ;;
esac
END
	printf '#!/bin/sh\nexit 0\n' >"$T/bin/lsblk"
	chmod 755 "$T/bin/findmnt" "$T/bin/lsblk"
}

# dfu_util: dfu-util sees an STM32 in its boot loader (tests/rig/dfuboard) on a USB of its own; $T/dfu.fault names a fault.
dfu_util()
{
	command -v dfu-util >/dev/null && command -v umockdev-wrapper >/dev/null || return
	pkg-config --exists umockdev-1.0 2>/dev/null || return
	# without sanitizers: it is preloaded with umockdev
	cc -O1 -o "$T/dfuboard" "$srcdir/tests/rig/dfuboard/dfuboard.c" $(pkg-config --cflags --libs umockdev-1.0) || return
	cat >"$T/bin/dfu-util" <<END
#!/bin/sh
exec umockdev-wrapper $T/dfuboard $srcdir/tests/rig/dfuboard/stm32.umockdev $T/dfu.image "\$(cat $T/dfu.fault)" \
	$(command -v dfu-util) "\$@"
END
	chmod 755 "$T/bin/dfu-util"
	echo none >"$T/dfu.fault"
}
