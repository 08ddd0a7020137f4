# Calls that the house does not make. Reads what strip.awk wrote; prints "file:line: what".
# -v conf=FILE may hold lines "allow CALL FILE reason".

BEGIN {
	FS = "\n"
	add("sprintf vsprintf strcpy strcat strncpy strncat stpcpy atoi atol atoll atof strtok gets", "")
	add("system popen mktemp tmpnam tempnam signal alloca", "")
	add("malloc calloc realloc reallocarray strdup strndup asprintf vasprintf free", "base/alloc.c")
	add("open openat creat read pread readv write pwrite writev close", "sys/")
	add("fork vfork execl execlp execle execv execve execvp execvpe posix_spawn", "sys/")
	add("clock_gettime gettimeofday", "sys/")
	while (conf != "" && (getline line < conf) > 0)
		if (split(line, w, " ") >= 4 && w[1] == "allow")
			allowed[w[2], w[3]] = 1
}

# The calls of a list are banned outside the files that begin with place.
function add(list, place,    n, w, i)
{
	n = split(list, w, " ")
	for (i = 1; i <= n; i++)
		home[w[i]] = place
}

{
	i = index($0, ":")
	file = substr($0, 1, i - 1)
	rest = substr($0, i + 1)
	i = index(rest, ":")
	line = substr(rest, 1, i - 1)
	s = substr(rest, i + 1)
	before = ""
	while (match(s, /[A-Za-z_][A-Za-z0-9_]*/)) {
		word = substr(s, RSTART, RLENGTH)
		lead = before substr(s, 1, RSTART - 1)
		after = substr(s, RSTART + RLENGTH)
		before = substr(word, length(word), 1)
		s = after
		if (!(word in home) || after !~ /^[ \t]*\(/)
			continue
		# ops->read(...), ops.read(...) are the tables that tests can fail: what we want.
		sub(/[ \t]+$/, "", lead)
		if (lead ~ /(->|\.)$/)
			continue
		if (home[word] != "" && index(file, home[word]) == 1)
			continue
		if ((word, file) in allowed)
			continue
		print file ":" line ": " word "()" \
		    (home[word] != "" ? " belongs to " home[word] : " is banned")
	}
}
