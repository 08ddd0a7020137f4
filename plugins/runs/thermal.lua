-- thermal.lua - a machine under load: temperature and clock over time, and the temperatures between which it began to throttle.
local vise = require "vise"
local stats = require "stats"

-- One gauge by its name, or the hottest or slowest of its kind.
local function reading(g, name, kind, pick)
  if name then return g[name] end
  local found
  for id, v in pairs(g) do
    if id:match("^" .. kind .. "%.?[^.]*$") then found = found and pick(found, v) or v end
  end
  return found
end

vise.workflow {
  id = "thermal-soak", title = "Heat a machine and see when it throttles", timeout = "24h",
  doc = "Runs a load and looks at the gauges temp and freq. When the clock falls below a share of the highest seen, the machine throttles: the "
    .. "hottest reading before and the first one with it are the bracket. The machine is the one that the bench gauges (gauge.source).",
  params = {
    load = { type = "text", doc = "a program that keeps it busy; without one it is only watched" },
    time = { type = "duration", default = "10m" },
    every = { type = "duration", default = "1s", min = 0.05 },
    temp = { type = "text", doc = "the gauge of the temperature; default: the hottest of all" },
    freq = { type = "text", doc = "the gauge of the clock; default: the slowest of all" },
    share = { type = "int", default = 90, min = 10, max = 99, doc = "percent of the highest clock below which it throttles" },
    most = { type = "number", doc = "a temperature over this is a verdict" },
    throttle = { type = "choice", values = { "allowed", "verdict" }, default = "allowed" },
  },
  columns = { { name = "at", unit = "s" }, { name = "temp", unit = "C" }, { name = "clock", unit = "MHz" }, "state" },
  plan = function(p) return ("%s for %g s, looking at %s and %s"):format(p.load and "run " .. p.load or "watch", p.time,
    p.temp or "the hottest sensor", p.freq or "the slowest clock") end,
  run = function(t)
    local p, proc = t.params, nil
    if p.load then
      local words = {}
      for w in p.load:gmatch("%S+") do words[#words + 1] = w end
      proc = vise.launch.start { cmd = table.remove(words, 1), args = words, name = "load", timeout = p.time + 60 }
    end
    local stop <close> = setmetatable({}, { __close = function() if proc then proc:kill() end end })
    local top, hottest, cool, hot, state, readings = 0, nil, nil, nil, nil, 0
    t:step(("%s for %g s"):format(p.load or "watch", p.time), stats.beat, t, p.time, p.every, function(at)
      local g = stats.gauges()
      local temp, freq = reading(g, p.temp, "temp", math.max), reading(g, p.freq, "freq", math.min)
      if not temp and not freq then return end
      readings = readings + 1
      top, hottest = math.max(top, freq or 0), math.max(hottest or -300, temp or -300)
      local now = freq and freq < top * p.share / 100 and "throttled" or "full"
      if now == "full" and not hot then cool = math.max(cool or -300, temp or -300) end
      if now == "throttled" and not hot then hot = temp end
      if now ~= state then
        t:row { at = stats.round(at, 1), temp = temp and stats.round(temp, 1), clock = freq and stats.round(freq / 1e6), state = now }
        state = now
      end
    end)
    if readings == 0 then
      vise.fail("infra", "neither a temperature nor a clock was read: gauge.list says why, gauge.source where from")
    end
    if hottest and hottest > -300 then t:measure("hottest", stats.round(hottest, 1), { unit = "C", max = p.most }) end
    if not hot then return t:measure("throttled", "never") end
    t:measure("throttled between", ("%g and %g C"):format(stats.round(cool or hot, 1), stats.round(hot, 1)))
    if p.throttle == "verdict" then t:fail("throttled", "it throttled at %g C", stats.round(hot, 1)) end
  end,
}
