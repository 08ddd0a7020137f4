-- hm10: Bluetooth modules of the HM-10 kind. Neither commands nor answers have a line end: silence
-- ends both (JNHuaMao's manual: no CR LF, capital letters).
local vise = require "vise"

local IDLE = "150ms"

local function ask(id, title, keys, command, rx, result)
  vise.macro { id = id, title = title, keys = keys, result = result,
    steps = { { at = command, eol = "none", idle = IDLE, timeout = 2, match = rx and vise.rx(rx) } } }
end

local BAUD = { ["0"] = "9600", ["1"] = "19200", ["2"] = "38400", ["3"] = "57600", ["4"] = "115200", ["5"] = "4800", ["6"] = "2400", ["7"] = "1200", ["8"] = "230400" }

ask("hm10-hello", "Is it there?", "h h", "AT", nil, nil)
ask("hm10-version", "Firmware", "h v", "AT+VERS?", "(?<version>HM.*)", { { name = "version" } })
ask("hm10-name", "Name", "h n", "AT+NAME?", "OK\\+NAME:(?<name>.*)", { { name = "name" } })
ask("hm10-address", "Address", "h a", "AT+ADDR?", "OK\\+ADDR:(?<address>[0-9A-F]{12})",
  { { name = "address", value = function(v) return (v:gsub("(%x%x)", "%1:"):sub(1, 17)) end } })
ask("hm10-baud", "Speed", "h b", "AT+BAUD?", "OK\\+Get:(?<code>\\d)", { { name = "code", label = "speed", unit = "baud", value = function(v) return BAUD[v] end } })
ask("hm10-role", "Role", "h r", "AT+ROLE?", "OK\\+Get:(?<role>\\d)", { { name = "role", words = { ["0"] = "peripheral", ["1"] = "central" } } })

vise.macro {
  id = "hm10-rename", title = "Set the name", keys = "h N",
  params = { name = { type = "text", doc = "at most 12 letters and digits" } },
  steps = {
    { check = function(v) return v.name:match("^%w+$") and #v.name <= 12 end, why = "a name is at most 12 letters and digits" },
    { at = "AT+NAME{name}", eol = "none", idle = IDLE, timeout = 2, match = vise.rx[[OK\+Set:(?<set>.*)]] },
    { check = "set == {name}", why = "the module kept {set}" },
  },
  result = { { name = "set", label = "name" } },
}
