-- flash.lua - flash and reset of boards whose profile names a method instead of a function: the
-- exact command lines, and what in their words means success. flashing.lua runs them.
local core, vise = ...
local fail, T = vise.fail, core.field

local append, file_word = core.append, core.file_word
local words, flag, whole = T.words, T.flag, T.whole
local texts = { function(v) return core.is_text(v) or words[1](v) end, "text or a list of texts" }

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
  limit = { type = "duration", doc = "how long the tool may take; by the size of the image if absent" },
  ready = { type = "string", doc = "what the board must say when it runs, or off; as its profile says if absent" },
  ready_wait = { type = "duration", default = "10s", doc = "how long that may take" },
}
core.flash_sets = { flash = flash_sets, reset = flash_sets, server = flash_sets }

local function hex(n) return ("0x%08x"):format(n) end

local function ends(file, ...)
  local low = file:lower()
  for _, e in ipairs { ... } do if low:sub(-#e) == e then return true end end
end

local function port_of(a)
  return a.port or fail("usage", "%s needs the board's port: --port PORT", a.method.method)
end

local function flash_base(b)
  local flash = b.memory and b.memory.flash
  return b.image and b.image.base or flash and flash[1] or 0
end

------------------------------------------------------------------ openocd

local tcl, openocd = core.tcl, core.openocd

local NO_PORTS = "gdb_port disabled; tcl_port disabled; telnet_port disabled"

------------------------------------------------------------------ the methods

-- method = { fields, tool's package, port = it works through the serial port,
--   steps(m, b, a) -> list of { argv } or { volume = true } ..., success: literal text, failure: a pattern or a list
--   of them, ignore: text of a complaint that is none, enter: what to do when nothing was reached, again: when
--   something was written, forgive: the one complaint after the success that is none, leaves: the drive goes when
--   the program starts, tool(version) -> which of several programs, for a.tool, pty: it wants a terminal,
--   reset(m, b, a) -> argv }; of a step success = false: it says nothing, stage: what it is about
-- a: { file, port, probe, method } and the other settings.
local methods = {}
core.flash_methods = methods

local PROBE = "check the probe, its wiring and the board's power (vise doctor)"
local AGAIN = "the probe reaches it whatever is in it: flash it again"

methods.openocd = {
  package = "openocd", success = "** Verified OK **", failure = "^Error: ", enter = PROBE, again = AGAIN,
  gone = "it may have been disconnected",
  -- where the chip cannot sum up its memory OpenOCD reads it, and says so
  ignore = { "Translation from khz to adapter speed not implemented", "error executing cortex_m crc algorithm" },
  fields = { interface = T.text, target = T.text, transport = T.text, before = words, after = words, hooks = core.openocd_hooks_field },
  need = { "target" },
  steps = function(m, b, a)
    local at = ends(a.file, ".bin") and " " .. hex(flash_base(b)) or ""
    return { { argv = openocd(m, a, NO_PORTS, ("program %s verify reset exit%s"):format(tcl(a.file), at)) } }
  end,
  reset = function(m, _, a) return openocd(m, a, NO_PORTS, "init; reset run; shutdown") end,
}

methods.dfu = {
  package = "dfu-util", success = "File downloaded successfully", failure = { "^dfu%-util: ", "dfuERROR", "failed!" },
  ignore = "suffix", forgive = "Error during download get_status",        -- a board that leaves at once
  enter = "bring it into its boot loader (BOOT0 high, press reset), then flash it again",
  again = "its boot loader is in ROM: BOOT0 high, press reset, flash it again",
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

-- esptool 4 is esptool.py where pip brought it and esptool where Debian did; 5 is esptool, says write-flash and warns of write_flash.
local function esptool(m, a, ...)
  local t = a.tool or { name = "esptool" }
  local argv = append({ t.name, "--chip", m.chip }, a.port and { "--port", a.port } or {}, { ... })
  for i, w in ipairs(argv) do if t.dashes and w == "write_flash" then argv[i] = "write-flash" end end
  return argv
end

methods.esptool = {
  package = "esptool", names = { "esptool", "esptool.py" }, note = "esptool 5 says write-flash",
  port = true, success = "Hash of data verified", failure = { "A fatal error occurred", "^[Ee]rror: " },
  enter = "hold BOOT, press reset, let BOOT go, then flash it again",
  again = "its boot loader is in ROM: hold BOOT, press reset, flash it again",
  fields = { chip = T.text, offset = whole, args = words }, need = { "chip" },
  tool = function(version)
    for _, name in ipairs(methods.esptool.names) do
      local major = version(name, "version", "v(%d+)%.")
      if major then return { name = name, dashes = tonumber(major) >= 5 } end
    end
  end,
  steps = function(m, _, a)
    return { { argv = append(esptool(m, a, "write_flash"), m.args or {}, ("0x%x"):format(m.offset or 0), a.file) } }
  end,
  reset = function(m, _, a) return esptool(m, a, "run") end,
}

methods.avrdude = {
  package = "avrdude", port = true, success = "of flash verified", ignore = "TIOCM",
  failure = { "^avrdude.- error: ", "^avrdude warning: verification", "^avrdude: .*error", "^avrdude: .*mismatch" },
  enter = "press reset and flash it again; check port and speed (baud) of its boot loader",
  again = "its boot loader is untouched: flash it again",
  fields = { programmer = T.text, part = T.text, baud = whole, args = words, touch = flag }, need = { "programmer", "part" },
  steps = function(m, _, a)
    local argv = { "avrdude", "-c", m.programmer, "-p", m.part, "-P", port_of(a) }
    if m.baud then append(argv, "-b", tostring(m.baud)) end
    local kind = ends(a.file, ".bin") and "r" or ends(a.file, ".elf") and "e" or "i"
    return { { argv = append(argv, m.args or {}, "-U", ("flash:w:%s:%s"):format(a.file, kind)) } }
  end,
}

methods.bossac = {
  package = "bossa-cli", port = true, success = "Verify successful",
  failure = { "^No device found", "^Verify failed", "^SAM%-BA operation failed", "^Flash command failed", "^Failed to" },
  enter = "press reset twice, then flash it again", again = "its boot loader is untouched: press reset twice, flash it again",
  fields = { offset = whole, args = words, touch = flag, tool = T.text },
  steps = function(m, _, a)
    local argv = append({ m.tool or "bossac" }, m.args or { "-i", "-e", "-w", "-v", "-R", "-U" }, "--port=" .. port_of(a))
    if m.offset then append(argv, ("--offset=0x%x"):format(m.offset)) end
    return { { argv = append(argv, a.file) } }
  end,
}

-- Nordic puts no more work into nrfjprog: where it is not, `nrfutil device` does it.
-- Source: docs.nordicsemi.com, nRF Util, device: programming options.
local NRF_OPTIONS = "chip_erase_mode=ERASE_RANGES_TOUCHED_BY_FIRMWARE,verify=VERIFY_READ,reset=RESET_SYSTEM"
methods.nrfjprog = {
  package = "nrf-command-line-tools, or nrfutil with its device command", success = "Verified OK.",
  failure = { "^ERROR: ", "^Error: ", "%] Failed" }, enter = PROBE, again = AGAIN,
  fields = { family = T.text }, need = { "family" },
  tool = function(version)
    if version("nrfjprog", "--version", "(%d+)%.") then return { name = "nrfjprog" } end
    return version("nrfutil", "--version", "(%d+)%.") and { name = "nrfutil" }
  end,
  steps = function(m, _, a)
    if a.tool and a.tool.name == "nrfutil" then
      local argv = { "nrfutil", "device", "program", "--firmware", a.file, "--options", NRF_OPTIONS }
      return { { argv = append(argv, a.probe and { "--serial-number", a.probe } or {}), success = "] Programmed" } }
    end
    local argv = { "nrfjprog", "-f", m.family }
    if a.probe then append(argv, "-s", a.probe) end
    return { { argv = append(argv, "--program", a.file, "--sectorerase", "--verify", "--reset") } }
  end,
  reset = function(m, _, a)
    if a.tool and a.tool.name == "nrfutil" then return append({ "nrfutil", "device", "reset" }, a.probe and { "--serial-number", a.probe } or {}) end
    return append({ "nrfjprog", "-f", m.family }, a.probe and { "-s", a.probe } or {}, "--reset")
  end,
}

methods.nrfutil = {
  package = "nrfutil", port = true, success = "Device programmed.", fields = { baud = whole },
  steps = function(m, _, a)
    return { { argv = { "nrfutil", "dfu", "usb-serial", "-pkg", a.file, "-p", port_of(a), "-b", tostring(m.baud or 115200) } } }
  end,
}

methods.stflash = {
  package = "stlink-tools", success = "jolly good", failure = { "ERROR ", "WARN usb.c: Couldn't find" }, enter = PROBE, again = AGAIN,
  fields = { address = whole },
  steps = function(m, b, a)
    local argv = append({ "st-flash" }, a.probe and { "--serial", a.probe } or {}, "--reset")
    if ends(a.file, ".hex", ".ihex") then return { { argv = append(argv, "--format", "ihex", "write", a.file) } } end
    if ends(a.file, ".elf", ".uf2") then
      fail("usage", "%s: st-flash writes a file as it is, headers and all: it takes .bin and .hex", a.file,
        { next = "arm-none-eabi-objcopy -O ihex makes a .hex of an ELF file; method=openocd takes it as it is" })
    end
    return { { argv = append(argv, "write", a.file, hex(m.address or flash_base(b))) } }
  end,
  reset = function(_, _, a) return append({ "st-flash" }, a.probe and { "--serial", a.probe } or {}, "reset") end,
}

methods.stm32flash = {
  -- the line of the last block says so; a NACK stands behind the line of the block before
  package = "stm32flash", port = true, success = "(100.00%) Done.", failure = "Failed to ",
  fields = { address = whole, baud = whole, args = words },
  enter = "bring it into its boot loader (BOOT0 high, press reset), then flash it again",
  again = "its boot loader is in ROM: BOOT0 high, press reset, flash it again",
  steps = function(m, b, a)
    local at, argv = hex(m.address or flash_base(b)), { "stm32flash" }
    if m.baud then append(argv, "-b", tostring(m.baud)) end
    return { { argv = append(argv, m.args or {}, "-w", a.file, "-v", "-S", at, "-g", at, port_of(a)) } }
  end,
}

methods.picotool = {
  package = "picotool", success = "The device was rebooted", failure = { "^ERROR: ", "^No accessible RP" }, fields = {},
  enter = "hold BOOTSEL while plugging it in, then flash it again",
  again = "its boot loader is in ROM: hold BOOTSEL while plugging it in, flash it again",
  steps = function(_, _, a)
    return { { argv = append({ "picotool", "load", "-v", "-x", a.file, "-f" }, a.probe and { "--ser", a.probe } or {}) } }
  end,
  reset = function(_, _, a) return append({ "picotool", "reboot", "-f" }, a.probe and { "--ser", a.probe } or {}) end,
}

-- It reads ELF unless it is told, and starts nothing after a download; its bars are for a terminal alone.
local function probe_rs(m, a, verb) return append({ "probe-rs", verb, "--chip", m.chip }, a.probe and { "--probe", a.probe } or {}) end
methods["probe-rs"] = {
  package = "probe-rs-tools (cargo)", success = "Finished", failure = "^ *Error", enter = PROBE, again = AGAIN, pty = true,
  fields = { chip = T.text }, need = { "chip" },
  steps = function(m, b, a)
    local argv = append(probe_rs(m, a, "download"), "--verify")
    if ends(a.file, ".hex", ".ihex") then append(argv, "--binary-format", "hex")
    elseif ends(a.file, ".uf2") then append(argv, "--binary-format", "uf2")
    elseif ends(a.file, ".bin") then append(argv, "--binary-format", "bin", "--base-address", hex(flash_base(b))) end
    return { { argv = append(argv, a.file) }, { argv = probe_rs(m, a, "reset"), success = false, stage = "reset" } }
  end,
  reset = function(m, _, a) return probe_rs(m, a, "reset") end,
}

methods.pyocd = {
  package = "python3-pyocd", success = " programmed ", failure = "^%d* ?[EC] ", enter = PROBE, again = AGAIN,
  fields = { target = T.text }, need = { "target" },
  -- -W: without it, it waits for a probe for ever
  steps = function(m, b, a)
    local argv = append({ "pyocd", "flash", "-W", "-t", m.target }, a.probe and { "-u", a.probe } or {})
    if ends(a.file, ".bin") then append(argv, "-a", hex(flash_base(b))) end
    return { { argv = append(argv, a.file) } }
  end,
  reset = function(m, _, a) return append({ "pyocd", "reset", "-W", "-t", m.target }, a.probe and { "-u", a.probe } or {}) end,
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

local function copy_steps(m, _, a)
  return { { volume = true, touch = m.touch }, { copy = m.file or a.file:match("[^/]*$") } }
end
local TWICE = "press reset twice (a Pico: hold BOOTSEL while plugging in), then flash it again"
methods.uf2 = { package = "coreutils", fields = { volume = texts, touch = flag, file = T.text }, need = { "volume" }, steps = copy_steps,
  info = "INFO_UF2.TXT", leaves = true, enter = TWICE, again = "its boot loader is untouched: " .. TWICE }
methods.msd = { package = "coreutils", fields = { volume = texts, file = T.text }, need = { "volume" }, steps = copy_steps,
  enter = "plug it in again, then flash it again", again = "flash it again" }

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
  a.port, a.probe = a.port or os.getenv("VISE_PORT"), a.probe or core.probe_of(m)
  return a
end

-- The method that is taken, and what it is done with.
function core.flash_settings(b, file)
  local m = chosen(b, core.sets.method)
  return m, settings(m, file)
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
  if step.text then return nil, step.text end
  if step.copy then return { "dd", "if=" .. a.file, "of=" .. (a.volume or "VOLUME") .. "/" .. step.copy, "bs=32768", "oflag=dsync" } end
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
    if methods[m.method].names then row.names, row.note = array(table.move(methods[m.method].names, 1, 9, 1, {})), methods[m.method].note end
    a.port, a.host = a.port or core.needs_port(m) and "PORT" or nil, a.host or m.host or "HOST"
    for _, step in ipairs(steps_of(b, m, a)) do
      local argv, text = said(m, a, step)
      table.insert(row.steps, argv and { argv = array(table.move(argv, 1, #argv, 1, {})) } or { text = text })
    end
    table.insert(out.methods, row)
  end
  return out
end

-- Which method does it: the profile's own, else the first that can.
local function doer(b, action)
  if core.is_table(b[action]) then return b[action] end
  for _, m in ipairs(core.is_table(b.flash) and b.flash or {}) do if methods[m.method][action] then return m end end
end

-- A board's function for "flash", "reset" or "debug"; nil when it cannot.
function core.act_of(b, action)
  if action ~= "debug" and core.is_fn(b[action]) then return b[action] end
  if action == "flash" then return b.flash and core.run_flash end
  if action == "debug" then return core.can_debug(b) and core.debug_plan end
  if action == "server" then return core.openocd_way(b) and core.openocd_server end
  local m = doer(b, action)
  if not m then return nil end
  local def = methods[m.method]
  return function(board)
    local a = settings(m)
    a.tool = core.flash_tool(def)
    core.run_reset(def, def.reset(m, board, a), ("reset %s by %s"):format(board.id, m.method))
  end
end
