#!/usr/bin/env python3
# fakegdb.py - as much of gdb's MI as tests/data/script/api/script.lua asks for: no gdb is needed to check the functions.
import re, sys
FRAME = 'frame={addr="0x00000010",func="main",args=[],file="a.c",fullname="/src/a.c",line="%s"}'


def say(*lines):
    for line in lines:
        sys.stdout.write(line + "\n")
    sys.stdout.flush()


ANSWERS = {
    "-thread-info": ['^done,threads=[{id="1",%s,state="stopped"}]' % FRAME % 3],
    "-break-insert": ['^done,bkpt={number="2",type="breakpoint",addr="0x00000010",func="main",fullname="/src/a.c",line="7"}'],
    "-break-delete": ["^done"],
    "-stack-list-frames": ["^done,stack=[frame={level=\"0\",func=\"main\",line=\"7\"},frame={level=\"1\",func=\"reset\"}]"],
    "-stack-list-variables": ['^done,variables=[{name="n",arg="1",type="int",value="5"},{name="s",type="char *",value="0x1 \\"\\\\303\\\\244\\""}]'],
    "-data-list-register-names": ['^done,register-names=["r0","","pc"]'],
    "-data-list-register-values": ['^done,register-values=[{number="0",value="0x1"},{number="2",value="0x10"}]'],
    "-interpreter-exec": ['~"said so\\n"', "^done"],
    "-exec-continue": ["^running", "*running,thread-id=\"all\""],
    "-exec-interrupt": ["^done", '*stopped,reason="signal-received",signal-name="SIGINT",%s' % FRAME % 9],
}
for step in ("step", "next", "finish", "step-instruction"):
    ANSWERS["-exec-" + step] = ["^running", "*running,thread-id=\"all\"", '*stopped,reason="end-stepping-range",%s' % FRAME % 8]
say('=thread-group-added,id="i1"', "(gdb) ")
for line in sys.stdin:
    m = re.match(r"(\d+)(-[\w-]+) ?(.*)", line)
    if not m:
        continue
    token, verb, rest = m.groups()
    if verb == "-data-evaluate-expression":
        answers = ['^error,msg="No symbol \\"x\\" in current context."'] if '"x"' in rest else ['^done,value="42"']
    else:
        answers = ANSWERS[verb]
    say(*[token + a if a[0] == "^" else a for a in answers], "(gdb) ")
