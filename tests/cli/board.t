#!/bin/bash
# Board profiles: every shipped one loads, is whole and can be dry-run; manifests and README say the same; found
# by USB id, device tree, AT+GMR; inheritance and its mistakes; flash by method with played tools.
. "${srcdir:-.}/tests/lib/tap.sh"
need python3 python3
tmpdir
vise=$BUILD/vise
script=$BUILD/vise-script
echo image >"$T/fw.bin"

run python3 "$srcdir/tests/gates/boards.py" --check "$script" "$srcdir"
is "$status$out" 0 "plugin.json and README's table are fresh (tests/gates/boards.py)"

for p in "$srcdir"/plugins/*/; do
	grep -q '"board:' "$p/plugin.json" || continue
	n=${p%/}
	n=${n##*/}
	"$script" --plugin "$p" --describe >"$T/$n.describe" && "$script" --plugin "$p" --plan '*' fw.bin >"$T/$n.plan" ||
		echo "$n" >>"$T/failed"
done 2>>"$T/failed"
test ! -s "$T/failed"
ok $? "every plugin with boards loads and plans" || note <"$T/failed"
cat >"$T/whole.py" <<'END'
import glob, json, sys
boards, plans, bad = {}, {}, []
for path in glob.glob(sys.argv[1] + "/*.describe"):
    for b in json.load(open(path))["boards"]:
        boards[b["id"]] = b
        plans.update({p["board"]: p for p in json.load(open(path.replace(".describe", ".plan")))})
mcu = [b for b in boards.values() if "tinygo" in b.get("build", {})]
linux = [b for b in boards.values() if b.get("build", {}).get("goos") == "linux"]
print("mcu", len(mcu) >= 120, "linux", len(linux) >= 20)
for i, b in sorted(boards.items()):
    real = i not in ("go3", "sim")
    if real and not (b.get("chip") and b.get("image", {}).get("machine") and b["has"]["flash"]):
        bad.append(i + ": chip, image.machine or flash is missing")
    if real and b not in linux and ("ram" not in str(b.get("memory")) or b["image"].get("format") not in ("elf", "uf2", "hex", "bin", "zip")):
        bad.append(i + ": memory or format is missing")
    for name, (base, size) in b.get("memory", {}).items():
        if base < 0 or size <= 0 or base + size > 1 << 32:
            bad.append("%s: memory.%s" % (i, name))
    if isinstance(b.get("flash"), list):
        for m in plans[i]["methods"]:
            words = [w for s in m["steps"] for w in s.get("argv", [s.get("text")])]
            if not words or not all(isinstance(w, str) and w for w in words) or not m["package"]:
                bad.append("%s: %s" % (i, m))
            if m["method"] not in ("tinygo", "uf2", "msd") and "fw.bin" not in " ".join(words):
                bad.append("%s: %s names no file" % (i, m["method"]))
    elif real and not plans[i]["own"]:
        bad.append(i + ": no plan")
print("\n".join(bad) or "all whole")
END
run python3 "$T/whole.py" "$T"
is "$out" "mcu True linux True
all whole" "each profile has what it needs and each method its exact words"

# ---- found
find() { run "$vise" board find "$@"; }
find --usb 239a:80f1
is "$status $out" "0 usb  239a:80f1  is feather-rp2040" "by a USB id of its own"
find --usb 2e8a:000a --json
is "$status $(printf '%s' "$out" | python3 -c 'import json,sys; a=json.load(sys.stdin)[0]; print(len(a["boards"]), a.get("board"))')" \
	"1 6 None" "an id that six boards have names all six, and none"
find --usb 10c4:ea60
like "$status $out" "^ *the id is that of a bridge" "a bridge's id names no board"
find --usb ffff:0001
is "$status" 5 "an id that nobody has"
find --usb 2e8a
is "$status" 2 "no id at all"
cat >"$T/trees" <<'END'
rpi-zero-w|Raspberry Pi Zero W Rev 1.1|raspberrypi,model-zero-w brcm,bcm2835
rpi-3|Raspberry Pi 3 Model B Plus Rev 1.3|raspberrypi,3-model-b-plus brcm,bcm2837
rpi-4|Raspberry Pi 4 Model B Rev 1.4|raspberrypi,4-model-b brcm,bcm2711
rpi-5|Raspberry Pi 5 Model B Rev 1.0|raspberrypi,5-model-b brcm,bcm2712
beaglebone-ai64|BeagleBoard.org BeagleBone AI-64|beagle,j721e-beagleboneai64 ti,j721e
orangepi-5-plus|Xunlong Orange Pi 5 Plus|xunlong,orangepi-5-plus rockchip,rk3588
orangepi-zero2|OrangePi Zero2|xunlong,orangepi-zero2 allwinner,sun50i-h616
nanopi-r6s|FriendlyElec NanoPi R6S|friendlyarm,nanopi-r6s rockchip,rk3588s
jetson-orin-nano|NVIDIA Jetson Orin Nano Developer Kit|nvidia,p3768-0000+p3767-0005 nvidia,tegra234
lichee-rv|Sipeed Lichee RV Dock|sipeed,lichee-rv-dock sipeed,lichee-rv allwinner,sun20i-d1
visionfive-2|StarFive VisionFive 2 v1.3B|starfive,visionfive-2-v1.3b starfive,jh7110
rock-5b|Radxa ROCK 5B|radxa,rock-5b rockchip,rk3588
bananapi-m64|BananaPi-M64|sinovoip,bananapi-m64 allwinner,sun50i-a64
stm32mp157|STMicroelectronics STM32MP157C-DK2 Discovery Board|st,stm32mp157c-dk2 st,stm32mp157
imx6ull|Freescale i.MX6 ULL 14x14 EVK Board|fsl,imx6ull-14x14-evk fsl,imx6ull
rk3328|Pine64 Rock64|pine64,rock64 rockchip,rk3328
allwinner-h3|Xunlong Orange Pi PC|xunlong,orangepi-pc allwinner,sun8i-h3
mt7621a-openwrt|Xiaomi Mi Router 3G|xiaomi,mi-router-3g mediatek,mt7621-soc
k230|Canaan CanMV-K230|canaan,canmv-k230 canaan,kendryte-k230
END
cat >"$T/ssh" <<'END'
#!/bin/sh
# Plays ssh: the host's name is the board, its device tree stands in the file.
while test "$1" != --; do shift; done
grep "^$2|" "$(dirname "$0")/trees" | cut -d'|' -f2,3 | tr '|' '\n'
END
chmod 755 "$T/ssh"
while IFS='|' read -r id model compatible; do
	"$vise" board find --model "$model" --compatible "$compatible" --json >"$T/one" ||
		{ grep -q "\"board\":\"$id\"" "$T/one" || echo "$id: $(cat "$T/one")"; }
	grep -q "\"board\":\"$id\"" "$T/one" || echo "$id: $(cat "$T/one")"
done <"$T/trees" >"$T/wrong"
test ! -s "$T/wrong"
ok $? "every Linux board is found by its device tree" || note <"$T/wrong"
PATH=$T:$PATH find --ssh rk3328
is "$status $out" "0 compatible  pine64,rock64 rockchip,rk3328  is rk3328" "over ssh the board itself is asked"
find --gmr 'Bin version:2.1.0(WROOM-32)'
is "$status $out" "0 gmr  Bin version:2.1.0(WROOM-32)  is esp32" "by what AT+GMR answers"

# ---- list and show
run "$vise" board list nucleo
is "$(printf '%s\n' "$out" | wc -l)" 8 "list takes a word"
run "$vise" board show pico2 --json
is "$(printf '%s' "$out" | python3 -c 'import json,sys; b=json.load(sys.stdin); print(sorted(b["memory"].items()), b["image"]["family"], b["rtt"]["address"])')" \
	"[('flash', [268435456, 4194304]), ('ram', [536870912, 532480])] 3834380121 536870912" "show gives the whole profile, inherited parts in it"
run "$vise" board show nosuch
is "$status" 2 "show of what is not there"

# ---- inheritance, over plugins, and its mistakes
own=$XDG_CONFIG_HOME/vise/plugins
plugin()
{
	mkdir -p "$own/$1"
	printf '{"name":"%s","version":"1.0.0","api":"1.0","provides":["board:%s"],"requires":{"rp2":">=1.0"}}\n' "$1" "$1" \
		>"$own/$1/plugin.json"
	{ echo 'local board = require "vise".board'; cat; } >"$own/$1/init.lua"
}
plugin mine <<'END'
board { id = "mine", inherits = "pico", name = "My board", memory = { flash = { 0x10000000, 0x1000000 } }, rtt = false,
  match = { { usb = "2e8a:000a", product = "Mine" } } }
END
run "$vise" board show mine --json
is "$(printf '%s' "$out" | python3 -c 'import json,sys; b=json.load(sys.stdin); print(b["memory"]["flash"][1] >> 20, b["memory"]["ram"], b["flash"][0]["method"], b.get("rtt"), b["chip"])')" \
	"16 [536870912, 270336] uf2 None RP2040" "an own board inherits from another plugin, overrides and drops"
run "$vise" flash -n -p mine "$T/fw.bin" --set method=picotool
is "$out" "# picotool, the one that is taken (package picotool)
picotool load -v -x $T/fw.bin -f" "and is flashed by the words it inherited"
mistake()
{
	plugin bad
	run "$vise" board show bad
	like "$status $err" "^2 vise: bad: .*bad/init.lua:$1: usage: $2" "$3"
}
mistake 2 'board a inherits itself: a -> b -> a' "a ring is named with file and line" <<'END'
board { id = "a", inherits = "b" }
board { id = "b", inherits = "a" }
END
mistake 2 'board bad inherits nothing-here, which neither this plugin nor one it requires provides' "so is a missing parent" <<'END'
board { id = "bad", inherits = "nothing-here" }
END
mistake 3 'vise.board: flash\[1\] \(openocd\): no field named "interfase"; did you mean interface' "and a wrong field of a method" <<'END'

board { id = "bad", flash = { { method = "openocd", interfase = "stlink", target = "stm32f1x" } } }
END
mistake 2 'vise.board: match\[1\]: usb must be "vid:pid"' "and a USB id that is none" <<'END'
board { id = "bad", match = { { usb = "12:34" } } }
END
mistake 2 'vise.board: memory must be a table' "and a memory region that wraps" <<'END'
board { id = "bad", memory = { flash = { 0x7fffffffffffffff, 2 } } }
END

# ---- flashing by method, with played tools
mkdir "$T/bin" "$T/RPI-RP2"
python3 - "$T/fw.uf2" "$T/other.uf2" <<'END'
import struct, sys
for name, family in zip(sys.argv[1:], (0xe48bff56, 0xe48bff59)):
    open(name, "wb").write(struct.pack("<8I", 0x0A324655, 0x9E5D5157, 0x2000, 0x10000000, 256, 0, 1, family) +
                           bytes(476) + struct.pack("<I", 0x0AB16F30))
END
echo "UF2 Bootloader v3.0" >"$T/RPI-RP2/INFO_UF2.TXT"
cat >"$T/bin/openocd" <<'END'
#!/bin/sh
echo "$@" >>"$(dirname "$0")/said"
cat "$(dirname "$0")/words" >&2
END
chmod 755 "$T/bin/openocd"
PATH=$T/bin:$PATH
flash() { run timeout 60 "$vise" flash -p bluepill "$T/fw.bin" "$@"; }
printf '** Programming Finished **\n** Verified OK **\n** Resetting Target **\n' >"$T/bin/words"
flash --set probe=55FF
is "$status" 0 "flash by openocd: success is what it said"
like "$(cat "$T/bin/said")" "adapter serial \{55FF\} .*program \{$T/fw.bin\} verify reset exit 0x08000000" "with the probe's serial and the base of a .bin"
printf '** Verified OK **\n** Resetting Target **\nError: libusb_bulk_write error\nError: second\n' >"$T/bin/words"
flash
like "$status $out$err" 'flash bluepill by openocd: tool_failed: Error: libusb_bulk_write error' "an error after the success counts, the first one, whatever the exit status"
is "$status" 3 "and is a failure of the bench"
: >"$T/bin/words"
flash
like "$out$err" 'never said "\*\* Verified OK \*\*"' "silence is no success"
cat >"$T/bin/openocd" <<'END'
#!/usr/bin/env python3
import sys
sys.stderr.write("** Programming Started **\n\0\033[2J\033]0;title\a 900 %\r" + "x" * 3000000)
sys.stderr.write("\n" + "Error: the probe is gone\n" * 40000 + "the last word\n")
sys.exit(1)
END
flash --json
printf '%s' "$out" | head -n 1 | python3 -c '
import json, os, sys
j = json.load(sys.stdin)
assert "tool_failed: Error: the probe is gone; its flash is half written" in j["error"]["why"], j["error"]
assert j["progress"]["stage"] == "write" and "percent" not in j["progress"], j["progress"]
assert "\\033" not in j["last"] and len(j["last"]) < 200, j["last"]
' 2>"$T/hostile"
ok $? "a tool that floods: its first complaint, no false bar, nothing for the terminal" || note <"$T/hostile"
is "$status" 3 "and the right status"
# boots FILE: the boot loader starts the program when it has all of it, and its drive goes.
boots()
{
	echo "UF2 Bootloader v3.0" >"$T/RPI-RP2/INFO_UF2.TXT"
	rm -f "$T/RPI-RP2/firmware.uf2"
	(until cmp -s "$1" "$T/RPI-RP2/firmware.uf2"; do sleep 0.02; done
	rm "$T/RPI-RP2/INFO_UF2.TXT") &
}
boots "$T/fw.uf2"
run timeout 60 "$vise" flash -p pico "$T/fw.uf2" --set "volume=$T/RPI-RP2"
is "$status" 0 "flash by copying to a drive"
same "$T/fw.uf2" "$T/RPI-RP2/firmware.uf2" "the image is there"
echo "UF2 Bootloader v3.0" >"$T/RPI-RP2/INFO_UF2.TXT"
echo "SWD ERROR" >"$T/RPI-RP2/FAIL.TXT"
run timeout 60 "$vise" flash -p pico "$T/fw.uf2" --set "volume=$T/RPI-RP2"
like "$status $out$err" 'flash pico by uf2: verify: the board refused it: SWD ERROR' "what the boot loader says against it is passed on"
rm "$T/RPI-RP2/FAIL.TXT" "$T/RPI-RP2/firmware.uf2"
run timeout 60 "$vise" flash -p pico "$T/other.uf2" --set "volume=$T/RPI-RP2"
like "$status $err" '^1 .*wrong_image: .*UF2 family 0xe48bff59, the board takes 0xe48bff56.*nothing was touched' "an image for another board is refused before anything is touched"
run timeout 60 "$vise" flash -p pico "$T/fw.bin" --set "volume=$T/RPI-RP2"
like "$status $err" '^1 .*wrong_image: .*takes UF2 files, this one is plain bytes' "so is one in another form"
test ! -e "$T/RPI-RP2/firmware.uf2"
ok $? "and nothing was written"
run timeout 60 "$vise" flash -p pico "$T/other.uf2" --set "volume=$T/RPI-RP2" --set check=off --set wait=300ms
like "$status $err" '^1 .*the boot loader took the file and did not start the program' "unless the user insists: then the board has the last word"
plan
