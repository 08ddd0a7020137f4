/*
 * consoles.h - the bench's consoles: the list, what is told of them, typing. Private to bench/.
 *
 * Layer   bench. Owned by the bench; stream ids are 1 and up. Beside it, one file a subject:
 *         consoles_open (opening, losing, closing), consoles_wire (settings, lines, pulses),
 *         consoles_at (AT transactions).
 */
#ifndef BENCH_CONSOLES_H
#define BENCH_CONSOLES_H
#include "bench/hub.h"
#include "console/console.h"

enum { CONSOLES_MARKS = 256 };

struct bench_send;

struct bench_console {
	struct list node;
	struct bench *bench;
	struct console *console;
	uint32_t stream;
	char *name, *raw_path;
	char *dir;                      /* where exec: runs: the folder of who opened it */
	char *at_init;                  /* at.init when it was opened, or NULL */
	const void *lock;               /* the client that holds the AT lock, or NULL */
	char lock_who[64];
	struct loop_timer *lock_timer;  /* when it is taken back */
	struct list waiting;            /* AT transactions that wait for the lock */
	struct bench_send *send;        /* the file transfer, or NULL */
	bool closing;
	struct list shares;             /* see shares.h; zeroed until the first */
	struct loop_timer *look;        /* at the modem lines, where the port has them */
	unsigned lines;                 /* LINE_ bits as last told */
	char *profile;                  /* id of the board profile it was opened by, or NULL */
	char *lent_to;                  /* who has the port meanwhile, or NULL */
	uint32_t lent_job;              /* the job that gives it back by ending, 0: none */
	const void *lent_client;        /* the client whose end gives it back, or NULL */
	struct buf *said;               /* a line of what it said while lent to gauges, or NULL */
	bool lent_open;                 /* it was open (or waited for) when lent */
	uint64_t refused;               /* sys_mono() of the last "not sent" notice */
	json_t *marks;                  /* [{offset,at,text}], oldest first; or NULL */
	struct loop_timer *tell;        /* counters are told twice a second while bytes come */
	struct follow *follow;          /* follow.h */
};

/* The argument of every command about one console. */
#define CONSOLES_ARG \
	{ "console", ARG_WORD, 0, NULL, "name of the console; the first one if absent" }

static inline struct bench_console *
consoles_entry(struct list *n)
{
	return LIST_ENTRY(n, struct bench_console, node);
}

/* The console an argument names, else the first; NULL after the call was refused. */
struct bench_console *consoles_of(struct command_call *c);
void    consoles_finish(struct command_call *c, enum err e, const struct err_msg *why);
json_t *consoles_row(const struct bench_console *k, bool with_times);
void    consoles_tell(struct bench_console *k);         /* its row, to everyone */
const char *consoles_eol(const char *word);             /* "lf" "crlf" "cr" as bytes */

json_t *consoles_json(const struct bench *b, bool with_times);
bool    consoles_stream(struct bench *b, uint32_t id, struct stream *out);
bool    consoles_stream_at(struct list *node, struct stream *out);
/* Typed bytes; false when they were not sent (lost, or locked by an AT transaction), with a
 * notice. */
bool    consoles_input(struct bench *b, struct client *c, uint32_t stream, const char *p, size_t n);
bool    consoles_busy(const struct bench *b);                   /* a port is open and logging */

#endif
