# The shape of C files by the house style: a function's body opens and closes in column one.
# Prints one line per finding: "long FILE:LINE NAME LINES", "wide FILE:LINE COLUMNS",
# "purpose FILE", "guard FILE", "total FILE LINES". Columns count a tab as up to eight and a
# UTF-8 character as one. Only POSIX awk is used (and bytes, LC_ALL=C).

function columns(s,    n, i, c, k)
{
	n = 0
	while ((i = index(s, "\t")) > 0) {
		n += chars(substr(s, 1, i - 1))
		n += 8 - n % 8
		s = substr(s, i + 1)
	}
	return n + chars(s)
}

function chars(s)
{
	gsub(/[\200-\277]/, "", s)
	return length(s)
}

function done()
{
	if (file == "")
		return
	print "total " file " " last
	if (file ~ /\.h$/ && !guarded)
		print "guard " file
}

FNR == 1 {
	done()
	file = FILENAME
	start = 0
	guarded = 0
	name = "?"
	guard = toupper(file)
	gsub(/[^A-Z0-9]/, "_", guard)
	if ($0 !~ /^\/\*/)
		print "purpose " file
}

{
	last = FNR
	if (length($0) > 60 && columns($0) > 100)
		print "wide " file ":" FNR " " columns($0)
	if ($0 == "#ifndef " guard)
		guarded = 1
}

/^[A-Za-z_][A-Za-z0-9_]*\(/ {
	name = substr($0, 1, index($0, "(") - 1)
}

/^\{/ {
	start = FNR
}

/^\}/ && start {
	if (FNR - start + 1 > 40)
		print "long " file ":" start " " name " " FNR - start + 1
	start = 0
}

END {
	done()
}
