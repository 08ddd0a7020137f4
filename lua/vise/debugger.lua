-- debugger.lua - vise.launch.debug: a debug session that a script drives. gdb is spoken to in MI (GDB manual, "GDB/MI"), Delve in
-- JSON-RPC (service/rpc2 of Delve 1.20), each beside the session's own terminal; servers and all are the bench's (debug.start).
local core, vise = ...
local fail = vise.fail

local Debug = {}
Debug.__index = Debug
Debug.__name, Debug.__metatable = "vise.Debug", "vise.Debug"
function Debug:__tostring() return ("debug %s: %s"):format(self.name, self.now.state) end
function Debug:__close() self:stop() end

local gdb, dlv = {}, {}
local STREAM_JOBS = 1000                                -- and a job's number: its stream (vise-protocol(7))

local function check(self, call, stands)
  if type(self) ~= "table" or getmetatable(self) ~= "vise.Debug" then fail("usage", "%s: call it with a colon, on what vise.launch.debug gave", call) end
  if self.over then fail("eof", "%s: %s: the session has ended", call, self.name) end
  if stands and self.now.state ~= "stopped" then
    fail("usage", "%s: %s: it %s", call, self.name, self.now.state == "running" and "runs; s:wait() or s:halt() first" or "has " .. self.now.state)
  end
end

local function deadline(self, call, timeout)
  local s = core.cut(core.seconds(call .. ": timeout", timeout or self.timeout))
  return core.now() + s
end

local function ended(self)
  local job = core.job(self.job)
  return job and job.state ~= "running"
end

-- A line; nil when the time is over.
local function line_of(self, call, finish)
  local left, over
  repeat
    left, over = finish - core.now(), ended(self)
    local ok, line = pcall(self.stream.read_line, self.stream, math.max(0, math.min(left, 0.2)))
    if ok then return (line:gsub("\r$", "")) end
    if line.code == "eof" or (over and line.code == "timeout") then
      self.over = true
      fail("eof", "%s: %s has ended%s", call, self.tool, self.said and ": " .. self.said or "")
    end
    if line.code ~= "timeout" then error(line, 0) end
  until left <= 0
end

------------------------------------------------------------------ gdb

local escapes = { n = "\n", t = "\t", r = "\r", ["\\"] = "\\", ['"'] = '"', b = "\b", f = "\f", e = "\27", a = "\a", v = "\v" }

-- A C string at i: its text, and what follows it.
local function c_string(s, i)
  local out, at = {}, i + 1
  while true do
    local j = s:find('["\\]', at) or fail("format", "gdb: a string without its end: %s", s:sub(i, i + 40))
    out[#out + 1] = s:sub(at, j - 1)
    if s:sub(j, j) == '"' then return table.concat(out), j + 1 end
    local octal = s:match("^%d%d?%d?", j + 1)
    local c = s:sub(j + 1, j + 1)
    out[#out + 1] = octal and string.char((tonumber(octal, 8) or 63) & 255) or escapes[c] or c
    at = j + 1 + (octal and #octal or 1)
  end
end

local MAX_DEPTH = 40
local closing = { ["}"] = true, ["]"] = true }

-- name=VALUE,... as a table; a list keeps its values alone.
local function results(s)
  local cur, stack, i = {}, {}, 1
  while i <= #s do
    local c = s:sub(i, i)
    if c == "," then i = i + 1
    elseif closing[c] then
      cur = table.remove(stack) or fail("format", "gdb: one bracket too many: %s", s:sub(1, 60))
      i = i + 1
    else
      local name, from = s:match("^([%w_%-]+)=()", i)
      local v
      i = from or i
      c = s:sub(i, i)
      if c == '"' then v, i = c_string(s, i)
      elseif c == "{" or c == "[" then v, i = {}, i + 1
      else fail("format", "gdb: not a record: %s", s:sub(i, i + 60)) end
      if name == nil or cur.list then cur[#cur + 1] = v else cur[name] = v end
      if type(v) == "table" then
        if #stack >= MAX_DEPTH then fail("format", "gdb: a record nested too deep") end
        stack[#stack + 1], cur = cur, v
        if c == "[" then v.list = true end
      end
    end
  end
  return cur
end

local function place_of(frame, more)
  local at = { func = frame.func, file = frame.fullname or frame.file, line = math.tointeger(tonumber(frame.line)),
    addr = frame.addr and math.tointeger(tonumber(frame.addr)) }
  for k, v in pairs(more or {}) do at[k] = v end
  return at
end

local function stopped(r)
  local reason = r.reason or "stopped"
  if reason:match "^exited" then
    return { state = "exited", reason = reason, code = r["exit-code"] and tonumber(r["exit-code"], 8) or reason == "exited-normally" and 0 or nil,
      signal = r["signal-name"] }
  end
  return place_of(r.frame or {}, { state = "stopped", reason = reason:gsub("^breakpoint%-hit$", "breakpoint"), signal = r["signal-name"],
    breakpoint = math.tointeger(tonumber(r.bkptno)) })
end

-- Takes one line of gdb in; gives token, class and results of an answer.
local function take(self, line)
  local token, class, rest = line:match "^(%d+)%^(%a+),?(.*)$"
  if token then return math.tointeger(token), class, rest end
  class, rest = line:match "^%*(%a+),?(.*)$"
  if class == "running" then self.now = { state = "running" }
  elseif class == "stopped" then self.now = stopped(results(rest))
  elseif line:match '^&"' then
    local text = c_string(line, 2):gsub("%s+$", "")
    if text ~= "" then self.said = text end
  elseif line:match '^~"' and self.console then self.console[#self.console + 1] = c_string(line, 2)
  elseif line:match "^=thread%-group%-exited" and self.now.state ~= "exited" then self.now = { state = "exited", reason = "gone" } end
end

local function quoted(text) return '"' .. text:gsub('[\\"]', "\\%0"):gsub("\n", "\\n") .. '"' end

local function mi(self, call, text, timeout)
  local finish = deadline(self, call, timeout)
  self.token = self.token + 1
  self.said = nil
  core.input(self.stream_id, ("%d%s\n"):format(self.token, text))
  while true do
    local line = line_of(self, call, finish) or fail("timeout", "%s: %s does not answer%s", call, self.tool, self.said and "; it said: " .. self.said or "")
    local token, class, rest = take(self, line)
    if token == self.token then
      local r = results(rest)
      if class == "error" then fail("tool_failed", "%s: gdb: %s", call, r.msg or "error") end
      if class == "running" and self.now.state ~= "running" then self.now = { state = "running" } end
      return r
    end
  end
end

-- What the debugger's terminal says, from its first byte.
local function terminal(self, row)
  local id = STREAM_JOBS + math.tointeger(row.debugger.job)
  local stream = core.stream(id, self.name)
  local answer = core.call("vise.launch.debug", "subscribe", { stream = id, from = 0 })
  stream:began(math.tointeger(answer.offset) or 0)
  return stream, id
end

function gdb.open(self, row)
  local finish = deadline(self, "vise.launch.debug")
  self.tool = "gdb"
  self.stream, self.stream_id = terminal(self, row)
  repeat
    local line = line_of(self, "vise.launch.debug", finish) or fail("timeout", "vise.launch.debug: gdb says no word%s", self.said and "; " .. self.said or "")
    take(self, line)
  until line:match "^%(gdb%)"
  local said = self.said
  local threads = mi(self, "vise.launch.debug", "-thread-info").threads or {}
  if not threads[1] then fail("infra", "%s: gdb is connected to nothing%s", self.name, said and ": " .. said or "", { next = "the session's jobs say why" }) end
  if threads[1].state ~= "running" then self.now = place_of(threads[1].frame or {}, { state = "stopped", reason = self.now.reason or "connected" }) end
end

function gdb.break_at(self, loc, opt)
  local words = { "-break-insert" }
  if opt.temporary then words[#words + 1] = "-t" end
  if opt.condition then core.append(words, "-c", quoted(opt.condition)) end
  words[#words + 1] = quoted(math.type(loc) == "integer" and ("*0x%x"):format(loc) or loc)
  local b = mi(self, "session:break_at", table.concat(words, " ")).bkpt or {}
  if b.list then b = b[1] end
  return place_of(b, { id = math.tointeger(tonumber(b.number)) })
end

function gdb.clear(self, id) mi(self, "session:clear", "-break-delete " .. id) end

local moves = { continue = "-exec-continue", step = "-exec-step", next = "-exec-next", finish = "-exec-finish", stepi = "-exec-step-instruction" }
function gdb.go(self, how) mi(self, "session:" .. how, moves[how]) end

function gdb.wait(self, call, finish)
  while self.now.state == "running" do
    local line = line_of(self, call, finish)
    if not line then return end
    take(self, line)
  end
end

function gdb.halt(self)
  self.token = self.token + 1
  core.input(self.stream_id, self.token .. "-exec-interrupt --all\n")
end

function gdb.stack(self, n)
  local out = {}
  for _, f in ipairs(mi(self, "session:stack", ("-stack-list-frames 0 %d"):format(n - 1)).stack or {}) do
    out[#out + 1] = place_of(f, { level = math.tointeger(tonumber(f.level)) })
  end
  return out
end

function gdb.eval(self, expr) return mi(self, "session:eval", "-data-evaluate-expression " .. quoted(expr)).value or "" end

function gdb.variables(self)
  local out = {}
  for _, v in ipairs(mi(self, "session:variables", "-stack-list-variables --simple-values").variables or {}) do
    out[#out + 1] = { name = v.name, type = v.type, value = v.value, arg = v.arg == "1" or nil }
  end
  return out
end

function gdb.registers(self)
  local names = mi(self, "session:registers", "-data-list-register-names")["register-names"] or {}
  local out = {}
  for _, r in ipairs(mi(self, "session:registers", "-data-list-register-values --skip-unavailable x")["register-values"] or {}) do
    local name = names[(math.tointeger(tonumber(r.number)) or -1) + 1]
    if name and name ~= "" then out[name] = r.value end
  end
  return out
end

function gdb.command(self, text)
  self.console = {}
  local ok, err = pcall(mi, self, "session:command", "-interpreter-exec console " .. quoted(text))
  local out = table.concat(self.console)
  self.console = nil
  if not ok then error(err, 0) end
  return out
end

------------------------------------------------------------------ Delve

local function dlv_place(t, more)
  local f = t["function"]
  return place_of({ func = type(f) == "table" and f.name or nil, file = t.file, line = t.line, addr = t.pc }, more)
end

local function dlv_state(s)
  if s.exited then return { state = "exited", reason = "exited", code = math.tointeger(s.exitStatus) } end
  if s.Running then return { state = "running" } end
  local t = type(s.currentThread) == "table" and s.currentThread or {}
  local b = type(t.breakPoint) == "table" and math.tointeger(t.breakPoint.id) or nil
  return dlv_place(t, { state = "stopped", reason = b and "breakpoint" or s.NextInProgress and "next" or "stopped", breakpoint = b and b > 0 and b or nil })
end

local function send(self, method, params)
  self.token = self.token + 1
  local array = core.json.array
  self.con:send(core.json.encode { method = "RPCServer." .. method, params = array { params }, id = self.token } .. "\n")
  return self.token
end

-- One answer of Delve: its number, and what came; a move that has ended changes the state.
local function hear(self, call, finish)
  local line = line_of(self, call, finish)
  if not line then return nil end
  -- hashes and flags of 64 bits do not fit: as text
  local a = core.json.decode((line:gsub('("[%w_]+":)(' .. ("%d"):rep(19) .. "%d*)", '%1"%2"')))
  local id, err = math.tointeger(a.id), type(a.error) == "string" and a.error or nil
  if id == self.moving then
    self.moving = nil
    local gone = err and err:match "has exited with status (%-?%d+)"
    if gone then self.now = { state = "exited", reason = "exited", code = math.tointeger(gone) }
    elseif err then self.failed = err self.now = { state = "stopped", reason = "error" }
    else self.now = dlv_state(a.result.State) end
  end
  return id, a.result, err
end

local function ask(self, call, method, params)
  local finish, want = deadline(self, call), send(self, method, params)
  while true do
    local id, result, err = hear(self, call, finish)
    if id == nil then fail("timeout", "%s: Delve does not answer", call) end
    if id == want then
      if err then fail("tool_failed", "%s: Delve: %s", call, err) end
      return result
    end
  end
end

local here = { GoroutineID = -1, Frame = 0 }
local load = { FollowPointers = true, MaxVariableRecurse = 1, MaxStringLen = 400, MaxArrayValues = 64, MaxStructFields = -1 }
local serial = 0

function dlv.open(self, row)
  local port
  for _, s in ipairs(row.servers or {}) do port = s.port or port end
  port = math.tointeger(tonumber(port)) or self.port or fail("infra", "%s: Delve's port is not known", self.name)
  serial = serial + 1
  self.tool = "Delve"
  -- `dlv connect`, which a person may type at, stops a program that runs: it is through with that when it asks for a command
  core.expect(terminal(self, row), "vise.launch.debug", { "(dlv) " }, { timeout = self.timeout }, nil, false)
  self.con = vise.console.open("tcp:127.0.0.1:" .. port, { name = ("debug-%d-%d"):format(math.tointeger(row.id) or 0, serial) })
  self.stream = self.con.stream
  self.now = dlv_state(ask(self, "vise.launch.debug", "State", { NonBlocking = true }).State)
end

function dlv.break_at(self, loc, opt)
  local b = {}
  if math.type(loc) == "integer" then b.addr = loc
  else
    local at = ask(self, "session:break_at", "FindLocation", { Scope = here, Loc = loc }).Locations
    b.addr = at and at[1] and math.tointeger(at[1].pc) or fail("tool_failed", "session:break_at: Delve: no place %s", loc)
  end
  b.Cond = opt.condition
  local made = ask(self, "session:break_at", "CreateBreakpoint", { Breakpoint = b }).Breakpoint
  local id = math.tointeger(made.id)
  if opt.temporary then self.once[id] = true end
  return place_of({ func = made.functionName, file = made.file, line = made.line, addr = made.addr }, { id = id })
end

function dlv.clear(self, id) ask(self, "session:clear", "ClearBreakpoint", { Id = id }) end

local words = { continue = "continue", step = "step", next = "next", finish = "stepOut", stepi = "stepInstruction" }
function dlv.go(self, how)
  self.moving, self.now, self.failed = send(self, "Command", { name = words[how] }), { state = "running" }, nil
end

function dlv.wait(self, call, finish)
  while self.now.state == "running" do
    if hear(self, call, finish) == nil then return end
  end
  if self.failed then
    local err = self.failed
    self.failed = nil
    fail("tool_failed", "%s: Delve: %s", call, err)
  end
  if self.once[self.now.breakpoint] then
    self.once[self.now.breakpoint] = nil
    dlv.clear(self, self.now.breakpoint)
  end
end

function dlv.halt(self) send(self, "Command", { name = "halt" }) end

function dlv.stack(self, n)
  local out = {}
  for i, f in ipairs(ask(self, "session:stack", "Stacktrace", { Id = -1, Depth = n - 1 }).Locations or {}) do out[i] = dlv_place(f, { level = i - 1 }) end
  return out
end

-- One level of what a variable holds.
local function value_of(v, deep)
  if v.unreadable and v.unreadable ~= "" then return "(" .. v.unreadable .. ")" end
  local kids = type(v.children) == "table" and v.children or {}
  if not kids[1] or deep then return (v.kind == 24 and ("%q"):format(v.value or "") or v.value ~= "" and v.value or v.type or "") end
  local parts = {}
  for i, k in ipairs(kids) do parts[i] = (k.name ~= "" and k.name .. ": " or "") .. value_of(k, true) end
  return (v.type or "") .. " {" .. table.concat(parts, ", ") .. "}"
end

function dlv.eval(self, expr) return value_of(ask(self, "session:eval", "Eval", { Scope = here, Expr = expr, Cfg = load }).Variable or {}) end

function dlv.variables(self)
  local out = {}
  for method, field in pairs { ListFunctionArgs = "Args", ListLocalVars = "Variables" } do
    for _, v in ipairs(ask(self, "session:variables", method, { Scope = here, Cfg = load })[field] or {}) do
      out[#out + 1] = { name = v.name, type = v.type, value = value_of(v), arg = field == "Args" or nil }
    end
  end
  table.sort(out, function(a, b) return a.name < b.name end)
  return out
end

function dlv.registers(self)
  local out = {}
  for _, r in ipairs(ask(self, "session:registers", "ListRegisters", { ThreadID = 0, IncludeFp = false, Scope = here }).Regs or {}) do out[r.Name] = r.Value end
  return out
end

------------------------------------------------------------------ the session

local known = { kind = true, board = true, debug = true, file = true, server = true, args = true, host = true, cwd = true, timeout = true, name = true }
local methods = { dlv = "dlv", gdb = "gdbserver" }

local function way(o)
  if o.debug ~= nil then
    if type(o.debug) ~= "table" then fail("usage", "vise.launch.debug: debug is a table as in a board profile, { method = }") end
    return o.debug
  end
  if o.server then return { method = o.kind == "dlv" and "dlv-connect" or "external", server = o.server } end
  return { method = methods[o.kind] or fail("usage", "vise.launch.debug: kind is \"gdb\" or \"dlv\"; or board, debug or server says what is debugged"),
    args = o.args, host = o.host, cwd = o.cwd }
end

local function plan_of(o)
  local file = o.file
  if file and file:sub(1, 1) ~= "/" then file = (vise.fs.project or "") .. "/" .. file end
  if o.board == nil then return core.plan_by(way(o), { id = o.name or o.file and o.file:match "[^/]*$" or "debug" }, file) end
  local b = type(o.board) == "table" and o.board.profile and o.board or core.board(core.boards[type(o.board) == "table" and o.board.id or o.board]) or
    fail("usage", "vise.launch.debug: no board profile %s is loaded here", tostring(o.board))
  if o.debug then return core.plan_by(o.debug, b, file) end
  return core.debug_plan(b, file)
end

-- gdb as a program talks to it; its terminal in the workbench shows that.
local function speak_mi(argv)
  local list = { argv[1], "--interpreter=mi3", "-nx", "-iex", "set mi-async on" }
  return table.move(argv, 2, #argv, #list + 1, list)
end

-- vise.launch.debug{ kind, board, debug, file, server, args, host, cwd, timeout, name } -> session. Waits.
function vise.launch.debug(o)
  core.options("vise.launch.debug", o, known)
  if type(o) ~= "table" then fail("usage", "vise.launch.debug needs a table, such as { kind = \"dlv\", file = PROGRAM }") end
  for _, k in ipairs { "kind", "file", "server", "host", "cwd", "name" } do
    if o[k] ~= nil and (type(o[k]) ~= "string" or o[k] == "") then fail("usage", "vise.launch.debug: %s is a text", k) end
  end
  local timeout = core.seconds("vise.launch.debug: timeout", o.timeout or 30)
  local plan = plan_of(o)
  local how = plan.watch == "delve" and dlv or plan.watch == "mi" and gdb or
    fail("unsupported", "vise.launch.debug: %s is debugged by neither gdb nor Delve", plan.name)
  if how == gdb then plan.debugger.argv = speak_mi(plan.debugger.argv) end
  local row = core.call("vise.launch.debug", "command", { line = core.line("debug.start", {}, { plan = core.json.encode(plan) }) })
  local self = setmetatable({ id = math.tointeger(row.id), name = plan.name, how = how, timeout = timeout, token = 100, once = {},
    job = math.tointeger(row.debugger.job), port = plan.watch_port, now = { state = "starting" } }, Debug)
  core.started { id = self.job, kill = function() self:stop() end }
  local ok, err = pcall(how.open, self, row)
  if not ok then
    pcall(self.stop, self)
    error(err, 0)
  end
  return self
end

local break_options = { condition = true, temporary = true }

function Debug:break_at(loc, opt)
  check(self, "session:break_at", true)
  opt = core.options("session:break_at", opt, break_options)
  if math.type(loc) ~= "integer" and (type(loc) ~= "string" or loc == "") then
    fail("usage", "session:break_at: a function, FILE:LINE or an address is needed, not %s", tostring(loc))
  end
  return self.how.break_at(self, loc, opt)
end

function Debug:clear(id)
  check(self, "session:clear", true)
  if math.type(id) ~= "integer" then fail("usage", "session:clear: the id of a breakpoint is needed, not %s", tostring(id)) end
  self.how.clear(self, id)
end

-- session:continue(): it runs; session:wait() waits until it stands. Waits for the debugger's word only.
function Debug:continue()
  check(self, "session:continue", true)
  self.how.go(self, "continue")
end

local function move(self, how, timeout)
  local call = "session:" .. how
  check(self, call, true)
  self.how.go(self, how)
  return self:wait(timeout)
end

function Debug:step(timeout) return move(self, "step", timeout) end
function Debug:next(timeout) return move(self, "next", timeout) end
function Debug:finish(timeout) return move(self, "finish", timeout) end
function Debug:stepi(timeout) return move(self, "stepi", timeout) end

-- session:wait([timeout]) -> where it stands, or { state = "exited" }; raises timeout when it runs on. Waits.
function Debug:wait(timeout)
  check(self, "session:wait")
  self.how.wait(self, "session:wait", deadline(self, "session:wait", timeout))
  if self.now.state == "running" then fail("timeout", "session:wait: %s runs on", self.name) end
  return self.now
end

-- session:halt([timeout]) -> where it stands. Waits.
function Debug:halt(timeout)
  check(self, "session:halt")
  if self.now.state == "running" then self.how.halt(self) end
  return self:wait(timeout)
end

-- What it does, as far as was heard: { state = "running" | "stopped" | "exited", ... }
function Debug:where()
  check(self, "session:where")
  return self.now
end

function Debug:stack(n)
  check(self, "session:stack", true)
  if n ~= nil and (math.type(n) ~= "integer" or n < 1 or n > 1000) then fail("usage", "session:stack: a number of frames from 1 to 1000, not %s", tostring(n)) end
  return self.how.stack(self, n or 50)
end

function Debug:eval(expr)
  check(self, "session:eval", true)
  if type(expr) ~= "string" or expr == "" then fail("usage", "session:eval: an expression is a text, not %s", tostring(expr)) end
  return self.how.eval(self, expr)
end

function Debug:variables()
  check(self, "session:variables", true)
  return self.how.variables(self)
end

function Debug:registers()
  check(self, "session:registers", true)
  return self.how.registers(self)
end

-- A command of gdb's own, such as "monitor reset" -> what it says. Waits.
function Debug:command(text)
  check(self, "session:command", true)
  if type(text) ~= "string" or text == "" or text:find "\n" then fail("usage", "session:command: one line of text is needed") end
  if not self.how.command then fail("unsupported", "session:command: %s has none", self.tool) end
  return self.how.command(self, text)
end

-- Ends debugger and servers. Waits.
function Debug:stop()
  if type(self) ~= "table" or getmetatable(self) ~= "vise.Debug" then check(self, "session:stop") end
  if self.closed then return end
  self.closed, self.over = true, true
  if self.con then pcall(self.con.close, self.con) end
  pcall(core.call, "session:stop", "command", { line = "debug.stop " .. self.id })
end
