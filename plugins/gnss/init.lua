-- gnss: position from NMEA sentences (NMEA 0183: GGA, RMC, with checksum) and from modems with a
-- receiver (SIMCom AT+CGNSINF, Quectel AT+QGPSLOC=2).
local vise = require "vise"

local FIX = { [0] = "no fix", "GNSS", "differential", "PPS", "RTK", "RTK float", "estimated", "manual", "simulated" }

-- "$GNGGA,...*45": its fields, or nil and why
local function sentence(line)
  local body, check = line:match("^%$([^*$]+)%*(%x%x)%s*$")
  if not body then return nil, "no sentence" end
  local sum = 0
  for i = 1, #body do sum = sum ~ body:byte(i) end
  if sum ~= tonumber(check, 16) then return nil, "checksum" end
  local f = {}
  for v in (body .. ","):gmatch("([^,]*),") do f[#f + 1] = v end
  return f
end

-- ddmm.mmmm and N S E W
local function degrees(v, half)
  local d, m = v:match("^(%d+)(%d%d%.?%d*)$")
  if not d then return nil end
  local x = tonumber(d) + tonumber(m) / 60
  return (half == "S" or half == "W") and -x or x
end

local function gga(f, got)
  got.fix = math.tointeger(tonumber(f[7])) or 0
  got.satellites, got.hdop = math.tointeger(tonumber(f[8])), tonumber(f[9])
  if got.fix > 0 then
    got.lat, got.lon, got.altitude = degrees(f[3], f[4]), degrees(f[5], f[6]), tonumber(f[10])
    got.time = f[2]:sub(1, 2) .. ":" .. f[2]:sub(3, 4) .. ":" .. f[2]:sub(5, 6) .. " UTC"
  end
end

local result = {
  { name = "fix", words = function(v) return FIX[v] or "?" end },
  { name = "lat", label = "latitude", unit = "deg", format = "%.6f" }, { name = "lon", label = "longitude", unit = "deg", format = "%.6f" },
  { name = "altitude", unit = "m", format = "%.1f" }, { name = "speed", unit = "km/h", format = "%.1f" },
  { name = "satellites", bar = { 0, 16 } }, { name = "hdop", words = function(v) return v <= 1 and "ideal" or v <= 2 and "excellent" or v <= 5 and "good" or "poor" end },
  { name = "time" }, { name = "sentences" }, { name = "bad", label = "bad checksums" },
}

local function verdict(v) return (v.fix or 0) > 0 and "fix" or "no fix" end

vise.macro {
  id = "gnss-fix", title = "Position from NMEA", keys = "n f", limit = 60,
  doc = "Listens for GGA and RMC; sentences whose checksum is wrong are counted and not used.",
  params = { wait = { type = "duration", default = "5s", doc = "how long to listen for a fix" } },
  run = function(ctx)
    local con, got = ctx.console, { sentences = 0, bad = 0 }
    local finish = vise.now() + ctx.params.wait
    while vise.now() < finish and not ((got.fix or 0) > 0 and got.speed) do
      local ok, line = pcall(con.read_line, con, { timeout = math.max(0.05, finish - vise.now()) })
      if not ok and line.code ~= "timeout" then error(line, 0) end
      local f, why = sentence(ok and line or "")
      if f then
        got.sentences = got.sentences + 1
        if f[1]:sub(3) == "GGA" then gga(f, got) end
        if f[1]:sub(3) == "RMC" and f[3] == "A" then got.speed = (tonumber(f[8]) or 0) * 1.852 end
      elseif why == "checksum" then
        got.bad = got.bad + 1
      end
    end
    if got.sentences == 0 then
      vise.fail("verify", got.bad > 0 and "every sentence has a wrong checksum: speed or wiring?" or "no NMEA sentence came", { verdict = true })
    end
    if not got.fix or got.fix == 0 then vise.fail("verify", "%d sentences, no fix: antenna, sky, time", got.sentences, { verdict = true }) end
    return got
  end,
  result = result, verdict = verdict,
}

-- +CGNSINF: run,fix,yyyymmddhhmmss,lat,lon,alt,speed,course,mode,,hdop,...
vise.macro {
  id = "gnss-simcom", title = "Position (SIMCom)", keys = "n s",
  run = function(ctx)
    ctx.console:try_at("AT+CGNSPWR=1")
    local line = ctx.console:at("AT+CGNSINF", { prefix = "+CGNSINF:" })[1] or ""
    local f = {}
    for v in (line .. ","):gmatch("([^,]*),") do f[#f + 1] = v end
    if f[2] ~= "1" then vise.fail("verify", "no fix yet (%s satellites in view)", f[15] ~= "" and f[15] or "no", { verdict = true }) end
    return { fix = 1, lat = tonumber(f[4]), lon = tonumber(f[5]), altitude = tonumber(f[6]), speed = tonumber(f[7]), hdop = tonumber(f[11]),
      satellites = math.tointeger(tonumber(f[16])), time = f[3]:gsub("^%d%d%d%d%d%d%d%d(%d%d)(%d%d)(%d%d).*", "%1:%2:%3 UTC") }
  end,
  result = result, verdict = verdict,
}

-- +QGPSLOC: utc,lat,lon,hdop,alt,fix,cog,spkm,spkn,date,nsat
vise.macro {
  id = "gnss-quectel", title = "Position (Quectel)", keys = "n q",
  run = function(ctx)
    ctx.console:try_at("AT+QGPS=1")
    local lines, err = ctx.console:try_at("AT+QGPSLOC=2", { prefix = "+QGPSLOC:" })
    if not lines then vise.fail("verify", "no fix: %s (516: not yet)", tostring(err.msg), { verdict = true }) end
    local f = {}
    for v in (lines[1] .. ","):gmatch("([^,]*),") do f[#f + 1] = v end
    return { fix = 1, lat = tonumber(f[2]), lon = tonumber(f[3]), hdop = tonumber(f[4]), altitude = tonumber(f[5]), speed = tonumber(f[8]),
      satellites = math.tointeger(tonumber(f[11])), time = f[1]:sub(1, 2) .. ":" .. f[1]:sub(3, 4) .. ":" .. f[1]:sub(5, 6) .. " UTC" }
  end,
  result = result, verdict = verdict,
}
