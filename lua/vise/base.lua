-- base.lua - tasks, time, errors and logging. Runtime of the module `vise`; gets the C functions as
-- `core`.
local core, vise = ...

vise.api = { major = 1, minor = 2 }
vise.rx, vise.lit, vise.json, vise.now, vise.sleep = core.rx, core.lit, core.json, core.now, core.sleep

-- What most scripts never touch is read when it is first named: module of the host = its file.
local later = { chan = "chan", checkpoint = "chan", fs = "fs", http = "http", serial = "devices", usb = "devices", pprof = "pprof",
  elf = "elf", bytes = "bytes", semver = "semver", build = "build", place = "place", fpscr_hooks = "openocd",
  test = "runner", fixture = "runner" }

-- A table some of whose members stand in other files.
core.read = {}
function core.lazy(t, files)
  return setmetatable(t, { __index = function(_, k)
    local file = files[k]
    if file == nil then return nil end
    for name in file:gmatch("%a+") do
      if not core.read[name] then
        core.read[name] = true
        core.module(name)
      end
    end
    return rawget(t, k)
  end, __metatable = false })
end

core.lazy(vise, later)

-- The runtime's own, by what needs it: boards that are flashed, macros, workflows, tests.
local boards, parts = "openocd flash flashing sign deploy debug launchjson", {}
for file, names in pairs {
  [boards] = { "act_of", "check_method", "flash_methods", "flash_sets", "flash_settings", "flash_tool", "needs_port", "plan", "flash", "flash_failed",
    "flash_state", "preflight", "run_flash", "run_reset", "can_debug", "check_debug", "debug_plan", "debug_ways", "plan_by",
    "deploy_state", "openocd", "openocd_hooks", "openocd_hooks_field", "openocd_server", "openocd_way", "start_server", "tcl",
    "debug_way", "import_plan", "launch_export", "demanded", "check_signature" },
  macro = { "check_macro", "run_macro" }, runner = { "tests", "fixtures", "annotate", "run_tests", "recorded" }, states = { "check_states", "board_to" },
  table = { "check_columns", "csv", "show_rows", "table_text" }, test = { "Test", "SKIP", "test", "run_workflow" },
  lint = { "lint" }, place = { "add_place", "is_held", "place_of" }, dryrun = { "dry_script" }, asking = { "asked", "with_params" }, power = { "power_back", "power_forget", "switching" },
  probes = { "probe_by", "probe_of" }, boardobject = { "board", "board_console" },
} do for _, name in ipairs(names) do parts[name] = file end end
core.lazy(core, parts)

------------------------------------------------------------------ errors

-- string.format, whose complaint names the call it was for.
function core.format(call, fmt, ...)
  local ok, text = pcall(string.format, fmt, ...)
  if ok then return text end
  core.fail("usage", ("%s: %s"):format(call, (tostring(text):gsub("to 'format'", "of the format"))))
end

-- vise.fail(code, fmt, ...[, {extra = fields}])
function vise.fail(code, fmt, ...)
  local n = select("#", ...)
  local extra = n > 0 and select(n, ...) or nil
  if type(code) ~= "string" or type(fmt) ~= "string" then core.fail("usage", "vise.fail(code, format, ...) takes two texts") end
  core.fail(code, core.format("vise.fail", fmt, ...), type(extra) == "table" and extra or nil)
end
local fail = vise.fail

-- Expected failures come back as nil, err; mistakes and cancellation go on.
local passes = { usage = true, load_time = true, cancelled = true, deadline = true, budget = true, script = true,
  memory = true, device_fault = true }
function core.try(fn, ...)
  local r = table.pack(pcall(fn, ...))
  if r[1] then return table.unpack(r, 2, r.n) end
  if type(r[2]) == "table" and r[2].code and not passes[r[2].code] then return nil, r[2] end
  error(r[2], 0)
end

-- opt tables: unknown fields are mistakes, said at once
function core.options(call, opt, known)
  if opt == nil then return {} end
  if type(opt) ~= "table" then fail("usage", "%s: options are a table, not a %s", call, type(opt)) end
  for k in pairs(opt) do
    if not known[k] then
      local list = {}
      for name in pairs(known) do list[#list + 1] = name end
      table.sort(list)
      fail("usage", "%s: no option named %q; known: %s", call, tostring(k), table.concat(list, ", "))
    end
  end
  return opt
end

-- seconds, from a number or a text such as "500ms"
function core.seconds(what, v)
  if type(v) == "number" and v >= 0 then return v end
  local s = type(v) == "string" and core.duration(v)
  return s or fail("usage", "%s: a duration is needed (seconds, or text such as \"500ms\"), not %s", what, tostring(v))
end

------------------------------------------------------------------ saying things

core.json_lines, core.json_errors = false, false
core.levels = { debug = 1, info = 2, warn = 3, error = 4 }
core.level = core.levels.info                           -- what vise.log says below it goes to the journal alone

function core.say(text, record)
  if not core.json_lines then return (core.csv_only and core.err or core.out)(text) end
  if record and core.tests_run then core.annotate(record, text) end
  if record then core.out(core.json.encode(record)) end
end

function print(...)
  local parts = table.pack(...)
  for i = 1, parts.n do parts[i] = tostring(parts[i]) end
  local text = table.concat(parts, "\t")
  core.say(text, { type = "print", text = text })
end

vise.log = {}
for _, level in ipairs { "debug", "info", "warn", "error" } do
  vise.log[level] = function(fmt, ...)
    local text = select("#", ...) > 0 and core.format("vise.log." .. level, tostring(fmt), ...) or tostring(fmt)
    core.event(level, text)
    if core.levels[level] < core.level then return end
    core.say(("%-5s %s"):format(level, text), { type = "log", level = level, text = text })
  end
end

-- What others are told of an error: its texts, numbers and truth values, and those of its causes. What is too long is cut
-- where it arrives (core/cause.h).
function core.told(err, plugin, what)
  local first, last = nil, nil
  for _ = 1, 4 do
    if type(err) ~= "table" or type(rawget(err, "code")) ~= "string" then break end
    local o = {}
    for k, v in next, err do
      local kind = type(v)
      if type(k) == "string" and (kind == "string" or kind == "number" and v == v and v ~= math.huge and v ~= -math.huge or kind == "boolean") then
        o[k] = kind == "string" and #v > 8000 and v:sub(1, 8000) or v
      end
    end
    if o.msg == nil then o.msg = tostring(rawget(err, "msg")) end
    if last then last.cause = o else first = o end
    last, err = o, rawget(err, "cause")
  end
  if first and plugin then first.plugin, first.what = plugin, what end
  return first
end

-- One error for people: a line; the trace when the script is to blame or somebody else's error stands behind it, which is
-- told too.
function core.complain(name, err)
  local cause = core.told(err.cause)
  if core.json_errors then
    core.err(core.json.encode { error = { code = err.code, what = name, why = tostring(err.msg), next = err.next or "",
      where = err.where, trace = err.trace, cause = cause } })
    return
  end
  local where = err.where and err.where ~= "" and err.where .. ": " or ""
  local next_step = err.next and "; " .. err.next or ""
  if (cause or core.status(err) == 7) and err.trace then core.err(err.trace) end
  if cause then core.err((core.cause_text(cause):gsub("\n$", ""))) end
  core.err(("vise: %s: %s%s: %s%s"):format(name, where, err.code, tostring(err.msg), next_step))
end

function core.task_failed(name, err) core.complain(name, err) end

function core.callback_failed(err, last)
  core.complain(last and "on_line callback, now switched off after failing three times" or "on_line callback", err)
end

------------------------------------------------------------------ tasks

local defers = {}

-- When the running task's time is over (core.now), or nil. A wait inside is cut to what is left of it, so that
-- the error names what was waited for.
local limits = {}
function core.limit() return limits[core.current()] end
function core.set_limit(at) limits[core.current() or 0] = at end

-- The shorter of a wait's own time and what is left outside; true when it was cut.
function core.cut(seconds)
  local limit = core.limit()
  local left = limit and math.max(0, limit - core.now())
  if left and left < seconds then return left, true end
  return seconds, false
end

-- The body of every task: runs what was deferred, newest first, also after errors and cancellation.
function core.body(fn, ...)
  local me = core.current()
  local r = table.pack(xpcall(fn, core.handler, ...))
  local list = defers[me]
  defers[me], limits[me] = nil, nil
  for i = list and #list or 0, 1, -1 do
    local ok, err = xpcall(list[i], core.handler)
    if not ok then
      if r[1] then r = table.pack(false, err) else core.complain("deferred function", err) end
    end
  end
  if r[1] then return table.unpack(r, 2, r.n) end
  error(r[2], 0)
end

function vise.defer(fn)
  local me = core.current()
  if not me then fail("usage", "vise.defer works only inside a task") end
  if type(fn) ~= "function" then fail("usage", "vise.defer needs a function") end
  defers[me] = defers[me] or {}
  table.insert(defers[me], fn)
end

function vise.spawn(fn, ...) return core.spawn(nil, fn, ...) end

function vise.after(seconds, fn)
  local s = core.seconds("vise.after", seconds)
  if type(fn) ~= "function" then fail("usage", "vise.after needs a function") end
  return core.spawn("timer", function()
    core.sleep(s)
    return fn()
  end)
end

-- Calls fn each period without drift; a call that lasts longer than a period skips the beats it
-- missed.
-- opt: { now = true } also at once, { times = N } so often.
function vise.every(seconds, fn, opt)
  local s = core.seconds("vise.every", seconds)
  opt = core.options("vise.every", opt, { now = true, times = true })
  local left = opt.times or math.huge
  if opt.times ~= nil and (math.type(left) ~= "integer" or left < 1) then fail("usage", "vise.every: times is a whole number from 1") end
  if type(fn) ~= "function" or s <= 0 then fail("usage", "vise.every needs a period over 0 and a function") end
  return core.spawn("timer", function()
    local next_beat = core.now() + (opt.now and 0 or s)
    while left > 0 do
      core.sleep(math.max(0, next_beat - core.now()))
      if fn() == false then return end
      left = left - 1
      next_beat = next_beat + s * math.max(1, math.ceil((core.now() - next_beat) / s))
    end
  end)
end

local function cancel_rest(tasks)
  for _, t in ipairs(tasks) do t:cancel("a sister task ended first") end
end

function core.check_tasks(call, tasks)
  local good = type(tasks) == "table"
  for _, t in ipairs(good and tasks or {}) do good = good and core.is_task(t) end
  if not good then fail("usage", "%s needs a list of tasks", call) end
end

-- Waits for all; the first failure cancels the others. Gives the first result of each.
function vise.all(tasks)
  core.check_tasks("vise.all", tasks)
  local left, out = {}, { n = #tasks }
  for i, t in ipairs(tasks) do left[i] = { i, t } end
  while #left > 0 do
    local waiting = {}
    for i, e in ipairs(left) do waiting[i] = e[2] end
    local k = core.await_any(waiting)
    local ok, v = pcall(waiting[k].await, waiting[k])
    if not ok then
      cancel_rest(tasks)
      error(v, 0)
    end
    out[left[k][1]] = v
    table.remove(left, k)
  end
  return out
end

-- Waits for the first; the others are cancelled. Gives its index and results.
function vise.any(tasks)
  core.check_tasks("vise.any", tasks)
  if #tasks == 0 then fail("usage", "vise.any needs a list of tasks") end
  local k = core.await_any(tasks)
  cancel_rest(tasks)
  return k, tasks[k]:await()
end

core.margin = 0.05

-- Whether it ends in time. On a machine that stood still all deadlines are over at once: what waits inside has some turns
-- to say so first, for it knows what it waited for.
function core.ends_within(task, seconds, turns)
  local done = core.await_any({ task }, seconds)
  while not done and turns > 0 do
    done, turns = core.await_any({ task }, 0), turns - 1
  end
  return done ~= nil
end

function vise.timeout(seconds, fn, ...)
  local s, cut = core.cut(core.seconds("vise.timeout", seconds))
  if type(fn) ~= "function" then fail("usage", "vise.timeout(seconds, function) needs a function, not a %s", type(fn)) end
  core.begin "vise.timeout"
  local finish = core.now() + s
  local t = core.spawn(nil, function(...)
    core.set_limit(finish)
    return fn(...)
  end, ...)
  -- a little longer: the wait that was cut to this limit ends by itself and names what it waited for; longer still
  -- when the limit is that of what stands around it, which then says so
  if not core.ends_within(t, s + (cut and 4 or 1) * core.margin, 8) then
    t:cancel("time is over")
    local _, err = pcall(t.await, t)                    -- it cleans up first; what it waited for says more
    if type(err) == "table" and err.code == "timeout" then error(err, 0) end
    fail("timeout", "not done within %.3g s", s, { limit = true })
  end
  return t:await()
end

local Sub = {}
Sub.__index = Sub
Sub.__metatable = "vise.sub"
function Sub:close()
  if self.on then
    self.on = false
    self.fn()
  end
end
Sub.__close = Sub.close

-- What :close() ends.
function core.subscription(fn) return setmetatable({ on = true, fn = fn }, Sub) end

------------------------------------------------------------------ the bench

-- vise.cmd "line": any command of the bench, in the syntax of the palette. Waits.
function vise.cmd(line)
  if type(line) ~= "string" then fail("usage", "vise.cmd needs a command line") end
  return core.call("vise.cmd", "command", { line = line })
end

-- A word of a command line, so that it stays one.
function vise.quote(text)
  if type(text) ~= "string" then fail("usage", "vise.quote needs a text") end
  return core.quote(text)
end

-- Adds words and lists of words to list.
function core.append(list, ...)
  for _, more in ipairs { ... } do
    if type(more) == "table" then for _, w in ipairs(more) do list[#list + 1] = w end else list[#list + 1] = more end
  end
  return list
end

-- A word of a line for the shell of a board.
function core.shell_word(s) return s:match("^[%w%./_@:=,+-]+$") and s or "'" .. s:gsub("'", "'\\''") .. "'" end

-- A file name that begins with a dash is not an option.
function core.file_word(file) return file:sub(1, 1) == "-" and "./" .. file or file end

-- A command line from parts: words are quoted, fields become key=value.
function core.line(name, words, fields, rest)
  local out = { name }
  for _, w in ipairs(words or {}) do out[#out + 1] = core.quote(tostring(w)) end
  local keys = {}
  for k in pairs(fields or {}) do keys[#keys + 1] = k end
  table.sort(keys)
  for _, k in ipairs(keys) do out[#out + 1] = k .. "=" .. core.quote(tostring(fields[k])) end
  if rest then
    out[#out + 1] = "--"
    for _, w in ipairs(rest) do out[#out + 1] = core.quote(tostring(w)) end
  end
  return table.concat(out, " ")
end

-- A pattern as the bench wants it: its text, and whether that is literal.
function core.pattern_words(p)
  if type(p) == "string" then return p, true end
  local s = tostring(p)
  local rx = s:match("^rx%[%[(.*)%]%]$")
  if rx then return rx, false end
  return s:sub(2, -2), true
end

-- milliseconds for a duration argument of a command
function core.ms(seconds) return ("%dms"):format(math.ceil(seconds * 1000)) end
