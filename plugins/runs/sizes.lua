-- sizes.lua - what linker flags, PIE, cgo and -trimpath make of one Go program: size, linking, start.
local vise = require "vise"
local stats = require "stats"

-- name of a variant = the options of its row; all but cgo are built without C.
local VARIANTS = {
  ["default"] = "nocgo",
  ["-s"] = "nocgo,ldflags=-s",
  ["-s -w"] = "nocgo,ldflags=-s -w",
  ["buildid"] = "nocgo,ldflags=-s -w -buildid=",
  ["trimpath"] = "nocgo,ldflags=-s -w,trimpath",
  ["pie"] = "nocgo,ldflags=-s -w -buildid=,pie",
  ["cgo"] = "cgo,ldflags=-s -w",
  ["cgo pie"] = "cgo,ldflags=-s -w,pie",
}

local function variants(p)
  local out = {}
  for name in p.variants:gmatch("[^;]+") do
    name = name:match("^%s*(.-)%s*$")
    if not VARIANTS[name] then
      local known = {}
      for k in pairs(VARIANTS) do known[#known + 1] = k end
      table.sort(known)
      vise.fail("usage", "no variant %q; known: %s", name, table.concat(known, "; "))
    end
    out[#out + 1] = name
  end
  return out
end

local function linked(f)
  local glibc = f.versions and f.versions.GLIBC
  if glibc then return "glibc " .. glibc end
  if f.static then return "static" end
  return f.needed and #f.needed == 0 and "loader" or "dynamic"
end

local function why_not(row)
  for _, f in ipairs(row.findings or {}) do if f.level == "bad" then return f.why end end
  return (row.output or row.state):match("[^\r\n#]+[\r\n]*$") or row.state
end

vise.workflow {
  id = "size-matrix", title = "Size and start of a Go program under -s -w, PIE, cgo, -trimpath", timeout = "1h",
  doc = "Builds the package once for each variant and lays size, linking and start-up side by side. Start-up is the time from the start of "
    .. "the program to EXPECT, or to its end; on another processor it is that of QEMU, and only comparable with itself.",
  params = {
    package = { type = "text", default = ".", doc = "folder of the main package" },
    target = { type = "text", default = "host", doc = "a row of vise build: host, linux/arm64, linux/arm/6" },
    variants = { type = "text", default = "default; -s; -s -w; buildid; trimpath; pie; cgo; cgo pie", doc = "parted by ;" },
    dir = { type = "text", default = "dist/sizes", doc = "where the files go" },
    starts = { type = "int", default = 5, min = 0, max = 100, doc = "starts of each; 0: none" },
    args = { type = "text", doc = "arguments of a start" },
    expect = { type = "text", doc = "what a service says when it is up" },
  },
  columns = { "variant", { name = "size", unit = "KiB" }, { name = "saved", unit = "%" }, { name = "text", unit = "KiB" },
    { name = "data", unit = "KiB" }, "linked", "pie", { name = "start", unit = "ms" }, "remark" },
  plan = function(p)
    local out = {}
    for i, name in ipairs(variants(p)) do out[i] = ("vise build %s '%s,%s'"):format(p.package, p.target, VARIANTS[name]) end
    return out
  end,
  run = function(t)
    local p, rows, names = t.params, {}, variants(t.params)
    for i, name in ipairs(names) do rows[i] = ("%s,%s,as=%s"):format(p.target, VARIANTS[name], (name:gsub("[^%w]+", "_"):gsub("^_", ""))) end
    local built = t:step("build " .. p.package, function()
      return vise.build { package = p.package, rows = rows, dir = p.dir, jobs = p.starts > 0 and 1 or nil, smoke_runs = p.starts > 0 and p.starts or nil,
        smoke = p.starts > 0, smoke_args = p.args, expect = p.expect, on_row = function(_, done, all) t:progress(done, all) end }
    end)
    local first, least
    for i, row in ipairs(built.rows) do
      if row.bytes then
        first = first or row.bytes
        if not least or row.bytes < least.bytes then least = { bytes = row.bytes, name = names[i] } end
        local smoke, facts, remark = row.smoke or {}, row.facts or { sizes = {} }, nil
        for _, f in ipairs(row.findings or {}) do if f.level == "unfit" or f.check == "smoke" then remark = f.why end end
        t:row { variant = names[i], size = stats.round(row.bytes / 1024, 1), saved = stats.round(100 * (1 - row.bytes / first), 1),
          text = facts.sizes.text and stats.round(facts.sizes.text / 1024, 1), data = facts.sizes.data and stats.round(facts.sizes.data / 1024, 1),
          linked = linked(facts), pie = facts.pie and "yes" or "no", start = smoke.state ~= "failed" and stats.round(smoke.ms, 1) or nil, remark = remark }
      else
        t:row { variant = names[i], remark = row.state .. ": " .. why_not(row) }
      end
    end
    if not least then t:fail("nothing_built", "no variant could be built: %s", why_not(built.rows[1])) end
    t:measure("smallest", stats.round(least.bytes / 1024, 1), { unit = "KiB with " .. least.name })
  end,
}
