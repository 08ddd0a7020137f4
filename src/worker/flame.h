/*
 * flame.h - the worker's answers that are looked at: rows, boxes, details of a comparison.
 *
 * Layer   worker. Requests {now, base?, sample_index?, granularity?, limit_bytes?, timeout_ms?}
 *         plus
 *   pprof.flame    {parts? ["flame"] of table, flame, details; only? width? columns? rows? zoom?
 *                from?
 *                  sort? match? fraction? limit? function? source_root? context?}: all parts of one
 *                  decoding, {type, unit, types, a?, b, diff, total_a, total_b, delta, sd?, stacks,
 *                  warning?, flame?:{w, depth, stacks, a, b, cut, boxes:[{name, depth, parent, x,
 *         w,
 *                  a, b, self_a, self_b, more?}]}, table?:{sort, rows:[...], all, ...}, details?}
 *   pprof.details  the same with parts ["details"]; function is a must
 *         Widths are in the unit of the values; parent counts boxes from 0, -1 in the first row.
 */
#ifndef WORKER_FLAME_H
#define WORKER_FLAME_H
#include "core/json.h"

enum err flame_pprof(const json_t *params, json_t **result, struct err_msg *why);
enum err flame_details(const json_t *params, json_t **result, struct err_msg *why);

#endif
