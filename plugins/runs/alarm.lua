-- alarm.lua - waits for trouble, then keeps everything of that instant: profiles, gauges, consoles.
local vise = require "vise"

vise.workflow {
  id = "snapshot-on-alarm", title = "Profiles, gauges and consoles when something goes wrong", timeout = "168h",
  doc = "Waits for text on the console or for a gauge beyond its limit, takes a snapshot of all three at once, and a second one a moment later to "
    .. "compare it with. An alarm that has been caught is a pass: that is what it was run for.",
  params = {
    text = { type = "text", doc = "text on the console, as it stands" },
    gauge = { type = "text", doc = "a gauge, such as mem.used or temp" },
    above = { type = "number", doc = "beyond this the gauge is an alarm" },
    source = { type = "text", doc = "the Go program to take profiles of" },
    wait = { type = "duration", default = "24h", doc = "how long to wait for trouble" },
    again = { type = "duration", default = "5s", doc = "until the second snapshot; 0: none" },
    every = { type = "duration", default = "1s", min = 0.05, doc = "how often the gauge is looked at" },
  },
  columns = { "snapshot", "why", { name = "after", unit = "s" } },
  plan = function(p)
    local what = p.text and ("%q on the console"):format(p.text) or ("%s over %s"):format(tostring(p.gauge), tostring(p.above))
    return { ("wait %g s for %s"):format(p.wait, what), "take a snapshot, and another one " .. p.again .. " s later" }
  end,
  run = function(t)
    local p, stats, why = t.params, require "stats", nil
    if not p.text and not (p.gauge and p.above) then vise.fail("usage", "say what an alarm is: --set text=..., or gauge=... and above=...") end
    local began = vise.now()
    t:step("wait for an alarm", function()
      if p.text then
        local m, err = t.console:try_expect(p.text, { timeout = p.wait })
        if not m and err.code ~= "timeout" then error(err, 0) end
        why = m and ("%q on %s"):format(m.text, t.console.name)
        return
      end
      stats.beat(t, p.wait, p.every, function()
        local v = stats.gauges()[p.gauge]
        if v and v > p.above then why = ("%s is %g"):format(p.gauge, v) end
        return why == nil
      end)
    end)
    if not why then t:skip("nothing went wrong in " .. p.wait .. " s") end
    local function take(label)
      local b = vise.cmd(("snapshot.take %slabel=%s"):format(p.source and "source=" .. vise.quote(p.source) .. " " or "", vise.quote(label)))
      t:row { snapshot = tostring(b.name or b.id or b.dir), why = label, after = stats.round(vise.now() - began, 1) }
      return b
    end
    t:step("snapshot", take, why)
    if p.again > 0 then
      vise.sleep(p.again)
      t:step("second snapshot", take, "after " .. why)
    end
  end,
}
