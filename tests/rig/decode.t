#!/bin/sh
# decode.t - what real programs print when they fail: Go programs, with and without debugging information,
# and a HardFault of a real firmware in QEMU, looked up in the ELF file that runs.
. "${srcdir:-.}/tests/lib/tap.sh"
need python3 python3
need go golang-go
tmpdir
PYTHONPATH=$srcdir/tests/lib PYTHONDONTWRITEBYTECODE=1
export PYTHONPATH PYTHONDONTWRITEBYTECODE T
vise=$BUILD/vise

go_env
GO111MODULE=off go build -o "$T/crashd" "$srcdir/tests/rig/crashd/main.go" 2>"$T/go.log" &&
	GO111MODULE=off go build -ldflags='-s -w' -o "$T/stripped" "$srcdir/tests/rig/crashd/main.go" 2>>"$T/go.log"
ok $? "the Go program builds" || { note <"$T/go.log"; plan; exit 1; }

# --- vise decode: files

"$T/crashd" panic 2>"$T/panic.txt"
run "$vise" decode "$T/panic.txt" --only --check
is "$status" 1 "--check: a crash is 1"
like "$out" 'vise\| go: panic: runtime error: index out of range \[7\] with length 3' "the panic"
like "$out" 'at main\.\(\*sensor\)\.read \(.*/crashd/main\.go:[0-9]+\)' "its first own frame"
sed 's/^/Nov 21 08:00:00 board app[412]: /' "$T/panic.txt" >"$T/syslog.txt"
run "$vise" decode "$T/syslog.txt" --only --json
is "$(printf '%s' "$out" | python3 -c 'import json,sys; r=json.load(sys.stdin); print(len(r), r[0]["decoder"], r[0]["level"])')" \
	"1 go crash" "the same behind syslog's prefix"
"$T/crashd" deadlock 2>"$T/dead.txt"
run "$vise" decode - --only <"$T/dead.txt"
like "$out" 'fatal error: all goroutines are asleep' "a deadlock, from stdin"

# --- addresses: DWARF and, without it, Go's own table give the same place

addr=$(go tool nm "$T/crashd" | awk '$3 == "main.work" { print "0x" $1 }')
run "$vise" decode --elf "$T/crashd" "$addr"
like "$out" 'main\.work \(.*/crashd/main\.go:[0-9]+\)' "an address by DWARF"
want=$out
strip_addr=$(GODEBUG= python3 - "$T/crashd" "$T/stripped" "$addr" <<'P'
import sys
# both are linked alike: the code of main.work is found by its bytes
a, b, addr = open(sys.argv[1], "rb").read(), open(sys.argv[2], "rb").read(), int(sys.argv[3], 16)
off = addr - 0x400000
print(hex(b.find(a[off:off + 48]) + 0x400000))
P
)
run "$vise" decode --elf "$T/stripped" "$strip_addr"
is "${out#* main}" "${want#* main}" "and by .gopclntab in a stripped program"
run "$vise" decode --elf "$T/crashd" --json "$addr"
is "$(printf '%s' "$out" | python3 -c 'import json,sys; r=json.load(sys.stdin); print(r["debug"], r["go"], r["arch"] != "")')" \
	"dwarf True True" "what kind of file it is"
run "$vise" decode --elf "$T/panic.txt" "$addr"
is "$status" 2 "no ELF file: 2"

# --- log lines

"$T/crashd" json >"$T/json.txt"
run "$vise" decode "$T/json.txt"
like "$out" '^07:43:21 INFO  request 0  trace_id=4bf92f0$' "JSON lines are laid out"
run "$vise" decode "$T/json.txt" --raw
like "$out" '^\{"level":"INFO"' "--raw leaves them"

# --- a console: GODEBUG's lines of a running program are gauges

S=$XDG_RUNTIME_DIR/vise/go.sock
export S
spawn "$BUILD/vise-bench" --foreground --name go --linger 60s --run "gauge.every 100ms" \
	--run "console.open \"exec:env GODEBUG=gctrace=1,schedtrace=50 $T/crashd gc\"" 2>"$T/bench.err"
says=$(python3 - 2>&1 <<'P'
import os
from client import fresh, until
c = fresh(os.environ["S"])
def values():
    r = c.do("gauge.list")
    return {d["id"]: v for d, v in zip(r["defs"], r["v"]) if v is not None}
# what is alive may have reached the goal, as it does at 20 MB; at the end, at 40 of 60, it has not
assert until(lambda: values().get("go.heap_live", 0) >= 40 << 20 and "go.sched.procs" in values(), 20), values()
v = values()
assert v["go.gc.count"] >= 1 and v["go.heap_goal"] > v["go.heap_live"] and 0 <= v["go.gc_cpu"] <= 100, v
P
)
ok $? "gctrace and schedtrace of a real program" || printf '%s\n' "$says" | note

# --- a HardFault

if ! command -v qemu-system-arm >/dev/null || ! command -v arm-none-eabi-gcc >/dev/null; then
	skip "a HardFault in QEMU" "qemu-system-arm or gcc-arm-none-eabi is not here"
	plan
	exit 0
fi
rig=$srcdir/tests/rig/qemu-board/board
mkdir "$T/fw"
make -s -C "$srcdir/tests/rig/qemu-board" OUT="$T/fw" all >"$T/make.log" 2>&1 &&
	"$rig" start "$T/b" "$T/fw/fw-3.2.1.elf" --life 200 >"$T/board.log" 2>&1
ok $? "a firmware runs in QEMU" || { note <"$T/board.log"; plan; exit 1; }
at_end "'$rig' stop '$T/b' >/dev/null 2>&1"
S=$XDG_RUNTIME_DIR/vise/hw.sock
tty=$(readlink -f "$T/b/tty")
spawn "$BUILD/vise-bench" --foreground --name hw --linger 60s --run "decode.elf $T/fw/fw-3.2.1.elf" \
	--run "console.open $tty" 2>"$T/hw.err"
says=$(python3 - 2>&1 <<'P'
import os
from client import fresh
c = fresh(os.environ["S"]); c.attach()
c.do("console.line AT+FAULT")
d = c.wait(lambda: [e["decoded"] for e in c.of("decoded") if "place" in e["decoded"]], 30)
assert d, (c.of("decoded"), c.of("notice"))
assert d[0]["level"] == "crash" and d[0]["place"]["file"].endswith("fw.c"), d
n = c.wait(lambda: [e["notice"] for e in c.of("notice") if "HardFault" in e["notice"]["text"]], 10)
assert n and "fw.c:" in n[0]["text"], c.of("notice")
print(d[0]["place"])
P
)
ok $? "a real HardFault: the notice names function, file and line" || printf '%s\n' "$says" | note
plan
