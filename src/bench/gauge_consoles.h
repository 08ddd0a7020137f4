/*
 * gauge_consoles.h - a console of the bench lent to its gauges: gauge.source add lend:NAME.
 * Private to bench/.
 *
 * Layer   bench. Somebody is logged in there; the sampler (gauge/link_console.h) borrows their
 *         shell and hands it back. Meanwhile the port is lent, as to a flash tool: nothing can be
 *         typed, and what the board prints around the samples stands as marks in the console and
 *         its text logs. gauge.source remove, or console.return, ends it.
 */
#ifndef BENCH_GAUGE_CONSOLES_H
#define BENCH_GAUGE_CONSOLES_H
#include "bench/hub.h"

enum { GAUGE_CONSOLE_SPEC = 512 };

bool gauge_consoles_is(const char *spec);
/* Lends it to the source of that name; out is the spec to be opened instead. */
enum err gauge_consoles_lend(struct bench *b, const char *spec, const char *source,
    char out[GAUGE_CONSOLE_SPEC], struct err_msg *why);
/* The source is gone: its console is opened again. */
void gauge_consoles_back(struct bench *b, const char *source);
/* A loan ends: what it was lent to, if that was a source of gauges, is taken away. */
void gauge_consoles_ended(struct bench *b, const char *lent_to);
/* What the board of a source printed between its samples. */
void gauge_consoles_said(struct bench *b, const char *source, const char *p, size_t n);

#endif
