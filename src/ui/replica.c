/* replica.c - the viewer's copy of the bench: snapshot, events, bytes. */
#include "ui/replica.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/slice.h"
#include "ui/notes.h"
#include "ui/replica_parts.h"

struct replica *
replica_new(void)
{
	struct replica *r = mem_zero(1, sizeof *r);

	r->console = mem_zero(LIMIT_CONSOLES, sizeof *r->console);
	r->job = mem_zero(LIMIT_JOBS, sizeof *r->job);
	r->notice = mem_zero(LIMIT_NOTICES, sizeof *r->notice);
	r->gauge_every = NS_PER_S;
	return r;
}

static void
drop_console(struct replica *r, size_t i)
{
	console_fini(r->console[i]);
	mem_free(r->console[i]);
	r->consoles--;
	memmove(r->console + i, r->console + i + 1, (r->consoles - i) * sizeof *r->console);
}

static void
drop_job(struct replica *r, size_t i)
{
	job_fini(r->job[i]);
	mem_free(r->job[i]);
	r->jobs--;
	memmove(r->job + i, r->job + i + 1, (r->jobs - i) * sizeof *r->job);
}

static void
drop_notice(struct replica *r, size_t i)
{
	notice_fini(&r->notice[i]);
	r->notices--;
	memmove(r->notice + i, r->notice + i + 1, (r->notices - i) * sizeof *r->notice);
	memset(&r->notice[r->notices], 0, sizeof *r->notice);
}

static void
drop_commands(struct replica *r)
{
	for (size_t i = 0; i < r->commands; i++) {
		mem_free(r->command[i].name);
		mem_free(r->command[i].help);
		mem_free(r->command[i].usage);
	}
	mem_free(r->command);
	r->command = NULL;
	r->commands = 0;
}

void
replica_free(struct replica *r)
{
	char *text[] = { r->bench, r->dir, r->target, r->journal, r->version, r->ended,
		r->debug };
	json_t *json[] = { r->clients, r->boards, r->workflows, r->macros, r->options, r->plugins,
		r->asks, r->ocd, r->ocd_live };

	while (r->consoles != 0)
		drop_console(r, r->consoles - 1);
	while (r->jobs != 0)
		drop_job(r, r->jobs - 1);
	while (r->notices != 0)
		drop_notice(r, r->notices - 1);
	drop_commands(r);
	gauges_fini(r);
	profile_fini(&r->profile);
	for (size_t i = 0; i < sizeof text / sizeof text[0]; i++)
		mem_free(text[i]);
	for (size_t i = 0; i < sizeof json / sizeof json[0]; i++)
		json_decref(json[i]);
	mem_free(r->console);
	mem_free(r->job);
	mem_free(r->notice);
	mem_free(r);
}

/* ---- one thing each */

/* An offset of the bench as one of ours; what lies before it all is at the start. */
static uint64_t
local_offset(const struct replica_stream *s, uint64_t offset)
{
	const int64_t at = (int64_t)(offset - s->base);

	return at > 0 ? (uint64_t)at : 0;
}

/* Those of a snapshot: set before we came. */
static void
old_marks(struct replica_stream *s, const json_t *marks)
{
	const json_t *m;
	size_t i;

	if (s->marks != 0)
		return;
	json_array_foreach(marks, i, m) {
		const uint64_t offset = (uint64_t)json_get_int(m, "offset", 0);

		if (offset >= s->base)
			stream_mark(s, offset - s->base, (uint64_t)json_get_int(m, "at", 0),
			    REPLICA_MARK, json_get_str(m, "text", ""));
	}
}

static struct replica_console *
set_console(struct replica *r, const json_t *o, uint64_t t, bool *changed)
{
	const int64_t id = json_get_int(o, "id", -1);
	struct replica_console *c = NULL;
	enum replica_state old;

	for (size_t i = 0; i < r->consoles; i++)
		if (r->console[i]->id == id)
			c = r->console[i];
	if (c == NULL) {
		if (!json_is_object(o) || r->consoles == LIMIT_CONSOLES)
			return NULL;
		c = r->console[r->consoles++] = mem_zero(1, sizeof *c);
		c->id = id;
		stream_init(&c->stream, (uint32_t)json_get_int(o, "stream", 0),
		    REPLICA_CONSOLE_RING);
	}
	old = c->state;
	stream_times(&c->stream, json_object_get(o, "times"));
	old_marks(&c->stream, json_object_get(o, "marks"));
	console_set(c, o, t);
	*changed = c->state != old;
	return c;
}

/* True in *ended when a job that ran before has an end now. */
static struct replica_job *
set_job(struct replica *r, const json_t *o, bool *ended)
{
	const int64_t id = json_get_int(o, "id", -1);
	struct replica_job *j = replica_job(r, id);
	bool ran;

	*ended = false;
	if (!json_is_object(o) || json_object_get(o, "part_of") != NULL)
		return NULL;            /* a part of another is shown by that one */
	if (j == NULL) {
		if (r->jobs == LIMIT_JOBS)
			drop_job(r, 0);
		j = r->job[r->jobs++] = mem_zero(1, sizeof *j);
		j->id = id;
		stream_init(&j->stream, (uint32_t)json_get_int(o, "stream", 0), REPLICA_JOB_RING);
	}
	ran = j->state == JOB_RUNNING && j->kind != NULL;
	job_set(j, o);
	*ended = ran && j->state != JOB_RUNNING;
	return j;
}

static const struct replica_notice *
add_notice(struct replica *r, const json_t *o)
{
	if (!json_is_object(o))
		return NULL;
	if (r->notices == LIMIT_NOTICES)
		drop_notice(r, 0);
	notice_set(&r->notice[r->notices], o);
	return &r->notice[r->notices++];
}

static void
set_commands(struct replica *r, const json_t *list)
{
	const json_t *o;
	size_t i;

	drop_commands(r);
	r->command = mem_zero(json_array_size(list) + 1, sizeof *r->command);
	json_array_foreach(list, i, o) {
		struct replica_command *c = &r->command[r->commands++];

		c->name = mem_str(json_get_str(o, "name", "?"));
		c->help = mem_str(json_get_str(o, "help", ""));
		c->usage = mem_str(json_get_str(o, "usage", c->name));
		c->asks = json_get_bool(o, "asks", (json_get_int(o, "flags", 0) & 1) != 0);
	}
}

/* Parts of it change later. */
static void
keep_copy(json_t **slot, const json_t *v)
{
	json_decref(*slot);
	*slot = json_deep_copy(v);
}

static void
keep(json_t **slot, json_t *v)
{
	if (v == NULL)
		return;
	json_decref(*slot);
	*slot = json_incref(v);
}

static void
set_option(struct replica *r, const char *name, const json_t *value)
{
	const char *text = json_string_value(value);
	uint64_t ns;

	if (strcmp(name, "gauge.every") == 0 && text != NULL && slice_duration(slice_of(text),
	    &ns) && ns != 0)
		r->gauge_every = ns;
	else if (strcmp(name, "gauge.every") == 0 && json_is_integer(value) &&
	    json_integer_value(value) > 0)
		r->gauge_every = (uint64_t)json_integer_value(value);
}

static void
set_bench(struct replica *r, const json_t *o, uint64_t mono)
{
	replica_text(&r->bench, o, "name");
	replica_text(&r->dir, o, "dir");
	replica_text(&r->target, o, "target");
	replica_text(&r->journal, o, "journal");
	replica_text(&r->version, o, "version");
	r->simulated = json_get_bool(o, "simulated", false);
	r->started_wall = (uint64_t)json_get_int(o, "started_wall", 0);
	r->now = (uint64_t)json_get_int(o, "now", 0);
	r->now_mono = mono;
}

static void
take_debug(struct replica *r, const json_t *o)
{
	const char *state = json_get_str(o, "state", "over");

	mem_free(r->debug);
	r->debug = strcmp(state, "over") != 0 ? mem_str(json_get_str(o, "text", state)) : NULL;
	r->debug_stands = strcmp(state, "stopped") == 0;
}

/* ---- snapshot */

static struct replica_console *
console_of(struct replica *r, const json_t *which)
{
	for (size_t i = 0; i < r->consoles; i++) {
		struct replica_console *c = r->console[i];

		if ((json_is_integer(which) && c->id == json_integer_value(which)) ||
		    (json_is_string(which) && strcmp(c->name, json_string_value(which)) == 0))
			return c;
	}
	return NULL;
}

static void
add_decoded(struct replica *r, const json_t *record)
{
	struct replica_console *c = console_of(r, json_object_get(record, "stream"));

	if (c != NULL)
		notes_set(&c->stream, record);
}

static void
snapshot_gauges(struct replica *r, const json_t *o)
{
	const json_t *samples = json_object_get(o, "samples"), *s;
	size_t i;

	gauges_define(r, json_object_get(o, "defs"));
	replica_text(&r->gauge_machine, o, "machine");
	replica_text(&r->gauge_link, o, "link");
	json_array_foreach(samples, i, s)
		gauges_sample(r, (uint64_t)json_integer_value(json_array_get(s, 0)), s, 1);
}

static void
snapshot_options(struct replica *r, json_t *list)
{
	const json_t *o;
	size_t i;

	keep(&r->options, list);
	json_array_foreach(list, i, o)
		set_option(r, json_get_str(o, "name", ""), json_object_get(o, "value"));
}

void
replica_snapshot(struct replica *r, const json_t *s, uint64_t mono)
{
	const json_t *o;
	size_t i;
	bool changed;

	set_bench(r, json_object_get(s, "bench"), mono);
	set_commands(r, json_object_get(s, "commands"));
	snapshot_options(r, json_object_get(s, "options"));
	json_array_foreach(json_object_get(s, "consoles"), i, o)
		(void)set_console(r, o, r->now, &changed);
	snapshot_gauges(r, json_object_get(s, "gauges"));
	json_array_foreach(json_object_get(s, "jobs"), i, o)
		(void)set_job(r, o, &changed);
	json_array_foreach(json_object_get(s, "debugs"), i, o)
		take_debug(r, o);
	json_array_foreach(json_object_get(s, "notices"), i, o)
		(void)add_notice(r, o);
	r->shots += json_array_size(json_object_get(s, "shots"));
	json_array_foreach(json_object_get(s, "decoded"), i, o)
		add_decoded(r, o);
	if (json_is_object(json_object_get(s, "profile")))
		profile_set(&r->profile, json_object_get(s, "profile"));
	r->profiles++;
	keep(&r->clients, json_object_get(s, "clients"));
	keep(&r->boards, json_object_get(s, "boards"));
	keep(&r->workflows, json_object_get(s, "workflows"));
	keep(&r->macros, json_object_get(s, "macros"));
	keep_copy(&r->plugins, json_object_get(s, "plugins"));
	keep_copy(&r->asks, json_object_get(s, "asks"));
	keep_copy(&r->ocd, json_object_get(s, "ocd"));
	r->ready = true;
}

/* ---- events */

typedef void (*event_fn)(struct replica *r, const json_t *body, uint64_t t,
    struct replica_news *news);

static void
on_console(struct replica *r, const json_t *body, uint64_t t, struct replica_news *news)
{
	bool changed = false;
	const struct replica_console *c = set_console(r, json_object_get(body, "console"), t,
	    &changed);

	if (changed)
		news->console = c;
}

static void
on_console_gone(struct replica *r, const json_t *body, uint64_t t, struct replica_news *news)
{
	(void)t;
	(void)news;
	for (size_t i = 0; i < r->consoles; i++)
		if (r->console[i]->id == json_get_int(body, "id", -1)) {
			drop_console(r, i);
			return;
		}
}

static void
on_gauge_defs(struct replica *r, const json_t *body, uint64_t t, struct replica_news *news)
{
	(void)t;
	(void)news;
	if (json_get_bool(body, "fresh", false))
		gauges_forget(r);
	gauges_define(r, json_object_get(body, "defs"));
	if (json_object_get(body, "machine") != NULL)
		replica_text(&r->gauge_machine, body, "machine");
	if (json_object_get(body, "link") != NULL)
		replica_text(&r->gauge_link, body, "link");
}

static void
on_gauge_rules(struct replica *r, const json_t *body, uint64_t t, struct replica_news *news)
{
	(void)t;
	(void)news;
	replica_gauge_rules(r, json_object_get(body, "rules"));
}

static void
on_gauge(struct replica *r, const json_t *body, uint64_t t, struct replica_news *news)
{
	gauges_sample(r, t, json_object_get(body, "v"), 0);
	news->gauges_only = true;
}

static void
on_job(struct replica *r, const json_t *body, uint64_t t, struct replica_news *news)
{
	bool ended;
	const struct replica_job *j = set_job(r, json_object_get(body, "job"), &ended);

	(void)t;
	if (ended)
		news->job_ended = j;
}

static void
on_debug(struct replica *r, const json_t *body, uint64_t t, struct replica_news *news)
{
	(void)t;
	take_debug(r, json_object_get(body, "debug"));
	news->debug = true;
}

static void
on_job_gone(struct replica *r, const json_t *body, uint64_t t, struct replica_news *news)
{
	(void)t;
	(void)news;
	for (size_t i = 0; i < r->jobs; i++)
		if (r->job[i]->id == json_get_int(body, "id", -1)) {
			drop_job(r, i);
			return;
		}
}

static void
on_notice(struct replica *r, const json_t *body, uint64_t t, struct replica_news *news)
{
	(void)t;
	news->notice = add_notice(r, json_object_get(body, "notice"));
}

static void
on_notice_clear(struct replica *r, const json_t *body, uint64_t t, struct replica_news *news)
{
	const int64_t id = json_get_int(body, "id", -1);

	(void)t;
	(void)news;
	for (size_t i = r->notices; i-- > 0;)
		if (id < 0 || r->notice[i].id == id)
			drop_notice(r, i);
}

static void
on_profile(struct replica *r, const json_t *body, uint64_t t, struct replica_news *news)
{
	(void)t;
	(void)news;
	profile_set(&r->profile, json_object_get(body, "profile"));
	r->profiles++;
}

static void
on_client(struct replica *r, const json_t *body, uint64_t t, struct replica_news *news)
{
	(void)t;
	(void)news;
	keep(&r->clients, json_object_get(body, "clients"));
}

static void
on_option(struct replica *r, const json_t *body, uint64_t t, struct replica_news *news)
{
	(void)t;
	(void)news;
	set_option(r, json_get_str(body, "name", ""), json_object_get(body, "value"));
}

static void
on_board(struct replica *r, const json_t *body, uint64_t t, struct replica_news *news)
{
	(void)t;
	(void)news;
	keep(&r->boards, json_object_get(body, "boards"));
	keep(&r->workflows, json_object_get(body, "workflows"));
	keep(&r->macros, json_object_get(body, "macros"));
}

static void
on_plugin(struct replica *r, const json_t *body, uint64_t t, struct replica_news *news)
{
	(void)t;
	keep_copy(&r->plugins, body);
	news->plugins = true;
}

/* A segment or a pane: its row of the list, or a new one. */
static void
on_plugin_part(struct replica *r, const char *list, json_t *row)
{
	json_t *rows = json_object_get(r->plugins, list), *have;
	size_t i;

	json_array_foreach(rows, i, have)
		if (strcmp(json_get_str(have, "id", ""), json_get_str(row, "id", "")) == 0) {
			(void)json_array_set(rows, i, row);
			return;
		}
	if (json_is_object(row))
		(void)json_array_append(rows, row);
}

static void
on_segment(struct replica *r, const json_t *body, uint64_t t, struct replica_news *news)
{
	(void)t;
	(void)news;
	on_plugin_part(r, "segments", json_object_get(body, "segment"));
}

static void
on_pane(struct replica *r, const json_t *body, uint64_t t, struct replica_news *news)
{
	(void)t;
	(void)news;
	on_plugin_part(r, "panes", json_object_get(body, "pane"));
}

static void
on_asks(struct replica *r, const json_t *body, uint64_t t, struct replica_news *news)
{
	(void)t;
	keep_copy(&r->asks, json_object_get(body, "asks"));
	news->asks = true;
}

/* The console of a mark is a name or an id. */
static void
on_mark(struct replica *r, const json_t *body, uint64_t t, struct replica_news *news)
{
	struct replica_console *c = console_of(r, json_object_get(body, "console"));
	const uint64_t offset = (uint64_t)json_get_int(body, "offset", 0);
	const char *text = json_get_str(body, "text", "");

	(void)news;
	/* a loss and a return are shown by the change of state, with the time and the device */
	if (strncmp(text, "port lost: ", 11) == 0 || strncmp(text, "port back after ", 16) == 0)
		return;
	if (c != NULL)
		stream_mark(&c->stream, local_offset(&c->stream, offset), t, REPLICA_MARK,
		    json_get_str(body, "text", ""));
}

static void
on_at(struct replica *r, const json_t *body, uint64_t t, struct replica_news *news)
{
	(void)r;
	(void)t;
	news->at = body;
}

static void
on_macro(struct replica *r, const json_t *body, uint64_t t, struct replica_news *news)
{
	(void)r;
	(void)t;
	news->run = json_object_get(body, "run");
}

static void
on_record(struct replica *r, const json_t *body, uint64_t t, struct replica_news *news)
{
	(void)r;
	(void)t;
	news->record = body;
}

static void
on_at_begin(struct replica *r, const json_t *body, uint64_t t, struct replica_news *news)
{
	(void)r;
	(void)t;
	news->at_begin = body;
}

static void
on_shot(struct replica *r, const json_t *body, uint64_t t, struct replica_news *news)
{
	(void)body;
	(void)t;
	(void)news;
	r->shots++;
}

static void
on_trigger(struct replica *r, const json_t *body, uint64_t t, struct replica_news *news)
{
	(void)r;
	(void)t;
	news->trigger = body;
}

static void
on_ports(struct replica *r, const json_t *body, uint64_t t, struct replica_news *news)
{
	(void)r;
	(void)body;
	(void)t;
	news->ports = true;
}

static void
on_decoded(struct replica *r, const json_t *body, uint64_t t, struct replica_news *news)
{
	(void)t;
	(void)news;
	add_decoded(r, json_object_get(body, "decoded"));
}

static void
on_ocd(struct replica *r, const json_t *body, uint64_t t, struct replica_news *news)
{
	(void)t;
	(void)news;
	keep_copy(&r->ocd, json_object_get(body, "ocd"));
}

static void
on_ocd_live(struct replica *r, const json_t *body, uint64_t t, struct replica_news *news)
{
	(void)t;
	(void)news;
	keep_copy(&r->ocd_live, body);
}

static void
on_bench_end(struct replica *r, const json_t *body, uint64_t t, struct replica_news *news)
{
	(void)t;
	(void)news;
	mem_free(r->ended);
	r->ended = mem_str(json_get_str(body, "why", "the bench ended"));
}

static void
on_bench(struct replica *r, const json_t *body, uint64_t t, struct replica_news *news)
{
	(void)t;
	(void)news;
	replica_text(&r->target, body, "target");
	r->simulated = json_get_bool(body, "simulated", r->simulated);
}

void
replica_event(struct replica *r, const char *type, const json_t *body, struct replica_news *news)
{
	static const struct { const char *type; event_fn fn; } table[] = {
		{ "gauge", on_gauge }, { "console", on_console },
		{ "console.gone", on_console_gone },
		{ "gauge.defs", on_gauge_defs }, { "gauge.rules", on_gauge_rules },
	        { "job", on_job }, { "job.gone", on_job_gone },
		{ "debug", on_debug },
		{ "notice", on_notice }, { "notice.clear", on_notice_clear },
		{ "profile", on_profile }, { "profile.shot", on_shot },
		{ "client", on_client }, { "option", on_option }, { "board", on_board },
		{ "mark", on_mark }, { "decoded", on_decoded }, { "trigger", on_trigger },
		{ "ports", on_ports },
		{ "at", on_at }, { "macro", on_macro }, { "macro.record", on_record },
		{ "at.begin", on_at_begin },
		{ "at.progress", on_at_begin }, { "bench.end", on_bench_end },
		{ "bench", on_bench }, { "plugin", on_plugin }, { "plugin.segment", on_segment },
		{ "plugin.pane", on_pane }, { "asks", on_asks },
		{ "ocd", on_ocd }, { "ocd.live", on_ocd_live },
	};

	memset(news, 0, sizeof *news);
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		if (strcmp(type, table[i].type) == 0) {
			table[i].fn(r, body, (uint64_t)json_get_int(body, "t", 0), news);
			return;
		}
}

struct replica_stream *
replica_bytes(struct replica *r, uint32_t stream, uint64_t offset, uint64_t t, const char *p,
    size_t n)
{
	struct replica_stream *s = replica_stream(r, stream);

	if (s != NULL)
		stream_put(s, offset, t, p, n);
	return s;
}

/* A gap in a stream shows itself by its next offset; what is counted here is events. */
void
replica_echo(struct replica_stream *s, const char *p, size_t n)
{
	stream_echo(s, n);
	ring_put(&s->ring, p, n);
	s->started = true;
	s->base -= n;
}

uint64_t
replica_stream_solid(const struct replica_stream *s)
{
	const uint64_t first = ring_first(&s->ring);

	return s->solid > first ? s->solid : first;
}

uint64_t
replica_stream_offset(const struct replica_stream *s, uint64_t local)
{
	uint64_t offset = s->base + local;

	for (size_t i = s->echoes; i-- > 0 && s->echo[i].at + s->echo[i].n > local;) {
		const struct replica_echo *e = &s->echo[i];

		/* all of it is later, or the rest of it */
		offset += e->at >= local ? e->n : e->at + e->n - local;
	}
	return offset;
}

uint64_t
replica_stream_local(const struct replica_stream *s, uint64_t offset)
{
	uint64_t local = offset - s->base;

	for (size_t i = s->echoes; i-- > 0;) {
		const uint64_t before = local - s->echo[i].n;

		if (before >= s->echo[i].at)
			break;
		local = before;
	}
	return local;
}

void
replica_gap(struct replica *r, const json_t *body)
{
	const int64_t n = json_get_int(body, "events", 0);

	if (n > 0)
		r->lost_events += (uint64_t)n;
}

/* ---- asking */

uint64_t
replica_time(const struct replica *r, uint64_t mono)
{
	return r->now + (mono > r->now_mono ? mono - r->now_mono : 0);
}

uint64_t
replica_wall(const struct replica *r, uint64_t t)
{
	return r->started_wall + t;
}

uint64_t
replica_stream_time(const struct replica_stream *s, uint64_t offset)
{
	size_t lo = 0, hi = s->times;

	while (lo < hi) {
		const size_t mid = lo + (hi - lo) / 2;

		if (s->time[mid].offset <= offset)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo != 0 ? s->time[lo - 1].t : s->times != 0 ? s->time[0].t : 0;
}

struct replica_stream *
replica_stream(struct replica *r, uint32_t id)
{
	for (size_t i = 0; i < r->consoles; i++)
		if (r->console[i]->stream.id == id)
			return &r->console[i]->stream;
	for (size_t i = 0; i < r->jobs; i++)
		if (r->job[i]->stream.id == id)
			return &r->job[i]->stream;
	return NULL;
}

struct replica_job *
replica_job(struct replica *r, int64_t id)
{
	for (size_t i = 0; i < r->jobs; i++)
		if (r->job[i]->id == id)
			return r->job[i];
	return NULL;
}

const struct replica_command *
replica_command(const struct replica *r, const char *name)
{
	for (size_t i = 0; i < r->commands; i++)
		if (strcmp(r->command[i].name, name) == 0)
			return &r->command[i];
	return NULL;
}

const struct replica_gauge *
replica_gauge(const struct replica *r, const char *id)
{
	for (size_t i = 0; i < r->gauges; i++)
		if (strcmp(r->gauge[i].id, id) == 0)
			return &r->gauge[i];
	return NULL;
}

double
replica_value(const struct replica_gauge *g)
{
	return g->missing != NULL ? NAN : g->history[LIMIT_GAUGE_HISTORY - 1];
}

/* Old is what missed two samples, and never less than three seconds. */
bool
replica_gauges_stale(const struct replica *r, uint64_t mono, uint64_t *age)
{
	const uint64_t limit = r->gauge_every * 3 > 3 * NS_PER_S ? r->gauge_every * 3 :
	    3 * NS_PER_S;
	const uint64_t now = replica_time(r, mono);
	const uint64_t last = r->samples != 0 ? r->sample_t[LIMIT_GAUGE_HISTORY - 1] : 0;

	*age = now > last ? now - last : 0;
	return r->samples != 0 && *age > limit;
}
