/* profile_load.c - a profile in the form it was found in: message, gzip, or text. */
#include "pprof/profile_load.h"

#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "pprof/dump.h"
#include "pprof/dump_encode.h"
#include "pprof/gunzip.h"
#include "pprof/legacy.h"
#include "pprof/profile_decode.h"

struct loading {
	struct pprof_profile *p;
	const char *what;
	struct err_msg *why;
};

/* What a person may have fetched by mistake, and what to fetch instead. */
static const struct mistake {
	const char *start, *name, *next;
} mistakes[] = {
	{ "<", "a web page", "give the address of the profile, such as /debug/pprof/heap" },
	{ "go 1.", "an execution trace", "open it with go tool trace" },
	{ "\x28\xb5\x2f\xfd", "compressed with zstd", "unpack it first: zstd -d FILE" },
	{ "\xfd"
	  "7zXZ",
	    "compressed with xz", "unpack it first: xz -d FILE" },
	{ "BZh", "compressed with bzip2", "unpack it first: bzip2 -d FILE" },
	{ "PK\x03\x04", "a zip archive", "unpack it first" },
	{ "\x7f"
	  "ELF",
	    "a program", "give its profile; go tool pprof takes both, vise needs only that" },
};

static const struct mistake *
mistaken(const void *data, size_t n)
{
	struct slice s = slice_make(data, n);

	for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++)
		if (slice_starts(s, mistakes[i].start))
			return &mistakes[i];
	return NULL;
}

/* The first bytes of a message always hold some that no text has. */
static bool
looks_printed(struct slice s)
{
	for (size_t i = 0; i < s.n && i < 512; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != 0x1b)
			return false;
	}
	return s.n > 0;
}

static bool
is_text(struct slice s)
{
	return legacy_is(s) || (looks_printed(s) && dump_is(s.p, s.n));
}

/* A profile in text form takes the place of the message; anything else stays as it is. */
static enum err
from_text(struct loading *d, struct slice text, size_t limit)
{
	struct buf b;
	enum err e;

	if (!is_text(text))
		return ERR_OK;
	buf_init(&b, limit);
	e = legacy_is(text) ? legacy_encode(text, d->what, &b, d->why)
			    : dump_encode(text, d->what, &b, d->why);
	if (e == ERR_OK) {
		mem_free(d->p->raw);
		d->p->raw_n = b.len;
		d->p->raw = (unsigned char *)buf_take(&b);
	}
	buf_fini(&b);
	return e;
}

static enum err
load(struct loading *d, const void *data, size_t n, size_t limit)
{
	const struct mistake *m = is_text(slice_make(data, n)) ? NULL : mistaken(data, n);

	if (m != NULL)
		return err_set(d->why, ERR_UNSUPPORTED, d->what, m->next,
		    "this is %s, not a profile", m->name);
	if (n > LIMIT_PROFILE_IN || n > limit)
		return err_set(d->why, ERR_LIMIT, d->what, "raise the limit if you trust the file",
		    "%zu bytes are more than the limit", n);
	if (gunzip_is(data, n)) {
		enum err e = gunzip(data, n, limit, d->what, &d->p->raw, &d->p->raw_n, d->why);

		return e != ERR_OK ? e : from_text(d, slice_make((char *)d->p->raw, d->p->raw_n),
		    limit);
	}
	if (is_text(slice_make(data, n)))
		return from_text(d, slice_make(data, n), limit);
	d->p->raw = mem_try(n == 0 ? 1 : n);
	if (d->p->raw == NULL)
		return err_set(d->why, ERR_MEMORY, d->what, NULL, "no memory for it");
	if (n > 0)
		memcpy(d->p->raw, data, n);
	d->p->raw_n = n;
	return ERR_OK;
}

enum err
pprof_decode(struct pprof_profile **out, const void *data, size_t n, uint64_t limit_bytes,
    const char *what, struct err_msg *why)
{
	struct loading d = { .p = mem_zero(1, sizeof(*d.p)), .what = what, .why = why };
	uint64_t limit = limit_bytes == 0 ? LIMIT_PROFILE_OUT : limit_bytes;
	enum err e;

	if (limit > UINT32_MAX)
		limit = UINT32_MAX;     /* string offsets are 32 bits wide */
	e = load(&d, data, n, (size_t)limit);
	if (e == ERR_OK)
		e = profile_decode(d.p, what, why);
	if (e != ERR_OK) {
		pprof_free(d.p);
		return e;
	}
	*out = d.p;
	return ERR_OK;
}
