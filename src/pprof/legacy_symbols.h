/*
 * legacy_symbols.h - the tables of a text profile: locations by address, named by Go's # lines;
 *                    labels; memory maps.
 *
 * Layer   pprof, private to this folder. Owns its memory: legacy_symbols_fini. Samples are written
 *         as they come, locations and mappings at the end, when all names and maps are known.
 * Hidden  where a record has # lines, addresses without one are frames that Go hides
 *         (runtime.goexit, the runtime's own at the leaf): they are left out, as for people.
 * Lines   "#\t0xPC\tfunc+0xOFF\t\tfile:line"; several with one PC are inlined calls, innermost
 *         first. "# labels: {"key":"value", ...}" with Go's quoting.
 */
#ifndef PPROF_LEGACY_SYMBOLS_H
#define PPROF_LEGACY_SYMBOLS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/hash.h"
#include "base/slice.h"
#include "pprof/encode.h"

struct legacy_line { struct slice function, file; int64_t line; };
struct legacy_place {
	uint64_t address;
	struct legacy_line *line;
	size_t count;
};
struct legacy_map { uint64_t start, limit, offset; struct slice file; };
struct legacy_label { char *key, *value; };

struct legacy_symbols {
	struct hmap index;              /* address to place */
	struct legacy_place *place;
	size_t place_count, place_cap;
	struct legacy_map *map;
	size_t map_count;
	/* of the record at hand */
	struct legacy_label *label;
	size_t label_count;
	struct legacy_line *line;       /* # lines, and their addresses */
	uint64_t *line_at;
	size_t line_count, line_cap;
	bool named;
};

void legacy_symbols_init(struct legacy_symbols *s);
void legacy_symbols_fini(struct legacy_symbols *s);
void legacy_symbols_comment(struct legacy_symbols *s, struct slice line);
void legacy_symbols_mapping(struct legacy_symbols *s, struct slice line);
/* Writes the record, with what its comments said. block_size: the label "bytes", or NULL. */
void legacy_symbols_sample(struct legacy_symbols *s, struct encode *w, const uint64_t *address,
                           size_t depth, const int64_t *value, size_t types,
                           const int64_t *block_size);
void legacy_symbols_finish(struct legacy_symbols *s, struct encode *w);

#endif
