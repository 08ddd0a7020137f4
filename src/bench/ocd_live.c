/* ocd_live.c - a list of variables, polled in the background. */
#include "bench/ocd_live.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "bench/clients.h"
#include "bench/decoders.h"
#include "bench/news.h"
#include "bench/symbols.h"
#include "gauge/set.h"
#include "openocd/tcl.h"
#include "sys/time.h"

struct ocd_live {
	struct ocd *ocd;
	json_t *rows;
	char *script;
	uint64_t every, asked;          /* asked: sys_mono() of the last script */
	struct loop_timer *timer;
};

size_t
ocd_live_count(const struct ocd *o)
{
	return json_array_size(o->live->rows);
}

void
ocd_live_close(struct ocd *o)
{
	struct ocd_live *l = o->live;

	if (l == NULL)
		return;
	o->live = NULL;
	loop_timer_stop(l->timer);
	json_decref(l->rows);
	mem_free(l->script);
	mem_free(l);
}

/* ---- a value */

/* The widest access that its size and address allow: a word is read at once, so that it is one
 * value and not the halves of two. */
static unsigned
width_of(uint64_t addr, uint64_t size)
{
	if (size % 4 == 0 && addr % 4 == 0)
		return 32;
	return size % 2 == 0 && addr % 2 == 0 ? 16 : 8;
}

static size_t
bytes_of(const char *text, size_t n, unsigned width, unsigned char *out)
{
	struct slice rest = slice_make(text, n);
	size_t len = 0;
	uint64_t v;

	while (len + width / 8 <= OCD_LIVE_BYTES && tcl_next_u64(&rest, &v))
		for (unsigned i = 0; i < width; i += 8)
			out[len++] = (unsigned char)(v >> i);
	return len;
}

static uint64_t
little(const unsigned char *p, size_t n)
{
	uint64_t v = 0;

	for (size_t i = n < 8 ? n : 8; i-- > 0;)
		v = v << 8 | p[i];
	return v;
}

static double
float_of(uint64_t v, size_t n)
{
	const uint32_t half = (uint32_t)v;
	float f;
	double d;

	if (n == 4) {
		memcpy(&f, &half, sizeof f);
		return (double)f;
	}
	memcpy(&d, &v, sizeof d);
	return d;
}

static void
say_bytes(const unsigned char *p, size_t n, char *text, size_t size)
{
	text[0] = '\0';
	for (size_t i = 0; i < n && 3 * i + 4 < size; i++)
		snprintf(text + 3 * i, size - 3 * i, "%02x ", p[i]);
}

/* The value as text; its number too, NaN where it is none. */
static double
say(const char *kind, const unsigned char *p, size_t n, char *text, size_t size)
{
	const uint64_t v = little(p, n);
	const unsigned shift = n < 8 ? 64 - 8 * (unsigned)n : 0;
	const int64_t sign = n != 0 ? (int64_t)(v << shift) >> shift : 0;

	if (strcmp(kind, "int") == 0 && n <= 8) {
		snprintf(text, size, "%lld", (long long)sign);
		return (double)sign;
	}
	if (strcmp(kind, "uint") == 0 && n <= 8) {
		snprintf(text, size, "%llu", (unsigned long long)v);
		return (double)v;
	}
	if (strcmp(kind, "float") == 0 && (n == 4 || n == 8)) {
		snprintf(text, size, "%.9g", float_of(v, n));
		return float_of(v, n);
	}
	if (strcmp(kind, "bool") == 0 && n == 1) {
		snprintf(text, size, "%s", v != 0 ? "true" : "false");
		return (double)(v != 0);
	}
	if (strcmp(kind, "pointer") == 0) {
		snprintf(text, size, "0x%08llx", (unsigned long long)v);
		return (double)NAN;
	}
	say_bytes(p, n, text, size);
	return (double)NAN;
}

static void
as_gauge(struct bench *b, const json_t *row, double v)
{
	struct gauge_def def = { .min = (double)NAN, .max = (double)NAN, .warn = (double)NAN,
		.crit = (double)NAN };
	const char *name = json_get_str(row, "name", "");

	if (strlen(name) > 50 || isnan(v))
		return;
	snprintf(def.id, sizeof def.id, "live.%.50s", name);
	snprintf(def.group, sizeof def.group, "live");
	snprintf(def.name, sizeof def.name, "%.31s", name);
	snprintf(def.source, sizeof def.source, "openocd");
	(void)gauge_set_put(b->gauges, &def, v);
}

static void
take(struct ocd_live *l, json_t *row, const char *p, size_t n, bool good)
{
	unsigned char bytes[OCD_LIVE_BYTES];
	char text[3 * OCD_LIVE_BYTES + 8];
	size_t len;
	double v;

	if (!good) {
		json_put_str(row, "why", n != 0 ? p : "it cannot be read now");
		(void)json_object_del(row, "value");
		(void)json_object_del(row, "number");
		return;
	}
	(void)json_object_del(row, "why");
	len = bytes_of(p, n, width_of((uint64_t)json_get_int(row, "addr", 0),
	    (uint64_t)json_get_int(row, "size", 0)), bytes);
	v = say(json_get_str(row, "kind", ""), bytes, len, text, sizeof text);
	json_put_bool(row, "changed", strcmp(json_get_str(row, "value", text), text) != 0);
	json_put_str(row, "value", text);
	if (!isnan(v) && !isinf(v))
		json_put_num(row, "number", v);
	as_gauge(l->ocd->bench, row, v);
}

/* ---- reading */

static json_t *
live_json(const struct ocd_live *l)
{
	return json_pack("{s:I,s:I,s:O}", "t", (json_int_t)bench_time(l->ocd->bench, sys_mono()),
	    "every", (json_int_t)l->every, "rows", l->rows);
}

static void read_all(void *arg);

static void
again(struct ocd_live *l)
{
	const uint64_t now = sys_mono(), next = l->asked + l->every;

	l->timer = loop_timer_start(l->ocd->bench->loop, next > now ? next - now : 0, 0, read_all,
	    l->ocd);
}

/* {FAILED VALUE} ... in the order of the rows. */
static void
on_values(void *arg, const char *text, size_t n, const struct err_msg *why)
{
	struct ocd *o = arg;
	struct ocd_live *l = o->live;
	struct slice all = slice_make(text, n);
	struct buf one, word;
	size_t i;
	json_t *row, *body;

	if (--o->live_asks != 0 || l == NULL)
		return;
	buf_init(&one, RPC_REPLY_MAX);
	buf_init(&word, RPC_REPLY_MAX);
	json_array_foreach(l->rows, i, row) {
		struct slice rest = { "", 0 };
		uint64_t failed = 1;

		if (why == NULL && tcl_next(&all, &one))
			rest = slice_make(buf_str(&one), one.len);
		(void)tcl_next_u64(&rest, &failed);
		buf_clear(&word);
		(void)tcl_next(&rest, &word);
		take(l, row, why != NULL ? why->why : buf_str(&word),
		    why != NULL ? strlen(why->why) : word.len, failed == 0);
	}
	buf_fini(&one);
	buf_fini(&word);
	body = live_json(l);
	clients_event(o->bench, "ocd.live", body);
	json_decref(body);
	again(l);
}

static void
read_all(void *arg)
{
	struct ocd *o = arg;
	struct ocd_live *l = o->live;

	l->timer = NULL;
	o->live_asks++;
	l->asked = sys_mono();
	ocd_rpc_ask(o->rpc, l->script, false, OCD_PATIENCE_NS, on_values, o);
}

static char *
script_of(const json_t *rows)
{
	struct buf script;
	const json_t *row;
	size_t i;
	char *text;

	buf_init(&script, RPC_SCRIPT_MAX);
	(void)buf_add_str(&script, "set r {}; foreach {a w c} {");
	json_array_foreach(rows, i, row) {
		const uint64_t addr = (uint64_t)json_get_int(row, "addr", 0),
			       size = (uint64_t)json_get_int(row, "size", 0);
		const unsigned width = width_of(addr, size);

		(void)buf_add_fmt(&script, " 0x%llx %u %u", (unsigned long long)addr, width,
		    (unsigned)(size * 8 / width));
	}
	(void)buf_add_str(&script, "} { lappend r [list "
	    "[expr {[catch {read_memory $a $w $c} v] != 0}] $v] }; set r");
	text = mem_str(buf_str(&script));
	buf_fini(&script);
	return text;
}

/* ---- commands */

static json_t *
readable(const json_t *vars, struct err_msg *why)
{
	json_t *rows = json_array(), *row;
	size_t i;

	why->code = ERR_OK;
	json_array_foreach(vars, i, row) {
		const int64_t size = json_get_int(row, "size", 0);

		if (json_object_get(row, "addr") == NULL)
			(void)err_set(why, ERR_NOENT, json_get_str(row, "name", "?"), NULL, "%s",
			    json_get_str(row, "why", "no such variable"));
		else if (size < 1 || size > OCD_LIVE_BYTES)
			(void)err_set(why, ERR_UNSUPPORTED, json_get_str(row, "name", "?"), NULL,
			    "it has %lld bytes; 1 to %d can be watched", (long long)size,
			    OCD_LIVE_BYTES);
		else if (json_array_size(rows) < OCD_LIVE_MAX)
			(void)json_array_append(rows, row);
	}
	return rows;
}

struct watching { struct command_call *call; uint64_t every; };

static void
on_vars(void *arg, const json_t *result, const struct err_msg *why)
{
	struct watching *w = arg;
	struct command_call *c = w->call;
	struct bench *b = c->ctx;
	struct ocd *o = b->ocd;
	struct err_msg bad = { .code = ERR_OK };
	json_t *rows = why == NULL ? readable(json_object_get(result, "vars"), &bad) : NULL;
	struct ocd_live *l;

	if (why == NULL && bad.code != ERR_OK)
		why = &bad;
	if (why == NULL && ocd_of(c) == NULL) {
		json_decref(rows);
		mem_free(w);
		return;
	}
	if (why != NULL) {
		command_fail(c, why);
		json_decref(rows);
		mem_free(w);
		return;
	}
	ocd_live_close(o);
	l = mem_zero(1, sizeof *l);
	*l = (struct ocd_live){ .ocd = o, .rows = rows, .script = script_of(rows),
		.every = w->every };
	o->live = l;
	read_all(o);
	ocd_tell(o);
	command_done(c, live_json(l));
	mem_free(w);
}

static void
cmd_watch(struct command_call *c)
{
	const char *elf = decoders_elf(c->ctx);
	const uint64_t every = (uint64_t)json_get_int(c->args, "every", 0);
	struct watching *w;
	struct err_msg why;

	if (ocd_of(c) == NULL)
		return;
	if (elf == NULL || every < OCD_LIVE_LEAST_NS) {
		if (elf == NULL)
			(void)err_set(&why, ERR_USAGE, c->command->name,
			    "decode.elf FILE names the program",
			    "no ELF file to look variables up in");
		else
			(void)err_set(&why, ERR_USAGE, "every", NULL, "20ms is the least");
		command_fail(c, &why);
		return;
	}
	w = mem_zero(1, sizeof *w);
	*w = (struct watching){ c, every };
	symbols_ask(c->ctx, "elf.vars", json_pack("{s:s,s:O}", "path", elf, "names",
	    json_object_get(c->args, "names")), on_vars, w);
}

static void
cmd_unwatch(struct command_call *c)
{
	struct ocd *o = ocd_of(c);

	if (o == NULL)
		return;
	ocd_live_close(o);
	ocd_tell(o);
	command_done(c, NULL);
}

static void
cmd_live(struct command_call *c)
{
	struct ocd *o = ocd_of(c);

	if (o == NULL)
		return;
	command_done(c, o->live != NULL ? live_json(o->live) : json_pack("{s:[]}", "rows"));
}

static const struct command_arg watch_args[] = {
	{ "every", ARG_DURATION, 0, "500ms", "how often they are read" },
	{ "names", ARG_REST, ARG_MUST, NULL,
	    "variables of the ELF file: ticks, main.state.count, table[3]" },
	{ .name = NULL },
};

const struct command bench_ocd_live_commands[] = {
	{ "ocd.watch", "read variables again and again while the core runs", watch_args, 0,
	    cmd_watch },
	{ "ocd.unwatch", "end that", NULL, 0, cmd_unwatch },
	{ "ocd.live", "the variables that are watched, as last read", NULL, 0, cmd_live },
	{ .name = NULL },
};
