/*
 * units.h - values with units the way pprof prints them: scaling, labels, percentages.
 *
 * Layer   pprof. Pure functions; text goes to the caller's array, always terminated.
 * Source  google/pprof internal/measurement/measurement.go (kB = 1024; hours are the largest time).
 */
#ifndef PPROF_UNITS_H
#define PPROF_UNITS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/slice.h"

enum { UNITS_LABEL_MAX = 96 };

/* value in `to` ("minimum" and "auto" choose one); *unit is the unit to print, empty when
 * uninteresting. */
double units_scale(int64_t value, struct slice from, struct slice to, struct slice *unit);
/* "1.50MB", "0", "-3kB" */
void   units_label(int64_t value, struct slice from, struct slice to, char *out, size_t size);
/* " 1.23%", "  100%", " 0.5%": six columns. */
void   units_percent(int64_t value, int64_t total, char *out, size_t size);
/* True when values of the two units can be compared. */
bool   units_compatible(struct slice a, struct slice b);
/* Go's conversion of a double to int64 on amd64: out of range gives INT64_MIN. */
int64_t units_int(double v);
double  units_round(double v);          /* half away from zero */

#endif
