-- lint.lua - what can be known of a plugin's code without running it: its syntax, and names of the module that there
-- are not.
local core, vise = ...

-- The text with comments and what stands in quotes blanked: lines stay lines.
local function code_of(text)
  local out, at = {}, 1
  local function blank(first, last)
    out[#out + 1] = text:sub(at, first - 1)
    out[#out + 1] = (text:sub(first, last):gsub("[^\n]", " "))
    at = last + 1
  end
  while true do
    local from = text:find("[-\"'%[]", at)
    if not from then break end
    local quote = text:match("^[\"']", from)
    local comment = text:match("^%-%-()", from)
    local level, inside = text:match("^%[(=*)%[()", comment or from)
    if quote then
      local last = from + 1
      while last <= #text and text:sub(last, last) ~= quote and text:sub(last, last) ~= "\n" do
        last = last + (text:sub(last, last) == "\\" and 2 or 1)
      end
      blank(from, math.min(last, #text))
    elseif level then
      local _, last = text:find("]" .. level .. "]", inside, true)
      blank(from, last or #text)
    elseif comment then
      blank(from, (text:find("\n", from, true) or #text + 1) - 1)
    else
      out[#out + 1] = text:sub(at, from)
      at = from + 1
    end
  end
  out[#out + 1] = text:sub(at)
  return table.concat(out)
end

-- What a plugin puts into these itself.
local open = { state = true, plugin = true, params = true, args = true, api = true }

local function suggestion(name, t)
  local fields = {}
  for k in pairs(t) do fields[k] = true end
  return core.known(name, fields)
end

-- Names behind the module's that it does not have: { line, text }.
local function unknown(text)
  local out, code = {}, code_of(text)
  local module = text:match("local%s+([%a_][%w_]*)%s*=%s*require%s*%(?%s*[\"']vise[\"']")
  if not module then return out end
  local line, from = 1, 1
  for at, name, rest in code:gmatch("%f[%w_]()" .. module .. "%s*%.%s*([%a_][%w_]*)(%s*%.?%s*[%a_]*[%w_]*)") do
    line = line + select(2, code:sub(from, at - 1):gsub("\n", ""))
    from = at
    local before = code:sub(1, at - 1):match("([.:])%s*$")
    local have, inner = vise[name], rest:match("^%s*%.%s*([%a_][%w_]*)")
    if before then goto next_one end
    if have == nil then out[#out + 1] = { line, ("vise.%s is no part of the module%s"):format(name, suggestion(name, vise)) }
    elseif type(have) == "table" and inner and not open[name] and have[inner] == nil then
      out[#out + 1] = { line, ("vise.%s.%s is no part of the module%s"):format(name, inner, suggestion(inner, have)) }
    end
    ::next_one::
  end
  return out
end

-- vise-script --compile: nothing of the files is run.
function core.lint(files)
  local problems, status = {}, 0
  for _, path in ipairs(files) do
    local ok, err = pcall(core.load_file, path)
    if not ok then
      status = core.worse(status, core.status(err))
      problems[#problems + 1] = tostring(err.msg)
      core.say(problems[#problems], { type = "problem", text = problems[#problems] })
    else
      for _, p in ipairs(unknown(core.code_text(path))) do
        problems[#problems + 1] = ("%s:%d: %s"):format(path, p[1], p[2])
        core.say(problems[#problems], { type = "problem", text = problems[#problems] })
      end
    end
  end
  local m = core.manifest()
  local word = #problems == 0 and "reads well" or "does not read well"
  core.say(("%s%s: %s; not run: what it registers is not known"):format(m.name, m.lone and "" or " " .. m.version, word),
    { type = "end", plugin = m.name, result = word, ran = false, problems = core.json.array(problems) })
  return #problems == 0 and 0 or core.worse(status, status == 0 and 2 or 0)
end
