-- boardobject.lua - what flash, reset, debug, states, workflows and tests get of a board: its profile, plus what is there now.
local core, vise = ...
local fail = vise.fail

-- The consoles of a profile that are reached by TCP are opened when they are first named; start(b) starts who serves
-- them, and is ended when the console is closed. Waits.
function core.board_console(b, name)
  local c = b.profile.console and b.profile.console[name]
  if core.console(name) or type(c) ~= "table" or c.kind ~= "tcp" or not (c.port or c.spec) then return vise.console.get(name) end
  local server = c.start and c.start(b)
  local ok, con = pcall(vise.console.open, c.spec or ("tcp:127.0.0.1:%d"):format(c.port), { name = name })
  if not ok then
    if server then server:kill() end
    error(con, 0)
  end
  con.server = server
  return con
end

local more = {}

-- Its debug probe: { serial }, by --set probe=, by its place, or the only one that the profile's match names.
function more.probe(b)
  local place = b.place or core.is_held()
  local serial = core.sets.probe or (place and place.probe) or core.probe_by(b.profile)
  local probe = { serial = serial }
  rawset(b, "probe", probe)
  return probe
end

-- b:power(act): by the profile's function; where it has none, by the commands of its place.
local function power(b, act, ...)
  local fn, words = b.profile.power, table.pack(...)
  if fn then
    return core.switching(b.id, act, "board " .. tostring(b.id), function() fn(b, act, table.unpack(words, 1, words.n)) end,
      function() fn(b, "off") end)
  end
  local place = b.place or core.is_held() or fail("unsupported", "board %s cannot switch its power: its profile has no power = function(b, state), and it is at no place",
    b.id, { next = "--place NAME; \"power\" in vise-place(5)" })
  place:power(act)
end
function more.power() return power end

-- b:url(what): an address of what it serves, such as "pprof".
local function url(b, what)
  if type(what) ~= "string" then fail("usage", "b:url: a word such as \"pprof\" is needed, not a %s", type(what)) end
  return core.sets[what] or (b.profile.urls or {})[what] or fail("usage", "board %s has no address of %q", b.id, what,
    { next = "urls = { " .. what .. " = \"http://...\" } in its profile" })
end
function more.url() return url end

function core.board(profile)
  if not profile then return nil end
  local b = { options = vise.plugin and vise.plugin.options or {}, profile = profile }
  b.console = setmetatable({}, { __index = function(_, name) return core.board_console(b, name) end })
  return setmetatable(b, { __index = function(_, k)
    local v = profile[k]
    if more[k] and (v == nil or k == "power") then return more[k](b) end
    return v
  end })
end
