# circles.awk - files of one library that call one another in a circle, from `nm -A -P -g` of its objects.
# A first file, tests/gates/circles.conf, lists the circles that are meant: "circle FOLDER FILE... : reason".
# Prints a line for each that is not listed, and for each listed one that is no more, or is smaller.
FILENAME ~ /\.conf$/ {
	if ($1 != "circle")
		next
	sub(/ *: .*/, "")
	key = $2
	for (i = 3; i <= NF; i++)
		key = key " " $i
	allowed[key] = 1
	next
}
{
	file = $1
	sub(/:$/, "", file)
	sub(/\.o$/, "", file)
	sub(/^.*src\//, "", file)
	sub(/\/lib[a-z]*_a-/, "/", file)
	if ($3 ~ /^[TDBRCV]$/)
		home[$2] = file
	else if ($3 == "U")
		wants[file] = wants[file] " " $2
}
# reach FROM, to[]: what can be called from it, in adj[].
function reach(from, adj, to,    queue, n, i, k, part, parts)
{
	delete to
	queue[n = 1] = from
	for (i = 1; i <= n; i++) {
		parts = split(adj[queue[i]], part, " ")
		for (k = 1; k <= parts; k++)
			if (!(part[k] in to)) {
				to[part[k]] = 1
				queue[++n] = part[k]
			}
	}
}
END {
	for (file in wants) {
		split(file, at, "/")
		n = split(wants[file], want, " ")
		for (i = 1; i <= n; i++) {
			to = want[i] in home ? home[want[i]] : ""
			split(to, there, "/")
			if (to != "" && to != file && there[1] == at[1] && !((file, to) in seen)) {
				seen[file, to] = 1
				calls[file] = calls[file] " " to
				callers[to] = callers[to] " " file
			}
		}
	}
	for (file in calls) {
		if (file in done)
			continue
		reach(file, calls, down)
		reach(file, callers, up)
		n = 0
		for (x in down)
			if (x in up && file in down) {
				done[x] = 1
				names[++n] = x
			}
		if (n < 2)
			continue
		for (i = 2; i <= n; i++)
			for (k = i; k > 1 && names[k] < names[k - 1]; k--) {
				x = names[k]
				names[k] = names[k - 1]
				names[k - 1] = x
			}
		key = names[1]
		sub(/\/.*/, "", key)
		for (i = 1; i <= n; i++) {
			x = names[i]
			sub(/^.*\//, "", x)
			key = key " " x
		}
		if (key in allowed)
			met[key] = 1
		else
			print "a circle of files: " key
	}
	for (key in allowed)
		if (!(key in met))
			print "listed, but no more so: " key
}
