/* nodes.c - from lines to rows: identity, sums and names of nodes. */
#include "pprof/nodes.h"

#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"

/* What each granularity keeps of a line (profile.Aggregate). */
static const struct grain {
	bool function, file, line, address;
} grains[] = {
	[TOP_FUNCTIONS]     = { .function = true },
	[TOP_FILEFUNCTIONS] = { .function = true, .file = true },
	[TOP_FILES]         = { .file = true },
	[TOP_LINES]         = { .function = true, .file = true, .line = true },
	[TOP_ADDRESSES]     = { .function = true, .file = true, .line = true, .address = true },
};

void
nodes_init(struct nodes *n, enum top_granularity granularity)
{
	*n = (struct nodes){ .granularity = granularity };
	names_init(&n->names);
	hmap_init(&n->index);
}

void
nodes_fini(struct nodes *n)
{
	names_fini(&n->names);
	hmap_fini(&n->index);
	mem_free(n->info);
	mem_free(n->sum);
	mem_free(n->more);
	mem_free(n->mapping);
	for (unsigned k = 0; k < NODES_PROFILES; k++) {
		mem_free(n->of_line[k]);
		mem_free(n->of_location[k]);
		mem_free(n->merged_mapping[k]);
	}
}

static bool
add(struct nodes *n, const struct node_info *info)
{
	if (n->count == n->cap) {
		uint32_t cap = n->cap * 2 + 256;
		struct node_info *more = mem_try_resize(n->info, cap * sizeof(*more));
		struct node_sum *sums;

		if (more == NULL)
			return false;
		n->info = more;
		sums = mem_try_resize(n->sum, cap * sizeof(*sums));
		if (sums == NULL)
			return false;
		n->sum = sums;
		n->cap = cap;
	}
	n->info[n->count] = *info;
	n->sum[n->count] = (struct node_sum){ .stamp = 0 };
	n->count++;
	return true;
}

static bool
same(const struct node_info *a, const struct node_info *b)
{
	return a->name == b->name && a->file == b->file && a->objfile == b->objfile
	    && a->start_line == b->start_line && a->line == b->line && a->address == b->address;
}

/* The number of a node, UINT32_MAX when there is no memory. */
static uint32_t
find_or_add(struct nodes *n, const struct node_info *info)
{
	uint64_t h =
	    hash_mix((uint64_t)info->name << 32 | info->file, info->objfile + n->names.seed);
	bool fresh;

	h = hash_mix(h ^ (uint64_t)info->line, (uint64_t)info->start_line ^ info->address << 1);
	for (;; h = hash_mix(h, n->names.seed)) {
		uint64_t *place = hmap_at(&n->index, h, &fresh);

		if (place == NULL || (fresh && !add(n, info)))
			return UINT32_MAX;
		if (fresh)
			*place = n->count - 1;
		if (fresh || same(&n->info[*place], info))
			return (uint32_t)*place;
	}
}

/* Mappings are one when their size in pages, offset and build id (else file) agree. */
static uint32_t
merge_mapping(struct nodes *n, const struct pprof_profile *p, const struct pprof_mapping *m)
{
	struct slice file = pprof_string(p, m->file), id = pprof_string(p, m->build_id);
	uint64_t size = (m->limit - m->start + 0xfff) & ~UINT64_C(0xfff), key;

	if (id.n == 0)
		id = file;
	key = hash_mix(hash_bytes(id.p, id.n, size), m->offset);
	for (uint32_t i = 0; i < n->mapping_count; i++)
		if (n->mapping[i].key == key)
			return i;
	if (n->mapping_count == n->mapping_cap) {
		uint32_t cap = n->mapping_cap * 2 + 8;
		struct node_mapping *more = mem_try_resize(n->mapping, cap * sizeof(*more));

		if (more == NULL)
			return UINT32_MAX;
		n->mapping = more;
		n->mapping_cap = cap;
	}
	n->mapping[n->mapping_count] = (struct node_mapping){ key, m->start, file };
	return n->mapping_count++;
}

static bool
merge_mappings(struct nodes *n, unsigned k)
{
	const struct pprof_profile *p = n->profile[k];
	uint32_t *of = mem_try((p->mapping_count + 1) * sizeof(*of));

	n->merged_mapping[k] = of;
	/* The list is searched for each: a hostile file must not make that quadratic. */
	if (of == NULL || p->mapping_count > 4096)
		return false;
	for (uint32_t i = 0; i < p->mapping_count; i++) {
		of[i] = merge_mapping(n, p, &p->mapping[i]);
		if (of[i] == UINT32_MAX)
			return false;
	}
	return true;
}

static void
describe(struct nodes *n, unsigned k, const struct pprof_location *l, const struct pprof_line *line,
    struct node_info *info)
{
	const struct pprof_profile *p = n->profile[k];
	const struct grain *g = &grains[n->granularity];
	const struct node_mapping *m = NULL;
	const struct pprof_function *f = NULL;

	*info = (struct node_info){ 0 };
	if (l->mapping != PPROF_NONE)
		m = &n->mapping[n->merged_mapping[k][l->mapping]];
	if (g->address)
		info->address =
		    l->address + (m != NULL ? m->start - p->mapping[l->mapping].start : 0);
	if (line->function != PPROF_NONE) {
		f = &p->function[line->function];
		if (g->function)
			info->name = names_put_function(&n->names, pprof_string(p, f->name),
			    pprof_string(p, f->system_name));
		if (g->file)
			info->file = names_put_file(&n->names, pprof_string(p, f->file));
		if (g->line)
			info->line = line->line;
	}
	if (info->name == 0 || (n->objfiles && f != NULL)) {
		info->objfile = m != NULL ? names_put(&n->names, m->file) : 0;
		info->start_line = f != NULL ? f->start_line : 0;
	}
}

/* At function granularity a named function is one node wherever it stands: found once per function.
 * */
static uint32_t
node_of(struct nodes *n, unsigned k, const struct pprof_location *l, const struct pprof_line *line,
    uint32_t *cache)
{
	bool cached = line->function != PPROF_NONE && !grains[n->granularity].line && !n->objfiles;
	struct node_info info;
	uint32_t node;

	if (cached && cache[line->function] != UINT32_MAX)
		return cache[line->function];
	describe(n, k, l, line, &info);
	node = find_or_add(n, &info);
	if (cached && info.name != 0)
		cache[line->function] = node;
	return node;
}

static bool
add_lines(struct nodes *n, unsigned k, uint32_t *cache)
{
	const struct pprof_profile *p = n->profile[k];
	uint32_t *of = n->of_line[k];

	memset(cache, 0xff, (p->function_count + (size_t)1) * sizeof(*cache));
	for (uint32_t i = 0; i < p->location_count; i++) {
		const struct pprof_location *l = &p->location[i];

		for (uint32_t j = 0; j < l->line_count; j++) {
			uint32_t at = l->first_line + j;

			of[at] = node_of(n, k, l, &p->line[at], cache);
			if (of[at] == UINT32_MAX)
				return false;
			if (j + 1 < l->line_count)
				n->sum[of[at]].inlined = true;
		}
		n->of_location[k][i] = l->line_count == 1 ? of[l->first_line] : NODES_MANY;
	}
	return true;
}

enum err
nodes_add(struct nodes *n, unsigned k, const struct pprof_profile *p, struct err_msg *why)
{
	uint32_t *cache = mem_try((p->function_count + (size_t)1) * sizeof(*cache));
	bool ok;

	n->profile[k] = p;
	n->of_line[k] = mem_try((p->line_count + (size_t)1) * sizeof(*n->of_line[k]));
	n->of_location[k] = mem_try((p->location_count + (size_t)1) * sizeof(*n->of_location[k]));
	ok = cache != NULL && n->of_line[k] != NULL && n->of_location[k] != NULL
	    && merge_mappings(n, k) && add_lines(n, k, cache);
	mem_free(cache);
	if (ok)
		return ERR_OK;
	if (p->mapping_count > 4096)
		return err_set(why, ERR_LIMIT, "profile", NULL, "more than 4096 mappings");
	return err_set(
	    why, ERR_MEMORY, "profile", "choose a coarser granularity", "no memory for its rows");
}

static struct node_sum *
count_one(struct node_sum *sum, int64_t value, uint32_t stamp)
{
	if (sum->stamp != stamp) {
		sum->stamp = stamp;
		sum->cum = (int64_t)((uint64_t)sum->cum + (uint64_t)value);
	}
	return sum;
}

void
nodes_count(
    struct nodes *n, unsigned k, const struct pprof_sample *s, int64_t value, uint32_t stamp)
{
	const struct pprof_location *location = n->profile[k]->location;
	const uint32_t *of = n->of_line[k], *one = n->of_location[k];
	struct node_sum *sum = NULL, *sums = n->sum;

	for (size_t i = s->loc_count; i-- > 0;) {
		const struct pprof_location *l = &location[s->loc[i]];

		if (one[s->loc[i]] != NODES_MANY) {
			sum = count_one(&sums[one[s->loc[i]]], value, stamp);
			continue;
		}
		for (uint32_t j = l->first_line + l->line_count; j-- > l->first_line;)
			sum = count_one(&sums[of[j]], value, stamp);
	}
	if (sum != NULL)
		sum->flat = (int64_t)((uint64_t)sum->flat + (uint64_t)value);
}

bool
nodes_want_more(struct nodes *n)
{
	n->more = mem_try((n->count + (size_t)1) * sizeof(*n->more));
	if (n->more == NULL)
		return false;
	memset(n->more, 0, (n->count + (size_t)1) * sizeof(*n->more));
	return true;
}

static void
add_more(struct node_more *m, const struct node_more *what, bool flat)
{
	int64_t *div = flat ? &m->flat_div : &m->cum_div, *was = flat ? &m->flat_was : &m->cum_was;
	double *var = flat ? &m->flat_var : &m->cum_var;

	*div = (int64_t)((uint64_t)*div + (uint64_t)what->cum_div);
	*was = (int64_t)((uint64_t)*was + (uint64_t)what->cum_was);
	*var += what->cum_var;
}

/* A node is met for the first time in this sample when its stamp is still that of nodes_count: the
 * stamp's top bit is turned over then, and back by the next walk's zeroing. */
void
nodes_count_more(
    struct nodes *n, unsigned k, const struct pprof_sample *s, const struct node_more *what)
{
	const struct pprof_location *location = n->profile[k]->location;
	uint32_t last = NODES_MANY;

	for (size_t i = s->loc_count; i-- > 0;) {
		const struct pprof_location *l = &location[s->loc[i]];

		for (uint32_t j = l->first_line + l->line_count; j-- > l->first_line;) {
			last = n->of_line[k][j];
			if ((n->sum[last].stamp & NODES_SEEN) != 0)
				continue;
			n->sum[last].stamp |= NODES_SEEN;
			add_more(&n->more[last], what, false);
		}
	}
	if (last != NODES_MANY)
		add_more(&n->more[last], what, true);
}

static enum err
put(struct buf *out, struct slice s)
{
	return buf_add(out, s.p, s.n);
}

/* What stands in for a name: the file with its line, the object file, or nothing known at all. */
static enum err
print_place(const struct nodes *n, const struct node_info *i, struct buf *out)
{
	struct slice objfile = n->names.text[i->objfile];
	enum err e;

	if (i->line != 0 || i->file != 0) {
		e = put(out, n->names.text[i->file]);
		return e != ERR_OK || i->line == 0 ? e : buf_add_fmt(out, ":%" PRId64, i->line);
	}
	if (objfile.n == 0)
		return buf_add_str(out, "<unknown>");
	e = buf_add_byte(out, '[');
	if (e == ERR_OK)
		e = put(out, names_base(objfile));
	return e != ERR_OK ? e : buf_add_byte(out, ']');
}

enum err
nodes_print(const struct nodes *n, uint32_t node, struct buf *out)
{
	const struct node_info *i = &n->info[node];
	struct slice name = n->names.text[i->name];
	bool place = i->line != 0 || i->file != 0;
	enum err e = ERR_OK;

	if (i->address != 0)
		e = buf_add_fmt(out, "%016" PRIx64 " ", i->address);
	if (e == ERR_OK && name.n != 0)
		e = put(out, name);
	if (e == ERR_OK && name.n != 0 && place)
		e = buf_add_byte(out, ' ');
	if (e != ERR_OK || (name.n != 0 && !place))
		return e;
	return print_place(n, i, out);
}

enum err
nodes_print_info(const struct nodes *n, uint32_t node, struct buf *out)
{
	const struct node_info *i = &n->info[node];
	struct slice name = n->names.text[i->name], file = n->names.text[i->file];
	struct slice objfile = n->names.text[i->objfile];
	enum err e = buf_add_byte(out, '{');

	if (e == ERR_OK)
		e = put(out, name);
	if (e == ERR_OK)
		e = buf_add_fmt(out, "  %" PRIu64 " ", i->address);
	if (e == ERR_OK)
		e = put(out, file);
	if (e == ERR_OK)
		e = buf_add_fmt(out, " %" PRId64 " %" PRId64 " ", i->start_line, i->line);
	if (e == ERR_OK)
		e = put(out, objfile);
	return e != ERR_OK ? e : buf_add_byte(out, '}');
}
