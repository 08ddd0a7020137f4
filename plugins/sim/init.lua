-- sim: the board of `vise demo`. Its flash tool is a program of ours that writes nothing anywhere.
local vise = require "vise"

vise.board {
  id = "sim", name = "simulated imx8-rev3",
  console = { main = { kind = "pty", baud = 115200, eol = "\r", ready = "[READY]" } },
  never = { "panic: ", "fatal error: ", vise.rx[=[^goroutine \d+ \[running\]]=] },
  memory = { ram = { 0x40000000, 512 * 1024 * 1024 } },

  flash = function(b, file, opt)
    local r = vise.launch.run { cmd = "vise-sim", args = { "flash", file }, name = "vise-sim flash", timeout = opt.timeout or 60 }
    if r.code ~= 0 then
      vise.fail("tool_failed", "flash %s: vise-sim ended with %s: %s", file, tostring(r.code or r.signal), r.err, { log = r.out })
    end
  end,

  reset = function(b) b.console.main:at("AT+RST", { timeout = 3 }) end,
}

vise.macro { id = "sim-signal", title = "Signal quality", at = "AT+CSQ", prefix = "+CSQ:", board = "sim" }
