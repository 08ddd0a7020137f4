/*
 * source_given.h - gauges whose values come from elsewhere: lines of a console, a plugin.
 *
 * Layer   gauge. A value stands for GIVEN_HOLD_NS, then the gauge has a gap: nothing came.
 * Bounds  at most GIVEN_MAX of them; what is over it is refused and counted.
 */
#ifndef GAUGE_SOURCE_GIVEN_H
#define GAUGE_SOURCE_GIVEN_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "gauge/table.h"

enum { GIVEN_MAX = 128 };
#define GIVEN_HOLD_NS UINT64_C(60000000000)

struct given {
	struct gauge_table *table;
	struct { int index; uint64_t at; double v; } value[GIVEN_MAX];
	size_t n, refused;
};

/* False: there are too many. def->id is the key; its other members count when it is new. */
bool given_put(struct given *s, const struct gauge_def *def, double v, uint64_t mono);
/* Nothing is to be seen of it, until it is put again. */
void given_take(struct given *s, const char *id);
void given_sample(struct given *s, uint64_t mono);
bool given_is(const struct given *s, const char *id);           /* it is one of ours */

#endif
