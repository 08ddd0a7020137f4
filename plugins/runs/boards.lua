-- boards.lua - one program on many boards: start-up, memory, requests and heat in one comparable table, by vise measure.
local vise = require "vise"
local stats = require "stats"

local function words(text)
  local out = {}
  for w in (text or ""):gmatch("%S+") do out[#out + 1] = w end
  return out
end

local function command(p)
  local argv = { "measure", "--json" }
  local function add(...) for _, w in ipairs { ... } do argv[#argv + 1] = tostring(w) end end
  if p.there then add("--there", p.there) else add(p.program) end
  for board in p.on:gmatch("[^,%s]+") do add("--on", board) end
  add("--port", p.port, "--path", p.path, "-c", p.connections, "--runs", p.rounds, "--for", p.load .. "s", "--settle", p.settle .. "s")
  if p.heat == "off" then add("--no-heat") else add("--warm", p.warm .. "s") end
  if p.governor == "keep" then add("--keep-governor") end
  if p.args then
    add("--")
    add(table.unpack(words(p.args)))
  end
  return argv
end

local function median(v, divide, digits)
  local m = type(v) == "table" and v.median
  return type(m) == "number" and stats.round(m / divide, digits) or nil
end

local function number(v, digits) return type(v) == "number" and stats.round(v, digits) or nil end

vise.workflow {
  id = "board-benchmark", title = "One Go program on twelve boards, or any number: start, memory, requests, heat", timeout = "24h",
  doc = "Runs the program on one board after another, always the same way, and lays the medians side by side; the first board is 100 %. A board "
    .. "that fails has its reason in the table, and the others go on.",
  params = {
    program = { type = "text", doc = "a program here, copied to each board" },
    there = { type = "text", doc = "or its path on the boards" },
    on = { type = "text", default = "local", doc = "[NAME=]BOARD,...: local, ssh:HOST, serial:PORT, exec:PROGRAM" },
    port = { type = "int", default = 8080, min = 1, max = 65535, doc = "where the program answers HTTP" },
    path = { type = "text", default = "/" },
    connections = { type = "int", default = 50, min = 1, max = 10000 },
    rounds = { type = "int", default = 3, min = 1, max = 100, doc = "runs of each; the middle one counts" },
    load = { type = "duration", default = "10s", doc = "of one run" },
    settle = { type = "duration", default = "1s", doc = "quiet before each" },
    warm = { type = "duration", default = "15m", doc = "how long it may take to become hot" },
    heat = { type = "choice", values = { "on", "off" }, default = "on" },
    governor = { type = "choice", values = { "pin", "keep" }, default = "pin", doc = "of the clock: pinned while it runs, or as it is" },
    args = { type = "text", doc = "arguments of the program" },
    least = { type = "number", doc = "requests a second below which a board is a verdict" },
  },
  columns = { "board", { name = "start", unit = "ms" }, { name = "RSS", unit = "MiB" }, { name = "rate", unit = "req/s" },
    { name = "of first", unit = "%" }, { name = "p99", unit = "ms" }, { name = "hot", unit = "C" }, "throttles", "remark" },
  plan = function(p) return "vise " .. table.concat(command(p), " ") end,
  run = function(t)
    local p = t.params
    if (p.program == nil) == (p.there == nil) then vise.fail("usage", "one of program and there is needed") end
    local r = t:step("measure", vise.launch.run, { cmd = "vise", args = command(p), name = "measure" })
    local ok, all = pcall(vise.json.decode, r.out:match("{.*}") or "")
    if not ok or type(all.boards) ~= "table" then
      vise.fail(r.code == 2 and "usage" or "tool_failed", "vise measure: %s", r.err ~= "" and r.err or "no table")
    end
    local first, dead, slow = nil, 0, nil
    for _, b in ipairs(all.boards) do
      local rate = median(b.requests_per_s, 1, 0)
      first = first or rate
      local bad = type(b.error) == "table" and b.error.why or nil
      if bad then dead = dead + 1 end
      if p.least and rate and rate < p.least then slow = slow or b.board end
      t:row { board = b.board, start = median(b.start_ms, 1, 1), RSS = median(b.rss_kib, 1024, 1), rate = rate,
        ["of first"] = rate and first and first > 0 and stats.round(100 * rate / first, 1) or nil, p99 = median(b.p99_ms, 1, 2),
        hot = number(b.hot_c, 1), throttles = b.throttled and "yes" or "no", remark = bad }
    end
    t:measure("boards", #all.boards - dead)
    if slow then t:fail("slow", "%s answers less than %g requests a second", slow, p.least) end
    if dead > 0 then vise.fail("infra", "%d of %d boards could not be measured", dead, #all.boards) end
  end,
}
