-- power.lua - what a run has switched on, place or board: switched off at its end, unless the command line keeps it (--keep-power).
local core = ...

local on, order = {}, {}                                -- key -> { name, off }; keys, oldest first

local function forget(key)
  on[key] = nil
  for i = #order, 1, -1 do if order[i] == key then table.remove(order, i) end end
end
core.power_forget = forget

-- Switches by switch(). act: "on" is put back by off() (nil: it cannot be), "off" needs nothing any more, "cycle" changes nothing.
function core.switching(key, act, name, switch, off)
  if act == "on" and off and not on[key] then           -- also when it fails half way
    on[key] = { name = name, off = off }
    order[#order + 1] = key
  end
  switch()
  if act == "off" then forget(key) end
end

local LIMIT_S = 30

-- Puts back one key, or all, the newest first; gives the exit status. Waits.
function core.power_back(key)
  local status = 0
  for i = #order, 1, -1 do
    local k = order[i]
    local p = on[k]
    if p and core.powers_back and (key == nil or k == key) then
      forget(k)
      local ok, err = core.guarded("power off of " .. p.name, function()
        core.keep()
        core.set_limit(core.now() + LIMIT_S)
        p.off()
      end)
      if ok then core.say(("       %s: power off again"):format(p.name), { type = "power", of = p.name, state = "off" })
      else
        core.complain(("%s: power off at the end"):format(p.name), err)
        status = core.worse(status, core.status(err))
      end
    end
  end
  return status
end
