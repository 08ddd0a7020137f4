/*
 * glob.h - files that match a pattern, the shell's way.
 *
 * Layer   sys. Reads folders, so it may block: not for the bench's loop.
 */
#ifndef SYS_GLOB_H
#define SYS_GLOB_H
#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"

struct glob_file {
	const char *path;
	uint64_t mtime, size;           /* ns since 1970, bytes */
};

/* Calls fn for each regular file that matches, oldest first (then by name); false stops. */
enum err glob_each(const char *pattern, bool (*fn)(const struct glob_file *f, void *arg), void *arg,
    struct err_msg *why);

#endif
