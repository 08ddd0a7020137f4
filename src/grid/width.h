/*
 * width.h - how many columns a code point takes; the same answer in every locale.
 *
 * Layer   grid. Pure functions.
 * Source  Unicode 15.0: EastAsianWidth.txt (W and F are 2), UnicodeData.txt (Mn, Me, Cf, Zl, Zp are
 *         0, but U+00AD is 1), Hangul medial and final jamo 0. Ambiguous is 1.
 */
#ifndef GRID_WIDTH_H
#define GRID_WIDTH_H
#include <stdbool.h>
#include <stdint.h>

int  grid_width(uint32_t cp);           /* 0, 1, 2; -1 for controls, surrogates, over U+10FFFF */
/* Zero-width code points that no cell keeps: bidi controls, joiners, selectors, separators, tags.
 * They would reorder or widen a row in the user's terminal behind the grid's back. */
bool grid_hidden(uint32_t cp);

#endif
