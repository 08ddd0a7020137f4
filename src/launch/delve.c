/* delve.c - the state of a Delve session by its JSON-RPC. */
#include "launch/delve.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/clock.h"
#include "sys/io.h"
#include "sys/sock.h"

enum { ANSWER_MAX = 4 << 20 };
static const uint64_t EVERY_NS = 200 * NS_PER_MS;

struct delve {
	struct loop *loop;
	int fd;
	struct loop_fd *watch;
	struct loop_timer *tick;
	loop_cb changed;
	void *arg;
	struct debugstate state;
	struct buf in;
	unsigned id;
	bool up, waiting, leaving;
};

static void
lost(struct delve *d)
{
	loop_timer_stop(d->tick);
	loop_fd_close(d->watch);
	sys_close(d->fd);
	d->tick = NULL;
	d->watch = NULL;
	d->fd = -1;
}

static void
ask(struct delve *d, const char *method, const char *params)
{
	char text[160];
	const int n = snprintf(text, sizeof text,
	    "{\"method\":\"RPCServer.%s\",\"params\":[%s],\"id\":%u}\n", method, params, ++d->id);

	d->waiting = true;
	/* a question of 100 bytes fits, or the connection is of no use */
	if (sys_write(d->fd, text, (size_t)n) != n)
		lost(d);
}

static void
on_tick(void *arg)
{
	struct delve *d = arg;

	if (d->up && !d->waiting && !d->leaving)
		ask(d, "State", "{\"NonBlocking\":true}");
}

/* ---- answers */

static void
take_thread(struct debugstate *out, const json_t *t)
{
	const json_t *bp = json_object_get(t, "breakPoint");
	const char *name = json_get_str(bp, "name", "");
	const int64_t pc = json_get_int(t, "pc", 0);

	debugstate_file(out, slice_of(json_get_str(t, "file", "")));
	out->line = (unsigned)json_get_int(t, "line", 0);
	debugstate_put(out->func, sizeof out->func,
	    slice_of(json_get_str(json_object_get(t, "function"), "name", "")));
	if (pc > 0)
		(void)snprintf(out->addr, sizeof out->addr, "0x%llx", (unsigned long long)pc);
	/* below zero are Delve's own: an uncaught panic, a fatal throw */
	if (bp != NULL && name[0] != '\0')
		debugstate_put(out->why, sizeof out->why, slice_of(name));
	else if (json_is_object(bp) && json_get_int(bp, "id", 0) > 0)
		(void)snprintf(out->why, sizeof out->why, "breakpoint %lld",
		    (long long)json_get_int(bp, "id", 0));
}

static bool
take_state(const json_t *s, struct debugstate *out)
{
	memset(out, 0, sizeof *out);
	if (json_get_bool(s, "exited", false)) {
		out->word = DEBUG_EXITED;
		(void)snprintf(out->why, sizeof out->why, "exit status %lld",
		    (long long)json_get_int(s, "exitStatus", 0));
	} else if (json_get_bool(s, "Running", false)) {
		out->word = DEBUG_RUNNING;
	} else {
		out->word = DEBUG_STOPPED;
		take_thread(out, json_object_get(s, "currentThread"));
	}
	return true;
}

bool
delve_read(const char *p, size_t n, struct debugstate *out)
{
	struct err_msg why;
	json_t *o = json_read(p, n, "delve", &why);
	const json_t *s = json_object_get(json_object_get(o, "result"), "State");
	const char *error = json_get_str(o, "error", "");
	const char *status = strstr(error, "has exited with status ");
	bool said = false;

	if (json_is_object(s)) {
		said = take_state(s, out);
	} else if (status != NULL) {
		memset(out, 0, sizeof *out);
		out->word = DEBUG_EXITED;
		(void)snprintf(out->why, sizeof out->why, "exit status %.12s", status + 23);
		said = true;
	}
	json_decref(o);
	return said;
}

static void
take_answers(struct delve *d)
{
	const char *end;

	while (d->fd >= 0 && (end = memchr(d->in.data, '\n', d->in.len)) != NULL) {
		const size_t n = (size_t)(end - (const char *)d->in.data);
		struct debugstate s;
		const bool said = delve_read(buf_str(&d->in), n, &s);

		buf_eat(&d->in, n + 1);
		d->waiting = false;
		if (said && !debugstate_same(&s, &d->state)) {
			d->state = s;
			d->changed(d->arg);
			return;         /* it may have closed us; the rest comes next time */
		}
	}
}

static void
on_fd(void *arg, unsigned events)
{
	struct delve *d = arg;
	char piece[16384];
	ssize_t n;

	if (!d->up) {
		if (sys_sock_error(d->fd) != 0) {
			lost(d);
			return;
		}
		d->up = true;
		loop_fd_events(d->watch, LOOP_READ);
		on_tick(d);
		return;
	}
	if ((events & (LOOP_READ | LOOP_HANGUP)) == 0)
		return;
	n = sys_read(d->fd, piece, sizeof piece);
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return;
	if (n <= 0 || buf_add(&d->in, piece, (size_t)n) != ERR_OK)
		lost(d);
	else
		take_answers(d);
}

enum err
delve_open(struct loop *l, const char *port, loop_cb changed, void *arg, struct delve **out,
    struct err_msg *why)
{
	struct delve *d;
	int fd;
	enum err e = sys_tcp_connect("127.0.0.1", port, &fd, why);

	*out = NULL;
	if (e != ERR_OK)
		return e;
	d = mem_zero(1, sizeof *d);
	d->loop = l;
	d->fd = fd;
	d->changed = changed;
	d->arg = arg;
	buf_init(&d->in, ANSWER_MAX);
	d->watch = loop_fd_open(l, fd, LOOP_WRITE, on_fd, d);
	d->tick = loop_timer_start(l, EVERY_NS, EVERY_NS, on_tick, d);
	*out = d;
	return ERR_OK;
}

void
delve_close(struct delve *d)
{
	if (d == NULL)
		return;
	lost(d);
	buf_fini(&d->in);
	mem_free(d);
}

const struct debugstate *
delve_state(const struct delve *d)
{
	return &d->state;
}

bool
delve_detach(struct delve *d, bool end)
{
	if (d == NULL || d->fd < 0 || !d->up)
		return false;
	d->leaving = true;
	/* a program that runs must stand before it can be let go: halt is taken meanwhile */
	ask(d, "Command", "{\"name\":\"halt\"}");
	if (d->fd >= 0)
		ask(d, "Detach", end ? "{\"Kill\":true}" : "{\"Kill\":false}");
	return d->fd >= 0;
}
