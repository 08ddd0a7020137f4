/* ocd_text.c - run state, registers, memory and tables in lines. */
#include "cli/ocd_text.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/slice.h"
#include "cli/ocd_svd_text.h"
#include "cli/say.h"

static const char *
str(const json_t *o, const char *key)
{
	return json_get_str(o, key, "");
}

static void
field(const json_t *o, const char *key, int width)
{
	const char *s = str(o, key);
	const int n = (int)strlen(s);

	say_str(stdout, s);
	printf("%*s", n < width ? width - n : 0, "");
}

/* " main.work (main.go:41)" */
static void
place(const json_t *f)
{
	const char *file = str(f, "file"), *slash = strrchr(file, '/');

	if (f == NULL)
		return;
	putchar(' ');
	say_str(stdout, str(f, "func"));
	if (file[0] == '\0')
		return;
	fputs(" (", stdout);
	say_str(stdout, slash != NULL ? slash + 1 : file);
	printf(":%lld)", (long long)json_get_int(f, "line", 0));
}

void
ocd_text_nothing(const json_t *o)
{
	(void)o;
}

void
ocd_text_state(const json_t *o)
{
	if (!json_get_bool(o, "open", false)) {
		puts("no OpenOCD");
		return;
	}
	printf("OpenOCD at %s:%lld", str(o, "host"), (long long)json_get_int(o, "port", 0));
	if (json_object_get(o, "job") != NULL)
		printf(", job %lld", (long long)json_get_int(o, "job", 0));
	fputs("\n", stdout);
	field(o, "target", 0);
	printf("  %s  %s\n", str(o, "type"), str(o, "state"));
}

void
ocd_text_moved(const json_t *o)
{
	field(o, "target", 0);
	printf(": %s", str(o, "state"));
	if (json_object_get(o, "pc") != NULL)
		printf(" at 0x%08llx", (unsigned long long)json_get_int(o, "pc", 0));
	putchar('\n');
}

void
ocd_text_targets(const json_t *list)
{
	size_t i;
	const json_t *o;

	json_array_foreach(list, i, o) {
		fputs(json_get_bool(o, "current", false) ? "* " : "  ", stdout);
		field(o, "name", 24);
		putchar(' ');
		field(o, "type", 12);
		putchar(' ');
		field(o, "state", 0);
		putchar('\n');
	}
}

void
ocd_text_registers(const json_t *list)
{
	size_t i;
	const json_t *o;

	if (json_object_get(json_array_get(list, 0), "access") != NULL) {
		ocd_text_peripherals(list);
		return;
	}
	json_array_foreach(list, i, o) {
		field(o, "name", 10);
		putchar(' ');
		field(o, "value", 0);
		place(json_object_get(o, "place"));
		putchar('\n');
	}
}

static void
text_column(const unsigned char *p, size_t n)
{
	fputs(" |", stdout);
	for (size_t i = 0; i < n; i++)
		putchar(isprint(p[i]) ? p[i] : '.');
	puts("|");
}

void
ocd_text_memory(const json_t *o)
{
	const json_t *values = json_object_get(o, "values");
	const unsigned bytes = (unsigned)json_get_int(o, "width", 32) / 8, per = 16 / bytes;
	const size_t n = json_array_size(values);
	unsigned long long addr = (unsigned long long)json_get_int(o, "addr", 0);

	if (json_object_get(o, "registers") != NULL) {
		ocd_text_peripherals(json_object_get(o, "registers"));
		return;
	}
	for (size_t i = 0; i < n; i += per) {
		unsigned char row[16];
		size_t len = 0;

		printf("0x%08llx ", addr + i * bytes);
		for (size_t k = i; k < i + per; k++) {
			const uint64_t v = (uint64_t)json_integer_value(json_array_get(values, k));

			if (k >= n) {
				printf("%*s", (int)(1 + 2 * bytes), "");
				continue;
			}
			printf(" %0*llx", (int)(2 * bytes), (unsigned long long)v);
			for (unsigned b = 0; b < bytes; b++)
				row[len++] = (unsigned char)(v >> (8 * b));
		}
		putchar(' ');
		text_column(row, len);
	}
}

static void
words(const json_t *list, const char *indent)
{
	size_t i;
	const json_t *w;

	json_array_foreach(list, i, w) {
		fputs(indent, stdout);
		say_str(stdout, json_string_value(w));
		putchar('\n');
	}
}

static void
frame(const json_t *f)
{
	if (f == NULL)
		return;
	printf("stacked by the exception, at %s\n", str(f, "at"));
	printf("  pc    %s", str(f, "pc"));
	place(json_object_get(f, "place"));
	printf("\n  lr    %s", str(f, "lr"));
	place(json_object_get(f, "from"));
	printf("\n  r0    %s  r1 %s  r2 %s  r3 %s\n  r12   %s  xpsr %s\n", str(f, "r0"),
	    str(f, "r1"), str(f, "r2"), str(f, "r3"), str(f, "r12"), str(f, "xpsr"));
}

void
ocd_text_faults(const json_t *o)
{
	size_t i;
	const json_t *r;

	printf("%s, %s\n", str(o, "core"), str(o, "state"));
	frame(json_object_get(o, "frame"));
	json_array_foreach(json_object_get(o, "registers"), i, r) {
		printf("%-6s %s\n", str(r, "name"), str(r, "value"));
		words(json_object_get(r, "words"), "         ");
	}
}

void
ocd_text_audit(const json_t *o)
{
	size_t i;
	const json_t *r;

	printf("%s, %s\n", str(o, "core"), str(o, "state"));
	json_array_foreach(json_object_get(o, "registers"), i, r) {
		printf("%-10s %s %-10s %-8s %s", str(r, "name"), str(r, "addr"),
		    json_get_str(r, "value", "-"), str(r, "verdict"), str(r, "what"));
		if (str(r, "why")[0] != '\0')
			printf(": %s", str(r, "why"));
		putchar('\n');
		words(json_object_get(r, "words"), "                      ");
	}
	if (json_array_size(json_object_get(o, "comparators")) != 0)
		puts("in use");
	words(json_object_get(o, "comparators"), "  ");
}

/* The same handler, and no word against it: one line for a run of them. */
static bool
alike(const json_t *a, const json_t *b)
{
	return strcmp(str(a, "value"), str(b, "value")) == 0 && json_get_int(a, "number", 0) >= 16;
}

void
ocd_text_vectors(const json_t *o)
{
	const json_t *list = json_object_get(o, "vectors"), *r;
	const size_t n = json_array_size(list);

	printf("the vector table at %s\n", str(o, "table"));
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
		printf("%3lld %-18s %s ", (long long)json_get_int(r, "number", 0), name,
		    str(r, "value"));
		say_str(stdout, str(r, "func"));
		if (str(r, "why")[0] != '\0')
			printf(" ! %s", str(r, "why"));
		putchar('\n');
	}
}

void
ocd_text_log(const json_t *o)
{
	const char *text = str(o, "text");
	const size_t n = strlen(text);

	say_text(stdout, text, n);
	if (n != 0 && text[n - 1] != '\n')
		putchar('\n');
}

void
ocd_text_live(const json_t *o)
{
	const json_t *rows = json_object_get(o, "rows"), *r;
	size_t i;

	printf("%.3f", json_get_num(o, "t", 0) / 1e9);
	json_array_foreach(rows, i, r) {
		fputs("  ", stdout);
		say_str(stdout, str(r, "name"));
		putchar('=');
		if (json_object_get(r, "why") != NULL) {
			fputs("? (", stdout);
			say_str(stdout, str(r, "why"));
			putchar(')');
		} else {
			say_str(stdout, str(r, "value"));
		}
	}
	putchar('\n');
}
