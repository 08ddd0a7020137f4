/*
 * source.h - the bytes of a profile: from a file, the newest that matches a pattern, or through
 * vise-fetch from anything else that core/place.h knows.
 *
 * Layer   worker. Blocking; the process exists for one such task. *out is the caller's buf.
 * Errors  those of sys_file_read and of fetch/route.h, unchanged.
 */
#ifndef WORKER_SOURCE_H
#define WORKER_SOURCE_H
#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "core/json.h"

struct source_limits {
	uint64_t timeout_ms, silence_ms;        /* 0: fetch.h's defaults */
	uint64_t max_bytes;                     /* 0: LIMIT_PROFILE_IN */
	const char *profile, *query;            /* of a place that has several; NULL: its own */
	bool gc;                                /* heap: after a collection */
};

/*
 * source "-" is standard input, to its end.
 * facts: NULL, or takes vise-fetch's result {"bytes","ns","wait_ns","content_type","address"} of a
 * place that was fetched, {"bytes","address"} of a file (new reference).
 */
enum err source_read(const char *source, const struct source_limits *l, struct buf *out,
    json_t **facts, struct err_msg *why);
/* The same into a new file, streamed, 0600; on an error no file is left. */
enum err source_save(const char *source, const struct source_limits *l, const char *path,
    json_t **facts, struct err_msg *why);
/* What a request to vise-fetch (fetch/process.h) gives, as it stands. */
enum err source_fetch(const json_t *request, struct buf *out, json_t **facts,
    struct err_msg *why);
/* The file that a pattern or a plain name means: heap string, or NULL with *why. */
char    *source_newest(const char *pattern, struct err_msg *why);

#endif
