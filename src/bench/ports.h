/*
 * ports.h - the serial ports of this machine as the bench knows them. Private to bench/.
 *
 * Layer   bench. Nothing is owned here. Listing looks through /proc for who holds each port, so
 *         it runs in another thread.
 */
#ifndef BENCH_PORTS_H
#define BENCH_PORTS_H
#include "bench/hub.h"

/* What a user names as a port, as a spec of the transport: a board profile's id becomes the USB
 * port that the profile matches. spec: heap string. *board: the row of the profile that this port
 * has (borrowed), or NULL. */
enum err ports_resolve(struct bench *b, const char *word, char **spec, const json_t **board,
    struct err_msg *why);

/* News of ports that come and go, as the event "ports", until ports_close. */
void ports_open(struct bench *b);
void ports_close(struct bench *b);

extern const struct command bench_port_commands[];

#endif
