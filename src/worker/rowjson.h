/*
 * rowjson.h - reports as JSON, and what a person should know about one.
 *
 * Layer   worker. Keys: worker.h, pprof.top.
 */
#ifndef WORKER_ROWJSON_H
#define WORKER_ROWJSON_H
#include "core/json.h"
#include "pprof/top.h"
#include "worker/profile_args.h"

enum { ROWJSON_MAX = (4 << 20) - (64 << 10) };  /* of an answer; base/limits.h LIMIT_FRAME */

void     rowjson_summary(json_t *o, const struct top_report *r);
/* "rows": with changes and edges where the report has them. ERR_LIMIT past about max bytes. */
enum err rowjson_rows(json_t *o, const struct top_report *r, const struct top_options *opt,
                      size_t max, struct err_msg *why);
/* "notes": what trimming hid, filters that met nothing, profiles that do not go together. */
void     rowjson_notes(json_t *o, const struct top_report *r, const struct profile_args *a);
enum err rowjson_too_long(struct err_msg *why);

#endif
