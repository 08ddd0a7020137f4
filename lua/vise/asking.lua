-- asking.lua - parameters that a workflow or macro needs and was not given: who sits at a screen of the bench is asked, one
-- after another; what is said is checked as --set is.
local core, vise = ...
local fail = vise.fail

local kinds = { int = "a whole number", number = "a number", bool = "yes or no", duration = "a duration: 500ms, 30s, 10m",
  bytes = "a size: 64K, 1MB", url = "an address", string = "a text" }

-- "the image; a text, in ms, from 1 to 5"
local function words_of(p)
  local kind = kinds[p.type] or "one of them"
  if p.unit then kind = ("%s, in %s"):format(kind, p.unit) end
  if p.min or p.max then kind = kind .. (p.min and (" from %g"):format(p.min) or "") .. (p.max and (" to %g"):format(p.max) or "") end
  return (p.doc and p.doc .. "; " or "") .. kind
end

-- The text that was said, nil when it was declined. Waits.
local function say(title, name, p, wrong)
  local text = (wrong and wrong .. "; " or "") .. words_of(p)
  if p.values then return (vise.ui.choose { title = title, text = p.doc, items = p.values }) end
  if p.type == "bool" then
    local word = vise.ui.choose { title = title, text = p.doc, items = { "yes", "no" } }
    return word and (word == "yes" and "on" or "off")
  end
  return vise.ui.prompt { title = title, text = text }
end

-- One parameter, until it is good. Waits.
local function ask(what, name, p)
  local title, wrong = ("%s: %s?"):format(what, p.label or name), nil
  while true do
    local ok, said = pcall(say, title, name, p, wrong)
    if not ok and type(said) == "table" and said.code == "denied" then return nil end   -- no screen: --set is needed, as ever
    if not ok then error(said, 0) end
    if said == nil then fail("skipped", "%s: not run: %s was not given", what, name, { declined = true }) end
    local good, err = pcall(core.parameters, what, { [name] = p }, { [name] = said })
    if good then return said end
    wrong = tostring(err.msg):gsub("^.-: ", "", 1)
  end
end

-- What `fn(params)` gives; one that was declined is not run, and no failure. Waits.
function core.with_params(what, declared, sets, fn)
  local ok, params = pcall(core.asked, what, declared, sets)
  if ok then return fn(core.parameters(what, declared, params)) end
  if type(params) ~= "table" or not params.declined then error(params, 0) end
  core.say(params.msg, { type = "end", workflow = what, result = "skip", why = params.msg })
  return 0
end

-- The settings, with what was missing. Waits.
function core.asked(what, declared, sets)
  local names, out = {}, {}
  for name, p in pairs(declared or {}) do
    if p.required and p.default == nil and sets[name] == nil then names[#names + 1] = name end
  end
  table.sort(names)
  for k, v in pairs(sets) do out[k] = v end
  for _, name in ipairs(names) do
    out[name] = ask(what, name, declared[name])
    if out[name] == nil then break end
  end
  return out
end
