/*
 * slice.h - a borrowed piece of text: pointer and length, not ended by NUL.
 *
 * Layer   base. Parsers work on slices and copy only what must live (mpv's bstr habit).
 */
#ifndef BASE_SLICE_H
#define BASE_SLICE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct slice {
	const char *p;
	size_t n;
};

struct slice slice_of(const char *s);                   /* NULL gives the empty slice */
struct slice slice_make(const char *p, size_t n);
bool   slice_is(struct slice a, const char *s);
bool   slice_eq(struct slice a, struct slice b);
bool   slice_starts(struct slice a, const char *s);
bool   slice_ends(struct slice a, const char *s);
struct slice slice_skip(struct slice a, size_t n);      /* clipped */
struct slice slice_trim(struct slice a);                /* blanks, CR, LF at both ends */
/* Cuts at the first c: returns what stands before it, *rest is what follows (empty if no c). */
struct slice slice_cut(struct slice a, char c, struct slice *rest);
struct slice slice_word(struct slice *rest);            /* next run of non-blanks */
/* Strict numbers: the whole slice must be one, within [min, max]. */
bool   slice_u64(struct slice a, uint64_t max, uint64_t *out);
bool   slice_i64(struct slice a, int64_t *out);
bool   slice_hex(struct slice a, uint64_t *out);
bool   slice_f64(struct slice a, double *out);
/* "500ms", "2s", "10m", "1h", bare seconds -> nanoseconds. "4K", "1M", "2G", "512" -> bytes. */
bool   slice_duration(struct slice a, uint64_t *ns);
bool   slice_bytes(struct slice a, uint64_t *bytes);
/* on true yes 1, off false no 0 */
bool   slice_bool(struct slice a, bool *out);
int64_t slice_find(struct slice hay, struct slice needle); /* -1 when absent */

#endif
