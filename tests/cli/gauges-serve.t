#!/bin/sh
# gauges-serve.t - gauges as a Prometheus exporter: the text by the format's own checker, a real Prometheus that
# scrapes it, and guests that do not behave.
. "${srcdir:-.}/tests/lib/tap.sh"
need python3 python3
tmpdir
export T
vise=$BUILD/vise

spawn "$vise" gauges --serve 0 --every 100ms >"$T/out" 2>"$T/err"
server=$pid
wait_for 'grep -q "^vise: http://127.0.0.1:.*/metrics" "$T/err"' 20
url=$(sed -n 's,^vise: \(http://.*\),\1,p' "$T/err")
address=${url#http://}
export address=${address%/metrics} url

says=$(python3 - 2>&1 <<'P'
import os, time, urllib.request
end = time.monotonic() + 20
while True:
    with urllib.request.urlopen(os.environ["url"], timeout=10) as r:
        assert r.headers["Content-Type"].startswith("text/plain; version=0.0.4"), r.headers
        text = r.read().decode()
    if "vise_cpu_busy_percent" in text or time.monotonic() > end:
        break
    time.sleep(0.05)
open(os.environ["T"] + "/metrics", "w").write(text)
values = {l.rsplit(" ", 1)[0]: float(l.rsplit(" ", 1)[1]) for l in text.splitlines() if not l.startswith("#")}
assert values["vise_mem_used_bytes"] > 1e6, values
assert values["vise_up"] == 1
assert any(k.startswith('vise_cpu_percent{cpu="') for k in values), values
names = [l.split()[2] for l in text.splitlines() if l.startswith("# TYPE")]
assert len(names) == len(set(names)), "a name twice"
P
)
is $? 0 "GET /metrics: memory, each CPU, no name twice" || printf '%s\n' "$says" | note
test ! -s "$T/out"
ok $? "nothing is printed meanwhile"

# it takes seconds to begin: it looks while others are tried
if command -v prometheus >/dev/null 2>&1; then
	cat >"$T/prometheus.yml" <<END
global: { scrape_interval: 200ms, scrape_timeout: 200ms }
scrape_configs:
  - job_name: vise
    static_configs: [ { targets: ["$address"] } ]
END
	port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	spawn prometheus --config.file="$T/prometheus.yml" --storage.tsdb.path="$T/tsdb" \
		--web.listen-address="127.0.0.1:$port" --log.level=warn >"$T/prometheus.log" 2>&1
fi

if command -v promtool >/dev/null 2>&1; then
	run promtool check metrics <"$T/metrics"
	is "$status" 0 "promtool finds no fault" || note <"$T/err"
else
	skip "promtool: install prometheus"
fi

says=$(python3 - 2>&1 <<'P'
import os, socket, urllib.request, urllib.error
host, port = os.environ["address"].rsplit(":", 1)
def talk(data, end=True):
    s = socket.create_connection((host, int(port)), 10)
    got = b""
    try:
        s.sendall(data)
        if end:
            s.shutdown(socket.SHUT_WR)
        while True:
            part = s.recv(65536)
            if not part:
                return got
            got += part
    except OSError:                     # put out before it had said all
        return got
assert b" 404 " in talk(b"GET / HTTP/1.0\r\n\r\n", False)
assert b" 405 " in talk(b"POST /metrics HTTP/1.0\r\n\r\n", False)
assert b" 405 " in talk(b"\0\xff\x1b[2J\r\n\r\n", False)
assert b" 200 " not in talk(b"A" * 100000)
# Twenty who say nothing do not keep others out for good: each has five seconds.
idle = [socket.create_connection((host, int(port)), 10) for _ in range(20)]
assert b" 200 " in talk(b"GET /metrics?x=1 HTTP/1.1\r\nHost: x\r\n\r\n", False)
for s in idle:
    s.close()
with urllib.request.urlopen(os.environ["url"], timeout=10) as r:
    assert r.status == 200
P
)
is $? 0 "strangers: 404, 405, garbage, too long, silent" || printf '%s\n' "$says" | note
kill -0 "$server"
ok $? "... and it is still there"

if command -v prometheus >/dev/null 2>&1; then
	says=$(port=$port python3 - 2>&1 <<'P'
import json, os, time, urllib.request
def ask(q):
    with urllib.request.urlopen("http://127.0.0.1:%s/api/v1/query?query=%s" % (os.environ["port"], q), timeout=5) as r:
        return json.load(r)["data"]["result"]
end = time.monotonic() + 40
found = up = []
while time.monotonic() < end:
    try:
        found, up = ask("vise_mem_used_bytes"), ask("up")
    except OSError:
        pass
    if found and up and float(up[0]["value"][1]) == 1:
        break                           # while the silent had the door it may have been 0
    time.sleep(0.1)
else:
    raise SystemExit("%s %s" % (found, up))
assert float(found[0]["value"][1]) > 1e6, found
P
	)
	is $? 0 "a real Prometheus scrapes it" || printf '%s\n' "$says" | note
else
	skip "a real Prometheus: install prometheus"
fi

"$vise" gauges --serve nowhere 2>"$T/err"
is $? 2 "an address that is none: exit 2"
"$vise" gauges --serve "$address" 2>"$T/err"
isnt $? 0 "a port that is taken is refused"
like "$(cat "$T/err")" "in use" "... with the reason"
kill -TERM "$server"
wait "$server"
is $? 143 "ended by TERM: 143"

# a board behind it, which does not answer
spawn "$vise" gauges "exec:sh -c exit" --serve 0 --every 100ms >"$T/out" 2>"$T/err"
wait_for 'grep -q "^vise: http" "$T/err"' 20
url=$(sed -n 's,^vise: \(http://.*\),\1,p' "$T/err")
wait_for 'python3 -c "import sys, urllib.request; sys.exit(b\"vise_up 0\" not in urllib.request.urlopen(sys.argv[1], timeout=5).read())" "$url"' 20
ok $? "a board that does not answer is vise_up 0"
plan
