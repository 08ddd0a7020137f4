/*
 * bundle.h - the worker's requests about snapshots of everything (bench/bundle.h: folder, MANIFEST,
 * PART).
 *
 * Layer   worker. *result is a new reference, set on ERR_OK only. A folder may come from anywhere:
 *         part files are plain names in it, links are not followed out of it.
 * bundle.write  {dir, manifest}: DIR/manifest.json, whole or not at all
 * bundle.info   {dir}: the MANIFEST, and dir; a part whose file is gone is "missing"
 * bundle.diff   {a, b, limit? (10), limit_bytes?}: {a: {dir, name, wall, ...}, b, seconds,
 *               notes: [text], profiles: [{kind, type, unit, total_a, total_b, change,
 *               rows: [those of pprof.top]} or {kind, error}], memstats: [{name, a, b}],
 *               gauges: [{id, name, unit, a, b}]}
 */
#ifndef WORKER_BUNDLE_H
#define WORKER_BUNDLE_H
#include "base/err.h"
#include "core/json.h"

enum err bundle_write(const json_t *params, json_t **result, struct err_msg *why);
enum err bundle_info(const json_t *params, json_t **result, struct err_msg *why);
enum err bundle_diff(const json_t *params, json_t **result, struct err_msg *why);

#endif
