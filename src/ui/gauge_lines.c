/* gauge_lines.c - one machine in a few rows. */
#include "ui/gauge_lines.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "grid/draw.h"
#include "ui/fmt.h"
#include "ui/gauge_ask.h"
#include "ui/gauge_bar.h"
#include "ui/gauge_chart.h"
#include "ui/gauge_past.h"
#include "ui/gauge_says.h"
#include "ui/gauge_spark.h"
#include "ui/gauge_throttle.h"
#include "ui/wrap.h"

enum { LABEL = 8, TEMPS = 3, CLOCKS = 4, THROTTLES = 16 };

static const double MIB = 1048576, MHZ = 1e6;
static const uint64_t ADVICE_EVERY = 30 * NS_PER_S;

struct lines {
	struct ui *u;
	struct grid *g;
	struct gauge_frame f;
	struct grid_rect r;
	const char *from;
	int row, col;                   /* of the row that is drawn */
	bool stale;
	struct gauge_throttle throttle[THROTTLES];
	size_t throttles;
};

/* ---- pieces */

static bool
begin(struct lines *l, const char *label)
{
	if (l->row >= l->r.rows)
		return false;
	l->col = l->r.col + 1;
	grid_text(l->g, l->r.row + l->row, l->col, LABEL, STYLE_TITLE, label);
	l->col += LABEL - 1;
	l->row++;
	return true;
}

static int
room(const struct lines *l)
{
	return l->r.col + l->r.cols - l->col;
}

static void __attribute__((format(printf, 3, 4)))
put(struct lines *l, uint32_t style, const char *fmt, ...)
{
	char text[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (room(l) > 0)
		l->col += wrap_cut(l->g, l->r.row + l->row - 1, l->col, room(l),
		    l->stale ? STYLE_STALE : style, text);
}

static const struct replica_gauge *
of(const struct lines *l, const char *id)
{
	return gauge_of(&l->f, l->from, id);
}

static double
value(const struct lines *l, const char *id)
{
	const struct replica_gauge *x = of(l, id);

	return x != NULL ? gauge_view_now(l->u, &l->f, x).v : (double)NAN;
}

static void
spark(struct lines *l, const struct replica_gauge *x)
{
	const int cols = l->r.cols >= 120 ? 36 : l->r.cols >= 100 ? 18 : 11;

	if (x == NULL || room(l) < cols + 4)
		return;
	l->col++;
	gauge_spark(l->u, l->g, l->r.row + l->row - 1, l->col, cols, &l->f, x, l->stale);
	l->col += cols + 1;
}

static void
bar(struct lines *l, const struct replica_gauge *x, double v, int after)
{
	const int width = room(l) - after < 50 ? room(l) - after : 50;

	if (width < 12)
		return;
	gauge_bar(l->u, l->g, l->r.row + l->row - 1, l->col, width, &l->f, x, v, l->stale);
	l->col += width;
}

/* "  name 61%", nothing when it is not gauged. */
static void
also(struct lines *l, const char *name, const char *id, const char *unit)
{
	const struct replica_gauge *x = of(l, id);
	const double v = value(l, id);
	char text[24];

	if (isnan(v))
		return;
	fmt_value(v, unit != NULL ? unit : x->unit, text, sizeof text);
	put(l, gauge_style(x, l->stale), "  %s %s%s", name, text, ui_gauge_alarm(x) ? "!" : "");
}

static const char *
arrow(const struct lines *l)
{
	return gauge_unicode(l->u) ? "\u2192" : "->";
}

/* ---- the rows */

static void
line_mem(struct lines *l)
{
	const struct replica_gauge *used = of(l, "mem.used");
	const double avail = value(l, "mem.avail"), v = value(l, "mem.used");

	if (used == NULL || isnan(avail) || !(used->max > 0) || !begin(l, "mem"))
		return;
	put(l, gauge_style(used, l->stale), "%.0f of %.0f MiB avail%c ", avail / MIB,
	    used->max / MIB, gauge_mark(used, false));
	bar(l, used, v, 26);
	if (isnan(value(l, "mem.swap")))
		put(l, STYLE_DIM, "  no swap");
	also(l, "swap", "mem.swap", NULL);
	also(l, "zram", "zram.used", NULL);
	also(l, "psi", "psi.memory", NULL);
}

static void
line_proc(struct lines *l)
{
	const struct replica_gauge *rss = of(l, "proc.rss");
	const double age = value(l, "proc.pss.age"), pss = value(l, "proc.pss");
	const char *at, *open;

	if (rss == NULL) {
		const struct replica_gauge *any = replica_gauge(l->u->replica, "proc.rss");

		if (!begin(l, "proc"))
			return;
		if (any != NULL && any->missing != NULL && l->from[0] == '\0')
			put(l, STYLE_DIM, "none: %s", any->missing);
		else
			put(l, STYLE_DIM, "none is watched: P chooses one");
		return;
	}
	at = rss->source != NULL ? strstr(rss->source, "proc/") : NULL;
	open = strrchr(rss->name, ' ');
	if (!begin(l, "proc"))
		return;
	put(l, STYLE_NORMAL, "%.*s[%.*s]", open != NULL ? (int)(open - rss->name) : 0, rss->name,
	    at != NULL ? (int)strspn(at + 5, "0123456789") : 0, at != NULL ? at + 5 : "");
	also(l, "RSS", "proc.rss", NULL);
	also(l, "anon", "proc.anon", NULL);
	also(l, "PSS", "proc.pss", NULL);
	if (age > 0 && !isnan(pss))
		put(l, STYLE_DIM, " (%.0f s ago)", age);
	also(l, "USS", "proc.uss", NULL);
	also(l, "VSS", "proc.vsize", NULL);
	also(l, "cpu", "proc.cpu", NULL);
	also(l, "thr", "proc.threads", NULL);
	also(l, "preempted", "proc.preempted", NULL);
}

/* The limit the runtime tells, else what the process was started with. */
static double
memory_limit(const struct lines *l)
{
	const double told = value(l, "go.memlimit");
	const char *why;
	const json_t *advice = gauge_answer(l->u, GAUGE_ASK_ADVICE, &why), *x;
	size_t i;

	if (!isnan(told))
		return told;
	json_array_foreach(advice, i, x)
		if (strcmp(json_get_str(x, "name", ""), "GOMEMLIMIT") == 0)
			return json_get_num(x, "now_bytes", (double)NAN);
	return (double)NAN;
}

static void
limit_bar(struct lines *l)
{
	const double limit = memory_limit(l), anon = value(l, "proc.anon"),
		     held = isnan(anon) ? value(l, "go.held") : anon, share = held / limit;

	if (!(limit > 0))
		return;
	put(l, STYLE_NORMAL, "  GOMEMLIMIT %.0f ", limit / MIB);
	if (isnan(share))
		return;
	if (room(l) >= 18) {
		grid_bar(l->g, l->r.row + l->row - 1, l->col, 12, share, 0.95,
		    share > 0.95 ? STYLE_ALARM : STYLE_BAR);
		l->col += 12;
	}
	put(l, share > 0.95 ? STYLE_ALARM : STYLE_NORMAL, "%4.0f%%%s", 100 * share,
	    share > 0.95 ? "!" : "");
}

static void
line_heap(struct lines *l)
{
	const struct replica_gauge *heap = of(l, "go.heap_alloc");
	const double live = value(l, "go.heap_live"), goal = value(l, "go.heap_goal");

	if (heap == NULL)
		heap = of(l, "go.heap_live");
	if ((heap == NULL && isnan(goal) && !(memory_limit(l) > 0)) || !begin(l, "heap"))
		return;
	spark(l, heap);
	if (!isnan(live))
		put(l, STYLE_NORMAL, "live %.1f", live / MIB);
	if (!isnan(goal))
		put(l, STYLE_NORMAL, " %s goal %.1f", arrow(l), goal / MIB);
	if (!isnan(live) || !isnan(goal))
		put(l, STYLE_NORMAL, " MiB");
	limit_bar(l);
}

static void
line_go(struct lines *l)
{
	const double p50 = value(l, "go.gc.pause_p50"), p99 = value(l, "go.gc.pause_p99"),
		     share = value(l, "go.gc_cpu"), many = value(l, "go.goroutines");

	if ((isnan(p50) && isnan(p99) && isnan(share) && isnan(many)) || !begin(l, "go"))
		return;
	put(l, STYLE_NORMAL, "gc");
	if (!isnan(p50))
		put(l, STYLE_NORMAL, " pause p50 %.2f", p50);
	if (!isnan(p99))
		put(l, STYLE_NORMAL, " p99 %.2f", p99);
	if (!isnan(p50) || !isnan(p99))
		put(l, STYLE_NORMAL, " ms");
	if (!isnan(share))
		put(l, share >= 25 ? STYLE_WARN : STYLE_NORMAL, "  cpu %.1f%%%s", share,
		    share >= 25 ? "!" : "");
	also(l, "goroutines", "go.goroutines", NULL);
	also(l, "allocates", "go.alloc_rate", NULL);
}

/* The scheduler: by /debug/vars, Prometheus or schedtrace lines, as far as each tells it. */
static void
line_sched(struct lines *l)
{
	const double queue = value(l, "go.sched.queue"), local = value(l, "go.sched.local_queues"),
		     procs = value(l, "go.sched.procs"), idle = value(l, "go.sched.idle_procs");
	const bool behind = queue + (isnan(local) ? 0 : local) > 2 * procs;

	if ((isnan(procs) && isnan(queue)) || !begin(l, "sched"))
		return;
	put(l, STYLE_NORMAL, "GOMAXPROCS %.0f", procs);
	if (!isnan(idle))
		put(l, STYLE_NORMAL, " (%.0f idle)", idle);
	if (!isnan(queue))
		put(l, behind ? STYLE_WARN : STYLE_NORMAL, "  runnable %.0f waiting, %.0f on a P%s",
		    queue, isnan(local) ? 0 : local, behind ? "!" : "");
	also(l, "threads", "go.sched.threads", NULL);
	also(l, "threads", "go.threads", NULL);
	also(l, "latency p99", "go.sched.latency_p99", NULL);
}

/* The next hottest below `under`. */
static const struct replica_gauge *
hottest(const struct lines *l, const struct replica_gauge *const *done, size_t n)
{
	const struct replica_gauge *best = NULL;
	double most = -1e9;

	for (size_t i = 0; i < l->f.n; i++) {
		const struct replica_gauge *x = &l->f.g[i];
		const double v = gauge_view_now(l->u, &l->f, x).v;
		bool was = gauge_view_hidden(l->u, x) || strcmp(x->from, l->from) != 0 ||
		    strcmp(x->group, "temp") != 0;

		for (size_t k = 0; k < n; k++)
			was |= done[k] == x;
		if (!was && v + (ui_gauge_alarm(x) ? 1000 : 0) > most) {
			most = v + (ui_gauge_alarm(x) ? 1000 : 0);
			best = x;
		}
	}
	return best;
}

static void
line_temp(struct lines *l, const struct replica_gauge *x, bool first)
{
	const struct gauge_now now = gauge_view_now(l->u, &l->f, x);
	const double slope = gauge_slope(&l->f, x);
	const char *name;
	double limit;

	if (!begin(l, first ? "temp" : ""))
		return;
	put(l, gauge_style(x, l->stale), "%-12.16s %5.1f C%c", x->name, now.v,
	    gauge_mark(x, false));
	if (now.age != 0)
		put(l, STYLE_STALE, " %.0f s ago", (double)now.age / 1e9);
	spark(l, x);
	if (!isnan(slope) && !l->u->gauges->paused)
		put(l, STYLE_NORMAL, "%+.1f/min ", fabs(slope) < 0.05 ? 0.0 : slope);
	name = gauge_limit_name(x, now.v, &limit);
	if (name == NULL)
		return;
	put(l, now.v >= limit ? STYLE_ALARM : STYLE_NORMAL, " %.1f %s %s %.0f",
	    fabs(limit - now.v), now.v >= limit ? "over" : "below", name, limit);
	for (unsigned i = 0; i < x->trips; i++) {
		char text[64];

		snprintf(text, sizeof text, ", %.32s %.0f", x->trip[i].type, x->trip[i].temp);
		if (x->trip[i].temp > limit && room(l) >= (int)strlen(text))
			put(l, STYLE_DIM, "%s", text);
	}
}

static void
line_freq(struct lines *l, const struct replica_gauge *x, bool first)
{
	const double v = gauge_view_now(l->u, &l->f, x).v;
	char text[200];

	if (!begin(l, first ? "freq" : ""))
		return;
	put(l, gauge_style(x, l->stale), "%s%-3.16s %4.0f",
	    strncmp(x->name, "policy", 6) == 0 ? "p" : "", x->name +
	    (strncmp(x->name, "policy", 6) == 0 ? 6 : 0), v / MHZ);
	if (x->max > 0)
		put(l, STYLE_NORMAL, " of %.0f", x->max / MHZ);
	put(l, STYLE_NORMAL, " MHz");
	spark(l, x);
	if (!first || l->throttles == 0)
		return;
	gauge_throttle_text(l->u, &l->throttle[l->throttles - 1], text, sizeof text);
	put(l, l->throttle[l->throttles - 1].to == 0 ? STYLE_WARN : STYLE_NORMAL, " %s %s",
	    gauge_unicode(l->u) ? "\u25b2" : "^", text);
}

static void
line_power(struct lines *l)
{
	const char *sep = "";
	bool any = false;

	for (size_t i = 0; i < l->f.n; i++) {
		const struct replica_gauge *x = &l->f.g[i];
		const bool ever = x->source != NULL && strstr(x->source, "it has happened") != NULL;
		const double v = gauge_view_now(l->u, &l->f, x).v;

		if (strncmp(gauge_base_id(x), "power.", 6) != 0 || strcmp(x->from, l->from) != 0 ||
		    strcmp(x->unit, "count") != 0 || x->gone || (x->missing != NULL && !any))
			continue;
		if (!any && !begin(l, "power"))
			return;
		any = true;
		if (v >= 1)
			put(l, STYLE_ALARM, "%s%s now!", sep, x->name);
		else if (ever)
			put(l, STYLE_WARN, "%s%s: since boot, not now", sep, x->name);
		else
			continue;
		sep = ", ";
	}
	if (any && sep[0] == '\0')
		put(l, STYLE_NORMAL, "good: no under-voltage, nothing capped");
}

/* What the rule of steady heat says of the hottest, and the gravest of the others. */
static void
line_rules(struct lines *l, const struct replica_gauge *hot)
{
	const char *steady = hot != NULL ? gauge_says(l->u, hot->id) : NULL;
	uint32_t style;
	const char *grave = gauge_says_gravest(l->u, &style);

	if (steady != NULL && begin(l, "steady"))
		put(l, STYLE_NORMAL, "%s", steady);
	if (grave != NULL && grave != steady && begin(l, "rule"))
		put(l, style, "! %s", grave);
}

void
gauge_lines_ask(struct ui *u)
{
	/* The blank keeps it apart from the same words of a person, who gets a card. */
	gauge_ask(u, GAUGE_ASK_ADVICE, "gauge.advise ", ADVICE_EVERY);
}

bool
gauge_lines_advice(const struct ui *u, char *out, size_t size)
{
	const char *why;
	const json_t *advice = gauge_answer(u, GAUGE_ASK_ADVICE, &why), *x;
	size_t i, n = 0;

	out[0] = '\0';
	json_array_foreach(advice, i, x) {
		const char *env = json_get_str(x, "env", NULL);

		/* what Go takes by itself, or the process has already, is no advice */
		if (env != NULL && !json_get_bool(x, "same", false) &&
		    !json_get_bool(x, "itself", false) && n < size)
			n += (size_t)snprintf(out + n, size - n, "%s%s", n != 0 ? " " : "", env);
	}
	return n != 0;
}

static void
line_advice(struct lines *l)
{
	static const char *const how[] = {
		" (GOGC: documented rule)  c copies, : gauge.advise why",
		"  c copies, : gauge.advise why", "  c copies it", " c",
	};
	char text[200];

	if (l->from[0] != '\0')
		return;                 /* it is about the bench's own machine */
	gauge_lines_ask(l->u);
	if (!gauge_lines_advice(l->u, text, sizeof text) || !begin(l, "advice"))
		return;
	put(l, STYLE_KEY, "%s", text);
	for (size_t i = strstr(text, "GOGC") != NULL ? 0 : 1; i < sizeof how / sizeof how[0]; i++)
		if (room(l) >= (int)strlen(how[i])) {
			put(l, STYLE_DIM, "%s", how[i]);
			break;
		}
}

/* ---- all of them */

static void
clocks(struct lines *l)
{
	int n = 0;

	for (size_t i = 0; i < l->f.n && n < CLOCKS; i++) {
		const struct replica_gauge *x = &l->f.g[i];
		const size_t k = strlen(x->id);

		if (strcmp(x->group, "freq") != 0 || strcmp(x->unit, "Hz") != 0 ||
		    strcmp(x->from, l->from) != 0 || x->missing != NULL ||
		    gauge_view_hidden(l->u, x) || (k > 5 && strcmp(x->id + k - 5, ".mean") == 0))
			continue;
		line_freq(l, x, n++ == 0);
	}
}

int
gauge_lines_draw(struct ui *u, struct grid *g, struct grid_rect r, bool stale)
{
	struct lines l = { .u = u, .g = g, .r = r, .f = gauge_view_frame(u), .stale = stale,
		.from = u->gauges->one ? u->gauges->from : "" };
	const struct replica_gauge *temp[TEMPS] = { NULL };
	struct gauge_window w;
	size_t n = 0;

	w = gauge_view_window(u, &l.f, 120);
	gauge_past_want(u, &l.f, &w);
	l.throttles = gauge_throttles(&l.f, l.from, l.throttle, THROTTLES);
	line_mem(&l);
	line_proc(&l);
	line_heap(&l);
	line_go(&l);
	line_sched(&l);
	while (n < TEMPS && (temp[n] = hottest(&l, temp, n)) != NULL) {
		line_temp(&l, temp[n], n == 0);
		n++;
	}
	clocks(&l);
	line_power(&l);
	line_rules(&l, temp[0]);
	line_advice(&l);
	return l.row;
}
