/* shares.c - sockets that carry a console's bytes. */
#include "bench/shares.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/slice.h"
#include "bench/news.h"
#include "sys/io.h"
#include "sys/sock.h"
#include "sys/time.h"

enum { CHUNK = 4096, UNSENT_MAX = 64 << 10, TURN = 256 << 10 };
static const uint64_t WAIT_NS = 20 * NS_PER_MS, SAY_NS = 2 * NS_PER_S;

struct share {
	struct list node;
	struct bench_console *console;
	char *address, *path;           /* path: of a unix socket, to be removed */
	bool read_only;
	int fd;
	struct loop_fd *listen;
	struct list peers;
	unsigned n;
	uint64_t lost, refused;         /* bytes peers missed; sys_mono() of the last "not sent" */
};

struct share_peer {
	struct list node;
	struct share *share;
	int fd;
	struct loop_fd *poll;
	struct loop_timer *wait;        /* the board does not take what it sends: read later */
	uint64_t at;                    /* its place in the ring */
	bool dead;
};

static struct share *
share_of(struct list *n)
{
	return LIST_ENTRY(n, struct share, node);
}

static struct share_peer *
peer_of(struct list *n)
{
	return LIST_ENTRY(n, struct share_peer, node);
}

static void
tell(struct share *s)
{
	consoles_tell(s->console);
}

static void
peer_end(struct share_peer *p)
{
	list_del(&p->node);
	loop_fd_close(p->poll);
	loop_timer_stop(p->wait);
	sys_close(p->fd);
	p->share->n--;
	mem_free(p);
}

static void
peer_leaves(struct share_peer *p)
{
	struct share *s = p->share;

	peer_end(p);
	bench_notice(s->console->bench, "info", s->console->name, NULL, "a program left %s",
	    s->address);
	tell(s);
}

/* ---- from the board */

/* What the peer takes now; false when it is gone. */
static bool
peer_write(struct share_peer *p)
{
	const struct ring *r = console_ring(p->share->console->console);
	size_t left = TURN;

	if (p->at < ring_first(r)) {
		p->share->lost += ring_first(r) - p->at;
		p->at = ring_first(r);
	}
	while (left != 0) {
		const unsigned char *bytes;
		size_t n = ring_peek(r, p->at, &bytes);
		ssize_t put;

		if (n == 0)
			break;
		put = sys_write(p->fd, bytes, n < left ? n : left);
		if (put < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			break;
		if (put <= 0)
			return false;
		p->at += (uint64_t)put;
		left -= (size_t)put;
	}
	loop_fd_events(p->poll, (p->wait == NULL ? (unsigned)LOOP_READ : 0u) |
	    (p->at < r->end ? (unsigned)LOOP_WRITE : 0u));
	return true;
}

void
shares_grew(struct bench_console *k)
{
	if (k->shares.next == NULL)
		return;
	LIST_EACH(n, &k->shares)
		LIST_EACH_SAFE(m, &share_of(n)->peers)
			if (!peer_write(peer_of(m)))
				peer_leaves(peer_of(m));
}

/* ---- to the board */

static void
say_unsent(struct share *s, const struct err_msg *why)
{
	if (sys_mono() - s->refused < SAY_NS)
		return;
	s->refused = sys_mono();
	bench_notice(s->console->bench, "warn", s->console->name, why->next,
	    "what a program wrote to %s was not sent: %s", s->address, why->why);
}

static void
on_wait(void *arg)
{
	struct share_peer *p = arg;

	p->wait = NULL;
	if (!peer_write(p))
		peer_leaves(p);
}

/* False when the peer is gone. */
static bool
peer_read(struct share_peer *p)
{
	struct share *s = p->share;
	struct console *c = s->console->console;
	struct err_msg why;
	char bytes[CHUNK];
	ssize_t n;

	if (console_unsent(c) > UNSENT_MAX) {
		p->wait = loop_timer_start(s->console->bench->loop, WAIT_NS, 0, on_wait, p);
		return peer_write(p);
	}
	n = sys_read(p->fd, bytes, sizeof bytes);
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return true;
	if (n <= 0)
		return false;
	if (s->read_only)
		(void)err_set(&why, ERR_DENIED, s->address, NULL, "it is shared for reading only");
	else if (s->console->lent_to != NULL)
		(void)err_set(&why, ERR_BUSY, s->address, NULL, "the port is lent to %s",
		    s->console->lent_to);
	else if (console_write(c, bytes, (size_t)n, p, &why) == ERR_OK)
		return true;
	say_unsent(s, &why);
	return true;
}

static void
on_peer(void *arg, unsigned events)
{
	struct share_peer *p = arg;
	bool there = true;

	if ((events & (LOOP_READ | LOOP_HANGUP)) != 0 && p->wait == NULL)
		there = peer_read(p);
	if (there && (events & LOOP_WRITE) != 0)
		there = peer_write(p);
	if (there && (events & LOOP_HANGUP) != 0 && (events & LOOP_READ) == 0)
		there = false;
	if (!there)
		peer_leaves(p);
}

/* ---- the door */

static bool
may_come(const struct share *s, int fd)
{
	uid_t uid;

	if (s->n >= SHARES_PEERS)
		return false;
	return s->path == NULL || (sys_peer_uid(fd, &uid) && (uid == getuid() || uid == 0));
}

static void
on_listen(void *arg, unsigned events)
{
	struct share *s = arg;
	const int fd = sys_accept(s->fd);
	struct share_peer *p;

	(void)events;
	if (fd < 0)
		return;
	if (!may_come(s, fd)) {
		sys_close(fd);
		return;
	}
	p = mem_zero(1, sizeof *p);
	*p = (struct share_peer){ .share = s, .fd = fd,
		.at = console_ring(s->console->console)->end };
	p->poll = loop_fd_open(s->console->bench->loop, fd, LOOP_READ, on_peer, p);
	if (p->poll == NULL) {
		sys_close(fd);
		mem_free(p);
		return;
	}
	list_add_tail(&s->peers, &p->node);
	s->n++;
	bench_notice(s->console->bench, "info", s->console->name, NULL, "a program came to %s",
	    s->address);
	tell(s);
}

static void
share_end(struct share *s)
{
	while (!list_empty(&s->peers))
		peer_end(peer_of(s->peers.next));
	list_del(&s->node);
	loop_fd_close(s->listen);
	sys_close(s->fd);
	if (s->path != NULL)
		(void)unlink(s->path);
	mem_free(s->path);
	mem_free(s->address);
	mem_free(s);
}

void
shares_close(struct bench_console *k)
{
	while (k->shares.next != NULL && !list_empty(&k->shares))
		share_end(share_of(k->shares.next));
}

/* "tcp:PORT" or "tcp:HOST:PORT"; the address as it is then. */
static enum err
listen_tcp(struct share *s, const char *rest, struct err_msg *why)
{
	char address[300];
	const enum err e = sys_tcp_listen_word(rest, &s->fd, address, sizeof address, why);

	if (e == ERR_OK)
		s->address = mem_fmt("tcp:%s", address);
	return e;
}

static enum err
listen_on(struct share *s, const char *address, struct err_msg *why)
{
	enum err e;

	s->fd = -1;
	if (strncmp(address, "tcp:", 4) == 0)
		return listen_tcp(s, address + 4, why);
	s->address = mem_str(address);
	if (strncmp(address, "unix:/", 6) != 0)
		return err_set(why, ERR_USAGE, address, "tcp:PORT, tcp:HOST:PORT or unix:/PATH",
		    "it is no address (the bench runs in /: a whole path is needed)");
	e = sys_unix_listen_user(address + 5, &s->fd, why);
	if (e == ERR_OK)
		s->path = mem_str(address + 5);
	return e;
}

static json_t *
share_json(const struct share *s)
{
	return json_pack("{s:s,s:b,s:I,s:I}", "address", s->address, "ro", s->read_only, "peers",
	    (json_int_t)s->n, "lost", (json_int_t)s->lost);
}

json_t *
shares_json(const struct bench_console *k)
{
	json_t *list;

	if (k->shares.next == NULL || k->shares.next == &k->shares)
		return NULL;
	list = json_array();
	LIST_EACH(n, &k->shares)
		(void)json_array_append_new(list, share_json(share_of(n)));
	return list;
}

/* ---- commands */

static void
cmd_share(struct command_call *c)
{
	struct bench_console *k = consoles_of(c);
	struct share *s;
	unsigned n = 0;
	struct err_msg why;
	enum err e = ERR_OK;

	if (k == NULL)
		return;
	if (k->shares.next == NULL)
		list_init(&k->shares);
	LIST_EACH(m, &k->shares)
		n++;
	s = mem_zero(1, sizeof *s);
	s->console = k;
	s->read_only = json_get_bool(c->args, "ro", false);
	list_init(&s->peers);
	e = n < SHARES_MAX ? listen_on(s, json_get_str(c->args, "address", ""), &why)
			   : err_set(&why, ERR_LIMIT, k->name, "console.unshare one",
				 "it is shared %u times already", n);
	if (e != ERR_OK) {
		mem_free(s->address);
		mem_free(s);
		command_fail(c, &why);
		return;
	}
	list_add_tail(&k->shares, &s->node);
	s->listen = loop_fd_open(k->bench->loop, s->fd, LOOP_READ, on_listen, s);
	tell(s);
	command_done(c, share_json(s));
}

static void
cmd_unshare(struct command_call *c)
{
	struct bench_console *k = consoles_of(c);
	const char *address = json_get_str(c->args, "address", NULL);
	bool found = address == NULL;
	struct err_msg why;

	if (k == NULL)
		return;
	if (k->shares.next != NULL)
		LIST_EACH_SAFE(n, &k->shares)
			if (address == NULL || strcmp(share_of(n)->address, address) == 0) {
				found = true;
				share_end(share_of(n));
			}
	consoles_tell(k);
	if (!found)
		(void)err_set(&why, ERR_NOENT, address, "console.shares names them",
		    "it is not shared there");
	consoles_finish(c, found ? ERR_OK : ERR_NOENT, &why);
}

static void
cmd_shares(struct command_call *c)
{
	struct bench_console *k = consoles_of(c);
	json_t *list;

	if (k == NULL)
		return;
	list = shares_json(k);
	command_done(c, list != NULL ? list : json_array());
}

static const struct command_arg share_args[] = {
	{ "address", ARG_WORD, ARG_MUST, NULL,
	    "unix:/PATH, tcp:PORT (loopback; 0 picks one) or tcp:HOST:PORT" },
	{ "ro", ARG_BOOL, 0, "off", "for reading only" },
	CONSOLES_ARG,
	{ .name = NULL },
};
static const struct command_arg unshare_args[] = {
	{ "address", ARG_WORD, 0, NULL, "as console.shares names it; all if absent" },
	CONSOLES_ARG,
	{ .name = NULL },
};
static const struct command_arg name_args[] = { CONSOLES_ARG, { .name = NULL } };

const struct command bench_share_commands[] = {
	{ "console.share", "let other programs read and write this console on a socket",
	    share_args, 0, cmd_share },
	{ "console.unshare", "end that, and its connections", unshare_args, 0, cmd_unshare },
	{ "console.shares", "where a console is shared, with how many", name_args, 0, cmd_shares },
	{ .name = NULL },
};
