/*
 * cpulist.h - sets of processors in the kernel's list form, "0-3,5".
 *
 * Layer   gauge. Pure. Format: Documentation/core-api/printk-formats.rst (%*pbl); an empty line is
 *         the empty set. Processors past CPULIST_MAX are refused, not left out.
 */
#ifndef GAUGE_CPULIST_H
#define GAUGE_CPULIST_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/slice.h"

enum { CPULIST_MAX = 1024 };

struct cpulist {
	uint64_t bit[CPULIST_MAX / 64];
};

bool cpulist_parse(struct slice text, struct cpulist *out);
unsigned cpulist_count(const struct cpulist *c);
bool cpulist_has(const struct cpulist *c, unsigned cpu);
/* Those of a that are not in b. */
struct cpulist cpulist_minus(const struct cpulist *a, const struct cpulist *b);

#endif
