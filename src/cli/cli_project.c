/* cli_project.c - what a project sets, and settings for editors. */
#include "cli/cli_project.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "cli/args.h"
#include "cli/plugins.h"
#include "cli/say.h"
#include "core/json.h"
#include "core/project.h"
#include "sys/io.h"
#include "sys/path.h"

enum { FILE_MAX = 256 << 10, STUBS_MAX = 1 << 20 };

#define COPY_DIR ".luameta"

/* ---- vise project */

/* The settings of the file itself, trusted or not: looking at them applies nothing. */
static json_t *
settings(const struct project *p, struct err_msg *why)
{
	char *path = path_join(p->root, PROJECT_FILE);
	json_t *data = NULL;
	struct buf b;

	buf_init(&b, 2 * FILE_MAX);
	if (sys_file_read(path, FILE_MAX, &b, why) == ERR_OK)
		data = project_check(buf_str(&b), b.len, path, p->folder, why);
	buf_fini(&b);
	mem_free(path);
	return data;
}

/* What it names and is not here: [text]. New reference. */
static json_t *
missing(const json_t *data)
{
	const char *board = json_get_str(data, "board", NULL), *elf = json_get_str(data, "elf",
	    NULL), *name;
	json_t *list = json_array(), *rows = plugins_rows(), *row, *v;
	size_t i;

	if (board != NULL && !plugins_have("board", board))
		(void)json_array_append_new(list, json_sprintf("board: no plugin and no file "
		    "provides the board %s", board));
	if (elf != NULL && !path_exists(elf))
		(void)json_array_append_new(list, json_sprintf("elf: %s is not there (yet)", elf));
	json_object_foreach(json_object_get(data, "plugins"), name, v) {
		bool known = false;

		json_array_foreach(rows, i, row)
			known = known || strcmp(json_get_str(row, "name", ""), name) == 0;
		if (!known)
			(void)json_array_append_new(list, json_sprintf("plugins.%s: there is no "
			    "such plugin", name));
	}
	json_array_foreach(rows, i, row)
		if (strstr(json_get_str(row, "problem", ""), PROJECT_FILE ": the plugin has no") !=
		    NULL)
			(void)json_array_append_new(list, json_sprintf("plugins.%s: %s",
			    json_get_str(row, "name", ""), json_get_str(row, "problem", "")));
	json_decref(rows);
	return list;
}

static void
print_one(const char *name, const json_t *v)
{
	struct buf b;

	buf_init(&b, FILE_MAX);
	if (!json_is_string(v))
		(void)json_write(v, &b);
	printf("  %-10s ", name);
	say_str(stdout, json_is_string(v) ? json_string_value(v) : buf_str(&b));
	puts("  (from " TRUST_FOLDER "/" PROJECT_FILE ")");
	buf_fini(&b);
}

static void
print_project(const struct project *p, const json_t *data, const json_t *lacks)
{
	const bool applied = p->data != NULL;
	const char *name;
	json_t *v;
	size_t i;

	say_str(stdout, p->folder);
	printf("  %s\n", !p->there ? "has no " TRUST_FOLDER "/" PROJECT_FILE :
	    applied ? "applied" : p->trust == TRUST_DENIED ? "denied" : "not applied: not trusted");
	json_object_foreach((json_t *)(uintptr_t)data, name, v)
		print_one(name, v);
	json_array_foreach(lacks, i, v) {
		fputs("  ! ", stdout);
		say_str(stdout, json_string_value(v));
		putchar('\n');
	}
	if (p->there && !applied && p->trust != TRUST_DENIED)
		puts("look at it: vise plugin view; then vise plugin trust --hash ...");
}

static enum err
open_here(struct project *p, json_t **data, struct err_msg *why)
{
	char *cwd = path_cwd();
	enum err e = project_open(p, cwd, getenv(ARGS_TRUST), why);

	mem_free(cwd);
	if (p->root == NULL)
		return err_set(why, ERR_NOENT, "this folder", "vise-project(5)",
		    "is in no project with a " TRUST_FOLDER " folder");
	/* what waits for trust may still be wrong */
	if (p->there && (e == ERR_OK || p->trust != TRUST_REFUSED)) {
		*data = settings(p, why);
		e = *data != NULL ? ERR_OK : why->code;
	}
	return e;
}

static int
show(struct cli_call *c, bool check)
{
	struct project p = { .root = NULL };
	struct err_msg why;
	json_t *data = NULL, *lacks = NULL;
	int status = 0, end;
	enum err e = args_parse(c, NULL, 0, 1, &why);

	if (e == ERR_OK)
		e = open_here(&p, &data, &why);
	lacks = data != NULL ? missing(data) : json_array();
	if (check && json_array_size(lacks) != 0)
		status = err_exit_status(ERR_CONFIG);
	if (e == ERR_OK && c->json) {
		json_t *o = json_pack("{s:s,s:s,s:b,s:s,s:o,s:O}", "folder", p.folder, "file",
		    TRUST_FOLDER "/" PROJECT_FILE, "applied", p.data != NULL, "trust", p.there ?
		    trust_word(p.trust) : "none", "settings", data != NULL ? json_incref(data) :
		    json_object(), "missing", lacks);

		say_json(o);
		json_decref(o);
	} else if (e == ERR_OK) {
		print_project(&p, data, lacks);
	}
	json_decref(data);
	json_decref(lacks);
	project_fini(&p);
	end = say_end(c, e, &why);
	return end != 0 ? end : status;
}

int
cli_project(struct cli_call *c)
{
	const char *verb = c->argc > 1 && c->argv[1][0] != '-' ? c->argv[1] : "show";
	struct err_msg why;

	if (strcmp(verb, "show") == 0 || strcmp(verb, "check") == 0)
		return show(c, strcmp(verb, "check") == 0);
	return say_end(c, err_set(&why, ERR_USAGE, verb, "vise help project",
	    "no such verb of project: show or check"), &why);
}

/* ---- vise meta */

static enum err
copy_stubs(const char *dir, const char *from, struct err_msg *why)
{
	char *to = path_join(dir, COPY_DIR), *source = path_join(from, "vise.lua"),
	     *file = path_join(to, "vise.lua");
	struct buf b;
	enum err e;

	buf_init(&b, 2 * STUBS_MAX);
	e = sys_file_read(source, STUBS_MAX, &b, why);
	if (e == ERR_OK)
		e = path_make(to, why);
	if (e == ERR_OK)
		e = sys_file_replace(file, buf_str(&b), b.len, why);
	buf_fini(&b);
	mem_free(to);
	mem_free(source);
	mem_free(file);
	return e;
}

/* What is there, or an empty object; NULL: it is no JSON that we could keep. */
static json_t *
read_rc(const char *path, struct err_msg *why)
{
	json_t *o = NULL;
	struct buf b;

	if (!path_exists(path))
		return json_object();
	buf_init(&b, 2 * FILE_MAX);
	if (sys_file_read(path, FILE_MAX, &b, why) == ERR_OK) {
		o = json_read(buf_str(&b), b.len, path, why);
		if (!json_is_object(o))
			(void)err_set(why, ERR_CONFIG, path,
			    "take it away, or add workspace.library yourself",
			    "is no plain JSON object: it stays as it is");
	}
	buf_fini(&b);
	if (o != NULL && !json_is_object(o)) {
		json_decref(o);
		o = NULL;
	}
	return o;
}

static void
add_library(json_t *o, const char *path)
{
	json_t *list = json_object_get(o, "workspace.library"), *v;
	size_t i;

	if (!json_is_array(list)) {
		list = json_array();
		json_put(o, "workspace.library", list);
	}
	json_array_foreach(list, i, v)
		if (json_is_string(v) && strcmp(json_string_value(v), path) == 0)
			return;
	(void)json_array_append_new(list, json_text(path, strlen(path)));
}

static void
add_diagnostics(json_t *o)
{
	json_t *status = json_object_get(o, "diagnostics.neededFileStatus");

	if (!json_is_object(status)) {
		status = json_object();
		json_put(o, "diagnostics.neededFileStatus", status);
	}
	json_put_str(status, "await-in-sync", "Any");
	json_put_str(status, "not-yieldable", "Any");
	json_put_str(o, "runtime.version", "Lua 5.4");
}

enum err
meta_write(const char *dir, bool copy, struct err_msg *why)
{
	char *path = path_join(dir, ".luarc.json"), *meta = path_data("lua/meta");
	json_t *o = read_rc(path, why);
	enum err e = o != NULL ? ERR_OK : ERR_CONFIG;
	struct buf b;

	buf_init(&b, 2 * FILE_MAX);
	if (e == ERR_OK && copy)
		e = copy_stubs(dir, meta != NULL ? meta : "lua/meta", why);
	if (e == ERR_OK) {
		add_library(o, copy ? COPY_DIR : meta != NULL ? meta : "lua/meta");
		add_diagnostics(o);
		e = json_write_pretty(o, &b);
	}
	if (e == ERR_OK)
		e = sys_file_replace(path, buf_str(&b), b.len, why);
	buf_fini(&b);
	json_decref(o);
	mem_free(meta);
	mem_free(path);
	return e;
}

int
cli_meta(struct cli_call *c)
{
	bool copy = false;
	const struct args_option options[] = { { "--copy", ARGS_FLAG, &copy },
		{ NULL, ARGS_FLAG, NULL } };
	struct err_msg why;
	enum err e = args_parse(c, options, 0, 1, &why);
	const char *dir = e == ERR_OK && c->words == 1 ? c->word[0] : ".";

	if (e == ERR_OK && !path_is_dir(dir))
		e = err_set(&why, ERR_NOENT, dir, NULL, "is no folder");
	if (e == ERR_OK)
		e = meta_write(dir, copy, &why);
	if (e == ERR_OK && !c->json)
		printf("%s/.luarc.json\n%s%s", dir, copy ? dir : "", copy ? "/" COPY_DIR
		    "/vise.lua\n" : "");
	return say_end(c, e, &why);
}
