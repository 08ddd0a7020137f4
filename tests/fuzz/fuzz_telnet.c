/*
 * fuzz_telnet.c - random servers against the telnet codec.
 *
 * Input   bytes of the server; byte 0 chooses which options we want.
 * Oracle  whole, and cut into pieces, the same data, the same subnegotiations and the same answers
 *         come out; data never grows; no more than three bytes of answer for three of command;
 *         data encoded is the data again after a decoder.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "transport/telnet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct run { struct telnet t; struct buf data, said; uint8_t options; };

static void
must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "oracle: %s\n", what);
	abort();
}

static bool
want(void *arg, bool ours, unsigned char option)
{
	return (((struct run *)arg)->options >> (option % 4 + (ours ? 4 : 0)) & 1) != 0;
}

static void
changed(void *arg, bool ours, unsigned char option, bool on)
{
	(void)arg;
	(void)ours;
	(void)option;
	(void)on;
}

static void
sub(void *arg, unsigned char option, const unsigned char *p, size_t n)
{
	struct run *r = arg;

	must(n < TELNET_SUB_MAX, "a subnegotiation is too long");
	(void)buf_add_fmt(&r->said, "[%u:", option);
	(void)buf_add(&r->said, p, n);
	(void)buf_add_byte(&r->said, ']');
}

static void
send(void *arg, const unsigned char *p, size_t n)
{
	(void)buf_add(&((struct run *)arg)->said, p, n);
}

static const struct telnet_ops ops = { .want = want, .changed = changed, .sub = sub, .send = send };

static void
play(struct run *r, const uint8_t *data, size_t size, size_t piece)
{
	memset(r, 0, sizeof *r);
	r->options = size != 0 ? data[0] : 0;
	buf_init(&r->data, 1 << 22);
	buf_init(&r->said, 1 << 22);
	for (size_t i = 0; i < size; i += piece) {
		unsigned char copy[4096];
		const size_t n = size - i < piece ? size - i : piece;
		size_t kept;

		memcpy(copy, data + i, n);
		kept = telnet_decode(&r->t, &ops, r, copy, n);
		must(kept <= n, "data grew");
		(void)buf_add(&r->data, (char *)copy, kept);
	}
}

static void
fini(struct run *r)
{
	buf_fini(&r->data);
	buf_fini(&r->said);
}

static void
round_trip(const uint8_t *data, size_t size)
{
	struct telnet ours, theirs;
	struct run sink = { .options = 0 };
	struct buf out;
	size_t n;

	memset(&ours, 0, sizeof ours);
	memset(&theirs, 0, sizeof theirs);
	ours.us_on[TELNET_BINARY] = theirs.them_on[TELNET_BINARY] = true;
	buf_init(&out, 1 << 22);
	buf_init(&sink.said, 1 << 16);
	must(telnet_encode(&ours, data, size, &out) == ERR_OK, "encode");
	n = telnet_decode(&theirs, &ops, &sink, (unsigned char *)out.data, out.len);
	must(n == size && (size == 0 || memcmp(out.data, data, size) == 0), "not the same again");
	must(sink.said.len == 0, "data was taken for a command");
	buf_fini(&out);
	buf_fini(&sink.said);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct run whole, bytes, sevens;

	if (size > 1 << 16)
		return 0;
	play(&whole, data, size, 4096);
	play(&bytes, data, size, 1);
	play(&sevens, data, size, 7);
	must(whole.data.len == bytes.data.len && whole.data.len == sevens.data.len &&
	    memcmp(buf_str(&whole.data), buf_str(&bytes.data), whole.data.len) == 0 &&
	    memcmp(buf_str(&whole.data), buf_str(&sevens.data), whole.data.len) == 0,
	    "data depends on the pieces");
	must(whole.said.len == bytes.said.len &&
	    memcmp(buf_str(&whole.said), buf_str(&bytes.said), whole.said.len) == 0,
	    "answers depend on the pieces");
	must(whole.said.len <= size * 3 + 16, "it talks too much");
	fini(&whole);
	fini(&bytes);
	fini(&sevens);
	round_trip(data, size);
	return 0;
}
