/*
 * gauge_view.h - what the board pane knows beside the replica: pause, the span of its chart, a
 * cursor in time, hidden rows; and the numbers that its parts draw. Private to view_board and the
 * gauge_ files.
 *
 * Layer   ui. struct ui owns one (gauge_view_new, gauge_view_free).
 * Frame   what is drawn: the replica's gauges, or while paused a copy of them as they were. The
 *         bench goes on sampling; nothing is lost of it.
 * Time    ns since the bench started, as in the replica. A column of a chart stands for an equal
 *         slice of time, counted from 0: so it does not change its mind with each sample.
 * Gaps    a slice without a sample or with missing values only is NAN, drawn as a blank.
 */
#ifndef UI_GAUGE_VIEW_H
#define UI_GAUGE_VIEW_H
#include "ui/ui_state.h"

enum { GAUGE_COLUMNS_MAX = 512, GAUGE_HIDDEN_MAX = 64, GAUGE_SOURCES_MAX = 17 };

struct gauge_frame {
	const struct replica_gauge *g;
	size_t n;
	const uint64_t *t;              /* LIMIT_GAUGE_HISTORY times, newest last; NULL: none */
	size_t samples;                 /* how many are filled */
	uint64_t every;
};

enum gauge_page { GAUGE_PAGE_TABLE, GAUGE_PAGE_OVERVIEW, GAUGE_PAGES };

enum gauge_question { GAUGE_ASK_PROCESSES, GAUGE_ASK_ADVICE, GAUGE_ASK_HISTORY,
	GAUGE_QUESTIONS };
struct gauge_asked {            /* gauge_ask.h */
	char *line, *why;
	uint64_t at;                    /* when it was asked; 0: not yet */
	unsigned answers;
	bool out;
	json_t *answer;
};

struct gauge_past_one { char *id; double min, mean, *max; };
struct gauge_past {             /* gauge_past.h */
	int64_t from;
	uint64_t slice;
	size_t n, gauges;
	struct gauge_past_one *g;
	unsigned answer;                /* that it was made of */
};

struct gauge_view {
	struct replica_gauge *kept;     /* while paused */
	uint64_t *kept_t;
	size_t kept_n, kept_samples;
	bool paused, events;            /* what rules say, and throttles, instead of the chart */
	bool asked;                     /* gauge.rules is under way */
	uint64_t span;                  /* of the chart; 0: the last 600 samples */
	uint64_t cursor;                /* 0: none; values are those of that moment */
	bool one;                       /* only the gauges of `from`; "" is the machine itself */
	char from[32];
	char *hidden[GAUGE_HIDDEN_MAX]; /* ids of gauges that are not shown */
	size_t hidden_n;
	enum gauge_page page;           /* of the zoomed pane */
	struct gauge_asked ask[GAUGE_QUESTIONS];
	struct gauge_past past;
	unsigned order;                 /* of the processes */
	char filter[64];
	int64_t pid;                    /* the selected one, and its row */
	size_t at;
};

/* The zoomed pane (or the only one) shows the overview. */
bool gauge_overview(const struct ui *u);

struct gauge_view *gauge_view_new(void);
void gauge_view_free(struct gauge_view *v);             /* NULL is fine */
void gauge_view_pause(struct ui *u, bool on);
struct gauge_frame gauge_view_frame(const struct ui *u);
bool gauge_view_hidden(const struct ui *u, const struct replica_gauge *g);
/* All sources, then one after the other, then all again. False: there is only one. */
bool gauge_view_next_source(struct ui *u);
/* Their names, "" for the machine itself; how many. */
size_t gauge_view_sources(const struct gauge_frame *f, const char *out[GAUGE_SOURCES_MAX]);
const char *gauge_base_id(const struct replica_gauge *g);       /* without its source's name */
bool gauge_view_hide(struct ui *u, const char *id);     /* false: there are too many */
void gauge_view_show_all(struct ui *u);

/* What is shown of a gauge: the newest value, or that under the cursor; else the last one there
 * was, with its age. */
struct gauge_now {
	double v;                       /* NAN: none at all */
	uint64_t age;                   /* 0: it is the newest */
};
struct gauge_now gauge_view_now(const struct ui *u, const struct gauge_frame *f,
    const struct replica_gauge *g);
/* Lowest and highest of the values in the chart's span; NAN: none. */
void gauge_view_bounds(const struct ui *u, const struct gauge_frame *f,
    const struct replica_gauge *g, double *lo, double *hi);

/* The chart's window of `cols` columns. */
struct gauge_window {
	int64_t from;                   /* may lie before the start of the bench */
	uint64_t slice;                 /* column i is [from + i * slice, from + (i + 1) * slice) */
	int cols;
};
struct gauge_window gauge_view_window(const struct ui *u, const struct gauge_frame *f, int cols);
/* The highest value in each column's slice; w->cols values, at most GAUGE_COLUMNS_MAX. */
void gauge_view_columns(const struct gauge_window *w, const struct gauge_frame *f,
    const struct replica_gauge *g, double *out);
int gauge_view_column(const struct gauge_window *w, uint64_t t);        /* -1: outside */

/* A bar is for what has a top: its own maximum, a temperature's critical trip. NAN: none. */
double gauge_top(const struct replica_gauge *g);
double gauge_fraction(const struct replica_gauge *g, double v); /* of the bar */
/* "crit 95", "passive 80": the nearest limit over the value, or what it is over. NULL: none. */
const char *gauge_limit_name(const struct replica_gauge *g, double v, double *limit);
/* Over a limit: '!', old: '?', else a blank; and the style that goes with it. */
char gauge_mark(const struct replica_gauge *g, bool stale);
uint32_t gauge_style(const struct replica_gauge *g, bool stale);

#endif
