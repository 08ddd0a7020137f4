/* web.c - asking a vise-fetch that stays. */
#include "gauge/web.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/slice.h"
#include "core/json.h"
#include "sys/io.h"
#include "sys/path.h"
#include "sys/sock.h"
#include "sys/spawn.h"

enum { REPORT_MAX = 64 << 10, READ_SIZE = 64 << 10, HEAD_MAX = 32 };
static const uint64_t GRACE_MS = 3000;          /* for vise-fetch to say why it took so long */

struct web {
	struct loop *loop;
	struct web_cb cb;
	void *arg;
	pid_t pid;                      /* 0: none */
	int fd;
	struct loop_fd *watch;
	struct loop_child *child;
	struct loop_timer *deadline;
	bool busy;
	uint64_t bytes;                 /* of this body */
	char head[HEAD_MAX];            /* "B 8192" as far as it has come */
	size_t head_n;
	char kind;                      /* of the frame under way, 0: a head */
	uint64_t left;                  /* of it */
	struct buf report;
};

struct web *
web_new(struct loop *l, const struct web_cb *cb, void *arg)
{
	struct web *w = mem_zero(1, sizeof *w);

	w->loop = l;
	w->cb = *cb;
	w->arg = arg;
	w->fd = -1;
	buf_init(&w->report, REPORT_MAX);
	return w;
}

static void
reaped(void *arg, int status)
{
	(void)arg;
	(void)status;
}

/* The process is done for, or is to be. */
static void
part(struct web *w)
{
	loop_fd_close(w->watch);
	sys_close(w->fd);
	if (w->child != NULL) {
		loop_child_forget(w->child);
		(void)loop_child_watch(w->loop, w->pid, reaped, NULL);
		sys_kill_group(w->pid, SIGTERM);
	}
	w->watch = NULL;
	w->child = NULL;
	w->fd = -1;
	w->pid = 0;
	w->kind = '\0';
	w->head_n = 0;
	buf_clear(&w->report);
}

void
web_free(struct web *w)
{
	if (w == NULL)
		return;
	loop_timer_stop(w->deadline);
	part(w);
	buf_fini(&w->report);
	mem_free(w);
}

static void
done(struct web *w, int64_t date, const struct err_msg *why)
{
	loop_timer_stop(w->deadline);
	w->deadline = NULL;
	if (!w->busy)
		return;
	w->busy = false;
	w->cb.done(w->arg, date, why);
}

static void
broken(struct web *w, enum err code, const char *text)
{
	struct err_msg why;

	part(w);
	(void)err_set(&why, code, "vise-fetch", "try again", "%s", text);
	done(w, 0, &why);
}

static void
on_deadline(void *arg)
{
	struct web *w = arg;

	w->deadline = NULL;
	broken(w, ERR_TIMEOUT, "no answer in time");
}

static void
on_child(void *arg, int status)
{
	struct web *w = arg;

	(void)status;
	w->child = NULL;
	broken(w, ERR_INFRA, "ended before it was done");
}

/* ---- what it says ---- */

static void
take_report(struct web *w)
{
	json_t *o = json_read(buf_str(&w->report), w->report.len, "vise-fetch", NULL), *error;
	struct err_msg why;
	const int64_t date = json_get_int(json_object_get(o, "result"), "date", 0);

	error = json_object_get(o, "error");
	if (error != NULL)
		(void)json_to_err(error, &why);
	buf_clear(&w->report);
	if (o == NULL || (error == NULL && json_object_get(o, "result") == NULL))
		broken(w, ERR_PROTO, "a report that is none");
	else
		done(w, date, error != NULL ? &why : NULL);
	json_decref(o);
}

/* "B 8192\n", "R 120\n" */
static bool
take_head(struct web *w)
{
	struct slice line = slice_make(w->head, w->head_n);

	w->kind = line.n > 2 && line.p[1] == ' ' ? line.p[0] : '\0';
	w->head_n = 0;
	return (w->kind == 'B' || w->kind == 'R') &&
	       slice_u64(slice_skip(line, 2), w->kind == 'B' ? WEB_BODY : REPORT_MAX - 1,
	    &w->left) && w->left != 0;
}

/* How much of it was used; 0: it does not keep to the form. */
static size_t
take(struct web *w, const char *p, size_t n)
{
	const char *end;
	size_t k;

	if (w->kind == '\0') {
		end = memchr(p, '\n', n);
		k = end != NULL ? (size_t)(end - p) : n;
		if (w->head_n + k > sizeof w->head)
			return 0;
		memcpy(w->head + w->head_n, p, k);
		w->head_n += k;
		return end == NULL ? n : take_head(w) ? k + 1 : 0;
	}
	k = w->left < n ? (size_t)w->left : n;
	w->left -= k;
	if (w->kind == 'R') {
		if (buf_add(&w->report, p, k) != ERR_OK)
			return 0;
	} else {
		w->bytes += k;
		if (w->bytes > WEB_BODY)
			return 0;
		if (w->busy)
			w->cb.body(w->arg, p, k);
	}
	return k;
}

static void
on_bytes(void *arg, unsigned events)
{
	struct web *w = arg;
	char *room = mem_alloc(READ_SIZE), *p = room;
	ssize_t n = sys_read(w->fd, room, READ_SIZE);

	(void)events;
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK))
		loop_fd_events(w->watch, 0);    /* its end follows */
	while (n > 0) {
		const size_t k = take(w, p, (size_t)n);

		if (k == 0) {
			broken(w, ERR_PROTO, "an answer that is none");
			break;
		}
		p += k;
		n -= (ssize_t)k;
		if (w->kind != '\0' && w->left == 0) {
			const bool report = w->kind == 'R';

			w->kind = '\0';
			if (report)
				take_report(w);
			if (w->fd < 0)
				break;
		}
	}
	mem_free(room);
}

/* ---- asking ---- */

static enum err
start(struct web *w, struct err_msg *why)
{
	char *program = path_program("vise-fetch");
	const char *const argv[] = { program, "--session", NULL };
	struct sys_spawn s = { .argv = argv, .fd_err = -1, .fd3 = -1, .no_new_privs = true };
	int io[2] = { -1, -1 };
	enum err e;

	if (sys_socketpair(io)) {
		(void)sys_nonblock(io[1], false);
		s.fd_in = s.fd_out = io[1];
		e = sys_spawn(&s, &w->pid, why);
	} else {
		e = err_errno(why, errno, "vise-fetch", "making a socket pair");
	}
	mem_free(program);
	sys_close(io[1]);
	if (e != ERR_OK) {
		sys_close(io[0]);
		w->pid = 0;
		return e;
	}
	w->fd = io[0];
	w->watch = loop_fd_open(w->loop, w->fd, LOOP_READ, on_bytes, w);
	w->child = loop_child_watch(w->loop, w->pid, on_child, w);
	return ERR_OK;
}

enum err
web_ask(struct web *w, const char *url, const char *profile, uint64_t timeout_ms,
    struct err_msg *why)
{
	json_t *o = json_object();
	struct buf b;
	enum err e = w->pid != 0 ? ERR_OK : start(w, why);

	json_put_str(o, "url", url);
	if (profile != NULL)
		json_put_str(o, "profile", profile);
	json_put_int(o, "timeout_ms", (int64_t)timeout_ms);
	json_put_int(o, "max_bytes", WEB_BODY);
	buf_init(&b, REPORT_MAX);
	if (e == ERR_OK && (json_write(o, &b) != ERR_OK || buf_add_byte(&b, '\n') != ERR_OK ||
	    sys_write(w->fd, b.data, b.len) != (ssize_t)b.len)) {
		part(w);
		e = err_set(why, ERR_INFRA, "vise-fetch", "try again", "does not take the request");
	}
	buf_fini(&b);
	json_decref(o);
	if (e != ERR_OK)
		return e;
	w->busy = true;
	w->bytes = 0;
	w->deadline = loop_timer_start(w->loop, (timeout_ms + GRACE_MS) * NS_PER_MS, 0, on_deadline,
	    w);
	return ERR_OK;
}
