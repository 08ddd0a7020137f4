-- debug.lua - debug sessions: which servers a board needs and which debugger goes to them, as a plan that the
-- bench starts and ends as one (src/bench/debugs.h). Nothing is started here.
local core, vise = ...
local fail, T = vise.fail, core.field

local append, quoted, file_word = core.append, core.shell_word, core.file_word
local words, flag, whole = T.words, T.flag, T.whole

local onoff = { "on", "off" }
-- What --set takes beside a plugin's own options.
local debug_sets = {
  method = { type = "string", doc = "one of the ways to debug the board; the profile's if absent" },
  server = { type = "string", doc = "a GDB server that runs already: :3333, host:3333; none is started" },
  probe = { type = "string", doc = "serial number of the debug probe" },
  debugger = { type = "string", doc = "the gdb to run; gdb-multiarch, else gdb" },
  load = { type = "enum", values = onoff, doc = "write the program first" },
  tap = { type = "enum", values = onoff, default = "off", doc = "put vise rsp tap between gdb and the server" },
  save = { type = "string", doc = "the tap keeps the conversation in this file" },
  rtt = { type = "int", min = 0, max = 65535, doc = "OpenOCD serves RTT channel 0 on this port; 0: on a free one, which it names" },
  wait = { type = "duration", default = "15s", doc = "how long a server may take to come up" },
  host = { type = "string", doc = "a Linux board: user@address, or a name of ~/.ssh/config" },
  dir = { type = "string", doc = "a Linux board: folder of the program" },
  service = { type = "string", doc = "a Linux board: name of the program there" },
  program = { type = "string", doc = "the program to debug, as the board names it" },
  attach = { type = "string", doc = "a program that runs: its number or name" },
  args = { type = "string", doc = "arguments of the program, apart from each other by blanks" },
  port = { type = "string", doc = "not used here" },
}
core.flash_sets.debug = debug_sets

local function split(text)
  local out = {}
  for w in (text or ""):gmatch("%S+") do out[#out + 1] = w end
  return out
end

------------------------------------------------------------------ gdb servers

-- method = { fields, need, package, remote = "remote" or "extended-remote",
--   server(m, b, a) -> { argv, port =, ready =, ... }; {server}: its port,
--   reset(m) -> gdb's commands behind "target", semihosting -> the same }
-- m: the profile's debug; a: the settings
local methods = {}

local common = {
  method = T.text, gdb = T.text, load = flag, svd = T.text, semihosting = flag, reset = words,
  gdb_before = words, gdb_connected = words, gdb_after = words, override = words, probe = T.text, server_path = T.text, gdb_args = words, server = T.text, server_args = words, vectors = whole,
  cwd = T.text, name = T.text,
}

methods.openocd = {
  package = "openocd", reset = { "monitor reset halt" }, semihosting = { "monitor arm semihosting enable" },
  fields = { interface = T.text, target = T.text, transport = T.text, before = words, after = words, configs = words, search = words,
    hooks = core.openocd_hooks_field },
  server = function(m, b, a)
    local after = table.move(m.after or {}, 1, #(m.after or {}), 1, {})
    if a.rtt then
      local r = b.rtt or {}
      append(after, ("rtt setup 0x%x 0x%x \"SEGGER RTT\""):format(r.address or 0x20000000, r.size or 0x4000),
        ("$_TARGETNAME configure -event gdb-attach { halt 1000; catch { rtt start; rtt server start %d %d } }"):format(a.rtt, r.channel or 0))
    end
    local argv = { m.server_path or "openocd", "-c", "gdb_port 0; tcl_port 0; telnet_port disabled; bindto 127.0.0.1" }
    for _, s in ipairs(m.search or {}) do append(argv, "-s", s) end
    for _, c in ipairs(m.before or {}) do append(argv, "-c", c) end
    local configs = m.configs or { m.interface and ("interface/%s.cfg"):format(m.interface) or nil }
    local adapter = 1
    for i, c in ipairs(configs) do
      append(argv, "-f", c)
      if i == adapter then
        if a.probe then append(argv, "-c", "adapter serial {" .. a.probe .. "}") end
        if m.transport then append(argv, "-c", "transport select " .. m.transport) end
      end
    end
    if m.target then append(argv, "-f", ("target/%s.cfg"):format(m.target)) end
    for _, c in ipairs(after) do append(argv, "-c", c) end
    for _, c in ipairs { core.openocd_hooks(m) } do append(argv, "-c", c) end
    return { argv = append(argv, m.server_args or {}), ready = "Listening on port %d for gdb" }
  end,
}

methods.jlink = {
  package = "J-Link software of SEGGER", reset = { "monitor reset", "monitor halt" },
  semihosting = { "monitor semihosting enable" },
  fields = { device = T.text, interface = T.text, speed = whole, address = T.text }, need = { "device" },
  server = function(m, _, a)
    local select = m.address and "ip=" .. m.address or a.probe and "usb=" .. a.probe or nil
    local argv = { m.server_path or "JLinkGDBServerCLExe", "-nogui", "-singlerun", "-localhostonly", "-if", m.interface or "swd",
      "-port", "{server}", "-swoport", "0", "-telnetport", "0", "-device", m.device }
    if m.speed then append(argv, "-speed", tostring(m.speed)) end
    if select then append(argv, "-select", select) end
    return { argv = append(argv, m.server_args or {}), port = "0" }
  end,
}

methods.stutil = {
  package = "stlink-tools", reset = { "monitor reset", "monitor halt" }, fields = {},
  server = function(m, _, a)
    local argv = append({ m.server_path or "st-util", "-p", "{server}" }, a.probe and { "--serial", a.probe } or {})
    if m.semihosting then append(argv, "--semihosting") end
    return { argv = append(argv, m.server_args or {}), port = "0", ready = "Listening at *:{server}" }
  end,
}

methods.pyocd = {
  package = "python3-pyocd", reset = { "monitor reset halt" }, fields = { target = T.text },
  server = function(m, _, a)
    local argv = { m.server_path or "pyocd", "gdbserver", "-p", "{server}", "-T", "0" }
    if m.target then append(argv, "-t", m.target) end
    if a.probe then append(argv, "-u", a.probe) end
    if m.semihosting then append(argv, "-S") end
    return { argv = append(argv, m.server_args or {}), port = "0" }
  end,
}

methods["probe-rs"] = {
  package = "probe-rs-tools (cargo)", reset = { "monitor reset halt" }, fields = { chip = T.text }, need = { "chip" },
  server = function(m, _, a)
    local argv = { m.server_path or "probe-rs", "gdb", "--chip", m.chip, "--gdb-connection-string", "127.0.0.1:{server}" }
    if a.probe then append(argv, "--probe", a.probe) end
    return { argv = append(argv, m.server_args or {}), port = "0" }
  end,
}

-- QEMU's own machine: its serial port is what the server's job prints and takes.
methods.qemu = {
  package = "qemu-system-arm", remote = "remote", fields = { machine = T.text, cpu = T.text, system = T.text }, need = { "machine" },
  server = function(m, _, a)
    local argv = { m.server_path or m.system or "qemu-system-arm", "-M", m.machine }
    if m.cpu then append(argv, "-cpu", m.cpu) end
    append(argv, "-nodefaults", "-nographic", "-monitor", "none", "-serial", "stdio", "-S", "-gdb", "tcp:127.0.0.1:{server}")
    if m.semihosting then append(argv, "-semihosting-config", "enable=on,target=native") end
    return { argv = append(argv, "-kernel", a.file, m.server_args or {}), port = "0" }
  end,
}

-- A server that somebody else started.
methods.external = {
  package = "gdb", fields = {}, need = { "server" },
  server = function() end,
}

------------------------------------------------------------------ Linux boards

-- Runs words on the board until our end of its input closes: a link that breaks leaves nothing running there.
-- $$ is the shell, which becomes the program.
local function on_board(a, line)
  return { "ssh", "-T", "-o", "BatchMode=yes", a.host,
    "exec 3<&0; (cat <&3; kill -INT $$ && sleep 3 && kill -KILL $$) >/dev/null 2>&1 & exec 3<&- </dev/null; " .. line }
end

local function forward(a, from)
  return { name = "forward", port = "0", argv = { "ssh", "-N", "-T", "-S", "none", "-o", "BatchMode=yes", "-o", "ExitOnForwardFailure=yes",
    "-L", "127.0.0.1:{forward}:127.0.0.1:{" .. from .. "}", a.host } }
end

local function place(m, a)
  if a.program then return a.program end
  if not a.file then fail("usage", "say which program: a file, --set program=PATH, or --set attach=NAME") end
  if not a.host then return file_word(a.file) end
  local name = a.service or m.service or a.file:match("[^/]*$"):gsub("%.elf$", "")
  return (a.dir or m.dir or "/usr/local/bin") .. "/" .. name
end

-- p: the process, by number or name
local function find_pid(what)
  if what:match("^%d+$") then return "p=" .. what end
  return ("p=$(pidof -s %s) || { echo no program named %s runs >&2; exit 1; }"):format(quoted(what), quoted(what))
end

local function line_of(list)
  local out = {}
  for i, w in ipairs(list) do out[i] = w == "$p" and "\"$p\"" or quoted(w) end
  return table.concat(out, " ")
end

-- What runs where the program is: here, or on the board.
local function there(m, a, name, list, ready)
  if a.host then
    local line = (a.attach and find_pid(a.attach) .. "; " or "") .. "exec " .. line_of(list)
    return { { name = name, argv = on_board(a, line), ready = ready, gentle = true }, forward(a, name) }, "forward"
  end
  if a.attach and not a.attach:match("^%d+$") then
    return { { name = name, argv = { "sh", "-c", find_pid(a.attach) .. "; exec " .. line_of(list) }, ready = ready } }, name
  end
  for i, w in ipairs(list) do if w == "$p" then list[i] = a.attach end end
  return { { name = name, argv = list, ready = ready, cwd = m.cwd } }, name
end

methods.dlv = {
  package = "delve", fields = { verb = T.text, dir = T.text, service = T.text, host = T.text, dlv = T.text, args = words, program = T.text },
  plan = function(m, b, a)
    local list = { m.dlv or "dlv" }
    if a.attach then append(list, "attach", "$p") else append(list, m.verb or "exec", place(m, a)) end
    append(list, "--headless", "--api-version=2", "--accept-multiclient", "--listen=127.0.0.1:0")
    local args = m.args or split(a.args)
    if not a.attach and #args > 0 then append(list, "--", args) end
    local servers, last = there(m, a, "dlv", list, "API server listening at: 127.0.0.1:%d")
    return { servers = servers, watch = "delve", kill = not a.attach,
      debugger = { argv = { "dlv", "connect", "127.0.0.1:{" .. last .. "}" }, cwd = m.cwd } }
  end,
}

-- A Delve that runs already.
methods["dlv-connect"] = {
  package = "delve", fields = {}, need = { "server" },
  plan = function(m)
    return { servers = {}, watch = "delve", watch_port = m.server:match("^127%.0%.0%.1:(%d+)$"), kill = false,
      debugger = { argv = { "dlv", "connect", m.server }, cwd = m.cwd } }
  end,
}

methods.gdbserver = {
  package = "gdbserver", remote = "remote", fields = { dir = T.text, service = T.text, host = T.text, args = words, program = T.text },
  servers = function(m, _, a)
    local list = { "gdbserver" }
    if a.attach then append(list, "--attach", "127.0.0.1:0", "$p")
    else append(list, "127.0.0.1:0", place(m, a), m.args or split(a.args)) end
    return there(m, a, "gdbserver", list, "Listening on port %d")
  end,
}

------------------------------------------------------------------ checks of a profile

local function names()
  local out = {}
  for k in pairs(methods) do out[#out + 1] = k end
  table.sort(out)
  return table.concat(out, ", ")
end

function core.check_debug(call, m, where)
  local def = methods[m.method] or fail("usage", "%s: no method named %q; known: %s", call, tostring(m.method), names(), { where = where })
  local fields = {}
  for k, f in pairs(common) do fields[k] = f end
  for k, f in pairs(def.fields) do fields[k] = f end
  core.check(("%s (%s)"):format(call, m.method), m, fields, where)
  for _, k in ipairs(def.need or {}) do
    if m[k] == nil then fail("usage", "%s (%s): %s is missing (%s)", call, m.method, k, fields[k][2], { where = where }) end
  end
end

-- What a way to flash says of a way to debug.
local from_flash = {
  openocd = function(f) return { method = "openocd", interface = f.interface, target = f.target, transport = f.transport, before = f.before,
    after = f.after, hooks = f.hooks } end,
  stflash = function() return { method = "stutil" } end,
  pyocd = function(f) return { method = "pyocd", target = f.target } end,
  ["probe-rs"] = function(f) return { method = "probe-rs", chip = f.chip } end,
  nrfjprog = function(_, b) return b.chip and { method = "jlink", device = b.chip } end,
  ssh = function(f) return { method = "dlv", dir = f.dir, service = f.service } end,
}

-- The ways to debug a board, the one that is taken first; a plugin's own function is none of them.
local function ways(b)
  local list, have = {}, {}
  local function add(m)
    if m and not have[m.method] then list[#list + 1], have[m.method] = m, true end
  end
  if core.is_table(b.debug) then add(b.debug) end
  for _, f in ipairs(core.is_table(b.flash) and b.flash or {}) do
    if from_flash[f.method] then add(from_flash[f.method](f, b)) end
    if f.method == "ssh" then add { method = "gdbserver", dir = f.dir, service = f.service } end
  end
  return list
end

function core.can_debug(b) return core.is_fn(b.debug) or #ways(b) > 0 end

local function way_of(b, want)
  local list, known = ways(b), {}
  if not want then return list[1] end
  for i, m in ipairs(list) do
    known[i] = m.method
    if m.method == want then return m end
  end
  if methods[want] then
    local m = { method = want, device = b.chip, chip = b.chip, server = core.sets.server }
    for k in pairs(m) do if k ~= "method" and k ~= "server" and not methods[want].fields[k] then m[k] = nil end end
    return m
  end
  fail("usage", "board %s cannot be debugged by %q; known: %s", b.id, want, #known > 0 and table.concat(known, ", ") or names())
end

------------------------------------------------------------------ the plan

local function ex(argv, list) for _, c in ipairs(list or {}) do append(argv, "-ex", c) end end

-- The words of a gdb that goes to `address`; what it says of its target comes to {mi}.
local function gdb_argv(m, def, a, address)
  local argv = { a.debugger or m.gdb or "gdb-multiarch", "-q", "-ex", "set confirm off", "-ex", "new-ui mi2 {mi}" }
  append(argv, m.gdb_args or {})
  ex(argv, m.gdb_before)
  append(argv, "-ex", ("target %s %s"):format(def.remote or "extended-remote", address))
  ex(argv, m.gdb_connected)
  ex(argv, m.override or m.reset or def.reset)
  if m.semihosting then ex(argv, def.semihosting) end
  if a.load == "on" or (a.load == nil and m.load) then ex(argv, { "load" }) ex(argv, m.reset or def.reset) end
  if m.vectors then ex(argv, { ("set *(unsigned*)0xe000ed08 = 0x%x"):format(m.vectors) }) end
  ex(argv, m.gdb_after)
  if a.file then append(argv, file_word(a.file)) end
  return argv
end

local function gdb_plan(m, def, b, a)
  local servers, at = {}, a.server or m.server
  if def.servers then
    local last
    servers, last = def.servers(m, b, a)
    at = "127.0.0.1:{" .. last .. "}"
  elseif not at then
    local s = def.server(m, b, a)
    if not s.argv[1] then fail("usage", "%s: no server for %s", b.id, m.method) end
    s.name, s.cwd = m.method, m.cwd
    for i, w in ipairs(s.argv) do s.argv[i] = w:gsub("{server}", "{" .. s.name .. "}") end
    s.ready = s.ready and not s.ready:find("{server}", 1, true) and s.ready or nil
    servers, at = { s }, "127.0.0.1:{" .. s.name .. "}"
  end
  if a.tap == "on" or a.save then
    local tap = { name = "tap", argv = { "vise", "rsp", "tap", at:gsub("^:", "127.0.0.1:"), "--listen", "0" },
      ready = "target remote 127.0.0.1:%d" }
    if a.save then append(tap.argv, "--save", a.save) end
    append(servers, { tap })
    at = "127.0.0.1:{tap}"
  end
  return { servers = servers, watch = "mi", debugger = { argv = gdb_argv(m, def, a, at), cwd = m.cwd,
    ["or"] = not (a.debugger or m.gdb) and { "gdb", "arm-none-eabi-gdb" } or nil } }
end

-- A plugin's own words: a list, whose gdb is watched too.
local function own_plan(argv)
  local list = table.move(argv, 1, #argv, 1, {})
  local is_gdb = list[1]:match("[^/]*$"):match("gdb$") ~= nil
  if argv.env then
    local env = { "env" }
    for k, v in pairs(argv.env) do env[#env + 1] = k .. "=" .. tostring(v) end
    list = append(env, list)
  elseif is_gdb then
    table.insert(list, 2, "-ex")
    table.insert(list, 3, "new-ui mi2 {mi}")
  end
  return { servers = {}, watch = is_gdb and not argv.env and "mi" or "", debugger = { argv = list, cwd = argv.cwd } }
end

local function finish(plan, b, a, m)
  for _, s in ipairs(plan.servers) do s.wait = math.floor(a.wait * 1000) end
  plan.name, plan.board = "debug " .. (b.id or "?"), b.id
  if m and m.svd and m.svd:sub(1, 1) == "/" then plan.svd = m.svd end      -- else the bench finds it beside the profile
  return plan
end

-- The settings as a plan wants them. A program of a Linux board is not looked for here.
local function settings(m, file)
  local a = core.parameters("--set", debug_sets, core.sets)
  a.file, a.host = file, a.host or m.host
  a.program, a.probe = a.program or m.program, a.probe or m.probe or not a.server and core.probe_of(m) or nil
  if m.method ~= "dlv" and m.method ~= "gdbserver" then a.attach = nil end
  return a
end

function core.plan_by(m, b, file)
  local def, a = methods[m.method], settings(m, file)
  core.check_debug(b.id or "debug", m)
  return finish(def.plan and def.plan(m, b, a) or gdb_plan(m, def, b, a), b, a, m)
end

-- The way a board is debugged, for export: a plugin's function is asked.
function core.debug_way(b, file)
  local m = core.is_fn(b.debug) and not core.sets.method and b.debug(b, file, {}) or way_of(b, core.sets.method)
  if type(m) ~= "table" or not m.method then fail("usage", "board %s: nothing says how it is debugged", b.id) end
  return m, settings(m, file)
end

-- b: the board object; what debug would start.
function core.debug_plan(b, file)
  local want = core.sets.method
  if core.is_fn(b.debug) and not want then
    local own = b.debug(b, file, {})
    if type(own) == "table" and own.method then return core.plan_by(own, b, file) end
    if type(own) ~= "table" or type(own[1]) ~= "string" then
      fail("usage", "board %s: debug must give a list of words, or { method = }", b.id)
    end
    return finish(own_plan(own), b, core.parameters("--set", debug_sets, core.sets))
  end
  local server = core.sets.server
  local m = way_of(b, want) or server and { method = "external", server = server } or
    fail("usage", "board %s: nothing says how it is debugged; --set server=ADDRESS goes to a GDB server that runs", b.id)
  return core.plan_by(m, b, file)
end

core.debug_ways, core.debug_methods, core.debug_common = ways, methods, common
