/* goroutines_load.c - fetching what a program says of its goroutines, at the least cost to it. */
#include "worker/goroutines_load.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "core/place.h"
#include "pprof/causes.h"
#include "pprof/goroutines.h"
#include "pprof/profile_load.h"
#include "sys/io.h"
#include "sys/path.h"
#include "worker/profile_args.h"
#include "worker/source.h"

enum { SOURCE_MAX = 4 << 20, STOP_MS_MAX = 500, PIECE = 65536 };

static void
say(struct goroutines_loaded *l, const char *fmt, const char *a)
{
	char *text = mem_fmt("%s%s", fmt, a);

	(void)json_array_append_new(l->notes, json_text(text, strlen(text)));
	mem_free(text);
}

/* profile and query: of a program that has several, or NULL. */
static enum err
read_bytes(const char *source, const char *profile, const char *query, const json_t *params,
    struct buf *b, struct err_msg *why)
{
	struct source_limits limits = { .profile = profile,
		.query = query,
		.timeout_ms = (uint64_t)json_get_int(params, "timeout_ms", 0) };

	return source_read(source, &limits, b, NULL, why);
}

/* A dump, debug=1 text, or a profile. */
static enum err
parse(struct buf *b, const json_t *params, const char *name, struct dump **d,
    struct pprof_profile **p, struct err_msg *why)
{
	enum err e;

	*p = NULL;
	*d = NULL;
	if (dump_is(buf_str(b), b->len))
		return dump_parse(d, buf_str(b), b->len, name, why);
	e = pprof_decode(
	    p, buf_str(b), b->len, (uint64_t)json_get_int(params, "limit_bytes", 0), name, why);
	if (e == ERR_OK)
		e = dump_of_profile(d, *p, name, why);
	else if (e == ERR_FORMAT || e == ERR_UNSUPPORTED)
		e = err_set(why, ERR_FORMAT, name,
		    "give a dump (debug=2, a panic, SIGQUIT), a goroutine profile, or an address",
		    "there is no goroutine in it");
	return e;
}

/* A part of a long file, such as a console's log: from an offset, or so much of its end. */
static enum err
read_part(const char *path, const json_t *params, struct buf *b, struct err_msg *why)
{
	int64_t from = json_get_int(params, "from", 0), end,
		left = json_get_int(params, "bytes", LIMIT_PROFILE_IN);
	int fd = sys_open(path, O_RDONLY | O_NONBLOCK, 0);
	ssize_t n = 1;

	if (fd < 0)
		return err_errno(why, errno, path, "opening");
	end = lseek(fd, 0, SEEK_END);
	if (from < 0)
		from = end + from > 0 ? end + from : 0;
	while (n > 0 && left > 0 && buf_reserve(b, PIECE) == ERR_OK) {
		n = sys_pread(fd, b->data + b->len, left < PIECE ? (size_t)left : PIECE, from);
		if (n > 0) {
			b->len += (size_t)n;
			from += n;
			left -= n;
		}
	}
	sys_close(fd);
	return n < 0 ? err_errno(why, errno, path, "reading") : ERR_OK;
}

static enum err
load_one(const char *source, const char *profile, const char *query, const json_t *params,
    struct dump **d, struct pprof_profile **p, struct err_msg *why)
{
	char name[ERR_WHAT_MAX];
	struct buf b;
	enum err e;

	profile_args_shown(source, name);
	buf_init(&b, LIMIT_PROFILE_IN + 1);
	e = json_object_get(params, "from") != NULL && !place_fetched(source)
		? read_part(source, params, &b, why)
		: read_bytes(source, profile, query, params, &b, why);
	if (e == ERR_OK)
		e = parse(
		    &b, params, strcmp(source, "-") == 0 ? "standard input" : name, d, p, why);
	buf_fini(&b);
	return e;
}

/* ---- a running program */

/* Whether the source is a program with all its profiles, not one of them. */
static bool
is_program(const char *source)
{
	struct place place;
	char profile[32];
	bool any;

	if (strcmp(source, "-") == 0 || !place_fetched(source) ||
	    place_parse(source, &place, NULL) != ERR_OK)
		return false;
	place_profile(&place, profile);
	any = strcmp(profile, "any") == 0;
	place_fini(&place);
	return any;
}

/* What the runtime itself holds for leaked; only Go 1.26 and later have it. Its failure costs a
 * note, not the answer. */
static void
add_leaks(struct goroutines_loaded *l, const char *source, const json_t *params, struct dump *d)
{
	struct pprof_profile *p = NULL;
	struct dump *leaks = NULL;
	struct err_msg why = { .code = ERR_OK };
	enum err e = load_one(source, "goroutineleak", NULL, params, &leaks, &p, &why);

	if (e != ERR_OK && strstr(why.why, "404") == NULL && e != ERR_UNSUPPORTED && e != ERR_USAGE)
		say(l, "goroutineleak was not read: ", why.why);
	else if (e == ERR_OK && leaks->total > 0 && !dump_mark_leaked(d, leaks))
		say(l, "goroutineleak names goroutines that ended since", "");
	dump_free(leaks);
	pprof_free(p);
}

static enum err
check_cost(struct goroutines_loaded *l, const char *name, uint64_t n, const json_t *params,
    struct err_msg *why)
{
	uint64_t ms = goroutines_dump_ms(n), bytes = goroutines_dump_bytes(n);
	char text[200];

	json_decref(l->cost);
	l->cost = json_object();
	json_put_int(l->cost, "goroutines", (int64_t)n);
	json_put_int(l->cost, "ms", (int64_t)ms);
	json_put_int(l->cost, "bytes", (int64_t)bytes);
	snprintf(text, sizeof(text),
	    "a dump of %llu goroutines stops the program for about %llu ms", (unsigned long long)n,
	    (unsigned long long)ms);
	if (ms > STOP_MS_MAX && !json_get_bool(params, "yes", false))
		return err_set(
		    why, ERR_DENIED, name, "say --yes if it may, or leave --dump out", "%s", text);
	say(l, text, "");
	return ERR_OK;
}

/* A gops agent has the full dump and nothing cheaper. */
static bool
is_gops(const char *source)
{
	struct place place;
	bool gops;

	if (place_parse(source, &place, NULL) != ERR_OK)
		return false;
	gops = place.kind == PLACE_GOPS;
	place_fini(&place);
	return gops;
}

/* The dump instead of the cheap profile: when it is asked for, and after its cost is known. */
static enum err
load_full(struct goroutines_loaded *l, const char *source, const json_t *params, struct dump **d,
    struct pprof_profile **p, struct err_msg *why)
{
	enum err e = check_cost(l, source, (*d)->total, params, why);

	dump_free(*d);
	pprof_free(*p);
	*d = NULL;
	*p = NULL;
	return e != ERR_OK ? e : load_one(source, "goroutine", "debug=2", params, d, p, why);
}

static enum err
load_program(struct goroutines_loaded *l, const char *source, const json_t *params, struct dump **d,
    struct pprof_profile **p, struct err_msg *why)
{
	bool full = json_get_bool(params, "dump", false);
	enum err e;

	if (is_gops(source) && !full)
		return err_set(why, ERR_DENIED, source, "say --dump if the program may be stopped",
		    "a gops agent has only the full dump, which stops the program");
	e = load_one(source, "goroutine", NULL, params, d, p, why);
	if (e == ERR_OK && (*d)->source == DUMP_STACKS)
		say(l, "there is only a full dump, which stops the program for a moment", "");
	else if (e == ERR_OK && full)
		e = load_full(l, source, params, d, p, why);
	if (e == ERR_OK && json_get_bool(params, "leak", true))
		add_leaks(l, source, params, *d);
	return e;
}

static enum err
load_text(const char *text, struct dump **d, struct err_msg *why)
{
	return dump_parse(d, text, strlen(text), "text", why);
}

enum err
goroutines_load(const json_t *params, struct goroutines_loaded *l, struct err_msg *why)
{
	const json_t *sources = json_object_get(params, "sources");
	const char *text = json_get_str(params, "text", NULL);
	size_t n = text != NULL ? 1 : json_array_size(sources);
	enum err e = ERR_OK;

	if (n == 0 || n > GOROUTINES_DUMPS_MAX)
		return err_set(why, ERR_USAGE, "goroutines", "name a dump, a profile or an address",
		    "nothing to look at");
	l->dump = mem_zero(n, sizeof(struct dump *));
	l->profile = mem_zero(n, sizeof(struct pprof_profile *));
	for (size_t i = 0; i < n && e == ERR_OK; i++) {
		const char *s = text != NULL ? text : json_string_value(json_array_get(sources, i));

		l->count = (uint32_t)i + 1;
		if (s == NULL)
			e = err_set(why, ERR_USAGE, "goroutines", NULL, "a source is no text");
		else if (text != NULL)
			e = load_text(text, &l->dump[i], why);
		else if (is_program(s))
			e = load_program(l, s, params, &l->dump[i], &l->profile[i], why);
		else
			e = load_one(s, NULL, NULL, params, &l->dump[i], &l->profile[i], why);
	}
	return e;
}

void
goroutines_load_fini(struct goroutines_loaded *l)
{
	for (uint32_t i = 0; i < l->count; i++) {
		dump_free(l->dump[i]);
		pprof_free(l->profile[i]);
	}
	mem_free(l->dump);
	mem_free(l->profile);
	json_decref(l->cost);
	l->dump = NULL;
	l->profile = NULL;
	l->cost = NULL;
	l->count = 0;
}

/* ---- sources, to see what a select waits for */

void
goroutines_files_fini(struct goroutines_files *f)
{
	for (unsigned i = 0; i < f->count; i++)
		mem_free(f->file[i].text);
	f->count = 0;
}

/* Only regular .go files have something to say, and a dump may name anything: a pipe is not waited
 * for. */
static bool
read_file(const char *path, struct buf *b)
{
	int fd = sys_open(path, O_RDONLY | O_NONBLOCK, 0);
	ssize_t n = 0;

	while (fd >= 0 && b->len < SOURCE_MAX && buf_reserve(b, 65536) == ERR_OK &&
	       (n = sys_read(fd, b->data + b->len, 65536)) > 0)
		b->len += (size_t)n;
	sys_close(fd);
	return fd >= 0 && b->len > 0;
}

static bool
find_file(const struct goroutines_files *f, struct slice name, struct buf *b)
{
	char path[1024];
	size_t cut = 0;

	if (!slice_ends(name, ".go") || name.n > 500)
		return false;
	snprintf(path, sizeof(path), "%.*s", (int)name.n, name.p);
	if (name.p[0] == '/' && read_file(path, b))
		return true;
	for (size_t i = 0; i < json_array_size(f->folders); i++) {
		const char *folder = json_string_value(json_array_get(f->folders, i));

		/* -trimpath leaves "module/dir/file.go": the folder may be the module's */
		for (cut = 0; folder != NULL && cut < name.n; cut += strcspn(path + cut, "/") + 1) {
			char full[2048];

			snprintf(full, sizeof(full), "%s/%.*s", folder, (int)(name.n - cut),
			    name.p + cut);
			if (read_file(full, b))
				return true;
		}
	}
	return false;
}

enum causes_hint
goroutines_files_hint(void *files, struct slice file, int64_t line)
{
	struct goroutines_files *f = files;
	struct buf b;
	unsigned i = 0;

	while (i < f->count && !slice_eq(f->file[i].name, file))
		i++;
	if (i == sizeof(f->file) / sizeof(f->file[0]))
		return CAUSES_NO_SOURCE;
	if (i == f->count) {
		buf_init(&b, SOURCE_MAX + 65536 + 1);
		f->file[i].name = file;
		f->file[i].text = NULL;
		f->file[i].n = 0;
		if (find_file(f, file, &b)) {
			f->file[i].n = b.len;
			f->file[i].text = buf_take(&b);
		}
		buf_fini(&b);
		f->count++;
	}
	return f->file[i].text == NULL
		   ? CAUSES_NO_SOURCE
		   : causes_read_source(slice_make(f->file[i].text, f->file[i].n), line);
}
