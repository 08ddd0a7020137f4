/*
 * cli_worker.h - one request to a worker process, for command lines that need no bench.
 *
 * Layer   cli. Blocking: starts vise-worker, asks, ends it.
 */
#ifndef CLI_CLI_WORKER_H
#define CLI_CLI_WORKER_H
#include <stdint.h>
#include "base/err.h"
#include "core/json.h"

/*
 * Steals params. *result is a new reference. write_ok: the folder the worker may write in, or NULL.
 * timeout_ns: after it the worker is killed (ERR_DEADLINE).
 */
enum err cli_worker_call(const char *method, json_t *params, const char *write_ok,
    uint64_t timeout_ns, json_t **result, struct err_msg *why);

/* The same with all that can be chosen; 0 and NULL are the defaults. */
struct cli_worker_ask {
	const char *write_ok;
	uint64_t timeout_ns;
	uint64_t memory;                /* bytes of address space; 0: the worker's own limit */
};

enum err cli_worker_ask(const char *method, json_t *params, const struct cli_worker_ask *ask,
    json_t **result, struct err_msg *why);

#endif
