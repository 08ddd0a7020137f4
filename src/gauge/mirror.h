/*
 * mirror.h - files of another machine, as a sampler on it told them: path and text, in memory.
 *
 * Layer   gauge. Pure: no I/O. The sources read it where they would read the kernel's files.
 * Input   lines "PATH:LINE" as `grep -H` prints them; PATH is absolute and without a colon.
 * Kinds   kept files stand until they are told again (names, limits); live files belong to one
 *         frame: those that the next frame does not tell are gone.
 * Limits  MIRROR_FILES files of MIRROR_TEXT bytes; what is more is an error, nothing is taken over.
 */
#ifndef GAUGE_MIRROR_H
#define GAUGE_MIRROR_H
#include <stdbool.h>
#include <stddef.h>
#include "base/slice.h"

enum { MIRROR_FILES = 2048, MIRROR_TEXT = 64 << 10 };

struct mirror;

struct mirror *mirror_new(void);
void mirror_free(struct mirror *m);
/* Takes over a frame: all of it, or nothing and false when one line is not of that form. */
bool mirror_take(struct mirror *m, struct slice lines, bool keep);
/* Takes over one file whole, kept. */
bool mirror_file(struct mirror *m, const char *path, struct slice text);

/* Up to size - 1 bytes, ended by NUL; how many, or -ENOENT (-ENODATA for one that is known by its
 * neighbours but not told: the machine could not read it). */
long mirror_read(const struct mirror *m, const char *path, char *buf, size_t size);
/* Calls fn for each entry of dir, once, in sorted order; false stops. */
void mirror_each(const struct mirror *m, const char *dir, bool (*fn)(const char *name, void *arg),
    void *arg);

#endif
