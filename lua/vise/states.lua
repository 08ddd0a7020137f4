-- states.lua - board states: what a board can be brought into, and the way there. A transition that failed stays
-- failed until the run ends: every later call repeats the first cause.
local core, vise = ...
local fail = vise.fail

local state_fields = { from = true, enter = true, timeout = true, doc = true }

function core.check_states(call, states)
  for name, s in pairs(states or {}) do
    if type(name) ~= "string" or type(s) ~= "table" or type(s.enter) ~= "function" then
      fail("usage", "%s: states.%s: a table with enter = function(b) is needed", call, tostring(name))
    end
    core.options(("%s: states.%s"):format(call, name), s, state_fields)
    if s.timeout then core.seconds(("%s: states.%s.timeout"):format(call, name), s.timeout) end
    for _, f in ipairs(s.from or {}) do
      if f ~= "unknown" and not states[f] then fail("usage", "%s: states.%s: from names no state %q", call, name, tostring(f)) end
    end
  end
end

local function may(s, from)
  if s.from == nil then return true end
  for _, f in ipairs(s.from) do if f == from then return true end end
  return false
end

-- The shortest list of states to enter, one after another; nil when there is none.
local function way(states, from, to)
  local names, queue, seen = {}, { { at = from, path = {} } }, { [from] = true }
  for name in pairs(states) do names[#names + 1] = name end
  table.sort(names)
  while #queue > 0 do
    local here = table.remove(queue, 1)
    for _, name in ipairs(names) do
      if not seen[name] and may(states[name], here.at) then
        local path = table.move(here.path, 1, #here.path, 1, {})
        path[#path + 1] = name
        if name == to then return path end
        seen[name] = true
        queue[#queue + 1] = { at = name, path = path }
      end
    end
  end
end

local function enter(b, name, s)
  core.say(("       %s: to %s"):format(b.id, name), { type = "state", board = b.id, state = name })
  b.state = "unknown"
  local ok, err = pcall(vise.timeout, s.timeout or 60, s.enter, b)
  if ok then
    b.state = name
    return
  end
  if type(err) == "table" and err.code ~= "cancelled" and err.code ~= "deadline" then b.broken[name] = err end
  error(err, 0)
end

-- board:to(state): brings it there; nothing is done when it is there. Waits.
function core.board_to(b, to)
  local states = b.profile.states or {}
  if type(to) ~= "string" or not states[to] then
    local list = {}
    for name in pairs(states) do list[#list + 1] = name end
    table.sort(list)
    fail("usage", "board %s has no state %s; it has: %s", b.id, tostring(to), #list > 0 and table.concat(list, ", ") or "none")
  end
  if b.state == to then return end
  local path = way(states, b.state, to) or
    fail("usage", "board %s: no way from %s to %s", b.id, b.state, to)
  for _, name in ipairs(path) do
    local first = b.broken[name]
    if first then
      fail("blocked", "%s cannot be brought to %s: %s", b.id, name, tostring(first.msg), { blocked = true, cause = first })
    end
    enter(b, name, states[name])
  end
end
