#!/bin/sh
# flashed.sh - a board that starts when the file $1 is written: what is in it is what it says, line by line.
until test -s "$1"; do sleep 0.02; done
while read -r line; do
	echo "$line"
	sleep 0.05
done <"$1"
exec cat
