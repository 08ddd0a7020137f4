# shellcheck shell=sh disable=SC2034
# TAP for the gates: sourced by layers.t, links.t and limits.t. Needs no build and no other helper.
# Gives: $srcdir, a temporary folder $T that is gone at the end, and ok, skip, note, plan.

: "${srcdir:=.}"
srcdir=$(cd "$srcdir" && pwd) || exit 99
gates=$srcdir/tests/gates
count=0
failures=0
T=$(mktemp -d "${TMPDIR:-/tmp}/vise-gate.XXXXXX") || exit 99
trap 'rm -rf "$T"' EXIT
trap 'exit 130' HUP INT TERM

note()
{
	while IFS= read -r line; do printf '# %s\n' "$line"; done
}

# ok STATUS NAME: one result; 0 is good.
ok()
{
	count=$((count + 1))
	if test "$1" -eq 0; then
		echo "ok $count - $2"
	else
		echo "not ok $count - $2"
		failures=$((failures + 1))
	fi
}

skip()
{
	count=$((count + 1))
	echo "ok $count # SKIP $1"
}

# plan: the last line; the exit status says whether all was well.
plan()
{
	echo "1..$count"
	test "$failures" -eq 0
}
