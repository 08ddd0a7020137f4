/* top.c - sums per node, trimming, order, marks: the rows of pprof -top without its call graph. */
#include "pprof/top.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "pprof/edges.h"
#include "pprof/feed.h"
#include "pprof/nodes.h"
#include "pprof/units.h"

enum { NAME_MAX_BYTES = 1 << 20 };

struct item {
	uint64_t first, second;         /* larger first; the second decides after the name */
	struct slice name;
	char    *text;                  /* what name points to */
	uint32_t node;
	const struct nodes *nodes;      /* for the last tie */
};

struct making {
	struct feed feed;
	struct nodes nodes;
	const struct top_options *o;
	struct top_report *r;
	struct item *item;
	uint32_t count;
	int64_t  flat_total;            /* of all nodes before trimming */
	struct err_msg *why;
};

void
top_defaults(struct top_options *o)
{
	*o = (struct top_options){ .node_fraction = 0.005, .edge_fraction = 0.001 };
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
	return err_set(m->why, ERR_MEMORY, m->feed.what[0], "choose a coarser granularity",
	    "no memory for the rows");
}

/* First walk: flat and cum of every node, and the total percentages refer to. */
static enum err
count(struct making *m)
{
	uint64_t all = 0, base = 0;
	struct feed_item item;
	uint32_t stamp = 0;
	enum err e;

	for (uint32_t i = 0; i < m->nodes.count; i++)
		m->nodes.sum[i] = (struct node_sum){ .inlined = m->nodes.sum[i].inlined };
	while ((e = feed_next(&m->feed, &item, m->why)) == ERR_OK) {
		all += magnitude(item.value);
		if (item.base)
			base += magnitude(item.value);
		nodes_count(&m->nodes, item.k, &item.sample, item.value, ++stamp);
	}
	m->r->total = (int64_t)((int64_t)base > 0 ? base : all);
	return e == ERR_NOTHING ? ERR_OK : e;
}

static bool
dropped_negative(const struct making *m, const struct node_sum *s)
{
	return m->o->drop_negative && (s->flat < 0 || (s->flat == 0 && s->cum < 0));
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
	for (uint32_t i = 0; i < m->nodes.count; i++) {
		struct node_sum *s = &m->nodes.sum[i];

		s->kept = s->kept && magnitude(s->cum) >= limit;
		m->count += s->kept;
	}
	m->r->dropped = present - m->count;
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
		item->second = magnitude(m->o->cum ? s->flat : s->cum);
		item->name.n = name.len;
		item->name.p = item->text = buf_take(&name);
		at++;
	}
	qsort(m->item, m->count, sizeof(*m->item), compare);
	return ERR_OK;
}

/* Only the first node_count rows stay; what goes is no longer kept, so that marks see it gone. */
static void
limit_rows(struct making *m)
{
	uint32_t most = m->count;

	if (m->o->node_count > 0 && (unsigned long)m->o->node_count < m->count)
		most = (uint32_t)m->o->node_count;
	for (uint32_t i = most; i < m->count; i++) {
		m->nodes.sum[m->item[i].node].kept = false;
		mem_free(m->item[i].text);
	}
	m->count = most;
}

/* Second walk: edges into the rows that may be inlined. Marks land in seen. */
static enum err
mark(struct making *m, unsigned char *seen)
{
	struct feed_item item;
	struct edges edges;
	uint32_t stamp = 0;
	bool any = false;
	enum err e;

	for (uint32_t i = 0; i < m->count && !any; i++)
		any = m->nodes.sum[m->item[i].node].inlined;
	if (!any)
		return ERR_OK;
	e = edges_init(&edges, &m->nodes) ? ERR_OK : no_memory(m);
	feed_rewind(&m->feed);
	while (e == ERR_OK && (e = feed_next(&m->feed, &item, m->why)) == ERR_OK)
		if (!edges_count(&edges, &m->nodes, item.k, &item.sample, item.value, ++stamp))
			e = no_memory(m);
	if (e == ERR_NOTHING) {
		edges_marks(&edges, cutoff(m->flat_total, m->o->edge_fraction), seen);
		e = ERR_OK;
	}
	edges_fini(&edges);
	return e;
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
	e = mark(m, seen);
	for (uint32_t i = 0; e == ERR_OK && i < m->count; i++) {
		const struct item *item = &m->item[i];
		const struct node_sum *s = &m->nodes.sum[item->node];
		const struct node_info *info = &m->nodes.info[item->node];

		r->shown_sum = (int64_t)((uint64_t)r->shown_sum + (uint64_t)s->flat);
		r->row[i] = (struct top_row){ .flat = s->flat, .cum = s->cum, .sum = r->shown_sum,
		    .name = mem_strn(item->name.p, item->name.n), .mark = marks[seen[item->node]],
		    .line = info->line, .address = info->address };
		r->row_count++;
	}
	mem_free(seen);
	return e;
}

/* report.selectOutputUnit: one unit for all, so that the smallest row still shows something. */
static void
choose_unit(struct making *m)
{
	struct slice in = slice_of(m->r->unit),
		     want = slice_of(m->o->unit != NULL ? m->o->unit : "minimum");
	struct slice low, high, unit;
	uint64_t least = 0;

	m->r->shown_unit = mem_strn(want.p, want.n);
	if (!slice_is(want, "minimum") || m->r->row_count == 0)
		return;
	for (uint32_t i = 0; i < m->r->row_count; i++) {
		const struct top_row *row = &m->r->row[i];
		uint64_t v = magnitude(row->flat != 0 ? row->flat : row->cum);

		if (v > 0 && (least == 0 || v < least))
			least = v;
	}
	if (least == 0)
		least = (uint64_t)m->r->total;
	units_scale((int64_t)least, in, want, &low);
	units_scale(m->r->total, in, want, &high);
	unit = low;
	if (!slice_eq(low, high) && (int64_t)(least * 100) < m->r->total)
		units_scale((int64_t)(100 * least), in, want, &unit);
	mem_free(m->r->shown_unit);
	m->r->shown_unit = unit.n != 0 ? mem_strn(unit.p, unit.n) : mem_str(m->r->unit);
}

static void
add_comments(struct buf *out, const struct pprof_profile *p, const struct pprof_profile *seen)
{
	for (uint32_t i = 0; i < p->comment_count; i++) {
		bool twice = p->comment[i].n > 0 && p->comment[i].p[0] == '#';

		for (uint32_t j = 0; j < i && !twice && i < 1024; j++)
			twice = slice_eq(p->comment[i], p->comment[j]);
		for (uint32_t j = 0; seen != NULL && j < seen->comment_count && !twice && j < 1024;
		     j++)
			twice = slice_eq(p->comment[i], seen->comment[j]);
		if (!twice && buf_add(out, p->comment[i].p, p->comment[i].n) == ERR_OK)
			(void)buf_add_byte(out, '\n');
	}
}

static const char *
not_done(const struct pprof_profile *p)
{
	return p->drop_frames.n != 0 ? "the profile's drop_frames and keep_frames" : NULL;
}

/* profile.combineHeaders and report.ProfileLabels. */
static void
header(struct making *m)
{
	const struct pprof_profile *p = m->feed.profile[0], *base = m->feed.profile[1], *main;
	struct top_report *r = m->r;
	struct slice file, id, unit = feed_unit(&m->feed), type = p->type[m->feed.type].type;
	struct buf comments;

	main = p->mapping_count > 0 || base == NULL ? p : NULL;
	if (main != NULL && main->mapping_count > 0) {
		file = pprof_string(main, main->mapping[0].file);
		id = pprof_string(main, main->mapping[0].build_id);
		if (file.n != 0) {
			file = names_base(file);
			r->file = mem_strn(file.p, file.n);
		}
		if (id.n != 0)
			r->build_id = mem_strn(id.p, id.n);
	}
	buf_init(&comments, NAME_MAX_BYTES);
	add_comments(&comments, p, NULL);
	if (base != NULL)
		add_comments(&comments, base, p);
	r->comments = comments.len != 0 ? buf_take(&comments) : NULL;
	buf_fini(&comments);
	r->type = mem_strn(type.p, type.n);
	r->unit = mem_strn(unit.p, unit.n);
	r->time_nanos = p->time_nanos;
	r->duration_nanos = p->duration_nanos;
	if (base != NULL && (r->time_nanos == 0 || base->time_nanos < r->time_nanos))
		r->time_nanos = base->time_nanos;
	if (base != NULL)
		r->duration_nanos = (int64_t)((uint64_t)r->duration_nanos +
		    (uint64_t)base->duration_nanos);
	r->ignored = not_done(p);
}

static enum err
run(struct making *m)
{
	enum err e = count(m);

	if (e == ERR_OK && m->feed.must_merge) {
		e = feed_merge(&m->feed, m->why);
		if (e == ERR_OK)
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
	choose_unit(m);
	return e;
}

static void
making_fini(struct making *m)
{
	for (uint32_t i = 0; m->item != NULL && i < m->count; i++)
		mem_free(m->item[i].text);
	mem_free(m->item);
	nodes_fini(&m->nodes);
	feed_close(&m->feed);
}

enum err
top_make(struct top_report **out, const struct pprof_profile *p, const char *what,
    const struct pprof_profile *base, const char *base_what, const struct top_options *o,
    struct err_msg *why)
{
	struct making m = { .o = o, .r = mem_zero(1, sizeof(*m.r)), .why = why };
	struct pprof_profile named = *p;
	uint32_t type = 0;
	enum err e;

	if (p->default_type.n == 0 && base != NULL)
		named.default_type = base->default_type;
	nodes_init(&m.nodes, o->granularity);
	e = pprof_type_index(&named, o->sample_index, &type, why);
	if (e == ERR_OK)
		e = feed_open(&m.feed, p, what, base, base_what, type, o, why);
	if (e == ERR_OK) {
		header(&m);
		e = nodes_add(&m.nodes, 0, p, why);
	}
	if (e == ERR_OK && base != NULL)
		e = nodes_add(&m.nodes, 1, base, why);
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

void
top_free(struct top_report *r)
{
	if (r == NULL)
		return;
	for (uint32_t i = 0; i < r->row_count; i++)
		mem_free(r->row[i].name);
	mem_free(r->row);
	mem_free(r->file);
	mem_free(r->build_id);
	mem_free(r->comments);
	mem_free(r->type);
	mem_free(r->unit);
	mem_free(r->shown_unit);
	mem_free(r);
}
