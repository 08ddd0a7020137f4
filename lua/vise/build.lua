-- build.lua - vise.build: a build matrix from Lua. It runs `vise build` as a job of the bench, so that what a
-- script builds is what the command line builds.
local core, vise = ...
local fail = vise.fail

local known = { package = true, rows = true, dir = true, cwd = true, jobs = true, tags = true, ldflags = true, trimpath = true,
  smoke = true, smoke_args = true, smoke_time = true, smoke_runs = true, expect = true, sbom = true, args = true, dry = true,
  on_row = true, timeout = true }
local flags = { trimpath = "--trimpath", smoke = "--smoke", sbom = "--sbom", dry = "-n" }
local valued = { dir = "-o", jobs = "-j", tags = "--tags", ldflags = "--ldflags", smoke_args = "--smoke-args",
  smoke_time = "--smoke-time", smoke_runs = "--smoke-runs", expect = "--expect" }

local function words_of(o)
  local words = { "build", "--events" }
  for k, flag in pairs(flags) do if o[k] then words[#words + 1] = flag end end
  for k, flag in pairs(valued) do
    if o[k] ~= nil then words[#words + 1], words[#words + 2] = flag, tostring(o[k]) end
  end
  words[#words + 1] = o.package or "."
  for i, row in ipairs(o.rows) do
    if type(row) ~= "string" or row == "" or row:sub(1, 1) == "-" then fail("usage", "vise.build: rows[%d] is no row: linux/arm64, a board, FILE.env", i) end
    words[#words + 1] = row
  end
  if o.args then
    words[#words + 1] = "--"
    for _, a in ipairs(o.args) do words[#words + 1] = tostring(a) end
  end
  return words
end

-- vise.build{ rows, package, dir, cwd, ..., on_row = function(row, done, all) end } -> { go, package, dir, rows, status }
-- Rows that were refused or failed are no error: their state says it. Waits.
function vise.build(o)
  core.options("vise.build", o, known)
  if type(o) ~= "table" or type(o.rows) ~= "table" or #o.rows == 0 then
    fail("usage", "vise.build needs a table with rows = { \"linux/arm64\", ... }")
  end
  local seen, order, last = {}, {}, nil
  local r = vise.launch.run { cmd = "vise", args = words_of(o), cwd = o.cwd, kind = "build", name = "build", timeout = o.timeout,
    on_line = function(line)
      if line:sub(1, 1) ~= "{" then return end
      local ok, e = pcall(core.json.decode, line)
      if not ok or type(e) ~= "table" then return end
      if e.type == "end" then
        last = e
      elseif e.type == "row" then
        if not seen[e.row.row] then order[#order + 1] = e.row.row end
        seen[e.row.row] = e.row
        if o.on_row then o.on_row(e.row, math.tointeger(e.done), math.tointeger(e.all)) end
      end
    end }
  if r.code ~= 0 and #order == 0 and not last then
    fail(r.code == 2 and "usage" or "tool_failed", "%s", (r.err:match("vise: ([^\r\n]+)") or r.err))
  end
  if not last then
    last = { rows = {} }
    for i, name in ipairs(order) do last.rows[i] = seen[name] end
  end
  last.type, last.status = nil, r.code
  return last
end
