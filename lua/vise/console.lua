-- console.lua - vise.console: what a board says and what is said to it.
local core, vise = ...
local fail = vise.fail

local Console = {}
Console.__index = Console
Console.__name = "vise.console"
Console.__metatable = "vise.console"
function Console:__tostring() return "console " .. self.name end
function Console:__close() end                          -- a console outlives the script; con:close() closes it

vise.console = {}
core.eol = "\r"
core.never = {}
core.lost = "wait"
local opened = {}                                       -- one object, and so one cursor, for each console

local function patterns(p)
  if type(p) == "string" or type(p) == "userdata" then return { p } end
  if type(p) == "table" and p.name ~= nil and p[2] == nil then return { p } end         -- one { pattern, name = }
  return p
end

local function check(self, call)
  if type(self) ~= "table" or getmetatable(self) ~= "vise.console" then
    fail("usage", "%s: call it with a colon, on a console", call)
  end
  local state, why = self.stream:state()
  return state, why
end

local function wrap(row, from)
  local con = opened[row.stream]
  if con then return con end
  con = setmetatable({ id = row.id, name = row.name or tostring(row.id), stream_id = row.stream }, Console)
  con.stream = core.stream(row.stream, con.name)
  opened[row.stream] = con
  local answer = core.call("vise.console", "subscribe", { stream = row.stream, from = from })
  con.stream:began(math.tointeger(answer.offset) or 0)
  return con
end

-- vise.console.get(name): an open console of the bench; without a name the one of --console,
-- "main", or the only one. Waits.
function vise.console.get(name)
  if name ~= nil and type(name) ~= "string" then fail("usage", "vise.console.get: a name is text") end
  local row = core.console(name or core.console_name)
  if not row then
    fail("infra", "no console%s is open on this bench; vise.console.open(port) opens one",
      (name or core.console_name) and (" named " .. (name or core.console_name)) or "")
  end
  return wrap(row, -1)
end

local open_options = { name = true, baud = true, data = true, parity = true, stop = true, flow = true, dtr = true, rts = true }

-- vise.console.open(spec, opt): opens a port, or finds it open. Waits.
function vise.console.open(spec, opt)
  if type(spec) ~= "string" then fail("usage", "vise.console.open: the first argument is a port, such as \"/dev/ttyACM0\"") end
  opt = core.options("vise.console.open", opt, open_options)
  local row = core.call("vise.console.open", "command", { line = core.line("console.open", { spec }, opt) })
  if type(row) ~= "table" or not row.stream then
    row = core.console(type(row) == "table" and row.id and tostring(row.id) or opt.name) or
      fail("infra", "%s: the bench did not say which console it opened", spec)
  end
  return wrap(row, 0)
end

function vise.console.list()
  local out = {}
  for _, row in ipairs(core.snapshot("consoles") or {}) do out[#out + 1] = row.name end
  return out
end

function Console:info()
  return core.console(self.name)
end

------------------------------------------------------------------ sending

local function writable(self, call)
  if check(self, call) ~= "open" then
    fail("lost", "%s: the port is %s", self.name, check(self, call) == "lost" and "lost" or "closed")
  end
  local row = core.console(self.name)
  local lock = row and row.lock
  if type(lock) == "table" and lock.who and not core.holds_lock then
    fail("busy", "%s: %s holds it for %s", self.name, tostring(lock.who), tostring(lock.what))
  end
end

-- The bytes, exactly.
function Console:send(bytes)
  writable(self, "con:send")
  if type(bytes) ~= "string" then fail("usage", "con:send: text is needed, not a %s", type(bytes)) end
  core.input(self.stream_id, bytes)
end

-- A line, with the end the board wants.
function Console:line(text)
  writable(self, "con:line")
  core.input(self.stream_id, tostring(text) .. core.eol)
end

------------------------------------------------------------------ waiting

local expect_options = { timeout = true, never = true }

function Console:expect(p, opt)
  check(self, "con:expect")
  opt = core.options("con:expect", opt, expect_options)
  local never = core.never
  if opt.never then
    never = table.move(core.never, 1, #core.never, 1, {})
    for _, n in ipairs(patterns(opt.never)) do never[#never + 1] = n end
  end
  if type(p) ~= "table" and type(p) ~= "string" and type(p) ~= "userdata" then
    fail("usage", "con:expect: text, a vise.rx or a list of them is needed, not a %s", type(p))
  end
  return self.stream:expect(patterns(p), opt.timeout, never, "con:expect", core.lost == "fail")
end

function Console:try_expect(p, opt) return core.try(Console.expect, self, p, opt) end

-- All of them, in any order, within one deadline: a list of matches in the order of the patterns.
function Console:expect_all(list, opt)
  opt = core.options("con:expect_all", opt, expect_options)
  list = patterns(list)
  if type(list) ~= "table" then fail("usage", "con:expect_all needs a list of patterns") end
  local left, at, out = {}, {}, {}
  local finish = core.now() + core.seconds("timeout", opt.timeout or 5)
  for i, p in ipairs(list) do left[i], at[i] = p, i end
  while #left > 0 do
    local m = self:expect(left, { timeout = math.max(0, finish - core.now()), never = opt.never })
    out[at[m.index]] = m
    table.remove(left, m.index)
    table.remove(at, m.index)
  end
  return out
end

-- None of them for so long, or the verdict `verify`.
function Console:expect_none(p, seconds)
  local m = self:try_expect(p, { timeout = seconds or 2 })
  if m then fail("verify", "%s: %q came, which must not", self.name, m.text, { verdict = true }) end
end

function Console:settle(quiet, timeout)
  check(self, "con:settle")
  return self.stream:settle(quiet, timeout)
end

function Console:read_line(opt)
  check(self, "con:read_line")
  opt = core.options("con:read_line", opt, { timeout = true })
  return self.stream:read_line(opt.timeout)
end

-- for line in con:lines() do ... end; ends with the console
function Console:lines(opt)
  return function()
    local line, err = core.try(Console.read_line, self, opt)
    if not line and err.code ~= "eof" then error(err, 0) end
    return line
  end
end

function Console:on_line(fn)
  check(self, "con:on_line")
  return self.stream:on_line(fn)
end

-- What has come is not looked at any more.
function Console:flush() self.stream:skip() end
function Console:pending() return self.stream:pending() end

------------------------------------------------------------------ AT

local at_options = { timeout = true, prefix = true, expect = true, data = true, raw = true, idle = true, eol = true, good = true,
  bad = true, run = true, prefix_line = true }

local function at_lines(lines, prefix)
  if not prefix then return lines end
  local out = {}
  local bare = prefix:gsub("%s+$", "")
  for _, l in ipairs(lines) do
    if l:sub(1, #bare) == bare then out[#out + 1] = l:sub(#bare + 1):gsub("^%s+", "") end
  end
  return out
end

-- con:at(command, { timeout, prefix, expect }) -> information lines, result. Other answers than OK
-- raise at_error. Waits.
-- With a prefix only lines that begin so are given, without it. What came before the answer is
-- consumed.
function Console:at(command, opt)
  check(self, "con:at")
  if type(command) ~= "string" then fail("usage", "con:at: a command is text") end
  opt = core.options("con:at", opt, at_options)
  local fields = { console = self.name, expect = opt.expect, data = opt.data, eol = opt.eol, good = opt.good, bad = opt.bad,
    run = opt.run, prefix = opt.prefix_line }
  if opt.raw then fields.raw = "on" end
  if opt.idle then fields.idle = core.ms(core.seconds("con:at", opt.idle)) end
  if opt.timeout then fields.timeout = core.ms(core.seconds("con:at", opt.timeout)) end
  local from = self.stream:skip()
  local r = core.call("con:at", "command", { line = core.line("at.send", { command }, fields) })
  if r["end"] then self.stream:skip(math.tointeger(r["end"]))
  elseif r.result then self.stream:skip_past(from, r.result) end
  if r.code ~= nil and r.code ~= "ok" and r.code ~= "connect" and not opt.expect then
    fail(r.code == "timeout" and "timeout" or "at_error", "%s: the device answered %s", command, tostring(r.result), { lines = r.lines })
  end
  local lines = {}
  for i, l in ipairs(r.lines or {}) do lines[i] = l end
  for i = #(r.payloads or {}), 1, -1 do table.insert(lines, (math.tointeger(r.payloads[i].after) or 0) + 1, r.payloads[i].text) end
  return at_lines(lines, opt.prefix), r.result
end

function Console:try_at(command, opt) return core.try(Console.at, self, command, opt) end

------------------------------------------------------------------ the rest

function Console:mark(text)
  check(self, "con:mark")
  core.call("con:mark", "command", { line = core.line("mark.set", { text or "mark" }, {}) })
end

local trigger_options = { arg = true, once = true, cooldown = true }

-- What the bench does when a line matches: as the command trigger.add. It stays when this script ends. Gives its number.
function Console:trigger(pattern, action, opt)
  check(self, "con:trigger")
  if type(pattern) ~= "string" and type(pattern) ~= "userdata" then
    fail("usage", "con:trigger: text or a vise.rx is needed, not a %s", type(pattern))
  end
  opt = core.options("con:trigger", opt, trigger_options)
  local text, literal = core.pattern_words(pattern)
  local fields = { console = self.name, action = action, arg = opt.arg, literal = literal and "on" or nil,
    once = opt.once and "on" or nil }
  if opt.cooldown then fields.cooldown = core.ms(core.seconds("con:trigger", opt.cooldown)) end
  local t = core.call("con:trigger", "command", { line = core.line("trigger.add", { text }, fields) })
  return math.tointeger(t.id)
end

function Console:brk(seconds)
  check(self, "con:brk")
  core.call("con:brk", "command", { line = core.line("console.break", {},
    { console = self.name, ["for"] = core.ms(core.seconds("con:brk", seconds or 0.25)) }) })
end

function Console:signals(lines)
  check(self, "con:signals")
  local fields = { console = self.name }
  for k, v in pairs(core.options("con:signals", lines, { dtr = true, rts = true })) do fields[k] = v and "on" or "off" end
  core.call("con:signals", "command", { line = core.line("console.lines", {}, fields) })
end

-- Speed, frame and flow control of the open port: { baud, settings = "8N1", data, parity, stop, flow, dtr, rts, rs485 }.
local set_options = { baud = true, settings = true, data = true, parity = true, stop = true, flow = true, dtr = true,
  rts = true, rs485 = true }

function Console:set(o)
  check(self, "con:set")
  local fields = { console = self.name }
  for k, v in pairs(core.options("con:set", o, set_options)) do
    fields[k] = type(v) == "boolean" and (v and "on" or "off") or v
  end
  core.call("con:set", "command", { line = core.line("console.set", {}, fields) })
end

-- A sequence on DTR and RTS: "reset", "esp-boot", "D0|R1|W0.1|D1|R0". Waits for its end.
function Console:pulse(steps)
  check(self, "con:pulse")
  core.call("con:pulse", "command", { line = core.line("console.pulse", { steps }, { console = self.name, confirm = "on" }) })
end

-- The 1200-baud touch; true when the port went away, as it should.
function Console:touch()
  check(self, "con:touch")
  local r = core.call("con:touch", "command", { line = core.line("console.touch", {}, { console = self.name, confirm = "on" }) })
  return type(r) == "table" and r.gone or false
end

-- Lets the port go while fn(device) runs; it is opened again however fn ends, and also when this script dies.
function Console:lend(fn)
  if type(fn) ~= "function" then fail("usage", "con:lend: a function is needed, not a %s", type(fn)) end
  check(self, "con:lend")
  local r = core.call("con:lend", "command", { line = core.line("console.borrow", {}, { console = self.name, to = core.name }) })
  local back <close> = setmetatable({}, { __close = function()
    core.tell(core.line("console.return", {}, { console = self.name }))
  end })
  return fn(r.device)
end

function Console:close()
  check(self, "con:close")
  opened[self.stream_id] = nil
  core.call("con:close", "command", { line = core.line("console.close", { self.name }, {}) })
end

core.Console = Console
