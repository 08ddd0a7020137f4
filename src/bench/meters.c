/* meters.c - values of console lines as gauges. */
#include "bench/meters.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/slice.h"
#include "bench/clients.h"
#include "bench/news.h"
#include "gauge/set.h"
#include "gauge/window.h"
#include "sys/time.h"
#include "text/pattern.h"
#include "text/values.h"

struct meter_pattern {
	char *name, *text, *console, *unit;     /* console NULL: all */
	struct pattern *pattern;
	uint64_t hits;
	uint32_t owner;                         /* a client, or 0 */
};

struct meters {
	struct meter_pattern pattern[METERS_PATTERNS];
	size_t n;
	bool full;                              /* said so already */
};

/* Of one console. */
struct meter_console {
	bool plot;
	uint64_t window;                        /* sys_mono() */
	unsigned lines;
	uint64_t skipped;
	struct window_events pauses;            /* of gctrace lines, ms */
};

void
meters_open(struct bench *b)
{
	b->meters = mem_zero(1, sizeof *b->meters);
}

static void
drop(struct meters *m, size_t i)
{
	struct meter_pattern *p = &m->pattern[i];

	mem_free(p->name);
	mem_free(p->text);
	mem_free(p->console);
	mem_free(p->unit);
	pattern_free(p->pattern);
	memmove(p, p + 1, (--m->n - i) * sizeof *p);
}

void
meters_close(struct bench *b)
{
	if (b->meters == NULL)
		return;
	while (b->meters->n != 0)
		drop(b->meters, b->meters->n - 1);
	mem_free(b->meters);
	b->meters = NULL;
}

void
meters_console_gone(struct follow *f)
{
	if (f->meter != NULL)
		window_events_fini(&f->meter->pauses);
	mem_free(f->meter);
	f->meter = NULL;
}

static struct meter_console *
of_console(struct follow *f)
{
	if (f->meter == NULL)
		f->meter = mem_zero(1, sizeof *f->meter);
	return f->meter;
}

/* ---- a value */

static const struct gauge_def *
def_of(const struct bench *b, const char *id)
{
	size_t n;
	const struct gauge_def *d = gauge_set_defs(b->gauges, &n);

	for (size_t i = 0; i < n; i++)
		if (strcmp(d[i].id, id) == 0)
			return &d[i];
	return NULL;
}

static void
put(struct follow *f, const char *group, const char *name, double v, const char *unit)
{
	struct bench *b = f->console->bench;
	struct gauge_def def = { .min = (double)NAN, .max = (double)NAN, .warn = (double)NAN,
		.crit = (double)NAN };
	const struct gauge_def *old;
	double scale;

	snprintf(def.source, sizeof def.source, "console %s", f->console->name);
	snprintf(def.id, sizeof def.id, "%.60s", name);
	old = def_of(b, def.id);
	if (old != NULL && strcmp(old->source, def.source) != 0)        /* another has this name */
		snprintf(def.id, sizeof def.id, "%.24s.%.36s", f->console->name, name);
	snprintf(def.group, sizeof def.group, "%.11s", group);
	snprintf(def.name, sizeof def.name, "%.31s",
	    strncmp(name, "go.", 3) == 0 ? name + 3 : name);
	snprintf(def.unit, sizeof def.unit, "%.7s", values_unit(unit, &scale));
	if (gauge_set_put(b->gauges, &def, v * scale) || b->meters->full)
		return;
	b->meters->full = true;
	bench_notice(b, "warn", "gauge", "gauge.pattern chooses those that matter",
	    "%s is not shown: so many names are shown already", def.id);
}

/* Each gctrace line has the pauses of one collection: their quantiles over a minute. */
static void
pause_quantiles(struct follow *f, double ms)
{
	static const double q[] = { 0.5, 0.99, 1 };
	static const char *const names[] = { "go.gc.pause_p50", "go.gc.pause_p99",
		"go.gc.pause_max" };
	struct window_events *w = &of_console(f)->pauses;
	const int64_t now = (int64_t)sys_mono();
	double out[3];

	window_events_add(w, now, ms);
	(void)window_events_quantiles(w, now - METERS_PAUSES_NS, q, 3, out);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		put(f, "go", names[i], out[i], "ms");
}

void
meters_value(void *follow, const char *name, double value, const char *unit)
{
	if (strcmp(name, "go.gc.pause_ms") == 0)
		pause_quantiles(follow, value);
	put(follow, strncmp(name, "go.", 3) == 0 ? "go" : "plot", name, value, unit);
}

/* ---- lines */

static bool
may_look(struct meter_console *m)
{
	const uint64_t now = sys_mono();

	if (now - m->window > METERS_WINDOW_NS) {
		m->window = now;
		m->lines = 0;
	}
	if (m->lines++ < METERS_LINES)
		return true;
	m->skipped++;
	return false;
}

static void
plot(struct follow *f, const char *p, size_t n)
{
	struct values_one v[VALUES_MAX];
	const size_t count = values_scan(p, n, v);

	for (size_t i = 0; i < count; i++)
		put(f, "plot", v[i].name, v[i].value, v[i].unit);
}

/* Every named group is a gauge NAME.GROUP; without names the first group (or all) is NAME. */
static void
match(struct follow *f, struct meter_pattern *p, const char *text, size_t n)
{
	struct pattern_match m;
	bool named = false;

	if (pattern_find(p->pattern, text, n, 0, &m) != PATTERN_YES)
		return;
	p->hits++;
	for (size_t i = 1; i < m.groups; i++) {
		const char *group = pattern_group(p->pattern, (unsigned)i);
		char id[64];
		double v;

		if (group == NULL || m.span[i].start > m.span[i].end)
			continue;
		named = true;
		snprintf(id, sizeof id, "%.30s.%.30s", p->name, group);
		if (slice_f64(slice_make(text + m.span[i].start, m.span[i].end - m.span[i].start),
		    &v))
			put(f, "plot", id, v, p->unit);
	}
	if (!named) {
		const struct pattern_span s = m.span[m.groups > 1 ? 1 : 0];
		double v;

		if (s.start <= s.end && slice_f64(slice_make(text + s.start, s.end - s.start), &v))
			put(f, "plot", p->name, v, p->unit);
	}
}

void
meters_line(struct follow *f, const struct follow_line *l)
{
	struct meters *m = f->console->bench->meters;
	struct buf plain;

	if ((m->n == 0 && (f->meter == NULL || !f->meter->plot)) || l->n > DECODE_LINE_MAX ||
	    !may_look(of_console(f)))
		return;
	buf_init(&plain, DECODE_LINE_MAX + 1);
	decode_plain(l->p, l->n, &plain);
	if (f->meter->plot)
		plot(f, buf_str(&plain), plain.len);
	for (size_t i = 0; i < m->n; i++)
		if (m->pattern[i].console == NULL ||
		    strcmp(m->pattern[i].console, f->console->name) == 0)
			match(f, &m->pattern[i], buf_str(&plain), plain.len);
	buf_fini(&plain);
}

/* ---- commands */

static void
cmd_plot(struct command_call *c)
{
	struct bench_console *k = consoles_of(c);
	struct meter_console *m;

	if (k == NULL)
		return;
	m = of_console(k->follow);
	m->plot = json_get_bool(c->args, "on", true);
	command_done(c, json_pack("{s:s,s:b,s:I}", "console", k->name, "plot", m->plot, "skipped",
	    (json_int_t)m->skipped));
}

static enum err
may_add(const struct meters *m, const char *name, struct err_msg *why)
{
	if (m->n == METERS_PATTERNS)
		return err_set(why, ERR_LIMIT, name, "gauge.forget NAME takes one away",
		    "%u patterns are in use", METERS_PATTERNS);
	if (name[0] == '\0' || strlen(name) > 30 || strpbrk(name, " \t\"'") != NULL)
		return err_set(why, ERR_USAGE, name, NULL, "a gauge's name is one word of 1 to 30");
	return ERR_OK;
}

static bool
forget(struct meters *m, const char *name)
{
	for (size_t i = 0; i < m->n; i++)
		if (strcmp(m->pattern[i].name, name) == 0) {
			drop(m, i);
			return true;
		}
	return false;
}

void
meters_forget(struct bench *b, uint32_t owner)
{
	for (size_t i = b->meters->n; i-- > 0;)
		if (b->meters->pattern[i].owner == owner) {
			gauge_set_take(b->gauges, b->meters->pattern[i].name);
			drop(b->meters, i);
		}
}

static json_t *
pattern_json(const struct meter_pattern *p)
{
	json_t *o = json_object();

	json_put_str(o, "name", p->name);
	json_put_str(o, "pattern", p->text);
	json_put_str(o, "console", p->console);
	json_put_str(o, "unit", p->unit);
	json_put_int(o, "hits", (int64_t)p->hits);
	return o;
}

/* "t=" becomes a pattern for the number behind it. */
static char *
number_behind(const char *text)
{
	return mem_fmt("\\Q%s\\E\\s*([-+]?[0-9]+(?:\\.[0-9]+)?)", text);
}

static const struct meter_pattern *
last_of(const struct meters *m)
{
	return &m->pattern[m->n - 1];
}

enum err
meters_add(struct bench *b, const char *name, const json_t *args, uint32_t owner,
    struct err_msg *why)
{
	const char *given = json_get_str(args, "pattern", "");
	char *text = json_get_bool(args, "literal", false) ? number_behind(given) : mem_str(given);
	struct meters *m = b->meters;
	struct pattern *pattern = NULL;
	enum err e = pattern_new(text, strlen(text), 0, &pattern, why);

	if (e == ERR_OK) {
		(void)forget(m, name);
		e = may_add(m, name, why);
	}
	if (e != ERR_OK) {
		pattern_free(pattern);
		mem_free(text);
		return e;
	}
	m->pattern[m->n++] = (struct meter_pattern){ .name = mem_str(name), .text = text,
		.console = mem_str(json_get_str(args, "console", NULL)),
		.unit = mem_str(json_get_str(args, "unit", "")), .pattern = pattern,
		.owner = owner };
	bench_news(b, "gauge.pattern", json_pack("{s:o}", "pattern", pattern_json(last_of(m))));
	return ERR_OK;
}

static void
cmd_pattern(struct command_call *c)
{
	struct bench *b = c->ctx;
	struct err_msg why;

	if (meters_add(b, json_get_str(c->args, "name", ""), c->args, clients_owner(c, false),
	    &why) == ERR_OK)
		command_done(c, pattern_json(last_of(b->meters)));
	else
		command_fail(c, &why);
}

static void
cmd_patterns(struct command_call *c)
{
	const struct bench *b = c->ctx;
	json_t *list = json_array();

	for (size_t i = 0; i < b->meters->n; i++)
		(void)json_array_append_new(list, pattern_json(&b->meters->pattern[i]));
	command_done(c, list);
}

static void
cmd_forget(struct command_call *c)
{
	struct bench *b = c->ctx;
	const char *name = json_get_str(c->args, "name", "");
	struct err_msg why;

	if (forget(b->meters, name)) {
		command_done(c, NULL);
		return;
	}
	(void)err_set(&why, ERR_NOENT, name, "gauge.patterns names them",
	    "no pattern of this name");
	command_fail(c, &why);
}

static size_t
index_of(const struct bench *b, const char *id)
{
	const struct gauge_def *d = def_of(b, id);
	size_t n;

	return d != NULL ? (size_t)(d - gauge_set_defs(b->gauges, &n)) : SIZE_MAX;
}

static json_t *
history_json(const struct bench *b, size_t g)
{
	const struct series *s = gauge_set_series(b->gauges);
	json_t *list = json_array();

	for (size_t i = 0; i < s->count; i++) {
		const double v = series_at(s, g, i);

		if (!isnan(v))
			(void)json_array_append_new(list, json_pack("[I,f]",
			    (json_int_t)series_time(s, i), v));
	}
	return list;
}

static json_t *
history_csv(const struct bench *b, size_t g, const struct gauge_def *d)
{
	const struct series *s = gauge_set_series(b->gauges);
	struct buf text;
	json_t *o;

	buf_init(&text, 1 << 20);
	(void)buf_add_fmt(&text, "seconds,%s\n", d->id);
	for (size_t i = 0; i < s->count; i++) {
		const double v = series_at(s, g, i);

		if (!isnan(v))
			(void)buf_add_fmt(&text, "%.3f,%.10g\n",
			    (double)series_time(s, i) / 1e9, v);
	}
	o = json_stringn(buf_str(&text), text.len);
	buf_fini(&text);
	return o;
}

static void
cmd_history(struct command_call *c)
{
	struct bench *b = c->ctx;
	const char *id = json_get_str(c->args, "id", "");
	const struct gauge_def *d = def_of(b, id);
	const size_t g = index_of(b, id);
	struct err_msg why;
	json_t *o;

	if (d == NULL) {
		(void)err_set(&why, ERR_NOENT, id, "gauge.list names them",
		    "no gauge of this name");
		command_fail(c, &why);
		return;
	}
	if (json_get_bool(c->args, "csv", false)) {
		command_done(c, history_csv(b, g, d));
		return;
	}
	o = json_object();
	json_put_str(o, "id", d->id);
	json_put_str(o, "unit", d->unit);
	json_put_str(o, "source", d->source);
	json_put(o, "samples", history_json(b, g));
	command_done(c, o);
}

static const struct command_arg plot_args[] = {
	{ "on", ARG_BOOL, 0, "on", "off ends it" }, CONSOLES_ARG, { .name = NULL },
};
static const struct command_arg pattern_args[] = {
	{ "name", ARG_WORD, ARG_MUST, NULL, "the gauge; named groups become NAME.GROUP" },
	{ "pattern", ARG_WORD, ARG_MUST, NULL, "its first group is the value" },
	{ "unit", ARG_WORD, 0, NULL, "ms, V, %, B ..." },
	{ "console", ARG_WORD, 0, NULL, "only lines of this console" },
	{ .name = NULL },
};
static const struct command_arg name_args[] = {
	{ "name", ARG_WORD, ARG_MUST, NULL, "its name" }, { .name = NULL },
};
static const struct command_arg history_args[] = {
	{ "id", ARG_WORD, ARG_MUST, NULL, "the gauge" },
	{ "csv", ARG_BOOL, 0, "off", "as text: seconds,value" },
	{ .name = NULL },
};

const struct command bench_meter_commands[] = {
	{ "gauge.plot", "numbers with names on a console's lines become gauges", plot_args, 0,
	    cmd_plot },
	{ "gauge.pattern", "a number on console lines becomes a gauge", pattern_args, 0,
	    cmd_pattern },
	{ "gauge.patterns", "the patterns in use", NULL, 0, cmd_patterns },
	{ "gauge.forget", "take a pattern away", name_args, 0, cmd_forget },
	{ "gauge.history", "what is kept of a gauge", history_args, 0, cmd_history },
	{ .name = NULL },
};
