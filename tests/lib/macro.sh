# macro.sh - a model of an AT device on $T/tty (tests/rig/atdev) and macros run against it. After tap.sh and tmpdir.
atdev=$srcdir/tests/rig/atdev/atdev.py
dev=

# device ARGUMENTS: the model, instead of the one before
device()
{
	stop_device
	python3 "$atdev" "$T/tty" --log "$T/dev.log" --boot-time 0.1 "$@" >"$T/dev.out" 2>"$T/dev.err" &
	dev=$!
	tap_pids="$tap_pids $dev"
	wait_for 'grep -q ready "$T/dev.out"' 20 || { note <"$T/dev.err"; return 1; }
}

stop_device()
{
	test -z "$dev" || { kill "$dev" && wait "$dev"; } 2>/dev/null
	rm -f "$T/tty" "$T/dev.out"
	dev=
}

# macro STATUS REGEX NAME [ARGS]: it ends so, and says so
macro()
{
	want=$1 regex=$2 name=$3
	shift 3
	run timeout 60 "$BUILD/vise" macro run "$T/tty" "$name" "$@"
	test "$status" = "$want" && printf '%s\n%s\n' "$out" "$err" | grep -Eq -- "$regex"
	ok $? "$name $*: $regex" || printf 'status %s, not %s\n%s\n%s\n' "$status" "$want" "$out" "$err" | note
}
