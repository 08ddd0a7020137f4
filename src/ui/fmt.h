/*
 * fmt.h - numbers as the panes show them.
 *
 * Layer   ui. Pure; output is cut to size. Missing (NaN) is "-".
 */
#ifndef UI_FMT_H
#define UI_FMT_H
#include <stddef.h>
#include <stdint.h>

/* "312M" "61%" "71.5 C" "0.82" */
void fmt_value(double v, const char *unit, char *out, size_t size);
/* profile units: bytes, nanoseconds, count */
void fmt_sample(double v, const char *unit, char *out, size_t size);
void fmt_signed(double v, const char *unit, char *out, size_t size);    /* the same with + or - */
void fmt_clock(uint64_t ns, char *out, size_t size);                    /* "0:21" "3:12:44" */
void fmt_age(uint64_t ns, char *out, size_t size);                      /* "00:07" */

#endif
