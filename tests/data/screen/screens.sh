# screens.sh - a screen test in a home of its own.  Source it after lib/tap.sh.
#
#	vise_home			# tmpdir, the programs' place, an end for every bench
#	screens NAME ROWS COLUMNS	# runs $srcdir/tests/data/screen/NAME.scr at that size; its results become ours
#
# The benches end after it unless keep_bench is set.  @T@, @ROWS@ and @COLS@ in a script stand for our folder and the size.  A sanitizer's build gets more time.

vise_home()
{
	tmpdir
	VISE=$BUILD/vise
	PYTHONPATH=$srcdir/tests/lib PYTHONDONTWRITEBYTECODE=1
	export VISE T PYTHONPATH PYTHONDONTWRITEBYTECODE
	unset NO_COLOR VISE_BENCH SSH_CONNECTION SSH_TTY
	at_end '"$VISE" kill --all >/dev/null 2>&1'
}

screens()
{
	screens_ms=10000
	test -z "$VISE_SANITIZER" || screens_ms=40000
	{
		printf 'timeout %d\nsize %d %d\n' "$screens_ms" "${2:-24}" "${3:-80}"
		sed -e "s|@T@|$T|g" -e "s/@ROWS@/${2:-24}/g" -e "s/@COLS@/${3:-80}/g" \
			"$srcdir/tests/data/screen/$1.scr"
	} >"$T/$1.scr"
	(cd "$T" && exec "$BUILD/tests/screen/screen" "$1.scr") >"$T/tap" 2>&1
	screens_status=$?
	while IFS= read -r screens_row; do
		case $screens_row in
		"ok "*) ok 0 "${2:-24}x${3:-80} ${screens_row#*- }" ;;
		"not ok "*) ok 1 "${2:-24}x${3:-80} ${screens_row#*- }" ;;
		1..*) ;;
		"#"*) printf '%s\n' "$screens_row" ;;
		*) printf '# %s\n' "$screens_row" ;;
		esac
	done <"$T/tap"
	grep -q '^1\.\.' "$T/tap"
	ok $? "$1 ran to its end (status $screens_status)"
	test -n "$keep_bench" || "$VISE" kill --all >/dev/null 2>&1
}
