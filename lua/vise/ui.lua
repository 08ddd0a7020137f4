-- ui.lua - vise.ui.prompt, choose, confirm, progress: what the people at the screen are asked and shown.
local core, vise = ...
local fail = vise.fail

local asked = 0

-- Answers of --answer ID=VALUE, by id.
local function given(o) return o.id ~= nil and core.answers and core.answers[o.id] or nil end

-- The answer; nil: declined. A cancelled task takes its question back.
local function ask(call, fields, items)
  asked = asked + 1
  fields.key = tostring(asked)
  local done
  local _ <close> = setmetatable({}, { __close = function()
    if not done then core.tell(core.line("ask.drop", { fields.key })) end
  end })
  local r = core.call(call, "command", { line = core.line("ask.open", {}, fields, items) })
  done = true
  if r == core.json.null then return nil end
  return r
end

local function check(call, o, known)
  core.options(call, o, known)
  if type(o) ~= "table" then fail("usage", "%s needs a table with title = \"...\"", call) end
  for _, k in ipairs { "id", "title", "text", "default" } do
    if o[k] ~= nil and type(o[k]) ~= "string" then fail("usage", "%s: %s is a text, not a %s", call, k, type(o[k])) end
  end
  if o.title == nil and o.text == nil then fail("usage", "%s: title is missing: what is asked?", call) end
  return { title = o.title or o.text, text = o.title and o.text or nil }
end

-- Nobody is there: the default, where there is one.
local function or_default(o, fn, ...)
  local r = table.pack(pcall(fn, ...))
  if r[1] then return table.unpack(r, 2, r.n) end
  if o.default ~= nil and type(r[2]) == "table" and r[2].code == "denied" then return o.default end
  error(r[2], 0)
end

-- vise.ui.prompt{ id, title, text, default, secret } -> text, or nil when it was declined. Waits.
function vise.ui.prompt(o)
  local f = check("vise.ui.prompt", o, { id = true, title = true, text = true, default = true, secret = true })
  f.what, f.default, f.secret = "prompt", o.default, o.secret and "on" or nil
  return given(o) or or_default(o, ask, "vise.ui.prompt", f)
end

local function item(call, items, word)
  for i, v in ipairs(items) do if tostring(v) == word then return i end end
  local n = math.tointeger(tonumber(word))
  if n and items[n] then return n end
  fail("usage", "%s: --answer: %q is none of the items", call, word)
end

-- vise.ui.choose{ id, title, items, multi } -> the item and its number; with multi a list of items. nil: declined. Waits.
function vise.ui.choose(o)
  local f = check("vise.ui.choose", o, { id = true, title = true, text = true, items = true, multi = true, default = true })
  if type(o.items) ~= "table" or #o.items == 0 then fail("usage", "vise.ui.choose: items is a list of texts") end
  local words = {}
  for i, v in ipairs(o.items) do
    if type(v) ~= "string" and type(v) ~= "number" then fail("usage", "vise.ui.choose: item %d is a %s", i, type(v)) end
    words[i] = tostring(v)
  end
  f.what, f.multi = "choose", o.multi and "on" or nil
  local r, word = nil, given(o)
  if word then
    r = {}
    for w in (o.multi and word or word:gsub(",", "\0")):gmatch("[^,]+") do r[#r + 1] = item("vise.ui.choose", o.items, (w:gsub("\0", ","))) end
  else
    r = or_default({ default = o.default and { item("vise.ui.choose", o.items, o.default) } or nil }, ask, "vise.ui.choose", f, words)
  end
  if r == nil then return nil end
  if not o.multi then return o.items[math.tointeger(r[1])], math.tointeger(r[1]) end
  local out = {}
  for i, n in ipairs(r) do out[i] = o.items[math.tointeger(n)] end
  return out
end

local words = { yes = true, y = true, on = true, ["true"] = true, ["1"] = true, no = false, n = false, off = false, ["false"] = false,
  ["0"] = false }

-- vise.ui.confirm{ id, text } -> true or false; declined is false. Waits.
function vise.ui.confirm(o)
  local f = check("vise.ui.confirm", o, { id = true, title = true, text = true, default = true })
  f.what = "confirm"
  local word = given(o)
  if word and words[word] == nil then fail("usage", "vise.ui.confirm: --answer %s=%s: yes or no is needed", o.id, word) end
  if o.default ~= nil and words[o.default] == nil then fail("usage", "vise.ui.confirm: default is \"yes\" or \"no\"") end
  local r = word or or_default(o, ask, "vise.ui.confirm", f)
  if type(r) == "string" then return words[r] end
  return r == true
end

------------------------------------------------------------------ how far something is

local Progress = {}
Progress.__index = Progress
Progress.__name, Progress.__metatable = "vise.progress", "vise.progress"

local shown = 0

-- vise.ui.progress(title, total) -> p; p:update(done, text), p:close().
function vise.ui.progress(title, total)
  if type(title) ~= "string" or type(total) ~= "number" or not (total > 0) then
    fail("usage", "vise.ui.progress(title, total) takes a text and a number over 0")
  end
  shown = shown + 1
  return setmetatable({ title = title, total = total, id = "progress-" .. shown, said = -1 }, Progress)
end

local function on(self, call)
  if type(self) ~= "table" or getmetatable(self) ~= "vise.progress" then fail("usage", "%s: call it with a colon", call) end
end

-- In a plugin that stays a word of the message row, in a job its progress, in a script a line each tenth.
function Progress:update(done, text)
  on(self, "p:update")
  if type(done) ~= "number" then fail("usage", "p:update: how much is done is a number, not a %s", type(done)) end
  if self.closed then fail("usage", "p:update: %s is closed", self.title) end
  local percent = math.max(0, math.min(100, math.floor(done * 100 / self.total)))
  if percent == self.said and text == self.text then return end
  local tenth = percent // 10 ~= self.said // 10
  self.said, self.text = percent, text
  local line = ("%s %d%%%s"):format(self.title, percent, text and ", " .. tostring(text) or "")
  if core.serving then return core.mine("plugin.segment", { id = self.id, text = line, level = "info" }) and nil end
  if core.job_id then core.tell(core.line("job.progress", { core.job_id }, { percent = percent, stage = self.title })) end
  if core.json_lines then core.say("", { type = "progress", title = self.title, done = done, total = self.total, text = text })
  elseif tenth then core.say(line) end
end

function Progress:close()
  on(self, "p:close")
  if not self.closed and core.serving then core.mine("plugin.segment", { id = self.id, text = "", level = "info" }) end
  self.closed = true
end
Progress.__close = Progress.close
