#!/bin/sh
# profile.t - the profile pane on real profiles at two sizes; a leaking server's timeline, leaks and goroutines.
. "${srcdir:-.}/tests/lib/tap.sh"
. "$srcdir/tests/data/screen/screens.sh"
vise_home
A=$srcdir/tests/data/pprof/heap-a.pb.gz
B=$srcdir/tests/data/pprof/heap-b.pb.gz
cp "$A" "$T/a.pb.gz" && cp "$B" "$T/b.pb.gz"
export A B
for size in "24 80" "48 160"; do
	screens profile $size
	grep -q '^<svg ' "$T/shown.svg"
	ok $? "the picture was written"
	rm -f "$T/shown.svg"
done
screens timeline 24 80
screens timeline 48 160
plan
