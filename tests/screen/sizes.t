#!/bin/sh
# sizes.t - small terminals, changing ones, ones without colours, without UTF-8, and those that are no screens.
. "${srcdir:-.}/tests/lib/tap.sh"
. "$srcdir/tests/data/screen/screens.sh"
vise_home
for size in "20 60" "10 40" "5 20"; do
	screens sizes $size
done
screens storm
screens terminals
plan
