#!/bin/sh
# What each built program links, against the table of design 3.1: what must not die is small.
# Environment: BUILD (the build directory), READELF.
. "${srcdir:-.}/tests/gates/tap.sh"
: "${BUILD:=.}"
: "${READELF:=readelf}"

# The C library's own parts and the sanitizers' runtimes are everyone's.
common='libc|libm|libdl|librt|libpthread|libutil|ld-linux[^.]*|ld-musl[^.]*|libgcc_s|libasan|libubsan|libclang_rt[^ ]*|linux-vdso'
core='libuv|libjansson'

# needed FILE: the sonames' stems that the program itself asks for.
needed()
{
	"$READELF" -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\].*/\1/p' | sed 's/\.so.*//' | sort -u
}

# all FILE: the same with what those libraries bring.
all()
{
	ldd "$1" | awk '{ print $1 }' | sed 's,.*/,,; s/\.so.*//' | sort -u
}

# only LIST EXTRA: the names of LIST (a file) that are not allowed.
only()
{
	grep -Evx "$common|$core${2:+|$2}" "$1"
}

# hold PROGRAM ALLOWED FORBIDDEN: links these itself at most; reaches none of those in any way.
hold()
{
	if ! test -x "$BUILD/$1"; then
		echo "# $BUILD/$1 is not built"
		ok 1 "$1 links only what it may"
		ok 1 "$1 reaches nothing it must not"
		return
	fi
	needed "$BUILD/$1" >"$T/needed"
	only "$T/needed" "$2" >"$T/extra"
	sed 's/$/ is linked/' "$T/extra" | note
	test -s "$T/needed" && test ! -s "$T/extra"
	ok $? "$1 links only what it may"
	all "$BUILD/$1" >"$T/all"
	grep -Ex "$3" "$T/all" >"$T/bad"
	sed 's/$/ is reached/' "$T/bad" | note
	test -s "$T/all" && test ! -s "$T/bad"
	ok $? "$1 reaches nothing it must not"
}

if ! command -v "$READELF" >/dev/null 2>&1 || ! command -v ldd >/dev/null 2>&1; then
	echo "1..0 # SKIP readelf or ldd is not here"
	exit 0
fi

screen='libncursesw|libtinfow?|libvterm'
lua='liblua[-0-9.]*'
curl='libcurl[-a-z]*'
profiles='libdeflate|libelf|libdw|libexpat'

# soname stems: liblua5.4.so.0 and libusb-1.0.so.0 are cut at .so
hold vise "$screen|libpcre2-8|libserialport" "$lua|$curl|$profiles|libusb-1\.0"
hold vise-bench "libserialport|libusb-1\.0|libpcre2-8" "$screen|$lua|$curl|libdeflate|libdw|libexpat"
hold vise-script "$lua|libpcre2-8" "$screen|$curl|$profiles|libserialport|libusb-1\.0"
hold vise-worker "$profiles|libpcre2-8" "$screen|$lua|$curl|libserialport|libusb-1\.0"
hold vise-fetch "$curl" "$screen|$lua|$profiles|libserialport|libusb-1\.0"
hold vise-sim "libdeflate" "$screen|$lua|$curl|libserialport|libusb-1\.0"

# Failing cases: a list with one library too many.
printf 'libc\nlibuv\nlibncursesw\nliblua5.4\n' >"$T/fake"
test "$(only "$T/fake" "$lua")" = libncursesw
ok $? "caught: a screen library where only Lua may be"
test "$(only "$T/fake" "libnothing" | wc -l)" -eq 2
ok $? "caught: two libraries where none may be"

plan
