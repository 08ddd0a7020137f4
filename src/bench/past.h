/*
 * past.h - what a console said, from its raw log: places in it, console.read. Private to bench/.
 *
 * Layer   bench. A struct past is a copy of what is known now: its other functions read files and
 *         block, they belong into loop_work. past_fini.
 * Answer  of console.read: {console, from, to, first, end, missing, data, times, marks}: bytes
 *         [from, to) of the stream, never across a hole or a transfer; `missing` bytes between
 *         the place asked for and the piece are in no log. times: [[offset, ns since the start]].
 */
#ifndef BENCH_PAST_H
#define BENCH_PAST_H
#include "bench/consoles.h"
#include "console/rawread.h"
#include "console/timelog.h"

#define PAST_PLACES "start, end, @OFFSET, -5m, t:12.5 (s since the bench began) or mark:TEXT"

struct past { struct rawread raw; struct timeread times; };
struct past_place { bool time; uint64_t at; };  /* an offset, or ns since the bench began */

/* hidden: also what was diverted to a file transfer. */
void     past_init(struct past *p, struct bench_console *k, bool hidden);
void     past_fini(struct past *p);
bool     past_place(const struct bench_console *k, const char *text, struct past_place *out);
uint64_t past_offset(const struct past *p, struct past_place at);       /* blocks */

extern const struct command bench_past_commands[];

#endif
