/*
 * processes.h - all processes of a machine, read when somebody asks: to choose the one to watch.
 *
 * Layer   gauge. processes_new/processes_free. Nothing is read unless asked for; a list younger
 *         than PROCESSES_FRESH serves all who ask.
 * Cost    two files for each process, about 20 us here: in a worker on this machine, one request
 *         with one fork on a board. No process list is kept up by itself: it is what makes other
 *         monitors dear (research/gauges.md 6.1).
 * CPU     the share of one processor between two lists, NAN in the first and for a newcomer. A
 *         process is its number and its start: a stranger with the same number begins anew.
 * Limits  PROCESSES_MAX processes; more are counted, not told. PROCESSES_WAITING may wait at once.
 */
#ifndef GAUGE_PROCESSES_H
#define GAUGE_PROCESSES_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"
#include "base/slice.h"
#include "core/json.h"
#include "gauge/probe.h"
#include "loop/loop.h"

enum { PROCESSES_MAX = 4096, PROCESSES_WAITING = 8, PROCESSES_TOLD = 1000 };
#define PROCESSES_FRESH UINT64_C(900000000)

struct processes;

struct processes_want {
	const char *sort;               /* rss cpu threads pid name */
	const char *filter;             /* part of the name, or of the number; "" all */
	size_t top;                     /* at most so many */
};

/* list: a new reference, or NULL with the reason. */
typedef void (*processes_done)(void *arg, json_t *list, const struct err_msg *why);

struct processes *processes_new(struct loop *l, const struct root *proc);
void processes_free(struct processes *p);       /* who waits is told; NULL is fine */
/* done() comes once, perhaps before this returns. */
void processes_ask(struct processes *p, const struct processes_want *want, processes_done done,
    void *arg);

/* Of a board: whether its next round should bring a list; what it brought, "PATH:LINE" of every
 * stat and of VmRSS in every status, and its clock in ns; or that it does not come. */
bool processes_wanted(const struct processes *p);
void processes_take(struct processes *p, struct slice lines, uint64_t clock);
void processes_fail(struct processes *p, const struct err_msg *why);

/* ERR_USAGE for a word that is no order. */
enum err processes_check(const char *sort, struct err_msg *why);

#endif
