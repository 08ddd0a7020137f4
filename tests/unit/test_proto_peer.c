/* test_proto_peer.c - two peers over a socketpair: calls both ways, limits, gaps, closing anywhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "proto/dial.h"
#include "proto/frame.h"
#include "proto/peer.h"
#include "sys/io.h"
#include "sys/path.h"
#include "sys/process.h"
#include "sys/sock.h"
#include "sys/time.h"

enum when { NEVER, ON_HELLO, ON_REQUEST, ON_EVENT, ON_BYTES, ON_ANSWER, ON_CLOSED, ON_DRAINED };

struct side {
	struct loop *l;
	struct peer *p;
	unsigned hellos, requests, events, answers, closes, drains, inputs;
	int64_t gaps, last_event;
	uint64_t bytes, later;
	enum when close_at;
	bool hold;                      /* keep the request, answer later */
	struct err_msg why;
	json_t *result;
};

static struct side a, b;
static struct loop *l;

static void
at(struct side *s, enum when w)
{
	if (s->close_at == w) {
		peer_close(s->p);
		s->p = NULL;
	}
}

static void
on_hello(struct peer *p, const json_t *o, void *arg)
{
	struct side *s = arg;

	s->hellos++;
	assert_string_equal(peer_role(p), s == &b ? "bench" : "viewer");
	assert_int_equal(json_get_int(o, "pid", 0), getpid());
	at(s, ON_HELLO);
}

static void
on_request(struct peer *p, uint64_t id, const char *method, const json_t *params, void *arg)
{
	struct side *s = arg;
	struct err_msg why;

	s->requests++;
	if (s->close_at == ON_REQUEST) {
		at(s, ON_REQUEST);
	} else if (s->hold) {
		s->later = id;
	} else if (strcmp(method, "echo") == 0) {
		peer_answer(p, id, json_deep_copy(params));
	} else {
		(void)err_set(&why, ERR_BUSY, method, "wait", "refused");
		peer_fail(p, id, &why);
	}
}

static void
on_event(struct peer *p, const char *type, const json_t *body, void *arg)
{
	struct side *s = arg;
	const int64_t n = json_get_int(body, "n", 0);

	(void)p;
	assert_string_equal(type, "tick");
	assert_true(n > s->last_event);
	s->last_event = n;
	s->events++;
	at(s, ON_EVENT);
}

static void
on_bytes(struct peer *p, uint32_t stream, uint64_t offset, uint64_t t, const char *data, size_t n, void *arg)
{
	struct side *s = arg;

	(void)p;
	(void)data;
	assert_true(stream == 3 && t == 9);
	assert_int_equal(offset, s->bytes);
	s->bytes += n;
	at(s, ON_BYTES);
}

static void
on_input(struct peer *p, uint32_t stream, const char *data, size_t n, void *arg)
{
	struct side *s = arg;

	(void)p;
	assert_int_equal(stream, 4);
	assert_memory_equal(data, "\x03", n);
	s->inputs++;
}

static void
on_gap(struct peer *p, const json_t *body, void *arg)
{
	struct side *s = arg;

	(void)p;
	s->gaps += json_get_int(body, "events", 0) + json_get_int(body, "bytes", 0);
}

static void
on_drained(struct peer *p, void *arg)
{
	struct side *s = arg;

	(void)p;
	s->drains++;
	at(s, ON_DRAINED);
}

static void
on_closed(struct peer *p, const struct err_msg *why, void *arg)
{
	struct side *s = arg;

	(void)p;
	s->closes++;
	s->why = *why;
	at(s, ON_CLOSED);
}

static const struct peer_ops ops = { .hello = on_hello, .request = on_request, .event = on_event,
	.bytes = on_bytes, .input = on_input, .gap = on_gap, .drained = on_drained, .closed = on_closed };

static void
on_answer(void *arg, const json_t *result, const struct err_msg *err)
{
	struct side *s = arg;

	s->answers++;
	json_decref(s->result);
	s->result = result != NULL ? json_deep_copy(result) : NULL;
	s->why = err != NULL ? *err : (struct err_msg){ .code = ERR_OK };
	at(s, ON_ANSWER);
}

#define UNTIL(cond) do { \
	const uint64_t end = sys_mono() + 20 * NS_PER_S; \
	while (!(cond) && sys_mono() < end) \
		(void)loop_turn(l, 20 * NS_PER_MS); \
	assert_true(cond); \
} while (0)

static void
settle(void)
{
	for (int i = 0; i < 20; i++)
		(void)loop_turn(l, NS_PER_MS);
}

static int
fresh(void **state)
{
	int fd[2];

	(void)state;
	l = loop_new();
	memset(&a, 0, sizeof a);
	memset(&b, 0, sizeof b);
	if (l == NULL || !sys_socketpair(fd))
		return -1;
	a.p = peer_open(l, fd[0], "bench", "one", &ops, &a);
	b.p = peer_open(l, fd[1], "viewer", "two", &ops, &b);
	return 0;
}

static int
clear(void **state)
{
	(void)state;
	peer_close(a.p);
	peer_close(b.p);
	json_decref(a.result);
	json_decref(b.result);
	loop_free(l);
	return 0;
}

static void
both_ways(void **state)
{
	(void)state;
	peer_call(a.p, "echo", json_pack("{s:i}", "x", 5), 0, on_answer, &a);
	peer_call(b.p, "other", NULL, 5 * NS_PER_S, on_answer, &b);
	assert_int_equal(a.answers + a.hellos, 0);      /* nothing runs inside the calls */
	UNTIL(a.answers == 1 && b.answers == 1);
	assert_int_equal(json_get_int(a.result, "x", 0), 5);
	assert_int_equal(b.why.code, ERR_BUSY);
	assert_string_equal(b.why.why, "refused");
	assert_string_equal(b.why.next, "wait");
	assert_true(a.hellos == 1 && b.hellos == 1);
	assert_string_equal(peer_name(b.p), "one");
	peer_input(a.p, 4, "\x03", 1);
	UNTIL(b.inputs == 1);
}

static void
out_of_order(void **state)
{
	uint64_t first;

	(void)state;
	b.hold = true;
	peer_call(a.p, "first", NULL, 0, on_answer, &a);
	UNTIL(b.requests == 1);
	first = b.later;
	peer_call(a.p, "second", NULL, 0, on_answer, &a);
	UNTIL(b.requests == 2);
	peer_answer(b.p, b.later, json_string("2"));
	UNTIL(a.answers == 1);
	assert_string_equal(json_string_value(a.result), "2");
	peer_answer(b.p, first, json_string("1"));
	peer_answer(b.p, first, json_string("again"));  /* nobody waits for it any more */
	peer_answer(b.p, 12345, NULL);
	UNTIL(a.answers == 2);
	settle();
	assert_int_equal(a.answers, 2);
	assert_string_equal(json_string_value(a.result), "1");
}

static void
timeout(void **state)
{
	(void)state;
	b.hold = true;
	peer_call(a.p, "slow", NULL, 20 * NS_PER_MS, on_answer, &a);
	UNTIL(a.answers == 1);
	assert_int_equal(a.why.code, ERR_TIMEOUT);
	peer_answer(b.p, b.later, NULL);
	settle();
	assert_int_equal(a.answers, 1);
}

static void
cancelled(void **state)
{
	(void)state;
	b.hold = true;
	peer_call(a.p, "x", NULL, NS_PER_S, on_answer, &a);
	peer_call(a.p, "y", NULL, 0, on_answer, &a);
	UNTIL(b.requests == 2);
	a.close_at = ON_ANSWER;         /* the answer of the cancel closes once more */
	peer_close(a.p);
	assert_int_equal(a.answers, 2);
	assert_int_equal(a.why.code, ERR_CANCELLED);
	UNTIL(b.closes == 1);
	assert_int_equal(b.why.code, ERR_EOF);
	settle();
	assert_int_equal(b.closes, 1);
	peer_call(b.p, "late", NULL, 0, on_answer, &b);
	peer_close(b.p);
	b.p = NULL;
	assert_int_equal(b.answers, 1);
}

/* Who does not read gets no more than the limit; then one gap says what he missed. */
static void
events_dropped(void **state)
{
	enum { N = 60000 };
	json_t *body = json_object();
	struct side raw = { .l = l };
	int fd[2];

	(void)state;
	assert_true(sys_socketpair(fd));
	raw.p = peer_open(l, fd[0], "bench", "raw", &ops, &raw);
	for (int i = 1; i <= N; i++) {
		json_put_int(body, "n", i);
		json_put_int(body, "t", i);
		peer_event(raw.p, "tick", body);
		if (i % 100 == 0)
			(void)loop_turn(l, 0);
		assert_true(peer_queued(raw.p) <= LIMIT_CLIENT_QUEUE + (64 << 10) + 1000);
	}
	json_decref(body);
	peer_close(b.p);
	b.p = peer_open(l, fd[1], "viewer", "slow", &ops, &b);
	UNTIL(b.gaps != 0);
	assert_true(b.events > 100 && b.events < N);
	assert_int_equal(b.events + b.gaps, N);
	peer_close(raw.p);
}

static void
bytes_pulled(void **state)
{
	static char piece[30000];
	json_t *body = json_pack("{s:i,s:i}", "n", 1, "t", 1);
	uint64_t sent = 0;

	(void)state;
	UNTIL(a.hellos == 1 && b.hellos == 1);
	while (peer_bytes(a.p, 3, sent, 9, piece, sizeof piece))
		sent += sizeof piece;
	assert_in_range(peer_queued(a.p), LIMIT_CLIENT_QUEUE, LIMIT_CLIENT_QUEUE + sizeof piece + 100);
	assert_int_equal(a.drains, 0);
	peer_event(a.p, "tick", body);  /* bytes that fill the queue cost no news */
	json_decref(body);
	UNTIL(a.drains == 1);
	UNTIL(b.bytes == sent);
	UNTIL(b.events == 1);
	assert_int_equal(b.gaps, 0);
	assert_true(peer_bytes(a.p, 3, sent, 9, piece, 1));
	peer_gap(a.p, 3, 77);
	UNTIL(b.gaps == 77);
	assert_int_equal(b.bytes, sent + 1);
	assert_int_equal(a.drains, 1);
}

/* Questions wait while their answers are not read. */
static void
answers_wait(void **state)
{
	enum { N = 400 };
	json_t *big = json_object();
	static char text[10000];
	size_t turns = 0;

	(void)state;
	memset(text, 'x', sizeof text - 1);
	json_put_str(big, "x", text);
	for (int i = 0; i < N; i++)
		peer_call(a.p, "echo", json_incref(big), 0, on_answer, &a);
	while (a.answers < N && turns++ < 100000) {
		(void)loop_turn(l, NS_PER_MS);
		assert_true(peer_queued(b.p) < LIMIT_CLIENT_QUEUE + (64 << 10) + 20000);
	}
	assert_int_equal(a.answers, N);
	json_decref(big);
}

static void
raw_bytes(const char *p, size_t n, struct side *s)
{
	int fd[2];

	memset(s, 0, sizeof *s);
	assert_true(sys_socketpair(fd));
	s->p = peer_open(l, fd[0], "bench", "raw", &ops, s);
	assert_true(sys_write_all(fd[1], p, n));
	UNTIL(s->closes == 1);
	settle();
	assert_int_equal(s->closes, 1);
	peer_close(s->p);
	sys_close(fd[1]);
}

static void
raw_frames(const char *types, const char *const *bodies, struct side *s)
{
	struct buf out;

	buf_init(&out, 1 << 20);
	for (size_t i = 0; types[i] != '\0'; i++)
		assert_int_equal(frame_put(&out, types[i], bodies[i], strlen(bodies[i])), ERR_OK);
	raw_bytes(out.data, out.len, s);
	buf_fini(&out);
}

static void
hostile(void **state)
{
	const char *const old[] = { "{\"vise\":\"9.8.7\",\"proto\":44}" }, *const none[] = { "{\"type\":\"tick\"}" },
		*const bad[] = { "[1]" }, *const junk[] = { "{" }, *const cut[] = { "abc" };
	struct side s;

	(void)state;
	raw_bytes("\0\0\0\0H", 5, &s);
	assert_int_equal(s.why.code, ERR_PROTO);
	raw_bytes("GET / HTTP/1.1\r\n\r\n", 18, &s);
	assert_int_equal(s.why.code, ERR_PROTO);
	raw_frames("H", old, &s);
	assert_int_equal(s.why.code, ERR_PROTO);
	assert_non_null(strstr(s.why.why, "9.8.7"));
	assert_non_null(strstr(s.why.why, "44"));
	assert_non_null(strstr(s.why.why, VISE_VERSION));
	raw_frames("E", none, &s);
	assert_string_equal(s.why.why, "no hello");
	assert_int_equal(s.events, 0);
	raw_frames("H", bad, &s);
	assert_int_equal(s.why.code, ERR_PROTO);
	raw_frames("H", junk, &s);
	assert_int_equal(s.why.code, ERR_PROTO);
	raw_frames("B", cut, &s);
	assert_int_equal(s.why.code, ERR_PROTO);
}

static void
close_inside(void **state)
{
	static char piece[30000];
	json_t *body = json_pack("{s:i}", "n", 1);

	for (enum when w = ON_HELLO; w <= ON_DRAINED; w++) {
		b.close_at = w;
		peer_call(a.p, "echo", NULL, 0, on_answer, &a);
		peer_call(b.p, "echo", NULL, 0, on_answer, &b);
		peer_event(a.p, "tick", body);
		(void)peer_bytes(a.p, 3, 0, 9, "x", 1);
		for (uint64_t sent = 0; w == ON_DRAINED && peer_bytes(b.p, 3, sent, 9, piece, sizeof piece);)
			sent += sizeof piece;
		for (int i = 0; i < 200 && b.p != NULL && w != ON_CLOSED; i++)
			(void)loop_turn(l, NS_PER_MS);
		if (w == ON_CLOSED) {
			settle();
			peer_close(a.p);
			a.p = NULL;
		}
		UNTIL(b.p == NULL);
		if (w != ON_CLOSED)
			UNTIL(a.closes == 1);
		assert_int_equal(b.answers, 1);         /* answered or cancelled, once */
		(void)clear(state);
		assert_int_equal(fresh(state), 0);
	}
	json_decref(body);
}

/* EOF while something is queued: `closed` runs once, whether or not the owner closes at once. */
static void
closed_once(void **state)
{
	json_t *body = json_pack("{s:i}", "n", 1);

	(void)state;
	UNTIL(a.hellos == 1 && b.hellos == 1);
	for (int i = 0; i < 50; i++)
		peer_event(a.p, "tick", body);
	peer_close(b.p);
	b.p = NULL;
	settle();
	peer_event(a.p, "tick", body);
	settle();
	assert_int_equal(a.closes, 1);
	assert_false(peer_bytes(a.p, 3, 0, 9, "x", 1));
	json_decref(body);
}

static void
flushed(void **state)
{
	json_t *body = json_pack("{s:i}", "n", 1);

	(void)state;
	peer_event(a.p, "tick", body);
	peer_flush_close(a.p, 1000);
	a.p = NULL;
	peer_flush_close(NULL, 5);
	UNTIL(b.closes == 1);
	assert_int_equal(b.events, 1);
	json_decref(body);
}

/* A bench that was killed leaves its socket: dial_list clears it away and tells the living. */
static void
benches(void **state)
{
	char dir[] = "/tmp/vise-test-XXXXXX", *run, *live, *dead, *info;
	int door, other, fd;
	struct err_msg why;
	json_t *list;

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(setenv("XDG_RUNTIME_DIR", dir, 1), 0);
	run = path_runtime();
	assert_int_equal(path_make_private(run, &why), ERR_OK);
	assert_int_equal(dial_bench(NULL, &fd, &why), ERR_NOENT);
	live = dial_socket("live");
	dead = dial_socket("dead");
	info = path_join(run, "live.json");
	assert_int_equal(sys_unix_listen(dead, &other, &why), ERR_OK);
	sys_close(other);
	assert_int_equal(sys_unix_listen(live, &door, &why), ERR_OK);
	assert_int_equal(sys_file_replace(info, "{\"name\":\"live\"}", 15, &why), ERR_OK);
	assert_int_equal(dial_bench("dead", &fd, &why), ERR_NOENT);
	list = dial_list();
	assert_int_equal(json_array_size(list), 1);
	assert_string_equal(json_get_str(json_array_get(list, 0), "socket", ""), live);
	json_decref(list);
	assert_false(path_exists(dead));
	assert_int_equal(dial_bench(NULL, &fd, &why), ERR_OK);
	sys_close(fd);
	assert_int_equal(dial_start("../x", -1, NULL, (char[64]){ 0 }, 64, &why), ERR_USAGE);
	sys_close(door);
	assert_int_equal(unlink(live) + unlink(info) + rmdir(run) + rmdir(dir), 0);
	mem_free(live);
	mem_free(dead);
	mem_free(info);
	mem_free(run);
}

#define T(f) cmocka_unit_test_setup_teardown(f, fresh, clear)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(both_ways), T(out_of_order), T(timeout), T(cancelled), T(events_dropped), T(bytes_pulled),
		T(answers_wait), T(hostile), T(close_inside), T(closed_once), T(flushed), cmocka_unit_test(benches),
	};

	process_ignore_signals();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
