/*
 * pattern.h - searching bytes for what a user asked for: literal text or a PCRE2 pattern.
 *
 * Layer   text. Patterns come from the user, the bytes from a board: both sizes and the work
 *         are bounded.
 * Owns    pattern_new gives a handle for pattern_free. A match is offsets into the bytes searched.
 * How     text without special characters is found by memmem; the rest by PCRE2 with JIT,
 *         limits on matching and depth. Bytes are bytes: no UTF mode, so no input is "invalid".
 * Stream  pattern_stream finds the first match in bytes that come in pieces, in linear time:
 *         what can no longer be part of a match is dropped, what waits is at most
 *         LIMIT_EXPECT_WINDOW.
 */
#ifndef TEXT_PATTERN_H
#define TEXT_PATTERN_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"

enum { PATTERN_GROUPS = 16 };
enum { PATTERN_LITERAL = 1 /* no character is special */, PATTERN_ICASE = 2 };

struct pattern;
struct pattern_span { size_t start, end; };     /* start > end: the group took no part */
struct pattern_match {
	size_t groups;                          /* spans that are filled, >= 1: the whole is 0 */
	struct pattern_span span[PATTERN_GROUPS];
};

enum pattern_found { PATTERN_NO, PATTERN_YES, PATTERN_GAVE_UP /* a limit was met */ };

/* ERR_FORMAT with the place of the fault, ERR_LIMIT over LIMIT_PATTERN bytes, ERR_USAGE
 * when empty. */
enum err pattern_new(const char *text, size_t n, unsigned flags, struct pattern **out,
                     struct err_msg *why);
void     pattern_free(struct pattern *p);       /* NULL is fine */
/* The name of a group, (?<name>...); NULL when it has none. */
const char *pattern_group(const struct pattern *p, unsigned group);
/* The first match that begins at or after from. */
enum pattern_found pattern_find(const struct pattern *p, const char *hay, size_t n, size_t from,
                                struct pattern_match *m);

struct pattern_stream {
	const struct pattern *p;
	struct buf keep;                        /* bytes that may still begin a match */
	uint64_t at;                            /* stream offset of keep.data[0] */
	size_t   from;                          /* keep before this is context only */
	bool     dropped; /* the window was too small once: bytes were let go */
};

void pattern_stream_init(struct pattern_stream *s, const struct pattern *p, uint64_t offset);
void pattern_stream_fini(struct pattern_stream *s);
/* Adds bytes, at most LIMIT_EXPECT_WINDOW. PATTERN_YES: m holds offsets into s->keep; what
 * follows the match stays for the next call (which may be made with n 0). The stream
 * offset of a span is s->at + span.start. */
enum pattern_found pattern_stream_feed(struct pattern_stream *s, const char *p, size_t n,
                                       struct pattern_match *m);

#endif
