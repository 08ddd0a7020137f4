/*
 * goroutines.h - the worker's requests about goroutines.
 *
 * Layer   worker. *result is a new reference, set on ERR_OK only.
 * Request
 *   goroutines.show {sources:[SOURCE, ...], or text, by?, rules?, many?, several?, stale_minutes?,
 *                allow?: text of a list (pprof/allow.h), allow_defaults? (true), dump?, yes?,
 *                leak? (true), source_path?:[folder], limit? (100), frames? (true), timeout_ms?,
 *                limit_bytes?, from?, bytes?} A SOURCE is a file (a dump, a log with a panic in
 *                it, debug=1 text, a profile), "-", or an address: http://HOST:PORT is asked for
 *                /debug/pprof/goroutine, and for
 *                goroutineleak where its index lists that; with dump for debug=2, which stops the
 *                program: refused (denied) without yes when that takes long. Several sources are
 *                compared in the order given; the last one is what is shown. from, bytes: only
 *                that part of a file; from below 0: so much of its end.
 *                Gives {source, dumps, total, first_total, by, headline, exit_status?, truncated,
 *                flagged, flagged_groups, allowed, hidden, notes:[text], cost?:{goroutines, ms,
 *                bytes}, groups:[GROUP], rows?:[{name, count, first, growth, max_minutes}] by
 *                state, creator or age}
 *                GROUP = {count, first, growth, counts?:[n], state, class, cause, text, look,
 *                min_minutes, max_minutes, age, function, file, line, creator?, creator_file?,
 *                creator_line?, elided?, ids:[n], labels?, locked?, leaked?, stayed?, allowed?,
 *                rules:[{rule, text}], frames?:[{function, file, line}]}
 */
#ifndef WORKER_GOROUTINES_H
#define WORKER_GOROUTINES_H
#include "base/err.h"
#include "core/json.h"

enum err goroutines_show(const json_t *params, json_t **result, struct err_msg *why);

#endif
