#!/bin/bash
# relist.sh [TREE] - rewrites the file lists of tests/, plugins/, lua/, man/ and share/ (their local.mk) from
# what is in the tree. To be run when a file was added or taken away; tests/limits.t finds what was forgotten.
cd "${1:-$(dirname "$0")/../..}" || exit
work=$(mktemp -d) || exit
trap 'rm -rf "$work"' EXIT
skip='\.gitignore$|__pycache__|\.(o|a|trs)$'

# files PATH...: the files there that are kept, or would be
files()
{
	git ls-files -co --exclude-standard -- "$@" | sort -u | while read -r f; do
		test ! -f "$f" || echo "$f"
	done
}

# list VARIABLE: the names on stdin as an assignment
list()
{
	mapfile -t names
	test ${#names[@]} -ne 0 || return
	printf '\n%s +=' "$1"
	printf ' \\\n\t%s' "${names[@]}"
	echo
}

fragments()
{
	files tests | grep '\.mk$' | grep -v '^tests/local.mk'
}

# what the fragments and the hand-written part of tests/local.mk name already
named()
{
	for m in $(fragments); do
		sed "s,%D%,$(dirname "$m"),g" "$m"
	done
	sed '/^# BEGIN LISTS/,/^# END LISTS/d' tests/local.mk
	cat "$work/tests"
	files tests/screen | grep '\.[ch]$'
}

tests_lists()
{
	echo "# the screen tests' terminal"
	echo 'check_PROGRAMS += tests/screen/screen'
	echo "tests_screen_screen_SOURCES = $(files tests/screen | grep '\.[ch]$' | tr '\n' ' ')"
	# shellcheck disable=SC2016 # for make
	echo 'tests_screen_screen_CPPFLAGS = $(AM_CPPFLAGS) $(VTERM_CFLAGS)'
	# shellcheck disable=SC2016
	echo 'tests_screen_screen_LDADD = $(VTERM_LIBS) $(FORKPTY_LIBS)'
	files tests/cli tests/rig tests/screen | grep -E '^tests/[a-z]+/[^/]+\.t$' >"$work/tests"
	list TESTS <"$work/tests"
	list EXTRA_DIST <"$work/tests"
	fragments | sed 's/^/include /'
	named | tr ' \t=' '\n\n\n' | sort -u >"$work/named"
	files tests | grep -vE "$skip" | grep -v '\.mk$' | sort | comm -23 - "$work/named" | list EXTRA_DIST
	files tests/benchmark | grep -E '\.sh$' | list BENCHMARKS
}

# install DIR COMMENT
install_lists()
{
	echo "# $2"
	files "$1" | grep -v '\.mk$' | grep -vE "$skip" | list nobase_dist_pkgdata_DATA
}

share_lists()
{
	echo '# Data: themes, keymaps, the simulated board, udev rules; and what shells complete.'
	# shellcheck disable=SC2016
	echo '# Installed without the "share/": $(pkgdatadir)/themes and so on.'
	for d in $(files share | grep -v '^share/completions\|\.mk$' | xargs -r -n1 dirname | sort -u); do
		v=data$(echo "${d#share/}" | tr -d '/_-')
		printf '\n%sdir = $(pkgdatadir)/%s\n' "$v" "${d#share/}"
		printf 'dist_%s_DATA =' "$v"
		files "$d" | grep -E "^$d/[^/]+$" | grep -vE "$skip" | while read -r f; do printf ' \\\n\t%s' "$f"; done
		echo
	done
	cat <<'END'

bashcompletiondir = $(datadir)/bash-completion/completions
dist_bashcompletion_DATA = share/completions/bash/vise
zshcompletiondir = $(datadir)/zsh/site-functions
dist_zshcompletion_DATA = share/completions/zsh/_vise
fishcompletiondir = $(datadir)/fish/vendor_completions.d
dist_fishcompletion_DATA = share/completions/fish/vise.fish
END
}

tests_lists >"$work/lists"
awk -v L="$work/lists" '
/^# BEGIN LISTS/ { print; while ((getline l < L) > 0) print l; cut = 1 }
/^# END LISTS/ { cut = 0; print "" }
!cut && !/^# BEGIN LISTS/ { print }' tests/local.mk | cat -s >"$work/local.mk"
cp "$work/local.mk" tests/local.mk
install_lists plugins 'The shipped plugins: Lua only, by the public API.' >plugins/local.mk
install_lists lua "The runtime library in Lua and the editors' type stubs." >lua/local.mk
{ echo '# The manual.'; files man | grep -E '\.[0-9]$' | list dist_man_MANS; } >man/local.mk
share_lists >share/local.mk
# the reference part of the manual, from the stubs
awk -f tests/gates/luaman.awk lua/meta/vise.lua >"$work/functions"
awk -v F="$work/functions" '
/^\.\\" functions: begin/ { print; while ((getline l < F) > 0) print l; cut = 1 }
/^\.\\" functions: end/ { cut = 0 }
!cut { print }' man/vise-lua.7 | awk '/functions: begin/ { if (seen++) next } { print }' >"$work/vise-lua.7"
cmp -s "$work/vise-lua.7" man/vise-lua.7 || cp "$work/vise-lua.7" man/vise-lua.7
