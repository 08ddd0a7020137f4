-- build: `vise build` as a job of the bench, its rows as a table over the panes.
local vise = require "vise"

local COLUMNS = { "row", "state", "size", "+/-", "linked", "run", "time", "" }
local shown, current, changed = {}, nil, false          -- rows of vise build --json as they came, by their place

local function size(n)
  if not n then return "-" end
  return n < 1024 * 1024 and ("%.1f KiB"):format(n / 1024) or ("%.2f MiB"):format(n / 1048576)
end

local function linked(f)
  if not f then return "-" end
  local glibc = f.versions and f.versions.GLIBC
  return (glibc and "glibc " .. glibc or f.static and "static" or f.needed and #f.needed == 0 and "loader" or "dynamic") ..
    (f.pie and " pie" or "")
end

-- What stands against it: the worst first.
local function remark(row)
  for _, level in ipairs { "bad", "unfit", "warn" } do
    for _, f in ipairs(row.findings or {}) do if f.level == level then return f.why end end
  end
  return row.state == "failed" and (row.output or ""):match("\n([^\r\n]+)") or ""
end

local function cells(row, first)
  local smoke = row.smoke
  return { row.row, row.state, size(row.bytes), row.bytes and first and row.bytes ~= first and
    ("%+.1f%%"):format(100 * (row.bytes / first - 1)) or "-", linked(row.facts),
    smoke and (smoke.ms and ("%s %.0f ms"):format(smoke.state, smoke.ms) or smoke.state) or "-",
    row.seconds and ("%.1f s"):format(row.seconds) or "-", remark(row) }
end

local pane = vise.ui.table { id = "build.rows", title = "Build", columns = COLUMNS, rows = {},
  on_select = function(_, n)
    local row = shown[n]
    if not row then return end
    local why = remark(row)
    local bad = row.state == "failed" or row.state == "refused" or row.state == "cancelled"
    vise.ui.notify(("%s: %s%s"):format(row.row, bad and row.state or row.file or row.state, why ~= "" and ": " .. why or ""),
      { level = bad and "error" or "info", action = row.state == "failed" and "4 shows the job with all of its words" or nil })
  end }

local function draw()
  local rows, first = {}, nil
  for _, row in ipairs(shown) do first = first or row.bytes end
  for i, row in ipairs(shown) do rows[i] = cells(row, first) end
  pane:update(rows)
end

local function put(row)
  for i, have in ipairs(shown) do
    if have.row == row.row then
      shown[i], changed = row, true
      return
    end
  end
  shown[#shown + 1], changed = row, true
end

local function build(o)
  if current then vise.fail("busy", "a matrix is being built: the Jobs pane has it") end
  current, shown = true, {}
  vise.defer(function() current = nil end)
  vise.state.last = o
  draw()
  local drawing = vise.every(0.2, function() if changed then changed = false draw() end end)
  vise.defer(function() drawing:cancel() end)
  local r = vise.build { package = o.package, rows = o.rows, cwd = o.cwd, dir = o.dir, smoke = o.smoke, sbom = o.sbom, on_row = put }
  shown = r.rows
  draw()
  local bad = 0
  for _, row in ipairs(r.rows) do if row.state ~= "built" and row.state ~= "cached" then bad = bad + 1 end end
  vise.ui.notify(("build: %d of %d rows"):format(#r.rows - bad, #r.rows), { level = bad > 0 and "error" or "info",
    action = "view.plugin build.rows" })
  return { rows = r.rows, bad = bad }
end

-- What is a package, and what a row: `vise build` knows; the folder is the one in which the bench was started.
local function matrix(...)
  local o = { rows = {}, cwd = vise.cmd("bench.info").project }
  for _, w in ipairs { ... } do
    local k, v = w:match("^(%a+)=(.*)$")
    if w == "smoke" or w == "sbom" then o[w] = true
    elseif k == "dir" then o.dir = v
    elseif k == "in" then o.cwd = v
    elseif not o.package and (w:match("^[./]") or w:match("%.go$")) and not w:match("%.env$") then o.package = w
    else o.rows[#o.rows + 1] = w end
  end
  if #o.rows == 0 then vise.fail("usage", "build.matrix: say rows: linux/arm64, linux/arm/7, a board, FILE.env, host") end
  return build(o)
end

vise.command { id = "build.matrix", title = "Build a Go program for several targets", run = matrix }
vise.command { id = "build.again", title = "Build the matrix again", run = function()
  return build(vise.state.last or vise.fail("usage", "no matrix was built yet: build.matrix . linux/arm64 ..."))
end }
vise.service("build.matrix", matrix)
vise.keymap("global", ", B", "view.plugin build.rows")
