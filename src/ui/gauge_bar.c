/* gauge_bar.c - bars of gauges. */
#include "ui/gauge_bar.h"

#include <math.h>
#include <string.h>

const struct replica_gauge *
gauge_of(const struct gauge_frame *f, const char *from, const char *base_id)
{
	for (size_t i = 0; i < f->n; i++)
		if (strcmp(gauge_base_id(&f->g[i]), base_id) == 0 &&
		    strcmp(f->g[i].from, from) == 0 && !f->g[i].gone &&
		    f->g[i].missing == NULL)
			return &f->g[i];
	return NULL;
}

/* How many of the inner cells a share is; of one that is not known, none. */
static int
cells(double share, int inner)
{
	return share > 0 ? (int)(fmin(share, 1) * inner + 0.5) : 0;
}

/* Cells behind the part that is used. */
static int
segment(struct grid *g, int row, int col, int from, int inner, double share, uint32_t style,
    const char *cell)
{
	const int n = cells(share, inner);

	for (int i = 0; i < n && from < inner; i++, from++)
		grid_text(g, row, col + 1 + from, 1, style, cell);
	return from;
}

static void
memory(struct ui *u, struct grid *g, int row, int col, int width, const struct gauge_frame *f,
    const struct replica_gauge *x, double v, bool stale)
{
	static const struct { const char *id, *cell; uint32_t style; } part[] = {
		{ "mem.buffers", "=", STYLE_NORMAL }, { "mem.cache", ":", STYLE_DIM },
	};
	const int inner = width - 2;
	const double mark = gauge_fraction(x, ui_gauge_limit(x)) * inner;
	int at = cells(v / x->max, inner);

	for (size_t i = 0; i < sizeof part / sizeof part[0]; i++) {
		const struct replica_gauge *p = gauge_of(f, x->from, part[i].id);
		const double share = p != NULL ? gauge_view_now(u, f, p).v / x->max : (double)NAN;

		if (share > 0)
			at = segment(g, row, col, at, inner, share,
			    stale ? STYLE_STALE : part[i].style, part[i].cell);
	}
	if (mark >= 0 && mark < inner)
		grid_text(g, row, col + 1 + (int)mark, 1, STYLE_NORMAL, "|");
}

static void
trips(struct grid *g, int row, int col, int width, const struct replica_gauge *x, double v)
{
	const int inner = width - 2, limit = (int)(gauge_fraction(x, ui_gauge_limit(x)) * inner);

	for (unsigned i = 0; i < x->trips; i++) {
		const int at = (int)(gauge_fraction(x, x->trip[i].temp) * inner);

		if (at >= 0 && at < inner && at != limit && x->trip[i].temp > v)
			grid_text(g, row, col + 1 + at, 1, STYLE_NORMAL, "'");
	}
}

void
gauge_bar(struct ui *u, struct grid *g, int row, int col, int width,
    const struct gauge_frame *f, const struct replica_gauge *x, double v, bool stale)
{
	grid_bar(g, row, col, width, gauge_fraction(x, v), gauge_fraction(x, ui_gauge_limit(x)),
	    stale ? STYLE_STALE : ui_gauge_alarm(x) ? STYLE_ALARM : STYLE_BAR);
	if (width < 4 || isnan(v))
		return;
	if (strcmp(gauge_base_id(x), "mem.used") == 0 && x->max > 0)
		memory(u, g, row, col, width, f, x, v, stale);
	else if (x->trips != 0)
		trips(g, row, col, width, x, v);
}
