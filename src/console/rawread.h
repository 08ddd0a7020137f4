/*
 * rawread.h - the raw log of a console read back by stream offsets, as far as it was written.
 *
 * Layer   console. rawread_init copies what is known at that moment; from then on it may be used
 *         in another thread (it only reads the file, and blocks). rawread_fini.
 * Holes   bytes that no file has (see rawlog.h) and ranges given to rawread_skip are passed over:
 *         what can be read are runs between them.
 */
#ifndef CONSOLE_RAWREAD_H
#define CONSOLE_RAWREAD_H
#include "base/err.h"
#include "console/rawlog.h"

struct rawread {
	char    *path;
	uint64_t base, first, end;      /* offsets [first, end) are in it, but for the holes */
	struct rawlog_range *hole, *out;        /* in order; out: holes, what is skipped */
	size_t   holes, outs;
};

void     rawread_init(struct rawread *r, const struct rawlog *l);
void     rawread_fini(struct rawread *r);
void     rawread_skip(struct rawread *r, uint64_t from, uint64_t to);
/* The first run of bytes that ends behind `at`; false: none. */
bool     rawread_run(const struct rawread *r, uint64_t at, uint64_t *from, uint64_t *to);
/* The last run that begins before `at`; false: none. */
bool     rawread_run_before(const struct rawread *r, uint64_t at, uint64_t *from, uint64_t *to);
/* Bytes [at, at + n) of one run, from the file opened for reading; returns how many. */
size_t   rawread_get(const struct rawread *r, int fd, uint64_t at, void *p, size_t n);

#endif
