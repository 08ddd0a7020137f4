-- flashing.lua - running the flash methods of flash.lua: boot loaders entered, drives found, tools judged by their
-- words, and after a failure what state the board is in. Then the port goes back and the board must say it is ready.
local core, vise = ...
local fail, methods = vise.fail, core.flash_methods

local function lines(text) return text:gmatch("[^\r\n]+") end

-- A tool's words as they may stand in a sentence: no control bytes, not too long.
local function plain(text, most)
  text = text:gsub("\27%[[%d;?]*%a", ""):gsub("%c", " ")
  return #text > most and text:sub(1, most - 3) .. "..." or text
end

-- What the whole of the flash is about, for the bar and for what is said when it fails.
local now = { stage = "connect" }

local function stage(name)
  now.stage = name
  if core.job_id then core.tell(core.line("job.progress", { core.job_id }, { stage = name, size = now.size })) end
end

-- A small helper program; what it says is not shown.
local function ask(cmd, args, timeout)
  return vise.launch.run { cmd = cmd, args = args, timeout = timeout or 20, name = cmd, quiet = true }
end

------------------------------------------------------------------ what is there

-- { path = what tells it from one that comes later under the same name }
local function looks(paths)
  local r, out = ask("stat", table.move(paths, 1, #paths, 3, { "-Lc", "%n %d:%i:%t:%T:%Z" })), {}
  for l in lines(r.out) do
    local path, id = l:match("^(.*) (%S+)$")
    if path then out[path] = id end
  end
  return out
end

local function is_there(path) return looks({ path })[path] ~= nil end

-- Until seen() gives something, at most so long.
local function wait_for(seconds, seen)
  local until_ = core.now() + seconds
  while true do
    local got = seen()
    if got or core.now() >= until_ then return got end
    core.sleep(0.1)
  end
end

-- What is on the board's drive is read by cat: the host itself may read nothing there. nil: no such file.
local function read_file(path)
  local r = ask("cat", { path })
  return r.code == 0 and r.out or nil
end

------------------------------------------------------------------ what went wrong

local STATES = {
  connect = "nothing was written, the board has the program it had",
  erase = "its flash is erased, in part at least: it has no whole program",
  write = "its flash is half written: it has no whole program",
  verify = "all was written, but it is not what the file says, or nobody knows",
  reset = "the image is in its flash, only the restart is in doubt",
  boot = "the image is in its flash and verified",
}

local AGAIN = "flash it again"
local NEXT = { reset = "press reset", boot = "look at what the console says; `vise reset`, or press reset" }

-- The first that a complaint holds says what kind of failure it is, and so the exit status.
local KINDS = {
  { "no space left", "io", "there is no room left" },
  { "permission denied", "denied", next = "vise doctor says which rule or group is missing" },
  { "access denied", "denied", next = "vise doctor says which rule or group is missing" },
  { "libusb_error_access", "denied", next = "vise doctor says which rule or group is missing" },
  { "verification mismatch", "verify" }, { "verify failed", "verify" }, { "failed to verify", "verify" },
  { "failed verification", "verify" }, { "verification error", "verify" }, { "contents differ", "verify" },
  { "signature", "verify" },
  { "no such device", "lost" }, { "disconnected", "lost" }, { "input/output error", "lost" }, { "no_device", "lost" },
  { "broken pipe", "lost" }, { "checksum mismatch", "verify", "what is in its memory is not the image" },
}

local function kind_of(...)
  for _, k in ipairs(KINDS) do
    for _, text in ipairs { ... } do if text:lower():find(k[1], 1, true) then return k end end
  end
  return { nil, "tool_failed" }
end

-- Why it failed, what state the board is in, and what to do.
local function give_up(code, why, next)
  local def, at = methods[now.method] or {}, now.stage
  if now.still then fail(code, "%s", why, { next = next }) end
  local todo = next or (at == "connect" and def.enter) or NEXT[at] or (def.again or AGAIN)
  fail(code, "%s; %s", plain(why, 240), STATES[at] or STATES.connect, { next = todo, stage = at })
end

local function list_of(v) return v == nil and {} or type(v) == "table" and v or { v } end

local function holds(l, list)
  for _, w in ipairs(list) do if l:find(w, 1, true) then return true end end
end

-- Of one stream: was success said, and the complaints that no success followed.
local function heard(text, success, failure, ignore)
  local said_so, causes = false, {}
  for l in lines(text:gsub("\27%[[%d;?]*%a", "")) do
    for _, p in ipairs(failure) do
      if l:match(p) and not holds(l, list_of(ignore)) then causes[#causes + 1] = l:gsub("%s+$", "") break end
    end
    if success and l:find(success, 1, true) then said_so, causes = true, {} end
  end
  return said_so, causes
end

-- Complaints of both streams. Which came first is not known: those of the other than said the success are apart, and
-- count when the tool ended badly.
local function complaints(def, success, r)
  local failure = list_of(def.failure)
  local out_said, out = heard(r.out, success, failure, def.ignore)
  local err_said, err = heard(r.err, success, failure, def.ignore)
  local said_so = out_said or err_said
  if not said_so then return false, table.move(out, 1, #out, #err + 1, err) end
  return true, out_said and out or err, out_said and err or {}
end

local function how_it_ended(r)
  if r.signal then return ("killed by signal %d"):format(r.signal) end
  return ("it ended with %s"):format(tostring(r.code))
end

-- The exit code alone decides nothing: a tool may end well after a failure, and complain before a success.
local function judge(def, step, r)
  local success = def.success
  if step.success ~= nil then success = step.success end
  local said_so, causes, beside = complaints(def, success, r)
  if r.code == 0 and #causes == 0 and (said_so or not success) then return end
  -- after the success something is in doubt that shows by itself: the board comes up, or it does not
  local only = said_so and #causes == 0 and #beside == 1 and beside[1]
  if only and def.forgive and only:find(def.forgive, 1, true) then return vise.log.warn("%s", only) end
  if r.signal then give_up("tool_failed", ("%s was %s"):format(step.argv[1], how_it_ended(r)), def.again) end
  local cause = causes[1] or r.code ~= 0 and beside and beside[1] or nil
  if not cause and r.code == 0 then cause = ("it ended well but never said %q"):format(success) end
  -- of one that says more than is kept the bench still knows the first complaint
  local told = not cause and type(r.told) == "table" and tostring(r.told.why):match("^exit status %d+: (.*)")
  if told and (told:find("[Ee]rror") or told:find("[Ff]ail")) then cause = told end
  if not cause then
    local last = r.err
    for l in lines(r.out .. "\n" .. r.err) do if l:match("%S") then last = l end end
    cause = ("%s: %s"):format(how_it_ended(r), last)
  end
  if now.port and not is_there(now.port) then give_up("lost", ("%s went away (%s)"):format(now.port, cause)) end
  local k = kind_of(cause, table.unpack(causes))
  if k[2] == "verify" and now.stage == "write" then now.stage = "verify" end
  give_up(k[2], k[3] and cause .. ": " .. k[3] or cause, k.next)
end

-- Some tools wait for ever for a port that went away (avrdude 7.1): they are ended. One that comes back is none of them:
-- a board may restart at the end.
local function watched(proc)
  local seen, w = 0, {}
  if not now.port then return setmetatable(w, { __close = function() end }) end
  local task = core.spawn("watch the port", function()
    while seen < 3 do
      core.sleep(0.5)
      seen = is_there(now.port) and 0 or seen + 1
    end
    w.gone = true
    proc:kill()
  end)
  return setmetatable(w, { __close = function() task:cancel("the tool ended") end })
end

-- Which of a method's programs is here, and of what kind it is; nil: none, or it has but one.
function core.flash_tool(def)
  return def.tool and def.tool(function(name, word, pattern)
    local ok, r = pcall(ask, name, { word })
    return ok and r.code == 0 and (r.out .. r.err):match(pattern) or nil
  end) or nil
end

local function show(argv)
  local w = {}
  for i, x in ipairs(argv) do w[i] = core.shell_word(x) end
  core.say("$ " .. table.concat(w, " "))
end

-- One step of a flash: a tool with its time limit; now.stage is how far it came.
local function run_argv(def, step)
  show(step.argv)
  if step.stage then stage(step.stage) end
  local proc, gone
  -- one whose probe is gone would try again for ever: it is ended at the first word of it
  local function on_line(l)
    if gone or not l:find(def.gone, 1, true) then return end
    gone = true
    if proc then proc:kill() end
  end
  proc = vise.launch.start { cmd = step.argv[1], args = table.move(step.argv, 2, #step.argv, 1, {}), cwd = step.cwd,
    name = step.argv[1]:match("[^/]*$"), timeout = now.limit, pty = def.pty, on_line = def.gone and on_line or nil }
  local _ <close> = proc
  if gone then proc:kill() end
  local watch <close> = watched(proc)
  local ok, r = pcall(proc.wait, proc)
  if ok and gone and r.signal then r.signal, r.code = nil, 1 end
  local progress = proc.job and proc.job.progress
  if ok and proc.job then r.told = proc.job.error end
  if type(progress) == "table" and type(progress.stage) == "string" and progress.stage ~= "" then now.stage = progress.stage end
  if not ok and type(r) == "table" and r.code == "timeout" then
    give_up("timeout", ("%s was not done within %s and was ended"):format(step.argv[1], core.span(now.limit)))
  end
  if not ok then error(r, 0) end
  if r.code == 127 then
    now.stage = "connect"
    fail("not_found", "%s is not here; %s", step.argv[1], STATES.connect, { next = "install " .. (def.package or step.argv[1]) })
  end
  if watch.gone then give_up("lost", ("%s went away, and %s did not notice"):format(now.port, step.argv[1])) end
  judge(def, step, r)
  return r
end

-- A reset writes nothing.
function core.run_reset(def, argv, what)
  now.what, now.limit, now.still = what, 60, true
  run_argv({ package = def.package, failure = def.failure, ignore = def.ignore }, { argv = argv })
end

------------------------------------------------------------------ the 1200-baud touch

local function touch(port) ask("stty", { "-F", port, "1200", "hupcl" }, 5) end

local function port_paths()
  local out = {}
  for _, row in ipairs(core.call("flash", "command", { line = "port.list" }) or {}) do out[#out + 1] = row.path end
  return out
end

-- Gives the boot loader's port: the same under its name, or a new one.
local function touched_port(a)
  local old, before = looks({ a.port })[a.port], {}
  if not old then give_up("lost", a.port .. " is not there") end
  for _, p in ipairs(port_paths()) do before[p] = true end
  stage "touch"
  touch(a.port)
  local gone = wait_for(math.min(3, a.wait), function() return looks({ a.port })[a.port] ~= old end)
  if not gone then return vise.log.warn("%s did not go away at the touch: going on with it", a.port) end
  local back = wait_for(a.wait, function()
    if is_there(a.port) then return a.port end
    for _, p in ipairs(port_paths()) do if not before[p] then return p end end
  end)
  now.stage = "connect"
  if not back then give_up("lost", ("no port came within %s of the touch"):format(core.span(a.wait))) end
  a.port = back
end

------------------------------------------------------------------ drives

-- Mounted drives with one of the names; of a UF2 boot loader its INFO_UF2.TXT says more.
local function drives(def, names)
  local r, out = ask("findmnt", { "-Jlo", "TARGET,SOURCE,LABEL" }), {}
  local ok, t = pcall(core.json.decode, r.out)
  for _, m in ipairs(ok and type(t) == "table" and t.filesystems or {}) do
    local dir, source = tostring(m.target), tostring(m.source)
    for _, name in ipairs(names) do
      if dir:match("[^/]*$") == name or m.label == name then
        local info = def.info and read_file(dir .. "/" .. def.info) or nil
        if info or not def.info then
          out[#out + 1] = { dir = dir, source = source, id = dir .. " " .. source, info = info,
            board = info and info:match("Board%-ID:%s*([^\r\n]*)"), model = info and info:match("Model:%s*([^\r\n]*)") }
        end
        break
      end
    end
  end
  return out
end

-- Those of the right board, as far as the profile and the drives know.
local function fitting(b, found)
  local want, out = {}, {}
  for _, m in ipairs(b.profile.match or {}) do if m.board_id then want[m.board_id] = true end end
  for _, d in ipairs(found) do
    if next(want) == nil or not d.board or want[d.board] then out[#out + 1] = d end
  end
  return out
end

-- The part of a device's place in /sys that is its USB device: two of one board have the same.
local function usb_place(class, path)
  local r = ask("readlink", { "-f", ("/sys/class/%s/%s"):format(class, path:match("[^/]*$")) })
  return r.out:match("^(/sys/devices/.-/%d+%-[%d.]+)/%d+%-[%d.]+:")
end

-- Is this drive another board's than the port? nil: nobody knows.
local function is_others(a, d)
  local ours, its = usb_place("tty", a.port), d.source:match("^/dev/") and usb_place("block", d.source)
  if not (ours and its) then return nil end
  return ours ~= its
end

local function names_of(found)
  local out = {}
  for i, d in ipairs(found) do out[i] = d.dir .. (d.board and (" (%s)"):format(d.board) or d.model and (" (%s)"):format(d.model) or "") end
  return table.concat(out, ", ")
end

-- A drive that is there and that nobody mounted, as on a machine without a desktop.
local function mount(names)
  local r = ask("lsblk", { "-rno", "PATH,LABEL,MOUNTPOINT" })
  for l in lines(r.out) do
    local dev, label, dir = l:match("^(%S+) (%S+) ?(%S*)$")
    for _, name in ipairs(names) do
      if dev and label:gsub("\\x20", " ") == name and dir == "" then
        if ask("udisksctl", { "mount", "--no-user-interaction", "-b", dev }).code == 0 then return nil end
        return dev
      end
    end
  end
end

local function no_drive(m, a, names, unmounted)
  local seen = {}
  for _, d in ipairs(drives({}, names)) do seen[#seen + 1] = d.dir end
  local why = ("no drive named %s is mounted after %s"):format(table.concat(names, " or "), core.span(a.wait))
  if #seen > 0 then why = ("%s, and %s has no %s"):format(why, table.concat(seen, ", "), methods[m.method].info) end
  if unmounted then
    give_up("infra", why, ("%s is it: mount it (sudo mount %s /mnt) and say --set volume=/mnt"):format(unmounted, unmounted))
  end
  give_up("infra", why, ("press reset twice (a Pico: hold BOOTSEL while plugging in), mount it (udisksctl mount -b " ..
    "/dev/disk/by-label/%s), or say --set volume=DIR"):format(names[1]))
end

-- One that came while we looked is ours, whatever was there before.
local function newcomer(found, before)
  if #found <= 1 then return found end
  local out = {}
  for _, d in ipairs(found) do if not before[d.id] then out[#out + 1] = d end end
  return #out == 1 and out or found
end

local function wait_drive(def, m, a, b, names, before)
  local until_, unmounted = core.now() + a.wait, nil
  while true do
    local found = {}
    for _, d in ipairs(fitting(b, drives(def, names))) do if not before[d.id] then found[#found + 1] = d end end
    local left = until_ - core.now()
    if #found > 0 then return found end
    if left <= 0 then no_drive(m, a, names, unmounted) end
    unmounted = mount(names)
    local ms = math.max(1, math.min(500, math.floor(left * 1000)))
    ask("findmnt", { "--poll=mount", "--first-only", "--timeout", tostring(ms), "-n", "-o", "TARGET" }, a.wait + 5)
  end
end

local function given_volume(def, a)
  if def.info and not is_there(a.volume .. "/" .. def.info) then
    give_up("not_found", ("%s has no %s: it is no boot loader's drive, or it is not mounted"):format(a.volume, def.info))
  end
  return { dir = a.volume, source = a.volume }
end

-- The board's drive: there already, or after the touch. The bench's port is not needed beyond that.
local function drive(def, m, a, b)
  if a.volume then return given_volume(def, a) end
  local names, before = core.is_text(m.volume) and { m.volume } or m.volume, {}
  local found = fitting(b, drives(def, names))
  local touches = m.touch and a.port and is_there(a.port)
  if #found == 1 and not (touches and is_others(a, found[1])) then return found[1] end
  if #found == 0 or touches then
    for _, d in ipairs(found) do before[d.id] = true end
    if touches then
      stage "touch"
      touch(a.port)
    end
    stage "wait for the drive"
    now.stage = "connect"
    found = newcomer(wait_drive(def, m, a, b, names, before), before)
  end
  if #found == 1 then return found[1] end
  give_up("usage", ("%d drives fit: %s"):format(#found, names_of(found)), "choose one by --set volume=DIR")
end

local BLOCK = 32768

local function drive_there(def, d)
  local paths = { d.dir .. (def.info and "/" .. def.info or "") }
  if d.source:match("^/dev/") then paths[2] = d.source end
  local have = looks(paths)
  for _, p in ipairs(paths) do if not have[p] then return false end end
  return true
end

-- Each block is on the drive before the next begins: the bar tells the truth, and nothing is left in memory.
local function copy(def, a, step, d)
  local to = d.dir .. "/" .. step.copy
  local size = tonumber(ask("stat", { "-Lc", "%s", a.file }).out:match("%d+")) or 0
  now.size, now.stage = size, "connect"
  stage "write"
  local argv = { "dd", "if=" .. a.file, "of=" .. to, "bs=" .. BLOCK, "oflag=dsync", "status=progress" }
  show(argv)
  local proc <close> = vise.launch.start { cmd = "dd", args = table.move(argv, 2, #argv, 1, {}), timeout = now.limit, name = "dd" }
  local ok, r = pcall(proc.wait, proc)
  if not ok and type(r) == "table" and r.code == "timeout" then
    give_up("timeout", ("the drive %s took no more for %s"):format(d.dir, core.span(now.limit)))
  end
  if not ok then error(r, 0) end
  local done, gone = 0, not drive_there(def, d)
  for n in (r.err .. r.out):gmatch("(%d+) bytes") do done = math.tointeger(tonumber(n)) or done end
  if r.code ~= 0 then
    local cause = r.err:match("dd: [^\r\n]+") or how_it_ended(r)
    local k = kind_of(cause)
    -- the board restarts with the last block: that its drive goes away then is no fault
    if gone and done + 2 * BLOCK < size then
      give_up("lost", ("the drive %s went away after %d of %d bytes"):format(d.dir, done, size))
    elseif not gone then
      if done == 0 and not r.signal then now.stage = "connect" end
      give_up(k[2], ("not all was written: %s%s"):format(cause, k[3] and ": " .. k[3] or ""))
    end
  end
  local why = not gone and read_file(d.dir .. "/FAIL.TXT")
  if why then give_up("verify", "the board refused it: " .. why:gsub("%s+", " ")) end
end

-- A boot loader that has a whole program starts it, and its drive goes.
local function wait_gone(def, a, d)
  stage "reset"
  if wait_for(a.wait, function() return not drive_there(def, d) end) then return end
  now.stage = "write"
  give_up("verify", ("the boot loader took the file and did not start the program within %s: it is for another board, or broken")
    :format(core.span(a.wait)), "check the file (vise image show), then flash it again")
end

------------------------------------------------------------------ before, and all of it

-- What speaks against the image, before anything is touched; --set check=off flashes it all the same, but for a signature
-- that is demanded. A plugin with code of its own is served too.
function core.preflight(b, file)
  local sets, facts, image = core.sets, {}, core.demanded(b)
  if sets.method == "tinygo" then
    if image.signed then fail("denied", "%s demands a signature, and tinygo flashes what it builds itself", b.id) end
    return
  end
  if sets.check == "off" and not image.signed then return end
  for _, k in ipairs { "memory", "build", "cpu", "chip" } do facts[k] = b.profile[k] end
  facts.image = image
  local ok, r = pcall(core.call, "flash", "command", { line = core.line("image.check", { file }, { board = core.json.encode(facts) }) })
  if not ok then
    if r.code == "format" then fail("wrong_image", "%s", tostring(r.msg), { verdict = true }) end
    if r.code == "cancelled" or r.code == "deadline" then error(r, 0) end
    if image.signed then fail("wrong_image", "%s cannot be checked, and must be signed: %s", file, tostring(r.msg), { verdict = true }) end
    return vise.log.debug("%s is not checked: %s", file, tostring(r.msg))
  end
  local bad, next_step = {}, "nothing was touched; --set check=off flashes it all the same"
  for _, f in ipairs(r.findings or {}) do
    local of_signature = f.check == "signature" or f.check == "manifest"
    if f.level ~= "bad" then vise.log.warn("%s: %s: %s", file, f.check, f.why)
    elseif of_signature or sets.check ~= "off" then bad[#bad + 1] = f.why end
    if of_signature and f.level == "bad" then next_step = "nothing was touched" end
  end
  for _, u in ipairs(r.usage or {}) do if not u.ram and u.used > 0 then now.size = (now.size or 0) + u.used end end
  local first = core.is_table(b.profile.flash) and b.profile.flash[1].method
  if r.kind ~= "uf2" and (sets.method or first) == "uf2" and sets.check ~= "off" then
    bad[#bad + 1] = ("the drive of the boot loader takes UF2 files, this one is %s"):format(r.kind == "bin" and "plain bytes" or r.kind)
  end
  if #bad > 0 then
    fail("wrong_image", "%s is nothing for %s: %s", file, b.id, table.concat(bad, "; "), { verdict = true, next = next_step })
  end
  core.check_signature(b, file)
end

-- The tool's port: given, that of the console that was lent, or borrowed now because this method needs it. By the
-- name that it was opened with, which outlives a device that goes and comes under another number.
local function get_port(m, a)
  local row = core.console(core.console_name)
  if not row or core.sets.port then return end
  if not a.port and core.needs_port(m) then
    local ok, r = pcall(core.call, "flash", "command", { line = core.line("console.borrow", {}, { console = row.name, to = "flash" }) })
    if ok then a.port = r.device elseif methods[m.method].port then error(r, 0) end
  end
  if a.port and type(row.spec) == "string" and row.spec:sub(1, 1) == "/" then a.port = row.spec end
end

-- size of the image, KiB/s that the slowest boot loader keeps
local function limit_of(a) return a.limit or 60 + (now.size or 262144) / 2048 end

function core.run_flash(b, file)
  local m, a = core.flash_settings(b, file)
  local def = methods[m.method]
  now.method, now.what, now.stage = m.method, ("flash %s by %s"):format(b.id, m.method), "connect"
  get_port(m, a)
  now.limit, now.port = limit_of(a), def.port and a.port or nil
  if now.size and core.job_id then core.tell(core.line("job.progress", { core.job_id }, { size = now.size })) end
  if def.port and m.touch and a.port then
    touched_port(a)
    now.port = a.port
  end
  if def.run then return def.run(m, b, a) end
  a.tool = core.flash_tool(def)
  local d
  for _, step in ipairs(def.steps(m, b, a)) do
    if step.argv then run_argv(def, step)
    elseif step.volume then d = drive(def, m, a, b)
    else
      copy(def, a, step, d)
      if def.leaves then wait_gone(def, a, d) end
    end
  end
end

------------------------------------------------------------------ after: the port, and [READY]

-- Its words since then, the last line of them.
local function last_words(con)
  local last
  for _ = 1, 200 do
    local l = core.try(con.read_line, con, { timeout = 0.01 })
    if not l then break end
    if l:match("%S") then last = l end
  end
  return last
end

local function own_console()
  if not core.console(core.console_name) then return nil end
  local ok, con = pcall(vise.console.get)
  return ok and con or nil
end

-- What the board must say: --set ready=TEXT, or its profile's; nil: nothing.
local function ready_pattern(b)
  local given, main = core.sets.ready, b.profile.console and b.profile.console.main
  if given == "off" then return nil end
  return given or main and main.ready
end

local function wait_back(con, seconds)
  if wait_for(seconds, function() return con:state() == "open" end) then return end
  now.stage = "boot"
  give_up("verify", ("its port %s did not come back within %s"):format(con:info().spec or con.name, core.span(seconds)),
    "press reset, or plug it in again")
end

local function wait_ready(b, con, reader, pattern, seconds)
  stage "boot"
  local until_ = core.now() + seconds
  wait_back(con, seconds)
  local m, err = core.try(con.expect, con, pattern, { timeout = math.max(0.1, until_ - core.now()) })
  if m then return end
  if err.code ~= "timeout" then error(err, 0) end
  local said = last_words(reader)
  give_up("verify", ("%s did not come within %s; %s"):format(tostring(pattern), core.span(seconds),
    said and ("the last it said is %q"):format(said) or "it said nothing"))
end

-- The whole: fn flashes, then the port goes back and the board must come up.
function core.flash(b, fn, file)
  local con = own_console()
  local was_open = con and (con:state() == "open" or os.getenv("VISE_PORT") ~= nil)
  now.what = "flash " .. b.id
  core.preflight(b, file)
  local reader = con and con:reader()
  if con then con:flush() end
  fn(b, file, {})
  if not con then return end
  core.try(core.call, "flash", "command", { line = core.line("console.return", {}, { console = con.name }) })
  local pattern, lost = ready_pattern(b), core.lost
  local seconds = core.parameters("--set", core.flash_sets.flash, core.sets).ready_wait
  core.lost = "wait"
  if pattern then wait_ready(b, con, reader, pattern, seconds)
  elseif was_open then wait_back(con, seconds) end
  core.lost = lost
end

-- For one that is interrupted: how far it came.
function core.flash_state()
  if core.deploy_state() then return core.deploy_state() end
  local row = core.job_id and core.job(math.tointeger(tonumber(core.job_id)))
  local progress = row and row.progress
  local at = type(progress) == "table" and STATES[progress.stage] and progress.stage or now.stage
  return STATES[at] or STATES.connect
end

-- The last word of the host: of a flash or reset the job itself says it, with the state of the board.
function core.flash_failed(r, err)
  local is_part = core.part and core.job_id
  if not is_part or core.status(err) == 7 then core.complain(core.name, err) end
  if not is_part then return end
  local why, next_step = ("%s: %s"):format(err.code, tostring(err.msg)), err.next or ""
  if err.code == "cancelled" and r.action == "flash" then why = ("%s; %s"):format(why, core.flash_state()) end
  why, next_step = plain(why, 380), plain(next_step, 230)
  local args = { code = err.code, what = now.what or ("%s %s"):format(r.action, r.id), why = why, next = next_step }
  local short = core.line("job.fail", {}, args)
  args.cause = core.json.encode(core.told(err, vise.plugin and vise.plugin.name, ("%s of board %s"):format(r.action, r.id)))
  if not pcall(core.call, "job.fail", "command", { line = core.line("job.fail", {}, args) }) then core.tell(short) end
end
