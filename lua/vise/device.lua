-- device.lua - more of con:, which fewer scripts need: handing the console over, decoding bytes, lines of a port.
local core, vise = ...
local fail = vise.fail
local Console = core.Console

local function check(self, call)
  if type(self) ~= "table" or getmetatable(self) ~= "vise.console" then fail("usage", "%s: call it with a colon, on a console", call) end
end

-- con:get_signals() -> { dtr, rts, cts, dsr, dcd, ri }. Waits.
function Console:get_signals()
  check(self, "con:get_signals")
  local out = {}
  for k, v in pairs(core.call("con:get_signals", "command", { line = core.line("console.lines", {}, { console = self.name }) })) do
    if type(v) == "boolean" then out[k] = v end
  end
  return out
end

-- con:interact{ prompt, until_key }: the people at the screen have the console until they press the key (Ctrl-D). Waits.
function Console:interact(opt)
  check(self, "con:interact")
  opt = core.options("con:interact", opt, { prompt = true, until_key = true, timeout = true })
  if opt.prompt ~= nil and type(opt.prompt) ~= "string" then fail("usage", "con:interact: prompt is a text, not a %s", type(opt.prompt)) end
  local key = opt.until_key or "\4"
  if type(key) ~= "string" or #key ~= 1 or key:byte() > 126 or key:byte() == 0 then
    fail("usage", "con:interact: until_key is one key, such as \"\\4\" (Ctrl-D), not %s", tostring(opt.until_key))
  end
  local number = tostring(core.now())
  local fields = { what = "interact", title = opt.prompt or "type on the console", console = self.name, ["until"] = key:byte(), key = "i" .. number }
  local done
  local _ <close> = setmetatable({}, { __close = function() if not done then core.tell(core.line("ask.drop", { fields.key })) end end })
  local function wait() return core.call("con:interact", "command", { line = core.line("ask.open", {}, fields) }) end
  if opt.timeout ~= nil then vise.timeout(opt.timeout, wait) else wait() end
  done = true
end

local decode_fields = { name = { core.is_id, "letters, digits, - _ .", true }, feed = { core.is_fn, "a function", true },
  on_record = { core.is_fn, "a function" } }

-- con:decode{ name, feed = function(bytes) return records end, on_record }: bytes as they come, in any pieces, to a decoder that keeps what is
-- not whole yet. A record that nobody takes is logged. Kept until :close().
function Console:decode(t)
  check(self, "con:decode")
  core.check("con:decode", t, decode_fields)
  local con, fails = self:reader(), 0
  local function take(r)
    if t.on_record then return t.on_record(r) end
    vise.log.info("%s: %s", t.name, type(r) == "table" and core.json.encode(r) or tostring(r))
  end
  local task = core.spawn("decoder " .. t.name, function()
    while true do
      local bytes, err = core.try(con.read, con, nil, { timeout = 1e9 })
      if not bytes then
        if err.code == "eof" then return end
        if err.code ~= "lost" and err.code ~= "timeout" then error(err, 0) end
      end
      local ok, records = true, nil
      if bytes then ok, records = xpcall(t.feed, core.handler, bytes) end
      if not ok then
        if records.code == "cancelled" then error(records, 0) end
        fails = fails + 1
        core.complain(("decoder %s%s"):format(t.name, fails == 3 and ", now switched off after failing three times" or ""), records)
        if fails == 3 then return end
        records = nil
      end
      if records ~= nil and type(records) ~= "table" then records = { records } end
      for _, r in ipairs(records or {}) do take(r) end
    end
  end)
  return core.subscription(function() task:cancel "closed" end)
end
