#!/bin/sh
# demo.t - the demo as a new user meets it, on a small and on a large screen.
. "${srcdir:-.}/tests/lib/tap.sh"
. "$srcdir/tests/data/screen/screens.sh"
vise_home
head -c 300000 /dev/zero >"$T/image.bin"
for size in "24 80" "48 160"; do
	screens demo $size
done
plan
