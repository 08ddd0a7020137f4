-- table.lua - the rows that a workflow comes to: as a table for people, as CSV, as records.
local core, vise = ...
local fail = vise.fail

local Test = core.Test

local function is_column(c)
  return type(c) == "string" or (type(c) == "table" and type(c.name) == "string" and (c.unit == nil or type(c.unit) == "string"))
end

function core.check_columns(call, columns)
  if columns == nil then return end
  if type(columns) ~= "table" then fail("usage", "%s: columns is a list of names or { name, unit }", call) end
  for i, c in ipairs(columns) do
    if not is_column(c) then fail("usage", "%s: columns[%d] is a name or { name =, unit = }", call, i) end
    if type(c) == "string" then columns[i] = { name = c } end
  end
end

-- t:row{ column = value }: one row of the result.
function Test:row(values)
  if type(values) ~= "table" then fail("usage", "t:row takes a table of column = value") end
  if not self.columns then fail("usage", "t:row: the workflow declares no columns") end
  local known = {}
  for _, c in ipairs(self.columns) do known[c.name] = true end
  for k in pairs(values) do
    if not known[k] then fail("usage", "t:row: no column named %q", tostring(k)) end
  end
  self.rows[#self.rows + 1] = values
  if core.json_lines then core.say("", { type = "row", workflow = self.id, values = values }) end
  core.event("info", ("%s: row %d: %s"):format(self.id, #self.rows, core.json.encode(values)))
end

-- t:progress(done, total, text): how far it is. Seen in the Jobs pane and as a record.
function Test:progress(done, total, text)
  if type(done) ~= "number" or type(total) ~= "number" or total <= 0 then fail("usage", "t:progress(done, total, [text]) takes two numbers") end
  local percent = math.floor(math.max(0, math.min(1, done / total)) * 100)
  if core.job_id then
    core.tell(core.line("job.progress", { core.job_id }, { percent = percent, stage = text or self.id }))
  end
  if core.json_lines then
    core.say("", { type = "progress", workflow = self.id, done = done, total = total, text = text })
  end
end

local function cell(v)
  if v == nil then return "" end
  if math.type(v) == "float" then
    if v ~= v or v == math.huge or v == -math.huge then return "" end
    return (("%.6g"):format(v))
  end
  return tostring(v)
end

local function csv_cell(s)
  return s:find('[",\r\n]') and '"' .. s:gsub('"', '""') .. '"' or s
end

local function title(c) return c.unit and ("%s [%s]"):format(c.name, c.unit) or c.name end

function core.csv(columns, rows)
  local out, line = {}, {}
  for i, c in ipairs(columns) do line[i] = csv_cell(title(c)) end
  out[1] = table.concat(line, ",")
  for _, row in ipairs(rows) do
    for i, c in ipairs(columns) do line[i] = csv_cell(cell(row[c.name])) end
    out[#out + 1] = table.concat(line, ",")
  end
  return table.concat(out, "\n")
end

-- Numbers stand to the right, words to the left.
function core.table_text(columns, rows)
  local width, number, out = {}, {}, {}
  for i, c in ipairs(columns) do
    width[i], number[i] = utf8.len(title(c)) or #title(c), true
    for _, row in ipairs(rows) do
      local s = cell(row[c.name])
      width[i] = math.max(width[i], utf8.len(s) or #s)
      number[i] = number[i] and (row[c.name] == nil or type(row[c.name]) == "number")
    end
  end
  local function line(get)
    local parts = {}
    for i, c in ipairs(columns) do
      local s = get(c)
      local pad = (" "):rep(width[i] - (utf8.len(s) or #s))
      parts[i] = number[i] and pad .. s or s .. pad
    end
    out[#out + 1] = (table.concat(parts, "  "):gsub("%s+$", ""))
  end
  line(title)
  for _, row in ipairs(rows) do line(function(c) return cell(row[c.name]) end) end
  return table.concat(out, "\n")
end

-- At the end of a workflow, however it ended.
function core.show_rows(t)
  if not t.columns or #t.rows == 0 then return end
  if core.csv_only then return core.out(core.csv(t.columns, t.rows)) end
  if core.tests_run then core.say(core.table_text(t.columns, t.rows), { type = "table" })
  elseif not core.json_lines then core.out(core.table_text(t.columns, t.rows)) end
end
