-- tools.lua - vise.launch.build, flash, reset, power: the board's tools, as their profiles name them.
local core, vise = ...
local fail = vise.fail

local build_options = { kind = true, pkg = true, target = true, tags = true, out = true, env = true, cwd = true, ldflags = true, timeout = true }

-- vise.launch.build{ kind = "go" | "tinygo", pkg, target, tags, ldflags, out, env, cwd } -> out. Waits.
function vise.launch.build(o)
  core.options("vise.launch.build", o, build_options)
  if type(o) ~= "table" or type(o.out) ~= "string" or o.out == "" then fail("usage", "vise.launch.build needs a table with out = \"FILE\"") end
  local kind = o.kind or "go"
  if kind ~= "go" and kind ~= "tinygo" then fail("usage", "vise.launch.build: kind is go or tinygo, not %s", tostring(kind)) end
  if kind == "tinygo" and type(o.target) ~= "string" then fail("usage", "vise.launch.build: tinygo needs a target, such as \"pico\"") end
  if o.pkg ~= nil and type(o.pkg) ~= "string" then fail("usage", "vise.launch.build: pkg is a text such as \"./cmd/app\"") end
  local args, env = { "build", "-o", o.out }, {}
  for k, v in pairs(o.env or {}) do env[k] = v end
  if kind == "tinygo" then args[#args + 1] = "-target=" .. o.target
  elseif o.target ~= nil then                           -- linux/arm64, linux/arm/7
    local os, arch, more = tostring(o.target):match("^(%w+)/(%w+)/?(%w*)$")
    if not os then fail("usage", "vise.launch.build: target is OS/ARCH, such as \"linux/arm64\", not %s", tostring(o.target)) end
    env.GOOS, env.GOARCH = os, arch
    if more ~= "" then env["GO" .. arch:upper()] = more end
  end
  local tags = type(o.tags) == "table" and table.concat(o.tags, ",") or o.tags
  if tags then args[#args + 1] = "-tags=" .. tags end
  if o.ldflags then args[#args + 1] = "-ldflags=" .. o.ldflags end
  args[#args + 1] = o.pkg or "."
  vise.launch.run { cmd = kind, args = args, env = next(env) and env or nil, cwd = o.cwd, timeout = o.timeout or 600, kind = "build",
    name = "build " .. (o.out:match("[^/]*$")), check = true }
  return o.out
end

-- A job of the bench to its end.
local function job(call, name, words, fields, timeout, rest)
  fields.confirm = "on"
  local j = core.call(call, "command", { line = core.line(name, words, fields, rest) })
  local id = math.tointeger(j.id)
  local limit = core.cut(core.seconds(call .. ": timeout", timeout or 300))
  local ok, r = pcall(core.call, call, "command", { line = "job.wait " .. id }, limit)
  if not ok then
    core.tell(("job.stop %d confirm=on"):format(id))
    error(r, 0)
  end
  if r.exit == 0 then return r end
  local e = type(r.error) == "table" and r.error or {}
  local code = ({ [1] = "verify", [2] = "usage", [4] = "denied", [6] = "busy" })[r.exit] or "infra"
  local cause = type(e.cause) == "table" and e.cause or nil
  fail(cause and cause.code or code, "%s: %s", tostring(r.name), tostring(e.why or r.last or "it failed"),
    { next = e.next, cause = cause, verdict = r.exit == 1 })
end

local function board(call, o, known)
  core.options(call, o, known)
  o = o or {}
  if type(o) ~= "table" then fail("usage", "%s takes a table", call) end
  local id = o.board
  if type(id) == "table" then id = id.id or (id.profile and id.profile.id) end
  if id ~= nil and type(id) ~= "string" then fail("usage", "%s: board is the id of a board profile", call) end
  return o, id
end

-- vise.launch.flash{ board, file, timeout }: as `vise flash`; the board in use where none is named. Waits.
function vise.launch.flash(o)
  local opt, id = board("vise.launch.flash", o, { board = true, file = true, timeout = true, port = true, tool = true, verify = true })
  if type(opt.file) ~= "string" or opt.file == "" then fail("usage", "vise.launch.flash needs file = \"IMAGE\"") end
  local file = opt.file
  if file:sub(1, 1) ~= "/" then file = (vise.fs.project or "") .. "/" .. file end
  if opt.tool ~= nil and type(opt.tool) ~= "string" then fail("usage", "vise.launch.flash: tool is one of the profile's methods, not a %s", type(opt.tool)) end
  if opt.verify == false then fail("usage", "vise.launch.flash: every method verifies what it wrote; verify = false is not offered") end
  return job("vise.launch.flash", "board.flash", { file }, { board = id, port = opt.port }, opt.timeout,
    opt.tool and { "method=" .. opt.tool }) and nil
end

-- vise.launch.reset{ board, timeout }. Waits.
function vise.launch.reset(o)
  local opt, id = board("vise.launch.reset", o, { board = true, timeout = true })
  return job("vise.launch.reset", "board.reset", {}, { board = id }, opt.timeout or 60) and nil
end

-- vise.launch.power{ board, state = "on" | "off" | "cycle" }: the profile's power function. Waits.
function vise.launch.power(o)
  local opt, id = board("vise.launch.power", o, { board = true, state = true, timeout = true, [1] = true })
  opt.state = opt.state or opt[1]
  if opt.state ~= "on" and opt.state ~= "off" and opt.state ~= "cycle" then
    fail("usage", "vise.launch.power: state is on, off or cycle, not %s", tostring(opt.state))
  end
  local profile = core.boards[id] or (id == nil and core.only(core.boards)) or nil
  if not profile then fail("usage", "vise.launch.power: no board profile %s is loaded here", tostring(id)) end
  if type(profile.power) ~= "function" then
    fail("unsupported", "the board profile %s cannot switch its power: it has no power = function(b, state)", profile.id)
  end
  local s = core.cut(core.seconds("vise.launch.power: timeout", opt.timeout or 60))
  local b = core.board(profile)
  vise.timeout(s, b.power, b, opt.state)
end
