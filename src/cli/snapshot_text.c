/* snapshot_text.c - printing snapshots of everything. */
#include "cli/snapshot_text.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cli/say.h"

enum { ROWS_SHOWN = 5 };

void
snapshot_text_amount(double v, const char *unit, int sign, char *out, size_t size)
{
	const double size_of = v < 0 ? -v : v;
	char text[32];

	if ((strcmp(unit, "bytes") == 0 || strcmp(unit, "B") == 0) && size_of < 9e18)
		bytes_fmt_short((int64_t)size_of, text, sizeof text);
	else if (strcmp(unit, "nanoseconds") == 0 && size_of < 1.8e19)
		clock_fmt_span((uint64_t)size_of, text, sizeof text);
	else
		snprintf(text, sizeof text, "%.10g", size_of);
	snprintf(out, size, "%s%s", v < 0 ? "-" : sign ? "+" : "", text);
}

static void
say_member(const json_t *m, const char *key, const char *title)
{
	const char *text = json_get_str(m, key, NULL);

	if (text == NULL)
		return;
	printf("%s: ", title);
	say_str(stdout, text);
	putchar('\n');
}

static void
say_time(const json_t *m)
{
	char when[64];

	clock_fmt_iso((uint64_t)json_get_int(m, "wall", 0), when, sizeof when);
	printf("Time: %s\n", when);
}

static void
part_line(const json_t *p)
{
	const char *unit = json_get_str(p, "unit", "");
	const json_t *error = json_object_get(p, "error");
	char total[40] = "", bytes[32];

	if (json_object_get(p, "total") != NULL)
		snapshot_text_amount(json_get_num(p, "total", 0), unit, 0, total, sizeof total);
	bytes_fmt_short(json_get_int(p, "bytes", 0), bytes, sizeof bytes);
	printf("  %-13s %-9s ", json_get_str(p, "part", ""), json_get_str(p, "state", ""));
	if (error != NULL)
		say_str(stdout, json_get_str(error, "why", ""));
	else
		printf("%8s %-14s %7s  ", total, json_get_str(p, "type", ""), bytes);
	if (error == NULL)
		say_str(stdout, json_get_str(p, "file", ""));
	putchar('\n');
}

static void
memstats_lines(const json_t *m)
{
	static const char *const names[] = { "HeapAlloc", "HeapInuse", "HeapSys", "StackInuse",
		"Sys", "HeapObjects", "NumGC" };
	const json_t *s = json_object_get(m, "memstats");
	char text[40];

	if (s == NULL)
		return;
	fputs("Memory:", stdout);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (json_object_get(s, names[i]) == NULL)
			continue;
		snapshot_text_amount(json_get_num(s, names[i], 0), i < 5 ? "bytes" : "", 0, text,
		    sizeof text);
		printf(" %s %s", names[i], text);
	}
	putchar('\n');
}

void
snapshot_text_manifest(const json_t *m)
{
	const json_t *o;
	size_t i;

	say_member(m, "dir", "Snapshot");
	say_time(m);
	say_member(m, "label", "Label");
	say_member(m, "source", "Source");
	say_member(m, "bench", "Bench");
	say_member(m, "state", "State");
	json_array_foreach(json_object_get(m, "parts"), i, o)
		part_line(o);
	memstats_lines(m);
	printf("Gauges: %zu\n", json_array_size(json_object_get(m, "gauges")));
	json_array_foreach(json_object_get(m, "consoles"), i, o) {
		fputs("Console: ", stdout);
		say_str(stdout, json_get_str(o, "name", ""));
		printf(" at byte %lld of ", (long long)json_get_int(o, "offset", 0));
		say_str(stdout, json_get_str(o, "log", "-"));
		putchar('\n');
	}
}

void
snapshot_text_list(const json_t *all)
{
	const json_t *m, *p;
	char when[64];
	size_t i, k;

	json_array_foreach(all, i, m) {
		const json_t *parts = json_object_get(m, "parts");
		size_t ok = 0;

		json_array_foreach(parts, k, p)
			ok += strcmp(json_get_str(p, "state", ""), "ok") == 0;
		clock_fmt_iso((uint64_t)json_get_int(m, "wall", 0), when, sizeof when);
		printf("%.19s  %-9s %2zu/%-2zu  ", when, json_get_str(m, "state", ""), ok,
		    json_array_size(parts));
		say_str(stdout, json_get_str(m, "source", "-"));
		fputs("  ", stdout);
		if (json_get_str(m, "label", NULL) != NULL) {
			say_str(stdout, json_get_str(m, "label", ""));
			fputs("  ", stdout);
		}
		say_str(stdout, json_get_str(m, "dir", ""));
		putchar('\n');
	}
}

/* ---- what changed */

static void
profile_lines(const json_t *o)
{
	const json_t *error = json_object_get(o, "error"), *row;
	const char *unit = json_get_str(o, "unit", "");
	char a[40], b[40], change[40];
	size_t i, shown = 0;

	printf("%s", json_get_str(o, "kind", ""));
	if (error != NULL) {
		fputs(": ", stdout);
		say_str(stdout, json_get_str(error, "why", ""));
		putchar('\n');
		return;
	}
	snapshot_text_amount(json_get_num(o, "total_a", 0), unit, 0, a, sizeof a);
	snapshot_text_amount(json_get_num(o, "total_b", 0), unit, 0, b, sizeof b);
	snapshot_text_amount(json_get_num(o, "change", 0), unit, 1, change, sizeof change);
	printf(" (%s): %s -> %s, %s\n", json_get_str(o, "type", ""), a, b, change);
	json_array_foreach(json_object_get(o, "rows"), i, row) {
		const double flat = json_get_num(row, "flat", 0);

		if (!(flat > 0 || flat < 0) || shown == ROWS_SHOWN)
			continue;
		shown++;
		snapshot_text_amount(flat, unit, 1, change, sizeof change);
		printf("  %10s  ", change);
		say_str(stdout, json_get_str(row, "name", ""));
		putchar('\n');
	}
}

static const char *
unit_of(const char *name)
{
	static const char *const counts[] = { "Lookups", "Mallocs", "Frees", "HeapObjects", "NumGC",
		"NumForcedGC", "GCCPUFraction" };

	for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
		if (strcmp(name, counts[i]) == 0)
			return "";
	return strcmp(name, "PauseTotalNs") == 0 ? "nanoseconds" : "bytes";
}

static void
number_line(const char *name, const char *unit, double a, double b)
{
	char was[40], is[40], change[40];

	if (!(a < b || a > b) || strcmp(name, "LastGC") == 0 || strcmp(name, "FirstPauseEnd") == 0)
		return;
	snapshot_text_amount(a, unit, 0, was, sizeof was);
	snapshot_text_amount(b, unit, 0, is, sizeof is);
	snapshot_text_amount(b - a, unit, 1, change, sizeof change);
	printf("  %-16s %10s -> %-10s %s\n", name, was, is, change);
}

void
snapshot_text_diff(const json_t *d)
{
	const json_t *o;
	size_t i;

	say_member(json_object_get(d, "a"), "dir", "A");
	say_time(json_object_get(d, "a"));
	say_member(json_object_get(d, "b"), "dir", "B");
	say_time(json_object_get(d, "b"));
	printf("Between: %.1f s\n", json_get_num(d, "seconds", 0));
	json_array_foreach(json_object_get(d, "notes"), i, o) {
		fputs("Note: ", stdout);
		say_str(stdout, json_is_string(o) ? json_string_value(o) : "");
		putchar('\n');
	}
	json_array_foreach(json_object_get(d, "profiles"), i, o)
		profile_lines(o);
	if (json_array_size(json_object_get(d, "memstats")) > 0)
		puts("memory");
	json_array_foreach(json_object_get(d, "memstats"), i, o)
		number_line(json_get_str(o, "name", ""), unit_of(json_get_str(o, "name", "")),
		    json_get_num(o, "a", 0), json_get_num(o, "b", 0));
	if (json_array_size(json_object_get(d, "gauges")) > 0)
		puts("gauges");
	json_array_foreach(json_object_get(d, "gauges"), i, o)
		number_line(json_get_str(o, "id", ""), json_get_str(o, "unit", ""),
		    json_get_num(o, "a", 0), json_get_num(o, "b", 0));
}
