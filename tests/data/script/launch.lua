-- launch.lua - vise.launch against real programs.
local vise = require "vise"
local function check(name, cond, v) if not cond then error("FAILED: " .. name .. ": " .. tostring(v), 2) end end

check("require", require "helper".answer == 42)
check("args", vise.args[1] == "one" and vise.args[2] == "two words")

local r = vise.launch.run { cmd = "sh", args = { "-c", "echo out; echo err >&2; exit 3" } }
check("code", r.code == 3, r.code)
check("out", r.out:find("out", 1, true) and r.err == "err", r.err)

-- an argument stays one word, whatever is in it
local nasty = "a b;$(id)`x`\"'\\\n--eval=*"
r = vise.launch.run { cmd = "printf", args = { "%s|", nasty, "-x", "" } }
check("argv", r.out == nasty .. "|-x||", r.out)

r = vise.launch.run { cmd = "sh", args = { "-c", "echo $VISE_T$1 && pwd", "sh" }, env = { VISE_T = "a b" }, cwd = "/" }
check("env and cwd", r.out == "a b\n/\n", r.out)

local ok, err = pcall(vise.launch.run, { cmd = "/no/such/program" })
check("no program", not ok and err.code == "tool_failed", err)
ok, err = pcall(vise.launch.run, { cmd = "false", check = true })
check("check", not ok and err.code == "tool_failed", err)
ok, err = pcall(vise.launch.run, { cmd = "sleep", args = { 100 }, timeout = 0.1 })
check("timeout", not ok and err.code == "timeout", err)
ok, err = pcall(vise.launch.run, { cmd = "true", pti = true })
check("unknown option", not ok and err.code == "usage", err)

local lines = {}
r = vise.launch.run { cmd = "sh", args = { "-c", "echo one; sleep 0.1; echo two" }, on_line = function(l) lines[#lines + 1] = l end }
check("on_line", table.concat(lines, ",") == "one,two", table.concat(lines, ","))

local p = vise.launch.start { cmd = "sh", args = { "-c", "echo ready; exec sleep 100" } }
check("expect", p:expect("ready", { timeout = 5 }).text == "ready")
p:kill()
r = p:wait()
check("signal", r.code == nil and r.signal == 9, r.signal)

local task = vise.spawn(function() vise.launch.run { cmd = "sleep", args = { 100 } } end)
vise.sleep(0.1)
task:cancel()
check("cancel stops the job", not pcall(task.await, task, 5))

-- pieces of a flood of lines, none lost
local con = vise.console.get()
con:line("count")
for i = 1, 200 do
  local m = con:expect(vise.rx[[line (\d+)\r\n]], { timeout = 10 })
  check("count", tonumber(m.cap[1]) == i, m.cap[1])
end
print("launch: all good")
