#!/bin/sh
# luadoc.t - one source for what is said of the Lua module: every function of the host stands in
# lua/meta/vise.lua with its @async mark, nothing stands there that is not, and the manual is made from it.
. "${srcdir:-.}/tests/lib/tap.sh"
need python3 python3
tmpdir
cat >"$T/names.py" <<'P'
import os, re, sys
top = os.environ["srcdir"]
meta = open(top + "/lua/meta/vise.lua").read()
objects = ("Console", "Proc", "Test", "Pane", "Chan", "Prof", "Series", "Elf", "Rsp", "Progress", "Place", "Debug", "Server")
code = {}                               # name -> body
for f in sorted(os.listdir(top + "/lua/vise")):
    text = open(top + "/lua/vise/" + f).read()
    for m in re.finditer(r"^function ((?:vise\.[\w.]+)|(?:(?:%s)[:.]\w+))\((?:[^\n]*\bend$|.*?^end$)" % "|".join(objects), text, re.M | re.S):
        name = m.group(1)
        if not re.search(r"[.:]__", name):
            code[re.sub(r"^(%s)\." % "|".join(objects), r"\1:", name)] = m.group(0)
stubs, waits, before = set(), set(), ""
for line in meta.split("\n"):
    if line.startswith("---"):
        before += line + "\n"
        continue
    m = re.match(r"function ([\w.:]+)\(", line)
    if m:
        stubs.add(m.group(1))
        if "---@async" in before:
            waits.add(m.group(1))
    before = ""
# C: methods of what is a userdata, and functions that go by another name
for f, name in (("mod_rx.c", "Rx"), ("mod_task.c", "Task"), ("mod_stream.c", "Subscription")):
    text = open(top + "/src/script/" + f).read()
    table = {"Rx": r"methods\[\] = \{(.*?)\};", "Task": r"methods\[\] = \{(.*?)\};", "Subscription": r"sub_methods\[\] = \{(.*?)\};"}[name]
    for m in re.findall(r'\{ "(\w+)", l_', re.search(table, text, re.S).group(1)):
        code[name + ":" + m] = ""
code.pop("Task:close", None)            # cancel, by the word of <close>
waiting = r"core\.call\(|core\.sleep\(|core\.await_any\(|:await\(|stream:(expect|settle|read_line|read)\("
spawned = {"vise.after", "vise.every"}  # their body waits in a task of its own
def direct(name):
    body = code[name]
    # a function given to somebody else waits there
    return name not in spawned and re.search(waiting, re.sub(r"core\.spawn\(.*?\bend\)", "", body, flags=re.S)) is not None
must = {n for n in code if direct(n)}
bad = sys.argv[1:]
if "--names" in bad:
    extra = {"vise.rx", "vise.lit", "vise.now", "vise.sleep", "vise.spawn", "vise.json.decode", "vise.json.encode",
        "vise.json.array", "vise.log.debug", "vise.log.info", "vise.log.warn", "vise.log.error"}
    for n in sorted(set(code) - stubs): print("no stub:", n)
    for n in sorted(s for s in stubs - set(code) - extra): print("a stub of nothing:", n)
if "--async" in bad:
    for n in sorted(must & stubs - waits): print("waits, and is not @async:", n)
if "--count" in bad: print(len(code), len(must))
P
set -- $(python3 "$T/names.py" --count)
test "$1" -gt 70 && test "$2" -gt 20
ok $? "the functions of the host are found: $1, of which $2 are seen to wait"
is "$(python3 "$T/names.py" --names)" "" "each has its stub, and each stub its function"
is "$(python3 "$T/names.py" --async)" "" "those that wait are marked"
# files that are read when they are wanted: what they give the runtime is known to base.lua
cat >"$T/later.py" <<'P'
import os, re
top = os.environ["srcdir"]
base = open(top + "/lua/vise/base.lua").read()
always = re.findall(r'"(\w+)\.lua"', re.search(r"files\[\] = \{(.*?)\}", open(top + "/src/script/host.c").read(), re.S).group(1))
for f in sorted(os.listdir(top + "/lua/vise")):
    if f[:-4] in always:
        continue
    for name in sorted(set(re.findall(r"^(?:function )?(?:core|vise)\.(\w+)(?: =|\(|, core\.| = )", open(top + "/lua/vise/" + f).read(), re.M))):
        if not re.search(r'["\s{]%s"| %s =' % (name, name), base) and name not in ("ui", "launch"):
            print("%s gives %s, which base.lua does not know" % (f, name))
P
is "$(python3 "$T/later.py")" "" "what is read later is found when it is wanted"
awk -f "$srcdir/tests/gates/luaman.awk" "$srcdir/lua/meta/vise.lua" >"$T/made"
sed -n '/^\.\\" functions: begin/,/^\.\\" functions: end/p' "$srcdir/man/vise-lua.7" | sed '1d;$d' >"$T/have"
same "$T/have" "$T/made" "the manual is what the stubs say (tests/gates/relist.sh makes it so)"
# it can fail
cp -r "$srcdir/lua" "$T/lua" && mkdir "$T/src" && cp -r "$srcdir/src/script" "$T/src/script" && chmod -R u+w "$T/lua" "$T/src"
printf 'function vise.unheard()\n  core.sleep(1)\nend\nfunction Console:deaf()\nend\n' >>"$T/lua/vise/console.lua"
printf 'function vise.gone() end\nfunction vise.unheard() end\n' >>"$T/lua/meta/vise.lua"
is "$(srcdir=$T python3 "$T/names.py" --names --async | tr '\n' ' ')" \
	"no stub: Console:deaf a stub of nothing: vise.gone waits, and is not @async: vise.unheard " "a function without a word is found"
plan
