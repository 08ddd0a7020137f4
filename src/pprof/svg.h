/*
 * svg.h - an icicle as one SVG file that needs nothing else: click zooms, Ctrl-F or the word
 *         "search" finds, pointing tells.
 *
 * Layer   pprof. Appends to *out. Names are escaped; the script is constant and takes nothing from
 *         them but their text.
 * Colour  never the only carrier: grown boxes are red and say "+", shrunken ones blue and say "-",
 *         paler the smaller their change is against their width; a legend says so. Of one profile
 *         colours tell packages apart.
 * Errors  ERR_LIMIT when *out is full.
 */
#ifndef PPROF_SVG_H
#define PPROF_SVG_H
#include "base/buf.h"
#include "pprof/flame.h"

struct svg_options {
	const char *title, *subtitle;   /* subtitle may be NULL */
	int width;                      /* pixels; 0: 1200 */
};

enum err svg_write(const struct stacks *s, const struct flame *f, const struct svg_options *o,
    struct buf *out);

#endif
