/* ocd_svd_text.c - a chip's registers for people. */
#include "cli/ocd_svd_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/say.h"

static const char *
str(const json_t *o, const char *key)
{
	return json_get_str(o, key, "");
}

static void
column(const char *s, int width)
{
	const int n = (int)strlen(s);

	say_str(stdout, s);
	printf("%*s ", n < width ? width - n : 0, "");
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
tail(const json_t *o)
{
	if (json_get_str(o, "why", NULL) != NULL) {
		fputs("! ", stdout);
		say_str(stdout, str(o, "why"));
	} else {
		say_str(stdout, str(o, "what"));
	}
	putchar('\n');
}

/* ---- fields */

/* "0x2", or "1x" where some bits do not matter. */
static void
pattern(const json_t *w, int64_t width)
{
	const uint64_t value = strtoull(str(w, "value"), NULL, 16),
		       mask = strtoull(json_get_str(w, "mask", "0"), NULL, 16);

	if (json_get_bool(w, "otherwise", false) || json_get_str(w, "mask", NULL) == NULL) {
		fputs(json_get_bool(w, "otherwise", false) ? "else" : str(w, "value"), stdout);
		return;
	}
	for (int64_t i = (width < 64 ? width : 64) - 1; i >= 0; i--)
		putchar((mask >> i & 1) == 0 ? 'x' : (value >> i & 1) != 0 ? '1' : '0');
}

static void
words(const json_t *list, int64_t width)
{
	const json_t *w;
	size_t i;

	json_array_foreach(list, i, w) {
		printf("%16s", "");
		pattern(w, width);
		fputs("  ", stdout);
		say_str(stdout, str(w, "name"));
		if (json_get_str(w, "what", NULL) != NULL) {
			fputs(": ", stdout);
			say_str(stdout, str(w, "what"));
		}
		putchar('\n');
	}
}

static void
value(const json_t *f, int width)
{
	const json_t *v = json_object_get(f, "value");
	char text[32] = "";

	if (json_is_string(v))
		snprintf(text, sizeof text, "%.24s", json_string_value(v));
	else if (v != NULL)
		snprintf(text, sizeof text, json_integer_value(v) < 10 ? "%lld" : "0x%llx",
		    (long long)json_integer_value(v));
	if (v != NULL)
		column(text, width);
}

/* "    2:1  MODE  1 fast: as fast as it goes" */
static void
fields(const json_t *list)
{
	const int width = widest(list, "name", 20);
	const json_t *f;
	size_t i;

	json_array_foreach(list, i, f) {
		const char *word = json_get_str(f, "word", NULL), *means = str(f, "means");

		printf("  %7s ", str(f, "bits"));
		column(str(f, "name"), width);
		value(f, 3);
		if (word == NULL || json_get_str(f, "why", NULL) != NULL) {
			tail(f);
		} else {
			say_str(stdout, word);
			if (means[0] != '\0') {
				fputs(": ", stdout);
				say_str(stdout, means);
			}
			putchar('\n');
		}
		words(json_object_get(f, "words"), json_get_int(f, "width", 1));
	}
}

/* ---- registers */

void
ocd_text_peripherals(const json_t *rows)
{
	const int width = widest(rows, "name", 32);
	const json_t *r;
	size_t i;

	json_array_foreach(rows, i, r) {
		column(str(r, "name"), width);
		column(str(r, "addr"), 10);
		column(json_get_str(r, "value", "-"), 10);
		tail(r);
		if (json_get_str(r, "value", NULL) != NULL)
			fields(json_object_get(r, "fields"));
	}
}

static void
described(const json_t *rows)
{
	const int width = widest(rows, "name", 32);
	const json_t *r;
	size_t i;

	json_array_foreach(rows, i, r) {
		column(str(r, "name"), width);
		column(json_get_str(r, "addr", "-"), 10);
		printf("%2lld ", (long long)json_get_int(r, "bits", 32));
		column(str(r, "access"), 10);
		if (json_get_str(r, "effect", NULL) != NULL)
			printf("(reading: %s) ", str(r, "effect"));
		tail(r);
		fields(json_object_get(r, "fields"));
	}
	if (json_array_size(rows) == 0)
		puts("it has no registers");
}

void
ocd_text_svd(const json_t *o)
{
	const json_t *list = json_object_get(o, "peripherals"), *p;
	const int width = widest(list, "name", 24), group = widest(list, "group", 12);
	size_t i;

	if (list == NULL) {
		described(json_object_get(o, "registers"));
	} else {
		say_str(stdout, str(o, "device"));
		fputs("  ", stdout);
		say_str(stdout, str(o, "what"));
		putchar('\n');
	}
	json_array_foreach(list, i, p) {
		column(str(p, "name"), width);
		column(json_get_str(p, "addr", "-"), 10);
		if (group != 0)
			column(str(p, "group"), group);
		tail(p);
	}
	if (json_get_bool(o, "cut", false))
		puts("... and more: name one of them");
}
