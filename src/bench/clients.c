/* clients.c - the bench's socket: who is connected, what each is sent, back-pressure. */
#include "bench/clients.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "bench/boards.h"
#include "bench/consoles.h"
#include "bench/jobs.h"
#include "bench/macros.h"
#include "bench/meters.h"
#include "bench/news.h"
#include "bench/plugin_hosts.h"
#include "bench/questions.h"
#include "bench/snapshot.h"
#include "bench/triggers.h"
#include "core/token.h"
#include "sys/io.h"
#include "sys/path.h"
#include "sys/sock.h"
#include "sys/time.h"

/* One stream that a client follows. A viewer may be shown less than all of a flood (lossy); a
 * script may not. */
struct sub {
	struct list node;
	uint32_t stream;
	uint64_t next;
	bool lossy;
	uint64_t owed;                  /* up to here all of it, whatever the flood */
};

enum {
	PIECE = 16 << 10,
	LAG = 64 << 10,                 /* a viewer further behind is given the newest part only */
	SAID_PER_S = 200,               /* lines of one script in the journal */
	SAID_MAX = 1000,                /* bytes of each */
};
static const uint64_t HOLD_NS = 50 * NS_PER_MS; /* and then rests for a frame */

static void client_close(struct client *c);
static void drop_later(void *arg);
static void pump(struct client *c);

bool
stream_find(struct bench *b, uint32_t id, struct stream *out)
{
	return id >= STREAM_JOBS ? jobs_stream(b, id, out) : consoles_stream(b, id, out);
}

/* ---- streams */

static void
on_hold(void *arg)
{
	struct client *c = arg;

	c->hold = NULL;
	pump(c);
}

/* Where it must stop for now; what is not for showing is passed over. */
static uint64_t
stop_at(struct client *c, struct sub *s, const struct stream *st)
{
	const uint64_t end = st->ring->end;
	uint64_t from, to;

	while (st->hidden != NULL && st->hidden(st->owner, s->next, &from, &to)) {
		if (from > s->next)
			return from < end ? from : end;
		if (to == UINT64_MAX)
			return s->next;
		peer_gap(c->peer, s->stream, to - s->next);
		s->next = to;
	}
	return end;
}

/* False when the client's queue is full: `drained` brings us back. */
static bool
pump_sub(struct client *c, struct sub *s, const struct stream *st)
{
	const uint64_t first = ring_first(st->ring), end = st->ring->end;
	const bool lossy = s->lossy && s->next >= s->owed;
	const uint64_t least = lossy && end - s->next > LAG ? end - LAG : first;

	if (s->next < least) {
		peer_gap(c->peer, s->stream, least - s->next);
		s->next = least;
		if (lossy && c->hold == NULL)
			c->hold = loop_timer_start(c->bench->loop, HOLD_NS, 0, on_hold, c);
	}
	for (uint64_t stop; s->next < (stop = stop_at(c, s, st));) {
		const unsigned char *p;
		size_t n = ring_peek(st->ring, s->next, &p);

		if (n > PIECE)
			n = PIECE;
		if (n > stop - s->next)
			n = (size_t)(stop - s->next);
		if (!peer_bytes(c->peer, s->stream, s->next, st->time_of(st->owner, s->next), p, n))
			return false;
		s->next += n;
	}
	return true;
}

static void
pump(struct client *c)
{
	if (c->hold != NULL)
		return;
	LIST_EACH_SAFE(n, &c->subs) {
		struct sub *s = LIST_ENTRY(n, struct sub, node);
		struct stream st;

		if (stream_find(c->bench, s->stream, &st) && !pump_sub(c, s, &st))
			return;
	}
}

static void
pump_all(void *arg)
{
	struct bench *b = arg;

	b->pump_due = false;
	LIST_EACH_SAFE(n, &b->clients)
		pump(LIST_ENTRY(n, struct client, node));
}

void
clients_stream_grew(struct bench *b)
{
	if (b->pump_due)
		return;
	b->pump_due = true;
	loop_defer(b->loop, pump_all, b);
}

static struct sub *
sub_add(struct client *c, const struct stream *st, uint64_t from, bool lossy)
{
	struct sub *s = mem_zero(1, sizeof *s);

	s->stream = st->id;
	s->next = from < st->ring->end ? from : st->ring->end;
	s->lossy = lossy;
	list_add_tail(&c->subs, &s->node);
	return s;
}

static void
sub_drop(struct client *c, uint32_t stream)
{
	LIST_EACH_SAFE(n, &c->subs) {
		struct sub *s = LIST_ENTRY(n, struct sub, node);

		if (s->stream == stream || stream == 0) {
			list_del(n);
			mem_free(s);
		}
	}
}

void
clients_drop_stream(struct bench *b, uint32_t stream)
{
	LIST_EACH(n, &b->clients)
		sub_drop(LIST_ENTRY(n, struct client, node), stream);
}

/* A new stream, or a new viewer: from the last part of what is there. */
static void
follow(struct client *c, const struct stream *st)
{
	const uint64_t first = ring_first(st->ring), end = st->ring->end;
	const uint64_t kept =
	    end - first > LIMIT_SNAPSHOT_BYTES ? end - LIMIT_SNAPSHOT_BYTES : first;
	struct sub *s;

	LIST_EACH(n, &c->subs)
		if (LIST_ENTRY(n, struct sub, node)->stream == st->id)
			return;
	s = sub_add(c, st, kept, true);
	s->owed = end;          /* not subject to the lag rule, also while it waits */
	(void)pump_sub(c, s, st);
}

void
clients_new_stream(struct bench *b, uint32_t id)
{
	struct stream st;

	if (!stream_find(b, id, &st))
		return;
	LIST_EACH(n, &b->clients)
		if (LIST_ENTRY(n, struct client, node)->streams)
			follow(LIST_ENTRY(n, struct client, node), &st);
}

/* ---- requests */

static void
attach(struct client *c, uint64_t id, const json_t *params)
{
	struct bench *b = c->bench;

	c->attached = true;
	c->events = json_get_bool(params, "events", true);
	c->streams = json_get_bool(params, "streams", false);
	c->observe = json_get_bool(params, "observe", false);
	peer_answer(c->peer, id, snapshot_json(b, json_object_get(params, "parts")));
	if (c->streams) {
		struct stream st;

		LIST_EACH(n, &b->consoles)
			if (consoles_stream_at(n, &st))
				follow(c, &st);
		LIST_EACH(n, &b->jobs)
			if (jobs_stream_at(n, &st))
				follow(c, &st);
	}
	bench_news(b, "client", json_pack("{s:o}", "clients", clients_json(b)));
	if (c->streams)                 /* somebody looks */
		plugin_hosts_seen(b);
	bench_linger_check(b);
}

static void
subscribe(struct client *c, uint64_t id, const json_t *params)
{
	const int64_t from = json_get_int(params, "from", -1);
	const uint32_t stream = (uint32_t)json_get_int(params, "stream", 0);
	struct stream st;
	struct err_msg why;
	struct sub *s;

	if (!stream_find(c->bench, stream, &st)) {
		(void)err_set(&why, ERR_NOENT, "subscribe", NULL, "no stream %u", stream);
		peer_fail(c->peer, id, &why);
		return;
	}
	sub_drop(c, stream);
	s = sub_add(c, &st, from < 0 ? st.ring->end : (uint64_t)from, false);
	peer_answer(c->peer, id,
	    json_pack("{s:I,s:I}", "stream", (json_int_t)stream, "offset", (json_int_t)s->next));
	clients_stream_grew(c->bench);
}

struct reply { struct client *client; uint64_t id; struct list node; };

static void
on_answer(void *arg, json_t *result, const struct err_msg *why)
{
	struct reply *r = arg;

	if (r->client != NULL) {
		if (why != NULL)
			peer_fail(r->client->peer, r->id, why);
		else
			peer_answer(r->client->peer, r->id, json_incref(result));
	}
	list_del(&r->node);
	mem_free(r);
}

static bool
observer_may(const char *name)
{
	const size_t n = strlen(name);

	return strcmp(name, "console.read") == 0 || (n > 5 &&
	    (strcmp(name + n - 5, ".list") == 0 || strcmp(name + n - 5, ".info") == 0));
}

/* Every command of the line counts: the second one, behind a semicolon, as much as the first. */
static bool
observer_may_line(const char *line)
{
	struct token_list t;
	size_t at = 0;
	bool good = true;

	while (good && line[at] != '\0') {
		good = token_parse(line, &at, &t, NULL) == ERR_OK &&
		       (t.n == 0 || observer_may(t.item[0].whole));
		token_free(&t);
	}
	return good;
}

static enum err
may_run(const struct client *c, const char *line, const char *name, struct err_msg *why)
{
	if (!c->observe || (line != NULL ? observer_may_line(line) : observer_may(name)))
		return ERR_OK;
	return err_set(
	    why, ERR_DENIED, name, "attach without -r to act", "this viewer only observes");
}

static void
command(struct client *c, uint64_t id, const json_t *params)
{
	const char *line = json_get_str(params, "line", NULL),
		   *name = json_get_str(params, "name", "");
	char first[128];
	struct err_msg why;
	struct reply *r;
	enum err e = line != NULL ? command_check(line, first, sizeof first, &why) : ERR_OK;

	if (e == ERR_OK)
		e = may_run(c, line, line != NULL ? first : name, &why);
	if (e != ERR_OK) {
		peer_fail(c->peer, id, &why);
		return;
	}
	r = mem_zero(1, sizeof *r);
	r->client = c;
	r->id = id;
	list_add_tail(&c->replies, &r->node);
	if (line != NULL)
		command_line(bench_commands, line, c->bench, c, on_answer, r);
	else
		command_json(bench_commands, name, json_object_get(params, "args"), c->bench, c,
		    on_answer, r);
}

static void
unsubscribe(struct client *c, uint64_t id, const json_t *params)
{
	sub_drop(c, (uint32_t)json_get_int(params, "stream", 0));
	peer_answer(c->peer, id, NULL);
}

static void
registration(struct client *c, uint64_t id, const json_t *params)
{
	struct err_msg why;

	if (boards_register(c->bench, params, &why) == ERR_OK)
		peer_answer(c->peer, id, NULL);
	else
		peer_fail(c->peer, id, &why);
}

struct method {
	const char *name;
	void (*run)(struct client *c, uint64_t id, const json_t *params);
};

static const struct method methods[] = {
	{ "attach", attach },
	{ "command", command },
	{ "subscribe", subscribe },
	{ "unsubscribe", unsubscribe },
	{ "register", registration },
};

static void
on_request(struct peer *p, uint64_t id, const char *method, const json_t *params, void *arg)
{
	struct err_msg why;

	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
		if (strcmp(methods[i].name, method) == 0) {
			methods[i].run(arg, id, params);
			return;
		}
	(void)err_set(&why, ERR_UNSUPPORTED, method, NULL, "a bench has no such method");
	peer_fail(p, id, &why);
}

static void
on_input(struct peer *p, uint32_t stream, const char *data, size_t n, void *arg)
{
	struct client *c = arg;
	struct bench *b = c->bench;
	const bool first = c->typed == 0;

	(void)p;
	if (c->observe)
		return;
	c->typed = sys_mono();
	if (stream >= STREAM_JOBS)
		(void)jobs_input(b, stream, data, n);
	else
		(void)consoles_input(b, c, stream, data, questions_typed(b, stream, data, n));
	if (first)
		bench_news(b, "client", json_pack("{s:o}", "clients", clients_json(b)));
}

static void
on_closed(struct peer *p, const struct err_msg *why, void *arg)
{
	(void)p;
	(void)why;
	client_close(arg);
}

static void
on_drained(struct peer *p, void *arg)
{
	(void)p;
	pump(arg);
}

static void
on_hello(struct peer *p, const json_t *hello, void *arg)
{
	struct client *c = arg;
	const char *cwd = json_get_str(hello, "cwd", "");

	mem_free(c->cwd);
	c->cwd = cwd[0] == '/' && path_is_dir(cwd) ? mem_str(cwd) : NULL;
	bench_news(c->bench, "connect", json_pack("{s:I,s:s,s:s}", "client", (json_int_t)c->id,
	    "role", peer_role(p), "name", peer_name(p)));
}

/* What scripts and tests say stands in the journal, on the same clock as the board: so many a
 * second, and of each so much. */
static void
on_event(struct peer *p, const char *type, const json_t *body, void *arg)
{
	struct client *c = arg;
	const char *text = json_get_str(body, "text", "");
	const uint64_t now = sys_mono();
	json_t *o;

	if (strcmp(type, "script.log") != 0)
		return;
	if (now - c->said_from >= NS_PER_S) {
		c->said_from = now;
		c->said = 0;
	}
	if (++c->said > SAID_PER_S)
		return;
	o = json_object();
	json_put_int(o, "client", c->id);
	json_put_str(o, "name", peer_name(p));
	json_put_str(o, "level", json_get_str(body, "level", "info"));
	json_put_strn(o, "text", text, strnlen(text, SAID_MAX));
	if (c->said == SAID_PER_S)
		json_put_bool(o, "more", true); /* of this second are not kept */
	bench_news(c->bench, "script", o);
}

static const struct peer_ops ops = {
	.hello = on_hello,
	.event = on_event,
	.request = on_request,
	.input = on_input,
	.drained = on_drained,
	.closed = on_closed,
};

/* ---- life */

struct client *
clients_adopt(struct bench *b, int fd, bool plugin)
{
	struct client *c = mem_zero(1, sizeof *c);

	c->bench = b;
	c->plugin = plugin;
	c->id = ++b->next_client;
	list_init(&c->subs);
	list_init(&c->replies);
	list_add_tail(&b->clients, &c->node);
	c->peer = peer_open(b->loop, fd, "bench", b->name, &ops, c);
	return c;
}

uint32_t
clients_owner(const struct command_call *c, bool mine)
{
	const struct client *who = c->client;

	return who != NULL && (who->plugin || mine) ? who->id : 0;
}

/* What it put up goes with it, however it ended. */
static void
forget(struct bench *b, const struct client *c)
{
	triggers_forget(b, c->id);
	meters_forget(b, c->id);
	jobs_forget(b, c->id);
}

static void
client_close(struct client *c)
{
	struct bench *b = c->bench;

	list_del(&c->node);
	loop_defer_cancel(b->loop, drop_later, c);
	loop_timer_stop(c->hold);
	sub_drop(c, 0);
	LIST_EACH_SAFE(n, &c->replies) {
		LIST_ENTRY(n, struct reply, node)->client =
		    NULL; /* the command runs on; nobody to tell */
		list_del(n);
	}
	consoles_client_gone(b, c);
	macros_client_gone(b, c);
	questions_client_gone(b, c);
	forget(b, c);
	peer_close(c->peer);
	bench_news(b, "client", json_pack("{s:o}", "clients", clients_json(b)));
	mem_free(c->cwd);
	mem_free(c);
	bench_linger_check(b);
}

static void
drop_later(void *arg)
{
	client_close(arg);
}

char *
clients_path(const struct command_call *c, const char *path)
{
	const struct client *who = c->client;
	const char *home = getenv("HOME");
	const char *from = who != NULL && who->cwd != NULL ? who->cwd : home;

	if (path[0] == '~' && path[1] == '/') {
		path += 2;
		from = home;
	}
	return path[0] == '/' || from == NULL ? mem_str(path) : path_join(from, path);
}

bool
clients_drop(struct bench *b, uint32_t id)
{
	LIST_EACH(n, &b->clients)
		if (LIST_ENTRY(n, struct client, node)->id == id) {
			loop_defer(b->loop, drop_later, LIST_ENTRY(n, struct client, node));
			return true;
		}
	return false;
}

static void
on_accept(void *arg, unsigned events)
{
	struct bench *b = arg;
	unsigned count = 0;
	int fd;

	(void)events;
	LIST_EACH(n, &b->clients)
		count++;
	while ((fd = sys_accept(b->listen_fd)) >= 0) {
		uid_t uid;

		if (count++ >= LIMIT_CLIENTS || !sys_peer_uid(fd, &uid) || uid != getuid()) {
			sys_close(fd);
			continue;
		}
		(void)clients_adopt(b, fd, false);
	}
}

enum err
clients_listen(struct bench *b, struct err_msg *why)
{
	const enum err e = sys_unix_listen(b->socket, &b->listen_fd, why);

	if (e == ERR_BUSY)
		return err_set(why, ERR_BUSY, b->name, "vise attach, or choose another name",
		    "a bench of this name is running");
	if (e == ERR_OK)
		b->listen = loop_fd_open(b->loop, b->listen_fd, LOOP_READ, on_accept, b);
	return e;
}

void
clients_close(struct bench *b)
{
	loop_fd_close(b->listen);
	b->listen = NULL;
	while (!list_empty(&b->clients)) {
		struct client *c = LIST_ENTRY(b->clients.next, struct client, node);
		struct peer *p = c->peer;

		list_del(&c->node);
		loop_timer_stop(c->hold);
		sub_drop(c, 0);
		LIST_EACH_SAFE(n, &c->replies) {
			LIST_ENTRY(n, struct reply, node)->client = NULL;
			list_del(n);
		}
		peer_flush_close(p, 200);
		mem_free(c->cwd);
		mem_free(c);
	}
}

bool
clients_any_viewer(const struct bench *b)
{
	LIST_EACH(n, &b->clients)
		if (LIST_ENTRY(n, struct client, node)->attached)
			return true;
	return false;
}

json_t *
clients_json(const struct bench *b)
{
	json_t *list = json_array();

	LIST_EACH(n, &b->clients) {
		const struct client *c = LIST_ENTRY(n, struct client, node);
		json_t *o = json_object();

		json_put_int(o, "id", c->id);
		json_put_str(o, "role", peer_role(c->peer));
		json_put_str(o, "name", peer_name(c->peer));
		json_put_bool(o, "observe", c->observe);
		json_put_bool(o, "types", c->typed != 0);
		(void)json_array_append_new(list, o);
	}
	return list;
}

/* Every event goes to every client that asked for events. */
void
clients_event(struct bench *b, const char *type, const json_t *body)
{
	LIST_EACH(n, &b->clients) {
		const struct client *c = LIST_ENTRY(n, struct client, node);

		if (c->events)
			peer_event(c->peer, type, body);
	}
}
