/* cli_watch.c - snapshots of a program, line by line. */
#include "cli/cli_watch.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/slice.h"
#include "cli/args.h"
#include "cli/door.h"
#include "cli/say.h"
#include "cli/snapshot_text.h"

static const char usage[] =
    "usage: vise pprof watch [options] SOURCE     a line for each snapshot, with what grows\n"
    "SOURCE: as for vise pprof grab; of a pattern, each new file\n"
    "  --every TIME     time between two snapshots (30s); more when fetching takes over a tenth\n"
    "                   of it\n"
    "  --share PERCENT  another share than that tenth (10)\n"
    "  --kinds K,...    heap, goroutine, allocs, mutex, block ... (what SOURCE names, else heap)\n"
    "  --count N        end after N rounds\n"
    "  --retries N      end after N failures in a row (never)\n"
    "  --no-gc          heap: without a garbage collection first\n"
    "  --timeout TIME   for each fetch (20s)\n"
    "  --bench NAME     let that bench do it: its screen shows the snapshots too\n"
    "  --json           one JSON object for each snapshot\n"
    "^C ends it; the snapshots and the series stay, the last line says where.\n";

enum { GROWERS_SHOWN = 2, KINDS_MAX = 16 };

struct wish {
	const char *every, *kinds, *count, *retries, *timeout, *share;
	bool no_gc;
};

/* The newest snapshot of a kind: what the next one is compared with. */
struct last {
	char kind[32];
	double total;
	int64_t run;
	json_t *pending;                /* a SHOT that waits for its round's end */
};

struct watching {
	struct cli_call *call;
	struct last last[KINDS_MAX];
	size_t kinds;
	int64_t id, fails, retries;
	json_t *watch;                  /* newest WATCH of ours */
	struct err_msg why;
	bool done, failed;
};

static struct last *
last_of(struct watching *w, const char *kind)
{
	for (size_t i = 0; i < w->kinds; i++)
		if (strcmp(w->last[i].kind, kind) == 0)
			return &w->last[i];
	if (w->kinds == KINDS_MAX)
		return NULL;
	snprintf(w->last[w->kinds].kind, sizeof w->last[0].kind, "%s", kind);
	w->last[w->kinds].run = -1;
	return &w->last[w->kinds++];
}

/* ---- one line */

static void
print_growers(const json_t *rows)
{
	size_t shown = 0, i;
	const json_t *r;

	json_array_foreach(rows, i, r) {
		const char *verdict = json_get_str(r, "verdict", "none");

		if (shown == GROWERS_SHOWN ||
		    (strcmp(verdict, "leak") != 0 && strcmp(verdict, "suspect") != 0))
			continue;
		printf("%s%s: ", shown++ != 0 ? "; " : "", verdict);
		say_str(stdout, json_get_str(r, "name", "?"));
		printf(" %s", json_get_str(r, "slope_text", ""));
	}
	if (shown == 0)
		fputs("-", stdout);
}

static void
print_line(struct last *l, const json_t *growers)
{
	const json_t *shot = l->pending;
	const char *unit = json_get_str(shot, "unit", ""), *cut = json_get_str(shot, "cut", NULL);
	const double total = json_get_num(shot, "total", 0);
	char when[24], size[32], change[32] = "-";

	clock_fmt_hms((uint64_t)json_get_int(shot, "wall", 0), when, sizeof when);
	snapshot_text_amount(total, unit, 0, size, sizeof size);
	if (l->run == json_get_int(shot, "run", 0))
		snapshot_text_amount(total - l->total, unit, 1, change, sizeof change);
	printf("%s  %-12s %8s %8s  ", when, l->kind, size, change);
	if (cut != NULL && strcmp(cut, "first") != 0)
		printf("[%s] ", cut);
	print_growers(growers);
	putchar('\n');
}

static void
print_json(struct last *l, const json_t *growers)
{
	json_t *o = json_copy(l->pending);

	if (l->run == json_get_int(o, "run", 0))
		json_put_num(o, "change", json_get_num(o, "total", 0) - l->total);
	json_put(o, "growers", growers != NULL ? json_copy((json_t *)(uintptr_t)growers)
					       : json_array());
	say_json(o);
	json_decref(o);
}

/* ---- what the bench tells */

/* Prints what waits; growers are known when the round is over. */
static void
flush(struct watching *w, struct last *l, const json_t *growers)
{
	if (l->pending == NULL)
		return;
	if (w->call->json)
		print_json(l, growers);
	else
		print_line(l, growers);
	l->total = json_get_num(l->pending, "total", 0);
	l->run = json_get_int(l->pending, "run", 0);
	json_decref(l->pending);
	l->pending = NULL;
}

static void
on_shot(struct watching *w, const json_t *shot)
{
	struct last *l;

	if (json_get_int(shot, "watch", 0) != w->id || !json_get_bool(shot, "kept", true))
		return;
	l = last_of(w, json_get_str(shot, "kind", "?"));
	if (l == NULL)
		return;
	flush(w, l, NULL);              /* of a pattern: several files in one round */
	l->pending = json_incref((json_t *)(uintptr_t)shot);
}

static void
flush_all(struct watching *w)
{
	const json_t *growers = json_object_get(w->watch, "growers");

	for (size_t i = 0; i < w->kinds; i++)
		flush(w, &w->last[i], json_object_get(growers, w->last[i].kind));
	fflush(stdout);
}

static void
on_failure(struct watching *w)
{
	const json_t *error = json_object_get(w->watch, "error");
	const int64_t fails = json_get_int(w->watch, "fails", 0);

	if (fails == w->fails)
		return;
	w->fails = fails;
	if (error == NULL || fails == 0)
		return;
	(void)json_to_err(error, &w->why);
	if (w->call->json) {
		json_t *o = json_pack("{s:O}", "error", error);

		json_put_int(o, "fails", fails);
		say_json(o);
		json_decref(o);
		fflush(stdout);
	}
	w->failed = w->retries > 0 && fails >= w->retries;
	w->done = w->done || w->failed;
}

static void
on_watch(struct watching *w, const json_t *watch)
{
	const char *state = json_get_str(watch, "state", "");

	if (w->id == 0 && json_get_int(watch, "rounds", -1) == 0)
		w->id = json_get_int(watch, "id", 0);
	if (json_get_int(watch, "id", 0) != w->id)
		return;
	json_decref(w->watch);
	w->watch = json_incref((json_t *)(uintptr_t)watch);
	if (strcmp(state, "fetching") == 0)
		return;
	flush_all(w);
	on_failure(w);
	if (strcmp(state, "stopped") == 0)
		w->done = true;
}

static void
on_notice(const struct watching *w, const json_t *notice)
{
	if (w->call->json || strcmp(json_get_str(notice, "source", ""), "watch") != 0)
		return;
	fputs("vise: ", stderr);
	say_str(stderr, json_get_str(notice, "text", ""));
	fputc('\n', stderr);
}

static void
on_event(void *arg, const char *type, const json_t *body)
{
	struct watching *w = arg;

	if (strcmp(type, "profile.shot") == 0)
		on_shot(w, json_object_get(body, "shot"));
	else if (strcmp(type, "watch") == 0)
		on_watch(w, json_object_get(body, "watch"));
	else if (strcmp(type, "notice") == 0)
		on_notice(w, json_object_get(body, "notice"));
}

/* ---- the call */

static void
line_of(const struct wish *w, const char *source, struct buf *line)
{
	char *absolute = door_source(source);

	(void)buf_add_str(line, "watch.start");
	door_add(line, NULL, absolute);
	if (w->every != NULL)
		door_add(line, "every", w->every);
	if (w->kinds != NULL)
		door_add(line, "kinds", w->kinds);
	if (w->count != NULL)
		door_add(line, "count", w->count);
	if (w->timeout != NULL)
		door_add(line, "timeout", w->timeout);
	if (w->share != NULL)
		door_add(line, "share", w->share);
	if (w->no_gc)
		door_add(line, "gc", "off");
	mem_free(absolute);
}

static void
say_where(const struct watching *w)
{
	const json_t *series = json_object_get(w->watch, "series"), *o;
	const char *kind;

	if (w->call->json)
		return;
	json_object_foreach((json_t *)(uintptr_t)series, kind, o) {
		fprintf(stderr, "%lld snapshots of %s: ",
		    (long long)json_get_int(o, "snapshots", 0), kind);
		say_str(stderr, json_get_str(o, "path", ""));
		fputc('\n', stderr);
	}
}

static enum err
follow(struct watching *w, struct door *d, const char *line, struct err_msg *why)
{
	static const struct client_ops ops = { .event = on_event };
	enum err e;

	/* its news may come with the answer: the first watch that is told of is ours */
	client_listen(d->client, &ops, w);
	if (!w->call->json)
		puts("TIME      KIND            TOTAL   CHANGE  GROWS");
	fflush(stdout);
	e = client_line(d->client, line, 10 * NS_PER_S, NULL, why);
	if (e != ERR_OK)
		return e;
	e = client_wait(d->client, &w->done, 0, why);
	if (e == ERR_OK && w->failed) {
		*why = w->why;
		e = w->why.code;
	}
	if (e == ERR_CANCELLED || w->failed) {
		char stop[40];
		struct err_msg ignored;

		client_resume(d->client);
		snprintf(stop, sizeof stop, "watch.stop %lld", (long long)w->id);
		(void)client_line(d->client, stop, 5 * NS_PER_S, NULL, &ignored);
	}
	say_where(w);
	return e;
}

static void
watching_fini(struct watching *w)
{
	for (size_t i = 0; i < w->kinds; i++)
		json_decref(w->last[i].pending);
	json_decref(w->watch);
}

static enum err
run(struct cli_call *c, const struct wish *wish, struct err_msg *why)
{
	struct watching w = { .call = c };
	struct door d = { .client = NULL };
	struct buf line;
	uint64_t n = 0;
	enum err e = c->bench != NULL ? door_open(&d, c->bench, NULL, false, why)
				      : door_new(&d, why);

	if (e != ERR_OK)
		return e;
	if (wish->retries != NULL && slice_u64(slice_of(wish->retries), INT32_MAX, &n))
		w.retries = (int64_t)n;
	buf_init(&line, LIMIT_COMMAND_LINE);
	line_of(wish, c->word[0], &line);
	e = follow(&w, &d, buf_str(&line), why);
	buf_fini(&line);
	watching_fini(&w);
	door_close(&d);
	return e;
}

int
cli_watch(struct cli_call *c)
{
	struct wish w = { .every = NULL };
	const struct args_option options[] = {
		{ "--every", ARGS_SPAN, &w.every },
		{ "--kinds", ARGS_TEXT, &w.kinds },
		{ "--kind", ARGS_TEXT, &w.kinds },
		{ "--count", ARGS_COUNT, &w.count },
		{ "--retries", ARGS_COUNT, &w.retries },
		{ "--timeout", ARGS_SPAN, &w.timeout },
		{ "--share", ARGS_COUNT, &w.share },
		{ "--no-gc", ARGS_FLAG, &w.no_gc },
		{ NULL, ARGS_FLAG, NULL },
	};
	struct err_msg why;
	enum err e;

	if (args_help(c, usage))
		return say_end(c, ERR_OK, NULL);
	e = args_parse(c, options, 0, 1, &why);
	if (e == ERR_OK && c->words == 0)
		e = err_set(&why, ERR_USAGE, "watch", "vise pprof watch --help", "name a source");
	if (e == ERR_OK)
		e = run(c, &w, &why);
	return say_end(c, e, &why);
}
