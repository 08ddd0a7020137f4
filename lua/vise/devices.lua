-- devices.lua - vise.serial and vise.usb: what is plugged in, and what comes and goes.
local core, vise = ...
local fail = vise.fail

vise.serial, vise.usb = {}, {}

local POLL_S = 0.25

local function rows(call, line)
  local out = {}
  for i, row in ipairs(core.call(call, "command", { line = line })) do
    local r = {}
    for k, v in pairs(row) do r[k] = math.type(v) == "float" and math.tointeger(v) or v end
    if r.id then r.vid, r.pid = tonumber(r.id:sub(1, 4), 16), tonumber(r.id:sub(6), 16) end
    out[i] = r
  end
  return out
end

-- match: "0483:374b", a device path, or a table of what must be so: { vid, pid, serial, interface, product, ... }
local function matcher(call, match)
  if type(match) == "string" then
    if match:match("^%x%x%x%x:%x%x%x%x$") then match = { id = match:lower() }
    elseif match ~= "" then match = { path = match } end
  end
  if type(match) ~= "table" or next(match) == nil then
    fail("usage", "%s: what to look for is \"VID:PID\", a path, or a table such as { serial = \"...\" }", call)
  end
  for k, v in pairs(match) do
    if type(k) ~= "string" or (type(v) ~= "string" and type(v) ~= "number") then
      fail("usage", "%s: %s cannot be compared", call, tostring(k))
    end
  end
  return function(row)
    for k, v in pairs(match) do if row[k] ~= v then return false end end
    return true
  end
end

local function shown(match)
  if type(match) == "string" then return match end
  local out = {}
  for k, v in pairs(match) do out[#out + 1] = ("%s = %s"):format(k, tostring(v)) end
  table.sort(out)
  return table.concat(out, ", ")
end

local function first(list, fits)
  for _, row in ipairs(list) do if fits(row) then return row end end
end

local function wait(call, match, timeout, list)
  local fits = matcher(call, match)
  local s = core.cut(core.seconds(call, timeout or 10))
  local finish = core.now() + s
  while true do
    local row = first(list(), fits)
    if row then return row end
    if core.now() >= finish then fail("timeout", "%s: no device with %s came within %g s", call, shown(match), s) end
    core.sleep(math.min(POLL_S, math.max(0, finish - core.now())))
  end
end

-- vise.serial.list() -> { { path, id, vid, pid, serial, interface, driver, product, ... } }. Waits.
function vise.serial.list() return rows("vise.serial.list", "port.list") end

-- The first port that matches, or nil. Waits.
function vise.serial.find(match)
  local fits = matcher("vise.serial.find", match)
  return first(rows("vise.serial.find", "port.list"), fits)
end

-- Waits until there is one.
function vise.serial.wait(match, timeout) return wait("vise.serial.wait", match, timeout, vise.serial.list) end

-- vise.usb.list() -> { { id, vid, pid, serial, product, manufacturer, location } }. Waits.
function vise.usb.list() return rows("vise.usb.list", "usb.list") end

-- Waits until there is such a device.
function vise.usb.wait(match, timeout) return wait("vise.usb.wait", match, timeout, vise.usb.list) end

-- vise.usb.on("add" | "remove", match, fn(device)): fn is a task and may wait. Kept until :close().
function vise.usb.on(event, match, fn)
  if event ~= "add" and event ~= "remove" then fail("usage", "vise.usb.on: \"add\" or \"remove\", not %s", tostring(event)) end
  local fits = matcher("vise.usb.on", match)
  if type(fn) ~= "function" then fail("usage", "vise.usb.on needs a function") end
  local task = core.spawn("vise.usb.on", function()
    local before
    while true do
      local now = {}
      for _, row in ipairs(vise.usb.list()) do if fits(row) then now[row.location .. " " .. row.id] = row end end
      local from, to = before or now, now
      if event == "remove" then from, to = now, before or now end
      for key, row in pairs(to) do if not from[key] then core.spawn("on usb " .. event, fn, row) end end
      before = now
      core.sleep(POLL_S)
    end
  end)
  return core.subscription(function() task:cancel "closed" end)
end
