/* link.c - requests, events and streams of the bench. */
#include "script/link.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "core/cause.h"
#include "script/host.h"
#include "script/mod_event.h"

enum { ATTACH_TIMEOUT_S = 10, FLUSH_MS = 200 };

/* ---- replicas */

static json_t *
rows(const struct link *k, const char *which)
{
	return json_object_get(k->snapshot, which);
}

static bool
same_id(const json_t *a, const json_t *b)
{
	return a != NULL && b != NULL && json_equal(a, b) != 0;
}

static size_t
row_of(const json_t *list, const json_t *id)
{
	const size_t n = json_array_size(list);

	for (size_t i = 0; i < n; i++)
		if (same_id(json_object_get(json_array_get(list, i), "id"), id))
			return i;
	return n;
}

static void
put_row(struct link *k, const char *which, json_t *row)
{
	json_t *list = rows(k, which);
	size_t i;

	if (!json_is_array(list) || !json_is_object(row))
		return;
	i = row_of(list, json_object_get(row, "id"));
	if (i < json_array_size(list))
		(void)json_array_set(list, i, row);
	else
		(void)json_array_append(list, row);
}

static void
drop_row(struct link *k, const char *which, const json_t *id)
{
	json_t *list = rows(k, which);
	const size_t i = row_of(list, id);

	if (i < json_array_size(list))
		(void)json_array_remove(list, i);
}

static bool
is_named(const json_t *row, const char *name)
{
	char id[32];
	const json_t *v = json_object_get(row, "id");

	if (json_is_integer(v)) {
		snprintf(id, sizeof id, "%lld", (long long)json_integer_value(v));
		if (strcmp(id, name) == 0)
			return true;
	}
	return strcmp(json_get_str(row, "name", ""), name) == 0 ||
	    strcmp(json_get_str(row, "id", ""), name) == 0;
}

const json_t *
link_console(const struct link *k, const char *name)
{
	const json_t *list = rows(k, "consoles");
	const size_t n = json_array_size(list);

	for (size_t i = 0; i < n; i++)
		if (is_named(json_array_get(list, i), name != NULL ? name : "main"))
			return json_array_get(list, i);
	return name == NULL && n == 1 ? json_array_get(list, 0) : NULL;
}

const json_t *
link_job(const struct link *k, int64_t id)
{
	const json_t *list = rows(k, "jobs");
	json_t *key = json_integer(id);
	const size_t i = row_of(list, key);

	json_decref(key);
	return i < json_array_size(list) ? json_array_get(list, i) : NULL;
}

/* ---- streams */

static void
on_news(void *arg, struct stream *s)
{
	sched_wake(arg, s);
}

static struct stream *
find_stream(const struct link *k, uint32_t id)
{
	LIST_EACH(n, &k->streams) {
		struct stream *s = LIST_ENTRY(n, struct stream, node);

		if (s->id == id)
			return s;
	}
	return NULL;
}

static void
set_states(struct link *k, uint32_t id, enum stream_state state, const char *why)
{
	LIST_EACH(n, &k->streams) {
		struct stream *s = LIST_ENTRY(n, struct stream, node);

		if (s->id == id)
			stream_set_state(s, state, why);
	}
}

static void
update_stream(struct link *k, const json_t *console)
{
	const char *state = json_get_str(console, "state", "open"),
		   *why = json_get_str(console, "why", "");
	const bool away = strcmp(state, "lost") == 0 || strcmp(state, "lent") == 0;

	set_states(k, (uint32_t)json_get_int(console, "stream", -1),
	    away				? STREAM_LOST
		: strcmp(state, "closed") == 0 ? STREAM_ENDED
					       : STREAM_OPEN,
	    why);
}

struct stream *
link_fork(struct link *k, const struct stream *of)
{
	struct stream *s = mem_zero(1, sizeof *s);
	const char *p;
	const size_t n = stream_piece(of, of->cursor, UINT64_MAX, &p);

	stream_init(s, of->id, of->name);
	if (of->started)
		stream_feed(s, stream_end(of) - n, p, n);
	s->state = of->state;
	s->last_mono = of->last_mono;
	s->news = of->news;
	s->arg = of->arg;
	list_add_tail(&k->streams, &s->node);
	return s;
}

struct stream *
link_stream(struct link *k, uint32_t id, const char *name)
{
	struct stream *s = find_stream(k, id);
	size_t i;
	json_t *row;

	if (s != NULL)
		return s;
	s = mem_zero(1, sizeof *s);
	stream_init(s, id, name);
	s->news = on_news;
	s->arg = k->host;
	list_add_tail(&k->streams, &s->node);
	json_array_foreach(rows(k, "consoles"), i, row)
		if (json_get_int(row, "stream", -1) == (int64_t)id)
			update_stream(k, row);
	return s;
}

/* ---- what the bench says */

static void
on_console_gone(struct link *k, const json_t *body)
{
	const json_t *list = rows(k, "consoles"), *id = json_object_get(body, "id");
	const size_t i = row_of(list, id);

	if (i == json_array_size(list))
		return;
	set_states(k, (uint32_t)json_get_int(json_array_get(list, i), "stream", -1), STREAM_ENDED,
	    "the console was closed");
	drop_row(k, "consoles", id);
}

static void
on_event(struct peer *p, const char *type, const json_t *body, void *arg)
{
	struct link *k = arg;

	(void)p;
	if (strcmp(type, "console") == 0) {
		put_row(k, "consoles", json_object_get(body, "console"));
		update_stream(k, json_object_get(body, "console"));
	} else if (strcmp(type, "console.gone") == 0) {
		on_console_gone(k, body);
	} else if (strcmp(type, "job") == 0) {
		put_row(k, "jobs", json_object_get(body, "job"));
	} else if (strcmp(type, "job.gone") == 0) {
		drop_row(k, "jobs", json_object_get(body, "id"));
	} else if (strcmp(type, "bench.ending") == 0 && k->ending != NULL) {
		k->ending(k->arg);
	}
	mod_event_news(k->host, type, body);
}

static void
on_bytes(struct peer *p, uint32_t stream, uint64_t offset, uint64_t t, const char *data, size_t n,
    void *arg)
{
	struct link *k = arg;

	(void)p;
	(void)t;
	LIST_EACH(it, &k->streams) {
		struct stream *s = LIST_ENTRY(it, struct stream, node);

		if (s->id == stream)
			stream_feed(s, offset, data, n);
	}
}

static void
on_closed(struct peer *p, const struct err_msg *why, void *arg)
{
	struct link *k = arg;

	k->lost = true;
	(void)err_set(&k->why, ERR_LOST, "bench", "start it again; `vise ls` shows what runs",
	    "the connection ended: %s", why->why);
	k->peer = NULL;
	peer_close(p);                          /* calls that wait are answered now */
	LIST_EACH(n, &k->streams)
		stream_set_state(
		    LIST_ENTRY(n, struct stream, node), STREAM_ENDED, "the bench has ended");
}

static void
on_attach(void *arg, const json_t *result, const struct err_msg *err)
{
	struct link *k = arg;

	if (err == NULL) {
		json_decref(k->snapshot);
		k->snapshot = json_deep_copy(result);
	}
	if (k->attached != NULL)
		k->attached(k->arg, err);
}

void
link_open(struct link *k, struct host *h, int fd, const char *name)
{
	static const struct peer_ops ops = {
		.event = on_event, .bytes = on_bytes, .closed = on_closed
	};
	json_t *params = json_pack("{s:b,s:b,s:b,s:[s,s,s]}", "events", 1, "streams", 0, "observe",
	    0, "parts", "bench", "consoles", "jobs");

	memset(k, 0, sizeof *k);
	k->host = h;
	k->snapshot = json_object();
	list_init(&k->streams);
	k->peer = peer_open(h->loop, fd, "script", name, &ops, k);
	peer_call(k->peer, "attach", params, ATTACH_TIMEOUT_S * NS_PER_S, on_attach, k);
}

void
link_fini(struct link *k)
{
	k->attached = NULL;
	if (k->peer != NULL)
		peer_flush_close(k->peer, FLUSH_MS);
	k->peer = NULL;
	LIST_EACH_SAFE(n, &k->streams) {
		struct stream *s = LIST_ENTRY(n, struct stream, node);

		stream_fini(s);
		mem_free(s);
	}
	json_decref(k->snapshot);
	k->snapshot = NULL;
}

/* ---- requests */

void
link_release(struct link_call *c)
{
	if (--c->refs != 0)
		return;
	json_decref(c->result);
	mem_free(c);
}

static void
on_answer(void *arg, const json_t *result, const struct err_msg *err)
{
	struct link_call *c = arg;

	c->done = true;
	c->failed = err != NULL;
	if (err != NULL) {
		c->why = *err;
		if (c->host->link->lost)
			c->why = c->host->link->why;
		c->result = cause_copy(result);
	} else {
		c->result = json_deep_copy(result);
		if (c->result == NULL)
			c->result = json_null();
	}
	sched_wake(c->host, c);
	link_release(c);
}

struct link_call *
link_request(struct link *k, const char *method, json_t *params, uint64_t timeout_ns)
{
	struct link_call *c = mem_zero(1, sizeof *c);

	*c = (struct link_call){ .host = k->host, .refs = 2 };
	if (k->peer == NULL) {
		json_decref(params);
		c->refs = 1;
		c->done = c->failed = true;
		c->why = k->why;
		return c;
	}
	peer_call(k->peer, method, params, timeout_ns, on_answer, c);
	return c;
}

static void
no_answer(void *arg, const json_t *result, const struct err_msg *err)
{
	(void)arg;
	(void)result;
	(void)err;
}

void
link_tell(struct link *k, const char *line)
{
	json_t *params;

	if (k->peer == NULL)
		return;
	params = json_object();
	json_put_str(params, "line", line);
	peer_call(k->peer, "command", params, 0, no_answer, NULL);
}

void
link_log(struct link *k, const char *level, const char *text)
{
	json_t *body;

	if (k->peer == NULL)
		return;
	body = json_object();
	json_put_int(body, "t", 0);
	json_put_str(body, "level", level);
	json_put_str(body, "text", text);
	peer_event(k->peer, "script.log", body);
	json_decref(body);
}
