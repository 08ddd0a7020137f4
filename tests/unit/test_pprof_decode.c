/* test_pprof_decode.c - what the profile decoder takes and refuses: the traps of research/pprof.md
 * 7. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include <libdeflate.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/limits.h"
#include "pprof/cursor.h"
#include "pprof/encode.h"
#include "pprof/profile_load.h"

/* A profile by hand: bytes of fields. Strings: "", "a", "b" stand at 0, 1, 2. */
#define TYPE "\x0a\x04\x08\x01\x10\x02"                 /* sample_type a/b */
#define STRINGS "\x32\x00\x32\x01" "a" "\x32\x01" "b"
#define FUNCTION(id) "\x2a\x04\x08" id "\x10\x01"       /* function id, name a */
#define LOCATION(id, fn) "\x22\x06\x08" id "\x22\x02\x08" fn
#define BYTES(s) s, sizeof(s) - 1

struct seen {
	enum err err;
	uint32_t samples;
	size_t locs, labels;
	int64_t sum, first;
};

static struct seen
decode_limited(const void *data, size_t n, uint64_t limit)
{
	struct seen seen = { .err = ERR_OK };
	struct pprof_profile *p = NULL;
	struct pprof_cursor c;
	struct pprof_sample s;
	struct err_msg why = { .code = ERR_OK };

	seen.err = pprof_decode(&p, data, n, limit, "test", &why);
	if (seen.err != ERR_OK) {
		assert_int_equal(seen.err, why.code);
		assert_true(why.why[0] != '\0');
		return seen;
	}
	assert_int_equal(pprof_cursor_init(&c, p, "test", true, &why), ERR_OK);
	while ((seen.err = pprof_cursor_next(&c, &s, &why)) == ERR_OK) {
		if (seen.samples++ == 0)
			seen.first = s.value[0];
		seen.sum = (int64_t)((uint64_t)seen.sum + (uint64_t)s.value[0]);
		seen.locs += s.loc_count;
		seen.labels += s.label_count;
	}
	if (seen.err == ERR_NOTHING)
		seen.err = ERR_OK;
	pprof_cursor_fini(&c);
	pprof_free(p);
	return seen;
}

static struct seen
decode(const void *data, size_t n)
{
	return decode_limited(data, n, 0);
}

struct trap {
	const char *name, *data;
	size_t n;
	enum err err;
	uint32_t samples;
	int64_t sum;
};

static const struct trap traps[] = {
	{ "types only", BYTES(TYPE STRINGS), ERR_OK, 0, 0 },
	{ "value unpacked, before location, strings last",
	    BYTES(
		TYPE "\x12\x04\x10\x07\x08\x01" LOCATION("\x01", "\x01") FUNCTION("\x01") STRINGS),
	    ERR_OK, 1, 7 },
	{ "value and location packed",
	    BYTES(TYPE "\x12\x06\x0a\x01\x01\x12\x01\x05" LOCATION("\x01", "\x01") FUNCTION("\x01")
		    STRINGS),
	    ERR_OK, 1, 5 },
	{ "location ids packed and unpacked mixed",
	    BYTES(TYPE "\x12\x07\x08\x01\x0a\x01\x01\x10\x05" LOCATION("\x01", "\x01")
		    FUNCTION("\x01") STRINGS),
	    ERR_OK, 1, 5 },
	{ "a sample without locations", BYTES(TYPE "\x12\x02\x10\x09" STRINGS), ERR_OK, 1, 9 },
	{ "a negative value in ten bytes",
	    BYTES(TYPE "\x12\x0b\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01" STRINGS), ERR_OK, 1,
	    -1 },
	{ "ids that are not dense",
	    BYTES(TYPE "\x12\x05\x08\xac\x02\x10\x03"
		       "\x22\x08\x08\xac\x02\x22\x03\x08\x90\x03"
		       "\x2a\x05\x08\x90\x03\x10\x01" STRINGS),
	    ERR_OK, 1, 3 },
	{ "ids small but out of order",
	    BYTES(TYPE "\x12\x04\x08\x02\x10\x03" LOCATION("\x02", "\x01") LOCATION("\x01", "\x01")
		    FUNCTION("\x01") STRINGS),
	    ERR_OK, 1, 3 },
	{ "a mapping that is not there is none",
	    BYTES(TYPE "\x12\x04\x08\x01\x10\x03"
		       "\x22\x04\x08\x01\x10\x09" STRINGS),
	    ERR_OK, 1, 3 },
	{ "unknown fields of all four wire types",
	    BYTES(TYPE "\xf8\x01\x05"
		       "\xf9\x01"
		       "12345678"
		       "\xfa\x01\x02xx"
		       "\xfd\x01"
		       "1234" STRINGS),
	    ERR_OK, 0, 0 },
	{ "a label with text and number",
	    BYTES(TYPE "\x12\x0a\x10\x01\x1a\x06\x08\x01\x10\x02\x18\x05" STRINGS), ERR_OK, 1, 1 },
	{ "a string's length in two bytes where one is enough",
	    BYTES(TYPE "\x32\x80\x00"
		       "\x32\x01"
		       "a"
		       "\x32\x01"
		       "b"),
	    ERR_OK, 0, 0 },
	{ "empty input", BYTES(""), ERR_FORMAT, 0, 0 },
	{ "no strings at all", BYTES("\x0a\x00"), ERR_FORMAT, 0, 0 },
	{ "first string not empty",
	    BYTES("\x32\x01"
		  "a"
		  "\x32\x00" TYPE),
	    ERR_FORMAT, 0, 0 },
	{ "no sample types", BYTES(STRINGS), ERR_FORMAT, 0, 0 },
	{ "samples but no types", BYTES("\x12\x02\x10\x09" STRINGS), ERR_FORMAT, 0, 0 },
	{ "a string index out of range", BYTES("\x0a\x04\x08\x01\x10\x07" STRINGS), ERR_FORMAT, 0,
	    0 },
	{ "a string index of 2^63",
	    BYTES("\x0a\x0d\x08\x01\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01" STRINGS),
	    ERR_FORMAT, 0, 0 },
	{ "a label's key out of range",
	    BYTES(TYPE "\x12\x08\x10\x01\x1a\x04\x08\x7f\x18\x05" STRINGS), ERR_FORMAT, 0, 0 },
	{ "too many values", BYTES(TYPE "\x12\x04\x10\x01\x10\x02" STRINGS), ERR_FORMAT, 0, 0 },
	{ "too many values, packed", BYTES(TYPE "\x12\x04\x12\x02\x01\x02" STRINGS), ERR_FORMAT, 0,
	    0 },
	{ "no value", BYTES(TYPE "\x12\x00" STRINGS), ERR_FORMAT, 0, 0 },
	{ "a location that is not there", BYTES(TYPE "\x12\x04\x08\x01\x10\x07" STRINGS),
	    ERR_FORMAT, 0, 0 },
	{ "location id 0 in a sample",
	    BYTES(
		TYPE "\x12\x04\x08\x00\x10\x07" LOCATION("\x01", "\x01") FUNCTION("\x01") STRINGS),
	    ERR_FORMAT, 0, 0 },
	{ "a location with id 0", BYTES(TYPE LOCATION("\x00", "\x01") FUNCTION("\x01") STRINGS),
	    ERR_FORMAT, 0, 0 },
	{ "a location twice",
	    BYTES(TYPE LOCATION("\x01", "\x01") LOCATION("\x01", "\x01") FUNCTION("\x01") STRINGS),
	    ERR_FORMAT, 0, 0 },
	{ "a large id twice",
	    BYTES(TYPE "\x2a\x05\x08\x90\x03\x10\x01"
		       "\x2a\x05\x08\x90\x03\x10\x01" STRINGS),
	    ERR_FORMAT, 0, 0 },
	{ "a line without a function", BYTES(TYPE "\x22\x06\x08\x01\x22\x02\x10\x05" STRINGS),
	    ERR_FORMAT, 0, 0 },
	{ "a line whose function is not there",
	    BYTES(TYPE LOCATION("\x01", "\x05") FUNCTION("\x01") STRINGS), ERR_FORMAT, 0, 0 },
	{ "time_nanos twice", BYTES(TYPE "\x48\x01\x48\x02" STRINGS), ERR_FORMAT, 0, 0 },
	{ "a group", BYTES(TYPE "\xfb\x01\xfc\x01" STRINGS), ERR_FORMAT, 0, 0 },
	{ "an eleven-byte number",
	    BYTES(TYPE "\x60\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01" STRINGS), ERR_FORMAT, 0,
	    0 },
	{ "a length past the end", BYTES(TYPE STRINGS "\x12\x7f\x10"), ERR_FORMAT, 0, 0 },
	{ "a field of the wrong wire type", BYTES(TYPE STRINGS "\x10\x01"), ERR_FORMAT, 0, 0 },
	{ "a text heap profile without records",
	    BYTES("heap profile: 1: 2 [3: 4] @ heap/1048576\n"), ERR_OK, 0, 0 },
	{ "a text heap profile",
	    BYTES("heap profile: 1: 8 [3: 24] @ heap/2\n"
		  "1: 8 [3: 24] @ 0x10 0x20\n#\t0xf\tmain.leak+0x2\t\tleak.go:3\n"),
	    ERR_OK, 1, 3 },
	{ "a broken text record", BYTES("heap profile: 1: 8 [3: 24] @ heap/2\n1: 8 [3: @ 0x1\n"),
	    ERR_FORMAT, 0, 0 },
	{ "bytes without a count", BYTES("heap profile: 1: 8 [1: 8] @ heap/2\n0: 8 [0: 8] @ 0x1\n"),
	    ERR_FORMAT, 0, 0 },
	{ "zstd", BYTES("\x28\xb5\x2f\xfd...."), ERR_UNSUPPORTED, 0, 0 },
	{ "a goroutine dump",
	    BYTES("goroutine 1 [running]:\nmain.main()\n\t/src/main.go:3 +0x1d\n"), ERR_OK, 1, 1 },
	{ "a web page", BYTES("<html>"), ERR_UNSUPPORTED, 0, 0 },
};

static void
test_traps(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(traps) / sizeof(traps[0]); i++) {
		const struct trap *t = &traps[i];
		struct seen s = decode(t->data, t->n);

		if (s.err != t->err ||
		    (s.err == ERR_OK && (s.samples != t->samples || s.sum != t->sum)))
			fail_msg("%s: %s, %u samples, sum %lld", t->name, err_word(s.err),
			    s.samples, (long long)s.sum);
	}
}

/* A whole small profile, gzip'd or not. */
static void
make(struct buf *out, bool gzip)
{
	struct encode *w = encode_new(1 << 20);
	int64_t value[2] = { 3, INT64_C(9007199254740993) };   /* 2^53 + 1 */
	struct encode_label label[2] = {
		{ .key = "bytes", .num = 64, .unit = "bytes" }, { .key = "route", .str = "/x" },
	};
	uint64_t f, l[3];

	encode_type(w, "inuse_objects", "count");
	encode_type(w, "inuse_space", "bytes");
	encode_mapping(w, 0x400000, 0x500000, "/bin/app");
	f = encode_function(w, "main.leak", "/src/main.go", 3);
	for (int i = 0; i < 3; i++)
		l[i] = encode_location(
		    w, 0x401000u + (unsigned)i, &(struct encode_line){ f, 5 + i }, 1);
	encode_sample(w, l, 3, value, 2, label, 2);
	encode_sample(w, l + 1, 1, value, 2, NULL, 0);
	encode_time(w, 1000, 0);
	assert_int_equal(encode_finish(w, gzip, out, NULL), ERR_OK);
	encode_free(w);
}

static void
test_every_truncation(void **state)
{
	(void)state;
	for (int gzip = 0; gzip < 2; gzip++) {
		struct seen whole, part;
		struct buf b;

		buf_init(&b, 1 << 20);
		make(&b, gzip != 0);
		whole = decode(b.data, b.len);
		assert_int_equal(whole.err, ERR_OK);
		assert_int_equal(whole.samples, 2);
		assert_int_equal(whole.locs, 4);
		assert_int_equal(whole.labels, 2);
		for (size_t n = 0; n < b.len; n++) {
			/* a copy of exactly n bytes, so that a sanitizer sees one byte too many */
			char *copy = mem_dup(b.data, n == 0 ? 1 : n);

			part = decode(copy, n);
			/* Cut between fields the raw form may still be a profile; compressed never.
			 * */
			assert_true(!gzip || part.err != ERR_OK);
			mem_free(copy);
		}
		buf_fini(&b);
	}
}

static void
test_every_bit(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1 << 20);
	make(&b, false);
	for (size_t i = 0; i < b.len * 8; i++) {
		char *copy = mem_dup(b.data, b.len);

		copy[i / 8] = (char)(copy[i / 8] ^ (1 << i % 8));
		(void)decode(copy, b.len);      /* must end, in any way */
		mem_free(copy);
	}
	buf_fini(&b);
}

static void
gzip_one(struct buf *out, const void *p, size_t n)
{
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(6);
	size_t bound = libdeflate_gzip_compress_bound(c, n);

	assert_int_equal(buf_reserve(out, bound), ERR_OK);
	out->len += libdeflate_gzip_compress(c, p, n, out->data + out->len, bound);
	libdeflate_free_compressor(c);
}

static void
test_members(void **state)
{
	struct buf raw, gz;

	(void)state;
	buf_init(&raw, 1 << 20);
	buf_init(&gz, 1 << 20);
	make(&raw, false);
	/* one message over two members */
	gzip_one(&gz, raw.data, raw.len / 2);
	gzip_one(&gz, raw.data + raw.len / 2, raw.len - raw.len / 2);
	assert_int_equal(decode(gz.data, gz.len).err, ERR_OK);
	assert_int_equal(decode(gz.data, gz.len).samples, 2);
	/* junk behind the last member */
	assert_int_equal(buf_add(&gz, "\0\0\0", 3), ERR_OK);
	assert_int_equal(decode(gz.data, gz.len).err, ERR_FORMAT);
	/* two whole profiles, as cat makes them */
	buf_clear(&gz);
	gzip_one(&gz, raw.data, raw.len);
	gzip_one(&gz, raw.data, raw.len);
	assert_int_equal(decode(gz.data, gz.len).err, ERR_FORMAT);
	buf_fini(&raw);
	buf_fini(&gz);
}

static void
test_wrong_checksum_and_size(void **state)
{
	struct buf gz;

	(void)state;
	buf_init(&gz, 1 << 20);
	make(&gz, true);
	gz.data[gz.len - 1] = (char)0xff;       /* ISIZE: claims 4 GB */
	assert_int_equal(decode(gz.data, gz.len).err, ERR_FORMAT);
	buf_clear(&gz);
	make(&gz, true);
	gz.data[gz.len - 8] ^= 1;               /* CRC */
	assert_int_equal(decode(gz.data, gz.len).err, ERR_FORMAT);
	buf_fini(&gz);
}

static void
test_limit_exact(void **state)
{
	struct buf raw, gz;

	(void)state;
	buf_init(&raw, 1 << 20);
	buf_init(&gz, 1 << 20);
	make(&raw, false);
	gzip_one(&gz, raw.data, raw.len);
	assert_int_equal(decode_limited(gz.data, gz.len, raw.len - 1).err, ERR_LIMIT);
	assert_int_equal(decode_limited(gz.data, gz.len, raw.len).err, ERR_OK);
	assert_int_equal(decode_limited(gz.data, gz.len, raw.len + 1).err, ERR_OK);
	assert_int_equal(decode_limited(raw.data, raw.len, raw.len - 1).err, ERR_LIMIT);
	assert_int_equal(decode_limited(raw.data, raw.len, raw.len).err, ERR_OK);
	buf_fini(&raw);
	buf_fini(&gz);
}

static void
test_bomb(void **state)
{
	enum { SIZE = 64 << 20 };
	char *zeros = mem_zero(SIZE, 1);
	struct buf gz;

	(void)state;
	buf_init(&gz, 2 * (size_t)SIZE);
	gzip_one(&gz, zeros, SIZE);
	mem_free(zeros);
	assert_true(gz.len < 1 << 20);
	assert_int_equal(decode_limited(gz.data, gz.len, 1 << 20).err, ERR_LIMIT);
	buf_fini(&gz);
}

static void
test_type_index(void **state)
{
	struct pprof_profile *p;
	struct err_msg why;
	struct buf b;
	uint32_t i;

	(void)state;
	buf_init(&b, 1 << 20);
	make(&b, true);
	assert_int_equal(pprof_decode(&p, b.data, b.len, 0, "test", &why), ERR_OK);
	assert_int_equal(pprof_type_index(p, NULL, &i, &why), ERR_OK);
	assert_int_equal(i, 1);
	assert_int_equal(pprof_type_index(p, "inuse_objects", &i, &why), ERR_OK);
	assert_int_equal(i, 0);
	assert_int_equal(pprof_type_index(p, "0", &i, &why), ERR_OK);
	assert_int_equal(i, 0);
	assert_int_equal(pprof_type_index(p, "2", &i, &why), ERR_USAGE);
	assert_int_equal(pprof_type_index(p, "-1", &i, &why), ERR_USAGE);
	assert_int_equal(pprof_type_index(p, "space", &i, &why), ERR_USAGE);
	assert_non_null(strstr(why.why, "inuse_objects inuse_space"));
	pprof_free(p);
	buf_fini(&b);
}

/* Decode, write again, decode: nothing is lost. */
static void
test_round_trip(void **state)
{
	struct pprof_profile *p, *q;
	struct seen before, after;
	struct buf b, again;

	(void)state;
	buf_init(&b, 1 << 20);
	buf_init(&again, 1 << 20);
	make(&b, true);
	before = decode(b.data, b.len);
	assert_int_equal(pprof_decode(&p, b.data, b.len, 0, "test", NULL), ERR_OK);
	assert_int_equal(encode_profile(p, "test", true, &again, NULL), ERR_OK);
	after = decode(again.data, again.len);
	assert_memory_equal(&before, &after, sizeof(before));
	assert_int_equal(pprof_decode(&q, again.data, again.len, 0, "test", NULL), ERR_OK);
	assert_int_equal(q->time_nanos, 1000);
	assert_int_equal(q->mapping_count, 1);
	assert_true(slice_is(pprof_string(q, q->mapping[0].file), "/bin/app"));
	assert_int_equal(q->function[0].start_line, 3);
	assert_int_equal(q->line[2].line, 7);
	pprof_free(p);
	pprof_free(q);
	buf_fini(&b);
	buf_fini(&again);
}

/* Every allocation that a file can make large is refused once: an error, no crash, no leak. */
static int fail_after;

static void *
failing_alloc(size_t n)
{
	return fail_after-- == 0 ? NULL : test_malloc(n);
}

static void *
failing_resize(void *p, size_t n)
{
	return fail_after-- == 0 ? NULL : test_realloc(p, n);
}

static void
test_release(void *p)
{
	test_free(p);
}

static void
test_no_memory(void **state)
{
	static const struct mem_ops ops = { failing_alloc, failing_resize, test_release };
	struct pprof_profile *p;
	struct err_msg why;
	struct buf b;
	enum err e;

	(void)state;
	buf_init(&b, 1 << 20);
	make(&b, false);
	mem_set_ops(&ops);
	/* The first allocation is the profile itself, by mem_zero: small, never refused. */
	for (int n = 1;; n++) {
		fail_after = n;
		e = pprof_decode(&p, b.data, b.len, 0, "test", &why);
		if (e == ERR_OK)
			break;
		assert_int_equal(e, ERR_MEMORY);
	}
	fail_after = -1;
	pprof_free(p);
	mem_set_ops(NULL);
	buf_fini(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_traps),
		cmocka_unit_test(test_every_truncation),
		cmocka_unit_test(test_every_bit),
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_wrong_checksum_and_size),
		cmocka_unit_test(test_limit_exact),
		cmocka_unit_test(test_bomb),
		cmocka_unit_test(test_type_index),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
