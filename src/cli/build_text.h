/*
 * build_text.h - a build matrix for people and for spreadsheets.
 *
 * Layer   cli. rows: of build_run.h.
 */
#ifndef CLI_BUILD_TEXT_H
#define CLI_BUILD_TEXT_H
#include <stdio.h>
#include "core/json.h"

void build_text_table(FILE *f, const json_t *rows);
void build_text_csv(FILE *f, const json_t *rows);
/* What was found of a row, but for the first `said` findings; what a failed build said. Returns how
 * many findings there are. */
size_t build_text_row(FILE *f, const json_t *row, size_t said);
/* The commands of a dry run, as a shell takes them. */
void build_text_plan(FILE *f, const json_t *rows);
/* "linux-arm64: built, 1.2 MiB in 3.1 s" */
void build_text_state(FILE *f, const json_t *row);

#endif
