#!/bin/sh
# Files of a folder that call one another in a circle: none but those of tests/gates/circles.conf, each with its reason.
# Between folders tests/layers.t allows none. Environment: BUILD (the build directory), NM.
. "${srcdir:-.}/tests/gates/tap.sh"
: "${BUILD:=.}"
: "${NM:=nm}"

# circles CONF OBJECT...: what is wrong.
circles()
{
	conf=$1
	shift
	"$NM" -A -P -g "$@" >"$T/symbols" && awk -f "$gates/circles.awk" "$conf" "$T/symbols"
}

# What an older build has left of a file that is gone does not count.
set --
for o in "$BUILD"/src/*/*.o; do
	name=${o##*/}
	name=${name#lib*_a-}
	folder=${o%/*}
	test -f "$srcdir/src/${folder##*/}/${name%.o}.c" && set -- "$@" "$o"
done
test $# -gt 100
ok $? "there are objects to look at ($#)"
circles "$gates/circles.conf" "$@" >"$T/out" && ! test -s "$T/out"
rc=$?
note <"$T/out"
ok $rc "no circle but those that are meant"

# What it must catch: a -> b -> c -> a in one folder; and what it must not: between folders, or one way.
cat >"$T/symbols" <<'END'
x/src/ui/libui_a-a.o: a T 0 1
x/src/ui/libui_a-a.o: b U
x/src/ui/libui_a-b.o: b T 0 1
x/src/ui/libui_a-b.o: c U
x/src/ui/libui_a-c.o: c T 0 1
x/src/ui/libui_a-c.o: a U
x/src/ui/libui_a-d.o: d T 0 1
x/src/ui/libui_a-d.o: a U
x/src/cli/libcli_a-e.o: e T 0 1
x/src/cli/libcli_a-e.o: d U
x/src/ui/libui_a-d.o: e U
END
: >"$T/none.conf"
awk -f "$gates/circles.awk" "$T/none.conf" "$T/symbols" >"$T/out"
test "$(cat "$T/out")" = "a circle of files: ui a b c"
rc=$?
note <"$T/out"
ok $rc "caught: a circle of three"
printf 'circle ui a b c : they are one\n' >"$T/one.conf"
awk -f "$gates/circles.awk" "$T/one.conf" "$T/symbols" >"$T/out"
! test -s "$T/out"
ok $? "one that is listed may be"
printf 'circle ui a b : they were one\n' >"$T/old.conf"
test "$(awk -f "$gates/circles.awk" "$T/old.conf" "$T/symbols" | wc -l)" -eq 2
ok $? "caught: a list that is not so any more"

plan
