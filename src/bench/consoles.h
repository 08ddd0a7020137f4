/*
 * consoles.h - the bench's consoles and their commands. Private to bench/.
 *
 * Layer   bench. Owned by the bench; stream ids are 1 and up.
 */
#ifndef BENCH_CONSOLES_H
#define BENCH_CONSOLES_H
#include "bench/hub.h"

void    consoles_close(struct bench *b);
json_t *consoles_json(struct bench *b, bool with_times);
bool    consoles_stream(struct bench *b, uint32_t id, struct stream *out);
bool    consoles_stream_at(struct list *node, struct stream *out);
/* Typed bytes; false when they were not sent (lost, or locked by an AT transaction), with a
 * notice. */
bool    consoles_input(struct bench *b, struct client *c, uint32_t stream, const char *p, size_t n);
bool    consoles_busy(const struct bench *b);                   /* a port is open and logging */
void    consoles_client_gone(struct bench *b, struct client *c);

#endif
