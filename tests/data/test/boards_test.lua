-- boards_test.lua - two boards in one run.
local vise = require "vise"

vise.fixture("power", { scope = "run",
  setup = function() print("power on") end,
  teardown = function()
    vise.sleep(0.05)
    print("power off")
  end })

vise.test("both talk", { needs = { "a", "b" }, tags = "pair" }, function(t)
  for name, b in pairs(t.boards) do b.console.main:line("to " .. name) end
  for name, b in pairs(t.boards) do b.console.main:expect("to " .. name) end
end)
vise.test("each answers", function(t)
  t.console:line("who")
  t.console:expect("who")
end)
vise.test("waits long", { tags = "long", timeout = 60 }, function(t)
  t:use "power"
  vise.defer(function() print("deferred") end)
  print("waiting now")
  vise.sleep(60)
end)
vise.test("after it", { tags = "long" }, function() end)
