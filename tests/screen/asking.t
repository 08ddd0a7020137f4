#!/bin/sh
# asking.t - workflows and macros of the palette ask for the parameters that they need; where nobody sits they say which.
. "${srcdir:-.}/tests/lib/tap.sh"
. "$srcdir/tests/data/screen/screens.sh"
vise_home
mkdir -p "$T/plugins/ask"
cat >"$T/plugins/ask/plugin.json" <<'END'
{ "name": "ask", "version": "1.0.0", "api": "1.2", "needs": { "serial": true }, "provides": ["workflow:ask-me", "macro:ask-macro", "segment:ask.left", "segment:ask.right"] }
END
cat >"$T/plugins/ask/init.lua" <<'END'
local vise = require "vise"
vise.workflow { id = "ask-me",
  params = {
    count = { type = "int", min = 1, max = 5, unit = "pieces", required = true, doc = "how many" },
    lang = { type = "choice", values = { "zh_CN", "en_US" }, required = true },
    pace = { type = "text", default = "slow" },
  },
  run = function(t)
    vise.ui.notify(("done: %d times %s, %s"):format(t.params.count, t.params.lang, t.params.pace))
    t.console:line(("done: %d times %s, %s"):format(t.params.count, t.params.lang, t.params.pace))
  end }
vise.ui.segment { id = "ask.left", side = "left", width = 8, render = function() return "ready now and ever" end }
vise.ui.segment { id = "ask.right", render = function() return "rightmost" end }
vise.macro { id = "ask-macro", params = { word = { type = "text" } }, run = function(ctx)
  vise.console.get():line("macro says " .. ctx.params.word)
end }
END
spawn "$VISE-bench" --foreground --name asking --plugins "$T/plugins" --run "console.open exec:cat" >"$T/bench.log" 2>&1
wait_for 'test -S "$XDG_RUNTIME_DIR/vise/asking.sock"' 20
ok $? "a bench" || note <"$T/bench.log"
"$VISE" do --bench asking workflow.run ask-me >/dev/null 2>&1
wait_for '"$VISE" do --bench asking job.list --json | grep -q "set count= is needed"' 20
ok $? "nobody sits there: what is needed is said"
keep_bench=1
screens asking
# states: of all but the plugin that stays, which runs.
states()
{
	"$VISE" do --bench asking job.list --json >"$T/jobs"
	python3 -c 'import json, sys; print(*[j["state"] for j in json.load(sys.stdin) if j["name"] != "plugin ask"])' <"$T/jobs"
}
wait_for '! states | grep -q running' 20
for id in $(python3 -c 'import json, sys; print(*[j["id"] for j in json.load(sys.stdin) if j["name"] == "workflow ask-me"])' <"$T/jobs"); do
	"$VISE" do --bench asking "job.output $id" --json
done >"$T/outputs"
like "$(cat "$T/outputs")" 'ask-me: not run: count was not given' "Esc ends it"
is "$(states)" "failed ok ok ok" "which is no failure"
plan
