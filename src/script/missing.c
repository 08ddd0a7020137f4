/* missing.c - what a script does not have of Lua's libraries, and what it has instead. */
#include "script/missing.h"

#include <string.h>

#include "base/slice.h"

#define NOT "a script does not have it: "

static const char blocks[] = NOT "it would stop every other task, and knows no limits";
static const char unlimited[] = NOT "it knows no limits";
static const char inside[] = NOT "it reaches into what holds the script";
static const char modules[] = NOT "code comes from the script's or plugin's own folder";
static const char old[] = "this is Lua 5.4";

/* Those of other Lua versions, too. */
static const struct missing globals[] = {
	{ "io", blocks, "vise.fs.read, write, append and list are for files, print for output" },
	{ "package", modules, "require \"name\"" },
	{ "dofile", modules, "require \"name\", or load(vise.fs.read(path))" },
	{ "loadfile", modules, "require \"name\", or load(vise.fs.read(path))" },
	{ "loadstring", old, "load(text)" },
	{ "unpack", old, "table.unpack" },
	{ "setfenv", old, "the fourth argument of load" },
	{ "bit32", old, "the operators & | ~ << >>" },
	{ NULL, NULL, NULL },
};

const struct missing missing_of_os[] = {
	{ "os.execute", blocks, "vise.launch.run { cmd = \"program\", args = { ... } }" },
	{ "os.exit", NOT "clean-up would not run", "return, or vise.fail(code, text)" },
	{ "os.remove", unlimited, "vise.fs.remove(path)" },
	{ "os.rename", unlimited, "vise.fs.write and vise.fs.remove" },
	{ "os.tmpname", unlimited, "a name below vise.fs.artifacts" },
	{ "os.setlocale", NOT "texts are UTF-8 and numbers have a point", "" },
	{ NULL, NULL, NULL },
};

const struct missing missing_of_string[] = {
	{ "string.dump", NOT "byte code can crash what runs it", "load(text)" },
	{ NULL, NULL, NULL },
};

static const struct missing of_debug[] = {
	{ "sethook", inside, "debug.traceback is there" },
	{ "gethook", inside, "debug.traceback is there" },
	{ "getinfo", inside, "debug.traceback is there" },
	{ "getlocal", inside, "debug.traceback is there" },
	{ "setlocal", inside, "debug.traceback is there" },
	{ "getupvalue", inside, "debug.traceback is there" },
	{ "setupvalue", inside, "debug.traceback is there" },
	{ "getregistry", inside, "debug.traceback is there" },
	{ NULL, NULL, NULL },
};

static const struct missing *
find(const struct missing *list, struct slice name)
{
	for (; list->name != NULL; list++)
		if (slice_eq(name, slice_of(list->name)))
			return list;
	return NULL;
}

/* "FILE:LINE: attempt to index a nil value (global 'io')": the kind of the name, and it. */
static const struct missing *
meant(const char *text)
{
	const char *at = strstr(text, " a nil value (");
	struct slice kind, name, rest;

	if (at == NULL)
		return NULL;
	kind = slice_cut(slice_of(at + strlen(" a nil value (")), ' ', &rest);
	if (rest.n < 3 || rest.p[0] != '\'')
		return NULL;
	name = slice_cut((struct slice){ rest.p + 1, rest.n - 1 }, '\'', &rest);
	if (slice_eq(kind, slice_of("field")))
		return find(of_debug, name);
	return find(globals, name);
}

bool
missing_explain(const char *text, struct err_msg *m, size_t *where)
{
	const char *attempt = strstr(text, ": attempt to ");
	const struct missing *n = attempt != NULL ? meant(attempt) : NULL;

	if (n == NULL)
		return false;
	*where = (size_t)(attempt - text);
	(void)err_set(m, ERR_USAGE, n->name, n->next, "%s", n->why);
	return true;
}
