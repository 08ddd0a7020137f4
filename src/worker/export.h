/*
 * export.h - a comparison written to a file that other programs open.
 *
 * Layer   worker. Request
 *   pprof.export {now, base?, out?, format?, title?, ...}: format svg, folded, speedscope, txt or
 *                pb.gz; without it, by the end of out's name (.svg .folded .speedscope.json or
 *         .json
 *                .txt .pb.gz). To `out` (0600, whole or not at all; the worker must have been
 *         started
 *                with that folder) or, without it, back as "text". Takes the options of
 *         pprof.flame.
 *                Gives {format, out?, bytes, text?}
 */
#ifndef WORKER_EXPORT_H
#define WORKER_EXPORT_H
#include "core/json.h"

enum err export_pprof(const json_t *params, json_t **result, struct err_msg *why);

#endif
