/*
 * fuzz_proto.c - arbitrary bytes against a peer, over a real socketpair.
 *
 * Input   byte 0: bit 0 puts our own hello first, bit 1 closes inside the second callback, the rest is the size of the
 *         pieces the bytes are written in; then the bytes of the other side.
 * Oracle  no crash; frames lie inside the buffer; each call is answered once; `closed` runs at most once and
 *         nothing runs after it; the queue keeps to its limit.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "loop/loop.h"
#include "proto/frame.h"
#include "proto/peer.h"
#include "sys/io.h"
#include "sys/process.h"
#include "sys/sock.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct run { struct peer *p; unsigned callbacks, answers, closes; bool close_early; };

static void
must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "oracle: %s\n", what);
	abort();
}

static void
seen(struct run *r)
{
	must(r->closes == 0, "a callback after the end");
	must(r->p != NULL, "a callback after peer_close");
	must(peer_queued(r->p) < LIMIT_CLIENT_QUEUE + LIMIT_FRAME, "the queue passes its limit");
	if (++r->callbacks == 2 && r->close_early) {
		peer_close(r->p);
		r->p = NULL;
	}
}

static void
on_json(struct peer *p, const json_t *o, void *arg)
{
	(void)p;
	must(json_is_object(o), "no object");
	seen(arg);
}

static void
on_request(struct peer *p, uint64_t id, const char *method, const json_t *params, void *arg)
{
	must(method != NULL, "no method");
	peer_answer(p, id, json_deep_copy(params));
	seen(arg);
}

static void
on_event(struct peer *p, const char *type, const json_t *body, void *arg)
{
	must(type != NULL, "no type");
	on_json(p, body, arg);
}

/* Reads every byte it was given, so that a sanitizer sees one too many. */
static void
on_bytes(struct peer *p, uint32_t stream, uint64_t offset, uint64_t t, const char *data, size_t n, void *arg)
{
	unsigned sum = (unsigned)(stream ^ offset ^ t);

	(void)p;
	must(n <= LIMIT_FRAME, "more bytes than a frame holds");
	for (size_t i = 0; i < n; i++)
		sum += (unsigned char)data[i];
	if (sum == 0x12345678)
		(void)fputc('.', stderr);
	seen(arg);
}

static void
on_input(struct peer *p, uint32_t stream, const char *data, size_t n, void *arg)
{
	on_bytes(p, stream, 0, 0, data, n, arg);
}

static void
on_closed(struct peer *p, const struct err_msg *why, void *arg)
{
	struct run *r = arg;

	(void)p;
	must(why->code == ERR_EOF || why->code == ERR_PROTO || why->code == ERR_IO || why->code == ERR_LIMIT,
	    "an end without a reason");
	must(++r->closes == 1, "closed twice");
}

static void
on_answer(void *arg, const json_t *result, const struct err_msg *err)
{
	(void)result;
	(void)err;
	must(++((struct run *)arg)->answers == 1, "answered twice");
}

static const struct peer_ops ops = { .hello = on_json, .request = on_request, .event = on_event, .bytes = on_bytes,
	.input = on_input, .gap = on_json, .closed = on_closed };

static void
frames(const uint8_t *data, size_t size)
{
	struct frame f;
	struct buf in;
	size_t at = 0;

	buf_init(&in, 1 << 20);
	if (buf_add(&in, data, size) == ERR_OK)
		while (frame_next(&in, &at, &f, NULL) == ERR_OK)
			must(f.p >= in.data && f.p + f.n <= in.data + in.len && at <= in.len, "a frame lies outside");
	buf_fini(&in);
}

/* What the peer answers is read and thrown away. */
static void
drink(int fd)
{
	char piece[65536];

	while (sys_read(fd, piece, sizeof piece) > 0)
		;
}

static void
feed(struct loop *l, int fd, const uint8_t *data, size_t size, size_t piece)
{
	while (size != 0) {
		const ssize_t put = sys_write(fd, data, size < piece ? size : piece);

		(void)loop_turn(l, 0);
		drink(fd);
		if (put < 0)
			break;          /* the other end is closed */
		data += put;
		size -= (size_t)put;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char hello[] = "{\"vise\":\"0.1.0\",\"proto\":1,\"role\":\"cli\",\"name\":\"x\"}";
	struct run r = { .p = NULL };
	struct loop *l;
	struct buf first;
	int fd[2];

	if (size < 1 || size > 60000 || !sys_socketpair(fd))
		return 0;
	process_ignore_signals();
	frames(data + 1, size - 1);
	l = loop_new();
	r.close_early = (data[0] & 2) != 0;
	r.p = peer_open(l, fd[0], "bench", "fuzz", &ops, &r);
	peer_call(r.p, "ask", NULL, 0, on_answer, &r);
	buf_init(&first, 1000);
	if ((data[0] & 1) != 0 && frame_put(&first, 'H', hello, sizeof hello - 1) == ERR_OK)
		feed(l, fd[1], (const uint8_t *)first.data, first.len, first.len);
	buf_fini(&first);
	feed(l, fd[1], data + 1, size - 1, (size_t)(data[0] >> 2) * 16 + 1);
	sys_close(fd[1]);
	for (int i = 0; i < 8; i++)
		(void)loop_turn(l, 0);
	must(r.closes == 1 || r.p == NULL, "the end was not told");
	peer_close(r.p);
	r.p = NULL;
	must(r.answers == 1, "a call was not answered");
	loop_free(l);
	return 0;
}
