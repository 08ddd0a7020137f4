#!/bin/bash
# vise image: real Go programs and microcontroller images beside go version -m, readelf and size; the difference
# of two builds; every reason of a check; broken files.
. "${srcdir:-.}/tests/lib/tap.sh"
need python3 python3
need go golang-go
need readelf binutils
need arm-none-eabi-gcc gcc-arm-none-eabi
go_env
vise=$BUILD/vise
cd "$T" || bail "no $T"

# ---- two builds of a Go program
mkdir prog && cat >prog/main.go <<'END'
package main

import "os"

var table [1 << 16]byte

//go:noinline
func busy(n int) int { table[n]++; return int(table[n]) }

func main() { println("hello", busy(len(os.Args))) }
END
printf 'module example.com/prog\n\ngo 1.19\n' >prog/go.mod
(cd prog && CGO_ENABLED=0 go build -o ../full . && CGO_ENABLED=0 go build -ldflags='-s -w' -o ../small . &&
	CGO_ENABLED=0 go build -buildmode=pie -ldflags='-s -w' -o ../pie .) >go.log 2>&1
ok $? "three Go programs are built" || note <go.log
cat >truth.py <<'END'
"""vise's facts against go version -m and readelf."""
import json, re, subprocess, sys
def run(*a): return subprocess.run(a, stdout=subprocess.PIPE, universal_newlines=True, check=True).stdout
bad = []
def same(what, have, want):
    if have != want: bad.append("%s: have %r, want %r" % (what, have, want))
for name in sys.argv[2:]:
    f = json.loads(run(sys.argv[1], "image", "show", "--json", name))
    if "go" in f:
        text = run("go", "version", "-m", name)
        same(name + " version", f["go"]["version"], text.split()[1])
        same(name + " settings", f["go"]["settings"], dict(re.findall(r"\tbuild\t([^=\s]+)=(.*)", text)))
        same(name + " path", f["go"]["path"], re.search(r"\tpath\t(.*)", text).group(1))
    rows = [l.split() for l in re.sub(r"\[ *(\d+)\]", r"\1", run("readelf", "-SW", name)).splitlines()]
    rows = [r for r in rows if r and r[0].isdigit() and r[0] != "0"]
    want = {r[1]: (int(r[3], 16), int(r[5], 16)) for r in rows}
    same(name + " sections", {s["name"]: (s["addr"], s["size"]) for s in f["sections"] if s["name"]}, want)
    loads = [l.split() for l in run("readelf", "-lW", name).splitlines() if l.split()[:1] == ["LOAD"]]
    same(name + " segments", [(s["vaddr"], s["paddr"], s["filesz"], s["memsz"]) for s in f["segments"] if s["type"] == "load"],
         [tuple(int(x, 16) for x in l[2:6]) for l in loads])
    same(name + " stripped", f["stripped"], ".symtab" not in want)
    same(name + " pie", f["pie"], "Type:  DYN" in re.sub(" +", "  ", run("readelf", "-h", name)))
    same(name + " interp", "interp" in f, "INTERP" in run("readelf", "-lW", name))
    for kind in ("text", "rodata", "data", "bss"):
        same(name + " bytes of " + kind, sum(p[kind] for p in f["packages"]), f["sizes"][kind])
    flags = {r[1]: " ".join(r[7:-3]) for r in rows}
    alloc = [(n, s[1]) for n, s in want.items() if "A" in flags[n] and "T" not in flags[n]]
    same(name + " all bytes", sum(f["sizes"][k] for k in ("text", "rodata", "data", "bss")), sum(s for _, s in alloc))
    if not f["stripped"]:
        syms = {}
        for l in run("readelf", "-sW", name).splitlines():
            r = l.split()
            if len(r) == 8 and r[3] in ("OBJECT", "FUNC") and r[6].isdigit(): syms[r[7]] = int(r[2], 0)
        for s in f["symbols"][:40]:
            if syms.get(s["name"]): same(name + " " + s["name"], s["size"], syms[s["name"]])
print("\n".join(bad) or "as they say")
END
run python3 truth.py "$vise" full small pie
is "$out" "as they say" "version, settings, sections, segments, symbols, PIE, every byte once: as go and readelf say"
run "$vise" image show full small pie
like "$out" ' -[0-9]+\.[0-9]% .* small \(static, stripped\)$' "several files: a table with the savings"
run "$vise" image show --json --by package full
is "$(printf '%s' "$out" | python3 -c 'import json,sys; f=json.load(sys.stdin); print([p["bss"] for p in f["packages"] if p["name"]=="main"], [s["package"] for s in f["symbols"] if s["name"]=="main.table"])')" \
	"[65536] ['main']" "bytes are given to packages"
run "$vise" image show --by package --top 100 small
like "$out" '^ +main +[1-9]' "a stripped Go program has its functions still"
sed 's/1 << 16/1 << 17/; s/busy(len/busy(7+len/' prog/main.go >prog/new && mv prog/new prog/main.go
(cd prog && CGO_ENABLED=0 go build -o ../grown .) >go.log 2>&1
run "$vise" image diff full grown --json
is "$(printf '%s' "$out" | python3 -c 'import json,sys
d=json.load(sys.stdin)
assert sum(r["delta"] for r in d["packages"]) == sum(d["b"]["sizes"][k]-d["a"]["sizes"][k] for k in ("text","rodata","data","bss"))
print([r["delta"] for r in d["symbols"] if r["name"]=="main.table"], d["packages"][0]["name"])')" "[65536] main" \
	"the difference of two builds, by symbol and package, adds up"
run "$vise" image diff full small
like "$out" '^ +go -ldflags:  -> "?-s -w"?$' "and what was set otherwise"

# ---- a microcontroller
cat >fw.c <<'END'
#include <stdint.h>
void Reset_Handler(void);
__attribute__((section(".vec"), used)) const void *vec[2] = { (void *)0x20005000, (void *)Reset_Handler };
int counter = 5, buf[SIZE];
__attribute__((noinline)) static int half(int x) { return x / 2; }
void Reset_Handler(void) { for (;;) { counter += buf[counter & 63]; counter = half(counter); } }
END
cat >fw.ld <<'END'
MEMORY { F (rx) : ORIGIN = 0x08000000, LENGTH = 1M R (rwx) : ORIGIN = 0x20000000, LENGTH = 1M }
SECTIONS { .text : { *(.vec) *(.text*) } > F .data : { *(.data*) } > R AT> F .bss (NOLOAD) : { *(.bss*) } > R
  /DISCARD/ : { *(.ARM.exidx*) } }
END
sed -i 's/ R (rwx)/\n R (rwx)/; s/{ F (rx)/{\n F (rx)/' fw.ld
arm() { arm-none-eabi-gcc -g -O1 -mthumb -nostdlib -T fw.ld -DSIZE=100 "$@" fw.c; }
{ arm -mcpu=cortex-m3 -o m3.elf && arm -mcpu=cortex-m4 -mfpu=fpv4-sp-d16 -mfloat-abi=hard -o m4.elf &&
	arm -mcpu=cortex-m3 -USIZE -DSIZE=6000 -o big.elf && arm-none-eabi-objcopy -O ihex m3.elf m3.hex &&
	arm-none-eabi-objcopy -O binary m3.elf m3.bin; } >gcc.log 2>&1
ok $? "images for a Cortex-M3 and a Cortex-M4 are built" || note <gcc.log
run python3 truth.py "$vise" m3.elf m4.elf
is "$out" "as they say" "they are as readelf says"
run "$vise" image show m4.elf --json
is "$(printf '%s' "$out" | python3 -c 'import json,sys; a=json.load(sys.stdin)["arm"]; print(a["arch"], a["profile"], a["float"])')" \
	"v7E-M M hard" "ARM attributes: architecture and float ABI"
check() { run "$vise" image check "$@"; }
check -p bluepill m3.elf m3.hex m3.bin
is "$status" 0 "ELF, HEX and BIN of the right chip fit"
set -- $(arm-none-eabi-size m3.elf | tail -1)
like "$out" "^  flash +\[#+\.+\] +[0-9.]+%  $(($1 + $2)) of 65536 bytes at 0x08000000" "flash use as size says, with a bar"
like "$out" "^  ram +\[#+\.+\] +[0-9.]+%  $(($2 + $3)) of 20480 bytes" "and RAM"
check -p bluepill m4.elf
is "$status" 1 "the wrong core is refused"
like "$out" 'bad +architecture: built for ARM v7E-M profile M, which a cortex-m3 does not run' "with the reason"
like "$out" 'bad +float: built for an FPU' "and the float ABI"
check -p bluepill big.elf
like "$status $out" 'bad +memory: does not fit: [0-9]+ bytes too many for ram' "too big says by how much"
check -p microbit m3.bin --base 0x08000000
like "$status $out" 'bad +memory: [0-9]+ bytes at 0x08000000 lie in no memory of the board' "another chip's addresses"
check -p pico full --json
is "$status $(printf '%s' "$out" | python3 -c 'import json,sys; r=json.load(sys.stdin); print(r["fits"], sorted({f["check"] for f in r["findings"] if f["level"]=="bad"}))')" \
	"1 False ['architecture', 'memory', 'system']" "a Linux program is nothing for a Pico; --json says why"
check -p rpi-4 full
like "$status $out" "bad +architecture: built for .*, the board is arm64" "nor one for another processor"
check pie
like "$status $out" 'warn +loader: needs no library, but its loader /lib.* must be there' "a static-looking PIE needs its loader"
printf 'int main(void) { return 0; }' >c.c
if gcc -o c.elf c.c 2>/dev/null; then
	want=$(readelf -VW c.elf | grep -o 'GLIBC_[0-9.]*' | sort -uV | tail -1)
	check c.elf --libc 2.1
	like "$status $out" "bad +libc: needs glibc ${want#GLIBC_}, the board has 2.1" "the C library may be too old"
	check c.elf --libc 9.9 --kernel 2.4
	like "$status $out" "bad +kernel: needs Linux [0-9.]+, the board has 2.4" "and the kernel"
else
	skip "gcc is not here"
	skip "gcc is not here"
fi

# ---- a signature, permissions
head -c 256 /dev/zero >sig
arm-none-eabi-objcopy --add-section .sig=sig m3.elf signed.elf
run "$vise" image show signed.elf
like "$out" 'signature +\.sig, 256 bytes, NOT the last of the file' "a signature section that something follows"
python3 - <<'END'
import struct
b = bytearray(open("signed.elf", "rb").read())
shoff, = struct.unpack_from("<I", b, 32)
num, = struct.unpack_from("<H", b, 48)
for i in range(num):                            # the one of 256 bytes goes to the end
    if struct.unpack_from("<I", b, shoff + 40 * i + 20)[0] == 256: struct.pack_into("<I", b, shoff + 40 * i + 16, len(b))
open("last.elf", "wb").write(b + bytes(256))
END
run "$vise" image show last.elf
like "$out" 'signature +\.sig, 256 bytes, the last of the file' "and one that is the last word"

# ---- UF2, broken files
cat >uf2.py <<'END'
import struct, sys
def block(i, n, family, addr): return struct.pack("<8I", 0x0A324655, 0x9E5D5157, 0x2000, addr, 256, i, n, family) + bytes(476) + struct.pack("<I", 0x0AB16F30)
family, n = int(sys.argv[1], 16), 4
open(sys.argv[2], "wb").write(b"".join(block(i, n, family, 0x10000000 + 256 * i) for i in range(n)))
END
python3 uf2.py e48bff56 pico.uf2 && python3 uf2.py e48bff59 pico2.uf2
check -p pico pico.uf2
is "$status" 0 "a UF2 file of the board's family"
check -p pico pico2.uf2
like "$status $out" 'bad +family: UF2 family 0xe48bff59, the board takes 0xe48bff56' "and of another"
head -c 1500 pico.uf2 >cut.uf2
run "$vise" image show cut.uf2
like "$status $err" '^2 .*cut.uf2: a broken UF2 file: block 2 is cut off' "a cut UF2 file"
head -c 60 m3.hex >cut.hex
run "$vise" image show cut.hex
like "$status $err" '^2 .*cut.hex: a broken Intel HEX file' "a cut HEX file"
tr : x <m3.hex >junk.hex
check -p bluepill junk.hex
like "$out" 'bad +name: named .hex, but inside it is neither that nor ELF, UF2 or HEX' "a name that promises HEX"
cp m3.elf raw.bin
check -p bluepill raw.bin
like "$out" 'bad +name: named .bin, but inside it is elf' "an ELF file is no .bin"
head -c 3000 m3.elf >cut.elf
run "$vise" image show cut.elf
test "$status" -le 2
ok $? "a cut ELF file: an answer or a refusal"
check -p nosuch m3.elf
is "$status" 2 "a board that is none"
plan
