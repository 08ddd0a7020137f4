-- simcom: SIMCom and Quectel modems, as far as 3GPP TS 27.007 and 27.005 go, and a little beyond.
local vise = require "vise"

local function dbm(rssi)                                -- TS 27.007 8.5
  local n = tonumber(rssi)
  if n == nil or n == 99 then return nil end
  return n <= 31 and -113 + 2 * n or n - 216            -- 100..191: UTRA
end

local function quality(v)
  if v == nil then return "no signal" end
  return v >= -73 and "good" or v >= -83 and "fair" or v >= -93 and "weak" or "poor"
end

local BER = { ["0"] = "below 0.2 %", ["1"] = "0.2 to 0.4 %", ["2"] = "0.4 to 0.8 %", ["3"] = "0.8 to 1.6 %", ["4"] = "1.6 to 3.2 %",
  ["5"] = "3.2 to 6.4 %", ["6"] = "6.4 to 12.8 %", ["7"] = "over 12.8 %", ["99"] = "not known" }
local STATES = { ["0"] = "not registered, not searching", ["1"] = "registered, home", ["2"] = "searching", ["3"] = "denied",
  ["4"] = "unknown", ["5"] = "registered, roaming", ["6"] = "home, SMS only", ["7"] = "roaming, SMS only", ["8"] = "emergency only" }
local RADIO = { ["0"] = "GSM", ["2"] = "UTRAN", ["3"] = "GSM EGPRS", ["4"] = "HSDPA", ["5"] = "HSUPA", ["6"] = "HSPA", ["7"] = "LTE",
  ["8"] = "EC-GSM-IoT", ["9"] = "NB-IoT", ["10"] = "LTE to 5GC", ["11"] = "NR", ["12"] = "NR to 5GC" }

vise.macro {
  id = "sim-csq", title = "Signal quality", keys = "s s",
  steps = { { at = "AT+CSQ", prefix = "+CSQ:", match = vise.rx[[\+CSQ: (?<rssi>\d+),(?<ber>\d+)]], timeout = 2 } },
  result = { { name = "rssi", unit = "dBm", value = dbm, words = quality, bar = { -113, -51 } },
    { name = "ber", value = function(v) return BER[v] or v end } },
  verdict = function(v) return quality(dbm(v.rssi)) end,
}

vise.macro {
  id = "sim-card", title = "SIM card", keys = "s i",
  steps = {
    { at = "AT+CMEE=1", optional = true },
    { at = "AT+CPIN?", prefix = "+CPIN:", save = "pin", why = "the SIM is not usable" },
    { at = "AT+CCID", prefix = "+CCID:", save = "iccid", optional = true,
      on_error = { { at = "AT+QCCID", prefix = "+QCCID:", save = "iccid", optional = true } } },
    { at = "AT+CIMI", match = vise.rx[[^(?<imsi>\d{6,15})$]], optional = true },
  },
  result = { { name = "pin", label = "PIN", words = { READY = "unlocked", ["SIM PIN"] = "wants its PIN", ["SIM PUK"] = "wants its PUK" } },
    { name = "iccid", value = function(v) return v end }, { name = "imsi", value = function(v) return v end } },
}

local function registration(id, title, keys, command, prefix)
  vise.macro {
    id = id, title = title, keys = keys,
    steps = { { at = command, prefix = prefix, save = "line", why = "the modem gives no registration" },
      { call = function(v)
        local stat, rest = v.line:match("^%d+,(%d+)(.*)")
        local lac, ci, act = (rest or ""):match('^,"?(%x*)"?,"?(%x*)"?,?(%d*)')
        return { stat = stat or "4", lac = lac ~= "" and lac or nil, ci = ci ~= "" and ci or nil, act = act ~= "" and act or nil }
      end, keeps = { "stat", "lac", "ci", "act" }, name = "read it" },
      { check = function(v) return v.stat == "1" or v.stat == "5" or v.stat == "6" or v.stat == "7" end,
        why = "not registered (state {stat})" } },
    result = { { name = "stat", label = "state", value = function(v) return STATES[v] or v end }, { name = "lac", label = "area" },
      { name = "ci", label = "cell" }, { name = "act", label = "radio", value = function(v) return RADIO[v] or v end } },
    verdict = function(v) return STATES[v.stat] end,
  }
end
registration("sim-registration", "Registration (2G/3G)", "s r", "AT+CREG?", "+CREG:")
registration("sim-registration-lte", "Registration (LTE)", "s e", "AT+CEREG?", "+CEREG:")

vise.macro {
  id = "sim-operator", title = "Operator", keys = "s o",
  steps = { { at = "AT+COPS?", match = vise.rx[[\+COPS: (?<mode>\d)(,\d,"(?<name>[^"]*)"(,(?<act>\d+))?)?]] },
    { check = "name", why = "no operator is selected" } },
  result = { { name = "name", label = "operator" }, { name = "act", label = "radio", value = function(v) return RADIO[v] or v end },
    { name = "mode", words = { ["0"] = "automatic", ["1"] = "manual", ["2"] = "deregistered", ["4"] = "manual, else automatic" } } },
}

vise.macro {
  id = "sim-operators", title = "Scan for operators (minutes)", keys = "s O", limit = 240,
  steps = { { at = "AT+COPS=?", prefix = "+COPS:", save = "list", timeout = 200 },
    { call = function(v)
      local names, n = {}, 0
      for stat, name in v.list:gmatch('%((%d),"([^"]*)"') do
        n = n + 1
        names[n] = name .. (stat == "2" and " (current)" or stat == "3" and " (forbidden)" or "")
      end
      return { count = n, names = table.concat(names, ", ") }
    end, keeps = { "count", "names" }, name = "read them" } },
  result = { { name = "count", label = "networks" }, { name = "names" } },
}

vise.macro {
  id = "sim-identity", title = "IMEI, model, firmware", keys = "s m",
  steps = { { at = "AT+CGSN", match = vise.rx[[(?<imei>\d{14,16})]], on_error = { { at = "AT+GSN", match = vise.rx[[(?<imei>\d{14,16})]] } } },
    { at = "AT+CGMM", match = vise.rx[[(?<model>[A-Za-z][\w -]+)$]], optional = true },
    { at = "AT+CGMR", match = vise.rx[[(\+CGMR: )?(?<firmware>\w.*)$]], optional = true } },
  result = { { name = "imei", label = "IMEI", value = function(v) return v end }, { name = "model" }, { name = "firmware" } },
}

vise.macro {
  id = "sim-sms", title = "Send an SMS", keys = "s t",
  params = { to = { type = "text", doc = "number, such as +491701234567" }, text = { type = "text", doc = "at most 160 characters" } },
  steps = {
    { check = function(v) return #v.text <= 160 and v.to:match("^%+?%d+$") end, why = "the number is digits, the text at most 160 characters" },
    { at = "AT+CMGF=1" },
    { at = 'AT+CMGS="{to}"', data = "{text}", match = vise.rx[[\+CMGS: (?<reference>\d+)]], timeout = 60, why = "not sent" },
  },
  result = { { name = "to" }, { name = "reference" } },
}

vise.macro {
  id = "sim-inbox", title = "Messages in the inbox", keys = "s l",
  run = function(ctx)
    ctx.console:at("AT+CMGF=1")
    local n, last, from = 0, nil, nil
    for _, l in ipairs((ctx.console:at('AT+CMGL="ALL"', { timeout = 20 }))) do
      local who = l:match('^%+CMGL: %d+,"[^"]*","([^"]*)"')
      if who then n, from = n + 1, who else last = l end
    end
    return { count = n, from = from, last = last }
  end,
  result = { { name = "count", label = "messages" }, { name = "from", label = "newest from", value = function(v) return v end }, { name = "last", label = "text" } },
}

vise.macro {
  id = "sim-pdp", title = "Data connection (PDP)", keys = "s p",
  params = { apn = { type = "text", doc = "access point name of the operator" } },
  steps = {
    { at = 'AT+CGDCONT=1,"IP","{apn}"' },
    { at = "AT+CGATT?", prefix = "+CGATT:", save = "attached" },
    { when = "attached ~= 1", steps = { { at = "AT+CGATT=1", timeout = 75, why = "could not attach" } }, name = "attached?" },
    { at = "AT+CGACT=1,1", timeout = 150, why = "could not activate the context" },
    { at = "AT+CGPADDR=1", match = vise.rx[[\+CGPADDR: 1,"?(?<ip>[0-9.]+)]] },
  },
  result = { { name = "apn", label = "APN" }, { name = "ip", label = "address" } },
}
