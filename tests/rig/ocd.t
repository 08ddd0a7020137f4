#!/bin/bash
# ocd.t - `vise ocd` and the openocd method on an unmodified OpenOCD with its stock interface and target files: a Cortex-M4
# and an M3 behind remote_bitbang, a micro:bit behind a CMSIS-DAP probe that libumockdev plays, pulled at five moments.
. "${srcdir:-.}/tests/lib/tap.sh"
need python3 python3
need openocd openocd
need qemu-system-arm qemu-system-arm
need arm-none-eabi-gcc gcc-arm-none-eabi
need umockdev-wrapper umockdev
need pkg-config pkg-config
pkg-config --exists umockdev-1.0 || skip_all "needs libumockdev (Debian package libumockdev-dev)"
tmpdir
vise=$BUILD/vise
rig=$srcdir/tests/rig
fw=$T/fw
TMPDIR=$T
export TMPDIR
OPENOCD=$(command -v openocd)
mkdir -p "$T/bin" "$XDG_CONFIG_HOME/vise/plugins/rig"

{
	make -s -C "$rig/openocd" OUT="$T" all
	make -s -C "$rig/qemu-board" OUT="$fw" "$fw/fw-3.2.1.elf" "$fw/microbit/fw-3.3.0.elf" \
		"$fw/stm32vldiscovery/fw-3.2.1.elf" "$fw/stm32vldiscovery/fw-3.3.0.elf"
} >"$T/make.log" 2>&1
ok $? "the probes and the firmware build" || { note <"$T/make.log"; plan; exit 1; }
"$rig/qemu-board/board" start "$T/m4" "$fw/fw-3.2.1.elf" --life 300 >"$T/m4.log" 2>&1 &&
	"$rig/qemu-board/board" start "$T/m3" "$fw/stm32vldiscovery/fw-3.2.1.elf" --life 300 >"$T/m3.log" 2>&1 &&
	"$rig/qemu-board/board" start "$T/m0" blank --machine microbit --life 300 >"$T/m0.log" 2>&1
ok $? "an STM32F405 and an STM32F100 run, and a blank nRF51" || { note <"$T/m4.log"; plan; exit 1; }
for b in m0 m3 m4; do
	at_end "'$rig/qemu-board/board' stop '$T/$b' >/dev/null 2>&1"
done

# OpenOCD alone sees the played USB device
cat >"$T/bin/openocd" <<END
#!/bin/sh
test ! -f "$T/usb.env" || exec env \$(cat "$T/usb.env") "$OPENOCD" "\$@"
exec "$OPENOCD" "\$@"
END
chmod 755 "$T/bin/openocd"
PATH=$T/bin:$PATH
export PATH
cat >"$XDG_CONFIG_HOME/vise/plugins/rig/plugin.json" <<'END'
{"name":"rig","version":"1.0.0","api":"1.0","provides":["board:rig-m0","board:rig-m3","board:rig-m4"],"needs":{"exec":["openocd","gdb-multiarch"]},
 "options":{"socket":{"type":"string","default":"","doc":"of the probe"},"other":{"type":"string","default":"","doc":"an image to verify against"}}}
END
cat >"$XDG_CONFIG_HOME/vise/plugins/rig/init.lua" <<'END'
local vise = require "vise"
-- QEMU's CPU cannot write its flash: no flash loader, so no work area
local probe = { "adapter driver remote_bitbang", "remote_bitbang host " .. vise.plugin.options.socket, "set WORKAREASIZE 0" }
vise.board { id = "rig-m4", svd = "rig.svd", memory = { flash = { 0x08000000, 0x100000 }, ram = { 0x20000000, 0x20000 } },
  flash = { { method = "openocd", before = probe, transport = "jtag", target = "stm32f4x", hooks = vise.fpscr_hooks() } } }
-- what it writes is verified against another image: a real difference, found by OpenOCD itself
vise.board { id = "rig-m0", memory = { flash = { 0, 0x40000 }, ram = { 0x20000000, 0x4000 } },
  flash = { { method = "openocd", interface = "cmsis-dap", transport = "swd", target = "nrf51",
    after = { "$_TARGETNAME configure -event reset-end { if {[info commands vise_real] eq {}} { rename verify_image vise_real; " ..
      "proc verify_image args { vise_real {" .. vise.plugin.options.other .. "} } } }" } } } }
vise.board { id = "rig-m3", memory = { flash = { 0x08000000, 0x20000 }, ram = { 0x20000000, 0x2000 } },
  flash = { { method = "openocd", before = probe, transport = "jtag", target = "stm32f1x" } } }
END

cp "$srcdir/tests/data/svd/rig.svd" "$XDG_CONFIG_HOME/vise/plugins/rig/"

# bits BOARD KIND: a remote_bitbang probe at its board: pid
bits()
{
	spawn "$T/dapsim" "$T/$1.sock" "$T/$1" "$1" >"$T/$1.probe" 2>&1
	wait_for "grep -q ready '$T/$1.probe'" 20
}

# usb [WHEN]: the CMSIS-DAP probe; usb_pid is the one that a signal unplugs
usb()
{
	rm -f "$T/usb.env"
	spawn umockdev-wrapper "$T/cmsisdap" "$T/m0" m0 "$T/usb.env" "$rig/openocd/cmsisdap.umockdev" "$@" >"$T/usb.log" 2>&1
	wrapper=$pid
	wait_for "test -s '$T/usb.env'" 20
	usb_pid=$(pgrep -P "$wrapper" -x cmsisdap || echo "$wrapper")
}

unusb()
{
	kill "$usb_pid" 2>/dev/null
	wait "$wrapper" 2>/dev/null
}

o()
{
	run timeout 60 "$vise" ocd "$@"
}

shown()
{
	printf 'status %s\n%s\n%s\n' "$status" "$out" "$err" | head -n 40 | note
}

# no OpenOCD of ours is left, nor a dead one that nobody buried
gone()
{
	! pgrep -f "$T/" -x openocd >/dev/null && ! ps -eo stat,args | grep -q '^Z.*\[openocd\]'
}

py()
{
	says=$(python3 - 2>&1)
	ok $? "$1" || printf '%s\n' "$says" | note
}

# ---- a Cortex-M4 over remote_bitbang, stock target/stm32f4x.cfg

bits m4
ok $? "the probe is there" || { note <"$T/m4.probe"; plan; exit 1; }
m4probe=$pid
o start -p rig-m4 --set "socket=$T/m4.sock"
is "$status" 0 "OpenOCD starts and stays" || { shown; plan; exit 1; }
like "$out" '^stm32f4x\.cpu  cortex_m  running$' "its target runs"
at_end "'$vise' kill --all >/dev/null 2>&1"
o targets
is "$status $out" "0 * stm32f4x.cpu             cortex_m     running" "targets"
o regs pc
is "$status" 3 "registers of a core that runs are refused: 3" || shown
like "$err" 'stm32f4x\.cpu is running: its registers can be read when it is halted' "in words"
o halt
like "$status $out" '^0 stm32f4x\.cpu: halted at 0x0800[0-9a-f]{4}$' "halt" || shown
o regs pc sp --elf "$fw/fw-3.2.1.elf"
like "$out" '^pc +0x0800[0-9a-f]{4} [a-z_]+ \((fw\.c|board\.h):[0-9]+\)$' "registers, with the place of the pc" || shown
o step 3
like "$status $out" '^0 stm32f4x\.cpu: halted at' "three steps" || shown
o set r7 0x1234
o regs r7 --json
is "$out" '[{"name":"r7","value":"0x00001234"}]' "a register is written" || shown
o tcl -- 'echo [stm32f4x.cpu cget -event step-end]; echo "kept $::vise_fpscr."'
like "$out" 'set_reg \[list fpscr' "the profile's hooks are there" || shown
like "$out" '^kept \.$' "they leave alone what cannot be read: the floating point unit is off"
o write 0xe000ed88 0x00f00000
o step
o tcl -- 'echo "kept $::vise_fpscr."'
like "$out" '^kept 0x0+\.$' "and keep FPSCR over a step when it is on" || shown
o read nv --json
is "$status" 0 "memory by a variable's name" || shown
o write 0x2001f000 0x11223344 0x55667788
o read 0x2001f000 3 --width 16
like "$out" '^0x2001f000  3344 1122 7788 ' "memory written and read" || shown
o read nothing_here
is "$status" 3 "a variable that is not there: 3" || shown
like "$err" 'nothing_here: the program has no variable of this name' "is named"
o resume
o watch ticks loops nv.magic --every 50ms --count 3 --json
is "$status" 0 "variables are watched" || shown
printf '%s\n' "$out" >"$T/live"
py "they change while the core runs on, each with its type" <<P
import json
rows = [{r["name"]: r for r in json.loads(l)["rows"]} for l in open("$T/live")]
ticks = [r["ticks"]["number"] for r in rows]
assert len(rows) == 3 and ticks[0] < ticks[1] < ticks[2], ticks
assert rows[0]["loops"]["value"] == "7" and rows[0]["nv.magic"]["value"] == str(0x56495345), rows[0]
assert rows[0]["ticks"]["type"] == "uint32_t" and rows[0]["ticks"]["size"] == 4, rows[0]
P
run "$vise" do gauge.list --json
like "$out" '"id":"live.ticks"' "they are gauges too" || shown
# peripherals, by the profile's SVD file: a mailbox in RAM, and a real serial port
o write 0x2001f000 0x00403503 7 0 0x11 0x22 0x33
o regs box.ctrl BOX.TAKE BOX.KEY BOX.SAFE BOX.BYTE BOX.CH --json
is "$status" 0 "registers of a peripheral, while the core runs" || shown
printf '%s\n' "$out" >"$T/svd"
py "values and fields in words; what reading would change is left alone, and says so" <<P
import json
rows = {r["name"]: r for r in json.load(open("$T/svd"))}
assert list(rows)[:2] == ["BOX.CTRL", "BOX.KEY"] and len(rows) == 11, list(rows)
f = {f["name"]: f for f in rows["BOX.CTRL"]["fields"]}
assert rows["BOX.CTRL"]["value"] == "0x00403503" and rows["BOX.CTRL"]["addr"] == "0x2001f000", rows
assert [f[n]["value"] for n in ("EN", "MODE", "PINA", "PINB", "PIND")] == [1, 1, 5, 3, 4], f
assert f["MODE"]["word"] == "other" and "value" not in f["LATE"] and "bits" in f["LATE"]["why"], f
for n, why in (("TAKE", "reading changes it (clear)"), ("KEY", "only be written"), ("SAFE", "secure")):
    assert why in rows["BOX." + n]["why"] and "value" not in rows["BOX." + n], rows["BOX." + n]
assert rows["BOX.BYTE"]["value"] == "0x33" and rows["BOX.CH[1].WIDE"]["value"] == "0x%016x" % 0, rows
P
o read BOX.TAKE --effects
like "$out" '^BOX\.TAKE 0x2001f00c 0x00000011' "unless it is asked for" || shown
o regs usart1.sr
like "$out" '^ +7 TXE 1 +empty: it takes a byte$' "a device's own register, in words" || shown
o write BOX.BYTE 0x7f
o read 0x2001f014 4 --width 8
like "$out" '^0x2001f014  7f 00 00 00 ' "one is written in its own size" || shown
o write USART1.SR 1
is "$status" 2 "one that can only be read: 2" || shown
o regs BOX.NOPE
is "$status" 3 "one that is not there: 3" || shown
like "$err" 'BOX\.NOPE: no such register in .*/rig\.svd' "is named"
o svd BOX.CTRL.MODE
like "$out" '^ +1x +fast: as fast as it goes$' "and what its values mean" || shown
o targets
like "$out" 'running$' "the core was never halted"
o vectors 16 --elf "$fw/fw-3.2.1.elf"
like "$out" '^ +3 HardFault +0x0800[0-9a-f]{4} hardfault_handler' "the vector table by names" || shown
like "$out" '^ +0 stack pointer +0x20020000' "its stack pointer"
o audit --write --json
printf '%s\n' "$out" >"$T/audit"
py "the audit: present, partly, missing" <<P
import json
v = {r["name"]: r["verdict"] for r in json.load(open("$T/audit"))["registers"]}
for n in ("DHCSR", "DCRDR", "DEMCR", "FP_CTRL", "FP_COMP0", "DWT_CTRL", "DWT_COMP0"):
    assert v[n] == "present", (n, v)
assert v["DCRSR"] == "unread" and v["ITM_TER"] == "partly", v
assert v["TPIU_SPPR"] == "missing" and v["ETM_CR"] == "missing", v
P
run timeout 20 "$vise" at "$(readlink -f "$T/m4/tty")" AT+FAULT --timeout 500ms
o halt
o faults --elf "$fw/fw-3.2.1.elf"
like "$out" '^ +pc +0x0800[0-9a-f]{4} crash_here \(fw\.c:' "a fault: where" || shown
like "$out" '^ +UNDEFINSTR: undefined instruction' "why"
like "$out" '^ +FORCED: ' "and how it came to the hard fault"
like "$out" '^ +VECTACTIVE 3: HardFault is active' "which handler runs"
o reset run
like "$status $out" '^0 stm32f4x\.cpu: running' "reset" || shown
run "$vise" do "ocd.start board=rig-m4"
is "$status" 6 "a second one at once is refused: 6" || shown
o state --json
port=$(printf '%s' "$out" | python3 -c 'import json,sys; print(json.load(sys.stdin)["port"])')
o targets --port "$port"
like "$status $out" '^0 .*running' "one that runs is used by its port"
o state
like "$out" '^OpenOCD at ' "and goes on running"

# ---- gdb on it: OpenOCD, the tap at its gdb port and gdb as one session

if command -v gdb-multiarch >/dev/null 2>&1; then
	o stop
	run timeout 60 "$vise" debug --bench bench -p rig-m4 --set "socket=$T/m4.sock" --through-tap --save "$T/conv" --background "$fw/fw-3.2.1.elf"
	is "$status" 0 "a debug session: OpenOCD, the tap and gdb" || shown
	run timeout 60 "$vise" do --bench bench "debug.wait stopped timeout=40s"
	is "$status" 0 "gdb has halted the core" || shown
	like "$("$vise" do --bench bench debug.list --json)" '"state":"stopped"' "and Vise knows"
	run timeout 60 "$vise" do --bench bench debug.stop
	is "$status" 0 "it is ended as one" || shown
	run "$vise" rsp show "$T/conv" --all
	like "$out" 'vCont|qSupported' "what they said is kept" || shown
	unlike "$out" 'bad-checksum|missing-dollar' "and is as it should be"
	o start -p rig-m4 --set "socket=$T/m4.sock"
	is "$status" 0 "OpenOCD starts again" || shown
	o reset run
else
	skip "gdb through the tap: needs gdb-multiarch (Debian package gdb-multiarch)"
fi

# ---- RTT, and the probe pulled

{ wait_for "grep -q 'rtt: tick' '$T/rtt'" 20; echo "down 1"; wait_for "grep -q 'got down 1' '$T/rtt'" 20; } |
	timeout 60 "$vise" ocd rtt >"$T/rtt" 2>"$T/rtt.err"
like "$(cat "$T/rtt" "$T/rtt.err")" '^vise: RTT channel 0 at 0x2000' "RTT: the control block is found by its symbol" ||
	note <"$T/rtt.err"
like "$(cat "$T/rtt")" '^rtt: tick' "what the firmware says comes"
like "$(cat "$T/rtt")" '^rtt: got down 1' "and it hears"
mkfifo "$T/keys"
exec 9<>"$T/keys"               # somebody who does not type
timeout 60 "$vise" ocd rtt >"$T/rtt2" 2>&1 <"$T/keys" &
late=$!
tap_pids="$tap_pids $late"
wait_for "grep -q 'rtt: got down 1' '$T/rtt2'" 20
ok $? "opened late it shows what came before too" || note <"$T/rtt2"
kill "$late"
spawn timeout 60 "$vise" ocd watch ticks --elf "$fw/fw-3.2.1.elf" >"$T/watch" 2>"$T/watch.err"
watcher=$pid
wait_for "grep -q ticks= '$T/watch'" 20
kill -USR1 "$m4probe"
wait "$watcher"
is $? 3 "the probe pulled while variables are watched: 3" || note <"$T/watch.err"
like "$(cat "$T/watch.err")" '^vise: (probe|openocd): ' "it is said" || note <"$T/watch.err"
o state
is "$out" "no OpenOCD" "the bench knows" || shown
wait_for gone 20
ok $? "no OpenOCD is left, dead or alive" || ps -ef | grep openocd | note
"$vise" kill --all >/dev/null 2>&1
o state -p rig-m4 --set "socket=$T/m4.sock"
is "$status" 3 "no probe: 3" || shown
like "$err" '^vise: .*openocd: .*(ould not connect|ailed to connect|refused|No such file)' "and which" || shown

# ---- an OpenOCD that is none

cat >"$T/liar.py" <<'P'
import socket, sys
s = socket.socket()
s.bind(("127.0.0.1", 0))
s.listen(1)
print(s.getsockname()[1], flush=True)
for said in (b"HTTP/1.0 400 no\r\n\r\n\x1a", b"0 {{{{{{\x1a", b"\x1a\x1a\x1atype x\x1a9 {}\x1a", b"A" * (9 << 20)):
    c, _ = s.accept()
    c.recv(4096)
    try:
        c.sendall(said * 3)
        c.recv(4096)
    except OSError:
        pass
    c.close()
P
spawn python3 "$T/liar.py" >"$T/liar.port"
wait_for "test -s '$T/liar.port'" 10
for what in "another protocol" "broken lists" "answers to nothing" "an answer without end"; do
	o state --port "$(cat "$T/liar.port")"
	is "$status" 3 "$what: 3" || shown
done

# ---- flash: remote_bitbang, then CMSIS-DAP with the profile that is shipped

bits m3
run timeout 100 "$vise" flash -p rig-m3 --set "socket=$T/m3.sock" --set ready=off "$fw/stm32vldiscovery/fw-3.3.0.elf"
is "$status" 0 "vise flash over remote_bitbang" || { shown; note <"$T/m3.probe"; }
wait_for "grep -q '3\.3\.0' '$T/m3/console.log'" 20
ok $? "the board boots it"
kill "$pid"
wait "$pid" 2>/dev/null

flash()
{
	run timeout 60 "$vise" flash -p microbit --set method=openocd --set probe=9900000000mock --set ready=off \
		"$fw/microbit/fw-3.3.0.elf"
}

usb
flash
is "$status" 0 "vise flash over CMSIS-DAP" || shown
wait_for "grep -q '3\.3\.0' '$T/m0/console.log'" 20
ok $? "the board boots the newer one"
run "$vise" flash -n -p microbit --set method=openocd --set probe=9900000000mock "$fw/microbit/fw-3.3.0.elf"
like "$out" "adapter serial \{9900000000mock\}" "the probe's serial is in the words"
unusb
rm -f "$T/usb.env"
flash
is "$status" 3 "no probe: 3" || shown
like "$err" 'openocd: .*(unable to find|no device|No CMSIS-DAP)' "says so" || shown
for when in init program verify; do
	usb "$when"
	flash
	is "$status" 3 "pulled at $when: 3" || shown
	like "$err" 'No such device \(it may have been disconnected\)|unable to open CMSIS-DAP|DAP' "its first word" || shown
	unlike "$out" 'flashed' "and no success"
	unusb
done
usb
LC_ALL=C sed 's/3\.3\.0/3.3.9/g' "$fw/microbit/fw-3.3.0.elf" >"$T/other.elf"
run timeout 60 "$vise" flash -p rig-m0 --set "other=$T/other.elf" --set probe=9900000000mock --set ready=off \
	"$fw/microbit/fw-3.3.0.elf"
is "$status" 1 "memory that is not the image: 1" || shown
like "$err" 'verify: Error: checksum mismatch.*: what is in its memory is not the image; all was written' "it is a verdict on the board, in OpenOCD's words" || shown
unlike "$out" 'flashed' "and no success"
flash
is "$status" 0 "it is flashed again after all that" || shown
timeout 60 "$vise" ocd rtt -p microbit --set method=openocd --set probe=9900000000mock --elf "$fw/microbit/fw-3.3.0.elf" \
	>"$T/rtt" 2>"$T/rtt.err" <"$T/keys" &
rtt=$!
tap_pids="$tap_pids $rtt"
wait_for "grep -q 'rtt: tick' '$T/rtt'" 30
ok $? "RTT over CMSIS-DAP" || note <"$T/rtt.err"
kill -USR1 "$usb_pid"
wait "$rtt"
is $? 3 "pulled in RTT: 3" || note <"$T/rtt.err"
like "$(cat "$T/rtt.err")" '^vise: ' "in words" || note <"$T/rtt.err"
wait_for gone 20
ok $? "no OpenOCD is left, dead or alive" || ps -ef | grep openocd | note
unusb
plan
