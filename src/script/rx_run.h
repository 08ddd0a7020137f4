/*
 * rx_run.h - one run of a pattern machine over a stream that comes in pieces.
 *
 * Layer   script; pure. The machine is borrowed and must outlive the run. Offsets are those of
 *         the stream.
 * Cost    at most machine size per byte, no memory after rx_run_new, whatever the pattern and the
 *         data.
 */
#ifndef SCRIPT_RX_RUN_H
#define SCRIPT_RX_RUN_H
#include "script/rx.h"

#define RX_UNSET UINT64_MAX

struct rx_match {
	size_t pattern;
	/* start and end of the match, of group 1 ...; RX_UNSET where it took no part */
	uint64_t slot[RX_SLOTS];
};

struct rx_run;

/* offset: of the first byte that will be fed; before: the byte in front of it, -1 for none (a line
 * begins). */
struct rx_run *rx_run_new(const struct rx *rx, uint64_t offset, int before);
void rx_run_free(struct rx_run *r);
/* True once the match is decided; what follows it in p is not looked at. */
bool rx_run_feed(struct rx_run *r, const char *p, size_t n);
/* No more bytes will be fed. text_ends: the end also ends a line (else $ and \b stay open). True:
 * there is a match. */
bool rx_run_end(struct rx_run *r, bool text_ends);
const struct rx_match *rx_run_match(const struct rx_run *r);    /* NULL: none yet */
/* A piece of the stream was lost: what was half matched is given up; the next byte has this offset.
 * */
void rx_run_skip(struct rx_run *r, uint64_t offset);
/* Bytes that count for nothing stand between: what is half matched goes on, the next byte has this
 * offset. */
void rx_run_jump(struct rx_run *r, uint64_t offset);
/* Everything before this offset is no longer needed. */
uint64_t rx_run_oldest(const struct rx_run *r);

#endif
