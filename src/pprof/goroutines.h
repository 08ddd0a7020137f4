/*
 * goroutines.h - goroutines in groups, compared over dumps, and judged by named rules.
 *
 * Layer   pprof; value header. goroutines_free() ends a report; it borrows the dumps.
 * Groups  by stack (with its state and creator), state, creator or age. The last dump is what is
 *         shown; earlier ones give first, growth, rises and falls.
 * Rules   goroutineleak  the runtime itself says that nothing can wake it (Go 1.26+)
 *         forever        a nil channel, or select {} outside of main
 *         leakprof       `many` or more blocked in one channel operation at one place (LeakProf's
 *                        threshold is usually quoted as 10000)
 *         growing        5 or more dumps, its number never fell and rose in most intervals
 *         stale+growing  grew from the first dump to the last, and its oldest waits `stale` minutes
 *         stale          `several` or more at one place, the oldest waiting `stale` minutes or more
 *         goleak         all that is left after the filters (only when asked for: for the end of a
 *                        test; goleak's own rule)
 * Not     what an allowlist excuses is never blamed but by goroutineleak; goroutine 1, what runs
 *         and what waits idly by design (causes.h) are not blamed for age or number.
 */
#ifndef PPROF_GOROUTINES_H
#define PPROF_GOROUTINES_H
#include "pprof/allow.h"
#include "pprof/causes.h"
#include "pprof/dump.h"

enum goroutines_by { GOROUTINES_BY_STACK, GOROUTINES_BY_STATE, GOROUTINES_BY_CREATOR,
	GOROUTINES_BY_AGE, GOROUTINES_BYS };

enum {
	GOROUTINES_LEAK = 1, GOROUTINES_FOREVER = 2, GOROUTINES_LEAKPROF = 4,
	GOROUTINES_GROWING = 8, GOROUTINES_STALE_GROWING = 16, GOROUTINES_STALE = 32,
	GOROUTINES_GOLEAK = 64, GOROUTINES_RULES_DEFAULT = 63, GOROUTINES_RULES_ALL = 127
};

enum { GOROUTINES_IDS = 8, GOROUTINES_DUMPS_MAX = 4096, GOROUTINES_MANY = 10000,
	GOROUTINES_SEVERAL = 10, GOROUTINES_STALE_MINUTES = 60 };

struct goroutines_options {
	enum goroutines_by by;
	unsigned rules;
	uint64_t many, several;
	uint32_t stale_minutes;
	const struct allow *allow;      /* may be NULL */
	/* What the source at a place shows; NULL: sources are not looked at. */
	enum causes_hint (*hint)(void *arg, struct slice file, int64_t line);
	void *hint_arg;
};

struct goroutines_group {
	uint32_t dump, stack;           /* where its stack stands: dumps[dump]->stack[stack] */
	struct slice state, labels;
	enum causes_class class;
	const struct causes_cause *cause;
	uint64_t count, first;          /* in the last and in the first dump */
	uint64_t *series;               /* in each dump */
	uint64_t stayed;                /* ids that the first dump had too */
	uint64_t locked, leaked;
	uint32_t min_minutes, max_minutes;
	uint32_t rises, falls;
	uint64_t id[GOROUTINES_IDS];    /* some of them */
	uint32_t ids;
	bool     has_main;              /* goroutine 1 is among them */
	unsigned rules;                 /* that fired */
	const struct allow_rule *allowed;
	uint64_t key;
};

struct goroutines {
	const struct dump *const *dumps;
	uint32_t dump_count;
	struct goroutines_options o;
	struct goroutines_group *group; /* the blamed first, then by number */
	uint32_t count, cap;
	uint64_t total, first_total, flagged, allowed;  /* goroutines, in the last dump */
	uint32_t flagged_groups;
	struct hmap of;
};

void     goroutines_defaults(struct goroutines_options *o);
/* 1 or more dumps in order; ERR_LIMIT, ERR_MEMORY. */
enum err goroutines_make(struct goroutines **out, const struct dump *const *dumps, uint32_t n,
                         const struct goroutines_options *o, struct err_msg *why);
void     goroutines_free(struct goroutines *g); /* NULL is fine */
const char *goroutines_by_word(enum goroutines_by by);
bool     goroutines_by_parse(const char *word, enum goroutines_by *by);
const char *goroutines_rule_word(unsigned rule);        /* of one bit */
/* "leakprof,stale", "all", "goleak": false for an unknown word. */
bool     goroutines_rules_parse(struct slice words, unsigned *rules);
/* The age in words: "60 minutes and more". */
const char *goroutines_age_word(uint32_t minutes, bool known);
/* Why the rule fired, one sentence. */
void     goroutines_rule_text(const struct goroutines *g, const struct goroutines_group *group,
                              unsigned rule, char *out, size_t n);
/* How long a full dump of so many goroutines stops the program, in ms (research/pprof.md 5: 1.1 s
 * for 100000), and how large it is. */
uint64_t goroutines_dump_ms(uint64_t goroutines);
uint64_t goroutines_dump_bytes(uint64_t goroutines);

#endif
