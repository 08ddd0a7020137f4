/* decode_plugins.c - lines to the decoders of plugins, and what they say of them. */
#include "bench/decode_plugins.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "bench/host_jobs.h"
#include "bench/decoders.h"
#include "bench/jobs.h"
#include "bench/meters.h"
#include "bench/news.h"
#include "core/plugin.h"
#include "gauge/set.h"
#include "sys/time.h"
#include "text/pattern.h"

struct plugin_decoder {
	char *id;
	json_t *row;                    /* of the manifest */
	struct pattern *pattern;
	json_t *lines;                  /* that wait for the host */
	struct command_call *waiting;   /* its decoder.next, or NULL */
	uint32_t job;                   /* its host, 0: never started */
	uint64_t started;               /* sys_mono() */
	uint64_t given, dropped;
	json_t *gauges;                 /* names of those it measured */
};

struct decode_plugins { struct plugin_decoder item[PLUGIN_DECODERS]; size_t n; };

static void
add(struct bench *b, json_t *row)
{
	struct decode_plugins *all = b->decode_plugins;
	const char *literal = json_get_str(row, "literal", NULL),
		   *text = literal != NULL ? literal : json_get_str(row, "pattern", "");
	struct plugin_decoder *d = &all->item[all->n];
	struct pattern *pattern;
	struct err_msg why;

	if (all->n == PLUGIN_DECODERS)
		return;
	if (pattern_new(text, strlen(text), literal != NULL ? PATTERN_LITERAL : 0, &pattern,
	    &why) != ERR_OK) {
		bench_notice_err(b, "warn", json_get_str(row, "plugin", "plugin"), &why);
		return;
	}
	*d = (struct plugin_decoder){ .id = mem_str(json_get_str(row, "id", "")),
		.row = json_incref(row), .pattern = pattern, .lines = json_array(),
		.gauges = json_array() };
	all->n++;
}

/* What waits goes to the host, if it asks. */
static void
hand_over(struct plugin_decoder *d)
{
	struct command_call *c = d->waiting;

	if (c == NULL || json_array_size(d->lines) == 0)
		return;
	d->waiting = NULL;
	d->given += json_array_size(d->lines);
	command_done(c, d->lines);
	d->lines = json_array();
}

static void
fini(struct plugin_decoder *d)
{
	if (d->waiting != NULL)
		command_done(d->waiting, json_array());
	mem_free(d->id);
	json_decref(d->row);
	json_decref(d->lines);
	json_decref(d->gauges);
	pattern_free(d->pattern);
}

static struct bench_job *
running(const struct bench *b, uint32_t job)
{
	LIST_EACH(n, &b->jobs) {
		struct bench_job *j = LIST_ENTRY(n, struct bench_job, node);

		if (job != 0 && (uint32_t)job_id(j->job) == job)
			return job_state_of(j->job) == JOB_RUNNING ? j : NULL;
	}
	return NULL;
}

/* Its process ends, what it measured is not shown any more; the next line starts it anew. */
static bool
end_host(struct bench *b, struct plugin_decoder *d)
{
	struct bench_job *j = running(b, d->job);
	const json_t *name;
	size_t i;

	json_array_foreach(d->gauges, i, name)
		gauge_set_take(b->gauges, json_string_value(name));
	(void)json_array_clear(d->gauges);
	(void)json_array_clear(d->lines);
	d->job = 0;
	d->started = 0;
	if (j != NULL)
		job_stop(j->job);
	return j != NULL;
}

unsigned
decode_plugins_end(struct bench *b, const char *plugin)
{
	struct decode_plugins *all = b->decode_plugins;
	unsigned ended = 0;

	for (size_t i = 0; i < all->n; i++)
		if (strcmp(json_get_str(all->item[i].row, "plugin", ""), plugin) == 0)
			ended += end_host(b, &all->item[i]);
	return ended;
}

/* Takes the one that is told out of the list, or gives false. */
static bool
take_row(json_t *rows, const json_t *row)
{
	const json_t *r;
	size_t i;

	json_array_foreach(rows, i, r)
		if (json_equal(r, row)) {
			(void)json_array_remove(rows, i);
			return true;
		}
	return false;
}

void
decode_plugins_rows(struct bench *b)
{
	struct decode_plugins *all = b->decode_plugins;
	json_t *rows = plugin_kind(b->plugin_rows, "decoder"), *row;
	size_t i;

	for (i = all->n; i-- > 0;) {
		struct plugin_decoder *d = &all->item[i];

		if (take_row(rows, d->row))
			continue;
		(void)end_host(b, d);
		fini(d);
		memmove(d, d + 1, (--all->n - i) * sizeof *d);
	}
	json_array_foreach(rows, i, row)
		add(b, row);
	json_decref(rows);
}

void
decode_plugins_open(struct bench *b)
{
	b->decode_plugins = mem_zero(1, sizeof *b->decode_plugins);
	decode_plugins_rows(b);
}

void
decode_plugins_close(struct bench *b)
{
	struct decode_plugins *all = b->decode_plugins;

	for (size_t i = 0; all != NULL && i < all->n; i++)
		fini(&all->item[i]);
	mem_free(all);
	b->decode_plugins = NULL;
}

/* A host for the decoder, unless one is there or died just now. */
static void
wake(struct bench *b, struct plugin_decoder *d)
{
	const uint64_t now = sys_mono();
	struct err_msg why;

	if (running(b, d->job) != NULL)
		return;
	if (d->waiting != NULL)         /* what it had asked is answered to nobody */
		command_done(d->waiting, json_array());
	d->waiting = NULL;
	if (d->started != 0 && now - d->started < PLUGIN_AGAIN_NS)
		return;
	d->started = now;
	const struct host_job h = { .kind = "decoder", .id = d->id, .verb = "--decode" };

	if (host_job_start(b, &h, &d->job, &why) != ERR_OK)
		bench_notice_err(b, "error", d->id, &why);
}

static void
queue(struct plugin_decoder *d, const struct follow *f, const struct follow_line *l)
{
	struct buf plain;
	json_t *o;

	if (json_array_size(d->lines) >= PLUGIN_LINES) {
		d->dropped++;
		return;
	}
	buf_init(&plain, DECODE_LINE_MAX + 1);
	decode_plain(l->p, l->n < DECODE_LINE_MAX ? l->n : DECODE_LINE_MAX, &plain);
	o = json_object();
	json_put_str(o, "console", f->console->name);
	json_put_int(o, "offset", (int64_t)l->offset);
	json_put_int(o, "stop", (int64_t)l->end);
	json_put_strn(o, "line", buf_str(&plain), plain.len);
	(void)json_array_append_new(d->lines, o);
	buf_fini(&plain);
}

void
decode_plugins_line(struct follow *f, const struct follow_line *l)
{
	struct decode_plugins *all = f->console->bench->decode_plugins;

	for (size_t i = 0; i < all->n; i++) {
		struct plugin_decoder *d = &all->item[i];
		struct pattern_match m;

		if (pattern_find(d->pattern, l->p, l->n, 0, &m) != PATTERN_YES)
			continue;
		queue(d, f, l);
		wake(f->console->bench, d);
		hand_over(d);
	}
}

/* Rows of decoder.list. */
static json_t *
own_rows(const struct bench *b)
{
	json_t *list = json_array();

	for (size_t i = 0; i < b->decode_plugins->n; i++) {
		const struct plugin_decoder *d = &b->decode_plugins->item[i];
		json_t *o = json_object();

		json_put_str(o, "name", d->id);
		json_put_str(o, "by", json_get_str(d->row, "plugin", ""));
		json_put_str(o, "help", json_get_str(d->row, "doc", ""));
		json_put_int(o, "lines", (int64_t)d->given);
		json_put_int(o, "dropped", (int64_t)d->dropped);
		(void)json_array_append_new(list, o);
	}
	return list;
}

/* ---- the host's side */

static struct plugin_decoder *
of_call(struct command_call *c)
{
	struct bench *b = c->ctx;
	const char *id = json_get_str(c->args, "id", "");
	struct err_msg why;

	for (size_t i = 0; i < b->decode_plugins->n; i++)
		if (strcmp(b->decode_plugins->item[i].id, id) == 0)
			return &b->decode_plugins->item[i];
	(void)err_set(&why, ERR_NOENT, id, "decoder.list names them", "no plugin has this decoder");
	command_fail(c, &why);
	return NULL;
}

static void
cmd_next(struct command_call *c)
{
	struct plugin_decoder *d = of_call(c);

	if (d == NULL)
		return;
	if (d->waiting != NULL)         /* of a host that is gone */
		command_done(d->waiting, json_array());
	d->waiting = c;
	hand_over(d);
}

static void
annotate(struct bench_console *k, const struct plugin_decoder *d, const json_t *args)
{
	const char *level = json_get_str(args, "level", "info");
	struct decode_record *r = mem_zero(1, sizeof *r);
	const json_t *row;
	size_t i;

	r->decoder = d->id;
	r->level = strcmp(level, "crash") == 0 ? DECODE_CRASH : strcmp(level, "warn") == 0 ?
	    DECODE_WARN : DECODE_INFO;
	r->offset = r->last = (uint64_t)json_get_int(args, "offset", 0);
	r->end = (uint64_t)json_get_int(args, "stop", 0);
	json_array_foreach(json_object_get(args, "rows"), i, row) {
		const char *text = json_string_value(row);

		if (i == 0)
			decode_text(r->title, sizeof r->title, text, strlen(text));
		(void)decode_row(r, "%.200s", text);
	}
	decoders_found(k->follow, r);
	mem_free(r);
}

static void
keep_name(json_t *list, const char *name)
{
	const json_t *v;
	size_t i;

	json_array_foreach(list, i, v)
		if (strcmp(json_string_value(v), name) == 0)
			return;
	(void)json_array_append_new(list, json_text(name, strlen(name)));
}

static void
cmd_say(struct command_call *c)
{
	const struct plugin_decoder *d = of_call(c);
	struct bench_console *k = d != NULL ? consoles_of(c) : NULL;
	const char *gauge = json_get_str(c->args, "gauge", NULL),
		   *notice = json_get_str(c->args, "notice", NULL);

	if (k == NULL)
		return;
	if (gauge != NULL && json_array_size(d->gauges) < PLUGIN_GAUGES)
		keep_name(d->gauges, gauge);
	if (gauge != NULL)
		meters_value(k->follow, gauge, json_get_num(c->args, "value", 0),
		    json_get_str(c->args, "unit", ""));
	if (notice != NULL)
		bench_notice(k->bench, "warn", d->id, NULL, "%.300s", notice);
	if (json_array_size(json_object_get(c->args, "rows")) != 0)
		annotate(k, d, c->args);
	command_done(c, NULL);
}

static void
cmd_decoders(struct command_call *c)
{
	const struct bench *b = c->ctx;
	json_t *list = json_array(), *more = own_rows(b);

	for (const struct decoder_ops *const *o = decoders; *o != NULL; o++) {
		json_t *d = json_object();

		json_put_str(d, "name", (*o)->name);
		json_put_str(d, "by", "Vise");
		json_put_str(d, "help", (*o)->help);
		(void)json_array_append_new(list, d);
	}
	(void)json_array_extend(list, more);
	json_decref(more);
	command_done(c, list);
}

static const struct command_arg next_args[] = {
	{ "id", ARG_WORD, ARG_MUST, NULL, "the decoder" }, { .name = NULL },
};
static const struct command_arg say_args[] = {
	{ "id", ARG_WORD, ARG_MUST, NULL, "the decoder" }, CONSOLES_ARG,
	{ "offset", ARG_INT, 0, "0", "of the line it is about" },
	{ "stop", ARG_INT, 0, "0", "behind that line" },
	{ "level", ARG_WORD, 0, "info", "info, warn or crash" },
	{ "notice", ARG_WORD, 0, NULL, "text of a notice" },
	{ "gauge", ARG_WORD, 0, NULL, "name of a gauge" },
	{ "value", ARG_NUM, 0, NULL, "its value" },
	{ "unit", ARG_WORD, 0, NULL, "its unit" },
	{ "rows", ARG_REST, 0, NULL, "texts below the line" },
	{ .name = NULL },
};

const struct command bench_decoder_commands[] = {
	{ "decoder.list", "what is recognised, and by whom", NULL, 0, cmd_decoders },
	{ "decoder.next", "lines for a plugin's decoder, when there are some", next_args,
	    COMMAND_HIDDEN, cmd_next },
	{ "decoder.say", "what a plugin's decoder makes of a line", say_args, COMMAND_HIDDEN,
	    cmd_say },
	{ .name = NULL },
};
