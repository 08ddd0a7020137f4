-- fs.lua - vise.fs: files below the project and the artefacts, and nowhere else.
local core, vise = ...
local fail = vise.fail

vise.fs = setmetatable({}, { __index = function(_, k)
  if k == "project" or k == "artifacts" then return core.fs_root(k) end
end, __metatable = "vise.fs" })

-- Each waits for the disk; a path is whole, or below the project.
function vise.fs.read(path)
  return core.fs_read(path)
end

function vise.fs.write(path, text)
  core.fs_put(path, text, false)
end

function vise.fs.append(path, text)
  core.fs_put(path, text, true)
end

-- Names in a folder, sorted.
function vise.fs.list(path)
  local out = {}
  for i, name in ipairs(core.fs_list(path)) do out[i] = name end
  return out
end

-- { type = "file" | "folder" | "other", size, mtime }, or nil when it is not there.
function vise.fs.stat(path)
  local ok, kind, size, mtime = pcall(core.fs_stat, path)
  if ok then return kind and { type = kind, size = size, mtime = mtime } or nil end
  if kind.code == "not_found" then return nil end
  error(kind, 0)
end

function vise.fs.mkdir(path)
  core.fs_mkdir(path)
end

-- A file, or an empty folder.
function vise.fs.remove(path)
  core.fs_remove(path)
end

-- vise.fs.glob("logs/*.txt"): whole paths, sorted; * and ? in the last part.
function vise.fs.glob(pattern)
  if type(pattern) ~= "string" then fail("usage", "vise.fs.glob: a pattern is a text, not a %s", type(pattern)) end
  core.begin "vise.fs.glob"
  local dir, last = pattern:match("^(.*)/([^/]*)$")
  dir, last = dir or ".", last or pattern
  if dir:find("[*?]") then fail("usage", "vise.fs.glob: * and ? stand in the last part of %q alone", pattern) end
  local rx = vise.rx("^" .. last:gsub("[^%w_]", function(c) return c == "*" and ".*" or c == "?" and "." or "\\" .. c end) .. "$")
  local out = {}
  for _, name in ipairs(core.fs_list(dir == "" and "/" or dir)) do
    if rx:match(name) and (name:sub(1, 1) ~= "." or last:sub(1, 1) == ".") then out[#out + 1] = dir .. "/" .. name end
  end
  return out
end
