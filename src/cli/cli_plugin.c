/* cli_plugin.c - listing, making, checking and explaining plugins. */
#include "cli/cli_plugin.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/slice.h"
#include "cli/args.h"
#include "cli/cli_trust.h"
#include "cli/door.h"
#include "cli/plugins.h"
#include "cli/say.h"
#include "cli/verbs.h"
#include "core/plugin.h"
#include "core/trust.h"
#include "sys/io.h"
#include "sys/path.h"
#include "sys/spawn.h"

enum { STUBS_MAX = 1 << 20, NAME_COLS = 18 };

/* ---- list */

static const char *
state_of(const json_t *row)
{
	if (json_get_bool(row, "shadowed", false))
		return "shadowed";
	if (json_object_get(row, "problem") == NULL)
		return "ok";
	return strcmp(json_get_str(row, "trust", "allowed"), "allowed") != 0 ? "untrusted" :
	    "refused";
}

static void
print_row(const json_t *row)
{
	const json_t *v;
	size_t i;

	printf("%-*s %-8s %-8s %-10s", NAME_COLS, json_get_str(row, "name", "?"),
	    json_get_str(row, "version", "-"), json_get_str(row, "place", ""), state_of(row));
	if (json_object_get(row, "problem") != NULL) {
		putchar(' ');
		say_str(stdout, json_get_str(row, "problem", ""));
	}
	json_array_foreach(json_object_get(row, "provides"), i, v)
		if (json_object_get(row, "problem") == NULL && json_is_string(v)) {
			putchar(' ');
			say_str(stdout, json_string_value(v));
		}
	putchar('\n');
}

static int
list(struct cli_call *c)
{
	struct err_msg why;
	const enum err e = args_parse(c, NULL, 1, 1, &why);
	json_t *rows = plugins_rows(), *row;
	size_t i;

	json_array_foreach(rows, i, row)
		json_put_str(row, "state", state_of(row));
	if (e == ERR_OK && c->json)
		say_json(rows);
	else if (e == ERR_OK)
		json_array_foreach(rows, i, row)
			print_row(row);
	json_decref(rows);
	return say_end(c, e, &why);
}

/* ---- check */

/* A folder with a plugin.json, or a plugin's name. Words for vise-script. */
static enum err
named(const char *what, json_t **words, struct err_msg *why)
{
	char *file = path_join(what, "plugin.json"), *real;
	json_t *rows = plugins_rows(), *row;
	enum err e = err_set(why, ERR_NOENT, what, "vise plugin list names them",
	    "is no plugin that may run, and no folder of one");
	size_t i;

	*words = NULL;
	if (path_exists(file) && (real = path_real(what)) != NULL) {
		*words = json_pack("[s,s]", "--plugin", real);
		mem_free(real);
	}
	json_array_foreach(rows, i, row) {
		if (*words != NULL || strcmp(json_get_str(row, "name", ""), what) != 0)
			continue;
		if (plugin_usable(row))
			*words = plugin_argv(rows, row);
		else if (json_object_get(row, "problem") != NULL)
			e = err_set(why, strcmp(state_of(row), "untrusted") == 0 ? ERR_DENIED :
			    ERR_USAGE, what, NULL, "%s", json_get_str(row, "problem", ""));
	}
	json_decref(rows);
	mem_free(file);
	return *words != NULL ? ERR_OK : e;
}

static enum err
run_check(const struct cli_call *c, const json_t *words, int *status, struct err_msg *why)
{
	char *program = path_program("vise-script");
	const char *argv[64] = { program };
	const struct sys_spawn s = { .argv = argv, .fd_in = -1, .fd_out = 1, .fd_err = 2,
		.fd3 = -1, .keep_group = true };
	const json_t *v;
	size_t i, n = 1;
	pid_t pid;
	enum err e;

	json_array_foreach(words, i, v)
		if (n < 60)
			argv[n++] = json_string_value(v);
	if (c->json)
		argv[n++] = "--json";
	argv[n] = "--check";
	e = sys_spawn(&s, &pid, why);
	if (e == ERR_OK)
		*status = sys_wait(pid);
	mem_free(program);
	return e;
}

static int
check(struct cli_call *c)
{
	struct err_msg why;
	json_t *words = NULL;
	int status = 0;
	enum err e = args_parse(c, NULL, 2, 2, &why);

	if (e == ERR_OK)
		e = named(c->word[1], &words, &why);
	if (e == ERR_OK)
		e = run_check(c, words, &status, &why);
	json_decref(words);
	return e == ERR_OK ? status : say_end(c, e, &why);
}

/* ---- new */

static const char manifest_text[] =
    "{\n"
    "  \"name\": \"%s\",\n"
    "  \"version\": \"0.1.0\",\n"
    "  \"api\": \"1.1\",\n"
    "  \"entry\": \"init.lua\",\n"
    "  \"doc\": \"what it is for, in one line\",\n"
    "  \"provides\": [\"macro:%s-version\"],\n"
    "  \"needs\": { \"serial\": true },\n"
    "  \"macros\": { \"%s-version\": { \"title\": \"Firmware?\" } },\n"
    "  \"options\": {}\n"
    "}\n";

/* The first exchange takes what a board says while it starts. */
static const char lua_text[] =
    "-- %s\n"
    "local vise = require \"vise\"\n"
    "\n"
    "vise.macro {\n"
    "  id = \"%s-version\", title = \"Firmware?\",\n"
    "  steps = {\n"
    "    { at = \"AT\" },\n"
    "    { at = \"AT+GMR\", save = \"version\" },   -- prefix = \"+GMR:\" when it answers so\n"
    "  },\n"
    "  result = { { name = \"version\" } },\n"
    "}\n";

static const char test_text[] =
    "-- vise test --port PORT %s\n"
    "local vise = require \"vise\"\n"
    "\n"
    "vise.test(\"it answers\", function(t)\n"
    "  t.console:at(\"AT\")\n"
    "end)\n";

static const char rc_text[] =
    "{\n"
    "  \"runtime.version\": \"Lua 5.4\",\n"
    "  \"workspace.library\": [\"%s\"],\n"
    "  \"diagnostics.neededFileStatus\": { \"await-in-sync\": \"Any\", \"not-yieldable\": "
    "\"Any\" }\n"
    "}\n";

static enum err
put(const char *dir, const char *name, char *text, struct err_msg *why)
{
	char *path = path_join(dir, name);
	const enum err e = sys_file_replace(path, text, strlen(text), why);

	mem_free(path);
	mem_free(text);
	return e;
}

static enum err
put_test(const char *dir, const char *name, struct err_msg *why)
{
	char *file = mem_fmt("%s_test.lua", name), *path = path_join(dir, file);
	const enum err e = put(dir, file, mem_fmt(test_text, path), why);

	mem_free(path);
	mem_free(file);
	return e;
}

static enum err
make(const char *dir, const char *name, struct err_msg *why)
{
	char *meta = path_data("lua/meta");
	enum err e;

	if (path_exists(dir)) {
		mem_free(meta);
		return err_set(why, ERR_USAGE, dir, "choose another name", "is there already");
	}
	e = path_make_private(dir, why);
	if (e == ERR_OK)
		e = put(dir, "plugin.json", mem_fmt(manifest_text, name, name, name), why);
	if (e == ERR_OK)
		e = put(dir, "init.lua", mem_fmt(lua_text, name, name), why);
	if (e == ERR_OK)
		e = put_test(dir, name, why);
	if (e == ERR_OK)
		e = put(dir, ".luarc.json", mem_fmt(rc_text, meta != NULL ? meta : ""), why);
	mem_free(meta);
	return e;
}

static void
say_next(const char *dir, const char *name, bool project)
{
	printf("%s/init.lua\n%s/plugin.json\n%s/%s_test.lua\n", dir, dir, dir, name);
	printf("  vise plugin check %s\n", dir);
	if (project)
		puts("  vise plugin view, vise plugin trust --hash ...: again after a change");
	printf("  vise macro run PORT %s-version\n  vise test --port PORT %s\n", name, dir);
}

static int
new(struct cli_call *c)
{
	bool project = false;
	const struct args_option options[] = { { "--project", ARGS_FLAG, &project },
		{ NULL, ARGS_FLAG, NULL } };
	struct err_msg why;
	enum err e = args_parse(c, options, 2, 2, &why);
	char *config = path_config(), *base = project || config == NULL ?
	    mem_str(TRUST_FOLDER "/plugins") : path_join(config, "plugins");
	json_t *probe = json_pack("{s:s,s:s,s:s}", "name", e == ERR_OK ? c->word[1] : "x",
	    "version", "0", "api", "1.0");
	char *dir = path_join(base, e == ERR_OK ? c->word[1] : "x");

	if (e == ERR_OK && plugin_check(probe, c->word[1], &why) != ERR_OK)
		e = err_set(&why, ERR_USAGE, c->word[1], "letters, digits, - _ .",
		    "is no name for a plugin");
	if (e == ERR_OK)
		e = make(dir, c->word[1], &why);
	if (e == ERR_OK && !c->json)
		say_next(dir, c->word[1], project);
	json_decref(probe);
	mem_free(config);
	mem_free(base);
	mem_free(dir);
	return say_end(c, e, &why);
}

/* ---- doc */

/* Whether this line of the stubs declares it: "vise.sleep" is named by sleep, not by eep. */
static bool
is_named(struct slice line, const char *what)
{
	struct slice name = slice_cut(line, '(', &(struct slice){ NULL, 0 });
	const struct slice want = slice_of(what);
	char before;

	name = slice_make(name.p + sizeof "function " - 1, name.n - (sizeof "function " - 1));
	if (name.n < want.n || memcmp(name.p + name.n - want.n, want.p, want.n) != 0)
		return false;
	before = name.n > want.n ? name.p[name.n - want.n - 1] : '.';
	return before == '.' || before == ':' || want.p[0] == ':' || want.p[0] == '.';
}

/* Prints each declaration of the stubs that is named so; near: that has the word in it. */
static bool
print_stubs(const char *text, size_t size, const char *what, bool near)
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
			printf("%s%.*s\n", any ? "\n" : "", (int)all.n, all.p);
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

static int
doc(struct cli_call *c)
{
	struct err_msg why;
	char *path = path_data("lua/meta/vise.lua");
	struct buf b;
	enum err e = args_parse(c, NULL, 2, 2, &why);

	buf_init(&b, 2 * STUBS_MAX);
	if (e == ERR_OK)
		e = sys_file_read(path != NULL ? path : "lua/meta/vise.lua", STUBS_MAX, &b, &why);
	if (e == ERR_OK && !print_stubs(buf_str(&b), b.len, stub_name(c->word[1]), false) &&
	    !print_stubs(buf_str(&b), b.len, c->word[1], true))
		e = err_set(&why, ERR_NOENT, c->word[1], "vise-lua(7) lists them",
		    "no function of the module has this name, or this word in what is said of it");
	buf_fini(&b);
	mem_free(path);
	return say_end(c, e, &why);
}

/* ---- of a bench that runs: plugin.VERB with the words */

static int
on_bench(struct cli_call *c)
{
	struct err_msg why;
	json_t *result = NULL;
	struct buf line;
	enum err e = args_parse(c, NULL, 1, ARGS_MANY, &why);

	buf_init(&line, 65536);
	if (e == ERR_OK) {
		(void)buf_add_fmt(&line, "plugin.%s", c->word[0]);
		for (size_t i = 1; i < c->words; i++)
			door_add(&line, NULL, c->word[i]);
		if (c->rests != 0)
			(void)buf_add_str(&line, " --");
		for (size_t i = 0; i < c->rests; i++)
			door_add(&line, NULL, c->rest[i]);
		e = door_ask(c->bench, &line, &result, &why);
	}
	if (e == ERR_OK && c->json)
		say_json(result);
	else if (e == ERR_OK && !json_is_null(result))
		say_value(result);
	buf_fini(&line);
	if (e != ERR_OK)
		return say_end_cause(c, e, &why, result);
	json_decref(result);
	return say_end(c, e, &why);
}

static const struct cli_verb verbs[] = {
	{ "list", list }, { "view", cli_trust_view }, { "trust", cli_trust_allow },
	{ "deny", cli_trust_deny }, { "forget", cli_trust_forget }, { "check", check },
	{ "new", new }, { "doc", doc }, { "hosts", on_bench }, { "run", on_bench },
	{ "call", on_bench }, { "reload", on_bench }, { "unload", on_bench },
	{ NULL, NULL },
};

int
cli_plugin(struct cli_call *c)
{
	return verbs_run(c, verbs);
}
