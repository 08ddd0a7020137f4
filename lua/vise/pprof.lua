-- pprof.lua - vise.pprof: profiles of Go programs, read and compared by workers of the bench.
local core, vise = ...
local fail = vise.fail

vise.pprof = {}

local Prof = {}
Prof.__index = Prof
Prof.__name, Prof.__metatable = "vise.prof", "vise.prof"
function Prof:__tostring() return "profile " .. self.path end

local function check(self, call)
  if type(self) ~= "table" or getmetatable(self) ~= "vise.prof" then fail("usage", "%s: call it with a colon, on a profile", call) end
end

local function ask(call, name, words, fields)
  return core.call(call, "command", { line = core.line(name, words, fields) })
end

-- A whole path: what is relative is below the project.
local function whole(call, path)
  if type(path) ~= "string" or path == "" then fail("usage", "%s: a path is needed, not a %s", call, type(path)) end
  if path:sub(1, 1) == "/" then return path end
  local dir = vise.fs.project
  return dir and dir .. "/" .. path or fail("usage", "%s: give the whole path of %s: there is no project folder here", call, path)
end

-- vise.pprof.open(path) -> prof. Waits.
function vise.pprof.open(path)
  path = whole("vise.pprof.open", path)
  local facts = ask("vise.pprof.open", "profile.info", { path })
  return setmetatable({ path = path, facts = facts }, Prof)
end

local kinds = { heap = 1, allocs = 1, goroutine = 1, mutex = 1, block = 1, threadcreate = 1, profile = 1 }
local capture_options = { source = true, kind = true, seconds = true, gc = true, timeout = true }

local function source_of(call, o)
  if o.source ~= nil and (type(o.source) ~= "string" or o.source == "") then
    fail("usage", "%s: source is HOST:PORT, http://, unix:, ssh:, gops: or pid:", call)
  end
  if o.kind ~= nil and not kinds[o.kind] then
    fail("usage", "%s: kind is heap, allocs, goroutine, mutex, block, threadcreate or profile, not %s", call, tostring(o.kind))
  end
  return o.source
end

-- vise.pprof.capture{ source, kind, seconds, gc, timeout } -> prof: kept with the bench, on its timeline. Waits.
function vise.pprof.capture(o)
  o = core.options("vise.pprof.capture", o, capture_options)
  local source, seconds = source_of("vise.pprof.capture", o), o.seconds
  local fields = { slot = "none", kind = o.kind }
  if o.gc ~= nil then fields.gc = o.gc and "on" or "off" end
  if seconds ~= nil then
    seconds = math.ceil(core.seconds("vise.pprof.capture: seconds", seconds))
    if o.kind ~= "profile" or not source then fail("usage", "vise.pprof.capture: seconds is for kind = \"profile\" of a source") end
    if not source:match("^https?://") then source = "http://" .. source end
    if not source:match("^https?://[^/]+/.") then source = source:gsub("/$", "") .. "/debug/pprof/profile" end
    source = ("%s%sseconds=%d"):format(source, source:find("?", 1, true) and "&" or "?", seconds)
  end
  fields.timeout = core.ms((core.cut(core.seconds("vise.pprof.capture: timeout", o.timeout or 20 + (seconds or 0)))))
  local shot = ask("vise.pprof.capture", "profile.grab", { source }, fields)
  if type(shot) ~= "table" or type(shot.path) ~= "string" then fail("infra", "vise.pprof.capture: the bench did not say where it is") end
  local prof = vise.pprof.open(shot.path)
  prof.shot = shot
  return prof
end

-- Sample types: { { type, unit, sum } }.
function Prof:types()
  check(self, "prof:types")
  local out = {}
  for i, t in ipairs(self.facts.types or {}) do out[i] = { type = t.type, unit = t.unit, sum = math.tointeger(t.sum) or t.sum } end
  return out
end

-- The sum of a sample type over the whole profile.
function Prof:total(kind)
  check(self, "prof:total")
  local list = self:types()
  if kind == nil then
    kind = self.facts.default_type
    if kind == nil or kind == "" then kind = list[#list] and list[#list].type end
  end
  for _, t in ipairs(list) do if t.type == kind then return t.sum, t.unit end end
  local names = {}
  for i, t in ipairs(list) do names[i] = t.type end
  fail("usage", "prof:total: %s has no %s; it has %s", self.path, tostring(kind), table.concat(names, ", "))
end

-- The bytes of the file.
function Prof:raw()
  check(self, "prof:raw")
  return core.file(self.path)
end

-- prof:save(path): a copy, whole or below the project. Waits.
function Prof:save(path)
  check(self, "prof:save")
  if type(path) ~= "string" then fail("usage", "prof:save: a path is needed, not a %s", type(path)) end
  vise.fs.write(path, core.file(self.path))
end

local report_options = { type = true, n = true, cum = true, focus = true, ignore = true, by = true }
local by = { func = "functions", line = "lines", file = "files" }

local function fields_of(call, opt)
  opt = core.options(call, opt, report_options)
  if opt.n ~= nil and (math.type(opt.n) ~= "integer" or opt.n < 1) then fail("usage", "%s: n is a whole number from 1", call) end
  for _, k in ipairs { "type", "focus", "ignore" } do
    if opt[k] ~= nil and type(opt[k]) ~= "string" then fail("usage", "%s: %s is a text, not a %s", call, k, type(opt[k])) end
  end
  if opt.by ~= nil and not by[opt.by] and opt.by ~= "stack" then fail("usage", "%s: by is \"func\", \"line\", \"file\" or \"stack\"", call) end
  return opt, { type = opt.type, focus = opt.focus, ignore = opt.ignore, limit = opt.n, granularity = by[opt.by] }
end

-- prof:top{ type, n, cum, focus, ignore, by } -> { { name, flat, cum } }, the largest first. Waits.
function Prof:top(opt)
  check(self, "prof:top")
  local o, fields = fields_of("prof:top", opt)
  if o.by == "stack" then fail("usage", "prof:top: stacks are told by prof:stacks() and prof:diff()") end
  fields.parts, fields.b, fields.a = "table", self.path, ""
  fields.sort, fields.fraction, fields.limit = o.cum and "cum" or "flat", 0, o.n or 20
  local out = {}
  for i, r in ipairs(ask("prof:top", "profile.view", {}, fields).table.rows) do out[i] = { name = r.name, flat = r.flat, cum = r.cum } end
  return out
end

-- prof:stacks{ type, focus, ignore } -> { { stack = { leaf, ... }, value } }, the largest first. Waits.
function Prof:stacks(opt)
  check(self, "prof:stacks")
  local _, fields = fields_of("prof:stacks", opt)
  fields.limit, fields.granularity = nil, nil
  local sum, out = {}, {}
  for _, s in ipairs(ask("prof:stacks", "profile.report", { self.path }, fields).samples or {}) do
    local key = table.concat(s.frames, "\0")
    local row = sum[key]
    if not row then
      row = { stack = { table.unpack(s.frames) }, value = 0 }
      sum[key] = row
      out[#out + 1] = row
    end
    row.value = row.value + s.value
  end
  table.sort(out, function(a, b)
    if a.value ~= b.value then return a.value > b.value end
    return table.concat(a.stack, "\0") < table.concat(b.stack, "\0")
  end)
  return out
end

local function diff_stacks(self, base, o)
  local before, rows, seen = {}, {}, {}
  for _, s in ipairs(base:stacks(o)) do before[table.concat(s.stack, "\0")] = s end
  for _, s in ipairs(self:stacks(o)) do
    local key = table.concat(s.stack, "\0")
    local was = before[key] and before[key].value or 0
    seen[key] = true
    rows[#rows + 1] = { stack = s.stack, name = s.stack[1], base = was, now = s.value, delta = s.value - was }
  end
  for key, s in pairs(before) do
    if not seen[key] then rows[#rows + 1] = { stack = s.stack, name = s.stack[1], base = s.value, now = 0, delta = -s.value } end
  end
  return rows
end

-- prof:diff(base, { type, by = "stack" | "func" | "line" | "file", n }) -> { { stack or name, base, now, delta } }, what grew most
-- first. Waits.
function Prof:diff(base, opt)
  check(self, "prof:diff")
  check(base, "prof:diff: the base")
  local o, fields = fields_of("prof:diff", opt)
  local rows = {}
  if (o.by or "stack") == "stack" then
    rows = diff_stacks(self, base, { type = o.type, focus = o.focus, ignore = o.ignore })
  else
    fields.parts, fields.a, fields.b, fields.sort, fields.fraction, fields.limit = "table", base.path, self.path, "delta", 0, 500
    for i, r in ipairs(ask("prof:diff", "profile.view", {}, fields).table.rows) do
      rows[i] = { name = r.name, base = r.flat_a, now = r.flat_b, delta = r.flat }
    end
  end
  table.sort(rows, function(a, b)
    if a.delta ~= b.delta then return a.delta > b.delta end
    return (a.stack and table.concat(a.stack, "\0") or a.name) < (b.stack and table.concat(b.stack, "\0") or b.name)
  end)
  for i = #rows, (o.n or #rows) + 1, -1 do rows[i] = nil end
  return rows
end

-- prof:flame(path): an .svg, .folded or .speedscope.json. Waits.
function Prof:flame(path)
  check(self, "prof:flame")
  path = whole("prof:flame", path)
  return ask("prof:flame", "profile.export", { path }, { b = self.path, a = "" }).out
end

------------------------------------------------------------------ many of them

local Series = {}
Series.__index = Series
Series.__name, Series.__metatable = "vise.series", "vise.series"
function Series:__close() self:stop() end

local function series(self, call)
  if type(self) ~= "table" or getmetatable(self) ~= "vise.series" then fail("usage", "%s: call it with a colon, on a series", call) end
end

-- vise.pprof.series{ source, kind, every, n, on_each } -> series, when n snapshots are here. Waits.
function vise.pprof.series(o)
  o = core.options("vise.pprof.series", o, { source = true, kind = true, every = true, n = true, on_each = true })
  local source = source_of("vise.pprof.series", o)
  local every = core.seconds("vise.pprof.series: every", o.every or 30)
  local n = o.n or 10
  if math.type(n) ~= "integer" or n < 2 or n > 10000 then fail("usage", "vise.pprof.series: n is a whole number from 2 to 10000") end
  if o.on_each ~= nil and type(o.on_each) ~= "function" then fail("usage", "vise.pprof.series: on_each is a function") end
  local w = ask("vise.pprof.series", "watch.start", { source }, { kinds = o.kind or "heap", every = core.ms(every), count = n, share = 90 })
  local s = setmetatable({ id = math.tointeger(w.id), kind = o.kind or "heap", n = 0 }, Series)
  local stop <close> = setmetatable({}, { __close = function() if s.n < n then pcall(s.stop, s) end end })
  for i = 1, n do
    local now = vise.timeout(every + 60, vise.cmd, ("watch.wait %d snapshots=%d"):format(s.id, i))
    if (now.snapshots or 0) < i then fail("infra", "%s: %s", tostring(source), tostring(now.why or "no further snapshot")) end
    s.n = i
    if o.on_each then o.on_each(i, s) end
  end
  return s
end

-- series:growth{ type, limit } -> rows { name, verdict, growth, slope, ... }, the surest leak first. Waits.
function Series:growth(opt)
  series(self, "series:growth")
  opt = core.options("series:growth", opt, { type = true, limit = true })
  local r = ask("series:growth", "watch.rank", { self.id }, { kind = self.kind, type = opt.type, limit = opt.limit })
  local out = {}
  for i, row in ipairs(r.rows or {}) do out[i] = row end
  return out
end

-- No further snapshots; those taken stay with the bench.
function Series:stop()
  series(self, "series:stop")
  core.tell(core.line("watch.stop", { self.id }))
end
