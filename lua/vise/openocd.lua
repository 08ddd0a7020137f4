-- openocd.lua - OpenOCD's command line out of a profile's method, its hooks, and the server that ocd.start wants.
local core, vise = ...
local fail = vise.fail

-- Events of OpenOCD 0.12 that a profile may hook; around one step: step-start, resumed, halted, step-end.
local events = {}
for e in ([[gdb-halt halted resumed resume-start resume-end step-start step-end gdb-start gdb-end reset-start reset-assert-pre
  reset-assert reset-assert-post reset-deassert-pre reset-deassert-post reset-init reset-end examine-start examine-fail examine-end
  debug-halted debug-resumed gdb-attach gdb-detach gdb-flash-write-start gdb-flash-write-end gdb-flash-erase-start
  gdb-flash-erase-end trace-config]]):gmatch("%S+") do events[e] = true end

local function balanced(text)
  local depth = 0
  for c in text:gmatch("[{}\\]") do
    depth = depth + (c == "{" and 1 or c == "}" and -1 or 0)
    if depth < 0 or c == "\\" then return false end
  end
  return depth == 0
end

-- hooks = { ["step-start"] = "Tcl" or { "Tcl", ... } }
local function is_hooks(v)
  if not core.is_table(v) then return false end
  for event, body in pairs(v) do
    local list = core.is_text(body) and { body } or body
    if not events[event] or not core.is_table(list) or not core.list_of(core.is_text)(list) then return false end
    for _, line in ipairs(list) do if not balanced(line) then return false end end
  end
  return true
end

core.openocd_hooks_field = { is_hooks, "a table of OpenOCD event = Tcl with braces in pairs" }

-- OpenOCD reads its -c words as Tcl once more.
function core.tcl(file)
  if file:find("[{}\\\n]") then fail("usage", "%s: OpenOCD cannot be given a name with braces or backslashes", file) end
  return "{" .. file .. "}"
end

-- m: the profile's method; a.probe: the probe's serial number; ports: what is said of them; the rest: more -c words
function core.openocd(m, a, ports, ...)
  local argv = { "openocd", "-c", ports }
  local function add(flag, word) table.move({ flag, word }, 1, 2, #argv + 1, argv) end
  for _, s in ipairs(m.search or {}) do add("-s", s) end
  for _, c in ipairs(m.before or {}) do add("-c", c) end
  local configs = m.configs or { m.interface and ("interface/%s.cfg"):format(m.interface) }
  if configs[1] then add("-f", configs[1]) end
  if a.probe then add("-c", "adapter serial " .. core.tcl(a.probe)) end
  if m.transport then add("-c", "transport select " .. m.transport) end
  for i = 2, #configs do add("-f", configs[i]) end
  if m.target then add("-f", ("target/%s.cfg"):format(m.target)) end
  for _, c in ipairs(m.after or {}) do add("-c", c) end
  for _, c in ipairs { ... } do add("-c", c) end
  return argv
end

-- What the target's own file hooks comes first.
function core.openocd_hooks(m)
  local names, out = {}, {}
  for event in pairs(m.hooks or {}) do names[#names + 1] = event end
  table.sort(names)
  for _, event in ipairs(names) do
    local body = m.hooks[event]
    if core.is_table(body) then body = table.concat(body, "; ") end
    out[#out + 1] = ("foreach vise_t [target names] { $vise_t configure -event %s [join [list [$vise_t cget -event %s] {%s}] \\n] }")
      :format(event, event, body)
  end
  return table.unpack(out)
end

-- vise.fpscr_hooks() -> hooks that keep FPSCR over single steps: what an interrupt or the debugger itself does to it
-- meanwhile is undone. Nothing is done while CPACR says that the floating point unit is off: it cannot be read then.
function vise.fpscr_hooks()
  return {
    ["step-start"] = "set ::vise_fpscr {}; catch { if {[read_memory 0xe000ed88 32 1] & 0xf00000} " ..
      "{ set ::vise_fpscr [dict get [get_reg fpscr] fpscr] } }",
    ["step-end"] = "if {[info exists ::vise_fpscr] && $::vise_fpscr ne {}} { set_reg [list fpscr $::vise_fpscr] }",
  }
end

-- How the board is reached by OpenOCD: its debug says so, else one of its ways to be flashed. nil: it is not.
function core.openocd_way(b)
  if core.is_table(b.debug) and b.debug.method == "openocd" then return b.debug end
  for _, m in ipairs(core.is_table(b.flash) and b.flash or {}) do if m.method == "openocd" then return m end end
end

-- The words that start it as a server: ports of the kernel's choice, on loopback.
function core.openocd_server(b, _, probe)
  local m = core.openocd_way(b) or fail("usage", "board %s: nothing in its profile says how OpenOCD reaches it", b.id)
  return core.openocd(m, { probe = probe or core.sets.probe or core.probe_of(m) }, "gdb_port 0; tcl_port 0; telnet_port disabled; bindto 127.0.0.1",
    core.openocd_hooks(m))
end

-- The board's OpenOCD as a job; done when it serves. What it says goes to the job's output.
local NO_WORD, NEXT = "it has ended without a word of why", "is the probe plugged in, and is it this one?"

local function why_not(out)
  for line in out:gmatch("[^\r\n]+") do
    if line:match("^Error: ") then return (line:gsub("^Error: ", "")) end
  end
  return NO_WORD
end

function core.start_server(b, argv)
  local proc = vise.launch.start { cmd = argv[1], args = table.move(argv, 2, #argv, 1, {}), kind = "server", name = "openocd " .. b.id }
  local ok, m = pcall(proc.expect, proc, vise.rx [[Listening on port (\d+) for tcl connections]], { timeout = 20 })
  if not ok then
    local out = core.call("openocd", "command", { line = "job.output " .. proc.id })
    proc:kill()
    if m.code == "cancelled" then error(m, 0) end
    if m.code == "timeout" then fail("timeout", "openocd: it did not serve within 20 s: %s", why_not(out.text .. out.err)) end
    fail("tool_failed", "openocd: %s", why_not(out.text .. out.err), { next = NEXT })
  end
  local port = tonumber(m.cap[1])
  local attached, why = pcall(core.call, "openocd", "command",
    { line = core.line("ocd.attach", {}, { port = tostring(port), job = tostring(proc.id), board = b.id }) })
  if not attached then
    -- it serves before it has looked for the probe: its own words say more than a connection that is refused
    local out = core.call("openocd", "command", { line = "job.output " .. proc.id })
    proc:kill()
    local cause = why_not(out.text .. out.err)
    if why.code == "cancelled" or cause == NO_WORD then error(why, 0) end
    fail("tool_failed", "openocd: %s", cause, { next = NEXT })
  end
  return proc, port
end
