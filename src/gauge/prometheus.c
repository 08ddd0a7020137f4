/* prometheus.c - gauges as Prometheus text. */
#include "gauge/prometheus.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { NAME_MAX_ = 96 };

/* Groups whose ids name one of several. */
static const struct {
	const char *prefix, *label;
	bool digits;                    /* cpu.busy is no CPU */
} several[] = {
	{ "temp.", "sensor", false },
	{ "cool.", "device", false },
	{ "freq.", "policy", false },
	{ "cpu.", "cpu", true },
};

static const struct {
	const char *unit, *suffix;
} suffixes[] = {
	{ "B", "_bytes" }, { "%", "_percent" }, { "C", "_celsius" }, { "Hz", "_hertz" },
	{ "s", "_seconds" }, { "ms", "_milliseconds" }, { "us", "_microseconds" },
};

struct metric {
	char name[NAME_MAX_];
	const char *label, *value;      /* NULL: none */
};

static void
metric_of(const struct gauge_def *d, struct metric *m)
{
	const char *id = d->id, *suffix = "";
	char part[GAUGE_ID_MAX];
	size_t n;

	*m = (struct metric){ .label = NULL };
	for (size_t i = 0; i < sizeof several / sizeof several[0]; i++) {
		n = strlen(several[i].prefix);
		if (strncmp(id, several[i].prefix, n) == 0 &&
		    (!several[i].digits || strspn(id + n, "0123456789") == strlen(id + n))) {
			m->label = several[i].label;
			m->value = id + n;
		}
	}
	for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++)
		if (strcmp(d->unit, suffixes[i].unit) == 0)
			suffix = suffixes[i].suffix;
	n = m->label != NULL ? (size_t)(m->value - id - 1) : strlen(id);
	snprintf(part, sizeof part, "%.*s", (int)n, id);
	for (char *c = part; *c != '\0'; c++)
		if (!isalnum((unsigned char)*c))
			*c = '_';
	snprintf(m->name, sizeof m->name, "vise_%s%s", part, suffix);
}

/* Backslash, quote and newline are escaped, in labels and in help texts alike. */
static void
put_escaped(struct buf *out, const char *s)
{
	for (; *s != '\0'; s++) {
		if (*s == '\n')
			(void)buf_add_str(out, "\\n");
		else if (*s == '\\' || *s == '"')
			(void)buf_add_fmt(out, "\\%c", *s);
		else
			(void)buf_add_byte(out, *s);
	}
}

static void
put_value(struct buf *out, const struct metric *m, double v)
{
	(void)buf_add_str(out, m->name);
	if (m->label != NULL) {
		(void)buf_add_fmt(out, "{%s=\"", m->label);
		put_escaped(out, m->value);
		(void)buf_add_str(out, "\"}");
	}
	(void)buf_add_fmt(out, " %.17g\n", v);
}

/* All lines of one name have to stand together, behind one TYPE. */
static void
put_name(const struct gauge_set *g, const struct gauge_def *d, size_t n, size_t first,
    struct buf *out)
{
	struct metric m, other;

	metric_of(&d[first], &m);
	for (size_t i = 0; i < first; i++) {
		metric_of(&d[i], &other);
		if (strcmp(other.name, m.name) == 0 &&
		    !isnan(series_now(gauge_set_series(g), i)))
			return;         /* told already */
	}
	(void)buf_add_fmt(out, "# HELP %s ", m.name);
	put_escaped(out, d[first].source);
	(void)buf_add_fmt(out, "\n# TYPE %s gauge\n", m.name);
	for (size_t i = first; i < n; i++) {
		const double v = series_now(gauge_set_series(g), i);

		metric_of(&d[i], &other);
		if (strcmp(other.name, m.name) == 0 && !isnan(v))
			put_value(out, &other, v);
	}
}

enum err
gauge_set_prometheus(const struct gauge_set *g, struct buf *out)
{
	size_t n, missing = 0;
	const struct gauge_def *d = gauge_set_defs(g, &n);

	for (size_t i = 0; i < n; i++)
		if (isnan(series_now(gauge_set_series(g), i)))
			missing++;
		else
			put_name(g, d, n, i, out);
	(void)buf_add_fmt(out,
	    "# HELP vise_gauges_missing gauges that have no value now\n"
	    "# TYPE vise_gauges_missing gauge\nvise_gauges_missing %zu\n"
	    "# HELP vise_up whether the machine answers\n# TYPE vise_up gauge\n",
	    missing);
	return buf_add_fmt(out, "vise_up %d\n", gauge_set_trouble(g) == NULL);
}
