/* clients.c - the bench's socket: who is connected. */
#include "bench/clients.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "bench/news.h"
#include "bench/streams.h"
#include "sys/io.h"
#include "sys/path.h"
#include "sys/sock.h"

static void drop_later(void *arg);

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
	c->peer = peer_open(b->loop, fd, "bench", b->name, b->ops->requests, c);
	return c;
}

uint32_t
clients_owner(const struct command_call *c, bool mine)
{
	const struct client *who = c->client;

	return who != NULL && (who->plugin || mine) ? who->id : 0;
}

/* Without its connection, which its caller ends. */
static void
client_free(struct client *c)
{
	list_del(&c->node);
	loop_defer_cancel(c->bench->loop, drop_later, c);
	loop_timer_stop(c->hold);
	streams_leave(c, 0);
	c->bench->ops->client_gone(c);
	mem_free(c->cwd);
	mem_free(c);
}

void
clients_gone(struct client *c)
{
	struct bench *b = c->bench;
	struct peer *p = c->peer;

	client_free(c);
	peer_close(p);
	bench_news(b, "client", json_pack("{s:o}", "clients", clients_json(b)));
	bench_linger_check(b);
}

static void
drop_later(void *arg)
{
	clients_gone(arg);
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

void
clients_accept(struct bench *b)
{
	unsigned count = 0;
	int fd;

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

static void
on_accept(void *arg, unsigned events)
{
	(void)events;
	clients_accept(arg);
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

		client_free(c);
		peer_flush_close(p, 200);
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

bool
clients_any(const struct bench *b)
{
	LIST_EACH(n, &b->clients)
		if (LIST_ENTRY(n, struct client, node)->job == 0)
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
