#!/bin/sh
# tools.t - flash tools of which there are several kinds, played by stand-ins that say what the real ones do: esptool 4 and 5,
# nrfjprog and nrfutil device, probe-rs, pyOCD; st-flash itself, without a probe. Their words were taken from their sources.
. "${srcdir:-.}/tests/lib/tap.sh"
tmpdir
VISE=$BUILD/vise
mkdir "$T/bin"
PATH=$T/bin:$PATH
at_end '"$VISE" kill --all >/dev/null 2>&1'
cd "$T" || bail "no folder"
head -c 8192 /dev/urandom >fw.bin
: >fw.hex

# tool NAME: plays it by the shell text of its input; its arguments are in NAME.log
tool()
{
	{
		printf '#!/bin/sh\necho "$*" >>"%s/%s.log"\n' "$T" "$1"
		cat
	} >"bin/$1"
	chmod +x "bin/$1"
	rm -f "$1.log"
}
flash() { run timeout 60 "$VISE" flash -p "$@" --set check=off --set ready=off; }
say() { printf '%s\n' "$out" "$err" | note; }

# ---- esptool: 4 as pip has it, 5
for kind in "esptool.py v4.8.1" "esptool v5.0.0"; do
	name=${kind%% *}
	tool "$name" <<END
case \$1 in version) echo "$kind"; exit;; esac
echo "Writing at 0x00010000... (33 %)"
echo "Wrote 8192 bytes (6000 compressed) at 0x00010000 in 0.1 seconds (655.4 kbit/s)."
echo "Hash of data verified."
echo "Hard resetting via RTS pin..."
END
	flash esp32 fw.bin --set port=/dev/null
	is "$status" 0 "$kind" || say
	spelling=$(case $kind in *v5*) echo write-flash ;; *) echo write_flash ;; esac)
	like "$(tail -n 1 "$name.log")" "^--chip esp32 --port /dev/null $spelling .*$T/fw.bin\$" "... is given its spelling"
	like "$out" "^\\$ $name --chip esp32 " "... and the exact command is in the job's words"
	command -v esptool >/dev/null && test "$name" = esptool.py && continue
	run "$VISE" flash -n -p esp32 fw.bin --port /dev/null
	like "$out" "^$name --chip esp32 --port /dev/null " "... and what -n shows"
done
tool esptool <<'END'
case $1 in version) echo "esptool v5.0.0"; exit;; esac
printf '\n\033[31mA fatal error occurred: Failed to connect to ESP32: No serial data received.\033[0m\n' >&2
exit 2
END
flash esp32 fw.bin --set port=/dev/null
like "$status $err" '^3 .*Failed to connect to ESP32.*nothing was written.*hold BOOT' "its failure in words" || say

# ---- Nordic: nrfjprog where it is, else nrfutil device
tool nrfutil <<'END'
case $* in --version) echo "nrfutil 8.1.1 (8b6e4aa 2025-06-30)"; exit;; esac
echo "[00:00:00] ------   0% [1/3 1050119763] Initialize device"
echo "[00:00:04] ###### 100% [3/3 1050119763] Programmed"
END
flash nrf52840-dk fw.hex --set method=nrfjprog --set probe=1050119763
is "$status" 0 "nrfutil device" || say
is "$(tail -n 1 nrfutil.log)" "device program --firmware $T/fw.hex --options \
chip_erase_mode=ERASE_RANGES_TOUCHED_BY_FIRMWARE,verify=VERIFY_READ,reset=RESET_SYSTEM --serial-number 1050119763" "... with its words"
tool nrfjprog <<'END'
case $* in --version) echo "nrfjprog version: 10.24.2 external"; exit;; esac
echo "[ #################### ]   0.520s | Erase file - Done erasing"
echo "Verified OK."
END
flash nrf52840-dk fw.hex --set method=nrfjprog --set probe=1050119763
is "$status $(tail -n 1 nrfjprog.log)" "0 -f nrf52 -s 1050119763 --program $T/fw.hex --sectorerase --verify --reset" "nrfjprog" || say

# ---- probe-rs: on a terminal, told the format, reset after it
tool probe-rs <<'END'
test "$1" = reset && exit
test -t 2 || exit 9
printf '      Erasing \342\234\224 100%% [####################]   8.00 KiB @  50.00 KiB/s (took 0s)\r\n' >&2
printf '  Programming \342\240\201  50%% [##########----------]   4.00 KiB @  12.00 KiB/s (ETA 1s)\r\n' >&2
printf '     \033[32m\033[1mFinished\033[0m in 1.30s\r\n' >&2
END
flash nrf52840-dk fw.bin --set method=probe-rs --set probe=1366:1015:000123
is "$status" 0 "probe-rs" || say
like "$(cat probe-rs.log)" "^download --chip [^ ]+ --probe 1366:1015:000123 --verify --binary-format bin --base-address 0x0+ $T/fw.bin\$" \
	"... is told the format"
like "$(tail -n 1 probe-rs.log)" "^reset --chip " "... and resets after it"
tool probe-rs <<'END'
printf '\033[1;31mError\033[0m: Failed to open probe: The debug probe could not be created.\n' >&2
exit 1
END
flash nrf52840-dk fw.bin --set method=probe-rs --set probe=1366:1015:000123
like "$status $err" '^3 .*Error: Failed to open probe: .*nothing was written' "... its failure in words, without colours" || say

# ---- pyOCD
tool pyocd <<'END'
echo "[---|---|---|---|---|---|---|---|---|----]"
echo "[========================================]"
echo "0001234 I Erased 8192 bytes (2 sectors), programmed 8192 bytes (2 pages), identical 0 bytes (0 pages) at 12.34 kB/s [loader]" >&2
END
flash microbit fw.bin --set method=pyocd --set probe=9900
is "$status" 0 "pyOCD" || say
like "$(tail -n 1 pyocd.log)" "^flash -W -t nrf51[^ ]* -u 9900 -a 0x0+ $T/fw.bin\$" "... with its words"
tool pyocd <<'END'
echo "0000456 C No connected debug probes [__main__]" >&2
exit 1
END
flash microbit fw.bin --set method=pyocd --set probe=9900
like "$status $err" '^3 .*No connected debug probes.*nothing was written' "... its failure in words" || say

# ---- st-flash itself
if command -v st-flash >/dev/null 2>&1; then
	flash stm32f4disco fw.bin --set method=stflash --set probe=0000
	like "$status $err" "^3 .*Couldn't find any ST-Link devices; nothing was written.*check the probe" "st-flash without a probe" || say
	like "$out" "^\\$ st-flash --serial 0000 --reset write $T/fw.bin 0x08000000\$" "... its command line"
else
	skip "st-flash is not here (Debian package stlink-tools)"
fi
plan
