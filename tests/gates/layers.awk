# Holds #include lines against a LAYERS table.
#
#   cd SRC && awk -f layers.awk LAYERS folder/file.c ...
#
# Prints one line per breach, "file:line: what", and nothing when all is well. The files must be
# named relative to the source folder. Only POSIX awk is used.

function breach(where, what)
{
	print where ": " what
	bad++
}

# The fields of a table line from the i-th on, with the comment cut, split at ":".
function parts(line, out)
{
	sub(/#.*/, "", line)
	return split(line, out, ":")
}

function table_row(    n, p, w, i, k)
{
	n = parts($0, p)
	split(p[1], w, " ")
	if (n != 3 || w[2] !~ /^[0-9]+$/ || w[3] == "") {
		breach(where, "a row is: row LEVEL NAME : folders : headers")
		return
	}
	if (w[3] in level)
		breach(where, "a second row for " w[3])
	level[w[3]] = w[2] + 0
	k = split(p[2], w2, " ")
	for (i = 1; i <= k; i++) {
		may[w[3], w2[i]] = 1
		named[++names] = w[3] SUBSEP w2[i] SUBSEP where
	}
	k = split(p[3], w2, " ")
	for (i = 1; i <= k; i++)
		foreign[w[3]] = foreign[w[3]] " " w2[i]
}

function table_value(    p, w, i, k)
{
	parts($0, p)
	split(p[1], w, " ")
	k = split(p[2], w2, " ")
	for (i = 1; i <= k; i++) {
		value[w[2], w2[i]] = 1
		named[++names] = w2[i] SUBSEP folder_of(w[2]) SUBSEP where
	}
	declared[w[2]] = where
}

function table_line(    line, i)
{
	where = "LAYERS:" FNR
	if ($1 == "" || $1 ~ /^#/)
		return
	if ($1 == "class") {
		for (i = 3; i <= NF; i++)
			class[$2] = class[$2] " " $i
	} else if ($1 == "row") {
		table_row()
	} else if ($1 == "private") {
		private[$2] = 1
		declared[$2] = where
	} else if ($1 == "value") {
		table_value()
	} else if ($1 == "os") {
		os[$2] = 1
	} else {
		breach(where, "not a table line: " $0)
	}
}

# A row may name only rows of a lower level: that is what keeps the picture free of circles.
function table_done(    i, p)
{
	finished = 1
	for (i = 1; i <= names; i++) {
		split(named[i], p, SUBSEP)
		if (!(p[1] in level))
			breach(p[3], "no row for " p[1])
		else if (!(p[2] in level))
			breach(p[3], p[1] " names " p[2] ", which has no row")
		else if (level[p[2]] >= level[p[1]])
			breach(p[3], p[1] " (level " level[p[1]] ") names " p[2] " (level " \
			    level[p[2]] "): only lower levels may be named")
	}
}

function folder_of(file)
{
	return index(file, "/") ? substr(file, 1, index(file, "/") - 1) : file
}

function matches(header, list,    n, w, i)
{
	n = split(list, w, " ")
	for (i = 1; i <= n; i++) {
		if (header == w[i])
			return 1
		if (w[i] ~ /\/$/ && index(header, w[i]) == 1)
			return 1
		if ((w[i] in class) && matches2(header, class[w[i]]))
			return 1
	}
	return 0
}

function matches2(header, list,    n, w, i)
{
	n = split(list, w, " ")
	for (i = 1; i <= n; i++)
		if (header == w[i] || (w[i] ~ /\/$/ && index(header, w[i]) == 1))
			return 1
	return 0
}

function system_header(here, header)
{
	if (matches2(header, class["libc"]) || matches(header, foreign[here]))
		return
	breach(at, "<" header "> is not for " here)
}

function project_header(here, header,    there)
{
	there = folder_of(header)
	if (header !~ /^[a-z0-9_]+\/[a-z0-9_]+\.h$/) {
		breach(at, "\"" header "\": write \"folder/file.h\"")
		return
	}
	if (!(header in exists))
		breach(at, "\"" header "\" is not there")
	edge[FILENAME] = edge[FILENAME] " " header
	if (there == here)
		return
	if (header in private)
		breach(at, header " is private to " there)
	else if (!((here, there) in may) && !((header, here) in value))
		breach(at, here " may not include " there " (\"" header "\")")
}

# Cuts comments from a line; a block comment may run on. Strings stay: include names are strings.
# A "/*" inside an include's own name cannot be, so this is enough for directives.
function uncomment(s,    i, j)
{
	if (incomment) {
		i = index(s, "*/")
		if (!i)
			return ""
		s = substr(s, i + 2)
		incomment = 0
	}
	for (;;) {
		i = index(s, "/*")
		j = index(s, "//")
		if (j && (!i || j < i)) {
			return substr(s, 1, j - 1)
		}
		if (!i)
			return s
		j = index(substr(s, i + 2), "*/")
		if (!j) {
			incomment = 1
			return substr(s, 1, i - 1)
		}
		s = substr(s, 1, i - 1) " " substr(s, i + 2 + j + 1)
	}
}

# Strings first, or "http://" and "/*" inside them would read as comments.
function code_of(s,    out)
{
	if (!incomment && s !~ /^[ \t]*#[ \t]*include/)
		gsub(/"([^"\\]|\\.)*"/, "\"\"", s)
	return uncomment(s)
}

function directive(line,    here, name)
{
	here = folder_of(FILENAME)
	if (line ~ /^[ \t]*#[ \t]*include/) {
		sub(/^[ \t]*#[ \t]*include(_next)?[ \t]*/, "", line)
		name = line
		if (line ~ /^<[^>]+>/) {
			sub(/^</, "", name)
			sub(/>.*/, "", name)
			system_header(here, name)
		} else if (line ~ /^"[^"]+"/) {
			sub(/^"/, "", name)
			sub(/".*/, "", name)
			project_header(here, name)
		} else {
			breach(at, "an include that cannot be read: " line)
		}
	} else if (line ~ /^[ \t]*#[ \t]*(el)?if/ && !(here in os) &&
	    line ~ /__linux__|__linux|__APPLE__|__FreeBSD__|__NetBSD__|__OpenBSD__|_WIN32|__unix__/) {
		breach(at, "a conditional on the operating system outside its folder")
	}
}

# Takes away, again and again, files that include nothing that is left: what stays is a circle.
function circles(    f, n, w, i, left, gone, moved, open)
{
	do {
		moved = 0
		left = ""
		for (f in edge) {
			if (f in gone)
				continue
			n = split(edge[f], w, " ")
			open = 0
			for (i = 1; i <= n; i++)
				if ((w[i] in edge) && !(w[i] in gone))
					open = 1
			if (open) {
				left = left " " f
			} else {
				gone[f] = 1
				moved = 1
			}
		}
	} while (moved)
	if (left != "")
		breach("includes", "a circle among" left)
}

BEGIN {
	for (i = 2; i < ARGC; i++)
		exists[ARGV[i]] = 1
}

FILENAME == ARGV[1] {
	table_line()
	next
}

FNR == 1 {
	if (!finished)
		table_done()
	incomment = 0
	if (!(folder_of(FILENAME) in level))
		breach(FILENAME, "no row in LAYERS for " folder_of(FILENAME))
}

{
	at = FILENAME ":" FNR
	line = code_of($0)
	if (line ~ /^[ \t]*#/)
		directive(line)
}

END {
	if (!finished)
		table_done()
	for (f in declared)
		if (!(f in exists))
			breach(declared[f], f " is not there")
	circles()
	exit (bad > 0)
}
