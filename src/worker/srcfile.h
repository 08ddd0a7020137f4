/*
 * srcfile.h - lines of source for a function that a profile names by file and line.
 *
 * Layer   worker. Reads at most SRCFILE_MAX bytes of one regular file; nothing is kept.
 * Where   the path as the profile has it; then below `root` the whole path and every tail of it,
 *         the
 *         longest first: /build/ci/app/net/conn.go is found as ROOT/net/conn.go. A root of the form
 *         FROM=TO instead puts TO in the place of the beginning FROM. Without either (a build with
 *         -trimpath names module/file.go) nothing below the working folder is searched.
 * Errors  none: a file that is not there is no source, and said so.
 */
#ifndef WORKER_SRCFILE_H
#define WORKER_SRCFILE_H
#include <stdint.h>
#include "core/json.h"

enum { SRCFILE_MAX = 4 << 20, SRCFILE_LINES = 400, SRCFILE_WIDTH = 200 };

/* {"path", "lines":[{"line","text"}]} of lines first..last, or NULL. root may be NULL. */
json_t *srcfile_lines(const char *file, const char *root, int64_t first, int64_t last);

#endif
