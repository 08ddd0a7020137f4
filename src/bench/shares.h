/*
 * shares.h - a console on a socket of its own: other programs read and write the same port.
 * Private to bench/.
 *
 * Layer   bench. A share lives until console.unshare or its console closes.
 * Bytes   plain, as they came and as they go; no protocol. A new peer begins at what comes next.
 * Slow    a peer reads the console's ring at its own offset: it holds up nobody and costs no
 *         memory; one that falls a whole ring behind misses the difference, which is counted.
 * Safety  unix sockets are 0600 and take peers of our own uid (and root); TCP is loopback unless
 *         an address is given.
 */
#ifndef BENCH_SHARES_H
#define BENCH_SHARES_H
#include "bench/consoles.h"

enum { SHARES_PEERS = 16, SHARES_MAX = 8 };

void    shares_grew(struct bench_console *k);           /* the ring has more */
void    shares_close(struct bench_console *k);          /* all of this console */
json_t *shares_json(const struct bench_console *k);     /* array, NULL when there is none */

extern const struct command bench_share_commands[];

#endif
