-- stats.lua - numbers of a run: percentiles, gauges by name, spans of time.
local vise = require "vise"
local M = {}

-- The p-th percentile (0 to 1) of a list, by the nearest rank; nil for none.
function M.percentile(list, p)
  local s = table.move(list, 1, #list, 1, {})
  table.sort(s)
  return s[math.max(1, math.ceil(p * #s))]
end

function M.round(v, digits)
  if v == nil then return nil end
  local k = 10 ^ (digits or 0)
  return math.floor(v * k + 0.5) / k
end

-- id -> newest value, what is missing is nil; id -> what the gauge is: { unit, min, max, ... }.
function M.gauges()
  local list, out, defs = vise.cmd("gauge.list"), {}, {}
  for i, d in ipairs(list.defs or {}) do
    local v = list.v and list.v[i]
    if type(v) == "number" then out[d.id], defs[d.id] = v, d end
  end
  return out, defs
end

-- Calls fn(elapsed) each `every` seconds for `seconds`, without drift; fn may end it by giving false.
function M.beat(t, seconds, every, fn)
  local began = vise.now()
  local n = 0
  while true do
    local elapsed = vise.now() - began
    if elapsed >= seconds then return elapsed end
    t:progress(elapsed, seconds)
    if fn(elapsed) == false then return vise.now() - began end
    n = n + 1
    vise.sleep(math.max(0, math.min(began + n * every, began + seconds) - vise.now()))
  end
end

return M
