/* decoders.c - records of decoded lines: kept, told, and their addresses looked up. */
#include "bench/decoders.h"
#include "bench/clients.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "bench/consoles.h"
#include "bench/meters.h"
#include "bench/news.h"
#include "bench/symbols.h"
#include "console/times.h"
#include "sys/path.h"
#include "sys/time.h"
#include "text/decode_json.h"

/* A board that crashes in a circle: the same title is one notice in so long. */
static const uint64_t NOTICE_NS = 10 * NS_PER_S;
enum { NOTICES = 8 };                   /* of different titles in that time */

struct decoding {
	json_t *records;                /* oldest first */
	uint32_t next;
	char *flashed;                  /* what board.flash was given, as an ELF file; or NULL */
	struct bus_sub *options;
};

/* ---- which ELF file */

static const char *
board_elf(const struct bench *b)
{
	json_t *row;
	size_t i;

	json_array_foreach(b->boards, i, row)
		if (b->board != NULL && strcmp(json_get_str(row, "id", ""), b->board) == 0)
			return json_get_str(row, "elf", NULL);
	return NULL;
}

const char *
decoders_elf(const struct bench *b)
{
	const char *option = options_text(&b->options, OPT_DECODE_ELF);

	if (option[0] != '\0')
		return option;
	return b->decoding->flashed != NULL ? b->decoding->flashed : board_elf(b);
}

/* firmware.uf2 -> firmware.elf, if there is one. */
static char *
beside(const char *file)
{
	static const char *const images[] = { ".uf2", ".hex", ".bin" };
	const char *dot = strrchr(file, '.');

	for (size_t i = 0; dot != NULL && i < sizeof images / sizeof images[0]; i++)
		if (strcmp(dot, images[i]) == 0) {
			char *elf = mem_fmt("%.*s.elf", (int)(dot - file), file);

			if (path_exists(elf))
				return elf;
			mem_free(elf);
			return NULL;
		}
	return mem_str(file);
}

void
decoders_flashed(struct bench *b, const char *file)
{
	char *elf = beside(file);

	if (elf == NULL)
		return;
	mem_free(b->decoding->flashed);
	b->decoding->flashed = elf;
}

/* ---- telling */

static void
tell(struct bench *b, json_t *record)
{
	bench_news(b, "decoded", json_pack("{s:O}", "decoded", record));
}

static void
place_text(const json_t *place, char *out, size_t size)
{
	const char *file = json_get_str(place, "file", ""), *slash = strrchr(file, '/');

	out[0] = '\0';
	if (place == NULL)
		return;
	if (file[0] != '\0')
		snprintf(out, size, " in %.80s (%.80s:%lld)", json_get_str(place, "func", "?"),
		    slash != NULL ? slash + 1 : file, (long long)json_get_int(place, "line", 0));
	else
		snprintf(out, size, " in %.80s", json_get_str(place, "func", "?"));
}

static struct bench_console *
console_named(const struct bench *b, const char *name)
{
	LIST_EACH(n, &b->consoles)
		if (strcmp(consoles_entry(n)->name, name) == 0)
			return consoles_entry(n);
	return NULL;
}

static bool
said_already(struct follow *f, const char *title)
{
	const uint64_t now = sys_mono();
	uint32_t hash = 2166136261u;

	for (const char *p = title; *p != '\0'; p++)
		hash = (hash ^ (unsigned char)*p) * 16777619u;
	if (f->noticed == 0 || now - f->noticed > NOTICE_NS) {
		f->noticed = now;
		f->notices = 0;
	} else if (hash == f->noticed_title || f->notices >= NOTICES) {
		return true;
	}
	f->notices++;
	f->noticed_title = hash;
	return false;
}

static void
notice(struct bench *b, const json_t *record)
{
	const char *name = json_get_str(record, "console", "");
	const struct bench_console *k = console_named(b, name);
	char where[200];

	if (strcmp(json_get_str(record, "level", ""), "crash") != 0 || k == NULL ||
	    said_already(k->follow, json_get_str(record, "title", "")))
		return;
	place_text(json_object_get(record, "place"), where, sizeof where);
	bench_notice(b, "alarm", name, "decode.list shows all of it", "%.200s%s",
	    json_get_str(record, "title", "crash"), where);
}

/* ---- addresses */

/* The first place that is the program's own; else the first that is known. */
static json_t *
own_place(const json_t *record)
{
	json_t *row, *frame, *first = NULL;
	size_t i, k;

	json_array_foreach(json_object_get(record, "rows"), i, row)
		json_array_foreach(json_object_get(row, "frames"), k, frame) {
			if (first == NULL)
				first = frame;
			if (!decode_is_library(json_get_str(frame, "func", ""),
			    json_get_str(frame, "file", "")))
				return frame;
		}
	return first;
}

struct lookup { struct bench *bench; json_t *record; bool notice; };

static void
lookup_end(struct lookup *u)
{
	tell(u->bench, u->record);
	if (u->notice)
		notice(u->bench, u->record);
	json_decref(u->record);
	mem_free(u);
}

static void
on_frames(void *arg, const json_t *result, const struct err_msg *why)
{
	struct lookup *u = arg;
	const json_t *frames = json_object_get(result, "frames");
	json_t *row, *place;
	size_t i, next = 0;

	(void)json_object_del(u->record, "why");
	if (why != NULL) {
		json_put(u->record, "why", json_from_err(why));
		if (why->code == ERR_TOOL)
			bench_notice_err(u->bench, "warn", "decode", why);
	}
	json_array_foreach(json_object_get(u->record, "rows"), i, row)
		if (why == NULL && json_object_get(row, "addr") != NULL)
			(void)json_object_set(row, "frames", json_array_get(frames, next++));
	place = own_place(u->record);
	if (place != NULL)
		(void)json_object_set(u->record, "place", place);
	json_put_str(u->record, "elf", json_get_str(result, "path",
	    json_get_str(u->record, "elf", NULL)));
	lookup_end(u);
}

/* Looks the record's addresses up, if it has any and there is a file; it is told either way. */
static void
resolve(struct bench *b, json_t *record, bool with_notice)
{
	struct lookup *u = mem_zero(1, sizeof *u);
	const char *elf = decoders_elf(b);
	json_t *addrs = json_array(), *calls = json_array(), *row;
	size_t i;

	*u = (struct lookup){ b, json_incref(record), with_notice };
	json_array_foreach(json_object_get(record, "rows"), i, row) {
		json_t *a = json_object_get(row, "addr");

		if (a == NULL)
			continue;
		(void)json_array_append(addrs, a);
		(void)json_array_append_new(calls, json_boolean(json_get_bool(row, "call", false)));
	}
	if (elf == NULL || json_array_size(addrs) == 0) {
		json_decref(addrs);
		json_decref(calls);
		lookup_end(u);
		return;
	}
	json_put_str(record, "elf", elf);
	symbols_ask(b, "elf.lines", json_pack("{s:s,s:o,s:o}", "path", elf, "addrs", addrs, "calls",
	    calls), on_frames, u);
}

/* ---- records */

static json_t *
record_json(struct bench_console *k, const struct decode_record *r)
{
	const uint64_t t = times_at(console_times(k->console), r->last, sys_mono());
	json_t *o = json_object();

	json_put_int(o, "id", ++k->bench->decoding->next);
	json_put_str(o, "console", k->name);
	json_put_int(o, "stream", k->stream);
	json_put_int(o, "end", (int64_t)r->end);
	json_put_int(o, "at", (int64_t)bench_time(k->bench, t));
	decode_json(r, o);
	return o;
}

/* Go says its places itself: "main.work (/home/ann/main.go:10)". */
static void
place_of_row(json_t *record, const struct decode_record *r)
{
	for (size_t i = 0; i < r->rows; i++) {
		const char *at = r->row[i].text, *open = strrchr(at, '('), *colon;
		json_t *place;

		if (!r->row[i].own || strncmp(at, "at ", 3) != 0 || open == NULL || open < at + 4 ||
		    (colon = strrchr(open, ':')) == NULL)
			continue;
		place = json_object();
		json_put_strn(place, "func", at + 3, (size_t)(open - at - 4));
		json_put_strn(place, "file", open + 1, (size_t)(colon - open - 1));
		json_put_int(place, "line", strtol(colon + 1, NULL, 10));
		json_put(record, "place", place);
		return;
	}
}

/* The record of the same place, read before it was whole; NULL: none. */
static json_t *
same_place(const struct decoding *d, const json_t *record)
{
	json_t *old;
	size_t i;

	json_array_foreach(d->records, i, old)
		if (json_get_int(old, "offset", -1) == json_get_int(record, "offset", -2) &&
		    json_get_int(old, "stream", -1) == json_get_int(record, "stream", -2))
			return old;
	return NULL;
}

void
decoders_found(void *follow, const struct decode_record *r)
{
	struct follow *f = follow;
	struct bench *b = f->console->bench;
	struct decoding *d = b->decoding;
	json_t *o = record_json(f->console, r), *old = same_place(d, o);

	place_of_row(o, r);
	if (r->goroutines > 1)          /* a dump of all, not the one that panicked */
		meters_value(f, "go.goroutines", r->goroutines, "");
	if (old != NULL) {
		(void)json_object_set(o, "id", json_object_get(old, "id"));
		(void)json_object_clear(old);
		(void)json_object_update(old, o);
		resolve(b, old, false);
		json_decref(o);
		return;
	}
	if (json_array_size(d->records) >= DECODERS_KEPT)
		(void)json_array_remove(d->records, 0);
	(void)json_array_append(d->records, o);
	resolve(b, o, true);
	json_decref(o);
}

json_t *
decoders_json(const struct bench *b)
{
	return json_incref(b->decoding->records);
}

/* ---- life */

/* All records anew, with the file as it is now. */
static void
resolve_all(struct bench *b)
{
	json_t *row;
	size_t i;

	json_array_foreach(b->decoding->records, i, row)
		resolve(b, row, false);
}

static void
on_option(void *arg, uint64_t mono, const char *type, const json_t *body)
{
	(void)mono;
	(void)type;
	if (strcmp(json_get_str(body, "name", ""), options_name(OPT_DECODE_ELF)) == 0)
		resolve_all(arg);
}

void
decoders_open(struct bench *b)
{
	b->decoding = mem_zero(1, sizeof *b->decoding);
	b->decoding->records = json_array();
	b->decoding->options = bus_subscribe(b->bus, "option", on_option, b);
}

void
decoders_close(struct bench *b)
{
	if (b->decoding == NULL)
		return;
	symbols_close(b);
	json_decref(b->decoding->records);
	mem_free(b->decoding->flashed);
	mem_free(b->decoding);
	b->decoding = NULL;
}

/* ---- commands */

static bool
is_or_any(const json_t *row, const char *key, const char *wanted)
{
	return wanted[0] == '\0' || strcmp(json_get_str(row, key, ""), wanted) == 0;
}

static void
cmd_list(struct command_call *c)
{
	const struct bench *b = c->ctx;
	const char *console = json_get_str(c->args, "console", ""),
		   *level = json_get_str(c->args, "level", "");
	json_t *list = json_array(), *row;
	size_t i;

	json_array_foreach(b->decoding->records, i, row)
		if (is_or_any(row, "console", console) && is_or_any(row, "level", level))
			(void)json_array_append(list, row);
	command_done(c, list);
}

static void
cmd_elf(struct command_call *c)
{
	struct bench *b = c->ctx;
	const char *given = json_get_str(c->args, "path", NULL), *now;
	char *path = given != NULL && given[0] != '\0' ? clients_path(c, given) : mem_str(given);
	struct err_msg why;
	json_t *o;

	if (path != NULL && path[0] != '\0' && !path_exists(path)) {
		(void)err_set(&why, ERR_NOENT, path, "build it, or name the file that was flashed",
		    "no such file");
		command_fail(c, &why);
		mem_free(path);
		return;
	}
	if (path != NULL && options_set(&b->options, options_name(OPT_DECODE_ELF), path, &why) ==
	    ERR_OK)
		bench_news(b, "option", json_pack("{s:s,s:s}", "name",
		    options_name(OPT_DECODE_ELF), "value", path));
	mem_free(path);
	now = decoders_elf(b);
	o = json_object();
	json_put_str(o, "elf", now);
	json_put_str(o, "from", now == NULL ? "nothing" : now == b->decoding->flashed ?
	    "board.flash" : now == board_elf(b) ? "the board profile" : "decode.elf");
	command_done(c, o);
}

static void
on_addr(void *arg, const json_t *result, const struct err_msg *why)
{
	struct command_call *c = arg;

	if (why != NULL)
		command_fail(c, why);
	else
		command_done(c, json_deep_copy(result));
}

static void
cmd_addr(struct command_call *c)
{
	struct bench *b = c->ctx;
	const char *elf = json_get_str(c->args, "elf", decoders_elf(b));
	struct err_msg why;

	if (elf == NULL) {
		(void)err_set(&why, ERR_USAGE, "decode.addr", "decode.elf PATH names one",
		    "no ELF file is known");
		command_fail(c, &why);
		return;
	}
	symbols_ask(b, "elf.lines", json_pack("{s:s,s:O}", "path", elf, "addrs",
	    json_object_get(c->args, "addrs")), on_addr, c);
}

static void
on_again_line(void *arg, const struct lines_line *l)
{
	decode_line(arg, l->text, l->n, l->offset, l->end);
}

/* Reads a part of the scrollback once more. */
static void
cmd_again(struct command_call *c)
{
	struct bench_console *k = consoles_of(c);
	static const struct decode_callbacks cb = { .found = decoders_found };
	const struct ring *r;
	struct decode *d;
	struct lines cut;
	uint64_t at, to;
	const unsigned char *p;
	size_t n;

	if (k == NULL)
		return;
	r = console_ring(k->console);
	at = (uint64_t)json_get_int(c->args, "from", 0);
	to = (uint64_t)json_get_int(c->args, "to", INT64_MAX);
	at = at < ring_first(r) ? ring_first(r) : at;
	d = decode_new(&cb, k->follow);
	lines_init(&cut, LIMIT_LINE, at);
	while (at < to && (n = ring_peek(r, at, &p)) != 0) {
		n = n < to - at ? n : (size_t)(to - at);
		lines_feed(&cut, (const char *)p, n, on_again_line, d);
		at += n;
	}
	lines_flush(&cut, on_again_line, d);
	decode_flush(d);
	decode_free(d);
	lines_fini(&cut);
	cmd_list(c);
}

static const struct command_arg list_args[] = {
	{ "console", ARG_WORD, 0, NULL, "only of this console" },
	{ "level", ARG_WORD, 0, NULL, "only info, warn or crash" },
	{ .name = NULL },
};
static const struct command_arg elf_args[] = {
	{ "path", ARG_WORD, 0, NULL, "the program's ELF file; shows the one in use if absent" },
	{ .name = NULL },
};
static const struct command_arg addr_args[] = {
	{ "elf", ARG_WORD, 0, NULL, "ELF file; the one in use if absent" },
	{ "addrs", ARG_REST, ARG_MUST, NULL, "addresses: 0x08001234" },
	{ .name = NULL },
};
static const struct command_arg again_args[] = {
	CONSOLES_ARG,
	{ "from", ARG_INT, 0, "0", "offset of its first byte" },
	{ "to", ARG_INT, 0, NULL, "offset behind its last byte" },
	{ .name = NULL },
};

const struct command bench_decode_commands[] = {
	{ "decode.list", "crashes and dumps that were found on the consoles", list_args, 0,
	    cmd_list },
	{ "decode.elf", "the ELF file that addresses are looked up in", elf_args, 0, cmd_elf },
	{ "decode.addr", "addresses as function, file and line", addr_args, 0, cmd_addr },
	{ "decode.again", "read the scrollback, or a part of it, once more", again_args, 0,
	    cmd_again },
	{ .name = NULL },
};
