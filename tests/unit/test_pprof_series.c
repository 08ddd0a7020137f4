/* test_pprof_series.c - a series keeps what was put in, says what cannot be compared, stays small,
 * and survives torn and hostile files. */
#include "pprof/profile_load.h"
#include "pprof_make.h"

#include <libdeflate.h>
#include <time.h>

#include "pprof/series.h"
#include "pprof/series_file.h"

#define S INT64_C(1000000000)

static const struct make_row few[] = { { 1, 64, 10, 5 }, { 1, 128, 4, 4 }, { 2, 64, 9, 1 } };
static const struct make_row more[] = { { 2, 64, 12, 3 }, { 1, 64, 11, 5 }, { 1, 128, 4, 4 },
	{ 3, 32, 1, 1 } };

static enum err
add(struct series *s, const struct make *m, const char *run)
{
	struct pprof_profile *p = make_profile(m);
	struct err_msg why;
	enum err e = series_add(s, p, "made", &(struct series_meta){ .run = run }, &why);

	pprof_free(p);
	return e;
}

static void
must_add(struct series *s, int64_t time, const struct make_row *row, size_t rows)
{
	assert_int_equal(
	    add(s, &(struct make){ .time = time, .rate = 1, .row = row, .rows = rows }, NULL),
	    ERR_OK);
}

static struct series *
three(void)
{
	struct series *s = series_new();

	must_add(s, 1 * S, few, 3);
	must_add(s, 2 * S, more, 4);
	must_add(s, 3 * S, few + 1, 0); /* nothing at all, but no counter may fall: see below */
	return s;
}

static void
test_what_is_put_in(void **state)
{
	struct series *s = series_new();
	struct series_walk w;

	(void)state;
	must_add(s, 1 * S, few, 3);
	must_add(s, 2 * S, more, 4);
	assert_int_equal(s->count, 2);
	assert_int_equal(s->stack_count, 3);    /* by content: the order in the file is another */
	assert_int_equal(s->cell_count, 4);     /* stack 1 has two sizes */
	assert_int_equal(s->snapshot[0].cut, SERIES_FIRST);
	assert_int_equal(s->snapshot[1].cut, SERIES_NO_CUT);
	assert_int_equal(s->snapshot[1].changed, 3);
	assert_int_equal(s->snapshot[0].total[3], 5 * 64 + 4 * 128 + 64);
	assert_int_equal(s->snapshot[1].total[3], 3 * 64 + 5 * 64 + 4 * 128 + 32);
	assert_int_equal(series_walk_init(&w, s, NULL), ERR_OK);
	assert_true(series_walk_next(&w));
	assert_int_equal(w.value[3], 5 * 64);
	assert_int_equal(w.value[3 * 4 + 3], 0);
	assert_true(series_walk_next(&w));
	assert_int_equal(w.value[0], 11);
	assert_int_equal(w.value[3 * 4 + 3], 32);
	assert_false(series_walk_next(&w));
	series_walk_fini(&w);
	series_free(s);
}

struct cut_case {
	const char *name;
	struct make m;
	const char *run;
	enum series_cut cut;
};

static void
test_cuts(void **state)
{
	static const struct make_row less[] = { { 1, 64, 2, 2 } };
	static const struct cut_case cases[] = {
		{ "all is well", { .time = 2 * S, .rate = 1, .row = more, .rows = 4 }, "pid 1",
		    SERIES_NO_CUT },
		{ "another pid", { .time = 2 * S, .rate = 1, .row = more, .rows = 4 }, "pid 2",
		    SERIES_RESTART },
		{ "no pid known", { .time = 2 * S, .rate = 1, .row = more, .rows = 4 }, NULL,
		    SERIES_NO_CUT },
		{ "counters fell", { .time = 2 * S, .rate = 1, .row = less, .rows = 1 }, "pid 1",
		    SERIES_RESTART },
		{ "another rate", { .time = 2 * S, .rate = 2, .row = more, .rows = 4 }, "pid 1",
		    SERIES_RATE },
		{ "another build",
		    { .time = 2 * S, .rate = 1, .limit = 0x903000, .row = more, .rows = 4 },
		    "pid 1", SERIES_PROGRAM },
		{ "the clock went back", { .time = 1, .rate = 1, .row = more, .rows = 4 }, "pid 1",
		    SERIES_CLOCK },
		{ "the same instant", { .time = 1 * S, .rate = 1, .row = more, .rows = 4 }, "pid 1",
		    SERIES_CLOCK },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct series *s = series_new();
		struct make first = { .time = 1 * S, .rate = 1, .row = few, .rows = 3 };

		assert_int_equal(add(s, &first, "pid 1"), ERR_OK);
		assert_int_equal(add(s, &cases[i].m, cases[i].run), ERR_OK);
		if (s->snapshot[1].cut != cases[i].cut)
			fail_msg("%s: %s", cases[i].name, series_cut_word(s->snapshot[1].cut));
		assert_int_equal(s->snapshot[1].segment, cases[i].cut != SERIES_NO_CUT);
		series_free(s);
	}
}

static void
test_no_gc_between(void **state)
{
	struct series *s = series_new();

	(void)state;
	must_add(s, 1 * S, few, 3);
	must_add(s, 2 * S, few, 3);
	must_add(s, 3 * S, more, 4);
	assert_false(s->snapshot[0].same);
	assert_true(s->snapshot[1].same);
	assert_int_equal(s->snapshot[1].changed, 0);
	assert_false(s->snapshot[2].same);
	series_free(s);
}

static void
test_another_kind(void **state)
{
	struct encode *w = encode_new(1 << 20);
	struct series *s = series_new();
	struct pprof_profile *p;
	struct err_msg why;
	struct buf out;

	(void)state;
	must_add(s, 1 * S, few, 3);
	encode_type(w, "goroutine", "count");
	buf_init(&out, 1 << 20);
	assert_int_equal(encode_finish(w, true, &out, NULL), ERR_OK);
	encode_free(w);
	assert_int_equal(pprof_decode(&p, out.data, out.len, 0, "g", NULL), ERR_OK);
	assert_int_equal(series_add(s, p, "g", NULL, &why), ERR_USAGE);
	assert_int_equal(s->count, 1);
	pprof_free(p);
	buf_fini(&out);
	series_free(s);
}

/* A sample that names a location which is not there, behind good ones. */
static void
test_a_broken_profile_leaves_no_trace(void **state)
{
	static const char bad[] = "\x0a\x04\x08\x01\x10\x02\x12\x02\x10\x09\x12\x04\x08\x01\x10\x07"
				  "\x32\x00\x32\x01" "a" "\x32\x01" "b";
	struct series *s = series_new();
	struct pprof_profile *p;
	struct err_msg why;

	(void)state;
	assert_int_equal(pprof_decode(&p, bad, sizeof(bad) - 1, 0, "bad", NULL), ERR_OK);
	assert_int_equal(series_add(s, p, "bad", NULL, &why), ERR_FORMAT);
	assert_int_equal(s->count, 0);
	assert_int_equal(s->cell_count, 0);
	pprof_free(p);
	must_add(s, 1 * S, few, 3);     /* of another kind: the broken one decided nothing */
	assert_int_equal(s->count, 1);
	series_free(s);
}

static void
must_be_equal(const struct series *a, const struct series *b, uint32_t count)
{
	struct series_walk x, y;

	assert_int_equal(series_walk_init(&x, a, NULL), ERR_OK);
	assert_int_equal(series_walk_init(&y, b, NULL), ERR_OK);
	for (uint32_t i = 0; i < count; i++) {
		const struct series_snapshot *n = &a->snapshot[i], *m = &b->snapshot[i];

		assert_true(series_walk_next(&x));
		assert_true(series_walk_next(&y));
		assert_int_equal(n->time, m->time);
		assert_int_equal(n->segment, m->segment);
		assert_int_equal(n->cut, m->cut);
		assert_int_equal(n->same, m->same);
		assert_memory_equal(n->total, m->total, sizeof(n->total));
		assert_memory_equal(
		    x.value, y.value, (size_t)n->cells * a->type_count * sizeof(*x.value));
	}
	series_walk_fini(&x);
	series_walk_fini(&y);
}

static struct series *
must_read(const void *p, size_t n, size_t *good)
{
	struct series *s = NULL;
	struct err_msg why;

	assert_int_equal(series_read(&s, p, n, "test", good, &why), ERR_OK);
	return s;
}

static void
test_file_and_every_torn_end(void **state)
{
	struct series *s = three(), *t;
	struct buf whole, piece;
	size_t ends[4], good;

	(void)state;
	buf_init(&whole, 1 << 20);
	buf_init(&piece, 1 << 20);
	assert_int_equal(series_write(s, &whole, NULL), ERR_OK);
	assert_int_equal(series_write_head(s, &piece, NULL), ERR_OK);
	ends[0] = piece.len;
	for (uint32_t i = 0; i < 3; i++) {
		assert_int_equal(series_write_one(s, i, &piece, NULL), ERR_OK);
		ends[i + 1] = piece.len;
	}
	assert_int_equal(whole.len, piece.len); /* appended one by one it is the same file */
	assert_memory_equal(whole.data, piece.data, whole.len);
	t = must_read(whole.data, whole.len, &good);
	assert_int_equal(good, whole.len);
	must_be_equal(s, t, 3);
	must_add(t, 4 * S, more, 4);            /* and it goes on */
	assert_int_equal(t->cell_count, 4);
	series_free(t);
	for (size_t n = ends[0]; n < whole.len; n++) {
		char *copy = mem_dup(whole.data, n);
		uint32_t want = n >= ends[2] ? 2 : n >= ends[1] ? 1 : 0;

		t = must_read(copy, n, &good);
		assert_int_equal(t->count, want);
		assert_int_equal(good, ends[want]);
		must_be_equal(t, s, want);
		series_free(t);
		mem_free(copy);
	}
	for (size_t n = 0; n < ends[0]; n++) {
		struct err_msg why;

		assert_int_equal(series_read(&t, whole.data, n, "test", &good, &why), ERR_FORMAT);
		assert_true(why.next[0] != '\0');
	}
	buf_fini(&whole);
	buf_fini(&piece);
	series_free(s);
}

static void
test_every_bit(void **state)
{
	struct series *s = three(), *t;
	struct buf b;
	size_t good;

	(void)state;
	buf_init(&b, 1 << 20);
	assert_int_equal(series_write(s, &b, NULL), ERR_OK);
	for (size_t i = 0; i < b.len * 8; i++) {
		char *copy = mem_dup(b.data, b.len);

		copy[i / 8] = (char)(copy[i / 8] ^ (1 << i % 8));
		if (series_read(&t, copy, b.len, "test", &good, NULL) == ERR_OK) {
			assert_true(good <= i / 8);     /* the checksum saw it */
			must_be_equal(t, s, t->count);
			series_free(t);
		}
		mem_free(copy);
	}
	buf_fini(&b);
	series_free(s);
}

/* ---- records that lie, with a right checksum */

/* The CRC of the record before stands in the file: bytes 4 to 7 of its frame, at `last`. */
static void
put_record(struct buf *b, size_t *last, const char *p, size_t n)
{
	unsigned char head[8] = { (unsigned char)n };
	uint32_t crc = 0;

	for (unsigned i = 0; *last > 0 && i < 4; i++)
		crc |= (uint32_t)(unsigned char)b->data[*last + 4 + i] << 8 * i;
	crc = libdeflate_crc32(crc, p, n);
	*last = b->len;

	for (unsigned i = 0; i < 4; i++)
		head[4 + i] = (unsigned char)(crc >> 8 * i);
	assert_int_equal(buf_add(b, head, 8), ERR_OK);
	assert_int_equal(buf_add(b, p, n), ERR_OK);
}

struct lie {
	const char *name, *p;
	size_t n;
};

#define LIE(name, s) { name, s, sizeof(s) - 1 }
/* same cut segment time period run program; strings frames stacks cells; changes */
#define META "\0\x01\0\x02\x02\0\0"
static const struct lie lies[] = {
	LIE("empty", ""),
	LIE("a cut that is none", "\0\x7f\0\x02\x02\0\0\0\0\0\0\0"),
	LIE("a string past the end", META "\x01\x7fx"),
	LIE("a million strings", META "\xc0\x84\x3d\x01x"),
	LIE("a frame of no string", META "\0\x01\0\0\0\0\0\0"),
	LIE("a stack of no frame", META "\x01\x01x\0\x01\x01\0\0\0"),
	LIE("a stack too deep", META "\x01\x01x\x01\0\0\0\x01\xff\xff\x03\0\0"),
	LIE("a cell of no stack", META "\0\0\0\x01\x05\0\0"),
	LIE("a change of no cell", META "\0\0\0\0\x01\x05\x01\x02"),
	LIE("a change skips past the cells", META "\0\0\x01\0\x01\0\0\x01\x05\x01\x02"),
	LIE("more changes than cells", META "\0\0\0\0\x05\0\x01\x02\0\x01\x02"),
	LIE("a column that is not there", META "\0\0\x01\0\x01\0\0\x01\0\x02\x02"),
	LIE("bytes behind the end", META "\0\0\0\0\0xx"),
	LIE("an eleven-byte number",
	    "\0\x01\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\0\0\0\0\0\0\0\0\0"),
};

static void
test_lies(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		struct series *s;
		struct buf b;
		size_t good, head, last = 0;

		buf_init(&b, 1 << 20);
		assert_int_equal(buf_add(&b, "viseser1", 8), ERR_OK);
		put_record(&b, &last, "\x01\x01t\x01u\x01p\x01q\0", 10);
		head = b.len;
		put_record(&b, &last, lies[i].p, lies[i].n);
		s = must_read(b.data, b.len, &good);
		if (s->count != 0 || good != head)
			fail_msg("%s: believed", lies[i].name);
		series_free(s);
		buf_clear(&b);
		last = 0;
		assert_int_equal(buf_add(&b, "viseser1", 8), ERR_OK);
		put_record(&b, &last, "\x01\x01t\x01u\x01p\x01q\0", 10);
		put_record(&b, &last, META "\0\0\x01\0\x01\0\0\x01\0\x01\x02", 18);
		head = b.len;
		s = must_read(b.data, b.len, &good);    /* the same without a lie is read */
		assert_int_equal(s->count, 1);
		assert_int_equal(s->snapshot[0].total[0], 1);
		series_free(s);
		put_record(&b, &last, lies[i].p, lies[i].n);
		s = must_read(b.data, b.len, &good);    /* a lie behind it takes nothing away */
		if (good != head || s->count != 1 || s->string_count != 0)
			fail_msg("%s: believed behind a good one", lies[i].name);
		series_free(s);
		buf_fini(&b);
	}
}

/* A record that belongs behind another one is torn off, not believed. */
static void
test_a_record_of_another_file(void **state)
{
	struct series *s = three(), *t;
	struct buf b;
	size_t good, two;

	(void)state;
	buf_init(&b, 1 << 20);
	assert_int_equal(series_write_head(s, &b, NULL), ERR_OK);
	assert_int_equal(series_write_one(s, 0, &b, NULL), ERR_OK);
	assert_int_equal(series_write_one(s, 1, &b, NULL), ERR_OK);
	two = b.len;
	assert_int_equal(series_write_one(s, 1, &b, NULL), ERR_OK);     /* two wrote at once */
	t = must_read(b.data, b.len, &good);
	assert_int_equal(good, two);
	assert_int_equal(t->count, 2);
	series_free(t);
	buf_fini(&b);
	series_free(s);
}

static void
test_other_versions(void **state)
{
	struct series *s;
	struct err_msg why;
	size_t good;

	(void)state;
	assert_int_equal(series_read(&s, "viseser2\0\0\0\0\0\0\0\0", 16, "x", &good, &why),
	    ERR_FORMAT);
	assert_int_equal(series_read(&s, "", 0, "x", &good, &why), ERR_FORMAT);
	assert_false(series_file_is("viseser", 7));
}

static void
test_forget(void **state)
{
	struct series *s = series_new(), *t;
	struct series_walk w, v;
	struct buf b;
	size_t good;

	(void)state;
	for (int i = 1; i <= 20; i++) {
		struct make_row r[] = { { 1, 64, 10 + i, 5 + i % 3 }, { 2, 64, 9 + i, 1 } };

		must_add(s, i * S, r, i > 10 ? 1 + (i > 12) : 1);
	}
	t = series_new();
	for (int i = 14; i <= 20; i++) {
		struct make_row r[] = { { 1, 64, 10 + i, 5 + i % 3 }, { 2, 64, 9 + i, 1 } };

		must_add(t, i * S, r, 2);
	}
	assert_int_equal(series_forget(s, 7, NULL), ERR_OK);
	assert_int_equal(series_forget(s, 100, NULL), ERR_OK);
	assert_int_equal(series_forget(s, 0, NULL), ERR_USAGE);
	assert_int_equal(s->count, 7);
	assert_int_equal(s->snapshot[0].time, 14 * S);
	assert_int_equal(series_walk_init(&w, s, NULL), ERR_OK);
	assert_int_equal(series_walk_init(&v, t, NULL), ERR_OK);
	while (series_walk_next(&w)) {
		assert_true(series_walk_next(&v));
		assert_memory_equal(w.value, v.value, 8 * sizeof(*w.value));
	}
	series_walk_fini(&w);
	series_walk_fini(&v);
	series_free(t);
	must_add(s, 21 * S, more, 4);
	buf_init(&b, 1 << 20);
	assert_int_equal(series_write(s, &b, NULL), ERR_OK);
	t = must_read(b.data, b.len, &good);
	assert_int_equal(t->count, 8);
	must_be_equal(s, t, 8);
	series_free(t);
	buf_fini(&b);
	series_free(s);
}

/* An hour of a normal service at 30 s: 7000 records, every counter moves, a third of what is kept
 * changes, and now and then a new stack comes. */
static void
test_an_hour(void **state)
{
	enum { ROWS = 7000, HOUR = 120, MORE = 10 };
	struct make_row *row = mem_zero(ROWS + HOUR * MORE, sizeof(*row));
	struct series *s = series_new();
	uint64_t r = 88172645463325252u;
	struct buf b;
	double cpu = 0;
	size_t held;

	(void)state;
	for (unsigned i = 0; i < ROWS + HOUR * MORE; i++)
		row[i] = (struct make_row){ i, 16 << i % 8, 100 + i % 900, 50 + i % 500 };
	for (int t = 0; t < HOUR; t++) {
		struct make m = { .time = (t + 1) * 30 * S, .rate = 524288, .row = row,
			.rows = ROWS + (size_t)t * MORE };
		struct pprof_profile *p;
		clock_t before;

		for (size_t i = 0; i < m.rows; i++) {
			r ^= r << 13, r ^= r >> 7, r ^= r << 17;
			row[i].made += 1 + (int64_t)(r >> 20 & 31);
			if (r % 3 == 0)
				row[i].kept += (int64_t)(r >> 30 & 15) - 7;
		}
		p = make_profile(&m);
		before = clock();
		assert_int_equal(series_add(s, p, "made", NULL, NULL), ERR_OK);
		cpu += (double)(clock() - before) / CLOCKS_PER_SEC;
		pprof_free(p);
	}
	buf_init(&b, 64 << 20);
	assert_int_equal(series_write(s, &b, NULL), ERR_OK);
	held = s->log.cap + s->text.cap + s->cell_cap * (sizeof(*s->cell) + 4 * sizeof(int64_t)) +
	       s->stack_frame_cap * sizeof(uint32_t) + s->frame_cap * sizeof(*s->frame) +
	       16 * 2 * (size_t)(s->string_of.cap + s->frame_of.cap + s->stack_of.cap);
	print_message("# an hour: file %.1f MB, memory %.1f MB, %.1f ms CPU a snapshot\n",
	    (double)b.len / 1e6, (double)held / 1e6, cpu * 1000 / HOUR);
	assert_true(b.len < 20000000);
	assert_true(held < 40000000);
	buf_fini(&b);
	series_free(s);
	mem_free(row);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_put_in),
		cmocka_unit_test(test_cuts),
		cmocka_unit_test(test_no_gc_between),
		cmocka_unit_test(test_another_kind),
		cmocka_unit_test(test_a_broken_profile_leaves_no_trace),
		cmocka_unit_test(test_file_and_every_torn_end),
		cmocka_unit_test(test_every_bit),
		cmocka_unit_test(test_lies),
		cmocka_unit_test(test_a_record_of_another_file),
		cmocka_unit_test(test_other_versions),
		cmocka_unit_test(test_forget),
		cmocka_unit_test(test_an_hour),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
