-- at-basics: macros for any AT device. Commands: ITU-T V.250 (AT, ATI, ATE, AT&F) and 3GPP TS
-- 27.007 (AT+CSQ, AT+CREG, AT+CGMR).
local vise = require "vise"

local macros = {
  { "at-hello", "Is it there?", "AT" },
  { "at-identify", "Who is it? (ATI)", "ATI" },
  { "at-echo-off", "Echo off (ATE0)", "ATE0" },
  { "at-echo-on", "Echo on (ATE1)", "ATE1" },
  { "at-signal", "Signal quality (AT+CSQ)", "AT+CSQ", "+CSQ:" },
  { "at-network", "Network (AT+CREG?)", "AT+CREG?", "+CREG:" },
}

for _, m in ipairs(macros) do
  vise.macro { id = m[1], title = m[2], at = m[3], prefix = m[4] }
end

-- Factory settings change the device, so the answer is looked at twice.
vise.macro {
  id = "at-factory", title = "Factory settings (AT&F)",
  run = function(ctx)
    ctx.console:at("AT&F", { timeout = 10 })
    ctx.console:at("AT", { timeout = 5 })
    print("factory settings are in force")
  end,
}

-- Devices disagree on how to ask for their firmware: the first that answers wins.
vise.macro {
  id = "at-version", title = "Firmware version",
  run = function(ctx)
    for _, ask in ipairs { "AT+GMR", "AT+CGMR", "ATI3", "ATI" } do
      local lines = ctx.console:try_at(ask, { timeout = 2 })
      if lines and lines[1] then
        print(ask .. ": " .. (lines[1]:gsub("^%+%u+:%s*", "")))
        return
      end
    end
    vise.fail("at_error", "none of AT+GMR, AT+CGMR, ATI3 and ATI is answered with a line")
  end,
}
