#!/bin/sh
# vise build: a real matrix for arm, arm64 and mipsle (three, because Go compiles its own library for each) run by
# qemu-user, cached rows, env-files, boards, what is refused before anything is built, a failed build, ^C.
. "${srcdir:-.}/tests/lib/tap.sh"
need go golang-go
need python3 python3
need qemu-arm qemu-user
go_env
VISE=$BUILD/vise
cd "$T" || bail "no $T"
unset GOARM GOMIPS GOFLAGS CGO_ENABLED CC
mkdir prog lib clib env
cd prog || bail "no folder"
printf 'module example.com/hello/v2\n\ngo 1.18\n' >go.mod
printf 'package main\n\nfunc main() { println("hello from", name) }\n' >main.go
printf 'package main\n\nvar name = "first"\n' >name.go

# ---- the matrix
run "$VISE" build linux/arm/6 linux/arm64 board:mt7621a-openwrt host -j 2 --ldflags '-s -w' --smoke --expect 'hello from first' --sbom --json
is "$status" 0 "four targets" || { echo "$out"; echo "$err"; } | note
like "$err" '^100% ' "progress is said"
cat >"$T/check.py" <<'P'
import json, os, re, subprocess, sys
d = json.load(open(sys.argv[1])); rows = {r["row"]: r for r in d["rows"]}
def run(*a): return subprocess.run(a, stdout=subprocess.PIPE, universal_newlines=True, check=True).stdout
assert len(rows) == 4, rows.keys()
want = {"linux-arm-6": ("arm", "GOARM", "6"), "linux-arm64": ("arm64", None, None), "mt7621a-openwrt": ("mipsle", "GOMIPS", "softfloat")}
for name, r in rows.items():
    assert r["state"] == sys.argv[2], (name, r)
    assert r["file"] == "dist/hello-" + name and os.path.getsize(r["file"]) == r["bytes"], r
    told = dict(re.findall(r"\tbuild\t([^=\s]+)=(.*)", run("go", "version", "-m", r["file"])))
    assert told["GOOS"] == r["goos"] and told["GOARCH"] == r["goarch"] and "-s -w" in told["-ldflags"], told
    if name in want:
        arch, key, value = want[name]
        assert told["GOARCH"] == arch and told["CGO_ENABLED"] == "0" and (key is None or told[key] == value), told
    assert r["facts"]["static"] and r["facts"]["stripped"] and r["facts"]["sizes"]["text"] > 100000, r["facts"]
    assert r["smoke"]["state"] == "ok" and r["smoke"]["said"] == "hello from first", r["smoke"]
    assert r["command"][:2] == ["go", "build"] and r["variables"]["GOARCH"] == r["goarch"], r
    assert "build\tGOARCH=" + r["goarch"] in open(r["sbom"]["file"]).read() or r["sbom"]["tool"] != "go", r["sbom"]
print("sound")
P
is "$(python3 "$T/check.py" "$T/out" built 2>&1)" sound "built as asked, each run under its QEMU, parts listed"
(cd dist && sha256sum -c --quiet SHA256SUMS) >sums.log 2>&1
ok $? "SHA256SUMS is what sha256sum takes" || note <sums.log
run "$VISE" build linux/arm/6 linux/arm64 board:mt7621a-openwrt host --ldflags '-s -w' --smoke --sbom --json
is "$(python3 "$T/check.py" "$T/out" cached 2>&1)" sound "the same again: all rows are cached"
printf 'package main\n\nvar name = "second"\n' >name.go
run "$VISE" build linux/arm/6 linux/arm64,as=big,ldflags=-w --smoke --ldflags '-s -w'
is "$status" 0 "the source changed"
like "$out" '^linux-arm-6 +built +[0-9.]+ KiB +- .* static +ok [0-9]+ ms' "... is built again" || { echo "$out"; echo "$err"; } | note
like "$out" '^big +built .* [+-][0-9.]+% ' "a table, with sizes against the first"
like "$(wc -l <dist/SHA256SUMS)" '^ *5$' "sums of other files stay"
run "$VISE" build linux/arm/6 --ldflags '-s -w' --expect nonsense --csv
is "$status" 1 "a run that does not say what it should"
like "$err" 'unfit: smoke: it never said "nonsense", but: hello from second' "... and what it said"
like "$out" '^linux-arm-6,cached,0,0,[0-9]+,[0-9.]+,[0-9]+,.*,static,failed,[0-9.]+,linux,arm,6,,,-s -w,,dist/' "CSV"

# ---- the same from Lua, as a table of the workbench, and as a table of variants
cat >"$T/b.lua" <<'END'
local vise = require "vise"
local said = {}
local r = vise.build { rows = { "linux/arm/6", "linux/arm/9" }, ldflags = "-s -w", on_row = function(row) said[#said + 1] = row.state end }
END
run "$VISE" script "$T/b.lua"
is "$status" 2 "vise.build: a row that cannot be"
like "$err" 'usage: 9: no value of GOARM; 5 6 7' "... is an error of the script" || echo "$err" | note
sed -i 's|, "linux/arm/9"|, "linux/arm,pie"|' "$T/b.lua"
echo 'print(r.status, r.rows[1].state, r.rows[2].state, table.concat(said, " "))' >>"$T/b.lua"
run "$VISE" script "$T/b.lua"
like "$out" '^1.cached.refused.refused building cached$' "... one that is refused is a state" || { echo "$out"; echo "$err"; } | note
spawn "$BUILD/vise-bench" --foreground --name matrix --linger 60s
wait_for 'test -S "$XDG_RUNTIME_DIR/vise/matrix.sock"' 20
run "$VISE" do --bench matrix --json "plugin.run build.matrix -- . linux/arm/6,ldflags=-w smoke"
is "$status" 0 "the command of the workbench" || { echo "$out"; echo "$err"; } | note
PYTHONPATH=$srcdir/tests/lib PYTHONDONTWRITEBYTECODE=1 python3 - "$XDG_RUNTIME_DIR/vise/matrix.sock" >"$T/pane" 2>&1 <<'P'
import sys
from client import Client
c = Client(sys.argv[1])
for p in c.attach()["plugins"]["panes"]:
    if p["id"] == "build.rows":
        print(p["columns"], p["rows"])
P
like "$(cat "$T/pane")" "'linux-arm-6', '(built|cached)', '[0-9.]+ [KM]iB', '-', 'static', 'ok [0-9]+ ms'" "... fills the table over the panes"
run "$VISE" workflow run size-matrix --set target=linux/arm/6 --set 'variants=default; -s -w; pie' --set starts=1 --csv
is "$status" 0 "size-matrix" || { echo "$out"; echo "$err"; } | note
like "$out" '^variant,size \[KiB\],saved \[%\],text' "... its columns"
like "$out" '^-s -w,[0-9.]+,[2-5][0-9.]+,[0-9.]+,[0-9.]+,static,no,[0-9.]+,' "... what -s -w saves, and the start"
like "$out" '^pie,,.*refused: a PIE for linux/arm' "... a variant that cannot be is a row with the reason"
is "$("$VISE" image show --json dist/sizes/hello-s_w | python3 -c 'import json,sys; print("%g" % round(json.load(sys.stdin)["bytes"]/1024, 1))')" \
	"$(sed -n 's/^-s -w,\([0-9.]*\),.*/\1/p' "$T/out")" "... the size is that of vise image"

# ---- an env-file
printf '# production\nexport GOOS=linux\nGOARCH="arm64"\nCGO_ENABLED=0 # none\nLDFLAGS='"'-s -w'"'\nGOTMPDIR=\n' >"$T/env/arm64-prod.env"
run "$VISE" build . "$T/env/arm64-prod.env" -n
is "$status" 0 "an env-file" || echo "$err" | note
like "$out" "^GOOS=linux GOARCH=arm64 CGO_ENABLED=0 go build -o dist/hello-arm64-prod '-ldflags=-s -w' \\.$" "-n says the exact command"
test ! -e dist/hello-arm64-prod
ok $? "... and builds nothing"
# shellcheck disable=SC2016 # to the letter
echo 'GOFLAGS=$(rm -rf /)' >>"$T/env/arm64-prod.env"
run "$VISE" build . "$T/env/arm64-prod.env" -n
is "$status" 2 "an env-file is no shell"
like "$err" 'arm64-prod.env: line 7: nothing is expanded' "... and the line is named"

# ---- refused before anything is built
wrong()
{
	run "$VISE" build "$1" -n
	like "$status $err" "^2 .*$2" "$1: $3"
}
wrong linx/arm64 'no such GOOS' "no system"
wrong linux/arm65 'no such target; linux has .*arm64' "no processor; those that there are"
wrong linux/arm/8 'no value of GOARM; 5 6 7' "no variant"
wrong linux/arm64/v9.9 'no value of GOARM64' "... of arm64"
wrong linux/arm64,colour 'no such target|no such option' "no option"
run "$VISE" build linux/arm,pie linux/amd64,pie,nocgo -n
is "$status" 1 "a PIE that needs a C compiler"
like "$err" 'linux-arm-pie: bad: pie: .* linked by the C compiler, and cgo is off' "... is refused with the reason"
like "$err" 'linux-amd64-pie: note: pie: .* loader of glibc' "... one that needs a loader has a note"
like "$err" 'linux-arm-pie: note: variant: without GOARM' "GOARM that is not said"

mkdir "$T/only"
for tool in go sh cat grep tr dirname uname; do ln -s "$(command -v $tool)" "$T/only/"; done
printf 'package main\n\n// int one(void) { return 1; }\nimport "C"\n\nfunc main() { println(C.one()) }\n' >"$T/clib/main.go"
printf 'module example.com/clib\n\ngo 1.18\n' >"$T/clib/go.mod"
cd "$T/clib" || bail "no folder"
PATH=$T/only run "$VISE" build linux/arm/6,cgo linux/riscv64,cgo linux/arm64 -o "$T/out.d"
is "$status" 1 "compilers that are not here"
like "$err" 'linux-arm-6-cgo: bad: compiler: .* arm-linux-gnueabihf-gcc is not here; apt install gcc-arm-linux-gnueabihf' "... are named with their package"
like "$err" 'linux-arm-6-cgo: warn: compiler: .*ARMv6 board' "... with their pitfall"
like "$err" 'linux-riscv64-cgo: bad: compiler: .*apt install gcc-riscv64-linux-gnu' "... each"
like "$err" 'linux-arm64: bad: cgo: cgo is off, and example.com/clib is written with C alone' "cgo is off, and it is needed"
is "$(ls "$T/out.d")" "" "nothing was built"
cd "$T/prog" || bail "no folder"
PATH=$T/only run "$VISE" build linux/arm/6 --ldflags '-s -w' --smoke
is "$status" 3 "no QEMU"
like "$out" 'smoke: qemu-arm is not here; apt install qemu-user' "... is named with its package"
like "$out" '^linux-arm-6 +(cached|built) ' "... the row is built all the same"

# ---- TinyGo, in its place a program that notes what it is told
cat >"$T/only/tinygo" <<'END'
#!/bin/sh
test "$1" != info || { test "$2" = -target=pico || { echo "unknown target"; exit 1; }; exit 0; }
echo "$@" >"$TOLD"
for word; do test "$last" = -o && echo image >"$word"; last=$word; done
END
chmod +x "$T/only/tinygo"
TOLD=$T/told PATH=$T/only run "$VISE" build tinygo:pico tinygo:nosuch board:pico
like "$(cat "$T/told")" '^build -target=pico -o dist/prog-(tinygo-)?pico\.(elf|uf2) \.$' "tinygo is told target and file"
like "$out" '^tinygo-pico +built' "... and its file is a row" || { echo "$out"; echo "$err"; } | note
like "$err" 'tinygo-nosuch: bad: tinygo: unknown target' "... a target that it does not know is refused"

# ---- a build that fails, beside one that does not
printf 'package main\n\nvar name = 1 + "a"\n' >wrong_arm64.go
mv name.go name_arm.go
run "$VISE" build linux/arm/6 linux/arm64 --ldflags '-s -w'
is "$status" 1 "a program that does not compile"
like "$out" '^    \./wrong_arm64.go:3:' "... with the compiler's words" || { echo "$out"; echo "$err"; } | note
like "$out" '^linux-arm-6 +(built|cached)' "... the others are built"

# ---- ^C: no compiler is left, no row pretends
rm "$T/only/go"
cat >"$T/only/go" <<END
#!/bin/sh
test "\$1" != build || { echo \$\$ >"$T/go.pid"; exec /bin/sleep 600; }
exec $(command -v go) "\$@"
END
chmod +x "$T/only/go"
PATH=$T/only spawn "$VISE" build linux/arm/6 --json >"$T/cut.json" 2>"$T/cut.err"
wait_for 'test -s "$T/go.pid"' 20
kill -INT "$pid"
wait "$pid"
is $? 130 "^C ends it"
like "$(cat "$T/cut.json")" '"state": ?"cancelled"' "... with the row cancelled"
ended "$(cat "$T/go.pid")"
ok $? "... and the compiler is gone"
plan
