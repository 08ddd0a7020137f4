/*
 * measure_table.h - what `vise measure` found, as text, CSV and JSON: one row for each board.
 *
 * Layer   cli. Medians; the spread is half the distance from the lowest to the highest run.
 */
#ifndef CLI_MEASURE_TABLE_H
#define CLI_MEASURE_TABLE_H
#include <stdio.h>
#include "cli/measure_run.h"
#include "core/json.h"

void measure_text(FILE *f, const struct measure_row *r, size_t n, const struct measure_opts *o);
void measure_csv(FILE *f, const struct measure_row *r, size_t n);
json_t *measure_json(const struct measure_row *r, size_t n, const struct measure_opts *o);

#endif
