/*
 * journal.h - the append-only record of a bench: one JSON object a line.
 *
 * Layer   core. Fields: `t` ns since the bench started, `wall` ns since 1970, `type`, then the
 *         event's own.
 * Safety  a record is whole or absent (one write each, O_APPEND). A failing disk is an alarm,
 *         not an end: records wait in memory up to a ceiling, then are counted; a
 *         `journal.hole` record marks the place.
 */
#ifndef CORE_JOURNAL_H
#define CORE_JOURNAL_H
#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "core/json.h"

struct journal;

enum err journal_open(const char *path, uint64_t start_mono, struct journal **out,
    struct err_msg *why);
void     journal_close(struct journal *j);
/* Borrows fields (an object, may be NULL). */
void     journal_add(struct journal *j, uint64_t mono, const char *type, const json_t *fields);
/* what waits in memory goes out; call each 100 ms */
void     journal_flush(struct journal *j);
bool     journal_failing(const struct journal *j, struct err_msg *why);
uint64_t journal_lost(const struct journal *j);         /* records given up */

#endif
