/*
 * shots.h - the timeline of snapshots: every profile this bench has, with its time. Private to
 * bench/.
 *
 * Layer   bench. Owned by the bench (b->shots, a JSON array, oldest first).
 * SHOT    {id, t (ns since the bench started), wall, kind, source, path, bytes, ns (of the fetch),
 *         form, type, unit, total, samples, time_nanos, period, run (which process of the watch),
 *         watch?, bundle?, cut?, cut_text? (why it is not compared with the one before), same?}
 *         kept:false: the file is gone, its values live in the series of its watch
 */
#ifndef BENCH_SHOTS_H
#define BENCH_SHOTS_H
#include "bench/hub.h"

enum { SHOTS_MAX = 2000, SHOTS_SHOWN = 200 };

/* What the worker's `fetch` answered, as a SHOT; the caller may add to it before shots_put. */
json_t     *shots_make(struct bench *b, const char *source, const char *kind, const json_t *facts);
/* Steals shot; gives it an id, tells journal and clients, returns it (borrowed). */
json_t     *shots_put(struct bench *b, json_t *shot);
json_t     *shots_json(const struct bench *b, size_t most);     /* new reference, newest kept */
/*
 * The file that a word means: #ID or ID, "last", "first", HH:MM:SS or +SECONDS of the bench (the
 * newest at that time), else the word itself. kind: what to prefer among times, NULL: heap.
 * NULL with *why when there is none, or its file is gone. Heap string.
 */
char       *shots_path(const struct bench *b, const char *word, const char *kind,
    struct err_msg *why);
/* The shot with that file, or NULL (borrowed). */
json_t     *shots_of_path(const struct bench *b, const char *path);
/* Files of that watch (all kinds together) beyond so many bytes go: of the kind that weighs most,
 * the ones that leave the smallest gap first; the newest two and the first of a kind stay. */
void        shots_thin(struct bench *b, json_int_t watch, uint64_t bytes);

#endif
