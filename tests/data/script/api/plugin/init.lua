-- What a plugin that stays may call: used as meant, and not. Loading is a context of its own.
local vise = require "vise"
local check = require "check"
local use, misuse = check.use, check.misuse
local told, state = {}, vise.state.n or 0

local function eq(a, b) if a ~= b then error(("%s is not %s"):format(tostring(a), tostring(b)), 2) end end
local function wait(what) for _ = 1, 400 do if what() then return end vise.sleep(0.02) end error("it did not come", 2) end
vise.state.n = state + 1

-- while it loads nothing may wait
for name, fn in pairs {
  ["vise.cmd"] = function() vise.cmd "bench.info" end, ["vise.sleep"] = function() vise.sleep(1) end,
  ["vise.fs.read"] = function() vise.fs.read "plugin.json" end, ["vise.launch.run"] = function() vise.launch.run { cmd = "true" } end,
  ["vise.console.open"] = function() vise.console.open "exec:cat" end, ["vise.ui.prompt"] = function() vise.ui.prompt { title = "x" } end,
  ["vise.timeout"] = function() vise.timeout(1, print) end, ["vise.checkpoint"] = function() vise.checkpoint() end,
  ["vise.fs.glob"] = function() vise.fs.glob "*" end, ["vise.console.get"] = function() vise.console.get() end,
  ["vise.elf.open"] = function() vise.elf.open "/bin/sh" end, ["vise.call"] = function() vise.call "api.twice" end,
  ["vise.http.serve"] = function() vise.http.serve { routes = { ["/x"] = print } } end,
} do misuse(name, "load_time", name == "vise.launch.run" and "vise.launch waits" or name:match "[%w_]+$", fn) end

vise.service("api.twice", function(n) if type(n) ~= "number" then vise.fail("verify", "no number") end return 2 * n end)
vise.gauge { id = "api.g", unit = "B", every = 0.05, read = function() return 42 end }
vise.threshold { gauge = "api.g", above = 40, msg = "the gauge is over 40" }
vise.advisor { id = "api.a", every = 0.05, advise = function(s) if s["api.g"] then return { text = "advice of the checks" } end end }
vise.ui.segment { id = "api.s", every = 0.05, render = function() return "segment of the checks" end }
vise.keymap("global", ", 9", function() end)
local pane = vise.ui.table { id = "api.list", columns = { "a" }, rows = { { "x" } }, on_select = function(row) told.row = row[1] end }
vise.on("notice", function(e) told[e.notice.text] = true end)
vise.on_unload(function() print "use vise.on_unload" end)
vise.board { id = "api", name = "for the checks", flash = function(b, file) print("flashed " .. file) end, reset = function() end }
vise.board { id = "api-stuck", name = "one that will not", reset = function() vise.fail("verify", "it will not") end }
-- for a person at the screen
vise.command { id = "api.ask", run = function() return vise.ui.choose { title = "Which board?", items = { "red", "green" } } end }

vise.command { id = "api.checks", title = "Checks", run = function()
  local con = vise.console.get()
  use("vise.command", function() eq(vise.plugin.name, "api") end)
  use("vise.service", function() eq(vise.call("api.twice", 21), 42) end)
  misuse("vise.service", "usage", "letters, digits", function() vise.service("a b", print) end)
  use("vise.call", function() local ok, e = pcall(vise.call, "api.twice", "x") eq(ok, false) eq(e.code, "verify") end)
  misuse("vise.call", "usage", "vise.call", function() vise.call(7) end)
  misuse("vise.command", "usage", "run is missing", function() vise.command { id = "y" } end)
  misuse("vise.keymap", "usage", "no mode", function() vise.keymap("nowhere", "x", "view.help") end)
  use("vise.keymap", function()
    local keys
    for _, h in ipairs(vise.cmd "plugin.hosts") do if h.name == "api" then keys = h end end
    eq(keys.state == "running" or keys.state == "starting", true)
  end)
  use("vise.gauge", function() wait(function() local ok, v = pcall(vise.gauge.get, "api.g") return ok and v == 42 end) end)
  misuse("vise.gauge", "usage", "read is missing", function() vise.gauge { id = "z" } end)
  use("vise.threshold", function() wait(function() return told["the gauge is over 40"] end) end)
  misuse("vise.threshold", "usage", "above or below", function() vise.threshold { gauge = "api.g" } end)
  use("vise.advisor", function() wait(function() return told["advice of the checks"] end) end)
  misuse("vise.advisor", "usage", "advise is missing", function() vise.advisor { id = "z" } end)
  use("vise.ui.segment", function() vise.sleep(0.1) end)
  misuse("vise.ui.segment", "usage", "render is missing", function() vise.ui.segment { id = "z" } end)
  use("vise.ui.table", function() vise.cmd "plugin.show api.list" end)
  misuse("vise.ui.table", "usage", "must be a list of texts", function() vise.ui.table { id = "z", columns = 5 } end)
  use("Pane:update", function() pane:update { { "y" } } vise.cmd "plugin.select api.list row=1" wait(function() return told.row == "y" end) end)
  misuse("Pane:update", "usage", "row 1", function() pane:update { 5 } end)
  -- what it did not declare
  misuse("vise.launch.run", "denied", "does not declare exec", function() vise.launch.run { cmd = "id" } end)
  misuse("vise.http.request", "denied", "does not declare net", function() vise.http.request { url = "http://127.0.0.1:10/" } end)
  misuse("vise.http.serve", "denied", "does not declare serve 127.0.0.1:8099", function() vise.http.serve { port = 8099, routes = { ["/"] = print } } end)
  misuse("vise.place.acquire", "denied", "does not declare places desk", function() vise.place.acquire "desk" end)
  misuse("vise.http.request", "denied", "no user and password", function() vise.http.request { url = "http://127.0.0.1:9@10.0.0.1/" } end)
  misuse("vise.http.get", "lost", "nobody listens", function() vise.http.get "http://127.0.0.1:9/" end)
  misuse("vise.pprof.capture", "denied", "does not declare commands profile.grab", function() vise.pprof.capture { source = "127.0.0.1:9" } end)
  misuse("vise.fs.write", "denied", "may only read", function() vise.fs.write("x", "y") end)
  misuse("vise.fs.read", "denied", "does not declare fs", function() vise.fs.read "/etc/passwd" end)
  use("vise.fs.write", function() vise.fs.write(vise.fs.artifacts .. "/kept.txt", "kept") eq(vise.fs.read(vise.fs.artifacts .. "/kept.txt"), "kept") end)
  use("vise.fs.read", function() eq(vise.fs.read(vise.plugin.dir .. "/plugin.json"):match '"api"', '"api"') end)
  use("Console:at", function() eq(con:at("AT+GMR", { prefix = "+GMR:", timeout = 10 })[1], "3.2.1") end)
  return "done"
end }
