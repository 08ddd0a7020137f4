/* ocd_svd_text.c - a chip's registers for people. */
#include "text/ocd_svd_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>


static const char *
str(const json_t *o, const char *key)
{
	return json_get_str(o, key, "");
}

static void
column(struct buf *out, const char *s, int width)
{
	const int n = (int)strlen(s);

	(void)buf_add_str(out, s);
	(void)buf_add_fmt(out, "%*s ", n < width ? width - n : 0, "");
}

static int
widest(const json_t *rows, const char *key, int most)
{
	const json_t *row;
	size_t i;
	int width = 0;

	json_array_foreach(rows, i, row) {
		const int n = (int)strlen(str(row, key));

		width = n > width ? n : width;
	}
	return width < most ? width : most;
}

/* What comes last in a line: the words, or why there is nothing. */
static void
tail(struct buf *out, const json_t *o)
{
	if (json_get_str(o, "why", NULL) != NULL) {
		(void)buf_add_str(out, "! ");
		(void)buf_add_str(out, str(o, "why"));
	} else {
		(void)buf_add_str(out, str(o, "what"));
	}
	(void)buf_add_byte(out, '\n');
}

/* ---- fields */

/* "0x2", or "1x" where some bits do not matter. */
static void
pattern(struct buf *out, const json_t *w, int64_t width)
{
	const uint64_t value = strtoull(str(w, "value"), NULL, 16),
		       mask = strtoull(json_get_str(w, "mask", "0"), NULL, 16);

	if (json_get_bool(w, "otherwise", false) || json_get_str(w, "mask", NULL) == NULL) {
		(void)buf_add_str(out, json_get_bool(w, "otherwise", false) ? "else" : str(w,
		    "value"));
		return;
	}
	for (int64_t i = (width < 64 ? width : 64) - 1; i >= 0; i--)
		(void)buf_add_byte(out, (mask >> i & 1) == 0 ? 'x' :
		    (value >> i & 1) != 0 ? '1' : '0');
}

static void
words(struct buf *out, const json_t *list, int64_t width)
{
	const json_t *w;
	size_t i;

	json_array_foreach(list, i, w) {
		(void)buf_add_fmt(out, "%16s", "");
		pattern(out, w, width);
		(void)buf_add_str(out, "  ");
		(void)buf_add_str(out, str(w, "name"));
		if (json_get_str(w, "what", NULL) != NULL) {
			(void)buf_add_str(out, ": ");
			(void)buf_add_str(out, str(w, "what"));
		}
		(void)buf_add_byte(out, '\n');
	}
}

static void
value(struct buf *out, const json_t *f, int width)
{
	const json_t *v = json_object_get(f, "value");
	char text[32] = "";

	if (json_is_string(v))
		snprintf(text, sizeof text, "%.24s", json_string_value(v));
	else if (v != NULL)
		snprintf(text, sizeof text, json_integer_value(v) < 10 ? "%lld" : "0x%llx",
		    (long long)json_integer_value(v));
	if (v != NULL)
		column(out, text, width);
}

/* "    2:1  MODE  1 fast: as fast as it goes" */
static void
fields(struct buf *out, const json_t *list)
{
	const int width = widest(list, "name", 20);
	const json_t *f;
	size_t i;

	json_array_foreach(list, i, f) {
		const char *word = json_get_str(f, "word", NULL), *means = str(f, "means");

		(void)buf_add_fmt(out, "  %7s ", str(f, "bits"));
		column(out, str(f, "name"), width);
		value(out, f, 3);
		if (word == NULL || json_get_str(f, "why", NULL) != NULL) {
			tail(out, f);
		} else {
			(void)buf_add_str(out, word);
			if (means[0] != '\0') {
				(void)buf_add_str(out, ": ");
				(void)buf_add_str(out, means);
			}
			(void)buf_add_byte(out, '\n');
		}
		words(out, json_object_get(f, "words"), json_get_int(f, "width", 1));
	}
}

/* ---- registers */

void
ocd_text_peripherals(struct buf *out, const json_t *rows)
{
	const int width = widest(rows, "name", 32);
	const json_t *r;
	size_t i;

	json_array_foreach(rows, i, r) {
		column(out, str(r, "name"), width);
		column(out, str(r, "addr"), 10);
		column(out, json_get_str(r, "value", "-"), 10);
		tail(out, r);
		if (json_get_str(r, "value", NULL) != NULL)
			fields(out, json_object_get(r, "fields"));
	}
}

static void
described(struct buf *out, const json_t *rows)
{
	const int width = widest(rows, "name", 32);
	const json_t *r;
	size_t i;

	json_array_foreach(rows, i, r) {
		column(out, str(r, "name"), width);
		column(out, json_get_str(r, "addr", "-"), 10);
		(void)buf_add_fmt(out, "%2lld ", (long long)json_get_int(r, "bits", 32));
		column(out, str(r, "access"), 10);
		if (json_get_str(r, "effect", NULL) != NULL)
			(void)buf_add_fmt(out, "(reading: %s) ", str(r, "effect"));
		tail(out, r);
		fields(out, json_object_get(r, "fields"));
	}
	if (json_array_size(rows) == 0)
		(void)buf_add_str(out, "it has no registers\n");
}

void
ocd_text_svd(struct buf *out, const json_t *o)
{
	const json_t *list = json_object_get(o, "peripherals"), *p;
	const int width = widest(list, "name", 24), group = widest(list, "group", 12);
	size_t i;

	if (list == NULL) {
		described(out, json_object_get(o, "registers"));
	} else {
		(void)buf_add_str(out, str(o, "device"));
		(void)buf_add_str(out, "  ");
		(void)buf_add_str(out, str(o, "what"));
		(void)buf_add_byte(out, '\n');
	}
	json_array_foreach(list, i, p) {
		column(out, str(p, "name"), width);
		column(out, json_get_str(p, "addr", "-"), 10);
		if (group != 0)
			column(out, str(p, "group"), group);
		tail(out, p);
	}
	if (json_get_bool(o, "cut", false))
		(void)buf_add_str(out, "... and more: name one of them\n");
}
