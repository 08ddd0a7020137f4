-- check.lua - one line of output for each check: which function, use or misuse. tests/cli/api.t wants both of every function that
-- lua/meta/vise.lua names.
local check = {}

local function say(kind, name, text)
  print(("%s %s%s"):format(kind, name, text and ": " .. text or ""))
end

local function words(err)
  return type(err) == "table" and ("%s: %s"):format(tostring(err.code), tostring(err.msg)) or tostring(err)
end

-- fn must end well; what it asserts is its own.
function check.use(name, fn, ...)
  local ok, err = pcall(fn, ...)
  say(ok and "use" or "BAD", name, not ok and words(err) or nil)
end

-- fn must fail with that code and words, as an error table that names the place of the call.
function check.misuse(name, code, text, fn, ...)
  local ok, err = pcall(fn, ...)
  if ok then return say("BAD", name, "nothing failed; " .. text) end
  if type(err) ~= "table" or err.code ~= code then return say("BAD", name, ("%s was expected, not %s"):format(code, words(err))) end
  if not tostring(err.msg):find(text, 1, true) then return say("BAD", name, ("%q is not in: %s"):format(text, words(err))) end
  if not (err.where or ""):match("%.lua:%d+$") then return say("BAD", name, "no place: " .. tostring(err.where)) end
  say("misuse", name)
end

-- There is no way to call it wrong: what it is given is of no account.
check.harmless = function(name, fn)
  local ok, err = pcall(fn)
  say(ok and "misuse" or "BAD", name, not ok and words(err) or nil)
end

return check
