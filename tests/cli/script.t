#!/bin/sh
# The script host as a program: workflows against a played device, exit codes, limits, signals, jobs.
# Environment: VISE_SCRIPT, or BUILD (the build folder with vise-script in it).
. "${srcdir:-.}/tests/gates/tap.sh"
host=${VISE_SCRIPT:-${BUILD:-$PWD}/vise-script}
data=$srcdir/tests/data/script
bench=$data/fakebench.py
plugins=$srcdir/plugins

if ! command -v python3 >/dev/null 2>&1; then
	echo "1..0 # SKIP python3 is not here"
	exit 0
fi
if ! test -x "$host"; then
	echo "1..0 # SKIP $host is not built"
	exit 0
fi

# run MODE ARGS...: exit status in $rc, stdout in $T/out, stderr in $T/err
run()
{
	mode=$1
	shift
	timeout 90 python3 "$bench" "$mode" "$T/sock" "$host" --bench "$T/sock" "$@" >"$T/out" 2>"$T/err" </dev/null
	rc=$?
}

# is RC PATTERN NAME: status and a line of stdout or stderr
is()
{
	test "$rc" -eq "$1" && cat "$T/out" "$T/err" | grep -Eq -- "$2"
	set -- $? "$@"
	test "$1" -eq 0 || { echo "# status $rc"; cat "$T/out" "$T/err" | note; }
	ok "$1" "$4"
}

# ---- the workflow of research/lua.md 7(b)
lang()
{
	mode=$1
	shift
	run "$mode" --plugin "$plugins/go3" --workflow switch-language --set wait=2s "$@"
}

lang ok
is 0 '^switch-language: PASS in 5 steps' "language switch passes"
grep -Eq '^ok +4 wait for the reboot +[0-9.]+ m?s$' "$T/out"
ok $? "a step has a line of its own"
lang ok --set lang=en_US
is 0 'SKIP: already en_US' "nothing to do is a skip"
lang old
is 1 'FAIL: firmware_too_old: needs 3.2.1, the device says "3.1.9"' "old firmware is a verdict"
lang boot
is 1 'FAIL: wrong_mode: the device is in its bootloader' "bootloader mode is a verdict"
lang busy
is 1 'FAIL: at_error: AT\+LANG=zh_CN: .*CME ERROR: 14' "an AT error is a verdict"
lang mute
is 3 'FAIL: infra: nothing answers' "a mute device is a bench failure"
lang ok --json
python3 -c 'import json,sys; r=[json.loads(l) for l in open(sys.argv[1])]; assert r[-1]["result"]=="pass" and r[-1]["steps"]==5' \
	"$T/out"
ok $? "--json prints JSON lines"
lang ok --set lang=fr_FR
is 2 'one of: zh_CN, en_US, ja_JP, ko_KR' "a bad value lists what is allowed"
lang ok --set lagn=zh_CN
is 2 'no such parameter; known: lang, wait' "an unknown parameter is a mistake"

# ---- parameters and endings
p=$data/params.lua
run ok "$p" --set mode=slow --set count=8 --set every=2s --set limit=1MB --set source=http://x/y --set deep=on
is 0 'typed: PASS in 1 step' "every type of parameter"
for bad in count=x count=10 every=soon limit=big source=nowhere deep=maybe mode=other; do
	run ok "$p" --set "$bad"
	is 2 "usage: typed: ${bad%=*}" "--set $bad is refused"
done
run ok "$p" --set count=9
is 1 'FAIL: verify: count = 9 pieces is over 8' "a measure out of range is a verdict"
run ok "$p" --set what=skip
is 0 'typed: SKIP: asked to' "skip"
run ok "$p" --set what=own
is 1 'FAIL: no_sd_card: slot 2 is empty' "a verdict with a word of its own"
run ok "$p" --set what=infra
is 3 'FAIL: infra: no port' "bench failures are 3"
run ok "$p" --set what=denied
is 4 'FAIL: denied' "denied is 4"
run ok "$p" --set what=bug
is 7 'params.lua:[0-9]+: in' "a bug is 7, with a traceback"
run ok "$p" --set what=cleanup --timeout 300ms
is 124 '^deferred$' "--timeout is 124, after clean-up"
grep -q '^closed$' "$T/out"
ok $? "<close> ran before"
run ok "$T/nothing.lua"
is 2 'nothing.lua' "a missing file is a mistake of use"
echo 'local x = = 1' >"$T/syntax.lua"
run ok "$T/syntax.lua"
is 7 'syntax.lua:1:' "a syntax error is 7"
printf 'require "vise".spawn(error, "lost one")\nrequire "vise".sleep(0.1)\n' >"$T/lost.lua"
run ok "$T/lost.lua"
is 7 'lost one' "a failing task that nobody awaits is reported"
printf 'local v = require "vise"; t = v.spawn(error, "kept one"); v.sleep(0.1); print(io == nil, pcall(t.await, t))\n' >"$T/kept.lua"
run ok "$T/kept.lua"
is 0 'script: kept one' "one that somebody has, and nobody awaits yet, is told at once"
printf 'local v = require "vise"; t = v.spawn(error, "kept one"); v.sleep(0.1)\n' >"$T/kept.lua"
run ok "$T/kept.lua"
is 7 'kept one' "and weighs when nobody ever does"
test "$(grep -c 'script: kept one' "$T/err")" = 1
ok $? "said once"
run ok
is 2 'give a script' "no file is a mistake of use"
"$host" "$p" >"$T/out" 2>"$T/err"
rc=$?
is 2 'no bench' "no bench is said so"

# ---- plugins
for plugin in at-basics go3 qemu-cortex-m sim; do
	"$host" --plugin "$plugins/$plugin" --describe >"$T/out" 2>"$T/err"
	rc=$?
	python3 - "$T/out" "$plugins/$plugin/plugin.json" >>"$T/err" 2>&1 <<-'END'
	import json, sys
	got, manifest = json.load(open(sys.argv[1])), json.load(open(sys.argv[2]))
	have = {"%s:%s" % (k[:-1], r["id"]) for k in ("boards", "workflows", "macros") for r in got[k]}
	have |= {"base:" + i for i in got["bases"]}
	assert have == set(manifest["provides"]), have ^ set(manifest["provides"])
	END
	test $? -eq 0 && test $rc -eq 0
	ok $? "$plugin provides what its manifest says"
done
"$host" --plugin "$data/badplugin" --describe >"$T/out" 2>"$T/err"
rc=$?
is 2 'badplugin/init.lua:3: usage: vise.board: console.main: baud must be a whole number' "a wrong profile names file and line"
"$host" --plugin "$data/waitplugin" --describe >"$T/out" 2>"$T/err"
rc=$?
is 7 'init.lua:3: load_time: vise.sleep waits' "waiting while a plugin loads is named"
FAKEBENCH_SHOW_REGISTER=1
export FAKEBENCH_SHOW_REGISTER
lang ok
is 0 '"workflows": .*switch-language' "a plugin registers what it has"
unset FAKEBENCH_SHOW_REGISTER
run ok --plugin "$plugins/at-basics" --macro at-version
is 0 '^  version +3.2.1$' "a macro runs"
run ok --plugin "$plugins/qemu-cortex-m" --flash qemu-microbit "$T/none.elf" --set gdb=127.0.0.1:1
is 3 'infra: flash .*: no gdb stub at 127.0.0.1:1' "flash without a stub says so"

# ---- jobs
run ok "$data/launch.lua" -- one "two words"
is 0 'launch: all good' "programs run as jobs"

# ---- the stubs know every public name
cat >"$T/names.lua" <<'END'
local vise = require "vise"
local function walk(t, p)
  for k, v in pairs(t) do
    if type(v) == "table" then walk(v, p .. "." .. k) elseif type(v) == "function" then print(p .. "." .. k) end
  end
end
walk(vise, "vise")
END
run ok "$T/names.lua"
test "$rc" -eq 0 && test "$(wc -l <"$T/out")" -gt 30
ok $? "the module has its names"
while read -r name; do
	grep -q "^function $name(" "$srcdir/lua/meta/vise.lua" || echo "# no stub: $name"
done <"$T/out" >"$T/missing"
cat "$T/missing"
test ! -s "$T/missing"
ok $? "every public function has a stub"

# ---- what a script has not of Lua is named, with what it has instead, at the caller's line
cat >"$T/missing.lua" <<'END'
local vise = require "vise"
for code, want in pairs {
  ['\nlocal f = io.open("x")'] = "vise.fs.read", ['\nlocal io = io\nlocal f = io.open("x")'] = "vise.fs.read",
  ['\nos.execute("ls")'] = "vise.launch.run", ['\nos.exit(0)'] = "return", ['\ndofile("x")'] = "require",
  ['\nlocal f = loadfile("x")'] = "load%(vise.fs.read", ['\npackage.path = "x"'] = "require", ['\ndebug.sethook()'] = "debug.traceback",
  ['\nos.remove("x")'] = "vise.fs.remove", ['\nsetmetatable({}, { __gc = print })'] = "<close>", ['\nstring.dump(print)'] = "load",
  ['\nunpack({})'] = "table.unpack",
} do
  local task = vise.spawn(assert(load(code, "=there")))
  local ok, err = pcall(task.await, task)
  local good = not ok and err.code == "usage" and (err.where == "there:2" or err.where == "there:3") and ((err.next or "") .. err.msg):find(want)
  if not good then print("not told", code, ok, err.code, err.where, err.msg, err.next) end
end
local task = vise.spawn(function() local t return t.io end)
print("others", select(2, pcall(task.await, task)).code, io == nil and package == nil)
END
run ok "$T/missing.lua"
is 0 '^others	script	true$' "what is missing of Lua's libraries is told"
! grep "not told" "$T/out"
ok $? "of all of them, with what to use"

# ---- limits: every runaway is ended and named
for f in "$data"/runaway/*.lua; do
	want=$(sed -n '1s/^-- expect: //p' "$f")
	limit=
	case $f in */cancel.lua) limit='--timeout 1s' ;; esac
	# shellcheck disable=SC2086
	run ok --busy 500ms --watchdog 2500ms --grace 1s $limit "$f"
	is "${want%% *}" "${f##*/}: .*(${want#* })" "runaway ${f##*/} is ended and named"
done

# ---- signals
cat >"$T/wait.lua" <<'END'
local vise = require "vise"
vise.defer(function() vise.sleep(0.2) print("cleaned") end)
print("waiting")
vise.sleep(100)
END
cat >"$T/stop.py" <<'END'
import resource, signal, subprocess, sys, time
times, sig, command = int(sys.argv[1]), getattr(signal, sys.argv[2]), sys.argv[3:]
p = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
print(p.stdout.readline(), end="")
p.send_signal(sig)
if times == 2:
    time.sleep(0.1)
    p.send_signal(sig)
said = p.stdout.read()
status = p.wait()
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(said + "used", "little" if used.ru_utime + used.ru_stime < 6 else used, "after", said.strip() or "nothing")
sys.exit(status)
END
# stopped TIMES SIGNAL: the waiting script, stopped so often
stopped()
{
	timeout 30 python3 "$bench" ok "$T/sock" python3 "$T/stop.py" "$1" "$2" "$host" --bench "$T/sock" "$T/wait.lua" \
		>"$T/out" 2>"$T/err"
	rc=$?
}
stopped 1 SIGINT
is 130 '^cleaned$' "^C ends after clean-up"
stopped 1 SIGTERM
is 143 '^cleaned$' "so does SIGTERM"
sed -i 's/0\.2/5/' "$T/wait.lua"
stopped 2 SIGINT
is 130 'interrupted again' "the second ^C ends at once"
# what burns CPU time hears of it where it stands, and cleans up; deaf to that, it is ended (not after the 10 s)
cat >"$T/burns.lua" <<'END'
local vise = require "vise"
vise.defer(function() vise.sleep(0.2) print("cleaned") end)
print("burning")
while true do end
END
sed 's/^while.*/while true do pcall(function() while true do end end) end/' "$T/burns.lua" >"$T/deaf.lua"
cp "$T/burns.lua" "$T/wait.lua"
stopped 1 SIGINT
is 130 '^used little after cleaned$' "^C of one that never waits ends after clean-up"
cp "$T/deaf.lua" "$T/wait.lua"
stopped 1 SIGINT
is 130 '^used little after nothing$' "deaf, it is ended soon"
is 130 'interrupted; the time to clean up is over' "and told why"

plan
