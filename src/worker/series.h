/*
 * series.h - the worker's requests about several snapshots.
 *
 * Layer   worker. *result is a new reference, set on ERR_OK only. A SERIES is a .series file
 *         (pprof/series_file.h); SOURCES are profiles, folders of them, or .series files.
 * Requests
 *   series.add   {series, profile, meta?: {time_nanos?, run?}, keep? (720), limit_bytes?,
 *                timeout_ms?} Decodes the profile and appends it to the file (made when absent;
 *                the worker needs --write for its folder). run: any text that another run of the
 *                program has not (pid and start time). Gives {series, snapshots, time_nanos,
 *                segment, cut, cut_text, same, changed, stacks, new_stacks, torn_bytes,
 *                file_bytes, totals:[{type, unit, total}]}.
 *                cut: "", "first", "restart", "program", "rate", "clock": why it is not compared
 *                with the one before. same: no GC lay between the two, so it is no evidence.
 *   series.rank  {series | sources:[SOURCE], type?, lines? (true), min?, limit? (50), segment?,
 *                points? (false), frames? (true), limit_bytes?, timeout_ms?}
 *                Gives {type, unit, segment, segments, used, seconds, min, level, stacks, moved,
 *                leaks, suspects, snapshots:[{time_nanos, total, segment, cut, same}],
 *                notes:[text], rows:[ROW]}, the surest leak first.
 *                ROW = {id, name, file, line, verdict, shape, rule, first, last, growth,
 *                growth_sd, slope, slope_sd, slope_low, theil_sen (per second), confidence,
 *                rises, falls, allocated?, freed?, text, growth_text, slope_text,
 *                frames?:[{function, file, line}], points?:[value of each used snapshot]}
 *                verdict: leak, suspect, churn, none. shape: steady, step, plateau, falling,
 *                flat, "up and down". rule, the documented "more than 1 MiB": yes, "within
 *                error", no.
 *   series.stack {series | sources, id, type?, lines?}: one ROW with frames, and
 *                points:[{time_nanos, value, segment, same}] of all snapshots: a sparkline
 */
#ifndef WORKER_SERIES_H
#define WORKER_SERIES_H
#include "base/err.h"
#include "core/json.h"
#include "pprof/series.h"

enum err series_request_add(const json_t *params, json_t **result, struct err_msg *why);
enum err series_request_rank(const json_t *params, json_t **result, struct err_msg *why);
enum err series_request_stack(const json_t *params, json_t **result, struct err_msg *why);

#endif
