/* top.c - sums per node, trimming, order, marks: the rows of pprof -top without its call graph. */
#include "pprof/top.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "pprof/calls.h"
#include "pprof/edges.h"
#include "pprof/facts.h"
#include "pprof/nodes.h"
#include "pprof/sampling.h"
#include "pprof/units.h"
#include "pprof/view.h"

enum { NAME_MAX_BYTES = 1 << 20 };

struct item {
	uint64_t first, second;         /* larger first; the second decides after the name */
	struct slice name;
	char    *text;                  /* what name points to */
	uint32_t node;
	const struct nodes *nodes;      /* for the last tie */
};

struct making {
	struct view view;
	struct nodes nodes;
	const struct top_options *o;
	struct top_report *r;
	struct item *item;
	uint32_t count;
	int64_t  flat_total;            /* of all nodes before trimming */
	bool     more;                  /* nodes.more is kept */
	bool     cut;                   /* some node of the graph is no row */
	struct err_msg *why;
};

void
top_defaults(struct top_options *o)
{
	*o = (struct top_options){ .node_fraction = 0.005, .edge_fraction = 0.001, .divide_by = 1 };
}

bool
top_granularity_parse(const char *name, enum top_granularity *out)
{
	static const char *const names[] = {
		[TOP_FUNCTIONS] = "functions", [TOP_FILEFUNCTIONS] = "filefunctions",
		[TOP_FILES] = "files", [TOP_LINES] = "lines", [TOP_ADDRESSES] = "addresses",
	};

	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(name, names[i]) == 0) {
			*out = (enum top_granularity)i;
			return true;
		}
	}
	return false;
}

static uint64_t
magnitude(int64_t v)
{
	return v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
}

/* Go's abs64(int64(float64(total) * fraction)): the value below which nodes and edges go. */
static uint64_t
cutoff(int64_t total, double fraction)
{
	return magnitude(units_int((double)total * fraction));
}

static enum err
no_memory(struct making *m)
{
	return err_set(m->why, ERR_MEMORY, m->view.feed.what[0], "choose a coarser granularity",
	    "no memory for the rows");
}

/* What the changes between two profiles, and a mean, need beyond flat and cum. */
static void
count_more(struct making *m, const struct sampling *sampling, const struct feed_item *item)
{
	struct node_more what = { .cum_div = item->div };
	bool base = m->view.feed.profile[1] != NULL;
	double var = sampling_variance(
	    &sampling[item->k], m->view.feed.profile[item->k], &item->sample, base);

	what.cum_was = item->base ? (int64_t)(0 - (uint64_t)item->value) : 0;
	what.cum_var = item->k == 1 ? -var : var;
	nodes_count_more(&m->nodes, item->k, &item->sample, &what);
}

/* First walk: flat and cum of every node, and the total percentages refer to. */
static enum err
count(struct making *m)
{
	struct sampling sampling[2];
	struct feed_item item;
	uint32_t stamp = 0;
	enum err e;

	for (unsigned k = 0; k < 2 && m->view.feed.profile[k] != NULL; k++)
		sampling_init(&sampling[k], m->view.feed.profile[k], m->view.type);
	for (uint32_t i = 0; i < m->nodes.count; i++)
		m->nodes.sum[i] = (struct node_sum){ .inlined = m->nodes.sum[i].inlined };
	while ((e = view_next(&m->view, &item, m->why)) == ERR_OK) {
		nodes_count(&m->nodes, item.k, &item.sample, item.value, ++stamp);
		if (m->more)
			count_more(m, sampling, &item);
	}
	m->r->total = view_total(&m->view);
	m->r->sampled = sampling[0].known && sampling[0].rate > 1;
	return e == ERR_NOTHING ? ERR_OK : e;
}

static int64_t
mean(int64_t value, int64_t div)
{
	if (div == -1)
		return (int64_t)(0 - (uint64_t)value);
	return div == 0 ? value : value / div;
}

static int64_t
flat_of(const struct making *m, uint32_t node)
{
	int64_t v = m->nodes.sum[node].flat;

	return m->o->mean && !m->o->objfiles ? mean(v, m->nodes.more[node].flat_div) : v;
}

static int64_t
cum_of(const struct making *m, uint32_t node)
{
	int64_t v = m->nodes.sum[node].cum;

	return m->o->mean && !m->o->objfiles ? mean(v, m->nodes.more[node].cum_div) : v;
}

static bool
dropped_negative(const struct making *m, const struct node_sum *s)
{
	return m->o->drop_negative && (s->flat < 0 || (s->flat == 0 && s->cum < 0));
}

/* Only what grew, or only what shrank: by what the rows are sorted by. */
static bool
unwanted(const struct making *m, const struct node_sum *s)
{
	int64_t v = m->o->cum || s->flat == 0 ? s->cum : s->flat;

	return (m->o->grown && v <= 0) || (m->o->shrunk && v >= 0);
}

static void
hide(struct making *m, uint32_t node)
{
	struct top_hidden *h = &m->r->hidden;
	int64_t flat = flat_of(m, node);

	h->rows++;
	h->flat = (int64_t)((uint64_t)h->flat + (uint64_t)flat);
	if (flat > 0)
		h->grown = (int64_t)((uint64_t)h->grown + (uint64_t)flat);
	else
		h->shrunk = (int64_t)((uint64_t)h->shrunk + (uint64_t)flat);
	if (h->largest == NULL || magnitude(flat) > magnitude(h->largest_flat)) {
		struct buf name;

		buf_init(&name, NAME_MAX_BYTES);
		if (nodes_print(&m->nodes, node, &name) == ERR_OK) {
			mem_free(h->largest);
			h->largest = buf_take(&name);
			h->largest_flat = flat;
		}
		buf_fini(&name);
	}
}

/* Which nodes stay: something in them, and cum of at least the cutoff. */
static void
trim(struct making *m)
{
	uint64_t total = 0, limit;
	uint32_t present = 0;

	for (uint32_t i = 0; i < m->nodes.count; i++) {
		struct node_sum *s = &m->nodes.sum[i];

		s->kept = (s->flat != 0 || s->cum != 0) && !dropped_negative(m, s);
		if (s->kept) {
			total += (uint64_t)s->flat;
			present++;
		}
	}
	m->flat_total = (int64_t)total;
	limit = cutoff(m->flat_total, m->o->node_fraction);
	m->r->hidden.cutoff = (int64_t)limit;
	for (uint32_t i = 0; i < m->nodes.count; i++) {
		struct node_sum *s = &m->nodes.sum[i];

		if (s->kept && magnitude(s->cum) < limit) {
			hide(m, i);
			s->kept = false;
		}
		m->count += s->kept;
	}
	m->r->dropped = present - m->count;
	m->cut = m->r->dropped > 0;
	for (uint32_t i = 0; i < m->nodes.count && (m->o->grown || m->o->shrunk); i++) {
		struct node_sum *s = &m->nodes.sum[i];

		m->count -= s->kept && unwanted(m, s);
		s->kept = s->kept && !unwanted(m, s);
	}
	m->r->candidates = m->count;
}

static int
compare_names(struct slice a, struct slice b)
{
	int c = memcmp(a.p, b.p, a.n < b.n ? a.n : b.n);

	return c != 0 ? c : (a.n > b.n) - (a.n < b.n);
}

static int
compare_info(const struct item *a, const struct item *b)
{
	struct buf x, y;
	int c;

	buf_init(&x, NAME_MAX_BYTES);
	buf_init(&y, NAME_MAX_BYTES);
	(void)nodes_print_info(a->nodes, a->node, &x);
	(void)nodes_print_info(b->nodes, b->node, &y);
	c = compare_names(slice_make(buf_str(&x), x.len), slice_make(buf_str(&y), y.len));
	buf_fini(&x);
	buf_fini(&y);
	return c;
}

static int
compare(const void *pa, const void *pb)
{
	const struct item *a = pa, *b = pb;
	int c;

	if (a->first != b->first)
		return a->first > b->first ? -1 : 1;
	c = compare_names(a->name, b->name);
	if (c != 0)
		return c;
	if (a->second != b->second)
		return a->second > b->second ? -1 : 1;
	return compare_info(a, b);
}

/* Growth in percent of what was, in millionths; what is new comes before all that was there. */
static uint64_t
relative(const struct making *m, uint32_t node)
{
	const struct node_sum *s = &m->nodes.sum[node];
	const struct node_more *more = &m->nodes.more[node];
	int64_t now = m->o->cum ? s->cum : s->flat,
		was = m->o->cum ? more->cum_was : more->flat_was;
	double share;

	if (now == 0)
		return 0;
	if (was == 0)
		return (uint64_t)1 << 62 | magnitude(now) >> 2;
	share = (double)magnitude(now) / (double)magnitude(was) * 1e6;
	return share < 4e18 ? (uint64_t)share : (uint64_t)4e18;
}

static enum err
sort(struct making *m)
{
	uint32_t at = 0;

	m->item = mem_try((m->count + (size_t)1) * sizeof(*m->item));
	if (m->item == NULL)
		return no_memory(m);
	for (uint32_t i = 0; i < m->nodes.count; i++) {
		const struct node_sum *s = &m->nodes.sum[i];
		struct item *item = &m->item[at];
		struct buf name;

		if (!s->kept)
			continue;
		buf_init(&name, NAME_MAX_BYTES);
		if (nodes_print(&m->nodes, i, &name) != ERR_OK) {
			buf_fini(&name);
			m->count = at;
			return no_memory(m);
		}
		*item = (struct item){ .node = i, .nodes = &m->nodes };
		item->first = magnitude(m->o->cum ? s->cum : s->flat);
		if (m->o->relative_growth && m->o->changes)
			item->first = relative(m, i);
		item->second = magnitude(m->o->cum ? s->flat : s->cum);
		item->name.n = name.len;
		item->name.p = item->text = buf_take(&name);
		at++;
	}
	qsort(m->item, m->count, sizeof(*m->item), compare);
	return ERR_OK;
}

/* Only the first node_count rows stay; what goes is no longer kept, so that edges see it gone. */
static void
limit_rows(struct making *m)
{
	uint32_t most = m->count;

	if (m->o->node_count > 0 && (unsigned long)m->o->node_count < m->count)
		most = (uint32_t)m->o->node_count;
	for (uint32_t i = most; i < m->count; i++) {
		m->nodes.sum[m->item[i].node].kept = false;
		hide(m, m->item[i].node);
		mem_free(m->item[i].text);
	}
	m->cut = m->cut || most < m->count;
	m->count = most;
	/* pprof builds its graph anew from the rows only when some node went */
	for (uint32_t i = 0; i < m->nodes.count; i++)
		m->nodes.sum[i].in_graph = m->nodes.sum[i].kept || !m->cut;
}

/* Second walk: the edges; only those into rows that may be inlined unless all are wanted. */
static enum err
walk_edges(struct making *m, struct edges *edges)
{
	struct feed_item item;
	uint32_t stamp = 0;
	enum err e = edges_init(edges, &m->nodes, m->o->edges) ? ERR_OK : no_memory(m);

	view_rewind(&m->view);
	while (e == ERR_OK && (e = view_next(&m->view, &item, m->why)) == ERR_OK)
		if (!edges_count(edges, &m->nodes, item.k, &item.sample, item.value, ++stamp))
			e = no_memory(m);
	return e == ERR_NOTHING ? ERR_OK : e;
}

/* Marks land in seen; calls in the report. */
static enum err
mark(struct making *m, unsigned char *seen)
{
	uint64_t limit = cutoff(m->flat_total, m->o->edge_fraction);
	struct edges edges = { 0 };
	bool any = m->o->edges;
	enum err e = ERR_OK;

	for (uint32_t i = 0; i < m->count && !any; i++)
		any = m->nodes.sum[m->item[i].node].inlined;
	if (any)
		e = walk_edges(m, &edges);
	if (any && e == ERR_OK) {
		uint32_t *node = mem_try((m->count + (size_t)1) * sizeof(*node));

		edges_marks(&edges, limit, seen);
		for (uint32_t i = 0; node != NULL && i < m->count; i++)
			node[i] = m->item[i].node;
		if (node == NULL ||
		    (m->o->edges && !calls_make(m->r, &m->nodes, &edges, node, limit)))
			e = no_memory(m);
		mem_free(node);
	}
	edges_fini(&edges);
	return e;
}

static void
row_changes(const struct making *m, uint32_t node, struct top_row *row)
{
	const struct node_more *more = &m->nodes.more[node];
	double var[2] = { more->flat_var, more->cum_var };
	int64_t change[2] = { row->flat, row->cum };
	double rate = (double)m->view.feed.profile[0]->period;

	row->flat_was = more->flat_was;
	row->cum_was = more->cum_was;
	/* Fewer allocations than before: a restart. Then at least what the change itself says. */
	for (unsigned i = 0; i < 2 && m->r->sampled; i++)
		if (!(var[i] > 0))
			var[i] = (double)magnitude(change[i]) * rate;
	row->flat_error = m->r->sampled ? sqrt(var[0]) : 0;
	row->cum_error = m->r->sampled ? sqrt(var[1]) : 0;
}

static char *
text_of(const struct making *m, uint32_t name)
{
	return mem_strn(m->nodes.names.text[name].p, m->nodes.names.text[name].n);
}

static void
make_row(struct making *m, uint32_t i, enum top_mark mark)
{
	const struct item *item = &m->item[i];
	const struct node_info *info = &m->nodes.info[item->node];
	struct top_report *r = m->r;
	int64_t flat = flat_of(m, item->node);

	r->shown_sum = (int64_t)((uint64_t)r->shown_sum + (uint64_t)flat);
	r->row[i] = (struct top_row){ .flat = flat, .cum = cum_of(m, item->node),
		.sum = r->shown_sum, .name = mem_strn(item->name.p, item->name.n), .mark = mark,
		.function = text_of(m, info->name), .place = text_of(m, info->file),
		.line = info->line, .start_line = info->start_line, .address = info->address };
	if (m->o->changes)
		row_changes(m, item->node, &r->row[i]);
	r->row_count++;
}

static enum err
make_rows(struct making *m)
{
	static const enum top_mark marks[] = {
		TOP_MARK_NONE, TOP_MARK_INLINE, TOP_MARK_NONE, TOP_MARK_PARTIAL,
	};
	unsigned char *seen = mem_try(m->nodes.count + (size_t)1);
	struct top_report *r = m->r;
	enum err e;

	r->row = mem_try((m->count + (size_t)1) * sizeof(*r->row));
	if (seen == NULL || r->row == NULL) {
		mem_free(seen);
		return no_memory(m);
	}
	memset(seen, 0, m->nodes.count);
	for (uint32_t i = 0; i < m->count; i++)
		make_row(m, i, TOP_MARK_NONE);
	e = mark(m, seen);
	for (uint32_t i = 0; e == ERR_OK && i < m->count; i++)
		r->row[i].mark = marks[seen[m->item[i].node]];
	mem_free(seen);
	return e;
}

static enum err
run(struct making *m)
{
	enum err e = count(m);
	bool again;

	if (e == ERR_OK)
		e = view_settle(&m->view, &again, m->why);
	if (e == ERR_OK && again) {
		if (m->more)
			memset(m->nodes.more, 0, m->nodes.count * sizeof(*m->nodes.more));
		e = count(m);
	}
	if (e != ERR_OK)
		return e;
	trim(m);
	m->r->cutoff = (int64_t)cutoff(m->r->total, m->o->node_fraction);
	e = sort(m);
	if (e != ERR_OK)
		return e;
	limit_rows(m);
	e = make_rows(m);
	if (e == ERR_OK && !m->o->objfiles)
		facts_unit(m->r, m->o);
	facts_misses(m->r, &m->view);
	return e;
}

static void
making_fini(struct making *m)
{
	for (uint32_t i = 0; m->item != NULL && i < m->count; i++)
		mem_free(m->item[i].text);
	mem_free(m->item);
	nodes_fini(&m->nodes);
	view_close(&m->view);
}

/* The tables of both profiles, as the filters left them. */
static enum err
add_nodes(struct making *m)
{
	enum err e = ERR_OK;

	m->nodes.objfiles = m->o->objfiles;
	m->nodes.names.trim_path = m->o->trim_path;
	m->nodes.names.source_path = m->o->source_path;
	for (unsigned k = 0; k < 2 && e == ERR_OK && view_profile(&m->view, k) != NULL; k++)
		e = nodes_add(&m->nodes, k, view_profile(&m->view, k), m->why);
	if (e == ERR_OK && m->more && !nodes_want_more(&m->nodes))
		e = no_memory(m);
	return e;
}

enum err
top_make(struct top_report **out, const struct pprof_profile *p, const char *what,
    const struct pprof_profile *base, const char *base_what, const struct top_options *o,
    struct err_msg *why)
{
	struct making m = { .o = o, .r = mem_zero(1, sizeof(*m.r)), .why = why,
		.more = o->mean || o->changes };
	enum err e;

	nodes_init(&m.nodes, o->granularity);
	e = view_open(&m.view, p, what, base, base_what, o, o->changes, why);
	if (e == ERR_OK)
		e = facts_make(m.r, &m.view);
	if (e == ERR_OK)
		e = add_nodes(&m);
	if (e == ERR_OK)
		e = run(&m);
	making_fini(&m);
	if (e != ERR_OK) {
		top_free(m.r);
		return e;
	}
	*out = m.r;
	return ERR_OK;
}

static void
free_row(struct top_row *row)
{
	mem_free(row->name);
	mem_free(row->function);
	mem_free(row->place);
	mem_free(row->in);
	mem_free(row->out);
}

void
top_drop_row(struct top_report *r, uint32_t row)
{
	free_row(&r->row[row]);
	r->row_count--;
	memmove(&r->row[row], &r->row[row + 1], (r->row_count - row) * sizeof(*r->row));
}

void
top_free(struct top_report *r)
{
	if (r == NULL)
		return;
	for (uint32_t i = 0; i < r->row_count; i++)
		free_row(&r->row[i]);
	for (uint32_t i = 0; i < r->edge_name_count; i++)
		mem_free(r->edge_name[i]);
	mem_free(r->edge_name);
	mem_free(r->row);
	facts_free(r);
	mem_free(r);
}
