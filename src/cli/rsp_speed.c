/* rsp_speed.c - `vise rsp speed`. */
#include "cli/rsp_speed.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/slice.h"
#include "cli/args.h"
#include "cli/rsp_ask.h"
#include "cli/say.h"
#include "rsp/speed.h"

enum { SPEED_BYTES = 64 << 10 };
static const uint64_t BLOCK_TIME = NS_PER_S / 2;

struct speeding {
	uint64_t addr, size;
	double khz;                     /* of the wire, 0: not known */
	bool   write;
};

static json_t *
row_json(const struct rsp_speed_row *r, const struct speeding *s)
{
	json_t *o = json_object();
	const double rate = r->ns != 0 ? (double)r->bytes * 1e9 / (double)r->ns : 0;

	json_put_str(o, "way", r->write ? "write" : "read");
	json_put_int(o, "block", (int64_t)r->block);
	json_put_int(o, "bytes", (int64_t)r->bytes);
	json_put_int(o, "requests", (int64_t)r->requests);
	json_put_num(o, "bytes_per_second", rate);
	json_put_num(o, "ms_per_request", r->requests != 0 ? (double)r->ns / 1e6 /
	    (double)r->requests : 0);
	json_put_num(o, "payload_percent", r->payload);
	if (s->khz > 0)
		json_put_num(o, "wire_percent", 100 * rate / rsp_speed_swd_limit(s->khz));
	return o;
}

static enum err
measure(struct rsp_ask *a, const struct speeding *s, bool write, json_t *rows, struct err_msg *why)
{
	const uint64_t most = rsp_speed_block_max(a->client, write);
	enum err e = ERR_OK;

	for (uint64_t block = 4; e == ERR_OK && block <= most && block <= s->size; block *= 4) {
		struct rsp_speed_row r;
		const uint64_t next = block * 4;

		if (next > most && most <= s->size)
			block = most & ~UINT64_C(3);    /* the last is the largest there is */
		e = (write ? rsp_speed_write : rsp_speed_read)(a->client, s->addr, block, s->size,
		    BLOCK_TIME, &r, why);
		if (e == ERR_OK && r.wrong)
			e = err_set(why, ERR_VERIFY, "memory", "give --addr of RAM nobody uses",
			    "0x%" PRIx64 " does not hold what was written", s->addr);
		if (e == ERR_OK)
			(void)json_array_append_new(rows, row_json(&r, s));
	}
	return e;
}

/* The words of the answer; false: OpenOCD it is not. */
static bool
openocd_says(struct rsp_ask *a, const char *command, char *out, size_t size)
{
	struct buf text;
	struct slice s;
	bool good;

	buf_init(&text, RSP_BODY_MAX);
	good = rsp_client_monitor(a->client, command, &text, NULL) == ERR_OK;
	s = slice_trim(slice_make(buf_str(&text), text.len));
	snprintf(out, size, "%.*s", s.n < size ? (int)s.n : (int)size - 1, s.n != 0 ? s.p : "");
	buf_fini(&text);
	return good;
}

/* Of OpenOCD: the clock of its adapter, when what hangs on it is SWD. */
static void
find_clock(struct rsp_ask *a, struct speeding *s)
{
	char text[200];
	struct slice rest;

	if (openocd_says(a, "transport select", text, sizeof text) &&
	    strstr(text, "jtag") != NULL) {
		json_put_str(a->out, "wire",
		    "JTAG: what its wire carries is not computed; of SWD it is");
		return;
	}
	if (!openocd_says(a, "adapter speed", text, sizeof text))
		return;
	rest = slice_of(text);
	while (rest.n != 0 && !slice_f64(slice_word(&rest), &s->khz))
		;
}

/* OpenOCD knows the adapter and its clock. What has no wire has no efficiency. */
static void
find_wire(struct rsp_ask *a, struct speeding *s)
{
	static const char *const wireless[] = { "remote_bitbang", "dummy", "jtag_vpi", "jtag_dpi" };
	char name[100];
	struct buf text;

	buf_init(&text, RSP_BODY_MAX);
	if (rsp_client_say(a->client, "qqemu.sstepbits", &text, NULL) == ERR_OK && text.len != 0) {
		json_put_str(a->out, "wire", "QEMU: no wire, its efficiency is not applicable");
		s->khz = 0;
	} else if (openocd_says(a, "adapter name", name, sizeof name)) {
		json_put_str(a->out, "adapter", name);
		for (size_t i = 0; i < sizeof wireless / sizeof *wireless; i++)
			if (strstr(name, wireless[i]) != NULL) {
				json_put_str(a->out, "wire",
				    "no wire, its efficiency is not applicable");
				s->khz = -1;
			}
		if (s->khz == 0)
			find_clock(a, s);
	}
	if (s->khz > 0)
		json_put_num(a->out, "wire_khz", s->khz);
	buf_fini(&text);
}

/* The best of the rows, in per cent of the wire; 0: there is no wire. */
static double
best_of(const json_t *rows)
{
	double best = 0;
	const json_t *r;
	size_t i;

	json_array_foreach(rows, i, r)
		if (json_get_num(r, "wire_percent", 0) > best)
			best = json_get_num(r, "wire_percent", 0);
	return best;
}

static void
text_speed(const json_t *o)
{
	const json_t *rows = json_object_get(o, "rows"), *r;
	size_t i;

	printf("%-6s %7s %12s %10s %9s%s\n", "", "block", "bytes/s", "ms each", "payload",
	    json_object_get(o, "wire_khz") != NULL ? "     wire" : "");
	json_array_foreach(rows, i, r) {
		printf("%-6s %7lld %12.0f %10.3f %7.1f %%", json_get_str(r, "way", ""),
		    (long long)json_get_int(r, "block", 0), json_get_num(r, "bytes_per_second", 0),
		    json_get_num(r, "ms_per_request", 0), json_get_num(r, "payload_percent", 0));
		if (json_object_get(r, "wire_percent") != NULL)
			printf(" %6.1f %%", json_get_num(r, "wire_percent", 0));
		putchar('\n');
	}
	if (json_get_str(o, "adapter", "")[0] != '\0')
		printf("adapter: %s\n", json_get_str(o, "adapter", ""));
	if (json_object_get(o, "wire_khz") != NULL)
		printf("wire: SWD at %.0f kHz carries %.0f bytes/s at most (46 bits a word)\n",
		    json_get_num(o, "wire_khz", 0),
		    rsp_speed_swd_limit(json_get_num(o, "wire_khz", 0)));
	else
		puts(json_get_str(o, "wire", "wire: its clock is not known; --swd-khz N tells it"));
	if (best_of(rows) > 100)
		puts("no wire carries more than it can: the probe is simulated, or its clock "
		    "is another");
}

static enum err
parse_speed(struct speeding *s, const char *addr, const char *size, const char *khz,
    struct err_msg *why)
{
	const bool named = addr != NULL;
	struct slice a = slice_of(named ? addr : "0");

	if (slice_starts(a, "0x"))
		a = slice_skip(a, 2);
	if (!slice_hex(a, &s->addr))
		return err_set(why, ERR_USAGE, addr, "--addr 0x20000000", "no address");
	if (s->write && !named)
		return err_set(why, ERR_USAGE, "--write", "--addr 0x20000000",
		    "say where: RAM that nobody minds");
	if (!slice_bytes(slice_of(size), &s->size) || s->size < 4)
		return err_set(why, ERR_USAGE, size, "--size 64K", "no size");
	if (khz != NULL && (!slice_f64(slice_of(khz), &s->khz) || s->khz <= 0))
		return err_set(why, ERR_USAGE, khz, "--swd-khz 4000", "no clock");
	return ERR_OK;
}

int
cli_rsp_speed(struct cli_call *c)
{
	struct rsp_ask a = { .call = c };
	struct speeding s = { .size = SPEED_BYTES };
	const char *addr = NULL, *size = "64K", *khz = NULL;
	bool acks = false;
	const struct args_option options[] = {
		{ "--addr", ARGS_TEXT, &addr }, { "--size", ARGS_TEXT, &size },
		{ "--swd-khz", ARGS_TEXT, &khz }, { "--write", ARGS_FLAG, &s.write },
		{ "--acks", ARGS_FLAG, &acks }, { .name = NULL },
	};
	struct err_msg why;
	json_t *rows;
	enum err e = args_parse(c, options, 1, 1, &why);

	if (e == ERR_OK)
		e = parse_speed(&s, addr, size, khz, &why);
	if (e == ERR_OK)
		e = rsp_ask_open(&a, c->word[0], !acks, NULL, &why);
	if (e == ERR_OK) {
		find_wire(&a, &s);
		json_put(a.out, "rows", rows = json_array());
		json_put_bool(a.out, "acks", !rsp_client_is_no_ack(a.client));
		e = measure(&a, &s, false, rows, &why);
		if (e == ERR_OK && s.write)
			e = measure(&a, &s, true, rows, &why);
	}
	return rsp_ask_close(&a, e, &why, text_speed);
}
