#!/bin/bash
# flashbar.t - the bar of a flash in the Jobs pane: a slow boot loader and a slow link, at two sizes: stage, bytes, rate, time left.
. "${srcdir:-.}/tests/lib/tap.sh"
. "$srcdir/tests/data/screen/screens.sh"
. "$srcdir/tests/lib/sshd.sh"
need python3 python3
need avrdude avrdude
need scp openssh-client
vise_home
# the old protocol: its limit works from the first block
scp_more="-O -l1600"
export scp_more
sshd_more="SetEnv PATH=/usr/local/bin:/usr/bin:/bin SHLVL=2"
sshd_start openssh || skip_all "no ssh server: install openssh-server"
. "$srcdir/tests/lib/flashrig.sh"
image "$T/fw.bin" 6400
image "$T/app" 500000
mkdir "$T/board"
# shellcheck disable=SC2034 # of screens.sh
keep_bench=1
board uno stk500 --slow 30
opened uno
ok $? "a slow board is there"
screens flashbar 24 80
screens copybar 24 80
same "$T/app" "$T/board/app" "the copy is whole"
tail -c +1 "$T/uno.image" | cmp -s - "$T/fw.bin"
ok $? "the board has what the file says"
screens flashbar 48 160
plan
