/* watch.c - watches: starting, pace, telling, ending. */
#include "bench/watch.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/slice.h"
#include "bench/news.h"
#include "bench/profile_tasks.h"
#include "bench/watch_round.h"
#include "core/place.h"
#include "sys/dirwatch.h"
#include "sys/io.h"
#include "sys/time.h"

enum { SHARE = 10, BACKOFF_MAX = 4 };
static const uint64_t EVERY_MIN = 100 * NS_PER_MS, PACE_MAX = 3600 * NS_PER_S,
		      SOON = 100 * NS_PER_MS, RETRY_FILE = NS_PER_S;

struct waiter { struct list node; struct command_call *call; int64_t snapshots; };

static struct watch *
entry(struct list *n)
{
	return LIST_ENTRY(n, struct watch, node);
}

/* ---- telling */

static json_t *
kinds_json(const struct watch *w)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < w->kinds; i++)
		(void)json_array_append_new(list, json_text(w->kind[i], strlen(w->kind[i])));
	return list;
}

json_t *
watch_json(const struct watch *w)
{
	const uint64_t pace = w->pace != 0 ? w->pace : 1;
	json_t *o = json_object();

	json_put_int(o, "id", w->id);
	json_put_str(o, "source", w->source);
	if (w->address != NULL && strcmp(w->address, w->source) != 0)
		json_put_str(o, "address", w->address);
	json_put(o, "kinds", kinds_json(w));
	json_put_int(o, "every", (json_int_t)w->every);
	json_put_int(o, "pace", (json_int_t)w->pace);
	json_put_int(o, "share", (json_int_t)w->share);
	json_put_bool(o, "gc", w->gc);
	json_put_str(o, "state", w->state);
	if (w->why.code != ERR_OK)
		json_put(o, "error", json_from_err(&w->why));
	json_put_int(o, "next", (json_int_t)bench_time(w->bench, w->next));
	json_put_int(o, "rounds", w->rounds);
	json_put_int(o, "snapshots", w->snapshots);
	json_put_int(o, "run", w->run);
	json_put_int(o, "fails", w->fails);
	json_put_int(o, "ns", (json_int_t)w->round_ns);
	json_put_int(o, "fetch_ns", (json_int_t)w->fetch_ns);
	json_put_num(o, "burden", (double)w->fetch_ns / (double)pace);
	if (w->count > 0)
		json_put_int(o, "count", w->count);
	if (w->memstats != NULL)
		json_put(o, "memstats", json_incref(w->memstats));
	json_put(o, "growers", json_copy(w->growers));
	json_put(o, "series", json_copy(w->series));
	return o;
}

void
watch_tell(struct watch *w)
{
	bench_news(w->bench, "watch", json_pack("{s:o}", "watch", watch_json(w)));
}

json_t *
watches_json(const struct bench *b)
{
	json_t *list = json_array();

	LIST_EACH(n, &b->watches)
		(void)json_array_append_new(list, watch_json(entry(n)));
	return list;
}

bool
watches_running(const struct bench *b)
{
	LIST_EACH(n, &b->watches)
		if (!entry(n)->stopped)
			return true;
	return false;
}

/* ---- waiting and ending */

static void
answer_waiters(struct watch *w)
{
	LIST_EACH_SAFE(n, &w->waiters) {
		struct waiter *one = LIST_ENTRY(n, struct waiter, node);

		if (!w->stopped && w->snapshots < one->snapshots)
			continue;
		list_del(&one->node);
		command_done(one->call, watch_json(w));
		mem_free(one);
	}
}

static void
stop(struct watch *w)
{
	watch_round_stop(w);
	loop_timer_stop(w->timer);
	loop_fd_close(w->news);
	sys_close(w->news_fd);
	w->timer = NULL;
	w->news = NULL;
	w->news_fd = -1;
	w->stopped = true;
	w->state = "stopped";
	w->next = 0;
	watch_tell(w);
	answer_waiters(w);
	bench_linger_check(w->bench);
}

static void
watch_free(struct watch *w)
{
	list_del(&w->node);
	for (unsigned i = 0; i < w->kinds; i++)
		mem_free(w->kind[i]);
	json_decref(w->facts);
	json_decref(w->growers);
	json_decref(w->series);
	json_decref(w->errors);
	json_decref(w->memstats);
	json_decref(w->files);
	mem_free(w->source);
	mem_free(w->address);
	mem_free(w->after_name);
	mem_free(w);
}

void
watches_close(struct bench *b)
{
	LIST_EACH_SAFE(n, &b->watches) {
		if (!entry(n)->stopped)
			stop(entry(n));
		watch_free(entry(n));
	}
}

/* ---- pace */

static void
on_time(void *arg)
{
	struct watch *w = arg;

	w->timer = NULL;
	watch_round_start(w);
}

static void
sleep_until(struct watch *w, uint64_t when)
{
	const uint64_t now = sys_mono();

	w->next = when > now ? when : now;
	loop_timer_stop(w->timer);
	w->timer = loop_timer_start(w->bench->loop, w->next - now, 0, on_time, w);
}

/* A fetch may take at most its share of the time: what the program does for us it cannot do for
 * its users. */
static void
set_pace(struct watch *w)
{
	const uint64_t before = w->pace, least = w->fetch_ns * 100 / w->share;
	char took[32], pace[32];

	w->pace = least > w->every ? least : w->every;
	if (w->pace > PACE_MAX)
		w->pace = PACE_MAX;
	if (w->pace < before * 2 || w->pace == w->every)
		return;
	clock_fmt_span(w->fetch_ns, took, sizeof took);
	clock_fmt_span(w->pace, pace, sizeof pace);
	bench_notice(w->bench, "warn", "watch", "watch fewer kinds, or less often",
	    "fetching from %s takes %s: a snapshot every %s only", w->source, took, pace);
}

static void
failed(struct watch *w, const struct err_msg *why)
{
	const int64_t step = w->fails < BACKOFF_MAX ? w->fails : BACKOFF_MAX;
	const uint64_t wait = w->every << (step + 1);
	char text[32];

	w->why = *why;
	w->state = "failed";
	w->fails++;
	sleep_until(w, sys_mono() + (wait < PACE_MAX ? wait : PACE_MAX));
	if (w->fails > 1)
		return;
	clock_fmt_span(wait, text, sizeof text);
	bench_notice(w->bench, "error", "watch", why->next,
	    "%s%s%s: no snapshot; tried again in %s, the last one stays", why->what,
	    why->what[0] != '\0' ? ": " : "", why->why, text);
}

static void
good(struct watch *w)
{
	char text[32];

	if (w->fails > 0) {
		clock_fmt_span(sys_mono() - w->started, text, sizeof text);
		bench_notice(w->bench, "info", "watch", NULL, "%s answers again", w->source);
	}
	w->fails = 0;
	w->why = (struct err_msg){ .code = ERR_OK };
	w->state = "waiting";
	set_pace(w);
	sleep_until(w, w->again ? sys_mono() + RETRY_FILE : w->started + w->pace);
}

/* One kind of several that could not be had: shown, said once. */
static void
note_partial(struct watch *w)
{
	const char *kind;
	json_t *error;

	json_object_foreach(w->errors, kind, error) {
		struct err_msg why;

		(void)json_to_err(error, &why);
		if (w->why.code == ERR_OK && w->rounds == 0)
			bench_notice_err(w->bench, "warn", "watch", &why);
		w->why = why;
	}
}

void
watch_rest(struct watch *w, const struct err_msg *why)
{
	const struct err_msg copy = why != NULL ? *why : (struct err_msg){ .code = ERR_OK };

	watch_round_stop(w);
	w->round_ns = sys_mono() - w->started;
	if (copy.code != ERR_OK) {
		failed(w, &copy);
	} else {
		good(w);
		note_partial(w);
		w->again = false;
		w->rounds++;
	}
	if (w->count > 0 && w->rounds >= w->count) {
		stop(w);
		return;
	}
	watch_tell(w);
	answer_waiters(w);
}

static void
on_news(void *arg, unsigned events)
{
	struct watch *w = arg;

	(void)events;
	if (!dirwatch_take(w->news_fd))
		return;
	if (w->task == NULL)
		sleep_until(w, sys_mono() + SOON);
	else
		w->again = true;
}

/* ---- commands */

static enum err
take_kinds(struct watch *w, const char *text, struct err_msg *why)
{
	struct slice rest = slice_of(text), one;

	while (rest.n > 0) {
		one = slice_trim(slice_cut(rest, ',', &rest));
		if (one.n == 0 || one.n > 31 || w->kinds == WATCH_KINDS_MAX)
			return err_set(why, ERR_USAGE, "kinds", "such as kinds=heap,goroutine",
			    "between 1 and %d names, with commas", WATCH_KINDS_MAX);
		for (size_t i = 0; i < one.n; i++)
			if (strchr("abcdefghijklmnopqrstuvwxyz_.-", one.p[i]) == NULL)
				return err_set(why, ERR_USAGE, "kinds", "such as kinds=heap,mutex",
				    "\"%.*s\" is no name of a profile", (int)one.n, one.p);
		w->kind[w->kinds++] = mem_strn(one.p, one.n);
	}
	return ERR_OK;
}

static void
watch_folder(struct watch *w)
{
	char *folder = mem_str(w->source), *slash = strrchr(folder, '/');

	if (slash != NULL)
		slash[slash == folder] = '\0';
	w->news_fd = dirwatch_open(slash != NULL ? folder : ".");
	if (w->news_fd >= 0)
		w->news = loop_fd_open(w->bench->loop, w->news_fd, LOOP_READ, on_news, w);
	mem_free(folder);
}

static enum err
set_up(struct watch *w, const json_t *args, struct err_msg *why)
{
	const char *kinds = json_get_str(args, "kinds", "");
	char own[32];
	struct place p;
	enum err e = place_parse(w->source, &p, why);

	if (e != ERR_OK)
		return e;
	place_profile(&p, own);
	w->pattern = p.kind == PLACE_PATTERN || p.kind == PLACE_FILE;
	place_fini(&p);
	if (w->every < EVERY_MIN)
		return err_set(why, ERR_USAGE, "every", NULL, "at least 100ms");
	if (w->share < 1 || w->share > 100)
		return err_set(why, ERR_USAGE, "share", NULL, "between 1 and 100 percent");
	if (kinds[0] == '\0')
		kinds = strcmp(own, "any") == 0 ? "heap" : own;
	if (strcmp(own, "other") == 0)
		w->no_vars = true;
	return take_kinds(w, kinds, why);
}

static struct watch *
watch_new(struct bench *b, const json_t *args)
{
	struct watch *w = mem_zero(1, sizeof *w);

	w->bench = b;
	w->id = ++b->next_watch;
	w->source = mem_str(json_get_str(args, "source", b->profile_url));
	w->every = (uint64_t)json_get_int(args, "every", 0);
	w->timeout = (uint64_t)json_get_int(args, "timeout", 0);
	w->count = json_get_int(args, "count", 0);
	w->gc = json_get_bool(args, "gc", true);
	w->share = (uint64_t)json_get_int(args, "share", SHARE);
	w->pace = w->every;
	w->run = 1;
	w->news_fd = -1;
	w->state = "waiting";
	w->facts = json_object();
	w->growers = json_object();
	w->series = json_object();
	w->errors = json_object();
	list_init(&w->waiters);
	list_add_tail(&b->watches, &w->node);
	return w;
}

static unsigned
running(const struct bench *b)
{
	unsigned n = 0;

	LIST_EACH(it, &b->watches)
		n += !entry(it)->stopped;
	return n;
}

static void
cmd_start(struct command_call *c)
{
	struct bench *b = c->ctx;
	struct err_msg why;
	struct watch *w;
	enum err e = ERR_OK;

	if (json_get_str(c->args, "source", b->profile_url) == NULL)
		e = err_set(&why, ERR_USAGE, "watch.start", NULL,
		    "needs a source, such as 127.0.0.1:6060");
	else if (running(b) >= WATCHES_MAX)
		e = err_set(&why, ERR_LIMIT, "watch.start", "stop one with watch.stop",
		    "%d watches run", WATCHES_MAX);
	if (e != ERR_OK) {
		command_fail(c, &why);
		return;
	}
	w = watch_new(b, c->args);
	if (set_up(w, c->args, &why) != ERR_OK) {
		watch_free(w);
		command_fail(c, &why);
		return;
	}
	if (w->pattern)
		watch_folder(w);
	sleep_until(w, sys_mono());
	watch_tell(w);
	bench_linger_check(b);
	command_done(c, watch_json(w));
}

/* The watch of the call: by id, else the newest that runs; NULL: the call has been answered. */
static struct watch *
watch_of(struct command_call *c)
{
	const struct bench *b = c->ctx;
	const int64_t id = json_get_int(c->args, "id", 0);
	struct watch *found = NULL;
	struct err_msg why;

	LIST_EACH(n, &b->watches)
		if (id != 0 ? entry(n)->id == id : found == NULL || !entry(n)->stopped)
			found = entry(n);
	if (found == NULL) {
		(void)err_set(&why, ERR_NOENT, "watch", "watch.list shows them", "no such watch");
		command_fail(c, &why);
	}
	return found;
}

static void
cmd_stop(struct command_call *c)
{
	struct watch *w = watch_of(c);

	if (w == NULL)
		return;
	if (!w->stopped)
		stop(w);
	command_done(c, watch_json(w));
}

static void
cmd_list(struct command_call *c)
{
	command_done(c, watches_json(c->ctx));
}

static void
cmd_now(struct command_call *c)
{
	struct watch *w = watch_of(c);

	if (w == NULL)
		return;
	if (!w->stopped && w->task == NULL)
		sleep_until(w, sys_mono());
	command_done(c, watch_json(w));
}

static void
cmd_every(struct command_call *c)
{
	struct watch *w = watch_of(c);
	const uint64_t every = (uint64_t)json_get_int(c->args, "every", 0);
	struct err_msg why;

	if (w == NULL)
		return;
	if (every < EVERY_MIN) {
		(void)err_set(&why, ERR_USAGE, "watch.every", NULL, "at least 100ms");
		command_fail(c, &why);
		return;
	}
	w->every = every;
	set_pace(w);
	if (!w->stopped && w->task == NULL)
		sleep_until(w, w->started + w->pace);
	watch_tell(w);
	command_done(c, watch_json(w));
}

static void
cmd_wait(struct command_call *c)
{
	struct watch *w = watch_of(c);
	struct waiter *one;

	if (w == NULL)
		return;
	one = mem_zero(1, sizeof *one);
	one->call = c;
	one->snapshots = json_get_int(c->args, "snapshots", w->snapshots + 1);
	list_add_tail(&w->waiters, &one->node);
	answer_waiters(w);
}

struct ranking { struct profile_task *task; struct command_call *call; };

static void
on_ranked(void *arg, const json_t *result, const struct err_msg *why)
{
	struct ranking *r = arg;

	if (why != NULL)
		command_fail(r->call, why);
	else
		command_done(r->call, json_incref((json_t *)(uintptr_t)result));
	profile_task_close(r->task);
	mem_free(r);
}

static void
cmd_rank(struct command_call *c)
{
	struct watch *w = watch_of(c);
	const char *kind = json_get_str(c->args, "kind", NULL), *path;
	struct profile_task *task;
	struct ranking *r;
	struct err_msg why;
	json_t *p;

	if (w == NULL)
		return;
	if (kind == NULL)
		kind = json_object_iter_key(json_object_iter(w->series));
	path = kind == NULL ? NULL : json_get_str(json_object_get(w->series, kind), "path", NULL);
	if (path == NULL) {
		(void)err_set(&why, ERR_NOTHING, "watch.rank", "wait for a snapshot",
		    "there is no series of that kind yet");
		command_fail(c, &why);
		return;
	}
	task = profile_task_open(w->bench, NULL, &why);
	if (task == NULL) {
		command_fail(c, &why);
		return;
	}
	r = mem_zero(1, sizeof *r);
	*r = (struct ranking){ task, c };
	p = json_copy(c->args);
	(void)json_object_del(p, "id");
	(void)json_object_del(p, "kind");
	json_put_str(p, "series", path);
	profile_task_ask(task, "series.rank", p, 60 * NS_PER_S, on_ranked, r);
}

#define ID_ARG { "id", ARG_INT, 0, NULL, "watch; the newest if absent" }

static const struct command_arg start_args[] = {
	{ "source", ARG_WORD, 0, NULL, "HOST:PORT, http://, unix:, ssh:, gops:, pid:, or a pattern "
	    "of files; the target's own if absent" },
	{ "kinds", ARG_WORD, 0, NULL, "heap,goroutine,...; what the source names, else heap" },
	{ "every", ARG_DURATION, 0, "30s", "time between two snapshots" },
	{ "gc", ARG_BOOL, 0, "on", "heap: after a garbage collection" },
	{ "count", ARG_INT, 0, "0", "stop after so many rounds; 0: never" },
	{ "timeout", ARG_DURATION, 0, "20s", "for each fetch" },
	{ "share", ARG_INT, 0, "10", "percent of the time that fetching may take" },
	{ .name = NULL },
};
static const struct command_arg id_args[] = { ID_ARG, { .name = NULL } };
static const struct command_arg every_args[] = {
	{ "every", ARG_DURATION, ARG_MUST, NULL, "time between two snapshots" }, ID_ARG,
	{ .name = NULL },
};
static const struct command_arg wait_args[] = {
	ID_ARG, { "snapshots", ARG_INT, 0, NULL, "so many in all; one more if absent" },
	{ .name = NULL },
};
static const struct command_arg rank_args[] = {
	ID_ARG,
	{ "kind", ARG_WORD, 0, NULL, "heap, goroutine ...; the first if absent" },
	{ "limit", ARG_INT, 0, "20", "at most so many stacks" },
	{ "type", ARG_WORD, 0, NULL, "sample type" },
	{ "points", ARG_BOOL, 0, "off", "with the value at each snapshot" },
	{ .name = NULL },
};

const struct command bench_watch_commands[] = {
	{ "watch.start", "take snapshots of a program regularly", start_args, 0, cmd_start },
	{ "watch.stop", "end a watch; its snapshots stay", id_args, 0, cmd_stop },
	{ "watch.list", "all watches and how they stand", NULL, 0, cmd_list },
	{ "watch.now", "a snapshot at once", id_args, 0, cmd_now },
	{ "watch.every", "another pace", every_args, 0, cmd_every },
	{ "watch.wait", "wait for the next snapshot of a watch", wait_args, 0, cmd_wait },
	{ "watch.rank", "what grows, the surest leak first", rank_args, 0, cmd_rank },
	{ .name = NULL },
};
