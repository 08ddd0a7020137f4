-- probes.lua - which debug probe is meant: a tool is always given the serial number of one. Left to itself it takes the
-- first that it finds, which on a bench with two boards is the wrong one half of the time.
local core, vise = ...
local fail = vise.fail

-- Source of the numbers: OpenOCD 0.12 interface/stlink.cfg.
local stlinks = {}
for pid in ("3744 3748 374b 374d 374e 374f 3752 3753 3754 3755 3757"):gmatch "%x+" do stlinks["0483:" .. pid] = true end

local kinds = {
  stlink = function(row) return stlinks[row.id] end,
  jlink = function(row) return row.id:sub(1, 5) == "1366:" end,
  -- so it is looked for by OpenOCD and pyOCD, too
  ["cmsis-dap"] = function(row) return (row.product or ""):find("CMSIS-DAP", 1, true) ~= nil end,
}
function kinds.any(row) return kinds.stlink(row) or kinds.jlink(row) or kinds["cmsis-dap"](row) end

local kind_of_method = { stflash = "stlink", stutil = "stlink", nrfjprog = "jlink", jlink = "jlink", pyocd = "any", ["probe-rs"] = "any" }

-- What m drives; nil: nothing that is told by a serial number.
local function kind_of(m)
  if m.method ~= "openocd" then return kind_of_method[m.method] end
  local interface = m.interface or m.configs and m.configs[1] or ""
  for name in pairs(kinds) do if interface:find(name, 1, true) then return name end end
end

-- The number as the tool of m takes it.
local function number_of(m, row)
  if m.method == "probe-rs" then return row.id .. ":" .. row.serial end
  if kinds.jlink(row) then return (row.serial:gsub("^0+(%d)", "%1")) end
  return row.serial
end

-- The serial number of the one probe that m can mean; nil: none is here, or its kind has none.
function core.probe_of(m)
  local kind, found, shown = kinds[kind_of(m)], {}, {}
  if not kind then return nil end
  for _, row in ipairs(core.usb or core.call("probe", "command", { line = "usb.list" })) do
    if kind(row) and (row.serial or "") ~= "" then
      found[#found + 1] = number_of(m, row)
      shown[#shown + 1] = ("%s (%s)"):format(found[#found], row.product or row.id)
    end
  end
  if #found > 1 then
    fail("usage", "%d probes are here: %s; say which one is the board's with --set probe=SERIAL", #found, table.concat(shown, ", "))
  end
  return found[1]
end

local function of_profile(profile, id)
  for _, m in ipairs(profile.match or {}) do
    if m.usb and (m.usb == id or m.usb:match "^(.*:)%*$" == id:sub(1, 5)) then return true end
  end
end

-- The serial number of the one USB device that a profile's match names; an error when that is none, or several.
function core.probe_by(profile)
  local found, shown = {}, {}
  for _, row in ipairs(core.usb or core.call("probe", "command", { line = "usb.list" })) do
    if of_profile(profile, row.id) and (row.serial or "") ~= "" then
      found[#found + 1] = kinds.jlink(row) and row.serial:gsub("^0+(%d)", "%1") or row.serial
      shown[#shown + 1] = ("%s (%s)"):format(found[#found], row.product or row.id)
    end
  end
  if #found == 1 then return found[1] end
  fail(#found > 1 and "usage" or "infra", "board %s: %s", profile.id, #found > 1 and #found .. " probes are here: " .. table.concat(shown, ", ")
    or "no probe of it is here", { next = "--set probe=SERIAL, or --place NAME, says which one is the board's" })
end
