#!/bin/sh
# `vise rsp`: a real gdb through the tap to a Cortex-M board in QEMU, with faults on the wire between them, what
# was saved shown again, and what probe, step and speed say of it.
. "${srcdir:-.}/tests/lib/tap.sh"
need qemu-system-arm qemu-system-arm
need gdb-multiarch gdb-multiarch
need arm-none-eabi-gcc gcc-arm-none-eabi
need script util-linux
tmpdir
vise=$BUILD/vise
rig=$srcdir/tests/rig/qemu-board/board
fw=$T/fw
mkdir "$fw"
make -s -C "$srcdir/tests/rig/qemu-board" OUT="$fw" "$fw/fw-3.2.1.elf" >"$T/make.log" 2>&1
ok $? "the firmware builds" || { note <"$T/make.log"; plan; exit 1; }
B=$T/board
"$rig" start "$B" "$fw/fw-3.2.1.elf" --life 300 >"$T/board.log" 2>&1
ok $? "the board runs" || { note <"$T/board.log"; plan; exit 1; }
at_end "'$rig' stop '$B' >/dev/null 2>&1"
port=$(cat "$B/gdb.port")

# tap NAME SERVER ARGUMENTS: a tap that serves one gdb; sets at (where gdb goes) and tap (its pid)
tap()
{
	name=$1
	shift
	spawn "$vise" rsp tap "$@" --listen "$T/$name.sock" --once >"$T/$name.out" 2>"$T/$name.err"
	at=$T/$name.sock
	wait_for "test -S '$at'" 60
}

# debugs [SECONDS]: a real gdb loads the program, steps and reads; so long it waits for what does not come
debugs()
{
	timeout 60 gdb-multiarch -nx -batch -ex "set remotetimeout ${1:-5}" -ex "target remote $at" -ex load \
		-ex stepi -ex "x/4x 0x20000000" \
		-ex "monitor system_reset" -ex detach "$fw/fw-3.2.1.elf" >"$T/gdb.out" 2>&1
}

# --- nothing wrong

tap clean ":$port" --save "$T/clean.rec"
ok $? "the tap listens" || note <"$T/clean.err"
debugs
like "$(cat "$T/gdb.out")" 'Transfer rate' "gdb loads through it" || note <"$T/gdb.out"
like "$(cat "$T/gdb.out")" '0x20000000.*0x56495345' "and reads the board's memory"
wait_for "grep -q '^[0-9]* requests' '$T/clean.out'" 60
ok $? "gdb left, the tap sums up" || note <"$T/clean.out"
out=$(cat "$T/clean.out")
like "$out" 'gdb +qSupported.* what can you do\?' "a packet with its meaning"
like "$out" 'gdb +M80000[0-9a-f]+,.* write [0-9]+ bytes at 0x80000' "the load, in words"
like "$out" 'server +T05.* stopped: SIGTRAP' "the stop, in words"
# what is late may be the machine's fault
unlike "$out" '! (missing|bad|stray|nak|retrans|unasked|early|error|odd|too)' "nothing is wrong"
like "$out" 'round trip: median [0-9.]+ ms, p99' "round trips"
run "$vise" rsp show "$T/clean.rec"
is "$status" 0 "what was saved is shown"
is "$(printf '%s\n' "$out" | tail -n 3)" "$(tail -n 3 "$T/clean.out")" "with the same sums"
is "$(printf '%s\n' "$out" | grep -c ' gdb  ')" "$(grep -c ' gdb  ' "$T/clean.out")" "and as many packets"
run "$vise" rsp show --json "$T/clean.rec"
printf '%s\n' "$out" | python3 -c 'import json, sys
rows = [json.loads(l) for l in sys.stdin]
assert rows[-1]["summary"]["requests"] > 20, rows[-1]
assert any(r.get("means", "").startswith("stopped: SIGTRAP") for r in rows)'
ok $? "--json: rows and a summary"
widest=$(script -qec "stty cols 80; '$vise' rsp show '$T/clean.rec'" /dev/null </dev/null | tr -d '\r' |
	awk '{ if (length($0) > n) n = length($0); k += / means|read / } END { print (n <= 80 && n > 60 && k > 5) ? "fits" : n }')
is "$widest" fits "on a terminal of 80 columns its lines are no longer"
cp "$T/gdb.out" "$T/gdb.first"
spawn "$vise" rsp replay "$T/clean.rec" --listen "$T/replay.sock" --once --check >"$T/replay.out" 2>&1
replay=$pid
at=$T/replay.sock
wait_for "test -S '$at'" 60
ok $? "what was saved is served" || note <"$T/replay.out"
debugs
# how fast it loaded is of the day
sed 's/Transfer rate.*//' "$T/gdb.out" >"$T/gdb.second"
is "$(cat "$T/gdb.second")" "$(sed 's/Transfer rate.*//' "$T/gdb.first")" "gdb sees the board again, without it" || note <"$T/replay.out"
wait "$replay"
is $? 0 "nothing was asked that the record has not" || note <"$T/replay.out"
spawn "$vise" rsp replay "$T/clean.rec" --listen "$T/json.sock" --json >"$T/json.out" 2>&1
replay=$pid
wait_for "grep -q listening '$T/json.out'" 60
kill -INT "$replay"
wait "$replay"
python3 -c 'import json, sys; [json.loads(l) for l in open(sys.argv[1])]' "$T/json.out"
ok $? "with --json every line is JSON" || note <"$T/json.out"
spawn "$vise" rsp replay "$T/clean.rec" --listen "$T/replay.sock" --once --check >"$T/replay.out" 2>&1
replay=$pid
wait_for "test -S '$at'" 60
timeout 60 gdb-multiarch -nx -batch -ex "target remote $at" -ex "x/x 0x1234" "$fw/fw-3.2.1.elf" >"$T/gdb.out" 2>&1
wait "$replay"
is $? 1 "another question: 1"
like "$(cat "$T/replay.out")" 'not in the record: m1234,4 +read 4 bytes at 0x1234' "and which"
head -n 1 "$T/clean.rec" >"$T/bad.rec"
echo 'nonsense' >>"$T/bad.rec"
echo '{"t":1,"open":true}' >>"$T/bad.rec"
run "$vise" rsp show "$T/bad.rec"
is "$status" 2 "a damaged record: 2"
like "$err" 'bad\.rec: line 2 ' "and where"
run "$vise" rsp show "$fw/fw-3.2.1.elf"
is "$status" 2 "another file: 2"
like "$err" 'no record of vise rsp tap' "and what it should be"

# --- faults on the wire to the server

# wire FAULT: a wire to the board that damages the one thing named; sets wire
wire()
{
	rm -f "$T/wire.sock"
	spawn python3 "$srcdir/tests/rig/rspwire.py" "$T/wire.sock" "$port" "$1" >"$T/wire.log" 2>&1
	wait_for "test -S '$T/wire.sock'" 60
}

# meanwhile, one whose server is not there
tap gone "unix:$T/nothing.sock" --check
timeout 60 gdb-multiarch -nx -batch -ex "target remote $at" >/dev/null 2>&1 </dev/null &
gone=$!
while read -r fault wait finding; do
	wire "$fault"
	tap "$fault" "unix:$T/wire.sock" --save "$T/$fault.rec"
	debugs "$wait"
	wait_for "grep -q '^[0-9]* requests' '$T/$fault.out'" 60
	like "$(cat "$T/$fault.out")" "server +! $finding:" "$fault: $finding" || note <"$T/$fault.out"
	like "$(cat "$T/gdb.out")" '0x20000000.*0x56495345' "$fault: gdb gets through all the same"
done <<'F'
flip 5 bad-checksum
dollar 2 missing-dollar
noise 5 stray-bytes
ack 2 no-ack
hello 5 unanswered-qSupported
F
for fault in noise ack hello; do
	run "$vise" rsp show "$T/$fault.rec"
	is "$(printf '%s\n' "$out" | grep ' ! ')" "$(grep ' ! ' "$T/$fault.out")" "$fault: the record tells the same, silence too"
done
run "$vise" rsp tap "$T/wire.sock" --listen 99999
is "$status" 2 "a port that is none: 2"
like "$err" '99999: the port is no number' "said so"
wait "$gone"
wait_for "grep -q 'nothing.sock' '$T/gone.out'" 60
ok $? "a server that is not there is named" || note <"$T/gone.out"
like "$(cat "$T/gone.out")" '^findings: server not reached 1' "and counted"
run timeout 20 "$vise" rsp tap "$T/nothing.sock" --save /dev/full
is "$status" 3 "a record on a full disk: 3"
like "$err" 'full: writing the record.*No space left' "and why"
# a telnet port instead of the one for gdb
spawn python3 -c 'import socket, sys
s = socket.socket(socket.AF_UNIX)
s.bind(sys.argv[1])
s.listen(4)
while True:
    c = s.accept()[0]
    d = c.sendall(b"Open On-Chip Debugger\r\n> ") or c.recv(4096)
    while d:
        d = c.sendall(d) or c.recv(4096)' "$T/telnet.sock"
wait_for "test -S '$T/telnet.sock'" 60
run "$vise" rsp probe "unix:$T/telnet.sock"
is "$status" 3 "a port that echoes: 3"
like "$err" 'what is sent comes back: a terminal.*3333 for gdb' "and what it may be" || note <"$T/err"

# --- asking the board itself

run "$vise" rsp probe ":$port"
is "$status" 0 "probe" || printf '%s\n' "$err" | note
like "$out" 'packets up to +4096 bytes' "its packets"
like "$out" 'registers described .*arm\.m-profile' "its registers"
like "$out" 'hardware breakpoints +yes' "what it can"
like "$out" 'no-ack mode +no' "what it cannot"
run "$vise" rsp step ":$port" --count 300 --mask on --json
is "$status" 0 "300 steps, nothing may interrupt them" || printf '%s\n' "$err" | note
printf '%s\n' "$out" | python3 -c 'import json, sys
o = json.load(sys.stdin)
assert o["sent"] == o["answered"] == o["sigtrap"] == 300, o
assert o["right"] + o["unchecked"] + o["stuck"] == 300 and o["right"] > 200, o
assert o["wrong"] == o["exceptions"] == 0 and o["stuck"] < 3 and o["isa"] == "thumb", o
assert o["success_low"] < o["success_percent"] <= o["success_high"], o'
ok $? "each at a right place" || printf '%s\n' "$out" | note
run "$vise" rsp step ":$port" --count 500 --mask off --json
printf '%s\n' "$out" | python3 -c 'import json, sys
o = json.load(sys.stdin)
assert o["answered"] == 500 and o["wrong"] == 0 and o["exceptions"] > 0, o'
ok $? "with interrupts, the entries into them are counted apart" || printf '%s\n' "$out" | note
run "$vise" workflow single-step --set "server=:$port" --set count=100 --set rounds=2 --set mask=on --set stuck=6 --csv
is "$status" 0 "the workflow single-step" || printf '%s\n%s\n' "$out" "$err" | note
is "$(grep -c '^[12],100,[0-9]*,0,[0-9]*,0,' "$T/out")" 2 "a row for each round" || note <"$T/out"
run "$vise" workflow single-step --set server=:1 --set count=1 --set rounds=1
is "$status" 3 "without a server it is a failure of the bench"
run "$vise" rsp speed ":$port" --addr 0x20000000 --size 4K --write
is "$status" 0 "speed" || printf '%s\n' "$err" | note
like "$out" '^read +2044 +[0-9]+ ' "the largest block that one packet holds"
like "$out" '^write +2032 ' "written too"
like "$out" 'QEMU: no wire, its efficiency is not applicable' "an efficiency only where there is a wire"
run "$vise" rsp speed ":$port" --addr 0xe000e000 --size 64 --write
is "$status" 1 "what drops a write is no memory: 1"
like "$err" '0xe000e000 does not hold what was written' "said so"
run "$vise" rsp speed ":$port" --write
is "$status" 2 "nothing is written where nobody said so: 2"
run "$vise" rsp speed ":$port" --addr 0xfffffff0
is "$status" 3 "memory that cannot be read: 3"
like "$err" '0xfffffff0 cannot be read' "and which"
run "$vise" rsp probe ":1"
is "$status" 3 "no server: 3"
run timeout 60 "$vise" at "$(readlink -f "$B/tty")" AT
is "$status" 0 "the chip runs on after all that" || printf '%s\n' "$err" | note
plan
