/* bundle.c - writing, reading and comparing snapshots of everything. */
#include "worker/bundle.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "sys/io.h"
#include "sys/path.h"
#include "worker/reports.h"

enum { MANIFEST_MAX = 2 << 20, PARTS_MAX = 64 };

static enum err
missing(const char *name, struct err_msg *why)
{
	return err_set(why, ERR_USAGE, name, NULL, "the request lacks it");
}

enum err
bundle_write(const json_t *params, json_t **result, struct err_msg *why)
{
	const char *dir = json_get_str(params, "dir", NULL);
	json_t *manifest = json_object_get(params, "manifest");
	char *path;
	struct buf b;
	enum err e;

	if (dir == NULL || !json_is_object(manifest))
		return missing(dir == NULL ? "dir" : "manifest", why);
	path = path_join(dir, "manifest.json");
	buf_init(&b, MANIFEST_MAX);
	e = json_write(manifest, &b);
	if (e == ERR_OK)
		e = buf_add_byte(&b, '\n');
	if (e == ERR_OK)
		e = sys_file_replace(path, buf_str(&b), b.len, why);
	else
		(void)err_set(why, e, path, NULL, "the manifest is too large");
	buf_fini(&b);
	mem_free(path);
	if (e == ERR_OK)
		*result = json_null();
	return e;
}

/* ---- reading */

/* A file of the bundle's own: no way out of the folder. */
static bool
plain_name(const char *file)
{
	return file[0] != '\0' && file[0] != '.' && strchr(file, '/') == NULL;
}

static bool
there(const char *dir, const char *file)
{
	char *path = path_join(dir, file);
	int fd = sys_open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);

	sys_close(fd);
	mem_free(path);
	return fd >= 0;
}

static enum err
check_parts(json_t *m, const char *dir, struct err_msg *why)
{
	json_t *parts = json_object_get(m, "parts"), *p;
	size_t i;

	if (!json_is_array(parts) || json_array_size(parts) > PARTS_MAX)
		return err_set(why, ERR_FORMAT, dir, NULL, "its manifest has no list of parts");
	json_array_foreach(parts, i, p) {
		const char *file = json_get_str(p, "file", "");

		if (!plain_name(file))
			return err_set(why, ERR_FORMAT, dir, "do not trust this folder",
			    "part %zu names a file outside of it", i + 1);
		if (strcmp(json_get_str(p, "state", ""), "ok") == 0 && !there(dir, file))
			json_put_str(p, "state", "missing");
	}
	return ERR_OK;
}

static enum err
read_manifest(const char *dir, json_t **out, struct err_msg *why)
{
	char *path = path_join(dir, "manifest.json");
	json_t *m = NULL;
	struct buf b;
	enum err e;

	buf_init(&b, MANIFEST_MAX + (1 << 17));
	e = sys_file_read(path, MANIFEST_MAX, &b, why);
	if (e == ERR_NOENT)
		e = err_set(why, e, dir, "vise snapshot list shows those of this machine",
		    "no snapshot is there");
	if (e == ERR_OK) {
		m = json_read(buf_str(&b), b.len, path, why);
		e = m == NULL ? ERR_FORMAT : ERR_OK;
	}
	buf_fini(&b);
	mem_free(path);
	if (e == ERR_OK && json_get_int(m, "vise_snapshot", 0) != 1)
		e = err_set(why, ERR_FORMAT, dir, "a newer vise may have made it",
		    "is no snapshot that this vise knows");
	if (e == ERR_OK)
		e = check_parts(m, dir, why);
	if (e != ERR_OK) {
		json_decref(m);
		return e;
	}
	json_put_str(m, "dir", dir);
	*out = m;
	return ERR_OK;
}

enum err
bundle_info(const json_t *params, json_t **result, struct err_msg *why)
{
	const char *dir = json_get_str(params, "dir", NULL);

	return dir == NULL ? missing("dir", why) : read_manifest(dir, result, why);
}

/* ---- comparing */

static const json_t *
part_of(const json_t *m, const char *name)
{
	const json_t *p;
	size_t i;

	json_array_foreach(json_object_get(m, "parts"), i, p)
		if (strcmp(json_get_str(p, "part", ""), name) == 0 &&
		    strcmp(json_get_str(p, "state", ""), "ok") == 0 &&
		    strcmp(json_get_str(p, "form", ""), "profile") == 0)
			return p;
	return NULL;
}

static void
put_path(json_t *o, const char *key, const json_t *m, const json_t *part)
{
	char *path = path_join(json_get_str(m, "dir", ""), json_get_str(part, "file", ""));

	json_put_str(o, key, path);
	mem_free(path);
}

static json_t *
compare_profile(const json_t *params, const json_t *a, const json_t *pa, const json_t *b,
    const json_t *pb)
{
	json_t *ask = json_object(), *o = json_object(), *top = NULL;
	struct err_msg why;

	json_put_str(o, "kind", json_get_str(pb, "part", ""));
	put_path(ask, "now", b, pb);
	put_path(ask, "diff_base", a, pa);
	json_put_int(ask, "nodecount", json_get_int(params, "limit", 10));
	json_put_num(ask, "nodefraction", 0);
	json_put_int(ask, "limit_bytes", json_get_int(params, "limit_bytes", 0));
	if (reports_top(ask, &top, &why) != ERR_OK) {
		json_put(o, "error", json_from_err(&why));
	} else {
		const int64_t total_a = json_get_int(pa, "total", 0),
			      total_b = json_get_int(pb, "total", 0);

		json_put_str(o, "type", json_get_str(top, "type", ""));
		json_put_str(o, "unit", json_get_str(top, "unit", ""));
		json_put_int(o, "total_a", total_a);
		json_put_int(o, "total_b", total_b);
		json_put_num(o, "change", (double)total_b - (double)total_a);
		(void)json_object_set(o, "rows", json_object_get(top, "rows"));
	}
	json_decref(top);
	json_decref(ask);
	return o;
}

static json_t *
compare_profiles(const json_t *params, const json_t *a, const json_t *b, json_t *notes)
{
	json_t *list = json_array();
	const json_t *pb, *pa;
	size_t i;

	json_array_foreach(json_object_get(b, "parts"), i, pb) {
		const char *name = json_get_str(pb, "part", "");

		if (part_of(b, name) != pb)
			continue;
		pa = part_of(a, name);
		if (pa == NULL) {
			char text[80];

			snprintf(text, sizeof text, "%.40s: not in the older one", name);
			(void)json_array_append_new(notes, json_text(text, strlen(text)));
			continue;
		}
		(void)json_array_append_new(list, compare_profile(params, a, pa, b, pb));
	}
	return list;
}

static json_t *
compare_memstats(const json_t *a, const json_t *b)
{
	json_t *list = json_array(), *old = json_object_get(a, "memstats"), *value, *o;
	const char *key;

	json_object_foreach(json_object_get(b, "memstats"), key, value) {
		if (!json_is_number(value) || !json_is_number(json_object_get(old, key)))
			continue;
		o = json_object();
		json_put_str(o, "name", key);
		(void)json_object_set(o, "a", json_object_get(old, key));
		(void)json_object_set(o, "b", value);
		(void)json_array_append_new(list, o);
	}
	return list;
}

static const json_t *
gauge_of(const json_t *m, const char *id)
{
	const json_t *g;
	size_t i;

	json_array_foreach(json_object_get(m, "gauges"), i, g)
		if (strcmp(json_get_str(g, "id", ""), id) == 0)
			return g;
	return NULL;
}

static json_t *
compare_gauges(const json_t *a, const json_t *b)
{
	json_t *list = json_array(), *o;
	const json_t *g, *old;
	size_t i;

	json_array_foreach(json_object_get(b, "gauges"), i, g) {
		old = gauge_of(a, json_get_str(g, "id", ""));
		if (old == NULL)
			continue;
		o = json_object();
		json_put_str(o, "id", json_get_str(g, "id", ""));
		json_put_str(o, "name", json_get_str(g, "name", ""));
		json_put_str(o, "unit", json_get_str(g, "unit", ""));
		json_put_num(o, "a", json_get_num(old, "value", 0));
		json_put_num(o, "b", json_get_num(g, "value", 0));
		(void)json_array_append_new(list, o);
	}
	return list;
}

static void
note(json_t *notes, const char *text)
{
	(void)json_array_append_new(notes, json_text(text, strlen(text)));
}

/* What makes a comparison mean something else than it seems to. */
static void
add_notes(const json_t *a, const json_t *b, json_t *notes)
{
	const json_t *ma = json_object_get(a, "memstats"), *mb = json_object_get(b, "memstats");
	const json_t *fa = json_object_get(ma, "FirstPauseEnd"),
		     *fb = json_object_get(mb, "FirstPauseEnd");

	if (strcmp(json_get_str(a, "source", ""), json_get_str(b, "source", "")) != 0)
		note(notes, "they are of different sources");
	if (json_get_int(a, "wall", 0) > json_get_int(b, "wall", 0))
		note(notes, "the first is the newer one: growth reads as shrinkage");
	else if (ma != NULL && mb != NULL &&
	    (json_get_num(mb, "TotalAlloc", 0) < json_get_num(ma, "TotalAlloc", 0) ||
		(fa != NULL && fb != NULL && json_get_num(mb, "NumGC", 0) <= 256 &&
		    json_get_num(ma, "NumGC", 0) > 0 && !json_equal(fa, fb))))
		note(notes, "the program was restarted in between: these are two processes");
}

static json_t *
head(const json_t *m)
{
	static const char *const keys[] = { "dir", "name", "label", "source", "bench", "wall", "t",
		"state" };
	json_t *o = json_object();

	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
		if (json_object_get(m, keys[i]) != NULL)
			(void)json_object_set(o, keys[i], json_object_get(m, keys[i]));
	return o;
}

enum err
bundle_diff(const json_t *params, json_t **result, struct err_msg *why)
{
	const char *dir_a = json_get_str(params, "a", NULL),
		   *dir_b = json_get_str(params, "b", NULL);
	json_t *a = NULL, *b = NULL, *o, *notes;
	enum err e;

	if (dir_a == NULL || dir_b == NULL)
		return missing(dir_a == NULL ? "a" : "b", why);
	e = read_manifest(dir_a, &a, why);
	if (e == ERR_OK)
		e = read_manifest(dir_b, &b, why);
	if (e == ERR_OK) {
		o = json_object();
		notes = json_array();
		json_put(o, "a", head(a));
		json_put(o, "b", head(b));
		json_put_num(o, "seconds", ((double)json_get_int(b, "wall", 0) -
		    (double)json_get_int(a, "wall", 0)) / (double)NS_PER_S);
		add_notes(a, b, notes);
		json_put(o, "profiles", compare_profiles(params, a, b, notes));
		json_put(o, "memstats", compare_memstats(a, b));
		json_put(o, "gauges", compare_gauges(a, b));
		json_put(o, "notes", notes);
		*result = o;
	}
	json_decref(a);
	json_decref(b);
	return e;
}
