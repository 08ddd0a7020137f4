/*
 * watch.h - watches: a snapshot of a running program (or each new file of a pattern) every so
 * often, kept as a series. Private to bench/.
 *
 * Layer   bench. Owned by the bench; a watch survives every viewer and ends with the bench.
 * Round   /debug/vars (while there is one), then each kind; each snapshot is a SHOT of the timeline
 *         and goes into the series file of its kind (snapshots/watch-N-KIND.series).
 * Pace    every `every`; a fetch may take at most `share` percent of the time (10), else the pace
 *         slows down to that (burden). Failures are tried again after every x 2, 4, ... 16.
 * Run     which process of the program: a restart (counters that fell, another first GC, another
 *         build) makes the next run. Snapshots of two runs are never compared silently: the SHOT
 *         has cut and cut_text, a notice says it, the series holds them apart.
 * WATCH   {id, source, address?, kinds:[..], every, pace, share,
 *         gc, state: "waiting" "fetching" "failed"
 *         "stopped", error?, next (t of the next round), rounds, snapshots, run, burden (share of
 *         the time that fetching takes), ns (the newest round), fails, count?, memstats?,
 *         growers: {kind: [{name, text?, growth_text, slope_text, verdict, ...}]},
 *         series: {kind: {path, snapshots, bytes, total, unit, cut?, cut_text?}}}
 */
#ifndef BENCH_WATCH_H
#define BENCH_WATCH_H
#include "bench/hub.h"

enum { WATCH_KINDS_MAX = 8, WATCHES_MAX = 16 };

struct watch {
	struct list node;
	struct bench *bench;
	struct profile_task *task;      /* of the round under way, or NULL */
	struct loop_timer *timer;
	struct loop_fd *news;           /* of a pattern's folder */
	int news_fd;
	struct list waiters;            /* watch.wait */
	char *source, *address;         /* address: where it was found, tried first */
	char *kind[WATCH_KINDS_MAX];
	unsigned kinds, at;             /* at: the kind being worked on */
	uint32_t id;
	uint64_t every, pace, share, timeout, started, next, round_ns, fetch_ns;
	int64_t rounds, snapshots, count, fails, run;
	const char *state;
	struct err_msg why;
	json_t *facts, *growers, *series;       /* by kind */
	json_t *errors;                 /* by kind: of this round */
	json_t *memstats;               /* of the newest /debug/vars, or NULL */
	json_t *files;                  /* of a pattern: those not yet taken */
	uint64_t after;                 /* of a pattern: mtime and name of the last one taken */
	char *after_name;
	json_t *shot;                   /* being worked on */
	bool gc, pattern, no_vars, stopped, again;
};

void    watches_close(struct bench *b);
json_t *watches_json(const struct bench *b);
bool    watches_running(const struct bench *b);
void    watch_tell(struct watch *w);    /* WATCH to viewers and journal */
json_t *watch_json(const struct watch *w);
/* The round is over (why: nothing could be had): sets the pace and the time of the next. */
void    watch_rest(struct watch *w, const struct err_msg *why);

#endif
