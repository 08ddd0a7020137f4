-- outcomes_test.lua - one test for each outcome; what they print is known to tests/cli/test.t.
local vise = require "vise"

local made = 0
vise.fixture("device", { scope = "file",
  setup = function() made = made + 1 print("device up") return { n = made } end,
  teardown = function(d) print("device down " .. d.n) end })
vise.fixture("relay", { scope = "file", setup = function() vise.fail("infra", "no relay") end })
vise.fixture("first", { setup = function() return "1" end, teardown = function() print("first down") end })
vise.fixture("second", { setup = function(t) return t:use "first" .. "2" end, teardown = function() print("second down") end })

vise.test("passes", { tags = { "quick", "echo" } }, function(t)
  t:eq(t:use("device").n, 1)
  t:step("the board repeats", function()
    t.console:line("hello <&> ]]> \27[31mred\27[0m")
    t.console:expect("hello <&> ]]> red")
  end)
  t:attach("shot.bin", "\0\1\2 bytes \255")
  t:measure("heap", 12, { unit = "kB", max = 20 })
end)

vise.test("teardowns are newest first", function(t)
  t:eq(t:use "second", "12")
  t:eq(t:use("device").n, 1, "made once for the file")
end)

vise.test("fails # with a mark", function(t) t:eq(1, 2, "sum") end)
vise.test("says what it waited for", function(t) t.console:expect("[READY]", { timeout = 0.05 }) end)
vise.test("a relay that is not there", { retries = 0 }, function(t) t:use "relay" end)
vise.test("blocked by the relay", function(t) t:use "relay" end)
vise.test("time is over", { timeout = 0.1 }, function() vise.sleep(10) end)
vise.test("wait is cut to the test's time", { timeout = 0.1 }, function(t)
  t:step("with a limit beyond the test's", { timeout = 10 }, function() t.console:expect("never this", { timeout = 30 }) end)
end)

local tries = 0
vise.test("flaky", { retries = 2 }, function()
  tries = tries + 1
  if tries < 3 then vise.fail("infra", "port %d is gone", tries) end
end)
local verdicts = 0
vise.test("a verdict is not tried again", { retries = 2 }, function(t)
  verdicts = verdicts + 1
  t:eq(verdicts, 0, "attempt")
end)

vise.test("skips", function(t) t:skip("no card") end)
vise.test("switched off", { skip = "not on this board" }, function() error("never") end)
vise.test("needs another", { needs = "second-board" }, function() error("never") end)
vise.test("goes on", function(t)
  t:soft(function() t:eq("a", "b") end)
  t:soft(function() t:ok(false, "second") end)
  print("still here")
end)
vise.test("a fault while nobody looks", function(t)
  t.console:line("panic: oops")
  vise.sleep(10)
end)
vise.test("a fault that is wanted", { may_fault = true }, function(t)
  t.console:line("panic: oops")
  t.console:expect("panic: oops")
end)
vise.test("mistake", { tags = "bug" }, function() local t = nil return t.field end)

vise.board { id = "toy", console = { main = { kind = "exec", eol = "\n" } }, never = { "panic: " },
  states = {
    off = { enter = function(b) print("enter off") end },
    app = { from = { "off" }, timeout = 5, enter = function(b)
      b.console.main:line("[READY]")
      b.console.main:expect("[READY]")
    end },
    flashed = { from = { "off" }, enter = function() vise.fail("infra", "no probe") end },
  } }
vise.test("a state is reached by its way", function(t)
  t.board:to "app"
  t.board:to "app"
  t:eq(t.board.state, "app")
end)
vise.test("a state that cannot be reached", { retries = 0 }, function(t) t.board:to "flashed" end)
vise.test("stays unreachable", { retries = 0 }, function(t) t.board:to "flashed" end)
vise.test("no such state", function(t) t:raises("usage", function() t.board:to "moon" end) end)
