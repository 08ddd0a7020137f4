/* speed.c - timed reads and writes of memory. */
#include "rsp/speed.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "rsp/target.h"
#include "sys/time.h"

enum { FRAME = 4, WRITE_HEAD = 32, TRIED = 4 };

uint64_t
rsp_speed_block_max(const struct rsp_client *c, bool write)
{
	const uint64_t size = rsp_client_packet_size(c);

	return (size - (write ? WRITE_HEAD : FRAME)) / 2;
}

double
rsp_speed_swd_limit(double khz)
{
	return khz * 1000 / RSP_SWD_BITS * 4;
}

struct run {
	struct rsp_client *c;
	uint64_t addr, block, total, max_ns;
	struct rsp_speed_row *out;
	struct rsp_counts before;
	uint64_t start;
};

static enum err
begin(struct run *r, bool write, struct err_msg *why)
{
	memset(r->out, 0, sizeof *r->out);
	r->out->block = r->block;
	r->out->write = write;
	if (r->block == 0 || r->block > rsp_speed_block_max(r->c, write))
		return err_set(why, ERR_LIMIT, "block", NULL,
		    "%" PRIu64 " bytes do not fit into one packet of %" PRIu64, r->block,
		    rsp_client_packet_size(r->c));
	r->before = *rsp_client_counts(r->c);
	r->start = sys_mono();
	return ERR_OK;
}

static bool
goes_on(const struct run *r)
{
	return r->out->bytes == 0 ||
	    (r->out->bytes + r->block <= r->total && sys_mono() - r->start < r->max_ns);
}

static void
finish(struct run *r)
{
	const struct rsp_counts *now = rsp_client_counts(r->c);
	const uint64_t link = now->sent - r->before.sent + now->received - r->before.received;

	r->out->ns = sys_mono() - r->start;
	r->out->requests = now->requests - r->before.requests;
	r->out->payload = link != 0 ? 100.0 * (double)r->out->bytes / (double)link : 0;
}

enum err
rsp_speed_read(struct rsp_client *c, uint64_t addr, uint64_t block, uint64_t total,
    uint64_t max_ns, struct rsp_speed_row *out, struct err_msg *why)
{
	struct run r = { .c = c, .addr = addr, .block = block, .total = total, .max_ns = max_ns,
		.out = out };
	struct buf bytes;
	enum err e = begin(&r, false, why);

	buf_init(&bytes, RSP_BODY_MAX);
	while (e == ERR_OK && goes_on(&r)) {
		buf_clear(&bytes);
		e = rsp_target_memory(c, addr + out->bytes, block, &bytes, why);
		if (e == ERR_OK && bytes.len != block)
			e = err_set(why, ERR_IO, "memory",
			    "give --addr and --size of readable memory",
			    "0x%" PRIx64 ": %zu bytes instead of %" PRIu64, addr + out->bytes,
			    bytes.len, block);
		if (e == ERR_OK)
			out->bytes += block;
	}
	if (e == ERR_OK)
		finish(&r);
	buf_fini(&bytes);
	return e;
}

static enum err
write_block(struct rsp_client *c, uint64_t addr, const struct buf *bytes, struct err_msg *why)
{
	struct buf body, reply;
	enum err e;

	buf_init(&body, 2 * RSP_BODY_MAX);
	buf_init(&reply, RSP_BODY_MAX);
	(void)buf_add_fmt(&body, "M%" PRIx64 ",%zx:", addr, bytes->len);
	rsp_to_hex(bytes->data, bytes->len, &body);
	e = rsp_client_ask(c, buf_str(&body), body.len, 10 * NS_PER_S, &reply, why);
	if (e == ERR_OK && strcmp(buf_str(&reply), "OK") != 0)
		e = err_set(why, ERR_IO, "memory", "give --addr and --size of RAM",
		    "0x%" PRIx64 " cannot be written: %.20s", addr,
		    reply.len == 0 ? "not supported" : buf_str(&reply));
	buf_fini(&body);
	buf_fini(&reply);
	return e;
}

/* What stands there, written again, is right also where writes are dropped (flash, a register in
 * QEMU): so its first bytes are others for a moment. */
static enum err
try_write(struct rsp_client *c, uint64_t addr, const struct buf *before, bool *wrong,
    struct err_msg *why)
{
	const size_t n = before->len < TRIED ? before->len : TRIED;
	struct buf other, after;
	enum err e, back;

	buf_init(&other, TRIED);
	buf_init(&after, RSP_BODY_MAX);
	for (size_t i = 0; i < n; i++)
		(void)buf_add_byte(&other, (char)~before->data[i]);
	e = write_block(c, addr, &other, why);
	if (e == ERR_OK)
		e = rsp_target_memory(c, addr, n, &after, why);
	*wrong = e == ERR_OK && (after.len != n || memcmp(after.data, other.data, n) != 0);
	buf_clear(&other);
	(void)buf_add(&other, before->data, n);
	back = write_block(c, addr, &other, e == ERR_OK ? why : NULL);
	buf_fini(&other);
	buf_fini(&after);
	return e != ERR_OK ? e : back;
}

enum err
rsp_speed_write(struct rsp_client *c, uint64_t addr, uint64_t block, uint64_t total,
    uint64_t max_ns, struct rsp_speed_row *out, struct err_msg *why)
{
	struct run r = { .c = c, .addr = addr, .block = block, .total = total, .max_ns = max_ns,
		.out = out };
	struct buf before, after;
	enum err e;

	buf_init(&before, RSP_BODY_MAX);
	buf_init(&after, RSP_BODY_MAX);
	e = rsp_target_memory(c, addr, block, &before, why);
	if (e == ERR_OK)
		e = begin(&r, true, why);
	if (e == ERR_OK)
		e = try_write(c, addr, &before, &out->wrong, why);
	if (e == ERR_OK)
		r.before = *rsp_client_counts(c);
	r.start = sys_mono();
	/* one block, again and again: what stands there stays what it was */
	while (e == ERR_OK && !out->wrong && goes_on(&r)) {
		e = write_block(c, addr, &before, why);
		if (e == ERR_OK)
			out->bytes += block;
	}
	if (e == ERR_OK) {
		finish(&r);
		e = rsp_target_memory(c, addr, block, &after, why);
		out->wrong = out->wrong || after.len != before.len ||
		    memcmp(after.data, before.data, after.len) != 0;
	}
	buf_fini(&before);
	buf_fini(&after);
	return e;
}
