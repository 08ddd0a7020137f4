-- at-basics: macros for any AT device. Commands: ITU-T V.250 (AT, ATI, ATE, AT&F, ATV, ATQ) and 3GPP
-- TS 27.007 (AT+CGMR, AT+CMEE).
local vise = require "vise"

vise.macro {
  id = "at-hello", title = "Is it there?", keys = "a a",
  steps = { { times = 5, every = "300ms", until_ = "up", why = "no answer to AT: speed, wiring, power?",
    steps = { { set = { up = true } }, { at = "AT", timeout = "300ms", on_timeout = { { set = { up = false } } } } } } },
  verdict = function() return "there" end,
}

vise.macro { id = "at-echo-off", title = "Echo off (ATE0)", at = "ATE0" }
vise.macro { id = "at-echo-on", title = "Echo on (ATE1)", at = "ATE1" }
vise.macro { id = "at-words", title = "Results in words (ATQ0V1)", at = "ATQ0V1" }
vise.macro { id = "at-errors", title = "Errors with numbers (AT+CMEE=1)", at = "AT+CMEE=1" }

vise.macro {
  id = "at-identify", title = "Who is it? (ATI)", keys = "a i",
  run = function(ctx)
    local lines = ctx.console:at("ATI")
    if #lines == 0 then vise.fail("verify", "ATI is answered without a line", { verdict = true }) end
    return { maker = lines[1], model = lines[2], more = lines[3] }
  end,
  result = { { name = "maker", label = "says" }, { name = "model", label = "" }, { name = "more", label = "" } },
}

-- Factory settings change the device, so the answer is looked at twice.
vise.macro {
  id = "at-factory", title = "Factory settings (AT&F)",
  steps = { { at = "AT&F", timeout = 10 }, { at = "AT", timeout = 5, name = "does it still answer?" } },
  verdict = function() return "factory settings are in force" end,
}

-- Devices disagree on how to ask for their firmware: the first that answers wins.
vise.macro {
  id = "at-version", title = "Firmware version", keys = "a v",
  run = function(ctx)
    for _, ask in ipairs { "AT+GMR", "AT+CGMR", "ATI3", "ATI" } do
      local lines = ctx.console:try_at(ask, { timeout = 2 })
      if lines and lines[1] then return { asked = ask, version = (lines[1]:gsub("^%+%u+:%s*", "")) } end
    end
    vise.fail("at_error", "none of AT+GMR, AT+CGMR, ATI3 and ATI is answered with a line")
  end,
  result = { { name = "version" }, { name = "asked" } },
}
