/* save.c - stacks through the profile encoder. */
#include "pprof/save.h"

#include <string.h>

#include "base/alloc.h"
#include "pprof/details.h"
#include "pprof/encode.h"

enum { SAVE_MAX = 512 << 20 };

static char *
text(struct slice s)
{
	return mem_strn(s.p, s.n);
}

/* One location per frame. */
static uint64_t *
put_frames(struct encode *w, const struct stacks *s)
{
	uint64_t *location = mem_try((s->frame_count + (size_t)1) * sizeof *location);

	for (uint32_t i = 0; i < s->frame_count && location != NULL; i++) {
		char *name = text(details_function(s, i)), *file = mem_str(s->frame[i].file);
		const struct encode_line line = { encode_function(w, name, file, 0),
		    s->frame[i].line };

		location[i] = encode_location(w, 0, &line, 1);
		mem_free(name);
		mem_free(file);
	}
	return location;
}

static bool
put_stacks(struct encode *w, const struct stacks *s, const uint64_t *location)
{
	uint64_t *leaf_first = NULL;
	uint32_t cap = 0;

	for (uint32_t i = 0; i < s->stack_count; i++) {
		const struct stacks_one *st = &s->stack[i];
		const int64_t v = stacks_delta(st->was, st->now);

		if (v == 0)
			continue;
		if (st->count > cap) {
			uint64_t *more = mem_try_resize(leaf_first, st->count * sizeof *more);

			if (more == NULL) {
				mem_free(leaf_first);
				return false;
			}
			leaf_first = more;
			cap = st->count;
		}
		for (uint32_t j = 0; j < st->count; j++)
			leaf_first[j] = location[s->of[st->first + st->count - 1 - j]];
		encode_sample(w, leaf_first, st->count, &v, 1, NULL, 0);
	}
	mem_free(leaf_first);
	return true;
}

enum err
save_stacks(const struct stacks *s, const struct pprof_profile *now, const char *comment,
    struct buf *out, struct err_msg *why)
{
	struct encode *w = encode_new(SAVE_MAX);
	char *period = text(now->period_type.type), *period_unit = text(now->period_type.unit);
	uint64_t *location;
	enum err e;

	encode_type(w, s->type, s->unit);
	encode_period(w, period, period_unit, now->period);
	encode_time(w, now->time_nanos, now->duration_nanos);
	if (s->both)
		encode_comment(w, comment);
	location = put_frames(w, s);
	if (location == NULL || !put_stacks(w, s, location))
		e = err_set(why, ERR_MEMORY, "profile", "free some memory",
		    "no memory to write it");
	else
		e = encode_finish(w, true, out, why);
	encode_free(w);
	mem_free(location);
	mem_free(period);
	mem_free(period_unit);
	return e;
}
