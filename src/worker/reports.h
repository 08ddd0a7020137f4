/*
 * reports.h - the worker's requests for reports: pprof.top, pprof.report, pprof.save.
 *
 * Layer   worker. Parameters and results: worker.h, profile_args.h. *result is a new reference, set
 *         on ERR_OK only. With "stdout" the text goes straight to descriptor 1, however long.
 */
#ifndef WORKER_REPORTS_H
#define WORKER_REPORTS_H
#include "base/err.h"
#include "core/json.h"

enum err reports_top(const json_t *params, json_t **result, struct err_msg *why);
/* report: tree, peek, list, traces, tags, raw, comments; pattern: of peek and list */
enum err reports_any(const json_t *params, json_t **result, struct err_msg *why);
/* out: where the merge of now, or its difference to a base, goes as .pb.gz */
enum err reports_save(const json_t *params, json_t **result, struct err_msg *why);

#endif
