/* prometheus.c - gauges as Prometheus text. */
#include "gauge/prometheus.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

enum { METRIC_NAME_MAX = 128 };

/* Groups whose ids name one of several. */
static const struct {
	const char *prefix, *label;
	bool digits;                    /* cpu.busy is no CPU */
} several[] = {
	{ "temp.", "sensor", false },
	{ "cool.", "device", false },
	{ "fan.", "fan", false },
	{ "freq.", "policy", false },
	{ "cpu.", "cpu", true },
};

static const struct {
	const char *unit, *suffix;
} suffixes[] = {
	{ "B", "_bytes" }, { "%", "_percent" }, { "C", "_celsius" }, { "Hz", "_hertz" },
	{ "rpm", "_rpm" }, { "W", "_watts" }, { "/s", "_per_second" },
	{ "s", "_seconds" }, { "ms", "_milliseconds" }, { "us", "_microseconds" },
};

struct metric {
	char name[METRIC_NAME_MAX];
	const char *label, *value;      /* NULL: none; value may be text */
	char text[GAUGE_ID_MAX];
	const char *from;               /* "": the set's own */
	const struct gauge_def *def;
	double v;
};

/* "temp.soc" has a name of the group and a label for the one; the rest of an id is a name. */
static size_t
label_of(const char *id, struct metric *m)
{
	for (size_t i = 0; i < sizeof several / sizeof several[0]; i++) {
		const size_t n = strlen(several[i].prefix);

		if (strncmp(id, several[i].prefix, n) == 0 &&
		    (!several[i].digits || strspn(id + n, "0123456789") == strlen(id + n))) {
			m->label = several[i].label;
			m->value = id + n;
			return n - 1;
		}
	}
	if (id[strcspn(id, "{")] == '\0')
		return strlen(id);
	/* "queue{of=in}": they are not told apart again, a value may hold anything */
	m->label = "labels";
	snprintf(m->text, sizeof m->text, "%s", strchr(id, '{') + 1);
	if (m->text[0] != '\0' && m->text[strlen(m->text) - 1] == '}')
		m->text[strlen(m->text) - 1] = '\0';
	return strcspn(id, "{");
}

static void
metric_of(const struct gauge_def *d, double v, struct metric *m)
{
	const size_t from = strlen(d->from);
	const char *id = d->id, *suffix = "";
	char part[GAUGE_ID_MAX];
	size_t n;

	*m = (struct metric){ .from = d->from, .def = d, .v = v };
	if (from != 0 && strncmp(id, d->from, from) == 0 && id[from] == '/')
		id += from + 1;
	n = label_of(id, m);
	for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++)
		if (strcmp(d->unit, suffixes[i].unit) == 0)
			suffix = suffixes[i].suffix;
	snprintf(part, sizeof part, "%.*s", (int)n, id);
	for (char *c = part; *c != '\0'; c++)
		if (!isalnum((unsigned char)*c))
			*c = '_';
	/* a program's own name may have its unit already */
	if (strlen(part) > strlen(suffix) &&
	    strcmp(part + strlen(part) - strlen(suffix), suffix) == 0)
		suffix = "";
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
put_value(struct buf *out, const struct metric *m)
{
	const char *before = "{";

	(void)buf_add_str(out, m->name);
	if (m->from[0] != '\0') {
		(void)buf_add_str(out, "{source=\"");
		put_escaped(out, m->from);
		(void)buf_add_byte(out, '"');
		before = ",";
	}
	if (m->label != NULL) {
		(void)buf_add_fmt(out, "%s%s=\"", before, m->label);
		put_escaped(out, m->value != NULL ? m->value : m->text);
		(void)buf_add_byte(out, '"');
	}
	(void)buf_add_fmt(out, "%s %.17g\n", m->label != NULL || m->from[0] != '\0' ? "}" : "",
	    m->v);
}

static int
by_name(const void *a, const void *b)
{
	const struct metric *m = a, *n = b;
	const int order = strcmp(m->name, n->name);

	return order != 0 ? order : m->def < n->def ? -1 : 1;
}

/* All lines of one name have to stand together, behind one TYPE. */
static void
put_all(const struct metric *m, size_t n, struct buf *out)
{
	for (size_t i = 0; i < n; i++) {
		if (i == 0 || strcmp(m[i].name, m[i - 1].name) != 0) {
			(void)buf_add_fmt(out, "# HELP %s ", m[i].name);
			put_escaped(out, m[i].def->source);
			(void)buf_add_fmt(out, "\n# TYPE %s gauge\n", m[i].name);
		}
		put_value(out, &m[i]);
	}
}

enum err
gauge_set_prometheus(const struct gauge_set *g, struct buf *out)
{
	size_t n, shown = 0, missing = 0;
	const struct gauge_def *d = gauge_set_defs(g, &n);
	struct metric *m = mem_alloc((n + 1) * sizeof *m);

	for (size_t i = 0; i < n; i++) {
		const double v = series_now(gauge_set_series(g), i);

		if (isnan(v))
			missing += !d[i].gone;
		else
			metric_of(&d[i], v, &m[shown++]);
	}
	qsort(m, shown, sizeof *m, by_name);
	put_all(m, shown, out);
	mem_free(m);
	(void)buf_add_fmt(out,
	    "# HELP vise_gauges_missing gauges that have no value now\n"
	    "# TYPE vise_gauges_missing gauge\nvise_gauges_missing %zu\n"
	    "# HELP vise_up whether the machine answers\n# TYPE vise_up gauge\n",
	    missing);
	return buf_add_fmt(out, "vise_up %d\n", gauge_set_trouble(g) == NULL);
}
