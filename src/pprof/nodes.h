/*
 * nodes.h - the nodes of a report: which lines of which profiles are one row.
 *
 * Layer   pprof, private to this folder. No call graph is built: a node is an identity and two
 *         sums.
 * Memory  per line of the profiles four bytes, per node its identity and sums; mem_try throughout.
 * Source  google/pprof internal/graph/graph.go (nodeInfo, CreateNodes), profile.Aggregate.
 */
#ifndef PPROF_NODES_H
#define PPROF_NODES_H
#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "pprof/names.h"
#include "pprof/cursor.h"
#include "pprof/options.h"

enum { NODES_PROFILES = 2 };
#define NODES_MANY UINT32_MAX
#define NODES_SEEN UINT32_C(0x80000000)  /* stamps are below */

struct node_info {
	uint32_t name, file, objfile;   /* in names */
	int64_t  start_line, line;
	uint64_t address;
};

struct node_sum {
	int64_t  flat, cum;
	uint32_t stamp;                 /* the last sample that was added to cum */
	bool     inlined;               /* stands somewhere as an inlined line */
	bool     kept;                  /* one of the rows */
	bool     in_graph;              /* edges may lead to it */
};

/* With a mean: how often; with changes: what there was before. */
struct node_more {
	int64_t  flat_div, cum_div;
	int64_t  flat_was, cum_was;
	double   flat_var, cum_var;
};

/* A mapping of the merged profile: the first of its key decides where addresses are shown. */
struct node_mapping {
	uint64_t key, start;
	struct slice file;
};

struct nodes {
	struct names names;
	struct node_info *info;
	struct node_sum *sum;
	struct node_more *more;         /* NULL unless nodes_want_more() */
	uint32_t count, cap;
	struct hmap index;
	struct node_mapping *mapping;
	uint32_t mapping_count, mapping_cap;
	enum top_granularity granularity;
	bool     objfiles;              /* mapping and start line are part of a node's identity */
	uint32_t *of_line[NODES_PROFILES];      /* node of each line of each profile */
	/* node of each location of one line, else NODES_MANY */
	uint32_t *of_location[NODES_PROFILES];
	uint32_t *merged_mapping[NODES_PROFILES];
	const struct pprof_profile *profile[NODES_PROFILES];
};

void     nodes_init(struct nodes *n, enum top_granularity granularity);
void     nodes_fini(struct nodes *n);
/* Adds the lines of profile k (0 the source, 1 the base). ERR_MEMORY. */
enum err nodes_add(struct nodes *n, unsigned k, const struct pprof_profile *p, struct err_msg *why);
/* After all nodes_add: room for node_more. False: no memory. */
bool     nodes_want_more(struct nodes *n);
/* Adds one sample of profile k: value to cum of each node once, to flat of the leaf. stamp: new for
 * each sample. */
void nodes_count(
    struct nodes *n, unsigned k, const struct pprof_sample *s, int64_t value, uint32_t stamp);
/* After nodes_count of the same sample (its stamp): the same to node_more. what->cum_* are added to
 * each node once, what->flat_* are not looked at. */
void     nodes_count_more(
    struct nodes *n, unsigned k, const struct pprof_sample *s, const struct node_more *what);
/* The text pprof prints for a node; appended. */
enum err nodes_print(const struct nodes *n, uint32_t node, struct buf *out);
/* The text pprof breaks its last ties by (Go's %v of NodeInfo). */
enum err nodes_print_info(const struct nodes *n, uint32_t node, struct buf *out);

#endif
