/* cli_decode.c - `vise decode`. */
#include "cli/cli_decode.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/slice.h"
#include "cli/args.h"
#include "cli/cli_worker.h"
#include "cli/say.h"
#include "core/json.h"
#include "sys/io.h"
#include "text/decode.h"
#include "text/decode_json.h"
#include "text/lines.h"
#include "text/logline.h"

enum { PIECE = 64 << 10, RECORDS_MAX = 10000 };

struct decoding {
	const char *elf;
	bool only, check, raw;
	struct decode *decode;
	json_t *records;
	unsigned crashes;
};

static void
on_found(void *arg, const struct decode_record *r)
{
	struct decoding *d = arg;
	json_t *o;

	d->crashes += r->level == DECODE_CRASH;
	if (json_array_size(d->records) >= RECORDS_MAX)
		return;
	o = json_object();
	decode_json(r, o);
	(void)json_array_append_new(d->records, o);
}

/* All addresses of all records in one question. */
static enum err
resolve(struct decoding *d, struct err_msg *why)
{
	json_t *addrs = json_array(), *calls = json_array(), *record, *row, *result = NULL;
	size_t i, k, next = 0;
	enum err e;

	json_array_foreach(d->records, i, record)
		json_array_foreach(json_object_get(record, "rows"), k, row)
			if (json_object_get(row, "addr") != NULL &&
			    json_array_size(addrs) < LIMIT_ELF_ADDRESSES) {
				(void)json_array_append(addrs, json_object_get(row, "addr"));
				(void)json_array_append_new(calls,
				    json_boolean(json_get_bool(row, "call", false)));
			}
	e = cli_worker_call("elf.lines", json_pack("{s:s,s:o,s:o}", "path", d->elf, "addrs", addrs,
	    "calls", calls), NULL, 60 * NS_PER_S, &result, why);
	if (e != ERR_OK)
		return e;
	json_array_foreach(d->records, i, record)
		json_array_foreach(json_object_get(record, "rows"), k, row)
			if (json_object_get(row, "addr") != NULL)
				(void)json_object_set(row, "frames", json_array_get(json_object_get(
				    result, "frames"), next++));
	json_decref(result);
	return ERR_OK;
}

/* ---- text */

static void
print_frame(const char *before, const json_t *f)
{
	const char *file = json_get_str(f, "file", NULL);

	fputs(before, stdout);
	say_str(stdout, json_get_str(f, "func", "?"));
	if (file != NULL) {
		fputs(" (", stdout);
		say_str(stdout, file);
		printf(":%lld)\n", (long long)json_get_int(f, "line", 0));
	} else {
		printf("+0x%llx\n", (unsigned long long)json_get_int(f, "offset", 0));
	}
}

static void
print_address(const char *role, const char *addr, const json_t *frames)
{
	const json_t *f;
	size_t i;

	printf("vise| %-3s %s", role, addr);
	if (json_array_size(frames) == 0)
		putchar('\n');
	json_array_foreach(frames, i, f)
		print_frame(i == 0 ? "  " : "    |     inlined into ", f);
}

static void
print_record(const json_t *record)
{
	const json_t *row;
	size_t i;

	printf("vise| %s: ", json_get_str(record, "decoder", ""));
	say_str(stdout, json_get_str(record, "title", ""));
	putchar('\n');
	json_array_foreach(json_object_get(record, "rows"), i, row) {
		if (json_object_get(row, "addr") != NULL) {
			print_address(json_get_str(row, "role", ""), json_get_str(row, "addr", ""),
			    json_object_get(row, "frames"));
			continue;
		}
		fputs("vise| ", stdout);
		say_str(stdout, json_get_str(row, "text", ""));
		putchar('\n');
	}
}

struct printing { struct decoding *d; size_t next; };

static void
print_line(void *arg, const struct lines_line *l)
{
	struct printing *p = arg;
	struct buf plain, laid;

	buf_init(&plain, LIMIT_LINE + 1);
	buf_init(&laid, 4 * LIMIT_LINE);
	decode_plain(l->text, l->n, &plain);
	if (p->d->raw || !logline_layout(buf_str(&plain), plain.len, &laid))
		(void)buf_add(&laid, buf_str(&plain), plain.len);
	if (!p->d->only) {
		say_text(stdout, buf_str(&laid), laid.len);
		putchar('\n');
	}
	for (;; p->next++) {
		const json_t *r = json_array_get(p->d->records, p->next);

		if (r == NULL || json_get_int(r, "last", 0) != (int64_t)l->offset)
			break;
		print_record(r);
	}
	buf_fini(&plain);
	buf_fini(&laid);
}

static void
on_line(void *arg, const struct lines_line *l)
{
	struct decoding *d = arg;

	decode_line(d->decode, l->text, l->n, l->offset, l->end);
}

static void
each_line(const struct buf *text, lines_cb cb, void *arg)
{
	struct lines cut;

	lines_init(&cut, LIMIT_LINE, 0);
	for (size_t at = 0; at < text->len; at += PIECE)
		lines_feed(&cut, text->data + at, text->len - at < PIECE ? text->len - at : PIECE,
		    cb, arg);
	lines_flush(&cut, cb, arg);
	lines_fini(&cut);
}

static int
answer(struct cli_call *c, struct decoding *d, const struct buf *text)
{
	struct printing p = { .d = d };
	struct err_msg why;

	if (c->json)
		say_json(d->records);
	else
		each_line(text, print_line, &p);
	if (!d->check || d->crashes == 0)
		return say_end(c, ERR_OK, NULL);
	return say_end(c, err_set(&why, ERR_DEVICE, c->words != 0 ? c->word[0] : "input", NULL,
	    "%u crash%s", d->crashes, d->crashes == 1 ? "" : "es"), &why);
}

static int
decode_file(struct cli_call *c, struct decoding *d)
{
	static const struct decode_callbacks cb = { .found = on_found };
	const char *path = strcmp(c->word[0], "-") == 0 ? "/dev/stdin" : c->word[0];
	struct err_msg why;
	struct buf text;
	int status;
	enum err e;

	buf_init(&text, LIMIT_ELF);
	d->records = json_array();
	e = sys_file_read(path, LIMIT_ELF - 1, &text, &why);
	if (e == ERR_OK) {
		d->decode = decode_new(&cb, d);
		each_line(&text, on_line, d);
		decode_flush(d->decode);
		decode_free(d->decode);
	}
	if (e == ERR_OK && d->elf != NULL)
		e = resolve(d, &why);
	status = e == ERR_OK ? answer(c, d, &text) : say_end(c, e, &why);
	json_decref(d->records);
	buf_fini(&text);
	return status;
}

/* ---- addresses instead of a file */

static int
decode_addresses(struct cli_call *c, const char *elf)
{
	json_t *addrs = json_array(), *result = NULL;
	struct err_msg why;
	enum err e;

	for (size_t i = 0; i < c->words; i++)
		(void)json_array_append_new(addrs, json_string(c->word[i]));
	e = cli_worker_call("elf.lines", json_pack("{s:s,s:o}", "path", elf, "addrs", addrs), NULL,
	    60 * NS_PER_S, &result, &why);
	if (e == ERR_OK && c->json)
		say_json(result);
	for (size_t i = 0; e == ERR_OK && !c->json && i < c->words; i++)
		print_address("", c->word[i], json_array_get(json_object_get(result, "frames"), i));
	json_decref(result);
	return say_end(c, e, &why);
}

int
cli_decode(struct cli_call *c)
{
	struct decoding d = { .elf = NULL };
	const struct args_option options[] = {
		{ "--elf", ARGS_TEXT, &d.elf },
		{ "--only", ARGS_FLAG, &d.only },
		{ "--check", ARGS_FLAG, &d.check },
		{ "--raw", ARGS_FLAG, &d.raw },
		{ NULL, ARGS_FLAG, NULL },
	};
	struct err_msg why;
	const enum err e = args_parse(c, options, 1, ARGS_MANY, &why);

	if (e != ERR_OK)
		return say_end(c, e, &why);
	if (d.elf != NULL && strncmp(c->word[0], "0x", 2) == 0)
		return decode_addresses(c, d.elf);
	if (c->words > 1)
		return say_end(c, err_set(&why, ERR_USAGE, c->word[1], "vise help decode",
		    "one file; addresses begin with 0x and need --elf"), &why);
	return decode_file(c, &d);
}
