/*
 * allow.h - goroutines that are no leak: goleak's defaults, known libraries, and the user's list.
 *
 * Layer   pprof; value header. allow_fini() ends a list.
 * Format  one rule a line; # begins a comment.
 *           FUNCTION          anywhere in the stack (goleak.IgnoreAnyFunction); a * at the end
 *           top FUNCTION      innermost (goleak.IgnoreTopFunction)
 *           created FUNCTION  creator (goleak.IgnoreCreatedBy)
 *           /PATTERN/         a regular expression (rx.h), on any function of the stack
 *         A rule may be followed by "state WORD" to hold for that state only.
 * Source  goleak options.go (2b7fd8a): isTestStack, isSyscallStack, isStdLibStack, isTraceStack.
 */
#ifndef PPROF_ALLOW_H
#define PPROF_ALLOW_H
#include "pprof/dump.h"
#include "pprof/rx.h"

enum { ALLOW_RULES_MAX = 4096 };

enum allow_where { ALLOW_ANY, ALLOW_TOP, ALLOW_CREATED, ALLOW_PATTERN };

struct allow_rule {
	enum allow_where where;
	bool prefix;                    /* ended with * */
	char *name, *state;             /* state: NULL for all */
	struct rx *pattern;             /* of ALLOW_PATTERN */
	bool own;                       /* of the user, not of the defaults */
};

struct allow {
	struct allow_rule *rule;
	uint32_t count, cap;
};

void     allow_init(struct allow *a);
void     allow_defaults(struct allow *a);
enum err allow_parse(struct allow *a, struct slice text, const char *what, struct err_msg *why);
void     allow_fini(struct allow *a);
/* The rule that excuses the goroutine, or NULL. creator.n may be 0. */
const struct allow_rule *allow_find(const struct allow *a, struct slice state,
                                    const struct dump_frame *frame, uint32_t frames,
                                    struct slice creator);

#endif
