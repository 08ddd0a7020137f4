/* gunzip.c - inflating gzip members in one buffer that grows on demand (libdeflate). */
#include "pprof/gunzip.h"

#include <stdint.h>
#include <libdeflate.h>

#include "base/alloc.h"

/* No deflate stream expands more than 1032 to 1 (zlib's own bound). */
enum { MOST_EXPANSION = 1032, LEAST_ROOM = 4096 };

struct inflating {
	const unsigned char *in;
	size_t in_n, at;                /* compressed bytes, and how many are consumed */
	unsigned char *out;
	size_t cap, len, max;
	const char *what;
};

bool
gunzip_is(const void *p, size_t n)
{
	const unsigned char *b = p;

	return n >= 2 && b[0] == 0x1f && b[1] == 0x8b;
}

/* The size the last member claims, if it is possible at all; else a guess. */
static size_t
first_size(const struct inflating *g)
{
	const unsigned char *t = g->in + g->in_n - 4;
	size_t claim, room = g->in_n * 4;

	if (g->in_n < 18)
		return LEAST_ROOM;
	claim = (size_t)t[0] | (size_t)t[1] << 8 | (size_t)t[2] << 16 | (size_t)t[3] << 24;
	if (claim >= g->in_n / 2 && claim / MOST_EXPANSION <= g->in_n)
		room = claim;
	if (room > g->max)
		room = g->max;
	return room < LEAST_ROOM ? LEAST_ROOM : room;
}

static enum err
grow(struct inflating *g, struct err_msg *why)
{
	size_t cap = g->cap == 0 ? first_size(g) : g->cap * 2;
	unsigned char *p;

	if (g->cap >= g->max)
		return err_set(why, ERR_LIMIT, g->what, "raise the limit if you trust the file",
		    "inflates to more than %zu MiB", g->max >> 20);
	if (cap > g->max && g->max >= LEAST_ROOM)
		cap = g->max;
	p = mem_try_resize(g->out, cap);
	if (p == NULL)
		return err_set(why, ERR_MEMORY, g->what,
		    "free some memory, or compare smaller profiles",
		    "no memory for %zu MiB of inflated profile", cap >> 20);
	g->out = p;
	g->cap = cap;
	return ERR_OK;
}

/* One member. ERR_LIMIT without a message means: no room, grow and come again. */
static enum err
member(struct inflating *g, struct libdeflate_decompressor *d, bool *full, struct err_msg *why)
{
	size_t used = 0, made = 0;
	enum libdeflate_result r;

	*full = false;
	r = libdeflate_gzip_decompress_ex(d, g->in + g->at, g->in_n - g->at,
	    g->out + g->len, g->cap - g->len, &used, &made);
	if (r == LIBDEFLATE_INSUFFICIENT_SPACE) {
		*full = true;
		return ERR_OK;
	}
	if (r != LIBDEFLATE_SUCCESS)
		return err_set(why, ERR_FORMAT, g->what, "fetch it again",
		    g->at == 0 ? "broken or cut off gzip data"
		    : "gzip data is followed by something that is not gzip");
	g->at += used;
	g->len += made;
	return ERR_OK;
}

enum err
gunzip(const void *p, size_t n, size_t max, const char *what,
    unsigned char **out, size_t *out_n, struct err_msg *why)
{
	struct inflating g = { .in = p, .in_n = n, .max = max, .what = what };
	struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
	enum err e = d == NULL ? err_set(why, ERR_MEMORY, what, NULL, "no memory") : grow(&g, why);
	bool full;

	while (e == ERR_OK && g.at < n) {
		e = member(&g, d, &full, why);
		if (e == ERR_OK && full)
			e = grow(&g, why);
	}
	if (d != NULL)
		libdeflate_free_decompressor(d);
	if (e == ERR_OK && g.len > max)
		e = err_set(why, ERR_LIMIT, what, "raise the limit if you trust the file",
		    "inflates to more than %zu bytes", max);
	if (e != ERR_OK) {
		mem_free(g.out);
		return e;
	}
	*out = g.out;
	*out_n = g.len;
	return ERR_OK;
}
