/*
 * dial.h - finding, starting and reaching a bench; used by every client.
 *
 * Layer   proto. A bench named NAME listens at <runtime dir>/NAME.sock and writes <runtime
 *         dir>/NAME.json {"pid","name","target","started","dir","version","ephemeral"} beside it;
 *         while it is ending also "ending": the wall-clock ns by which it is gone.
 */
#ifndef PROTO_DIAL_H
#define PROTO_DIAL_H
#include <stdbool.h>
#include "base/err.h"
#include "core/json.h"

/* In the environment of a bench's jobs: its name. They may come in while it is ending. */
#define DIAL_BENCH_ENV "VISE_JOB_OF"

/* All benches that answer: array of their .json objects plus "socket". Dead leftovers are
 * removed. New reference. */
json_t  *dial_list(void);
/* Of those the ones that take somebody in: not those that are ending. New reference. */
json_t  *dial_live(void);
/* A row of these: the bench is ending, and takes us not in. */
bool     dial_is_ending(const json_t *row);
/* Connects to a running bench: by name, or NULL when exactly one runs. ERR_NOENT when there is
 * none. *fd non-blocking. */
enum err dial_bench(const char *name, int *fd, struct err_msg *why);
/* Starts a bench and waits until it listens. name NULL picks a free one. linger_ms < 0: the
 * option's value.
 * extra: further arguments for vise-bench, NULL-terminated, or NULL. The chosen name goes to
 * out. */
enum err dial_start(const char *name, long linger_ms, const char *const *extra, char *out,
    unsigned long size, struct err_msg *why);
/* The socket path of a name: heap string. */
char    *dial_socket(const char *name);

#endif
