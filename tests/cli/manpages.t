#!/bin/sh
# manpages.t - the manual is set well: nothing is wider than a terminal of 80 columns, groff has nothing to say at 80
# and at 60, mandoc neither (where it is), and every page is there for the screen reader: a name, a date, a section.
. "${srcdir:-.}/tests/lib/tap.sh"
need python3 python3
need groff groff-base
tmpdir
cat >"$T/pages.py" <<'P'
import glob, os, re, subprocess, sys, unicodedata
from concurrent.futures import ThreadPoolExecutor
def columns(s):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in s)
def at(job):
    page, width = job
    p = subprocess.run(["groff", "-k", "-t", "-man", "-Tutf8", "-P-cbou", "-ww", "-rLL=%dn" % (width - 2), "-rLT=%dn" % (width - 2), page],
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    wide = [] if width < 80 else ["%s: %d columns: %s" % (page, columns(l), l)
                                  for l in p.stdout.decode().split("\n") if columns(l) > width]
    return wide + ["%s at %d: %s" % (page, width, l) for l in p.stderr.decode().split("\n") if l]
def heads(page):
    text = open(page, encoding="utf-8").read()
    wrong = []
    if not re.search(r'^\.TH VISE\S* [157] "\d{4}-\d\d-\d\d" "Vise [\d.]+" "Vise manual"$', text, re.M):
        wrong.append(page + ": .TH has no section, date and version")
    if not re.search(r"^\.SH NAME\n[\w-]+(, [\w-]+)* \\- \S", text, re.M):
        wrong.append(page + ": NAME is not \"name \\- what\"")
    return wrong
pages = sorted(glob.glob(sys.argv[1] + "/*.[157]"))
with ThreadPoolExecutor(2) as pool:
    found = [l for part in pool.map(at, [(p, w) for p in pages for w in (80, 60)]) for l in part]
print("\n".join(found + [l for p in pages for l in heads(p)]))
P
is "$(python3 "$T/pages.py" "$srcdir/man")" "" "nothing is wide, nothing is warned of"
if command -v mandoc >/dev/null 2>&1; then
	is "$(mandoc -Tlint -Wwarning "$srcdir"/man/vise*.[157] 2>&1)" "" "mandoc agrees"
else
	skip "mandoc agrees: install mandoc"
fi
# it can fail
mkdir "$T/bad" && printf '.TH VISE-X 1\n.SH NAME\nvise-x\n.nf\n%090d\n.fi\n' 0 >"$T/bad/vise-x.1"
is "$(python3 "$T/pages.py" "$T/bad" | grep -c 'columns\|TH\|NAME')" 3 "a page that is wide and has no head is found"
plan
