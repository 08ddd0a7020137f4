/*
 * streams.h - byte streams on their way to the clients that follow them: back-pressure, and how a
 * viewer is kept up to date under a flood. Private to bench/.
 *
 * Layer   bench. What a client follows is freed with it (streams_leave).
 */
#ifndef BENCH_STREAMS_H
#define BENCH_STREAMS_H
#include "bench/hub.h"

/* Some stream has new bytes: pump soon. */
void     streams_grew(struct bench *b);
void     streams_new(struct bench *b, uint32_t id);     /* every viewer follows it */
void     streams_drop(struct bench *b, uint32_t id);    /* nobody follows it any more */
/* A viewer follows from the last part of what is there; it may be shown less than all of a
 * flood. */
void     streams_view(struct client *c, const struct stream *st);
/* A script follows from `from`, -1: the end, and misses nothing. Returns where it begins. */
uint64_t streams_follow(struct client *c, const struct stream *st, int64_t from);
void     streams_leave(struct client *c, uint32_t id);  /* 0: all */
void     streams_pump(struct client *c);                /* its queue has room again */

#endif
