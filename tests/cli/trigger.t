#!/bin/sh
# trigger.t - a pattern on the console does something: each action, once, cool-down, storms, the list, and
# who did it in the journal.
. "${srcdir:-.}/tests/lib/tap.sh"
need python3 python3
tmpdir
PYTHONPATH=$srcdir/tests/lib PYTHONDONTWRITEBYTECODE=1
S=$XDG_RUNTIME_DIR/vise/trig.sock
export PYTHONPATH PYTHONDONTWRITEBYTECODE T S
mkfifo "$T/line"
cat >"$T/board.sh" <<X
#!/bin/sh
stty raw -echo
exec 3<&0
cat <&3 &
exec cat <>"$T/line"
X
chmod +x "$T/board.sh"

mkdir -p "$T/plugins/tb"
cat >"$T/plugins/tb/plugin.json" <<'X'
{ "name": "tb", "version": "1.0.0", "api": "1.0", "entry": "init.lua",
  "provides": ["board:tb", "board:other", "macro:wave", "workflow:check"], "needs": { "serial": true },
  "boards": { "tb": { "elf": "app.elf", "triggers": [ { "pattern": "BROWNOUT", "action": "alarm", "arg": "power" },
    { "pattern": "^never(", "action": "stop", "literal": true, "cooldown": "5s" } ] } } }
X
cat >"$T/plugins/tb/init.lua" <<'X'
local vise = require "vise"
vise.board { id = "tb", elf = "app.elf", triggers = { { pattern = vise.rx("BROWN(OUT)"), action = "alarm", arg = "power" },
  { pattern = "^never(", action = "stop", cooldown = 5 } } }
vise.board { id = "other", gauges = { supply = { pattern = vise.rx("volt=(\\d+)"), unit = "V", warn = 30, hold = 1 },
  ["water"] = { pattern = "level=", crit = "<5" } } }
vise.macro { id = "wave", run = function(ctx) vise.console.get():mark("the macro ran") return {} end }
vise.workflow { id = "check", run = function(t) vise.console.get():mark("the workflow ran") end }
X
spawn "$BUILD/vise-bench" --foreground --name trig --linger 120s --plugins "$T/plugins" \
	--run "console.open exec:$T/board.sh" 2>"$T/bench.err"
wait_for 'test -S "$S"' 10
ok $? "a bench" || note <"$T/bench.err"

cat >"$T/rig.py" <<'P'
import json, os, time
from client import fresh, until
def q(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
def board(text):
    with open(os.environ["T"] + "/line", "wb") as f:
        f.write(text.encode())
c = fresh(os.environ["S"], name="ann"); c.attach()
def fired(n, seconds=10):
    assert c.wait(lambda: len(c.of("trigger")) >= n, seconds), c.of("trigger")
    return c.of("trigger")
def still():
    "everything that was said has been looked at"
    mark = "still %d" % time.monotonic_ns()
    t = c.do("trigger.add %s notice literal=on once=on" % q(mark))
    board(mark + "\n")
    assert c.wait(lambda: [e for e in c.of("trigger") if e["id"] == t["id"]], 10)
    c.do("trigger.remove %d" % t["id"])
    return [e for e in c.of("trigger") if e["id"] != t["id"]]
P
py()
{
	says=$( (cat "$T/rig.py" -) | python3 - 2>&1)
	ok $? "$1" || printf '%s\n' "$says" | note
}

py "notice: text, place, who asked for it" <<'P'
t = c.do('trigger.add "temp \\\\d{3}" notice "too hot"')
assert t["by"] == "ann" and t["action"] == "notice" and not t["off"], t
board("temp 21\ntemp 121\n")
e = fired(1)[0]
assert e["line"] == "temp 121" and e["offset"] == 8 and e["by"] == "ann" and e["console"] == "main", e
n = c.wait(lambda: [x["notice"] for x in c.of("notice") if "too hot" in x["notice"]["text"]], 5)
assert n and n[0]["text"] == "too hot: temp 121", c.of("notice")
assert len(still()) == 1
c.do("trigger.remove %d" % t["id"])
P

py "mark, command, log and its end" <<'P'
c.do('trigger.add BEGIN log %s/text.log cooldown=0s' % os.environ["T"])
c.do('trigger.add BEGIN mark cooldown=0s')
c.do('trigger.add DONE log-stop cooldown=0s')
c.do("trigger.add DONE command %s cooldown=0s" % q('mark.set "by a trigger" console={console}'))
board("BEGIN\n"); fired(2)
board("in between\n")
assert until(lambda: os.path.exists(os.environ["T"] + "/text.log")
             and "in between" in open(os.environ["T"] + "/text.log").read(), 10)
board("DONE\n"); fired(4)
assert c.wait(lambda: len(c.of("mark")) >= 2, 5), c.of("mark")
texts = [m["text"] for m in c.of("mark")]
assert "BEGIN" in texts and "by a trigger" in texts, texts
assert until(lambda: not any("text.log" in str(l) for l in c.do("console.list")[0]["logs"]), 5), c.do("console.list")
board("after\n"); still()
assert "after" not in open(os.environ["T"] + "/text.log").read()
for t in c.do("trigger.list"): c.do("trigger.remove %d" % t["id"])
P

py "once, a cool-down, off and on" <<'P'
a = c.do("trigger.add tick once=on"); b = c.do("trigger.add tick cooldown=1h")
board("tick 1\ntick 2\ntick 3\n"); fired(2)
assert len(still()) == 2, c.of("trigger")
l = {t["id"]: t for t in c.do("trigger.list")}
assert l[a["id"]]["off"] and l[a["id"]]["fired"] == 1, l
assert l[b["id"]]["held"] == 2 and l[b["id"]]["fired"] == 1 and not l[b["id"]]["off"], l
c.do("trigger.on %d" % a["id"]); c.do("trigger.off %d" % b["id"])
board("tick 4\n"); fired(3)
assert [e["id"] for e in still()][-1] == a["id"]
c.do("trigger.remove %d" % a["id"]); c.do("trigger.remove %d" % b["id"])
assert c.do("trigger.list") == []
P

py "a prompt without a line end fires, and not again when the line is whole" <<'P'
t = c.do('trigger.add "login:" cooldown=0s literal=on')
board("board login:")
fired(1)
board(" root\n")
assert len(still()) == 1, c.of("trigger")
c.do("trigger.remove %d" % t["id"])
P

py "a board that answers its own trigger is stopped" <<'P'
t = c.do('trigger.add ping command "console.line ping" cooldown=0s')
c.do("option.set console.eol lf")
board("ping\n")
n = c.wait(lambda: [x["notice"] for x in c.of("notice") if "is off" in x["notice"]["text"]], 20)
assert n and n[0]["next"].startswith("trigger.on"), c.of("notice")
l = c.do("trigger.list")[0]
assert l["off"] and l["fired"] == 20, l
c.do("trigger.remove %d" % t["id"])
P

py "a trigger may take itself away" <<'P'
t = c.do("trigger.add bye command " + q("trigger.remove 999"))
c.do("trigger.remove %d" % t["id"])
t = c.do("trigger.add bye command " + q("trigger.remove %d" % (t["id"] + 1)))
board("bye\nbye\n"); fired(1)
assert until(lambda: c.do("trigger.list") == [], 5), c.do("trigger.list")
P

py "what is refused" <<'P'
for line, code in (("trigger.add ( notice", "format"), ("trigger.add x dance", "usage"), ("trigger.add x macro", "usage"),
                   ("trigger.remove 4711", "not_found"), ("trigger.on 4711", "not_found"), ('trigger.add ""', "usage")):
    r = c.refused(line)
    assert r is not None and r.code == code, (line, r)
ids = [c.do("trigger.add x%d" % i)["id"] for i in range(64)]
assert c.refused("trigger.add one-more").code == "limit"
for i in ids: c.do("trigger.remove %d" % i)
P

py "a macro and a workflow of a plugin, and a board profile's own triggers" <<'P'
t = c.do("trigger.add BATT macro wave once=on")
w = c.do("trigger.add FLOW workflow check once=on")
board("BATT low\n")
assert c.wait(lambda: [m for m in c.of("mark") if m["text"] == "the macro ran"], 30), c.do("job.list")
board("FLOW\n")
assert c.wait(lambda: [m for m in c.of("mark") if m["text"] == "the workflow ran"], 30), c.do("job.list")
for x in (t, w): c.do("trigger.remove %d" % x["id"])
row = [b for b in c.do("board.list") if b["id"] == "tb"][0]
assert row["elf"].endswith("/plugins/tb/app.elf") and os.path.isabs(row["elf"]), row
c.do("board.use tb")
e = c.do("decode.elf")
assert e["elf"] == row["elf"], e
if not any(t["pattern"] == "BROWNOUT" for t in c.do("trigger.list")):   # the code has run already: Lua tells more
    assert [t["by"] for t in c.do("trigger.list")] == ["tb", "tb"], c.do("trigger.list")
board("BROWNOUT detected\n")
assert c.wait(lambda: [x for x in c.of("notice") if x["notice"]["text"].startswith("power: BROWNOUT")], 10), c.do("trigger.list")
for t in c.do("trigger.list"): c.do("trigger.remove %d" % t["id"])
c.do("board.use tb")                            # said again, it sets up again
assert len(c.do("trigger.list")) == 2, c.do("trigger.list")
c.do("board.use other")
assert c.do("trigger.list") == [], c.do("trigger.list")
P
py "and its gauges: numbers of its console, with their limits, as long as it is in use" <<'P'
assert sorted(p["name"] for p in c.do("gauge.patterns")) == ["supply", "water"], c.do("gauge.patterns")
board("volt=12 level= 40.5\n")
def gauges():
    r = c.do("gauge.list")
    return {d["id"]: (d, v) for d, v in zip(r["defs"], r["v"])}
assert until(lambda: "water" in gauges() and gauges()["water"][1] is not None, 10), gauges()
g = gauges()
assert g["supply"][1] == 12 and g["supply"][0]["unit"] == "V" and g["supply"][0]["warn"] == 30, g["supply"]
assert g["water"][1] == 40.5 and g["water"][0]["crit"] == 5, g["water"]
c.do("board.use tb")
assert c.do("gauge.patterns") == [] and "water" not in [i for i, (d, v) in gauges().items() if v is not None], gauges()
c.do("board.use other")
P

cat >"$T/trig.lua" <<'X'
local vise = require "vise"
local con = vise.console.get()
local id = con:trigger(vise.rx("volt=\\d+", "i"), "notice", { arg = "supply", cooldown = "0s" })
con:trigger("a.c", "mark", { once = true })
vise.log.info("trigger %d", id)
X
run timeout 60 "$BUILD/vise-script" --bench "$S" --console main "$T/trig.lua"
is "$status" 0 "con:trigger of a script" || printf '%s\n%s\n' "$out" "$err" | note
py "its text is literal, its vise.rx is a pattern, and they stay" <<'P'
l = c.do("trigger.list")
assert [t["action"] for t in l] == ["notice", "mark"], l
board("abc VOLT=33\na.c\n")
e = still()
assert [(x["line"], x["action"]) for x in e] == [("abc VOLT=33", "notice"), ("a.c", "mark")], e
for t in l: c.do("trigger.remove %d" % t["id"])
P

cat >"$T/bye.sh" <<'X'
#!/bin/sh
stty raw -echo
read -r x
printf 'last words\nmore\n'
exec cat
X
chmod +x "$T/bye.sh"
py "a trigger may close the console whose line fired" <<'P'
c.do("console.open exec:%s/bye.sh name=bye" % os.environ["T"])
t = c.do('trigger.add "last words" command "console.close {console}" console=bye')
c.do('console.line go console=bye')
assert until(lambda: not [k for k in c.do("console.list") if k["name"] == "bye"], 10), c.do("console.list")
c.do("trigger.remove %d" % t["id"])
still()
P

cat >"$T/bad.lua" <<'X'
require "vise".board { id = "x", triggers = { { pattern = "p", action = "macro" } } }
X
run timeout 60 "$BUILD/vise-script" --bench "$S" "$T/bad.lua"
test "$status" != 0
ok $? "a profile's trigger is checked"
like "$err" 'triggers\[1\]: macro needs arg' "and what is wrong is said"
for bad in '{ x = {} }=one of pattern, warn and crit is needed' '{ x = { warn = "much" } }=warn must be a number' \
	'{ ["a b"] = { warn = 1 } }=one word of 1 to 30' '{ x = { patern = "v=" } }=patern'; do
	printf 'require "vise".board { id = "x", gauges = %s }\n' "${bad%%\}=*}}" >"$T/bad.lua"
	run timeout 60 "$BUILD/vise-script" --bench "$S" "$T/bad.lua"
	like "$status $err" "^[1-9].*gauges.*${bad##*\}=}" "and so are its gauges: ${bad##*\}=}"
done

mkfifo "$T/slow"
cat >"$T/talk.sh" <<X
#!/bin/sh
stty raw -echo
while sleep 0.2; do printf 'boot\nlow a=b\n'; done
X
chmod +x "$T/talk.sh"
run timeout 30 "$BUILD/vise" console "exec:$T/talk.sh" --trigger 'boot=notice' --trigger 'a=b=stop' 0<>"$T/slow"
is "$status" 0 "vise console --trigger PATTERN=stop ends well"
like "$err" 'trigger boot: boot' "and says what else fired"

# a port that speaks at once, and no more: the trigger is there before it
cat >"$T/once.sh" <<'X'
#!/bin/sh
stty raw -echo
printf 'hello\nPANIC now\n'
exec cat
X
chmod +x "$T/once.sh"
mkfifo "$T/idle"
run timeout 30 "$BUILD/vise" console "exec:$T/once.sh" --trigger 'hello=notice' --trigger '^PANIC=stop' 0<>"$T/idle"
is "$status" 0 "a port that speaks at once does not outrun the trigger"
like "$err" 'trigger hello: hello' "what fired while it was opened is said"
like "$out" 'PANIC now' "and the line that fired is shown before the end"
run timeout 30 "$BUILD/vise" console --bench trig "exec:$T/once.sh" --trigger '^PANIC=stop' 0<>"$T/idle"
is "$status" 0 "likewise in a bench that runs already"
py "and its triggers are gone with it" <<'P'
assert c.do("trigger.list") == []
c.do("console.close " + [k["name"] for k in c.do("console.list") if k["spec"].endswith("once.sh")][0])
P

py "the journal says what fired, and for whom" <<'P'
b = json.load(open(os.environ["S"][:-4] + "json"))["dir"]
import time
end, told = time.monotonic() + 10, []
while not told and time.monotonic() < end:      # the journal is up to 100 ms behind
    j = [json.loads(l) for l in open(b + "/journal.jsonl").read().splitlines(True) if l.endswith("\n")]
    told = [r for r in j if r["type"] == "trigger" and r["by"] == "ann" and r["line"] == "temp 121"]
assert told
P

plan
