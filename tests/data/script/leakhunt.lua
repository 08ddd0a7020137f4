-- leakhunt.lua SOURCE - a leak hunt: watch a program while it works, rank, compare, take everything.
local vise = require "vise"
local source = ...

local function work()
  vise.launch.run { cmd = "python3", args = { "-c",
    "import sys, urllib.request; urllib.request.urlopen('http://' + sys.argv[1] + '/leak?bytes=524288&n=2').read()",
    source } }
end

-- a snapshot after each piece of work, however long that takes
local watch = vise.cmd("watch.start " .. source .. " kinds=heap,goroutine every=1h")
vise.cmd("watch.wait snapshots=2")
for round = 1, 5 do
  work()
  vise.cmd("watch.now " .. watch.id)
  vise.cmd("watch.wait snapshots=" .. 2 + 2 * round)
end
local first = vise.cmd("watch.rank kind=heap").rows[1]
print("first: " .. first.name .. " " .. first.verdict)
local shots = vise.cmd("profile.list")
print("shots: " .. shots[1].kind .. " " .. shots[2].kind)
vise.cmd("profile.load first last")
local all = vise.cmd("snapshot.take " .. source .. " trace=0s show=off")
print("snapshot: " .. all.state)
print("stopped: " .. vise.cmd("watch.stop " .. watch.id).state)
local ok, why = pcall(vise.cmd, "profile.grab 127.0.0.1:1")
print("refused: " .. tostring(ok) .. " " .. tostring(why.code or why))
