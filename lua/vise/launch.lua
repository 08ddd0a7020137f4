-- launch.lua - vise.launch: programs as jobs of the bench, seen in its Jobs pane.
local core, vise = ...
local fail = vise.fail

vise.launch = core.lazy({}, { build = "tools", flash = "tools", reset = "tools", power = "tools", rsp = "rsp", debug = "debugger" })

local known = { cmd = true, args = true, cwd = true, env = true, pty = true, timeout = true, check = true, on_line = true,
  name = true, kind = true, quiet = true, stdin = true }

-- argv: never a shell. Variables go in through env(1).
local function argv_of(o)
  local argv = {}
  if o.env then
    argv[1] = "env"
    local names = {}
    for k in pairs(o.env) do names[#names + 1] = k end
    table.sort(names)
    for _, k in ipairs(names) do
      if type(k) ~= "string" or not k:match("^[%a_][%w_]*$") then
        fail("usage", "vise.launch: env is a table of NAME = value")
      end
      argv[#argv + 1] = k .. "=" .. tostring(o.env[k])
    end
  end
  argv[#argv + 1] = (o.cmd == "vise" or o.cmd:match("^vise%-[%w-]+$")) and core.program(o.cmd) or o.cmd       -- programs of ours
  for i, a in ipairs(o.args or {}) do
    if type(a) ~= "string" and type(a) ~= "number" then fail("usage", "vise.launch: argument %d is a %s", i, type(a)) end
    argv[#argv + 1] = tostring(a)
  end
  return argv
end

local Proc = {}
Proc.__index = Proc
Proc.__metatable = "vise.proc"
Proc.__name = "vise.proc"
function Proc:__tostring() return ("job %s (%s)"):format(tostring(self.id), self.name) end
function Proc:__close() if not self.done then self:kill() end end

local function check(self, call)
  if type(self) ~= "table" or getmetatable(self) ~= "vise.proc" then fail("usage", "%s: call it with a colon, on what vise.launch.start gave", call) end
end

-- The job's output as a stream; on_line is there before the first byte comes.
local function stream_of(self, on_line)
  if self.stream then return self.stream end
  local row = core.job(self.id)
  if not row then row = core.call("vise.launch", "command", { line = "job.wait " .. self.id }) end
  self.stream = core.stream(row.stream, self.name)
  if on_line then self.sub = self.stream:on_line(on_line) end
  local answer = core.call("vise.launch", "subscribe", { stream = row.stream, from = 0 })
  self.stream:began(math.tointeger(answer.offset) or 0)
  return self.stream
end

-- What a script, a workflow or tests leave running ends with them; a plugin's jobs are the bench's to end.
local started = {}
local ends_with = { file = true, workflow = true, macro = true, test = true }

function core.started(proc)
  started[#started + 1] = proc
  return proc
end

local function runs(proc)
  local job = not proc.done and core.job(proc.id)
  return job and job.state == "running"
end

function core.end_jobs(action)
  if not ends_with[action] then return end
  for _, proc in ipairs(started) do if runs(proc) then proc:kill() end end
  local give_up = core.now() + 5
  for _, proc in ipairs(started) do
    while runs(proc) and core.now() < give_up do core.sleep(0.02) end
  end
end

-- vise.launch.start{ cmd, args, cwd, env, pty, timeout, stdin, on_line, name, kind } -> proc. Waits until
-- it runs.
function vise.launch.start(o)
  core.options("vise.launch", o, known)
  return core.launch(o)
end

local STDIN_MAX = 1 << 20                               -- what the bench keeps of it

-- mine: it ends with this process, however that ends.
function core.launch(o, mine)
  if type(o) ~= "table" or type(o.cmd) ~= "string" or o.cmd == "" then
    fail("usage", "vise.launch needs a table with cmd = \"program\"")
  end
  if o.stdin ~= nil and (type(o.stdin) ~= "string" or #o.stdin > STDIN_MAX) then
    fail("usage", "vise.launch: stdin is a text of at most 1 MB, not %s", type(o.stdin) == "string" and #o.stdin .. " bytes" or "a " .. type(o.stdin))
  end
  local fields = { name = o.name or o.cmd:match("[^/]*$"), kind = o.kind or "run" }
  if o.pty then fields.pty = "on" end
  if core.part and fields.kind ~= "debug" then fields.part, fields.quiet = "on", o.quiet and "on" or nil end
  if o.cwd then fields.cwd = o.cwd end
  if mine then fields.mine = "on" end
  if o.timeout then fields.timeout = core.ms(core.seconds("vise.launch", o.timeout)) end
  local r = core.call("vise.launch", "command", { line = core.line("job.run", {}, fields, argv_of(o)) })
  local id = math.tointeger(type(r) == "table" and r.id or r)
  if not id then fail("infra", "%s: the bench did not say which job it started", fields.name) end
  local proc = core.started(setmetatable({ id = id, name = fields.name, cmd = o.cmd, timeout = o.timeout, part = fields.part }, Proc))
  if o.on_line then stream_of(proc, o.on_line) end
  if o.stdin then
    core.input(math.tointeger(r.stream) or 1000 + id, o.stdin)
    core.call("vise.launch", "command", { line = "job.eof " .. id })
  end
  return proc
end

local function last_line(text)
  local last = ""
  for l in text:gmatch("[^\r\n]+") do if l:match("%S") then last = l end end
  return last
end

-- The last lines may still be on their way when the job is known to be over.
local function catch_up(self, bytes)
  local give_up = core.now() + 0.5
  while self.stream:skip(0) < bytes and core.now() < give_up do core.sleep(0.01) end
  if self.sub then self.sub:close() end
  self.stream:ended()
end

local function output_of(self, call, how)
  local got = core.call(call, "command", { line = "job.output " .. self.id .. (how or "") })
  local out = type(got) == "table" and got.text or tostring(got or "")
  return out, type(got) == "table" and type(got.err) == "string" and got.err or ""
end

-- Who waits for a word of a program hears that it has ended: a task that ends the stream then.
local function watch_end(self)
  return core.spawn(nil, function()
    core.call("proc:expect", "command", { line = "job.wait " .. self.id })
    local out, err = output_of(self, "proc:expect")
    catch_up(self, #out + #err)
  end)
end

-- proc:wait() -> { code, signal, out, err, state }. out and err are the two streams of the job (a pty
-- has only out); where a tool that failed said nothing on err, err is its last line.
function Proc:wait()
  check(self, "proc:wait")
  local job = core.call("proc:wait", "command", { line = "job.wait " .. self.id })
  -- nobody asks for a part again
  local last = self.part and not self.stream and " last=on" or ""
  local out, err = output_of(self, "proc:wait", last)
  self.done, self.job = true, job
  if self.stream then catch_up(self, #out + #err) end
  local error_text = type(job.error) == "table" and job.error or nil
  local code, signal = job.exit, job.signal
  if code == core.json.null then code = nil end
  if signal == core.json.null then signal = nil end
  if error_text and (error_text.code == "timeout" or error_text.code == "deadline") then
    fail("timeout", "%s: %s", self.name, error_text.why or "not done in time", { out = out })
  end
  local r = { code = code, signal = signal, out = out, state = job.state, err = err }
  if code ~= 0 and err == "" then r.err = last_line(out) ~= "" and last_line(out) or error_text and error_text.why or "" end
  return r
end

-- "running", or how it ended: "ok", "failed", ...
function Proc:status()
  check(self, "proc:status")
  local job = core.job(self.id)
  return job and job.state or "ended"
end

function Proc:pid()
  check(self, "proc:pid")
  local job = core.job(self.id)
  return job and math.tointeger(job.pid) or fail("eof", "%s: it has ended", self.name)
end

function Proc:kill() check(self, "proc:kill") core.tell("job.stop " .. self.id .. " confirm=on") end

function Proc:expect(p, opt)
  check(self, "proc:expect")
  opt = core.options("proc:expect", opt, { timeout = true, idle = true, quiet = true, strip = true })
  if type(p) ~= "table" then p = { p } end
  local stream = stream_of(self)
  local watch <close> = watch_end(self)
  return core.expect(stream, "proc:expect", p, opt, nil, false)
end

-- vise.launch.run{ ..., check } -> { code, signal, out, err }. Waits for the end; a cancelled task
-- stops the job.
function vise.launch.run(o)
  local proc <close> = vise.launch.start(o)
  local r = proc:wait()
  if o.check and r.code ~= 0 then
    fail("tool_failed", "%s ended with %s: %s", proc.name, r.code or ("signal " .. tostring(r.signal)), r.err, { out = r.out })
  end
  return r
end
