/* stacks.c - samples merged by the texts of their frames. */
#include "pprof/stacks.h"

#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "pprof/facts.h"
#include "pprof/nodes.h"
#include "pprof/sampling.h"
#include "pprof/view.h"

enum { NAME_MAX_BYTES = 1 << 20 };
static const uint64_t SEED = UINT64_C(0x51ac5e5eed);

struct stacking {
	struct view view;
	struct nodes nodes;
	struct stacks *s;
	struct hmap index;
	struct sampling sampling[2];
	uint32_t *frames;               /* of the sample at hand, root first */
	size_t   frames_cap;
	struct err_msg *why;
};

static enum err
no_memory(struct stacking *m)
{
	return err_set(m->why, ERR_MEMORY, m->view.feed.what[0],
	    "choose a coarser granularity, or focus on a part", "no memory for its stacks");
}

static uint64_t
text_key(struct slice s, uint64_t seed)
{
	return hash_bytes(s.p, s.n, seed);
}

/* The file stands for the name of a frame that has none. */
static uint64_t
frame_key(const struct nodes *n, const struct node_info *i)
{
	uint64_t h = text_key(n->names.text[i->name], SEED);

	h = hash_mix(h, text_key(n->names.text[i->file], SEED + 1));
	if (i->name == 0)
		h = hash_mix(h, text_key(n->names.text[i->objfile], SEED + 2));
	return hash_mix(h, (uint64_t)i->line ^ i->address << 1);
}

static char *
copy(const struct nodes *n, uint32_t name)
{
	return mem_strn(n->names.text[name].p, n->names.text[name].n);
}

static enum err
make_frames(struct stacking *m)
{
	struct stacks *s = m->s;

	s->frame = mem_try((m->nodes.count + (size_t)1) * sizeof(*s->frame));
	if (s->frame == NULL)
		return no_memory(m);
	for (uint32_t i = 0; i < m->nodes.count; i++) {
		const struct node_info *info = &m->nodes.info[i];
		struct buf name;

		buf_init(&name, NAME_MAX_BYTES);
		(void)nodes_print(&m->nodes, i, &name);
		s->frame[i] = (struct stacks_frame){
			.name = name.len != 0 ? buf_take(&name) : mem_str(""),
			.function = copy(&m->nodes, info->name),
			.file = copy(&m->nodes, info->file), .line = info->line,
			.key = frame_key(&m->nodes, info) };
		buf_fini(&name);
		s->frame_count++;
	}
	return ERR_OK;
}

/* The nodes of one sample, root first, into m->frames. */
static bool
list_frames(struct stacking *m, const struct feed_item *item, uint32_t *count)
{
	const struct pprof_location *location = m->nodes.profile[item->k]->location;
	const uint32_t *of = m->nodes.of_line[item->k];
	size_t n = 0;

	for (size_t i = item->sample.loc_count; i-- > 0;) {
		const struct pprof_location *l = &location[item->sample.loc[i]];

		if (n + l->line_count > m->frames_cap) {
			size_t cap = (n + l->line_count) * 2 + 64;
			uint32_t *more = cap > UINT32_MAX ? NULL
				: mem_try_resize(m->frames, cap * sizeof(*more));

			if (more == NULL)
				return false;
			m->frames = more;
			m->frames_cap = cap;
		}
		for (uint32_t j = l->first_line + l->line_count; j-- > l->first_line;)
			m->frames[n++] = of[j];
	}
	*count = (uint32_t)n;
	return true;
}

static bool
same(const struct stacking *m, const struct stacks_one *one, uint32_t count)
{
	return one->count == count
	    && memcmp(m->s->of + one->first, m->frames, count * sizeof(*m->frames)) == 0;
}

static bool
add(struct stacking *m, uint64_t key, uint32_t count)
{
	struct stacks *s = m->s;

	if (s->stack_count == s->stack_cap) {
		size_t cap = (size_t)s->stack_cap + s->stack_cap / 2 + 256;
		struct stacks_one *more = mem_try_resize(s->stack, cap * sizeof(*more));
		int64_t *values;

		if (more == NULL)
			return false;
		s->stack = more;
		values = mem_try_resize(s->value, cap * s->type_count * sizeof(*values));
		if (values == NULL)
			return false;
		s->value = values;
		s->stack_cap = (uint32_t)cap;
	}
	if (s->of_cap - s->of_count < count) {
		uint64_t cap = (uint64_t)s->of_cap + s->of_cap / 2 + count + 1024;
		uint32_t *more = cap > UINT32_MAX ? NULL
			: mem_try_resize(s->of, (size_t)cap * sizeof(*more));

		if (more == NULL)
			return false;
		s->of = more;
		s->of_cap = (uint32_t)cap;
	}
	memcpy(s->of + s->of_count, m->frames, count * sizeof(*m->frames));
	s->stack[s->stack_count] =
	    (struct stacks_one){ .key = key, .first = s->of_count, .count = count };
	memset(s->value + (size_t)s->stack_count * s->type_count, 0,
	    s->type_count * sizeof(*s->value));
	s->of_count += count;
	s->stack_count++;
	return true;
}

/* The number of the stack in m->frames, made when new; UINT32_MAX: no memory. */
static uint32_t
find(struct stacking *m, uint32_t count)
{
	uint64_t key = hash_mix(SEED, count), h;
	bool fresh;

	for (uint32_t i = 0; i < count; i++)
		key = hash_mix(key, m->s->frame[m->frames[i]].key);
	for (h = key;; h = hash_mix(h, SEED)) {
		uint64_t *place = hmap_at(&m->index, h, &fresh);

		if (place == NULL || (fresh && !add(m, key, count)))
			return UINT32_MAX;
		if (fresh)
			*place = m->s->stack_count - 1;
		if (fresh || same(m, &m->s->stack[*place], count))
			return (uint32_t)*place;
	}
}

static int64_t
sum(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a + (uint64_t)b);
}

static bool
take(struct stacking *m, const struct feed_item *item)
{
	const struct pprof_profile *p = m->view.feed.profile[item->k];
	bool between = m->view.feed.profile[1] != NULL;
	struct stacks *s = m->s;
	uint32_t count, n;
	double variance;

	if (!list_frames(m, item, &count) || (n = find(m, count)) == UINT32_MAX)
		return false;
	if (item->base) {
		int64_t was = (int64_t)(0 - (uint64_t)item->value);

		s->stack[n].was = sum(s->stack[n].was, was);
		s->was = sum(s->was, was);
		s->both = true;
	} else {
		s->stack[n].now = sum(s->stack[n].now, item->value);
		s->now = sum(s->now, item->value);
	}
	variance = sampling_variance(&m->sampling[item->k], p, &item->sample, between);
	s->stack[n].variance += item->k == 1 ? -variance : variance;
	for (uint32_t i = 0; i < s->type_count && item->k == 0 && !item->base; i++) {
		int64_t *v = &s->value[(size_t)n * s->type_count + i];

		*v = sum(*v, item->sample.value[i]);
	}
	return true;
}

static enum err
walk(struct stacking *m)
{
	struct feed_item item;
	enum err e;

	while ((e = view_next(&m->view, &item, m->why)) == ERR_OK)
		if (!take(m, &item))
			return no_memory(m);
	return e == ERR_NOTHING ? ERR_OK : e;
}

static enum err
run(struct stacking *m)
{
	struct stacks *s = m->s;
	enum err e = make_frames(m);
	bool again = false;

	if (e == ERR_OK)
		e = walk(m);
	if (e == ERR_OK)
		e = view_settle(&m->view, &again, m->why);
	if (e == ERR_OK && again) {
		s->stack_count = s->of_count = 0;
		s->now = s->was = 0;
		hmap_fini(&m->index);
		hmap_init(&m->index);
		e = walk(m);
	}
	s->total = view_total(&m->view);
	/* fewer allocations than before, so a restart: nothing can be said from these two */
	for (uint32_t i = 0; i < s->stack_count; i++)
		if (s->stack[i].variance < 0)
			s->stack[i].variance = 0;
	return e;
}

static enum err
prepare(struct stacking *m, const struct pprof_profile *p, const struct top_options *o)
{
	struct slice type = p->type[m->view.type].type, unit = feed_unit(&m->view.feed);
	enum err e = ERR_OK;

	m->s->type = mem_strn(type.p, type.n);
	m->s->unit = mem_strn(unit.p, unit.n);
	m->s->time_nanos = p->time_nanos;
	m->s->duration_nanos = p->duration_nanos;
	m->s->type_count = p->type_count;
	m->s->both = view_profile(&m->view, 1) != NULL;
	m->nodes.names.trim_path = o->trim_path;
	m->nodes.names.source_path = o->source_path;
	for (unsigned k = 0; k < 2 && e == ERR_OK && view_profile(&m->view, k) != NULL; k++) {
		e = nodes_add(&m->nodes, k, view_profile(&m->view, k), m->why);
		sampling_init(&m->sampling[k], m->view.feed.profile[k], m->view.type);
	}
	m->s->sampled = m->sampling[0].known && m->sampling[0].rate > 1;
	return e;
}

enum err
stacks_make(struct stacks **out, const struct pprof_profile *p, const char *what,
    const struct pprof_profile *base, const char *base_what, const struct top_options *o,
    struct err_msg *why)
{
	struct stacking m = { .s = mem_zero(1, sizeof(*m.s)), .why = why };
	enum err e;

	hmap_init(&m.index);
	nodes_init(&m.nodes, o->granularity);
	e = view_open(&m.view, p, what, base, base_what, o, true, why);
	if (e == ERR_OK)
		e = prepare(&m, p, o);
	if (e == ERR_OK)
		e = run(&m);
	nodes_fini(&m.nodes);
	view_close(&m.view);
	hmap_fini(&m.index);
	mem_free(m.frames);
	if (e != ERR_OK)
		stacks_free(m.s);
	else
		*out = m.s;
	return e;
}

void
stacks_free(struct stacks *s)
{
	if (s == NULL)
		return;
	for (uint32_t i = 0; i < s->frame_count; i++) {
		mem_free(s->frame[i].name);
		mem_free(s->frame[i].function);
		mem_free(s->frame[i].file);
	}
	mem_free(s->frame);
	mem_free(s->of);
	mem_free(s->stack);
	mem_free(s->value);
	mem_free(s->type);
	mem_free(s->unit);
	mem_free(s);
}

uint32_t
stacks_find(const struct stacks *s, const char *name)
{
	for (uint32_t i = 0; i < s->frame_count; i++)
		if (strcmp(s->frame[i].name, name) == 0)
			return i;
	return STACKS_NONE;
}
