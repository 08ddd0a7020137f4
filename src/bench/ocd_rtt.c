/* ocd_rtt.c - from a control block to a console. */
#include "bench/ocd_rtt.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "bench/decoders.h"
#include "bench/news.h"
#include "bench/symbols.h"
#include "core/command.h"
#include "openocd/tcl.h"
#include "sys/time.h"

struct ocd_rtt {
	struct ocd *ocd;
	struct command_call *call;      /* to be answered, or NULL */
	uint64_t base, size;            /* where it is looked for */
	uint64_t address;               /* found there */
	uint64_t until;                 /* sys_mono() */
	unsigned channel, port, poll_ms;
	struct loop_timer *retry;
	bool again;                     /* after a reset: the console is there */
	json_t *channels;
	char console[40];
};

static void search(void *arg);

json_t *
ocd_rtt_json(const struct ocd *o)
{
	const struct ocd_rtt *r = o->rtt;
	json_t *j = json_object();
	char text[24];

	snprintf(text, sizeof text, "0x%08llx", (unsigned long long)r->address);
	json_put_str(j, "address", text);
	json_put_int(j, "channel", r->channel);
	json_put_int(j, "port", r->port);
	json_put_str(j, "console", r->console);
	json_put(j, "channels", json_incref(r->channels));
	return j;
}

static void
rtt_free(struct ocd_rtt *r)
{
	loop_timer_stop(r->retry);
	json_decref(r->channels);
	mem_free(r);
}

static void
on_closed(void *arg, json_t *result, const struct err_msg *why)
{
	(void)arg;
	(void)result;
	(void)why;
}

void
ocd_rtt_close(struct ocd *o)
{
	struct ocd_rtt *r = o->rtt;
	json_t *args;
	struct err_msg why;

	if (r == NULL)
		return;
	o->rtt = NULL;
	if (r->call != NULL) {
		(void)err_set(&why, ERR_CANCELLED, "rtt", NULL, "OpenOCD is gone");
		command_fail(r->call, &why);
	}
	if (r->port != 0 && !o->bench->ending) {
		args = json_pack("{s:s}", "console", r->console);
		command_json(o->bench->ops->commands, "console.close", args, o->bench, NULL,
		    on_closed, NULL);
		json_decref(args);
	}
	rtt_free(r);
}

static void
fail(struct ocd_rtt *r, const struct err_msg *why)
{
	struct ocd *o = r->ocd;
	struct command_call *c = r->call;

	r->call = NULL;
	if (r->again) {                 /* the console stays: the next reset may bring it back */
		bench_notice_err(o->bench, "warn", "rtt", why);
		return;
	}
	o->rtt = NULL;
	rtt_free(r);
	if (c != NULL)
		command_fail(c, why);
}

/* ---- the console */

static void
on_console(void *arg, json_t *result, const struct err_msg *why)
{
	struct bench *b = arg;
	struct ocd *o = b->ocd;
	struct ocd_rtt *r = o != NULL ? o->rtt : NULL;
	struct command_call *c;

	if (r == NULL)
		return;
	if (why != NULL) {
		fail(r, why);
		return;
	}
	snprintf(r->console, sizeof r->console, "%s", json_get_str(result, "name", "rtt"));
	c = r->call;
	r->call = NULL;
	ocd_tell(o);
	if (c != NULL)
		command_done(c, ocd_rtt_json(o));
}

static void
open_console(struct ocd_rtt *r)
{
	struct ocd *o = r->ocd;
	char spec[80];
	json_t *args;

	snprintf(spec, sizeof spec, "rtt:%.40s:%u", o->host, r->port);
	args = json_pack("{s:s,s:s}", "spec", spec, "name", r->console);
	command_json(o->bench->ops->commands, "console.open", args, o->bench, NULL, on_console,
	    o->bench);
	json_decref(args);
}

/* ---- finding and serving it */

/* "...Control block found at 0x20000048..." and "Listening on port 35849 for rtt connections" */
static bool
number_behind(const char *text, size_t n, const char *words, uint64_t *out)
{
	const struct slice hay = slice_make(text, n), needle = slice_of(words);
	const int64_t at = slice_find(hay, needle);
	struct slice rest;

	if (at < 0)
		return false;
	rest = slice_skip(hay, (size_t)at + needle.n);
	return tcl_next_u64(&rest, out);
}

static json_t *
channels_json(const char *text, size_t n)
{
	static const char *const ways[] = { "up", "down" };
	struct slice both = slice_make(text, n);
	json_t *list = json_array();
	struct buf way, one, word;

	buf_init(&way, 65536);
	buf_init(&one, 65536);
	buf_init(&word, 65536);
	for (size_t i = 0; i < 2 && tcl_next(&both, &way); i++) {
		struct slice rest = slice_make(buf_str(&way), way.len);

		for (int64_t k = 0; k < 64 && tcl_next(&rest, &one); k++) {
			struct slice pairs = slice_make(buf_str(&one), one.len);
			json_t *o = json_object();
			char key[16];

			json_put_str(o, "way", ways[i]);
			json_put_int(o, "channel", k);
			while (tcl_next(&pairs, &word)) {
				snprintf(key, sizeof key, "%s", buf_str(&word));
				if (tcl_next(&pairs, &word))
					json_put_str(o, key, buf_str(&word));
			}
			(void)json_array_append_new(list, o);
		}
	}
	buf_fini(&way);
	buf_fini(&one);
	buf_fini(&word);
	return list;
}

static void
on_served(void *arg, const char *text, size_t n, const struct err_msg *why)
{
	struct ocd *o = arg;
	struct ocd_rtt *r = o->rtt;
	struct slice rest = slice_make(text, n);
	struct err_msg odd;
	struct buf word;
	uint64_t port = 0;

	if (--o->rtt_asks != 0 || r == NULL)
		return;
	if (why != NULL) {
		fail(r, why);
		return;
	}
	buf_init(&word, RPC_REPLY_MAX);
	if (tcl_next(&rest, &word))
		(void)number_behind(buf_str(&word), word.len, "Listening on port ", &port);
	if (tcl_next(&rest, &word)) {
		json_decref(r->channels);
		r->channels = channels_json(buf_str(&word), word.len);
	}
	buf_fini(&word);
	if (port == 0 || port > 65535) {
		(void)err_set(&odd, ERR_PROTO, "rtt", NULL, 
		    "OpenOCD does not say where it serves it");
		fail(r, &odd);
		return;
	}
	r->port = (unsigned)port;
	open_console(r);
}

static void
serve(struct ocd_rtt *r)
{
	char script[120];

	snprintf(script, sizeof script, "list [capture {rtt server start 0 %u}] [rtt channellist]",
	    r->channel);
	r->ocd->rtt_asks++;
	ocd_rpc_ask(r->ocd->rpc, script, false, OCD_PATIENCE_NS, on_served, r->ocd);
}

static void
on_search(void *arg, const char *text, size_t n, const struct err_msg *why)
{
	struct ocd *o = arg;
	struct ocd_rtt *r = o->rtt;
	struct err_msg none;

	if (--o->rtt_asks != 0 || r == NULL)
		return;
	if (why == NULL && number_behind(text, n, "Control block found at ", &r->address)) {
		if (r->port == 0)
			serve(r);
		return;
	}
	if (sys_mono() < r->until) {
		r->retry = loop_timer_start(o->bench->loop, OCD_RTT_RETRY_NS, 0, search, o);
		return;
	}
	if (why == NULL)
		why = &none;
	(void)err_set(&none, ERR_NOTHING, "rtt", "does the program use RTT, and does it run? "
	    "addr= names the block, decode.elf the program",
	    "no control block at 0x%08llx, nor in the %llu bytes from there",
	    (unsigned long long)r->base, (unsigned long long)r->size);
	fail(r, why);
}

static void
search(void *arg)
{
	struct ocd *o = arg;
	struct ocd_rtt *r = o->rtt;
	char script[200];

	r->retry = NULL;
	snprintf(script, sizeof script, "catch {rtt stop}; rtt setup 0x%llx 0x%llx {SEGGER RTT}; "
	    "rtt polling_interval %u; rtt start", (unsigned long long)r->base,
	    (unsigned long long)r->size, r->poll_ms);
	o->rtt_asks++;
	ocd_rpc_ask(o->rpc, script, true, OCD_PATIENCE_NS, on_search, o);
}

void
ocd_rtt_again(struct ocd *o)
{
	struct ocd_rtt *r = o->rtt;

	if (r->port == 0 || r->retry != NULL)
		return;
	r->again = true;
	r->until = sys_mono() + 3 * NS_PER_S;
	r->retry = loop_timer_start(o->bench->loop, OCD_RTT_RETRY_NS, 0, search, o);
}

/* ---- where it may be */

static const json_t *
board_row(const struct ocd *o)
{
	const char *id = o->board != NULL ? o->board : o->bench->board;

	return id != NULL ? json_row(o->bench->boards, id) : NULL;
}

static void
nowhere(struct ocd_rtt *r, const char *more)
{
	struct err_msg why;

	(void)err_set(&why, ERR_USAGE, "rtt", "addr=0x..., or decode.elf FILE, or a profile with "
	    "memory.ram or rtt.address", "%s", more);
	fail(r, &why);
}

static void
in_ram(struct ocd_rtt *r, const char *more)
{
	const json_t *ram = json_object_get(json_object_get(board_row(r->ocd), "memory"), "ram");
	const json_t *own = json_object_get(board_row(r->ocd), "rtt");

	if (json_is_integer(json_object_get(own, "address"))) {
		r->base = (uint64_t)json_get_int(own, "address", 0);
		r->size = (uint64_t)json_get_int(own, "size", 4096);
		search(r->ocd);
		return;
	}
	if (json_array_size(ram) != 2) {
		nowhere(r, more);
		return;
	}
	r->base = (uint64_t)json_integer_value(json_array_get(ram, 0));
	r->size = (uint64_t)json_integer_value(json_array_get(ram, 1));
	search(r->ocd);
}

static void
on_symbol(void *arg, const json_t *result, const struct err_msg *why)
{
	struct bench *b = arg;
	struct ocd *o = b->ocd;
	struct ocd_rtt *r = o != NULL ? o->rtt : NULL;
	const json_t *row;
	size_t i;

	if (r == NULL)
		return;
	json_array_foreach(json_object_get(result, "vars"), i, row)
		if (why == NULL && json_object_get(row, "addr") != NULL) {
			r->base = (uint64_t)json_get_int(row, "addr", 0);
			r->size = 24;
			search(o);
			return;
		}
	in_ram(r, "the program has no control block that can be seen, and no RAM is known");
}

static void
by_symbol(struct ocd_rtt *r)
{
	struct bench *b = r->ocd->bench;
	const char *elf = decoders_elf(b);
	const json_t *own = json_object_get(json_object_get(board_row(r->ocd), "rtt"), "symbol");
	json_t *names;

	if (elf == NULL) {
		in_ram(r, "no address, no ELF file, and no RAM is known");
		return;
	}
	names = json_array();
	if (json_is_string(own))
		(void)json_array_append(names, (json_t *)(uintptr_t)own);
	else if (json_is_array(own))
		(void)json_array_extend(names, (json_t *)(uintptr_t)own);
	(void)json_array_append_new(names, json_string("_SEGGER_RTT"));
	(void)json_array_append_new(names, json_string("machine.rttSerialInstance"));
	symbols_ask(b, "elf.vars", json_pack("{s:s,s:o}", "path", elf, "names", names), on_symbol,
	    b);
}

static void
cmd_rtt(struct command_call *c)
{
	struct ocd *o = ocd_of(c);
	const json_t *own;
	struct ocd_rtt *r;
	struct err_msg why;
	const char *addr = json_get_str(c->args, "addr", NULL),
		   *size = json_get_str(c->args, "size", "4096");
	uint64_t at = 0, bytes = 0;

	if (o == NULL)
		return;
	if ((addr != NULL && !ocd_number(addr, &at)) || !ocd_number(size, &bytes)) {
		(void)err_set(&why, ERR_USAGE, addr != NULL ? addr : size, NULL,
		    "a number is needed, decimal or 0x");
		command_fail(c, &why);
		return;
	}
	if (o->rtt != NULL) {
		(void)err_set(&why, ERR_BUSY, "rtt", "ocd.unrtt ends it",
		    "it is served already, in the console %s", o->rtt->console);
		command_fail(c, &why);
		return;
	}
	own = json_object_get(board_row(o), "rtt");
	r = mem_zero(1, sizeof *r);
	r->ocd = o;
	r->call = c;
	r->channel = (unsigned)json_get_int(c->args, "channel", json_get_int(own, "channel", 0));
	r->poll_ms = (unsigned)(json_get_int(c->args, "poll", 10000000) / (int64_t)NS_PER_MS);
	r->until = sys_mono() + (uint64_t)json_get_int(c->args, "timeout", 3 * NS_PER_S);
	snprintf(r->console, sizeof r->console, "%s", json_get_str(c->args, "name", "rtt"));
	o->rtt = r;
	r->base = at;
	r->size = bytes;
	if (addr == NULL)
		by_symbol(r);
	else
		search(o);
}

static void
cmd_unrtt(struct command_call *c)
{
	struct ocd *o = ocd_of(c);

	if (o == NULL)
		return;
	if (o->rtt != NULL) {
		char script[80];

		snprintf(script, sizeof script, "catch {rtt stop}; catch {rtt server stop %u}",
		    o->rtt->port);
		ocd_rpc_ask(o->rpc, script, false, OCD_PATIENCE_NS, NULL, NULL);
		ocd_rtt_close(o);
		ocd_tell(o);
	}
	command_done(c, NULL);
}

static const struct command_arg rtt_args[] = {
	{ "addr", ARG_WORD, 0, NULL, "where the control block is, or the search begins" },
	{ "size", ARG_WORD, 0, "4096", "bytes that are searched from there" },
	{ "channel", ARG_INT, 0, NULL, "which; as the profile says, or 0" },
	{ "name", ARG_WORD, 0, "rtt", "name of the console" },
	{ "poll", ARG_DURATION, 0, "10ms", "how often OpenOCD looks" },
	{ "timeout", ARG_DURATION, 0, "3s", "how long the control block may take to appear" },
	{ .name = NULL },
};

const struct command bench_ocd_rtt_commands[] = {
	{ "ocd.rtt", "RTT of the target as a console", rtt_args, 0, cmd_rtt },
	{ "ocd.unrtt", "end RTT and its console", NULL, 0, cmd_unrtt },
	{ .name = NULL },
};
