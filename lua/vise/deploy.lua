-- deploy.lua - a program of a Linux board: copied under another name, compared, put in its place by a rename, restarted,
-- asked whether it is well; the one before it is kept, and put back when it is not. All of it by the user's own ssh.
local core, vise = ...
local fail, methods, T = vise.fail, core.flash_methods, core.field

local restarts, copies = { "systemd", "plain", "none" }, { "scp", "rsync" }
local function one_of(list)
  return { function(v) for _, x in ipairs(list) do if v == x then return true end end end, table.concat(list, ", ") }
end

local append, quoted, flag = core.append, core.shell_word, T.flag

-- In a profile's { method = "ssh" } and, as text, with --set.
local fields = { host = T.text, dir = T.text, name = T.text, service = T.text, args = T.text, restart = one_of(restarts), copy = one_of(copies),
  sudo = flag, health = T.text, health_url = T.text, health_console = T.text, health_time = T.time }

local sets = {
  name = { type = "string", doc = "a Linux board: name of the program there; that of the service or file if absent" },
  args = { type = "string", doc = "a Linux board: arguments of a program restarted by restart=plain, as its shell takes them" },
  restart = { type = "enum", values = restarts, doc = "a Linux board: systemd when a service is named, else none" },
  copy = { type = "enum", values = copies, doc = "a Linux board: what copies; scp if absent" },
  sudo = { type = "enum", values = { "on", "off" }, doc = "a Linux board: sudo -n, or doas -n, for all but the copy" },
  health = { type = "string", doc = "a Linux board: a command line there that must end with 0 after the restart" },
  health_url = { type = "string", doc = "a Linux board: an address that must answer there, such as http://127.0.0.1:8080/health" },
  health_console = { type = "string", doc = "a Linux board: what its console must say after the restart" },
  health_time = { type = "duration", doc = "a Linux board: how long it may take to be well; 20s if absent" },
}
for k, p in pairs(sets) do core.flash_sets.flash[k] = p end

local SSH = { "-o", "BatchMode=yes", "-o", "ConnectTimeout=10", "-o", "ServerAliveInterval=5", "-o", "ServerAliveCountMax=3" }

------------------------------------------------------------------ what there is to do

-- Everything that is known before: names there, how it is restarted, the checks.
local function plan_of(m, a)
  local d = {}
  for k in pairs(fields) do
    local given = a[k]
    if given == nil then given = m[k] end
    if given ~= "" then d[k] = given end                -- empty: none of it
  end
  d.host = a.host or m.host or fail("usage", "say where the board is: --set host=USER@ADDRESS")
  if d.host:sub(1, 1) == "-" then fail("usage", "%s is no host", d.host) end
  d.sudo = d.sudo == true or d.sudo == "on"
  d.dir = (d.dir or "/usr/local/bin"):gsub("(.)/+$", "%1")
  d.name = d.name or d.service and d.service:gsub("%.service$", "") or a.file:match("[^/]*$"):gsub("%.elf$", "")
  d.restart = d.restart or d.service and "systemd" or "none"
  d.service = d.service or d.name
  d.copy = d.copy or "scp"
  d.health_time = core.seconds("health_time", d.health_time or 20)
  if d.name == "" or d.name:find("/", 1, true) then fail("usage", "%q is no name of a program", d.name) end
  d.file, d.path = a.file, d.dir .. "/" .. d.name
  d.new, d.old = d.dir .. "/." .. d.name .. ".vise-new", d.dir .. "/." .. d.name .. ".vise-old"
  d.log = d.dir .. "/." .. d.name .. ".log"
  d.upload = d.sudo and "." .. d.name .. ".vise-new" or d.new
  return d
end

local function ssh_words(d) return append(d.link and { "-o", "ControlPath=" .. d.link } or {}, SSH) end

local function remote(d, line)
  if d.sudo then line = "$(command -v sudo || command -v doas || echo sudo) -n sh -c " .. quoted(line) end
  return append({ "ssh" }, ssh_words(d), d.host, line)
end

-- What can ask an address there; a plain http:// one at need without more than a pipe to it.
local function url_ways(url)
  local u, host, port, path = quoted(url), url:match("^http://([%w%.%-]+):?(%d*)(.*)$")
  local list = { { "curl", ("curl -fsS -m 3 -o /dev/null %s"):format(u) }, { "wget", ("wget -q -T 3 -O /dev/null %s"):format(u) },
    { "uclient-fetch", ("uclient-fetch -q -T 3 -O /dev/null %s"):format(u) } }
  if host then
    local get = quoted(("GET %s HTTP/1.0\\r\\nHost: %s\\r\\n\\r\\n"):format(path ~= "" and path:gsub("%%", "%%%%") or "/", host))
    list[#list + 1] = { "nc", ("printf %s | nc -w 3 %s %s | head -n 1 | grep -q '^HTTP/[^ ]* [23]'"):format(get, host, port ~= "" and port or "80") }
  end
  return list
end

-- Ends with 0 when one of them is there.
local function url_tool(url)
  local out = {}
  for i, w in ipairs(url_ways(url)) do out[i] = w[1] end
  return ("{ command -v %s; } >/dev/null"):format(table.concat(out, " || command -v "))
end

local function url_check(url)
  local out = {}
  for _, w in ipairs(url_ways(url)) do out[#out + 1] = ("if command -v %s >/dev/null; then %s; el"):format(w[1], w[2]) end
  return "{ " .. table.concat(out) .. "se false; fi; }"
end

-- Is the folder there, may we write, is there room? What is there now?
local function prepare_line(d)
  return ('cd %s || exit 71; test -w . || exit 72; %srm -f %s; set -- $(df -Pk . | tail -n 1); echo "free $4"; uname -m; ' ..
    "test ! -e %s || sha256sum %s 2>/dev/null || true"):format(quoted(d.dir), d.health_url and url_tool(d.health_url) .. " || exit 73; " or "",
    quoted(d.new), quoted(d.name), quoted(d.name))
end

local function copy_argv(d, old_protocol)
  local to = d.host .. ":" .. d.upload
  if d.copy == "rsync" then
    return { "rsync", "--info=progress2", "--no-owner", "--no-group", "-e", table.concat(append({ "ssh" }, ssh_words(d)), " "), "--", d.file, to }
  end
  return append({ "scp" }, old_protocol and "-O" or {}, ssh_words(d), "--", d.file, to)
end

local function sum_line(d)
  local take = d.sudo and ("cp %s %s && rm -f %s && "):format(quoted(d.upload), quoted(d.new), quoted(d.upload)) or ""
  return ("%s{ sha256sum %s || openssl dgst -sha256 -r %s; } 2>/dev/null"):format(take, quoted(d.new), quoted(d.new))
end

-- Old or new, never none: the old one gets a second name before the new one takes its first.
local function switch_line(d)
  local p, new, old = quoted(d.path), quoted(d.new), quoted(d.old)
  return ("chmod 755 %s && { test ! -e %s || { rm -f %s; ln %s %s 2>/dev/null || cp -p %s %s; }; } && sync && mv -f %s %s"):format(new, p, old,
    p, old, p, old, new, p)
end

-- pids: processes whose program is this path, also when the file was put aside since.
local function pids_line(d)
  local p = quoted(d.path)
  return ('pids() { ls -l /proc/[0-9]*/exe 2>/dev/null | while read -r l; do case "$l" in *"/exe -> "%s|*"/exe -> "%s" (deleted)"|*"/exe -> "%s) ' ..
    'l=${l#*/proc/}; echo ${l%%%%/*};; esac; done; }'):format(p, p, quoted(d.old))
end

-- Five seconds to end by itself; a small busybox sleeps whole seconds only.
local function stop_line(d)
  return pids_line(d) .. '; p=$(pids); test -z "$p" || kill $p; i=0; while test -n "$(pids)" && test $i -lt 25; do i=$((i+1)); ' ..
    'sleep 0.2 2>/dev/null || { sleep 1; i=$((i+4)); }; done; p=$(pids); test -z "$p" || kill -9 $p'
end

local function alive_line(d)
  return pids_line(d) .. ('; test -n "$(pids)" || { echo "it has ended"; tail -n 3 %s 2>/dev/null; exit 1; }'):format(quoted(d.log))
end

local function restart_line(d)
  if d.restart == "systemd" then
    local s = quoted(d.service)
    return ("systemctl restart %s && sleep 1 && systemctl is-active %s"):format(s, s)
  elseif d.restart == "plain" then
    return ("%s; cd %s && { $(command -v setsid || command -v nohup) %s %s </dev/null >%s 2>&1 & } && sleep 1 && { %s; }"):format(stop_line(d),
      quoted(d.dir), quoted(d.path), d.args or "", quoted(d.log), alive_line(d))
  end
end

-- A check that is asked once a second until it holds.
local function until_line(d, check)
  return ("n=0; until %s; do n=$((n+1)); test $n -lt %d || exit 1; sleep 1; done"):format(check, math.max(1, math.ceil(d.health_time)))
end

-- { what it is, command line on the board }
local function health_steps(d)
  local out = {}
  if d.health then out[#out + 1] = { "health", until_line(d, ("sh -c %s"):format(quoted(d.health))) } end
  if d.health_url then out[#out + 1] = { d.health_url, until_line(d, url_check(d.health_url)) } end
  -- what was well for a moment only is not well
  local last = out[#out]
  if last and d.restart == "systemd" then last[2] = ("%s && systemctl is-active %s"):format(last[2], quoted(d.service))
  elseif last and d.restart == "plain" then last[2] = ("%s; %s"):format(last[2], alive_line(d)) end
  return out
end

local function back_line(d)
  return ("test -e %s && mv -f %s %s"):format(quoted(d.old), quoted(d.old), quoted(d.path))
end

local function away_line(d)
  local stop = d.restart == "systemd" and "systemctl stop " .. quoted(d.service) or d.restart == "plain" and stop_line(d) or ":"
  return ("{ %s; }; rm -f %s"):format(stop, quoted(d.path))
end

local function doctor_argv(d) return { "vise", "doctor", "ssh:" .. d.host, "--elf", d.file, "--json" } end

-- What is run, in order, as said by -n and at the beginning of the job.
local function steps_for(d)
  local out = { { argv = doctor_argv(d) }, { argv = { "sha256sum", "--", d.file } }, { argv = remote(d, prepare_line(d)) }, { argv = copy_argv(d) },
    { argv = remote(d, sum_line(d)) }, { argv = remote(d, switch_line(d)) } }
  local restart = restart_line(d)
  if restart then out[#out + 1] = { argv = remote(d, restart) } end
  for _, h in ipairs(health_steps(d)) do out[#out + 1] = { argv = remote(d, h[2]) } end
  out[#out + 1] = { text = ("if it is not well: %s%s"):format(back_line(d), restart and "; and restarted" or "") }
  return out
end

local function steps_of(m, _, a) return steps_for(plan_of(m, a)) end

------------------------------------------------------------------ doing it

local at                                                -- what state the board is in, for who is interrupted
function core.deploy_state() return at end

local function stage(name, state, size)
  at = state or at
  if core.job_id then core.tell(core.line("job.progress", { core.job_id }, { stage = name, size = size })) end
end

local function run(argv, more)
  local o = { cmd = argv[1], args = table.move(argv, 2, #argv, 1, {}), name = argv[1], timeout = 300 }
  for k, v in pairs(more or {}) do o[k] = v end
  local ok, r = pcall(vise.launch.run, o)
  local absent = not ok and tostring(r.msg):find("no such program", 1, true)
  if not ok and not absent then error(r, 0) end
  if absent or r.code == 127 and argv[1] ~= "ssh" then
    fail("not_found", "%s is not here; %s", argv[1], at, { next = "install " .. ((argv[1] == "scp" or argv[1] == "ssh") and "openssh-client" or argv[1]) })
  end
  return r
end

-- The last words that say something.
local function words_of(r)
  local last
  for l in (r.out .. "\n" .. r.err):gmatch("[^\r\n]+") do if l:match("%S") and not l:match("^Connection to .* closed") then last = l end end
  return last or ("it ended with %s"):format(tostring(r.code or r.signal))
end

local function reach(d, r)
  if r.code ~= 255 then return r end
  fail("lost", "%s cannot be reached: %s; %s", d.host, words_of(r), at, { next = "ssh " .. d.host .. " must work without a question" })
end

local function ask(d, line, more) return reach(d, run(remote(d, line), more)) end

-- Processor, float ABI, C library, kernel: what `vise doctor` finds bad is not copied.
local function preflight(d)
  if core.sets.check == "off" then return end
  local r = run(doctor_argv(d), { quiet = true, name = "preflight" })
  local ok, rows = pcall(core.json.decode, r.out)
  if not ok or type(rows) ~= "table" or rows.error then
    local e = ok and type(rows) == "table" and rows.error or {}
    if e.code == "lost" or r.code == 3 then fail("lost", "%s cannot be reached: %s; %s", d.host, e.why or words_of(r), at) end
    return vise.log.warn("the board could not be asked what it is: %s", e.why or words_of(r))
  end
  local bad = {}
  for _, row in ipairs(rows) do
    if row.state == "bad" then bad[#bad + 1] = ("%s: %s"):format(row.what, row.text) end
  end
  if #bad > 0 then
    fail("wrong_image", "%s does not run on %s: %s", d.file, d.host, table.concat(bad, "; "),
      { verdict = true, next = "nothing was touched; --set check=off copies it all the same" })
  end
end

local function own_sum(d)
  local r = run({ "sha256sum", "--", d.file }, { quiet = true })
  return r.out:match("^\\?(%x+)") or fail("not_found", "%s cannot be read: %s", d.file, words_of(r))
end

local function size_of(d)
  local r = run({ "stat", "-Lc", "%s", "--", d.file }, { quiet = true })
  return math.tointeger(tonumber(r.out:match("%d+"))) or 0
end

-- sudo and doas ask for a password, or may not; or neither is there.
local function refused(d, r)
  local words = words_of(r)
  if d.sudo and words:find("not found", 1, true) then
    fail("not_found", "%s has no sudo and no doas; %s", d.host, at, { next = "log in as root: --set sudo=off --set host=root@..." })
  elseif d.sudo and (words:find("sudo", 1, true) or words:find("doas", 1, true)) then
    fail("denied", "%s: %s; %s", d.host, words, at, { next = "let it do so without a password (sudoers: NOPASSWD, doas.conf: nopass), " ..
      "or log in as root" })
  end
  fail("tool_failed", "%s: %s; %s", d.host, words, at)
end

local function prepare(d)
  local r = ask(d, prepare_line(d), { quiet = true })
  if r.code == 71 then fail("not_found", "%s has no folder %s; %s", d.host, d.dir, at, { next = "mkdir it there, or say --set dir=DIR" }) end
  if r.code == 72 then
    fail("denied", "%s may not be written on %s; %s", d.dir, d.host, at, { next = "--set dir=DIR, another user, or --set sudo=on" })
  end
  if r.code == 73 then
    fail("not_found", "%s has no curl, wget or nc that could ask %s; %s", d.host, d.health_url, at,
      { next = "install one there, or give another check: --set health_url= --set health=COMMAND" })
  end
  if r.code ~= 0 then refused(d, r) end
  local free, size = tonumber(r.out:match("free (%d+)")), size_of(d)
  -- the new one, and the old one where it cannot have two names
  if free and size > 0 and free * 1024 < size + 65536 then
    fail("io", "no room on %s: %d KiB are free in %s, %d are needed; %s", d.host, math.tointeger(free), d.dir, size // 1024 + 64, at)
  end
  return size
end

-- Takes away what came. true: there is no room on the board.
local function clean(d)
  local r = run(remote(d, ("df -Pk %s | tail -n 1; rm -f %s %s"):format(quoted(d.dir), quoted(d.new), d.sudo and quoted(d.upload) or "")),
    { quiet = true, timeout = 20 })
  local free = tonumber(r.out:match("^%S+%s+%d+%s+%d+%s+(%d+)"))
  return free ~= nil and free < 64
end

-- A board with dropbear has no sftp server: then the protocol of old. Over a connection that is shared scp only sees it closed.
local function no_sftp(text)
  return text:find("sftp", 1, true) or text:find("subsystem", 1, true) or text:find("Connection closed", 1, true) and not text:find("%d%%")
end

local function copy(d, size)
  stage("write", nil, size)
  -- what scp shows it shows a terminal only
  local r = run(copy_argv(d), { pty = d.copy == "scp", timeout = 3600 })
  local text = r.out .. r.err
  if r.code ~= 0 and d.copy == "scp" and no_sftp(text) then
    r = run(copy_argv(d, true), { pty = true, timeout = 3600 })
    text = r.out .. r.err
  end
  if r.code == 0 then return end
  local ok, none = pcall(clean, d)                      -- sftp itself says "failure" alone
  local full = text:lower():find("no space left", 1, true) or ok and none
  local why = full and "no room is left on the board" or words_of(r)
  fail(full and "io" or "lost", "copying to %s failed: %s; %s", d.host, why, at,
    { next = full and "make room there" or "what came is under another name; copy it again when the link is well" })
end

local function compare(d, want)
  stage "verify"
  local r = ask(d, sum_line(d), { quiet = true })
  local have = r.out:match("%f[%x](%x+)%f[%X]")
  if have and #have == 64 and have == want then return end
  pcall(clean, d)
  if not have then fail("tool_failed", "%s has no sha256sum that could compare: %s; %s", d.host, words_of(r), at) end
  fail("verify", "what arrived on %s is not what was sent: sha256 %s, not %s; %s", d.host, have:sub(1, 16), want:sub(1, 16), at)
end

------------------------------------------------------------------ well, or back

local function health(d, con)
  for _, h in ipairs(health_steps(d)) do
    stage("health")
    local r = ask(d, h[2], { timeout = d.health_time * 5 + 60, name = "health" })
    if r.code ~= 0 then return ("%s: %s"):format(h[1], words_of(r)) end
  end
  if con then
    local m, err = core.try(con.expect, con, d.health_console, { timeout = d.health_time })
    if not m then return ("the console did not say %q: %s"):format(d.health_console, tostring(err.msg)) end
  end
end

local function restart(d)
  local line = restart_line(d)
  if not line then return end
  stage("restart")
  local r = ask(d, line, { timeout = 120, name = "restart" })
  if r.code ~= 0 then return ("restart: %s"):format(words_of(r)) end
end

-- The one before it gets its place and is restarted; without one nothing is left running.
local function roll_back(d, why, had)
  stage("roll back")
  if not had then
    local r = ask(d, away_line(d), { timeout = 60, name = "roll back" })
    fail("verify", "%s is not well: %s; %s", d.name, why, r.code == 0 and "there was none before it: it is stopped and removed" or
      "there was none before it, and it could not be removed: " .. words_of(r))
  end
  local r = ask(d, back_line(d), { timeout = 60, name = "roll back" })
  if r.code ~= 0 then
    fail("verify", "%s is not well: %s; ROLLING BACK FAILED too: %s", d.name, why, words_of(r), { next = ("on the board: %s"):format(back_line(d)) })
  end
  at = "the previous program is in its place again"
  local still = restart(d)
  fail("verify", "%s is not well: %s; rolled back: %s", d.name, why, still and
    ("the previous program is in its place, but it does not start either: %s"):format(still) or
    d.restart == "none" and at or "the previous program is in its place and runs")
end

local function say_steps(d)
  for _, step in ipairs(steps_for(d)) do
    local w = {}
    for i, x in ipairs(step.argv or {}) do w[i] = quoted(x) end
    core.say(step.argv and "$ " .. table.concat(w, " ") or "# " .. step.text)
  end
end

-- One connection for all that follows: a small board takes a second for each login. Who cannot have it logs in again.
local function connect(d)
  local run_dir = os.getenv("XDG_RUNTIME_DIR")
  local path = run_dir and ("%s/vise/ssh-%s"):format(run_dir, tostring(core.job_id or 0))
  if not path or #path > 80 or path:find("[%s%%\"']") then return nil end
  d.link = path
  return vise.launch.start { cmd = "ssh", args = append({ "-N", "-o", "ControlMaster=yes" }, ssh_words(d), d.host), quiet = true, name = "ssh" }
end

local function deploy(m, _, a)
  local d = plan_of(m, a)
  local link <close> = connect(d)
  at = ("%s runs what it ran"):format(d.host)
  say_steps(d)
  preflight(d)
  local sum = own_sum(d)
  local size = prepare(d)
  local con = d.health_console and vise.console.get()
  local copied = false
  -- one that is interrupted leaves nothing half
  local guard <close> = setmetatable({}, { __close = function() if not copied then pcall(clean, d) end end })
  copy(d, size)
  compare(d, sum)
  if con then con:flush() end
  stage("switch", ("what %s runs is in doubt: the new program may be in its place, the old one is %s"):format(d.host, d.old))
  local r = ask(d, ("rm -f %s; %s && test ! -e %s || echo had"):format(quoted(d.old), switch_line(d), quoted(d.old)))
  local had = r.out:find("had", 1, true) ~= nil
  if r.code ~= 0 then fail("tool_failed", "%s could not take the place of the old program: %s; %s", d.name, words_of(r), at) end
  copied = true
  at = ("the new program is in its place on %s%s"):format(d.host, had and ", the old one is " .. d.old or "")
  local why = restart(d) or health(d, con)
  if why then roll_back(d, why, had) end
  core.say(("%s: %s, %s%s"):format(d.host, d.path, d.restart == "none" and "in its place" or "restarted",
    (d.health or d.health_url or d.health_console) and " and well" or ""))
end

methods.ssh = {
  package = "openssh-client", fields = fields, steps = steps_of, run = deploy,
  reset = function(m, _, a)
    a.file = a.file or "program"
    return remote(plan_of(m, a), "systemctl reboot || reboot")
  end,
}
