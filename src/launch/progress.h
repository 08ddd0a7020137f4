/*
 * progress.h - reading a tool's progress out of what it prints.
 *
 * Layer   launch. Pure: bytes in, values out. Source: research/flashdebug.md 1f (exact texts
 *         of twelve tools): split at CR and LF, a percentage in any bar, N/M bytes or pages,
 *         stage by the words a tool says.
 */
#ifndef LAUNCH_PROGRESS_H
#define LAUNCH_PROGRESS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress {
	double   percent;               /* 0..100, negative: unknown */
	uint64_t done, total;           /* bytes or pages; total 0: unknown */
	char     stage[24];             /* erase, write, verify, reset, or empty */
	char     last[160];             /* last whole line, control bytes replaced */
	char     error[160];            /* first line that begins with an error word */
	/* private: the line being read */
	char     line[512];
	size_t   len;
};

void progress_init(struct progress *p);
/* True when something but `last` changed. */
bool progress_feed(struct progress *p, const char *bytes, size_t n);

#endif
