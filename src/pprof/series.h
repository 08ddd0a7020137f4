/*
 * series.h - several snapshots of one kind of profile, in order: what leak ranking works on.
 *
 * Layer   pprof; value header (read-only for everyone but series*.c). series_free() ends a series.
 * Keeps   only what changed: a table of stacks by content (function, file, line: the identity
 *         survives restarts and rebuilds), and for each snapshot the differences to the one before,
 *         as varints. A cell is one stack with one object size (Go keys heap records so); string
 *         labels are summed away, since a label may be a request id.
 * Runs    snapshots that cannot be compared are in different segments, with the reason in cut:
 *         another run of the program, another build, another sampling rate, a clock that went back.
 *         `same`: a heap snapshot equal to the one before it, so no GC lay between: no evidence.
 * Bytes   series_file.h: the same as a file. Times are ns since 1970, values as in the profile.
 * Errors  ERR_USAGE another kind of profile, ERR_FORMAT a broken one (the series is as before),
 *         ERR_LIMIT, ERR_MEMORY (then the series takes no more snapshots).
 * Example s = series_new(); series_add(s, profile, "heap", &(struct series_meta){ .run = "pid 12"
 *         }, why); leaks_rank(&ranking, s, &options, why);
 */
#ifndef PPROF_SERIES_H
#define PPROF_SERIES_H
#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/slice.h"
#include "pprof/profile.h"

enum {
	SERIES_TYPES_MAX = 8,
	SERIES_DEPTH_MAX = 2048,        /* frames kept of a stack, leaf first */
	SERIES_CELLS_MAX = 1 << 22,
	SERIES_FRAMES_MAX = 1 << 26,    /* of all stacks together */
	SERIES_SNAPSHOTS_MAX = 1 << 16,
	SERIES_KEEP = 720,              /* six hours at 30 s */
};

/* Why a snapshot is not compared with the one before it. */
enum series_cut {
	SERIES_NO_CUT, SERIES_FIRST, SERIES_RESTART, SERIES_PROGRAM, SERIES_RATE, SERIES_CLOCK,
	SERIES_CUTS
};

struct series_type {
	char *type, *unit;              /* "inuse_space", "bytes" */
};

struct series_string {
	uint32_t at, n;                 /* in text */
};

struct series_frame {
	uint32_t function, file;        /* strings */
	int64_t  line;
};

struct series_stack {
	uint32_t first, count;          /* in stack_frame, leaf first */
};

struct series_cell {
	uint32_t stack;
	int64_t  size;                  /* bytes of one object, 0: not known */
};

struct series_snapshot {
	int64_t  time, period;
	uint64_t run, program;          /* hashes that tell runs and builds apart, 0: unknown */
	uint32_t segment;
	enum series_cut cut;
	bool     same;
	uint32_t strings, frames, stacks, cells;        /* table sizes when it was complete */
	uint32_t changed;               /* cells that differ from the snapshot before */
	int64_t  total[SERIES_TYPES_MAX];
	size_t   at, n;                 /* its differences, in log */
	uint32_t crc;                   /* of its record, once written or read */
};

struct series {
	struct series_type type[SERIES_TYPES_MAX];
	uint32_t type_count, default_type;
	char    *period_type, *period_unit;
	struct buf text, log;
	struct series_string *string;
	struct series_frame *frame;
	struct series_stack *stack;
	uint32_t *stack_frame;
	struct series_cell *cell;
	struct series_snapshot *snapshot;
	uint32_t string_count, frame_count, stack_count, stack_frames, cell_count, count;
	uint32_t string_cap, frame_cap, stack_cap, stack_frame_cap, cell_cap, cap;
	struct hmap string_of, frame_of, stack_of, cell_of;
	uint64_t seed;
	int64_t *last;                  /* type_count values of each cell, as they are now */
	uint32_t last_cap;              /* in cells */
	uint32_t head_crc;              /* of the head's record */
	bool     indexed;               /* the four maps are filled */
	bool     broken;                /* memory ran out half way */
};

struct series_meta {
	int64_t time;                   /* used when the profile has none */
	const char *run;                /* tells one run of the program from the next, or NULL */
};

struct series *series_new(void);
void     series_free(struct series *s);         /* NULL is fine */
/* The newest snapshot is s->snapshot[s->count - 1]. */
enum err series_add(struct series *s, const struct pprof_profile *p, const char *what,
                    const struct series_meta *meta, struct err_msg *why);
/* Lets the oldest snapshots go until `keep` remain. */
enum err series_forget(struct series *s, uint32_t keep, struct err_msg *why);
struct slice series_text(const struct series *s, uint32_t string);
/* Position of a sample type by name or number; NULL or "": the default. */
enum err series_type_index(
    const struct series *s, const char *name, uint32_t *index, struct err_msg *why);
int      series_find_type(const struct series *s, const char *name);    /* -1: none */
const char *series_cut_word(enum series_cut c);         /* "", "restart" */
const char *series_cut_text(enum series_cut c);         /* for people */

/* The values of all cells, snapshot by snapshot. */
struct series_walk {
	const struct series *s;
	int64_t *value;                 /* type_count of each cell */
	uint32_t next;
};

enum err series_walk_init(struct series_walk *w, const struct series *s, struct err_msg *why);
void     series_walk_fini(struct series_walk *w);
/* value becomes that of the next snapshot; false at the end. */
bool     series_walk_next(struct series_walk *w);

#endif
