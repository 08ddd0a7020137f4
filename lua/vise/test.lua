-- test.lua - the object `t` that a workflow gets: steps, verdicts, measurements.
local core, vise = ...
local fail = vise.fail

local Test = {}
core.Test = core.lazy(Test, { row = "table", progress = "table", use = "runner", soft = "runner", attach = "runner" })
local SKIP = {}                                         -- raised by t:skip, known to the runners
core.SKIP = SKIP

function Test.__index(t, k)
  if k == "console" then                                -- got when first asked for: a workflow may need none
    local con = vise.console.get()
    rawset(t, k, con)
    return con
  end
  return Test[k]
end

function core.test(id, params, board)
  return setmetatable({ id = id, params = params, board = board, steps = 0, failed = nil, depth = 0 }, Test)
end

-- t:step(name, [{ timeout },] fn, ...): runs fn, prints how it went, gives its results. Waits.
function Test:step(name, fn, ...)
  if type(fn) == "table" then
    local opt, inner = core.options("t:step", fn, { timeout = true }), ...
    if type(inner) ~= "function" then fail("usage", "t:step needs a name and a function") end
    return self:step(name, vise.timeout, opt.timeout or 1e9, ...)
  end
  if type(name) ~= "string" or type(fn) ~= "function" then fail("usage", "t:step needs a name and a function") end
  local began = core.now()
  self.depth = self.depth + 1
  if core.job_id then core.tell(core.line("job.progress", { core.job_id }, { stage = name })) end
  local r = table.pack(xpcall(fn, core.handler, ...))
  self.depth = self.depth - 1
  self.steps = self.steps + 1
  local spent = core.now() - began
  local ok = r[1] or (type(r[2]) == "table" and r[2].skip == SKIP)
  core.say(("%-6s %2d %-40s %s"):format(ok and "ok" or "not ok", self.steps, name, core.span(spent)),
    { type = "step", workflow = self.id, n = self.steps, name = name, result = ok and "ok" or "not ok",
      ms = math.floor(spent * 1000 + 0.5) })
  core.event("info", ("%s: step %d %s: %s"):format(self.id, self.steps, name, ok and "ok" or "not ok"))
  if not r[1] then error(r[2], 0) end
  return table.unpack(r, 2, r.n)
end

-- t:fail(code, fmt, ...): a verdict; the exit status is 1 whatever the word.
function Test:fail(code, fmt, ...)
  if type(code) ~= "string" or type(fmt) ~= "string" then fail("usage", "t:fail(code, format, ...) takes two texts") end
  core.fail(code, fmt:format(...), { verdict = true })
end

local function show(v)
  return type(v) == "string" and ("%q"):format(v) or tostring(v)
end

function Test:eq(got, want, msg)
  if got ~= want then self:fail("verify", "%s%s is not %s", msg and (msg .. ": ") or "", show(got), show(want)) end
end

function Test:ok(v, msg)
  if not v then self:fail("verify", "%s", msg or ("a condition is " .. tostring(v))) end
  return v
end

function Test:match(s, p)
  if type(p) ~= "string" and type(p) ~= "userdata" then fail("usage", "t:match: text or a vise.rx is needed, not a %s", type(p)) end
  local hit = type(p) == "userdata" and p:match(tostring(s)) or type(p) == "string" and tostring(s):find(p, 1, true)
  if not hit and type(p) == "string" then
    self:fail("verify", "%s does not contain %s%s", show(s), show(p), p:find "[%%^$*+?%[]" and "; text is literal, a pattern is vise.rx[[...]]" or "")
  end
  if not hit then self:fail("verify", "%s does not match %s", show(s), show(p)) end
  return hit
end

function Test:near(got, want, eps)
  if type(want) ~= "number" or type(eps) ~= "number" then fail("usage", "t:near(got, want, eps) takes numbers") end
  if type(got) ~= "number" or math.abs(got - want) > eps then
    self:fail("verify", "%s is not within %s of %s", tostring(got), tostring(eps), tostring(want))
  end
end

-- t:raises(code, fn): fn must fail so.
function Test:raises(code, fn, ...)
  local ok, err = pcall(fn, ...)
  if ok then self:fail("verify", "%s was expected, and nothing failed", code) end
  if type(err) ~= "table" or err.code ~= code then
    self:fail("verify", "%s was expected, not %s", code, tostring(err))
  end
  return err
end

function Test:skip(why)
  if type(self) ~= "table" then fail("usage", "t:skip: call it with a colon") end
  core.fail("skipped", tostring(why or "no reason given"), { skip = SKIP })
end

-- t:measure(name, value, { unit, min, max, at }): recorded; outside of min and max it is a verdict.
function Test:measure(name, value, opt)
  opt = core.options("t:measure", opt, { unit = true, min = true, max = true, at = true })
  if (opt.min ~= nil or opt.max ~= nil) and type(value) ~= "number" then
    fail("usage", "t:measure: %s = %s is no number that min and max could hold", tostring(name), tostring(value))
  end
  local text = ("%s = %s%s"):format(tostring(name), tostring(value), opt.unit and (" " .. opt.unit) or "")
  core.say("       " .. text, { type = "measure", workflow = self.id, name = name, value = value, unit = opt.unit, at = opt.at })
  core.event("info", ("%s: %s"):format(self.id, text))
  if (opt.min and value < opt.min) or (opt.max and value > opt.max) then
    self:fail("verify", "%s %s", text, core.beyond(opt))
  end
end

------------------------------------------------------------------ running one workflow

-- Runs a workflow in a task of its own and prints the last line. Gives the exit status. Waits.
function core.run_workflow(w, params, board)
  local t = core.test(w.id, params, board)
  local began = core.now()
  t.columns, t.rows = w.columns, {}
  local task = core.spawn(w.id, w.run, t)
  local limit = w.timeout and core.seconds(w.id, w.timeout)
  local ok, err
  if limit and not core.await_any({ task }, limit) then
    task:cancel("the workflow's time is over")
    pcall(task.await, task)
    ok, err = pcall(fail, "timeout", "not done within %g s", limit)
  else
    ok, err = pcall(task.await, task)
  end
  local spent = core.now() - began
  local record = { type = "end", workflow = w.id, steps = t.steps, ms = math.floor(spent * 1000 + 0.5) }
  if #t.rows > 0 then record.rows = t.rows end
  core.show_rows(t)
  if ok or (type(err) == "table" and err.skip == SKIP) then
    record.result = ok and "pass" or "skip"
    record.why = not ok and err.msg or nil
    core.say(ok and ("%s: PASS in %d step%s, %s"):format(w.id, t.steps, t.steps == 1 and "" or "s", core.span(spent))
      or ("%s: SKIP: %s"):format(w.id, err.msg), record)
    return 0, not ok and err or nil
  end
  local status = core.status(err)
  record.result = status == 1 and "fail" or "error"
  record.error = { code = err.code, what = w.id, why = tostring(err.msg), next = err.next or "", where = err.where,
    cause = core.told(err.cause) }
  core.say(("%s: FAIL: %s: %s%s"):format(w.id, err.code, tostring(err.msg), err.next and ("; " .. err.next) or ""), record)
  core.event("error", ("%s: %s: %s"):format(w.id, err.code, tostring(err.msg)))
  if status == 7 or err.cause then core.complain(w.id, err) end
  return status, err
end
