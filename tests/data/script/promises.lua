-- promises.lua - what the scheduler and the console promise, each line checked. The test plays a
-- device that echoes.
local vise = require "vise"
local ok = 0
local function check(name, cond)
  if cond then ok = ok + 1 else error("FAILED: " .. name, 2) end
end
local now, sleep = vise.now, vise.sleep

-- waits until fn gives something true, at most five seconds
local function until_true(fn)
  local t0 = now()
  while not fn() and now() - t0 < 5 do sleep(0.002) end
end

-- tasks interleave
local order = {}
local a = vise.spawn(function() for i = 1, 3 do order[#order + 1] = "a" .. i sleep(0.04) end return "done", 7 end)
vise.spawn(function() sleep(0.02) for i = 1, 3 do order[#order + 1] = "b" .. i sleep(0.04) end end)
local r, n = a:await()
check("results of await", r == "done" and n == 7 and a:status() == "done")
until_true(function() return #order == 6 end)
-- A busy machine may put several due times together; then the earlier one goes first.
local said, at = table.concat(order, " "), {}
for i, who in ipairs(order) do at[who] = i end
check("interleave: " .. said, at.a1 < at.a2 and at.a2 < at.a3 and at.b1 < at.b2 and at.b2 < at.b3 and at.b1 < at.a3)

-- expect: earliest match wins, the rest stays, captures, timeout consumes nothing
local con = vise.console.get()
check("one cursor a console", con == vise.console.get("main"))
vise.spawn(function() con:send("boot v1.2\r\nREA") sleep(0.02) con:send("DY]\r\n+VER: 3.2.1\r\nOK\r\n") end)
local m = con:expect({ "ERROR", "READY" }, { timeout = 2 })
check("split literal", m.index == 2 and m.before == "boot v1.2\r\n" and m.text == "READY")
m = con:expect({ "ERROR", { vise.rx[[\+VER: (?P<major>\d+)\.(\d+)\.(\d+)]], name = "version" } }, { timeout = 2 })
check("captures", m.name == "version" and m.cap[1] == "3" and m.cap[3] == "1" and m.named.major == "3")
check("rest kept", con:expect("OK").index == 1)
local t0 = now()
local none, err = con:try_expect("never", { timeout = 0.1 })
check("timeout", none == nil and err.code == "timeout" and now() - t0 < 1 and now() - t0 >= 0.1)
check("error text", err.msg:find('no "never" within', 1, true) and err.where:find("promises.lua:%d+"))
con:send("what was left")
until_true(function() return con:pending():find("left", 1, true) end)
none, err = con:try_expect({ "x1", vise.rx "y+" }, { timeout = 0.02 })
check("error names patterns and lines", err.msg:find('"x1" or rx[[y+]]', 1, true) and err.msg:find("what was left", 1, true))
check("nothing lost by a timeout", con:expect("left").before:find("what was ", 1, true))
check("expect_all", (function()
  con:send("two one")
  local l = con:expect_all({ "one", "two" }, { timeout = 1 })
  return l[1].text == "one" and l[2].text == "two"
end)())
con:send("x panic: y\r\n")
none, err = pcall(con.expect, con, "nothing", { never = "panic:" })
check("never", not none and err.code == "device_fault")
con:send("l1\r\nl2\r\npart")
until_true(function() return con:pending():find("part", 1, true) end)
con:flush()
con:send("l3\r\nl4\r\n")
check("read_line", con:read_line() == "l3" and con:read_line { timeout = 1 } == "l4")
con:settle(0.05, 1)

-- escapes do not count for matching, unless the pattern names one
con:send("\27[31mfa\27[1mil\27[0med\27[K now\r\n$ \27[?2004h")
m = con:expect { { vise.rx[[fail(\w+) now]], name = "f" } }
check("strip", m.text == "failed now" and m.cap[1] == "ed" and m.name == "f")
check("strip before", con:expect("$ ").before == "\r\n")
con:flush()
con:send("a\27[1mb")
check("strip off", con:try_expect("ab", { strip = false, timeout = 0.02 }) == nil and con:expect("\27[1m").before:find("a$"))
con:flush()

-- idle, quiet, and what an error knows
none, err = con:try_expect("x", { idle = 0.02, timeout = 30 })
check("idle", err.code == "timeout" and err.waited < 20 and err.msg:find("it fell silent", 1, true))
con:send("prompt: log that comes\r\nprompt: ")
m = con:expect("prompt: ", { quiet = 0.05 })
check("quiet", m.before:find("log that comes\r\n", 1, true))
con:send("tail of it")
until_true(function() return con:pending():find("of it", 1, true) end)
none, err = con:try_expect("y", { timeout = 0.01 })
check("error fields", err.tail:find("tail of it", 1, true) and err.offset > 0 and err.dropped == 0 and err.wanted == '"y"'
  and err.msg:find("at byte " .. err.offset, 1, true))
good, err = pcall(con.expect, con, "x", { timeout = "soon" })
check("duration of expect", err.code == "usage" and err.msg:find("timeout", 1, true))
good, err = pcall(vise.timeout, 0.05, function() con:expect("w", { timeout = 100 }) end)
check("an outer limit cuts the wait, which names its pattern", err.code == "timeout" and
  (err.msg:find("cut to what was left", 1, true) or err.msg:find("not done within", 1, true)))
con:flush()
do
  local sub <close> = con:never { "HardFault", vise.rx[[panic: \w+]] }
  con:send("text panic: nil\r\n")
  good, err = pcall(con.try_expect, con, "z", { timeout = 5 })
  check("never of a console", not good and err.code == "device_fault" and err.msg:find("panic: nil", 1, true))
end
con:send("panic: again, z")
check("never is over", con:expect("z").before:find("panic: again", 1, true))

-- bytes: read, a second reader, hex, echo, pace
con:send("12345")
check("read n", con:read(2) == "12" and con:read(3) == "345")
none, err = pcall(con.read, con, 4, { timeout = 0.02 })
check("read in time", err.code == "timeout" and err.msg:find("0 of 4 bytes", 1, true))
local other = con:reader()
con:hex "61 0a"
check("read what there is", con:expect("a") and other:expect("a\n").before == "")
check("read any", con:read() == "\n")
good, err = pcall(con.hex, con, "6")
check("hex", err.code == "usage")
con:line("say it", { echo = "verify" })
con:send("again", { echo = "skip" })
check("echo", con:pending() == "")
good, err = pcall(con.line, con, "x", { echo = "no" })
check("echo of a wrong kind", err.code == "usage")
con:send("paced", { pace = { chunk = 2, every = 0.001 } })
check("pace", con:expect("paced").text == "paced")

-- waits inside generators, pcall, metamethods are transparent
local gen = coroutine.wrap(function() for k = 1, 3 do sleep(0.005) coroutine.yield(k) end end)
local sum = 0
for k in gen do sum = sum + k end
check("wait in coroutine.wrap", sum == 6)
check("wait in pcall", pcall(sleep, 0.005))
check("wait in __index", setmetatable({}, { __index = function(_, k) sleep(0.005) return k end }).x == "x")
local co = coroutine.create(function(...) local v = coroutine.yield(...) sleep(0.005) return v end)
check("resume", select(3, coroutine.resume(co, 1, 2)) == 2 and select(2, coroutine.resume(co, 9)) == 9)
check("dead", not coroutine.resume(co))

-- below a C call without continuation a wait is refused, by name
local good
good, err = pcall(table.sort, { 3, 1, 2 }, function(x, y) sleep(0.001) return x < y end)
check("wait in table.sort refused", not good and err.code == "usage" and err.msg:find("vise.sleep waits", 1, true))
good, err = pcall(string.gsub, "x", "x", function() coroutine.wrap(function() sleep(0.001) end)() end)
check("wait in gsub refused", not good and tostring(err):find("wait"))

-- a busy task does not stop the others, also inside a nested coroutine
local ticks, stop = 0, false
local beat = vise.spawn(function() while not stop do ticks = ticks + 1 sleep(0.002) end end)
local x = 0
local t1 = now() repeat x = x + 1 until ticks >= 5 or now() - t1 > 5
check("ticks during a busy loop", ticks >= 5)
ticks = 0
coroutine.wrap(function() local t2 = now() repeat x = x + 1 until ticks >= 5 or now() - t2 > 5 end)()
check("ticks during a nested busy loop", ticks >= 5)
stop = true
beat:await()

-- a loop that cannot be paused is ended at the hard limit, and pcall does not save it
local survived = false
local killed = vise.spawn(function()
  pcall(table.sort, { 3, 1, 2 }, function() while true do end end)
  pcall(function() while true do end end)
  survived = true
end)
good, err = pcall(killed.await, killed)
check("killed", not good and err.code == "budget" and not survived and err.where:find("promises.lua", 1, true))

-- cancellation reaches a sleeper at once, runs <close> and defers, which may wait
local closed, deferred = false, {}
local victim = vise.spawn(function()
  vise.defer(function() deferred[#deferred + 1] = "first" end)
  vise.defer(function() sleep(0.01) deferred[#deferred + 1] = "second" end)
  local g <close> = setmetatable({}, { __close = function() sleep(0.03) closed = true end })
  sleep(100)
end)
sleep(0.01)
t1 = now()
victim:cancel("enough")
good, err = pcall(victim.await, victim, 5)
check("cancel is quick", now() - t1 < 2 and not good and err.code == "cancelled" and err.msg == "enough")
check("clean-up of a cancelled task may wait", closed and table.concat(deferred, " ") == "second first")
local swallowed = 0
victim = vise.spawn(function() while true do pcall(sleep, 100) swallowed = swallowed + 1 end end)
sleep(0.01)
victim:cancel()
good, err = pcall(victim.await, victim, 5)
check("a task that swallows its cancellation ends after the grace time", err.code == "cancelled" and swallowed <= 2)
victim = vise.spawn(function() con:expect("nothing of the kind", { timeout = 100 }) end)
sleep(0.02)
none, err = pcall(con.expect, con, "x")
check("one waits on a console at a time", err.code == "busy")
victim:cancel()
pcall(victim.await, victim)
con:send("free again")
check("a cancelled expect gives the console back", con:expect("free").text == "free")

-- all, any, timeout, after, every
local out = vise.all { vise.spawn(function() sleep(0.02) return 1 end), vise.spawn(function() return 2 end) }
check("all", out[1] == 1 and out[2] == 2)
good, err = pcall(vise.all, { vise.spawn(function() sleep(100) end), vise.spawn(function() vise.fail("verify", "no %d", 5) end) })
check("all fails early", not good and err.code == "verify" and err.msg == "no 5")
local i, v = vise.any { vise.spawn(function() sleep(100) end), vise.spawn(function() sleep(0.01) return "b" end) }
check("any", i == 2 and v == "b")
good, err = pcall(vise.timeout, 0.02, function() sleep(100) end)
check("timeout raises", not good and err.code == "timeout")
check("timeout passes", vise.timeout(5, function() sleep(0.001) return "v" end) == "v")
local count = 0
local timer = vise.every(0.01, function() count = count + 1 end)
local once = vise.after("20ms", function() return "late" end)
check("after", once:await() == "late")
until_true(function() return count >= 2 end)
timer:cancel()
check("every", count >= 2)
sleep(0.02)
local seen = count
sleep(0.05)
check("every ends", count == seen)

-- the memory cap raises, the host lives on
good, err = pcall(function() local t = {} for q = 1, 1e9 do t[q] = ("x"):rep(1000) .. q end end)
check("memory cap", not good and err == "not enough memory")
collectgarbage()
check("collectgarbage", collectgarbage("count") > 10)

-- on_line: whole lines, not for ever after errors, no waiting inside
local lines = {}
con:flush()
local sub = con:on_line(function(l) lines[#lines + 1] = l end)
con:send("one\r\ntwo\nthr") sleep(0.02) con:send("ee\n")
until_true(function() return #lines >= 3 end)
check("on_line", table.concat(lines, ",") == "one,two,three")
sub:close()
con:send("four\n")
until_true(function() return con:pending():find("four", 1, true) end)
check("on_line closed", #lines == 3)
local calls, why = 0, nil
sub = con:on_line(function() calls = calls + 1 local _, e = pcall(sleep, 1) why = e error("broken") end)
con:send("1\n2\n3\n4\n5\n#")
until_true(function() return con:pending():find("#", 1, true) end)
check("on_line fails three times", calls == 3)
check("no waiting in on_line", why.code == "usage" and why.msg:find("vise.sleep waits; an on_line callback may not", 1, true))
sub:close()

-- errors
good, err = pcall(vise.fail, "infra", "port %s", "A", { port = "A" })
check("fail", err.code == "infra" and err.msg == "port A" and err.port == "A" and tostring(err):find("infra: port A", 1, true))
good, err = pcall(vise.sleep, "soon")
check("usage at the caller's line", err.code == "usage" and err.where:find("promises.lua:%d+"))
good, err = pcall(con.expect, con, { 5 })
check("usage of patterns", err.code == "usage")
good, err = pcall(con.expect, con, "x", { timeuot = 5 })
check("unknown option", err.code == "usage" and err.msg:find("timeuot", 1, true))
good, err = pcall(vise.rx, "(")
check("bad pattern", err.code == "usage" and err.msg:find("not closed", 1, true))
local failing = vise.spawn(function() local function inner() local t = nil return t.field end inner() end)
good, err = pcall(failing.await, failing)
check("traceback", err.code == "script" and err.trace:find("inner", 1, true) and err.msg:find("nil value", 1, true))

-- what is not there
check("left out", io == nil and dofile == nil and loadfile == nil and package == nil and not pcall(os.execute, "true") and not pcall(os.exit)
  and not pcall(os.remove, "x") and debug.sethook == nil and debug.getregistry == nil and not pcall(string.dump, print))
check("text only", not load("\27Lua") and load("return 5")() == 5 and not pcall(setmetatable, {}, { __gc = print }))
check("require", require "vise" == vise and not pcall(require, "socket") and not pcall(require, "../x"))
check("environment", os.getenv "PATH" == nil and os.time() > 0 and type(os.clock()) == "number")

-- values
local j = vise.json
check("json", j.encode { 1, 2, { a = true } } == '[1,2,{"a":true}]' and j.decode '{"x":[1.5,null]}'.x[2] == j.null)
check("json mistakes", not pcall(j.encode, { print }) and not pcall(j.decode, "{") and j.encode(j.array {}) == "[]")
local deep = {}
for _ = 1, 100 do deep = { deep } end
check("json depth", not pcall(j.encode, deep) and not pcall(j.decode, ("["):rep(100) .. ("]"):rep(100)))
check("semver", vise.semver.ge("FW v3.2.1", "3.2.1") and not vise.semver.ge("3.2.1-rc1", "3.2.1") and vise.semver.ge("3.10.0", "3.9.9")
  and not vise.semver.ge(nil, "1.0") and vise.semver.compare("1.2", "1.2.0") == 0)
check("rx", vise.rx[[(\d+)\.(\d+)]]:match("v3.2") == "3" and vise.rx("AB", "i"):match("xab") == "ab" and vise.lit("a.c"):match("abc") == nil)

-- the bench's commands
check("cmd", vise.cmd("bench.info").name == "test")
good, err = pcall(vise.cmd, "no.such")
check("cmd fails", err.code == "usage")
print("checks passed: " .. ok)
