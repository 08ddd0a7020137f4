/* requests.c - what clients ask for and tell. */
#include "bench/requests.h"

#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "bench/board_commands.h"
#include "bench/clients.h"
#include "bench/consoles_open.h"
#include "bench/ending.h"
#include "bench/jobs.h"
#include "bench/macros.h"
#include "bench/meters.h"
#include "bench/news.h"
#include "bench/plugin_hosts.h"
#include "bench/questions.h"
#include "bench/snapshot.h"
#include "bench/streams.h"
#include "bench/triggers.h"
#include "core/token.h"
#include "sys/path.h"
#include "sys/time.h"

enum {
	SAID_PER_S = 200,               /* lines of one script in the journal */
	SAID_MAX = 1000,                /* bytes of each */
};

static enum err
too_late(const struct client *c, struct err_msg *why)
{
	json_t *end = ending_json(c->bench);
	const char *first = json_string_value(json_array_get(json_object_get(end, "waits"), 0));

	(void)err_set(why, ERR_EOF, c->bench->name, "vise starts a new one",
	    "the bench is ending%s%.80s", first != NULL ? "; it waits for the clean-up of " : "",
	    first != NULL ? first : "");
	json_decref(end);
	return ERR_EOF;
}

static void
attach(struct client *c, uint64_t id, const json_t *params)
{
	struct bench *b = c->bench;
	struct err_msg why;

	/* also who was about to when it began to end: nobody waits for him */
	if (b->end != NULL && !c->attached && !c->own && c->job == 0) {
		(void)too_late(c, &why);
		peer_fail(c->peer, id, &why);
		return;
	}
	c->attached = true;
	c->events = json_get_bool(params, "events", true);
	c->streams = json_get_bool(params, "streams", false);
	c->observe = json_get_bool(params, "observe", false);
	peer_answer(c->peer, id, snapshot_json(b, json_object_get(params, "parts")));
	if (c->streams) {
		struct stream st;

		LIST_EACH(n, &b->consoles)
			if (consoles_stream_at(n, &st))
				streams_view(c, &st);
		LIST_EACH(n, &b->jobs)
			if (jobs_stream_at(n, &st))
				streams_view(c, &st);
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
	uint64_t offset;

	if (!c->bench->ops->stream_find(c->bench, stream, &st)) {
		(void)err_set(&why, ERR_NOENT, "subscribe", NULL, "no stream %u", stream);
		peer_fail(c->peer, id, &why);
		return;
	}
	offset = streams_follow(c, &st, from);
	peer_answer(c->peer, id,
	    json_pack("{s:I,s:I}", "stream", (json_int_t)stream, "offset", (json_int_t)offset));
	streams_grew(c->bench);
}

struct reply { struct client *client; uint64_t id; struct list node; };

static void
on_answer(void *arg, json_t *result, const struct err_msg *why)
{
	struct reply *r = arg;

	if (r->client != NULL) {
		if (why != NULL)
			peer_fail_cause(r->client->peer, r->id, why, result);
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

/* Who comes to a bench that is ending may look at it, and stop it. */
static bool
stops(const char *name)
{
	return strcmp(name, "bench.stop") == 0;
}

static enum err
may_run(const struct client *c, const char *line, const char *name, struct err_msg *why)
{
	if (c->late && !stops(name) &&
	    !(line != NULL ? observer_may_line(line) : observer_may(name)))
		return too_late(c, why);
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
		command_line(c->bench->ops->commands, line, c->bench, c, on_answer, r);
	else
		command_json(c->bench->ops->commands, name, json_object_get(params, "args"),
		    c->bench, c, on_answer, r);
}

static void
unsubscribe(struct client *c, uint64_t id, const json_t *params)
{
	streams_leave(c, (uint32_t)json_get_int(params, "stream", 0));
	peer_answer(c->peer, id, NULL);
}

static void
registration(struct client *c, uint64_t id, const json_t *params)
{
	struct err_msg why;

	if (board_commands_register(c->bench, params, &why) == ERR_OK)
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
	if (c->observe || c->late)
		return;
	c->typed = sys_mono();
	if (stream >= STREAM_JOBS)
		(void)jobs_input(b, stream, data, n);
	else
		(void)consoles_input(b, c, stream, data, questions_typed(b, stream, data, n));
	if (first)
		bench_news(b, "client", json_pack("{s:o}", "clients", clients_json(b)));
}

/* ---- a connection */

static void
on_closed(struct peer *p, const struct err_msg *why, void *arg)
{
	(void)p;
	(void)why;
	clients_gone(arg);
}

static void
on_drained(struct peer *p, void *arg)
{
	(void)p;
	streams_pump(arg);
}

static void
on_hello(struct peer *p, const json_t *hello, void *arg)
{
	struct client *c = arg;
	const char *cwd = json_get_str(hello, "cwd", "");

	c->own = strcmp(json_get_str(hello, "of", ""), c->bench->name) == 0;
	c->bench->visited = c->bench->visited || c->job == 0;
	c->late = c->bench->end != NULL && !c->own && c->job == 0;
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

const struct peer_ops requests_ops = {
	.hello = on_hello,
	.event = on_event,
	.request = on_request,
	.input = on_input,
	.drained = on_drained,
	.closed = on_closed,
};

void
requests_client_gone(struct client *c)
{
	struct bench *b = c->bench;

	LIST_EACH_SAFE(n, &c->replies) {
		LIST_ENTRY(n, struct reply, node)->client =
		    NULL; /* the command runs on; nobody to tell */
		list_del(n);
	}
	if (b->closing)
		return;
	consoles_client_gone(b, c);
	macros_client_gone(b, c);
	questions_client_gone(b, c);
	triggers_forget(b, c->id);
	meters_forget(b, c->id);
	jobs_forget(b, c->id);
}
