-- esp-at: Espressif's AT firmware (ESP32, ESP8266). Commands: docs.espressif.com/projects/esp-at.
local vise = require "vise"

local EOL = "crlf"                                      -- ESP-AT wants CR LF

local function signal(dbm)
  return dbm >= -55 and "excellent" or dbm >= -67 and "good" or dbm >= -78 and "fair" or "weak"
end

vise.macro {
  id = "esp-version", title = "ESP-AT version", keys = "e v",
  steps = { { at = "AT+GMR", eol = EOL, match = vise.rx[[AT version:(?<at>[^ (]+)]] },
    { at = "AT+GMR", eol = EOL, match = vise.rx[[SDK version:(?<sdk>.+)]] } },
  result = { { name = "at", label = "AT firmware", words = function(v)
    return vise.semver.ge(tostring(v), "2.0.0") and "" or "older than 2.0" end }, { name = "sdk", label = "ESP-IDF" } },
}

-- +CWLAP:(3,"bench",-48,"c0:ff:ee:00:11:22",6)
local SECURITY = { [0] = "open", "WEP", "WPA", "WPA2", "WPA/WPA2", "enterprise", "WPA3", "WPA2/WPA3" }

vise.macro {
  id = "esp-scan", title = "WiFi networks", keys = "e s",
  doc = "AT+CWMODE=1, AT+CWLAP: the strongest network and how many there are.",
  run = function(ctx)
    local con = ctx.console
    con:at("AT+CWMODE=1", { eol = EOL })
    local list = {}
    for _, l in ipairs((con:at("AT+CWLAP", { eol = EOL, timeout = 20 }))) do
      local sec, name, rssi, channel = l:match('^%+CWLAP:%((%d+),"([^"]*)",(%-?%d+),"[^"]*",(%d+)')
      if sec then list[#list + 1] = { name = name, rssi = tonumber(rssi), sec = SECURITY[tonumber(sec)] or "?", channel = channel } end
    end
    table.sort(list, function(a, b) return a.rssi > b.rssi end)
    if #list == 0 then vise.fail("verify", "no network in reach; is the antenna on?", { verdict = true }) end
    local all = {}
    for i, n in ipairs(list) do all[i] = ("%s %d dBm ch %s %s"):format(n.name, n.rssi, n.channel, n.sec) end
    return { count = #list, best = list[1].name, rssi = list[1].rssi, channel = list[1].channel, all = table.concat(all, "; ") }
  end,
  result = { { name = "count", label = "networks" }, { name = "best", label = "strongest" },
    { name = "rssi", label = "signal", unit = "dBm", bar = { -95, -40 }, words = signal }, { name = "channel" },
    { name = "all" } },
}

vise.macro {
  id = "esp-join", title = "Join a WiFi network", keys = "e j",
  params = { ssid = { type = "text", doc = "name of the network" }, password = { type = "text", doc = "its password, empty: open", default = "" } },
  steps = {
    { at = "AT+CWMODE=1", eol = EOL },
    { at = 'AT+CWJAP="{ssid}","{password}"', eol = EOL, timeout = 20,
      why = "could not join (+CWJAP:1 time-out, 2 wrong password, 3 no such network, 4 refused)" },
    { at = "AT+CIFSR", eol = EOL, match = vise.rx[[STAIP,"(?<ip>[0-9.]+)"]] },
  },
  result = { { name = "ssid", label = "network" }, { name = "ip", label = "address" } },
}

vise.macro {
  id = "esp-ip", title = "IP address", keys = "e i",
  steps = { { at = "AT+CIFSR", eol = EOL, match = vise.rx[[STAIP,"(?<ip>[0-9.]+)"]] },
    { at = "AT+CIFSR", eol = EOL, match = vise.rx[[STAMAC,"(?<mac>[0-9a-f:]+)"]], optional = true } },
  result = { { name = "ip", label = "address", words = { ["0.0.0.0"] = "not joined" } }, { name = "mac" } },
}

vise.macro {
  id = "esp-tcp", title = "Send text over TCP", keys = "e t",
  doc = "CIPSTART, CIPSEND with its prompt and count, wait for an answer (+IPD), CIPCLOSE.",
  params = { host = { type = "text", doc = "name or address" }, port = { type = "int", min = 1, max = 65535, default = 80 },
    text = { type = "text", doc = "what to send" } },
  steps = {
    { set = { n = function(v) return #v.text end } },
    { at = "AT+CIPMUX=0", eol = EOL },
    { at = 'AT+CIPSTART="TCP","{host}",{port}', eol = EOL, timeout = 20, why = "no connection" },
    { at = "AT+CIPSEND={n}", eol = EOL, data = "{text}", raw = true, timeout = 10 },
    { expect = vise.rx[[\+IPD,(?<got>\d+):]], timeout = 5, name = "wait for an answer", optional = true },
    { at = "AT+CIPCLOSE", eol = EOL, optional = true },
  },
  result = { { name = "n", label = "sent", unit = "bytes" }, { name = "got", label = "received", unit = "bytes" } },
  verdict = function(v) return v.got and "answered" or "sent, no answer" end,
}

vise.macro {
  id = "esp-restart", title = "Restart (AT+RST)", keys = "e R",
  steps = { { at = "AT+RST", eol = EOL }, { expect = "ready", timeout = 10 } },
}
