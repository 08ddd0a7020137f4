/*
 * number.h - numbers, bit ranges and the names of arrays as SVD writes them. Private to svd/.
 *
 * Layer   svd. Pure.
 */
#ifndef SVD_NUMBER_H
#define SVD_NUMBER_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* 12, 0x1F, #1010, 0b1010, with k, m, g for 1024 and so on. */
bool svd_number(const char *text, uint64_t *out);
/* The same with x for bits that do not matter: mask has the others. */
bool svd_pattern(const char *text, uint64_t *value, uint64_t *mask);
/* "[7:4]" */
bool svd_range(const char *text, uint64_t *msb, uint64_t *lsb);
/* The i-th of a list "A,B,C", "0-7", "A-D". False: it has no so many. */
bool svd_index(const char *list, uint32_t i, char *out, size_t size);
/* "GPIO%s" or "CH[%s]" with the index in it; of a name without %s the index comes behind. */
void svd_spell(const char *name, const char *index, char *out, size_t size);

#endif
