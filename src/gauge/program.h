/*
 * program.h - a program gauged over HTTP: /debug/vars, or Prometheus text and OpenMetrics.
 *
 * Layer   gauge. Fetching is web.h's, so nothing here blocks; what comes is read as it comes, by
 *         its first byte: JSON, or lines of metrics. The Go runtime's numbers are source_go.h's,
 *         the program's own source_vars.h's.
 * Specs   core/place.h: http://HOST[:PORT][/PATH], https://, HOST:PORT, :PORT, unix:SOCKET[:/PATH],
 *         ssh:[USER@]HOST:PORT[/PATH] (the port as seen over there; a shell of a board whose ssh
 *         listens elsewhere is ssh://HOST:PORT, link.h), pid:PID. Without a path /debug/vars is
 *         asked for, then /metrics.
 * Failure is a gap with the reason. It is tried again after 1 s, then later and later, at most
 *         every 30 s.
 */
#ifndef GAUGE_PROGRAM_H
#define GAUGE_PROGRAM_H
#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "gauge/table.h"
#include "loop/loop.h"

struct program;

struct program_cb {
	/* The round that program_sample() began is over; why NULL: the table holds its values. */
	void (*done)(void *arg, const struct err_msg *why);
	void (*news)(void *arg, const char *text);      /* "it was started again" */
};

bool program_is(const char *spec);      /* of this kind, well formed or not */
enum err program_check(const char *spec, struct err_msg *why);
/* choice: NULL, or which of its own numbers (source_vars.h). spec has been checked. */
struct program *program_new(struct loop *l, struct gauge_table *t, const char *spec,
    const char *choice, const struct program_cb *cb, void *arg);
void program_free(struct program *p);
bool program_sample(struct program *p);         /* false while a round is under way */
/* "api, go1.22.1" as far as it told; "" */
const char *program_name(const struct program *p);

#endif
