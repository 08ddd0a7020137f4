-- semver.lua - vise.semver: versions as devices write them ("3.2.1", "v3.2", "FW 3.2.1-rc1"),
-- ordered as semver.org says.
local core, vise = ...

vise.semver = {}

-- { major, minor, patch, pre } or nil
function vise.semver.parse(text)
  if text == nil then return nil end
  if type(text) ~= "string" then vise.fail("usage", "vise.semver.parse: a version is a text, not a %s", type(text)) end
  local a, b, c, rest = text:match("(%d+)%.(%d+)%.(%d+)(.*)")
  if not a then a, b, rest = text:match("(%d+)%.(%d+)(.*)") end
  if not a or #a > 9 or #b > 9 or #(c or "") > 9 then return nil end
  return { major = tonumber(a), minor = tonumber(b), patch = tonumber(c or 0), pre = rest:match("^%-([%w%.%-]+)") }
end

local function compare_word(x, y)
  local nx, ny = x:match("^%d+$") and tonumber(x), y:match("^%d+$") and tonumber(y)
  if nx and ny then return nx < ny and -1 or nx > ny and 1 or 0 end
  if nx or ny then return nx and -1 or 1 end
  return x < y and -1 or x > y and 1 or 0
end

local function compare_pre(x, y)
  if not x or not y then return x and -1 or y and 1 or 0 end
  local a, b = {}, {}
  for w in x:gmatch("[^%.]+") do a[#a + 1] = w end
  for w in y:gmatch("[^%.]+") do b[#b + 1] = w end
  for i = 1, math.max(#a, #b) do
    if not a[i] or not b[i] then return a[i] and 1 or -1 end
    local r = compare_word(a[i], b[i])
    if r ~= 0 then return r end
  end
  return 0
end

-- -1, 0, 1; an error when one is no version
function vise.semver.compare(x, y)
  local a, b = vise.semver.parse(x), vise.semver.parse(y)
  if not a or not b then vise.fail("usage", "%q is no version", tostring(a and y or x)) end
  for _, k in ipairs { "major", "minor", "patch" } do
    if a[k] ~= b[k] then return a[k] < b[k] and -1 or 1 end
  end
  return compare_pre(a.pre, b.pre)
end

-- true when have is at least want; false too when have is no version at all
function vise.semver.ge(have, want)
  return vise.semver.parse(have) ~= nil and vise.semver.compare(have, want) >= 0
end
