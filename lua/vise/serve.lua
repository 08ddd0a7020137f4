-- serve.lua - vise.http.serve: a small web server for what a board or a test asks for. HTTP/1.1 (RFC 9112), one request a
-- connection; what comes is bounded, and a handler that fails is an answer 500 and a word to people.
local core, vise = ...
local fail = vise.fail

local HEAD_MAX, LINES_MAX, BODY_MAX, ANSWER_MAX = 16 << 10, 100, 2 << 20, 16 << 20
local words = { [200] = "OK", [201] = "Created", [204] = "No Content", [400] = "Bad Request", [404] = "Not Found", [405] = "Method Not Allowed",
  [408] = "Request Timeout", [411] = "Length Required", [413] = "Content Too Large", [431] = "Request Header Fields Too Large",
  [500] = "Internal Server Error", [501] = "Not Implemented" }

local Server = {}
Server.__index = Server
Server.__name, Server.__metatable = "vise.Server", "vise.Server"
function Server:__tostring() return "server " .. self.url end
function Server:__close() self:close() end

-- server:close(): nobody is served any more; requests under way are cancelled.
function Server:close()
  if type(self) ~= "table" or getmetatable(self) ~= "vise.Server" then fail("usage", "server:close: call it with a colon, on what vise.http.serve gave") end
  if self.closed then return end
  self.closed = true
  self.sock:close()
  self.task:cancel "the server was closed"
  for task in pairs(self.busy) do task:cancel "the server was closed" end
end

local function refuse(status, why) error({ status = status, why = why }, 0) end

-- More of it, or nil at its end.
local function more(conn, finish)
  local ok, text = pcall(conn.read, conn, math.max(0, finish - core.now()))
  if ok then return text end
  if text.code == "timeout" then refuse(408, "no whole request in time") end
  error(text, 0)
end

local function unescaped(s) return (s:gsub("%%(%x%x)", function(h) return string.char(tonumber(h, 16)) end)) end

local function query_of(text)
  local q = {}
  for pair in text:gmatch "[^&]+" do
    local k, v = pair:match "^([^=]*)=?(.*)$"
    q[unescaped((k:gsub("+", " ")))] = unescaped((v:gsub("+", " ")))
  end
  return q
end

local function head_of(text)
  local method, target, rest = text:match "^(%u+) (%S+) HTTP/1%.[01]\r?\n(.*)$"
  if not method then refuse(400, "no request of HTTP/1.1") end
  if target:match "^%a+://" then target = target:match "^%a+://[^/]*(.*)$" end
  local path, query = target:match "^([^?#]*)%??([^#]*)"
  local req, n = { method = method, path = unescaped(path), query = query_of(query), headers = {} }, 0
  for line in rest:gmatch "[^\r\n]+" do
    local name, value = line:match "^([%w!#$%%&'*+.^_`|~-]+):[ \t]*(.-)[ \t]*$"
    n = n + 1
    if not name then refuse(400, "a header that is none") end
    if n > LINES_MAX then refuse(431, "too many headers") end
    name = name:lower()
    if name == "content-length" and req.headers[name] and req.headers[name] ~= value then refuse(400, "two lengths") end
    req.headers[name] = req.headers[name] and name ~= "content-length" and req.headers[name] .. ", " .. value or value
  end
  return req
end

local function request(self, conn, finish)
  local text, at = "", nil
  repeat
    local piece = more(conn, finish)
    if piece == nil then return nil end
    text = text .. piece
    at = text:find("\r?\n\r?\n")
    if (at or #text) > HEAD_MAX then refuse(431, "its head is over 16 KB") end
  until at
  local _, last = text:find("\r?\n\r?\n", at)
  local req = head_of(text:sub(1, last))
  local have = { text:sub(last + 1) }
  if req.headers["transfer-encoding"] then refuse(501, "no transfer encodings; send a Content-Length") end
  local length = req.headers["content-length"]
  local want = length and (length:match "^%d+$" and #length < 12 and math.tointeger(tonumber(length)) or refuse(400, "a length that is none")) or 0
  if not length and (req.method == "POST" or req.method == "PUT") then refuse(411, "a Content-Length is needed") end
  if want > self.max_body then refuse(413, ("a body of %d bytes is over %d"):format(want, self.max_body)) end
  if want > 0 and (req.headers.expect or ""):lower() == "100-continue" then conn:write("HTTP/1.1 100 Continue\r\n\r\n", 10) end
  local got = #have[1]
  while got < want do
    local piece = more(conn, finish) or refuse(400, "the body ends too soon")
    have[#have + 1], got = piece, got + #piece
  end
  req.body = table.concat(have):sub(1, want)
  return req
end

-- "GET /x" before "/x"; of those that end in * the longest.
local function route_of(self, req)
  local path, other = req.path, false
  local function find(p)
    local fn = self.routes[req.method .. " " .. p] or (req.method == "HEAD" and self.routes["GET " .. p]) or self.routes[p]
    other = other or self.known[p]
    return fn
  end
  local fn = find(path)
  local prefix = path
  while not fn and prefix do
    fn = find(prefix .. "*")
    prefix = prefix ~= "" and prefix:sub(1, -2) or nil
  end
  return fn or refuse(other and 405 or 404, other and "not by this method" or "nothing here")
end

local function answer(conn, req, r, finish)
  if type(r) == "string" or type(r) == "number" then r = { body = tostring(r) } end
  r = r == nil and { status = 204 } or r
  if type(r) ~= "table" then fail("usage", "vise.http.serve: a handler gives a text, a table or nothing, not a %s", type(r)) end
  core.options("vise.http.serve: what a handler gives", r, { status = true, body = true, type = true, headers = true })
  local body, status = r.body or "", r.status or 200
  if type(body) ~= "string" then
    body = core.json.encode(body)
    r.type = r.type or "application/json"
  end
  if #body > ANSWER_MAX then fail("limit", "vise.http.serve: an answer of %d bytes is over %d", #body, ANSWER_MAX) end
  if math.type(status) ~= "integer" or status < 200 or status > 599 then fail("usage", "vise.http.serve: status is a number from 200 to 599") end
  local head = { ("HTTP/1.1 %d %s"):format(status, words[status] or "Answer"), "Connection: close" }
  if status ~= 204 and status ~= 304 then
    core.append(head, "Content-Length: " .. #body, "Content-Type: " .. (r.type or "text/plain; charset=utf-8"))
  end
  for name, value in pairs(r.headers or {}) do
    local line = ("%s: %s"):format(name, value)
    if line:find "[%c]" then fail("usage", "vise.http.serve: a header is a name and one line of text") end
    head[#head + 1] = line
  end
  local none = status == 204 or status == 304 or (req and req.method == "HEAD")
  conn:write(table.concat(head, "\r\n") .. "\r\n\r\n" .. (none and "" or body), math.max(1, finish - core.now()))
end

local function one(self, conn, finish)
  local ok, err = pcall(function()
    local req = request(self, conn, finish)
    if not req then return end
    self.served = self.served + 1
    answer(conn, req, vise.timeout(math.max(0, finish - core.now()), route_of(self, req), req), finish)
  end)
  if ok then return end
  if type(err) == "table" and err.status and not err.code then answer(conn, nil, { status = err.status, body = err.why .. "\n" }, core.now() + 2) return end
  if type(err) == "table" and (err.code == "lost" or err.code == "cancelled") then return end
  core.complain("vise.http.serve", type(err) == "table" and err.code and err or { code = "script", msg = tostring(err) })
  pcall(answer, conn, nil, { status = 500, body = "the handler failed\n" }, core.now() + 2)
end

local function accept(self)
  while not self.closed do
    local conn = self.sock:accept()
    local task
    task = core.spawn("http request", function()
      local _ <close> = conn
      local _ <close> = setmetatable({}, { __close = function() self.busy[task] = nil end })
      pcall(one, self, conn, core.now() + self.timeout)
    end)
    self.busy[task] = true
  end
end

local known = { host = true, port = true, routes = true, max_body = true, timeout = true }

-- vise.http.serve{ routes, port, host, max_body, timeout } -> server { port, url, served }. In a task.
function vise.http.serve(o)
  core.options("vise.http.serve", o, known)
  if type(o) ~= "table" or type(o.routes) ~= "table" or next(o.routes) == nil then
    fail("usage", "vise.http.serve needs a table with routes = { [\"/path\"] = function(request) }")
  end
  local paths = {}
  for k, fn in pairs(o.routes) do
    local path = type(k) == "string" and (k:match "^%u+ (/.*)$" or k:match "^/.*$" or k == "*" and k)
    if not path or type(fn) ~= "function" then fail("usage", "vise.http.serve: routes is a table of \"/path\" or \"GET /path\" = function, not %s", tostring(k)) end
    paths[path] = true
  end
  local port = o.port or 0
  if math.type(port) ~= "integer" or port < 0 or port > 65535 then fail("usage", "vise.http.serve: a port is from 0 to 65535, not %s", tostring(port)) end
  if o.host ~= nil and type(o.host) ~= "string" then fail("usage", "vise.http.serve: host is an address, \"127.0.0.1\"") end
  local most = o.max_body or BODY_MAX
  if math.type(most) ~= "integer" or most < 0 or most > ANSWER_MAX then fail("usage", "vise.http.serve: max_body is from 0 to %d bytes", ANSWER_MAX) end
  local self = { routes = o.routes, known = paths, max_body = most, busy = {}, served = 0,
    timeout = core.seconds("vise.http.serve: timeout", o.timeout or 30) }
  self.sock, self.port = core.listen(o.host or "127.0.0.1", port)
  self.url = ("http://%s:%d"):format(o.host or "127.0.0.1", self.port)
  setmetatable(self, Server)
  self.task = core.spawn("http server", function() return accept(self) end)
  return self
end
