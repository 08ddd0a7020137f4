/* edges.c - the edges that decide the inline marks. */
#include "pprof/edges.h"

#include <string.h>

#include "base/alloc.h"

static uint32_t
hop(const struct nodes *n, unsigned k, const struct pprof_location *l, bool all)
{
	uint32_t next = EDGES_SKIP;

	for (uint32_t j = l->line_count; j-- > 0;) {
		uint32_t node = n->of_line[k][l->first_line + j];

		if (!n->sum[node].in_graph)
			continue;
		if (all || n->sum[node].inlined)
			return EDGES_LOOK;
		next = node;
	}
	return next;
}

bool
edges_init(struct edges *e, const struct nodes *n, bool all)
{
	*e = (struct edges){ .all = all };
	for (unsigned k = 0; k < NODES_PROFILES && n->profile[k] != NULL; k++) {
		const struct pprof_profile *p = n->profile[k];

		e->hop[k] = mem_try((p->location_count + (size_t)1) * sizeof(*e->hop[k]));
		if (e->hop[k] == NULL)
			return false;
		for (uint32_t i = 0; i < p->location_count; i++)
			e->hop[k][i] = hop(n, k, &p->location[i], all);
	}
	return true;
}

void
edges_fini(struct edges *e)
{
	for (unsigned k = 0; k < NODES_PROFILES; k++)
		mem_free(e->hop[k]);
	mem_free(e->slot);
	*e = (struct edges){ 0 };
}

static struct edge *
find(const struct edges *e, uint64_t key)
{
	size_t i = (size_t)((key * UINT64_C(0x9e3779b97f4a7c15)) >> 20) & (e->cap - 1);

	while (e->slot[i].key != 0 && e->slot[i].key != key)
		i = (i + 1) & (e->cap - 1);
	return &e->slot[i];
}

static bool
grow(struct edges *e)
{
	struct edges bigger = *e;

	bigger.cap = e->cap == 0 ? 256 : e->cap * 2;
	bigger.slot = mem_try(bigger.cap * sizeof(*bigger.slot));
	if (bigger.slot == NULL)
		return false;
	memset(bigger.slot, 0, bigger.cap * sizeof(*bigger.slot));
	for (size_t i = 0; i < e->cap; i++)
		if (e->slot[i].key != 0)
			*find(&bigger, e->slot[i].key) = e->slot[i];
	mem_free(e->slot);
	*e = bigger;
	return true;
}

/* The first time an edge is met in a sample it gains the value; further times change nothing, not
 * even the mark. */
static bool
add(struct edges *e, uint32_t parent, uint32_t node, int64_t value, uint32_t stamp, bool inlined)
{
	struct edge *edge;

	if (e->count >= e->cap / 2 && !grow(e))
		return false;
	edge = find(e, ((uint64_t)parent << 32 | node) + 1);
	if (edge->key == 0) {
		edge->key = ((uint64_t)parent << 32 | node) + 1;
		edge->inlined = true;
		e->count++;
	}
	if (edge->stamp == stamp)
		return true;
	edge->stamp = stamp;
	edge->weight = (int64_t)((uint64_t)edge->weight + (uint64_t)value);
	edge->inlined = edge->inlined && inlined;
	return true;
}

/* One location with a line of interest; *parent moves on. */
static bool
look(struct edges *e, const struct nodes *n, unsigned k, const struct pprof_location *l,
    int64_t value, uint32_t stamp, uint32_t *parent)
{
	for (uint32_t j = l->line_count; j-- > 0;) {
		uint32_t node = n->of_line[k][l->first_line + j];
		const struct node_sum *sum = &n->sum[node];

		if (!sum->in_graph)
			continue;
		if ((e->all || sum->inlined) && *parent != EDGES_SKIP && *parent != node
		    && !add(e, *parent, node, value, stamp, j + 1 < l->line_count))
			return false;
		*parent = node;
	}
	return true;
}

bool
edges_count(struct edges *e, const struct nodes *n, unsigned k, const struct pprof_sample *s,
    int64_t value, uint32_t stamp)
{
	const struct pprof_location *location = n->profile[k]->location;
	const uint32_t *hops = e->hop[k];
	uint32_t parent = EDGES_SKIP;

	for (size_t i = s->loc_count; i-- > 0;) {
		uint32_t next = hops[s->loc[i]];

		if (next == EDGES_LOOK) {
			if (!look(e, n, k, &location[s->loc[i]], value, stamp, &parent))
				return false;
		} else if (next != EDGES_SKIP) {
			parent = next;
		}
	}
	return true;
}

void
edges_marks(const struct edges *e, uint64_t cutoff, unsigned char *seen)
{
	for (size_t i = 0; i < e->cap; i++) {
		const struct edge *edge = &e->slot[i];
		uint64_t weight = (uint64_t)edge->weight;

		if (edge->key == 0)
			continue;
		if (edge->weight < 0)
			weight = 0 - weight;
		if (weight >= cutoff)
			seen[(edge->key - 1) & UINT32_MAX] |= edge->inlined ? 1 : 2;
	}
}
