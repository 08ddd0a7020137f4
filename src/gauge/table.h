/*
 * table.h - the definitions and newest values of a gauge set, filled by its sources.
 *
 * Layer   gauge. Indices stay valid: gauges are added, marked missing, never removed. One that is
 *         marked missing has the value NAN.
 * Errors  table_add gives -1 past LIMIT_GAUGES; the others accept -1 and do nothing.
 */
#ifndef GAUGE_TABLE_H
#define GAUGE_TABLE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "gauge/gauge.h"

/* A sample comes once a second into caches that are cold: what is asked at each stands together. */
struct gauge_key {
	uint32_t id, group;             /* of their text */
};

struct gauge_table {
	struct gauge_def *def;          /* one is changed by table_put, its limits also in place */
	struct gauge_key *key;
	double *v;
	size_t n, cap;
	bool changed;                   /* a definition changed since the owner last looked */
};

void table_init(struct gauge_table *t);
void table_fini(struct gauge_table *t);
int  table_add(struct gauge_table *t, const struct gauge_def *d);
void table_put(struct gauge_table *t, int i, const struct gauge_def *d);
int  table_find(const struct gauge_table *t, const char *id);
bool table_in(const struct gauge_table *t, size_t i, const char *group);
/* A value that is NAN leaves a gap without giving a reason (a first difference, for instance). */
void table_value(struct gauge_table *t, int i, double v);
void table_missing(struct gauge_table *t, int i, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void table_max(struct gauge_table *t, int i, double max);
void table_source(struct gauge_table *t, int i, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* A definition with the numbers empty. */
struct gauge_def table_def(const char *id, const char *group, const char *name, const char *unit,
                           double max, const char *source);
/* Copies text that may be too long; the tail is cut. Control bytes become '?'. */
void table_text(char *out, size_t size, const char *s);

#endif
