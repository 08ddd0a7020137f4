/*
 * macro_record.h - AT commands that were typed or sent, turned into a macro in a plugin of the
 * user's own. Private to bench/.
 *
 * Layer   bench. Embedded; macro_record_fini ends it and drops what was recorded.
 * Output  <config>/plugins/NAME/{plugin.json,init.lua}: one step a command; of a reply the fixed
 *         parts are expected again, numbers and quoted texts may differ.
 * Limits  200 steps; a name is letters, digits, - and _.
 */
#ifndef BENCH_MACRO_RECORD_H
#define BENCH_MACRO_RECORD_H
#include "base/err.h"
#include "core/json.h"

struct macro_record {
	char *name;                     /* NULL: not recording */
	json_t *steps;                  /* of { at, rx, fails } */
};

enum err macro_record_start(struct macro_record *r, const char *name, struct err_msg *why);
void     macro_record_add(struct macro_record *r, const json_t *result);
/* *out: { name, file, steps, text }. Without a step nothing is written and recording goes on. */
enum err macro_record_stop(struct macro_record *r, const char *name, json_t **out,
    struct err_msg *why);
void     macro_record_fini(struct macro_record *r);

#endif
