local vise = require "vise"

vise.workflow {
  id = "leak-hunt", title = "Watch the heap for growing stacks", needs = { "pprof" }, timeout = "2h",
  params = {
    source = { type = "url", doc = "address of /debug/pprof, default: the board's" },
    every = { type = "duration", default = "30s" }, rounds = { type = "int", default = 20, min = 2 },
    warmup = { type = "int", default = 1 }, limit = { type = "bytes", default = "1MB" },
  },
  run = function(t)
    local p, base, first = t.params, nil, vise.now()
    for i = 0, p.warmup + p.rounds do
      vise.sleep(math.max(0, first + i * p.every - vise.now()))               -- no drift, however long a capture takes
      local prof = t:step(("snapshot %d"):format(i), function()
        local h = vise.pprof.capture { source = p.source or t.board:url "pprof", kind = "heap", gc = true, timeout = 20 }
        t:attach(("heap-%03d.pb.gz"):format(i), h:raw(), "application/x-pprof")
        return h
      end)
      t:measure("inuse_space", prof:total "inuse_space", { unit = "B", at = i })
      if i == p.warmup then base = prof end                               -- caches and pools have filled by now
      if base and prof ~= base then
        local bad = {}
        for _, r in ipairs(prof:diff(base, { type = "inuse_space", by = "stack" })) do
          if r.delta > p.limit then bad[#bad + 1] = ("%+d B  %s"):format(r.delta, table.concat(r.stack, " < ", 1, math.min(6, #r.stack))) end
        end
        if #bad > 0 then
          t:attach("growth.txt", table.concat(bad, "\n"))
          t:fail("verify", "%d stack(s) grew by more than %d B in %d s; the first: %s", #bad, p.limit,
            math.floor((i - p.warmup) * p.every), bad[1])
        end
      end
    end
  end,
}
