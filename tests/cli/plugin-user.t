#!/bin/sh
# plugin-user.t - somebody with a new AT device and the manual: a plugin in under 40 lines, checked, run by
# hand, changed and loaded again under a bench that runs, tested headless. The device is a program on a pty.
. "${srcdir:-.}/tests/lib/tap.sh"
need python3 python3
tmpdir
vise=$BUILD/vise
cat >"$T/station" <<'E'
#!/usr/bin/env python3
# A weather station: AT+GMR, AT+TEMP?, AT+HUM?, AT+CSQ; AT+PRES? is answered by a storm, AT+SYNC by a late event.
import os, sys, termios, threading, tty
if os.isatty(0):
    tty.setraw(0, termios.TCSANOW)      # what has come already is not thrown away
said = {"AT": "", "AT+GMR": "+GMR:1.2.0", "AT+TEMP?": "+TEMP:21.5", "AT+HUM?": "+HUM:64", "AT+CSQ": "+CSQ:23,99", "AT+PRES?": "STORM 960", "AT+SYNC": ""}
line = b""
while True:
    c = os.read(0, 1)
    if not c:
        sys.exit()
    if c not in b"\r\n":
        line += c
        continue
    word, line = line.decode("ascii", "replace"), b""
    if word:
        body = said.get(word)
        os.write(1, b"\r\nERROR\r\n" if body is None else ("\r\n" + (body + "\r\n\r\n" if body else "") + "OK\r\n").encode())
        if word == "AT+SYNC":
            threading.Timer(0.3, lambda: os.write(1, b"\r\n+SYNCED: 4\r\n")).start()
E
chmod +x "$T/station"
cd "$T" || bail "no folder"

run "$vise" plugin new wx
plug=$XDG_CONFIG_HOME/vise/plugins/wx
cat >"$plug/plugin.json" <<'E'
{
  "name": "wx", "version": "0.1.0", "api": "1.1", "entry": "init.lua", "doc": "Weather station with an AT console",
  "provides": ["macro:wx-read", "command:wx.temp", "gauge:wx.temp", "decoder:wx"],
  "needs": { "serial": true },
  "macros": { "wx-read": { "title": "Weather?" } }, "commands": { "wx.temp": { "title": "Temperature", "keys": ", w" } },
  "decoders": { "wx": { "literal": "STORM", "doc": "storm warnings" } }
}
E
cat >"$plug/init.lua" <<'E'
local vise = require "vise"
local function ask(what) return vise.console.get():at("AT+" .. what .. "?", { prefix = "+" .. what .. ":" })[1] end

vise.macro {
  id = "wx-read", title = "Weather?",
  steps = {
    { at = "AT+SYNC" },
    { expect = vise.rx[[\+SYNCED: (?<sats>\d+)]], timeout = 20 },
    { at = "AT+TEMP?", prefix = "+TEMP:", save = "temp" },
    { at = "AT+HUM?", prefix = "+HUM:", save = "hum" },
  },
  result = { { name = "temp", label = "temperature", unit = "C", format = "%.1f" }, { name = "hum", label = "humidity", unit = "%" }, { name = "sats" } },
  verdict = function(v) return tonumber(v.temp) > 30 and "hot" or "fine" end,
}
vise.command { id = "wx.temp", title = "Temperature", keys = ", w", run = function() return ask "TEMP" end }
vise.gauge { id = "wx.temp", unit = "C", every = "200ms", read = function() return tonumber(ask "TEMP") end }
vise.decoder { id = "wx", feed = function(line)
  return { text = "storm, " .. line:match("STORM (%d+)") .. " hPa", level = "warn", notice = "a storm comes" }
end }
E
cat >"$T/wx_test.lua" <<'E'
local vise = require "vise"
vise.test("the temperature is sane", function(t)
  t:near(tonumber(t.console:at("AT+TEMP?", { prefix = "+TEMP:" })[1]), 20, 15)
end)
E
lines=$(cat "$plug/plugin.json" "$plug/init.lua" "$T/wx_test.lua" | grep -c .)
test "$lines" -lt 40
ok $? "a plugin with its manifest and its test, in $lines lines"
run "$vise" plugin check wx
is "$status $out" "0 wx 0.1.0: sound; command:wx.temp decoder:wx gauge:wx.temp macro:wx-read" "it is sound"
run "$vise" macro run exec:./station wx-read
like "$out" '^ +temperature +21\.5 C' "its macro asks the device"
like "$out" '^wx-read: OK fine, 4 steps' "and judges"
like "$out" '^ +sats +4$' "with what came late"

# ---- headless
run "$vise" test "$T/wx_test.lua" --port "exec:$T/station" --tap
is "$status" 0 "its test passes headless"
like "$out" '^ok 1 .*the temperature is sane' "in TAP"

# ---- on a bench
spawn "$BUILD/vise-bench" --foreground --name wx --linger 60s --run "console.open exec:$T/station"
wait_for 'test -S "$XDG_RUNTIME_DIR/vise/wx.sock"' 10
wait_for '"$vise" do --bench wx console.list | grep -q open' 10
run "$vise" plugin run wx.temp --bench wx
is "$status $out" "0 21.5" "its command runs on a bench"
wait_for '"$vise" do --bench wx gauge.list --json | grep -q "plugin wx"' 10
ok $? "its gauge is there"
grep -rq '"type":"at".*"by":"' "$XDG_STATE_HOME/vise/benches"
ok $? "what it asks is known as its own: no news for who sits there"
"$vise" do --bench wx at.send AT+PRES? >/dev/null 2>&1
wait_for 'grep -rq "storm, 960 hPa" "$XDG_STATE_HOME/vise/benches"' 15
ok $? "its decoder explains a line"
sed -i 's/run = function() return ask "TEMP" end/run = function() return ask "TEMP" .. " C" end/' "$plug/init.lua"
run "$vise" plugin reload wx --bench wx
is "$status" 0 "changed, it is loaded again"
run "$vise" plugin run wx.temp --bench wx
is "$out" "21.5 C" "and answers as changed"
echo 'vise.comand {}' >>"$plug/init.lua"
run "$vise" plugin reload wx --bench wx
is "$status" 7 "a mistake is an error of the plugin"
like "$err" 'init.lua:20:.*comand' "said with its line"
run "$vise" plugin run wx.temp --bench wx
is "$out" "21.5 C" "and the one before goes on"
run "$vise" plugin unload wx --bench wx
run "$vise" plugin hosts --bench wx --json
like "$out" '"state": *"idle"' "unloaded"

# ---- the example of the manual, as it stands there
run "$vise" plugin new cam
sed -n '/^\.SH PLUGINS THAT STAY/,/^\.fi/p' "$srcdir/man/vise-lua.7" | sed '1,/^\.nf/d;/^\.fi/d;s/\\e/\\/g' >"$XDG_CONFIG_HOME/vise/plugins/cam/init.lua"
printf '{"name":"cam","version":"1","api":"1.1","needs":{"serial":true},"provides":["command:cam.signal","gauge:cam.temp","event:trigger"]}' \
	>"$XDG_CONFIG_HOME/vise/plugins/cam/plugin.json"
run "$vise" plugin check cam
is "$status" 0 "the manual's example is sound" || printf '%s\n%s\n' "$out" "$err" | note
"$vise" plugin reload --bench wx >/dev/null
run "$vise" plugin run cam.signal --bench wx
is "$out" "23,99" "and does what it says"
"$vise" kill wx >/dev/null
plan
