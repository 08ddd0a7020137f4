/* series_load.c - finding, ordering and adding the profiles of a series. */
#include "worker/series_load.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "core/place.h"
#include "pprof/series_file.h"
#include "sys/io.h"
#include "sys/path.h"
#include "sys/time.h"
#include "worker/profile_args.h"

enum { FILES_MAX = 4096 };

struct file {
	char *path;
	int64_t time;
	uint32_t order;
};

struct list_of {
	struct file *file;
	uint32_t count, cap;
	const char *folder;
	bool full;
};

static void
add_file(struct list_of *l, char *path)
{
	if (l->count == FILES_MAX) {
		l->full = true;
		mem_free(path);
		return;
	}
	if (l->count == l->cap) {
		l->cap = l->cap * 2 + 16;
		l->file = mem_resize(l->file, l->cap, sizeof(*l->file));
	}
	l->file[l->count] = (struct file){ .path = path, .order = l->count };
	l->count++;
}

static bool
each_entry(const char *name, void *arg)
{
	struct list_of *l = arg;
	struct slice s = slice_of(name);

	if (slice_ends(s, ".pb.gz") || slice_ends(s, ".pb") || slice_ends(s, ".pprof") ||
	    slice_ends(s, ".prof"))
		add_file(l, path_join(l->folder, name));
	return true;
}

static enum err
list_sources(const json_t *sources, struct list_of *l, struct err_msg *why)
{
	enum err e = ERR_OK;

	for (size_t i = 0; i < json_array_size(sources) && e == ERR_OK; i++) {
		const char *s = json_string_value(json_array_get(sources, i));

		if (s == NULL || s[0] == '\0')
			continue;
		if (!place_fetched(s) && path_is_dir(s)) {
			l->folder = s;
			e = path_each(s, each_entry, l, why);
		} else {
			add_file(l, mem_str(s));
		}
	}
	if (e == ERR_OK && l->full)
		e = err_set(why, ERR_LIMIT, "series", "give fewer", "more than %d profiles at once",
		    FILES_MAX);
	if (e == ERR_OK && l->count == 0)
		e = err_set(why, ERR_NOTHING, "series",
		    "name profiles, or a folder with .pb.gz files", "there is no profile");
	return e;
}

static void
list_fini(struct list_of *l)
{
	for (uint32_t i = 0; i < l->count; i++)
		mem_free(l->file[i].path);
	mem_free(l->file);
}

static int
by_time(const void *a, const void *b)
{
	const struct file *x = a, *y = b;

	if (x->time != y->time)
		return x->time > y->time ? 1 : -1;
	return (x->order > y->order) - (x->order < y->order);
}

enum err
series_load_file(
    const char *path, struct series **out, size_t *good, size_t *size, struct err_msg *why)
{
	struct buf b;
	enum err e;

	buf_init(&b, SERIES_FILE_MAX + (64 << 10));
	e = sys_file_read(path, SERIES_FILE_MAX, &b, why);
	*size = b.len;
	if (e == ERR_OK)
		e = series_read(out, buf_str(&b), b.len, path, good, why);
	buf_fini(&b);
	return e;
}

static void
say(json_t *notes, const char *path, const char *what)
{
	char *text = mem_fmt("%s: %s", path, what);

	(void)json_array_append_new(notes, json_text(text, strlen(text)));
	mem_free(text);
}

/* The first walk: when was each taken. A file that is no profile ends it, unless there are
 * others. */
static enum err
read_times(struct list_of *l, const json_t *params, json_t *notes, struct err_msg *why)
{
	uint32_t kept = 0;
	bool many = l->count > 1;
	enum err e = ERR_OK;

	for (uint32_t i = 0; i < l->count; i++) {
		struct pprof_profile *p = NULL;
		char name[ERR_WHAT_MAX];

		e = profile_args_read(l->file[i].path, params, &p, name, why);
		if (e != ERR_OK && (!many || e != ERR_FORMAT))
			return e;
		if (e != ERR_OK) {
			say(notes, l->file[i].path, "left out, no whole profile");
			mem_free(l->file[i].path);
			l->file[i].path = NULL;
			continue;
		}
		l->file[i].time = p->time_nanos;
		pprof_free(p);
		l->file[kept++] = l->file[i];
		if (kept <= i)
			l->file[i].path = NULL;
	}
	l->count = kept;
	return kept > 0 ? ERR_OK : e;
}

static enum err
add_all(
    struct series *s, struct list_of *l, const json_t *params, json_t *notes, struct err_msg *why)
{
	enum err e = ERR_OK;

	for (uint32_t i = 0; i < l->count && e == ERR_OK; i++) {
		struct series_meta meta = { .time = (int64_t)sys_wall() };
		char name[ERR_WHAT_MAX];
		struct pprof_profile *p = NULL;

		e = profile_args_read(l->file[i].path, params, &p, name, why);
		if (e != ERR_OK)
			return e;
		if (s->count > 0 && p->time_nanos != 0 &&
		    p->time_nanos == s->snapshot[s->count - 1].time)
			say(notes, name, "left out, taken at the same instant as another");
		else
			e = series_add(s, p, name, &meta, why);
		pprof_free(p);
		if (e == ERR_USAGE && s->count > 0) {
			say(notes, name, "left out, another kind of profile");
			e = ERR_OK;
		} else if (e == ERR_FORMAT && l->count > 1) {
			say(notes, name, "left out, broken");
			e = ERR_OK;
		}
	}
	return e;
}

enum err
series_load(const json_t *params, struct series **out, json_t *notes, struct err_msg *why)
{
	const char *path = json_get_str(params, "series", NULL);
	const json_t *sources = json_object_get(params, "sources");
	const char *only = json_string_value(json_array_get(sources, 0));
	struct list_of l = { .count = 0 };
	size_t good, size;
	enum err e;

	if (path == NULL && json_array_size(sources) == 1 && only != NULL &&
	    slice_ends(slice_of(only), ".series"))
		path = only;
	if (path != NULL) {
		e = series_load_file(path, out, &good, &size, why);
		if (e == ERR_OK && good < size)
			say(notes, path, "its end is torn off; what stands before it is used");
		return e;
	}
	e = list_sources(sources, &l, why);
	/* a URL is fetched once, in the order given */
	if (e == ERR_OK && l.count > 1)
		e = read_times(&l, params, notes, why);
	if (e == ERR_OK) {
		qsort(l.file, l.count, sizeof(*l.file), by_time);
		*out = series_new();
		e = add_all(*out, &l, params, notes, why);
		if (e != ERR_OK)
			series_free(*out);
	}
	list_fini(&l);
	return e;
}
