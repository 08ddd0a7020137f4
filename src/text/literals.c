/* literals.c - multiple literal search by pairs of bytes. */
#include "text/literals.h"

#include <string.h>

#include "base/alloc.h"

enum { PAIRS = 1 << 16 };

struct literals {
	size_t  n, least;               /* how many; bytes of the shortest */
	char  **text;
	size_t *length;
	uint8_t shift[PAIRS];           /* 0: a text may end its first `least` bytes here */
};

static size_t
pair(const char *p)
{
	return (size_t)(unsigned char)p[0] << 8 | (unsigned char)p[1];
}

static void
fill(struct literals *l)
{
	memset(l->shift, (int)(l->least - 1), sizeof l->shift);
	for (size_t i = 0; i < l->n; i++)
		for (size_t k = 0; k + 1 < l->least; k++) {
			uint8_t *s = &l->shift[pair(l->text[i] + k)];
			const uint8_t far = (uint8_t)(l->least - 2 - k);

			*s = far < *s ? far : *s;
		}
}

struct literals *
literals_new(const char *const *text, size_t n)
{
	struct literals *l;
	size_t least = 64;

	for (size_t i = 0; i < n; i++) {
		const size_t length = strlen(text[i]);

		if (length < LITERALS_LEAST)
			return NULL;
		least = length < least ? length : least;
	}
	if (n == 0 || n > LITERALS_MAX)
		return NULL;
	l = mem_zero(1, sizeof *l);
	l->n = n;
	l->least = least;
	l->text = mem_zero(n, sizeof *l->text);
	l->length = mem_zero(n, sizeof *l->length);
	for (size_t i = 0; i < n; i++) {
		l->text[i] = mem_str(text[i]);
		l->length[i] = strlen(text[i]);
	}
	fill(l);
	return l;
}

void
literals_free(struct literals *l)
{
	if (l == NULL)
		return;
	for (size_t i = 0; i < l->n; i++)
		mem_free(l->text[i]);
	mem_free(l->text);
	mem_free(l->length);
	mem_free(l);
}

static int
here(const struct literals *l, const char *p, size_t room)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->length[i] <= room && memcmp(l->text[i], p, l->length[i]) == 0)
			return (int)i;
	return -1;
}

int
literals_find(const struct literals *l, const char *p, size_t n, size_t *at)
{
	const size_t back = l->least - 2;
	size_t i = *at + back;

	while (i + 1 < n) {
		const unsigned far = l->shift[pair(p + i)];

		if (far == 0) {
			const int found = here(l, p + i - back, n - (i - back));

			if (found >= 0) {
				*at = i - back;
				return found;
			}
		}
		i += far != 0 ? far : 1;
	}
	return -1;
}
