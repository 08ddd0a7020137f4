/* launchfile.c - launch.json: comments, commas, variables, and which configuration. */
#include "cli/launchfile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/slice.h"
#include "sys/io.h"
#include "sys/path.h"

enum { FILE_MAX_BYTES = 1 << 20 };

/* Where a comment at `at` ends; `at` itself when there is none. */
static size_t
past_comment(struct slice s, size_t at)
{
	if (at + 1 >= s.n || s.p[at] != '/')
		return at;
	if (s.p[at + 1] == '/') {
		while (at < s.n && s.p[at] != '\n')
			at++;
	} else if (s.p[at + 1] == '*') {
		const int64_t end = slice_find(slice_skip(s, at + 2), slice_of("*/"));

		at = end < 0 ? s.n : at + 2 + (size_t)end + 2;
	}
	return at;
}

/* The next byte that means something. */
static size_t
past_blanks(struct slice s, size_t at)
{
	size_t before;

	do {
		before = at;
		while (at < s.n && strchr(" \t\r\n", s.p[at]) != NULL && s.p[at] != '\0')
			at++;
		at = past_comment(s, at);
	} while (at != before);
	return at;
}

static void
put_escaped(const char *text, struct buf *out)
{
	for (; text != NULL && *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			(void)buf_add_byte(out, '\\');
		if ((unsigned char)*text >= 0x20)
			(void)buf_add_byte(out, *text);
	}
}

/* False: a variable that only VS Code knows. */
static bool
put_variable(struct slice name, const char *folder, struct buf *out)
{
	const char *slash = strrchr(folder, '/');
	char *copy, *cwd;

	if (slice_is(name, "workspaceFolder") || slice_is(name, "workspaceRoot")) {
		put_escaped(folder, out);
	} else if (slice_is(name, "workspaceFolderBasename")) {
		put_escaped(slash != NULL ? slash + 1 : folder, out);
	} else if (slice_is(name, "userHome")) {
		put_escaped(getenv("HOME"), out);
	} else if (slice_is(name, "pathSeparator") || slice_is(name, "/")) {
		put_escaped("/", out);
	} else if (slice_is(name, "cwd")) {
		cwd = path_cwd();
		put_escaped(cwd, out);
		mem_free(cwd);
	} else if (slice_starts(name, "env:")) {
		copy = mem_strn(name.p + 4, name.n - 4);
		put_escaped(getenv(copy), out);
		mem_free(copy);
	} else {
		return false;
	}
	return true;
}

/* A text with its quotes; behind it. */
static size_t
put_text(struct slice s, size_t at, const char *folder, struct buf *out)
{
	(void)buf_add_byte(out, s.p[at++]);
	while (at < s.n && s.p[at] != '"') {
		const char *end = s.p[at] == '$' && at + 1 < s.n && s.p[at + 1] == '{' ?
		    memchr(s.p + at, '}', s.n - at) : NULL;
		const size_t n = end != NULL ? (size_t)(end - (s.p + at)) : 0;

		if (end != NULL && put_variable(slice_make(s.p + at + 2, n - 2), folder, out)) {
			at += n + 1;
			continue;
		}
		if (s.p[at] == '\\' && at + 1 < s.n)
			(void)buf_add_byte(out, s.p[at++]);
		(void)buf_add_byte(out, s.p[at++]);
	}
	if (at < s.n)
		(void)buf_add_byte(out, s.p[at++]);
	return at;
}

void
launchfile_clean(const char *text, size_t n, const char *folder, struct buf *out)
{
	const struct slice s = slice_make(text, n);
	size_t at = 0;

	while (at < n) {
		const size_t next = past_comment(s, at), after = past_blanks(s, at + 1);

		if (next != at) {
			/* lines are counted in what is wrong with it */
			for (; at < next; at++)
				if (text[at] == '\n')
					(void)buf_add_byte(out, '\n');
		} else if (text[at] == '"') {
			at = put_text(s, at, folder, out);
		} else if (text[at] == ',' && after < n && (text[after] == ']' || text[after] ==
		    '}')) {
			at++;
		} else {
			(void)buf_add_byte(out, text[at++]);
		}
	}
}

static char *
folder_of(const char *path)
{
	char *real = path_real(path), *slash;

	for (int i = 0; i < 2 && real != NULL; i++) {
		slash = strrchr(real, '/');
		if (slash == NULL || slash == real)
			break;
		*slash = '\0';
		/* only out of its .vscode */
		slash = strrchr(real, '/');
		if (slash == NULL || strcmp(slash, "/.vscode") != 0)
			break;
	}
	return real != NULL ? real : mem_str(".");
}

static enum err
several(const char *path, const json_t *list, const char *name, struct err_msg *why)
{
	char names[ERR_NEXT_MAX] = "";
	const json_t *c;
	size_t i, n = 0;

	json_array_foreach(list, i, c)
		if (n < sizeof names)
			n += (size_t)snprintf(names + n, sizeof names - n, "%s%s", i != 0 ? ", " :
			    "say which: ", json_get_str(c, "name", "?"));
	if (name != NULL)
		return err_set(why, ERR_USAGE, path, names, "no configuration is named %s", name);
	return err_set(why, ERR_USAGE, path, names, "it has %zu configurations",
	    json_array_size(list));
}

static enum err
choose(const char *path, json_t *root, const char *name, json_t **config, struct err_msg *why)
{
	/* a .code-workspace has it one level down */
	json_t *launch = json_object_get(root, "launch"), *c;
	const json_t *list = json_object_get(launch != NULL ? launch : root, "configurations");
	size_t i;

	if (json_is_object(root) && list == NULL && json_object_get(root, "type") != NULL) {
		*config = json_incref(root);
		return ERR_OK;
	}
	if (json_array_size(list) == 1 && name == NULL) {
		*config = json_incref(json_array_get(list, 0));
		return ERR_OK;
	}
	json_array_foreach(list, i, c)
		if (name != NULL && strcmp(json_get_str(c, "name", ""), name) == 0) {
			*config = json_incref(c);
			return ERR_OK;
		}
	return several(path, list, name, why);
}

enum err
launchfile_read(const char *path, const char *name, json_t **config, struct err_msg *why)
{
	struct buf text, clean;
	char *folder = folder_of(path);
	json_t *root = NULL;
	enum err e;

	*config = NULL;
	buf_init(&text, FILE_MAX_BYTES + 1);
	buf_init(&clean, 4 * FILE_MAX_BYTES);
	e = sys_file_read(path, FILE_MAX_BYTES, &text, why);
	if (e == ERR_OK) {
		launchfile_clean(buf_str(&text), text.len, folder, &clean);
		root = json_read(buf_str(&clean), clean.len, path, why);
		e = root != NULL ? choose(path, root, name, config, why) : ERR_FORMAT;
	}
	/* as VS Code does it; a bench runs in / */
	if (e == ERR_OK && json_object_get(*config, "cwd") == NULL)
		json_put_str(*config, "cwd", folder);
	json_decref(root);
	buf_fini(&text);
	buf_fini(&clean);
	mem_free(folder);
	return e;
}
