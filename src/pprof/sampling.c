/* sampling.c - variance of sampled heap figures. */
#include "pprof/sampling.h"

#include <math.h>

static bool
find(const struct pprof_profile *p, const char *name, uint32_t *type)
{
	for (uint32_t i = 0; i < p->type_count; i++) {
		if (slice_is(p->type[i].type, name)) {
			*type = i;
			return true;
		}
	}
	return false;
}

void
sampling_init(struct sampling *s, const struct pprof_profile *p, uint32_t type)
{
	static const struct { const char *name, *objects, *space; bool bytes, alloc; } row[] = {
		{ "alloc_objects", "alloc_objects", "alloc_space", false, true },
		{ "alloc_space", "alloc_objects", "alloc_space", true, true },
		{ "inuse_objects", "inuse_objects", "inuse_space", false, false },
		{ "inuse_space", "inuse_objects", "inuse_space", true, false },
		{ "objects", "objects", "space", false, false },
		{ "space", "objects", "space", true, false },
	};

	*s = (struct sampling){ .rate = p->period };
	for (unsigned i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		if (!slice_is(p->type[type].type, row[i].name))
			continue;
		s->known = find(p, row[i].objects, &s->objects)
		    && find(p, row[i].space, &s->space);
		s->bytes = row[i].bytes;
		s->alloc = row[i].alloc;
	}
	if (!find(p, "alloc_objects", &s->allocs))
		s->allocs = s->objects;
	s->known = s->known && slice_is(p->period_type.type, "space");
}

double
sampling_of_object(const struct sampling *s, int64_t size)
{
	double p, d = (double)size;

	if (!s->known || s->rate <= 1 || size <= 0)
		return 0;
	p = -expm1(-d / (double)s->rate);
	return (1 - p) / p * (s->bytes ? d * d : 1);
}

int64_t
sampling_size(
    const struct sampling *s, const struct pprof_profile *p, const struct pprof_sample *sample)
{
	int64_t n = sample->value[s->objects];

	for (size_t i = 0; i < sample->label_count; i++)
		if (sample->label[i].str == 0
		    && slice_is(pprof_string(p, sample->label[i].key), "bytes"))
			return sample->label[i].num;
	return n > 0 ? sample->value[s->space] / n : 0;
}

double
sampling_variance(const struct sampling *s, const struct pprof_profile *p,
    const struct pprof_sample *sample, bool between)
{
	double n, one;

	if (!s->known || s->rate <= 1)
		return 0;
	one = sampling_of_object(s, sampling_size(s, p, sample));
	n = (double)sample->value[s->objects];
	if (between && !s->alloc && s->allocs != s->objects)
		n = 2 * (double)sample->value[s->allocs] - n;
	return n * one;
}
