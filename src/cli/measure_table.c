/* measure_table.c - the comparable table. */
#include "cli/measure_table.h"

#include <math.h>
#include <string.h>

#include "base/err.h"
#include "cli/say.h"

enum { CELL = 32, COLUMNS_MAX = 16 };

/* ---- text ---- */

static void
none_or(char *out, double v, int decimals)
{
	if (isnan(v))
		snprintf(out, CELL, "-");
	else
		snprintf(out, CELL, "%.*f", decimals, v);
}

/* "2170 +-3%": the spread only where there is more than one run. */
static void
with_spread(char *out, const struct measure_stat *s, double divide, int decimals)
{
	const double m = measure_median(s), half = (measure_high(s) - measure_low(s)) / 2;
	size_t n;

	none_or(out, m / divide, decimals);
	n = strlen(out);
	if (s->n > 1 && m > 0)
		snprintf(out + n, CELL - n, " +-%.0f%%", 100 * half / m);
}

static void
throttle_cell(const struct measure_row *r, char *out)
{
	if (isnan(r->warm_s))
		snprintf(out, CELL, "-");
	else if (!r->throttled)
		snprintf(out, CELL, "no");
	else if (isnan(r->throttle_high))
		snprintf(out, CELL, "yes");
	else if (isnan(r->throttle_low) || fabs(r->throttle_low - r->throttle_high) < 0.05)
		snprintf(out, CELL, "%.1f C", r->throttle_high);
	else
		snprintf(out, CELL, "%.1f-%.1f C", fmin(r->throttle_low, r->throttle_high),
		    fmax(r->throttle_low, r->throttle_high));
}

static const char *const heads[] = { "board", "start ms", "RSS MiB", "PSS MiB", "VSS MiB",
	"peak MiB", "req/s", "p50 ms", "p99 ms", "idle C", "hot C", "throttles", "clock",
	"hot req/s" };
enum { COLUMNS = sizeof heads / sizeof heads[0] };

static void
cells(const struct measure_row *r, char c[COLUMNS_MAX][CELL])
{
	const double hot = measure_median(&r->hot), cold = measure_median(&r->rate);
	const double clock = r->throttled && !isnan(r->clock_low) ?
	    100 * (r->clock_low / r->clock_full - 1) : (double)NAN;

	snprintf(c[0], CELL, "%.24s", r->name);
	with_spread(c[1], &r->start, 1, 1);
	with_spread(c[2], &r->rss, 1024, 1);
	none_or(c[3], measure_median(&r->pss) / 1024, 1);
	none_or(c[4], measure_median(&r->vss) / 1024, 0);
	none_or(c[5], r->peak / 1024, 1);
	with_spread(c[6], &r->rate, 1, 0);
	none_or(c[7], measure_median(&r->p50), 2);
	none_or(c[8], measure_median(&r->p99), 2);
	none_or(c[9], r->t_idle, 1);
	none_or(c[10], r->t_end, 1);
	throttle_cell(r, c[11]);
	if (isnan(clock))
		snprintf(c[12], CELL, "-");
	else
		snprintf(c[12], CELL, "%+.0f%%", clock);
	if (isnan(hot) || isnan(cold) || cold <= 0)
		snprintf(c[13], CELL, "-");
	else
		snprintf(c[13], CELL, "%.0f %+.0f%%", hot, 100 * (hot / cold - 1));
}

static void
footnotes(FILE *f, const struct measure_row *r)
{
	char text[ERR_WHAT_MAX + ERR_WHY_MAX + ERR_NEXT_MAX + 8];

	fprintf(f, "%s: %s, %s, %u CPUs, governor %s", r->name, r->machine[0] != '\0' ?
	    r->machine : "machine unknown", r->kernel, r->cpus, r->governor[0] != '\0' ?
	    r->governor : "unknown");
	if (r->heat[0] != '\0')
		fprintf(f, "; heat by %s, %s", r->heat, r->steady);
	if (r->throttled)
		fprintf(f, "; throttled by %s", r->cause);
	fputc('\n', f);
	for (unsigned i = 0; i < r->notes; i++)
		fprintf(f, "  ! %s\n", r->note[i]);
	if (r->error.code != ERR_OK) {
		err_format(&r->error, text, sizeof text);
		fprintf(f, "  ! ended early: %s\n", text);
	}
}

void
measure_text(FILE *f, const struct measure_row *r, size_t n, const struct measure_opts *o)
{
	char c[COLUMNS_MAX][CELL];
	int width[COLUMNS];

	for (size_t k = 0; k < COLUMNS; k++)
		width[k] = (int)strlen(heads[k]);
	for (size_t i = 0; i < n; i++) {
		cells(&r[i], c);
		for (size_t k = 0; k < COLUMNS; k++)
			width[k] = (int)strlen(c[k]) > width[k] ? (int)strlen(c[k]) : width[k];
	}
	for (size_t k = 0; k < COLUMNS; k++)
		fprintf(f, "%s%*s", k == 0 ? "" : "  ", k == 0 ? -width[k] : width[k], heads[k]);
	fputc('\n', f);
	for (size_t i = 0; i < n; i++) {
		cells(&r[i], c);
		for (size_t k = 0; k < COLUMNS; k++)
			fprintf(f, "%s%*s", k == 0 ? "" : "  ", k == 0 ? -width[k] : width[k],
			    c[k]);
		fputc('\n', f);
	}
	fprintf(f, "\nmedians of %u runs, +- half the distance of lowest and highest; start to the "
	    "first answer, less the link's round trip;\nreq/s: vise's own keep-alive client, %u "
	    "connections, %.3g s each, from this machine; hot req/s: right after the heat\n",
	    o->runs, o->connections, (double)o->load_ns / 1e9);
	for (size_t i = 0; i < n; i++)
		footnotes(f, &r[i]);
}

/* ---- CSV and JSON: the same values under the same names ---- */

static const struct {
	const char *name;
	size_t at;
} stats[] = {
	{ "start_ms", offsetof(struct measure_row, start) },
	{ "rss_kib", offsetof(struct measure_row, rss) },
	{ "pss_kib", offsetof(struct measure_row, pss) },
	{ "vss_kib", offsetof(struct measure_row, vss) },
	{ "rss_anon_kib", offsetof(struct measure_row, anon) },
	{ "requests_per_s", offsetof(struct measure_row, rate) },
	{ "p50_ms", offsetof(struct measure_row, p50) },
	{ "p99_ms", offsetof(struct measure_row, p99) },
	{ "hot_requests_per_s", offsetof(struct measure_row, hot) },
};
static const struct {
	const char *name;
	size_t at;
} numbers[] = {
	{ "peak_rss_kib", offsetof(struct measure_row, peak) },
	{ "idle_c", offsetof(struct measure_row, t_idle) },
	{ "hot_c", offsetof(struct measure_row, t_end) },
	{ "warm_s", offsetof(struct measure_row, warm_s) },
	{ "throttle_low_c", offsetof(struct measure_row, throttle_low) },
	{ "throttle_high_c", offsetof(struct measure_row, throttle_high) },
	{ "clock_low_hz", offsetof(struct measure_row, clock_low) },
	{ "clock_full_hz", offsetof(struct measure_row, clock_full) },
	{ "generator_cpu_percent", offsetof(struct measure_row, generator) },
	{ "memory_kib", offsetof(struct measure_row, memory) },
};
static const struct {
	const char *name;
	size_t at;
} texts[] = {
	{ "machine", offsetof(struct measure_row, machine) },
	{ "kernel", offsetof(struct measure_row, kernel) },
	{ "governor", offsetof(struct measure_row, governor) },
	{ "heat", offsetof(struct measure_row, heat) },
	{ "throttle_cause", offsetof(struct measure_row, cause) },
};

#define COUNT(a) (sizeof a / sizeof a[0])

static const struct measure_stat *
stat_of(const struct measure_row *r, size_t i)
{
	return (const struct measure_stat *)(const void *)((const char *)r + stats[i].at);
}

static double
number_of(const struct measure_row *r, size_t i)
{
	return *(const double *)(const void *)((const char *)r + numbers[i].at);
}

static const char *
text_of(const struct measure_row *r, size_t i)
{
	return (const char *)r + texts[i].at;
}

static void
csv_text(FILE *f, const char *s)
{
	fputc('"', f);
	for (; *s != '\0'; s++)
		fprintf(f, "%s%c", *s == '"' ? "\"" : "", *s);
	fputc('"', f);
}

static void
csv_number(FILE *f, double v)
{
	if (isnan(v))
		fputc(',', f);
	else
		fprintf(f, ",%.6g", v);
}

void
measure_csv(FILE *f, const struct measure_row *r, size_t n)
{
	fputs("board", f);
	for (size_t k = 0; k < COUNT(stats); k++)
		fprintf(f, ",%s,%s_low,%s_high", stats[k].name, stats[k].name, stats[k].name);
	for (size_t k = 0; k < COUNT(numbers); k++)
		fprintf(f, ",%s", numbers[k].name);
	fputs(",at_rest,throttled,cpus,failures", f);
	for (size_t k = 0; k < COUNT(texts); k++)
		fprintf(f, ",%s", texts[k].name);
	fputs(",error\n", f);
	for (size_t i = 0; i < n; i++) {
		csv_text(f, r[i].name);
		for (size_t k = 0; k < COUNT(stats); k++) {
			csv_number(f, measure_median(stat_of(&r[i], k)));
			csv_number(f, measure_low(stat_of(&r[i], k)));
			csv_number(f, measure_high(stat_of(&r[i], k)));
		}
		for (size_t k = 0; k < COUNT(numbers); k++)
			csv_number(f, number_of(&r[i], k));
		fprintf(f, ",%d,%d,%u,%llu,", r[i].at_rest, r[i].throttled, r[i].cpus,
		    (unsigned long long)r[i].failures);
		for (size_t k = 0; k < COUNT(texts); k++) {
			csv_text(f, text_of(&r[i], k));
			fputc(',', f);
		}
		csv_text(f, r[i].error.code != ERR_OK ? r[i].error.why : "");
		fputc('\n', f);
	}
}

static json_t *
number(double v)
{
	return isnan(v) || isinf(v) ? json_null() : json_real(v);
}

static json_t *
stat_json(const struct measure_stat *s)
{
	json_t *o = json_object(), *runs = json_array();

	json_put(o, "median", number(measure_median(s)));
	json_put(o, "low", number(measure_low(s)));
	json_put(o, "high", number(measure_high(s)));
	for (unsigned i = 0; i < s->n; i++)
		(void)json_array_append_new(runs, number(s->v[i]));
	json_put(o, "runs", runs);
	return o;
}

static json_t *
row_json(const struct measure_row *r)
{
	json_t *o = json_object(), *notes = json_array();

	json_put_str(o, "board", r->name);
	for (size_t k = 0; k < COUNT(texts); k++)
		json_put_str(o, texts[k].name, text_of(r, k));
	for (size_t k = 0; k < COUNT(stats); k++)
		json_put(o, stats[k].name, stat_json(stat_of(r, k)));
	for (size_t k = 0; k < COUNT(numbers); k++)
		json_put(o, numbers[k].name, number(number_of(r, k)));
	json_put_bool(o, "at_rest", r->at_rest);
	json_put_bool(o, "throttled", r->throttled);
	json_put_int(o, "cpus", r->cpus);
	json_put_int(o, "answers", (int64_t)r->answers);
	json_put_int(o, "failures", (int64_t)r->failures);
	for (unsigned i = 0; i < r->notes; i++)
		(void)json_array_append_new(notes, json_string(r->note[i]));
	json_put(o, "notes", notes);
	if (r->error.code != ERR_OK)
		json_put(o, "error", json_pack("{s:s,s:s,s:s}", "code",
		    err_word(r->error.code), "what", r->error.what, "why", r->error.why));
	return o;
}

json_t *
measure_json(const struct measure_row *r, size_t n, const struct measure_opts *o)
{
	json_t *out = json_object(), *rows = json_array();

	json_put_str(out, "program", o->program != NULL ? o->program : o->there);
	json_put_int(out, "runs", o->runs);
	json_put_int(out, "connections", o->connections);
	json_put(out, "load_s", json_real((double)o->load_ns / 1e9));
	json_put_str(out, "generator", "vise, HTTP/1.1 keep-alive, closed loop");
	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(rows, row_json(&r[i]));
	json_put(out, "boards", rows);
	return out;
}
