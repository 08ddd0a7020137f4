/*
 * stream.h - bytes of a console or a job as a script reads them: a window, a cursor, waiting
 * matches, line callbacks.
 *
 * Layer   script; no Lua in it. Offsets are those of the bench's stream.
 * Window  the last LIMIT_EXPECT_WINDOW bytes that were not consumed yet; what falls out is
 *         counted in `dropped`. Matching is fed as bytes arrive, so a match is found whatever the
 *         window's size.
 * Owns    the list of streams belongs to the link, which frees them last; expects and
 *         subscriptions are their maker's.
 */
#ifndef SCRIPT_STREAM_H
#define SCRIPT_STREAM_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/list.h"
#include "script/rx_run.h"
#include "script/strip.h"

enum stream_state { STREAM_OPEN, STREAM_LOST, STREAM_ENDED };

struct stream {
	struct list node;
	uint32_t id;
	char name[64], why[160];
	enum stream_state state;
	struct buf window;
	uint64_t base;                  /* offset of window.data[0] */
	uint64_t cursor;                /* offset of the first byte not consumed */
	uint64_t dropped;
	uint64_t passed;                /* of them, before what was consumed last */
	unsigned losses;                /* how often the port went */
	uint64_t last_mono;             /* when the last bytes came */
	bool started;                   /* base is known */
	struct list expects, subs;
	void (*news)(void *arg, struct stream *s);      /* bytes came or the state changed */
	void *arg;
};

struct stream_expect {
	struct list node;
	struct stream *stream;
	struct rx *rx;                  /* owned */
	struct rx_run *run;
	bool strip;                     /* escapes are not looked at */
	bool all;                       /* what others consume is looked at too */
	struct strip escapes;
	bool decided;
};

struct stream_sub {
	struct list node;
	struct buf part;
	void (*line)(void *arg, const char *p, size_t n);
	void *arg;
};

void     stream_init(struct stream *s, uint32_t id, const char *name);
void     stream_fini(struct stream *s);
void     stream_feed(struct stream *s, uint64_t offset, const char *p, size_t n);
void     stream_set_state(struct stream *s, enum stream_state state, const char *why);
uint64_t stream_end(const struct stream *s);
/* may lie beyond the end: then up to it as bytes come */
void     stream_consume(struct stream *s, uint64_t offset);
/* The bytes [from, to) as far as they are kept. */
size_t   stream_piece(const struct stream *s, uint64_t from, uint64_t to, const char **p);
/* Feeds what the window holds from an offset on (the cursor, where it is before that), then what
 * comes. rx is taken. Offsets of a match are those of the raw stream, with strip too. */
void     stream_expect_start(struct stream *s, struct stream_expect *e, struct rx *rx, bool strip,
    uint64_t from);
/* Another match, from an offset on. */
void     stream_expect_again(struct stream_expect *e, uint64_t from);
void     stream_expect_end(struct stream_expect *e);            /* twice is fine */
void     stream_subscribe(struct stream *s, struct stream_sub *sub);
void     stream_unsubscribe(struct stream_sub *sub);            /* twice is fine */
/* The next whole line from the cursor (without its end), consumed; false when there is none yet. */
bool     stream_line(struct stream *s, const char **p, size_t *n);

#endif
