/*
 * edges.h - just enough of the call graph to know which rows pprof marks (inline) or
 * (partial-inline); all of it for tree and peek.
 *
 * Layer   pprof, private to this folder. Unless all are wanted, only edges into nodes that stand
 *         inlined somewhere are recorded.
 * Source  google/pprof internal/graph (newGraph, AddToEdgeDiv, TrimLowFrequencyEdges),
 *         report.TextItems.
 */
#ifndef PPROF_EDGES_H
#define PPROF_EDGES_H
#include <stdbool.h>
#include <stdint.h>
#include "pprof/nodes.h"

struct edge {
	uint64_t key;                   /* parent << 32 | node, plus 1; 0 is an empty slot */
	int64_t  weight;
	uint32_t stamp;
	bool     inlined;
};

/* What a location does to the walk from root to leaf. */
#define EDGES_LOOK UINT32_C(0xffffffff)
#define EDGES_SKIP UINT32_C(0xfffffffe)

struct edges {
	struct edge *slot;
	size_t cap, count;
	bool all;                       /* every edge, not only those that decide marks */
	/* Per location. EDGES_LOOK: look at its lines. EDGES_SKIP: none is kept. Else its innermost
	 * kept node, which is the next parent; no line of it is of interest. */
	uint32_t *hop[NODES_PROFILES];
};

/* n->sum[].in_graph must be final. False: no memory. */
bool edges_init(struct edges *e, const struct nodes *n, bool all);
void edges_fini(struct edges *e);
/* Adds one sample; false: no memory. stamp must not be 0. */
bool edges_count(struct edges *e, const struct nodes *n, unsigned k, const struct pprof_sample *s,
                 int64_t value, uint32_t stamp);
/* Bit 1: an inline edge of at least cutoff leads to the node, bit 2: another one does. seen: one
 * byte per node. */
void edges_marks(const struct edges *e, uint64_t cutoff, unsigned char *seen);

#endif
