/* test_rsp_relay.c - bytes between two sockets by the relay's thread: all of them, in order, however slow one
 * side or the looker is; ends of either side; and the ways to a server (a wire's own descriptor, or a pair). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "rsp/reach.h"
#include "rsp/relay.h"
#include "sys/io.h"
#include "sys/process.h"
#include "sys/sock.h"
#include "sys/time.h"

#define PATIENCE (60 * NS_PER_S)

enum { SEEN_MAX = 16 << 20 };

struct world {
	struct loop *loop;
	struct rsp_relay *relay;
	int out[2], in[2];              /* by side: the far end is ours, the near end the relay's */
	struct buf seen[2], came[2];    /* looked at; arrived at the far end of that side */
	uint64_t last;
	bool looks, over;
	enum rsp_side by;
	int errnum;
};

static void
look(struct world *w)
{
	struct rsp_piece p;

	while (rsp_relay_next(w->relay, &p)) {
		assert_true(p.at >= w->last);
		w->last = p.at;
		assert_int_equal(buf_add(&w->seen[p.by], p.p, p.n), ERR_OK);
		rsp_relay_seen(w->relay);
	}
}

static void
on_bell(void *arg)
{
	struct world *w = arg;
	const bool over = rsp_relay_is_over(w->relay, &w->by, &w->errnum);

	if (w->looks)
		look(w);
	w->over = over;
}

static void
start(struct world *w)
{
	memset(w, 0, sizeof *w);
	w->looks = true;
	w->loop = loop_new();
	for (int i = 0; i < 2; i++) {
		int fd[2];

		assert_true(sys_socketpair(fd));
		w->out[i] = fd[0];
		w->in[i] = fd[1];
		buf_init(&w->seen[i], SEEN_MAX);
		buf_init(&w->came[i], SEEN_MAX);
	}
	w->relay = rsp_relay_open(w->loop, w->in, on_bell, w);
	assert_non_null(w->relay);
}

static void
end(struct world *w)
{
	rsp_relay_close(w->relay);
	for (int i = 0; i < 2; i++) {
		sys_close(w->out[i]);
		sys_close(w->in[i]);
		buf_fini(&w->seen[i]);
		buf_fini(&w->came[i]);
	}
	loop_free(w->loop);
}

/* What has arrived at the far end of that side. */
static void
receive(struct world *w, enum rsp_side side)
{
	char piece[65536];
	ssize_t n;

	while ((n = sys_read(w->out[side], piece, sizeof piece)) > 0)
		assert_int_equal(buf_add(&w->came[side], piece, (size_t)n), ERR_OK);
}

static void
turn(struct world *w)
{
	(void)loop_turn(w->loop, NS_PER_MS);
}

/* At most n of the bytes from p: what is taken. */
static size_t
say(struct world *w, enum rsp_side side, const char *p, size_t n)
{
	const ssize_t put = sys_write(w->out[side], p, n < 65536 ? n : 65536);

	assert_true(put > 0 || errno == EAGAIN);
	return put > 0 ? (size_t)put : 0;
}

static char *
noise(size_t n)
{
	char *p = mem_alloc(n);
	uint32_t x = 1;

	for (size_t i = 0; i < n; i++) {
		x = x * 1664525 + 1013904223;
		p[i] = (char)(x >> 24);
	}
	return p;
}

static void
test_both_ways(void **state)
{
	const size_t size = 5 << 20;
	char *p = noise(size);
	size_t at[2] = { 0, 0 };
	const uint64_t start_at = sys_mono();
	struct world w;

	(void)state;
	start(&w);
	while ((w.came[0].len < size || w.came[1].len < size || w.seen[0].len < size ||
	    w.seen[1].len < size) && sys_mono() - start_at < PATIENCE) {
		for (int i = 0; i < 2; i++) {
			if (at[i] < size)
				at[i] += say(&w, (enum rsp_side)i, p + at[i], size - at[i]);
			receive(&w, (enum rsp_side)i);
		}
		turn(&w);
	}
	for (int i = 0; i < 2; i++) {
		assert_int_equal(w.came[i].len, size);
		assert_memory_equal(w.came[i].data, p, size);
		assert_int_equal(w.seen[i].len, size);
		assert_memory_equal(w.seen[i].data, p, size);
	}
	end(&w);
	mem_free(p);
}

/* Nobody looks: the ring fills and the sender waits; when somebody does, all is there. */
static void
test_slow_looker(void **state)
{
	const size_t size = 2 * RSP_RELAY_RING;
	char *p = noise(size);
	size_t at = 0;
	uint64_t since = sys_mono();
	struct world w;

	(void)state;
	start(&w);
	w.looks = false;
	for (size_t before = 0; at < size && sys_mono() - since < 200 * NS_PER_MS;) {
		at += say(&w, RSP_CLIENT, p + at, size - at);
		receive(&w, RSP_SERVER);
		if (w.came[RSP_SERVER].len != before)
			since = sys_mono();
		before = w.came[RSP_SERVER].len;
		turn(&w);
	}
	assert_true(w.came[RSP_SERVER].len < RSP_RELAY_RING);
	assert_true(at < size);
	assert_false(rsp_relay_is_quiet(w.relay));
	w.looks = true;
	look(&w);
	since = sys_mono();
	while (w.seen[RSP_CLIENT].len < size && sys_mono() - since < PATIENCE) {
		if (at < size)
			at += say(&w, RSP_CLIENT, p + at, size - at);
		receive(&w, RSP_SERVER);
		turn(&w);
	}
	receive(&w, RSP_SERVER);
	assert_int_equal(w.came[RSP_SERVER].len, size);
	assert_memory_equal(w.came[RSP_SERVER].data, p, size);
	assert_memory_equal(w.seen[RSP_CLIENT].data, p, size);
	end(&w);
	mem_free(p);
}

/* The server says much and goes while the debugger does not read: it gets it all, then the end. */
static void
test_last_words(void **state)
{
	const size_t size = 1 << 20;
	char *p = noise(size);
	size_t at = 0;
	uint64_t since = sys_mono();
	struct world w;

	(void)state;
	start(&w);
	while (at < size && sys_mono() - since < PATIENCE) {
		at += say(&w, RSP_SERVER, p + at, size - at);
		if (w.came[RSP_CLIENT].len + 400000 < at)
			receive(&w, RSP_CLIENT);
		turn(&w);
	}
	sys_close(w.out[RSP_SERVER]);
	w.out[RSP_SERVER] = -1;
	for (int i = 0; i < 20; i++)
		turn(&w);
	since = sys_mono();
	while (!w.over && sys_mono() - since < PATIENCE) {
		receive(&w, RSP_CLIENT);
		turn(&w);
	}
	receive(&w, RSP_CLIENT);
	assert_true(w.over);
	assert_int_equal(w.by, RSP_SERVER);
	assert_int_equal(w.errnum, 0);
	assert_int_equal(w.came[RSP_CLIENT].len, size);
	assert_memory_equal(w.seen[RSP_SERVER].data, p, size);
	end(&w);
	mem_free(p);
}

static void
test_debugger_leaves(void **state)
{
	const uint64_t since = sys_mono();
	struct world w;

	(void)state;
	start(&w);
	assert_int_equal(say(&w, RSP_CLIENT, "$D#44", 5), 5);
	sys_close(w.out[RSP_CLIENT]);
	w.out[RSP_CLIENT] = -1;
	while (!w.over && sys_mono() - since < PATIENCE)
		turn(&w);
	assert_true(w.over);
	assert_int_equal(w.by, RSP_CLIENT);
	receive(&w, RSP_SERVER);
	assert_int_equal(w.came[RSP_SERVER].len, 5);
	assert_int_equal(w.seen[RSP_CLIENT].len, 5);
	end(&w);
}

/* What came is there to be looked at behind the end of the thread. */
static void
test_stopped(void **state)
{
	const uint64_t since = sys_mono();
	struct rsp_piece piece;
	struct world w;

	(void)state;
	start(&w);
	w.looks = false;
	assert_true(sys_mono() - since < PATIENCE);
	assert_int_equal(say(&w, RSP_SERVER, "$OK#9a", 6), 6);
	while (w.came[RSP_CLIENT].len < 6 && sys_mono() - since < PATIENCE) {
		receive(&w, RSP_CLIENT);
		turn(&w);
	}
	rsp_relay_stop(w.relay);
	assert_true(rsp_relay_next(w.relay, &piece));
	assert_int_equal(piece.n, 6);
	rsp_relay_seen(w.relay);
	assert_false(rsp_relay_next(w.relay, &piece));
	end(&w);
}

static void
test_quiet(void **state)
{
	const uint64_t since = sys_mono();
	struct world w;

	(void)state;
	start(&w);
	assert_int_equal(say(&w, RSP_CLIENT, "+", 1), 1);
	while (w.seen[RSP_CLIENT].len != 1 && sys_mono() - since < PATIENCE)
		turn(&w);
	while (!rsp_relay_is_quiet(w.relay) && sys_mono() - since < PATIENCE)
		turn(&w);
	assert_true(rsp_relay_is_quiet(w.relay));
	end(&w);
}

/* ---- the way to a server */

struct way {
	int fd;
	struct err_msg why;
};

static void
on_reached(void *arg, int fd)
{
	((struct way *)arg)->fd = fd;
}

static void
on_failed(void *arg, const struct err_msg *why)
{
	((struct way *)arg)->why = *why;
}

static const struct rsp_reach_ops way_ops = { .reached = on_reached, .failed = on_failed };

static struct rsp_reach *
reach(struct loop *l, const char *spec, struct way *way)
{
	const uint64_t since = sys_mono();
	struct rsp_reach *r;

	*way = (struct way){ .fd = -1 };
	r = rsp_reach_open(l, spec, &way_ops, way);
	while (way->fd < 0 && way->why.code == ERR_OK && sys_mono() - since < PATIENCE)
		(void)loop_turn(l, NS_PER_MS);
	return r;
}

/* What fd brings until there are n bytes, or it hung up (then the return is less). */
static size_t
gather(struct loop *l, int fd, char *out, size_t n)
{
	const uint64_t since = sys_mono();
	size_t have = 0;

	while (have < n && sys_mono() - since < PATIENCE) {
		const ssize_t got = sys_read(fd, out + have, n - have);

		if (got == 0 || (got < 0 && errno != EAGAIN))
			break;
		have += got > 0 ? (size_t)got : 0;
		(void)loop_turn(l, NS_PER_MS);
	}
	return have;
}

static void
test_reach_own(void **state)
{
	char path[] = "/tmp/vise-reach-XXXXXX", sock[64], spec[80], text[8];
	struct loop *l = loop_new();
	struct rsp_reach *r;
	struct err_msg why;
	struct way way;
	int door, peer;

	(void)state;
	assert_non_null(mkdtemp(path));
	snprintf(sock, sizeof sock, "%s/s", path);
	snprintf(spec, sizeof spec, "unix:%s", sock);
	assert_int_equal(sys_unix_listen_user(sock, &door, &why), ERR_OK);
	r = reach(l, spec, &way);
	assert_true(way.fd >= 0);
	peer = sys_accept(door);
	assert_true(peer >= 0);
	assert_int_equal(sys_write(way.fd, "$?#3f", 5), 5);
	assert_int_equal(gather(l, peer, text, 5), 5);
	assert_memory_equal(text, "$?#3f", 5);
	rsp_reach_why(r, 0, &why);
	assert_non_null(strstr(why.why, "closed the connection"));
	rsp_reach_close(r);
	assert_int_equal(gather(l, peer, text, 1), 0);
	sys_close(peer);
	sys_close(door);
	(void)unlink(sock);
	(void)rmdir(path);
	loop_free(l);
}

/* A program: its output, all of it, then its end. */
static void
test_reach_pair(void **state)
{
	struct loop *l = loop_new();
	struct rsp_reach *r;
	struct err_msg why;
	struct way way;
	char text[64];

	(void)state;
	r = reach(l, "exec:sh -c 'read x; echo got $x; exit 3'", &way);
	assert_true(way.fd >= 0);
	assert_int_equal(sys_write(way.fd, "it\n", 3), 3);
	assert_int_equal(gather(l, way.fd, text, 6), 6);
	assert_memory_equal(text, "got it", 6);
	assert_true(gather(l, way.fd, text, sizeof text) < sizeof text);
	rsp_reach_why(r, 0, &why);
	assert_non_null(strstr(why.why, "3"));
	rsp_reach_close(r);
	loop_free(l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_both_ways),
		cmocka_unit_test(test_slow_looker),
		cmocka_unit_test(test_last_words),
		cmocka_unit_test(test_debugger_leaves),
		cmocka_unit_test(test_stopped),
		cmocka_unit_test(test_quiet),
		cmocka_unit_test(test_reach_own),
		cmocka_unit_test(test_reach_pair),
	};

	process_ignore_signals();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
