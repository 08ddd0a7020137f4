/* plugin_doc.c - what the stubs say of a function, for people and for programs. */
#include "cli/plugin_doc.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/slice.h"
#include "cli/args.h"
#include "cli/say.h"
#include "core/json.h"
#include "sys/io.h"
#include "sys/path.h"

enum { STUBS_MAX = 1 << 20 };

/* ---- one function as JSON */

static json_t *
text_of(struct slice s)
{
	while (s.n != 0 && (s.p[0] == ' ' || s.p[0] == '\t'))
		s = slice_make(s.p + 1, s.n - 1);
	while (s.n != 0 && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == ','))
		s.n--;
	return json_text(s.p, s.n);
}

static struct slice
after(struct slice line, const char *mark)
{
	const size_t n = strlen(mark);

	return slice_make(line.p + n, line.n - n);
}

/* What stands behind " # " is for people; the rest stays in *line. */
static json_t *
remark(struct slice *line)
{
	const int64_t at = slice_find(*line, slice_of("# "));
	json_t *doc;

	if (at < 0)
		return json_string("");
	doc = text_of(slice_make(line->p + at + 2, line->n - (size_t)at - 2));
	line->n = (size_t)at;
	return doc;
}

/* "opt? vise.ExpectOptions # of it" */
static json_t *
param(struct slice line)
{
	json_t *doc = remark(&line), *o = json_object();
	struct slice type, name = slice_cut(line, ' ', &type);
	const bool optional = name.n != 0 && name.p[name.n - 1] == '?';

	name.n -= optional;
	json_put(o, "name", text_of(name));
	json_put(o, "type", text_of(type));
	json_put_bool(o, "optional", optional);
	json_put(o, "doc", doc);
	return o;
}

/* The end of a type: spaces within brackets and behind a comma or colon belong to it. */
static size_t
type_length(struct slice s)
{
	size_t depth = 0, i;

	for (i = 0; i < s.n; i++) {
		const char c = s.p[i];

		if (strchr("{([<", c) != NULL)
			depth++;
		else if (strchr("})]>", c) != NULL && depth != 0)
			depth--;
		else if (depth == 0 && (c == ',' || (c == ' ' && i != 0 && s.p[i - 1] != ':')))
			break;
	}
	return i;
}

/* "vise.Match? match, vise.Error? err # words" */
static void
add_returns(json_t *list, struct slice line)
{
	json_t *doc = remark(&line);

	while (line.n != 0 && line.p[0] == ' ')
		line = slice_make(line.p + 1, line.n - 1);
	while (line.n != 0) {
		const size_t n = type_length(line);
		json_t *o = json_object();
		struct slice rest, name = slice_cut(slice_make(line.p + n, line.n - n), ',', &rest);

		json_put(o, "type", text_of(slice_make(line.p, n)));
		json_put(o, "name", text_of(name));
		json_put(o, "doc", json_incref(doc));
		(void)json_array_append_new(list, o);
		for (line = rest; line.n != 0 && line.p[0] == ' ';)
			line = slice_make(line.p + 1, line.n - 1);
	}
	json_decref(doc);
}

/* "raises timeout, eof, lost": the codes named. */
static void
add_errors(json_t *list, struct slice line)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz_";
	static const char *const codes[] = { "timeout", "eof", "busy", "lost", "lost_place",
		"device_fault", "at_error", "verify", "wrong_mode", "infra", "tool_failed",
		"denied", "cancelled", "budget", "memory", "usage", "load_time", "limit",
		"unsupported", "not_found", "script" };
	const int64_t at = slice_find(line, slice_of("raises "));
	struct slice rest;

	if (at < 0)
		return;
	rest = slice_make(line.p + at + 7, line.n - (size_t)at - 7);
	while (rest.n != 0) {
		size_t n = 0;

		while (n < rest.n && strchr(letters, rest.p[n]) != NULL)
			n++;
		for (size_t i = 0; n != 0 && i < sizeof codes / sizeof *codes; i++)
			if (slice_is(slice_make(rest.p, n), codes[i]))
				(void)json_array_append_new(list, json_string(codes[i]));
		if (n < rest.n && rest.p[n] == '.')
			break;
		rest = slice_make(rest.p + n + (n < rest.n), rest.n - n - (n < rest.n));
	}
}

/* "function Console:expect(patterns, opt) end" */
static void
put_name(json_t *o, struct slice line)
{
	struct slice declaration = line, name;

	if (slice_ends(line, " end"))
		declaration.n -= 4;
	name = slice_cut(after(line, "function "), '(', &(struct slice){ NULL, 0 });
	json_put(o, "name", text_of(name));
	json_put_str(o, "module", "vise");
	json_put(o, "declaration", text_of(declaration));
}

/* block: the lines of comment and the declaration below them. */
static json_t *
function_json(struct slice block)
{
	json_t *o = json_object(), *params = json_array(), *returns = json_array(),
	       *errors = json_array();
	struct buf doc;
	bool waits = false;

	buf_init(&doc, STUBS_MAX);
	while (block.n != 0) {
		const struct slice line = slice_cut(block, '\n', &block);

		add_errors(errors, line);
		if (slice_starts(line, "---@async"))
			waits = true;
		else if (slice_starts(line, "---@param "))
			(void)json_array_append_new(params, param(after(line, "---@param ")));
		else if (slice_starts(line, "---@return "))
			add_returns(returns, after(line, "---@return "));
		else if (slice_starts(line, "function "))
			put_name(o, line);
		else if (slice_starts(line, "---") && !slice_starts(line, "---@"))
			(void)buf_add_fmt(&doc, "%s%.*s", doc.len != 0 ? " " : "", (int)line.n - 3,
			    line.p + 3);
	}
	json_put_str(o, "doc", buf_str(&doc));
	json_put_bool(o, "waits", waits);
	json_put(o, "contexts", waits ? json_pack("[s]", "task") :
	    json_pack("[s,s,s]", "load", "task", "callback"));
	json_put(o, "params", params);
	json_put(o, "returns", returns);
	json_put(o, "errors", errors);
	buf_fini(&doc);
	return o;
}

/* ---- finding it */

/* Whether this line of the stubs declares it: "vise.sleep" is named by sleep, not by eep. */
static bool
is_named(struct slice line, const char *what)
{
	struct slice name = slice_cut(line, '(', &(struct slice){ NULL, 0 });
	const struct slice want = slice_of(what);
	char before;

	name = after(name, "function ");
	if (name.n < want.n || memcmp(name.p + name.n - want.n, want.p, want.n) != 0)
		return false;
	before = name.n > want.n ? name.p[name.n - want.n - 1] : '.';
	return before == '.' || before == ':' || want.p[0] == ':' || want.p[0] == '.';
}

static void
tell(struct slice block, json_t *list, bool first)
{
	if (list != NULL)
		(void)json_array_append_new(list, function_json(block));
	else
		printf("%s%.*s\n", first ? "" : "\n", (int)block.n, block.p);
}

/* Each declaration of the stubs that is named so; near: that has the word in it. list: as JSON. */
static bool
find_stubs(const char *text, size_t size, const char *what, bool near, json_t *list)
{
	struct slice rest = slice_make(text, size), line, all;
	const char *from = text;
	bool any = false;

	while (rest.n != 0) {
		line = slice_cut(rest, '\n', &rest);
		if (slice_starts(line, "---"))
			continue;
		all = slice_make(from, (size_t)(line.p + line.n - from));
		if (slice_starts(line, "function ") && (is_named(line, what) ||
		    (near && slice_find(all, slice_of(what)) >= 0))) {
			tell(all, list, !any);
			any = true;
		}
		from = rest.p;
	}
	return any;
}

/* con:at is "Console:at" in the stubs: only what follows the colon is sure. */
static const char *
stub_name(const char *word)
{
	const char *colon = strchr(word, ':');

	return colon != NULL ? colon : word;
}

int
plugin_doc(struct cli_call *c)
{
	struct err_msg why;
	char *path = path_data("lua/meta/vise.lua");
	json_t *list = NULL;
	struct buf b;
	enum err e = args_parse(c, NULL, 2, 2, &why);

	buf_init(&b, 2 * STUBS_MAX);
	if (c->json)
		list = json_array();
	if (e == ERR_OK)
		e = sys_file_read(path != NULL ? path : "lua/meta/vise.lua", STUBS_MAX, &b, &why);
	if (e == ERR_OK &&
	    !find_stubs(buf_str(&b), b.len, stub_name(c->word[1]), false, list) &&
	    !find_stubs(buf_str(&b), b.len, c->word[1], true, list))
		e = err_set(&why, ERR_NOENT, c->word[1], "vise-lua(7) lists them",
		    "no function of the module has this name, or this word in what is said of it");
	if (e == ERR_OK && list != NULL)
		say_json(list);
	json_decref(list);
	buf_fini(&b);
	mem_free(path);
	return say_end(c, e, &why);
}
