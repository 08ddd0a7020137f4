-- gc.lua - a Go program under several settings of its collector. Pauses are those of GODEBUG=gctrace=1: the two
-- phases of each cycle in which the world stands still. Source of the format: runtime/extern.go of Go.
local vise = require "vise"
local stats = require "stats"

-- "gc 7 @0.21s 3%: 0.018+0.51+0.004 ms clock, 0.036+0.2/0.4/0.1+0.009 ms cpu, 4->5->2 MB, 5 MB goal, 0 MB stacks, ..."
local TRACE = vise.rx[[^gc (\d+) @[\d.]+s (\d+)%: ([\d.]+)\+[\d.]+\+([\d.]+) ms clock.* (\d+)->(\d+)->(\d+) MB]]

local function split(text)
  local out = {}
  for w in text:gmatch("[^,%s]+") do out[#out + 1] = w end
  return out
end

-- Every GOGC with every GOMEMLIMIT.
local function settings(p)
  local out = {}
  for _, limit in ipairs(#split(p.memlimit) > 0 and split(p.memlimit) or { "off" }) do
    for _, gogc in ipairs(split(p.gogc)) do out[#out + 1] = { gogc = gogc, limit = limit } end
  end
  return out
end

local function one(t, p, s)
  local pauses, heap, share, cycles = {}, 0, 0, 0
  local words = split(p.program)
  local env = { GODEBUG = "gctrace=1", GOGC = s.gogc }
  if s.limit ~= "off" then env.GOMEMLIMIT = s.limit end
  local proc <close> = vise.launch.start { cmd = table.remove(words, 1), args = words, env = env, name = "GOGC=" .. s.gogc,
    timeout = p.seconds + 60, on_line = function(l)
      local _, percent, stop, mark, _, peak = TRACE:match(l)
      if not percent then return end
      cycles, share, heap = cycles + 1, tonumber(percent), math.max(heap, tonumber(peak))
      pauses[#pauses + 1], pauses[#pauses + 2] = tonumber(stop), tonumber(mark)
    end }
  local rss, cpu = 0, {}
  pcall(function() vise.cmd("gauge.pid " .. proc:pid()) end)            -- it may have ended already; then that is said below
  stats.beat(t, p.seconds, math.min(0.5, p.seconds / 4), function(elapsed)
    local g = stats.gauges()
    if elapsed > 0 then
      rss = math.max(rss, g["proc.rss"] or 0)
      cpu[#cpu + 1] = g["proc.cpu"]
    end
    return proc:status() == "running"
  end)
  local running = proc:status() == "running"
  proc:kill()
  local job = proc:wait()
  if not running and job.code ~= 0 then
    vise.fail("tool_failed", "%s ended with %s: %s", p.program, tostring(job.code or job.signal), job.err)
  end
  if cycles == 0 then
    t:fail("no_gc", "%s said nothing of its collector with GODEBUG=gctrace=1: is it a Go program, and does it allocate?", p.program)
  end
  local sum = 0
  for _, v in ipairs(cpu) do sum = sum + v end
  return { GOGC = s.gogc, GOMEMLIMIT = s.limit, cycles = cycles, p99 = stats.percentile(pauses, 0.99), worst = stats.percentile(pauses, 1),
    heap = heap, RSS = rss > 0 and stats.round(rss / 1048576, 1) or nil, CPU = #cpu > 0 and stats.round(sum / #cpu, 1) or nil, GC = share }
end

vise.workflow {
  id = "gc-tuning", title = "GOGC and GOMEMLIMIT: pause, memory and CPU of each setting", timeout = "4h",
  doc = "Runs the program under each setting for a while, one after another on this machine. Pauses, heap and the collector's share come "
    .. "from the program's own gctrace; RSS and CPU from /proc.",
  params = {
    program = { type = "text", required = true, doc = "the program and its words" },
    gogc = { type = "text", default = "50,100,200,400", doc = "values, or off" },
    memlimit = { type = "text", default = "off", doc = "values such as 64MiB,128MiB, or off" },
    seconds = { type = "duration", default = "20s", min = 0.5, doc = "time of each setting" },
  },
  columns = { "GOGC", "GOMEMLIMIT", "cycles", { name = "p99", unit = "ms" }, { name = "worst", unit = "ms" }, { name = "heap", unit = "MiB" },
    { name = "RSS", unit = "MiB" }, { name = "CPU", unit = "%" }, { name = "GC", unit = "%" } },
  plan = function(p)
    local list = settings(p)
    return ("run %s %d times for %g s"):format(p.program, #list, p.seconds)
  end,
  run = function(t)
    local p, rows = t.params, {}
    for i, s in ipairs(settings(p)) do
      rows[i] = t:step(("GOGC=%s GOMEMLIMIT=%s"):format(s.gogc, s.limit), one, t, p, s)
      t:row(rows[i])
    end
    local best
    for _, r in ipairs(rows) do if not best or (r.p99 < best.p99) then best = r end end
    t:measure("shortest p99", best.p99, { unit = ("ms with GOGC=%s GOMEMLIMIT=%s"):format(best.GOGC, best.GOMEMLIMIT) })
  end,
}
