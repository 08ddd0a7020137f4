/* calls.c - edges sorted into the rows they lead into and come from. */
#include "pprof/calls.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

enum { NAME_MAX_BYTES = 1 << 20 };
#define NOT_A_ROW UINT32_MAX

struct calling {
	struct top_report *r;
	const struct nodes *n;
	uint32_t *row_of;               /* of each node */
	uint32_t *name_of;              /* index in edge_name, plus 1 */
	uint64_t cutoff;
};

static uint64_t
magnitude(int64_t v)
{
	return v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
}

static uint32_t
name_of(struct calling *c, uint32_t node)
{
	struct buf name;

	if (c->name_of[node] != 0)
		return c->name_of[node] - 1;
	buf_init(&name, NAME_MAX_BYTES);
	(void)nodes_print(c->n, node, &name);
	c->r->edge_name[c->r->edge_name_count++] = name.len != 0 ? buf_take(&name) : mem_str("");
	buf_fini(&name);
	c->name_of[node] = c->r->edge_name_count;
	return c->name_of[node] - 1;
}

/* Hands every edge that is shown to fn; row is the row it belongs to, other the node at its other
 * end. */
static void
each(struct calling *c, const struct edges *e,
    void (*fn)(struct calling *c, struct top_row *row, bool in, uint32_t other,
	const struct edge *edge))
{
	for (size_t i = 0; i < e->cap; i++) {
		const struct edge *edge = &e->slot[i];
		uint32_t from = (uint32_t)((edge->key - 1) >> 32), to = (uint32_t)(edge->key - 1);

		/* an edge into what is no row is not trimmed by pprof either */
		if (edge->key == 0 ||
		    (c->row_of[to] != NOT_A_ROW && magnitude(edge->weight) < c->cutoff))
			continue;
		if (c->row_of[to] != NOT_A_ROW)
			fn(c, &c->r->row[c->row_of[to]], true, from, edge);
		if (c->row_of[from] != NOT_A_ROW)
			fn(c, &c->r->row[c->row_of[from]], false, to, edge);
	}
}

static void
count(struct calling *c, struct top_row *row, bool in, uint32_t other, const struct edge *edge)
{
	(void)edge;
	(void)name_of(c, other);
	if (in)
		row->in_count++;
	else
		row->out_count++;
}

static void
put(struct calling *c, struct top_row *row, bool in, uint32_t other, const struct edge *edge)
{
	struct top_edge *to = in ? &row->in[row->in_count++] : &row->out[row->out_count++];

	*to = (struct top_edge){ .row = name_of(c, other), .weight = edge->weight,
		.inlined = edge->inlined };
}

/* qsort has no argument: each edge is sorted with a pointer to its name. */
struct sorting {
	const char *name;
	struct top_edge edge;
};

static int
compare(const void *pa, const void *pb)
{
	const struct sorting *a = pa, *b = pb;
	uint64_t x = magnitude(a->edge.weight), y = magnitude(b->edge.weight);

	if (a->edge.weight != b->edge.weight && x != y)
		return x > y ? -1 : 1;
	return strcmp(a->name, b->name);
}

static bool
sort(const struct top_report *r, struct top_edge *edge, uint32_t n)
{
	struct sorting *s = mem_try((n + (size_t)1) * sizeof(*s));

	if (s == NULL)
		return false;
	for (uint32_t i = 0; i < n; i++)
		s[i] = (struct sorting){ r->edge_name[edge[i].row], edge[i] };
	qsort(s, n, sizeof(*s), compare);
	for (uint32_t i = 0; i < n; i++)
		edge[i] = s[i].edge;
	mem_free(s);
	return true;
}

static bool
fill(struct calling *c, const struct edges *e)
{
	struct top_report *r = c->r;

	each(c, e, count);
	for (uint32_t i = 0; i < r->row_count; i++) {
		struct top_row *row = &r->row[i];

		row->in = mem_try((row->in_count + (size_t)1) * sizeof(*row->in));
		row->out = mem_try((row->out_count + (size_t)1) * sizeof(*row->out));
		if (row->in == NULL || row->out == NULL)
			return false;
		row->in_count = row->out_count = 0;
	}
	each(c, e, put);
	for (uint32_t i = 0; i < r->row_count; i++)
		if (!sort(r, r->row[i].in, r->row[i].in_count) ||
		    !sort(r, r->row[i].out, r->row[i].out_count))
			return false;
	return true;
}

bool
calls_make(struct top_report *r, const struct nodes *n, const struct edges *e,
    const uint32_t *node, uint64_t cutoff)
{
	struct calling c = { .r = r, .n = n, .cutoff = cutoff };
	bool ok;

	c.row_of = mem_try((n->count + (size_t)1) * sizeof(*c.row_of));
	c.name_of = mem_try((n->count + (size_t)1) * sizeof(*c.name_of));
	r->edge_name = mem_try((n->count + (size_t)1) * sizeof(*r->edge_name));
	ok = c.row_of != NULL && c.name_of != NULL && r->edge_name != NULL;
	if (ok) {
		memset(c.row_of, 0xff, n->count * sizeof(*c.row_of));
		memset(c.name_of, 0, n->count * sizeof(*c.name_of));
		for (uint32_t i = 0; i < r->row_count; i++)
			c.row_of[node[i]] = i;
		ok = fill(&c, e);
	}
	mem_free(c.row_of);
	mem_free(c.name_of);
	return ok;
}
