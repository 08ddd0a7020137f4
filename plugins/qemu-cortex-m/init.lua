-- qemu-cortex-m: QEMU machines as boards. All that touches the chip goes through the machine's gdb
-- stub.
local vise = require "vise"

-- A file name that begins with a dash is not an option.
local function file_word(file)
  return file:sub(1, 1) == "-" and "./" .. file or file
end

local function stub(b)
  if b.options.gdb ~= "" then return b.options.gdb end
  return "127.0.0.1:" .. b.options.gdb_port
end

local function gdb_args(b, commands, file)
  local args = { "-nx", "-batch", "-ex", "set remotetimeout 10", "-ex", "set tcp auto-retry off", "-ex", "target remote " .. stub(b) }
  for _, c in ipairs(commands) do
    args[#args + 1] = "-ex"
    args[#args + 1] = c
  end
  args[#args + 1] = file
  return args
end

-- gdb's exit status says little: its words tell. Order matters, the first that is found is the
-- cause.
local CAUSES = {
  { "Connection refused", "infra", "no gdb stub at %s: is QEMU running, with -gdb tcp:%s?" },
  { "Connection timed out", "infra", "no answer from the gdb stub at %s" },
  { "could not connect", "infra", "no gdb stub at %s" },
  { "unknown host", "config", "%s is no address" },
  { "Remote connection closed", "infra", "the gdb stub at %s closed the connection" },
  { "Remote communication error", "infra", "the gdb stub at %s closed the connection" },
  { "not in executable format", "format", "the file is no ELF image" },
  { "No such file or directory", "not_found", "the file does not exist" },
  { "Load failed", "tool_failed", "gdb could not write the image" },
  { "Cannot access memory", "tool_failed", "the image does not fit the memory of this machine" },
}

local function judge(b, r, what)
  local said = r.out .. "\n" .. r.err
  for _, c in ipairs(CAUSES) do
    if said:find(c[1], 1, true) then
      vise.fail(c[2], "%s: %s", what, (c[3]:gsub("%%s", stub(b))), { log = said })
    end
  end
  if r.code ~= 0 then
    vise.fail("tool_failed", "%s: gdb ended with %s: %s", what, tostring(r.code or r.signal), r.err, { log = said })
  end
end

local function flash(b, file, opt)
  local r = vise.launch.run { cmd = b.options.debugger, name = "gdb load", timeout = opt.timeout or 60,
    args = gdb_args(b, { "load", "compare-sections", "monitor system_reset", "detach" }, file_word(file)) }
  local what = "flash " .. file
  judge(b, r, what)
  local bad = r.out:match("Section ([^,\n]+)[^\n]*MIS%-MATCHED")
  if bad then vise.fail("verify", "%s: section %s is not what was written", what, bad, { log = r.out }) end
  local same = select(2, r.out:gsub("matched%.", ""))
  if same == 0 or not r.out:find("Transfer rate", 1, true) then
    vise.fail("tool_failed", "%s: gdb wrote nothing: %s", what, r.err ~= "" and r.err or r.out:match("[^\n]+") or "no word",
      { log = r.out })
  end
  vise.log.info("%s: %d sections written and compared", b.id, same)
end

local function reset(b)
  local r = vise.launch.run { cmd = b.options.debugger, name = "gdb reset", timeout = 20,
    args = gdb_args(b, { "monitor system_reset", "detach" }) }
  judge(b, r, "reset")
end

-- A machine that runs already, or one of our own: its program is written at the start.
local function debug(b)
  if b.options.start == "off" then
    return { method = "external", server = stub(b), gdb = b.options.debugger }
  end
  return { method = "qemu", machine = b.id:gsub("^qemu%-", ""), gdb = b.options.debugger }
end

vise.board {
  id = "qemu-cortex-m", abstract = true, vendor = "QEMU", cpu = "cortex-m3",
  console = { main = { kind = "pty", baud = 115200, eol = "\r", ready = "[READY]", on_lost = "wait" } },
  memory = { ram = { 0x20000000, 0x20000 } },
  never = { "panic: ", "fatal error: ", vise.rx[=[^goroutine \d+ \[running\]]=], "HardFault" },
  image = { format = "elf", machine = "arm" },
  rtt = { symbol = { "_SEGGER_RTT", "machine.rttSerialInstance" }, address = 0x20000000, size = 0x4000 },
  flash = flash, reset = reset, debug = debug,
}

vise.board { id = "qemu-netduinoplus2", inherits = "qemu-cortex-m", name = "QEMU netduinoplus2 (STM32F405)", chip = "STM32F405",
  cpu = "cortex-m4", match = { { gmr = "netduinoplus2" } }, memory = { flash = { 0x08000000, 0x100000 } } }
vise.board { id = "qemu-microbit", inherits = "qemu-cortex-m", name = "QEMU microbit (nRF51822)", chip = "nRF51822", cpu = "cortex-m0",
  match = { { gmr = "microbit" } }, build = { tinygo = "microbit" }, image = { float = "soft" },
  memory = { flash = { 0, 0x40000 }, ram = { 0x20000000, 0x4000 } } }
vise.board { id = "qemu-stm32vldiscovery", inherits = "qemu-cortex-m", name = "QEMU stm32vldiscovery (STM32F100)", chip = "STM32F100RB",
  match = { { gmr = "stm32vldiscovery" } }, image = { float = "soft" },
  memory = { flash = { 0x08000000, 0x20000 }, ram = { 0x20000000, 0x2000 } } }
vise.board { id = "qemu-lm3s6965evb", inherits = "qemu-cortex-m", name = "QEMU lm3s6965evb (Stellaris)", chip = "LM3S6965",
  match = { { gmr = "lm3s6965evb" } }, build = { tinygo = "cortex-m-qemu" }, image = { float = "soft" },
  memory = { flash = { 0, 0x40000 }, ram = { 0x20000000, 0x10000 } } }
vise.board { id = "qemu-mps2-an386", inherits = "qemu-cortex-m", name = "QEMU mps2-an386 (Cortex-M4)", chip = "AN386", cpu = "cortex-m4",
  match = { { gmr = "mps2-an386" } }, memory = { flash = { 0, 0x400000 }, ram = { 0x20000000, 0x400000 } } }
