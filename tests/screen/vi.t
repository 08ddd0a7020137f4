#!/bin/sh
# vi.t - an editor in a console: busybox vi over exec: is drawn, takes keys and arrows, is drawn again for another size, and
# what it drew is no part of the scrollback.
. "${srcdir:-.}/tests/lib/tap.sh"
. "$srcdir/tests/data/screen/screens.sh"
need busybox busybox-static
busybox --list 2>/dev/null | grep -qx vi || skip_all "this busybox has no vi"
vise_home

for i in $(seq 1 60); do
	echo "row $i of the file"
done >"$T/file"
printf '#!/bin/sh\necho "before the editor"\nbusybox vi "%s/file"\necho "behind the editor"\nexec sleep 600\n' "$T" >"$T/board"
chmod +x "$T/board"
screens vi
is "$(sed -n 3p "$T/file")" "NEW row 3 of the file" "the file has what was typed"
is "$(wc -l <"$T/file")" 59 "and lacks what was deleted"
plan
