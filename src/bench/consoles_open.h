/*
 * consoles_open.h - opening, losing, reopening and closing the bench's consoles. Private to bench/.
 *
 * Layer   bench. A console lives from console.open to console.close or the bench's end.
 */
#ifndef BENCH_CONSOLES_OPEN_H
#define BENCH_CONSOLES_OPEN_H
#include "bench/consoles.h"

/* What the client had of consoles: a lock, a port lent to it. */
void     consoles_client_gone(struct bench *b, struct client *c);
/* As console.close does, after this turn. */
void     consoles_shut(struct bench_console *k);
void     consoles_close(struct bench *b);                       /* all of them */

extern const struct command bench_console_open_commands[];

#endif
