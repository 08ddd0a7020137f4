/*
 * snapshot_text.h - snapshots of everything as lines for people.
 *
 * Layer   cli. Values as bench/bundle.h and worker/bundle.h describe them; they come from files, so
 *         text of theirs is escaped.
 */
#ifndef CLI_SNAPSHOT_TEXT_H
#define CLI_SNAPSHOT_TEXT_H
#include <stddef.h>
#include "core/json.h"

void snapshot_text_manifest(const json_t *m);
void snapshot_text_list(const json_t *all);
void snapshot_text_diff(const json_t *diff);
/* A value in a unit ("bytes", "nanoseconds", others as they are). sign: + in front of growth. */
void snapshot_text_amount(double v, const char *unit, int sign, char *out, size_t size);

#endif
