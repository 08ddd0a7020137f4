/*
 * preflight.h - asks a board once, through a shell on it, for what a program has to find there.
 *
 * Layer   gauge. Read-only: no file is written, nothing is installed, the shell ends with the link
 *         (link.h: ssh:HOST, exec:PROGRAM, serial:PORT; "local" is exec:sh). busybox is enough;
 *         what a board cannot tell is absent.
 * Lines   "<vp KEY LEN VALUE>", LEN in bytes: one that a kernel message ran into is dropped, and
 *         asked for again once. The marker is written \074, so no echo shows one.
 * Owns    everything; preflight_free() at any time but from inside done().
 */
#ifndef GAUGE_PREFLIGHT_H
#define GAUGE_PREFLIGHT_H
#include "base/err.h"
#include "loop/loop.h"

enum { PREFLIGHT_VALUE = 8192, PREFLIGHT_FACTS = 40 };

struct preflight;

struct preflight_ask {
	const char *spec;
	const char *interp;             /* a program's; NULL: none */
	const char *const *lib;         /* its libraries; NULL-ended, may be NULL */
	uint64_t timeout_ns;            /* 0: 20 s */
};

/* Once: why NULL when the board has told what it can. */
typedef void (*preflight_done)(void *arg, const struct err_msg *why);

struct preflight *preflight_new(struct loop *l, const struct preflight_ask *ask,
    preflight_done done, void *arg, struct err_msg *why);
void preflight_free(struct preflight *p);
/* What it told, NULL when nothing: keys are those of the script in preflight.c. Borrowed. */
const char *preflight_fact(const struct preflight *p, const char *key);
/* sys_wall() when the board's clock was read, ns. */
uint64_t preflight_wall(const struct preflight *p);
/* Pure, for tests: takes one line; false when it is none of ours or damaged. */
bool preflight_line(struct preflight *p, const char *line, size_t n);

#endif
