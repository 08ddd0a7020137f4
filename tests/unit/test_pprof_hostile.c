/* test_pprof_hostile.c - every kind of bad input by name, and the words it is refused with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include <libdeflate.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "pprof/cursor.h"
#include "pprof/dump.h"
#include "pprof/encode.h"
#include "pprof/profile_load.h"
#include "pprof/series.h"

enum { LIMIT = 1 << 20 };

/* A good profile: 3 samples of one stack, compressed or not. */
static void
good(struct buf *out, bool gzip)
{
	struct encode *w = encode_new(LIMIT);
	int64_t v[4] = { 4, 256, 2, 128 };
	uint64_t f, l;

	encode_type(w, "alloc_objects", "count");
	encode_type(w, "alloc_space", "bytes");
	encode_type(w, "inuse_objects", "count");
	encode_type(w, "inuse_space", "bytes");
	encode_period(w, "space", "bytes", 524288);
	encode_time(w, 1000000000, 0);
	encode_mapping(w, 0x400000, 0x500000, "/bin/app");
	f = encode_function(w, "main.leak", "/src/main.go", 3);
	l = encode_location(w, 0x401000, &(struct encode_line){ f, 5 }, 1);
	for (int i = 0; i < 3; i++)
		encode_sample(w, &l, 1, v, 4,
		    &(struct encode_label){ .key = "bytes", .num = 64 + i }, 1);
	assert_int_equal(encode_finish(w, gzip, out, NULL), ERR_OK);
	encode_free(w);
}

static void
pack(struct buf *out, const void *p, size_t n)
{
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(9);
	size_t bound = libdeflate_gzip_compress_bound(c, n);

	assert_int_equal(buf_reserve(out, bound), ERR_OK);
	out->len += libdeflate_gzip_compress(c, p, n, out->data + out->len, bound);
	libdeflate_free_compressor(c);
}

static void
bomb(struct buf *b)
{
	char *zeros = mem_zero(16 << 20, 1);

	pack(b, zeros, 16 << 20);
	mem_free(zeros);
}

/* Members of one MiB each: every one is small, together they are not. */
static void
many_members(struct buf *b)
{
	char *zeros = mem_zero(1 << 20, 1);

	for (int i = 0; i < 8; i++)
		pack(b, zeros, 1 << 20);
	mem_free(zeros);
}

static void
lying_size(struct buf *b)
{
	good(b, true);
	memset(b->data + b->len - 4, 0xff, 4);
}

static void
small_size(struct buf *b)
{
	good(b, true);
	memset(b->data + b->len - 4, 0, 4);
}

static void
wrong_crc(struct buf *b)
{
	good(b, true);
	b->data[b->len - 6] ^= 1;
}

static void
cut_gzip(struct buf *b)
{
	good(b, true);
	b->len /= 2;
}

static void
tail_junk(struct buf *b)
{
	good(b, true);
	assert_int_equal(buf_add(b, "junk", 4), ERR_OK);
}

static void
cut_raw(struct buf *b)
{
	good(b, false);
	b->len -= 3;
}

static void
twice(struct buf *b)
{
	good(b, true);
	good(b, true);
}

#define TYPE "\x0a\x04\x08\x01\x10\x02"
#define STRINGS "\x32\x00\x32\x01" "a" "\x32\x01" "b"
#define RAW(name, bytes) \
	static void name(struct buf *b) \
	{ \
		assert_int_equal(buf_add(b, bytes, sizeof(bytes) - 1), ERR_OK); \
	}

RAW(huge_length, TYPE STRINGS "\x12\xff\xff\xff\xff\xff\xff\xff\xff\x7f")
RAW(long_number, TYPE STRINGS "\x60\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")
RAW(string_far, "\x0a\x05\x08\x01\x10\xe8\x07" STRINGS)
RAW(location_twice, TYPE STRINGS "\x2a\x04\x08\x01\x10\x01" "\x22\x06\x08\x01\x22\x02\x08\x01"
				 "\x22\x06\x08\x01\x22\x02\x08\x01")
RAW(location_zero, TYPE STRINGS "\x22\x02\x10\x01")
RAW(line_nowhere, TYPE STRINGS "\x22\x06\x08\x01\x22\x02\x08\x07")
/* location 1 is told to be function 1, whose name is location's own number: ids that go in rings */
RAW(id_loop, TYPE STRINGS "\x12\x04\x08\x01\x10\x05" "\x22\x06\x08\x02\x22\x02\x08\x02"
			  "\x2a\x04\x08\x02\x10\x02")
RAW(group_field, TYPE "\xfb\x01\xfc\x01" STRINGS)
RAW(values_many, TYPE STRINGS "\x12\x06\x10\x01\x10\x02\x10\x03")
RAW(html, "<!doctype html><html>")
RAW(nothing, "")
RAW(zeros, "\0\0\0\0\0\0\0\0")

static const struct hostile {
	const char *name;
	void (*make)(struct buf *b);
	enum err err;
	const char *word;               /* stands in what is said */
} table[] = {
	{ "gzip bomb", bomb, ERR_LIMIT, "more than 1 MiB" },
	{ "bomb of many members", many_members, ERR_LIMIT, "more than 1 MiB" },
	{ "size that claims 4 GB", lying_size, ERR_FORMAT, "gzip" },
	{ "size that claims nothing", small_size, ERR_FORMAT, "gzip" },
	{ "wrong checksum", wrong_crc, ERR_FORMAT, "gzip" },
	{ "cut gzip", cut_gzip, ERR_FORMAT, "cut off" },
	{ "bytes behind the end", tail_junk, ERR_FORMAT, "gzip" },
	{ "cut message", cut_raw, ERR_FORMAT, "malformed" },
	{ "two profiles in one", twice, ERR_FORMAT, "concatenated" },
	{ "a length of 2^63", huge_length, ERR_FORMAT, "malformed" },
	{ "a number of eleven bytes", long_number, ERR_FORMAT, "malformed" },
	{ "a string that is not there", string_far, ERR_FORMAT, "malformed" },
	{ "one location twice", location_twice, ERR_FORMAT, "malformed" },
	{ "location 0", location_zero, ERR_FORMAT, "malformed" },
	{ "a line of no function", line_nowhere, ERR_FORMAT, "malformed" },
	{ "ids in a ring", id_loop, ERR_FORMAT, "malformed" },
	{ "a group", group_field, ERR_FORMAT, "malformed" },
	{ "more values than types", values_many, ERR_FORMAT, "malformed" },
	{ "a web page", html, ERR_UNSUPPORTED, "web page" },
	{ "nothing", nothing, ERR_FORMAT, "empty" },
	{ "zeros", zeros, ERR_FORMAT, "malformed" },
};

/* Decoded and walked, as every user of a profile does. */
static enum err
take(const struct buf *b, struct err_msg *why)
{
	struct pprof_profile *p = NULL;
	struct pprof_cursor c;
	struct pprof_sample s;
	enum err e = pprof_decode(&p, buf_str(b), b->len, LIMIT, "it", why);

	if (e != ERR_OK)
		return e;
	e = pprof_cursor_init(&c, p, "it", true, why);
	while (e == ERR_OK)
		e = pprof_cursor_next(&c, &s, why);
	pprof_cursor_fini(&c);
	pprof_free(p);
	return e == ERR_NOTHING ? ERR_OK : e;
}

static void
test_table(void **state)
{
	struct err_msg why;
	struct buf b;

	(void)state;
	buf_init(&b, 64 << 20);
	good(&b, true);
	assert_int_equal(take(&b, &why), ERR_OK);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		const struct hostile *h = &table[i];
		enum err e;

		buf_clear(&b);
		h->make(&b);
		why = (struct err_msg){ .code = ERR_OK };
		e = take(&b, &why);
		if (e != h->err || strstr(why.why, h->word) == NULL || why.next[0] == '\0')
			fail_msg("%s: %s: %s; %s", h->name, err_word(e), why.why, why.next);
	}
	buf_fini(&b);
}

/* None of it changes a series that is there: the last good snapshot stays the last. */
static void
test_series_stays(void **state)
{
	struct series *s = series_new();
	struct pprof_profile *p;
	struct err_msg why;
	struct buf b;

	(void)state;
	buf_init(&b, 64 << 20);
	good(&b, true);
	assert_int_equal(pprof_decode(&p, b.data, b.len, 0, "it", &why), ERR_OK);
	assert_int_equal(series_add(s, p, "it", NULL, &why), ERR_OK);
	pprof_free(p);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		buf_clear(&b);
		table[i].make(&b);
		if (pprof_decode(&p, buf_str(&b), b.len, LIMIT, "it", &why) != ERR_OK)
			continue;
		assert_int_not_equal(series_add(s, p, "it", NULL, &why), ERR_OK);
		pprof_free(p);
	}
	assert_int_equal(s->count, 1);
	assert_int_equal(s->cell_count, 3);
	assert_int_equal(s->snapshot[0].total[3], 3 * 128);
	buf_fini(&b);
	series_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_series_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
