-- launchjson.lua - debug configurations of VS Code: Cortex-Debug's and Go's entries of launch.json become a way to
-- debug (debug.lua), and a board's way becomes such an entry. What has no meaning here is named.
-- Keys: Cortex-Debug's package.json (1.12), vscode-go's (0.41), cpptools'.
local core, vise = ...
local fail = vise.fail

local function text(v, key)
  if type(v) ~= "string" then fail("usage", "launch.json: %s is a text", key) end
  return v
end

local function list(v, key)
  if type(v) == "string" then return { v } end
  if type(v) ~= "table" then fail("usage", "launch.json: %s is a list of texts", key) end
  for i, w in ipairs(v) do text(w, key .. "[" .. i .. "]") end
  return v
end

-- "0x20000000", 536870912, "4096"; "auto" is nil
local function number(v, key)
  if v == "auto" then return nil end
  local n = math.tointeger(tonumber(v))
  return n or fail("usage", "launch.json: %s is a number, not %s", key, tostring(v))
end

local function join(a, b) return table.move(b, 1, #b, #a + 1, a) end

------------------------------------------------------------------ keys

-- take[key](to, value, key): to = { m, file, rtt, load ... }
local function field(name, read) return function(to, v, key) to.m[name] = read(v, key) end end
local function add(name) return function(to, v, key) to.m[name] = join(to.m[name] or {}, list(v, key)) end end
local function nothing() end
local function unused(to, _, key) to.unused[#to.unused + 1] = key end

local function rtt(to, v, key)
  if type(v) ~= "table" then fail("usage", "launch.json: %s is an object", key) end
  if v.enabled == false then return end
  to.rtt = { address = v.address and number(v.address, "rttConfig.address"), size = v.searchSize and number(v.searchSize, "rttConfig.searchSize") }
  for i, d in ipairs(v.decoders or {}) do
    if i == 1 then to.rtt.channel = d.port and number(d.port, "rttConfig.decoders[1].port") end
  end
  for k in pairs(v) do
    if not ({ enabled = 1, address = 1, searchSize = 1, searchId = 1, clearSearch = 1, polling_interval = 1, rtt_start_retry = 1,
      decoders = 1 })[k] then to.unknown[#to.unknown + 1] = "rttConfig." .. k end
  end
end

local function vectors(to, v, key)
  if type(v) == "table" then v = v.address or v.offset end
  to.m.vectors = number(v, key)
end

-- armToolchainPath, toolchainPrefix
local function toolchain(to, v, key) to[key == "toolchainPrefix" and "prefix" or "tools"] = text(v, key) end

local function entry(to, v, key)
  if v == true then v = "main" end
  if v and v ~= "" then to.entry = text(v, key) end
end

local of_launch, of_attach = { launch = true }, { attach = true }
local function when(requests, fn)
  return function(to, v, key)
    if requests[to.request] then return fn(to, v, key) end
  end
end

local cortex = {
  executable = function(to, v, key) to.file = text(v, key) end,
  device = function(to, v, key)
    if to.method == "jlink" then to.m.device = text(v, key) elseif to.method == "probe-rs" then to.m.chip = text(v, key) end
  end,
  interface = function(to, v, key)
    if to.method == "jlink" then to.m.interface = text(v, key) else to.m.transport = to.method == "openocd" and text(v, key) or nil end
  end,
  transport = function(to, v, key) to.m.transport = text(v, key) end,
  configFiles = add("configs"), searchDir = add("search"),
  openOCDPreConfigLaunchCommands = add("before"), openOCDLaunchCommands = add("after"),
  serverArgs = add("server_args"), serverpath = field("server_path", text), serverCwd = unused,
  serialNumber = field("probe", text), boardId = field("probe", text),
  targetId = function(to, v, key)
    if to.method == "pyocd" then to.m.target = tostring(v) elseif to.method == "external" then to.bmp = tostring(v) else unused(to, v, key) end
  end,
  ipAddress = field("address", text), BMPGDBSerialPort = field("server", text), gdbTarget = field("server", text),
  gdbPath = field("gdb", text), armToolchainPath = toolchain, toolchainPath = toolchain, toolchainPrefix = toolchain,
  debuggerArgs = add("gdb_args"), cpu = field("cpu", text), machine = field("machine", text),
  preLaunchCommands = when(of_launch, add("gdb_connected")), preAttachCommands = when(of_attach, add("gdb_connected")),
  postLaunchCommands = when(of_launch, add("gdb_after")), postAttachCommands = when(of_attach, add("gdb_after")),
  overrideLaunchCommands = when(of_launch, field("override", list)), overrideAttachCommands = when(of_attach, field("override", list)),
  loadFiles = function(to, v, key) to.loads = list(v, key) end,
  runToEntryPoint = entry, runToMain = entry, rttConfig = rtt,
  svdFile = field("svd", text), svdPath = field("svd", text),
  semihosting = function(to, v) to.m.semihosting = v == true or type(v) == "table" and v.enabled ~= false end,
  vectorTable = vectors, cwd = field("cwd", text),
  rtos = function(to, v, key)
    if to.method == "openocd" then to.m.after = join(to.m.after or {}, { "$_TARGETNAME configure -rtos " .. text(v, key) })
    else unused(to, v, key) end
  end,
}
for _, k in ipairs { "type", "request", "name", "servertype", "linux", "osx", "windows", "$schema", "breakAfterReset", "presentation",
  "internalConsoleOptions" } do cortex[k] = nothing end
for _, k in ipairs { "preLaunchTask", "postDebugTask", "showDevDebugOutput", "showDevDebugTimestamps", "swoConfig", "graphConfig", "liveWatch",
  "hardwareBreakpoints", "variableUseNaturalFormat", "demangle", "objdumpPath", "symbolFiles", "numberOfProcessors", "targetProcessor",
  "overrideGDBServerStartedRegex", "preResetCommands", "postResetCommands", "overrideResetCommands", "preRestartCommands",
  "postRestartCommands", "overrideRestartCommands", "postStartSessionCommands", "postResetSessionCommands", "preEndSessionCommands",
  "cmsisPack", "powerOverBMP", "v1", "chainedConfigurations", "extensionID", "registerUseNaturalFormat", "gdbInterruptMode",
  "stm32cubeprogrammer", "jlinkscript", "env", "loadSymbolsFromFile", "swoTraceRate", "ignore" } do
  cortex[k] = cortex[k] or unused
end

local servertypes = { openocd = "openocd", jlink = "jlink", stutil = "stutil", pyocd = "pyocd", qemu = "qemu", external = "external",
  bmp = "external", ["probe-rs"] = "probe-rs" }

local go = {
  program = function(to, v, key) to.m.program = text(v, key) end,
  args = add("args"), cwd = field("cwd", text), dlvToolPath = field("dlv", text),
  processId = function(to, v) to.attach = tostring(v) end,
  host = function(to, v, key) to.host = text(v, key) end, port = function(to, v, key) to.port = number(v, key) end,
}
for _, k in ipairs { "type", "request", "name", "mode", "linux", "osx", "windows", "$schema", "presentation", "internalConsoleOptions" } do
  go[k] = nothing
end
for _, k in ipairs { "remotePath", "substitutePath", "stopOnEntry", "showLog", "trace", "logOutput", "env", "envFile", "buildFlags", "dlvFlags",
  "dlvLoadConfig", "apiVersion", "debugAdapter", "preLaunchTask", "postDebugTask", "console", "output", "hideSystemGoroutines",
  "showGlobalVariables", "showRegisters", "stackTraceDepth", "backend", "asRoot", "coreFilePath", "traceDirPath" } do go[k] = unused end

local cppdbg = {
  program = function(to, v, key) to.file = text(v, key) end, miDebuggerServerAddress = field("server", text),
  miDebuggerPath = field("gdb", text), miDebuggerArgs = function(to, v) to.m.gdb_args = { text(v, "miDebuggerArgs") } end,
  cwd = field("cwd", text), svdPath = field("svd", text),
  setupCommands = function(to, v)
    for _, c in ipairs(v) do to.m.gdb_before = join(to.m.gdb_before or {}, { text(c.text, "setupCommands.text") }) end
  end,
  postRemoteConnectCommands = function(to, v)
    for _, c in ipairs(v) do to.m.gdb_connected = join(to.m.gdb_connected or {}, { text(c.text, "postRemoteConnectCommands.text") }) end
  end,
}
for _, k in ipairs { "type", "request", "name", "MIMode", "linux", "osx", "windows", "presentation", "internalConsoleOptions" } do
  cppdbg[k] = nothing
end
for _, k in ipairs { "args", "stopAtEntry", "environment", "externalConsole", "preLaunchTask", "logging", "targetArchitecture",
  "sourceFileMap", "useExtendedRemote", "hardwareBreakpoints" } do cppdbg[k] = unused end

------------------------------------------------------------------ import

-- The platform's own keys stand before the common ones.
local function for_linux(c)
  local out = {}
  for k, v in pairs(c) do out[k] = v end
  for k, v in pairs(type(c.linux) == "table" and c.linux or {}) do out[k] = v end
  return out
end

local function no_variables(v, key)
  if type(v) == "string" then
    local name = v:match("%${[^}]*}")
    if name then fail("usage", "launch.json: %s: %s is not known outside of VS Code", key, name) end
  elseif type(v) == "table" then
    for k, x in pairs(v) do
      if type(x) == "string" then no_variables(x, key .. (type(k) == "string" and "." .. k or "")) end
    end
  end
end

local function read_keys(c, keys, to)
  local names = {}
  for k in pairs(c) do names[#names + 1] = k end
  table.sort(names)
  for _, k in ipairs(names) do
    local fn = keys[k]
    if not fn then to.unknown[#to.unknown + 1] = k
    else
      if fn ~= unused and fn ~= nothing then no_variables(c[k], k) end
      fn(to, c[k], k)
    end
  end
end

local function import_cortex(c, to)
  local kind = text(c.servertype, "servertype")
  to.method = servertypes[kind] or fail("usage", "launch.json: servertype %s is not known here; known: openocd, jlink, stutil, pyocd, qemu, " ..
    "bmp, external, probe-rs", kind)
  to.m.method = to.method
  read_keys(c, cortex, to)
  if to.tools or to.prefix then
    to.m.gdb = to.m.gdb or (to.tools and to.tools:gsub("/$", "") .. "/" or "") .. (to.prefix or "arm-none-eabi") .. "-gdb"
  end
  if kind == "bmp" then to.m.override = to.m.override or { "monitor swdp_scan", "attach " .. (to.bmp or "1") } end
  if to.request == "attach" then to.m.reset = {} end
  if to.request == "launch" and not to.m.override then to.m.load = true end
  if kind == "qemu" then to.m.load, to.m.machine = nil, to.m.machine or "lm3s6965evb" end
  for _, f in ipairs(to.loads or {}) do to.m.gdb_after = join({ "load " .. f }, to.m.gdb_after or {}) end
  if to.entry then to.m.gdb_after = join(to.m.gdb_after or {}, { "tbreak " .. to.entry, "continue" }) end
end

local function import_go(c, to)
  read_keys(c, go, to)
  if c.mode == "remote" then
    to.m = { method = "dlv-connect", server = (to.host or "127.0.0.1") .. ":" .. (to.port or 2345), cwd = to.m.cwd }
    return
  end
  to.m.method = "dlv"
  if c.mode == "debug" or c.mode == "test" or (c.mode == nil or c.mode == "auto") and to.request == "launch" then
    to.m.verb = c.mode == "test" and "test" or (c.mode == "auto" or c.mode == nil) and "debug" or c.mode
  end
end

local function import_cpp(c, to)
  to.m.method = "external"
  read_keys(c, cppdbg, to)
  if not to.m.server then fail("usage", "launch.json: type cppdbg without miDebuggerServerAddress is not known here") end
end

local types = { ["cortex-debug"] = import_cortex, go = import_go, cppdbg = import_cpp }

-- c: one configuration as JSON gives it, its variables filled in. Gives the way, a board for it, the file.
local function import(c)
  if type(c) ~= "table" then fail("usage", "launch.json: a configuration is an object") end
  c = for_linux(c)
  local fn = types[c.type] or fail("usage", "launch.json: type %s is not known here; known: cortex-debug, go, cppdbg", tostring(c.type))
  local to = { m = {}, unknown = {}, unused = {}, request = c.request or "launch" }
  fn(c, to)
  local b = { id = type(c.name) == "string" and c.name or "launch.json", rtt = to.rtt }
  if to.rtt and to.m.method == "openocd" and not core.sets.rtt then core.sets.rtt = "0" end
  if to.attach and not core.sets.attach then core.sets.attach = to.attach end
  return to.m, b, to
end

function core.import_plan(words)
  local m, b, to = import(core.json.decode(words))
  if m.svd and m.svd:sub(1, 1) ~= "/" and m.cwd then m.svd = m.cwd .. "/" .. m.svd:gsub("^%./", "") end
  local plan = core.plan_by(m, b, to.file)
  plan.unknown, plan.unused = core.json.array(to.unknown), core.json.array(to.unused)
  return plan
end

------------------------------------------------------------------ export

local function hex(n) return n and ("0x%x"):format(n) end

local export = {
  openocd = function(m)
    local configs = m.configs or { m.interface and ("interface/%s.cfg"):format(m.interface) or nil }
    configs = table.move(configs, 1, #configs, 1, {})
    if m.target then configs[#configs + 1] = ("target/%s.cfg"):format(m.target) end
    return { servertype = "openocd", configFiles = configs, searchDir = m.search, openOCDPreConfigLaunchCommands = m.before,
      openOCDLaunchCommands = m.after, transport = m.transport }
  end,
  jlink = function(m) return { servertype = "jlink", device = m.device, interface = m.interface or "swd", ipAddress = m.address } end,
  stutil = function() return { servertype = "stutil" } end,
  pyocd = function(m) return { servertype = "pyocd", targetId = m.target } end,
  ["probe-rs"] = function(m) return { servertype = "probe-rs", device = m.chip } end,
  qemu = function(m) return { servertype = "qemu", machine = m.machine, cpu = m.cpu } end,
  external = function(m) return { servertype = "external", gdbTarget = m.server } end,
}

local function some(t) return t and #t > 0 and core.json.array(table.move(t, 1, #t, 1, {})) or nil end

local function export_cortex(m, b, a, file)
  local c = export[m.method](m)
  local def = core.debug_methods[m.method]
  local load = a.load == "on" or a.load == nil and m.load
  for k, v in pairs(c) do if type(v) == "table" then c[k] = some(v) end end
  c.type, c.request, c.name = "cortex-debug", "launch", m.name or b.name or b.id
  c.executable, c.cwd = file, m.cwd or "${workspaceFolder}"
  local svd = m.svd or b.svd
  if svd and svd:sub(1, 1) ~= "/" and vise.plugin.dir then svd = vise.plugin.dir .. "/" .. svd:gsub("^%./", "") end
  c.serialNumber, c.gdbPath, c.svdFile = a.probe or m.probe, a.debugger or m.gdb, svd
  c.serverArgs, c.serverpath, c.debuggerArgs = some(m.server_args), m.server_path, some(m.gdb_args)
  c.preLaunchCommands, c.postLaunchCommands = some(m.gdb_connected), some(m.gdb_after)
  if m.method ~= "qemu" and not load then
    c.overrideLaunchCommands = core.json.array(table.move(m.override or m.reset or def.reset or {}, 1, 99, 1, {}))
  end
  c.semihosting, c.vectorTable = m.semihosting, hex(m.vectors)
  if b.rtt then
    c.rttConfig = { enabled = a.rtt ~= nil, address = b.rtt.address and hex(b.rtt.address) or "auto", searchSize = b.rtt.size,
      decoders = core.json.array { { port = b.rtt.channel or 0, type = "console" } } }
  end
  return c
end

-- A board's way as the text of a launch.json.
function core.launch_export(b, file)
  local m, a = core.debug_way(b, file)
  local c
  if m.method == "dlv" or m.method == "gdbserver" or m.method == "dlv-connect" then
    c = { type = "go", request = "attach", mode = "remote", name = b.name or b.id, host = a.host or "127.0.0.1", port = 2345,
      cwd = "${workspaceFolder}" }
  else
    c = export_cortex(m, b, a, file or "${workspaceFolder}/firmware.elf")
  end
  return { version = "0.2.0", configurations = core.json.array { c } }
end
