-- chan.lua - vise.chan: values from one task to another, in order.
local core, vise = ...
local fail = vise.fail

local Chan = {}
Chan.__index = Chan
Chan.__name, Chan.__metatable = "vise.chan", "vise.chan"
function Chan:__tostring() return ("channel, %d of %d"):format(self.last - self.first + 1, self.room) end
function Chan:__close() self:close() end
function Chan:__len() return self.last - self.first + 1 end

-- vise.chan(n): holds n values; who sends more waits.
function vise.chan(n)
  if n ~= nil and (math.type(n) ~= "integer" or n < 1 or n > 1e6) then
    fail("usage", "vise.chan(n): how many values it holds, from 1 to 1000000, not %s", tostring(n))
  end
  return setmetatable({ room = n or 1, first = 1, last = 0, item = {}, closed = false }, Chan)
end

local function check(self, call)
  if type(self) ~= "table" or getmetatable(self) ~= "vise.chan" then fail("usage", "%s: call it with a colon, on a channel", call) end
end

-- Waits until ready() is true: the same rules of time as every other wait.
local function wait(self, call, timeout, ready)
  local finish = timeout ~= nil and core.now() + core.cut(core.seconds(call, timeout)) or core.limit()
  while not ready() do
    local left = finish and finish - core.now()
    if left and left <= 0 then fail("timeout", "%s: nothing happened on the channel in time", call) end
    core.pause(self, left, call)
  end
end

-- ch:send(v, timeout): waits while it is full.
function Chan:send(v, timeout)
  check(self, "ch:send")
  if v == nil then fail("usage", "ch:send: nil cannot be sent; close the channel to say that nothing follows") end
  wait(self, "ch:send", timeout, function() return self.closed or #self < self.room end)
  if self.closed then fail("eof", "ch:send: the channel is closed") end
  self.last = self.last + 1
  self.item[self.last] = v
  core.wake(self)
end

-- ch:recv(timeout) -> the oldest value; raises eof when it is closed and empty.
function Chan:recv(timeout)
  check(self, "ch:recv")
  wait(self, "ch:recv", timeout, function() return self.closed or #self > 0 end)
  if #self == 0 then fail("eof", "ch:recv: the channel is closed and empty") end
  local v = self.item[self.first]
  self.item[self.first] = nil
  self.first = self.first + 1
  core.wake(self)
  return v
end

-- What is in it can still be had.
function Chan:close()
  check(self, "ch:close")
  self.closed = true
  core.wake(self)
end

-- vise.checkpoint(): lets others run; raises when this task is cancelled or its time is over.
function vise.checkpoint()
  core.begin "vise.checkpoint"
  core.sleep(0)
  local limit = core.limit()
  if limit and core.now() >= limit then fail("timeout", "vise.checkpoint: the time is over") end
end
