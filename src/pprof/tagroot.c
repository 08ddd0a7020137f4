/* tagroot.c - which pseudo frames the labels of a profile make. */
#include "pprof/tagroot.h"

#include "base/alloc.h"
#include "pprof/labels.h"

enum { TEXT_MAX = 1 << 20, FRAMES_MAX = 1 << 24 };

static size_t
split(const char *list, struct slice **out)
{
	struct slice rest = slice_of(list);
	size_t n = 0;

	*out = mem_zero(rest.n / 2 + 1, sizeof(**out));
	while (rest.n > 0) {
		struct slice one = slice_cut(rest, ',', &rest);

		if (one.n > 0)
			(*out)[n++] = one;
	}
	return n;
}

void
tagroot_init(struct tagroot *t, const char *root, const char *leaf, const char *unit)
{
	*t = (struct tagroot){ .unit = slice_of(unit != NULL ? unit : "minimum") };
	t->root_count = split(root, &t->root);
	t->leaf_count = split(leaf, &t->leaf);
	hmap_init(&t->index);
	buf_init(&t->scratch, TEXT_MAX);
}

void
tagroot_fini(struct tagroot *t)
{
	for (uint32_t i = 0; i < t->count; i++)
		mem_free((void *)(uintptr_t)t->frame[i].value.p);
	mem_free(t->frame);
	mem_free(t->root);
	mem_free(t->leaf);
	hmap_fini(&t->index);
	buf_fini(&t->scratch);
	*t = (struct tagroot){ 0 };
}

bool
tagroot_wanted(const struct tagroot *t)
{
	return t->root_count + t->leaf_count != 0;
}

static bool
add(struct tagroot *t, struct slice value, struct slice key)
{
	if (t->count == t->cap) {
		uint32_t cap = t->cap * 2 + 64;
		struct tagroot_frame *more = t->count >= FRAMES_MAX ? NULL
			: mem_try_resize(t->frame, cap * sizeof(*more));

		if (more == NULL)
			return false;
		t->frame = more;
		t->cap = cap;
	}
	value.p = mem_strn(value.p, value.n);
	t->frame[t->count++] = (struct tagroot_frame){ value, key };
	return true;
}

enum err
tagroot_find(struct tagroot *t, const struct pprof_profile *p, const struct pprof_sample *s,
    struct slice key, uint32_t *frame, bool *met)
{
	struct slice value;
	uint64_t h;
	bool fresh;

	buf_clear(&t->scratch);
	if (label_text(p, s, key, t->unit, &t->scratch, met) != ERR_OK)
		return ERR_MEMORY;
	value = slice_make(buf_str(&t->scratch), t->scratch.len);
	h = hash_mix(hash_bytes(value.p, value.n, 1), hash_bytes(key.p, key.n, 2));
	for (;; h = hash_mix(h, 3)) {
		uint64_t *place = hmap_at(&t->index, h, &fresh);

		if (place == NULL || (fresh && !add(t, value, key)))
			return ERR_MEMORY;
		if (fresh)
			*place = t->count - 1;
		*frame = (uint32_t)*place;
		if (fresh || (slice_eq(t->frame[*place].value, value)
			      && slice_eq(t->frame[*place].key, key)))
			return ERR_OK;
	}
}

enum err
tagroot_add(struct tagroot *t, const struct pprof_profile *p, const char *what,
    struct err_msg *why)
{
	struct pprof_cursor c;
	struct pprof_sample s;
	enum err e = pprof_cursor_init(&c, p, what, true, why);

	while (e == ERR_OK && (e = pprof_cursor_next(&c, &s, why)) == ERR_OK) {
		uint32_t frame;
		bool met;

		for (size_t i = 0; i < t->root_count && e == ERR_OK; i++) {
			e = tagroot_find(t, p, &s, t->root[t->root_count - 1 - i], &frame, &met);
			t->root_met = t->root_met || met;
		}
		for (size_t i = 0; i < t->leaf_count && e == ERR_OK; i++) {
			e = tagroot_find(t, p, &s, t->leaf[t->leaf_count - 1 - i], &frame, &met);
			t->leaf_met = t->leaf_met || met;
		}
	}
	pprof_cursor_fini(&c);
	if (e == ERR_MEMORY)
		return err_set(why, e, what, "choose another label",
		    "no memory for a frame of every value of that label");
	return e == ERR_NOTHING ? ERR_OK : e;
}
