/*
 * ocd.h - the bench's OpenOCD: started by a board profile or found at a port, asked through its Tcl
 * RPC. Private to bench/.
 *
 * Layer   bench. One session at a time, owned by the bench; a file a subject beside it: ocd_core
 *         (run, registers, memory), ocd_words (faults, audit, vectors), ocd_rtt, ocd_live.
 * Life    ocd.start runs the profile's script host, which starts OpenOCD as a job (kind "server")
 *         with ports of the kernel's choice, waits for them and says ocd.attach. OpenOCD is ended
 *         with the session; one that was found at a port is left running.
 * Loss    a connection that ends, an OpenOCD that ends, and words that say the probe is gone end
 *         the session: OpenOCD would print thousands of lines a second for ever (flashdebug.md 1b).
 *         A target that does not answer does not: it may come back.
 * Events  "ocd" {ocd: STATE}; STATE is {open, host, port, job?, ours, board?, target, type, state,
 *         why?, rtt?, live}.
 */
#ifndef BENCH_OCD_H
#define BENCH_OCD_H
#include "bench/hub.h"
#include "openocd/rpc.h"

struct bench_job;
struct ocd_live;
struct ocd_rtt;

struct ocd {
	struct bench *bench;
	struct ocd_rpc *rpc;
	char *host;
	unsigned port;
	uint32_t job;                   /* 0: none that we know */
	bool ours;                      /* it ends with us */
	bool lost;                      /* the connection is, and its job has not ended yet */
	char *board;                    /* profile it was started by, or NULL */
	struct err_msg bad;             /* what its end is to be told with */
	char target[64], type[24], state[16];
	struct loop_timer *tick;
	bool looking;                   /* a look at its state is under way */
	struct command_call *attaching; /* answered when the connection holds; or NULL */
	struct ocd_rtt *rtt;
	struct ocd_live *live;
	unsigned rtt_asks, live_asks;   /* under way: an answer for one that was ended is skipped */
};

/* What one command asks: the call is answered by `done`, or fails with OpenOCD's words. */
struct ocd_ask {
	struct ocd *ocd;
	struct command_call *call;
	void (*done)(struct ocd_ask *a, const char *text, size_t n);
	void (*failed)(struct ocd_ask *a);      /* the call was refused; or NULL */
	uint64_t num[2];                /* the command's own */
	json_t *more;                   /* the command's own; released with it */
};

#define OCD_PATIENCE_NS UINT64_C(15000000000)

/* The session of a command, or NULL after the call was refused. */
struct ocd *ocd_of(struct command_call *c);
/* `done` answers the call. log: the answer is what OpenOCD logs. */
struct ocd_ask *ocd_ask(struct command_call *c, const char *script, bool log,
    void (*done)(struct ocd_ask *a, const char *text, size_t n));
/* What a Cortex-M alone has: false after the call was refused. */
bool   ocd_is_cortexm(const struct ocd *o, struct command_call *c);
/* A decimal or 0x number. */
bool   ocd_number(const char *word, uint64_t *out);
void   ocd_tell(struct ocd *o);                           /* event "ocd" */

json_t *ocd_json(const struct bench *b);                  /* STATE; new reference */
void    ocd_close(struct bench *b);
void    ocd_job_ended(struct bench *b, uint32_t job);
/* Words of OpenOCD that say that the probe is gone. */
bool    ocd_is_gone(const char *text, size_t n);

#endif
