/*
 * httpload.h - requests to a web server as fast as it answers: N connections, kept alive.
 *
 * Layer   cli. One run; httpload_open() .. `over` .. httpload_close(). Callbacks from the loop.
 * Way     a closed loop: a connection sends its next GET when the answer before is whole. So the
 *         server is never asked for more than it gives, and latency is that of a full house, not
 *         of an idle one. HTTP/1.1 by Content-Length or chunks; a server that closes is connected
 *         to again. Nothing but 2xx counts as an answer.
 * Cost    the generator is one thread. Where it takes more than 85 % of a CPU of its own, the
 *         rate is the generator's, not the server's: `cpu` says so.
 * Limits  HTTPLOAD_MAX connections; a head of 16 KB; bodies are counted, not kept.
 */
#ifndef CLI_HTTPLOAD_H
#define CLI_HTTPLOAD_H
#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "loop/loop.h"

enum { HTTPLOAD_MAX = 1000, HTTPLOAD_BUCKETS = 1200 };

struct httpload_opts {
	const char *host, *port, *path; /* host: a numeric address */
	unsigned connections;
	uint64_t ns;                    /* for how long */
	uint64_t count;                 /* or for so many answers; 0: no such limit */
};

struct httpload_result {
	uint64_t answers, failures, bytes, ns;
	double rate;                    /* answers a second */
	double p50, p99, max;           /* ms; NAN: no answer */
	double cpu;                     /* %, of one CPU, that the generator itself took */
	char first_failure[120];        /* "" when there was none */
};

struct httpload;

enum err httpload_open(struct loop *l, const struct httpload_opts *o, void (*over)(void *arg),
    void *arg, struct httpload **out, struct err_msg *why);
void httpload_close(struct httpload *h);                /* NULL is fine */
const struct httpload_result *httpload_result(const struct httpload *h);

#endif
