/*
 * stacks.h - the stacks of a profile with their values, after filters and diff: what flame graphs,
 *            folded text, speedscope and series are made of.
 *
 * Layer   pprof; value header. stacks_make reads, the result owns all its memory: the profiles may
 *         go. stacks_free ends it.
 * Values  of the chosen sample type. now is the source's; was the base's (0 without a base); both
 *         as they stand in their files, so now - was is the change. A profile that is a saved
 *         diff gives its base samples as was too. With normalize now is scaled; with
 *         TOP_BASE_SUBTRACT equal stacks are subtracted in now and was is 0 for them.
 * Merged  equal stacks are one. Equal means the frames' texts at the asked granularity: functions,
 *         filefunctions (rebuilds and edits match), lines (rebuilds match). Addresses are no text
 *         and match only within one binary. The numeric label "bytes" is summed over.
 * key     a hash of these texts, the same in every process and version: what series join on.
 * Source  research/pprof.md 2 and 6.
 */
#ifndef PPROF_STACKS_H
#define PPROF_STACKS_H
#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "pprof/options.h"
#include "pprof/profile.h"

struct stacks_frame {
	char    *name;                  /* as go tool pprof shows it; any bytes */
	char    *function, *file;       /* "" when unknown or left out by the granularity */
	int64_t  line;
	uint64_t key;
};

struct stacks_one {
	uint64_t key;
	uint32_t first, count;          /* frames: stacks->of[first ...], root first */
	int64_t  now, was;
	double variance; /* of now - was by heap sampling; 0 where exact or unknown */
};

struct stacks {
	char    *type, *unit;           /* "inuse_space", "bytes" */
	int64_t  time_nanos, duration_nanos;
	int64_t  total;                 /* what percentages refer to, as in top.h */
	int64_t  now, was;              /* sums */
	bool     sampled;               /* variance is known */
	bool     both;                  /* a base was given, or is in the file */
	struct stacks_frame *frame;
	uint32_t frame_count;
	uint32_t *of;                   /* frame numbers */
	uint32_t of_count, of_cap;
	struct stacks_one *stack;       /* in order of appearance */
	uint32_t stack_count, stack_cap;
	/* values of every type of the source (not of the base): stack number x type_count + type */
	int64_t *value;
	uint32_t type_count;
};

/* base may be NULL. Of the options sample_index, normalize, base_mode, granularity, trim_path,
 * source_path and filter count. */
enum err stacks_make(struct stacks **out, const struct pprof_profile *p, const char *what,
                     const struct pprof_profile *base, const char *base_what,
                     const struct top_options *o, struct err_msg *why);
void     stacks_free(struct stacks *s);                 /* NULL is fine */

#define STACKS_NONE UINT32_MAX
/* The frame of that name, STACKS_NONE when there is none. */
uint32_t stacks_find(const struct stacks *s, const char *name);

static inline const char *
stacks_name(const struct stacks *s, uint32_t frame)
{
	return s->frame[frame].name;
}

/* What was subtracted from what is now, wrapping. */
static inline int64_t
stacks_delta(int64_t was, int64_t now)
{
	return (int64_t)((uint64_t)now - (uint64_t)was);
}

#endif
