-- leak.lua - snapshots of a Go program's heap over time, ranked by what surely grows.
local vise = require "vise"

vise.workflow {
  id = "leak-hunt", title = "Watch a Go program for stacks that grow", timeout = "12h",
  doc = "Takes snapshots at an even pace, each after a garbage collection, and ranks the stacks by growth with its error: what grows beyond doubt "
    .. "by more than the limit is a verdict. Every snapshot stays with the bench.",
  params = {
    source = { type = "text", required = true, doc = "HOST:PORT, http://..., unix:, ssh:, gops:, pid:" },
    kind = { type = "choice", values = { "heap", "goroutine" }, default = "heap" },
    every = { type = "duration", default = "30s", min = 0.05 },
    rounds = { type = "int", default = 20, min = 3, max = 10000 },
    limit = { type = "bytes", default = "1MB", doc = "growth in all that is no leak yet (goroutines: how many)" },
    wait = { type = "duration", default = "60s", doc = "how long one snapshot may take beyond its time" },
    share = { type = "int", default = 10, min = 1, max = 90, doc = "percent of the time that fetching may take" },
  },
  columns = { "verdict", "growth", "pace", "now", "where" },
  plan = function(p) return ("%d %s snapshots of %s, one each %g s (%g s in all)"):format(p.rounds, p.kind, p.source, p.every, p.rounds * p.every) end,
  run = function(t)
    local p = t.params
    local w = vise.cmd(("watch.start %s kinds=%s every=%dms count=%d share=%d"):format(vise.quote(p.source), p.kind, math.ceil(p.every * 1000),
      p.rounds, p.share))
    local id = math.tointeger(w.id)
    local stop <close> = setmetatable({}, { __close = function() pcall(vise.cmd, "watch.stop " .. id) end })
    t:step(("%d snapshots of %s"):format(p.rounds, p.source), function()
      for i = 1, p.rounds do
        local ok, now = pcall(vise.timeout, p.every + p.wait, vise.cmd, ("watch.wait %d snapshots=%d"):format(id, i))
        if not ok then
          if type(now) ~= "table" or now.code ~= "timeout" then error(now, 0) end
          local state
          for _, other in ipairs(vise.cmd("watch.list")) do if math.tointeger(other.id) == id then state = other end end
          local why = state and (state.why or state.error or state.state)
          vise.fail("infra", "%s: no snapshot %d within %g s: %s", p.source, i, p.every + p.wait,
            type(why) == "table" and why.why or tostring(why))
        end
        t:progress(i, p.rounds, ("snapshot %d of %d"):format(i, p.rounds))
        if now.state == "failed" or (now.snapshots or 0) < i then
          vise.fail("infra", "%s: %s", p.source, now.why or "no further snapshot")
        end
      end
    end)
    local ranked = t:step("rank", vise.cmd, ("watch.rank %d kind=%s limit=20"):format(id, p.kind))
    local leaks = {}
    for _, r in ipairs(ranked.rows or {}) do
      if r.verdict == "leak" or r.verdict == "suspect" then
        t:row { verdict = r.verdict, growth = r.growth_text, pace = r.slope_text, now = r.last_text, where = r.name }
      end
      if r.verdict == "leak" and r.growth > p.limit then leaks[#leaks + 1] = r end
    end
    t:measure("stacks that leak", #leaks)
    if #leaks > 0 then t:fail("leak", "%s: %s", leaks[1].name, leaks[1].text) end
  end,
}
