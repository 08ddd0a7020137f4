#!/bin/sh
# measure.t - `vise measure`: a real Go server on this machine and on two boards behind sshd; one table; the clock
# pinned and let go, heat with a throttle, everything put back, also when Vise is killed.
. "${srcdir:-.}/tests/lib/tap.sh"
. "${srcdir:-.}/tests/lib/sshd.sh"
need python3 python3
need go golang-go
need base64 coreutils
tmpdir
vise=$BUILD/vise
go_rig served "$T/go" >"$T/make.log" 2>&1
ok $? "the server builds" || { note <"$T/make.log"; plan; exit; }
mkdir "$T/tmp"
TMPDIR=$T/tmp
export TMPDIR

# a board's /sys: one zone with trips, one policy, one cooling device
sys=$T/sys
zone=$sys/class/thermal/thermal_zone0
policy=$sys/devices/system/cpu/cpufreq/policy0
cool=$sys/class/thermal/cooling_device0
mkdir -p "$zone" "$policy" "$cool"
put()
{
	printf '%s\n' "$2" >"$1"
}
put "$zone/type" cpu-thermal
put "$zone/temp" 79000
put "$zone/trip_point_0_type" passive
put "$zone/trip_point_0_temp" 80000
put "$policy/scaling_governor" ondemand
put "$policy/cpuinfo_max_freq" 1800000
put "$policy/cpuinfo_min_freq" 600000
put "$policy/scaling_max_freq" 1800000
put "$policy/scaling_cur_freq" 1800000
put "$cool/type" cpufreq-cpu0
put "$cool/max_state" 4
put "$cool/cur_state" 0

# the heat, in its place: hot and throttled at once
mkdir -p "$T/bin"
cat >"$T/bin/stress-ng" <<END
#!/bin/sh
test "\$1" != --version || { echo 'stress-ng, version 0.0 (a test)'; exit; }
echo 80500 >"$zone/temp"
echo 1200000 >"$policy/scaling_max_freq"
echo 1200000 >"$policy/scaling_cur_freq"
echo 2 >"$cool/cur_state"
exec sleep 600
END
chmod +x "$T/bin/stress-ng"
PATH=$T/bin:$PATH
ssh_path=$PATH

port=$(free_port)
boards="--on local"
if sshd_start openssh; then
	boards="$boards --on first=ssh:board --on second=ssh:board"
else
	skip "no ssh server: install openssh-server"
fi
# shellcheck disable=SC2086 # words
run timeout 120 "$vise" measure "$T/go/served" $boards --on dead=exec:false --port "$port" --runs 2 -c 8 --for 200ms \
	--settle 50ms --warm 20s --window 2s --sys-root "$sys" --json -- -listen "127.0.0.1:$port" -count "$T/count"
is "$status" 3 "one board of them is not there"
is "$(cat "$policy/scaling_governor")" ondemand "the governor is what it was"
is "$(ls "$T/tmp")" "" "nothing is left below /tmp"
cat >"$T/check.py" <<'P'
import json, sys
d = json.load(open(sys.argv[1]))
rows = {r["board"]: r for r in d["boards"]}
counts = [int(line) for line in open(sys.argv[2])]
live = [r for n, r in rows.items() if n != "dead"]
for r in live:
    assert "error" not in r, r
    for k in ("start_ms", "rss_kib", "vss_kib", "pss_kib", "requests_per_s", "p99_ms"):
        v = r[k]
        assert len(v["runs"]) == 2 and 0 < v["low"] <= v["median"] <= v["high"], (k, v)
    assert r["pss_kib"]["median"] <= r["rss_kib"]["median"] * 1.05 < r["vss_kib"]["median"], r
    assert r["peak_rss_kib"] >= r["rss_kib"]["low"] and r["failures"] == 0, r
    assert r["governor"] == "performance (was ondemand)", r["governor"]
# What the server itself counted: the first answers, and at the end of a load what was under way.
asked, told = sum(counts), sum(r["answers"] for r in live)
loads = sum(2 + len(r["hot_requests_per_s"]["runs"]) for r in live)
assert told <= asked <= told + 2 * len(live) + 8 * loads, (asked, told, loads)
assert rows["dead"]["error"]["code"] == "lost" and rows["dead"]["requests_per_s"]["median"] is None
here = rows["local"]
assert here["idle_c"] == 79 and 79 <= here["hot_c"] <= 80.5 and here["at_rest"] and here["throttled"], here
# a sample may fall between the files that the heat writes
assert 79 <= here["throttle_low_c"] <= here["throttle_high_c"] <= 80.5, here
assert here["clock_low_hz"] == 1.2e9 and here["clock_full_hz"] == 1.8e9 and "cpufreq-cpu0" in here["throttle_cause"], here
assert here["heat"].startswith("stress-ng, version") and here["hot_requests_per_s"]["median"] > 0, here
P
says=$(python3 "$T/check.py" "$T/out" "$T/count" 2>&1)
ok $? "start, memory, requests, heat and throttling of every board, and the server counted the same" ||
	printf '%s\n' "$says" "$err" | note

# --- a real stress-ng, for a moment; dropbear; a board that has nothing but busybox

put "$zone/temp" 70000
put "$policy/scaling_max_freq" 1800000
put "$policy/scaling_cur_freq" 1800000
put "$cool/cur_state" 0
mv "$T/bin/stress-ng" "$T/stress-ng.not"
rm -f "$T/bin/ssh"                     # or the next one would call itself
test -z "$ssh_server" || kill "$ssh_server"
boards="--on local"
rows="local"
if sshd_start dropbear; then
	boards="$boards --on dropbear=ssh:board"
	rows="$rows dropbear"
else
	skip "dropbear cannot be run here: install dropbear-bin"
fi
if command -v busybox >/dev/null 2>&1; then
	mkdir "$T/bb"
	busybox --install -s "$T/bb"
	printf '#!/bin/sh\nexec env -i PATH=%s TMPDIR=%s %s/sh\n' "$T/bb" "$T/tmp" "$T/bb" >"$T/bbsh"
	chmod +x "$T/bbsh"
	boards="$boards --on bb=exec:$T/bbsh"
	rows="$rows bb"
else
	skip "a board of busybox alone: install busybox-static"
fi
# shellcheck disable=SC2086 # words
run timeout 120 "$vise" measure "$T/go/served" $boards --port "$port" --runs 1 -c 4 --for 100ms --settle 1ms --warm 20s \
	--window 1s --sys-root "$sys" --json -- -listen "127.0.0.1:$port"
is "$status" 0 "other boards" || printf '%s\n' "$err" | note
is "$(cat "$policy/scaling_governor")" ondemand "... the governor is what it was"
is "$(ls "$T/tmp")" "" "... and nothing is left"
says=$(ROWS=$rows REAL=$(command -v stress-ng) python3 - "$T/out" 2>&1 <<'P'
import json, os, sys
rows = {r["board"]: r for r in json.load(open(sys.argv[1]))["boards"]}
assert sorted(rows) == sorted(os.environ["ROWS"].split()), rows.keys()
for name, r in rows.items():
    assert "error" not in r, r
    for k in ("start_ms", "rss_kib", "vss_kib", "requests_per_s"):
        assert r[k]["median"] > 0, (name, k, r[k])
    assert r["governor"] == "performance (was ondemand)", r["governor"]
here = rows["local"]
assert here["idle_c"] == 70 and here["hot_c"] == 70 and here["at_rest"] and not here["throttled"], here
assert here["hot_requests_per_s"]["median"] > 0, here
if os.environ["REAL"]:
    assert here["heat"].startswith("stress-ng, version 0") and "a test" not in here["heat"], here["heat"]
P
)
ok $? "... and their rows are whole" || printf '%s\n' "$says" "$err" | note
# of this test: others of this machine may have theirs
still()
{
	for p in $(pgrep -f stress-ng); do
		tr '\0' '\n' <"/proc/$p/environ" 2>/dev/null | grep -qx "TMPDIR=$T/tmp" && return
	done
	return 1
}
wait_for '! still' 10
ok $? "no stress-ng goes on"

# --- answers in chunks, connections that end, a table and CSV; a program that is there already

run timeout 60 "$vise" measure --there "$T/go/served" --port "$port" --path /chunks --runs 1 -c 4 --for 100ms \
	--settle 1ms --no-heat --keep-governor --csv -- -listen "127.0.0.1:$port"
is "$status" 0 "chunks" || printf '%s\n' "$err" | note
is "$(printf '%s\n' "$out" | wc -l)" 2 "CSV: a head and a row"
like "$out" '^board,start_ms,start_ms_low,start_ms_high,rss_kib,' "... with names"
run timeout 60 "$vise" measure --there "$T/go/served" --port "$port" --path /close --runs 1 -c 4 --for 100ms \
	--settle 1ms --no-heat -- -listen "127.0.0.1:$port"
is "$status" 0 "connections that end" || printf '%s\n' "$err" | note
like "$out" '^board +start ms +RSS MiB' "the table has a head"
like "$out" '^local +[0-9.]+ +[0-9.]+ ' "... and a row"

run timeout 120 "$vise" workflow board-benchmark --set there="$T/go/served" --set on=local,again=local,dead=exec:false \
	--set port="$port" --set path=/chunks --set rounds=1 --set connections=4 --set load=100ms --set settle=1ms --set heat=off \
	--set governor=keep --set "args=-listen 127.0.0.1:$port" --csv
is "$status" 3 "the workflow board-benchmark: one board is not there"
like "$out" '^local,[0-9.]+,[0-9.]+,[0-9]+,100,[0-9.]+,,no,$' "a row for each that is, compared with the first" || printf '%s\n' "$out" "$err" | note
like "$out" '^again,[0-9.]+,[0-9.]+,[0-9]+,[0-9.]+,' "and for the next"
like "$out" '^dead,,,,,,,no,.+' "and why not for the third"

# --- what goes wrong

run timeout 60 "$vise" measure --there "$T/go/served" --port "$port" --path /bad --runs 1 --no-heat --settle 1ms \
	-- -listen "127.0.0.1:$port" -nonsense
is "$status" 1 "a program that does not start"
like "$out" 'has ended without an answer at http://127.0.0.1:.* flag provided but not defined' "... is told with its own words"
run "$vise" measure --port 80
is "$status" 2 "no program"
run "$vise" measure "$T/go/served" --on serial:ttyUSB0
is "$status" 2 "a board that has no shell of its own"

# --- Vise is killed in mid-load: the board puts everything back by itself

put "$policy/scaling_governor" powersave
spawn "$vise" measure "$T/go/served" --port "$port" --runs 1 --for 60s --sys-root "$sys" --no-heat \
	-- -listen "127.0.0.1:$port" >"$T/out" 2>&1
wait_for "grep -q performance $policy/scaling_governor && python3 -c 'import socket; socket.create_connection((\"127.0.0.1\", $port))'" 30
ok $? "it runs, pinned"
kill -9 "$pid"
wait_for "grep -q powersave $policy/scaling_governor && test -z \"\$(ls $T/tmp)\"" 20
ok $? "killed: the governor is let go, the folder is gone"
! python3 -c "import socket; socket.create_connection(('127.0.0.1', $port))" 2>/dev/null
ok $? "... and the program has ended"
plan
