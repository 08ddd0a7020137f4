/*
 * metrics.h - a small HTTP server for `vise gauges --serve`: GET /metrics and nothing else.
 *
 * Layer   cli. Owns its sockets; metrics_close() ends them. At most METRICS_CLIENTS at once, each
 *         with 4 KB of request and 5 seconds for it; the others wait in the kernel's queue.
 * Safety  loopback unless another address is named. Of a request only the first line is read.
 */
#ifndef CLI_METRICS_H
#define CLI_METRICS_H
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "loop/loop.h"

enum { METRICS_CLIENTS = 16 };

struct metrics;
/* Appends the body of an answer. */
typedef void (*metrics_cb)(void *arg, struct buf *out);

/* "PORT", "HOST:PORT", "[V6]:PORT"; port 0 is a free one, metrics_address() tells which. */
enum err metrics_open(struct loop *l, const char *address, metrics_cb cb, void *arg,
    struct metrics **out, struct err_msg *why);
const char *metrics_address(const struct metrics *m);
void metrics_close(struct metrics *m);

#endif
