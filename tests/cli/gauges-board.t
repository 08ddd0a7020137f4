#!/bin/sh
# gauges-board.t - gauges of a Linux board through a shell on it: three shells, OpenSSH, dropbear with busybox;
# one fork a sample, a link that drops leaves nothing behind, a board that comes back is read again.
. "${srcdir:-.}/tests/lib/tap.sh"
. "${srcdir:-.}/tests/lib/sshd.sh"
need python3 python3
tmpdir
vise=$BUILD/vise

# values FILE ID...: the last line has a number for each
values()
{
	file=$1
	shift
	python3 - "$file" "$@" <<'P'
import json, sys
last = [json.loads(line) for line in open(sys.argv[1])][-1]
bad = [i for i in sys.argv[2:] if not isinstance(last["values"].get(i), (int, float))]
for i in bad:
    print(i, last["values"].get(i), last["missing"].get(i))
sys.exit(1 if bad else 0)
P
}

usual="mem.used mem.avail load.1 cpu.busy sys.uptime"

# --- shells, each on a pipe

for shell in dash bash "busybox ash"; do
	if ! command -v "${shell%% *}" >/dev/null 2>&1; then
		skip "$shell: install ${shell%% *}"
		continue
	fi
	timeout 60 "$vise" gauges "exec:$shell" -n 2 --every 200ms >"$T/out" 2>"$T/err"
	is $? 0 "$shell: two samples" || note <"$T/err"
	# shellcheck disable=SC2086 # a list
	says=$(values "$T/out" $usual)
	is $? 0 "$shell: memory, load, CPU and uptime have numbers" || printf '%s\n' "$says" | note
done

if command -v busybox >/dev/null 2>&1; then
	# a board that has nothing but busybox
	mkdir "$T/bb"
	for a in sh ash grep uname tr cat stty; do
		ln -s "$(command -v busybox)" "$T/bb/$a"
	done
	timeout 60 "$vise" gauges "exec:env -i PATH=$T/bb $T/bb/sh" -n 2 --every 200ms >"$T/out" 2>"$T/err"
	is $? 0 "busybox and nothing else: two samples" || note <"$T/err"
	# shellcheck disable=SC2086 # a list
	says=$(values "$T/out" $usual)
	is $? 0 "... with numbers" || printf '%s\n' "$says" | note
else
	skip "a board of busybox alone: install busybox-static"
fi

# --- what it costs, and what it leaves: the shell's own clock, and the processes that are there

if command -v strace >/dev/null 2>&1 && strace -f -e trace=none true >/dev/null 2>&1; then
	timeout 60 strace -f -q -e trace=clone,clone3,fork,vfork -o "$T/trace" \
		"$vise" gauges exec:dash -n 6 --every 200ms >"$T/out" 2>"$T/err"
	samples=$(wc -l <"$T/out")
	# hello forks for three programs, the search for sensors for one; then one for each sample
	python3 - "$T/trace" >"$T/forks" <<'P'
import collections, sys
by = collections.Counter(line.split()[0] for line in open(sys.argv[1]) if "clone" in line or "fork" in line)
print(max(by.values()))
P
	forks=$(cat "$T/forks")
	test "$forks" -le $((samples + 12))
	ok $? "one fork a sample ($forks for $samples samples, a hello and a search)"
else
	skip "strace cannot trace here: install strace"
fi

mkfifo "$T/hold"
cat >"$T/shell" <<END
#!/bin/sh
echo \$\$ >"$T/shell.pid"
exec sh
END
chmod +x "$T/shell"
spawn "$vise" gauges "exec:$T/shell" --every 100ms >"$T/out" 2>"$T/err"
viewer=$pid
wait_for 'test -s "$T/shell.pid" && test "$(wc -l <"$T/out")" -ge 3' 30
kill -KILL "$viewer"
wait "$viewer" 2>/dev/null
wait_for '! kill -0 "$(cat "$T/shell.pid")" 2>/dev/null' 5
ok $? "the loop on the board ends when Vise is killed"

# --- a board that is not there, and one that comes back

timeout 60 "$vise" gauges "exec:$T/nothing" --once >"$T/out" 2>"$T/err"
is $? 3 "a program that is not there: exit 3"
like "$(cat "$T/err")" "nothing" "... named"
timeout 60 "$vise" gauges "exec:sh -c exit" --once >"$T/out" 2>"$T/err"
is $? 3 "a shell that ends at once: exit 3"
"$vise" gauges what:ever 2>"$T/err"
is $? 2 "an address that is none: exit 2"
like "$(cat "$T/err")" "ssh:HOST" "... with what would be one"
"$vise" gauges ssh:-oProxyCommand=true 2>"$T/err"
is $? 2 "a host that would be an option of ssh is refused"

cat >"$T/flaky" <<END
#!/bin/sh
echo x >>"$T/starts"
test -e "$T/up" || { echo "no route to board" >&2; exit 255; }
exec sh
END
chmod +x "$T/flaky"
spawn "$vise" gauges "exec:$T/flaky" --every 100ms >"$T/out" 2>"$T/err"
wait_for 'grep -q "no route to board" "$T/err"' 20
ok $? "the reason is the program's own words"
: >"$T/up"
wait_for 'grep -q "are back" "$T/err" && tail -n 1 "$T/out" | grep -q "\"mem.used\":[0-9]"' 30
ok $? "a board that comes back is read again"
kill "$pid"

# --- a process by name on the board

sh -c 'exec sleep 300' &
tap_pids="$tap_pids $!"
sleeper=$!
wait_for 'test "$(cat /proc/$sleeper/comm 2>/dev/null)" = sleep' 10
timeout 60 "$vise" gauges exec:sh --pid "$sleeper" --once >"$T/out" 2>"$T/err"
is $? 0 "a process of the board, by number"
says=$(values "$T/out" proc.rss proc.threads proc.cpu)
is $? 0 "... its memory, threads and CPU" || printf '%s\n' "$says" | note
timeout 60 "$vise" gauges exec:sh --process sleep --once >"$T/out" 2>"$T/err"
is $? 0 "... and by name" || note <"$T/err"

# --- a Raspberry Pi's firmware: bits now and since boot, the clock that cpufreq does not tell

mkdir "$T/pi"
cat >"$T/pi/vcgencmd" <<'END'
#!/bin/sh
case $1 in
get_throttled) echo throttled=0x50001 ;;
measure_clock) echo "frequency(48)=600117184" ;;
esac
END
chmod +x "$T/pi/vcgencmd"
PATH=$T/pi:$PATH timeout 60 "$vise" gauges exec:sh -n 2 --every 200ms >"$T/out" 2>"$T/err"
says=$(python3 - "$T/out" 2>&1 <<'P'
import json, sys
rows = [json.loads(line) for line in open(sys.argv[1])]
v = rows[-1]["values"]
assert [v["power." + k] for k in ("undervoltage", "capped", "throttled", "softlimit")] == [1, 0, 0, 0], v
assert v["freq.arm"] == 600117184, v
defs = {d["id"]: d for r in rows for d in r.get("defs", [])}
assert "has happened since boot" in defs["power.throttled"]["source"], defs["power.throttled"]
assert "never since boot" in defs["power.capped"]["source"], defs["power.capped"]
P
)
is $? 0 "get_throttled and the real clock of a Raspberry Pi" || printf '%s\n' "$says" | note

# --- ssh

for server in openssh dropbear; do
	case $server in
	openssh) there=$(PATH=$PATH:/usr/sbin:/sbin command -v sshd) ;;
	*) there=$(command -v dropbear) ;;
	esac
	if test -z "$there"; then
		skip "$server: install openssh-server, dropbear-bin"
		continue
	fi
	if ! sshd_start $server; then
		skip "$server cannot be run here"
		continue
	fi
	timeout 60 "$vise" gauges ssh:board -n 2 --every 200ms >"$T/out" 2>"$T/err"
	is $? 0 "$server: two samples" || note <"$T/err"
	# shellcheck disable=SC2086 # a list
	says=$(values "$T/out" $usual)
	is $? 0 "$server: numbers" || printf '%s\n' "$says" | note
	spawn "$vise" gauges ssh:board --every 100ms >"$T/out" 2>"$T/err"
	wait_for 'test "$(wc -l <"$T/out")" -ge 2' 20
	pkill -P "$ssh_server"          # its session first: it would outlive the server
	kill "$ssh_server"
	wait_for 'grep -q "no gauges" "$T/err"' 40
	ok $? "$server: a link that drops is told" || note <"$T/err"
	kill "$pid"
done

# --- in a bench: the board's gauges instead of this machine's

export XDG_RUNTIME_DIR="$T/run" XDG_STATE_HOME="$T/state"
mkdir -p "$T/run"
chmod 700 "$T/run"
spawn "$BUILD/vise-bench" --foreground --name g --linger 60s 2>"$T/bench.err"
wait_for 'test -S "$T/run/vise/g.sock"' 10
"$vise" do --bench g "gauge.source what:ever" 2>"$T/err"
is $? 2 "gauge.source refuses what is no board"
"$vise" do --bench g "gauge.source exec:sh" >/dev/null 2>"$T/err"
is $? 0 "gauge.source takes a board" || note <"$T/err"
wait_for '"$vise" do --bench g --json gauge.list | grep -q self.cpu' 20
ok $? "its gauges are those of the bench"
"$vise" do --bench g "gauge.source add exec:sh name=two" >/dev/null 2>"$T/err" &&
	"$vise" do --bench g "gauge.source add exec:false" >/dev/null 2>"$T/err"
is $? 0 "gauge.source add: two more" || note <"$T/err"
wait_for '"$vise" do --bench g --json gauge.list | python3 -c "
import json, sys
o = json.load(sys.stdin)
v = {d[\"id\"]: (v, d) for d, v in zip(o[\"defs\"], o[\"v\"])}
assert v[\"two/mem.used\"][0] > 0 and v[\"two/mem.used\"][1][\"from\"] == \"two\"
assert v[\"mem.used\"][0] > 0 and v[\"false/self.cpu\"][0] is None"' 20
ok $? "each by its name; one that died leaves the others alone"
"$vise" do --bench g "gauge.source add exec:sh name=two" >/dev/null 2>"$T/err"
is $? 6 "a name that is taken: exit 6"
"$vise" do --bench g "gauge.source remove false" >/dev/null 2>"$T/err"
is "$("$vise" do --bench g --json "gauge.source list" | tr -d ' ' | grep -o '"name":"[a-z]*"')" '"name":"two"' "remove, list"
"$vise" do --bench g "gauge.source local" >/dev/null 2>"$T/err"
is $? 0 "and back to this machine"
"$vise" do --bench g --json gauge.list | grep -q '"id": *"self.cpu'
isnt $? 0 "without the board's gauges"
like "$("$vise" do --bench g --json "gauge.source list")" two "the further one stays"

# --- several at once on the command line

timeout 60 "$vise" gauges local exec:sh b=exec:sh --once >"$T/out" 2>"$T/err"
is $? 0 "three sources at once" || note <"$T/err"
says=$(values "$T/out" local/mem.used sh/mem.used b/mem.used sh/cpu.busy)
is $? 0 "... each by its name, in the first row" || printf '%s\n' "$says" | note
timeout 60 "$vise" gauges local exec:false -n 2 --every 100ms >"$T/out" 2>"$T/err"
is $? 3 "one that dies: exit 3 at the end"
says=$(values "$T/out" local/mem.used)
is $? 0 "... and the other was sampled" || printf '%s\n' "$says" | note
like "$(cat "$T/err")" "false: no gauges" "... and it is named"
plan
