-- flash.lua - an image goes in, the banner must come, and for a while nothing may go wrong.
local vise = require "vise"
local stats = require "stats"

local FAULTS = { "panic: ", "fatal error: ", "HardFault", "Guru Meditation", "Kernel panic", "assertion failed" }

vise.workflow {
  id = "flash-and-watch", title = "Flash, wait for the banner, watch for faults", timeout = "2h", needs = { "console" },
  doc = "Flashes FILE by the board's profile, waits for the banner and watches the console: a fault, a second banner "
    .. "(it restarted) or silence is a verdict.",
  params = {
    file = { type = "text", required = true, doc = "the image" },
    flash = { type = "text", doc = "a program to flash with instead of the profile; FILE is its last word" },
    ready = { type = "text", default = "[READY]", doc = "the banner" },
    wait = { type = "duration", default = "60s", doc = "how long the banner may take" },
    watch = { type = "duration", default = "30s", doc = "how long nothing may go wrong" },
    silence = { type = "duration", default = 0, doc = "so long without a byte is a verdict; 0: it may be silent" },
  },
  columns = { "what", { name = "took", unit = "s" }, "lines" },
  plan = function(p)
    return { ("flash %s %s"):format(p.file, p.flash and "with " .. p.flash or "by the board's profile"),
      ("wait %g s for %q"):format(p.wait, p.ready), ("watch the console for %g s"):format(p.watch) }
  end,
  run = function(t)
    local p, con, lines = t.params, t.console, 0
    local sub <close> = con:on_line(function() lines = lines + 1 end)
    local function done(what, began) t:row { what = what, took = stats.round(vise.now() - began, 2), lines = lines } end
    local at = vise.now()
    t:step("flash " .. p.file, function()
      con:flush()
      if p.flash then
        local words = {}
        for w in p.flash:gmatch("%S+") do words[#words + 1] = w end
        words[#words + 1] = p.file
        vise.launch.run { cmd = table.remove(words, 1), args = words, kind = "flash", name = "flash", check = true, timeout = "10m" }
      else
        local job = vise.cmd(("board.flash %s wait=on confirm=on%s"):format(vise.quote(p.file), t.board and " board=" .. t.board.id or ""))
        if type(job) == "table" and job.state == "failed" then
          vise.fail("tool_failed", "flash: %s", job.error and job.error.why or "it failed")
        end
      end
    end)
    done("flash", at)
    at = vise.now()
    t:step("wait for " .. p.ready, function() con:expect(p.ready, { timeout = p.wait, never = FAULTS }) end)
    done("ready", at)
    at = vise.now()
    t:step("watch", function()
      local idle = p.silence > 0 and p.silence or nil
      local m, err = con:try_expect(p.ready, { timeout = p.watch, never = FAULTS, idle = idle })
      if m then t:fail("restarted", "it started again after %.1f s", vise.now() - at) end
      if err.code ~= "timeout" then error(err, 0) end
      if err.waited < p.watch * 0.98 then t:fail("silent", "nothing came for %g s", p.silence) end
    end)
    done("watch", at)
  end,
}
