/* hash.c - 64-bit hashing (multiply and fold, after wyhash) and the open-addressing map. */
#include "base/hash.h"

#include <string.h>

#include "base/alloc.h"

static const uint64_t K0 = UINT64_C(0xa0761d6478bd642f), K1 = UINT64_C(0xe7037ed1a0b428db);

uint64_t
hash_mix(uint64_t a, uint64_t b)
{
	__extension__ const unsigned __int128 m = (unsigned __int128)(a ^ K0) * (b ^ K1);

	return (uint64_t)m ^ (uint64_t)(m >> 64);
}

static uint64_t
word(const unsigned char *p, size_t n)
{
	uint64_t w = 0;

	memcpy(&w, p, n);
	return w;
}

uint64_t
hash_bytes(const void *p, size_t n, uint64_t seed)
{
	const unsigned char *s = p;
	uint64_t h =
	    hash_mix(seed ^ n, K0); /* not K1: it would cancel the factor, and the seed with it */

	for (; n >= 16; s += 16, n -= 16)
		h = hash_mix(word(s, 8) ^ h, word(s + 8, 8));
	if (n > 8)
		return hash_mix(word(s, 8) ^ h, word(s + 8, n - 8) ^ K0);
	return hash_mix(n != 0 ? word(s, n) ^ h : h, K0);
}

void
hmap_init(struct hmap *m)
{
	*m = (struct hmap){ .cap = 0 };
}

void
hmap_fini(struct hmap *m)
{
	mem_free(m->slot);
	hmap_init(m);
}

static struct hmap_slot *
find(const struct hmap *m, uint64_t key)
{
	size_t i = (size_t)hash_mix(key, K0) & (m->cap - 1);

	while (m->slot[i].key != 0 && m->slot[i].key != key)
		i = (i + 1) & (m->cap - 1);
	return &m->slot[i];
}

bool
hmap_get(const struct hmap *m, uint64_t key, uint64_t *value)
{
	const struct hmap_slot *s;

	if (key == 0) {
		*value = m->zero_value;
		return m->has_zero;
	}
	if (m->cap == 0)
		return false;
	s = find(m, key);
	*value = s->value;
	return s->key == key;
}

static bool
grow(struct hmap *m)
{
	const struct hmap old = *m;
	const size_t cap = old.cap != 0 ? old.cap * 2 : 64;
	struct hmap_slot *slot;

	if (cap > SIZE_MAX / sizeof *slot / 2)
		return false;
	slot = mem_try(cap * sizeof *slot);
	if (slot == NULL)
		return false;
	memset(slot, 0, cap * sizeof *slot);
	m->slot = slot;
	m->cap = cap;
	for (size_t i = 0; i < old.cap; i++)
		if (old.slot[i].key != 0)
			*find(m, old.slot[i].key) = old.slot[i];
	mem_free(old.slot);
	return true;
}

uint64_t *
hmap_at(struct hmap *m, uint64_t key, bool *fresh)
{
	struct hmap_slot *s;

	if (key == 0) {
		*fresh = !m->has_zero;
		m->has_zero = true;
		return &m->zero_value;
	}
	if (m->count >= m->cap / 4 * 3 && !grow(m))
		return NULL;
	s = find(m, key);
	*fresh = s->key == 0;
	if (*fresh) {
		s->key = key;
		m->count++;
	}
	return &s->value;
}
