#!/bin/sh
# plughost.t - plugins that stay: started by the first need, what they put before people, reload by swap,
# unload without a trace; and the runaways: each is named, soon, and hurts nobody else.
. "${srcdir:-.}/tests/lib/tap.sh"
need python3 python3
tmpdir
PYTHONPATH=$srcdir/tests/lib PYTHONDONTWRITEBYTECODE=1
S=$XDG_RUNTIME_DIR/vise/plug.sock
export PYTHONPATH PYTHONDONTWRITEBYTECODE T S
D=$T/plugins
mkdir -p "$D/good" "$D/bad" "$D/user" "$D/mess"

cat >"$D/good/plugin.json" <<'E'
{ "name": "good", "version": "1.2.0", "api": "1.1", "needs": { "exec": ["vise run", "true"] }, "provides": ["command:good.hello", "command:good.sneak", "command:good.mute", "command:good.keep", "service:good.add",
    "pane:good.list", "gauge:good.n", "segment:good.s", "advisor:good.a", "advisor:good.e", "event:mark"],
  "commands": { "good.hello": { "title": "Say hello", "keys": ", h" } } }
E
cat >"$D/good/init.lua" <<'E'
local vise = require "vise"
vise.state.starts = (vise.state.starts or 0) + 1
vise.command { name = "good.hello", title = "Say hello", complete = function(word) return { word .. "ann", word .. "eve" } end, run = function(who) return { "hello", who, vise.state.starts } end }
vise.command { id = "good.sneak", run = function(line) return vise.cmd(line) end }
vise.keymap("global", ", j", function() vise.ui.notify("the key ran") end)
vise.service("good.add", function(a, b)
  if a == "card" then vise.fail("no_card", "slot %d", 3, { slot = 3, bus = {} }) end
  if type(a) ~= "number" then vise.fail("verify", "no numbers: %s", tostring(a)) end
  return a + b
end)
vise.ui.table { id = "good.list", title = "A list", columns = { "a", "b" }, rows = { { "x", 1 }, { "y", 2 } },
  on_select = function(row, n) vise.ui.notify(("chose %s at %d"):format(row[1], n), { level = "warn", action = "look" }) end }
local n = 0
vise.gauge { id = "good.n", unit = "B", every = 0.1, min = 0, max = 100, read = function(ctx)
  if ctx.id ~= "good.n" or ctx.last ~= (n > 0 and n or nil) or ctx.n ~= n + 1 then return 99 end
  n = n + 1 return n
end }
vise.ui.segment { id = "good.s", side = "left", width = 12, every = 0.1, render = function() return "n is " .. (n > 2 and "big" or "small"), "warn" end }
vise.advisor { id = "good.a", on = { "good.n" }, every = 0.1, advise = function(s)
  if s["good.n"] > 1 then return { level = "warn", text = "n is over 1", action = "relax" } end
end }
vise.advisor { id = "good.e", on = { "event:mark" }, advise = function(s) return { text = "a mark came: " .. tostring(s.event ~= nil) } end }
vise.threshold { gauge = "good.n", above = 2, hold = 0, msg = "n is too much" }
vise.on("mark", function(e) vise.ui.notify("saw a mark") end)
vise.on_unload(function() print("bye") end)
vise.command { id = "good.mute", run = function()
  local said = {}
  for i = 1, 2 do
    local ok, err = pcall(vise.console.get, "main")
    said[i] = ok and "a console" or err.code .. " " .. err.msg .. "; " .. err.next
  end
  return said
end }
vise.command { id = "good.keep", run = function(n) vise.state.big = n and ("x"):rep(tonumber(n)) or vise.state.big return #vise.state.big end }
E

cat >"$D/user/plugin.json" <<'E'
{ "name": "user", "version": "1.0.0", "api": "1.0", "requires": { "good": ">=1.0" }, "provides": ["command:user.sum", "command:user.card"] }
E
echo 'return { twice = function(x) return 2 * x end }' >"$D/good/math.lua"
cat >"$D/user/init.lua" <<'E'
local vise = require "vise"
local m = require "good.math"
vise.command { id = "user.sum", run = function(a, b)
  local ok, err = pcall(vise.call, "good.add", "x", 1)
  return { vise.call("good.add", tonumber(a), tonumber(b)), m.twice(4), ok, err.code, err.msg }
end }
local function ask(word) return (vise.call("good.add", word)) end
vise.command { id = "user.card", run = function(word)
  local ok, err = pcall(ask, word)
  if word == "deep" then ask(word) end
  local c = err.cause
  return { err.code, err.trace, c.code, c.msg, c.where, c.trace, c.slot, c.plugin, c.what, tostring(c), c.bus == nil }
end }
E

# What a plugin may leave behind.
cat >"$D/mess/plugin.json" <<'E'
{ "name": "mess", "version": "1.0.0", "api": "1.1", "needs": { "serial": true, "exec": ["sleep"] },
  "provides": ["command:mess.make", "decoder:mess"], "decoders": { "mess": { "literal": "MESS" } } }
E
cat >"$D/mess/init.lua" <<'E'
local vise = require "vise"
vise.command { id = "mess.make", run = function()
  vise.console.get():trigger("never said", "mark")
  vise.cmd "gauge.pattern mess.m MESS=([0-9]+)"
  local p = vise.launch.start { cmd = "sleep", args = { 1000 }, name = "mess-sleeps" }
  vise.console.get():send "MESS=7\n"
  return p.id
end }
vise.decoder { id = "mess", feed = function(line) return { text = "a mess", gauges = { ["mess.d"] = 1 } } end }
E

# What runs away, by name; each is a command of the plugin.
cat >"$D/bad/plugin.json" <<'E'
{ "name": "bad", "version": "1.0.0", "api": "1.1", "needs": { "serial": true }, "provides": ["command:bad.run", "service:bad.s"] }
E
cat >"$D/bad/init.lua" <<'E'
local vise = require "vise"
local does = {
  loop = function() while true do end end,
  coroutine = function() coroutine.wrap(function() while true do end end)() end,
  doubling = function() local s = "x" while true do s = s .. s end end,
  recursive = function() local function f() while true do pcall(f) end end f() end,
  gsub = function() local s = ("a"):rep(20000) return (s:gsub(".-.-b", "")) end,
  sethook = function() debug.sethook() end,
  sort = function() while true do pcall(table.sort, { 3, 1, 2 }, function() while true do end end) end end,
  handler = function() xpcall(function() while true do end end, function() while true do end end) end,
  closing = function() local g <close> = setmetatable({}, { __close = function() while true do end end }) error("x") end,
  lineloop = function()
    local con = vise.console.get()
    local sub <close> = con:on_line(function() while true do end end)
    con:send("wake\n") vise.sleep(0.3) error("went on", 0)
  end,
  command = function() error("in a command") end,
  yield = function() table.sort({ 3, 1, 2 }, function() vise.sleep(1) return true end) end,
  trigger = function()
    vise.console.get():trigger("fire me", function() error("in a trigger") end)
    vise.console.get():send("fire me\n") vise.sleep(0.3) return "went on"
  end,
  feed = function()
    local sub <close> = vise.console.get():decode { name = "f", feed = function() error("in a feed") end }
    vise.console.get():send("bytes\n") vise.sleep(0.3) return "went on"
  end,
  pcall = function() while true do pcall(function() while true do end end) end end,
  rep = function() local s = ("x"):rep(1e9) return #s end,
  pattern = function() return (("a"):rep(3000)):find(".-.-.-.-b") end,
  tables = function() local t = {} for i = 1, 1e10 do t[i] = { i } end end,
  gc = function() setmetatable({}, { __gc = function() while true do end end }) end,
  execute = function() os.execute("sleep 100") end,
  wait = function()
    local con, seen = vise.console.get(), nil
    local sub = con:on_line(function() local ok, err = pcall(vise.sleep, 1) seen = err end)
    con:send("wake\n") con:read_line() sub:close()
    error(seen and seen.msg or "no line came", 0)
  end,
  line = function()
    local con, n = vise.console.get(), 0
    con:on_line(function() n = n + 1 error("in on_line") end)
    for i = 1, 5 do con:send("wake\n") end
    for i = 1, 5 do con:read_line() end
    return n
  end,
  task = function() vise.spawn(error, "in a task") vise.sleep(0.1) return "went on" end,
  deferred = function() vise.defer(function() error("in a defer") end) return 1 end,
  result = function() return function() end end,
  texts = function() getmetatable("").__index = nil return ("x"):rep(2) end,
  clobber = function() pairs, ipairs, pcall, xpcall, tostring, table.concat, table.unpack = nil return 1 end,
  hoard = function() for i = 1, 1e7 do vise.on("mark", function() end) end end,
  object = function() error(setmetatable({}, { __index = function() while true do end end, __tostring = function() while true do end end })) end,
  endless = function() local t = {} t[1] = t return t end,
  swarm = function() while true do vise.spawn(vise.sleep, 1000) end end,
  dropped = function() vise.spawn(error, "that nobody awaits") end,
  hold = function() vise.defer(function() while true do pcall(vise.sleep, 100) end end) while true do pcall(vise.sleep, 100) end end,
}
vise.command { id = "bad.run", run = function(what) return does[what]() end }
vise.keymap("global", ", 8", function() error("in a key") end)
vise.ui.table { id = "bad.list", columns = { "a" }, rows = { { "x" } }, on_select = function() error("in on_select") end,
  on_show = function() error("in on_show") end }
vise.service("bad.s", function() error("in a service") end)
vise.gauge { id = "bad.g", every = 0.2, read = function() error("in a gauge") end }
vise.ui.segment { id = "bad.seg", every = 0.2, render = function() error("in a segment") end }
vise.advisor { id = "bad.adv", every = 0.2, advise = function() error("in an advisor") end }
vise.on("mark", function() error("in an event") end)
vise.on_unload(function() error("in on_unload") end)
E

spawn "$BUILD/vise-bench" --foreground --name plug --linger 120s --plugins "$D" \
	--run "console.open exec:cat" 2>"$T/bench.err"
wait_for 'test -S "$S"' 10
ok $? "a bench" || note <"$T/bench.err"

cat >"$T/rig.py" <<'P'
import json, os, time
from client import fresh, until, Refused
c = fresh(os.environ["S"]); before = c.attach()["notices"]
def run(what, *words, seconds=30):
    return c.do("plugin.run %s -- %s" % (what, " ".join(words)), seconds)
def host(name):
    return ([h for h in c.do("plugin.hosts") if h["name"] == name] or [None])[0]
def jobs(name):
    return [j for j in c.do("job.list") if j["name"] == "plugin " + name]
def output(name):
    return c.do("job.output %d" % jobs(name)[-1]["id"])
def notice(text, seconds=15):
    return c.wait(lambda: [n for n in before + [e["notice"] for e in c.of("notice")] if text in n["text"]], seconds)
P
py()
{
	says=$( (cat "$T/rig.py" -) | python3 - 2>&1)
	ok $? "$1" || printf '%s\n' "$says" | note
}

py "nothing runs before it is needed; the first need starts it" <<'P'
assert not c.do("job.list") and c.do("plugin.hosts") == []
assert run("good.hello", "ann") == ["hello", "ann", 1]
h = host("good")
assert h["state"] == "running" and h["starts"] == 1 and h["place"] == "given", h
P

py "services: copies go in and out, an error keeps its code; modules of a required plugin are found" <<'P'
assert c.do('plugin.call good.add "[2,3]"') == 5
r = run("user.sum", "40", "2")
assert r[:4] == [42, 8, False, "verify"] and "init.lua:8" in r[4] and "no numbers: x" in r[4], r
P

py "and both traces: the caller's own, and with the cause the provider's" <<'P'
code, trace, ccode, cmsg, where, ctrace, slot, plugin, what, text, bounded = run("user.card", "card")
assert (code, ccode, cmsg, slot, plugin, what, bounded) == ("no_card", "no_card", "slot 3", 3, "good", "service good.add", True), (code, ccode)
assert "user/init.lua" in trace and "good/init.lua" not in trace, trace
assert "good/init.lua:7" in ctrace and "user/init.lua" not in ctrace and "good/init.lua:7" in where, (ctrace, where)
assert text.endswith("good/init.lua:7: no_card: slot 3"), text
P

is "$("$BUILD/vise" complete -- plugin run good.hello -- jo | grep '^jo' | tr '\n' ' ')" "joann joeve " "a command's words complete in a shell"
cat >"$T/ask.lua" <<'E'
local vise = require "vise"
local function deep() return (vise.cmd("plugin.run user.card -- deep")) end
deep()
E
run "$BUILD/vise" script --bench plug "$T/ask.lua"
is "$status" 1 "a script that asks a plugin that asks another fails as the last one did"
grep 'ask.lua:2: in\|caused by\|user/init.lua:[0-9]*: in\|good/init.lua:[0-9]*: in\|^vise: ' "$T/err" |
	sed -E 's,[^ ]*/((good|user)/init.lua),\1,g; s,[^ ]*/(ask.lua),\1,g; s/^[ \t]*//; s/: in .*//; s/^(vise: ).*/\1/' >"$T/got"
cat >"$T/want" <<'E'
ask.lua:2
caused by user, command user.card: user/init.lua:7: verify: good: good/init.lua:8: no numbers: deep
user/init.lua:7
user/init.lua:10
caused by good, service good.add: good/init.lua:8: verify: no numbers: deep
good/init.lua:8
vise: 
E
same "$T/got" "$T/want" "and says so with the trace of each"
run "$BUILD/vise" script --json --bench plug "$T/ask.lua"
is "$(tail -n 1 "$T/err" | python3 -c 'import json, sys
e = json.load(sys.stdin)["error"]
c = e["cause"]; d = c["cause"]
print(e["code"], "ask.lua:2" in e["trace"], c["code"], c["plugin"], "user/init.lua" in c["trace"], d["code"], d["plugin"], "good/init.lua:8" in d["trace"])')" \
	"verify True verify user True verify good True" "--json has the same"
printf 'local vise = require "vise"\nvise.test("asks", function() vise.call("good.add", "deep") end)\n' >"$T/asks_test.lua"
run "$BUILD/vise" test --bench plug "$T/asks_test.lua"
is "$status $(grep -c '^caused by good, service good.add: ' "$T/out")" "1 1" "so does a test's report"
run "$BUILD/vise" plugin run --bench plug user.card -- deep
like "$err" '^caused by user, command user.card: .*verify: good: ' "vise plugin run tells it too"

py "gauge, segment, advisor, threshold, event and table reach people" <<'P'
assert notice("n is over 1")[0]["next"] == "relax"
assert notice("n is too much")[0]["source"] == "good"
def gauge():
    r = c.do("gauge.list")
    return [(d["unit"], d["source"]) for d, v in zip(r["defs"], r["v"]) if d["id"] == "good.n" and v]
assert until(gauge, 10) == [("B", "plugin good")]
c.do("mark.set here")
assert notice("saw a mark") and notice("a mark came: true")
assert c.do("plugin.complete good.hello jo") == ["joann", "joeve"] and c.do("plugin.complete user.sum x") == []
d = fresh(os.environ["S"]); p = d.attach()["plugins"]
assert [x["rows"] for x in p["panes"] if x["id"] == "good.list"] == [[["x", "1"], ["y", "2"]]], p
assert [x["text"] for x in p["segments"]] == ["n is big"] and p["segments"][0]["level"] == "warn" and (p["segments"][0]["side"], p["segments"][0]["width"]) == ("left", 12), p
assert [x for x in p["commands"] if x.get("keys") == ", j" and x["mode"] == "global"], p
c.do("plugin.select good.list row=2")
assert notice("chose y at 2")[0]["next"] == "look"
c.do([x for x in p["commands"] if x.get("keys") == ", j"][0]["line"])
assert notice("the key ran")
P

py "what it has not declared it may not do, also behind a semicolon or a trigger" <<'P'
for line, need in (("job.run -- sh -c id", "exec sh"), ("gauge.list; job.run -- sh", "exec sh"), ("option.set a b", "commands option.set"),
        ("job.run x=y -- env A=1 sh", "exec x=y"), ("console.open exec:sh", "exec sh"), ("console.open shell:id", "exec sh"),
        ("console.open tcp:10.0.0.1:1", "net 10.0.0.1:1"), ("console.send main x", "serial"), ("at.send AT", "serial"),
        ("trigger.add x action=command arg=\"job.run -- sh\"", "serial"), ("script.run /tmp/x.lua", "commands script.run"),
        ("job.run -- vise build x", "exec vise build"), ("job.run -- vise run -- sh -c id", "exec sh"), ("job.run -- vise run", "exec *"),
        ("job.run -- %s/vise do x" % os.environ["BUILD"], "exec vise do"), ("job.run mine=on -- env A=1 vise script x", "exec vise script"),
        ("console.open \"exec: vise do x\"", "exec vise do"), ("job.run -- vise place hold desk", "places desk"), ("job.run -- vise", "exec vise"),
        ("profile.load http://x/", "commands profile.load"), ("board.flash x confirm=on", "commands board.flash")):
    try:
        c.do("plugin.run good.sneak -- \"%s\"" % line.replace('"', '\\"'))
        raise AssertionError(line)
    except Refused as r:
        assert r.code == "denied" and "does not declare " + need in r.why, (line, r.code, r.why)
said = c.do("plugin.run good.mute")
assert len(said) == 2 and all("does not declare serial" in s and '"serial": true' in s for s in said), said
c.do('plugin.run good.sneak -- "job.run wait=on -- %s/vise run -- true"' % os.environ["BUILD"])
P

py "state outlives the process; a reload swaps; one that fails leaves the old one" <<'P'
path, old = os.environ["T"] + "/plugins/good/init.lua", host("good")["job"]
text = open(path).read()
assert until(lambda: os.path.exists(os.environ["XDG_STATE_HOME"] + "/vise/plugins/good.json"), 10)
open(path, "w").write(text + "error('half a plugin')\n")
r = c.refused("plugin.reload good")
assert r and "half a plugin" in r.why, r and r.why
assert run("good.hello", "ann")[2] == 1 and host("good")["job"] == old and "half a plugin" in host("good")["error"]
open(path, "w").write(text.replace('"hello", who', '"moin", who') + 'vise.command { id = "good.new", run = print }')
r = c.do("plugin.reload good")
assert (r["state"], r["added"], r["gone"]) == ("reloaded", ["command:good.new"], []), r
assert run("good.hello", "ann") == ["moin", "ann", 2] and host("good")["job"] != old
assert until(lambda: not [j for j in jobs("good")[:-1] if j["state"] == "running"], 10), jobs("good")
run("good.keep", "1000000")
assert until(lambda: os.path.getsize(os.environ["XDG_STATE_HOME"] + "/vise/plugins/good.json") > 1000000, 20)
assert c.do("plugin.reload good")["state"] == "reloaded" and run("good.keep") == 1000000
run("good.keep", "1100000")
assert until(lambda: "vise.state holds at most 1 MB" in output("good")["err"], 20), output("good")["err"][-300:]
assert run("good.keep", "1") == 1 and host("good")["state"] == "running"
P

py "unloaded, it leaves nothing; killed, it is named, and the next need starts it" <<'P'
c.do("plugin.unload good")
assert "bye" in output("good")["text"], output("good")
d = fresh(os.environ["S"]); p = d.attach()["plugins"]
assert not p["segments"] and not [x for x in p["panes"] if x.get("rows")] and not [x for x in p["commands"] if x.get("key")], p
r = c.do("gauge.list")
assert [v for g, v in zip(r["defs"], r["v"]) if g["id"] == "good.n"] == [None] or until(lambda: [v for g, v in
    zip(r["defs"], c.do("gauge.list")["v"]) if g["id"] == "good.n"] == [None], 10)
assert run("good.hello", "x")[0] == "moin"
c.do("job.stop %d confirm=on" % host("good")["job"])
assert notice("good: the plugin ended")
assert run("good.hello", "x")[0] == "moin" and host("good")["starts"] == 6, host("good")
P

py "triggers, patterns, gauges, programs and decoders of a plugin go with it, also when it is killed" <<'P'
def shown(name):
    return [d for d in c.do("gauge.list")["defs"] if d["id"] == name and not d.get("gone")]
def decoders():
    return [j for j in c.do("job.list") if j["name"] == "decode mess" and j["state"] == "running"]
def left():
    return ([t for t in c.do("trigger.list") if t["pattern"] == "never said"], [p for p in c.do("gauge.patterns") if p["name"] == "mess.m"],
        shown("mess.m"), shown("mess.d"), [j for j in c.do("job.list") if j["name"] == "mess-sleeps" and j["state"] == "running"], decoders())
for end in ("unload", "kill"):
    run("mess.make")
    assert until(lambda: all(left()), 20), left()
    if end == "unload":
        c.do("plugin.unload mess")
        assert until(lambda: not any(left()), 10), left()
    else:
        os.kill(jobs("mess")[-1]["pid"], 9)
        assert until(lambda: not any(left()[:3]) and not left()[4], 10), left()
assert c.do("plugin.unload mess") == {"decoders": 1}    # that was another process
assert until(lambda: not any(left()), 10), left()
assert "no process" in c.refused("plugin.unload mess").why
P

# ---- the runaways
cat >>"$T/rig.py" <<'P'
stream = c.do("console.list")[0]["stream"]
c.call("subscribe", {"stream": stream, "from": -1})
def echo(n):
    """The time of one key through the board."""
    began, word = time.monotonic(), "k%d;" % n
    c.type(stream, word)
    assert c.wait(lambda: word in c.text(stream), 20), "no answer to a key"
    return time.monotonic() - began
P
py "each runaway is named within its time; keys are answered and another plugin goes on meanwhile" <<'P'
# the eleven of V12 and more ("script": what a slow machine held up in one call was ended with its process); the same for scripts: tests/data/script/runaway
names = {"loop": "budget", "coroutine": "budget", "doubling": "budget", "recursive": "budget|memory|script", "gsub": "script", "sethook": "usage",
    "sort": "budget", "handler": "budget", "closing": "budget|script", "lineloop": "script", "pcall": "budget", "rep": "budget", "pattern": "script", "tables": "budget", "gc": "usage", "execute": "usage",
    "texts": "script", "clobber": "script", "hoard": "budget|script", "object": "budget|script", "endless": "usage", "swarm": "budget"}
for what, codes in names.items():
    began, keys = time.monotonic(), []
    number = c.ask("command", {"line": "plugin.run bad.run -- " + what})
    while number not in c.answers and time.monotonic() - began < 30:
        keys.append(echo(len(keys)))
        c.read(0.02)
        if len(keys) % 10 == 1:
            assert run("good.hello", "x")[0] == "moin"
    took = time.monotonic() - began
    answer = c.answers.pop(number)
    assert "error" in answer and answer["error"]["code"] in codes.split("|"), (what, answer)
    assert answer["error"]["what"] == "bad", (what, answer)
    assert what != "recursive" or answer["error"]["code"] != "script" or any(w in answer["error"]["why"] for w in
        ("cannot be interrupted", "fills its memory")), answer
    assert took < 25, (what, took)          # 2 s of CPU time and what a loaded machine takes
    assert sorted(keys)[len(keys) // 2] < 0.1 or min(keys) < 0.02, (what, keys)
c.do("plugin.unload bad")                       # with the ten thousand tasks of the swarm
P

py "errors in every kind of callback are named and end nothing" <<'P'
for what, text in (("wait", "vise.sleep waits"), ("yield", "vise.sleep waits"), ("command", "in a command"), ("execute", "execute"), ("result", "function")):
    try:
        run("bad.run", what)
        raise AssertionError(what)
    except Refused as r:
        assert text in r.why, (what, r.why)
run("bad.run", "dropped")                       # told though the plugin idles from then on
assert run("bad.run", "line") == 3              # switched off after three
for what in ("task", "trigger", "feed"):
    assert run("bad.run", what) == "went on", what
key = [x["line"] for x in fresh(os.environ["S"]).attach()["plugins"]["commands"] if x.get("keys") == ", 8"][0]
for line, text in ((key, "in a key"), ("plugin.select bad.list row=1", "in on_select"), ("plugin.show bad.list", "in on_show")):
    r = c.refused(line)
    assert r and text in r.why and "init.lua" in r.why, (line, r)
r = c.refused("plugin.run bad.run -- deferred")
assert r and "in a defer" in r.why, r
c.do("mark.set there")
r = c.refused("plugin.call bad.s")
assert r and "in a service" in r.why and "init.lua" in r.why
def named():
    text = output("bad")["text"] + output("bad").get("err", "")
    return all(w in text for w in ("in a gauge", "in a segment", "in an advisor", "in an event", "in on_line", "in a task", "in a trigger", "in a feed", "that nobody awaits"))
assert until(named, 10), output("bad")
assert host("bad")["state"] == "running"
P

py "a task that will not end is gone with its plugin soon after unload" <<'P'
number = c.ask("command", {"line": "plugin.run bad.run -- hold"})
time.sleep(0.1)
began = time.monotonic()
job = c.do("plugin.unload bad")
took = time.monotonic() - began
assert job["state"] == "killed" and took < 10, (job, took)      # 2 s of grace and a loaded machine
try:
    c.answer(number)
    raise AssertionError("answered")
except Refused as r:
    assert r.what == "bad" and "unloaded before it answered" in r.why, (r.what, r.why)
P

py "the log of the console is whole" <<'P'
row = c.do("console.list")[0]
b = c.do("bench.info")
raw = open(os.path.join(b["dir"], "console-%s.raw" % row["name"]), "rb").read()
assert until(lambda: len(open(os.path.join(b["dir"], "console-%s.raw" % row["name"]), "rb").read()) == c.do("console.list")[0]["rx"], 10)
sent = [e for e in raw.decode().split(";") if e.startswith("k") or "\nk" in e]
assert len(sent) > 30, raw
P
plan
