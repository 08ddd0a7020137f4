/* series_table.c - interning strings, frames, stacks and cells by content. */
#include "pprof/series_table.h"

#include <string.h>

#include "base/alloc.h"

bool
series_room(void *array, uint32_t *cap, uint32_t count, size_t size)
{
	void *old, *more;
	uint32_t want;

	if (count < *cap)
		return true;
	if (count > UINT32_MAX / 2)
		return false;
	want = count + count / 2 + 64;
	memcpy(&old, array, sizeof(old));
	more = mem_try_resize(old, want * size);
	if (more == NULL)
		return false;
	memcpy(array, &more, sizeof(more));
	*cap = want;
	return true;
}

struct slice
series_text(const struct series *s, uint32_t string)
{
	return slice_make(buf_str(&s->text) + s->string[string].at, s->string[string].n);
}

bool
series_push_string(struct series *s, struct slice text)
{
	if (!series_room(&s->string, &s->string_cap, s->string_count, sizeof(*s->string)) ||
	    buf_add(&s->text, text.p, text.n) != ERR_OK)
		return false;
	s->string[s->string_count++] =
	    (struct series_string){ .at = (uint32_t)(s->text.len - text.n), .n = (uint32_t)text.n };
	return true;
}

bool
series_push_frame(struct series *s, const struct series_frame *f)
{
	if (!series_room(&s->frame, &s->frame_cap, s->frame_count, sizeof(*s->frame)))
		return false;
	s->frame[s->frame_count++] = *f;
	return true;
}

bool
series_push_stack(struct series *s, const uint32_t *frame, uint32_t n)
{
	if (s->stack_frames > SERIES_FRAMES_MAX - n ||
	    !series_room(&s->stack, &s->stack_cap, s->stack_count, sizeof(*s->stack)))
		return false;
	s->stack[s->stack_count] = (struct series_stack){ .first = s->stack_frames, .count = n };
	for (uint32_t i = 0; i < n; i++) {
		if (!series_room(&s->stack_frame, &s->stack_frame_cap, s->stack_frames,
			sizeof(*s->stack_frame)))
			return false;
		s->stack_frame[s->stack_frames++] = frame[i];
	}
	s->stack_count++;
	return true;
}

bool
series_push_cell(struct series *s, uint32_t stack, int64_t size)
{
	if (s->cell_count >= SERIES_CELLS_MAX ||
	    !series_room(&s->cell, &s->cell_cap, s->cell_count, sizeof(*s->cell)))
		return false;
	s->cell[s->cell_count++] = (struct series_cell){ .stack = stack, .size = size };
	return true;
}

/* Equal keys with unequal content move on: so a table is exact, whatever the hashes do. */
static uint64_t
next_key(uint64_t h)
{
	return hash_mix(h, UINT64_C(0x5851f42d4c957f2d));
}

static uint64_t
string_key(const struct series *s, struct slice text)
{
	return hash_bytes(text.p, text.n, s->seed);
}

bool
series_put_string(struct series *s, struct slice text, uint32_t *index)
{
	for (uint64_t h = string_key(s, text);; h = next_key(h)) {
		bool fresh;
		uint64_t *place = hmap_at(&s->string_of, h, &fresh);

		if (place == NULL || (fresh && !series_push_string(s, text)))
			return false;
		if (fresh)
			*place = s->string_count - 1;
		*index = (uint32_t)*place;
		if (fresh || slice_eq(series_text(s, *index), text))
			return true;
	}
}

static uint64_t
frame_key(const struct series *s, const struct series_frame *f)
{
	return hash_mix(hash_mix(f->function ^ s->seed, f->file), (uint64_t)f->line);
}

static bool
frame_eq(const struct series_frame *a, const struct series_frame *b)
{
	return a->function == b->function && a->file == b->file && a->line == b->line;
}

bool
series_put_frame(struct series *s, const struct series_frame *f, uint32_t *index)
{
	for (uint64_t h = frame_key(s, f);; h = next_key(h)) {
		bool fresh;
		uint64_t *place = hmap_at(&s->frame_of, h, &fresh);

		if (place == NULL || (fresh && !series_push_frame(s, f)))
			return false;
		if (fresh)
			*place = s->frame_count - 1;
		*index = (uint32_t)*place;
		if (fresh || frame_eq(&s->frame[*index], f))
			return true;
	}
}

static uint64_t
stack_key(const struct series *s, const uint32_t *frame, uint32_t n)
{
	return hash_bytes(frame, n * sizeof(*frame), s->seed ^ 3);
}

static bool
stack_eq(const struct series *s, uint32_t index, const uint32_t *frame, uint32_t n)
{
	const struct series_stack *k = &s->stack[index];

	return k->count == n &&
	       (n == 0 || memcmp(s->stack_frame + k->first, frame, n * sizeof(*frame)) == 0);
}

bool
series_put_stack(struct series *s, const uint32_t *frame, uint32_t n, uint32_t *index)
{
	for (uint64_t h = stack_key(s, frame, n);; h = next_key(h)) {
		bool fresh;
		uint64_t *place = hmap_at(&s->stack_of, h, &fresh);

		if (place == NULL || (fresh && !series_push_stack(s, frame, n)))
			return false;
		if (fresh)
			*place = s->stack_count - 1;
		*index = (uint32_t)*place;
		if (fresh || stack_eq(s, *index, frame, n))
			return true;
	}
}

static uint64_t
cell_key(const struct series *s, uint32_t stack, int64_t size)
{
	return hash_mix(stack ^ s->seed, (uint64_t)size);
}

bool
series_put_cell(struct series *s, uint32_t stack, int64_t size, uint32_t *index)
{
	for (uint64_t h = cell_key(s, stack, size);; h = next_key(h)) {
		bool fresh;
		uint64_t *place = hmap_at(&s->cell_of, h, &fresh);

		if (place == NULL || (fresh && !series_push_cell(s, stack, size)))
			return false;
		if (fresh)
			*place = s->cell_count - 1;
		*index = (uint32_t)*place;
		if (fresh || (s->cell[*index].stack == stack && s->cell[*index].size == size))
			return true;
	}
}

/* A free place for an element whose index is known; an equal one there keeps its own. */
static bool
note(struct hmap *m, uint64_t h, uint32_t index)
{
	for (unsigned i = 0;; h = next_key(h), i++) {
		bool fresh;
		uint64_t *place = hmap_at(m, h, &fresh);

		if (place == NULL)
			return false;
		if (fresh)
			*place = index;
		/* a file may hold the same thing many times: the first ones are enough */
		if (fresh || i == 8)
			return true;
	}
}

bool
series_index(struct series *s)
{
	bool ok = true;

	if (s->indexed)
		return true;
	for (uint32_t i = 0; ok && i < s->string_count; i++)
		ok = note(&s->string_of, string_key(s, series_text(s, i)), i);
	for (uint32_t i = 0; ok && i < s->frame_count; i++)
		ok = note(&s->frame_of, frame_key(s, &s->frame[i]), i);
	for (uint32_t i = 0; ok && i < s->stack_count; i++)
		ok = note(&s->stack_of,
		    stack_key(s, s->stack[i].count == 0 ? NULL : s->stack_frame + s->stack[i].first,
			s->stack[i].count),
		    i);
	for (uint32_t i = 0; ok && i < s->cell_count; i++)
		ok = note(&s->cell_of, cell_key(s, s->cell[i].stack, s->cell[i].size), i);
	s->indexed = ok;
	return ok;
}

bool
series_last_room(struct series *s)
{
	size_t each = s->type_count * sizeof(*s->last);
	int64_t *more;
	uint32_t cap;

	if (s->cell_count <= s->last_cap && s->last != NULL)
		return true;
	cap = s->cell_count + s->cell_count / 2 + 64;
	more = mem_try_resize(s->last, cap * each);
	if (more == NULL)
		return false;
	memset(more + (size_t)s->last_cap * s->type_count, 0, (cap - s->last_cap) * each);
	s->last = more;
	s->last_cap = cap;
	return true;
}
