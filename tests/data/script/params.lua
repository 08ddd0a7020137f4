-- params.lua - typed parameters, skips, measurements, verdicts.
local vise = require "vise"

vise.workflow {
  id = "typed", title = "Typed parameters",
  params = {
    mode = { type = "enum", values = { "fast", "slow" }, default = "fast" },
    count = { type = "int", default = 3, min = 1, max = 9 },
    every = { type = "duration", default = "500ms" },
    limit = { type = "bytes", default = "1K" },
    source = { type = "url" },
    deep = { type = "bool", default = "off" },
    what = { type = "string", default = "pass" },
  },
  run = function(t)
    local p = t.params
    t:step("types", function()
      t:eq(math.type(p.count), "integer")
      t:eq(math.type(p.limit), "integer")
      t:ok(p.every > 0 and p.every < 1000, "every")
      t:eq(type(p.deep), "boolean")
    end)
    t:measure("count", p.count, { unit = "pieces", max = 8 })
    if p.what == "skip" then t:skip("asked to") end
    if p.what == "own" then t:fail("no_sd_card", "slot %d is empty", 2) end
    if p.what == "infra" then vise.fail("infra", "no port") end
    if p.what == "denied" then vise.fail("denied", "not yours") end
    if p.what == "bug" then local x = nil t:step("bug", function() return x.y end) end
    if p.what == "slow" then vise.sleep(100) end
    if p.what == "cleanup" then
      local g <close> = setmetatable({}, { __close = function() vise.sleep(0.1) print("closed") end })
      vise.defer(function() print("deferred") end)
      vise.sleep(100)
    end
  end,
}
