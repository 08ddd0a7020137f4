#!/bin/sh
# Every include under src/ against src/LAYERS; then trees with one fault each, which must be caught.
. "${srcdir:-.}/tests/gates/tap.sh"

# check DIR: the breaches of the source tree DIR, one a line.
check()
{
	(cd "$1" && find . -name '*.[ch]' | sed 's,^\./,,' | sort >"$T/files" &&
	    xargs awk -f "$gates/layers.awk" LAYERS <"$T/files")
}

# fresh: a small good tree in $T/src.
fresh()
{
	rm -rf "$T/src"
	mkdir -p "$T/src/base" "$T/src/sys" "$T/src/text" "$T/src/pprof" "$T/src/ui"
	cat >"$T/src/LAYERS" <<-END
	class libc stdio.h stdint.h
	class posix unistd.h sys/
	os sys
	row 0 base : :
	row 1 sys : base : posix
	row 4 text : base : pcre2.h
	row 4 pprof : base : libdeflate.h
	row 7 ui : base text : curses.h
	row 8 main_vise.c : ui :
	private text/inner.h
	value pprof/row.h : ui
	END
	printf '#include <stdint.h>\n' >"$T/src/base/err.h"
	printf '/* #include "ui/ui.h"\n#include <curses.h> */\n#include "base/err.h"\n' >"$T/src/base/err.c"
	printf '#include <sys/stat.h>\n#ifdef __linux__\n#endif\n' >"$T/src/sys/fd.c"
	printf '#include "base/err.h"\n' >"$T/src/text/inner.h"
	printf '#include "text/inner.h"\n#include <pcre2.h>\n' >"$T/src/text/text.c"
	: >"$T/src/text/text.h"
	: >"$T/src/pprof/row.h"
	: >"$T/src/pprof/all.h"
	printf '#include "text/text.h"\n#include "pprof/row.h"\n' >"$T/src/ui/ui.h"
	printf '  #  include <curses.h> // x\n#include "ui/ui.h" /* y */\n' >"$T/src/ui/ui.c"
	printf '#include "ui/ui.h"\n' >"$T/src/main_vise.c"
}

# caught NAME PATTERN: the tree now in $T/src must give exactly one breach, and of that kind.
caught()
{
	check "$T/src" >"$T/out" 2>&1
	test "$(wc -l <"$T/out")" -eq 1 && grep -q -- "$2" "$T/out"
	set -- $? "$@"
	test "$1" -eq 0 || note <"$T/out"
	ok "$1" "caught: $2"
}

check "$srcdir/src" >"$T/out" 2>&1
rc=$?
note <"$T/out"
ok $rc "src/ keeps to src/LAYERS"

test -s "$T/files"
ok $? "src/ has files to look at ($(wc -l <"$T/files"))"

bad=0
for d in "$srcdir"/src/*/; do
	d=$(basename "$d")
	grep -Eq "^row [0-9]+ $d( |:)" "$srcdir/src/LAYERS" || { echo "# no row for $d"; bad=1; }
done
ok $bad "every folder of src/ has a row"

fresh
check "$T/src" >"$T/out" 2>&1
rc=$?
note <"$T/out"
ok $rc "the good scratch tree passes"

fresh; printf '#include "ui/ui.h"\n' >>"$T/src/text/text.c"
caught "an upward include" "text may not include ui"

fresh; printf '#include "pprof/all.h"\n' >>"$T/src/text/text.c"
caught "a sibling include" "text may not include pprof"

fresh; printf '#include "pprof/all.h"\n' >>"$T/src/ui/ui.c"
caught "a header that is not a value header" "ui may not include pprof"

fresh; printf '#include <curses.h>\n' >>"$T/src/text/text.c"
caught "a foreign header in the wrong folder" "<curses.h> is not for text"

fresh; printf '#include <unistd.h>\n' >>"$T/src/base/err.c"
caught "a POSIX header in base" "<unistd.h> is not for base"

fresh; printf '\t#\tinclude\t<curses.h>/**/\n' >>"$T/src/base/err.c"
caught "an include in odd dress" "<curses.h> is not for base"

fresh; printf 'char *u = "/*";\n#include <curses.h>\n' >>"$T/src/base/err.c"
caught "an include after a string that looks like a comment" "<curses.h> is not for base"

fresh; printf '#include <zlib.h>\n' >>"$T/src/ui/ui.c"
caught "a header nobody knows" "<zlib.h> is not for ui"

fresh; printf '#include "text/inner.h"\n' >>"$T/src/ui/ui.c"
caught "a private header outside" "private to text"

fresh; printf '#include "inner.h"\n' >>"$T/src/text/text.c"
caught "an include without its folder" 'write "folder/file.h"'

fresh; printf '#include NAME\n' >>"$T/src/text/text.c"
caught "an include by macro" "cannot be read"

fresh; printf '#include "text/gone.h"\n' >>"$T/src/ui/ui.c"
caught "an include of nothing" "is not there"

fresh; printf '#include "text/inner.h"\n' >>"$T/src/text/text.h"
printf '#include "text/text.h"\n' >>"$T/src/text/inner.h"
caught "a circle inside a folder" "a circle among"

fresh; sed 's/row 4 text : base/row 4 text : base ui/' "$T/src/LAYERS" >"$T/L"; cp "$T/L" "$T/src/LAYERS"
caught "a row naming a later folder" "text (level 4) names ui (level 7)"

fresh; sed 's/row 4 text : base/row 4 text : base pprof/' "$T/src/LAYERS" >"$T/L"; cp "$T/L" "$T/src/LAYERS"
caught "a row naming a sibling" "text (level 4) names pprof (level 4)"

fresh; mkdir "$T/src/elf"; echo "/* x */" >"$T/src/elf/elf.c"
caught "a folder without a row" "no row in LAYERS for elf"

fresh; printf 'private text/old.h\n' >>"$T/src/LAYERS"
caught "a table line for a header that is gone" "text/old.h is not there"

fresh; printf '#if defined(__linux__)\n#endif\n' >>"$T/src/text/text.c"
caught "a conditional on the system outside sys" "conditional on the operating system"

fresh; printf '#include "text/text.h"\n' >>"$T/src/main_vise.c"
caught "a main that reaches past its own" "main_vise.c may not include text"

plan
