# luaman.awk - the reference part of vise-lua(7), from lua/meta/vise.lua: one source for editors and manual.
# usage: awk -f luaman.awk lua/meta/vise.lua  (tests/gates/relist.sh puts it in, tests/cli/luadoc.t compares)

BEGIN {
	object["Console"] = "con"; object["Task"] = "task"; object["Proc"] = "proc"; object["Test"] = "t"
	object["Rx"] = "rx"; object["Subscription"] = "sub"; object["Pane"] = "pane"
	object["Chan"] = "ch"; object["Prof"] = "prof"; object["Series"] = "series"; object["Elf"] = "elf"
	object["Rsp"] = "rsp"; object["Progress"] = "p"
	object["Debug"] = "dbg"; object["Place"] = "place"; object["Server"] = "server"
}

function safe(s)
{
	gsub(/\\/, "\\e", s)
	if (s ~ /^['.]/)
		s = "\\&" s
	gsub(/-/, "\\-", s)
	gsub(/[|{,]/, "&\\:", s)      # long types may break there
	return s
}

function forget()
{
	doc = params = returns = fields = ""
	waits = 0
}

# "name type # what"
function described(s,    name, rest, i, what)
{
	name = s; sub(/ .*/, "", name)
	rest = substr(s, length(name) + 2)
	what = ""
	if ((i = index(rest, " # ")) > 0) {
		what = ", " substr(rest, i + 3)
		rest = substr(rest, 1, i - 1)
	}
	return "\\fI" safe(name) "\\fR: " safe(rest) safe(what)
}

function print_all(head)
{
	printf ".TP\n%s%s\n", head, waits ? " W" : ""
	printf "%s%s%s", doc, params, returns
	if (doc params returns == "")
		print "\\&"
}

/^---@async/ { waits = 1; next }
/^---@param / { params = params (doc params == "" ? "" : ".br\n") described(substr($0, 11)) "\n"; next }
/^---@return / {
	returns = returns (doc params returns == "" ? "" : ".br\n") "gives " safe(substr($0, 12)) "\n"
	next
}
/^---@class / { class = $2; is_class = 1; next }
/^---@field / { fields = fields (fields == "" ? "" : ".br\n") described(substr($0, 11)) "\n"; next }
/^---@alias / {
	name = $2
	printf ".TP\n\\fB%s\\fR\n%s\n", safe(name), safe(substr($0, length("---@alias ") + length(name) + 2))
	next
}
/^---@overload fun\(t: / {
	overload = $0
	sub(/^---@overload fun\(t: /, "", overload)
	sub(/\)$/, "", overload)
	next
}
/^---@/ { next }
/^---/ { doc = doc safe(substr($0, 4)) "\n"; next }

/^function / {
	head = substr($0, 10)
	sub(/ end$/, "", head)
	name = head; sub(/\(.*/, "", name)
	args = substr(head, length(name) + 1)
	if ((i = index(name, ":")) > 0)
		name = object[substr(name, 1, i - 1)] substr(name, i)
	gsub(/[()]/, "", args)
	print_all("\\fB" safe(name) "\\fR(\\fI" safe(args) "\\fR)")
	forget()
	next
}

# a class with fields that callers fill in or get
{
	if (is_class && overload != "") {
		name = $1
		params = described("t " overload) "\n"
		if (doc != "")
			params = ".br\n" params
		print_all("\\fB" safe(name) "\\fR(\\fIt\\fR)")
	} else if (is_class && fields != "" && class != "vise") {
		printf ".TP\n\\fB%s\\fR\n%s%s%s", safe(class), doc, doc != "" ? ".br\n" : "", fields
	}
	overload = ""
	is_class = 0
	forget()
}
END { if (is_class && fields != "") printf ".TP\n\\fB%s\\fR\n%s", safe(class), fields }
