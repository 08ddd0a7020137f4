#!/bin/sh
# Lua on console lines, end to end: board, bench, socket, script host, on_line with one string.match a line.
# Bar: 300 k lines/s (design 9); with a permanent count hook it would be less than half. Then the start of a
# script. Environment: BUILD (the build directory), LINES_K (400).
command -v python3 >/dev/null 2>&1 || { echo "lua: needs python3"; exit 77; }
B=${BUILD:-$PWD}
T=$(mktemp -d) || exit 1
trap 'rm -rf "$T"' EXIT
mkdir -m 700 "$T/run"
HOME=$T XDG_RUNTIME_DIR=$T/run
export HOME XDG_RUNTIME_DIR
unset XDG_STATE_HOME XDG_CONFIG_HOME
python3 -c '
import sys
for i in range(1000 * int(sys.argv[1])):
    print("12:00:%02d.123 [main] INFO sensor reading number %d temp=%d ok" % (i % 60, i, i % 100))' "${LINES_K:-400}" >"$T/lines"
printf '#!/bin/sh\nread x\ncat "%s/lines"\nsleep 5\n' "$T" >"$T/board"
chmod +x "$T/board"
cat >"$T/count.lua" <<'L'
local vise = require "vise"
local con = vise.console.get()
local n, first, last, seen = 0, nil, nil, -1
con:on_line(function(line)
  n = n + 1
  first, last = first or vise.now(), vise.now()
  if line:match("temp=(%d+)") == nil then return end
end)
con:send("go\n")
while n ~= seen or n == 0 do seen = n vise.sleep(0.3) end
local rate = n / (last - first)
print(("lua on_line: %d lines, %.0f lines/s (%.2f of the bar), %.2f us of CPU a line"):format(n, rate, rate / 300000, os.clock() / n * 1e6))
L
timeout 60 "$B/vise" script "$T/count.lua" --port "exec:$T/board" || exit 1
mkdir "$T/p"
echo '{"name":"p","version":"1","api":"1.0"}' >"$T/p/plugin.json"
: >"$T/p/init.lua"
python3 - "$B/vise-script" "$T/p" <<'P'
import subprocess, sys, time
took = []
for _ in range(30):
    began = time.monotonic()
    subprocess.run([sys.argv[1], "--plugin", sys.argv[2], "--describe"], stdout=subprocess.DEVNULL, check=True)
    took.append(1000 * (time.monotonic() - began))
took.sort()
print("lua start: an empty plugin from exec to exit, median %.1f ms, best %.1f ms" % (took[15], took[0]))
P
