#!/bin/sh
# `vise test`: outcomes, fixtures, states, retries, limits, selection, reports (TAP by prove, JUnit by its
# schema, test2json by a reader in Go), artefacts, several boards, ^C.
. "$srcdir/tests/lib/tap.sh"
tmpdir
VISE=$BUILD/vise
data=$srcdir/tests/data/test
mkdir "$T/t" && cp "$data"/*_test.lua "$T/t" && cd "$T" || bail "no folder"

# all_outcomes FLAGS...: the file of every outcome
all_outcomes()
{
	run "$VISE" test t/outcomes_test.lua --port exec:cat "$@"
}

# ---- for people
all_outcomes --artifacts kept --junit all.xml --report tap13:all.tap --report test2json:all.jsonl --report junit:too.xml
is "$status" 7 "a mistake in a test is the worst of them"
same too.xml all.xml "--report junit: is --junit"
is "$(grep -c '^ok\|^not ok' all.tap) $(tail -n 1 all.tap)" "21 1..21" "--report tap13: beside it, whole"
is "$(python3 -c 'import json
rows = [json.loads(x) for x in open("all.jsonl")]
print(sum(r["Action"] in ("pass", "fail", "skip") and "Test" in r for r in rows))')" 21 "and test2json"
sed -nE 's/^(ok|FAIL|ERROR|BLOCK|skip|flaky) +([^ ]+( [^ ]+)*)  +.*$/\1 \2/p' out >got
cat >want <<'END'
ok passes
ok teardowns are newest first
FAIL fails # with a mark
FAIL says what it waited for
ERROR a relay that is not there
BLOCK blocked by the relay
FAIL time is over
FAIL wait is cut to the test's time
flaky flaky
FAIL a verdict is not tried again
skip skips
skip switched off
skip needs another
FAIL goes on
FAIL a fault while nobody looks
ok a fault that is wanted
ERROR mistake
ok a state is reached by its way
ERROR a state that cannot be reached
BLOCK stays unreachable
ok no such state
END
same got want "every outcome is told"
like "$out" '^5 passed, 1 flaky, 7 failed, 3 with errors, 2 blocked, 3 skipped in ' "and summed"
like "$out" 'verify: sum: 1 is not 2  \(t/outcomes_test.lua:27\)$' "a verdict with its line"
like "$out" 'timeout: main: no "\[READY\]" within .*; (last lines|nothing was received).* at byte [0-9]+' "a wait says what came"
like "$out" 'no "never this" within .*its own time was cut' "a wait in a test that ends first names its pattern"
like "$out" '^flaky +flaky.*\(3 attempts\)$' "attempts are counted"
like "$out" 'first infra: port 1 is gone' "and the first is told"
like "$out" 'blocked: main cannot be brought to flashed: no probe' "a state that failed repeats its cause"
like "$out" 'device_fault: main: the board says "panic: oops"' "a panic ends a test that sleeps"
like "$out" '1: "a" is not "b" \(and 1 more\)|"a" is not "b" \(and 1 more\)' "soft verdicts are counted"
test "$(grep -c 'device down' kept/outcomes_test/*/attempt-*/log.jsonl | grep -c ':0')" -gt 0
ok $? "a fixture of the file outlives its tests"
grep -o '"text":"[a-z]* down"' kept/outcomes_test/teardowns_are_newest_first-2/attempt-1/log.jsonl >order
printf '"text":"second down"\n"text":"first down"\n' | cmp -s - order
ok $? "teardown is newest first" || note <order

run "$VISE" test t/outcomes_test.lua --port exec:cat --report html:x
like "$status $err" '^2 vise: html:x: KIND:FILE is wanted' "a kind that is none"

# ---- questions
mkdir asks && cat >asks/asks_test.lua <<'END'
local vise = require "vise"
vise.test("asks", function(t) t:eq(vise.ui.prompt { id = "who", title = "Who?" }, "me") end)
END
run "$VISE" test asks --answer who=me --port exec:cat
is "$status" 0 "--answer answers what a test asks" || { echo "$out"; echo "$err"; } | note

# ---- artefacts
attempt=kept/outcomes_test/passes/attempt-1
printf 'hello <&> ]]> \033[31mred\033[0m\n' | cmp -s - "$attempt/console-main.raw"
ok $? "the bytes of the console, exactly" || ls -lR kept/outcomes_test/passes | note
printf '\000\001\002 bytes \377' | cmp -s - "$attempt/shot.bin"
ok $? "what a test attached"
grep -q '"type":"script".*test passes: pass' "$attempt/journal.jsonl"
ok $? "its part of the journal" || note <"$attempt/journal.jsonl"
! grep -q 'test fails' "$attempt/journal.jsonl" && test -s kept/outcomes_test/flaky/attempt-3/log.jsonl
ok $? "and no other's; each attempt has a folder"
python3 - kept/run.json <<'END'
import json, sys
r = json.load(open(sys.argv[1]))
assert r["status"] == 7 and r["planned"] == len(r["tests"]) == 21 and r["tests"][0]["measures"][0]["value"] == 12
END
ok $? "run.json has all results"

# ---- JUnit
if command -v xmllint >/dev/null 2>&1; then
	xmllint --noout --schema "$data/junit-10.xsd" all.xml 2>xml.log
	ok $? "JUnit is valid by its schema" || note <xml.log
	test "$(xmllint --xpath 'count(//failure)' all.xml) $(xmllint --xpath 'count(//error)' all.xml)" = "7 5" &&
		test "$(xmllint --xpath 'count(//skipped) + count(//flakyError)' all.xml)" = 4
	ok $? "failures are verdicts, errors the rest"
	test "$(xmllint --xpath 'string(//property[@name="heap"]/@value)' all.xml)" = "12 kB"
	ok $? "measures are properties"
else
	skip "xmllint is not here (Debian package libxml2-utils)"
fi

# ---- TAP
all_outcomes --tap13
mv out all.tap
if command -v prove >/dev/null 2>&1; then
	prove -e cat all.tap >prove.log 2>&1
	like "$(cat prove.log)" '^all.tap \(.*Tests: 21 Failed: 12\)' "prove reads the TAP"
	unlike "$(cat prove.log)" 'Parse errors' "without a mistake" || note <prove.log
else
	skip "prove is not here (Debian package perl)"
fi
all_outcomes --tap -k passes --retries 0
like "$(head -n 1 out)" '^TAP version 14$' "TAP 14"
is "$(sed -n '$p' out) $status" "1..1 0" "one of them is selected by its name"

# ---- test2json
run "$VISE" test t/outcomes_test.lua t/boards_test.lua --port exec:cat --test2json --tag '!long'
mv out all.json
if command -v go >/dev/null 2>&1; then
	go_env
	go build -o "$T/testevents" "$srcdir/tests/rig/testevents/main.go" >go.log 2>&1 && ./testevents <all.json >events 2>events.err
	ok $? "Go's test events are understood" || cat go.log events.err | note
	grep -c '' events >n
	is "$(cat n) $(grep -c '^fail outcomes_test$' events) $(grep -c '^pass boards_test$' events)" "25 1 1" "all of them, and two packages"
else
	skip "go is not here (Debian package golang-go)"
fi

# ---- selection and order
"$VISE" test t --list >list 2>&1
is "$(grep -c '' list)" 25 "--list names the tests of a folder"
run "$VISE" test t/outcomes_test.lua -k passes --port exec:cat --report junit:-
like "$(head -n 2 out)" '^<testsuites ' "--report junit:- is all that stdout has"
run "$VISE" test t --dry-run --port exec:cat --port b=/dev/no-such-port -k other
is "$status" 3 "--dry-run: a port that is not there"
like "$(tr '\n' ';' <out)" 'needs another  skip: needs a board named second-board.*port  main: there .*port  b: missing .*nothing was opened' "is named, and what would be skipped"
test -z "$("$VISE" ls | grep -v '^no bench')"
ok $? "nothing is started"
run "$VISE" test t --dry-run -k none-of-them
is "$status" 5 "nothing selected"
run "$VISE" test t --dry-run --board nobody
is "$status" 2 "no such profile"
run "$VISE" test t --dry-run --json -k other --port exec:cat
like "$out" '"type":"plan".*"state":"there"' "--json"
echo 'x = (' >bad.lua
echo 'local v, w = require "vise", require "away"' >needs.lua
echo 'local m = require("bad") -- require "no"' >three.lua
for script in needs three; do
	run "$VISE" script $script.lua --dry-run
	echo "$status $err" | head -n 1 >>dry.out
done
echo 'print("ran")' >bad.lua
run "$VISE" script three.lua --dry-run
is "$status $out" "0 three.lua: compiles, and with it ./bad.lua; nothing was run" "a script's --dry-run compiles"
is "$(cut -c 1 dry.out | tr '\n' ' ')$(grep -c "requires 'away', which is not there" dry.out)" "2 7 1" "and says what is not there"
run "$VISE" test t --port exec:cat -k no-such-test
is "$status" 5 "nothing selected is 5"
run "$VISE" test t/boards_test.lua --port exec:cat --tag '!long' --repeat 3 --shuffle 7 -v
like "$out" '^3 passed, 3 skipped' "repeated; what needs a board that is not there is skipped"
run "$VISE" test t/outcomes_test.lua --port exec:cat --fail-fast --tag '!quick'
like "$out" '^1 passed, 1 failed, 18 not run|^1 passed, 1 failed, [0-9]+ not run' "--fail-fast ends at the first"
run "$VISE" test t/outcomes_test.lua --port exec:cat -k "a relay that is not there" --retries 0
is "$status" 3 "a failure of the bench is 3"
run "$VISE" test t/outcomes_test.lua --port exec:cat -k flaky --flaky-fails
is "$status" 1 "--flaky-fails makes it a failure"
run "$VISE" test "$data/broken/broken_test.lua" t/boards_test.lua --port exec:cat -k each
is "$status" 7 "a file that cannot be read is an error"
like "$out" '^ok +each answers' "and the others go on"
like "$out" 'broken_test.lua:2:' "with its line"
run "$VISE" test "$T/none"
is "$status" 2 "a path that is not there"
mkdir empty
run "$VISE" test empty
is "$status" 5 "a folder without tests"

# ---- several boards
run "$VISE" test t/boards_test.lua --port "a=exec:cat" --port "b=exec:cat -u" --tag '!long' --artifacts two
is "$status" 0 "two boards in one run" || { echo "$out"; echo "$err"; } | note
test "$(tr -d '\r' <two/boards_test/both_talk-1/attempt-1/console-b.raw)" = "to b"
ok $? "each has its log"
run "$VISE" test t/boards_test.lua --port "a=exec:cat" --port "b=exec:cat -u" -k answers --each
like "$out" '^ok +b/each answers' "--each runs them on every board"

# ---- the end before the end
spawn "$VISE" test t/boards_test.lua --port exec:cat --tag long --tap --junit late.xml --artifacts late >late.tap 2>late.err
wait_for "grep -q 'waiting now' late.tap" 20
kill -INT "$pid"
wait "$pid"
is $? 130 "^C"
like "$(cat late.tap)" '^# deferred$' "defers run"
like "$(cat late.tap)" '^# power off$' "teardown runs, though it waits"
like "$(cat late.tap)" '^not ok 1 - waits long$' "the test is told"
unlike "$(cat late.tap)" 'after it' "the next does not begin"
test -s late.xml && test -s late/run.json
ok $? "reports and artefacts are whole"
run "$VISE" test t/boards_test.lua --port exec:cat -k "waits long" --timeout 300ms -v
is "$status" 124 "--timeout is 124"
like "$out" 'power off' "after the clean-up" || { echo "$out"; echo "$err"; } | note
plan
