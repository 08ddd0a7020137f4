/* replica_parts.c - the pieces of the replica from their JSON. */
#include "ui/replica_parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "ui/notes.h"

void
replica_text(char **slot, const json_t *o, const char *key)
{
	const char *s = json_get_str(o, key, NULL);

	mem_free(*slot);
	*slot = mem_str(s);
}

double
replica_num(const json_t *o, const char *key)
{
	return json_get_num(o, key, NAN);
}

static uint64_t
unsigned_of(const json_t *o, const char *key)
{
	const int64_t v = json_get_int(o, key, 0);

	return v > 0 ? (uint64_t)v : 0;
}

/* ---- streams */

void
stream_init(struct replica_stream *s, uint32_t id, size_t ring)
{
	memset(s, 0, sizeof *s);
	s->id = id;
	ring_init(&s->ring, ring);
}

void
stream_fini(struct replica_stream *s)
{
	ring_fini(&s->ring);
	mem_free(s->time);
	mem_free(s->mark);
	mem_free(s->echo);
	notes_fini(s);
}

void
stream_echo(struct replica_stream *s, size_t n)
{
	struct replica_echo *last = s->echoes != 0 ? &s->echo[s->echoes - 1] : NULL;

	if (last != NULL && last->at + last->n == s->ring.end) {
		last->n += n;
		return;
	}
	if (s->echo == NULL)
		s->echo = mem_zero(REPLICA_ECHOES_MAX, sizeof *s->echo);
	if (s->echoes == REPLICA_ECHOES_MAX) {  /* what lies before the oldest is not known now */
		s->solid = s->echo[0].at + s->echo[0].n;
		s->echoes--;
		memmove(s->echo, s->echo + 1, s->echoes * sizeof *s->echo);
	}
	s->echo[s->echoes++] = (struct replica_echo){ s->ring.end, n };
}

static void
add_time(struct replica_stream *s, uint64_t offset, uint64_t t)
{
	if (s->time == NULL)
		s->time = mem_zero(REPLICA_TIMES_MAX, sizeof *s->time);
	if (s->times != 0 && (offset < s->time[s->times - 1].offset ||
	    t == s->time[s->times - 1].t))
		return;
	/* let the older half go at once: it is rarely asked for */
	if (s->times == REPLICA_TIMES_MAX) {
		s->times /= 2;
		memmove(s->time, s->time + REPLICA_TIMES_MAX - s->times,
		    s->times * sizeof *s->time);
	}
	s->time[s->times++] = (struct replica_time){ offset, t };
}

void
stream_mark(struct replica_stream *s, uint64_t offset, uint64_t t, enum replica_mark_kind kind,
    const char *text)
{
	struct replica_mark *m;

	if (s->mark == NULL)
		s->mark = mem_zero(REPLICA_MARKS_MAX, sizeof *s->mark);
	if (s->marks == REPLICA_MARKS_MAX) {
		s->marks--;
		memmove(s->mark, s->mark + 1, s->marks * sizeof *s->mark);
	}
	m = &s->mark[s->marks++];
	*m = (struct replica_mark){ .offset = offset, .t = t, .kind = kind };
	snprintf(m->text, sizeof m->text, "%s", text);
}

/* The first frame says where in the bench's stream we begin; a jump forward is a gap that is shown.
 * */
void
stream_put(struct replica_stream *s, uint64_t offset, uint64_t t, const char *p, size_t n)
{
	uint64_t expect;

	if (!s->started) {
		s->started = true;
		s->base = offset;
	}
	expect = s->base + s->ring.end;
	if (offset < expect) {
		const uint64_t known = expect - offset;

		if (known >= n)
			return;
		p += known;
		n -= (size_t)known;
	} else if (offset > expect) {
		char text[96];

		snprintf(text, sizeof text, "%llu bytes were not shown here (they are in the log)",
		    (unsigned long long)(offset - expect));
		stream_mark(s, s->ring.end, t, REPLICA_GAP, text);
		s->base += offset - expect;
		s->solid = s->ring.end;
		s->echoes = 0;
	}
	add_time(s, s->ring.end, t);
	ring_put(&s->ring, p, n);
}

/* The time index of a snapshot comes before the bytes: its oldest entry is where they begin. */
void
stream_times(struct replica_stream *s, const json_t *times)
{
	const json_t *first = json_array_get(times, 0);
	const json_t *pair;
	size_t i;

	if (s->started || !json_is_array(times))
		return;
	s->started = true;
	s->base = (uint64_t)json_integer_value(json_array_get(first, 0));
	json_array_foreach(times, i, pair) {
		const uint64_t offset = (uint64_t)json_integer_value(json_array_get(pair, 0));

		if (offset >= s->base)
			add_time(s, offset - s->base,
			    (uint64_t)json_integer_value(json_array_get(pair, 1)));
	}
}

/* ---- consoles */

static enum replica_state
console_state(const char *word)
{
	static const char *const words[] = { "opening", "open", "lost", "closed" };

	for (unsigned i = 0; i < 4; i++)
		if (strcmp(word, words[i]) == 0)
			return (enum replica_state)i;
	return CONSOLE_CLOSED;
}

static void
console_state_marks(struct replica_console *c, const json_t *o, enum replica_state old, uint64_t t)
{
	const uint64_t end = unsigned_of(o, "end");
	uint64_t at = c->stream.ring.end;
	char text[120];

	if (at == 0 && c->stream.started && end > c->stream.base)
		at = end - c->stream.base;      /* of a snapshot whose bytes are still to come */

	if (c->state == CONSOLE_LOST && old != CONSOLE_LOST) {
		snprintf(text, sizeof text, "%.40s gone%s%.60s", c->device != NULL ? c->device :
		    c->name,
		    c->why != NULL ? ": " : "", c->why != NULL ? c->why : "");
		stream_mark(&c->stream, at, t, REPLICA_LOST, text);
	} else if (c->state == CONSOLE_OPEN && old == CONSOLE_LOST) {
		snprintf(text, sizeof text, "%.60s is back", c->device != NULL ? c->device :
		    c->name);
		stream_mark(&c->stream, at, t, REPLICA_BACK, text);
	}
}

static void
console_logs(struct replica_console *c, const json_t *logs)
{
	const json_t *log;
	size_t i;

	c->logs = json_array_size(logs);
	c->log_failing = false;
	json_array_foreach(logs, i, log)
		c->log_failing |= json_get_bool(log, "failing", false);
}

/* "DTR RTS cts": what is there stands large; "" where the link has no such lines. */
static void
console_lines(struct replica_console *c, const json_t *lines)
{
	static const struct { const char *key, *on, *off; } names[] = {
		{ "dtr", "DTR", "dtr" }, { "rts", "RTS", "rts" }, { "cts", "CTS", "cts" },
		{ "dsr", "DSR", "dsr" }, { "cd", "CD", "cd" }, { "ri", "RI", "" },
	};
	size_t n = 0;

	c->lines[0] = '\0';
	for (size_t i = 0; json_is_object(lines) && i < sizeof names / sizeof *names; i++) {
		const char *word = json_get_bool(lines, names[i].key, false) ? names[i].on :
		    names[i].off;

		if (word[0] != '\0' && n < sizeof c->lines)
			n += (size_t)snprintf(c->lines + n, sizeof c->lines - n, "%s%s",
			    n != 0 ? " " : "", word);
	}
}

void
console_set(struct replica_console *c, const json_t *o, uint64_t t)
{
	const enum replica_state old = c->state;
	const json_t *lock = json_object_get(o, "lock");

	c->state = console_state(json_get_str(o, "state", "closed"));
	replica_text(&c->name, o, "name");
	replica_text(&c->device, o, "device");
	replica_text(&c->settings, o, "settings");
	replica_text(&c->profile, o, "profile");
	replica_text(&c->why, o, "why");
	replica_text(&c->log, o, "log");
	replica_text(&c->map, o, "map");
	console_logs(c, json_object_get(o, "logs"));
	replica_text(&c->lock_who, lock, "who");
	replica_text(&c->lock_what, lock, "what");
	replica_text(&c->lent_to, json_object_get(o, "lent"), "to");
	c->program = strcmp(json_get_str(o, "scheme", ""), "exec") == 0 ||
	    strcmp(json_get_str(o, "scheme", ""), "shell") == 0;
	c->lent_job = json_get_int(json_object_get(o, "lent"), "job", 0);
	console_lines(c, json_object_get(o, "lines"));
	if (c->name == NULL)
		c->name = mem_str("console");
	if (c->device == NULL)
		replica_text(&c->device, o, "spec");
	c->baud = json_get_int(o, "baud", 0);
	c->rx = json_get_int(o, "rx", 0);
	c->tx = json_get_int(o, "tx", 0);
	if (c->state != old || c->changed == 0) {
		c->changed = t;
		console_state_marks(c, o, old, t);
	}
}

void
console_fini(struct replica_console *c)
{
	char *all[] = { c->name, c->device, c->settings, c->profile, c->why, c->lock_who,
	    c->lock_what, c->log, c->map, c->lent_to };

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		mem_free(all[i]);
	stream_fini(&c->stream);
}

/* ---- jobs */

static const char *const job_words[] = { "running", "ok", "failed", "killed", "lost" };

const char *
replica_job_word(enum replica_job_state s)
{
	return job_words[s];
}

static char *
argv_text(const json_t *argv)
{
	struct buf b;
	char *text;
	const json_t *v;
	size_t i;

	buf_init(&b, 4096);
	json_array_foreach(argv, i, v)
		if (json_is_string(v) && (buf_add_str(&b, i != 0 ? " " : "") != ERR_OK ||
		    buf_add_str(&b, json_string_value(v)) != ERR_OK))
			break;
	text = mem_str(buf_str(&b));
	buf_fini(&b);
	return text;
}

static void
job_progress(struct replica_job *j, const json_t *p)
{
	j->percent = replica_num(p, "percent");
	j->done = replica_num(p, "done");
	j->total = replica_num(p, "total");
	j->rate = replica_num(p, "rate");
	j->eta = replica_num(p, "eta");
	j->moved = (uint64_t)json_get_int(p, "moved", 0);
	replica_text(&j->stage, p, "stage");
	if (isnan(j->percent) && j->total > 0 && j->done >= 0)
		j->percent = 100 * j->done / j->total;
}

void
job_set(struct replica_job *j, const json_t *o)
{
	const char *state = json_get_str(o, "state", "running");
	const json_t *error = json_object_get(o, "error");

	for (unsigned i = 0; i < 5; i++)
		if (strcmp(state, job_words[i]) == 0)
			j->state = (enum replica_job_state)i;
	replica_text(&j->kind, o, "kind");
	replica_text(&j->name, o, "name");
	replica_text(&j->last, o, "last");
	replica_text(&j->by, o, "by");
	replica_text(&j->log, o, "log");
	replica_text(&j->err_code, error, "code");
	replica_text(&j->err_what, error, "what");
	replica_text(&j->err_why, error, "why");
	replica_text(&j->err_next, error, "next");
	mem_free(j->argv);
	j->argv = argv_text(json_object_get(o, "argv"));
	if (j->name == NULL)
		j->name = mem_str(j->kind != NULL ? j->kind : "job");
	j->started = unsigned_of(o, "started");
	j->ended = unsigned_of(o, "ended");
	j->exit = json_get_int(o, "exit", 0);
	j->has_signal = json_is_integer(json_object_get(o, "signal"));
	j->signal = json_get_int(o, "signal", 0);
	j->pty = json_get_bool(o, "pty", false);
	job_progress(j, json_object_get(o, "progress"));
}

void
job_fini(struct replica_job *j)
{
	char *all[] = { j->kind, j->name, j->argv, j->last, j->by, j->log, j->stage, j->err_code,
	    j->err_what,
		j->err_why, j->err_next };

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		mem_free(all[i]);
	stream_fini(&j->stream);
}

/* ---- notices and the profile */

void
notice_set(struct replica_notice *n, const json_t *o)
{
	n->id = json_get_int(o, "id", 0);
	n->t = unsigned_of(o, "t");
	replica_text(&n->level, o, "level");
	replica_text(&n->text, o, "text");
	replica_text(&n->next, o, "next");
	replica_text(&n->source, o, "source");
	if (n->level == NULL)
		n->level = mem_str("info");
	if (n->text == NULL)
		n->text = mem_str("");
}

void
notice_fini(struct replica_notice *n)
{
	mem_free(n->level);
	mem_free(n->text);
	mem_free(n->next);
	mem_free(n->source);
}

static void
side_set(struct replica_side *s, const json_t *o)
{
	replica_text(&s->path, o, "path");
	s->time = unsigned_of(o, "time");
	s->total = json_get_num(o, "total", 0);
}

static void
rows_free(struct replica_profile *p)
{
	for (size_t i = 0; i < p->rows; i++)
		mem_free(p->row[i].name);
	mem_free(p->row);
	p->row = NULL;
	p->rows = 0;
}

static void
rows_set(struct replica_profile *p, const json_t *rows)
{
	const size_t n = json_array_size(rows) < REPLICA_PROFILE_ROWS ? json_array_size(rows) :
	    REPLICA_PROFILE_ROWS;

	rows_free(p);
	p->row = mem_zero(n + 1, sizeof *p->row);
	for (; p->rows < n; p->rows++) {
		const json_t *o = json_array_get(rows, p->rows);
		struct replica_row *r = &p->row[p->rows];

		r->flat = json_get_num(o, "flat", 0);
		r->cum = json_get_num(o, "cum", 0);
		r->flat_a = json_get_num(o, "flat_a", 0);
		r->flat_b = json_get_num(o, "flat_b", 0);
		r->cum_b = json_get_num(o, "cum_b", 0);
		r->name = mem_str(json_get_str(o, "name", "?"));
		r->inlined = json_get_bool(o, "inline", false);
	}
}

void
profile_set(struct replica_profile *p, const json_t *o)
{
	const json_t *e = json_object_get(o, "error");

	replica_text(&p->state, o, "state");
	replica_text(&p->type, o, "type");
	replica_text(&p->unit, o, "unit");
	mem_free(p->error);
	p->error = json_is_string(e) ? mem_str(json_string_value(e)) : !json_is_object(e) ? NULL :
	    mem_fmt("%s: %s", json_get_str(e, "what", ""), json_get_str(e, "why", ""));
	side_set(&p->a, json_object_get(o, "a"));
	side_set(&p->b, json_object_get(o, "b"));
	p->total = json_get_num(o, "total", 0);
	p->hidden = json_get_int(o, "hidden", 0);
	rows_set(p, json_object_get(o, "rows"));
}

void
profile_fini(struct replica_profile *p)
{
	mem_free(p->state);
	mem_free(p->type);
	mem_free(p->unit);
	mem_free(p->error);
	mem_free(p->a.path);
	mem_free(p->b.path);
	rows_free(p);
}

/* ---- gauges */

static void
gauge_fini(struct replica_gauge *g)
{
	char *all[] = { g->id, g->group, g->name, g->unit, g->source, g->missing, g->from };

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		mem_free(all[i]);
	mem_free(g->history);
}

static void
set_trips(struct replica_gauge *g, const json_t *trips)
{
	for (size_t i = 0; i < json_array_size(trips) && g->trips < REPLICA_TRIPS_MAX; i++) {
		const json_t *t = json_array_get(trips, i);
		struct replica_trip *x = &g->trip[g->trips];

		x->temp = replica_num(t, "temp");
		snprintf(x->type, sizeof x->type, "%s", json_get_str(t, "type", "trip"));
		if (isfinite(x->temp))
			g->trips++;
	}
}

static void
gauge_set(struct replica_gauge *g, const json_t *o)
{
	replica_text(&g->id, o, "id");
	replica_text(&g->group, o, "group");
	replica_text(&g->name, o, "name");
	replica_text(&g->unit, o, "unit");
	replica_text(&g->source, o, "source");
	replica_text(&g->missing, o, "missing");
	replica_text(&g->from, o, "from");
	g->gone = json_get_bool(o, "gone", false);
	g->min = replica_num(o, "min");
	g->max = replica_num(o, "max");
	g->warn = replica_num(o, "warn");
	g->crit = replica_num(o, "crit");
	g->below = json_get_bool(o, "below", false);
	g->hold = replica_num(o, "hold");
	set_trips(g, json_object_get(o, "trips"));
	if (g->id == NULL)
		g->id = mem_str("?");
	if (g->group == NULL)
		g->group = mem_str("");
	if (g->name == NULL)
		g->name = mem_str(g->id);
	if (g->unit == NULL)
		g->unit = mem_str("");
	if (g->from == NULL)
		g->from = mem_str("");
	if (g->missing != NULL && g->missing[0] == '\0') {
		mem_free(g->missing);
		g->missing = NULL;
	}
}

/* New definitions keep the history of gauges that were there before. */
void
gauges_define(struct replica *r, const json_t *defs)
{
	const size_t n = json_array_size(defs) < LIMIT_GAUGES ? json_array_size(defs) :
	    LIMIT_GAUGES;
	struct replica_gauge *now = mem_zero(n + 1, sizeof *now);

	for (size_t i = 0; i < n; i++) {
		gauge_set(&now[i], json_array_get(defs, i));
		for (size_t k = 0; k < r->gauges && now[i].history == NULL; k++)
			if (strcmp(r->gauge[k].id, now[i].id) == 0) {
				now[i].history = r->gauge[k].history;
				r->gauge[k].history = NULL;
			}
		if (now[i].history == NULL) {
			now[i].history = mem_zero(LIMIT_GAUGE_HISTORY, sizeof *now[i].history);
			for (size_t k = 0; k < LIMIT_GAUGE_HISTORY; k++)
				now[i].history[k] = NAN;
		}
	}
	for (size_t k = 0; k < r->gauges; k++)
		gauge_fini(&r->gauge[k]);
	mem_free(r->gauge);
	r->gauge = now;
	r->gauges = n;
}

void
gauges_sample(struct replica *r, uint64_t t, const json_t *values, size_t from)
{
	const size_t keep = LIMIT_GAUGE_HISTORY - 1;

	if (r->sample_t == NULL)
		r->sample_t = mem_zero(LIMIT_GAUGE_HISTORY, sizeof *r->sample_t);
	memmove(r->sample_t, r->sample_t + 1, keep * sizeof *r->sample_t);
	r->sample_t[keep] = t;
	for (size_t i = 0; i < r->gauges; i++) {
		const json_t *v = json_array_get(values, from + i);
		double *h = r->gauge[i].history;

		memmove(h, h + 1, keep * sizeof *h);
		h[keep] = json_is_number(v) ? json_number_value(v) : NAN;
	}
	if (r->samples < LIMIT_GAUGE_HISTORY)
		r->samples++;
}

/* Another machine: what was seen of the one before says nothing of it. */
void
gauges_forget(struct replica *r)
{
	for (size_t k = 0; k < r->gauges; k++)
		gauge_fini(&r->gauge[k]);
	r->gauges = r->samples = 0;
}

void
replica_gauge_rules(struct replica *r, const json_t *rules)
{
	json_decref(r->gauge_rules);
	r->gauge_rules = json_is_array(rules) ? json_deep_copy(rules) : NULL;
}

void
gauges_fini(struct replica *r)
{
	json_decref(r->gauge_rules);
	mem_free(r->gauge_machine);
	mem_free(r->gauge_link);
	for (size_t k = 0; k < r->gauges; k++)
		gauge_fini(&r->gauge[k]);
	mem_free(r->gauge);
	mem_free(r->sample_t);
}
