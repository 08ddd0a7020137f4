-- plugin.lua - what a plugin that stays offers: commands, keys, services, gauges, thresholds, advisors,
-- segments, panes, events; and what it keeps.
local core, vise = ...
local fail = vise.fail

core.commands, core.services, core.gauges, core.advisors, core.segments, core.panes = {}, {}, {}, {}, {}, {}
core.thresholds, core.keys, core.handlers = {}, {}, {}
vise.ui, vise.gauge = core.lazy({}, { prompt = "ui", choose = "ui", confirm = "ui", progress = "ui" }), {}
vise.state = {}

local check, types = core.check, core.field_types
local is_number = function(v) return type(v) == "number" end
local N = { is_number, "a number" }
local T = types

local function add(call, list, t)
  if list[t.id] then fail("usage", "%s: %q is declared twice", call, t.id) end
  list[t.id] = t
  return t
end

-- Only while it loads, or in a plugin that stays: elsewhere nobody would ever ask.
local function staying(call)
  if vise.plugin == nil or core.script then fail("usage", "%s is for plugins; a script ends before anybody could use it", call) end
end

------------------------------------------------------------------ commands, keys, services

local command_fields = { id = T.id, name = T.text, title = T.text, doc = T.text, keys = T.text, run = { types.fn[1], "a function", true },
  complete = T.fn }

-- vise.command{ id, title, doc, keys, run = function(args...) end }: a line of the palette; run may wait.
function vise.command(t)
  staying("vise.command")
  if type(t) == "table" and t.id == nil then t.id = t.name end
  check("vise.command", t, command_fields)
  return add("vise.command", core.commands, t)
end

local modes = { live = 1, global = 1, console = 1, board = 1, snapshots = 1, profile = 1, jobs = 1, list = 1 }

-- vise.keymap(mode, keys, "command line" | function)
function vise.keymap(mode, keys, what)
  staying("vise.keymap")
  if not modes[mode] then fail("usage", "vise.keymap: no mode %q; as in key files: global, console, board, profile, jobs, list, live",
    tostring(mode)) end
  if type(keys) ~= "string" or keys == "" then fail("usage", "vise.keymap: keys are a text such as \", x\"") end
  local line = what
  if type(what) == "function" then
    local id = ("%s.key%d"):format(vise.plugin.name, #core.keys + 1)
    add("vise.keymap", core.commands, { id = id, title = "key " .. keys, run = what, hidden = true })
    line = "plugin.run " .. id
  elseif type(what) ~= "string" then
    fail("usage", "vise.keymap: a command line or a function is needed, not a %s", type(what))
  end
  core.keys[#core.keys + 1] = { mode = mode, keys = keys, line = line }
end

-- vise.service(name, fn): other plugins call it by this name; arguments and results are copies.
function vise.service(name, fn)
  staying("vise.service")
  if type(name) ~= "string" or not name:match("^[%w][%w%-_%.]*$") then fail("usage", "vise.service: a name is letters, digits, - _ .") end
  if type(fn) ~= "function" then fail("usage", "vise.service needs a function") end
  add("vise.service", core.services, { id = name, run = fn })
end

-- vise.call(service, ...): asks another plugin, whose process is started for it. Waits.
function vise.call(service, ...)
  if type(service) ~= "string" then fail("usage", "vise.call: the first argument is a service's name") end
  local args = core.json.array(table.pack(...))
  args.n = nil
  return core.call("vise.call", "command", { name = "plugin.call", args = { service = service, args = core.json.encode(args) } })
end

------------------------------------------------------------------ gauges, thresholds, advisors

local gauge_fields = { id = T.id, unit = T.text, every = T.time, read = { types.fn[1], "a function", true }, min = N, max = N,
  doc = T.text }

-- vise.gauge{ id, unit, every, read = function() return value end, min, max }: read runs in a task and may wait;
-- nil or an error is a gap.
setmetatable(vise.gauge, { __call = function(_, t)
  staying("vise.gauge")
  check("vise.gauge", t, gauge_fields)
  return add("vise.gauge", core.gauges, t)
end, __metatable = "vise.gauge" })

-- vise.gauge.get(id) -> value or nil, its unit. Waits.
function vise.gauge.get(id)
  local r = core.call("vise.gauge.get", "command", { line = "gauge.list" })
  for i, d in ipairs(r.defs or {}) do
    if d.id == id then
      local v = r.v and r.v[i]
      if v == core.json.null then v = nil end
      return v, d.unit
    end
  end
  fail("usage", "vise.gauge.get: there is no gauge %q (gauge.list names them)", tostring(id))
end

-- vise.gauge.history(id, n) -> the last n values, oldest first: { { time, value } }; time in seconds since the bench began. Waits.
function vise.gauge.history(id, n)
  if type(id) ~= "string" then fail("usage", "vise.gauge.history: the first argument is a gauge's id, not a %s", type(id)) end
  if n ~= nil and (math.type(n) ~= "integer" or n < 1) then fail("usage", "vise.gauge.history: a number of values from 1") end
  local out = {}
  local r = core.call("vise.gauge.history", "command", { line = core.line("gauge.history", { id }) })
  for _, p in ipairs(r.points or r.samples or {}) do out[#out + 1] = { time = p[1] / 1e9, value = p[2] ~= core.json.null and p[2] or nil } end
  if n and #out > n then table.move(out, #out - n + 1, #out, 1) for i = #out, n + 1, -1 do out[i] = nil end end
  return out
end

local threshold_fields = { gauge = { types.text[1], "text", true }, above = N, below = N, hold = T.time, level = T.level, msg = T.text }

-- vise.threshold{ gauge, above, below, hold, level, msg }: a notice when it is so for as long as hold.
function vise.threshold(t)
  staying("vise.threshold")
  check("vise.threshold", t, threshold_fields)
  if not (t.above or t.below) then fail("usage", "vise.threshold: above or below is needed") end
  core.thresholds[#core.thresholds + 1] = t
end

local advisor_fields = { id = T.id, on = { types.texts[1], "a list of gauges" }, every = T.time, advise = { types.fn[1], "a function", true },
  doc = T.text }

-- on names gauges, and events of the bench as "event:TYPE": then s.event is its body.
-- vise.advisor{ id, on, every, advise = function(s) return { level, text, action } or nil end }: s holds the gauges by id.
-- The same words are said once, until something else was said.
function vise.advisor(t)
  staying("vise.advisor")
  check("vise.advisor", t, advisor_fields)
  return add("vise.advisor", core.advisors, t)
end

------------------------------------------------------------------ on the screen

local function mine(name, args)
  args.plugin, args.job = vise.plugin.name, math.tointeger(tonumber(core.job_id)) or 0
  return core.call("vise.ui", "command", { name = name, args = args })
end

core.mine = mine

-- vise.ui.notify(text, { level, action }). Waits.
function vise.ui.notify(text, opt)
  opt = core.options("vise.ui.notify", opt, { level = true, action = true })
  if type(text) ~= "string" then fail("usage", "vise.ui.notify: text is needed, not a %s", type(text)) end
  if opt.level ~= nil and not T.level[1](opt.level) then fail("usage", "vise.ui.notify: level is %s", T.level[2]) end
  if core.serving then return mine("plugin.say", { text = text, level = opt.level, action = opt.action }) and nil end
  vise.log[({ warn = "warn", error = "error", alarm = "error" })[opt.level] or "info"]("%s%s", text, opt.action and "; " .. opt.action or "")
end

local segment_fields = { id = T.id, side = { function(v) return v == "left" or v == "right" end, "left or right" },
  width = { function(v) return math.type(v) == "integer" and v >= 1 and v <= 30 end, "a whole number from 1 to 30" }, every = T.time, doc = T.text, render = { types.fn[1], "a function", true } }

-- vise.ui.segment{ id, side, width, every, render = function() return text, level end }: a word in the message row.
function vise.ui.segment(t)
  staying("vise.ui.segment")
  check("vise.ui.segment", t, segment_fields)
  return add("vise.ui.segment", core.segments, t)
end

local Pane = {}
Pane.__index = Pane
Pane.__metatable, Pane.__name = "vise.pane", "vise.pane"

local pane_fields = { id = T.id, title = T.text, doc = T.text, columns = { types.texts[1], "a list of texts" }, rows = T.table,
  on_select = T.fn, on_show = T.fn }

-- vise.ui.table{ id, title, columns, rows, on_select = function(row, n) end } -> pane
function vise.ui.table(t)
  staying("vise.ui.table")
  check("vise.ui.table", t, pane_fields)
  add("vise.ui.table", core.panes, t)
  return setmetatable({ spec = t, rows = t.rows or {} }, Pane)
end

local function show(t, rows)
  mine("plugin.pane", { id = t.id, title = t.title or t.id, columns = core.json.encode(core.json.array(t.columns or {})),
    rows = core.json.encode(core.json.array(rows)) })
end

-- pane:update(rows): a list of lists of texts and numbers. Waits.
function Pane:update(rows)
  if type(self) ~= "table" or getmetatable(self) ~= "vise.pane" then fail("usage", "pane:update: call it with a colon, on a pane") end
  if type(rows) ~= "table" then fail("usage", "pane:update: a list of rows is needed, not a %s", type(rows)) end
  for i, r in ipairs(rows) do if type(r) ~= "table" then fail("usage", "pane:update: row %d is a %s, not a list", i, type(r)) end end
  self.spec.rows = rows
  if core.serving then show(self.spec, rows) end
end

------------------------------------------------------------------ events

local Sub = {}
Sub.__index = Sub
Sub.__metatable = "vise.subscription"
function Sub:close() self.off = true end
function Sub:__close() self.off = true end

-- vise.on(event, fn(body)): news of the bench by their type ("console", "job", "notice", "mark", "gauge.alarm", ...); fn is a task
-- and may wait. Kept until :close().
function vise.on(event, fn)
  if type(event) ~= "string" or type(fn) ~= "function" then fail("usage", "vise.on(event, function): %s", "a text and a function") end
  core.want(event)
  core.handlers[event] = core.handlers[event] or {}
  local sub = setmetatable({ fn = fn }, Sub)
  table.insert(core.handlers[event], sub)
  return sub
end

core.on_event(function(event, body)
  local list = core.handlers[event] or {}
  for i = #list, 1, -1 do if list[i].off then table.remove(list, i) end end
  for _, sub in ipairs(list) do core.spawn("on " .. event, sub.fn, body) end
end)

-- vise.on_unload(fn): when the plugin's process is told to end; 2 s.
function vise.on_unload(fn)
  if type(fn) ~= "function" then fail("usage", "vise.on_unload needs a function") end
  core.unload = core.unload or {}
  table.insert(core.unload, fn)
end

------------------------------------------------------------------ vise.state

local kept = "null"

function core.load_state()
  local ok, v = pcall(core.call, "vise.state", "command", { name = "plugin.state", args = { plugin = vise.plugin.name } }, 5)
  if not ok then
    if v.code ~= "unsupported" and v.code ~= "usage" then vise.log.warn("vise.state: %s", tostring(v.msg)) end
    return
  end
  if type(v) == "table" and v ~= core.json.null then vise.state = v end
  kept = core.json.encode(vise.state)
end

function core.save_state()
  if vise.plugin == nil or not core.has_bench() then return end
  local ok, text = pcall(core.json.encode, vise.state)
  if not ok then fail("usage", "vise.state: %s", tostring(text.msg or text)) end
  if text == kept or (next(vise.state) == nil and kept == "null") then return end
  core.call("vise.state", "command", { name = "plugin.state", args = { plugin = vise.plugin.name, value = text } }, 5)
  kept = text
end

------------------------------------------------------------------ serving

local function rows(list, fields)
  local out = core.json.array {}
  for id, t in pairs(list) do
    local row = { id = id }
    for _, f in ipairs(fields) do row[f] = t[f] end
    if not t.hidden then out[#out + 1] = row end
  end
  table.sort(out, function(a, b) return a.id < b.id end)
  return out
end

local function registered()
  local commands = rows(core.commands, { "title", "doc", "keys" })
  for _, k in ipairs(core.keys) do commands[#commands + 1] = { id = k.line, mode = k.mode, keys = k.keys, line = k.line, key = true } end
  for id, t in pairs(core.commands) do if t.hidden then commands[#commands + 1] = { id = id, hidden = true } end end
  return { commands = commands, services = rows(core.services, {}) }
end

local asks = {}
function asks.show(q)
  local t = core.panes[q.name] or fail("usage", "no pane named %s", q.name)
  if t.on_show then t.on_show() end
  show(t, t.rows or {})
end
function asks.select(q)
  local t = core.panes[q.name] or fail("usage", "no pane named %s", q.name)
  local n = math.tointeger(q.row) or 0
  if t.on_select and t.rows and t.rows[n] then t.on_select(t.rows[n], n) end
end

local function run_of(list, what)
  return function(q)
    local t = list[q.name] or fail("usage", "the plugin %s registers no %s named %s", vise.plugin.name, what, q.name)
    local args = {}
    for i, a in ipairs(q.args or {}) do args[i] = a end
    return t.run(table.unpack(args))
  end
end
-- What a word on the command line may become.
function asks.complete(q)
  local t = core.commands[q.name] or fail("usage", "the plugin %s registers no command named %s", vise.plugin.name, q.name)
  return core.json.array(t.complete and t.complete(tostring((q.args or {})[1] or "")) or {})
end
asks.command, asks.service = run_of(core.commands, "command"), run_of(core.services, "service")

local function answer(q)
  -- in a task of its own: one that a limit ends does not come back, not even to a pcall
  local task = core.spawn(q.what .. " " .. tostring(q.name), asks[q.what] or error, q)
  local ok, r = pcall(task.await, task)
  local text
  if ok then
    ok, text = xpcall(core.json.encode, core.handler, r == nil and core.json.null or r)
    if not ok then r = text end
  end
  if ok then return mine("plugin.answer", { id = q.id, result = text }) end
  if r.code == "cancelled" and core.stopping() then return end          -- the bench says why it was ended
  local where = r.where and r.where ~= "" and r.where .. ": " or ""
  if core.status(r) == 7 then core.complain(q.what .. " " .. tostring(q.name), r) end
  local cause = core.told(r, vise.plugin.name, ("%s %s"):format(q.what, tostring(q.name)))
  mine("plugin.fail", { id = q.id, code = r.code, why = where .. tostring(r.msg), cause = cause and core.json.encode(cause) })
end

local function each(call, every, fn)
  core.spawn(call, function()
    local said
    while true do
      local ok, err = xpcall(fn, core.handler)
      if not ok then
        if err.code == "cancelled" then error(err, 0) end
        if tostring(err.msg) ~= said then core.complain(call, err) end
        said = tostring(err.msg)
      end
      core.sleep(every)
    end
  end)
end

local function values()
  local r, out = core.call("gauge.list", "command", { line = "gauge.list" }), {}
  for i, d in ipairs(r.defs or {}) do
    local v = r.v and r.v[i]
    if v ~= nil and v ~= core.json.null then out[d.id] = v end
  end
  return out
end

-- A threshold is an advisor that knows one gauge.
local function watch_threshold(t)
  local since, raised
  local hold = core.seconds("vise.threshold", t.hold or 0)
  each("threshold " .. t.gauge, 0.5, function()
    local v = values()[t.gauge]
    local out = v ~= nil and ((t.above and v > t.above) or (t.below and v < t.below))
    if not out then
      since, raised = nil, false
      return
    end
    since = since or core.now()
    if not raised and core.now() - since >= hold then
      raised = true
      mine("plugin.say", { level = t.level or "warn", text = t.msg or ("%s is %g, %s %g"):format(t.gauge, v, t.above and v > t.above and "above" or
        "below", t.above and v > t.above and t.above or t.below) })
    end
  end)
end

local function watch_advisor(a)
  local said, gauges, events = nil, {}, 0
  local function look(event)
    local s = values()
    for _, id in ipairs(gauges) do if s[id] == nil then return end end
    s.event = event
    local r = a.advise(s)
    if r == nil then said = nil return end
    check("advisor " .. a.id, r, { level = T.level, text = { types.text[1], "text", true }, action = T.text })
    if r.text == said and not event then return end
    said = r.text
    mine("plugin.say", { level = r.level or "info", text = r.text, action = r.action })
  end
  for _, on in ipairs(a.on or {}) do
    local event = on:match("^event:(.+)$")
    if event then
      events = events + 1
      vise.on(event, look)
    else gauges[#gauges + 1] = on end
  end
  if events == 0 or #gauges > 0 then each("advisor " .. a.id, core.seconds("vise.advisor", a.every or 2), look) end
end

local function start_all()
  for _, g in pairs(core.gauges) do
    local ctx = { id = g.id, n = 0 }                    -- of its read: last: the value before, nil at first
    each("gauge " .. g.id, core.seconds("vise.gauge", g.every or 1), function()
      ctx.n = ctx.n + 1
      local ok, v = xpcall(g.read, core.handler, ctx)
      if ok and v ~= nil and type(v) ~= "number" then fail("usage", "gauge %s: read gave a %s, not a number", g.id, type(v)) end
      ctx.last = ok and v or nil
      mine("plugin.gauge", { id = g.id, value = ok and v or nil, unit = g.unit, min = g.min, max = g.max })
      if not ok then error(v, 0) end
    end)
  end
  for _, s in pairs(core.segments) do
    local last
    each("segment " .. s.id, core.seconds("vise.ui.segment", s.every or 1), function()
      local text, level = s.render()
      text = text == nil and "" or tostring(text)
      if text .. tostring(level) == last then return end
      last = text .. tostring(level)
      mine("plugin.segment", { id = s.id, text = text, level = level, side = s.side, width = s.width })
    end)
  end
  for _, t in ipairs(core.thresholds) do watch_threshold(t) end
  for _, a in pairs(core.advisors) do watch_advisor(a) end
  each("vise.state", 1, core.save_state)
end

-- The life of a plugin that stays. Ends when it is cancelled.
function core.serve()
  local me = core.spawn("plugin " .. vise.plugin.name, function()
    mine("plugin.ready", { what = core.json.encode(registered()) })
    core.serving = true
    start_all()
    for _, p in pairs(core.panes) do show(p, p.rows or {}) end
    while true do
      for _, q in ipairs(mine("plugin.next", {}) or {}) do core.spawn("answer to " .. q.what .. " " .. tostring(q.name), answer, q) end
    end
  end)
  local ok, err = pcall(me.await, me)
  for _, fn in ipairs(core.unload or {}) do
    local good, e = xpcall(fn, core.handler)
    if not good then core.complain("vise.on_unload", e) end
  end
  pcall(core.save_state)
  if not ok and err.code ~= "cancelled" then error(err, 0) end
end
