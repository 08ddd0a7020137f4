-- soak.lua - asks a board again and again, through losses of its port; what it did not answer is counted.
local vise = require "vise"
local stats = require "stats"

vise.workflow {
  id = "soak", title = "Ask a board for hours, through losses of its port", timeout = "720h", needs = { "console" },
  doc = "Sends a line at an even pace and waits for its answer. A port that goes and comes back is counted and timed, not a failure; "
    .. "too many missing answers or losses are a verdict.",
  params = {
    send = { type = "text", default = "AT", doc = "the line" },
    answer = { type = "text", default = "OK", doc = "what must come" },
    every = { type = "duration", default = "10s", min = 0.01 },
    time = { type = "duration", default = "1h", doc = "of the whole run" },
    wait = { type = "duration", default = "2s", doc = "for one answer" },
    back = { type = "duration", default = "60s", doc = "how long the port may be gone" },
    missing = { type = "int", default = 0, min = 0, doc = "answers that may be missing" },
    losses = { type = "int", default = 1000000, min = 0, doc = "losses of the port that are no verdict" },
  },
  columns = { { name = "at", unit = "s" }, "event", { name = "took", unit = "s" } },
  plan = function(p) return ("send %q each %g s for %g s, wait for %q"):format(p.send, p.every, p.time, p.answer) end,
  run = function(t)
    local p, con, began = t.params, t.console, vise.now()
    local asked, missing, losses, times = 0, 0, 0, {}
    local _, before = con:state()                       -- losses so far, also those too short to be seen
    local function gone(at)
      local left = vise.now()
      while con:state() == "lost" do
        if vise.now() - left > p.back then vise.fail("lost", "the port did not come back within %g s", p.back) end
        vise.sleep(0.02)
      end
      con:flush()
      local _, now = con:state()
      losses = losses + math.max(1, now - before)
      before = now
      t:row { at = stats.round(at, 1), event = "port lost and back", took = stats.round(vise.now() - left, 2) }
    end
    local function was_lost()
      local state, n = con:state()
      return state == "lost" or n > before
    end
    t:step(("soak for %g s"):format(p.time), stats.beat, t, p.time, p.every, function(at)
      if was_lost() then gone(at) end
      con:flush()
      local ok, err = pcall(con.line, con, p.send)
      local m
      if ok then m, err = con:try_expect(p.answer, { timeout = p.wait }) end
      asked = asked + 1
      if m then times[#times + 1] = m.time
      elseif type(err) == "table" and (err.code == "lost" or was_lost()) then
        asked = asked - 1                               -- nobody was there to answer
        gone(at)
      elseif type(err) == "table" and err.code == "timeout" then
        missing = missing + 1
        t:row { at = stats.round(at, 1), event = "no answer", took = stats.round(err.waited, 2) }
      else error(err, 0) end
    end)
    t:measure("asked", asked)
    t:measure("answer p99", stats.round((stats.percentile(times, 0.99) or 0) * 1000, 1), { unit = "ms" })
    t:measure("no answer", missing, { max = p.missing })
    t:measure("port lost", losses, { max = p.losses })
  end,
}
