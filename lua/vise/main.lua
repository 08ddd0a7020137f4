-- main.lua - what the script host does: load, register, run, clean up. Its result is the exit
-- status.
local core, vise = ...
local fail = vise.fail

-- The worst wins, so that 1 always means a verdict.
local order = { 130, 143, 124, 7, 4, 2, 3, 6, 1, 5, 0 }
local function worse(a, b)
  for _, s in ipairs(order) do if a == s or b == s then return s end end
  return a
end

core.worse = worse

local function dir_of(path)
  local dir = path:match("^(.*)/[^/]*$")
  if dir == nil then return "." end
  return dir ~= "" and dir or "/"
end

local function sets_of(list)
  local out = {}
  for _, s in ipairs(list or {}) do
    local k, v = s:match("^([^=]+)=(.*)$")
    if not k then fail("usage", "--set %s: KEY=VALUE is needed", s) end
    out[k] = v
  end
  return out
end

-- Runs fn in a task of its own; gives ok, error or results.
local function guarded(name, fn, ...)
  local task = core.spawn(name, fn, ...)
  return pcall(task.await, task)
end

core.guarded = guarded

local function register(only)
  if not core.has_bench() then return end
  local d = core.describe(only)
  if #d.boards + #d.workflows + #d.macros == 0 then return end
  local ok, err = pcall(core.call, "register", "register", d, 10)
  if not ok and err.code ~= "unsupported" then error(err, 0) end
end

------------------------------------------------------------------ plugins

-- m: its manifest, checked before any Lua ran; dir: its folder, or the Lua file that is all of it
local function load_plugin(dir, sets, m)
  if m.lone then dir = dir_of(dir) end
  local declared, options = m.options or {}, {}
  for name, p in pairs(declared) do
    local set = {}
    set[name] = sets[name]
    if set[name] == nil then set[name] = os.getenv("VISE_" .. name:upper()) end
    if set[name] == nil then set[name] = core.given_options[m.name .. "." .. name] end      -- of the project
    options[name] = core.parameters("plugin " .. m.name, { [name] = p }, set)[name]
  end
  vise.plugin = { name = m.name, version = m.version, dir = dir, options = options }
  core.require_dir(dir, vise)
  if core.has_bench() then core.load_state() end
  core.load(dir .. "/" .. (m.entry or "init.lua"), "plugin " .. m.name)
  return declared
end
core.load_plugin = load_plugin

local loaded = {}                                       -- the required ones

-- Loads the required plugin that provides what an heir inherits: of all it declares only boards stay, and
-- its options are ours.
function core.load_other(id)
  local main = vise.plugin
  for _, other in ipairs(core.used_plugins()) do
    local provides = {}
    for _, p in ipairs(other.manifest.provides or {}) do provides[p] = true end
    if not loaded[other.name] and (provides["board:" .. id] or provides["base:" .. id]) then
      local keep = { core.workflows, core.macros, core.decoders, core.order }
      core.workflows, core.macros, core.decoders, core.order = {}, {}, {}, {}
      loaded[other.name], core.loading = true, other.name
      local declared = load_plugin(other.dir, core.sets, other.manifest)
      core.loading = nil
      core.workflows, core.macros, core.decoders, core.order = table.unpack(keep)
      for name, v in pairs(vise.plugin.options) do
        if main and main.options[name] == nil then main.options[name], core.more_options[name] = v, declared[name] end
      end
      vise.plugin = main or vise.plugin                 -- of a script: what the profile's functions read their options from
      core.require_dir(main and main.dir or core.script, vise)
    end
  end
end

------------------------------------------------------------------ boards

-- The profile of --board, of whatever plugin it is.
local function load_board(id)
  if not id then return end
  if not core.declared[id] then core.load_other(id) end
  core.use_board(id)
end

local function use_profile(profile)
  if not profile then return end
  core.never = profile.never or {}
  local main = profile.console and profile.console.main
  if main then
    core.eol = main.eol or core.eol
    core.lost = main.on_lost or core.lost
  end
end

local function need(list, what, id)
  local t = list[id]
  if t then return t end
  local ids = {}
  for k in pairs(list) do ids[#ids + 1] = k end
  table.sort(ids)
  fail("usage", "no %s named %s; known: %s", what, tostring(id), #ids > 0 and table.concat(ids, ", ") or "none")
end

local function board_call(action, id, file)
  local profile = need(core.boards, "board", id)
  local fn = core.act_of(profile, action) or fail("usage", "board %s has no %s", id, action)
  use_profile(profile)
  return core.board(profile), fn, file
end

local actions = {}

function actions.flash(r)
  local b, fn, file = board_call("flash", r.id, r.file)
  local began = core.now()
  core.part = true                                      -- its tools are parts of this job
  core.flash(b, fn, file)
  local text = ("%s: flashed %s in %s"):format(r.id, file, core.span(core.now() - began))
  core.say(text, { type = "end", action = "flash", board = r.id, file = file, result = "pass" })
end

function actions.reset(r)
  local b, fn = board_call("reset", r.id)
  core.part = true
  fn(b, {})
  core.say(r.id .. ": reset", { type = "end", action = "reset", board = r.id, result = "pass" })
end

-- The bench starts what the plan says, and ends it as one; answers when the debugger runs.
local function begin_debug(plan)
  local row = core.call("vise.debug", "command", { line = core.line("debug.start", {}, { plan = core.json.encode(plan) }) })
  local job = math.tointeger(row.debugger and row.debugger.job)
  core.say(("%s: runs as job %s"):format(plan.name, tostring(job)), { type = "end", action = "debug", board = plan.board, job = job,
    session = math.tointeger(row.id), result = "pass" })
end

function actions.debug(r)
  local b, fn, file = board_call("debug", r.id, r.file)
  begin_debug(fn(b, file ~= "" and file or nil))
end

actions["debug-plan"] = function(r)
  local b, file = core.board(need(core.boards, "board", r.id)), r.file ~= "" and r.file or nil
  core.out(core.json.encode(r.export and core.launch_export(b, file) or core.debug_plan(b, file)))
end

-- A configuration of VS Code's launch.json as the id: no plugin has a part in it.
local function run_launch(r)
  core.check_sets(core.sets, core.flash_sets.debug)
  local plan = core.import_plan(r.id)
  if r.action == "debug-plan" then core.out(core.json.encode(plan)) return 0 end
  local ok, err = guarded("debug", begin_debug, plan)
  if not ok then error(err, 0) end
  return 0
end

-- The board's OpenOCD, for ocd.start: done when the bench is connected to it.
function actions.server(r)
  local b, fn = board_call("server", r.id)
  local proc, port = core.start_server(b, fn(b))
  core.say(("%s: OpenOCD runs as job %d, its Tcl port is %d"):format(r.id, proc.id, port), { type = "end", action = "server",
    board = r.id, job = proc.id, port = port, result = "pass" })
end

-- Lines come as long as the bench lives; one that goes wrong is said and left behind.
function actions.decode(r)
  local d = need(core.decoders, "decoder", r.id)
  while true do
    for _, row in ipairs(core.call("vise.decoder", "command", { line = core.line("decoder.next", { r.id }, {}) }) or {}) do
      local ok, res = pcall(d.feed, row.line, { console = row.console, offset = row.offset })
      if not ok then vise.log.error("decoder %s: %s", r.id, tostring(res)) end
      if ok and res ~= nil then core.decoded(r.id, row, res) end
    end
  end
end

function actions.describe(r)
  if r.board then need(core.boards, "board", r.board) end
  core.out(core.json.encode(core.describe(r.board)))
end

-- The bench is told of what is provided, which is all.
function actions.register() end

-- What flash would run, in words; nothing is run.
function actions.plan(r)
  local list, array = {}, core.json.array
  for id, profile in pairs(r.id == "*" and core.boards or { [r.id] = need(core.boards, "board", r.id) }) do
    table.insert(list, core.plan(core.board(profile), r.file or "FILE"))
  end
  table.sort(list, function(a, b) return a.board < b.board end)
  core.out(core.json.encode(array(list)))
end

-- What is registered against what the manifest promises: the bench and the command line know only the latter.
-- A file of its own promises the board of its name; the user's init.lua nothing.
function actions.check()
  local promised, problems, names = {}, {}, {}
  local have, m = core.provided(), core.manifest()
  local missing, hidden = "plugin.json promises %s, which nothing registers", "%s is registered, and not in \"provides\" of plugin.json"
  if m.lone then missing, hidden = "%s is what the name of the file promises, and nothing registers it", "%s is registered: a file of boards is for the board of its name" end
  for _, p in ipairs(m.provides or {}) do
    promised[p] = true
    if not have[p] then problems[#problems + 1] = missing:format(p) end
  end
  for p in pairs(have) do
    names[#names + 1] = p
    if not promised[p] and not m.eager then problems[#problems + 1] = hidden:format(p) end
  end
  table.sort(names)
  table.sort(problems)
  for _, p in ipairs(problems) do core.say(p, { type = "problem", text = p }) end
  local word = #problems == 0 and "sound" or "not sound"
  core.say(("%s%s: %s; %s"):format(vise.plugin.name, m.lone and "" or " " .. vise.plugin.version, word, table.concat(names, " ")),
    { type = "end", plugin = vise.plugin.name, result = word, provides = core.json.array(names), problems = core.json.array(problems) })
  return #problems == 0 and 0 or 2
end

------------------------------------------------------------------ running

local function only(list)
  local k, v = next(list)
  if k ~= nil and next(list, k) == nil then return v end
end

core.only = only

-- What a workflow would do: its parameters, and what it says of itself. Nothing is touched.
local function dry_run(w, params)
  local lines, names = {}, {}
  for name in pairs(w.params or {}) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do
    local v = params[name]
    lines[#lines + 1] = ("  %s = %s"):format(name, v == nil and "(not given)" or tostring(v))
  end
  local plan = w.plan and w.plan(params) or { w.title or w.id }
  if type(plan) == "string" then plan = { plan } end
  for _, l in ipairs(plan) do lines[#lines + 1] = "  would: " .. tostring(l) end
  if w.timeout then lines[#lines + 1] = "  at most " .. core.span(core.seconds(w.id, w.timeout)) end
  core.say(w.id .. ":\n" .. table.concat(lines, "\n"), { type = "plan", workflow = w.id, params = params, plan = plan })
end

-- fn of the parameters. In a job of the bench somebody may sit at a screen: what is missing is asked for.
local function with_params(what, declared, sets, fn)
  if core.job_id and core.has_bench() then return core.with_params(what, declared, sets, fn) end
  return fn(core.parameters(what, declared, sets))
end

local function run_workflows(list, r, sets, declared)
  for _, w in ipairs(list) do
    for name, p in pairs(w.params or {}) do declared[name] = p end
  end
  core.check_sets(sets, declared)
  local status, first = 0, nil
  for _, w in ipairs(list) do
    local profile = core.boards[w.board or r.board] or only(core.boards)
    use_profile(profile)
    if r.dry then dry_run(w, core.parameters(w.id, w.params, sets))
    else
      local s, err = with_params(w.id, w.params, sets, function(params) return core.run_workflow(w, params, core.board(profile)) end)
      status, first = worse(status, s), first or err
    end
  end
  return status, first
end

-- With repeat_every again and again without drift, until it fails or is ended; the console is everybody's meanwhile.
local function repeated(m, params, board)
  local beat = core.now()
  while true do
    local status = core.run_macro(m, params, board)
    if status ~= 0 or not m.repeat_every then return status end
    beat = math.max(beat + core.seconds(m.id, m.repeat_every), core.now())
    local ok, err = guarded(m.id, core.sleep, math.max(0, beat - core.now()))
    if not ok then return core.status(err) end
  end
end

local function run_macro(r, sets, declared)
  local m = need(core.macros, "macro", r.id)
  local profile = core.boards[m.board or r.board]
  for name, p in pairs(m.params or {}) do declared[name] = p end
  core.check_sets(sets, declared)
  use_profile(profile)
  return with_params(m.id, m.params, sets, function(params) return repeated(m, params, core.board(profile)) end)
end

local function run_file(r, sets)
  if r.dry then return core.dry_script(r.file, dir_of(r.file)) end
  core.script = dir_of(r.file)
  core.require_dir(core.script, vise)
  load_board(r.board)
  vise.params = sets                                    -- as text: nothing declares types for a bare script
  local chunk = core.load_file(r.file)
  local ok, err = guarded(core.name, chunk, table.unpack(r.args or {}))
  if not ok then error(err, 0) end
  core.finish_boards()
  register()
  if #core.order == 0 then return 0 end
  return run_workflows(core.order, r, sets, {})
end

local on_board = { flash = true, reset = true, debug = true, server = true }
local offline = { describe = true, check = true, compile = true, plan = true, ["debug-plan"] = true }

local function run_plugin(r, sets)
  if r.action == "compile" then return core.lint(r.args) end
  local declared = load_plugin(r.plugin, sets, core.manifest())
  if r.action == "workflow" or r.action == "macro" then load_board(r.board) end
  core.finish_boards()
  for name, p in pairs(core.more_options) do declared[name] = p end
  if offline[r.action] then
    core.sets = sets
    return actions[r.action](r) or 0
  end
  if r.action == "serve" then
    register()
    core.serve()
    return 0
  end
  local of_board = on_board[r.action] and core.flash_sets[r.action]
  register(of_board and r.id or nil)
  if r.action == "workflow" then
    local list = { need(core.workflows, "workflow", r.id) }
    local status, err = run_workflows(list, r, sets, declared)
    core.save_state()
    return status, err
  end
  if r.action == "macro" then
    local status = run_macro(r, sets, declared)
    core.save_state()
    return status
  end
  for name, p in pairs(of_board or {}) do declared[name] = p end
  core.check_sets(sets, declared)
  local ok, err = guarded(r.action .. " " .. tostring(r.id), actions[r.action], r)
  if not ok then error(err, 0) end
  core.save_state()
  return 0
end

local function setup(r)
  core.json_lines, core.json_errors = r.json, r.json
  if r.verbose then core.level = core.levels.debug end
  core.given_options = {}
  for _, word in ipairs(r.runs or {}) do
    r.dry = r.dry or word == "dry=on"
    r.export, r.records = r.export or word == "export=on", r.records or word == "records=on"
    core.csv_only = core.csv_only or word == "csv=on"
    core.powers_back = core.powers_back or word == "power=back"
    core.level = core.levels[word:match("^log=(%a+)$")] or core.level
    if word:sub(1, 6) == "place=" then core.add_place(word:sub(7)) end
    local option, value = word:match("^option:([^=]+)=(.*)$")
    if option then core.given_options[option] = value end
    local id, answer = word:match("^answer:([^=]+)=(.*)$")
    if id then core.answers = core.answers or {} core.answers[id] = answer end
  end
  core.console_name, core.job_id = r.console, os.getenv("VISE_JOB")
  core.name = r.plugin and core.manifest().name or (r.file or r.action):match("([^/]+)/*$")
  core.sets, core.more_options = sets_of(r.sets), {}
  vise.args = {}
  for i, a in ipairs(r.args or {}) do vise.args[i] = a end
end

-- Tasks that are left when all is said are cancelled and may clean up.
local function end_others()
  core.cancel_all("the script has ended")
  while core.alive() > 0 do core.sleep(0.02) end
end

function core.main(r)
  core.keep()
  setup(r)
  core.usb = r.usb or offline[r.action] and {} or nil     -- the USB devices, where no bench can be asked
  local ok, status = xpcall(function()
    local run = r.action == "test" and core.run_tests or r.plugin and run_plugin or
      (r.action == "debug" or r.action == "debug-plan") and run_launch or run_file
    if not r.records then return (run(r, sets_of(r.sets))) end
    return core.recorded(r.id or core.name:gsub("%.lua$", ""), r.file or r.plugin, function() return run(r, sets_of(r.sets)) end)
  end, core.handler)
  if not ok then
    core.flash_failed(r, status)
    status = core.status(status)
  end
  end_others()
  if rawget(core, "power_back") then status = worse(status, core.power_back()) end
  pcall(core.end_jobs, r.action)
  return status
end
