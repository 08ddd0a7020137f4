/*
 * fuzz_rsp.c - random bytes of both sides against the reader, the words and the audit of RSP.
 *
 * Input   byte 0: the length of the pieces; then bytes, the top bit of each piece's first byte says who.
 * Oracle  the units do not depend on the pieces; what a unit says expands within its bound or is an error;
 *         words have no control byte; a body that is framed is read as the same body again.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rsp/audit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct run {
	struct rsp_audit audit;
	struct rsp_reader reader;
	struct buf units;
	enum rsp_side by;
	uint64_t now;
};

static void
must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "oracle: %s\n", what);
	abort();
}

static void
found(void *arg, uint64_t now, enum rsp_side by, enum rsp_finding f, const char *detail)
{
	(void)arg;
	(void)by;
	must(now != 0 && f < RSP_FINDING_COUNT && detail != NULL, "a finding is none");
}

static const struct rsp_audit_ops ops = { .found = found };

static void
words_are_clean(const char *words)
{
	must(strlen(words) < RSP_WORDS_MAX, "words are too long");
	for (; *words != '\0'; words++)
		must((unsigned char)*words >= ' ' && *words != 0x7f, "a control byte in the words");
}

static void
on_unit(void *arg, const struct rsp_unit *u)
{
	struct run *r = arg;
	char words[RSP_WORDS_MAX];
	struct buf body;

	(void)buf_add_fmt(&r->units, "%d@%llu:%zu:%02x%02x%d%d ", u->kind, (unsigned long long)u->at, u->n,
	    u->sum, u->said, u->no_dollar, u->cut);
	buf_init(&body, RSP_BODY_MAX);
	if (rsp_expand(u->body, u->n, &body) == ERR_OK) {
		const struct slice s = slice_make(buf_str(&body), body.len);

		rsp_request_words(s, words);
		words_are_clean(words);
		rsp_reply_words(rsp_audit_request(&r->audit), s, words);
		words_are_clean(words);
	}
	must(body.len <= RSP_BODY_MAX, "a body grew beyond its bound");
	buf_fini(&body);
	rsp_audit_unit(&r->audit, r->by, u, r->now);
}

static void
play(struct run *r, const uint8_t *data, size_t size, size_t piece)
{
	memset(r, 0, sizeof *r);
	r->now = 1;
	rsp_audit_init(&r->audit, &ops, r);
	rsp_reader_init(&r->reader);
	buf_init(&r->units, 1 << 24);
	for (size_t i = 0; i < size; i += piece) {
		r->by = data[i] >= 0x80 ? RSP_SERVER : RSP_CLIENT;
		r->now += data[i] * NS_PER_MS;
		rsp_audit_tick(&r->audit, r->now);
		rsp_reader_feed(&r->reader, data + i, size - i < piece ? size - i : piece, on_unit, r);
	}
	rsp_reader_flush(&r->reader, on_unit, r);
}

static void
fini(struct run *r)
{
	rsp_reader_fini(&r->reader);
	buf_fini(&r->units);
}

static void
same_body(void *arg, const struct rsp_unit *u)
{
	struct buf *back = arg;

	must(rsp_is_sound(u) && rsp_expand(u->body, u->n, back) == ERR_OK, "what was framed is not sound");
}

static void
round_trip(const uint8_t *data, size_t size)
{
	struct rsp_reader r;
	struct buf frame, back;

	rsp_reader_init(&r);
	buf_init(&frame, 1 << 20);
	buf_init(&back, 1 << 20);
	must(rsp_frame((const char *)data, size, &frame) == ERR_OK, "framing");
	rsp_reader_feed(&r, frame.data, frame.len, same_body, &back);
	must(back.len == size && (size == 0 || memcmp(back.data, data, size) == 0), "not the same again");
	rsp_reader_fini(&r);
	buf_fini(&frame);
	buf_fini(&back);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct run whole, pieces;

	if (size == 0 || size > 1 << 16)
		return 0;
	play(&whole, data + 1, size - 1, 1 << 16);
	play(&pieces, data + 1, size - 1, data[0] % 16 + 1u);
	must(strcmp(buf_str(&whole.units), buf_str(&pieces.units)) == 0, "units depend on the pieces");
	fini(&whole);
	fini(&pieces);
	round_trip(data, size);
	return 0;
}
