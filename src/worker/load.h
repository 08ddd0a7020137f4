/*
 * load.h - sources as decoded profiles, and their names in messages.
 *
 * Layer   worker. Blocking.
 */
#ifndef WORKER_LOAD_H
#define WORKER_LOAD_H
#include "core/json.h"
#include "pprof/profile.h"

/* A source without its secrets. */
void     load_shown(const char *source, char out[ERR_WHAT_MAX]);
/* params: limit_bytes?, timeout_ms?. *out is for pprof_free(). */
enum err load_profile(const char *source, const json_t *params, struct pprof_profile **out,
                      struct err_msg *why);

#endif
