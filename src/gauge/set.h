/*
 * set.h - the gauges of one machine: sources, history and rules, sampled by a timer.
 *
 * Layer   gauge; the folder's front door. One set per bench (or per `vise gauges`).
 * Owns    everything it made; gauge_set_free() at any time but from inside one of its callbacks.
 * Order   defs_changed comes before the first sample that has the new order. Definitions are only
 *         ever added, so an index stays what it was. Callbacks run from the loop, never inside a
 *         call of this header.
 */
#ifndef GAUGE_SET_H
#define GAUGE_SET_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/err.h"
#include "core/json.h"
#include "gauge/gauge.h"
#include "gauge/link.h"
#include "gauge/processes.h"
#include "gauge/series.h"
#include "gauge/tiers.h"
#include "loop/loop.h"

struct gauge_set;

struct gauge_set_opts {
	const char *proc_root, *sys_root;       /* NULL: /proc and /sys */
	/* instead: a Linux board (board.h), "ssh:pi4"; a program (program.h), ":6060" */
	const char *board;
	const struct link_use *link;    /* how it is reached, NULL: as `board` says (link.h) */
	const char *select;             /* which of a program's own numbers; NULL: some */
	uint64_t every_ns;                      /* 0: 1 s; at least GAUGE_SET_EVERY_MIN */
	uint64_t hold_ns; /* how long over a limit before it is an alarm; 0: 2 s */
	uint64_t epoch;                         /* sys_mono() that counts as t = 0 */
	pid_t pid;                              /* a process to watch: by number, */
	const char *process;                    /* or by name; 0 and NULL: none */
	bool bare;                      /* no machine: only sources that are added */
	bool past;                      /* keeps hours and days as well: tiers.h */
};

struct gauge_set_cb {                           /* each may be NULL */
	void (*defs_changed)(void *arg);
	void (*sample)(void *arg, const struct gauge_sample *s);
	void (*alarm)(void *arg, const struct gauge_alarm *a);
	/* What a board printed around the samples on its serial console. */
	void (*console)(void *arg, const char *p, size_t n);
	/* The same of a further source; without it, `console` has that too. */
	void (*said)(void *arg, const char *source, const char *p, size_t n);
};

#define GAUGE_SET_EVERY_MIN UINT64_C(50000000)

/* ERR_USAGE with the reason for what cannot be a source; "local" is this machine. */
enum err gauge_set_check(const char *spec, struct err_msg *why);
/* NULL with the reason when o->board is no address; else always a set. A board that does not answer
 * is a set whose gauges say so. */
struct gauge_set *gauge_set_new(struct loop *l, const struct gauge_set_opts *o,
                                const struct gauge_set_cb *cb, void *arg, struct err_msg *why);
void gauge_set_free(struct gauge_set *g);

void gauge_set_every(struct gauge_set *g, uint64_t every_ns);
void gauge_set_process(struct gauge_set *g, pid_t pid, const char *name);
/* The user's limits of one gauge, now or when it comes; user_limits.h has the words. */
enum err gauge_set_limit(struct gauge_set *g, const char *id, const char *warn, const char *crit,
    const uint64_t *hold_ns, struct err_msg *why);
/* "leak:window=30m", "heap:raw", "steady:off": findings.h. */
enum err gauge_set_rule(struct gauge_set *g, const char *option, struct err_msg *why);
json_t *gauge_set_json_rules(const struct gauge_set *g);        /* findings_json() */
/* Takes over the limits and the options of rules of another set: the user's, whatever is gauged. */
void gauge_set_adopt(struct gauge_set *g, const struct gauge_set *from);
/* What to set for a Go program here (advice.h); live: its live heap in bytes, NAN: the gauge's.
 * New reference: advice_json(). */
json_t *gauge_set_advice(struct gauge_set *g, double live);
/* Changes with each verdict of a rule. */
uint64_t gauge_set_rules_news(const struct gauge_set *g);
/* All processes of the machine, or of the further source `from` ("": the machine). */
void gauge_set_processes(struct gauge_set *g, const char *from, const struct processes_want *want,
    processes_done done, void *arg);
bool gauge_set_process_found(const struct gauge_set *g);        /* true when none was asked for */
void gauge_set_now(struct gauge_set *g); /* a sample as soon as possible, besides the timer's */
/* A value from elsewhere (source_given.h); def->id is its key. It is in the next sample. False:
 * there are too many, or the machine has a gauge of this name. */
bool gauge_set_put(struct gauge_set *g, const struct gauge_def *def, double v);
/* Takes a value from elsewhere away, until it is put again. */
void gauge_set_take(struct gauge_set *g, const char *id);
bool gauge_set_given(const struct gauge_set *g, const char *id);        /* it was put */
bool gauge_set_ready(const struct gauge_set *g);        /* the first search for sensors is over */
unsigned gauge_set_hanging(
    const struct gauge_set *g); /* threads stuck in a driver: exit takes _Exit() */

/* A further source, sampled as often; name "": its gauges keep their own names (sources.h). Of o
 * the period is the set's own. A name that is taken gives ERR_BUSY. */
enum err gauge_set_add(struct gauge_set *g, const char *name, const struct gauge_set_opts *o,
    struct err_msg *why);
enum err gauge_set_remove(struct gauge_set *g, const char *name, struct err_msg *why);
json_t *gauge_set_json_sources(const struct gauge_set *g);      /* [SOURCE, ...] */

/* Why the board, or a further source, does not answer now; NULL while it does. */
const struct err_msg *gauge_set_trouble(const struct gauge_set *g);
/* "Raspberry Pi 4 Model B, Linux 6.1.21 armv7l" once a board has told it; "" for this machine. */
const char *gauge_set_machine(const struct gauge_set *g);

/* How it is reached: "ssh:pi4", "" for this machine. */
const char *gauge_set_link(const struct gauge_set *g);

const struct gauge_def *gauge_set_defs(const struct gauge_set *g, size_t *n);
const struct series *gauge_set_series(const struct gauge_set *g);
const struct tiers *gauge_set_tiers(const struct gauge_set *g);         /* empty without `past` */
/* The history of gauges (ids with commas; NULL: all) in n columns from `from` on:
 * {"from":..,"slice":..,"n":..,"until":..,"gauges":{ID:{"min":..,"mean":..,"max":[..]}}}; a gauge
 * without a value in that time is not there. */
json_t *gauge_set_json_past(const struct gauge_set *g, const char *ids, int64_t from,
    uint64_t slice, size_t n);

/* New references, in the words of the bench's protocol. */
json_t *gauge_set_json_defs(const struct gauge_set *g);         /* [GAUGE, ...] */
json_t *gauge_set_json_values(
    const struct gauge_set *g); /* [v0, v1, ...] of the newest sample; null: missing */
json_t *gauge_set_json_samples(const struct gauge_set *g); /* [[t, v0, ...], ...] oldest first */
json_t *gauge_set_json(const struct gauge_set *g);              /* {"defs":..., "samples":...} */

#endif
