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
	mem_free(t->key);
	mem_free(t->v);
	table_init(t);
}

/* FNV-1a */
static uint32_t
hash(const char *s)
{
	uint32_t h = 2166136261;

	for (; *s != '\0'; s++)
		h = (h ^ (unsigned char)*s) * 16777619;
	return h;
}

void
table_put(struct gauge_table *t, int i, const struct gauge_def *d)
{
	t->def[i] = *d;
	t->key[i] = (struct gauge_key){ .id = hash(d->id), .group = hash(d->group) };
	t->changed = true;
}

int
table_add(struct gauge_table *t, const struct gauge_def *d)
{
	if (t->n >= LIMIT_GAUGES)
		return -1;
	if (t->n == t->cap) {
		t->cap = t->cap != 0 ? t->cap * 2 : 32;
		t->def = mem_resize(t->def, t->cap, sizeof *t->def);
		t->key = mem_resize(t->key, t->cap, sizeof *t->key);
		t->v = mem_resize(t->v, t->cap, sizeof *t->v);
	}
	table_put(t, (int)t->n, d);
	t->v[t->n] = (double)NAN;
	return (int)t->n++;
}

int
table_find(const struct gauge_table *t, const char *id)
{
	const uint32_t h = hash(id);

	for (size_t i = 0; i < t->n; i++)
		if (t->key[i].id == h && strcmp(t->def[i].id, id) == 0)
			return (int)i;
	return -1;
}

bool
table_in(const struct gauge_table *t, size_t i, const char *group)
{
	return t->key[i].group == hash(group) && strcmp(t->def[i].group, group) == 0;
}

void
table_value(struct gauge_table *t, int i, double v)
{
	if (i < 0)
		return;
	if (isnan(t->v[i]) && t->def[i].missing[0] != '\0') {
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
	t->v[i] = (double)NAN;
	if (strcmp(t->def[i].missing, fmt) == 0 && strchr(fmt, '%') == NULL)
		return;                 /* said at each sample, and printing is dear */
	va_start(ap, fmt);
	vsnprintf(why, sizeof why, fmt, ap);
	va_end(ap);
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
