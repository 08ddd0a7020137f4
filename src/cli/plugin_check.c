/* plugin_check.c - is a plugin sound; without running it, does it read well. */
#include "cli/plugin_check.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/slice.h"
#include "cli/args.h"
#include "cli/capture.h"
#include "cli/plugins.h"
#include "cli/say.h"
#include "core/lone.h"
#include "core/plugin.h"
#include "core/tree.h"
#include "sys/path.h"
#include "sys/spawn.h"

enum { WORDS_MAX = 160, FILES_MAX = 100, OUTPUT_MAX = 1 << 20 };
static const uint64_t LOOK_NS = 10 * NS_PER_S;

/* ---- what is meant */

struct meant {
	char *path;                     /* of its code */
	json_t *words;                  /* for vise-script */
	bool run;                       /* its code may be run */
};

static bool
is_code(const char *path)
{
	char *file = path_join(path, "plugin.json");
	const bool is = path_exists(file) || (lone_is(path) && path_exists(path));

	mem_free(file);
	return is;
}

/* A folder or file that nobody has said anything about. */
static void
stranger(struct meant *m, const json_t *rows)
{
	json_t *row = lone_is(m->path) ? lone_manifest(m->path) : json_object();

	json_put_str(row, lone_is(m->path) ? "file" : "dir", m->path);
	m->words = plugin_argv(rows, row);
	json_decref(row);
}

/* The row's own error, when it is the one that is meant. */
static enum err
refused(const json_t *row, struct err_msg *why)
{
	const bool untrusted = json_object_get(row, "trust") != NULL &&
	    strcmp(json_get_str(row, "trust", ""), "allowed") != 0;

	return err_set(why, untrusted ? ERR_DENIED : ERR_USAGE, json_get_str(row, "name", ""), NULL,
	    "%s", json_get_str(row, "problem", ""));
}

/* A folder with a plugin.json, a Lua file, or a plugin's name. */
static enum err
find(const char *what, struct meant *m, struct err_msg *why)
{
	json_t *rows = plugins_rows(), *row;
	enum err e = err_set(why, ERR_NOENT, what, "vise plugin list names them",
	    "is no plugin that may run, and no folder of one");
	size_t i;

	*m = (struct meant){ .path = is_code(what) ? path_real(what) : NULL };
	json_array_foreach(rows, i, row) {
		const char *at = json_get_str(row, "file", json_get_str(row, "dir", ""));
		char *real = m->path != NULL ? path_real(at) : NULL;
		const bool same = m->path != NULL ? real != NULL && strcmp(real, m->path) == 0 :
		    strcmp(json_get_str(row, "name", ""), what) == 0;

		mem_free(real);
		if (!same || m->words != NULL)
			continue;
		if (plugin_usable(row)) {
			m->words = plugin_argv(rows, row);
			m->run = true;
		} else if (m->path == NULL && json_object_get(row, "problem") != NULL) {
			e = refused(row, why);
		}
	}
	if (m->path != NULL && m->words == NULL)
		stranger(m, rows);
	json_decref(rows);
	return m->words != NULL ? ERR_OK : e;
}

static void
forget(struct meant *m)
{
	mem_free(m->path);
	json_decref(m->words);
}

/* ---- its files */

static enum err
add_files(json_t *words, const char *path, struct err_msg *why)
{
	struct tree t = { .n = 0 };
	enum err e = ERR_OK;
	size_t n = 0;

	if (lone_is(path)) {
		(void)json_array_append_new(words, json_text(path, strlen(path)));
		return ERR_OK;
	}
	e = tree_read(&t, path, why);
	for (size_t i = 0; e == ERR_OK && i < t.n; i++) {
		char *full = path_join(t.root, t.file[i].path);

		if (slice_ends(slice_of(full), ".lua") && n++ < FILES_MAX)
			(void)json_array_append_new(words, json_text(full, strlen(full)));
		mem_free(full);
	}
	tree_fini(&t);
	if (e == ERR_OK && n > FILES_MAX)
		e = err_set(why, ERR_LIMIT, path, NULL, "more than %d Lua files", FILES_MAX);
	return e;
}

static void
add(json_t *words, const char *word)
{
	(void)json_array_append_new(words, json_string(word));
}

/* ---- running vise-script */

static enum err
start(const json_t *words, int *status, struct err_msg *why)
{
	char *program = path_program("vise-script");
	const char *argv[WORDS_MAX + 1] = { program };
	const struct sys_spawn s = { .argv = argv, .fd_in = -1, .fd_out = 1, .fd_err = 2,
		.fd3 = -1, .keep_group = true };
	const json_t *v;
	size_t i, n = 1;
	pid_t pid;
	enum err e;

	json_array_foreach(words, i, v)
		if (n < WORDS_MAX)
			argv[n++] = json_string_value(v);
	e = sys_spawn(&s, &pid, why);
	if (e == ERR_OK)
		*status = sys_wait(pid);
	mem_free(program);
	return e;
}

/* The rest of the command line of vise-script. */
static enum err
complete(struct meant *m, bool json, struct err_msg *why)
{
	if (json)
		add(m->words, "--json");
	add(m->words, m->run ? "--check" : "--compile");
	if (m->run)
		return ERR_OK;
	add(m->words, "--");
	return add_files(m->words, m->path, why);
}

int
plugin_check_run(struct cli_call *c)
{
	bool run = false;
	const struct args_option options[] = { { "--run", ARGS_FLAG, &run },
		{ NULL, ARGS_FLAG, NULL } };
	struct err_msg why;
	struct meant m = { .path = NULL };
	int status = 0;
	enum err e = args_parse(c, options, 2, 2, &why);

	if (e == ERR_OK)
		e = find(c->word[1], &m, &why);
	m.run = m.run || run;
	if (e == ERR_OK)
		e = complete(&m, c->json, &why);
	if (e == ERR_OK)
		e = start(m.words, &status, &why);
	if (e == ERR_OK && !m.run && !c->json)
		puts("  its code waits for trust, or lies in none of the folders of plugins: --run "
		     "runs it");
	forget(&m);
	return e == ERR_OK ? status : say_end(c, e, &why);
}

/* ---- for the list */

void
plugin_check_lone(json_t *row)
{
	const char *file = json_get_str(row, "file", NULL);
	char *program = path_program("vise-script");
	const char *const argv[] = { program, "--plugin", file, "--compile", "--", file, NULL };
	struct err_msg why;
	struct buf said;
	int status = 0;

	buf_init(&said, OUTPUT_MAX);
	if (file != NULL && plugin_usable(row) &&
	    capture_both(argv, LOOK_NS, &said, &status, &why) == ERR_OK && status != 0) {
		const struct slice line = slice_cut(slice_make(buf_str(&said), said.len), '\n',
		    &(struct slice){ NULL, 0 });

		json_put_strn(row, "problem", line.p, line.n);
	}
	buf_fini(&said);
	mem_free(program);
}
