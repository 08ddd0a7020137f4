/*
 * details.h - one function: who calls it, what it calls, on which lines, in which stacks.
 *
 * Layer   pprof; value header. details_free() ends it. The stacks are best made at the granularity
 *         of lines: then the function's lines are known; callers and callees are summed by
 *         function.
 * Sums    of stacks through the function, each counted once: the callers' sums add up to cum, the
 *         callees' to cum - flat (recursion is a callee of its own and adds nothing to them).
 */
#ifndef PPROF_DETAILS_H
#define PPROF_DETAILS_H
#include "pprof/stacks.h"

enum { DETAILS_LISTS = 3, DETAILS_STACKS_MAX = 64 };
enum details_list { DETAILS_CALLERS, DETAILS_CALLEES, DETAILS_LINES };

struct details_row {
	uint32_t frame;                 /* any frame of that function, or of that line */
	int64_t  line;                  /* of a line */
	int64_t  a, b;                  /* a line: what ended there ... */
	int64_t  cum_a, cum_b;          /* ... and what went through it */
};

struct details {
	uint32_t frame;                 /* one of the function's */
	int64_t  flat_a, flat_b, cum_a, cum_b;
	double   var_flat, var_cum;
	/* the largest delta first; lines by number */
	struct details_row *row[DETAILS_LISTS];
	uint32_t count[DETAILS_LISTS];
	uint32_t stack[DETAILS_STACKS_MAX];             /* indexes, the largest delta first */
	uint32_t stacks, stacks_all;
};

/* name: as stacks_name() of a functions' granularity gives it. ERR_NOENT. */
enum err details_make(struct details **out, const struct stacks *s, const char *name,
    struct err_msg *why);
void     details_free(struct details *d);               /* NULL is fine */
/* The function's own name of a frame, without file and line. */
struct slice details_function(const struct stacks *s, uint32_t frame);

#endif
