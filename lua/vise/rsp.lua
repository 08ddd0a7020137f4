-- rsp.lua - vise.launch.rsp: the GDB remote protocol (gdb manual, appendix E) with a server such as OpenOCD or gdbserver.
local core, vise = ...
local fail = vise.fail

local Rsp = {}
Rsp.__index = Rsp
Rsp.__name, Rsp.__metatable = "vise.rsp", "vise.rsp"
function Rsp:__tostring() return "rsp " .. self.address end
function Rsp:__close() self:close() end

local function check(self, call)
  if type(self) ~= "table" or getmetatable(self) ~= "vise.rsp" then fail("usage", "%s: call it with a colon, on what vise.launch.rsp gave", call) end
  if self.closed then fail("usage", "%s: it is closed", call) end
end

local function sum(text)
  local s = 0
  for i = 1, #text do s = s + text:byte(i) & 255 end
  return s
end

-- A packet out, its answer back. } is an escape, * repeats the byte before.
local packet = vise.rx[[\$((?:[^#$])*)#([0-9a-fA-F]{2})]]

local function unpacked(text)
  local out, i = {}, 1
  while i <= #text do
    local c = text:sub(i, i)
    if c == "}" then
      out[#out + 1] = string.char((text:byte(i + 1) or 0) ~ 32)
      i = i + 1
    elseif c == "*" and #out > 0 then
      out[#out] = out[#out]:sub(1, 1):rep(1 + math.max(0, (text:byte(i + 1) or 29) - 29))
      i = i + 1
    else
      out[#out + 1] = c
    end
    i = i + 1
  end
  return table.concat(out)
end

local function reply(self, call, timeout)
  for _ = 1, 3 do
    local m = self.con:expect(packet, { timeout = timeout or self.timeout, never = nil })
    local text, want = m.cap[1] or "", tonumber(m.cap[2], 16)
    if sum(text) == want then
      self.con:send "+"
      return unpacked(text)
    end
    self.con:send "-"
  end
  fail("infra", "%s: %s: three packets with a wrong checksum", call, self.address)
end

local function ask(self, call, text, timeout)
  self.con:send(("$%s#%02x"):format(text, sum(text)))
  local r = reply(self, call, timeout)
  if r == "" then fail("unsupported", "%s: %s does not know the packet %s", call, self.address, text:match("^%a*")) end
  if r:match("^E%x%x$") or r:match("^E%.") then
    fail("infra", "%s: %s answers %s", call, self.address, r, { packet = text, answer = r })
  end
  return r
end

local opened = 0

-- vise.launch.rsp(host, port, { timeout }) -> rsp. It is one connection of its own; close it, or <close>. Waits.
function vise.launch.rsp(host, port, opt)
  if type(host) ~= "string" or not host:match("^[%w%.%-_:]+$") then fail("usage", "vise.launch.rsp(host, port): a host is a text") end
  if math.type(port) ~= "integer" or port < 1 or port > 65535 then fail("usage", "vise.launch.rsp(host, port): a port is from 1 to 65535") end
  opt = core.options("vise.launch.rsp", opt, { timeout = true })
  opened = opened + 1
  local address = ("%s:%d"):format(host, port)
  local con = vise.console.open("tcp:" .. address, { name = ("rsp-%d-%s"):format(opened, core.job_id or core.now() // 1) })
  local self = setmetatable({ con = con, address = address, timeout = core.seconds("vise.launch.rsp: timeout", opt.timeout or 5) }, Rsp)
  local ok, err = pcall(function()
    con:send "+"
    self.reason = ask(self, "vise.launch.rsp", "?")
  end)
  if not ok then
    pcall(self.close, self)
    if type(err) == "table" and err.code == "timeout" then
      fail("infra", "%s: nobody answers as a GDB server does", address, { next = "start gdbserver or OpenOCD there" })
    end
    error(err, 0)
  end
  return self
end

local function range(call, addr, n)
  if math.type(addr) ~= "integer" or addr < 0 then fail("usage", "%s: an address is a whole number, not %s", call, tostring(addr)) end
  if math.type(n) ~= "integer" or n < 1 or n > 65536 then fail("usage", "%s: a number of bytes from 1 to 65536, not %s", call, tostring(n)) end
end

-- rsp:mem(addr, n) -> n bytes. Waits.
function Rsp:mem(addr, n)
  check(self, "rsp:mem")
  range("rsp:mem", addr, n)
  local out, at = {}, 0
  while at < n do
    local want = math.min(512, n - at)
    local hex = ask(self, "rsp:mem", ("m%x,%x"):format(addr + at, want))
    if #hex % 2 ~= 0 or hex:find("%X") or #hex == 0 or #hex > 2 * want then
      fail("infra", "rsp:mem: %s: what came is no memory: %s", self.address, hex:sub(1, 40))
    end
    out[#out + 1] = hex:gsub("%x%x", function(d) return string.char(tonumber(d, 16)) end)
    if #hex < 2 * want then fail("infra", "rsp:mem: only %d of %d bytes at 0x%x can be read", at + #hex // 2, n, addr) end
    at = at + want
  end
  return table.concat(out)
end

-- rsp:write(addr, bytes). Waits.
function Rsp:write(addr, bytes)
  check(self, "rsp:write")
  if type(bytes) ~= "string" then fail("usage", "rsp:write: bytes are a text, not a %s", type(bytes)) end
  range("rsp:write", addr, #bytes)
  for at = 1, #bytes, 512 do
    local piece = bytes:sub(at, at + 511)
    local r = ask(self, "rsp:write", ("M%x,%x:%s"):format(addr + at - 1, #piece, (piece:gsub(".", function(c) return ("%02x"):format(c:byte()) end))))
    if r ~= "OK" then fail("infra", "rsp:write: %s answers %s", self.address, r) end
  end
end

-- rsp:regs() -> the registers' bytes, as the server has them. Waits.
function Rsp:regs()
  check(self, "rsp:regs")
  return (ask(self, "rsp:regs", "g"):gsub("%x%x", function(d) return string.char(tonumber(d, 16)) end))
end

-- rsp:halt() -> why it stands, as the server says it: "T05..." or "S05". Waits.
function Rsp:halt()
  check(self, "rsp:halt")
  if not self.running then return self.reason end
  self.con:send "\3"
  self.reason, self.running = reply(self, "rsp:halt"), false
  return self.reason
end

-- rsp:resume(): it runs; rsp:halt() stops it, rsp:stopped(timeout) waits for a breakpoint.
function Rsp:resume()
  check(self, "rsp:resume")
  if self.running then return end
  self.con:send "$c#63"
  self.running = true
end

-- rsp:step() -> why it stands after one instruction. Waits.
function Rsp:step()
  check(self, "rsp:step")
  if self.running then fail("usage", "rsp:step: it runs; rsp:halt() first") end
  self.reason = ask(self, "rsp:step", "s", 10)
  return self.reason
end

-- The program goes on running and the connection ends.
function Rsp:close()
  if type(self) ~= "table" or getmetatable(self) ~= "vise.rsp" then check(self, "rsp:close") end
  if self.closed then return end
  if self.running then pcall(self.halt, self) end
  self.closed = true
  pcall(function() self.con:send "$D#44" end)
  pcall(self.con.settle, self.con, 0.05, 0.5)
  pcall(self.con.close, self.con)
end
