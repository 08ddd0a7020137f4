/* cli_snapshot.c - snapshots of everything, from the command line. */
#include "cli/cli_snapshot.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/slice.h"
#include "cli/args.h"
#include "cli/bundles.h"
#include "cli/cli_worker.h"
#include "cli/door.h"
#include "cli/say.h"
#include "cli/verbs.h"
#include "cli/snapshot_text.h"
#include "sys/path.h"
#include "sys/terminal.h"
#include "sys/time.h"

static const char usage[] =
    "usage: vise snapshot take [options] [SOURCE]   everything at one instant, into one folder:\n"
    "                                               heap, goroutine, allocs, mutex, block,\n"
    "                                               threadcreate, a trace, memstats, gauges,\n"
    "                                               console positions\n"
    "       vise snapshot list [FOLDER]             those on this machine, oldest first\n"
    "       vise snapshot show [WHICH]              what one holds\n"
    "       vise snapshot diff A [B]                what changed; B: the last one\n"
    "       vise snapshot open WHICH                into a bench, on its timeline\n"
    "WHICH, A, B: a folder, a name (its beginning is enough), last\n"
    "SOURCE: as for vise pprof grab; without it gauges and consoles alone, or what the bench "
    "watches\n"
    "  -o, --output FOLDER  where the snapshot's folder is made (the bench's own)\n"
    "  --label WORD         a word of yours for it\n"
    "  --trace TIME         length of the execution trace (1s); 0s: none\n"
    "  --kinds K,...        these parts instead: vars,heap,goroutine,trace ...\n"
    "  --dump               all stacks as text too: this stops the program while it is made\n"
    "  --no-gc              heap: without a garbage collection first\n"
    "  --deadline TIME      for everything (30s)\n"
    "  --limit N            diff: rows of each profile (10)\n"
    "  --bench NAME         of the bench of that name\n"
    "  --json               as JSON\n";

static const uint64_t FIRST_GAUGE = 3 * NS_PER_S;

struct wish {
	const char *out, *label, *trace, *kinds, *deadline, *limit;
	bool dump, no_gc;
};

/* ---- take */

struct taking {
	bool gauge, progress;
	char shown[64];
};

static void
on_event(void *arg, const char *type, const json_t *body)
{
	struct taking *t = arg;
	const json_t *m = json_object_get(body, "bundle");
	char text[64];

	if (strcmp(type, "gauge") == 0)
		t->gauge = true;
	if (strcmp(type, "snapshot") != 0 || !t->progress)
		return;
	snprintf(text, sizeof text, "snapshot: %lld of %lld parts",
	    (long long)json_get_int(m, "done", 0), (long long)json_get_int(m, "of", 0));
	if (strcmp(text, t->shown) != 0)
		fprintf(stderr, "\r%s", text);
	snprintf(t->shown, sizeof t->shown, "%s", text);
}

/* The folder as the bench must be given it, made if need be. Heap. */
static char *
out_folder(const char *out, struct err_msg *why)
{
	if (!path_is_dir(out) && path_make_private(out, why) != ERR_OK)
		return NULL;
	return bundles_find(out, why);
}

static enum err
take_line(const struct cli_call *c, const struct wish *w, struct buf *line, struct err_msg *why)
{
	char *folder, *source;

	(void)buf_add_str(line, "snapshot.take");
	if (c->words > 1) {
		source = door_source(c->word[1]);
		door_add(line, "source", source);
		mem_free(source);
	}
	if (w->label != NULL)
		door_add(line, "label", w->label);
	if (w->trace != NULL)
		door_add(line, "trace", w->trace);
	if (w->kinds != NULL)
		door_add(line, "kinds", w->kinds);
	if (w->deadline != NULL)
		door_add(line, "deadline", w->deadline);
	if (w->dump)
		door_add(line, "dump", "on");
	if (w->no_gc)
		door_add(line, "gc", "off");
	if (w->out == NULL)
		return ERR_OK;
	folder = out_folder(w->out, why);
	if (folder == NULL)
		return why->code;
	door_add(line, "dir", folder);
	mem_free(folder);
	return ERR_OK;
}

static void
cancel(struct door *d)
{
	struct err_msg ignored;

	client_resume(d->client);
	(void)client_line(d->client, "snapshot.cancel", 5 * NS_PER_S, NULL, &ignored);
}

static enum err
take(struct cli_call *c, const struct wish *w, struct err_msg *why)
{
	static const struct client_ops ops = { .event = on_event };
	struct taking t = { .progress = !c->json && terminal_is(2) };
	struct door d = { .client = NULL };
	json_t *result = NULL;
	struct buf line;
	struct err_msg none;
	enum err e;

	buf_init(&line, LIMIT_COMMAND_LINE);
	e = take_line(c, w, &line, why);
	if (e == ERR_OK)
		e = door_open(&d, c->bench, NULL, true, why);
	if (e == ERR_OK) {
		client_listen(d.client, &ops, &t);
		if (d.ephemeral)        /* its gauges have no value yet */
			(void)client_wait(d.client, &t.gauge, sys_mono() + FIRST_GAUGE, &none);
		e = client_line(d.client, buf_str(&line), 0, &result, why);
	}
	if (e == ERR_CANCELLED && client_signal(d.client) != 0)
		cancel(&d);
	if (t.shown[0] != '\0')
		fputc('\n', stderr);
	if (e == ERR_OK && c->json)
		say_json(result);
	else if (e == ERR_OK)
		snapshot_text_manifest(result);
	if (e == ERR_OK && strcmp(json_get_str(result, "state", ""), "failed") == 0)
		e = err_set(why, ERR_IO, "snapshot", "the parts above say why",
		    "nothing of the program could be had");
	json_decref(result);
	buf_fini(&line);
	door_close(&d);
	return e;
}

/* ---- the others */

static enum err
list(struct cli_call *c, const struct wish *w, struct err_msg *why)
{
	json_t *all = bundles_list(c->words > 1 ? c->word[1] : NULL);

	(void)w;
	(void)why;
	if (c->json)
		say_json(all);
	else
		snapshot_text_list(all);
	json_decref(all);
	return ERR_OK;
}

static enum err
show(struct cli_call *c, const struct wish *w, struct err_msg *why)
{
	char *dir = bundles_find(c->words > 1 ? c->word[1] : "last", why);
	json_t *p, *result;
	enum err e;

	(void)w;
	if (dir == NULL)
		return why->code;
	p = json_object();
	json_put_str(p, "dir", dir);
	mem_free(dir);
	e = cli_worker_call("bundle.info", p, NULL, 0, &result, why);
	if (e != ERR_OK)
		return e;
	if (c->json)
		say_json(result);
	else
		snapshot_text_manifest(result);
	json_decref(result);
	return ERR_OK;
}

static int64_t
limit_of(const char *text)
{
	uint64_t n = 0;

	(void)slice_u64(slice_of(text), INT32_MAX, &n); /* args_parse has looked at it */
	return (int64_t)n;
}

static enum err
diff(struct cli_call *c, const struct wish *w, struct err_msg *why)
{
	char *a = NULL, *b = NULL;
	json_t *p, *result;
	enum err e;

	if (c->words < 2)
		return err_set(why, ERR_USAGE, "diff", "vise snapshot --help", "name two");
	a = bundles_find(c->word[1], why);
	if (a != NULL)
		b = bundles_find(c->words > 2 ? c->word[2] : "last", why);
	if (b == NULL) {
		mem_free(a);
		return why->code;
	}
	p = json_object();
	json_put_str(p, "a", a);
	json_put_str(p, "b", b);
	if (w->limit != NULL)
		json_put_int(p, "limit", limit_of(w->limit));
	mem_free(a);
	mem_free(b);
	e = cli_worker_call("bundle.diff", p, NULL, 0, &result, why);
	if (e != ERR_OK)
		return e;
	if (c->json)
		say_json(result);
	else
		snapshot_text_diff(result);
	json_decref(result);
	return ERR_OK;
}

static enum err
open_one(struct cli_call *c, const struct wish *w, struct err_msg *why)
{
	char *dir = bundles_find(c->words > 1 ? c->word[1] : "last", why);
	struct door d = { .client = NULL };
	json_t *result = NULL;
	struct buf line;
	enum err e;

	(void)w;
	if (dir == NULL)
		return why->code;
	buf_init(&line, LIMIT_COMMAND_LINE);
	(void)buf_add_str(&line, "snapshot.open");
	door_add(&line, NULL, dir);
	e = door_open(&d, c->bench, NULL, false, why);
	if (e == ERR_OK)
		e = client_line(d.client, buf_str(&line), 0, &result, why);
	if (e == ERR_OK && c->json)
		say_json(result);
	else if (e == ERR_OK)
		snapshot_text_manifest(result);
	json_decref(result);
	door_close(&d);
	buf_fini(&line);
	mem_free(dir);
	return e;
}

static const struct verb {
	const char *name;
	size_t words;                   /* at most, itself included */
	enum err (*run)(struct cli_call *c, const struct wish *w, struct err_msg *why);
} verbs[] = {
	{ "take", 2, take },
	{ "list", 2, list },
	{ "show", 2, show },
	{ "diff", 3, diff },
	{ "open", 2, open_one },
};

static enum err
run(struct cli_call *c, const struct wish *w, struct err_msg *why)
{
	const char *word = c->words > 0 ? c->word[0] : "";

	for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
		if (strcmp(word, verbs[i].name) != 0)
			continue;
		if (c->words > verbs[i].words)
			return err_set(why, ERR_USAGE, c->word[verbs[i].words],
			    "vise snapshot --help", "is one word too many");
		return verbs[i].run(c, w, why);
	}
	return verbs_refuse("snapshot", word, &verbs[0].name, sizeof *verbs,
	    sizeof verbs / sizeof *verbs, why);
}

int
cli_snapshot(struct cli_call *c)
{
	struct wish w = { .out = NULL };
	const struct args_option options[] = {
		{ "-o", ARGS_TEXT, &w.out },
		{ "--output", ARGS_TEXT, &w.out },
		{ "--label", ARGS_TEXT, &w.label },
		{ "--trace", ARGS_TEXT, &w.trace },
		{ "--kinds", ARGS_TEXT, &w.kinds },
		{ "--deadline", ARGS_SPAN, &w.deadline },
		{ "--limit", ARGS_COUNT, &w.limit },
		{ "--dump", ARGS_FLAG, &w.dump },
		{ "--no-gc", ARGS_FLAG, &w.no_gc },
		{ NULL, ARGS_FLAG, NULL },
	};
	struct err_msg why;
	enum err e;

	if (args_help(c, usage))
		return say_end(c, ERR_OK, NULL);
	e = args_parse(c, options, 0, 3, &why);
	if (e == ERR_OK)
		e = run(c, &w, &why);
	return say_end(c, e, &why);
}
