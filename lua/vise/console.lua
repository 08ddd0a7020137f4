-- console.lua - vise.console: what a board says and what is said to it.
local core, vise = ...
local fail = vise.fail

local Console = {}
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
  con = setmetatable({ id = row.id, name = row.name or tostring(row.id), stream_id = row.stream, forbidden = {} }, Console)
  con.stream = core.stream(row.stream, con.name)
  local answer = core.call("vise.console", "subscribe", { stream = row.stream, from = from })
  opened[row.stream] = con                              -- one that is refused is none
  con.stream:began(math.tointeger(answer.offset) or 0)
  return con
end

-- What the profile of its own board says of a console (one of several in a run of tests).
function core.console_profile(con, profile)
  local main = profile and profile.console and profile.console.main or {}
  con.profile_never = profile and (profile.never or {}) or nil
  con.profile_eol, con.profile_lost = main.eol, main.on_lost
end

-- vise.console.get(name): an open console of the bench; without a name the one of --console,
-- "main", or the only one. Waits.
function vise.console.get(name)
  if name ~= nil and type(name) ~= "string" then fail("usage", "vise.console.get: a name is text") end
  core.not_loading "vise.console.get"
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

-- con:info() is what the bench says of it now, con.info.baud one field of that.
local Info = { __metatable = "vise.console.info" }
function Info:__call(con) return Console.info(con) end
function Info:__index(k)
  local row = core.console(rawget(self, 1))
  return row and row[k]
end

function Console:info()
  check(self, "con:info")
  return core.console(self.name)
end

function Console:__index(k)
  if k ~= "info" then return Console[k] end
  local t = setmetatable({ rawget(self, "name") }, Info)
  rawset(self, "info", t)
  return t
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

local pace_options = { byte = true, line = true, chunk = true, every = true }

-- bytes, no faster than { byte =, line = } (a rest after each) or { chunk = n, every = } allows
local function paced(self, call, bytes, pace)
  core.options(call .. ": pace", pace, pace_options)
  if pace.chunk then
    if math.type(pace.chunk) ~= "integer" or pace.chunk < 1 then fail("usage", "%s: pace.chunk is a whole number from 1", call) end
    local rest = core.seconds(call .. ": pace.every", pace.every or 0.01)
    for at = 1, #bytes, pace.chunk do
      if at > 1 then core.sleep(rest) end
      core.input(self.stream_id, bytes:sub(at, at + pace.chunk - 1))
    end
    return
  end
  local fields = { console = self.name }
  if pace.byte then fields.char = core.ms(core.seconds(call .. ": pace.byte", pace.byte)) end
  if pace.line then fields.line = core.ms(core.seconds(call .. ": pace.line", pace.line)) end
  core.call(call, "command", { line = core.line("console.send", { bytes }, fields) })
end

-- The board repeats what it is told: "skip" drops that when it comes, "verify" insists on it.
local function echoed(self, call, text, opt)
  local m, err = self:try_expect(text, { timeout = opt.timeout or (opt.echo == "verify" and 5 or 1) })
  if m and (opt.echo == "skip" or m.before:match("^[\r\n]*$")) then return end
  if opt.echo == "skip" and err.code == "timeout" then return end
  if m then fail("verify", "%s: %q came in front of the echo of %q", self.name, m.before, text, { verdict = true }) end
  if err.code ~= "timeout" then error(err, 0) end
  fail("verify", "%s: the echo of %q did not come; %s", self.name, text, err.tail, { verdict = true })
end

local send_options = { pace = true, echo = true, timeout = true }

local function send(self, call, bytes, eol, opt)
  opt = core.options(call, opt, send_options)
  if opt.echo ~= nil and opt.echo ~= "skip" and opt.echo ~= "verify" then
    fail("usage", "%s: echo is \"skip\" or \"verify\", not %s", call, tostring(opt.echo))
  end
  writable(self, call)
  if opt.pace then paced(self, call, bytes .. eol, opt.pace) else core.input(self.stream_id, bytes .. eol) end
  if opt.echo then echoed(self, call, bytes, opt) end
end

-- con:send(bytes, { pace, echo }): the bytes, exactly. Waits only with pace or echo.
function Console:send(bytes, opt)
  check(self, "con:send")
  if type(bytes) ~= "string" then fail("usage", "con:send: text is needed, not a %s", type(bytes)) end
  send(self, "con:send", bytes, "", opt)
end

-- A line, with the end the board wants.
function Console:line(text, opt)
  check(self, "con:line")
  send(self, "con:line", tostring(text), self.profile_eol or core.eol, opt)
end

-- con:hex "0d 0a": bytes as hexadecimal digits.
function Console:hex(text, opt)
  check(self, "con:hex")
  local digits = type(text) == "string" and text:gsub("%s+", "")
  if not digits or #digits % 2 ~= 0 or digits:find("[^%x]") then
    fail("usage", "con:hex: pairs of hexadecimal digits are needed, not %s", tostring(text))
  end
  send(self, "con:hex", digits:gsub("%x%x", function(d) return string.char(tonumber(d, 16)) end), "", opt)
end

------------------------------------------------------------------ waiting

local expect_options = { timeout = true, never = true, idle = true, quiet = true, strip = true }

-- A pattern that names an escape wants to see them.
local function names_escape(list)
  for _, p in ipairs(list) do
    if type(p) == "table" then p = p[1] end
    local text = type(p) == "string" and p or tostring(p)
    if text:find("\27", 1, true) or text:find("\\e", 1, true) or text:find("\\x1[bB]") then return true end
  end
  return false
end

-- The wait of expect and proc:expect: times checked, cut to what is left outside.
function core.expect(stream, call, list, opt, never, fail_lost)
  local o = { strip = opt.strip, watch = opt.watch, from = opt.from }
  if o.strip == nil then o.strip = not names_escape(list) end
  for _, k in ipairs { "idle", "quiet" } do
    if opt[k] then o[k] = core.seconds(call .. ": " .. k, opt[k]) end
  end
  local cut
  o.timeout, cut = core.cut(core.seconds(call .. ": timeout", opt.timeout or 5))
  if not cut then return stream:expect(list, o, never, call, fail_lost) end
  local ok, m = pcall(stream.expect, stream, list, o, never, call, fail_lost)
  if ok then return m end
  if type(m) == "table" and m.code == "timeout" then
    m.msg = m.msg .. "; its own time was cut to what was left outside"
  end
  error(m, 0)
end

local function never_of(self, opt)
  local always = self.profile_never or core.never
  local list = table.move(always, 1, #always, 1, {})
  for _, more in pairs(self.forbidden) do table.move(more, 1, #more, #list + 1, list) end
  if opt.never then
    local more = patterns(opt.never)
    table.move(more, 1, #more, #list + 1, list)
  end
  return list
end

-- con:expect(p, { timeout, idle, quiet, never, strip }): the earliest of the patterns. Waits.
function Console:expect(p, opt)
  check(self, "con:expect")
  opt = core.options("con:expect", opt, expect_options)
  if type(p) ~= "table" and type(p) ~= "string" and type(p) ~= "userdata" then
    fail("usage", "con:expect: text, a vise.rx or a list of them is needed, not a %s", type(p))
  end
  return core.expect(self.stream, "con:expect", patterns(p), opt, never_of(self, opt), (self.profile_lost or core.lost) == "fail")
end

function Console:try_expect(p, opt) return core.try(Console.expect, self, p, opt) end

-- con:never{ patterns }: text that must not come; each wait on this console raises device_fault when it does.
function Console:never(p)
  check(self, "con:never")
  local list, key = patterns(p), {}
  if type(list) ~= "table" or #list == 0 then fail("usage", "con:never needs text, a vise.rx or a list of them") end
  self.forbidden[key] = list
  return setmetatable({ close = function() self.forbidden[key] = nil end },
    { __close = function() self.forbidden[key] = nil end, __metatable = "vise.sub" })
end

-- All of them, in any order, within one deadline: a list of matches in the order of the patterns.
function Console:expect_all(list, opt)
  opt = core.options("con:expect_all", opt, expect_options)
  list = patterns(list)
  if type(list) ~= "table" then fail("usage", "con:expect_all needs a list of patterns") end
  local left, at, out = {}, {}, {}
  local finish = core.now() + core.seconds("con:expect_all: timeout", opt.timeout or 5)
  for i, p in ipairs(list) do left[i], at[i] = p, i end
  while #left > 0 do
    local m = self:expect(left, { timeout = math.max(0, finish - core.now()), never = opt.never, idle = opt.idle,
      quiet = opt.quiet, strip = opt.strip })
    out[at[m.index]] = m
    table.remove(left, m.index)
    table.remove(at, m.index)
  end
  return out
end

-- None of them for so long, or the verdict `verify`. A port that goes meanwhile proves nothing: that is raised.
function Console:expect_none(p, seconds)
  local m, err = self:try_expect(p, { timeout = seconds or 2 })
  if m then fail("verify", "%s: %q came, which must not", self.name, m.text, { verdict = true, offset = m.offset }) end
  if err.code ~= "timeout" then error(err, 0) end
end

function Console:settle(quiet, timeout)
  check(self, "con:settle")
  return self.stream:settle(quiet, timeout)
end

function Console:read_line(opt)
  check(self, "con:read_line")
  opt = core.options("con:read_line", opt, { timeout = true })
  return self.stream:read_line((core.cut(core.seconds("con:read_line: timeout", opt.timeout or 5))))
end

-- con:read(n, { timeout }): exactly n bytes; without n what has come, at least one byte. A timeout consumes nothing.
function Console:read(n, opt)
  check(self, "con:read")
  if type(n) == "table" then n, opt = nil, n end
  opt = core.options("con:read", opt, { timeout = true })
  if n ~= nil and (math.type(n) ~= "integer" or n < 1) then fail("usage", "con:read: a number of bytes from 1, not %s", tostring(n)) end
  return self.stream:read(n or 0, (core.cut(core.seconds("con:read: timeout", opt.timeout or 5))))
end

-- for line in con:lines() do ... end; ends with the console
function Console:lines(opt)
  return function()
    local line, err = core.try(Console.read_line, self, opt)
    if not line and err.code ~= "eof" then error(err, 0) end
    return line
  end
end

-- con:on_line(fn(line, meta)), or { [pattern] = fn(line, groups...) }: each whole line; no waiting. meta is the same table each time.
function Console:on_line(fn)
  check(self, "con:on_line")
  if type(fn) == "function" then
    local meta, now = { console = self.name, time = 0 }, core.now
    return self.stream:on_line(function(line)
      meta.time = now()
      return fn(line, meta)
    end)
  end
  if type(fn) ~= "table" or next(fn) == nil then fail("usage", "con:on_line: a function, or a table of pattern = function, is needed, not a %s", type(fn)) end
  local list = {}
  for p, f in pairs(fn) do
    if (type(p) ~= "string" and type(p) ~= "userdata") or type(f) ~= "function" then
      fail("usage", "con:on_line: a table of text or vise.rx = function is needed")
    end
    list[#list + 1] = { type(p) == "string" and vise.lit(p) or p, f }
  end
  return self.stream:on_line(function(line)
    for _, e in ipairs(list) do if e[1]:find(line) then e[2](line, e[1]:match(line)) end end
  end)
end

-- The same console with a cursor of its own, from here on: what one reads the other still has.
function Console:reader()
  check(self, "con:reader")
  local con = setmetatable({ id = self.id, name = self.name, stream_id = self.stream_id, forbidden = {} }, Console)
  con.stream = self.stream:fork()
  return con
end

-- Where every byte of this console is kept, exactly as it came.
function Console:transcript()
  check(self, "con:transcript")
  local row = core.console(self.name)
  return row and type(row.log) == "string" and row.log or nil
end

-- "open", "lost" (the port is gone, or lent) or "ended"; and how often it was lost since this script reads it.
function Console:state()
  check(self, "con:state")
  local state, _, losses = self.stream:state()
  return state, losses
end

-- What has come is not looked at any more.
function Console:flush() check(self, "con:flush") self.stream:skip() end
function Console:pending() check(self, "con:pending") return self.stream:pending() end

------------------------------------------------------------------ AT

local at_options = { timeout = true, prefix = true, expect = true, data = true, raw = true, idle = true, eol = true, good = true,
  bad = true, run = true, prefix_line = true, ok = true, err = true }

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
  local fields = { console = self.name, expect = opt.expect, data = opt.data, eol = opt.eol, good = opt.good or opt.ok, bad = opt.bad or opt.err,
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
  if text ~= nil and type(text) ~= "string" then fail("usage", "con:mark: a text is needed, not a %s", type(text)) end
  core.call("con:mark", "command", { line = core.line("mark.set", { text or "mark" }, {}) })
end

local trigger_options = { arg = true, once = true, cooldown = true }

-- A function of this script: it goes with the script.
local function on_trigger(self, fn, fields, text)
  fields.action, fields.mine = "event", "on"
  local t = core.call("con:trigger", "command", { line = core.line("trigger.add", { text }, fields) })
  local sub = vise.on("trigger", function(e)
    if e.id == t.id then fn(e.line, { console = e.console, offset = math.tointeger(e.offset) }) end
  end)
  return math.tointeger(t.id), sub
end

local trigger_words = { notify = "notice", run = "run" }
local trigger_fields = { p = true, ["do"] = true, run = true, arg = true, once = true, cooldown = true }

-- con:trigger{ p = pattern, ["do"] = "notify" | "run" | "stop" | ..., run = fn } -> sub: as below, until it is closed.
local function trigger_table(self, t)
  core.options("con:trigger", t, trigger_fields)
  local p, what = t.p or t[1], t["do"] or (t.run and "run" or "notify")
  if what == "run" and type(t.run) ~= "function" then fail("usage", "con:trigger: run is a function, not a %s", type(t.run)) end
  local action = what == "run" and t.run or trigger_words[what] or what
  local id, sub = self:trigger(p, action, { arg = t.arg, once = t.once, cooldown = t.cooldown })
  return core.subscription(function()
    if sub then sub:close() end
    core.tell("trigger.remove " .. id)
  end)
end

-- What the bench does when a line matches: as the command trigger.add; it stays when this script ends, that of a plugin goes with it. With a
-- function instead of an action that is called, in a task. Gives its number.
function Console:trigger(pattern, action, opt)
  check(self, "con:trigger")
  if type(pattern) == "table" and action == nil and opt == nil then return trigger_table(self, pattern) end
  if type(pattern) ~= "string" and type(pattern) ~= "userdata" then
    fail("usage", "con:trigger: text or a vise.rx is needed, not a %s", type(pattern))
  end
  opt = core.options("con:trigger", opt, trigger_options)
  local text, literal = core.pattern_words(pattern)
  if action ~= nil and type(action) ~= "string" and type(action) ~= "function" then
    fail("usage", "con:trigger: an action is a word or a function, not a %s", type(action))
  end
  local fields = { console = self.name, action = type(action) == "string" and action or nil, arg = opt.arg, literal = literal and "on" or nil,
    once = opt.once and "on" or nil }
  if opt.cooldown then fields.cooldown = core.ms(core.seconds("con:trigger", opt.cooldown)) end
  if type(action) == "function" then return on_trigger(self, action, fields, text) end
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
  if type(steps) ~= "string" then fail("usage", "con:pulse: steps are a text such as \"reset\", not a %s", type(steps)) end
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
  if self.server then self.server:kill() end            -- who serves it was started for it
  core.call("con:close", "command", { line = core.line("console.close", { self.name }, {}) })
end

core.Console = Console
core.lazy(Console, { get_signals = "device", interact = "device", decode = "device" })
