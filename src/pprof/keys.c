/* keys.c - hashing functions, locations, labels and stacks by content. */
#include "pprof/keys.h"

#include "base/alloc.h"

static const uint64_t SEED = UINT64_C(0x8d12f3a9c4b5e617);

static uint64_t
text(const struct pprof_profile *p, uint32_t index)
{
	struct slice s = pprof_string(p, index);

	return hash_bytes(s.p, s.n, SEED);
}

static uint64_t
function_key(const struct pprof_profile *p, const struct pprof_function *f)
{
	uint64_t h = hash_mix(text(p, f->name), text(p, f->system_name) ^ 1);

	return hash_mix(h ^ text(p, f->file), (uint64_t)f->start_line + 2);
}

static uint64_t
mapping_key(const struct pprof_profile *p, const struct pprof_mapping *m)
{
	uint64_t size = (m->limit - m->start + 0xfff) & ~UINT64_C(0xfff);
	uint64_t id = pprof_string(p, m->build_id).n != 0 ? text(p, m->build_id) : text(p, m->file);

	return hash_mix(id ^ size, m->offset + 3);
}

/* A file without any mapping is given an empty one by pprof; a location without mapping in others
 * is not. */
static uint64_t
location_key(const struct pprof_profile *p, const struct pprof_location *l,
    const uint64_t *function, const uint64_t *mapping)
{
	uint64_t h = p->mapping_count == 0 ? 5 : 7, address = l->address;

	if (l->mapping != PPROF_NONE) {
		h = mapping[l->mapping];
		address -= p->mapping[l->mapping].start;
	}
	h = hash_mix(h, hash_mix(address, l->folded ? 11 : 13));
	for (uint32_t i = 0; i < l->line_count; i++) {
		const struct pprof_line *line = &p->line[l->first_line + i];

		if (line->function != PPROF_NONE)
			h = hash_mix(h ^ function[line->function], (uint64_t)line->line + 17);
	}
	return h;
}

bool
keys_init(struct keys *k, const struct pprof_profile *p)
{
	bool ok;

	k->function = mem_try((p->function_count + (size_t)1) * sizeof(*k->function));
	k->mapping = mem_try((p->mapping_count + (size_t)1) * sizeof(*k->mapping));
	k->location = mem_try((p->location_count + (size_t)1) * sizeof(*k->location));
	ok = k->function != NULL && k->mapping != NULL && k->location != NULL;
	for (uint32_t i = 0; ok && i < p->function_count; i++)
		k->function[i] = function_key(p, &p->function[i]);
	for (uint32_t i = 0; ok && i < p->mapping_count; i++)
		k->mapping[i] = mapping_key(p, &p->mapping[i]);
	for (uint32_t i = 0; ok && i < p->location_count; i++)
		k->location[i] = location_key(p, &p->location[i], k->function, k->mapping);
	return ok;
}

void
keys_fini(struct keys *k)
{
	mem_free(k->location);
	mem_free(k->function);
	mem_free(k->mapping);
	*k = (struct keys){ 0 };
}

/* How many labels of the same key and kind stand before label i: within a key order counts, between
 * keys not. */
static uint64_t
position(const struct pprof_sample *s, size_t i)
{
	uint64_t n = 0;

	for (size_t j = 0; j < i && j < 64; j++)
		n += s->label[j].key == s->label[i].key &&
		     (s->label[j].str != 0) == (s->label[i].str != 0);
	return n;
}

static uint64_t
base_label(void)
{
	return hash_mix(hash_bytes("pprof::base", 11, SEED), hash_bytes("true", 4, SEED));
}

uint64_t
keys_sample(
    const struct keys *k, const struct pprof_profile *p, const struct pprof_sample *s, bool base)
{
	uint64_t h = s->loc_count + 1, labels = 0;

	for (size_t i = 0; i < s->loc_count; i++)
		h = hash_mix(h, k->location[s->loc[i]]);
	for (size_t i = 0; i < s->label_count; i++) {
		const struct pprof_label *l = &s->label[i];
		uint64_t v;

		if (l->str != 0 && p->has_base_string &&
		    slice_is(pprof_string(p, l->key), "pprof::base")) {
			if (base)
				continue;       /* replaced by ours */
			v = hash_mix(text(p, l->key), text(p, l->str));
		} else if (l->str != 0) {
			v = hash_mix(text(p, l->key), text(p, l->str) + position(s, i));
		} else {
			v = hash_mix(text(p, l->key) ^ (uint64_t)l->num,
			    text(p, l->unit) + position(s, i) + 19);
		}
		labels += v;
	}
	if (base)
		labels += base_label();
	return hash_mix(h, labels);
}
