/*
 * steps.h - how reliably a target steps: N single steps, each looked at.
 *
 * Layer   rsp. Runs the target: it is one instruction further after each step.
 * Counts  four, not one (research/flashdebug.md section 2): sent, answered in time, answered with
 *         SIGTRAP, and ended at a place the instruction can lead to. An entry into an exception is
 *         counted apart (it is what nested interrupts look like), so is a step that stayed where it
 *         was without a branch to itself, so is one that cannot be checked.
 */
#ifndef RSP_STEPS_H
#define RSP_STEPS_H
#include "rsp/target.h"

struct rsp_steps {
	uint64_t sent, answered, trapped;
	uint64_t right, wrong, stuck, exceptions, unchecked;
	uint64_t p50, p99, longest;     /* ns a step took, of those answered */
	uint64_t wrong_from, wrong_to;  /* the first that went elsewhere */
	bool     lost;                  /* a step's answer was lost: the run ended there */
	bool     ended;                 /* so did the program, with the last step */
	bool     cut;                   /* by a signal */
};

struct rsp_steps_options {
	uint64_t count, timeout_ns;
	/* after each step; false ends the run. May be NULL. */
	bool   (*progress)(void *arg, uint64_t done);
	void    *arg;
};

enum err rsp_steps_run(struct rsp_client *c, const struct rsp_target *t,
    const struct rsp_steps_options *o, struct rsp_steps *out, struct err_msg *why);
/* The 95 % interval of Wilson for good of n, in per cent. */
void     rsp_wilson(uint64_t good, uint64_t n, double *low, double *high);

#endif
