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

local NAMES = { zh_CN = "Chinese", en_US = "English", ja_JP = "Japanese", ko_KR = "Korean" }

vise.macro {
  id = "go3-language", title = "Language?", board = "go3", keys = "g l",
  steps = { { at = "AT+LANG?", prefix = "+LANG:", save = "lang", why = "needs firmware " .. LEAST .. " and the application, not the bootloader" } },
  result = { { name = "lang", label = "language", words = NAMES } },
  verdict = function(v) return NAMES[v.lang] or "unknown code" end,
}

vise.macro {
  id = "go3-version", title = "Firmware?", board = "go3", keys = "g v",
  steps = { { at = "AT+GMR", prefix = "+GMR:", save = "version" } },
  result = { { name = "version", label = "firmware",
    words = function(v) return vise.semver.ge(tostring(v), LEAST) and "has AT+LANG" or "too old for AT+LANG" end } },
}

vise.macro {
  id = "go3-boot", title = "Is it the bootloader?", board = "go3", keys = "g b",
  doc = "The bootloader answers AT+BOOT and nothing else; the application would restart into it, so AT is asked first.",
  steps = {
    { at = "AT", timeout = 1, optional = true, on_timeout = {
      { at = "AT+BOOT", prefix = "+BOOT:", save = "boot", timeout = 2, why = "neither AT nor AT+BOOT is answered" },
    } },
  },
  result = { { name = "boot", label = "bootloader" } },
  verdict = function(v) return v.boot and "bootloader " .. v.boot or "application" end,
}

vise.macro {
  id = "go3-set-language", title = "Set the language", board = "go3", keys = "g L", resume = "20s",
  doc = "AT+LANG=code, wait for the reboot, and ask again: the setting is kept in flash.",
  params = { lang = { type = "choice", values = LANGS, doc = "language code" },
    wait = { type = "duration", default = "20s", doc = "how long a boot may take" } },
  steps = {
    { ready = "[READY]", timeout = "{wait}" },
    { at = "AT+GMR", prefix = "+GMR:", save = "version" },
    { gate = ">= " .. LEAST, of = "version" },
    { at = "AT+LANG?", prefix = "+LANG:", save = "before" },
    { when = "before == {lang}", name = "is it so already?", steps = { { set = { now = "{lang}" } } }, otherwise = {
      { at = "AT+LANG={lang}", timeout = 3 },
      { expect = "[READY]", timeout = "{wait}", name = "wait for the reboot" },
      { at = "AT+LANG?", prefix = "+LANG:", save = "now" },
      { check = "now == {lang}", why = "it says {now} after the reboot" },
    } },
  },
  result = { { name = "version", label = "firmware" }, { name = "before" }, { name = "now", words = NAMES } },
  verdict = function(v) return v.before == v.now and "was so already" or "changed and verified" end,
}

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
