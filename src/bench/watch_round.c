/* watch_round.c - one round: the program's numbers, then each kind into timeline and series. */
#include "bench/watch_round.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "bench/news.h"
#include "bench/profile_tasks.h"
#include "bench/shots.h"
#include "sys/time.h"

enum { GROWERS = 5, KEEP_BYTES = 12 << 20, LATE_NS = 2000000000 };
static const uint64_t ASK_NS = (uint64_t)LIMIT_WORKER_MS * NS_PER_MS;

static void next_kind(struct watch *w);
static void next_file(struct watch *w);

/* ---- telling one process from the next */

static int64_t
sum_of(const json_t *facts, const char *type)
{
	const json_t *t;
	size_t i;

	json_array_foreach(json_object_get(facts, "types"), i, t)
		if (strcmp(json_get_str(t, "type", ""), type) == 0)
			return json_get_int(t, "sum", -1);
	return -1;
}

/* Counters of a process that lives never fall. */
static bool
counters_fell(const json_t *old, const json_t *new)
{
	static const char *const counters[] = { "alloc_space", "alloc_objects", "contentions",
		"delay" };

	for (size_t i = 0; i < sizeof counters / sizeof counters[0]; i++)
		if (sum_of(new, counters[i]) < sum_of(old, counters[i]))
			return true;
	return false;
}

static bool
differs(const json_t *old, const json_t *new, const char *key)
{
	const json_t *a = json_object_get(old, key), *b = json_object_get(new, key);

	return a != NULL && b != NULL && !json_equal(a, b);
}

static const char *
new_process(const json_t *old, const json_t *new)
{
	if (old == NULL)
		return NULL;
	if (differs(old, new, "build_id") || differs(old, new, "mapping"))
		return "it is another build";
	if (differs(old, new, "mapping_start"))
		return "it lies at another address";
	return counters_fell(old, new) ? "its counters started again" : NULL;
}

/* PauseEnd[0] is the time of the first GC until the ring of 256 wraps. */
static const char *
new_memstats(const json_t *old, const json_t *new)
{
	if (old == NULL)
		return NULL;
	if (json_get_num(new, "TotalAlloc", 0) < json_get_num(old, "TotalAlloc", 0) ||
	    json_get_num(new, "NumGC", 0) < json_get_num(old, "NumGC", 0))
		return "its counters started again";
	if (json_get_num(old, "NumGC", 0) >= 1 && json_get_num(new, "NumGC", 0) <= 256 &&
	    differs(old, new, "FirstPauseEnd"))
		return "its first collection was at another time";
	return NULL;
}

static void
restarted(struct watch *w, const char *how)
{
	w->run++;
	(void)json_object_clear(w->facts);
	bench_notice(w->bench, "warn", "watch", "the snapshots before are not compared with it",
	    "%s has restarted: %s", w->source, how);
}

/* ---- the series */

static void
file_done(struct watch *w)
{
	json_decref(w->shot);
	w->shot = NULL;
	if (w->pattern)
		next_file(w);
	else
		next_kind(w);
}

static const char *
kind_now(const struct watch *w)
{
	return w->shot != NULL ? json_get_str(w->shot, "kind", "heap") : w->kind[w->at];
}

static void
on_ranked(void *arg, const json_t *result, const struct err_msg *why)
{
	struct watch *w = arg;

	if (why == NULL)
		json_put(w->growers, kind_now(w),
		    json_incref(json_object_get(result, "rows")));
	file_done(w);
}

static void
ask_rank(struct watch *w, const char *path)
{
	json_t *p = json_object();

	json_put_str(p, "series", path);
	json_put_int(p, "limit", GROWERS);
	json_put_bool(p, "frames", false);
	profile_task_ask(w->task, "series.rank", p, ASK_NS, on_ranked, w);
}

/* What the series says of its newest snapshot: whether it may be compared, and why not. */
static void
on_added(void *arg, const json_t *result, const struct err_msg *why)
{
	struct watch *w = arg;
	const char *cut = json_get_str(result, "cut", ""), *kind = kind_now(w);
	json_t *o;

	if (why != NULL) {
		json_put(w->errors, kind, json_from_err(why));
		bench_notice_err(w->bench, "warn", "watch", why);
	}
	if (cut[0] != '\0' && strcmp(cut, "first") != 0) {
		json_put_str(w->shot, "cut", cut);
		json_put_str(w->shot, "cut_text", json_get_str(result, "cut_text", ""));
		if (strcmp(cut, "restart") != 0)
			bench_notice(w->bench, "warn", "watch", "vise keeps them apart",
			    "%s: snapshots of %s are not compared across this moment: %s",
			    w->source, kind, json_get_str(result, "cut_text", cut));
	}
	if (json_get_bool(result, "same", false))
		json_put_bool(w->shot, "same", true);
	(void)shots_put(w->bench, json_incref(w->shot));
	w->snapshots++;
	if (why != NULL || result == NULL) {
		file_done(w);
		return;
	}
	o = json_object();
	json_put_str(o, "path", json_get_str(result, "series", ""));
	json_put_int(o, "snapshots", json_get_int(result, "snapshots", 0));
	json_put_int(o, "bytes", json_get_int(result, "file_bytes", 0));
	json_put_num(o, "total", json_get_num(w->shot, "total", 0));
	json_put_str(o, "unit", json_get_str(w->shot, "unit", ""));
	if (cut[0] != '\0')
		json_put_str(o, "cut", cut);
	json_put(w->series, kind, o);
	if (!w->pattern)
		shots_thin(w->bench, w->id, KEEP_BYTES);
	ask_rank(w, json_get_str(result, "series", ""));
}

static void
ask_add(struct watch *w)
{
	json_t *p = json_object(), *meta = json_object();
	char *path = bench_path(w->bench, "snapshots", "watch-%u-%s.series", (unsigned)w->id,
	    kind_now(w)), run[64];

	snprintf(run, sizeof run, "watch %u run %lld", (unsigned)w->id, (long long)w->run);
	json_put_str(p, "series", path);
	json_put_str(p, "profile", json_get_str(w->shot, "path", ""));
	json_put_str(meta, "run", run);
	json_put(p, "meta", meta);
	json_put_int(p, "limit_bytes",
	    (json_int_t)(options_num(&w->bench->options, OPT_PROFILE_LIMIT) << 20));
	mem_free(path);
	profile_task_ask(w->task, "series.add", p, ASK_NS, on_added, w);
}

/* ---- one snapshot */

/* Takes what the worker found (fetch's answer) into timeline and series. */
static void
take(struct watch *w, const char *kind, const json_t *result)
{
	json_t *facts = json_object_get(result, "facts"), *old = json_object_get(w->facts, kind);
	const char *how = new_process(old, facts);

	if (how != NULL)
		restarted(w, how);
	if (facts != NULL)
		(void)json_object_set(w->facts, kind, facts);
	w->shot = shots_make(w->bench, w->source, kind, result);
	json_put_int(w->shot, "watch", w->id);
	json_put_int(w->shot, "run", w->run);
	if (strcmp(json_get_str(result, "form", ""), "profile") == 0) {
		ask_add(w);
		return;
	}
	(void)shots_put(w->bench, json_incref(w->shot));
	w->snapshots++;
	file_done(w);
}

static void
remember_address(struct watch *w, const json_t *result)
{
	const char *address = json_get_str(result, "address", "");

	if (address[0] == '\0' || (w->address != NULL && strcmp(w->address, address) == 0))
		return;
	mem_free(w->address);
	w->address = mem_str(address);
}

/* Whether after this error nothing else can be had from there either. */
static bool
is_down(enum err e)
{
	return e == ERR_LOST || e == ERR_TIMEOUT || e == ERR_EOF || e == ERR_INFRA ||
	    e == ERR_TOOL || e == ERR_DEADLINE;
}

static void
on_fetched(void *arg, const json_t *result, const struct err_msg *why)
{
	struct watch *w = arg;

	if (why == NULL) {
		remember_address(w, result);
		w->fetch_ns += (uint64_t)json_get_int(result, "ns", 0);
		take(w, w->kind[w->at], result);
		return;
	}
	json_put(w->errors, w->kind[w->at], json_from_err(why));
	w->why = *why;
	if (is_down(why->code))
		watch_rest(w, why);
	else
		next_kind(w);
}

/* The request for one kind; *out is the file it goes to. */
static json_t *
fetch_params(const struct watch *w, const char *kind, const char *out)
{
	json_t *p = json_object();

	json_put_str(p, "url", w->address != NULL ? w->address : w->source);
	json_put_str(p, "profile", kind);
	json_put_bool(p, "gc", w->gc);
	json_put_str(p, "out", out);
	json_put_bool(p, "check", true);
	json_put_int(p, "limit_bytes",
	    (json_int_t)(options_num(&w->bench->options, OPT_PROFILE_LIMIT) << 20));
	json_put_int(p, "timeout_ms", (json_int_t)(w->timeout / NS_PER_MS));
	if (strcmp(kind, "profile") == 0)
		json_put_str(p, "query", "seconds=5");
	return p;
}

static void
next_kind(struct watch *w)
{
	char *out;

	w->at++;
	if (w->at >= w->kinds) {
		watch_rest(w, json_object_size(w->errors) == w->kinds ? &w->why : NULL);
		return;
	}
	out = bench_path(w->bench, "snapshots", "%s-%03u.pb.gz", w->kind[w->at],
	    ++w->bench->next_snapshot);
	profile_task_ask(w->task, "fetch", fetch_params(w, w->kind[w->at], out),
	    ASK_NS + w->timeout, on_fetched, w);
	mem_free(out);
}

static void
on_vars(void *arg, const json_t *result, const struct err_msg *why)
{
	struct watch *w = arg;
	const json_t *now = json_object_get(result, "facts");
	const char *how;

	if (why != NULL && is_down(why->code)) {
		w->why = *why;
		watch_rest(w, why);
		return;
	}
	if (why != NULL) {
		w->no_vars = true;      /* no expvar there: not asked again */
	} else {
		remember_address(w, result);
		w->fetch_ns += (uint64_t)json_get_int(result, "ns", 0);
		how = new_memstats(w->memstats, now);
		if (how != NULL)
			restarted(w, how);
		json_decref(w->memstats);
		w->memstats = json_incref((json_t *)(uintptr_t)now);
	}
	next_kind(w);
}

static void
ask_vars(struct watch *w)
{
	char *out = bench_path(w->bench, "snapshots", "watch-%u-vars.json", (unsigned)w->id);

	profile_task_ask(w->task, "fetch", fetch_params(w, "vars", out), ASK_NS + w->timeout,
	    on_vars, w);
	mem_free(out);
}

/* ---- files of a pattern */

static const json_t *
file_now(const struct watch *w)
{
	return json_array_get(w->files, 0);
}

static void
file_taken(struct watch *w)
{
	const json_t *f = file_now(w);

	w->after = (uint64_t)json_get_int(f, "mtime", 0);
	mem_free(w->after_name);
	w->after_name = mem_str(json_get_str(f, "path", ""));
	(void)json_array_remove(w->files, 0);
}

static void
on_file_info(void *arg, const json_t *result, const struct err_msg *why)
{
	struct watch *w = arg;
	const json_t *f = file_now(w);
	const uint64_t mtime = (uint64_t)json_get_int(f, "mtime", 0);
	json_t *o;

	if (why != NULL) {
		/* a file still being written is tried again when it is complete */
		if (mtime + LATE_NS > sys_wall()) {
			w->again = true;
			watch_rest(w, NULL);
			return;
		}
		json_put(w->errors, "file", json_from_err(why));
		bench_notice_err(w->bench, "warn", "watch", why);
		file_taken(w);
		next_file(w);
		return;
	}
	o = json_object();
	json_put_str(o, "form", "profile");
	json_put_str(o, "address", json_get_str(f, "path", ""));
	json_put_int(o, "bytes", json_get_int(f, "size", 0));
	(void)json_object_set(o, "facts", (json_t *)(uintptr_t)result);
	file_taken(w);
	take(w, json_get_str(result, "kind", "other"), o);
	json_decref(o);
}

static void
next_file(struct watch *w)
{
	json_t *p;

	if (file_now(w) == NULL) {
		watch_rest(w, NULL);
		return;
	}
	p = json_object();
	json_put_str(p, "file", json_get_str(file_now(w), "path", ""));
	json_put_int(p, "limit_bytes",
	    (json_int_t)(options_num(&w->bench->options, OPT_PROFILE_LIMIT) << 20));
	profile_task_ask(w->task, "file.info", p, ASK_NS, on_file_info, w);
}

static void
on_files(void *arg, const json_t *result, const struct err_msg *why)
{
	struct watch *w = arg;

	if (why != NULL) {
		w->why = *why;
		watch_rest(w, why);
		return;
	}
	json_decref(w->files);
	w->files = json_copy((json_t *)(uintptr_t)result);
	next_file(w);
}

static void
ask_files(struct watch *w)
{
	json_t *p = json_object();

	json_put_str(p, "pattern", w->source);
	json_put_int(p, "after", (json_int_t)w->after);
	json_put_str(p, "after_name", w->after_name != NULL ? w->after_name : "");
	profile_task_ask(w->task, "files", p, ASK_NS, on_files, w);
}

/* ---- the round */

void
watch_round_start(struct watch *w)
{
	char *folder = bench_path(w->bench, "snapshots", "%s", "");

	w->started = sys_mono();
	w->fetch_ns = 0;
	w->at = (unsigned)-1;
	(void)json_object_clear(w->errors);
	w->task = profile_task_open(w->bench, folder, &w->why);
	mem_free(folder);
	if (w->task == NULL) {
		watch_rest(w, &w->why);
		return;
	}
	w->state = "fetching";
	watch_tell(w);
	if (w->pattern)
		ask_files(w);
	else if (w->no_vars)
		next_kind(w);
	else
		ask_vars(w);
}

void
watch_round_stop(struct watch *w)
{
	profile_task_close(w->task);
	w->task = NULL;
	json_decref(w->shot);
	w->shot = NULL;
}
