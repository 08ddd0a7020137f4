/* ids.c - from the ids of a profile to indexes. */
#include "pprof/ids.h"

#include "base/alloc.h"

void
ids_init(struct pprof_ids *ids, uint32_t expect)
{
	*ids = (struct pprof_ids){ .dense = true, .expect = expect };
	hmap_init(&ids->big);
}

void
ids_fini(struct pprof_ids *ids)
{
	mem_free(ids->small);
	ids->small = NULL;
	hmap_fini(&ids->big);
}

/* The first id out of order: what came before is written down. */
static bool
spread(struct pprof_ids *ids)
{
	size_t n = (size_t)ids->expect + 1;

	ids->small = mem_try(n * sizeof(*ids->small));
	if (ids->small == NULL)
		return false;
	for (size_t i = 0; i < n; i++)
		ids->small[i] = UINT32_MAX;
	for (uint32_t i = 0; i < ids->count; i++)
		ids->small[i + 1] = i;
	ids->dense = false;
	return true;
}

enum ids_result
ids_put(struct pprof_ids *ids, uint64_t id)
{
	uint64_t *place;
	bool fresh;

	if (id == 0)
		return IDS_ZERO;
	if (ids->dense && id == (uint64_t)ids->count + 1) {
		ids->count++;
		return IDS_OK;
	}
	if (ids->dense && !spread(ids))
		return IDS_MEMORY;
	if (id <= ids->expect) {
		if (ids->small[id] != UINT32_MAX)
			return IDS_TWICE;
		ids->small[id] = ids->count++;
		return IDS_OK;
	}
	place = hmap_at(&ids->big, id, &fresh);
	if (place == NULL)
		return IDS_MEMORY;
	if (!fresh)
		return IDS_TWICE;
	*place = ids->count++;
	return IDS_OK;
}

bool
ids_find(const struct pprof_ids *ids, uint64_t id, uint32_t *index)
{
	uint64_t value;

	if (id <= ids->expect) {
		*index = ids->small[id];
		return *index != UINT32_MAX;
	}
	if (!hmap_get(&ids->big, id, &value))
		return false;
	*index = (uint32_t)value;
	return true;
}
