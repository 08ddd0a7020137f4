/*
 * nearest.h - of the words one may say, the one that was probably meant: for error messages.
 *
 * Layer   base. Nothing is allocated, nothing copied: the words offered must outlive nearest_of.
 * Rule    optimal string alignment (a letter more, less, another, or two of them swapped count
 *         one), at most a third of the longer word's letters and at most three. Before that, the
 *         first word that ends in "." and what was typed ("flash": board.flash); after it, the only
 *         word offered that begins with it (three letters and more).
 */
#ifndef BASE_NEAREST_H
#define BASE_NEAREST_H
#include <stddef.h>

struct nearest {
	const char *word, *best, *longer;
	unsigned cost, longers;
};

void nearest_begin(struct nearest *n, const char *word);
void nearest_offer(struct nearest *n, const char *candidate);
/* NULL: nothing comes near. */
const char *nearest_of(const struct nearest *n);
/* The next step of an error: "did you mean X? NEXT" in out, or next itself, which may be NULL. */
const char *nearest_advice(const struct nearest *n, const char *next, char *out, size_t size);

#endif
