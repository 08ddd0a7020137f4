/*
 * replay.h - a saved conversation as a server: what was answered once is answered again.
 *
 * Layer   rsp. Pure. rsp_replay_new/free; rsp_replay_add takes the conversation in the order it
 *         was had, byte by byte if need be.
 * Order   a request is looked for behind the last one that was answered, then from the start: a
 *         debugger that asks the same again gets what it got at that place.
 * Unasked QEMU tells whoever comes that it stopped (T02). GDB threw that away then, by the time it
 *         came; now it would be taken for an answer: it is not said again.
 */
#ifndef RSP_REPLAY_H
#define RSP_REPLAY_H
#include "base/slice.h"
#include "rsp/audit.h"
#include "rsp/packet.h"

struct rsp_replay;

struct rsp_replay *rsp_replay_new(void);
void   rsp_replay_free(struct rsp_replay *r);           /* NULL is fine */
void   rsp_replay_add(struct rsp_replay *r, enum rsp_side by, const void *p, size_t n);
size_t rsp_replay_requests(const struct rsp_replay *r);
/* The frames that answered a request (its body as sent; "\003" the interrupt); false: it was never
 * made. Valid until the next call. */
bool   rsp_replay_answer(struct rsp_replay *r, struct slice request, struct slice *frames);

#endif
