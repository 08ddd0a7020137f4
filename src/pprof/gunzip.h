/*
 * gunzip.h - a whole gzip file in memory, inflated into memory, with a ceiling.
 *
 * Layer   pprof, private to this folder. *out is the caller's (mem_free).
 * Rules   what Go's compress/gzip takes: several members are one stream; bytes behind the last
 *         member, truncation and a wrong checksum are errors. ISIZE is a hint only: it may lie (RFC
 *         1952 2.3.1).
 * Errors  ERR_FORMAT, ERR_LIMIT (more than max comes out), ERR_MEMORY.
 */
#ifndef PPROF_GUNZIP_H
#define PPROF_GUNZIP_H
#include <stdbool.h>
#include <stddef.h>
#include "base/err.h"

bool     gunzip_is(const void *p, size_t n);
enum err gunzip(const void *p, size_t n, size_t max, const char *what,
                unsigned char **out, size_t *out_n, struct err_msg *why);

#endif
