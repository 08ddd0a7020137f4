-- go3: a thumb camera. After its boot log it prints [READY]; only then it takes commands. AT+LANG
-- came with firmware 3.2.1.
-- Its bootloader answers AT+BOOT and nothing else.
local vise = require "vise"

local LANGS = { "zh_CN", "en_US", "ja_JP", "ko_KR" }
local LEAST = "3.2.1"

vise.board {
  id = "go3", name = "Go3 thumb camera",
  match = { { product = "Go3" } },
  console = { main = { kind = "serial", baud = 115200, settings = "8N1", flow = "none", eol = "\r", on_lost = "wait",
    ready = "[READY]" } },
  never = { "panic: ", "fatal error: ", vise.rx[=[^goroutine \d+ \[running\]]=], "HardFault" },
}

vise.macro { id = "go3-language", title = "Language?", at = "AT+LANG?", prefix = "+LANG:", board = "go3" }
vise.macro { id = "go3-version", title = "Firmware?", at = "AT+GMR", prefix = "+GMR:", board = "go3" }

-- The device is up, or the test ends with the reason why it is not.
local function wait_ready(t, seconds)
  local con = t.console
  if con:try_at("AT", { timeout = 1 }) then return end                  -- it was up before us
  if con:try_expect("[READY]", { timeout = seconds }) then return end
  if con:try_at("AT", { timeout = 1 }) then return end                  -- it came up while we asked
  local boot = con:try_at("AT+BOOT", { timeout = 1 })
  if boot then
    t:fail("wrong_mode", "the device is in its bootloader (%s): only AT+BOOT is answered; flash the application or reset it",
      boot[1] or "no version")
  end
  vise.fail("infra", "nothing answers: no [READY], no reply to AT or AT+BOOT; check port, speed and power")
end

vise.workflow {
  id = "switch-language", title = "Switch device language", needs = { "console" }, timeout = 120, board = "go3",
  params = {
    lang = { type = "enum", values = LANGS, default = "zh_CN", doc = "language code" },
    wait = { type = "duration", default = "20s", doc = "how long a boot may take" },
  },
  run = function(t)
    local con, want = t.console, t.params.lang

    t:step("wait for [READY]", function() wait_ready(t, t.params.wait) end)

    t:step("firmware is at least " .. LEAST, function()
      local have = con:at("AT+GMR", { prefix = "+GMR:" })[1]
      if not vise.semver.ge(have, LEAST) then
        t:fail("firmware_too_old", "needs %s, the device says %q", LEAST, tostring(have))
      end
      t:measure("firmware", have)
    end)

    local before = con:at("AT+LANG?", { prefix = "+LANG:" })[1]
    if before == want then return t:skip("already " .. want) end

    t:step("AT+LANG=" .. want, function() con:at("AT+LANG=" .. want, { timeout = 3 }) end)
    t:step("wait for the reboot", function() con:expect("[READY]", { timeout = t.params.wait }) end)
    t:step("verify", function() t:eq(con:at("AT+LANG?", { prefix = "+LANG:" })[1], want, "AT+LANG?") end)
  end,
}
