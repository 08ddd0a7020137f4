/* gops.c - profiles from a gops agent. */
#include "fetch/gops.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/slice.h"
#include "sys/io.h"
#include "sys/path.h"
#include "sys/sock.h"
#include "sys/time.h"

enum { PIECE = 64 << 10, DEFAULT_MS = 60000, SIGNAL_GC = 2 };

static const struct wanted {
	const char *profile;
	char signal;
	unsigned seconds;               /* how long the agent itself takes */
} wants[] = {
	{ "heap", 5, 0 },
	{ "allocs", 5, 0 },
	{ "goroutine", 1, 0 },
	{ "profile", 6, 30 },
	{ "trace", 8, 5 },
	{ "memstats", 3, 0 },
	{ "version", 4, 0 },
};

struct talk {
	int fd;
	uint64_t deadline;
	const char *shown;
};

static char *
config_folder(void)
{
	const char *own = getenv("GOPS_CONFIG_DIR"), *xdg = getenv("XDG_CONFIG_HOME"),
		   *home = getenv("HOME");

	if (own != NULL && own[0] != '\0')
		return mem_str(own);
	if (xdg != NULL && xdg[0] != '\0')
		return path_join(xdg, "gops");
	return mem_fmt("%s/.config/gops", home != NULL ? home : "");
}

char *
gops_port(uint64_t pid, struct err_msg *why)
{
	char *folder = config_folder(),
	     *file = mem_fmt("%s/%llu", folder, (unsigned long long)pid), *port = NULL;
	struct slice text;
	struct buf b;
	uint64_t n;

	buf_init(&b, 1 << 18);
	if (sys_file_read(file, 64, &b, NULL) != ERR_OK) {
		(void)err_set(why, ERR_NOENT, file,
		    "start the agent in the program: agent.Listen(agent.Options{})",
		    "no gops agent has left its port there");
	} else {
		text = slice_trim(slice_make(buf_str(&b), b.len));
		if (slice_u64(text, 65535, &n) && n > 0)
			port = mem_strn(text.p, text.n);
		else
			(void)err_set(why, ERR_FORMAT, file, NULL, "holds no port");
	}
	buf_fini(&b);
	mem_free(file);
	mem_free(folder);
	return port;
}

static enum err
wait_for(const struct talk *t, short events, struct err_msg *why)
{
	uint64_t now = sys_mono();
	struct pollfd p = { .fd = t->fd, .events = events };
	int ms = now >= t->deadline ? 0 : (int)((t->deadline - now) / NS_PER_MS);
	int n = poll(&p, 1, ms);

	if (n > 0)
		return ERR_OK;
	if (n < 0)
		return err_set(why, ERR_IO, t->shown, NULL, "waiting for it failed");
	return err_set(why, ERR_TIMEOUT, t->shown, "try again, or allow more time with --timeout",
	    "the agent did not deliver in time");
}

static enum err
begin(struct talk *t, const char *host, const char *port, char signal, struct err_msg *why)
{
	enum err e = sys_tcp_connect(host, port, &t->fd, why);
	int failed;

	if (e != ERR_OK)
		return e;
	e = wait_for(t, POLLOUT, why);
	if (e != ERR_OK)
		return e;
	failed = sys_sock_error(t->fd);
	if (failed != 0)
		return err_set(why, ERR_LOST, t->shown, "start the program with its gops agent",
		    "nobody listens there: %s", strerror(failed));
	if (sys_write(t->fd, &signal, 1) != 1)
		return err_set(why, ERR_LOST, t->shown, "try again", "the connection broke");
	return ERR_OK;
}

struct counted {
	fetch_sink sink;
	void *arg;
	uint64_t bytes, max;
};

/* To the end of the answer. */
static enum err
take(struct talk *t, struct counted *c, struct err_msg *why)
{
	char *p = mem_alloc(PIECE);
	enum err e = ERR_OK;

	while (e == ERR_OK && (e = wait_for(t, POLLIN, why)) == ERR_OK) {
		ssize_t n = sys_read(t->fd, p, PIECE);

		if (n == 0)
			break;
		if (n < 0)
			e = err_set(why, ERR_LOST, t->shown, "try again", "the connection broke");
		else if ((uint64_t)n > c->max - c->bytes)
			e = err_set(why, ERR_LIMIT, t->shown,
			    "raise the limit if you trust the program",
			    "sends more than %llu bytes", (unsigned long long)c->max);
		else if (!c->sink(c->arg, p, (size_t)n))
			e = err_set(why, ERR_IO, t->shown, NULL,
			    "what was fetched could not be passed on");
		else
			c->bytes += (uint64_t)n;
	}
	mem_free(p);
	return e;
}

static enum err
exchange(struct talk *t, const char *host, const char *port, char signal, struct counted *c,
    struct err_msg *why)
{
	enum err e = begin(t, host, port, signal, why);

	if (e == ERR_OK)
		e = take(t, c, why);
	sys_close(t->fd);
	t->fd = -1;
	return e;
}

static bool
nowhere(void *arg, const void *p, size_t n)
{
	(void)arg;
	(void)p;
	(void)n;
	return true;
}

static const struct wanted *
find(const char *profile)
{
	for (size_t i = 0; i < sizeof(wants) / sizeof(wants[0]); i++)
		if (strcmp(wants[i].profile, profile) == 0)
			return &wants[i];
	return NULL;
}

/* Both exchanges: a collection first where it is asked for, then what is wanted. */
static enum err
converse(struct talk *t, const char *host, const char *port, const struct wanted *w, bool gc,
    struct counted *body, struct err_msg *why)
{
	struct counted thanks = { nowhere, NULL, 0, 4096 };
	enum err e = ERR_OK;

	if (gc && w->signal == 5)
		e = exchange(t, host, port, SIGNAL_GC, &thanks, why);
	if (e == ERR_OK)
		e = exchange(t, host, port, w->signal, body, why);
	if (e == ERR_OK && body->bytes == 0)
		e = err_set(why, ERR_EOF, t->shown, "check that a gops agent answers there",
		    "it closed without an answer");
	return e;
}

enum err
gops_get(const struct place *p, const struct fetch_request *r, fetch_sink sink, void *arg,
    struct fetch_result *result, struct err_msg *why)
{
	const bool own = r->profile == NULL || strcmp(r->profile, "other") == 0;
	const char *profile = own ? "heap" : r->profile,
		   *host = p->host != NULL ? p->host : "127.0.0.1";
	const struct wanted *w = find(profile);
	uint64_t ms = r->timeout_ms != 0 ? r->timeout_ms : DEFAULT_MS, start = sys_mono();
	struct counted body = { sink, arg, 0, r->max_bytes != 0 ? r->max_bytes : LIMIT_HTTP_BODY };
	struct talk t = { .fd = -1, .shown = result->address };
	char *port;
	enum err e;

	*result = (struct fetch_result){ 0 };
	if (w == NULL)
		return err_set(why, ERR_UNSUPPORTED, profile,
		    "use the program's /debug/pprof/, or heap, goroutine, profile, trace",
		    "a gops agent has no such profile");
	port = p->port != NULL ? mem_str(p->port) : gops_port(p->pid, why);
	if (port == NULL)
		return why != NULL ? why->code : ERR_NOENT;
	snprintf(result->address, sizeof result->address, "gops:%s:%s", host, port);
	t.deadline = start + ms * NS_PER_MS + w->seconds * 2 * NS_PER_S;
	e = converse(&t, host, port, w, r->gc, &body, why);
	mem_free(port);
	result->bytes = body.bytes;
	result->ns = sys_mono() - start;
	return e;
}
