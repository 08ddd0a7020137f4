/* gauge_spark.c - sparklines with the marks of throttles. */
#include "ui/gauge_spark.h"

#include <math.h>
#include <string.h>

#include "ui/gauge_past.h"
#include "ui/gauge_throttle.h"

enum { THROTTLES = 16 };

bool
gauge_unicode(const struct ui *u)
{
	return u->set == GRID_UNICODE || u->set == GRID_UNICODE_FOCUS;
}

static void
mark(const struct gauge_window *w, struct grid *g, int row, int col, uint64_t t, const char *cell)
{
	const int at = gauge_view_column(w, t);

	if (at >= 0)
		grid_text(g, row, col + at, 1, STYLE_WARN, cell);
}

static void
throttles(struct ui *u, struct grid *g, int row, int col, const struct gauge_window *w,
    const struct gauge_frame *f, const struct replica_gauge *x)
{
	struct gauge_throttle t[THROTTLES];
	const size_t n = gauge_throttles(f, x->from, t, THROTTLES);

	for (size_t i = 0; i < n; i++) {
		if (t[i].to != 0)
			mark(w, g, row, col, t[i].to, gauge_unicode(u) ? "\u25bc" : "v");
		mark(w, g, row, col, t[i].from, gauge_unicode(u) ? "\u25b2" : "^");
	}
}

void
gauge_spark(struct ui *u, struct grid *g, int row, int col, int cols, const struct gauge_frame *f,
    const struct replica_gauge *x, bool stale)
{
	const struct gauge_window w = gauge_view_window(u, f, cols);
	const bool heat = strcmp(x->unit, "C") == 0;
	double value[GAUGE_COLUMNS_MAX];
	struct grid_spark s = { .values = value, .n = (size_t)w.cols, .min = NAN, .max = NAN,
		.warn = ui_gauge_limit(x), .set = u->set, .style = stale ? STYLE_STALE :
		STYLE_BAR };

	gauge_view_columns(&w, f, x, value);
	gauge_past_fill(u, f, &w, x, value);
	if (heat) {
		s.min = 20;
		s.max = gauge_top(x);
	} else if (isfinite(x->max)) {
		s.min = isfinite(x->min) ? x->min : 0;
		s.max = x->max;
	}
	grid_spark(g, row, col, cols, &s);
	if (heat || (strcmp(x->group, "freq") == 0 && strcmp(x->unit, "Hz") == 0))
		throttles(u, g, row, col, &w, f, x);
}
