-- dryrun.lua - `vise script --dry-run`: the file and what it requires are compiled; nothing runs.
local core, vise = ...
local fail = vise.fail

-- A module that is not there is a mistake of the setup (2), one that does not compile one of the script (7).
function core.dry_script(path, dir)
  local queue, seen, modules = { path }, { [path] = true }, core.json.array {}
  while #queue > 0 do
    local file = table.remove(queue, 1)
    core.load_file(file)
    local names = {}
    local found = core.requires(file, dir)
    for name in pairs(found) do names[#names + 1] = name end
    table.sort(names)
    for _, name in ipairs(names) do
      local where = found[name]
      if name ~= "vise" and not where then
        fail("usage", "%s requires '%s', which is not there", file, name, { next = "require knows 'vise' and the script's own folder " .. dir, where = "" })
      end
      if where and not seen[where] then
        seen[where] = true
        queue[#queue + 1], modules[#modules + 1] = where, where
      end
    end
  end
  local with = #modules > 0 and (", and with it %s"):format(table.concat(modules, ", ")) or ""
  core.say(("%s: compiles%s; nothing was run"):format(path, with), { type = "plan", script = path, modules = modules })
  return 0
end
