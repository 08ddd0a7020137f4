-- asked.lua - questions that a person at a screen answers, declines, or never sees the end of.
local vise = require "vise"
local check = require "check"
local use, misuse = check.use, check.misuse
local con = vise.console.get()
local function eq(a, b) if a ~= b then error(("%s is not %s"):format(tostring(a), tostring(b)), 2) end end

use("vise.ui.prompt", function() eq(vise.ui.prompt { title = "Name?", default = "nobody", secret = true }, "x \"y\" -- z=1") end)
use("vise.ui.prompt", function() eq(vise.ui.prompt { title = "Declined?" }, nil) end)
use("vise.ui.choose", function()
  local v, n = vise.ui.choose { title = "Which?", items = { "apple", "pear" } }
  eq(v, "pear") eq(n, 2)
end)
use("vise.ui.choose", function() eq(table.concat(vise.ui.choose { title = "Several?", items = { "a", "b", "c" }, multi = true }), "ac") end)
use("vise.ui.confirm", function() eq(vise.ui.confirm { text = "Sure?" }, true) end)
misuse("vise.ui.prompt", "timeout", "not done within", function() vise.timeout(0.05, vise.ui.prompt, { title = "Too late?" }) end)
use("Console:interact", function()
  local r = con:reader()
  con:interact { prompt = "log in" }
  eq(r:expect("by hand", { timeout = 10 }).text, "by hand")
end)
misuse("Console:interact", "timeout", "not done within", function() con:interact { prompt = "never", timeout = 0.05 } end)
print "asked all"
