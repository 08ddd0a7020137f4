/*
 * grab.h - the worker's requests that bring something to a file.
 *
 * Layer   worker. *result is a new reference, set on ERR_OK only.
 * fetch   {url, out, profile?, query?, gc?, timeout_ms?, max_bytes?, limit_bytes?, check?}: what
 *         the place gives into a new file, streamed, 0600, whole or not at all. check: only if it
 *         can be understood. Gives {bytes, ns?, wait_ns?, content_type?, address, out, form?,
 *         facts?}; form (with check): "profile" (facts are those of pprof.info, and "kind": heap,
 *         goroutine, ...), "goroutines" (a text dump), "heap-text", "trace" (runtime/trace),
 *         "vars" (facts: the numbers of memstats).
 * files   {pattern, after?, after_name?, limit?}: [{path, mtime, size}] oldest first, those newer
 *         than after (then by name), at most limit.
 * file.info  pprof.info, and "kind"
 */
#ifndef WORKER_GRAB_H
#define WORKER_GRAB_H
#include "base/err.h"
#include "core/json.h"

enum err grab_fetch(const json_t *params, json_t **result, struct err_msg *why);
enum err grab_info(const json_t *params, json_t **result, struct err_msg *why);
enum err grab_files(const json_t *params, json_t **result, struct err_msg *why);

#endif
