local vise = require "vise"

vise.workflow {
  id = "switch-language", title = "Switch device language", needs = { "console" }, timeout = 60,
  params = { lang = { type = "enum", values = { "en_US", "zh_CN", "de_DE" }, default = "zh_CN" } },
  run = function(t)
    local con, want = t.console, t.params.lang

    t:step("wait for [READY]", function()
      if con:try_expect("[READY]", { timeout = 20 }) then return end
      if con:try_at("AT", { timeout = 1 }) then return end               -- it was up before us
      local boot = con:try_at("AT+BOOT", { timeout = 1 })
      if boot then
        t:fail("wrong_mode", "the device is in its bootloader (%s): only AT+BOOT is answered; flash the application or reset it",
          boot[1] or "no version")
      end
      vise.fail("infra", "nothing answers: no [READY], no reply to AT or AT+BOOT; check port, speed and power")
    end)

    t:step("firmware is at least 3.2.1", function()
      local have = con:at("AT+VER?", { prefix = "+VER: " })[1]
      if not have or not vise.semver.ge(have, "3.2.1") then
        t:fail("firmware_too_old", "needs 3.2.1, the device says %q", tostring(have))
      end
      t:measure("firmware", have)
    end)

    local before = con:at("AT+LANG?", { prefix = "+LANG: " })[1]
    if before == want then return t:skip("already " .. want) end

    t:step("AT+LANG=" .. want, function() con:at("AT+LANG=" .. want, { timeout = 3 }) end)
    t:step("wait for the reboot", function() con:expect("[READY]", { timeout = 20 }) end)
    t:step("verify", function() t:eq(con:at("AT+LANG?", { prefix = "+LANG: " })[1], want) end)
  end,
}
