-- thermal.lua - a machine under load: temperature and clock over time, and the temperatures between which it began to throttle.
local vise = require "vise"
local stats = require "stats"

-- One gauge by its name, or the hottest or slowest of its kind; and which it was.
local function reading(g, name, kind, better)
  if name then return g[name], name end
  local found, which
  for id, v in pairs(g) do
    if id:match("^" .. kind .. "%.?[^.]*$") and (not found or better(v, found)) then found, which = v, id end
  end
  return found, which
end

local function hotter(a, b) return a > b end
local function slower(a, b) return a < b end
local function mhz(hz) return math.tointeger(stats.round(hz / 1e6)) end

-- What the clock may be and what it can, in Hz, when scaling_max_freq is below cpuinfo_max_freq.
local function limit_of(g, defs, which)
  local full, cap = which and defs[which] and defs[which].max, which and g[which .. ".cap"]
  if type(full) ~= "number" or full <= 0 then return nil end
  if cap and cap >= 0.5 then return full * (1 - cap / 100), full end
  return nil, full
end

vise.workflow {
  id = "thermal-soak", title = "Heat a machine and see when it throttles", timeout = "24h",
  doc = "Runs a load and looks at the gauges temp and freq. When the clock falls below a share of the highest seen, the machine throttles: the "
    .. "hottest reading before and the first one with it are the bracket. A clock that is limited when it begins is told. The machine is the one that the bench gauges (gauge.source).",
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
    local limited, full                                 -- of the clock, as the first reading has it
    t:step(("%s for %g s"):format(p.load or "watch", p.time), stats.beat, t, p.time, p.every, function(at)
      local g, defs = stats.gauges()
      local temp = reading(g, p.temp, "temp", hotter)
      local freq, which = reading(g, p.freq, "freq", slower)
      if not temp and not freq then return end
      readings = readings + 1
      if readings == 1 then
        limited, full = limit_of(g, defs, which)
        if limited then vise.log.warn("already limited before the start: %d of %d MHz", mhz(limited), mhz(full)) end
      end
      top, hottest = math.max(top, freq or 0), math.max(hottest or -300, temp or -300)
      local now = freq and freq < top * p.share / 100 and "throttled" or limited and "limited" or "full"
      if now ~= "throttled" and not hot then cool = math.max(cool or -300, temp or -300) end
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
    if limited then t:measure("limited before the start", ("%d of %d MHz"):format(mhz(limited), mhz(full)))
    elseif full and top > 0 and top < full * p.share / 100 then t:measure("clock", ("never over %d of %d MHz"):format(mhz(top), mhz(full))) end
    if limited and p.throttle == "verdict" then
      t:fail("throttled", "it was limited before the start: %d of %d MHz", mhz(limited), mhz(full))
    end
    if not hot then return t:measure("throttled", limited and "no further" or "never") end
    t:measure("throttled between", ("%g and %g C"):format(stats.round(cool or hot, 1), stats.round(hot, 1)))
    if p.throttle == "verdict" then t:fail("throttled", "it throttled at %g C", stats.round(hot, 1)) end
  end,
}
