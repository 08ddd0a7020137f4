/*
 * profiles.h - the worker's request pprof.info. Parameters and results: worker.h.
 *
 * Layer   worker. *result is a new reference, set on ERR_OK only.
 */
#ifndef WORKER_PROFILES_H
#define WORKER_PROFILES_H
#include "base/err.h"
#include "core/json.h"

enum err profiles_info(const json_t *params, json_t **result, struct err_msg *why);

#endif
