#!/bin/sh
# The numbers of tests/gates/limits.conf against the code, with failing cases of their own.
# Environment: CC, GATE_CPPFLAGS (the libraries' include flags; asked of pkg-config when unset).
. "${srcdir:-.}/tests/gates/tap.sh"
LC_ALL=C
export LC_ALL
conf=$srcdir/tests/gates/limits.conf
: "${CC:=cc}"
: "${GATE_CPPFLAGS=$(pkg-config --cflags libuv ncursesw vterm libserialport libusb-1.0 lua5.4 \
	jansson libcurl libpcre2-8 2>/dev/null)}"

# sources DIR: its C files, relative to it.
sources()
{
	(cd "$1" && find . -name '*.[ch]' | sed 's,^\./,,' | sort)
}

# on DIR COMMAND...: runs the command with the sources of DIR as arguments, in DIR.
on()
(
	cd "$1" && shift && sources . >"$T/list" && test -s "$T/list" && xargs "$@" <"$T/list"
)

limit()
{
	awk -v k="$1" '$1 == k { print $2; found = 1 } END { if (!found) print "none" }' "$conf"
}

# hold KEY FOUND [FILE]: the found number against its limit; FILE explains the finds.
hold()
{
	max=$(limit "$1")
	if test "$max" = none; then
		echo "# limits.conf has no line for $1"
		ok 1 "$1"
		return
	fi
	test "$2" -le "$max"
	set -- $? "$@"
	if test "$1" -ne 0 && test -n "${4-}"; then
		head -n 30 "$4" | note
	elif test "$3" -lt "$max"; then
		echo "# $2 can be tightened to $3"
	fi
	ok "$1" "$2: $3 of $max"
}

lines()
{
	wc -l <"$1" | tr -d ' '
}

# measure DIR: every finding about a source tree, in files of $T.
measure()
{
	on "$1" awk -f "$gates/shape.awk" >"$T/shape"
	on "$1" awk -f "$gates/strip.awk" | awk -v conf="$conf" -f "$gates/banned.awk" >"$T/banned"
	for kind in wide purpose guard; do
		sed -n "s/^$kind //p" "$T/shape" >"$T/$kind"
	done
	awk '$1 == "long"' "$T/shape" | sort -k4nr >"$T/long"
	awk '$1 == "long" && $4 > 60' "$T/shape" >"$T/long60"
	awk '$1 == "total" && $2 ~ /^main_/ { print $3, $2 }' "$T/shape" | sort -nr >"$T/mains"
	sources "$1" | while read -r f; do
		case $f in
		main_*.c) ;;
		*.c) test -f "$1/${f%.c}.h" || echo "$f" ;;
		esac
	done >"$T/noheader"
}

# headers DIR: the headers that do not compile alone.
headers()
{
	(cd "$1" && find . -name '*.h' | sed 's,^\./,,' | sort) >"$T/headers"
	cat >"$T/alone" <<-'END'
	printf '#include "%s"\nextern int vise_alone;\n' "$1" |
		eval "$CC -std=gnu11 -Wall -Wextra -Werror -fsyntax-only $GATE_CPPFLAGS -I. -x c -" \
		>"$T/alone.$$" 2>&1 || echo "$1: $(grep -m 1 error: "$T/alone.$$")"
	rm -f "$T/alone.$$"
	END
	export CC GATE_CPPFLAGS T
	(cd "$1" && xargs -n 1 -P 2 sh "$T/alone" <"$T/headers") >"$T/notalone"
}

# files DIR: the tree's own files, not what a build in it left.
files()
(
	cd "$1" || exit
	if test -e .git && git ls-files -co --exclude-standard 2>/dev/null; then
		return
	fi
	find src plugins lua share man tests -type f | sed 's,^\./,,'
)

# unlisted DIR: the files that neither Makefile.am nor a fragment names.
unlisted()
{
	files "$1" | grep -E '^(src|plugins|lua|share|man|tests)/' |
		grep -Ev '(^|/)(\.gitignore)$|__pycache__|\.(o|a|log|trs)$|/\.(deps|dirstamp)' |
		sort -u >"$T/have"
	(cd "$1" && for mk in Makefile.am $(grep '\.mk$' "$T/have"); do
		test ! -f "$mk" || sed "s,%D%,$(dirname "$mk"),g; s/#.*//" "$mk"
	done) | tr ' \t=' '\n\n\n' | sort -u >"$T/words"
	comm -23 "$T/have" "$T/words" | while read -r f; do
		test ! -f "$1/$f" || echo "$f"
	done >"$T/unlisted"
}

# --- the code as it is

measure "$srcdir/src"
longest=$(awk 'NR == 1 { print $4 }' "$T/long")
hold function_lines_max "${longest:-40}" "$T/long"
hold functions_over_60 "$(lines "$T/long60")" "$T/long60"
main=$(awk 'NR == 1 { print $1 }' "$T/mains")
hold main_lines_max "${main:-0}" "$T/mains"
hold banned_calls "$(lines "$T/banned")" "$T/banned"
hold wide_lines "$(lines "$T/wide")" "$T/wide"
hold without_purpose "$(lines "$T/purpose")" "$T/purpose"
hold without_guard "$(lines "$T/guard")" "$T/guard"
hold without_header "$(lines "$T/noheader")" "$T/noheader"

if command -v pmccabe >/dev/null 2>&1; then
	# modified complexity, then the place; pmccabe's own column for lines is not used.
	on "$srcdir/src" pmccabe 2>/dev/null | sort -nr >"$T/complex"
	test -s "$T/complex"
	ok $? "pmccabe reads the sources ($(lines "$T/complex") functions)"
	hold complexity_max "$(awk 'NR == 1 { print $1 }' "$T/complex")" "$T/complex"
	awk '$1 > 15' "$T/complex" >"$T/complex15"
	hold functions_over_complexity_15 "$(lines "$T/complex15")" "$T/complex15"
else
	skip "complexity: pmccabe is not installed"
fi

unlisted "$srcdir"
hold unlisted_files "$(lines "$T/unlisted")" "$T/unlisted"
headers "$srcdir/src"
hold headers_not_alone "$(lines "$T/notalone")" "$T/notalone"

# --- the ratchet: no number above the one in the commit before the last change of the table

before=
if git -C "$srcdir" rev-parse -q --verify HEAD >/dev/null 2>&1; then
	if git -C "$srcdir" diff --quiet HEAD -- tests/gates/limits.conf 2>/dev/null; then
		last=$(git -C "$srcdir" log -1 --format=%H -- tests/gates/limits.conf 2>/dev/null)
		before=${last:+$last^}
	else
		before=HEAD
	fi
fi

# loosened OLD NEW: the keys whose number went up without a reason.
loosened()
{
	awk 'FNR == NR { old[$1] = $2; next }
	    $2 ~ /^[0-9]+$/ && ($1 in old) && $2 > old[$1] + 0 && !/raised: [^ ]/ { print $1, old[$1], "->", $2 }' \
	    "$1" "$2"
}

if test -n "$before" && git -C "$srcdir" show "$before:tests/gates/limits.conf" >"$T/old.conf" 2>/dev/null; then
	loosened "$T/old.conf" "$conf" >"$T/loose"
	note <"$T/loose"
	test ! -s "$T/loose"
	ok $? "no gate was loosened"
else
	skip "no earlier limits.conf to compare with"
fi

# --- failing cases: each fault must be seen, and nothing else

# found NAME FILE PATTERN: exactly one line, matching.
found()
{
	test "$(lines "$2")" -eq 1 && grep -q -- "$3" "$2"
	set -- $? "$@"
	test "$1" -eq 0 || note <"$3"
	ok "$1" "caught: $2"
}

mkdir -p "$T/src/base" "$T/src/sys"
{
	echo '/* purpose */'
	echo '/* a comment naming strcpy(a, b)'
	echo ' * and popen("x") */'
	echo 'static const char *s = "system(\"ls\") /* ", c = '"'\"'"'; // free(x)'
	echo 'int n = ops->read(fd) + t.close(fd) + my_free(p) + freely(q);'
	echo 'int (*close)(int); char *free_list; /* x */ int m = atoi (s); /* gets( */'
} >"$T/src/base/a.c"
{
	printf '/* purpose */\n#ifndef BASE_A_H\n#define BASE_A_H\nint n;\n'
	printf '\t/* \303\251\303\251\303\251'; awk 'BEGIN { for (i = 0; i < 83; i++) printf "x" }'; echo ' */'
	printf '\t/* \303\251\303\251\303\251'; awk 'BEGIN { for (i = 0; i < 84; i++) printf "x" }'; echo ' */'
	echo '#endif'
} >"$T/src/base/a.h"
{
	echo 'int'
	echo 'tall(void)'
	echo '{'
	awk 'BEGIN { for (i = 0; i < 79; i++) print "\tx();" }'
	echo '}'
	echo 'static const int t[] = {'
	awk 'BEGIN { for (i = 0; i < 200; i++) print "\t1," }'
	echo '};'
	echo 'int f(void) { return (int)write(1, "", 0); }'
} >"$T/src/base/b.c"
printf '/* x */\n#ifndef B_H\nsize_t lonely(void);\n#endif\n' >"$T/src/base/b.h"
printf '/* x */\nint f(void) { return (int)write(1, "", 0); }\n' >"$T/src/sys/fd.c"
measure "$T/src"
headers "$T/src"
grep -v 'b\.c' "$T/banned" >"$T/banned.a"
grep 'b\.c' "$T/banned" >"$T/banned.b"
found "a banned call, not its name in comments, strings, tables" "$T/banned.a" '^base/a.c:6: atoi() is banned'
found "a call outside its folder" "$T/banned.b" 'write() belongs to sys/'
found "a line of 101 columns, not one of 100" "$T/wide" '^base/a.h:6 101'
found "a function of 81 lines, not a table of 200" "$T/long" '^long base/b.c:3 tall 81'
found "a file without its purpose" "$T/purpose" '^base/b.c'
found "a wrong header guard" "$T/guard" '^base/b.h'
found "a .c without its .h" "$T/noheader" '^sys/fd.c'
found "a header that needs another one first" "$T/notalone" '^base/b.h: .*size_t'
mkdir -p "$T/tree/src/base" "$T/tree/tests"
echo 'include src/base/local.mk' >"$T/tree/Makefile.am"
echo 'x_SOURCES = %D%/a.c \' >"$T/tree/src/base/local.mk"
: >"$T/tree/src/base/a.c"
: >"$T/tree/src/base/b.c"
unlisted "$T/tree" 2>/dev/null
found "a source that no fragment names" "$T/unlisted" '^src/base/b.c'
printf 'a 1\nb 5\nc 2\n' >"$T/old"
printf 'a 2\nb 4\nc 3 # raised: split in two\nd 9\n' >"$T/new"
loosened "$T/old" "$T/new" >"$T/loose"
found "a loosened gate without a reason" "$T/loose" '^a 1 -> 2'

plan
