/* bundle.c - taking a snapshot of everything. */
#include "bench/bundle.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/slice.h"
#include "bench/bundle_facts.h"
#include "bench/news.h"
#include "bench/profile_tasks.h"
#include "bench/profiles.h"
#include "bench/shots.h"
#include "bench/watch.h"
#include "core/place.h"
#include "sys/path.h"
#include "sys/time.h"

enum { LANES = 4, PARTS_MAX = 16, NAME_BYTES = 32 };

/* What is asked of the program, in this order: numbers and heap first, they move fastest. */
static const struct wanted { const char *part, *file, *query; } wants[] = {
	{ "vars", "vars.json", NULL },
	{ "heap", "heap.pb.gz", NULL },
	{ "goroutine", "goroutine.pb.gz", NULL },
	{ "trace", "trace.out", NULL },         /* with seconds=N */
	{ "allocs", "allocs.pb.gz", NULL },
	{ "mutex", "mutex.pb.gz", NULL },
	{ "block", "block.pb.gz", NULL },
	{ "threadcreate", "threadcreate.pb.gz", NULL },
};

/* Worked on by one worker; as many at once as there are lanes. */
struct lane {
	struct bundle *bundle;
	struct profile_task *task;
	json_t *part;                   /* borrowed, NULL: idle */
};

struct bundle {
	struct bench *bench;
	struct command_call *call;
	struct lane lane[LANES];
	struct loop_timer *deadline;
	struct profile_task *writer;
	json_t *manifest, *parts;       /* parts: borrowed of manifest */
	char *dir, *source;
	uint64_t started, limit_ns, trace_ns;
	unsigned lanes;
	bool gc, show, over;
	struct err_msg why;             /* of the end, if it was cut short */
};

/* ---- telling */

static size_t
count(const struct bundle *u, const char *state)
{
	const json_t *p;
	size_t n = 0, i;

	json_array_foreach(u->parts, i, p)
		n += strcmp(json_get_str(p, "state", ""), state) == 0;
	return n;
}

static void
tell(const struct bundle *u)
{
	const size_t of = json_array_size(u->parts);
	const size_t left = count(u, "waiting") + count(u, "running");

	json_put_int(u->manifest, "done", (json_int_t)(of - left));
	json_put_int(u->manifest, "of", (json_int_t)of);
	bench_news(u->bench, "snapshot", json_pack("{s:o}", "bundle",
	    json_deep_copy(u->manifest)));
}

json_t *
bundles_json(const struct bench *b)
{
	json_t *list = b->bundles != NULL ? json_copy(b->bundles) : json_array();

	if (b->bundle != NULL)
		(void)json_array_append(list, b->bundle->manifest);
	return list;
}

/* ---- the end */

static void
bundle_free(struct bundle *u)
{
	struct bench *b = u->bench;

	for (unsigned i = 0; i < u->lanes; i++)
		profile_task_close(u->lane[i].task);
	profile_task_close(u->writer);
	loop_timer_stop(u->deadline);
	if (b->bundle == u)
		b->bundle = NULL;
	json_decref(u->manifest);
	mem_free(u->dir);
	mem_free(u->source);
	mem_free(u);
}

static const char *
state_word(const struct bundle *u)
{
	const size_t ok = count(u, "ok"), of = json_array_size(u->parts);

	if (u->why.code == ERR_CANCELLED)
		return "cancelled";
	if (ok == of)
		return "done";
	return ok > 0 ? "partial" : "failed";
}

static void
notice(const struct bundle *u)
{
	const size_t ok = count(u, "ok"), of = json_array_size(u->parts);
	const char *name = json_get_str(u->manifest, "name", "");
	struct err_msg first = { .code = ERR_OK };
	const json_t *p;
	size_t i;

	json_array_foreach(u->parts, i, p)
		if (first.code == ERR_OK && json_object_get(p, "error") != NULL)
			(void)json_to_err(json_object_get(p, "error"), &first);
	if (of == 0)
		bench_notice(u->bench, "info", "snapshot", "name a program's address next time",
		    "snapshot %s: gauges and consoles; no program was named", name);
	else if (ok == of)
		bench_notice(u->bench, "info", "snapshot", NULL, "snapshot %s: all %zu parts",
		    name, of);
	else
		bench_notice(u->bench, "warn", "snapshot", first.next,
		    "snapshot %s: %zu of %zu parts; %s: %s", name, ok, of, first.what,
		    first.why);
}

/* The manifest is written (or not): the call is answered, the heap becomes B. */
static void
on_written(void *arg, const json_t *result, const struct err_msg *why)
{
	struct bundle *u = arg;
	struct bench *b = u->bench;
	struct command_call *call = u->call;
	char *heap;

	(void)result;
	if (b->bundles == NULL)
		b->bundles = json_array();
	if (why != NULL) {
		bench_notice_err(b, "error", "snapshot", why);
		json_put_str(u->manifest, "state", "failed");
	} else {
		notice(u);
	}
	(void)json_array_append(b->bundles, u->manifest);
	tell(u);
	heap = u->show ? bundle_part_path(u->manifest, "heap") : NULL;
	if (why != NULL)
		command_fail(call, why);
	else if (u->why.code == ERR_CANCELLED)
		command_fail(call, &u->why);
	else
		command_done(call, json_deep_copy(u->manifest));
	bundle_free(u);
	if (heap != NULL)
		profiles_show(b, heap, true, NULL);
	mem_free(heap);
}

static void
finish(struct bundle *u)
{
	json_t *p = json_object(), *o;
	struct err_msg why;

	u->over = true;
	loop_timer_stop(u->deadline);
	u->deadline = NULL;
	for (unsigned i = 0; i < u->lanes; i++) {
		profile_task_close(u->lane[i].task);
		u->lane[i].task = NULL;
	}
	json_put_int(u->manifest, "ns", (json_int_t)(sys_mono() - u->started));
	json_put_str(u->manifest, "state", state_word(u));
	o = json_deep_copy(u->manifest);
	(void)json_object_del(o, "id");
	(void)json_object_del(o, "dir");
	json_put_str(p, "dir", u->dir);
	json_put(p, "manifest", o);
	u->writer = profile_task_open(u->bench, u->dir, &why);
	if (u->writer != NULL) {
		profile_task_ask(u->writer, "bundle.write", p,
		    (uint64_t)LIMIT_WORKER_MS * NS_PER_MS, on_written, u);
		return;
	}
	json_decref(p);
	on_written(u, NULL, &why);
}

/* What is not here yet will not come. */
static void
cut_short(struct bundle *u, const struct err_msg *why, const char *state)
{
	json_t *p;
	size_t i;

	if (u->over)
		return;
	u->why = *why;
	json_array_foreach(u->parts, i, p) {
		const char *s = json_get_str(p, "state", "");

		if (strcmp(s, "waiting") != 0 && strcmp(s, "running") != 0)
			continue;
		json_put_str(p, "state", state);
		json_put(p, "error", json_from_err(why));
	}
	finish(u);
}

static void
on_deadline(void *arg)
{
	struct bundle *u = arg;
	struct err_msg why;

	u->deadline = NULL;
	(void)err_set(&why, ERR_DEADLINE, "snapshot", "allow more with deadline=60s",
	    "its time was over");
	cut_short(u, &why, "failed");
}

void
bundle_close(struct bench *b)
{
	if (b->bundle != NULL) {
		struct err_msg why;

		(void)err_set(&why, ERR_CANCELLED, "snapshot", NULL, "the bench ends");
		command_fail(b->bundle->call, &why);
		bundle_free(b->bundle);
	}
	json_decref(b->bundles);
	b->bundles = NULL;
}

/* ---- the parts */

static void next_part(struct lane *l);

static void
take_part(struct bundle *u, json_t *part, const json_t *result)
{
	const json_t *facts = json_object_get(result, "facts");
	const char *form = json_get_str(result, "form", ""), *name = json_get_str(part, "part", "");
	json_t *shot;

	json_put_str(part, "state", "ok");
	json_put_str(part, "form", form);
	json_put_int(part, "bytes", json_get_int(result, "bytes", 0));
	json_put_int(part, "ns", json_get_int(result, "ns", 0));
	if (strcmp(form, "vars") == 0 || strcmp(form, "heap-text") == 0) {
		(void)json_object_set(u->manifest, "memstats", (json_t *)(uintptr_t)facts);
		return;
	}
	shot = shots_make(u->bench, u->source, name, result);
	json_put_int(shot, "bundle", json_get_int(u->manifest, "id", 0));
	bundle_copy_facts(part, shot);
	(void)shots_put(u->bench, shot);
}

static json_t *
add_part(struct bundle *u, const char *name, const char *file, const char *query)
{
	json_t *p = json_object();

	json_put_str(p, "part", name);
	json_put_str(p, "state", "waiting");
	json_put_str(p, "file", file);
	if (query != NULL)
		json_put_str(p, "query", query);
	(void)json_array_append_new(u->parts, p);
	return p;
}

/* No /debug/vars there: the same numbers stand at the end of the heap profile's text form. */
static bool
other_way(struct bundle *u, json_t *part)
{
	if (strcmp(json_get_str(part, "part", ""), "vars") != 0)
		return false;
	json_put_str(part, "part", "memstats");
	json_put_str(part, "file", "heap-debug1.txt");
	json_put_str(part, "query", "debug=1");
	json_put_str(part, "state", "waiting");
	(void)u;
	return true;
}

static void
on_part(void *arg, const json_t *result, const struct err_msg *why)
{
	struct lane *l = arg;
	struct bundle *u = l->bundle;
	json_t *part = l->part;

	l->part = NULL;
	if (why == NULL) {
		take_part(u, part, result);
		if (json_object_get(u->manifest, "address") == NULL)
			json_put_str(u->manifest, "address", json_get_str(result, "address", ""));
	} else if (why->code == ERR_LOST || why->code == ERR_TIMEOUT || !other_way(u, part)) {
		json_put_str(part, "state", "failed");
		json_put(part, "error", json_from_err(why));
	}
	tell(u);
	next_part(l);
}

static json_t *
part_params(const struct bundle *u, const json_t *part)
{
	const char *name = json_get_str(part, "part", ""),
		   *query = json_get_str(part, "query", NULL);
	const uint64_t left = u->started + u->limit_ns - sys_mono();
	char *out = path_join(u->dir, json_get_str(part, "file", "")), seconds[40];
	json_t *p = json_object();

	json_put_str(p, "url", u->source);
	json_put_str(p, "profile", strcmp(name, "memstats") == 0 ? "heap" : name);
	json_put_bool(p, "gc", u->gc && strcmp(name, "heap") == 0);
	json_put_str(p, "out", out);
	json_put_bool(p, "check", true);
	json_put_int(p, "limit_bytes",
	    (json_int_t)(options_num(&u->bench->options, OPT_PROFILE_LIMIT) << 20));
	json_put_int(p, "timeout_ms", (json_int_t)(left / NS_PER_MS) + 1);
	if (strcmp(name, "trace") == 0 || strcmp(name, "profile") == 0) {
		snprintf(seconds, sizeof seconds, "seconds=%g",
		    (double)u->trace_ns / (double)NS_PER_S);
		query = seconds;
	}
	if (query != NULL)
		json_put_str(p, "query", query);
	mem_free(out);
	return p;
}

static json_t *
waiting_part(const struct bundle *u)
{
	json_t *p;
	size_t i;

	json_array_foreach(u->parts, i, p)
		if (strcmp(json_get_str(p, "state", ""), "waiting") == 0)
			return p;
	return NULL;
}

static void
next_part(struct lane *l)
{
	struct bundle *u = l->bundle;

	if (u->over)
		return;
	l->part = waiting_part(u);
	if (l->part == NULL) {
		if (count(u, "running") == 0)
			finish(u);
		return;
	}
	json_put_str(l->part, "state", "running");
	json_put_int(l->part, "t", (json_int_t)bench_time(u->bench, sys_mono()));
	profile_task_ask(l->task, "fetch", part_params(u, l->part), 2 * u->limit_ns, on_part, l);
}

/* ---- taking */

static enum err
plan_parts(struct bundle *u, const json_t *args, struct err_msg *why)
{
	struct slice rest = slice_of(json_get_str(args, "kinds", "")), one;
	char name[NAME_BYTES], file[NAME_BYTES + 8];

	for (size_t i = 0; rest.n == 0 && i < sizeof wants / sizeof wants[0]; i++)
		if (strcmp(wants[i].part, "trace") != 0 || u->trace_ns > 0)
			(void)add_part(u, wants[i].part, wants[i].file, NULL);
	while (rest.n > 0) {
		one = slice_trim(slice_cut(rest, ',', &rest));
		snprintf(name, sizeof name, "%.*s", (int)(one.n < 31 ? one.n : 31), one.p);
		if (one.n == 0 || strspn(name, "abcdefghijklmnopqrstuvwxyz_") != strlen(name) ||
		    json_array_size(u->parts) == PARTS_MAX)
			return err_set(why, ERR_USAGE, "kinds", "such as kinds=vars,heap,goroutine",
			    "names of profiles with commas, at most %d", PARTS_MAX);
		snprintf(file, sizeof file, "%s%s", name, strcmp(name, "vars") == 0 ? ".json" :
		    strcmp(name, "trace") == 0 ? ".out" : ".pb.gz");
		(void)add_part(u, name, file, NULL);
	}
	if (json_get_bool(args, "dump", false)) {
		json_t *p = add_part(u, "goroutine", "goroutines.txt", "debug=2");

		json_put_str(p, "title", "dump");
	}
	return ERR_OK;
}

static enum err
make_folder(struct bundle *u, const char *parent, struct err_msg *why)
{
	struct bench *b = u->bench;
	char stamp[40], name[80];
	size_t n = 0;

	clock_fmt_iso(sys_wall(), stamp, sizeof stamp);
	for (const char *c = stamp; *c != '\0' && *c != '.'; c++)
		if (*c != '-' && *c != ':')
			stamp[n++] = *c;
	stamp[n] = '\0';
	snprintf(name, sizeof name, "bundle-%s-%03u", stamp, ++b->next_bundle);
	u->dir = parent != NULL ? path_join(parent, name) : bench_path(b, "snapshots", "%s", name);
	json_put_int(u->manifest, "id", b->next_bundle);
	json_put_str(u->manifest, "name", name);
	json_put_str(u->manifest, "dir", u->dir);
	return path_make_private(u->dir, why);
}

static const char *
source_of(const struct bench *b, const json_t *args)
{
	const char *given = json_get_str(args, "source", NULL), *watched = NULL;

	LIST_EACH(n, &b->watches) {
		const struct watch *w = LIST_ENTRY(n, struct watch, node);

		if (!w->stopped && !w->pattern)
			watched = w->address != NULL ? w->address : w->source;
	}
	return given != NULL ? given : watched != NULL ? watched : b->profile_url;
}

/* One login at a time: sshd turns away more than a few at once. */
static enum err
plan_lanes(struct bundle *u, struct err_msg *why)
{
	struct place p;
	enum err e = place_parse(u->source, &p, why);

	if (e != ERR_OK)
		return e;
	if (p.kind == PLACE_FILE || p.kind == PLACE_PATTERN)
		e = err_set(why, ERR_USAGE, u->source, "give HOST:PORT, unix:, ssh:, gops: or pid:",
		    "a file is no running program");
	u->lanes = p.kind == PLACE_SSH ? 1 : LANES;
	place_fini(&p);
	return e;
}

static enum err
open_lanes(struct bundle *u, struct err_msg *why)
{
	for (unsigned i = 0; i < u->lanes; i++) {
		struct lane *l = &u->lane[i];

		l->bundle = u;
		l->task = profile_task_open(u->bench, u->dir, why);
		if (l->task == NULL)
			return why->code;
	}
	return ERR_OK;
}

/* Gauges and consoles as they are this moment, before anything is asked of the program. */
static void
record_now(struct bundle *u, const json_t *args)
{
	struct bench *b = u->bench;

	json_put_int(u->manifest, "vise_snapshot", 1);
	json_put_str(u->manifest, "bench", b->name);
	if (json_get_str(args, "label", NULL) != NULL)
		json_put_str(u->manifest, "label", json_get_str(args, "label", ""));
	if (u->source != NULL)
		json_put_str(u->manifest, "source", u->source);
	if (b->target != NULL)
		json_put_str(u->manifest, "target", b->target);
	if (b->board != NULL)
		json_put_str(u->manifest, "board", b->board);
	json_put_int(u->manifest, "t", (json_int_t)bench_time(b, u->started));
	json_put_int(u->manifest, "wall", (json_int_t)sys_wall());
	json_put_str(u->manifest, "state", "taking");
	json_put(u->manifest, "gauges", bundle_gauges(b));
	json_put(u->manifest, "consoles", bundle_consoles(b));
}

static struct bundle *
bundle_new(struct command_call *c)
{
	struct bench *b = c->ctx;
	struct bundle *u = mem_zero(1, sizeof *u);

	u->bench = b;
	u->call = c;
	u->started = sys_mono();
	u->source = mem_str(source_of(b, c->args));
	u->manifest = json_object();
	u->trace_ns = (uint64_t)json_get_int(c->args, "trace", 0);
	u->limit_ns = (uint64_t)json_get_int(c->args, "deadline", 0) + u->trace_ns;
	u->gc = json_get_bool(c->args, "gc", true);
	u->show = json_get_bool(c->args, "show", true);
	record_now(u, c->args);
	u->parts = json_array();
	json_put(u->manifest, "parts", u->parts);
	return u;
}

static void
start(struct bundle *u)
{
	u->deadline = loop_timer_start(u->bench->loop, u->limit_ns, 0, on_deadline, u);
	tell(u);
	if (u->lanes == 0) {
		finish(u);
		return;
	}
	for (unsigned i = 0; i < u->lanes && !u->over; i++)
		next_part(&u->lane[i]);
}

static void
cmd_take(struct command_call *c)
{
	struct bench *b = c->ctx;
	struct bundle *u;
	struct err_msg why;
	enum err e = ERR_OK;

	if (b->bundle != NULL) {
		(void)err_set(&why, ERR_BUSY, "snapshot.take", "wait, or snapshot.cancel",
		    "one is being taken");
		command_fail(c, &why);
		return;
	}
	u = bundle_new(c);
	if (u->source != NULL)
		e = plan_lanes(u, &why);
	if (e == ERR_OK && u->source != NULL)
		e = plan_parts(u, c->args, &why);
	if (e == ERR_OK)
		e = make_folder(u, json_get_str(c->args, "dir", NULL), &why);
	if (e == ERR_OK)
		e = open_lanes(u, &why);
	if (e != ERR_OK) {
		bundle_free(u);
		command_fail(c, &why);
		return;
	}
	b->bundle = u;
	start(u);
}

static void
cmd_cancel(struct command_call *c)
{
	struct bench *b = c->ctx;
	struct err_msg why;

	if (b->bundle != NULL) {
		(void)err_set(&why, ERR_CANCELLED, "snapshot", NULL, "it was cancelled");
		cut_short(b->bundle, &why, "cancelled");
	}
	command_done(c, NULL);
}

static void
cmd_list(struct command_call *c)
{
	command_done(c, bundles_json(c->ctx));
}

/* ---- looking into bundles, by a worker: they may come from anywhere */

struct asked {
	struct bench *bench;
	struct profile_task *task;
	struct command_call *call;
	bool open;
};

/* What an opened bundle holds joins the timeline, its heap becomes B. */
static void
open_bundle(struct bench *b, const json_t *manifest)
{
	json_t *m = json_deep_copy(manifest), *p;
	char *heap = bundle_part_path(m, "heap");
	size_t i;

	json_put_int(m, "id", ++b->next_bundle);
	json_put_bool(m, "opened", true);
	json_array_foreach(json_object_get(m, "parts"), i, p)
		if (strcmp(json_get_str(p, "state", ""), "ok") == 0 &&
		    strcmp(json_get_str(p, "form", ""), "profile") == 0)
			(void)shots_put(b, bundle_shot(m, p));
	if (b->bundles == NULL)
		b->bundles = json_array();
	(void)json_array_append_new(b->bundles, m);
	bench_news(b, "snapshot", json_pack("{s:O}", "bundle", m));
	if (heap != NULL)
		profiles_show(b, heap, true, NULL);
	mem_free(heap);
}

static void
on_looked(void *arg, const json_t *result, const struct err_msg *why)
{
	struct asked *a = arg;

	if (why != NULL) {
		command_fail(a->call, why);
	} else {
		if (a->open)
			open_bundle(a->bench, result);
		command_done(a->call, json_incref((json_t *)(uintptr_t)result));
	}
	profile_task_close(a->task);
	mem_free(a);
}

static void
ask(struct command_call *c, const char *method, json_t *params, bool open)
{
	struct bench *b = c->ctx;
	struct err_msg why;
	struct profile_task *task = profile_task_open(b, NULL, &why);
	struct asked *a;

	if (task == NULL) {
		json_decref(params);
		command_fail(c, &why);
		return;
	}
	a = mem_zero(1, sizeof *a);
	*a = (struct asked){ b, task, c, open };
	profile_task_ask(task, method, params, (uint64_t)LIMIT_WORKER_MS * NS_PER_MS, on_looked, a);
}

/* A number (of snapshot.list), "last", or a folder. */
static void
put_dir(const struct bench *b, json_t *params, const char *key, const char *word)
{
	const json_t *m;
	uint64_t id = 0;
	size_t i;

	(void)slice_u64(slice_of(word[0] == '#' ? word + 1 : word), UINT32_MAX, &id);
	json_array_foreach(b->bundles, i, m)
		if (json_get_int(m, "id", 0) == (json_int_t)id || strcmp(word, "last") == 0 ||
		    strcmp(json_get_str(m, "name", ""), word) == 0)
			json_put_str(params, key, json_get_str(m, "dir", ""));
	if (json_object_get(params, key) == NULL)
		json_put_str(params, key, word);
}

static void
look(struct command_call *c, bool open)
{
	json_t *p = json_object();

	put_dir(c->ctx, p, "dir", json_get_str(c->args, "bundle", "last"));
	ask(c, "bundle.info", p, open);
}

static void
cmd_show(struct command_call *c)
{
	look(c, false);
}

static void
cmd_open(struct command_call *c)
{
	look(c, true);
}

static void
cmd_diff(struct command_call *c)
{
	json_t *p = json_object();

	put_dir(c->ctx, p, "a", json_get_str(c->args, "a", ""));
	put_dir(c->ctx, p, "b", json_get_str(c->args, "b", "last"));
	json_put_int(p, "limit", json_get_int(c->args, "limit", 10));
	ask(c, "bundle.diff", p, false);
}

static const struct command_arg take_args[] = {
	{ "source", ARG_WORD, 0, NULL, "HOST:PORT, http://, unix:, ssh:, gops:, pid:; what is "
	    "being watched, else the target's own, if absent" },
	{ "label", ARG_WORD, 0, NULL, "a word of yours for it" },
	{ "trace", ARG_DURATION, 0, "1s", "length of the execution trace; 0s: none" },
	{ "kinds", ARG_WORD, 0, NULL, "these parts instead: vars,heap,goroutine,trace ..." },
	{ "dump", ARG_BOOL, 0, "off", "all stacks as text too; stops the program meanwhile" },
	{ "gc", ARG_BOOL, 0, "on", "heap: after a garbage collection" },
	{ "deadline", ARG_DURATION, 0, "30s", "for everything" },
	{ "dir", ARG_WORD, 0, NULL, "the folder it is made in" },
	{ "show", ARG_BOOL, 0, "on", "its heap becomes B" },
	{ .name = NULL },
};
static const struct command_arg bundle_args[] = {
	{ "bundle", ARG_WORD, 0, "last", "number, name or folder" }, { .name = NULL },
};
static const struct command_arg diff_args[] = {
	{ "a", ARG_WORD, ARG_MUST, NULL, "the older: number, name or folder" },
	{ "b", ARG_WORD, 0, "last", "the newer" },
	{ "limit", ARG_INT, 0, "10", "rows of each profile" },
	{ .name = NULL },
};

const struct command bench_bundle_commands[] = {
	{ "snapshot.take", "everything at one instant: profiles, trace, numbers, gauges, consoles",
	    take_args, 0, cmd_take },
	{ "snapshot.cancel", "end the one being taken; what is here is kept", NULL, 0, cmd_cancel },
	{ "snapshot.list", "snapshots of everything", NULL, 0, cmd_list },
	{ "snapshot.show", "what one holds", bundle_args, 0, cmd_show },
	{ "snapshot.open", "one taken earlier, also by another bench", bundle_args, 0, cmd_open },
	{ "snapshot.diff", "what changed between two", diff_args, 0, cmd_diff },
	{ .name = NULL },
};
