-- flash.lua - flash, reset and debug of boards whose profile names a method instead of a function: the
-- exact command lines, what in their words means success, and the volume that an image is copied to.
local core, vise = ...
local fail, T = vise.fail, core.field

local function is_whole(v) return math.type(v) == "integer" and v >= 0 end
local whole = { is_whole, "a whole number" }
local function is_words(v) return core.list_of(core.is_text)(v) end
local texts = { function(v) return core.is_text(v) or is_words(v) end, "text or a list of texts" }
local words = { is_words, "a list of texts" }
local flag = { core.is_bool, "true or false" }

-- What --set takes beside a plugin's own options.
local flash_sets = {
  method = { type = "string", doc = "one of the board's flash methods; the first if absent" },
  port = { type = "string", doc = "serial port of the tool; the console's when it is lent" },
  probe = { type = "string", doc = "serial number of the debug probe or boot loader" },
  volume = { type = "string", doc = "where the board's drive is mounted" },
  host = { type = "string", doc = "a Linux board: user@address, or a name of ~/.ssh/config" },
  dir = { type = "string", doc = "a Linux board: folder of the program" },
  service = { type = "string", doc = "a Linux board: systemd service to restart" },
  check = { type = "enum", values = { "on", "off" }, default = "on", doc = "refuse an image that cannot run there" },
  wait = { type = "duration", default = "10s", doc = "how long a boot loader may take to come" },
}
core.flash_sets = { flash = flash_sets, reset = flash_sets, debug = flash_sets }

local function hex(n) return ("0x%08x"):format(n) end

local function ends(file, ...)
  local low = file:lower()
  for _, e in ipairs { ... } do if low:sub(-#e) == e then return true end end
end

-- A file name that begins with a dash is not an option.
local function file_word(file) return file:sub(1, 1) == "-" and "./" .. file or file end

local function append(list, ...)
  for _, more in ipairs { ... } do
    if type(more) == "table" then for _, w in ipairs(more) do list[#list + 1] = w end else list[#list + 1] = more end
  end
  return list
end

local function port_of(a)
  return a.port or fail("usage", "%s needs the board's port: --port PORT", a.method.method)
end

local function flash_base(b)
  local flash = b.memory and b.memory.flash
  return b.image and b.image.base or flash and flash[1] or 0
end

------------------------------------------------------------------ openocd

-- OpenOCD reads its -c words as Tcl once more.
local function tcl(file)
  if file:find("[{}\\\n]") then fail("usage", "%s: OpenOCD cannot be given a name with braces or backslashes", file) end
  return "{" .. file .. "}"
end

local function openocd(m, a, ports, ...)
  local argv = { "openocd", "-c", ports }
  for _, c in ipairs(m.before or {}) do append(argv, "-c", c) end
  append(argv, "-f", ("interface/%s.cfg"):format(m.interface))
  if a.probe then append(argv, "-c", "adapter serial " .. tcl(a.probe)) end
  if m.transport then append(argv, "-c", "transport select " .. m.transport) end
  append(argv, "-f", ("target/%s.cfg"):format(m.target))
  for _, c in ipairs(m.after or {}) do append(argv, "-c", c) end
  for _, c in ipairs { ... } do append(argv, "-c", c) end
  return argv
end

local NO_PORTS = "gdb_port disabled; tcl_port disabled; telnet_port disabled"

-- gdb hands what stands behind its pipe to a shell.
local function shell(argv)
  local out = {}
  for i, w in ipairs(argv) do out[i] = w:match("^[%w%./_-]+$") and w or "'" .. w:gsub("'", "'\\''") .. "'" end
  return table.concat(out, " ")
end

------------------------------------------------------------------ the methods

-- method = { fields, tool's package, port = it works through the serial port,
--   steps(m, b, a) -> list of { argv } or { wait = "volume" } ..., success, failure: literal text or pattern,
--   reset(m, b, a), debug(m, b, a) -> argv }
-- a: { file, port, probe, method } and the other settings.
local methods = {}

methods.openocd = {
  package = "openocd", success = "** Verified OK **", failure = "^Error: ",
  fields = { interface = T.text, target = T.text, transport = T.text, before = words, after = words },
  need = { "interface", "target" },
  steps = function(m, b, a)
    local at = ends(a.file, ".bin") and " " .. hex(flash_base(b)) or ""
    return { { argv = openocd(m, a, NO_PORTS, ("program %s verify reset exit%s"):format(tcl(a.file), at)) } }
  end,
  reset = function(m, _, a) return openocd(m, a, NO_PORTS, "init; reset run; shutdown") end,
  debug = function(m, b, a)
    local server = openocd(m, a, "gdb_port pipe; tcl_port disabled; telnet_port disabled; log_output /dev/null")
    return { m.gdb or b.gdb or "gdb-multiarch", "-q", "-ex", "set confirm off", "-ex", "target extended-remote | " .. shell(server),
      "-ex", "monitor reset halt", a.file }
  end,
}

methods.dfu = {
  package = "dfu-util", success = "File downloaded successfully", failure = "^dfu-util: ",
  fields = { alt = whole, address = whole, device = T.text },
  steps = function(m, _, a)
    local argv = { "dfu-util" }
    if m.device then append(argv, "-d", m.device) end
    if a.probe then append(argv, "-S", a.probe) end
    append(argv, "-a", tostring(m.alt or 0))
    if m.address then append(argv, "-s", hex(m.address) .. ":leave") end
    return { { argv = append(argv, "-D", a.file) } }
  end,
}

methods.esptool = {
  package = "esptool", port = true, success = "Hash of data verified", failure = "^A fatal error occurred",
  fields = { chip = T.text, offset = whole, args = words }, need = { "chip" },
  steps = function(m, _, a)
    local argv = { "esptool.py", "--chip", m.chip }
    if a.port then append(argv, "--port", a.port) end
    return { { argv = append(argv, "write_flash", m.args or {}, ("0x%x"):format(m.offset or 0), a.file) } }
  end,
  reset = function(m, _, a) return append({ "esptool.py", "--chip", m.chip }, a.port and { "--port", a.port } or {}, "run") end,
}

methods.avrdude = {
  package = "avrdude", port = true, success = "of flash verified", failure = "^avrdude: .*error",
  fields = { programmer = T.text, part = T.text, baud = whole, args = words, touch = flag }, need = { "programmer", "part" },
  steps = function(m, _, a)
    local argv = { "avrdude", "-c", m.programmer, "-p", m.part, "-P", port_of(a) }
    if m.baud then append(argv, "-b", tostring(m.baud)) end
    local kind = ends(a.file, ".bin") and "r" or ends(a.file, ".elf") and "e" or "i"
    return { { argv = append(argv, m.args or {}, "-U", ("flash:w:%s:%s"):format(a.file, kind)) } }
  end,
}

methods.bossac = {
  package = "bossa-cli", port = true, success = "Verify successful", failure = "^No device found",
  fields = { offset = whole, args = words, touch = flag, tool = T.text },
  steps = function(m, _, a)
    local argv = append({ m.tool or "bossac" }, m.args or { "-i", "-e", "-w", "-v", "-R", "-U" }, "--port=" .. port_of(a))
    if m.offset then append(argv, ("--offset=0x%x"):format(m.offset)) end
    return { { argv = append(argv, a.file) } }
  end,
}

methods.nrfjprog = {
  package = "nrf-command-line-tools", failure = "^ERROR: ",
  fields = { family = T.text }, need = { "family" },
  steps = function(m, _, a)
    local argv = { "nrfjprog", "-f", m.family }
    if a.probe then append(argv, "-s", a.probe) end
    return { { argv = append(argv, "--program", a.file, "--sectorerase", "--verify", "--reset") } }
  end,
  reset = function(m, _, a) return append({ "nrfjprog", "-f", m.family }, a.probe and { "-s", a.probe } or {}, "--reset") end,
}

methods.nrfutil = {
  package = "nrfutil", port = true, success = "Device programmed.", fields = { baud = whole },
  steps = function(m, _, a)
    return { { argv = { "nrfutil", "dfu", "usb-serial", "-pkg", a.file, "-p", port_of(a), "-b", tostring(m.baud or 115200) } } }
  end,
}

methods.stflash = {
  package = "stlink-tools", success = "jolly good", failure = "ERROR ",
  fields = { address = whole },
  steps = function(m, b, a)
    local argv = append({ "st-flash" }, a.probe and { "--serial", a.probe } or {}, "--reset")
    if ends(a.file, ".hex", ".ihex") then return { { argv = append(argv, "--format", "ihex", "write", a.file) } } end
    return { { argv = append(argv, "write", a.file, hex(m.address or flash_base(b))) } }
  end,
  reset = function(_, _, a) return append({ "st-flash" }, a.probe and { "--serial", a.probe } or {}, "reset") end,
}

methods.stm32flash = {
  package = "stm32flash", port = true, success = "Wrote and verified address", failure = "^Failed to ", fields = { address = whole },
  steps = function(m, b, a)
    local at = hex(m.address or flash_base(b))
    return { { argv = { "stm32flash", "-w", a.file, "-v", "-S", at, "-g", at, port_of(a) } } }
  end,
}

methods.picotool = {
  package = "picotool", failure = "^ERROR: ", fields = {},
  steps = function(_, _, a)
    return { { argv = append({ "picotool", "load", "-v", "-x", a.file, "-f" }, a.probe and { "--ser", a.probe } or {}) } }
  end,
  reset = function(_, _, a) return append({ "picotool", "reboot", "-f" }, a.probe and { "--ser", a.probe } or {}) end,
}

methods["probe-rs"] = {
  package = "probe-rs-tools (cargo)", success = "Finished", failure = "^Error", fields = { chip = T.text }, need = { "chip" },
  steps = function(m, _, a)
    return { { argv = append({ "probe-rs", "download", "--chip", m.chip, "--verify" }, a.probe and { "--probe", a.probe } or {}, a.file) } }
  end,
  reset = function(m, _, a) return append({ "probe-rs", "reset", "--chip", m.chip }, a.probe and { "--probe", a.probe } or {}) end,
}

methods.pyocd = {
  package = "python3-pyocd", failure = "^%d* ?[EC] ", fields = { target = T.text }, need = { "target" },
  steps = function(m, _, a)
    return { { argv = append({ "pyocd", "flash", "-t", m.target }, a.probe and { "-u", a.probe } or {}, a.file) } }
  end,
  reset = function(m, _, a) return append({ "pyocd", "reset", "-t", m.target }, a.probe and { "-u", a.probe } or {}) end,
}

methods.teensy = {
  package = "teensy-loader-cli", fields = { mcu = T.text }, need = { "mcu" }, success = "Booting",
  steps = function(m, _, a) return { { argv = { "teensy_loader_cli", "--mcu=" .. m.mcu, "-v", "-w", a.file } } } end,
}

methods.micronucleus = {
  package = "micronucleus", fields = {}, success = "Micronucleus done",
  steps = function(_, _, a) return { { argv = { "micronucleus", "--run", a.file } } } end,
}

methods.pymcuprog = {
  package = "pymcuprog (pip)", port = true, fields = { device = T.text }, need = { "device" }, failure = "ERROR",
  steps = function(m, _, a)
    return { { argv = { "pymcuprog", "write", "-f", a.file, "--erase", "--verify", "-d", m.device, "-t", "uart", "-u", port_of(a) } } }
  end,
}

methods.kflash = {
  package = "kflash (pip)", port = true, fields = {}, success = "Rebooting",
  steps = function(_, _, a) return { { argv = { "kflash", "-p", port_of(a), "--noansi", "--verbose", a.file } } } end,
}

-- TinyGo builds and flashes a package; the file is its folder or one of its files.
methods.tinygo = {
  package = "tinygo", fields = { target = T.text }, need = { "target" },
  steps = function(m, _, a)
    local dir, name = a.file:match("^(.*)/([^/]+%.go)$")
    local argv = append({ "tinygo", "flash", "-target=" .. m.target }, a.port and { "-port=" .. a.port } or {}, name or ".")
    return { { argv = argv, cwd = dir or a.file } }
  end,
}

-- A program of a Linux board: copied beside the old one, put in its place, restarted.
local function remote(a, line) return { "ssh", "-o", "BatchMode=yes", a.host, line } end
local function quoted(s) return s:match("^[%w%./_@+-]+$") and s or "'" .. s:gsub("'", "'\\''") .. "'" end
local function place(m, a)
  a.host = a.host or fail("usage", "say where the board is: --set host=USER@ADDRESS")
  local name = a.service or m.service or a.file:match("[^/]*$"):gsub("%.elf$", "")
  return (a.dir or m.dir or "/usr/local/bin") .. "/" .. name
end

methods.ssh = {
  package = "openssh-client", fields = { dir = T.text, service = T.text },
  steps = function(m, _, a)
    local to, service = place(m, a), a.service or m.service
    local steps = {
      { argv = { "scp", "-q", "-o", "BatchMode=yes", a.file, a.host .. ":" .. to .. ".new" } },
      { argv = remote(a, ("chmod 755 %s && mv -f %s %s"):format(quoted(to .. ".new"), quoted(to .. ".new"), quoted(to))) },
    }
    if service then
      append(steps, { { argv = remote(a, ("systemctl restart %s && sleep 1 && systemctl is-active %s"):format(quoted(service),
        quoted(service))), success = "active" } })
    end
    return steps
  end,
  reset = function(m, _, a)
    a.file = a.file or ""
    local _ = place(m, a)
    return remote(a, "systemctl reboot || reboot")
  end,
  debug = function(m, _, a)
    return { "ssh", "-t", a.host or place(m, a), ("dlv exec %s"):format(quoted(place(m, a))) }
  end,
}

local function copy_steps(m, _, a)
  return { { volume = true, touch = m.touch }, { copy = m.file or a.file:match("[^/]*$") } }
end
methods.uf2 = { package = "coreutils", fields = { volume = texts, touch = flag, file = T.text }, need = { "volume" }, steps = copy_steps,
  info = "INFO_UF2.TXT" }
methods.msd = { package = "coreutils", fields = { volume = texts, file = T.text }, need = { "volume" }, steps = copy_steps }

------------------------------------------------------------------ checks of a profile

function core.check_method(call, m, what, where)
  local def = methods[m.method]
  if not def then
    local names = {}
    for k in pairs(methods) do names[#names + 1] = k end
    table.sort(names)
    fail("usage", "%s: no method named %q; known: %s", call, tostring(m.method), table.concat(names, ", "), { where = where })
  end
  if not (what == "flash" or def[what]) then fail("usage", "%s: %s cannot %s", call, m.method, what, { where = where }) end
  local fields = { method = T.text, gdb = T.text }
  for k, f in pairs(def.fields) do fields[k] = f end
  core.check(("%s (%s)"):format(call, m.method), m, fields, where)
  for _, k in ipairs(def.need or {}) do
    if m[k] == nil then fail("usage", "%s (%s): %s is missing (%s)", call, m.method, k, fields[k][2], { where = where }) end
  end
end

function core.needs_port(m) return methods[m.method].port == true or m.touch == true end

------------------------------------------------------------------ running

-- The methods of a board: its own, and TinyGo's, which builds too.
local function methods_of(b)
  local list = table.move(core.is_table(b.flash) and b.flash or {}, 1, #(core.is_table(b.flash) and b.flash or {}), 1, {})
  if #list > 0 and b.build and b.build.tinygo then list[#list + 1] = { method = "tinygo", target = b.build.tinygo } end
  return list
end

local function chosen(b, want)
  local list, names = methods_of(b), {}
  for i, m in ipairs(list) do
    names[i] = m.method
    if m.method == want or (not want and i == 1) then return m end
  end
  fail("usage", "board %s has no flash method %q; known: %s", b.id, tostring(want), table.concat(names, ", "))
end

local function settings(m, file)
  local a = core.parameters("--set", flash_sets, core.sets)
  a.method, a.file = m, file and file_word(file)
  a.port = a.port or os.getenv("VISE_PORT")
  return a
end

local function steps_of(b, m, a)
  local steps = methods[m.method].steps(m, b, a)
  if methods[m.method].port and m.touch and a.port then table.insert(steps, 1, { argv = { "stty", "-F", a.port, "1200", "hupcl" } }) end
  return steps
end

local function volumes_of(m) return core.is_text(m.volume) and { m.volume } or m.volume end

-- The exact words, or what happens between them.
local function said(m, a, step)
  if step.argv then return step.argv end
  if step.copy then return { "cp", a.file, (a.volume or "VOLUME") .. "/" .. step.copy } end
  return nil, (a.port and m.touch and "touch " .. a.port .. " at 1200 baud unless the drive is there; " or "") ..
    (a.volume and "use " .. a.volume or "wait for the drive " .. table.concat(volumes_of(m), " or "))
end

function core.plan(b, file)
  local array, out = core.json.array, { board = b.id, file = file, methods = core.json.array {} }
  if core.is_fn(b.flash) or not b.flash then
    out.own = b.flash ~= nil
    return out
  end
  local list = methods_of(b)
  if core.sets.method then list = { chosen(b, core.sets.method) } end
  for _, m in ipairs(list) do
    local a = settings(m, file)
    local row = { method = m.method, package = methods[m.method].package, port = core.needs_port(m), steps = array {} }
    a.port, a.host = a.port or core.needs_port(m) and "PORT" or nil, a.host or "HOST"
    for _, step in ipairs(steps_of(b, m, a)) do
      local argv, text = said(m, a, step)
      table.insert(row.steps, argv and { argv = array(table.move(argv, 1, #argv, 1, {})) } or { text = text })
    end
    table.insert(out.methods, row)
  end
  return out
end

local function lines(text) return text:gmatch("[^\r\n]+") end

-- Of one stream: was success said, and the first complaint that no success followed.
local function heard(text, success, failure)
  local said_so, cause = false, nil
  for l in lines(text) do
    if failure and l:match(failure) then cause = cause or l end
    if success and l:find(success, 1, true) then said_so, cause = true, nil end
  end
  return said_so, cause
end

-- The exit code alone decides nothing: a tool may end well after a failure, and complain before a success.
local function judge(def, step, r, what)
  local success = step.success or def.success
  local out_said, out_cause = heard(r.out, success, def.failure)
  local err_said, err_cause = heard(r.err, success, def.failure)
  local said_so = out_said or err_said
  local cause = out_said and out_cause or err_said and err_cause or not said_so and (err_cause or out_cause) or nil
  if r.code == 0 and not cause and (said_so or not success) then return end
  if not cause and r.code == 0 then cause = ("it ended well but never said %q"):format(success) end
  cause = cause or (r.err ~= "" and r.err:match("[^\r\n]+")) or ("it ended with " .. tostring(r.code or r.signal))
  fail("tool_failed", "%s: %s", what, cause, { log = r.out .. "\n" .. r.err, next = "the job's log has all of its words" })
end

local function run_argv(def, step, what)
  local r = vise.launch.run { cmd = step.argv[1], args = table.move(step.argv, 2, #step.argv, 1, {}), cwd = step.cwd,
    name = step.argv[1]:match("[^/]*$"), timeout = 300 }
  if r.code == 127 then
    fail("not_found", "%s: %s is not here: install %s", what, step.argv[1], def.package or step.argv[1])
  end
  judge(def, step, r, what)
end

-- What is on the board's drive is read by cat: the host itself may read nothing there. nil: no such file.
local function read_file(path)
  local r = vise.launch.run { cmd = "cat", args = { path }, timeout = 20, name = "look at " .. path:match("[^/]*$") }
  return r.code == 0 and r.out or nil
end

-- Mount points whose last part is one of the names; a UF2 drive has its INFO_UF2.TXT.
local function find_volumes(def, names)
  local r = vise.launch.run { cmd = "findmnt", args = { "-rno", "TARGET" }, timeout = 20, name = "look for the drive" }
  local out = {}
  for dir in lines(r.out) do
    dir = dir:gsub("\\x(%x%x)", function(h) return string.char(tonumber(h, 16)) end)
    for _, name in ipairs(names) do
      if dir:match("[^/]*$") == name and (not def.info or read_file(dir .. "/" .. def.info)) then out[#out + 1] = dir end
    end
  end
  return out
end

local function volume(def, m, a, what)
  if a.volume then return a.volume end
  local names = volumes_of(m)
  local found, until_ = find_volumes(def, names), core.now() + a.wait
  if #found == 0 and m.touch and a.port then
    vise.launch.run { cmd = "stty", args = { "-F", a.port, "1200", "hupcl" }, name = "1200 baud touch", timeout = 5 }
  end
  while #found == 0 and core.now() < until_ do
    local ms = math.max(1, math.min(1000, math.floor((until_ - core.now()) * 1000)))
    vise.launch.run { cmd = "findmnt", args = { "--poll=mount", "--first-only", "--timeout", tostring(ms), "-n", "-o", "TARGET" },
      name = "wait for the drive", timeout = a.wait + 5 }
    found = find_volumes(def, names)
  end
  if #found == 1 then return found[1] end
  if #found > 1 then
    fail("usage", "%s: %d drives fit: %s; choose one by --set volume=DIR", what, #found, table.concat(found, ", "))
  end
  fail("infra", "%s: no drive named %s is mounted after %s; press reset twice (a Pico: hold BOOTSEL while plugging in), mount it " ..
    "(udisksctl mount -b /dev/disk/by-label/%s), or say --set volume=DIR", what, table.concat(names, " or "), core.span(a.wait), names[1])
end

local function copy(def, _, a, step, what)
  local to = a.volume .. "/" .. step.copy
  vise.launch.run { cmd = "cp", args = { a.file, to }, name = "copy to " .. a.volume, timeout = 120, check = true }
  -- the board restarts with the last block: that its drive goes away is no fault
  local r = vise.launch.run { cmd = "sync", args = { "-f", a.volume }, name = "write all", timeout = 120 }
  local why = read_file(a.volume .. "/FAIL.TXT")
  if why then fail("verify", "%s: the board refused it: %s", what, why:gsub("%s+", " ")) end
  if r.code ~= 0 and read_file(a.volume .. "/" .. (def.info or step.copy)) then
    fail("tool_failed", "%s: not all was written: %s", what, r.err)
  end
end

-- What speaks against the image, before anything is touched; --set check=off flashes it all the same. A plugin
-- with code of its own is served too.
function core.preflight(b, file)
  local sets, facts = core.sets, {}
  if sets.check == "off" or sets.method == "tinygo" then return end
  for _, k in ipairs { "memory", "image", "build", "cpu", "chip" } do facts[k] = b.profile[k] end
  local ok, r = pcall(core.call, "flash", "command", { line = core.line("image.check", { file }, { board = core.json.encode(facts) }) })
  if not ok then
    if r.code == "format" then fail("wrong_image", "%s", tostring(r.msg), { verdict = true }) end
    if r.code == "cancelled" or r.code == "deadline" then error(r, 0) end
    return vise.log.debug("%s is not checked: %s", file, tostring(r.msg))
  end
  local bad = {}
  for _, f in ipairs(r.findings or {}) do
    if f.level == "bad" then bad[#bad + 1] = f.why else vise.log.warn("%s: %s: %s", file, f.check, f.why) end
  end
  local first = core.is_table(b.profile.flash) and b.profile.flash[1].method
  if r.kind ~= "uf2" and (sets.method or first) == "uf2" then
    bad[#bad + 1] = ("the drive of the boot loader takes UF2 files, this one is %s"):format(r.kind == "bin" and "plain bytes" or r.kind)
  end
  if #bad > 0 then
    fail("wrong_image", "%s is nothing for %s: %s", file, b.id, table.concat(bad, "; "),
      { verdict = true, next = "nothing was touched; --set check=off flashes it all the same" })
  end
end

local function run_flash(b, file)
  local a = core.parameters("--set", flash_sets, core.sets)
  local m = chosen(b, a.method)
  local def, what = methods[m.method], ("flash %s by %s"):format(b.id, m.method)
  a = settings(m, file)
  for _, step in ipairs(steps_of(b, m, a)) do
    if step.argv then run_argv(def, step, what)
    elseif step.volume then a.volume = volume(def, m, a, what)
    else copy(def, m, a, step, what) end
  end
end

-- Which method does it: the profile's own, else the first that can.
local function doer(b, action)
  if core.is_table(b[action]) then return b[action] end
  for _, m in ipairs(core.is_table(b.flash) and b.flash or {}) do if methods[m.method][action] then return m end end
end

-- A board's function for "flash", "reset" or "debug"; nil when it cannot.
function core.act_of(b, action)
  if core.is_fn(b[action]) then return b[action] end
  if action == "flash" then return b.flash and run_flash end
  local m = doer(b, action)
  if not m then return nil end
  local def = methods[m.method]
  if action == "debug" then return function(board, file) return def.debug(m, board, settings(m, file)) end end
  return function(board)
    local a = settings(m)
    run_argv({ package = def.package, failure = def.failure }, { argv = def.reset(m, board, a) }, ("reset %s by %s"):format(board.id, m.method))
  end
end
