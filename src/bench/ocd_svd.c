/* ocd_svd.c - from a register's name to its value in words. */
#include "bench/ocd_svd.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/slice.h"
#include "bench/symbols.h"
#include "openocd/tcl.h"

/* ---- which file */

static const char *
profile_file(const struct bench *b, const char *board)
{
	const json_t *row = board != NULL ? json_row(b->boards, board) : NULL;
	const json_t *debug = json_object_get(row, "debug");
	const char *own = json_get_str(row, "svd", NULL);

	return own != NULL ? own : json_get_str(debug, "svd", NULL);
}

const char *
ocd_svd_file(const struct bench *b)
{
	if (b->svd != NULL)
		return b->svd;
	return profile_file(b, b->ocd != NULL && b->ocd->board != NULL ? b->ocd->board : b->board);
}

void
ocd_svd_use(struct bench *b, const char *file)
{
	char *copy = mem_str(file);

	mem_free(b->svd);
	b->svd = copy;
}

void
ocd_svd_plan(struct bench *b, const json_t *plan)
{
	const char *file = json_get_str(plan, "svd",
	    profile_file(b, json_get_str(plan, "board", NULL)));

	if (file != NULL && file[0] != '\0')
		ocd_svd_use(b, file);
}

/* ---- one command under way */

struct reading {
	struct command_call *call;
	json_t *names, *rows;
	char *file;
	bool wrapped;
	const json_t *values;           /* to be written; the call's */
	void (*otherwise)(struct command_call *c);
};

static void
reading_free(struct reading *r)
{
	json_decref(r->names);
	json_decref(r->rows);
	mem_free(r->file);
	mem_free(r);
}

static void
reading_fail(struct reading *r, const struct err_msg *why)
{
	command_fail(r->call, why);
	reading_free(r);
}

/* A name of a core register, a variable or a number goes its own way. */
static void
go_otherwise(struct reading *r)
{
	void (*otherwise)(struct command_call *c) = r->otherwise;
	struct command_call *c = r->call;

	reading_free(r);
	otherwise(c);
}

static bool
has_dot(const json_t *names)
{
	const json_t *v;
	size_t i;

	json_array_foreach(names, i, v)
		if (strchr(json_string_value(v), '.') != NULL)
			return true;
	return false;
}

static struct reading *
reading_new(struct command_call *c, const json_t *names, void (*otherwise)(struct command_call *c))
{
	struct reading *r = mem_zero(1, sizeof *r);

	r->call = c;
	r->names = json_incref((json_t *)(uintptr_t)names);
	r->file = mem_str(ocd_svd_file(c->ctx));
	r->otherwise = otherwise;
	return r;
}

static void
ask_file(struct reading *r, json_t *more, peer_answer_cb cb)
{
	struct bench *b = r->call->ctx;

	json_put_str(more, "path", r->file);
	if (json_array_size(r->names) != 0)
		json_put(more, "names", json_incref(r->names));
	symbols_ask(b, "svd.show", more, cb, r);
}

/* The rows of an answer, or what is wrong with it. */
static enum err
take_rows(struct reading *r, const json_t *result, struct err_msg *why)
{
	const json_t *missing = json_object_get(result, "missing");

	if (json_get_bool(result, "cut", false))
		return err_set(why, ERR_LIMIT, json_get_str(result, "path", "SVD file"),
		    "name one of its registers", "those are too many registers for once");
	if (json_array_size(missing) != 0)
		return err_set(why, ERR_NOENT, json_string_value(json_array_get(missing, 0)),
		    "ocd.svd names what there is", "no such register in %s", r->file);
	r->rows = json_incref(json_object_get(result, "registers"));
	return ERR_OK;
}

/* ---- what may be read */

static const char *
not_read(const json_t *row, bool effects, char *text, size_t size)
{
	const char *access = json_get_str(row, "access", ""),
		   *effect = json_get_str(row, "effect", NULL);
	uint64_t addr;

	if (json_get_str(row, "why", NULL) != NULL)
		return json_get_str(row, "why", NULL);
	if (strcmp(access, "write-only") == 0 || strcmp(access, "writeOnce") == 0)
		return "it can only be written";
	if (!ocd_number(json_get_str(row, "addr", ""), &addr) || addr > UINT32_MAX)
		return "it is beyond 4 GiB";
	if (!effects && effect != NULL) {
		snprintf(text, size, "not read: reading changes it (%.40s); effects=on reads it",
		    effect);
		return text;
	}
	if (!effects && strcmp(json_get_str(row, "protection", ""), "s") == 0)
		return "not read: only secure accesses reach it; effects=on tries";
	return NULL;
}

/* {ADDR WIDTH COUNT} of what is read; the others are told why they are not. */
static size_t
add_reads(struct reading *r, struct buf *script)
{
	const bool effects = json_get_bool(r->call->args, "effects", false);
	json_t *row;
	size_t i, n = 0;

	json_array_foreach(r->rows, i, row) {
		const int64_t bits = json_get_int(row, "bits", 32);
		char text[120];
		const char *why = not_read(row, effects, text, sizeof text);

		if (why != NULL) {
			json_put_str(row, "why", why);
			continue;
		}
		(void)buf_add_fmt(script, " %s %d %d", json_get_str(row, "addr", "0"),
		    bits == 64 ? 32 : (int)bits, bits == 64 ? 2 : 1);
		n++;
	}
	return n;
}

/* ---- its fields in words */

static void
on_words(void *arg, const json_t *result, const struct err_msg *why)
{
	struct reading *r = arg;
	const json_t *named = json_object_get(result, "registers");
	json_t *row, *answer;
	size_t i;

	if (why != NULL) {
		reading_fail(r, why);
		return;
	}
	json_array_foreach(r->rows, i, row) {
		const json_t *n = json_array_get(named, i);
		json_t *fields = json_object_get(n, "fields");

		if (fields != NULL && json_get_str(row, "value", NULL) != NULL &&
		    strcmp(json_get_str(n, "name", ""), json_get_str(row, "name", "?")) == 0)
			json_put(row, "fields", json_incref(fields));
	}
	answer = r->wrapped ? json_pack("{s:O}", "registers", r->rows) : json_incref(r->rows);
	command_done(r->call, answer);
	reading_free(r);
}

/* {FAILED VALUES} of each that was read */
static void
take_value(json_t *row, struct slice *all, json_t *values)
{
	uint64_t failed = 1, v = 0, high = 0;
	const int64_t bits = json_get_int(row, "bits", 32);
	struct slice rest = { "", 0 }, words;
	struct buf one, word;
	char hex[24];

	buf_init(&one, RPC_REPLY_MAX);
	buf_init(&word, RPC_REPLY_MAX);
	if (tcl_next(all, &one))
		rest = slice_make(buf_str(&one), one.len);
	(void)tcl_next_u64(&rest, &failed);
	(void)tcl_next(&rest, &word);
	words = slice_make(buf_str(&word), word.len);
	if (failed == 0 && tcl_next_u64(&words, &v) && (bits != 64 ||
	    tcl_next_u64(&words, &high))) {
		v |= bits == 64 ? high << 32 : 0;
		snprintf(hex, sizeof hex, "0x%0*llx", (int)(bits / 4), (unsigned long long)v);
		json_put_str(row, "value", hex);
		(void)json_array_append_new(values, json_pack("[s,s]",
		    json_get_str(row, "name", ""), hex));
	} else {
		json_put_str(row, "why", word.len != 0 ? buf_str(&word) : "it cannot be read now");
	}
	buf_fini(&one);
	buf_fini(&word);
}

static void
on_values(struct ocd_ask *a, const char *text, size_t n)
{
	struct reading *r = (struct reading *)(uintptr_t)a->num[0];
	struct slice all = slice_make(text, n);
	json_t *values = json_array(), *row;
	size_t i;

	json_array_foreach(r->rows, i, row)
		if (json_get_str(row, "why", NULL) == NULL)
			take_value(row, &all, values);
	ask_file(r, json_pack("{s:o}", "values", values), on_words);
}

static void
on_failed(struct ocd_ask *a)
{
	reading_free((struct reading *)(uintptr_t)a->num[0]);
}

static void
on_rows(void *arg, const json_t *result, const struct err_msg *why)
{
	struct reading *r = arg;
	struct command_call *c = r->call;
	struct buf script;
	struct ocd_ask *a;
	struct err_msg bad;

	/* a file that is bad is no matter for who asks for pc, and no core register has a dot */
	if ((why != NULL && !has_dot(r->names)) || (why == NULL && (r->wrapped ||
	    !has_dot(r->names)) && json_array_size(json_object_get(result, "registers")) == 0)) {
		go_otherwise(r);
		return;
	}
	if (why != NULL || take_rows(r, result, &bad) != ERR_OK) {
		reading_fail(r, why != NULL ? why : &bad);
		return;
	}
	if (ocd_of(c) == NULL) {
		reading_free(r);
		return;
	}
	buf_init(&script, RPC_SCRIPT_MAX);
	(void)buf_add_str(&script, "set r {}; foreach {a w c} {");
	if (add_reads(r, &script) == 0)
		(void)buf_add_byte(&script, ' ');
	(void)buf_add_str(&script, "} { lappend r [list "
	    "[expr {[catch {read_memory $a $w $c} v] != 0}] $v] }; set r");
	a = ocd_ask(c, buf_str(&script), false, on_values);
	a->num[0] = (uint64_t)(uintptr_t)r;
	a->failed = on_failed;
	buf_fini(&script);
}

static bool
may_be_named(const struct bench *b, const json_t *names)
{
	const char *first = json_string_value(json_array_get(names, 0));

	return ocd_svd_file(b) != NULL && first != NULL && !isdigit((unsigned char)first[0]);
}

void
ocd_svd_read(struct command_call *c, const json_t *names, bool wrapped,
    void (*otherwise)(struct command_call *c))
{
	struct reading *r;

	if (!may_be_named(c->ctx, names)) {
		otherwise(c);
		return;
	}
	r = reading_new(c, names, otherwise);
	r->wrapped = wrapped;
	ask_file(r, json_object(), on_rows);
}

/* ---- writing */

static void
on_written(struct ocd_ask *a, const char *text, size_t n)
{
	(void)text;
	(void)n;
	command_done(a->call, NULL);
}

/* One register, that may be written, and one value that it holds. */
static enum err
check_write(const struct reading *r, uint64_t *addr, int *width, uint64_t *value,
    struct err_msg *why)
{
	const json_t *row = json_array_get(r->rows, 0);
	const char *name = json_get_str(row, "name", "?"),
		   *access = json_get_str(row, "access", ""),
		   *word = json_string_value(json_array_get(r->values, 0)),
		   *bad = json_get_str(row, "why", NULL);

	*width = (int)json_get_int(row, "bits", 32);
	if (json_array_size(r->rows) != 1 || json_array_size(r->values) != 1)
		return err_set(why, ERR_USAGE, json_string_value(json_array_get(r->names, 0)), NULL,
		    "one register at a time is written, and one value");
	if (json_object_get(row, "field") != NULL)
		return err_set(why, ERR_USAGE, name, NULL, "a field is not written alone: reading "
		    "and writing back may do more than that; write all of %s", name);
	if (bad != NULL || strcmp(access, "read-only") == 0)
		return err_set(why, ERR_UNSUPPORTED, name, NULL, "%s",
		    bad != NULL ? bad : "it can only be read");
	if (!ocd_number(json_get_str(row, "addr", ""), addr) || *addr > UINT32_MAX || *width > 32)
		return err_set(why, ERR_UNSUPPORTED, name, NULL, "it is beyond what is written");
	if (!ocd_number(word, value) || *value >> *width != 0)
		return err_set(why, ERR_USAGE, word, NULL, "a number of at most %d bits is needed, "
		    "decimal or 0x", *width);
	return ERR_OK;
}

static void
on_target(void *arg, const json_t *result, const struct err_msg *why)
{
	struct reading *r = arg;
	struct command_call *c = r->call;
	struct err_msg bad;
	uint64_t addr = 0, value = 0;
	char script[100];
	int width = 32;

	if ((why != NULL && !has_dot(r->names)) || (why == NULL && json_array_size(
	    json_object_get(result, "registers")) == 0)) {
		go_otherwise(r);
		return;
	}
	if (why == NULL && take_rows(r, result, &bad) == ERR_OK &&
	    check_write(r, &addr, &width, &value, &bad) == ERR_OK) {
		reading_free(r);
		if (ocd_of(c) == NULL)
			return;
		snprintf(script, sizeof script, "write_memory 0x%llx %d 0x%llx",
		    (unsigned long long)addr, width, (unsigned long long)value);
		(void)ocd_ask(c, script, true, on_written);
		return;
	}
	reading_fail(r, why != NULL ? why : &bad);
}

void
ocd_svd_write(struct command_call *c, const char *name, const json_t *values,
    void (*otherwise)(struct command_call *c))
{
	json_t *names = json_pack("[s]", name);
	struct reading *r;

	if (!may_be_named(c->ctx, names)) {
		json_decref(names);
		otherwise(c);
		return;
	}
	r = reading_new(c, names, otherwise);
	json_decref(names);
	r->values = values;
	ask_file(r, json_object(), on_target);
}

/* ---- what the file says */

static void
on_shown(void *arg, const json_t *result, const struct err_msg *why)
{
	struct reading *r = arg;
	struct err_msg bad;
	const json_t *missing = json_object_get(result, "missing");

	if (why == NULL && json_array_size(missing) != 0) {
		(void)err_set(&bad, ERR_NOENT, json_string_value(json_array_get(missing, 0)),
		    "ocd.svd names what there is", "no such peripheral, register or field in %s",
		    r->file);
		why = &bad;
	}
	if (why != NULL) {
		reading_fail(r, why);
		return;
	}
	ocd_svd_use(r->call->ctx, r->file);
	command_done(r->call, json_incref((json_t *)(uintptr_t)result));
	reading_free(r);
}

static void
cmd_svd(struct command_call *c)
{
	const char *file = json_get_str(c->args, "file", ocd_svd_file(c->ctx));
	struct reading *r;
	struct err_msg why;

	if (file == NULL || file[0] == '\0') {
		(void)err_set(&why, ERR_USAGE, c->command->name,
		    "ocd.svd file=CHIP.svd, or svd = in the board profile; its maker has it",
		    "no SVD file is known");
		command_fail(c, &why);
		return;
	}
	r = reading_new(c, json_object_get(c->args, "names"), NULL);
	mem_free(r->file);
	r->file = mem_str(file);
	ask_file(r, json_pack("{s:b,s:b}", "fields", true, "words",
	    json_array_size(r->names) != 0), on_shown);
}

static const struct command_arg svd_args[] = {
	{ "file", ARG_WORD, 0, NULL, "the chip's SVD file, used from now on" },
	{ "names", ARG_REST, 0, NULL, "peripherals, registers, fields; all peripherals if absent" },
	{ .name = NULL },
};

const struct command bench_ocd_svd_commands[] = {
	{ "ocd.svd", "peripherals and registers of the chip", svd_args, 0, cmd_svd },
	{ .name = NULL },
};
