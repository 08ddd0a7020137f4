-- register.lua - vise.workflow, vise.macro, vise.decoder: what a script or plugin provides, checked
-- when it is declared. Boards: board.lua.
local core, vise = ...
local fail = vise.fail

core.workflows, core.macros, core.decoders = {}, {}, {}
core.order = {}                                         -- workflows as they came

local function is_text(v) return type(v) == "string" end
local function is_id(v) return is_text(v) and v:match("^[%w][%w%-_%.]*$") ~= nil and #v <= 64 end
local function is_fn(v) return type(v) == "function" end
local function is_table(v) return type(v) == "table" end
local function is_bool(v) return type(v) == "boolean" end
local function is_time(v) return (type(v) == "number" and v >= 0) or (is_text(v) and core.duration(v) ~= nil) end
local function is_pattern(v) return is_text(v) or type(v) == "userdata" end

local function list_of(test)
  return function(v)
    if type(v) ~= "table" then return false end
    for i = 1, #v do if not test(v[i]) then return false end end
    return next(v) == nil or #v > 0
  end
end

-- field = { test, "what it must be", required }
local T = {
  text = { is_text, "text" }, fn = { is_fn, "a function" }, table = { is_table, "a table" }, time = { is_time, "a duration" },
  words = { list_of(is_text), "a list of texts" }, flag = { is_bool, "true or false" },
  whole = { function(v) return math.type(v) == "integer" and v >= 0 end, "a whole number" },
}
core.field_types = { id = { is_id, "letters, digits, - _ .", true }, text = T.text, fn = T.fn, table = T.table, time = T.time,
  texts = T.words,
  level = { function(v) return v == "info" or v == "warn" or v == "error" or v == "alarm" end, "info, warn, error or alarm" } }
local workflow_fields = {
  id = { is_id, "letters, digits, - _ .", true }, title = T.text, doc = T.text, params = T.table, needs = { list_of(is_text),
    "a list of words" }, timeout = T.time, run = { is_fn, "a function", true }, board = T.text,
  columns = T.table, plan = T.fn,
}
local macro_fields = {
  id = { is_id, "letters, digits, - _ .", true }, title = T.text, doc = T.text, keys = T.text, board = T.text,
  send = T.text, at = T.text, prefix = T.text, timeout = T.time, delay = T.time, repeat_every = T.time,
  expect = { is_pattern, "text or vise.rx" }, match = { is_pattern, "text or vise.rx" }, run = T.fn, params = T.table,
  steps = { list_of(is_table), "a list of steps" }, result = { is_table, "a list of fields" }, verdict = T.fn, limit = T.time,
  resume = { function(v) return is_bool(v) or is_time(v) end, "true or a duration" },
}
local decoder_fields = { id = { is_id, "letters, digits, - _ .", true }, doc = T.text, feed = { is_fn, "a function", true } }
local decoded_fields = { text = { function(v) return is_text(v) or list_of(is_text)(v) end, "text or a list of texts" },
  level = { function(v) return v == "info" or v == "warn" or v == "crash" end, "info, warn or crash" }, notice = T.text,
  gauges = T.table }
local aliases = { choice = "enum", text = "string" }
local param_types = { choice = true, text = true, enum = true, int = true, number = true, bool = true, duration = true, bytes = true, string = true,
  url = true }
local param_fields = {
  type = { function(v) return param_types[v] end, "choice, int, number, bool, duration, bytes, text or url", true },
  values = { list_of(is_text), "a list of texts" }, default = { function() return true end, "" }, doc = T.text,
  min = { function(v) return type(v) == "number" end, "a number" }, max = { function(v) return type(v) == "number" end, "a number" },
  required = { is_bool, "true or false" }, unit = T.text, label = T.text,
}

-- What to say after "no field named x": the one that was meant, or all there are.
local function known(word, fields)
  local list = {}
  for name in pairs(fields) do list[#list + 1] = name end
  table.sort(list)
  for _, name in ipairs(list) do
    if type(word) == "string" and #name > 2 and (name:sub(1, 3) == word:sub(1, 3) or name:sub(-3) == word:sub(-3)) then
      return "; did you mean " .. name .. "?"
    end
  end
  return "; known: " .. table.concat(list, ", ")
end
core.known = known

-- where: the place of what was declared elsewhere; nil: the caller's line. heir: false takes away what
-- would be inherited.
local function check(call, t, fields, where, heir)
  local at = where and { where = where } or nil
  if type(t) ~= "table" then fail("usage", "%s needs a table", call, at) end
  for k, v in pairs(t) do
    local f = fields[k]
    if not f then
      fail("usage", "%s: no field named %q%s", call, tostring(k), known(k, fields), at)
    end
    if not f[1](v) and not (heir and v == false) then fail("usage", "%s: %s must be %s", call, k, f[2], at) end
  end
  for k, f in pairs(fields) do
    if f[3] and t[k] == nil then fail("usage", "%s: %s is missing (%s)", call, k, f[2], at) end
  end
end
core.check, core.field = check, T
core.is_text, core.is_id, core.is_fn, core.is_table, core.is_bool = is_text, is_id, is_fn, is_table, is_bool
core.is_pattern, core.list_of = is_pattern, list_of

local function add(call, list, t)
  if list[t.id] then fail("usage", "%s: %q is declared twice", call, t.id) end
  list[t.id] = t
end

local function check_params(call, params)
  for name, p in pairs(params or {}) do
    check(("%s: params.%s"):format(call, tostring(name)), p, param_fields)
    p.type = aliases[p.type] or p.type
    if p.type == "enum" and not p.values then fail("usage", "%s: params.%s: a choice needs values", call, name) end
    if p.min and p.max and p.min > p.max then fail("usage", "%s: params.%s: min is over max", call, name) end
  end
end

function vise.workflow(t)
  check("vise.workflow", t, workflow_fields)
  check_params("vise.workflow", t.params)
  core.check_columns("vise.workflow", t.columns)
  add("vise.workflow", core.workflows, t)
  table.insert(core.order, t)
  return t
end

-- vise.decoder{ id, feed = function(line, meta) -> nil | text | { text, level, notice, gauges = { name = value
-- or { value, unit } } } end }. feed does not wait; which lines it gets is in the manifest.
function vise.decoder(t)
  check("vise.decoder", t, decoder_fields)
  add("vise.decoder", core.decoders, t)
  return t
end

function core.decoded(id, row, res)
  if is_text(res) then res = { text = res } end
  check("decoder " .. id, res, decoded_fields)
  local rows = is_text(res.text) and { res.text } or res.text or {}
  local where = { console = row.console, offset = row.offset, stop = row.stop, level = res.level, notice = res.notice }
  if #rows > 0 or res.notice then
    vise.cmd(core.line("decoder.say", { id }, where, #rows > 0 and rows or nil))
  end
  for name, v in pairs(res.gauges or {}) do
    local value, unit = v, nil
    if is_table(v) then value, unit = v[1], v[2] end
    if type(value) ~= "number" then fail("usage", "decoder %s: gauge %s is no number", id, tostring(name)) end
    vise.cmd(core.line("decoder.say", { id }, { console = row.console, gauge = name, value = value, unit = unit }))
  end
end

function vise.macro(t)
  check("vise.macro", t, macro_fields)
  if not (t.run or t.send or t.at or t.steps) then fail("usage", "vise.macro: one of steps, run, send and at is needed") end
  check_params("vise.macro", t.params)
  for _, p in pairs(t.params or {}) do if p.default == nil and p.required == nil then p.required = true end end
  core.check_macro(t)
  add("vise.macro", core.macros, t)
  return t
end

------------------------------------------------------------------ parameters

local function url(v) return v:match("^%a[%w+.-]*:") and v or nil end
local function bool(v) return ({ on = 1, ["true"] = 1, yes = 1, ["1"] = 1, off = 0, ["false"] = 0, no = 0, ["0"] = 0 })[v] end

local parse = {
  int = function(v) return math.tointeger(tonumber(v)) end,
  number = function(v) return tonumber(v) end,
  bool = function(v) local b = bool(v) if b == nil then return nil end return b == 1 end,
  duration = function(v) return core.duration(v) end,
  bytes = function(v) return core.bytes(v) end,
  string = function(v) return v end,
  url = url,
}

local example = { int = "a whole number", number = "a number", bool = "on or off", duration = "a duration such as 30s",
  bytes = "a size such as 1MB", string = "text", url = "an address such as http://host/path" }

-- How a value is not within limits.
function core.beyond(limits)
  if limits.min and limits.max then return ("is not from %s to %s"):format(limits.min, limits.max) end
  return limits.max and ("is over %s"):format(limits.max) or ("is under %s"):format(limits.min)
end

-- A value from a text (--set) or from Lua (a default).
local function value(what, p, v)
  if p.type == "enum" then
    for _, allowed in ipairs(p.values) do if v == allowed then return v end end
    fail("usage", "%s: %q is not allowed; one of: %s", what, tostring(v), table.concat(p.values, ", "))
  end
  local out = v
  if type(v) == "string" then out = parse[p.type](v) end
  if out == nil then fail("usage", "%s: %q is not %s", what, tostring(v), example[p.type]) end
  if (p.min and out < p.min) or (p.max and out > p.max) then
    fail("usage", "%s: %s %s", what, tostring(v), core.beyond(p))
  end
  return out
end

-- The parameters of a declaration from its defaults and from the settings that name them.
function core.parameters(what, declared, sets)
  local out, names = {}, {}
  for name in pairs(declared or {}) do names[#names + 1] = name end
  table.sort(names)                                     -- the first that is wrong is always the same
  for _, name in ipairs(names) do
    local p, given = declared[name], sets[name]
    if given ~= nil then out[name] = value(what .. ": " .. name, p, given)
    elseif p.default ~= nil then out[name] = value(what .. ": " .. name, p, p.default)
    elseif p.required then fail("usage", "%s: --set %s= is needed%s", what, name, p.doc and (": " .. p.doc) or "") end
  end
  return out
end

-- Settings that nothing declares are mistakes.
function core.check_sets(sets, declared)
  for name in pairs(sets) do
    if not declared[name] then
      local list = {}
      for k in pairs(declared) do list[#list + 1] = k end
      table.sort(list)
      fail("usage", "--set %s: no such parameter; known: %s", name, #list > 0 and table.concat(list, ", ") or "none")
    end
  end
end

------------------------------------------------------------------ what the bench is told

local function sorted(list)
  local out = {}
  for _, t in pairs(list) do out[#out + 1] = t end
  table.sort(out, function(a, b) return a.id < b.id end)
  return out
end

local function plain(v, depth)
  if type(v) ~= "table" then
    if type(v) == "function" then return nil end
    return type(v) == "userdata" and tostring(v) or v
  end
  local out = {}
  for k, x in pairs(v) do
    if depth < 6 and (type(k) == "string" or type(k) == "number") then out[k] = plain(x, depth + 1) end
  end
  if #v > 0 then core.json.array(out) end
  return out
end

-- "KIND:ID" of everything that is registered.
function core.provided()
  local out = {}
  local lists = { board = core.boards, workflow = core.workflows, macro = core.macros, decoder = core.decoders,
    service = core.services, gauge = core.gauges, advisor = core.advisors, segment = core.segments, pane = core.panes }
  for kind, list in pairs(lists) do for id in pairs(list) do out[kind .. ":" .. id] = true end end
  for _, id in ipairs(core.bases()) do out["base:" .. id] = true end
  for id, t in pairs(core.commands) do if not t.hidden then out["command:" .. id] = true end end
  for event in pairs(core.handlers) do out["event:" .. event] = true end
  return out
end

-- only: the id of the one board that is wanted, or nil
function core.describe(only)
  local array = core.json.array
  local d = { plugin = vise.plugin and vise.plugin.name or core.name, boards = array {}, workflows = array {}, macros = array {} }
  for _, b in ipairs(sorted(only and { core.boards[only] } or core.boards)) do
    if core.declared[b.id].home ~= core.home then goto next_one end     -- another plugin's: it tells of it
    local row = plain(b, 0)
    row.plugin = d.plugin
    row.name = row.name or b.id
    row.has = { flash = b.flash ~= nil, reset = core.act_of(b, "reset") ~= nil, debug = core.act_of(b, "debug") ~= nil }
    for i, t in ipairs(b.triggers or {}) do
      row.triggers[i].pattern, row.triggers[i].literal = core.pattern_words(t.pattern)
      if t.cooldown then row.triggers[i].cooldown = core.ms(core.seconds("vise.board", t.cooldown)) end
    end
    for name, g in pairs(b.gauges or {}) do
      local out = row.gauges[name]
      if g and g.pattern then out.pattern, out.literal = core.pattern_words(g.pattern) end
      if g and g.hold then out.hold = core.ms(core.seconds("vise.board", g.hold)) end
    end
    table.insert(d.boards, row)
    ::next_one::
  end
  if not only then d.bases = array(core.bases()) end
  for _, w in ipairs(sorted(core.workflows)) do
    local params = plain(w.params or {}, 0)
    table.insert(d.workflows, { id = w.id, title = w.title or w.id, doc = w.doc, plugin = d.plugin, params = params,
      needs = plain(w.needs or {}, 0), timeout = w.timeout, board = w.board, columns = plain(w.columns or {}, 0) })
  end
  for _, m in ipairs(sorted(core.macros)) do
    table.insert(d.macros, { id = m.id, title = m.title or m.id, doc = m.doc, keys = m.keys, plugin = d.plugin, board = m.board,
      at = m.at, send = m.send, params = m.params and plain(m.params, 0) or nil, steps = m.steps and #m.steps or nil })
  end
  return d
end
