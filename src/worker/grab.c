/* grab.c - what a place gives, into a file, and what it is. */
#include "worker/grab.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/slice.h"
#include "core/place.h"
#include "fetch/url.h"
#include "sys/glob.h"
#include "sys/io.h"
#include "sys/path.h"
#include "worker/profiles.h"
#include "worker/source.h"

enum { VARS_MAX = 4 << 20, HEAD = 64, FILES_DEFAULT = 1000 };

/* ---- what came */

/* A profile's kind by its sample types: what the file itself says. */
static const char *
kind_of(const json_t *info)
{
	static const struct { const char *type, *kind; } kinds[] = {
		{ "inuse_space", "heap" }, { "goroutine", "goroutine" },
		{ "goroutineleak", "goroutineleak" }, { "threadcreate", "threadcreate" },
		{ "contentions", "contention" }, { "cpu", "profile" },
	};
	const json_t *type;
	size_t i;

	if (strcmp(json_get_str(info, "default_type", ""), "alloc_space") == 0)
		return "allocs";
	json_array_foreach(json_object_get(info, "types"), i, type)
		for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++)
			if (strcmp(json_get_str(type, "type", ""), kinds[k].type) == 0)
				return kinds[k].kind;
	return "other";
}

static enum err
take_profile(const char *path, const char *name, const json_t *params, json_t *o,
    struct err_msg *why)
{
	json_t *ask = json_object(), *info = NULL;
	enum err e;

	json_put_str(ask, "file", path);
	json_put_int(ask, "limit_bytes", json_get_int(params, "limit_bytes", 0));
	e = profiles_info(ask, &info, why);
	json_decref(ask);
	if (e != ERR_OK) {
		if (why != NULL)
			snprintf(why->what, sizeof why->what, "%s", name);
		return e;
	}
	json_put_str(info, "kind", kind_of(info));
	json_put_str(o, "form", "profile");
	json_put(o, "facts", info);
	return ERR_OK;
}

/* The numbers of memstats; arrays (PauseNs, BySize) but for what tells one process from another. */
static json_t *
memstats(const json_t *vars)
{
	json_t *m = json_object_get(vars, "memstats"), *o = json_object(), *value;
	const char *key;

	json_object_foreach(m, key, value)
		if (json_is_number(value) || json_is_boolean(value))
			(void)json_object_set(o, key, value);
	value = json_array_get(json_object_get(m, "PauseEnd"), 0);
	if (json_is_integer(value))
		(void)json_object_set(o, "FirstPauseEnd", value);
	return o;
}

static enum err
take_vars(const char *path, const char *name, json_t *o, struct err_msg *why)
{
	struct buf b;
	json_t *vars = NULL;
	enum err e;

	buf_init(&b, VARS_MAX + (1 << 17));
	e = sys_file_read(path, VARS_MAX, &b, why);
	if (e == ERR_OK) {
		vars = json_read(buf_str(&b), b.len, name, why);
		e = vars == NULL ? ERR_FORMAT : ERR_OK;
	}
	buf_fini(&b);
	if (e == ERR_OK && !json_is_object(json_object_get(vars, "memstats")))
		e = err_set(why, ERR_FORMAT, name, "import _ \"expvar\" in the program",
		    "has no memstats: not Go's /debug/vars");
	if (e == ERR_OK) {
		json_put_str(o, "form", "vars");
		json_put(o, "facts", memstats(vars));
	}
	json_decref(vars);
	return e;
}

/* The tail of heap?debug=1: "# Name = value" lines behind "# runtime.MemStats". */
static void
text_line(struct slice line, json_t *o)
{
	struct slice value, name = slice_trim(slice_cut(line, '=', &value));
	char key[40];
	double d;
	int64_t n;

	value = slice_trim(value);
	if (!slice_starts(name, "# ") || name.n < 3 || name.n > 40 || value.n == 0)
		return;
	name = slice_skip(name, 2);
	snprintf(key, sizeof key, "%.*s", (int)name.n, name.p);
	if (slice_i64(value, &n))
		json_put_int(o, key, n);
	else if (slice_f64(value, &d))
		json_put_num(o, key, d);
}

static enum err
take_text(const char *path, json_t *o, struct err_msg *why)
{
	json_t *facts = json_object();
	struct slice rest;
	struct buf b;
	int64_t at;
	enum err e;

	buf_init(&b, (64u << 20) + (1 << 17));
	e = sys_file_read(path, 64u << 20, &b, why);
	rest = slice_make(buf_str(&b), b.len);
	at = e == ERR_OK ? slice_find(rest, slice_of("# runtime.MemStats")) : -1;
	rest = at >= 0 ? slice_skip(rest, (size_t)at) : slice_of("");
	while (rest.n > 0)
		text_line(slice_cut(rest, '\n', &rest), facts);
	buf_fini(&b);
	json_put_str(o, "form", "heap-text");
	json_put(o, "facts", facts);
	return e;
}

static bool
first_bytes(const char *path, char head[HEAD], size_t *n)
{
	int fd = sys_open(path, 0, 0);
	ssize_t got = fd < 0 ? -1 : sys_read(fd, head, HEAD - 1);

	sys_close(fd);
	*n = got > 0 ? (size_t)got : 0;
	head[*n] = '\0';
	return got >= 0;
}

/* "go 1.NN trace\0\0\0" (internal/trace/v2, runtime/trace.go). */
static bool
is_trace(const char *head, size_t n)
{
	return n >= 16 && strncmp(head, "go 1.", 5) == 0 && strstr(head, " trace") != NULL;
}

static enum err
check(const char *path, const char *name, const json_t *params, json_t *o, struct err_msg *why)
{
	char head[HEAD];
	size_t n;

	if (!first_bytes(path, head, &n))
		return err_set(why, ERR_IO, name, NULL, "cannot be read back");
	if (is_trace(head, n))
		return json_put_str(o, "form", "trace"), ERR_OK;
	if (strncmp(head, "goroutine ", 10) == 0)
		return json_put_str(o, "form", "goroutines"), ERR_OK;
	if (strncmp(head, "heap profile:", 13) == 0)
		return take_text(path, o, why);
	if (head[0] == '{')
		return take_vars(path, name, o, why);
	return take_profile(path, name, params, o, why);
}

/* ---- the requests */

static enum err
missing(const char *name, struct err_msg *why)
{
	return err_set(why, ERR_USAGE, name, NULL, "the request lacks it");
}

static enum err
into_place(const char *temp, const char *out, struct err_msg *why)
{
	if (rename(temp, out) == 0)
		return ERR_OK;
	return err_set(why, ERR_IO, out, NULL, "cannot be put in its place");
}

enum err
grab_fetch(const json_t *params, json_t **result, struct err_msg *why)
{
	const char *url = json_get_str(params, "url", NULL),
		   *out = json_get_str(params, "out", NULL);
	const struct source_limits l = {
		.timeout_ms = (uint64_t)json_get_int(params, "timeout_ms", 0),
		.silence_ms = (uint64_t)json_get_int(params, "silence_ms", 0),
		.max_bytes = (uint64_t)json_get_int(params, "max_bytes", 0),
		.profile = json_get_str(params, "profile", NULL),
		.query = json_get_str(params, "query", NULL),
		.gc = json_get_bool(params, "gc", false),
	};
	char name[ERR_WHAT_MAX], *temp;
	json_t *o = NULL;
	enum err e;

	if (url == NULL || out == NULL)
		return missing(url == NULL ? "url" : "out", why);
	url_shown(url, name, sizeof name);
	temp = mem_fmt("%s.%ld.part", out, (long)getpid());
	e = source_save(url, &l, temp, &o, why);
	if (e == ERR_OK) {
		if (json_get_bool(params, "check", false))
			e = check(temp, name, params, o, why);
		if (e == ERR_OK)
			e = into_place(temp, out, why);
		if (e != ERR_OK)
			(void)unlink(temp);
	}
	mem_free(temp);
	if (e != ERR_OK) {
		json_decref(o);
		return e;
	}
	json_put_str(o, "out", out);
	*result = o;
	return ERR_OK;
}

enum err
grab_info(const json_t *params, json_t **result, struct err_msg *why)
{
	enum err e = profiles_info(params, result, why);

	if (e == ERR_OK)
		json_put_str(*result, "kind", kind_of(*result));
	return e;
}

struct listing {
	json_t *rows;
	uint64_t after;
	const char *after_name;
	size_t limit;
};

static bool
take_file(const struct glob_file *f, void *arg)
{
	struct listing *l = arg;
	json_t *row;

	if (f->mtime < l->after || (f->mtime == l->after && strcmp(f->path, l->after_name) <= 0))
		return true;
	row = json_object();
	json_put_str(row, "path", f->path);
	json_put_int(row, "mtime", (int64_t)f->mtime);
	json_put_int(row, "size", (int64_t)f->size);
	(void)json_array_append_new(l->rows, row);
	return json_array_size(l->rows) < l->limit;
}

enum err
grab_files(const json_t *params, json_t **result, struct err_msg *why)
{
	const char *pattern = json_get_str(params, "pattern", NULL);
	struct listing l = { .after = (uint64_t)json_get_int(params, "after", 0),
	    .after_name = json_get_str(params, "after_name", ""),
	    .limit = (size_t)json_get_int(params, "limit", FILES_DEFAULT) };
	enum err e;

	if (pattern == NULL)
		return missing("pattern", why);
	l.rows = json_array();
	e = glob_each(pattern, take_file, &l, why);
	if (e == ERR_NOENT)
		e = ERR_OK;             /* none yet */
	if (e == ERR_OK)
		*result = l.rows;
	else
		json_decref(l.rows);
	return e;
}
