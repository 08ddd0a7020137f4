-- elf.lua - vise.elf: what is in a program file.
local core, vise = ...
local fail = vise.fail

vise.elf = {}

local Elf = {}
Elf.__index = Elf
Elf.__name, Elf.__metatable = "vise.elf", "vise.elf"
function Elf:__tostring() return "program " .. self.path end

local function check(self, call)
  if type(self) ~= "table" or getmetatable(self) ~= "vise.elf" then fail("usage", "%s: call it with a colon, on a program", call) end
end

local function whole(v) return math.type(v) == "float" and math.tointeger(v) or v end

-- vise.elf.open(path) -> elf: ELF, UF2, Intel HEX or a plain image. Waits.
function vise.elf.open(path)
  if type(path) ~= "string" or path == "" then fail("usage", "vise.elf.open: a path is needed, not a %s", type(path)) end
  if path:sub(1, 1) ~= "/" then
    path = (vise.fs.project or fail("usage", "vise.elf.open: give the whole path of %s: there is no project folder here", path)) .. "/" .. path
  end
  local facts = core.call("vise.elf.open", "command", { line = core.line("image.show", { path }, { symbols = 5000 }) })
  return setmetatable({ path = path, facts = facts }, Elf)
end

-- { { name, addr, size, flags } }
function Elf:sections()
  check(self, "elf:sections")
  local out = {}
  for i, s in ipairs(self.facts.sections or {}) do
    out[i] = { name = s.name, addr = whole(s.addr), size = whole(s.size), flags = s.flags, nobits = s.nobits }
  end
  return out
end

-- The largest symbols, or those whose name matches: { { name, size, addr } }.
function Elf:symbols(filter)
  check(self, "elf:symbols")
  if filter ~= nil and type(filter) ~= "string" and type(filter) ~= "userdata" then
    fail("usage", "elf:symbols: a text or a vise.rx is needed, not a %s", type(filter))
  end
  local out = {}
  for _, s in ipairs(self.facts.symbols or {}) do
    local hit = filter == nil or (type(filter) == "string" and s.name:find(filter, 1, true)) or (type(filter) == "userdata" and filter:match(s.name))
    if hit then
      local row = {}
      for k, v in pairs(s) do row[k] = whole(v) end
      out[#out + 1] = row
    end
  end
  return out
end

-- { text, data, bss, ... }: as `vise image show` has it, with the packages of a Go program in by_pkg.
function Elf:size()
  check(self, "elf:size")
  local text, data, bss = 0, 0, 0
  for _, s in ipairs(self:sections()) do
    if s.nobits then bss = bss + s.size
    elseif s.flags and s.flags:find("w", 1, true) then data = data + s.size
    elseif s.flags and s.flags:find("r", 1, true) then text = text + s.size end
  end
  local by_pkg = {}
  for _, p in ipairs(self.facts.packages or {}) do by_pkg[p.name] = whole(p.size or p.bytes) end
  return { text = text, data = data, bss = bss, bytes = whole(self.facts.bytes), by_pkg = by_pkg }
end

-- elf:addr2line(addr, ...) -> for each address its frames, the innermost first: { { func, file, line } }. Waits.
function Elf:addr2line(...)
  check(self, "elf:addr2line")
  local addrs = table.pack(...)
  if addrs.n == 0 then fail("usage", "elf:addr2line: an address is needed") end
  for i = 1, addrs.n do
    local a = math.tointeger(tonumber(addrs[i]))
    if not a or a < 0 then fail("usage", "elf:addr2line: %s is no address", tostring(addrs[i])) end
    addrs[i] = ("0x%x"):format(a)
  end
  local r = core.call("elf:addr2line", "command", { line = core.line("image.lines", { self.path, table.unpack(addrs, 1, addrs.n) }) })
  local out = {}
  for i, list in ipairs(r.frames or {}) do
    out[i] = {}
    for k, f in ipairs(list) do out[i][k] = { func = f.func, file = f.file, line = whole(f.line) } end
  end
  return table.unpack(out, 1, addrs.n)
end

-- What Go says of the build: a table, or nil for a program that is not Go's.
function Elf:buildinfo()
  check(self, "elf:buildinfo")
  local info = self.facts.build or self.facts.buildinfo
  return info ~= core.json.null and info or nil
end

-- elf:diff(newer): as `vise image diff`. Waits.
function Elf:diff(other)
  check(self, "elf:diff")
  check(other, "elf:diff: the newer one")
  return core.call("elf:diff", "command", { line = core.line("image.diff", { self.path, other.path }) })
end
