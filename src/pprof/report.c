/* report.c - header lines and rows, equal to pprof's to the byte. */
#include "pprof/report.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/utf8.h"
#include "pprof/units.h"

/* A unit comes from the file too: what could steer a terminal becomes a question mark. */
static void
harmless(char *s)
{
	bool valid = utf8_valid(s, strlen(s));

	for (unsigned char *c = (unsigned char *)s; *c != '\0'; c++) {
		bool c1 = c[0] == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0;

		if (*c < ' ' || *c == 0x7f || (!valid && *c >= 0x80))
			*c = '?';
		if (valid && c1)
			c[0] = c[1] = '?';
	}
}

void
report_value(const struct top_report *r, int64_t v, char out[UNITS_LABEL_MAX])
{
	if (r->ratio > 0 && (r->ratio < 1 || r->ratio > 1))
		v = units_int((double)v * r->ratio);
	units_label(v, slice_of(r->unit), slice_of(r->shown_unit), out, UNITS_LABEL_MAX);
	harmless(out);
}

static enum err
line(struct buf *out, const char *head, const char *text)
{
	enum err e = buf_add_str(out, head);

	if (e == ERR_OK)
		e = utf8_escape(out, text, strlen(text), 0);
	return e != ERR_OK ? e : buf_add_byte(out, '\n');
}

/* Go's layout "Jan 2, 2006 at 3:04pm (MST)", local time. */
static enum err
time_line(const struct top_report *r, struct buf *out)
{
	static const char months[][4] = {
		"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
	};
	int64_t s = r->time_nanos / 1000000000 - (r->time_nanos % 1000000000 < 0);
	time_t t = (time_t)s;
	struct tm tm;

	if (localtime_r(&t, &tm) == NULL)
		return ERR_OK;
	return buf_add_fmt(out, "Time: %s %d, %04d at %d:%02d%s (%s)\n", months[tm.tm_mon % 12],
	    tm.tm_mday, tm.tm_year + 1900, tm.tm_hour % 12 == 0 ? 12 : tm.tm_hour % 12, tm.tm_min,
	    tm.tm_hour >= 12 ? "pm" : "am", tm.tm_zone);
}

static enum err
duration_line(const struct top_report *r, struct buf *out)
{
	char length[UNITS_LABEL_MAX], total[UNITS_LABEL_MAX], percent[32], share[48] = "";
	struct slice unit, ns = slice_of("nanoseconds");
	double nanos = units_scale(r->total, slice_of(r->unit), ns, &unit);

	units_label(r->duration_nanos, ns, slice_of("auto"), length, sizeof(length));
	report_value(r, r->total, total);
	if (slice_is(unit, "ns") && (nanos < 0 || nanos > 0)) {
		units_percent(units_int(nanos), r->duration_nanos, percent, sizeof(percent));
		snprintf(share, sizeof(share), "(%s)", percent);
	}
	return buf_add_fmt(out, "Duration: %s, Total samples = %s %s\n", length, total, share);
}

static enum err
showing_lines(const struct top_report *r, struct buf *out)
{
	char shown[UNITS_LABEL_MAX], total[UNITS_LABEL_MAX], least[UNITS_LABEL_MAX], percent[32];
	const char *p = percent;
	enum err e;

	report_value(r, r->shown_sum, shown);
	report_value(r, r->total, total);
	report_value(r, r->cutoff, least);
	units_percent(r->shown_sum, r->total, percent, sizeof(percent));
	while (*p == ' ')
		p++;
	e = buf_add_fmt(out, "Showing nodes accounting for %s, %s of %s total\n", shown, p, total);
	if (r->total == 0)
		return e;
	if (e == ERR_OK && r->dropped > 0)
		e = buf_add_fmt(out, "Dropped %u node%s (cum <= %s)\n", r->dropped,
		    r->dropped > 1 ? "s" : "", least);
	if (e == ERR_OK && r->row_count > 0 && r->row_count < r->candidates)
		e = buf_add_fmt(
		    out, "Showing top %u nodes out of %u\n", r->row_count, r->candidates);
	return e;
}

enum err
report_labels(const struct top_report *r, struct buf *out)
{
	enum err e = ERR_OK;

	if (r->file != NULL)
		e = line(out, "File: ", r->file);
	if (e == ERR_OK && r->build_id != NULL)
		e = line(out, "Build ID: ", r->build_id);
	if (e == ERR_OK && r->comments != NULL)
		e = utf8_escape(out, r->comments, strlen(r->comments), 1);
	if (e == ERR_OK && r->type[0] != '\0')
		e = line(out, "Type: ", r->type);
	if (e == ERR_OK && r->time_nanos != 0)
		e = time_line(r, out);
	if (e == ERR_OK && r->duration_nanos != 0)
		e = duration_line(r, out);
	return e;
}

enum err
report_header(const struct top_report *r, struct buf *out)
{
	enum err e = r->compact ? ERR_OK : report_labels(r, out);

	if (e == ERR_OK && r->filters != NULL)
		e = utf8_escape(out, r->filters, strlen(r->filters), 1);
	return e != ERR_OK ? e : showing_lines(r, out);
}

enum err
report_columns(struct buf *out)
{
	return buf_add_fmt(
	    out, "%10s %5s%% %5s%% %10s %5s%%\n", "flat", "flat", "sum", "cum", "cum");
}

const char *
report_mark(enum top_mark mark)
{
	static const char *const text[] = {
		[TOP_MARK_NONE] = "",
		[TOP_MARK_INLINE] = "(inline)",
		[TOP_MARK_PARTIAL] = "(partial-inline)",
	};

	return text[mark];
}

/* Go pads by characters, C by bytes: the difference is added. */
static int
wider(const char *s, int wide)
{

	for (; *s != '\0'; s++)
		wide += ((unsigned char)*s & 0xc0) == 0x80;
	return wide;
}

static int
width(const char *s)
{
	return wider(s, 10);
}

enum err
report_pad(const char *text, int wide, struct buf *out)
{
	return buf_add_fmt(out, "%*s", wider(text, wide), text);
}

enum err
report_row(const struct top_report *r, uint32_t row, struct buf *out)
{
	const struct top_row *t = &r->row[row];
	char flat[UNITS_LABEL_MAX], cum[UNITS_LABEL_MAX], flat_p[32], sum_p[32], cum_p[32];
	enum err e;

	report_value(r, t->flat, flat);
	report_value(r, t->cum, cum);
	units_percent(t->flat, r->total, flat_p, sizeof(flat_p));
	units_percent(t->sum, r->total, sum_p, sizeof(sum_p));
	units_percent(t->cum, r->total, cum_p, sizeof(cum_p));
	e = buf_add_fmt(
	    out, "%*s %s %s %*s %s  ", width(flat), flat, flat_p, sum_p, width(cum), cum, cum_p);
	if (e == ERR_OK)
		e = utf8_escape(out, t->name, strlen(t->name), 0);
	if (e == ERR_OK && t->mark != TOP_MARK_NONE)
		e = buf_add_fmt(out, " %s", report_mark(t->mark));
	return e != ERR_OK ? e : buf_add_byte(out, '\n');
}

enum err
report_text(const struct top_report *r, struct buf *out)
{
	enum err e = report_header(r, out);

	if (e == ERR_OK)
		e = report_columns(out);
	for (uint32_t i = 0; e == ERR_OK && i < r->row_count; i++)
		e = report_row(r, i, out);
	return e;
}

/* One caller or callee: its weight in percent of the row's cum. */
static enum err
edge_line(const struct top_report *r, const struct top_edge *edge, int64_t cum, struct buf *out)
{
	char weight[UNITS_LABEL_MAX], percent[32];
	const char *name = r->edge_name[edge->row];
	enum err e;

	report_value(r, edge->weight, weight);
	units_percent(edge->weight, cum, percent, sizeof(percent));
	e = buf_add_fmt(out, "%*s %s |   ", wider(weight, 50), weight, percent);
	if (e == ERR_OK)
		e = utf8_escape(out, name, strlen(name), 0);
	return e != ERR_OK ? e : buf_add_str(out, edge->inlined ? " (inline)\n" : "\n");
}

static enum err
tree_row(const struct top_report *r, const struct top_row *t, int64_t sum, struct buf *out)
{
	char flat[UNITS_LABEL_MAX], cum[UNITS_LABEL_MAX], flat_p[32], sum_p[32], cum_p[32];
	enum err e = ERR_OK;

	for (uint32_t i = 0; i < t->in_count && e == ERR_OK; i++)
		e = edge_line(r, &t->in[i], t->cum, out);
	report_value(r, t->flat, flat);
	report_value(r, t->cum, cum);
	units_percent(t->flat, r->total, flat_p, sizeof(flat_p));
	units_percent(sum, r->total, sum_p, sizeof(sum_p));
	units_percent(t->cum, r->total, cum_p, sizeof(cum_p));
	if (e == ERR_OK)
		e = buf_add_fmt(out, "%*s %s %s %*s %s                | ", width(flat), flat,
		    flat_p, sum_p, width(cum), cum, cum_p);
	if (e == ERR_OK)
		e = utf8_escape(out, t->name, strlen(t->name), 0);
	if (e == ERR_OK)
		e = buf_add_byte(out, '\n');
	for (uint32_t i = 0; i < t->out_count && e == ERR_OK; i++)
		e = edge_line(r, &t->out[i], t->cum, out);
	return e;
}

enum err
report_tree(const struct top_report *r, struct rx *rx, struct buf *out, uint32_t *matched)
{
	static const char line[] =
	    "----------------------------------------------------------+-------------\n";
	enum err e = report_header(r, out);
	int64_t sum = 0;

	*matched = 0;
	if (e == ERR_OK)
		e = buf_add_fmt(out, "%s      flat  flat%%   sum%%        cum   cum%%   "
		    "calls calls%% + context \t \t \n", line);
	for (uint32_t i = 0; i < r->row_count && e == ERR_OK; i++) {
		const struct top_row *t = &r->row[i];

		if (rx != NULL && !rx_match(rx, slice_of(t->name)))
			continue;
		(*matched)++;
		sum = (int64_t)((uint64_t)sum + (uint64_t)t->flat);
		e = buf_add_str(out, line);
		if (e == ERR_OK)
			e = tree_row(r, t, sum, out);
	}
	return e != ERR_OK || r->row_count == 0 ? e : buf_add_str(out, line);
}

static void
growth(int64_t was, int64_t change, char out[32])
{
	double share = was == 0 ? 0 : 100.0 * (double)change / (double)was;

	if (was == 0)
		snprintf(out, 32, "%s", change == 0 ? "" : "new");
	else if (change == -was)
		snprintf(out, 32, "gone");
	else if (share < 1e6 && share > -1e6)
		snprintf(out, 32, "%+.1f%%", share);
	else
		snprintf(out, 32, "%+.2g%%", share);
}

/* "+-0.7MB", and "~" when the change is less than two of it: nothing can be said from that. */
static void
error_bar(const struct top_report *r, int64_t change, double error, char out[UNITS_LABEL_MAX + 8])
{
	char text[UNITS_LABEL_MAX];

	out[0] = '\0';
	if (!r->sampled || !(error > 0))
		return;
	report_value(r, units_int(units_round(error)), text);
	snprintf(out, UNITS_LABEL_MAX + 8, "%s%s", text,
	    fabs((double)change) < 2 * error ? "~" : " ");
}

static enum err
change_row(const struct top_report *r, const struct top_row *t, struct buf *out)
{
	char flat[UNITS_LABEL_MAX], cum[UNITS_LABEL_MAX], was[UNITS_LABEL_MAX],
	    now[UNITS_LABEL_MAX], flat_e[UNITS_LABEL_MAX + 8], cum_e[UNITS_LABEL_MAX + 8],
	    share[32];
	enum err e;

	report_value(r, t->flat, flat);
	report_value(r, t->cum, cum);
	report_value(r, t->flat_was, was);
	report_value(r, (int64_t)((uint64_t)t->flat_was + (uint64_t)t->flat), now);
	error_bar(r, t->flat, t->flat_error, flat_e);
	error_bar(r, t->cum, t->cum_error, cum_e);
	growth(t->flat_was, t->flat, share);
	e = buf_add_fmt(out, "%*s %*s %*s %*s %8s %*s %*s  ", width(flat), flat, width(flat_e),
	    flat_e, width(was), was, width(now), now, share, width(cum), cum, width(cum_e), cum_e);
	if (e == ERR_OK)
		e = utf8_escape(out, t->name, strlen(t->name), 0);
	return e != ERR_OK ? e : buf_add_byte(out, '\n');
}

enum err
report_changes(const struct top_report *r, struct buf *out)
{
	enum err e = report_header(r, out);

	if (e == ERR_OK)
		e = buf_add_fmt(out, "%10s %10s %10s %10s %8s %10s %10s  %s\n", "flat", "+-  ",
		    "was", "now", "growth", "cum", "+-  ", "what changed");
	for (uint32_t i = 0; e == ERR_OK && i < r->row_count; i++)
		e = change_row(r, &r->row[i], out);
	if (e == ERR_OK && r->sampled)
		e = buf_add_str(out, "+-: one standard deviation of heap sampling; "
		    "~: the change is less than two of them\n");
	return e;
}
