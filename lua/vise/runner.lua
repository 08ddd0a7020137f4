-- runner.lua - vise.test and vise.fixture: what a test file declares, and the run of it. Results go out as
-- records, one JSON object a line; `vise test` makes the reports of them.
local core, vise = ...
local fail = vise.fail

local Test, SKIP = core.Test, core.SKIP
local TEST_S, TEARDOWN_S, MARGIN_S = 60, 10, 0.1

core.tests, core.fixtures = {}, {}
local loading                                           -- the file that is being read

------------------------------------------------------------------ declarations

-- The line of the user's own that is running.
local function line_here()
  for l in debug.traceback("", 2):gmatch("\n%s*([^\n]+)") do
    local file, n = l:match("^(.-):(%d+):")
    if file and not file:match("^vise:") and not file:match("^%[") then return tonumber(n) end
  end
end

local test_options = { timeout = true, tags = true, needs = true, retries = true, retry_fails = true, only = true, skip = true,
  may_fault = true }

local function texts(call, v)
  if type(v) == "string" then v = { v } end
  if type(v) ~= "table" then fail("usage", "%s is a text or a list of texts", call) end
  for _, s in ipairs(v) do if type(s) ~= "string" then fail("usage", "%s is a list of texts", call) end end
  return v
end

-- vise.test(name, { timeout, tags, needs, retries, retry_fails, only, skip, may_fault }, fn(t))
function vise.test(name, opt, fn)
  if type(opt) == "function" then opt, fn = nil, opt end
  if type(name) ~= "string" or name == "" or type(fn) ~= "function" then
    fail("usage", "vise.test(name, [options,] function(t)) takes a text and a function")
  end
  if not loading then fail("usage", "vise.test: a test is declared while its file is read; run it with `vise test FILE`") end
  local call = ("vise.test %q"):format(name)
  opt = core.options(call, opt, test_options)
  if opt.timeout ~= nil then core.seconds(call .. ": timeout", opt.timeout) end
  if opt.retries ~= nil and (math.type(opt.retries) ~= "integer" or opt.retries < 0) then
    fail("usage", "%s: retries is a whole number from 0", call)
  end
  for _, t in ipairs(core.tests) do
    if t.file == loading and t.name == name then fail("usage", "%s: declared twice, first at line %d", call, t.line) end
  end
  core.tests[#core.tests + 1] = { name = name, file = loading, line = line_here() or 0, fn = fn, opt = opt,
    tags = texts(call .. ": tags", opt.tags or {}), needs = texts(call .. ": needs", opt.needs or {}) }
end

local scopes = { test = true, file = true, run = true }

-- vise.fixture(name, { scope = "test" | "file" | "run", setup = fn(t) -> value, teardown = fn(value), timeout })
function vise.fixture(name, o)
  if type(name) ~= "string" or type(o) ~= "table" then fail("usage", "vise.fixture(name, { setup, teardown }) takes a text and a table") end
  local call = ("vise.fixture %q"):format(name)
  core.options(call, o, { scope = true, setup = true, teardown = true, timeout = true })
  if type(o.setup) ~= "function" then fail("usage", "%s: setup is a function", call) end
  if o.teardown ~= nil and type(o.teardown) ~= "function" then fail("usage", "%s: teardown is a function", call) end
  if not scopes[o.scope or "test"] then fail("usage", "%s: scope is test, file or run, not %s", call, tostring(o.scope)) end
  if o.timeout ~= nil then core.seconds(call .. ": timeout", o.timeout) end
  local f = { name = name, scope = o.scope or "test", setup = o.setup, teardown = o.teardown, timeout = o.timeout, file = loading }
  if f.scope == "run" then f.file = nil end
  local key = name .. "\0" .. (f.file or "")
  if core.fixtures[key] then fail("usage", "%s: declared twice", call) end
  core.fixtures[key] = f
  return f
end

------------------------------------------------------------------ the records

local running, several = {}, 0                          -- of each task: its test

-- Every record says which test it belongs to.
function core.annotate(record, text)
  local who = running[core.current()]
  if not who and several == 1 then who = select(2, next(running)) end
  if who then record.test, record.attempt = record.test or who.number, record.attempt or who.attempt end
  record.output = text
end

local function send(record) core.out(core.json.encode(record)) end

local function error_record(err)
  if not err then return nil end
  return { code = err.code, why = tostring(err.msg), next = err.next, where = err.where ~= "" and err.where or nil,
    trace = (core.status(err) == 7 or err.cause and not err.blocked) and err.trace or nil, cause = not err.blocked and core.told(err.cause) or nil }
end

------------------------------------------------------------------ outcomes

-- pass, skip, fail (the device), error (bench or script), blocked
local function outcome_of(err)
  if err == nil then return "pass" end
  if err.skip == SKIP then return "skip" end
  if err.blocked then return "blocked" end
  if core.status(err) == 1 or (err.code == "timeout" and (err.wanted or err.limit)) then return "fail" end
  return "error"
end

local function status_of(outcome, err)
  if outcome == "pass" or outcome == "skip" then return 0 end
  if outcome == "fail" then return 1 end
  if outcome == "blocked" then return err.cause and status_of(outcome_of(err.cause), err.cause) or 3 end
  return core.status(err)
end

local function retriable(outcome, err, test)
  if outcome == "fail" then return test.opt.retry_fails end
  local s = outcome == "error" and core.status(err)
  return s == 3 or s == 6
end

------------------------------------------------------------------ fixtures

-- Runs fn with a limit of its own in a task of its own, also when the caller's is being cancelled.
local function limited(name, seconds, t, fn, ...)
  local finish = core.now() + seconds
  local task = core.spawn(name, function(...)
    core.set_limit(finish)
    running[core.current()] = t
    local _ <close> = setmetatable({}, { __close = function() running[core.current()] = nil end })
    return fn(...)
  end, ...)
  if not core.await_any({ task }, seconds + MARGIN_S) then
    task:cancel("its time is over")
    pcall(task.await, task)
    return pcall(fail, "timeout", "not done within %g s", seconds)          -- no verdict on the device
  end
  return pcall(task.await, task)
end

-- Newest first; what fails is handed to failed(fixture, err). t: the test it belongs to, or nil.
local function tear_down(scope, t, failed)
  for i = #scope.order, 1, -1 do
    local made = table.remove(scope.order, i)
    local f = made.fixture
    scope.made[f] = nil
    if f.teardown then
      local ok, err = limited("teardown of " .. f.name, core.seconds("timeout", f.timeout or TEARDOWN_S), t, f.teardown, made.value)
      if not ok then failed(f, err) end
    end
  end
end

local function new_scope() return { made = {}, order = {}, failed = {} } end

-- t:use(name or fixture): its value; made when first asked for in its scope. Waits.
function Test:use(which)
  local f = type(which) == "table" and which or core.fixtures[tostring(which) .. "\0" .. (self.file or "")] or
    core.fixtures[tostring(which) .. "\0"]
  if not f or not f.setup then fail("usage", "t:use: no fixture named %s", tostring(which)) end
  if not self.scopes then fail("usage", "t:use works in tests, not in workflows") end
  local scope = self.scopes[f.scope]
  local first = scope.failed[f]
  if first and first.by ~= self.number then
    fail("blocked", "fixture %s failed before: %s", f.name, tostring(first.err.msg), { blocked = true, cause = first.err })
  end
  if scope.made[f] then return scope.made[f].value end
  local r = table.pack(pcall(vise.timeout, f.timeout or 1e9, f.setup, self))
  if not r[1] then
    if type(r[2]) == "table" and r[2].code ~= "cancelled" and r[2].skip ~= SKIP then scope.failed[f] = { by = self.number, err = r[2] } end
    error(r[2], 0)
  end
  local made = { fixture = f, value = r[2] }
  scope.failed[f], scope.made[f] = nil, made
  scope.order[#scope.order + 1] = made
  return made.value
end

------------------------------------------------------------------ more of t

-- t:soft(fn): a verdict in it does not end the test; the test fails at its end. Waits.
function Test:soft(fn, ...)
  if type(fn) ~= "function" then fail("usage", "t:soft needs a function, not a %s", type(fn)) end
  local r = table.pack(xpcall(fn, core.handler, ...))
  if r[1] then return table.unpack(r, 2, r.n) end
  if outcome_of(r[2]) ~= "fail" then error(r[2], 0) end
  self.softly = self.softly or {}
  table.insert(self.softly, r[2])
  core.say("       (goes on) " .. tostring(r[2].msg), { type = "soft", error = error_record(r[2]) })
  return nil, r[2]
end

local ATTACH_MAX = 32 << 20

-- t:attach(name, data, type): kept with the attempt; { path = FILE } instead of the data is a file that vise.fs may read.
function Test:attach(name, data, mime)
  if type(name) ~= "string" or not name:match("^[%w][%w._-]*$") then
    fail("usage", "t:attach: a file name of letters, digits, - _ . is needed, not %s", tostring(name))
  end
  if type(data) == "table" and type(data.path) == "string" then data = vise.fs.read(data.path) end
  if type(data) ~= "string" then fail("usage", "t:attach: %s: text is needed, not a %s", name, type(data)) end
  if #data > ATTACH_MAX then fail("usage", "t:attach: %s: %d bytes are too many", name, #data) end
  if core.tests_run then
    core.say("", { type = "attach", name = name, mime = mime or "application/octet-stream", base64 = core.base64(data) })
  elseif core.json_lines then
    core.say("", { type = "attach", workflow = self.id, name = name, mime = mime, base64 = core.base64(data) })
  else
    core.say(("       %s: %d bytes"):format(name, #data))
  end
end

------------------------------------------------------------------ one attempt

local function consoles_of(ctx)
  local out = {}
  for _, b in ipairs(ctx.boards) do
    if b.con then
      local row = core.console(b.con.name)
      out[#out + 1] = { name = b.name, console = b.con.name, log = row and row.log, at = b.con.stream:skip(0) }
    end
  end
  return out
end

local function bench_time()
  local ok, info = pcall(vise.cmd, "bench.info")
  return ok and info.now or 0
end

local NOTHING = ("\255\0vise\254"):rep(4)               -- no board says this

-- A board that says what its profile forbids ends the test at once, whoever reads the console meanwhile.
local function watch(ctx, task, found)
  local list = {}
  for _, b in ipairs(ctx.boards) do
    local never = b.con and (b.con.profile_never or core.never) or {}
    if #never > 0 then
      list[#list + 1] = core.spawn("watch for faults", function()
        local ok, err = pcall(b.con.stream.expect, b.con.stream, { NOTHING },
          { watch = true, strip = true, timeout = 1e9, from = b.con.stream:skip(0) }, never, "watch", false)
        if not ok and type(err) == "table" and err.code == "device_fault" then
          found.err = err
          task:cancel(err.msg)
        end
      end)
    end
  end
  return list
end

-- A test that may see a fault: nothing is forbidden meanwhile. Gives what puts it back.
local function allow_faults(ctx)
  local kept = {}
  for i, b in ipairs(ctx.boards) do
    if b.con then kept[i], b.con.profile_never = b.con.profile_never or core.never, {} end
  end
  return setmetatable({}, { __close = function()
    for i, list in pairs(kept) do ctx.boards[i].con.profile_never = list end
  end })
end

local function body(t, test, limit)
  core.set_limit(limit)
  running[core.current()] = t
  several = several + 1
  local _ <close> = setmetatable({}, { __close = function()
    running[core.current()] = nil
    several = several - 1
  end })
  for _, need in ipairs(test.needs) do
    if not t.boards[need] then t:skip("needs a board named " .. need .. " (--port " .. need .. "=...)") end
  end
  test.fn(t)
  local soft = t.softly
  if soft then
    local first = soft[1]
    if #soft > 1 then first.msg = ("%s (and %d more)"):format(first.msg, #soft - 1) end
    error(first, 0)
  end
end

-- Gives nil or the error.
local function run_body(ctx, t, test, limit)
  local found = {}
  local _ <close> = test.opt.may_fault and allow_faults(ctx) or nil
  local task = core.spawn(test.name, body, t, test, limit)
  local watches = test.opt.may_fault and {} or watch(ctx, task, found)
  local ok, err
  if core.ends_within(task, math.max(0, limit - core.now()) + MARGIN_S, 24) then ok, err = pcall(task.await, task)
  else
    task:cancel("the test's time is over")
    local _, where = pcall(task.await, task)
    if ctx.run.deadline == limit then                   -- no verdict on the device
      ok, err = pcall(fail, "deadline", "the time of the whole run (--timeout) was over before the test's")
    else
      ok, err = pcall(fail, "timeout", "not done within %s", core.span(core.seconds("timeout", test.opt.timeout or ctx.run.test_timeout)),
        { limit = true })
    end
    err.where = type(where) == "table" and where.where or err.where
  end
  for _, w in ipairs(watches) do
    w:cancel("the test is over")
    pcall(w.await, w)
  end
  if not ok and found.err and err.code == "cancelled" then err = found.err end
  if not ok then return err end
end

local function attempt(ctx, test, n, limit)
  local t = core.test(test.name, ctx.run.params, ctx.boards[1])
  t.number, t.name, t.file, t.attempt, t.boards = test.id, test.name, test.file, n, {}
  t.scopes = { test = new_scope(), file = ctx.files[test.file].scope, run = ctx.scope }
  for _, b in ipairs(ctx.boards) do t.boards[b.name] = b end
  if ctx.boards[1] then rawset(t, "console", ctx.boards[1].con) end
  for _, b in ipairs(ctx.boards) do if b.con then b.con:flush() end end        -- what an earlier one left is none of ours
  local began, from, t0 = core.now(), consoles_of(ctx), bench_time()
  send { type = "begin", test = test.id, name = test.shown, file = test.file, line = test.line, attempt = n, board = ctx.name,
    tags = core.json.array(table.move(test.tags, 1, #test.tags, 1, {})) }
  core.event("info", ("test %s: begins, attempt %d"):format(test.shown, n))
  local err = run_body(ctx, t, test, limit)
  tear_down(t.scopes.test, t, function(f, e)
    local left = err
    if not err then
      err = e
      err.msg = ("teardown of %s: %s"):format(f.name, tostring(e.msg))
    end
    core.say(("       teardown of %s failed: %s"):format(f.name, tostring(e.msg)),
      { type = "teardown", fixture = f.name, test = test.id, attempt = n, error = left and error_record(e) or nil })
  end)
  local outcome = outcome_of(err)
  if outcome ~= "pass" and outcome ~= "skip" then for _, b in ipairs(ctx.boards) do b.state = "unknown" end end
  local logs = core.json.array {}
  for i, c in ipairs(consoles_of(ctx)) do
    if from[i] and c.log then logs[#logs + 1] = { name = c.name, console = c.console, log = c.log, from = from[i].at, to = c.at } end
  end
  core.event(outcome == "pass" and "info" or "warn", ("test %s: %s"):format(test.shown, outcome))
  send { type = "attempt", test = test.id, name = test.shown, attempt = n, outcome = outcome, error = error_record(err),
    seconds = core.now() - began, consoles = logs, journal = { from = t0, to = bench_time() } }
  return outcome, err
end

------------------------------------------------------------------ one test

local function finish(ctx, test, outcome, err, attempts, spent, earlier)
  local run = ctx.run
  if outcome == "pass" and attempts > 1 then
    outcome = "flaky"
    if run.flaky_fails then run.status = core.worse(run.status, 1) end
  else
    run.status = core.worse(run.status, status_of(outcome, err))
  end
  run.counts[outcome] = (run.counts[outcome] or 0) + 1
  if outcome == "fail" or outcome == "error" or outcome == "blocked" then run.bad = true end
  send { type = "result", test = test.id, name = test.shown, file = test.file, line = test.line, board = ctx.name,
    outcome = outcome, error = error_record(err), attempts = attempts, seconds = spent, earlier = earlier and error_record(earlier),
    earlier_outcome = earlier and outcome_of(earlier) }
end

local function skipped(test)
  if test.opt.skip then return type(test.opt.skip) == "string" and test.opt.skip or "switched off in the file" end
end

local function one(ctx, test)
  local run, began = ctx.run, core.now()
  local why = skipped(test)
  if why then return finish(ctx, test, "skip", { msg = why, code = "skipped" }, 0, 0) end
  local limit = began + core.seconds("timeout", test.opt.timeout or run.test_timeout)
  if run.deadline and run.deadline < limit then limit = run.deadline end
  local most = 1 + (test.opt.retries or run.retries)
  local outcome, err, first, n
  for i = 1, most do
    n = i
    outcome, err = attempt(ctx, test, i, limit)
    first = first or err
    if core.stopping() or not retriable(outcome, err, test) or core.now() >= limit then break end
  end
  finish(ctx, test, outcome, err, n, core.now() - began, n > 1 and first or nil)
end

------------------------------------------------------------------ the run

local function late_teardown(ctx, what)
  return function(f, err)
    ctx.run.extra = ctx.run.extra + 1
    finish(ctx, { id = -ctx.run.extra, shown = ("%steardown of %s"):format(ctx.name and ctx.name .. "/" or "", f.name), file = what, line = 0 },
      outcome_of(err), err, 1, 0)
  end
end

-- All tests on one set of boards, one after another.
local function run_list(ctx, list)
  for _, test in ipairs(list) do
    local f = ctx.files[test.file]
    f = f or { scope = new_scope(), left = 0 }
    f.left = f.left + 1
    ctx.files[test.file] = f
  end
  for _, test in ipairs(list) do
    local f = ctx.files[test.file]
    if not core.stopping() and not (ctx.run.fail_fast and ctx.run.bad) then one(ctx, test)
    else ctx.run.counts.unrun = (ctx.run.counts.unrun or 0) + 1 end
    f.left = f.left - 1
    if f.left == 0 then tear_down(f.scope, nil, late_teardown(ctx, test.file)) end
  end
  tear_down(ctx.scope, nil, late_teardown(ctx, "run"))
end

local function board_of(entry, profile)
  local b = core.board(profile or { id = entry.name, name = entry.name })
  rawset(b, "id", entry.name)
  rawset(b, "name", entry.name)
  b.state, b.broken = "unknown", {}
  b.to = core.board_to
  b.place = core.place_of(entry.name)
  if entry.console ~= "" then
    b.con = vise.console.get(entry.console)
    core.console_profile(b.con, profile)
    b.console = setmetatable({ main = b.con }, { __index = function(_, name) return core.board_console(b, name) end })
  end
  return b
end

local function unknown_board(id) fail("usage", "--board %s: no plugin and no test file provides this board", id) end

local function boards_of(run)
  local out = {}
  for _, e in ipairs(run.boards) do
    local id = e.profile ~= "" and e.profile or nil
    local profile = id and core.boards[id]
    if id and not profile then unknown_board(id) end
    out[#out + 1] = board_of(e, profile or (not id and core.only(core.boards)) or nil)
  end
  return out
end

local function contexts(run)
  local boards = boards_of(run)
  local function ctx(list, name)
    return { run = run, boards = list, name = name, files = {}, scope = new_scope() }
  end
  if not run.each or #boards < 2 then return { ctx(boards) } end
  local out = {}
  for i, b in ipairs(boards) do out[i] = ctx({ b }, b.name) end
  return out
end

------------------------------------------------------------------ what is selected

local function has(list, word)
  for _, w in ipairs(list) do if w == word then return true end end
  return false
end

local function wanted(run, test)
  local text = (test.file .. ": " .. test.name):lower()
  for _, k in ipairs(run.k) do if not text:find(k:lower(), 1, true) then return false end end
  for _, tag in ipairs(run.tag) do
    local no = tag:match("^!(.+)$")
    if (no and has(test.tags, no)) or (not no and not has(test.tags, tag)) then return false end
  end
  return true
end

local function select_tests(run)
  local list, only = {}, false
  for _, t in ipairs(core.tests) do only = only or t.opt.only end
  for _, t in ipairs(core.tests) do
    if wanted(run, t) and (not only or t.opt.only) then list[#list + 1] = t end
  end
  if run.shuffle then
    math.randomseed(run.shuffle)
    for i = #list, 2, -1 do
      local k = math.random(i)
      list[i], list[k] = list[k], list[i]
    end
  end
  if run.shard then
    local i, n, out = run.shard[1], run.shard[2], {}
    for k, t in ipairs(list) do if (k - 1) % n == i - 1 then out[#out + 1] = t end end
    list = out
  end
  return list
end

-- The list of one context: repeated, named, numbered.
local function numbered(run, ctx, list)
  local out = {}
  for round = 1, run.rep do
    for _, t in ipairs(list) do
      run.last = run.last + 1
      local shown = (ctx.name and ctx.name .. "/" or "") .. t.name .. (run.rep > 1 and (" #%d"):format(round) or "")
      out[#out + 1] = setmetatable({ id = run.last, shown = shown }, { __index = t })
    end
  end
  return out
end

------------------------------------------------------------------ the beginning

local function number(run, key, v, least)
  local n = math.tointeger(tonumber(v))
  if not n or n < least then fail("usage", "%s: a whole number from %d is needed, not %s", key, least, v) end
  run[key == "repeat" and "rep" or key] = n
end

local take = {
  k = function(run, v) table.insert(run.k, v) end,
  tag = function(run, v) table.insert(run.tag, v) end,
  retries = function(run, v) number(run, "retries", v, 0) end,
  ["repeat"] = function(run, v) number(run, "repeat", v, 1) end,
  shuffle = function(run, v) number(run, "shuffle", v, 0) end,
  shard = function(run, v)
    local i, n = v:match("^(%d+)/(%d+)$")
    i, n = tonumber(i), tonumber(n)
    if not i or i < 1 or i > n then fail("usage", "--shard %s: I/N is needed, such as 1/4", v) end
    run.shard = { i, n }
  end,
  ["test-timeout"] = function(run, v) run.test_timeout = core.seconds("--test-timeout", v) end,
  timeout = function(run, v) run.deadline = core.now() + core.seconds("--timeout", v) end,
  ["fail-fast"] = function(run) run.fail_fast = true end,
  ["flaky-fails"] = function(run) run.flaky_fails = true end,
  each = function(run) run.each = true end,
  list = function(run) run.list = true end,
  dry = function(run) run.list, run.dry = true, true end,
  plugin = function(run, v) table.insert(run.plugins, v) end,
  board = function(run, v)
    local name, console, profile = v:match("^([^:]+):([^:]*):(.*)$")
    table.insert(run.boards, { name = name, console = console, profile = profile })
  end,
}

local for_all = { power = true, log = true, place = true }

local function run_of(r, sets)
  local run = { k = {}, tag = {}, boards = {}, plugins = {}, retries = 1, rep = 1, last = 0, extra = 0, test_timeout = TEST_S,
    params = sets, counts = {}, status = 0 }
  for _, s in ipairs(r.runs or {}) do
    local key, v = s:match("^([^=]+)=(.*)$")
    if key and (key:match("^answer:") or key:match("^option:") or for_all[key]) then goto taken end   -- by main.lua
    if not take[key] then fail("usage", "vise-script --run %s: not known", s) end
    take[key](run, v)
    ::taken::
  end
  return run
end

-- A file that cannot be read is a result of its own; the others go on.
local function read_file(run, ctx, path)
  loading = path
  local ok, err = core.guarded(path, function()
    core.require_dir(path:match("^(.*)/[^/]*$") or ".", vise)
    core.load_file(path)()
  end)
  loading = nil
  if ok then return end
  run.extra = run.extra + 1
  finish(ctx, { id = -run.extra, shown = "load " .. path, file = path, line = 0 }, "error", err, 1, 0)
end

-- With --dry-run also what it needs, and why it would be skipped.
local function list_tests(run, list)
  local have = {}
  for _, e in ipairs(run.boards) do
    have[e.name] = true
    if run.dry and e.profile ~= "" and not core.boards[e.profile] then unknown_board(e.profile) end
  end
  local array = core.json.array
  for _, t in ipairs(list) do
    local skip = run.dry and skipped(t) or nil
    for _, need in ipairs(run.dry and t.needs or {}) do
      if not have[need] then skip = skip or "needs a board named " .. need .. " (--port " .. need .. "=...)" end
    end
    send { type = "test", name = t.name, file = t.file, line = t.line, tags = array(table.move(t.tags, 1, #t.tags, 1, {})),
      needs = run.dry and array(table.move(t.needs, 1, #t.needs, 1, {})) or nil, skip = skip }
  end
end

-- The action `test`: files in r.args. Gives the exit status. Waits.
function core.run_tests(r, sets)
  local run = run_of(r, sets)
  core.json_lines, core.tests_run = true, true
  for _, dir in ipairs(run.plugins) do core.load_plugin(dir, {}, core.manifest_of(dir)) end
  for _, path in ipairs(r.args) do read_file(run, { run = run }, path) end
  core.finish_boards()
  local list = select_tests(run)
  if run.list then
    list_tests(run, list)
    return #list > 0 and run.status or core.worse(run.status, 5)
  end
  local all, tasks = contexts(run), {}
  send { type = "plan", tests = #list * run.rep * #all, boards = core.json.array(table.move(run.boards, 1, #run.boards, 1, {})) }
  for i, ctx in ipairs(all) do
    tasks[i] = core.spawn("tests" .. (ctx.name and " on " .. ctx.name or ""), function()
      core.keep()
      run_list(ctx, numbered(run, ctx, list))
    end)
  end
  for _, task in ipairs(tasks) do task:await() end
  send { type = "summary", counts = run.counts }
  if #list == 0 and run.status == 0 then return 5 end
  return run.status
end

-- A workflow or script as one test of reports and artefacts (--report, --artifacts): fn gives its exit status, and the error.
-- Gives the status; raises what fn raises. Waits.
function core.recorded(name, file, fn)
  core.json_lines, core.tests_run = true, true
  local t, boards = { number = 1, attempt = 1 }, {}
  for _, con in ipairs(core.has_bench() and vise.console.list() or {}) do
    local ok, c = pcall(vise.console.get, con)
    if ok then boards[#boards + 1] = { name = con, con = c } end
  end
  local ctx, line = { boards = boards }, { test = 1, name = name, attempt = 1 }
  running[core.current()], several = t, 1
  send { type = "plan", tests = 1, boards = core.json.array {} }
  send { type = "begin", test = 1, name = name, file = file, line = 0, attempt = 1, tags = core.json.array {} }
  local began, from, t0 = core.now(), consoles_of(ctx), bench_time()
  local r = table.pack(pcall(fn))
  local status, err = r[2], r[3]
  if not r[1] then status, err = core.status(r[2]), r[2] end
  local outcome = err and outcome_of(err) or status == 0 and "pass" or "error"
  local logs = core.json.array {}
  for i, c in ipairs(consoles_of(ctx)) do
    if from[i] and c.log then logs[#logs + 1] = { name = c.name, console = c.console, log = c.log, from = from[i].at, to = c.at } end
  end
  line.type, line.outcome, line.error, line.seconds = "attempt", outcome, error_record(err), core.now() - began
  line.consoles, line.journal = logs, { from = t0, to = bench_time() }
  send(line)
  send { type = "result", test = 1, name = name, file = file, line = 0, outcome = outcome, error = line.error, attempts = 1,
    seconds = line.seconds }
  send { type = "summary", counts = { [outcome] = 1 } }
  several, core.tests_run = 0, nil
  if not r[1] then error(r[2], 0) end
  return status
end
