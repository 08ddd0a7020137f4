/*
 * hash.h - 64-bit hashing and an open-addressing map from 64-bit keys to 64-bit values.
 *
 * Layer   base. The map owns its slots only. hash_bytes is seeded per process, so a hostile
 *         file cannot choose collisions; give seed explicitly where a stable value is needed.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

uint64_t hash_bytes(const void *p, size_t n, uint64_t seed);
uint64_t hash_mix(uint64_t a, uint64_t b);              /* combines two 64-bit words well */

struct hmap_slot { uint64_t key, value; };
struct hmap {
	struct hmap_slot *slot;         /* key 0 marks an empty slot; key 0 itself is kept apart */
	size_t   cap, count;
	bool     has_zero;
	uint64_t zero_value;
};

void      hmap_init(struct hmap *m);
void      hmap_fini(struct hmap *m);
bool      hmap_get(const struct hmap *m, uint64_t key, uint64_t *value);
/* The place of the value for key, made (0, *fresh true) when absent. NULL when memory ran out.
 * Valid until the next hmap_at. */
uint64_t *hmap_at(struct hmap *m, uint64_t key, bool *fresh);

#endif
