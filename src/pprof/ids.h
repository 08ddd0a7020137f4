/*
 * ids.h - the ids of one table of a profile: an array for small ids, a map above, nothing at all
 * when
 * they are dense (id = index + 1), which is what Go writes.
 *
 * Layer   pprof, private to this folder. Memory belongs to the struct: ids_fini.
 */
#ifndef PPROF_IDS_H
#define PPROF_IDS_H
#include "pprof/profile.h"

enum ids_result { IDS_OK, IDS_ZERO, IDS_TWICE, IDS_MEMORY };

void ids_init(struct pprof_ids *ids, uint32_t expect);  /* expect: how many will come */
void ids_fini(struct pprof_ids *ids);                   /* a zeroed struct is fine */
/* its index is how many came before */
enum ids_result ids_put(struct pprof_ids *ids, uint64_t id);
bool ids_find(const struct pprof_ids *ids, uint64_t id, uint32_t *index);

static inline bool
ids_get(const struct pprof_ids *ids, uint64_t id, uint32_t *index)
{
	if (!ids->dense)
		return ids_find(ids, id, index);
	*index = (uint32_t)(id - 1);
	return id - 1 < ids->count;
}

#endif
