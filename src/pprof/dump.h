/*
 * dump.h - the goroutines of a program: from a dump (debug=2, a panic, SIGQUIT), from debug=1 text,
 * or from a goroutine profile.
 *
 * Layer   pprof; value header. dump_free() ends a dump. One that was made of a profile borrows
 *         it.
 * Format  research/pprof.md 1.4, 1.5 (Go's runtime/traceback.go, 1.4 to 1.27; runtime/pprof).
 *         What stands before, between and behind is passed over: log lines, register tables,
 *         "exit status 2". Escape sequences, CR and the prefix a logger put before each line are
 *         taken off; of several dumps in one text the last is taken, and `dumps` says how many
 *         there were.
 * Keeps   every stack once; a goroutine is a state, an age and the number of its stack.
 * Errors  ERR_FORMAT: no goroutine in it; ERR_LIMIT; ERR_MEMORY.
 */
#ifndef PPROF_DUMP_H
#define PPROF_DUMP_H
#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "base/hash.h"
#include "base/slice.h"
#include "pprof/profile.h"

enum {
	DUMP_DEPTH_MAX = 1024,          /* frames of one stack; Go prints 100 at most */
	DUMP_GOROUTINES_MAX = 1 << 23,
	DUMP_TEXT_MAX = 256 << 20,
	DUMP_CUT_AT = 64 << 20          /* Go gives up there, in the middle of a line */
};

enum dump_source { DUMP_STACKS, DUMP_COUNTS, DUMP_PROFILE };

enum { DUMP_LOCKED = 1, DUMP_SCAN = 4, DUMP_DURABLE = 8, DUMP_UNAVAILABLE = 16 };

struct dump_frame {
	struct slice function, file;    /* file may be empty */
	int64_t line;
};

struct dump_stack {
	uint32_t first, count;          /* in frame, innermost first */
	uint32_t elided;                /* frames that were left out; UINT32_MAX: some */
	struct dump_frame creator;      /* function.n 0: not known */
	uint64_t key;                   /* of its content: the same in every dump of this process */
};

struct dump_goroutine {
	uint64_t id, creator_id;        /* 0: not known */
	uint64_t count;                 /* 1 in a dump; how many in a profile */
	uint64_t leaked;                /* of them: the runtime says that nothing can wake them */
	uint32_t stack, minutes;
	unsigned flags;
	struct slice state, labels;     /* empty: not known */
};

struct dump {
	enum dump_source source;
	struct dump_stack *stack;
	struct dump_frame *frame;
	struct dump_goroutine *goroutine;
	uint32_t stack_count, stack_cap, frame_count, frame_cap, goroutine_count, goroutine_cap;
	uint64_t total;                 /* sum of count */
	struct slice headline;          /* "panic: ..." up to the first goroutine; empty without */
	uint32_t dumps;                 /* how many stood in the text */
	bool     truncated, has_minutes, leak_profile;
	int      exit_status;           /* -1: none was printed */
	char    *text;                  /* what the slices point into */
	struct hmap stack_of;
};

/* The frames of a stack; NULL when the dump has none at all. */
static inline const struct dump_frame *
dump_frames(const struct dump *d, uint32_t stack)
{
	return d->frame == NULL ? NULL : d->frame + d->stack[stack].first;
}

/* text of any kind: DUMP_STACKS or DUMP_COUNTS. */
enum err dump_parse(struct dump **out, const char *text, size_t n, const char *what,
                    struct err_msg *why);
/* A goroutine or goroutineleak profile; p must live as long as the dump. */
enum err dump_of_profile(struct dump **out, const struct pprof_profile *p, const char *what,
                         struct err_msg *why);
void     dump_free(struct dump *d);             /* NULL is fine */
/* Marks the goroutines of d that a goroutineleak profile names. True when all were found. */
bool     dump_mark_leaked(struct dump *d, const struct dump *leaks);
/* Whether the bytes look like text with goroutines in it. */
bool     dump_is(const char *text, size_t n);

#endif
