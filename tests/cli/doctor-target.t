#!/bin/sh
# doctor-target.t - vise doctor TARGET: this machine, a board of busybox alone, one that lies, ssh, a serial console;
# against a program; nothing is left there.
. "${srcdir:-.}/tests/lib/tap.sh"
. "${srcdir:-.}/tests/lib/sshd.sh"
need python3 python3
tmpdir
export T
vise=$BUILD/vise
program=$(readlink -f "$(command -v sh)")

# rows STATE WHAT TEXT...: $T/out (JSON) has them all
rows()
{
	python3 - "$T/out" "$@" <<'P'
import json, re, sys
rows = json.load(open(sys.argv[1]))
want = sys.argv[2:]
for state, what, text in zip(want[::3], want[1::3], want[2::3]):
    hit = [r for r in rows if r["state"] == state and r["what"] == what and re.search(text, r["text"])]
    if not hit:
        print([r for r in rows if r["what"] == what] or [r["what"] for r in rows])
        sys.exit(1)
    assert state != "bad" or hit[0]["mend"], hit
P
}

"$vise" doctor local --elf "$program" --json >"$T/out" 2>"$T/err"
is $? 0 "a program of this machine runs on it" || note <"$T/out"
rows good machine 'both are' good libc 'its loader and libraries are there' good clock 'Z$'
ok $? "machine, loader, libc, libraries and clock"
"$vise" doctor local >"$T/text"
like "$(cat "$T/text")" '^good  kernel: Linux [0-9.]+' "a line for each finding"

# --- nothing but busybox

if command -v busybox >/dev/null 2>&1; then
	mkdir "$T/bb"
	for a in sh grep uname tr cat head cut od ls date df id readlink sort; do
		ln -s "$(command -v busybox)" "$T/bb/$a"
	done
	timeout 60 "$vise" doctor "exec:env -i PATH=$T/bb $T/bb/sh" --elf "$program" --json >"$T/out" 2>"$T/err"
	is $? 0 "busybox alone: the same program" || note <"$T/out"
	rows good machine 'both are' good memory 'MiB available' good 'disk /' 'MiB free' good clock 'Z$'
	ok $? "... with machine, memory, disk and clock"
else
	skip "a board of busybox alone: install busybox-static"
fi

# --- a board that is another one: its own words for everything

mkdir "$T/old"
cat >"$T/old/uname" <<'END'
#!/bin/sh
case $1 in -r) echo 3.10.49 ;; -m) echo mips ;; -s) echo Linux ;; -n) echo router ;; esac
END
cat >"$T/old/od" <<'END'
#!/bin/sh
printf ' 7f 45 4c 46 01 02 01 00 00 00 00 00 00 00 00 00\n 00 02 00 08 00 00 00 01 00 00 00 00 00 00 00 34\n 00 00 00 00 70 00 10 05 00 34 00 20 00 09 00 28 00 1d 00 1c\n'
END
printf '#!/bin/sh\necho 1500\n' >"$T/old/date"
chmod +x "$T/old"/*
timeout 60 env PATH="$T/old:$PATH" "$vise" doctor exec:sh --elf "$program" --json >"$T/out" 2>"$T/err"
is $? 1 "a program that will not run there: exit 1"
rows bad machine 'the board is MIPS .32 bits., big endian' bad clock '1970-01-01T00:25:00Z' note kernel 'no getrandom'
ok $? "the machine by its own shell's header, a clock that began at 1970, a kernel before 3.17"

# --- what cannot be asked

"$vise" doctor what:ever 2>"$T/err"
is $? 2 "no address: exit 2"
timeout 60 "$vise" doctor "exec:sh -c exit" 2>"$T/err"
is $? 3 "a shell that ends at once: exit 3"
timeout 60 "$vise" doctor exec:cat --timeout 300ms 2>"$T/err"
is $? 3 "no shell at all: exit 3"
like "$(cat "$T/err")" 'no answer' "... said"
echo text >"$T/text"
"$vise" doctor local --elf "$T/text" 2>"$T/err"
is $? 2 "no program: exit 2"
"$vise" doctor local --elf "$T/none" 2>"$T/err"
is $? 3 "no such program: exit 3"

# --- read-only: no file is written anywhere, no process stays

if command -v strace >/dev/null 2>&1 && strace -f -e trace=none true >/dev/null 2>&1; then
	timeout 60 strace -f -q -e trace=open,openat,creat,mkdir,unlink,rename -o "$T/trace" "$vise" doctor exec:sh >/dev/null 2>&1
	grep -E 'O_WRONLY|O_RDWR|O_CREAT|creat\(|mkdir\(|unlink\(|rename\(' "$T/trace" | grep -v -E '"/dev/(null|tty|pts)' >"$T/written"
	is "$(grep -c . "$T/written")" 0 "no file is opened to be written" || note <"$T/written"
else
	skip "strace cannot trace here: install strace"
fi

# --- a login shell on a serial console, kernel messages in the middle

shell=$(command -v dash >/dev/null 2>&1 && echo "dash -i" || echo "sh -i")
spawn python3 "$srcdir/tests/rig/serialboard.py" "$T/port" --stat "$T/stat" --shell "$shell" --noise 0.05 >"$T/board.out" 2>&1
board=$pid
wait_for 'test -L "$T/port"' 10
timeout 90 "$vise" doctor "serial:$T/port" --timeout 60s --elf "$program" --json >"$T/out" 2>"$T/err"
is $? 0 "a serial console with kernel messages every 50 ms" || note <"$T/err"
rows good machine 'both are' good memory 'MiB'
ok $? "... tells all the same"
kill "$board"

# --- ssh

for server in openssh dropbear; do
	case $server in
	openssh) there=$(PATH=$PATH:/usr/sbin:/sbin command -v sshd) ;;
	*) there=$(command -v dropbear) ;;
	esac
	if test -z "$there" || ! sshd_start $server; then
		skip "$server cannot be run here: install openssh-server, dropbear-bin"
		continue
	fi
	timeout 60 "$vise" doctor ssh:board --elf "$program" --json >"$T/out" 2>"$T/err"
	is $? 0 "$server" || note <"$T/err"
	rows good libc 'loader and libraries are there'
	ok $? "$server: the program's libraries are looked for there"
	kill "$ssh_server"
done
plan
