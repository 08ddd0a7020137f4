/* cli_plugin.c - listing, making, checking and explaining plugins. */
#include "cli/cli_plugin.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "cli/args.h"
#include "cli/cli_project.h"
#include "cli/cli_trust.h"
#include "cli/door.h"
#include "cli/plugin_check.h"
#include "cli/plugin_doc.h"
#include "cli/plugins.h"
#include "cli/say.h"
#include "cli/verbs.h"
#include "core/plugin.h"
#include "core/trust.h"
#include "sys/io.h"
#include "sys/path.h"

enum { NAME_COLS = 18 };

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

	json_array_foreach(rows, i, row) {
		plugin_check_lone(row);
		json_put_str(row, "state", state_of(row));
	}
	if (e == ERR_OK && c->json)
		say_json(rows);
	else if (e == ERR_OK)
		json_array_foreach(rows, i, row)
			print_row(row);
	json_decref(rows);
	return say_end(c, e, &why);
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
	enum err e;

	if (path_exists(dir))
		return err_set(why, ERR_USAGE, dir, "choose another name", "is there already");
	e = path_make_private(dir, why);
	if (e == ERR_OK)
		e = put(dir, "plugin.json", mem_fmt(manifest_text, name, name, name), why);
	if (e == ERR_OK)
		e = put(dir, "init.lua", mem_fmt(lua_text, name, name), why);
	if (e == ERR_OK)
		e = put_test(dir, name, why);
	if (e == ERR_OK)
		e = meta_write(dir, false, why);
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
	{ "deny", cli_trust_deny }, { "forget", cli_trust_forget }, { "check", plugin_check_run },
	{ "new", new }, { "doc", plugin_doc }, { "hosts", on_bench }, { "run", on_bench },
	{ "call", on_bench }, { "reload", on_bench }, { "unload", on_bench },
	{ NULL, NULL },
};

int
cli_plugin(struct cli_call *c)
{
	return verbs_run(c, verbs);
}
