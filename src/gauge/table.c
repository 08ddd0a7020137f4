/* table.c - definitions and newest values of a gauge set. */
#include "gauge/table.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"

void
table_init(struct gauge_table *t)
{
	*t = (struct gauge_table){ .changed = false };
}

void
table_fini(struct gauge_table *t)
{
	mem_free(t->def);
	mem_free(t->v);
	table_init(t);
}

int
table_add(struct gauge_table *t, const struct gauge_def *d)
{
	if (t->n >= LIMIT_GAUGES)
		return -1;
	if (t->n == t->cap) {
		t->cap = t->cap != 0 ? t->cap * 2 : 32;
		t->def = mem_resize(t->def, t->cap, sizeof *t->def);
		t->v = mem_resize(t->v, t->cap, sizeof *t->v);
	}
	t->def[t->n] = *d;
	t->v[t->n] = (double)NAN;
	t->changed = true;
	return (int)t->n++;
}

int
table_find(const struct gauge_table *t, const char *id)
{
	for (size_t i = 0; i < t->n; i++)
		if (strcmp(t->def[i].id, id) == 0)
			return (int)i;
	return -1;
}

void
table_value(struct gauge_table *t, int i, double v)
{
	if (i < 0)
		return;
	if (t->def[i].missing[0] != '\0') {
		t->def[i].missing[0] = '\0';
		t->changed = true;
	}
	t->v[i] = v;
}

void
table_missing(struct gauge_table *t, int i, const char *fmt, ...)
{
	char why[GAUGE_WHY_MAX];
	va_list ap;

	if (i < 0)
		return;
	va_start(ap, fmt);
	vsnprintf(why, sizeof why, fmt, ap);
	va_end(ap);
	t->v[i] = (double)NAN;
	if (strcmp(t->def[i].missing, why) == 0)
		return;
	memcpy(t->def[i].missing, why, sizeof why);
	t->changed = true;
}

void
table_max(struct gauge_table *t, int i, double max)
{
	if (i < 0 || fabs(t->def[i].max - max) < 0.5)
		return;
	t->def[i].max = max;
	t->changed = true;
}

void
table_source(struct gauge_table *t, int i, const char *fmt, ...)
{
	char source[GAUGE_SOURCE_MAX];
	va_list ap;

	if (i < 0)
		return;
	va_start(ap, fmt);
	vsnprintf(source, sizeof source, fmt, ap);
	va_end(ap);
	if (strcmp(t->def[i].source, source) == 0)
		return;
	memcpy(t->def[i].source, source, sizeof source);
	t->changed = true;
}

void
table_text(char *out, size_t size, const char *s)
{
	size_t n = 0;

	for (; *s != '\0' && n + 1 < size; s++)
		out[n++] = (unsigned char)*s < 0x20 || *s == 0x7f ? '?' : *s;
	out[n] = '\0';
}

struct gauge_def
table_def(const char *id, const char *group, const char *name, const char *unit, double max,
    const char *source)
{
	struct gauge_def d = {
		.min = (double)NAN, .max = max, .warn = (double)NAN, .crit = (double)NAN,
		.hold = (double)NAN,
	};

	table_text(d.id, sizeof d.id, id);
	table_text(d.group, sizeof d.group, group);
	table_text(d.name, sizeof d.name, name);
	table_text(d.unit, sizeof d.unit, unit);
	table_text(d.source, sizeof d.source, source);
	return d;
}
