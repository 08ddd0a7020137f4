-- http.lua - vise.http: requests to web servers, in a process of their own.
local core, vise = ...
local fail = vise.fail

vise.http = core.lazy({}, { serve = "serve" })
local BODY_MAX = 2 << 20                               -- both ways: http.h of the worker, and a frame of the bench

local alphabet = {}
for i, c in ("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"):gmatch("()(.)") do alphabet[c] = i - 1 end

local function unbase64(text)
  local out = {}
  for a, b, c, d in text:gmatch("(.)(.)(.)(.)") do
    local n = alphabet[a] << 18 | alphabet[b] << 12 | (alphabet[c] or 0) << 6 | (alphabet[d] or 0)
    local bytes = string.char(n >> 16, n >> 8 & 255, n & 255)
    out[#out + 1] = c == "=" and bytes:sub(1, 1) or d == "=" and bytes:sub(1, 2) or bytes
  end
  return table.concat(out)
end

local known = { url = true, method = true, headers = true, body = true, timeout = true, max_bytes = true }

-- vise.http.request{ url, method, headers = { Name = value }, body, timeout, max_bytes }
--   -> { status, type, location, body }. Any status is an answer; no redirect is followed. Waits.
function vise.http.request(o)
  core.options("vise.http.request", o, known)
  if type(o) ~= "table" or type(o.url) ~= "string" then fail("usage", "vise.http.request needs a table with url = \"http://...\"") end
  local fields, words, names = {}, {}, {}
  if o.method ~= nil then
    if type(o.method) ~= "string" then fail("usage", "vise.http.request: method is a text such as \"POST\"") end
    fields.method = o.method
  end
  if o.body ~= nil then
    if type(o.body) ~= "string" then fail("usage", "vise.http.request: body is a text, not a %s", type(o.body)) end
    if #o.body > BODY_MAX then fail("limit", "vise.http.request: a body of %d bytes is over 2 MB", #o.body) end
    fields.body64 = core.base64(o.body)
  end
  if o.max_bytes ~= nil and (math.type(o.max_bytes) ~= "integer" or o.max_bytes < 1) then
    fail("usage", "vise.http.request: max_bytes is a whole number from 1")
  end
  fields.max_bytes = o.max_bytes
  fields.timeout = core.ms((core.cut(core.seconds("vise.http.request: timeout", o.timeout or 30))))
  if o.headers ~= nil and type(o.headers) ~= "table" then fail("usage", "vise.http.request: headers is a table of Name = value") end
  for k, v in pairs(o.headers or {}) do
    if type(k) ~= "string" or (type(v) ~= "string" and type(v) ~= "number") then
      fail("usage", "vise.http.request: headers is a table of Name = value")
    end
    names[#names + 1] = k
  end
  table.sort(names)
  for i, k in ipairs(names) do words[i] = ("%s: %s"):format(k, o.headers[k]) end
  fields.url, fields.headers = o.url, #words > 0 and core.json.array(words) or nil
  local r = core.call("vise.http.request", "command", { name = "http.request", args = fields })
  return { status = math.tointeger(r.status), type = r.content_type, location = r.location ~= "" and r.location or nil,
    body = unbase64(r.body64 or "") }
end

-- vise.http.get(url, { headers, timeout, max_bytes }) -> the body, its type. Another status than 200 raises infra. Waits.
function vise.http.get(url, opt)
  if type(url) ~= "string" then fail("usage", "vise.http.get: the first argument is an address, not a %s", type(url)) end
  opt = core.options("vise.http.get", opt, { headers = true, timeout = true, max_bytes = true })
  local r = vise.http.request { url = url, headers = opt.headers, timeout = opt.timeout, max_bytes = opt.max_bytes }
  if r.status ~= 200 then fail("infra", "%s: the server says %d", url, r.status, { status = r.status, body = r.body }) end
  return r.body, r.type
end
