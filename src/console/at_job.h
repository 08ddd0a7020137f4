/*
 * at_job.h - one command of the AT engine, from the queue to its answer. Private to console/.
 *
 * Layer   console. at.c queues and starts, at_lines.c makes lines of bytes, at_run.c judges them
 *         for the command in flight, at_sync.c finds the device again, at_typed.c watches what is
 *         typed by hand. Only these include this header.
 * Owns    at_job_new makes a copy of the request; at_job_answer gives the result and frees it.
 */
#ifndef CONSOLE_AT_JOB_H
#define CONSOLE_AT_JOB_H
#include "base/clock.h"
#include "console/at.h"

#define AT_SEND_GUARD   (10 * NS_PER_S)  /* besides the time-out: the wire may refuse bytes */
#define AT_PARTIAL_WAIT (30 * NS_PER_MS) /* an unended line is a prompt when nothing more comes */
#define AT_PROMPT_WAIT  (500 * NS_PER_MS) /* one that nobody expects: when silent for so long */
#define AT_EXPECT_WAIT  (300 * NS_PER_MS) /* the line came; its OK may follow, or never */
#define AT_NUMERIC_WAIT (200 * NS_PER_MS) /* a digit and CR, then silence: ATV0 */
#define AT_QUIET_RESULT (400 * NS_PER_MS) /* silence that stands for a result in ATQ1 */
#define AT_QUIET_WAIT   (100 * NS_PER_MS)
#define AT_QUIET_MAX    (2 * NS_PER_S)  /* a board that never stops talking is asked all the same */
#define AT_MARK_WAIT    NS_PER_S

enum { AT_CTRL_Z = 26, AT_ESC = 27 };

struct at_job {
	struct list node;
	struct at_request r;            /* its texts are copies, owned */
	uint64_t started, sent;         /* sent 0: bytes still wait */
	uint64_t from;
	bool echo_seen, prompt_taken;
	bool good_seen;                 /* a good final came, the expected line did not yet */
	bool matched;                   /* the expected line came, a final did not yet */
	bool typed;                     /* by hand: only watched */
	size_t match_line;              /* of matched: index into lines */
	size_t partial_at_send;         /* bytes of an unended line in front of a possible echo */
	size_t payload_at;              /* echo of the payload has been seen up to here */
	struct at_line *lines;
	size_t count, cap, dropped;
	const char *note;               /* `why` of a good answer, or NULL */
};

struct slice   at_job_command(const struct at_job *j);
struct at_job *at_job_new(const struct at_request *r);
void           at_job_line(struct at_job *j, struct slice text, uint64_t offset, unsigned flags);
/* Gives the answer and frees the job. It must be in no list. */
void           at_job_answer(struct at *a, struct at_job *j, enum at_code code, int number,
    struct slice final, const char *why, uint64_t now);

#endif
