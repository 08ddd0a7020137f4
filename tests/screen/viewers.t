#!/bin/sh
# viewers.t - two viewers of different size on one bench; the terminal of one goes away.
. "${srcdir:-.}/tests/lib/tap.sh"
. "$srcdir/tests/data/screen/screens.sh"
need python3 python3
vise_home
export keep_bench=1
spawn "$BUILD/vise-bench" --foreground --name both --linger 60s --run "console.open exec:cat" 2>"$T/bench.err"
wait_for 'test -S "$XDG_RUNTIME_DIR/vise/both.sock"' 10
ok $? "the bench listens" || note <"$T/bench.err"

# the second terminal, which stays until the file $T/hang is there
cat >"$T/small.scr" <<X
timeout 40000
size 12 50
run exec \$VISE attach both
wait "LIVE"
wait "from-large"
match "^[^ ]*.1 ?Con"
keys "from-small\r\n"
wait "from-small"
alive
hangup
exit 129
X
(cd "$T" && exec "$BUILD/tests/screen/screen" small.scr) >"$T/small.tap" 2>&1 &
small=$!
tap_pids="$tap_pids $small"
screens viewers 48 160
wait "$small"
ok $? "the small viewer saw the large one's text and ended at the hangup" || note <"$T/small.tap"
run "$VISE" ls
like "$out" '^both ' "and the bench goes on"
plan
