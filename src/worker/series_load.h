/*
 * series_load.h - a series out of a file, or made of profiles.
 *
 * Layer   worker. *out is for series_free(). notes takes sentences for people (array).
 */
#ifndef WORKER_SERIES_LOAD_H
#define WORKER_SERIES_LOAD_H
#include "base/err.h"
#include "core/json.h"
#include "pprof/series.h"

/* params: series (a path), or sources (paths, folders, URLs). Profiles are put in order of their
 * time; those of another kind are left out, with a note. */
enum err series_load(const json_t *params, struct series **out, json_t *notes, struct err_msg *why);
/* A .series file. *good: its sound bytes; *size: all of them. ERR_NOENT when absent. */
enum err series_load_file(const char *path, struct series **out, size_t *good, size_t *size,
                          struct err_msg *why);

#endif
