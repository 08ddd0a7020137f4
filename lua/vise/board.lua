-- board.lua - vise.board: board profiles, checked where they are declared; one inherits another by id.
local core, vise = ...
local fail, T = vise.fail, core.field
local is_text, is_table, is_bool, is_pattern, list_of = core.is_text, core.is_table, core.is_bool, core.is_pattern, core.list_of

core.boards, core.declared = {}, {}                     -- as they are used; as they were declared: id = { t, where }

local is_whole = T.whole[1]
local function one_of(...)
  local words, known = { ... }, {}
  for _, w in ipairs(words) do known[w] = true end
  return { function(v) return known[v] end, table.concat(words, ", ", 1, #words - 1) .. " or " .. words[#words] }
end

local function is_region(r)
  return is_table(r) and is_whole(r[1]) and is_whole(r[2]) and r[2] > 0 and r[1] + r[2] > r[1]
end
local function is_memory(v)
  if not is_table(v) then return false end
  for name, r in pairs(v) do
    if not is_text(name) or (r ~= false and not is_region(r)) then return false end
  end
  return true
end

local function is_usb(v) return is_text(v) and v:match("^%x%x%x%x:[%x*]+$") ~= nil end
local function words_of(v) return is_text(v) or (is_table(v) and #v > 0 and list_of(is_text)(v)) end
local texts = { words_of, "text or a list of texts" }
local whole = T.whole

local match_fields = {
  usb = { is_usb, "\"vid:pid\" in hexadecimal, pid may be *" }, vid = T.text, pid = T.text, product = T.text, serial = T.text,
  interface = { math.tointeger, "a whole number" }, shared = { is_bool, "true or false" },
  model = T.text, compatible = T.text, gmr = T.text, volume = T.text, board_id = T.text,
}
local build_fields = {
  tinygo = T.text, goos = T.text, goarch = T.text, goarm = T.text, goarm64 = T.text, gomips = T.text, gomips64 = T.text,
  go386 = T.text, goamd64 = T.text, goriscv64 = T.text, cgo = { is_bool, "true or false" }, cc = T.text, tags = texts, ldflags = T.text,
  env = T.table,
}
core.signed_kinds = { section = true, sha256 = true, minisign = true, gpg = true, cosign = true }
local image_fields = {
  format = one_of("elf", "uf2", "hex", "bin", "zip"), family = whole, base = whole, float = one_of("soft", "hard"), machine = T.text,
  libc = T.text, kernel = T.text, signed = { function(v) return is_bool(v) or core.signed_kinds[v] end,
    "true, false, section, sha256, minisign, gpg or cosign" }, key = T.text, sums = T.text,
}
local rtt_fields = { address = whole, size = whole, symbol = texts, channel = whole, retry = T.time }
local board_fields = {
  id = { core.is_id, "letters, digits, - _ .", true }, name = T.text, doc = T.text, vendor = T.text, chip = T.text, cpu = T.text,
  inherits = { core.is_id, "the id of a board profile" }, abstract = { is_bool, "true or false" },
  match = { list_of(is_table), "a list of { usb = \"vid:pid\" }" },
  console = T.table, memory = { is_memory, "a table of name = { base, size }" }, build = T.table, image = T.table,
  never = { list_of(is_pattern), "a list of texts and vise.rx" }, states = T.table, gauges = T.table, elf = T.text, svd = T.text, rtt = T.table,
  triggers = { list_of(is_table), "a list of { pattern =, action = }" },
  flash = { function(v) return core.is_fn(v) or (list_of(is_table)(v) and #v > 0) end, "a function or a list of { method = }" },
  reset = { function(v) return core.is_fn(v) or is_table(v) end, "a function or { method = }" },
  debug = { function(v) return core.is_fn(v) or is_table(v) end, "a function or { method = }" },
  power = T.fn, urls = { function(v) return is_table(v) and not v[1] end, "a table of name = address" },
}
local console_fields = {
  kind = one_of("serial", "pty", "tcp", "unix", "exec"),
  baud = { function(v) return math.type(v) == "integer" and v > 0 and v <= 20000000 end, "a whole number up to 20000000" },
  eol = { function(v) return v == "\r" or v == "\n" or v == "\r\n" end, "\"\\r\", \"\\n\" or \"\\r\\n\"" },
  settings = T.text, interface = { math.tointeger, "a whole number" }, flow = T.text, port = { math.tointeger, "a whole number" },
  on_lost = { function(v) return v == "wait" or v == "fail" end, "\"wait\" or \"fail\"" }, pace = T.table, at = T.table,
  start = T.fn, ready = { is_pattern, "text or vise.rx" }, spec = T.text, lend = { is_bool, "true or false" },
}
local trigger_actions = { notice = false, alarm = false, mark = false, stop = false, ["log-stop"] = false,
  log = "a path", macro = "a macro's id", workflow = "a workflow's id", command = "a command line" }
local trigger_fields = {
  pattern = { function(v) return is_pattern(v) and v ~= "" end, "text or vise.rx", true }, arg = T.text,
  once = { is_bool, "true or false" }, cooldown = T.time, console = T.text,
  action = { function(v) return trigger_actions[v] ~= nil end,
    "notice, alarm, mark, macro, workflow, command, log, log-stop or stop" },
}

-- console = { kind... } or console = { name = { kind... }, ... }; the short form is the console
-- "main"
local function consoles_of(call, t, where)
  if not t.console then return end
  local short = false
  for k in pairs(t.console) do short = short or console_fields[k] ~= nil end
  if short then t.console = { main = t.console } end
  for name, c in pairs(t.console) do
    if c then core.check(("%s: console.%s"):format(call, tostring(name)), c, console_fields, where) end
  end
end

local function check_match(call, list, where)
  for i, row in ipairs(list or {}) do
    local here = ("%s: match[%d]"):format(call, i)
    core.check(here, row, match_fields, where)
    if not (row.usb or row.vid or row.product or row.model or row.compatible or row.gmr or row.volume) then
      fail("usage", "%s: one of usb, product, model, compatible, gmr and volume is needed", here, { where = where })
    end
  end
end

local function check_triggers(call, list, where)
  for i, row in ipairs(list or {}) do
    local here = ("%s: triggers[%d]"):format(call, i)
    core.check(here, row, trigger_fields, where)
    local needs = trigger_actions[row.action]
    if needs and not row.arg then fail("usage", "%s: %s needs arg: %s", here, row.action, needs, { where = where }) end
  end
end

local function is_limit(v) return type(v) == "number" or (is_text(v) and v:match("^<?%d") ~= nil) end
local gauge_fields = {
  pattern = { is_pattern, "a text or a vise.rx" }, unit = T.text, console = T.text, hold = T.time,
  warn = { is_limit, "a number, or a text such as \"400M\" or \"<50M\"" }, crit = { is_limit, "a number, or a text such as \"400M\" or \"<50M\"" },
}

local function check_gauges(call, list, where)
  for name, g in pairs(list or {}) do
    local here = ("%s: gauges.%s"):format(call, tostring(name))
    if not is_text(name) or #name > 30 or name:find("[%s\"']") then fail("usage", "%s: a gauge's name is one word of 1 to 30", here, { where = where }) end
    if g then
      core.check(here, g, gauge_fields, where)
      if not (g.pattern or g.warn or g.crit) then fail("usage", "%s: one of pattern, warn and crit is needed", here, { where = where }) end
    end
  end
end

local parts = { build = build_fields, image = image_fields, rtt = rtt_fields }

-- heir: its parent will complete it, and false takes something away.
local function check_board(call, t, where, heir)
  core.check(call, t, board_fields, where, heir)
  consoles_of(call, t, where)
  check_match(call, t.match or nil, where)
  check_triggers(call, t.triggers or nil, where)
  check_gauges(call, t.gauges or nil, where)
  core.check_states(call, t.states)
  for name, fields in pairs(parts) do
    if t[name] then core.check(call .. ": " .. name, t[name], fields, where, heir) end
  end
  if is_table(t.flash) then
    for i, m in ipairs(t.flash) do core.check_method(("%s: flash[%d]"):format(call, i), m, "flash", where) end
  end
  for _, what in ipairs { "reset", "debug" } do
    if is_table(t[what]) and not (heir and not t[what].method) then
      if what == "debug" then core.check_debug(call .. ": debug", t.debug, where)
      else core.check_method(call .. ": " .. what, t[what], what, where) end
    end
  end
end

-- { kind = "tinygo", target = NAME } and { kind = "go", target = "OS/ARCH" } are the same in other words.
local function spell_build(b)
  if not is_table(b) or b.kind == nil then return end
  local os, arch = tostring(b.target):match "^(%w+)/(%w+)$"
  if b.kind == "tinygo" and is_text(b.target) then b.tinygo = b.target
  elseif b.kind == "go" and os then b.goos, b.goarch = os, arch
  else fail("usage", "vise.board: build: kind is \"tinygo\" with a target, or \"go\" with target = \"OS/ARCH\"") end
  b.kind, b.target = nil, nil
end

function vise.board(t)
  local where = core.here()
  if not is_table(t) then fail("usage", "vise.board needs a table") end
  spell_build(t.build)
  check_board("vise.board", t, nil, t.inherits ~= nil)
  if core.declared[t.id] and core.loading then return t end      -- another plugin's: ours stands
  local before = core.declared[t.id]                    -- one of another plugin gives way to our own
  if before and before.home == core.loading then fail("usage", "vise.board: %q is declared twice", t.id) end
  core.declared[t.id] = { t = t, where = where, home = core.loading }
  if not core.loading and not t.inherits and not t.abstract then core.boards[t.id] = t end
  return t
end

------------------------------------------------------------------ inheritance

local function copy(v)
  if type(v) ~= "table" or getmetatable(v) then return v end
  local out = {}
  for k, x in pairs(v) do out[k] = copy(x) end
  return out
end

-- What the heir does not say comes from its parent; tables with names are merged, lists are not.
local function complete(own, parent)
  for k, v in pairs(parent) do
    local have = own[k]
    if have == nil then
      own[k] = copy(v)
    elseif is_table(have) and is_table(v) and #have == 0 and #v == 0 and not getmetatable(v) then
      complete(have, v)
    end
  end
end

local function drop(part, fields)
  for k, v in pairs(part or {}) do
    if v == false and not (fields and fields[k] and fields[k][1] == is_bool) then part[k] = nil end
  end
end

local function drop_false(t)
  drop(t, board_fields)
  drop(t.memory)
  drop(t.console)
  for name, fields in pairs(parts) do drop(t[name], fields) end
end

local own_only = { id = true, abstract = true, inherits = true, doc = true }

local function parent_of(d)
  local id = d.t.inherits
  if not core.declared[id] then core.load_other(id) end
  return core.declared[id] or fail("usage", "board %s inherits %s, which neither this plugin nor one it requires provides", d.t.id, id,
    { where = d.where, next = "\"requires\" in plugin.json names other plugins" })
end

local function resolve(d, chain)
  if d.done then return d.t end
  chain[#chain + 1] = d.t.id
  if d.busy then
    fail("usage", "board %s inherits itself: %s", d.t.id, table.concat(chain, " -> "), { where = d.where })
  end
  d.busy = true
  if d.t.inherits then
    local inherited = copy(resolve(parent_of(d), chain))
    for k in pairs(own_only) do inherited[k] = nil end
    complete(d.t, inherited)
    drop_false(d.t)
    check_board("vise.board: " .. d.t.id, d.t, d.where)
  end
  d.done = true
  return d.t
end

-- A tool that works through the port gets it for itself.
local function lend_port(t)
  local main = is_table(t.console) and t.console.main
  if main and main.kind == "serial" and main.lend == nil and is_table(t.flash) and core.needs_port(t.flash[1]) then
    main.lend = true
  end
end

-- A boot loader's drive names the board too.
local function match_volumes(t)
  for _, m in ipairs(is_table(t.flash) and t.flash or {}) do
    for _, name in ipairs(m.volume == nil and {} or is_text(m.volume) and { m.volume } or m.volume) do
      t.match = t.match or {}
      table.insert(t.match, { volume = name })
    end
  end
end

-- One of another plugin, as if it were here.
function core.use_board(id)
  local d = core.declared[id]
  if d and not d.t.abstract then core.boards[id] = resolve(d, {}) end
end

-- The ids that are there to be inherited.
function core.bases()
  local out = {}
  for id, d in pairs(core.declared) do if d.t.abstract and d.home == core.home then out[#out + 1] = id end end
  table.sort(out)
  return out
end

-- When all is declared: who inherits what, and which boards are this plugin's own.
function core.finish_boards()
  local ids = {}
  for id in pairs(core.declared) do ids[#ids + 1] = id end
  table.sort(ids)
  for _, id in ipairs(ids) do
    local d = core.declared[id]
    resolve(d, {})
    if d.home == core.home and not d.t.abstract then
      lend_port(d.t)
      match_volumes(d.t)
      core.boards[id] = d.t
    end
  end
end
