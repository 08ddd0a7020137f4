local vise = require "vise"

local function openocd(b, ...)                       -- one place that names the probe
  local args = { "-f", "interface/jlink.cfg", "-c", "transport select swd", "-c", "adapter serial " .. b.probe.serial,
                 "-f", "target/nrf52.cfg" }
  for _, c in ipairs { ... } do args[#args + 1] = "-c"; args[#args + 1] = c end
  return args
end

vise.board {
  id = "nrf52840-dk", name = "Nordic nRF52840-DK (PCA10056)",
  match = { { usb = "1366:1015" }, { usb = "1366:1051" }, { usb = "1366:0105" } },
  build = { kind = "tinygo", target = "pca10056" },
  memory = { flash = { 0x00000000, 1024 * 1024 }, ram = { 0x20000000, 256 * 1024 } },
  never = { "panic: ", "fatal error: ", vise.rx[=[^goroutine \d+ \[running\]]=], "HardFault" },

  console = {
    main = { kind = "serial", interface = 0, baud = 115200, eol = "\r\n", pace = { byte = "1ms" }, on_lost = "wait",
             at = { ok = "OK", err = { "ERROR", vise.rx[[\+CME ERROR: ([^\r\n]+)]] }, echo = "skip" } },
    rtt = { kind = "tcp", port = vise.plugin.options.rtt_port, start = function(b)         -- task context: may wait
      local p <const> = vise.launch.start { cmd = "openocd", args = openocd(b, "init",
        ('rtt setup 0x%x %d "SEGGER RTT"'):format(b.memory.ram[1], b.memory.ram[2]), "rtt start",
        ("rtt server start %d 0"):format(vise.plugin.options.rtt_port)) }
      p:expect({ vise.rx[[Listening on port \d+ for rtt]], { "Error: ", name = "error" } }, { timeout = 10 })
      return p                                       -- the host ends it when the console closes
    end },
  },

  flash = function(b, file, opt)
    local r = vise.launch.run { cmd = "openocd", timeout = opt.timeout or 60,
      args = openocd(b, ("program {%s} verify reset exit"):format(file)) }
    if r.code == 0 and r.err:find("** Verified OK **", 1, true) then return end
    local why = r.err:find("No J%-Link device found") and "probe not found"
      or r.err:find("UICR") and "chip is read protected: recover it first"
      or r.err:match("Error: ([^\n]+)") or ("openocd ended with " .. tostring(r.code))
    vise.fail("infra", "flash %s: %s", b.probe.serial, why, { log = r.err })
  end,

  reset = function(b) vise.launch.run { cmd = "openocd", args = openocd(b, "init", "reset run", "exit"), timeout = 10, check = true } end,

  states = {                                         -- a failed transition stays failed until the run ends
    off = { enter = function(b) b:power "off" end },
    app = { from = { "off", "unknown" }, timeout = 30, enter = function(b)
      b:power "cycle"
      b.console.main:expect("[READY]", { timeout = 20 })
    end },
  },
}
