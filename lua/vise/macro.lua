-- macro.lua - vise.macro as a table of steps: checked when it is declared, run in order, its answer
-- laid out as a card.
local core, vise = ...
local fail = vise.fail

local Run = {}
Run.__index = Run

------------------------------------------------------------------ what a step may hold

local function text(v) return type(v) == "string" end
local function pattern(v) return text(v) or type(v) == "userdata" end
local function time(v)                                  -- a number, "2s", or a parameter: "{wait}"
  return (type(v) == "number" and v >= 0) or (text(v) and (core.duration(v) ~= nil or v:match("^{[%a_][%w_]*}$") ~= nil))
end
local function fn(v) return type(v) == "function" end
local function cond(v) return fn(v) or text(v) end
local function bool(v) return type(v) == "boolean" end
local function steps(v) return type(v) == "table" and #v > 0 end
local function count(v) return math.type(v) == "integer" and v > 0 and v <= 10000 end

local T = { text = { text, "text" }, time = { time, "a duration" }, cond = { cond, "a function or \"name == value\"" },
  steps = { steps, "a list of steps" }, bool = { bool, "true or false" }, pattern = { pattern, "text or vise.rx" } }

-- kind = fields; the kind's own field comes first and names it
local any = { name = T.text, why = T.text, optional = T.bool, on_error = T.steps, on_timeout = T.steps }
local kinds = {
  at = { at = T.text, prefix = T.text, timeout = T.time, match = T.pattern, save = T.text, data = T.text, raw = T.bool,
    idle = T.time, eol = { function(v) return ({ cr = 1, lf = 1, crlf = 1, none = 1 })[v] end, "cr, lf, crlf or none" },
    good = T.text, bad = T.text, expect = T.text, fails = T.bool },
  send = { send = T.text }, line = { line = T.text },
  expect = { expect = T.pattern, timeout = T.time },
  ready = { ready = T.pattern, timeout = T.time },
  wait = { wait = T.time },
  gate = { gate = T.text, of = T.text },
  check = { check = T.cond },
  when = { when = T.cond, steps = T.steps, otherwise = T.steps },
  times = { times = { count, "a whole number up to 10000" }, every = T.time, steps = T.steps, until_ = T.cond },
  set = { set = { function(v) return type(v) == "table" end, "a table of name = value" } },
  fail = { fail = T.text, code = T.text },
  call = { call = { fn, "a function" }, keeps = { steps, "a list of names" } },
}
local order = { "at", "send", "line", "ready", "wait", "gate", "check", "when", "times", "set", "fail", "call", "expect" }

local function kind_of(s)
  for _, k in ipairs(order) do if s[k] ~= nil then return k end end
end

local function need_name(at, names, name)
  if names[name] then return end
  local list = {}
  for k in pairs(names) do list[#list + 1] = k end
  table.sort(list)
  fail("usage", "vise.macro: %s: {%s} is neither a parameter nor kept by a step; known: %s", at, name,
    #list > 0 and table.concat(list, ", ") or "none")
end

local operators = { ["=="] = 1, ["~="] = 1, [">="] = 1, ["<="] = 1, [">"] = 1, ["<"] = 1 }

-- "name", "not name" or "name == value"
local function split_condition(c)
  local name, op, value = c:match("^%s*([%w_]+)%s*([=~<>]=?)%s*(.-)%s*$")
  if name and operators[op] then return name, op, value end
  local negated, only = c:match("^%s*(not%s+)([%w_]+)%s*$")
  if only then return only, negated and "absent" end
  return c:match("^%s*([%w_]+)%s*$"), "present"
end

local function check_text(at, names, s)
  for _, key in ipairs { "at", "send", "line", "data", "why", "fail", "timeout", "wait", "every" } do
    if text(s[key]) then for name in s[key]:gmatch("{([%a_][%w_]*)}") do need_name(at, names, name) end end
  end
  for _, key in ipairs { "when", "check", "until_" } do
    if text(s[key]) then
      local name = split_condition(s[key])
      if not name then fail("usage", "vise.macro: %s: %q is no condition; write name == value", at, s[key]) end
      need_name(at, names, name)
      for other in s[key]:gmatch("{([%a_][%w_]*)}") do need_name(at, names, other) end
    end
  end
  if s.gate and not s.gate:match("^%s*[<>=]=?%s*%d") then fail("usage", "vise.macro: %s: a gate is such as \">= 3.2.1\"", at) end
  if s.gate then need_name(at, names, s.of or "version") end
end

local function names_of_rx(names, p)
  if type(p) ~= "userdata" then return end
  for name in tostring(p):gmatch("%(%?P?<([%a_][%w_]*)>") do names[name] = true end
end

local nested = { "steps", "otherwise", "on_error", "on_timeout" }

local function collect(list, names)
  for _, s in ipairs(list) do
    if type(s) == "table" then
      if text(s.save) then names[s.save] = true end
      names_of_rx(names, s.match)
      names_of_rx(names, s.expect)
      if type(s.keeps) == "table" then for _, k in ipairs(s.keeps) do names[k] = true end end
      if type(s.set) == "table" then for k in pairs(s.set) do names[k] = true end end
      for _, k in ipairs(nested) do if type(s[k]) == "table" then collect(s[k], names) end end
    end
  end
end

local function check_steps(list, names, at, depth)
  if depth > 8 then fail("usage", "vise.macro: %s: steps stand too deep in each other", at) end
  for i, s in ipairs(list) do
    local here = ("%s%d"):format(at, i)
    if type(s) ~= "table" then fail("usage", "vise.macro: %s: a step is a table", here) end
    local kind = kind_of(s)
    if not kind then fail("usage", "vise.macro: %s: one of %s is needed", here, table.concat(order, ", ")) end
    local fields = kinds[kind]
    for k, v in pairs(s) do
      local f = fields[k] or any[k]
      if not f then
        local all = {}
        for _, t in ipairs { any, fields } do for name in pairs(t) do all[name] = true end end
        fail("usage", "vise.macro: %s (%s): no field named %q%s", here, kind, tostring(k), core.known(k, all))
      end
      if not f[1](v) then fail("usage", "vise.macro: %s (%s): %s must be %s", here, kind, k, f[2]) end
    end
    if (kind == "when" or kind == "times") and not s.steps then fail("usage", "vise.macro: %s (%s): steps is missing", here, kind) end
    check_text(here, names, s)
    for _, k in ipairs(nested) do if s[k] then check_steps(s[k], names, here .. ".", depth + 1) end end
  end
end

local field_known = { name = true, label = true, unit = true, value = true, words = true, bar = true, format = true }

local function check_result(m, names)
  if m.result == nil then return end
  for i, f in ipairs(m.result) do
    if text(f) then m.result[i] = { name = f } f = m.result[i] end
    if type(f) ~= "table" or not text(f.name) then fail("usage", "vise.macro: result %d: a table with a name is needed", i) end
    for k in pairs(f) do
      if not field_known[k] then fail("usage", "vise.macro: result %s: no field named %q%s", f.name, tostring(k), core.known(k, field_known)) end
    end
    if not m.run then need_name("result", names, f.name) end
    if f.bar and not (type(f.bar) == "table" and type(f.bar[1]) == "number" and type(f.bar[2]) == "number" and f.bar[1] < f.bar[2]) then
      fail("usage", "vise.macro: result %s: bar is { lowest, highest }", f.name)
    end
  end
end

-- Called by vise.macro. A short form (at, send) becomes one step.
function core.check_macro(m)
  local names = {}
  for name in pairs(m.params or {}) do names[name] = true end
  if not m.steps and not m.run then
    if m.at then
      m.steps = { { at = m.at, prefix = m.prefix, timeout = m.timeout, match = m.match } }
    elseif m.send then
      m.steps = { { send = m.send } }
      if m.expect then m.steps[2] = { expect = m.expect, timeout = m.timeout } end
    end
  end
  if (m.delay or m.repeat_every) and m.run then fail("usage", "vise.macro: delay and repeat_every are of send, at and steps; a function waits by itself") end
  if m.repeat_every and core.seconds("vise.macro: repeat_every", m.repeat_every) <= 0 then fail("usage", "vise.macro: repeat_every is over 0") end
  if m.delay and m.steps then table.insert(m.steps, 1, { wait = m.delay }) end
  if m.steps then
    collect(m.steps, names)
    check_steps(m.steps, names, "step ", 0)
  end
  check_result(m, names)
end

------------------------------------------------------------------ telling the bench

local function tell(self, line)
  if self.id then pcall(core.tell, line) end
end

local function report_begin(self)
  if not core.has_bench() then return end
  local ok, r = pcall(core.call, "macro", "command", { line = core.line("macro.begin", { self.m.id },
    { title = self.m.title or self.m.id, steps = #(self.m.steps or {}), console = self.con and self.con.name, job = core.job_id }) }, 5)
  if ok and type(r) == "table" then self.id = math.tointeger(r.run) end
end

local function report_step(self, n, state, ms, why)
  local s = self.done[n]
  tell(self, core.line("macro.step", { self.id, n, s.name, state }, { ms = ms and math.floor(ms), why = why and why:sub(1, 300) }))
end

------------------------------------------------------------------ running

local function fill(self, template)
  return (template:gsub("{([%a_][%w_]*)}", function(name)
    local v = self.vars[name]
    if v == nil then return "{" .. name .. "}" end
    return math.type(v) == "float" and ("%.14g"):format(v) or tostring(v)
  end))
end

local function span(self, v)
  local name = text(v) and v:match("^{([%w_]+)}$")
  if name then v = self.vars[name] end
  return v and core.seconds("timeout", v)
end

local function holds(self, c)
  if fn(c) then return c(self.vars, self.ctx) and true or false end
  local name, op, value = split_condition(c)
  local have = self.vars[name]
  if op == "present" then return have ~= nil and have ~= false and have ~= "" end
  if op == "absent" then return have == nil or have == false or have == "" end
  value = value and fill(self, value)
  local a, b = tonumber(have), tonumber(value)
  if not (a and b) then a, b = tostring(have), (value:gsub('^"(.*)"$', "%1")) end
  if op == "==" then return a == b elseif op == "~=" then return a ~= b end
  if type(a) ~= "number" then return false end
  if op == ">=" then return a >= b elseif op == "<=" then return a <= b elseif op == ">" then return a > b end
  return a < b
end

local function keep(self, named)
  for k, v in pairs(named or {}) do if type(k) == "string" and v ~= false then self.vars[k] = v end end
end

local act = {}

local function match_lines(self, s, lines)
  local p = s.match
  for _, l in ipairs(lines) do
    if text(p) then
      if l:find(fill(self, p), 1, true) then return end
    else
      local first, _, _, named = p:find(l)
      if first then return keep(self, named) end
    end
  end
  fail("verify", "%s: the answer is not as expected: %s", s.at, #lines > 0 and table.concat(lines, " | ", 1, math.min(3, #lines)) or "no line",
    { verdict = true })
end

function act.at(self, s)
  local command = fill(self, s.at)
  local named = s.prefix and command:upper():find(s.prefix:upper():gsub(":.*$", ""), 1, true)
  local opt = { timeout = span(self, s.timeout), data = s.data and fill(self, s.data), raw = s.raw, idle = s.idle, eol = s.eol, good = s.good,
    bad = s.bad, expect = s.expect, run = self.id, prefix_line = not named and s.prefix or nil }
  local ok, lines = pcall(self.con.at, self.con, command, opt)
  if not ok and lines.code == "timeout" and tostring(lines.msg):find("no modem answers", 1, true) and command ~= "AT" then
    ok, lines = pcall(self.con.at, self.con, command, opt)      -- it was not sent: a bootloader may know this one only
  end
  if s.fails then
    if ok then fail("verify", "%s: it was accepted, and should not be", command, { verdict = true }) end
    if lines.code ~= "at_error" then error(lines, 0) end
    return
  end
  if not ok then error(lines, 0) end
  for _, l in ipairs(lines) do self.raw[#self.raw + 1] = l end
  if s.match then match_lines(self, s, lines) end
  local bare = s.prefix and s.prefix:gsub("%s+$", "")
  for _, l in ipairs(lines) do
    if s.save and (not bare or l:sub(1, #bare) == bare) then
      self.vars[s.save] = bare and l:sub(#bare + 1):gsub("^%s+", "") or l
      return
    end
  end
  if s.save then fail("verify", "%s: the answer holds no %s line", command, s.prefix or "information", { verdict = true }) end
end

function act.send(self, s) self.con:send(fill(self, s.send)) end
function act.line(self, s) self.con:line(fill(self, s.line)) end

function act.expect(self, s)
  local p = text(s.expect) and fill(self, s.expect) or s.expect
  local m = self.con:expect(p, { timeout = span(self, s.timeout) })
  self.raw[#self.raw + 1] = m.text
  keep(self, m.named)
end

-- Up already, or up when it says so.
function act.ready(self, s)
  if self.con:try_at("AT", { timeout = 1, run = self.id }) then return end
  if self.con:try_expect(s.ready, { timeout = span(self, s.timeout) or 20 }) then return end
  if self.con:try_at("AT", { timeout = 1, run = self.id }) then return end
  local boot = self.con:try_at("AT+BOOT", { timeout = 1, run = self.id })
  if boot then
    fail("wrong_mode", "the device is in its bootloader (%s): only AT+BOOT is answered; flash the application or reset it",
      boot[1] or "no version", { verdict = true })
  end
  fail("timeout", "nothing answers: no %s, no reply to AT; check port, speed and power", tostring(s.ready))
end

function act.wait(self, s) core.sleep(span(self, s.wait)) end

function act.gate(self, s)
  local op, want = s.gate:match("^%s*([<>=]=?)%s*(.-)%s*$")
  local name = s.of or "version"
  local have = tostring(self.vars[name])
  if not vise.semver.parse(have) then fail("verify", "%s: %q is no version", name, have, { verdict = true }) end
  local r = vise.semver.compare(have, want)
  local good = ({ [">="] = r >= 0, ["<="] = r <= 0, [">"] = r > 0, ["<"] = r < 0, ["=="] = r == 0, ["="] = r == 0 })[op]
  if not good then fail("firmware_too_old", "needs %s %s, the device says %q", op, want, have, { verdict = true }) end
end

function act.check(self, s)
  if not holds(self, s.check) then
    fail("verify", "%s", s.why and fill(self, s.why) or (text(s.check) and ("not so: " .. s.check) or "a check failed"), { verdict = true })
  end
end

function act.when(self, s)
  if holds(self, s.when) then self:steps(s.steps) elseif s.otherwise then self:steps(s.otherwise) end
end

function act.times(self, s)
  local every = span(self, s.every) or 0
  local beat = core.now()
  for i = 1, s.times do
    self.vars.round = i
    self:steps(s.steps)
    if s.until_ and holds(self, s.until_) then return end
    beat = beat + every
    if i < s.times then core.sleep(math.max(0, beat - core.now())) end
  end
  if s.until_ then fail("verify", "%s", s.why and fill(self, s.why) or ("not so after %d times"):format(s.times), { verdict = true }) end
end

function act.set(self, s)
  for k, v in pairs(s.set) do
    if fn(v) then self.vars[k] = v(self.vars, self.ctx) else self.vars[k] = text(v) and fill(self, v) or v end
  end
end

function act.fail(self, s) fail(s.code or "verify", "%s", fill(self, s.fail), { verdict = true }) end
function act.call(self, s) keep(self, s.call(self.vars, self.ctx)) end

local function label(self, kind, s)
  if s.name then return s.name end
  local v = s[kind]
  if kind == "expect" or kind == "ready" then return "wait for " .. tostring(v) end
  if kind == "wait" then return "pause " .. tostring(v) end
  if kind == "gate" then return ("%s %s"):format(s.of or "version", v) end
  if kind == "times" then return ("up to %d times"):format(v) end
  if kind == "when" or kind == "check" then return kind .. " " .. (text(v) and v or "...") end
  return text(v) and (fill(self, v):gsub("%c", " ")) or kind
end

-- The port may go and come back where the macro says so: the step is then done again.
local function attempt(self, kind, s)
  local ok, err = xpcall(act[kind], core.handler, self, s)
  if ok or not self.m.resume or type(err) ~= "table" or err.code ~= "lost" then return ok, err end
  local give_up = core.now() + core.seconds("resume", self.m.resume == true and 15 or self.m.resume)
  while self.con:info() and self.con:info().state ~= "open" and core.now() < give_up do core.sleep(0.05) end
  return xpcall(act[kind], core.handler, self, s)
end

local function branch(s, err)
  if type(err) ~= "table" then return nil end
  if err.code == "timeout" then return s.on_timeout or (s.optional and {}) end
  if err.code == "at_error" or err.code == "verify" then return s.on_error or (s.optional and {}) end
end

function Run:steps(list)
  for _, s in ipairs(list) do
    local kind = kind_of(s)
    local n, began = #self.done + 1, core.now()
    self.done[n] = { name = label(self, kind, s), state = "running" }
    report_step(self, n, "running")
    local ok, err = attempt(self, kind, s)
    local e = self.done[n]
    e.ms = math.floor((core.now() - began) * 1000 + 0.5)
    local other = not ok and branch(s, err)
    e.state = ok and "ok" or other and "skipped" or "failed"
    if not ok then e.why = type(err) == "table" and tostring(err.msg) or tostring(err) end
    report_step(self, n, e.state, e.ms, e.why)
    if not ok and not other then
      if s.why and kind ~= "check" and type(err) == "table" then err.msg = fill(self, s.why) .. ": " .. tostring(err.msg) end
      error(err, 0)
    end
    if other and #other > 0 then self:steps(other) end
  end
end

------------------------------------------------------------------ the card

local function word_of(f, value, vars)
  local w = f.words
  if w == nil then return nil end
  if fn(w) then return w(value, vars) end
  if w[1] == nil or text(w[1]) then return w[value] or w[tostring(value)] end
  for _, row in ipairs(w) do                            -- { { at_least, word }, ... }, highest first
    if type(value) == "number" and value >= row[1] then return row[2] end
  end
end

local function row_of(f, vars)
  local raw = vars[f.name]
  if raw == nil then return nil end
  local value = f.value and f.value(raw, vars)
  if not f.value then value = tonumber(raw) or raw end
  local row = { name = f.label or f.name, raw = tostring(raw), unit = value ~= nil and f.unit or nil, word = word_of(f, value, vars) }
  if value == nil then
    row.text = "-"
  elseif f.format then
    row.text = f.format:format(value)
  else
    row.text = math.type(value) == "float" and ("%.6g"):format(value) or tostring(value)
  end
  if type(value) == "number" then
    row.value = value
    if f.bar then row.bar = math.max(0, math.min(1, (value - f.bar[1]) / (f.bar[2] - f.bar[1]))) end
  end
  return row
end

local function card(self, err)
  local m, rows = self.m, core.json.array {}
  for _, f in ipairs(not err and m.result or {}) do rows[#rows + 1] = row_of(f, self.vars) end
  local raw = core.json.array {}
  for i = math.max(1, #self.raw - 199), #self.raw do raw[#raw + 1] = self.raw[i] end
  local c = { macro = m.id, title = m.title or m.id, result = err and "failed" or "ok", fields = rows, raw = raw,
    steps = core.json.array(self.done), ms = math.floor((core.now() - self.began) * 1000 + 0.5) }
  if err then
    c.error = { code = err.code or "script", why = tostring(err.msg or err), next = err.next, where = err.where }
  else
    c.verdict = m.verdict and m.verdict(self.vars) or nil
  end
  return c
end

local function print_row(r, widest)
  local bar = r.bar and ("  [%s%s]"):format(("#"):rep(math.floor(r.bar * 16 + 0.5)), ("."):rep(16 - math.floor(r.bar * 16 + 0.5))) or ""
  local value = r.text .. (r.unit and " " .. r.unit or "")
  print((("  %-" .. widest .. "s  %s%s%s"):format(r.name, value, r.word and "  " .. r.word or "", bar)))
end

local function print_card(c)
  if core.json_lines then
    core.out(core.json.encode(c))
    return
  end
  local widest = 4
  for _, r in ipairs(c.fields) do widest = math.max(widest, #r.name) end
  for _, r in ipairs(c.fields) do print_row(r, widest) end
  if c.result == "ok" and #c.fields == 0 then for _, l in ipairs(c.raw) do print(l) end end
  print(("%s: %s%s, %d step%s, %s"):format(c.macro, c.result == "ok" and "OK" or "FAILED",
    c.verdict and " " .. c.verdict or c.error and ": " .. c.error.why or "", #c.steps, #c.steps == 1 and "" or "s", core.span(c.ms / 1000)))
end

------------------------------------------------------------------ the whole run

local function perform(self)
  local m = self.m
  if m.steps then self:steps(m.steps) end
  if m.run then
    self.done[#self.done + 1] = { name = m.title or m.id, state = "running" }
    report_step(self, #self.done, "running")
    keep(self, m.run(self.ctx))
    self.done[#self.done].state = "ok"
    report_step(self, #self.done, "ok")
  end
end

local function lock(self, limit)
  core.call("macro", "command", { line = core.line("at.lock", {}, { console = self.con.name, ["for"] = core.ms(limit + 5) }) })
  core.holds_lock = true
end

-- Waits for another client's lock, for as long as it may be held.
local function take_lock(self, limit)
  local give_up = core.now() + 10
  while true do
    local ok, err = pcall(lock, self, limit)
    if ok or err.code == "unsupported" or err.code == "usage" or err.code == "not_found" then return end
    if err.code ~= "busy" or core.now() > give_up then error(err, 0) end
    core.sleep(0.1)
  end
end

local function within(self, limit)
  local task = core.spawn(self.m.id, perform, self)
  if not core.await_any({ task }, limit) then
    task:cancel("the macro's time is over")
    pcall(task.await, task)
    fail("timeout", "not done within %g s", limit)
  end
  task:await()
end

-- Runs a macro with checked parameters. Gives the exit status. Waits.
function core.run_macro(m, params, board)
  local self = setmetatable({ m = m, vars = {}, done = {}, raw = {}, began = core.now() }, Run)
  for k, v in pairs(params) do self.vars[k] = v end
  self.con = vise.console.get()
  self.ctx = { console = self.con, args = vise.args, params = params, board = board, vars = self.vars }
  local limit = core.seconds(m.id, m.limit or 120)
  report_begin(self)
  local ok, err = xpcall(function()
    take_lock(self, limit)
    within(self, limit)
  end, core.handler)
  if core.holds_lock then
    pcall(core.tell, core.line("at.unlock", {}, { console = self.con.name }))
    core.holds_lock = false
  end
  if not ok then
    local last = self.done[#self.done]
    if last and last.state == "running" then last.state = "failed" end
  end
  local built, c = xpcall(card, core.handler, self, not ok and err or nil)
  if not built then ok, err, c = false, c, card(self, c) end
  if self.id then pcall(core.call, "macro", "command", { line = core.line("macro.end", { self.id, core.json.encode(c) }, {}) }, 5) end
  print_card(c)
  if ok then return 0 end
  local status = core.status(err)
  if status == 7 then core.complain(m.id, err) end
  return status
end
