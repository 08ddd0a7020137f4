#!/bin/sh
# labgrid.t - places of labgrid: acquired, their console used, released after the end, ^C and SIGKILL. First with a client that keeps its
# place in a file; then with labgrid's own client, coordinator and exporter, and ser2net with a pty behind it.
. "${srcdir:-.}/tests/lib/tap.sh"
PATH=$PATH:/usr/sbin
tmpdir
VISE=$BUILD/vise
VISE_LOCK_DIR=$T/locks
export VISE_LOCK_DIR T
cd "$T" || bail "no folder"
mkdir t
cat >t/lab_test.lua <<'END'
local vise = require "vise"
vise.test("echo", function(t)
  t.console:line("through labgrid")
  t.console:expect("through labgrid", { timeout = 30 })
  t:eq(vise.place.get().labgrid, "board-7")
  t:eq(vise.place.get().ssh, "root@127.0.0.1")
end)
vise.test("waits", function() print "up"; vise.sleep(60) end)
END

# ---- a client of ours: state is who has it, said what was asked of it
cat >client <<'END'
#!/bin/sh
for word; do :; done
echo "$*" >>said
case $word in
acquire)
	test ! -e broken || { echo "Could not connect to coordinator: [Errno 111]" >&2; exit 1; }
	test ! -e state || { echo "client.py: error: place board-7 is already acquired by lab/anna" >&2; exit 1; }
	echo us >state ;;
release) rm -f state ;;
show) if test -e state; then echo "  acquired: lab/us"; else echo "  acquired: None"; fi ;;
env) printf 'targets:\n  board-7:\n    resources:\n    - NetworkSerialPort:\n        host: %s\n        port: %s\n        speed: 115200\n        protocol: raw\n' 127.0.0.1 "$(cat port)"
	printf "    - NetworkService:\n        address: '127.0.0.1'\n        username: root\n" ;;
esac
END
chmod +x client
cat >echo.py <<'P'
import os, socket, threading
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen()
open("port.new", "w").write(str(s.getsockname()[1])); os.rename("port.new", "port")
def serve(c):
    while (b := c.recv(4096)): c.sendall(b)
while True:
    threading.Thread(target=serve, args=(s.accept()[0],), daemon=True).start()
P
if command -v python3 >/dev/null 2>&1; then
	spawn python3 echo.py
	wait_for 'test -s port' 20 || bail "no board"
	VISE_LABGRID_CLIENT=$T/client
	export VISE_LABGRID_CLIENT
	run "$VISE" test t --place labgrid:board-7 -k echo
	is "$status" 0 "a test on a place of labgrid" || { echo "$out"; echo "$err"; } | note
	is "$(echo $(sed 's/-p board-7 //' said))" "acquire env release" "acquired, asked, released"
	test ! -e state
	ok $? "and it is free"
	mkdir -p "$XDG_CONFIG_HOME/vise"
	echo '{"places":{"far":{"labgrid":"board-7","coordinator":"ws://lab:20408/ws","board":"none"}}}' >"$XDG_CONFIG_HOME/vise/places.json"
	echo anna >state
	run "$VISE" place exec far -- true
	is "$status" 6 "one that somebody else has"
	like "$err" 'labgrid: .*already acquired by lab/anna' "is told in labgrid's words"
	like "$(tail -n 1 said)" '^-x ws://lab:20408/ws -p board-7 acquire$' "the coordinator of the file is asked"
	spawn "$VISE" place exec far --wait 60s -- sh -c 'echo "$VISE_PLACE_CONSOLE $VISE_PLACE_SSH" >got'
	wait_for 'test "$(tail -n 2 said | grep -c acquire)" = 2' 20
	rm state
	wait_for 'test -s got' 20
	is "$(cat got)" "tcp:127.0.0.1:$(cat port) root@127.0.0.1" "--wait waits for it"
	wait "$pid"
	spawn "$VISE" test t --place labgrid:board-7 -k waits --tap >up 2>&1
	wait_for 'grep -q up up' 20
	kill -INT "$pid"
	wait "$pid"
	is "$? $(test -e state; echo $?)" "130 1" "^C releases it"
	spawn "$VISE" test t --place labgrid:board-7 -k waits --tap >up2 2>&1
	wait_for 'grep -q up up2' 20
	kill -9 "$pid"
	wait_for 'test ! -e state' 20
	ok $? "SIGKILL too"
	VISE_LABGRID_LOOK=100ms spawn "$VISE" place exec far -- sleep 60 2>taken.err
	wait_for 'test -e state && tail -n 1 said | grep -q show' 20
	rm state
	wait "$pid"
	is "$?" 3 "somebody takes it away: the run ends"
	like "$(cat taken.err)" 'somebody has taken it away' "and says so"
	cat >taken.lua <<'L'
local vise = require "vise"
local place <close> = vise.place.acquire("labgrid:board-7", { lease = "1h" })
local con = vise.console.open(place.console)
con:line "by a script"
con:expect("by a script", { timeout = 30 })
vise.launch.run { cmd = "rm", args = { "state" } }
local ok, err = pcall(con.expect, con, "nothing", { timeout = 60 })
print(ok, err.code, err.msg)
L
	VISE_LABGRID_LOOK=100ms run "$VISE" script taken.lua
	like "$status $out" '^0 false	lost_place	.*somebody has taken it away$' "a script that took it catches that" || { echo "$out"; echo "$err"; } | note
	run "$VISE" place acquire far --lease 1h
	is "$status $(cat state)" "0 us" "for a shell"
	run "$VISE" place release far
	test ! -e state
	ok $? "until it is released" || echo "$err" | note
	touch broken
	run "$VISE" place exec far -- true
	is "$status" 3 "no coordinator is a failure of the bench"
	VISE_LABGRID_CLIENT=$T/none
	run "$VISE" place exec far -- true
	is "$status" 3 "so is no labgrid-client"
	unset VISE_LABGRID_CLIENT
else
	skip "python3 is not here (Debian package python3)"
fi

# ---- labgrid's own programs
python=/usr/bin/python3
if "$python" -c 'import labgrid.remote.client' 2>/dev/null && command -v ser2net >/dev/null 2>&1; then
	lab="$python -m labgrid.remote"
	spawn "$python" "$srcdir/tests/rig/wamprouter.py" "$T/url" >router.log 2>&1
	cat >board.py <<'P'
import os, sys, tty
master, slave = os.openpty()
tty.setraw(slave)
os.symlink(os.ttyname(slave), "tty")
while True:
    os.write(master, os.read(master, 4096))
P
	spawn "$python" board.py
	free=$("$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	wait_for 'test -s url && test -e tty' 30 || bail "no router"
	LG_CROSSBAR=$(cat url) LG_USERNAME=vise LG_HOSTNAME=lab
	export LG_CROSSBAR LG_USERNAME LG_HOSTNAME
	printf 'connection: &c\n  accepter: telnet(rfc2217),tcp,127.0.0.1,%s\n  connector: serialdev,%s,9600n81,local\n' "$free" "$(readlink tty)" >ser2net.yaml
	spawn ser2net -n -d -c "$T/ser2net.yaml" -P "$T/ser2net.pid" >ser2net.log 2>&1
	WS=$LG_CROSSBAR spawn "$python" -u -m labgrid.remote.coordinator >coordinator.log 2>&1
	wait_for 'grep -q "Coordinator ready" coordinator.log' 60
	printf 'rack:\n  NetworkSerialPort:\n    host: 127.0.0.1\n    port: %s\n    speed: 57600\n    protocol: rfc2217\n  NetworkService:\n    address: 127.0.0.1\n    username: root\n' "$free" >exporter.yaml
	spawn "$python" -u -m labgrid.remote.exporter -x "$LG_CROSSBAR" -n lab exporter.yaml >exporter.log 2>&1
	wait_for 'grep -q "add resource rack/NetworkService" exporter.log' 60
	{ $lab.client -p board-7 create && $lab.client -p board-7 add-match 'lab/rack/*'; } >create.log 2>&1 || note <create.log
	run "$VISE" test t --place labgrid:board-7 -k echo
	is "$status" 0 "labgrid's client, coordinator and exporter, and a console through ser2net" || { echo "$out"; echo "$err"; cat router.log coordinator.log; } | note
	spawn "$VISE" place exec labgrid:board-7 -- sh -c 'echo up >up3; exec sleep 60'
	wait_for 'test -s up3' 60
	$lab.client -p board-7 show >show 2>&1
	like "$(cat show)" 'acquired: lab/vise' "acquired under our user's name" || note <show
	kill -9 "$pid"
	wait_for "$lab.client -p board-7 show | grep -q 'acquired: None'" 60
	ok $? "and released when we are killed"
else
	skip "labgrid and ser2net are not here (Debian packages labgrid, ser2net)"
fi
plan
