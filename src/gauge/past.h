/*
 * past.h - the history of gauges as columns, from samples and tiers alike: the finest that still
 * has a moment tells it.
 *
 * Layer   gauge. Pure: a set in, values out. A column of the answer is an equal slice of time, from
 *         0 of the set's clock; a slice without a value is null.
 */
#ifndef GAUGE_PAST_H
#define GAUGE_PAST_H
#include "core/json.h"
#include "gauge/series.h"
#include "gauge/tiers.h"

enum { PAST_COLUMNS = 600 };

/* A moment of the past: a sample, or a slice of a tier. */
struct past_point {
	uint64_t t, span;               /* span 0: a sample */
	int tier;                       /* -1: the samples */
	uint64_t i;                     /* of the tier's slices, or the sample's place */
};

/* All moments in [from, to], oldest first, none told twice; into a new array (mem_free). */
struct past_point *past_points(const struct series *s, const struct tiers *t, uint64_t from,
    uint64_t to, size_t *n);
struct tier_value past_value(const struct series *s, const struct tiers *t, size_t gauge,
    const struct past_point *p);
/* {"max":[..],"min":x,"mean":x} of columns from + i * slice, i < n; min and mean of them all. */
json_t *past_columns(const struct series *s, const struct tiers *t, size_t gauge,
    const struct past_point *points, size_t count, int64_t from, uint64_t slice, size_t n);

#endif
