/*
 * follow.h - the lines of one console, as they come, for those who read them: decoders, gauges,
 * triggers, plugins' decoders. Private to bench/.
 *
 * Layer   bench. One per console. It reads from the ring behind the wire, log and clients: nothing
 *         waits for it; what the ring lost meanwhile is skipped.
 * Partial the unfinished line is read too when nothing came for FOLLOW_QUIET_NS: a prompt, or the
 *         last words of a chip. It is given again when it is whole: `again` is set.
 */
#ifndef BENCH_FOLLOW_H
#define BENCH_FOLLOW_H
#include "base/sha256.h"
#include "bench/consoles.h"
#include "text/decode.h"
#include "text/lines.h"

#define FOLLOW_QUIET_NS UINT64_C(300000000)

struct follow {
	struct bench_console *console;
	uint64_t seen;                  /* ring offset */
	struct lines cut;
	struct decode *decode;
	struct loop_timer *quiet;
	uint64_t last_data;             /* sys_mono() */
	uint64_t partial_end;           /* how far an unfinished line was given, 0: not */
	struct meter_console *meter;    /* meters.h */
	uint64_t noticed;               /* sys_mono() since when notices of crashes count */
	unsigned notices;
	uint32_t noticed_title;         /* hash of the last */
	uint64_t asked;                 /* sys_mono() of the last notice of asks.h, 0: none */
	int      asked_type;
	char     said[SHA256_HEX];      /* elfsum.h: the last, and the file it was held against */
	char    *said_of;
};

struct follow_line {
	const char *p;                  /* as it came; not ended by NUL */
	size_t n;
	uint64_t offset, end;
	bool again;
};

void follow_open(struct bench_console *k);
void follow_close(struct bench_console *k);
void follow_data(struct bench_console *k);              /* the ring has grown */

#endif
