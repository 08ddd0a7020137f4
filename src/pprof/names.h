/*
 * names.h - texts of one or two profiles interned to small numbers, and pprof's clean-ups of names.
 *
 * Layer   pprof, private to this folder. Interned slices borrow the profiles' bytes (which must
 *         outlive the table) or memory the table owns. Number 0 is the empty text.
 * Source  google/pprof internal/symbolizer (demangle heuristics), internal/report/source.go
 *         (trimPath), Go's path/filepath.Clean and Base. Real C++ demangling (_Z...) is not done.
 */
#ifndef PPROF_NAMES_H
#define PPROF_NAMES_H
#include <stdbool.h>
#include <stdint.h>
#include "base/hash.h"
#include "base/slice.h"

struct names {
	struct slice *text;
	uint32_t count, cap;
	struct hmap index;
	uint64_t seed;
	char   **owned;
	uint32_t owned_count, owned_cap;
	/* lists with ':', or NULL: prefixes to cut off file names; where sources are looked for */
	const char *trim_path, *source_path;
	bool     whole_files;           /* file names are not trimmed at all */
};

void     names_init(struct names *n);
void     names_fini(struct names *n);
uint32_t names_put(struct names *n, struct slice text);
/* The function name pprof shows for a stored name and system name. */
uint32_t names_put_function(struct names *n, struct slice name, struct slice system_name);
/* The file name pprof shows: prefixes trimmed, the path cleaned. */
uint32_t names_put_file(struct names *n, struct slice file);
struct slice names_base(struct slice path);             /* filepath.Base */
/* pprof's trimPath: trim and source are lists with ':', or NULL. A part of file. */
struct slice names_trim(struct slice file, const char *trim, const char *source);

#endif
