/* board.c - the simulated board, put together. */
#include "sim/board.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/clock.h"
#include "core/json.h"
#include "sim/at.h"
#include "sim/heap.h"
#include "sim/http.h"
#include "sim/model.h"
#include "sim/tree.h"
#include "sys/io.h"
#include "sys/path.h"
#include "sys/pty.h"
#include "sys/time.h"

enum { QUEUE_MAX = 64 << 10 };
static const uint64_t TREE_EVERY = 500 * NS_PER_MS, TREE_LEAST = 20 * NS_PER_MS;
static const double HEAP_A = 0,
		    HEAP_B = 100; /* board seconds of the two snapshots that lie ready */

struct board {
	struct loop *loop;
	unsigned fast;
	uint64_t start, stepped;        /* sys_mono(); board time of the model */
	struct tree tree;
	struct model model;
	struct at_dev at;
	struct http *http;
	int master, slave;
	struct loop_fd *pty;
	struct loop_timer *speak, *grow;
	struct buf queue;               /* what the console's reader has not taken yet */
};

static uint64_t
board_now(const struct board *b)
{
	return (sys_mono() - b->start) * b->fast;
}

/* ---- console ---- */

static void
drain(struct board *b)
{
	while (b->queue.len != 0) {
		const ssize_t n = sys_write(b->master, b->queue.data, b->queue.len);

		if (n <= 0)
			break;
		buf_eat(&b->queue, (size_t)n);
	}
	if (b->pty != NULL)
		loop_fd_events(b->pty, b->queue.len != 0 ? LOOP_READ | LOOP_WRITE : LOOP_READ);
}

/* A wire without a reader loses what is sent: past the queue's ceiling so does this one. */
static void
on_out(void *arg, const char *p, size_t n)
{
	struct board *b = arg;

	(void)buf_add(&b->queue, p, n);
}

static void on_speak(void *arg);

static void
schedule(struct board *b, uint64_t next)
{
	const uint64_t now = board_now(b);

	loop_timer_stop(b->speak);
	b->speak = NULL;
	if (next != UINT64_MAX)
		b->speak = loop_timer_start(
		    b->loop, next > now ? (next - now) / b->fast : 0, 0, on_speak, b);
}

static void
on_speak(void *arg)
{
	struct board *b = arg;

	b->speak = NULL;
	schedule(b, at_tick(&b->at, board_now(b)));
	drain(b);
}

static void
on_pty(void *arg, unsigned events)
{
	struct board *b = arg;
	char p[512];
	ssize_t n = 0;

	if ((events & LOOP_READ) != 0) {
		n = sys_read(b->master, p, sizeof p);
		if (n > 0)
			at_input(&b->at, board_now(b), p, (size_t)n);
		schedule(b, at_tick(&b->at, board_now(b)));
	}
	drain(b);
}

static enum err
console_open(struct board *b, struct err_msg *why)
{
	char name[128], *link = path_join(b->tree.dir, "tty");
	enum err e = sys_pty_open(&b->master, &b->slave, name, sizeof name, true, why);

	if (e == ERR_OK) {
		(void)remove(link);
		if (symlink(name, link) != 0)
			e = err_errno(why, errno, link, "linking the console");
		else
			tree_note(&b->tree, "tty");
	}
	mem_free(link);
	if (e == ERR_OK)
		b->pty = loop_fd_open(b->loop, b->master, LOOP_READ, on_pty, b);
	return e;
}

/* ---- debug server ---- */

static bool
page_vars(struct board *b, struct buf *body)
{
	const double t = (double)board_now(b) / 1e9;
	json_t *o = json_object(), *m = json_object();
	const bool ok = json_object_set_new(o, "cmdline", json_pack("[s]", "/usr/bin/app")) == 0;

	json_put_int(m, "HeapAlloc", heap_inuse(t));
	json_put_int(m, "HeapInuse", heap_inuse(t) + 512 * 1024);
	json_put_int(m, "Sys", (b->model.app_anon_kb + b->model.app_file_kb) * 1024);
	json_put_int(m, "NextGC", heap_inuse(t) * 2);
	json_put_int(m, "NumGC", (int64_t)(t / 9));
	json_put(o, "memstats", m);
	json_put_int(o, "goroutines", 14 + (int64_t)(t / 20));
	json_put_bool(o, "simulated", true);
	if (ok)
		(void)json_write(o, body);
	json_decref(o);
	return ok;
}

static bool
on_page(void *arg, const char *path, struct buf *body, const char **type)
{
	struct board *b = arg;

	if (strcmp(path, "/debug/pprof/heap") == 0 || strcmp(path, "/debug/pprof/allocs") == 0) {
		*type = "application/octet-stream";
		return heap_profile(HEAP_B + (double)board_now(b) / 1e9, sys_wall(), body, NULL) ==
		       ERR_OK;
	}
	if (strcmp(path, "/debug/vars") == 0) {
		*type = "application/json; charset=utf-8";
		return page_vars(b, body);
	}
	if (strcmp(path, "/debug/pprof/") == 0 || strcmp(path, "/debug/pprof") == 0)
		return buf_add_str(body,
			   "simulated by vise\n/debug/pprof/heap\n/debug/pprof/allocs\n"
			   "/debug/vars\n") == ERR_OK;
	return false;
}

static enum err
server_open(struct board *b, struct err_msg *why)
{
	char *path = path_join(b->tree.dir, "pprof.sock");
	const enum err e = http_open(b->loop, path, on_page, b, &b->http, why);

	if (e == ERR_OK)
		tree_note(&b->tree, "pprof.sock");
	mem_free(path);
	return e;
}

static enum err
snapshot(struct board *b, const char *name, double t, struct err_msg *why)
{
	const uint64_t ago = (uint64_t)((HEAP_B - t) * 1e9);
	struct buf p;
	enum err e;

	buf_init(&p, 1 << 20);
	e = heap_profile(t, sys_wall() - ago, &p, why);
	if (e == ERR_OK) {
		/* An older one may be longer: a rest of it would spoil the gzip. */
		char *path = path_join(b->tree.dir, name);

		(void)remove(path);
		mem_free(path);
		e = tree_file(&b->tree, name, buf_str(&p), p.len, why);
	}
	buf_fini(&p);
	return e;
}

/* ---- the whole ---- */

static void
on_grow(void *arg)
{
	struct board *b = arg;
	const uint64_t now = board_now(b);
	const unsigned was = b->model.cap;

	model_step(&b->model, (double)(now - b->stepped) / 1e9);
	b->stepped = now;
	if (b->model.cap > was)
		at_say(&b->at, "thermal: W soc %.1f C, cpu capped to %d MHz", b->model.soc,
		    (int)(b->model.max_khz / 1000));
	else if (b->model.cap < was)
		at_say(&b->at, "thermal: soc %.1f C, cpu free to %d MHz", b->model.soc,
		    (int)(b->model.max_khz / 1000));
	(void)tree_update(&b->tree, &b->model, NULL);
	drain(b);
}

static enum err
open_all(struct board *b, const char *dir, struct err_msg *why)
{
	const uint64_t every = TREE_EVERY / b->fast;
	enum err e;

	tree_init(&b->tree, dir);
	model_init(&b->model);
	e = tree_folder(&b->tree, "", why);
	if (e == ERR_OK)
		e = tree_make(&b->tree, &b->model, why);
	if (e == ERR_OK)
		e = snapshot(b, "heap-a.pb.gz", HEAP_A, why);
	if (e == ERR_OK)
		e = snapshot(b, "heap-b.pb.gz", HEAP_B, why);
	if (e == ERR_OK)
		e = server_open(b, why);
	if (e == ERR_OK)
		e = console_open(b, why);
	if (e != ERR_OK)
		return e;
	at_init(&b->at, board_now(b), on_out, b);
	b->speak = loop_timer_start(b->loop, 0, 0, on_speak, b);
	b->grow =
	    loop_timer_start(b->loop, every, every > TREE_LEAST ? every : TREE_LEAST, on_grow, b);
	return ERR_OK;
}

enum err
board_open(struct loop *l, const char *dir, unsigned fast, struct board **out, struct err_msg *why)
{
	struct board *b = mem_zero(1, sizeof *b);
	enum err e;

	b->loop = l;
	b->fast = fast != 0 ? fast : 1;
	b->start = sys_mono();
	b->master = b->slave = -1;
	buf_init(&b->queue, QUEUE_MAX);
	e = open_all(b, dir, why);
	if (e != ERR_OK) {
		board_close(b);
		b = NULL;
	}
	*out = b;
	return e;
}

void
board_close(struct board *b)
{
	if (b == NULL)
		return;
	loop_timer_stop(b->speak);
	loop_timer_stop(b->grow);
	loop_fd_close(b->pty);
	http_close(b->http);
	sys_close(b->master);
	sys_close(b->slave);
	tree_remove(&b->tree);
	tree_fini(&b->tree);
	buf_fini(&b->queue);
	mem_free(b);
}
