/*
 * values.h - numbers with names on a line: what a serial plotter draws.
 *
 * Layer   text. Names and units are given as the board spells them, cut to VALUES_NAME and
 *         VALUES_UNIT bytes.
 * Formats `name=value`, `name: value unit`, `a:1,b:2` and `a:1<TAB>b:2` (Arduino's plotter), lines
 *         of bare numbers `1.5 2 -3` (also with commas or tabs), named value1, value2 ...
 *         Not taken: times (12:30:01), addresses (10.0.0.1, 0x1f), words that only begin with a
 *         number.
 */
#ifndef TEXT_VALUES_H
#define TEXT_VALUES_H
#include <stddef.h>

enum { VALUES_NAME = 32, VALUES_UNIT = 8, VALUES_MAX = 32 };

struct values_one { char name[VALUES_NAME], unit[VALUES_UNIT]; double value; };

/* The line is plain text (decode_plain). Returns how many of out are filled, at most VALUES_MAX. */
size_t values_scan(const char *p, size_t n, struct values_one out[VALUES_MAX]);
/* A unit as gauges name it: "KiB" is "B" and 1024 times as much. *scale is set. */
const char *values_unit(const char *unit, double *scale);

#endif
