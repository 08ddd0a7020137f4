/*
 * bundle.h - a snapshot of everything at one instant: profiles, trace, memory numbers, gauges and
 * console positions as one folder. Private to bench/.
 *
 * Layer   bench. One is taken at a time; it ends with the bench.
 * Folder  snapshots/bundle-TIME-N/ (or below `dir`): manifest.json and one file a part. It can be
 *         opened by any bench, and by `vise snapshot`, when this one is gone.
 * MANIFEST {vise_snapshot: 1, name, label?, source?, address?, bench, target?, board?, t, wall, ns,
 *         state: "done" "partial" "failed" "cancelled", parts: [PART], memstats?: {name: number},
 *         gauges: [{id, name, unit, value}], consoles: [{name, device, state, offset, log}]}
 * PART    {part, state: "waiting" "running" "ok" "failed" "cancelled", file, t?, ns?, bytes?,
 *         form?, kind?, type?, unit?, total?, samples?, time_nanos?, error?}
 * Event   snapshot {bundle: MANIFEST with id, dir, done, of; state "taking" while it is}
 */
#ifndef BENCH_BUNDLE_H
#define BENCH_BUNDLE_H
#include "bench/hub.h"

void    bundle_close(struct bench *b);
json_t *bundles_json(const struct bench *b);    /* all: taken here, opened here, being taken */

#endif
