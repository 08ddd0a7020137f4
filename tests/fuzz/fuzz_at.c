/*
 * fuzz_at.c - random boards against the AT engine, with an oracle.
 *
 * Input   byte 0 chooses the request; then bytes of the board, with 0xff N as acts: waits, loss, a
 *         new
 *         request, a cancel.
 * Oracle  the same input whole and byte by byte gives the same writes, results and URCs; each
 *         request is
 *         answered exactly once; results hold no CR, LF or NUL and keep to the limits; nothing is
 *         written
 *         unless a request was made; after a loss nothing is left.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "console/at.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct run {
	struct at at;
	struct buf trace;
	uint64_t now, offset;
	unsigned asked, answered;
	bool wrote_unasked, was_dead;
};

static void
must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "oracle: %s\n", what);
	abort();
}

static bool
on_write(void *arg, const void *p, size_t n)
{
	struct run *r = arg;

	r->wrote_unasked |= r->asked == 0;
	(void)buf_add_str(&r->trace, "W ");
	(void)buf_add(&r->trace, p, n);
	(void)buf_add_byte(&r->trace, '\n');
	return true;
}

static bool
is_text(const char *p, size_t n)
{
	return memchr(p, '\r', n) == NULL && memchr(p, '\n', n) == NULL && memchr(p, '\0',
	    n) == NULL;
}

static void
on_urc(void *arg, const char *line, size_t n, uint64_t offset)
{
	struct run *r = arg;

	must(is_text(line, n), "a URC holds line ends");
	must(offset <= r->offset, "a URC lies ahead of the stream");
	(void)buf_add_fmt(&r->trace, "U %llu ", (unsigned long long)offset);
	(void)buf_add(&r->trace, line, n);
	(void)buf_add_byte(&r->trace, '\n');
}

static void
on_done(void *arg, const struct at_result *res)
{
	struct run *r = arg;

	r->answered++;
	must(r->answered <= r->asked, "a request is answered twice");
	must((unsigned)res->code < AT_CODE_COUNT, "the code is none of ours");
	must(is_text(res->final, strlen(res->final)), "the final line holds line ends");
	must(res->line_count <= LIMIT_AT_LINES, "too many lines");
	must(res->from <= res->to, "the range is turned round");
	(void)buf_add_fmt(&r->trace, "R %s %d %s %zu\n", at_code_word(res->code), res->number,
	    res->final,
	    res->line_count);
	for (size_t i = 0; i < res->line_count; i++) {
		if ((res->lines[i].flags & AT_LINE_RAW) != 0) {
			must(res->lines[i].n <= AT_RAW_KEEP + 1, "a payload is too long");
			continue;
		}
		must(is_text(res->lines[i].text, res->lines[i].n), "a line holds line ends");
		must(res->lines[i].n <= LIMIT_AT_LINE + 1, "a line is too long");
		(void)buf_add_fmt(&r->trace, "L %llu %s\n",
		    (unsigned long long)res->lines[i].offset,
		    res->lines[i].text);
	}
}

static const struct at_io io = { .write = on_write, .urc = on_urc };
static const struct at_config config = { .eol = "\r", .timeout = 5 * NS_PER_S };

static void
ask(struct run *r, uint8_t kind)
{
	static const char *const commands[] = { "AT", "AT+CSQ", "AT+CREG?", "ATI", "ATD1",
	    "AT+CIPSEND=4",
		"ATQ1V0", "AT+QIRD=0,9" };
	struct at_request q = { .command = commands[kind & 7], .done = on_done, .arg = r, .owner =
	    r };

	if (at_busy(&r->at))
		return;
	if ((kind & 8) != 0)
		q.expect = "ready";
	if ((kind & 16) != 0) {
		q.payload = "x\rOK";
		q.payload_n = 4;
		q.payload_raw = (kind & 32) != 0;
	}
	if ((kind & 64) != 0)
		q.prefix = "STATUS:";
	r->asked++;
	must(at_send(&r->at, &q, NULL) == ERR_OK, "a good request is refused");
	at_tick(&r->at, r->now);
	at_sent(&r->at, r->now);
}

static void
pass(struct run *r, uint64_t ns)
{
	const uint64_t end = r->now + ns;

	for (int i = 0; at_deadline(&r->at) <= end; i++) {
		must(i < 1000, "the deadline does not move");
		if (at_deadline(&r->at) > r->now)
			r->now = at_deadline(&r->at);
		at_tick(&r->at, r->now);
		at_sent(&r->at, r->now);
	}
	r->now = end;
}

static void
act(struct run *r, uint8_t what, uint8_t kind)
{
	switch (what % 6) {
	case 0:
		pass(r, 20 * NS_PER_MS);
		break;
	case 1:
		pass(r, 200 * NS_PER_MS);
		break;
	case 2:
		pass(r, 6 * NS_PER_S);
		break;
	case 3:
		at_lost(&r->at, "lost", r->now);
		must(!at_busy(&r->at) && r->answered == r->asked, "a loss leaves something");
		break;
	case 4:
		ask(r, (uint8_t)(kind + what / 6));
		break;
	default:
		at_cancel(&r->at, r, r->now);
		break;
	}
	r->was_dead |= r->at.dead;
}

static void
feed(struct run *r, const uint8_t *p, size_t n, size_t step)
{
	for (size_t at = 0; at < n; at += step) {
		const size_t k = n - at < step ? n - at : step;
		const uint64_t start = r->offset;

		r->offset += k;
		at_feed(&r->at, p + at, k, start, r->now);
		at_sent(&r->at, r->now);
	}
}

static void
run(struct run *r, const uint8_t *data, size_t size, size_t step)
{
	const uint8_t kind = data[0];

	memset(r, 0, sizeof *r);
	buf_init(&r->trace, 64 << 20);
	r->now = NS_PER_S;
	at_init(&r->at, &config, &io, r);
	if ((kind & 128) == 0)
		ask(r, kind);
	for (size_t i = 1; i < size;) {
		const uint8_t *stop = memchr(data + i, 0xff, size - i);
		const size_t n = stop != NULL ? (size_t)(stop - data) - i : size - i;

		if (n != 0)
			feed(r, data + i, n, step);
		i += n;
		if (stop == NULL || i + 1 >= size)
			break;
		act(r, data[i + 1], kind);
		i += 2;
	}
	must(!r->wrote_unasked, "bytes were written that nobody asked for");
	pass(r, 400 * NS_PER_S);
	must(!at_busy(&r->at), "the engine never comes to rest");
	must(r->answered == r->asked, "a request was never answered");
	at_fini(&r->at);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct run whole, bytes;

	if (size < 2 || size > 1 << 16)
		return 0;
	run(&whole, data, size, size);
	run(&bytes, data, size, 1);
	/* After "no modem" a request waits for markers and may start amid a piece: only there they
	 * differ. */
	if (!whole.was_dead && !bytes.was_dead)
		must(whole.trace.len == bytes.trace.len &&
		    memcmp(buf_str(&whole.trace), buf_str(&bytes.trace), whole.trace.len) == 0,
		    "whole and byte by byte differ");
	buf_fini(&whole.trace);
	buf_fini(&bytes.trace);
	return 0;
}
