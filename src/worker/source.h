/*
 * source.h - the bytes of a profile: from a file, or through vise-fetch from http, https or a unix
 * socket.
 *
 * Layer   worker. Blocking; the process exists for one such task. *out is the caller's buf.
 * Errors  those of sys_file_read and of fetch_get, unchanged.
 */
#ifndef WORKER_SOURCE_H
#define WORKER_SOURCE_H
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "core/json.h"

struct source_limits {
	uint64_t timeout_ms, silence_ms;        /* 0: fetch.h's defaults */
	uint64_t max_bytes;                     /* 0: LIMIT_PROFILE_IN */
};

/* facts: NULL, or takes vise-fetch's result {"bytes","ns","content_type"} of a URL (new reference).
 * */
enum err source_read(const char *source, const struct source_limits *l, struct buf *out,
    json_t **facts, struct err_msg *why);

#endif
