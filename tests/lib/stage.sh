# stage.sh - a machine of our own for the examples of the manual: the names printed there are there.
#
#   stage_enter "$0"	runs the test once more in its own namespaces (mounts, network, processes), or skips it
#   stage_set		inside: /dev has what stage_port makes and nothing else, all stage_hosts are this machine, no network
#   stage_port NAME ATDEV-ARGUMENTS...	a device behind /dev/NAME; takes orders by $T/NAME.orders
#   stage_tool NAME	a program in PATH, its text from stdin
#
# What is left running ends with the namespace.

stage_hosts="board pi4 pi5 rock5b camera rack-pi rack"

stage_enter()
{
	test "${VISE_STAGE-}" = 1 && return
	need unshare util-linux
	stage_flags=-mnpf
	test "$(id -u)" -eq 0 || stage_flags=-rmnpf
	unshare $stage_flags --mount-proc true 2>/dev/null || skip_all "no namespaces here"
	VISE_STAGE=1 exec unshare $stage_flags --mount-proc --kill-child sh "$1"
}

stage_set()
{
	# what an example left running ends before its folder goes
	test $$ -ne 1 || at_end 'kill -KILL -1; wait'
	stage_dev=$T/dev
	mkdir "$stage_dev" "$T/bin" "$T/media"
	mount -t tmpfs dev "$stage_dev" || bail "no /dev of our own"
	for n in null zero full random urandom tty; do
		: >"$stage_dev/$n" && mount --bind "/dev/$n" "$stage_dev/$n"
	done
	mkdir "$stage_dev/pts" "$stage_dev/shm" && mount --rbind /dev/pts "$stage_dev/pts" && mount -t tmpfs shm "$stage_dev/shm"
	ln -s pts/ptmx "$stage_dev/ptmx" && ln -s /proc/self/fd "$stage_dev/fd"
	mount --move "$stage_dev" /dev || bail "no /dev of our own"
	{ echo "127.0.0.1 localhost"; echo "127.0.0.1 $stage_hosts"; } >"$T/hosts"
	mount --bind "$T/hosts" /etc/hosts
	mount -t tmpfs lib /var/lib
	# the loopback
	python3 -c 'import fcntl, socket, struct; s = socket.socket(); a = struct.pack("16sh14x", b"lo", 0x1)
fcntl.ioctl(s, 0x8914, a)' || bail "no loopback"
	VISE_LOCK_DIR=$T/locks TMPDIR=$T/tmp PYTHONDONTWRITEBYTECODE=1 PATH=$T/bin:$BUILD:$PATH
	mkdir "$TMPDIR"
	export VISE_LOCK_DIR TMPDIR PYTHONDONTWRITEBYTECODE PATH
	# ssh to any of these names runs the words here; -W is a connection
	stage_tool ssh <<'END'
#!/usr/bin/env python3
import os, socket, sys, threading
words, to, told = sys.argv[1:], None, False
while words and words[0].startswith("-") and words[0] != "--":
    o = words.pop(0)
    told = told or o == "-G"
    if o[1] in "oWLSpiFlRD" and len(o) == 2:
        to = words.pop(0) if o == "-W" else (words.pop(0), to)[1]
if words[0] == "--":
    words.pop(0)
host, words = words[0], words[1:]
if told:
    print("hostname 127.0.0.1\nport 22")
    sys.exit()
if words[:1] == ["--"]:
    words.pop(0)
if to is None:
    os.execvp("sh", ["sh", "-c", " ".join(words)] if words else ["sh"])
s = socket.create_connection((to.rpartition(":")[0].strip("[]"), int(to.rpartition(":")[2])))
def up():
    while (d := os.read(0, 65536)):
        s.sendall(d)
    s.shutdown(socket.SHUT_WR)
threading.Thread(target=up, daemon=True).start()
while (d := s.recv(65536)):
    os.write(1, d)
END
	# a shell at the far end of a serial line
	stage_tool shellport <<'END'
#!/usr/bin/env python3
import os, pty, select, sys, tty
sys.path.insert(0, os.environ["TOP"] + "/tests/lib")
from ttyrig import Port
port = Port(sys.argv[1])
pid, shell = pty.fork()
if pid == 0:
    os.execvp("sh", ["sh"])
while True:
    port.probe()
    got, mine = port.wait([shell], 1)
    if mine:
        os.write(shell, port.read())
    if got:
        try:
            port.write(os.read(shell, 4096))
        except OSError:
            sys.exit()
END
	# an AT device under a name whose link was taken away, which has ended the one before
	stage_tool atport <<'END'
#!/bin/sh
exec python3 "$TOP/tests/rig/atdev/atdev.py" "/dev/$1" --dialect simcom </dev/null >/dev/null
END
	TOP=$srcdir
	export TOP T
	cd "$T" || bail "no folder"
}

stage_tool()
{
	cat >"$T/bin/$1" && chmod 755 "$T/bin/$1"
}

stage_port()
{
	stage_name=$1
	shift
	mkfifo "$T/$stage_name.orders"
	python3 "$srcdir/tests/rig/atdev/atdev.py" "/dev/$stage_name" --log "$T/$stage_name.log" "$@" >/dev/null <>"$T/$stage_name.orders" &
	wait_for "test -e /dev/$stage_name" 20 || bail "no $stage_name"
}
