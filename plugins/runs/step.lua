-- step.lua - how surely a debug server steps one instruction at a time, round after round, by vise rsp step.
local vise = require "vise"
local stats = require "stats"

local function command(p)
  local argv = { "rsp", "step", p.server, "--count", tostring(p.count), "--json" }
  if p.mask ~= "as it is" then
    argv[#argv + 1] = "--mask"
    argv[#argv + 1] = p.mask
  end
  if p.isa then
    argv[#argv + 1] = "--isa"
    argv[#argv + 1] = p.isa
  end
  return argv
end

vise.workflow {
  id = "single-step", title = "How surely a debug server steps, round after round", timeout = "24h",
  doc = "Steps one instruction at a time through the GDB server of OpenOCD, QEMU, pyOCD or a J-Link, and checks each place against what the "
    .. "instruction should have done. A wrong place, a step that does not move, or a share below `least` is a verdict.",
  params = {
    server = { type = "text", required = true, doc = "HOST:PORT, :PORT or a socket of the GDB server" },
    count = { type = "int", default = 1000, min = 1, max = 1000000, doc = "steps of a round" },
    rounds = { type = "int", default = 3, min = 1, max = 1000 },
    mask = { type = "choice", values = { "on", "off", "as it is" }, default = "as it is", doc = "interrupts while it steps" },
    isa = { type = "text", doc = "instructions, where the server does not say" },
    least = { type = "number", default = 100, min = 0, max = 100, doc = "percent of checked steps that must be right" },
    stuck = { type = "int", default = 0, min = 0, doc = "steps that may not move, of all: a branch to itself is one" },
  },
  columns = { "round", "steps", "right", "wrong", "stuck", "exceptions", { name = "success", unit = "%" }, { name = "p50", unit = "us" },
    { name = "p99", unit = "us" } },
  plan = function(p) return ("%d times: vise %s"):format(p.rounds, table.concat(command(p), " ")) end,
  run = function(t)
    local p, sum = t.params, { right = 0, checked = 0, wrong = 0, stuck = 0 }
    for i = 1, p.rounds do
      t:progress(i - 1, p.rounds, "round " .. i)
      local o = t:step("round " .. i, function()
        local r = vise.launch.run { cmd = "vise", args = command(p), name = "step" }
        local ok, o = pcall(vise.json.decode, r.out:match("{.*}") or "")
        if not ok or type(o) ~= "table" or not o.sent then
          local e = ok and type(o) == "table" and o.error
          if e then vise.fail(r.code == 2 and "usage" or "infra", "%s: %s%s", e.what, e.why, e.next ~= "" and "; " .. e.next or "") end
          vise.fail(r.code == 2 and "usage" or "infra", "vise rsp step: %s", r.err ~= "" and r.err or "no answer")
        end
        if o.lost then vise.fail("lost", "the server was lost after %d steps", o.answered) end
        return o
      end)
      local checked = o.answered - o.unchecked - o.exceptions
      t:row { round = i, steps = o.sent, right = o.right, wrong = o.wrong, stuck = o.stuck, exceptions = o.exceptions,
        success = checked > 0 and stats.round(100 * o.right / checked, 3) or nil, p50 = o.p50_us, p99 = o.p99_us }
      sum.right, sum.checked, sum.wrong, sum.stuck = sum.right + o.right, sum.checked + checked, sum.wrong + o.wrong, sum.stuck + o.stuck
      if o.wrong > 0 then
        t:fail("wrong_step", "a step from 0x%x came to 0x%x, where that instruction cannot lead", o.wrong_from or 0, o.wrong_to or 0)
      end
    end
    if sum.checked == 0 then vise.fail("infra", "none of the steps could be checked: isa=... names the instructions") end
    local moved = sum.checked - math.min(sum.stuck, p.stuck)
    t:measure("stuck", sum.stuck, { max = p.stuck })
    t:measure("success", stats.round(100 * math.min(1, sum.right / math.max(1, moved)), 3), { unit = "%", min = p.least })
  end,
}
