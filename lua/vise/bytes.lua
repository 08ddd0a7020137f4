-- bytes.lua - vise.bytes: sizes, hexadecimal text and checksums.
local core, vise = ...
local fail = vise.fail

local function text(call, s)
  if type(s) ~= "string" then fail("usage", "%s: bytes are a text, not a %s", call, type(s)) end
  return s
end

vise.bytes = setmetatable({}, { __metatable = "vise.bytes", __call = function(_, s)
  return core.bytes(text("vise.bytes", s))              -- "64K" -> 65536, or nil
end })

-- As string.pack and string.unpack; their complaints are usage.
local function packing(call, fn, ...)
  local r = table.pack(pcall(fn, ...))
  if r[1] then return table.unpack(r, 2, r.n) end
  fail("usage", "%s: %s", call, (tostring(r[2]):gsub("^[^:]*:%d+: ", "")))
end

function vise.bytes.pack(...) return packing("vise.bytes.pack", string.pack, ...) end
function vise.bytes.unpack(...) return packing("vise.bytes.unpack", string.unpack, ...) end

-- vise.bytes.hex("\1\2", " ") -> "01 02"
function vise.bytes.hex(s, between)
  text("vise.bytes.hex", s)
  if between ~= nil and type(between) ~= "string" then fail("usage", "vise.bytes.hex: what stands between is a text") end
  local out = s:gsub(".", function(c) return ("%02x%s"):format(c:byte(), between or "") end)
  return between and out:sub(1, #out - #between) or out
end

-- vise.bytes.unhex("01 02") -> "\1\2"
function vise.bytes.unhex(s)
  local digits = text("vise.bytes.unhex", s):gsub("%s+", "")
  if #digits % 2 ~= 0 or digits:find("%X") then fail("usage", "vise.bytes.unhex: pairs of hexadecimal digits are needed, not %s", s) end
  return (digits:gsub("%x%x", function(d) return string.char(tonumber(d, 16)) end))
end

local tables = {}

-- Of a reflected polynomial: crc tables of 256.
local function table_of(poly)
  if tables[poly] then return tables[poly] end
  local t = {}
  for i = 0, 255 do
    local c = i
    for _ = 1, 8 do c = c & 1 == 1 and c >> 1 ~ poly or c >> 1 end
    t[i] = c
  end
  tables[poly] = t
  return t
end

local function run(s, c, t)
  for i = 1, #s do c = c >> 8 ~ t[(c ~ s:byte(i)) & 255] end
  return c
end

-- CRC-32 of zlib and Ethernet; crc: of what came before.
function vise.bytes.crc32(s, crc)
  if crc ~= nil and math.type(crc) ~= "integer" then fail("usage", "vise.bytes.crc32: the value before is a whole number") end
  return run(text("vise.bytes.crc32", s), (crc or 0) ~ 0xffffffff, table_of(0xedb88320)) ~ 0xffffffff
end

-- kind: "modbus" (the default), "xmodem", "ccitt" (0xffff first) or "kermit"
local kinds = { modbus = { 0xa001, 0xffff }, kermit = { 0x8408, 0 }, xmodem = { 0x1021, 0, true }, ccitt = { 0x1021, 0xffff, true } }

function vise.bytes.crc16(s, kind)
  text("vise.bytes.crc16", s)
  local k = kinds[kind or "modbus"] or fail("usage", "vise.bytes.crc16: modbus, xmodem, ccitt or kermit, not %s", tostring(kind))
  if not k[3] then return run(s, k[2], table_of(k[1])) end
  local c = k[2]
  for i = 1, #s do
    c = c ~ s:byte(i) << 8
    for _ = 1, 8 do c = (c & 0x8000 ~= 0 and c << 1 ~ k[1] or c << 1) & 0xffff end
  end
  return c
end
