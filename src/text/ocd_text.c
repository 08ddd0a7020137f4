/* ocd_text.c - run state, registers, memory and tables in lines. */
#include "text/ocd_text.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/slice.h"
#include "text/ocd_svd_text.h"

static const char *
str(const json_t *o, const char *key)
{
	return json_get_str(o, key, "");
}

static void
field(struct buf *out, const json_t *o, const char *key, int width)
{
	const char *s = str(o, key);
	const int n = (int)strlen(s);

	(void)buf_add_str(out, s);
	(void)buf_add_fmt(out, "%*s", n < width ? width - n : 0, "");
}

/* " main.work (main.go:41)" */
static void
place(struct buf *out, const json_t *f)
{
	const char *file = str(f, "file"), *slash = strrchr(file, '/');

	if (f == NULL)
		return;
	(void)buf_add_byte(out, ' ');
	(void)buf_add_str(out, str(f, "func"));
	if (file[0] == '\0')
		return;
	(void)buf_add_str(out, " (");
	(void)buf_add_str(out, slash != NULL ? slash + 1 : file);
	(void)buf_add_fmt(out, ":%lld)", (long long)json_get_int(f, "line", 0));
}

void
ocd_text_nothing(struct buf *out, const json_t *o)
{
	(void)out;
	(void)o;
}

void
ocd_text_state(struct buf *out, const json_t *o)
{
	if (!json_get_bool(o, "open", false)) {
		(void)buf_add_str(out, "no OpenOCD\n");
		return;
	}
	(void)buf_add_fmt(out, "OpenOCD at %s:%lld", str(o, "host"), (long long)json_get_int(o,
	    "port", 0));
	if (json_object_get(o, "job") != NULL)
		(void)buf_add_fmt(out, ", job %lld", (long long)json_get_int(o, "job", 0));
	(void)buf_add_str(out, "\n");
	field(out, o, "target", 0);
	(void)buf_add_fmt(out, "  %s  %s\n", str(o, "type"), str(o, "state"));
}

void
ocd_text_moved(struct buf *out, const json_t *o)
{
	field(out, o, "target", 0);
	(void)buf_add_fmt(out, ": %s", str(o, "state"));
	if (json_object_get(o, "pc") != NULL)
		(void)buf_add_fmt(out, " at 0x%08llx", (unsigned long long)json_get_int(o, "pc",
		    0));
	(void)buf_add_byte(out, '\n');
}

void
ocd_text_targets(struct buf *out, const json_t *list)
{
	size_t i;
	const json_t *o;

	json_array_foreach(list, i, o) {
		(void)buf_add_str(out, json_get_bool(o, "current", false) ? "* " : "  ");
		field(out, o, "name", 24);
		(void)buf_add_byte(out, ' ');
		field(out, o, "type", 12);
		(void)buf_add_byte(out, ' ');
		field(out, o, "state", 0);
		(void)buf_add_byte(out, '\n');
	}
}

void
ocd_text_registers(struct buf *out, const json_t *list)
{
	size_t i;
	const json_t *o;

	if (json_object_get(json_array_get(list, 0), "access") != NULL) {
		ocd_text_peripherals(out, list);
		return;
	}
	json_array_foreach(list, i, o) {
		field(out, o, "name", 10);
		(void)buf_add_byte(out, ' ');
		field(out, o, "value", 0);
		place(out, json_object_get(o, "place"));
		(void)buf_add_byte(out, '\n');
	}
}

static void
text_column(struct buf *out, const unsigned char *p, size_t n)
{
	(void)buf_add_str(out, " |");
	for (size_t i = 0; i < n; i++)
		(void)buf_add_byte(out, isprint(p[i]) ? (char)p[i] : '.');
	(void)buf_add_str(out, "|\n");
}

void
ocd_text_memory(struct buf *out, const json_t *o)
{
	const json_t *values = json_object_get(o, "values");
	const unsigned bytes = (unsigned)json_get_int(o, "width", 32) / 8, per = 16 / bytes;
	const size_t n = json_array_size(values);
	unsigned long long addr = (unsigned long long)json_get_int(o, "addr", 0);

	if (json_object_get(o, "registers") != NULL) {
		ocd_text_peripherals(out, json_object_get(o, "registers"));
		return;
	}
	for (size_t i = 0; i < n; i += per) {
		unsigned char row[16];
		size_t len = 0;

		(void)buf_add_fmt(out, "0x%08llx ", addr + i * bytes);
		for (size_t k = i; k < i + per; k++) {
			const uint64_t v = (uint64_t)json_integer_value(json_array_get(values, k));

			if (k >= n) {
				(void)buf_add_fmt(out, "%*s", (int)(1 + 2 * bytes), "");
				continue;
			}
			(void)buf_add_fmt(out, " %0*llx", (int)(2 * bytes), (unsigned long long)v);
			for (unsigned b = 0; b < bytes; b++)
				row[len++] = (unsigned char)(v >> (8 * b));
		}
		(void)buf_add_byte(out, ' ');
		text_column(out, row, len);
	}
}

static void
words(struct buf *out, const json_t *list, const char *indent)
{
	size_t i;
	const json_t *w;

	json_array_foreach(list, i, w) {
		(void)buf_add_str(out, indent);
		(void)buf_add_str(out, json_string_value(w));
		(void)buf_add_byte(out, '\n');
	}
}

static void
frame(struct buf *out, const json_t *f)
{
	if (f == NULL)
		return;
	(void)buf_add_fmt(out, "stacked by the exception, at %s\n", str(f, "at"));
	(void)buf_add_fmt(out, "  pc    %s", str(f, "pc"));
	place(out, json_object_get(f, "place"));
	(void)buf_add_fmt(out, "\n  lr    %s", str(f, "lr"));
	place(out, json_object_get(f, "from"));
	(void)buf_add_fmt(out, "\n  r0    %s  r1 %s  r2 %s  r3 %s\n  r12   %s  xpsr %s\n",
	    str(f, "r0"),
	    str(f, "r1"), str(f, "r2"), str(f, "r3"), str(f, "r12"), str(f, "xpsr"));
}

void
ocd_text_faults(struct buf *out, const json_t *o)
{
	size_t i;
	const json_t *r;

	(void)buf_add_fmt(out, "%s, %s\n", str(o, "core"), str(o, "state"));
	frame(out, json_object_get(o, "frame"));
	json_array_foreach(json_object_get(o, "registers"), i, r) {
		(void)buf_add_fmt(out, "%-6s %s\n", str(r, "name"), str(r, "value"));
		words(out, json_object_get(r, "words"), "         ");
	}
}

void
ocd_text_audit(struct buf *out, const json_t *o)
{
	size_t i;
	const json_t *r;

	(void)buf_add_fmt(out, "%s, %s\n", str(o, "core"), str(o, "state"));
	json_array_foreach(json_object_get(o, "registers"), i, r) {
		(void)buf_add_fmt(out, "%-10s %s %-10s %-8s %s", str(r, "name"), str(r, "addr"),
		    json_get_str(r, "value", "-"), str(r, "verdict"), str(r, "what"));
		if (str(r, "why")[0] != '\0')
			(void)buf_add_fmt(out, ": %s", str(r, "why"));
		(void)buf_add_byte(out, '\n');
		words(out, json_object_get(r, "words"), "                      ");
	}
	if (json_array_size(json_object_get(o, "comparators")) != 0)
		(void)buf_add_str(out, "in use\n");
	words(out, json_object_get(o, "comparators"), "  ");
}

/* The same handler, and no word against it: one line for a run of them. */
static bool
alike(const json_t *a, const json_t *b)
{
	return strcmp(str(a, "value"), str(b, "value")) == 0 && json_get_int(a, "number", 0) >= 16;
}

void
ocd_text_vectors(struct buf *out, const json_t *o)
{
	const json_t *list = json_object_get(o, "vectors"), *r;
	const size_t n = json_array_size(list);

	(void)buf_add_fmt(out, "the vector table at %s\n", str(o, "table"));
	for (size_t i = 0, end; i < n; i = end) {
		char name[48];

		r = json_array_get(list, i);
		for (end = i + 1; end < n && alike(r, json_array_get(list, end)); end++)
			;
		if (end - i > 1)
			snprintf(name, sizeof name, "%s to %s", str(r, "name"),
			    str(json_array_get(list, end - 1), "name"));
		else
			snprintf(name, sizeof name, "%s", str(r, "name"));
		(void)buf_add_fmt(out, "%3lld %-18s %s ", (long long)json_get_int(r, "number",
		    0), name,
		    str(r, "value"));
		(void)buf_add_str(out, str(r, "func"));
		if (str(r, "why")[0] != '\0')
			(void)buf_add_fmt(out, " ! %s", str(r, "why"));
		(void)buf_add_byte(out, '\n');
	}
}

void
ocd_text_log(struct buf *out, const json_t *o)
{
	const char *text = str(o, "text");
	const size_t n = strlen(text);

	(void)buf_add(out, text, n);
	if (n != 0 && text[n - 1] != '\n')
		(void)buf_add_byte(out, '\n');
}

void
ocd_text_live(struct buf *out, const json_t *o)
{
	const json_t *rows = json_object_get(o, "rows"), *r;
	size_t i;

	(void)buf_add_fmt(out, "%.3f", json_get_num(o, "t", 0) / 1e9);
	json_array_foreach(rows, i, r) {
		(void)buf_add_str(out, "  ");
		(void)buf_add_str(out, str(r, "name"));
		(void)buf_add_byte(out, '=');
		if (json_object_get(r, "why") != NULL) {
			(void)buf_add_str(out, "? (");
			(void)buf_add_str(out, str(r, "why"));
			(void)buf_add_byte(out, ')');
		} else {
			(void)buf_add_str(out, str(r, "value"));
		}
	}
	(void)buf_add_byte(out, '\n');
}
