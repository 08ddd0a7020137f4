#!/bin/sh
# hostile.t - what a board sends to attack: nothing of it reaches the terminal, and no answer reaches the board.
. "${srcdir:-.}/tests/lib/tap.sh"
. "$srcdir/tests/data/screen/screens.sh"
need python3 python3
vise_home

# device NAME ARGUMENTS...: an atdev at $T/NAME, its log $T/NAME.log.
device()
{
	name=$1
	shift
	spawn python3 "$srcdir/tests/rig/atdev/atdev.py" "$T/$name" --log "$T/$name.log" "$@" >"$T/$name.out"
	wait_for 'grep -q ready "$T/$name.out"' 10
	ok $? "the device $name is there"
}

# silent NAME: the device got no byte.
silent()
{
	kill "$pid"
	wait_for 'grep -q " end " "$T/$name.log"' 10
	is "$(sed -n 's/.* end \(rx=[0-9]*\) .*/\1/p' "$T/$name.log")" rx=0 "$1: the board received no answer" ||
		grep ' raw ' "$T/$name.log" | head -n 5 | note
}

device hostile --hostile
screens hostile
silent hostile

device random --random 20261 4000000 --rate 800000
keep_bench=1
screens random
wait_for 'grep -q "random done" "$T/random.log"' 60
ok $? "all of the noise was sent"
silent random
plan
