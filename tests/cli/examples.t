#!/bin/sh
# The three worked examples of the specification run: a board profile, the language of a camera, a leak hunt.
# Those of the manual: manual.t.
. "$srcdir/tests/lib/tap.sh"
need python3 python3
tmpdir
VISE=$BUILD/vise
cd "$T" || bail "no folder"

data=$srcdir/tests/data/script
# a bootloader, a mute device: each waits the 20 s for [READY]; plugins/go3 has the same steps with a time to set (script.t)
for mode in "ok 0 switch-language: PASS in 5 steps" "old 1 firmware_too_old: needs 3.2.1, the device says .3.1.9" "busy 1 at_error: .*CME ERROR: 14"; do
	set -- $mode
	run python3 "$data/fakebench.py" "boots-$1" "$T/sock" "$BUILD/vise-script" --bench "$T/sock" "$data/examples/language.lua"
	is "$status" "$2" "the language, $1" || { echo "$out"; echo "$err"; } | note
	shift 2
	like "$out $err" "$*" "and how it went"
done
spawn python3 "$data/api/servers.py" "$T"
wait_for 'test -s "$T/ports"' 20
read -r http rest <"$T/ports"
# a script takes its parameters from its own workflows
run "$VISE" script "$data/examples/leak.lua" --port exec:cat --set source="http://127.0.0.1:$http" --set every=50ms --set rounds=2 --set warmup=0 --set limit=4K
is "$status" 1 "the leak hunt ends with a verdict" || { echo "$out"; echo "$err"; } | note
like "$out" 'FAIL: verify: 1 stack\(s\) grew by more than 4096 B in 0 s; the first: \+8192 B +hash/crc32' "and names the stack that grew"
like "$out" 'heap-001.pb.gz' "keeps each snapshot"
run "$VISE" script "$data/examples/leak.lua" --port exec:cat --set source="http://127.0.0.1:$http" --set every=50ms --set rounds=2
is "$status" 0 "with what does not grow it passes" || { echo "$out"; echo "$err"; } | note

plugins=$XDG_CONFIG_HOME/vise/plugins
mkdir -p "$T/bin" "$plugins/rtt"
cp -r "$data/examples/nrf52840-dk" "$plugins/"
chmod -R u+w "$XDG_CONFIG_HOME"
echo '{ "name": "rtt", "version": "1.0.0", "api": "1.2" }' >"$plugins/rtt/plugin.json"
echo >"$plugins/rtt/init.lua"
# an OpenOCD that flashes, resets and serves RTT
cat >"$T/bin/openocd" <<'P'
#!/usr/bin/python3
import os, socket, sys
T = os.environ["VISE_EX"]
words = " ".join(sys.argv[1:])
open(T + "/ocd.args", "w").write(words)
if os.path.exists(T + "/gone"):
    sys.exit("Error: No J-Link device found")
if "rtt server start" in words:
    s = socket.socket(); s.bind(("127.0.0.1", int(words.split("rtt server start ")[1].split()[0]))); s.listen()
    print("Info : Listening on port %d for rtt connections" % s.getsockname()[1], file=sys.stderr, flush=True)
    c = s.accept()[0]
    c.sendall(b"hello over RTT\n")
    while c.recv(100): pass
print("** Verified OK **", file=sys.stderr)
P
chmod +x "$T/bin/openocd"
PATH=$T/bin:$PATH VISE_EX=$T
VISE_RTT_PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
export VISE_EX VISE_RTT_PORT
printf ':0400000001020304F2\n:00000001FF\n' >"$T/image.hex"
run "$VISE" plugin check nrf52840-dk
is "$status" 0 "the board profile is sound" || { echo "$out"; echo "$err"; } | note
run "$VISE" flash -p nrf52840-dk "$T/image.hex" --set probe=683001234
is "$status" 0 "it flashes" || { echo "$out"; echo "$err"; } | note
like "$(cat "$T/ocd.args")" 'adapter serial 683001234' "the probe is named"
like "$(cat "$T/ocd.args")" "program .*image.hex. verify reset exit" "and the image verified"
run "$VISE" reset -p nrf52840-dk --set probe=683001234
is "$status $(grep -c 'reset run' "$T/ocd.args")" "0 1" "it resets" || { echo "$out"; echo "$err"; } | note
touch "$T/gone"
run "$VISE" flash -p nrf52840-dk "$T/image.hex" --set probe=683001234
is "$status" 3 "without the probe it is the bench's fault"
like "$out $err" 'flash 683001234: probe not found' "said so"
rm "$T/gone"
# its states by the power of its place, its second console by what start gives
cat >dev.py <<'P'
import os, time
os.chdir(os.environ["VISE_EX"])
while True:
    if os.path.exists("power.on"):
        os.remove("power.on"); print("boot\r\n[READY]\r", flush=True)
    time.sleep(0.02)
P
cat >places.json <<P
{"places": {"desk": {"board": "nrf52840-dk", "console": "exec:python3 $T/dev.py", "probe": "683001234",
	"power": {"on": ["touch", "$T/power.on"], "off": ["rm", "-f", "$T/power.on"]}}}}
P
cat >dk_test.lua <<'P'
local vise = require "vise"
vise.test("states and RTT", function(t)
  t.board:to "off"
  t.board:to "app"
  t:eq(t.board.state, "app")
  t.board.console.rtt:expect("hello over RTT", { timeout = 20 })
  t.board.console.rtt:close()
end)
P
VISE_PLACES=$T/places.json run "$VISE" test dk_test.lua --place dut=desk
is "$status" 0 "states, the power of its place, RTT as a console" || { echo "$out"; echo "$err"; } | note
like "$(cat "$T/ocd.args")" 'adapter serial 683001234 .*rtt setup 0x20000000 262144 "SEGGER RTT" -c rtt start' "by the probe of the place"
plan
