/*
 * source_go_live.h - the live heap of a Go program by its HeapAlloc alone.
 *
 * Layer   gauge. Pure. HeapAlloc is a saw: after a collection it falls while garbage is swept, then
 *         rises to the goal. Its least over the cycles from two before the newest, and over the
 *         last 10 s, is the nearest to what is live. One entry a cycle is kept, GO_LIVE_CYCLES in
 *         all.
 */
#ifndef GAUGE_SOURCE_GO_LIVE_H
#define GAUGE_SOURCE_GO_LIVE_H
#include <stddef.h>
#include <stdint.h>

enum { GO_LIVE_CYCLES = 128 };

struct go_live {
	struct { double gc, least; uint64_t at; } cycle[GO_LIVE_CYCLES];        /* oldest first */
	size_t n;
};

void   go_live_forget(struct go_live *l);
void   go_live_add(struct go_live *l, uint64_t mono, double gc, double alloc);
double go_live_least(const struct go_live *l, uint64_t mono);   /* NAN: nothing came yet */

#endif
