# C source with comments, strings and character constants blanked; lines stay where they were.
# The output is "file:line:text". Only POSIX awk is used.

FNR == 1 {
	incomment = 0
}

{
	s = $0
	out = ""
	while (s != "") {
		if (incomment) {
			i = index(s, "*/")
			if (!i)
				break
			s = substr(s, i + 2)
			incomment = 0
			continue
		}
		if (!match(s, /"([^"\\]|\\.)*"|'([^'\\]|\\.)*'|\/[*]|\/\//)) {
			out = out s
			break
		}
		out = out substr(s, 1, RSTART - 1)
		what = substr(s, RSTART, 2)
		s = substr(s, RSTART + RLENGTH)
		if (what == "/*")
			incomment = 1
		else if (what == "//")
			break
		else
			out = out substr(what, 1, 1) substr(what, 1, 1)
	}
	print FILENAME ":" FNR ":" out
}
