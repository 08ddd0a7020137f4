-- place.lua - vise.place: the places that the command line holds for this run (vise-place(5)).
local core, vise = ...
local fail = vise.fail

vise.place = {}
local places, order = {}, {}

local Place = {}
Place.__index = Place
Place.__name = "vise.Place"
function Place:__tostring() return "place " .. self.name end

local acts = { on = true, off = true, cycle = true }

-- place:power(act): "on", "off" or "cycle", by the command that the place's file names. Waits.
function Place:power(act)
  if getmetatable(self) ~= Place then fail("usage", "place:power: call it with a colon, on a place") end
  if not acts[act] then fail("usage", "place:power: \"on\", \"off\" or \"cycle\" is needed, not %s", tostring(act)) end
  local list = self.commands or {}
  if act == "cycle" and not list.cycle and list.on and list.off then
    self:power "off"
    core.sleep(1)
    return self:power "on"
  end
  local words = list[act] or fail("unsupported", "place %s has no \"%s\"", self.name, act, { next = "\"power\" in vise-place(5)" })
  vise.launch.run { cmd = words[1], args = table.move(words, 2, #words, 1, {}), name = "power " .. act, check = true, timeout = 60 }
end

-- What `vise` says of one that it holds: NAME={...}
function core.add_place(word)
  local as, text = word:match("^([^=]+)=(.*)$")
  local p = core.json.decode(text)
  p.as, p.commands, p.power = as, p.power, nil
  places[as], order[#order + 1] = setmetatable(p, Place), as
end

function core.place_of(name) return places[name] end

-- vise.place.get(name): the place that the run calls so; without a name the first, nil when there is none.
function vise.place.get(name)
  if name == nil then return places[order[1]] end
  if type(name) ~= "string" then fail("usage", "vise.place.get: a name is needed, not a %s", type(name)) end
  return places[name] or fail("usage", "vise.place.get: no place %s in this run; it has: %s", name,
    #order > 0 and table.concat(order, ", ") or "none", { next = "--place " .. name })
end
