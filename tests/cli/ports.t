#!/bin/sh
# ports.t - the ports of a mocked machine (umockdev): what is told of each, and every way to name one.
. "${srcdir:-.}/tests/lib/tap.sh"
need umockdev-run umockdev
need python3 python3
tmpdir
test -z "$VISE_SANITIZER" || export ASAN_OPTIONS="$ASAN_OPTIONS:verify_asan_link_order=0"
mkdir -p "$XDG_CONFIG_HOME/vise/plugins/bench-boards"
cat >"$XDG_CONFIG_HOME/vise/plugins/bench-boards/plugin.json" <<'J'
{ "name": "bench-boards", "version": "1.0.0", "api": "1.0", "entry": "init.lua", "provides": ["board:nucleo"],
  "boards": { "nucleo": { "match": [{ "usb": "0483:374b", "interface": 2 }],
    "console": { "main": { "baud": 57600, "settings": "7E1" } } } } }
J
echo 'require "vise".board { id = "nucleo" }' >"$XDG_CONFIG_HOME/vise/plugins/bench-boards/init.lua"

# mocked COMMAND: with the board of nucleo.umockdev, its by-id link and its driver there.
mocked()
{
	umockdev-run -d "$srcdir/tests/data/usb/nucleo.umockdev" -- sh -c '
		mkdir -p "$UMOCKDEV_DIR/dev/serial/by-id" "$UMOCKDEV_DIR/sys/bus/usb/drivers/cdc_acm"
		ln -s ../../ttyACM0 "$UMOCKDEV_DIR/dev/serial/by-id/usb-ST_0672-if02"
		i=$(dirname $(find "$UMOCKDEV_DIR/sys/devices" -name bInterfaceNumber))
		ln -s "$UMOCKDEV_DIR/sys/bus/usb/drivers/cdc_acm" "$i/driver"
		'"$1"
}

run mocked '"$BUILD/vise" ports --json'
is "$status" 0 "vise ports --json"
facts=$(python3 -c '
import json, sys
p = json.load(open(sys.argv[1]))
assert len(p) == 1, p
p = p[0]
print(p["path"], p["id"], p["serial"], p["interface"], p["driver"], p["by_id"], p["profile"], p["denied"], p["spec"], p["product"],
  sep="\n")' "$T/out")
is "$facts" "/dev/ttyACM0
0483:374b
0672FF485550755187121317
2
cdc_acm
/dev/serial/by-id/usb-ST_0672-if02
nucleo
False
usb:0483:374b:0672FF485550755187121317:02
STM32 STLink" "path, numbers, serial, interface, driver, link, profile"
run mocked '"$BUILD/vise" ports'
like "$out" '^/dev/ttyACM0  STM32 STLink  \(cdc_acm\)  profile nucleo$' "for people: name, product, driver, profile"
like "$out" '0483:374b  serial 0672FF485550755187121317  interface 2' "and the numbers"
like "$out" 'select it as usb:0483:374b:0672FF485550755187121317:02' "and how to name it for good"

# each way of naming it reaches the same port: the words of a refusal name the device. (umockdev 0.17 overruns its
# own stack in realpath(3) of a link: test_transport_wire follows links.)
for name in ttyACM0 /dev/ttyACM0 usb:0483:374b usb:0483:374b:0672FF485550755187121317 \
	usb:0483:374b:0672FF485550755187121317:2 nucleo; do
	run mocked "exec 3<>/dev/null; \"\$BUILD/vise\" at $name AT --timeout 100ms"
	like "$err" '^vise: /dev/ttyACM0: ' "$name is /dev/ttyACM0"
done
run mocked '"$BUILD/vise" at usb:0483:374c AT'
is "$status" 3 "another product is not there"
like "$err" 'no such port.*there is /dev/ttyACM0' "and what is there is said"
run mocked '"$BUILD/vise" at nucleo2 AT'
isnt "$status" 0 "an unknown profile is refused"
# ---- which probe is meant: the one that is plugged in by its number; of two the person says which
head -c 512 /dev/zero >"$T/fw.bin"
dry="'$BUILD/vise' flash -n -p nucleo-f103rb --set check=off '$T/fw.bin' && '$BUILD/vise' debug -n -p nucleo-f103rb"
run mocked "$dry"
is "$(printf '%s\n' "$out" | grep -c -e "'adapter serial {0672FF485550755187121317}'" -e '--serial 0672FF485550755187121317 ')" 3 \
	"the exact words of OpenOCD, st-flash and the debug server name the probe that is here" || note <"$T/out"
sed -e 's/1-2/1-3/g' -e 's/0672FF485550755187121317/0672FFSECOND/' -e 's/ttyACM0/ttyACM1/' -e 's/001\/005/001\/006/' \
	-e '/^P: .*tty/,$d' "$srcdir/tests/data/usb/nucleo.umockdev" >"$T/second.umockdev"
run umockdev-run -d "$srcdir/tests/data/usb/nucleo.umockdev" -d "$T/second.umockdev" -- sh -c "$dry"
is "$status" 2 "two that fit: nothing is guessed"
like "$err" '2 probes are here: .*0672FF485550755187121317.*0672FFSECOND|2 probes are here: .*0672FFSECOND.*0672FF485550755187121317' "both are named"
like "$err" '--set probe=SERIAL' "and what to say"

# a host's name is asked for beside the loop; what comes of it is told, not waited for in vain
for to in localhost:1 localhost:no-such-port; do
	run timeout 30 "$BUILD/vise" console "tcp:$to" </dev/null
	is "$status" 3 "tcp:$to cannot be had"
	like "$err" "Connection refused|cannot be resolved" "and why is said"
done
plan
