/*
 * progress.h - reading a tool's progress out of what it prints.
 *
 * Layer   launch. Pure: bytes in, values out; constant memory whatever comes. Source:
 *         research/flashdebug.md 1f and recorded output of the tools (tests/data/launch).
 * Lines   end at CR, LF, and at escape sequences that move the cursor or clear; other escape
 *         sequences are left out. Of a line longer than the buffer the rest is passed over. A bar
 *         of single marks (avrdude, pyOCD without a terminal) counts before its line ends.
 * Tools   for a known one (by its program name) only the lines that its table names count: a
 *         percentage that stands elsewhere is no progress. Of others every line is read.
 */
#ifndef LAUNCH_PROGRESS_H
#define LAUNCH_PROGRESS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress_tool;

struct progress {
	double   percent;               /* 0..100 of this pass, negative: unknown */
	uint64_t done, total;           /* bytes of this pass; total 0: unknown */
	/* counts the passes: a stage begins, or the count starts again (the next segment) */
	unsigned pass;
	char     stage[96];             /* erase, write, verify, reset, or empty */
	char     last[160];             /* last whole line, control bytes replaced */
	char     error[160];            /* first line that begins with an error word */
	/* private: whose words they are, the line being read, where in an escape sequence it is */
	const struct progress_tool *tool;
	char     line[512];
	size_t   len;
	unsigned escape, escaped;
};

/* program: "avrdude", "/usr/bin/avrdude", NULL: unknown. */
void progress_init(struct progress *p, const char *program);
/* True when something but `last` changed. */
bool progress_feed(struct progress *p, const char *bytes, size_t n);
/* How far a part of the work is, as a part of it told. */
void progress_take(struct progress *p, const struct progress *part);

#endif
