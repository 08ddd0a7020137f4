-- boot.lua - how long a board takes from its reset to its banner, several times.
local vise = require "vise"
local stats = require "stats"

local function reset(t, p)
  if p.reset == "none" then return end
  if p.reset == "pulse" then return t.console:pulse("reset") end
  if p.reset == "board" then
    return vise.cmd("board.reset wait=on confirm=on" .. (t.board and " board=" .. t.board.id or ""))
  end
  t.console:line(p.reset)
end

-- The last lines of what came since the reset, for a boot without its banner.
local function last_lines(text)
  local lines = {}
  for l in text:gmatch("[^\r\n]+") do if l:match("%S") then lines[#lines + 1] = #l > 120 and l:sub(1, 120) .. "..." or l end end
  return #lines, table.concat(lines, " | ", math.max(1, #lines - 2))
end

-- No banner: what the board said instead is a verdict; a board that says nothing may have no power, or the wrong wire or speed.
local function no_banner(t, p, text)
  local n, last = last_lines(text)
  if n == 0 then
    vise.fail("infra", "awaited %q for %g s after the reset (%s), and nothing came at all", p.ready, p.wait, p.reset,
      { next = "power, port and its speed; --set reset= says how it is reset" })
  end
  t:fail("no_banner", "awaited %q for %g s after the reset (%s); %d line%s came instead, at last: %s", p.ready, p.wait, p.reset, n,
    n == 1 and "" or "s", last)
end

vise.workflow {
  id = "boot-time", title = "Time from reset to ready", timeout = "1h", needs = { "console" },
  doc = "Resets the board, waits for its banner, and says how long that took and how steady it is.",
  params = {
    ready = { type = "text", default = "[READY]", doc = "the banner, as it stands on the console" },
    reset = { type = "text", default = "pulse", doc = "pulse (DTR/RTS), board (its profile), none, or the line to send" },
    rounds = { type = "int", default = 5, min = 1, max = 1000 },
    wait = { type = "duration", default = "30s", doc = "how long one boot may take" },
    most = { type = "duration", default = 0, doc = "a boot that takes longer is a verdict; 0: none is" },
  },
  columns = { "round", { name = "ready", unit = "ms" }, { name = "first byte", unit = "ms" }, "bytes" },
  plan = function(p) return ("%d times: %s, then wait for %q, at most %g s"):format(p.rounds, p.reset, p.ready, p.wait) end,
  run = function(t)
    local p, times = t.params, {}
    for i = 1, p.rounds do
      t:progress(i - 1, p.rounds, "boot " .. i)
      t:step("boot " .. i, function()
        local con = t.console
        con:settle(0.05, 2)
        con:flush()
        local began, first, seen = vise.now(), nil, 0
        local sub <close> = con:on_line(function() first = first or vise.now() end)
        reset(t, p)
        local m, err = con:try_expect(p.ready, { timeout = p.wait })
        if not m and err.code == "timeout" then no_banner(t, p, con:pending()) end
        if not m then error(err, 0) end
        local took = vise.now() - began
        seen = #m.before + #m.text
        times[i] = took * 1000
        t:row { round = i, ready = stats.round(times[i], 1), ["first byte"] = first and stats.round((first - began) * 1000, 1), bytes = seen }
      end)
    end
    t:measure("median", stats.round(stats.percentile(times, 0.5), 1), { unit = "ms" })
    t:measure("slowest", stats.round(stats.percentile(times, 1), 1), { unit = "ms", max = p.most > 0 and p.most * 1000 or nil })
  end,
}
