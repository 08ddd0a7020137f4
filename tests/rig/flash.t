#!/bin/bash
# flash.t - boards flashed by the real tools through Vise: boot loaders on ptys and drives (tests/rig/bootboard), the port
# lent and given back, one job with the tool's bar, [READY] awaited.
. "${srcdir:-.}/tests/lib/tap.sh"
need python3 python3
need avrdude avrdude
need bossac bossa-cli
need stm32flash stm32flash
tmpdir
. "$srcdir/tests/lib/flashrig.sh"

# by METHOD BOARD FILE OFFSET BYTES: flashed, the image is fw.bin's, the port is back, [READY] came, one job.
jobs=0
by()
{
	flash "$2" "$3"
	is "$status" 0 "$1: the real tool flashes it, and [READY] comes" || cat "$T/out" "$T/err" | tail -n 30 | note
	tail -c +$(($4 + 1)) "$T/$2.image" | cmp -s - "$T/fw.bin"
	ok $? "$1: what the board has is the file"
	jobs=$((jobs + 1))
	is "$(facts "$2") $(parts)" "open $jobs $5 0" \
		"$1: the port is given back; one job in the list, with its bytes; no process left"
}

image "$T/fw.bin" 6144
hex "$T/fw.bin" "$T/fw.hex"
uf2 "$T/fw.bin" "$T/fw.uf2"

drives
board uno stk500
board stm an3155
board zero samba
board pico uf2 --media "$T/media"
opened uno stm zero pico
ok $? "four boards are there"

by avrdude uno "$T/fw.bin" 0 6144
like "$(cat "$T/out")" '6144 bytes of flash verified' "what the tool says is seen"
by stm32flash stm "$T/fw.bin" 0 6144
by bossac zero "$T/fw.bin" 8192 6144
like "$(cat "$T/zero.log")" ' touch$' "bossac: the 1200-baud touch led into the boot loader"

# ---- UF2: the right drive among several
mkdir -p "$T/media/other/RPI-RP2" "$T/media/USBSTICK"
by uf2 pico "$T/fw.uf2" 0 12288
test -z "$(ls "$T/media/other/RPI-RP2" "$T/media/USBSTICK" | grep -v :)"
ok $? "uf2: nothing went to a drive of the same name without INFO_UF2.TXT, nor to another"

# ---- DFU: a USB device of umockdev
# dfu FAULT [SETS]: no console belongs to it
dfu()
{
	echo "$1" >"$T/dfu.fault"
	shift
	run timeout 60 "$BUILD/vise" flash --bench "$bench" -p dfu "$T/fw.bin" --set ready=off "$@"
}
if dfu_util; then
	dfu none
	is "$status" 0 "dfu-util flashes it" || cat "$T/out" "$T/err" | note
	same "$T/dfu.image" "$T/fw.bin" "dfu-util: what the board has is the file"
	dfu verify
	like "$status $err" "^1 .*verify: .*verification.*BOOT0 high" "dfu-util: a block that the board cannot verify is a verdict"
	dfu gone
	like "$status $err" "^3 .*its flash is half written" "dfu-util: unplugged in the middle"
	dfu leave
	is "$status" 0 "dfu-util: a board that leaves at once has it all, whatever the exit status"
	dfu hang --set limit=1s
	like "$status $err" "^3 .*timeout: dfu-util was not done within 1.0 s" "dfu-util: a board that hangs"
	is "$(facts uno) $(parts)" "open 9 6144 0" "one job each, no process left"
else
	skip "dfu-util: needs it, umockdev and libumockdev-dev"
fi
plan
