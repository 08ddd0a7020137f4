local vise = require "vise"

local function openocd(...)                            -- one place that names the probe
  local args = { "-f", "interface/jlink.cfg", "-c", "transport select swd", "-c", "adapter serial " .. vise.plugin.options.probe,
                 "-f", "target/nrf52.cfg" }
  for _, c in ipairs { ... } do args[#args + 1] = "-c" args[#args + 1] = c end
  return args
end

vise.board {
  id = "my-nrf52840-dk", name = "Nordic nRF52840-DK (PCA10056)",
  match = { { usb = "1366:1015" }, { usb = "1366:1051" } },
  memory = { flash = { 0x00000000, 1024 * 1024 }, ram = { 0x20000000, 256 * 1024 } },
  never = { "panic: ", "fatal error: ", vise.rx[=[^goroutine \d+ \[running\]]=], "HardFault" },
  console = { main = { kind = "serial", interface = 0, baud = 115200, eol = "\r\n", pace = { byte = "1ms" }, on_lost = "wait" } },

  flash = function(b, file, opt)
    local r = vise.launch.run { cmd = "openocd", timeout = opt.timeout or 60, args = openocd(("program {%s} verify reset exit"):format(file)) }
    if r.code == 0 and (r.out .. r.err):find("** Verified OK **", 1, true) then return end
    local why = r.err:find("No J%-Link device found") and "probe not found"
      or r.err:find("UICR") and "chip is read protected: recover it first"
      or r.err:match("Error: ([^\n]+)") or ("openocd ended with " .. tostring(r.code))
    vise.fail("infra", "flash %s: %s", vise.plugin.options.probe, why, { log = r.err })
  end,

  reset = function(b) vise.launch.run { cmd = "openocd", args = openocd("init", "reset run", "exit"), timeout = 10, check = true } end,
}
