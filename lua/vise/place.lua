-- place.lua - vise.place: the places of this run: those that the command line holds, and those that the script takes (vise-place(5)).
local core, vise = ...
local fail = vise.fail

vise.place = {}
local places, order = {}, {}
local own = {}                                          -- place -> { proc, task, released }: what the script took

local Place = {}
Place.__index = Place
Place.__name = "vise.Place"
Place.__metatable = "vise.Place"
function Place:__tostring() return "place " .. self.name end
function Place:__close() if own[self] then self:release() end end

local acts = { on = true, off = true, cycle = true }

local function check(self, call)
  if type(self) ~= "table" or getmetatable(self) ~= "vise.Place" then fail("usage", "%s: call it with a colon, on a place", call) end
end

local function held(self, call)
  check(self, call)
  local lost = self.lost
  if lost then fail("lost_place", "%s: %s", self.name, lost.msg, { what = self.name, next = lost.next, place = self }) end
  if own[self] and own[self].released then fail("usage", "%s: %s was given back", call, self.name) end
end

local function switch(self, act)
  local list = self.commands or {}
  if act == "cycle" and not list.cycle and list.on and list.off then
    switch(self, "off")
    core.sleep(1)
    return switch(self, "on")
  end
  local words = list[act] or fail("unsupported", "place %s has no \"%s\"", self.name, act, { next = "\"power\" in vise-place(5)" })
  vise.launch.run { cmd = words[1], args = table.move(words, 2, #words, 1, {}), name = "power " .. act, check = true, timeout = 60 }
end

-- place:power(act): "on", "off" or "cycle", by the command that the place's file names. Waits.
function Place:power(act)
  held(self, "place:power")
  if not acts[act] then fail("usage", "place:power: \"on\", \"off\" or \"cycle\" is needed, not %s", tostring(act)) end
  local off = self.commands and self.commands.off and function() if not self.lost then switch(self, "off") end end
  core.switching(self, act, self.name, function() switch(self, act) end, off)
end

local function add(as, p)
  p.as, p.commands, p.power = as, p.power, nil
  places[as], order[#order + 1] = setmetatable(p, Place), as
  return p
end

-- What `vise` says of one that it holds: NAME={...}
function core.add_place(word)
  local as, text = word:match("^([^=]+)=(.*)$")
  add(as, core.json.decode(text))
end

-- The first, when there is one.
function core.is_held() return places[order[1]] end

function core.place_of(name) return places[name] end

-- vise.place.get(name): the place that the run calls so; without a name the first, nil when there is none.
function vise.place.get(name)
  if name == nil then return places[order[1]] end
  if type(name) ~= "string" then fail("usage", "vise.place.get: a name is needed, not a %s", type(name)) end
  return places[name] or fail("usage", "vise.place.get: no place %s in this run; it has: %s", name,
    #order > 0 and table.concat(order, ", ") or "none", { next = "--place " .. name })
end

------------------------------------------------------------------ taken by the script

local line = vise.rx [[\{"(?:place|error)":.*\}]]

local function forget(self)
  core.power_forget(self)
  for i, as in ipairs(order) do
    if places[as] == self then
      table.remove(order, i)
      places[as] = nil
      break
    end
  end
end

-- What is held for us ended, and nobody here asked for that: told where the script waits.
local function lost(self, hold, out)
  local last, err = nil, nil
  for l in out:gmatch("[^\r\n]+") do last = l end
  local ok, said = pcall(core.json.decode, last or "")
  err = ok and type(said) == "table" and said.error
  err = type(err) == "table" and err or { why = "who held it for us is gone" }
  self.lost = { msg = tostring(err.why), next = tostring(err.why):find "lease" and "place:renew in time, or a longer lease" or nil }
  forget(self)
  core.news(hold.task, "lost_place", self.name, self.lost.msg, self.lost.next)
end

local function watch(self, hold)
  core.spawn("place " .. self.name, function()
    core.keep()
    local ok, r = pcall(hold.proc.wait, hold.proc)
    if not hold.released then lost(self, hold, ok and r.out or "") end
  end)
end

local function say_so(call, seconds)
  if seconds <= 0 then fail("usage", "%s: a time over 0 is needed", call) end
  return core.ms(seconds)
end

local options = { wait = true, lease = true, reason = true, as = true }

local function words_of(match, opt)
  local words = { "place", "hold", match, "--reason", opt.reason or core.name }
  if opt.wait then core.append(words, "--wait", core.ms(core.seconds("vise.place.acquire: wait", opt.wait))) end
  if opt.lease then core.append(words, "--lease", say_so("vise.place.acquire", core.seconds("vise.place.acquire: lease", opt.lease))) end
  return words
end

-- Where it looks for places is ours to say, not that of who started the bench.
local function environment()
  local env = {}
  for _, name in ipairs { "VISE_PLACES", "VISE_LOCK_DIR", "VISE_LABGRID_CLIENT", "VISE_LABGRID_LOOK" } do env[name] = os.getenv(name) end
  return next(env) and env or nil
end

-- vise.place.acquire(match, { wait, lease, reason, as }) -> place. Waits.
function vise.place.acquire(match, opt)
  if type(match) ~= "string" or match == "" or match:sub(1, 1) == "-" then
    fail("usage", "vise.place.acquire: NAME, tag=A,B or labgrid:NAME is needed, not %s", tostring(match))
  end
  opt = core.options("vise.place.acquire", opt, options)
  for _, k in ipairs { "reason", "as" } do
    if opt[k] ~= nil and (type(opt[k]) ~= "string" or opt[k] == "") then fail("usage", "vise.place.acquire: %s is a text", k) end
  end
  local words = words_of(match, opt)
  if opt.as and places[opt.as] then fail("usage", "vise.place.acquire: this run has a place %s already", opt.as) end
  local proc = core.launch({ cmd = "vise", args = words, env = environment(), name = "place " .. match, kind = "server" }, true)
  local got
  local _ <close> = setmetatable({}, { __close = function() if not got then proc:kill() end end })
  local m = proc:expect(line, { timeout = 120 + core.seconds("wait", opt.wait or 0) })
  local said = core.json.decode(m.text)
  if said.error then
    fail(said.error.code, "%s: %s", said.error.what ~= "" and said.error.what or match, said.error.why,
      { what = said.error.what, next = said.error.next ~= "" and said.error.next or nil })
  end
  local p = said.place
  local as = opt.as or (not places[p.name] and p.name) or match
  got = add(as, p)
  got["until"], got.left = said["until"], said.left or nil
  own[got] = { proc = proc, task = core.me() }
  watch(got, own[got])
  return got
end

-- place:renew(time): the lease ends that long from now. Waits.
function Place:renew(time)
  held(self, "place:renew")
  local span = say_so("place:renew", core.seconds("place:renew", time))
  local r = vise.launch.run { cmd = "vise", args = { "place", "lease", self.name, "--for", span, "--json" }, env = environment(),
    name = "place lease " .. self.name }
  held(self, "place:renew")
  if r.code ~= 0 then fail("infra", "%s: %s", self.name, (r.err:gsub("^vise: ", ""):gsub("%s+$", ""))) end
  self["until"] = core.json.decode(r.out)["until"]
end

-- place:release(): gives back what the script took; done when it is free. Waits.
function Place:release()
  check(self, "place:release")
  local hold = own[self] or fail("usage", "place:release: %s is held by the command line, and given back at its end", self.name)
  if hold.released or self.lost then return end
  core.power_back(self)
  hold.released = true
  forget(self)
  hold.proc:kill()
  pcall(hold.proc.wait, hold.proc)
end
