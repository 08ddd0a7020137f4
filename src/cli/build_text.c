/* build_text.c - table, CSV, findings and commands of a build matrix. */
#include "cli/build_text.h"

#include <string.h>

#include "base/slice.h"
#include "cli/say.h"

enum { CELL = 48, OUTPUT_LINES = 24 };

static const char *const heads[] = { "row", "state", "size", "+/-", "text", "data", "bss", "link",
	"run", "time" };
enum { COLUMNS = sizeof heads / sizeof *heads };

static void
bytes_cell(char *out, int64_t n)
{
	if (n < 0)
		snprintf(out, CELL, "-");
	else if (n < 1024)
		snprintf(out, CELL, "%lld", (long long)n);
	else if (n < 1024 * 1024)
		snprintf(out, CELL, "%.1f KiB", (double)n / 1024);
	else
		snprintf(out, CELL, "%.2f MiB", (double)n / (1024 * 1024));
}

/* static, loader (a PIE without cgo), glibc 2.34, musl, dynamic */
static void
link_cell(char *out, const json_t *facts)
{
	const char *interp = json_get_str(facts, "interp", ""), *glibc =
	    json_get_str(json_object_get(facts, "versions"), "GLIBC", "");
	const char *pie = json_get_bool(facts, "pie", false) ? " pie" : "";

	if (facts == NULL)
		snprintf(out, CELL, "-");
	else if (glibc[0] != '\0')
		snprintf(out, CELL, "glibc %.16s%s", glibc, pie);
	else if (strstr(interp, "musl") != NULL)
		snprintf(out, CELL, "musl%s", pie);
	else if (interp[0] != '\0' && json_array_size(json_object_get(facts, "needed")) == 0)
		snprintf(out, CELL, "loader%s", pie);
	else if (interp[0] != '\0')
		snprintf(out, CELL, "dynamic%s", pie);
	else
		snprintf(out, CELL, "static%s", pie);
}

static void
smoke_cell(char *out, const json_t *smoke)
{
	const char *state = json_get_str(smoke, "state", "-");
	const double ms = json_get_num(smoke, "ms", -1);

	if (ms >= 0)
		snprintf(out, CELL, "%.10s %.0f ms", state, ms);
	else
		snprintf(out, CELL, "%.10s", state);
}

static void
cells(const json_t *row, int64_t first, char c[COLUMNS][CELL])
{
	const json_t *facts = json_object_get(row, "facts"), *sizes = json_object_get(facts,
	    "sizes");
	const int64_t bytes = json_get_int(row, "bytes", -1);
	const double seconds = json_get_num(row, "seconds", -1);

	snprintf(c[0], CELL, "%.40s", json_get_str(row, "row", "?"));
	snprintf(c[1], CELL, "%.20s", json_get_str(row, "state", "?"));
	bytes_cell(c[2], bytes);
	if (first > 0 && bytes >= 0 && bytes != first)
		snprintf(c[3], CELL, "%+.1f%%", 100.0 * ((double)bytes / (double)first - 1));
	else
		snprintf(c[3], CELL, "-");
	bytes_cell(c[4], json_get_int(sizes, "text", -1));
	bytes_cell(c[5], json_get_int(sizes, "data", -1));
	bytes_cell(c[6], json_get_int(sizes, "bss", -1));
	link_cell(c[7], facts);
	smoke_cell(c[8], json_object_get(row, "smoke"));
	if (seconds >= 0)
		snprintf(c[9], CELL, "%.1f s", seconds);
	else
		snprintf(c[9], CELL, "-");
}

static int64_t
first_size(const json_t *rows)
{
	const json_t *r;
	size_t i;

	json_array_foreach(rows, i, r)
		if (json_get_int(r, "bytes", -1) > 0)
			return json_get_int(r, "bytes", 0);
	return -1;
}

void
build_text_table(FILE *f, const json_t *rows)
{
	const int64_t first = first_size(rows);
	char c[COLUMNS][CELL];
	int width[COLUMNS];
	const json_t *r;
	size_t i;

	for (size_t k = 0; k < COLUMNS; k++)
		width[k] = (int)strlen(heads[k]);
	json_array_foreach(rows, i, r) {
		cells(r, first, c);
		for (size_t k = 0; k < COLUMNS; k++)
			width[k] = (int)strlen(c[k]) > width[k] ? (int)strlen(c[k]) : width[k];
	}
	/* words to the left, numbers to the right */
	for (size_t k = 0; k < COLUMNS; k++)
		fprintf(f, "%s%*s", k != 0 ? "  " : "", k < 2 || k == 7 || k == 8 ? -width[k] :
		    width[k], heads[k]);
	fputc('\n', f);
	json_array_foreach(rows, i, r) {
		cells(r, first, c);
		for (size_t k = 0; k < COLUMNS; k++) {
			fputs(k != 0 ? "  " : "", f);
			fprintf(f, "%*s", k < 2 || k == 7 || k == 8 ? -width[k] : width[k], c[k]);
		}
		fputc('\n', f);
	}
}

/* ---- CSV */

static void
csv_word(FILE *f, const char *s)
{
	if (strpbrk(s, ",\"\n\r") == NULL) {
		fputs(s, f);
		return;
	}
	fputc('"', f);
	for (; *s != '\0'; s++)
		fprintf(f, *s == '"' ? "\"\"" : "%c", *s);
	fputc('"', f);
}

static void
csv_number(FILE *f, const json_t *o, const char *key, int decimals)
{
	const double v = json_get_num(o, key, -1);

	fputc(',', f);
	if (v >= 0)
		fprintf(f, "%.*f", decimals, v);
}

void
build_text_csv(FILE *f, const json_t *rows)
{
	static const char *const words[] = { "goos", "goarch", "variant", "board", "tags",
		"ldflags", "buildmode", "file", "sha256" };
	static const char *const numbers[] = { "text", "rodata", "data", "bss" };
	const json_t *r, *sizes, *smoke;
	char link[CELL];
	size_t i;

	fputs("row,state,cgo,trimpath,bytes,seconds,text,rodata,data,bss,link,run,run ms", f);
	for (size_t k = 0; k < sizeof words / sizeof *words; k++)
		fprintf(f, ",%s", words[k]);
	fputc('\n', f);
	json_array_foreach(rows, i, r) {
		sizes = json_object_get(json_object_get(r, "facts"), "sizes");
		smoke = json_object_get(r, "smoke");
		link_cell(link, json_object_get(r, "facts"));
		csv_word(f, json_get_str(r, "row", ""));
		fprintf(f, ",%s,%d,%d", json_get_str(r, "state", ""), json_get_bool(r, "cgo",
		    false), json_get_bool(r, "trimpath", false));
		csv_number(f, r, "bytes", 0);
		csv_number(f, r, "seconds", 3);
		for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++)
			csv_number(f, sizes, numbers[k], 0);
		fprintf(f, ",%s,%s", strcmp(link, "-") == 0 ? "" : link, json_get_str(smoke,
		    "state", ""));
		csv_number(f, smoke, "ms", 1);
		for (size_t k = 0; k < sizeof words / sizeof *words; k++) {
			fputc(',', f);
			csv_word(f, json_get_str(r, words[k], ""));
		}
		fputc('\n', f);
	}
}

/* ---- findings, output, commands */

static void
put_output(FILE *f, const json_t *row)
{
	struct slice rest = slice_of(json_get_str(row, "output", ""));
	unsigned n = 0;

	while (rest.n != 0) {
		const struct slice line = slice_cut(rest, '\n', &rest);

		if (n++ >= OUTPUT_LINES)
			continue;
		fputs("    ", f);
		say_text(f, line.p != NULL ? line.p : "", line.n);
		fputc('\n', f);
	}
	if (n > OUTPUT_LINES)
		fprintf(f, "    ... and %u lines more (--json has them)\n", n - OUTPUT_LINES);
}

size_t
build_text_row(FILE *f, const json_t *row, size_t said)
{
	const json_t *findings = json_object_get(row, "findings"), *x;
	size_t i;

	json_array_foreach(findings, i, x) {
		if (i < said)
			continue;
		fprintf(f, "%s: %s: %s: ", json_get_str(row, "row", "?"), json_get_str(x, "level",
		    ""), json_get_str(x, "check", ""));
		say_str(f, json_get_str(x, "why", ""));
		if (json_get_str(x, "next", "")[0] != '\0') {
			fputs("; ", f);
			say_str(f, json_get_str(x, "next", ""));
		}
		fputc('\n', f);
	}
	if (strcmp(json_get_str(row, "state", ""), "failed") == 0) {
		fprintf(f, "%s: failed:\n", json_get_str(row, "row", "?"));
		put_output(f, row);
	}
	return json_array_size(findings);
}

static void
put_env(FILE *f, const char *name, const char *value)
{
	if (value[0] == '\0')
		return;
	fprintf(f, "%s=", name);
	say_word(f, value);
	fputc(' ', f);
}

void
build_text_plan(FILE *f, const json_t *rows)
{
	const json_t *r, *w;
	const char *name;
	json_t *v;
	size_t i, k;

	json_array_foreach(rows, i, r) {
		fprintf(f, "# %s%s\n", json_get_str(r, "row", "?"), strcmp(json_get_str(r, "state",
		    ""), "refused") == 0 ? ": refused, see above" : "");
		if (json_object_get(r, "command") == NULL)
			continue;
		json_object_foreach(json_object_get(r, "variables"), name, v)
			put_env(f, name, json_string_value(v));
		json_array_foreach(json_object_get(r, "command"), k, w) {
			fputs(k != 0 ? " " : "", f);
			say_word(f, json_string_value(w));
		}
		fputc('\n', f);
	}
}

void
build_text_state(FILE *f, const json_t *row)
{
	char size[CELL];

	bytes_cell(size, json_get_int(row, "bytes", -1));
	fprintf(f, "%s: %s", json_get_str(row, "row", "?"), json_get_str(row, "state", "?"));
	if (json_get_int(row, "bytes", -1) >= 0)
		fprintf(f, ", %s in %.1f s", size, json_get_num(row, "seconds", 0));
	fputc('\n', f);
}
