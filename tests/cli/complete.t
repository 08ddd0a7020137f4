#!/bin/bash
# complete.t - completion: every subcommand, verb and option that help or a manual page names is offered; what is there
# now, too; and the shells' own files ask for it.
. "${srcdir:-.}/tests/lib/tap.sh"
tmpdir
PATH=$BUILD:$PATH
export PATH

# offered WORD...: what may stand next, words only; each is asked once
mkdir "$T/kept"
offered()
{
	local IFS='|' file line
	file=$T/kept/$(($#))${*//\//%}

	test -e "$file" || vise complete -- "$@" | cut -f1 >"$file"
	while IFS= read -r line; do printf '%s\n' "$line"; done <"$file"
}

# lacks FILE SUB VERB...: the options in FILE that are offered neither behind SUB nor behind one of its verbs
lacks()
{
	local sub=$2 verb
	tr ' [|]=,()' '\n' <"$1" | grep -xE -- '--[a-z][a-z-]+' | sort -u >"$T/want"
	shift 2
	{
		offered "$sub" ''
		for verb; do
			offered "$sub" "$verb" ''
			offered "$sub" "$verb" -
		done
	} | sort -u | comm -13 - "$T/want"
}

vise help | sed -n 's/^  \([a-z]*\)  *[^ ].*/\1/p' >"$T/subs"
offered '' >"$T/first"
is "$(grep -vxFf "$T/first" "$T/subs")" "" "every subcommand"
unlike "$(cat "$T/subs")" 'complete' "(this one is for shells alone)"
bad=
for sub in $(cat "$T/subs"); do
	offered "$sub" '' | grep -qx -- --json || bad="$bad $sub"
	vise help "$sub" >"$T/help" 2>&1
	# shellcheck disable=SC2046 # words
	more=$(lacks "$T/help" "$sub" '' $(offered "$sub" '' | grep -v '^[-:]'))
	test -z "$more" || bad="$bad $sub:$more"
done
is "$bad" "" "each has a row, with the options of its help"
bad=
for sub in $(cat "$T/subs"); do
	vise help "$sub" >"$T/help" 2>&1
	grep -q 'picks a running bench; man vise' "$T/help" || continue     # its options are told elsewhere
	for verb in '' $(offered "$sub" '' | grep -E '^[a-z]+$'); do offered "$sub" "$verb" -; done | sort -u |
		grep -E '^-' | grep -vxE -- '--(json|bench|help|trust-hash|clean)?' >"$T/have"
	more=$(while read -r option; do grep -qwF -- "$option" "$T/help" || echo "$option"; done <"$T/have")
	test -z "$more" || bad="$bad $sub: $more"
done
is "$bad" "" "the help tells every option in words"
is "$(for sub in $(cat "$T/subs"); do vise help "$sub"; done | awk 'length > 80' | head -3)" "" "in 80 columns"
bad=
for page in "$srcdir"/man/vise-*.1; do
	name=${page##*/vise-}
	name=${name%.1}
	sub=${name%%-*} verb=
	test "$name" != script || continue      # of the program that runs scripts
	test "$sub" = "$name" || verb=${name#*-}
	grep -qx "$sub" "$T/subs" || continue
	awk 'tp { print } { tp = /^\.TP/ }' "$page" | sed 's/\\-/-/g; s/\\f.//g; s/"//g' >"$T/page"
	all=$(offered "$sub" '' | grep -v '^[-:]')
	more=$(lacks "$T/page" "$sub" "$verb")
	for option in $more; do
		for v in $all; do
			offered "$sub" "$v" -- | grep -qx -- "$option" && continue 2
		done
		bad="$bad $name:$option"
	done
done
is "$bad" "" "and the options of its manual page"

is "$(offered cons | head -1)" console "a subcommand as it is typed"
is "$(offered console ttyX --color ne)" never "the values of an option"
is "$(offered plugin tr)" trust "a verb"
like "$(offered workflow '')" 'switch-language' "workflows of the plugins"
like "$(offered flash -p '')" '[a-z]' "board profiles"
is "$(vise complete -- --pla | grep '^-' | sort | tr '\n' ' ')" "--place --plain " "options of the workbench itself"
printf '{"places":{"desk":{"console":"exec:cat","doc":"by the window"}}}' >"$T/places.json"
is "$(VISE_PLACES=$T/places.json vise complete -- --place de)" "desk	by the window" "and the places behind its --place"
like "$(vise complete -- macro show at-h)" 'at-hello' "macros"
like "$(offered help dec)" 'decode' "subcommands again behind help"

. "$srcdir/share/completions/bash/vise"
COMP_WORDS=(vise console --fil) COMP_CWORD=2
_vise
is "${COMPREPLY[*]}" "--filter" "bash"
: >"$T/a file"
COMP_WORDS=(vise decode "$T/a") COMP_CWORD=2
_vise
is "${COMPREPLY[*]}" "$T/a file" "and files"
if command -v fish >/dev/null; then
	is "$(fish -c "source $srcdir/share/completions/fish/vise.fish; complete -C 'vise console --fil'")" "--filter" "fish"
else
	skip "no fish here"
fi
if command -v zsh >/dev/null; then
	zsh -n "$srcdir/share/completions/zsh/_vise"
	ok $? "zsh reads its file"
else
	skip "no zsh here"
fi
plan
