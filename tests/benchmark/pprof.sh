#!/bin/sh
# pprof.sh - vise pprof top --base beside go tool pprof -top -diff_base: CPU, wall, peak memory, as ratios;
# and beside the floor, which is to inflate both files and walk them once.
# PPROF_SIZES="S M" chooses; L (about 30 MB a file) takes minutes and 20 GB for Go and is left out by default.
. "${srcdir:-.}/tests/lib/tap.sh"
tmpdir
: "${VISE:=$BUILD/vise}" "${PPROF_SIZES:=S M}"
need go golang-go
need python3 python3
need /usr/bin/time time
go_rig leakd "$T/rig" >"$T/rig.log" 2>&1 || bail "leakd does not build"

FLOOR=$T/floor
${CC:-cc} -O2 -o "$FLOOR" "$srcdir/tests/benchmark/pprof_floor.c" -ldeflate 2>"$T/cc.log" || FLOOR=
# CPU and wall of a command with all its children: the best of N runs, in microsecond steps.
cat >"$T/measure.py" <<'P'
import os, resource, subprocess, sys, time
runs, cmd = int(sys.argv[1]), sys.argv[2:]
best = None
for _ in range(runs):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    t = time.monotonic()
    with open(os.devnull, "w") as null:
        if subprocess.call(cmd, stdout=null, stderr=null):
            sys.exit("failed: " + " ".join(cmd))
    wall = time.monotonic() - t
    u = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = u.ru_utime + u.ru_stime - before.ru_utime - before.ru_stime
    best = (cpu, wall) if best is None else min(best, (cpu, wall))
print("%.6f %.6f" % best)
P

# measure RUNS COMMAND...: CPU, wall and the largest process's peak memory. The peak is taken by a small
# program, for a child starts out as large as the one it was forked from.
measure()
{
	python3 "$T/measure.py" "$@" || return
	shift
	/usr/bin/time -o "$T/time" -f %M "$@" >/dev/null 2>&1
	tail -n 1 "$T/time"
}

printf '%-5s %8s | %9s %9s %9s | %9s %9s %9s | %6s %6s %6s\n' \
	size KB 'go CPU s' 'wall s' 'peak KB' 'vise CPU' 'wall s' 'peak KB' CPU wall memory
for size in $PPROF_SIZES; do
	mkdir -p "$T/$size"
	"$T/rig/leakd" -rate 1 -gen "$T/$size" -size "$size" >/dev/null || bail "leakd -size $size"
	a=$T/$size/a.pb.gz
	b=$T/$size/b.pb.gz
	kb=$(($(wc -c <"$b") / 1024))
	go=$(measure 2 go tool pprof -symbolize=remote -top -diff_base="$a" "$b") || bail "$go"
	us=$(measure 10 "$VISE" pprof top --base "$a" "$b") || bail "$us"
	floor='0 0 0'
	test -z "$FLOOR" || floor=$(measure 10 "$FLOOR" "$a" "$b") || bail "$floor"
	go tool pprof -symbolize=remote -top -diff_base="$a" "$b" >"$T/go.out" 2>/dev/null
	"$VISE" pprof top --quiet --base "$a" "$b" >"$T/our.out"
	same=no
	cmp -s "$T/go.out" "$T/our.out" && same=yes
	echo $size $kb $go $us $same $floor | awk '{
		printf "%-5s %8d | %9.3f %9.3f %9d | %9.4f %9.4f %9d | %5.0fx %5.0fx %5.0fx  same rows: %s\n",
			$1, $2, $3, $4, $5, $6, $7, $8, $3 / $6, $4 / $7, $5 / $8, $9
		printf "      bar: CPU 50x %s, memory 25x %s\n",
			($3 / $6 >= 50 ? "kept" : "MISSED"), ($5 / $8 >= 25 ? "kept" : "MISSED")
		if ($10 > 0)
			printf "      floor (inflate and one walk): CPU %.4f, wall %.4f, peak %d KB; vise is at %.1fx CPU\n",
				$10, $11, $12, $6 / $10
	}'
done
