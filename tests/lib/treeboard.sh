#!/bin/sh
# treeboard.sh DIR: a shell on a board whose /proc and /sys are those of the tree DIR. Answers the sampler's
# requests (src/gauge/remote.h) as its own loop does, with the files of the tree.
dir=$1
LC_ALL=C
export LC_ALL
set -f
# The sampler's script comes first; its last line, " vs SEQ", starts the loop with the first request.
while read -r word q a; do
	test "$word" = vs && break
done
p=@
model=$(cat "$dir/model" 2>/dev/null)
up=11552
while :; do
	up=$((up + 1))
	echo "$up.00 40000.11" >"$dir/proc/uptime"
	case $q in q) break ;; esac
	case $p in
	@) s="/vise/shell:0
/vise/system:Linux $(cat "$dir/proc/sys/kernel/osrelease") test
/vise/model:$model" ;;
	%) s= ;;
	+)
		# shellcheck disable=SC2086 # PID and s
		set -- $a
		set +f
		s=$(cat "$dir/proc/$1"/task/*/status "$dir/proc/$1/smaps" 2>/dev/null | awk -v up="$up" -v p="$1" -v sum="${2:+yes}" '
			/^voluntary_ctxt/ { v += $2; n++ }
			/^nonvoluntary_ctxt/ { w += $2 }
			sum != "" && /^(Rss|Pss|Private_Clean|Private_Dirty|LazyFree):/ { s[$1] += $2 }
			END {
				printf "/vise/threads:%d.00 %d %d %d\n", up, n, v, w
				for (k in s) printf "/proc/%s/smaps_sum:%s %d kB\n", p, k, s[k]
			}')
		set -f ;;
	*)
		set --
		for f in $a; do
			set -- "$@" "$dir$f"
		done
		set +f
		# shellcheck disable=SC2068 # globs of the request
		s=$(IFS=; grep -HsE -e "$p" $@ /dev/null | sed "s|^$dir||")
		set -f ;;
	esac
	printf '\074vs %s %s\n%s\nvs %s\076\n' "$q" "${#s}" "$s" "$q"
	read -r q p a || break
done
