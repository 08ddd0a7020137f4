/* test_pprof_flame.c - stacks of two profiles, tables, icicles, details and exports of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "pprof/details.h"
#include "pprof/encode.h"
#include "pprof/escape.h"
#include "pprof/flame.h"
#include "pprof/folded.h"
#include "pprof/plaintext.h"
#include "pprof/profile_load.h"
#include "pprof/save.h"
#include "pprof/speedscope.h"
#include "pprof/svg.h"
#include "pprof/table.h"
#include "pprof/top.h"

enum { MAIN, RUN, GROW, DROP, LIB, HOSTILE, FUNCTIONS };
static const char *const names[FUNCTIONS] = { "main.main", "main.run", "main.grow", "main.drop",
	"example.org/lib.(*T).Do", "a;b<&\"d'\x01\n</svg]]" };

struct line { int function, line; };
struct sample { struct line at[6]; int64_t value, alloc; int64_t size; };

/* In A: main>run>grow 100, main>drop 400, main>run 50. In B: grow 1100, drop gone, lib 64, the
 * hostile one 10; grow once more by another line and object size. */
static const struct sample side_a[] = {
	{ { { MAIN, 1 }, { RUN, 5 }, { GROW, 7 } }, 100, 100, 10 },
	{ { { MAIN, 2 }, { DROP, 9 } }, 400, 400, 100 },
	{ { { MAIN, 1 }, { RUN, 6 } }, 50, 50, 50 },
};
static const struct sample side_b[] = {
	{ { { MAIN, 1 }, { RUN, 5 }, { GROW, 7 } }, 600, 700, 10 },
	{ { { MAIN, 1 }, { RUN, 5 }, { GROW, 8 } }, 500, 500, 500 },
	{ { { MAIN, 2 }, { DROP, 9 } }, 0, 400, 100 },
	{ { { MAIN, 1 }, { RUN, 6 } }, 50, 50, 50 },
	{ { { MAIN, 3 }, { RUN, 5 }, { LIB, 3 }, { RUN, 6 }, { LIB, 4 } }, 64, 64, 64 },
	{ { { MAIN, 4 }, { HOSTILE, 1 } }, 10, 10, 10 },
};

static struct pprof_profile *
profile(const struct sample *s, size_t n, int64_t period)
{
	struct encode *w = encode_new(1 << 20);
	uint64_t f[FUNCTIONS], loc[8];
	struct pprof_profile *p = NULL;
	struct buf out;

	encode_type(w, "alloc_space", "bytes");
	encode_type(w, "inuse_space", "bytes");
	encode_period(w, "space", "bytes", period);
	for (int i = 0; i < FUNCTIONS; i++)
		f[i] = encode_function(w, names[i], "/src/app/main.go", 1);
	for (size_t i = 0; i < n; i++) {
		const struct encode_label label = { .key = "bytes", .num = s[i].size };
		const int64_t value[2] = { s[i].alloc, s[i].value };
		size_t depth = 0;

		while (depth < 6 && s[i].at[depth].line != 0)
			depth++;
		for (size_t j = 0; j < depth; j++) {
			const struct line *l = &s[i].at[depth - 1 - j];
			const struct encode_line line = { f[l->function], l->line };

			loc[j] = encode_location(w, 0x1000 + (uint64_t)l->function * 64 +
			    (uint64_t)l->line, &line, 1);
		}
		encode_sample(w, loc, depth, value, 2, &label, 1);
	}
	buf_init(&out, 1 << 20);
	assert_int_equal(encode_finish(w, true, &out, NULL), ERR_OK);
	assert_int_equal(pprof_decode(&p, out.data, out.len, 0, "test", NULL), ERR_OK);
	buf_fini(&out);
	encode_free(w);
	return p;
}

struct pair { struct pprof_profile *a, *b; struct stacks *s; };

static struct pair
open_pair(int64_t period, enum top_granularity granularity, bool both)
{
	struct top_options o;
	struct pair p = { profile(side_a, 3, period), profile(side_b, 6, period), NULL };

	top_defaults(&o);
	o.granularity = granularity;
	assert_int_equal(stacks_make(&p.s, p.b, "b", both ? p.a : NULL, "a", &o, NULL), ERR_OK);
	return p;
}

static void
close_pair(struct pair *p)
{
	stacks_free(p->s);
	pprof_free(p->a);
	pprof_free(p->b);
}

static void
stacks_merge_lines_and_sizes(void **state)
{
	struct pair p = open_pair(1, TOP_FUNCTIONS, true);

	(void)state;
	assert_int_equal(p.s->stack_count, 5);        /* grow's two lines are one stack of functions */
	assert_int_equal(p.s->was, 550);
	assert_int_equal(p.s->now, 1224);
	assert_true(p.s->both);
	for (uint32_t i = 0; i < p.s->stack_count; i++)
		assert_true(p.s->stack[i].variance < 1e-9); /* every allocation was seen */
	assert_int_not_equal(stacks_find(p.s, "main.grow"), STACKS_NONE);
	assert_int_equal(stacks_find(p.s, "main.nothing"), STACKS_NONE);
	close_pair(&p);
	p = open_pair(1, TOP_LINES, true);
	assert_int_equal(p.s->stack_count, 6);
	close_pair(&p);
}

static const struct table_row *
row(const struct table *t, const struct stacks *s, const char *name)
{
	for (uint32_t i = 0; i < t->count; i++)
		if (strcmp(stacks_name(s, t->row[i].frame), name) == 0)
			return &t->row[i];
	return NULL;
}

static struct table *
table(const struct stacks *s, enum table_sort sort, enum flame_only only, double fraction,
    uint32_t limit)
{
	struct table_options o;
	struct table *t;

	table_defaults(&o);
	o.sort = sort;
	o.only = only;
	o.fraction = fraction;
	o.limit = limit;
	assert_int_equal(table_make(&t, s, &o, NULL), ERR_OK);
	return t;
}

static void
tables(void **state)
{
	struct pair p = open_pair(1, TOP_FUNCTIONS, true);
	struct table *t = table(p.s, TABLE_DELTA, FLAME_BOTH, 0, 100);
	const struct table_row *r = row(t, p.s, "main.run");

	(void)state;
	assert_int_equal(t->count, 6);
	assert_string_equal(stacks_name(p.s, t->row[0].frame), "main.grow");
	assert_string_equal(stacks_name(p.s, t->row[1].frame), "main.drop");
	assert_int_equal(t->row[0].flat_b - t->row[0].flat_a, 1000);
	assert_int_equal(r->flat_a, 50);
	assert_int_equal(r->cum_b, 1100 + 50 + 64);     /* recursion counts once */
	assert_int_equal(row(t, p.s, "main.main")->cum_a, 550);
	table_free(t);
	t = table(p.s, TABLE_DELTA, FLAME_SHRINK, 0, 100);
	assert_int_equal(t->count, 1);
	assert_string_equal(stacks_name(p.s, t->row[0].frame), "main.drop");
	assert_int_equal(t->other_way, 5);
	table_free(t);
	t = table(p.s, TABLE_CUM, FLAME_GROWTH, 0, 2);
	assert_int_equal(t->count, 2);
	assert_string_equal(stacks_name(p.s, t->row[0].frame), "main.run");
	assert_true(t->beyond > 0 && t->hidden_max > 0);
	table_free(t);
	t = table(p.s, TABLE_NAME, FLAME_BOTH, 0.02, 100);
	assert_null(row(t, p.s, names[HOSTILE]));       /* 10 of 1474 */
	assert_int_equal(t->small, 1);
	assert_true(fabs(t->hidden_delta - 10) < 1e-9);
	table_free(t);
	close_pair(&p);
}

static struct flame *
flame(const struct stacks *s, struct flame_options *o)
{
	struct flame *f;

	assert_int_equal(flame_make(&f, s, o, NULL), ERR_OK);
	/* whatever the options: boxes lie within their parents, brothers do not overlap */
	for (uint32_t i = 0; i < f->count; i++) {
		const struct flame_box *b = &f->box[i];

		assert_true(b->w > 0 && b->x >= 0 && b->x + b->w <= f->w * (1 + 1e-9));
		if (b->parent != STACKS_NONE) {
			const struct flame_box *up = &f->box[b->parent];

			assert_true(b->parent < i && b->depth == up->depth + 1);
			assert_true(b->x >= up->x - 1e-6 && b->x + b->w <= up->x + up->w + 1e-6);
		}
		if (i != 0 && f->box[i - 1].depth == b->depth)
			assert_true(b->x >= f->box[i - 1].x + f->box[i - 1].w - 1e-6);
	}
	return f;
}

static void
icicles(void **state)
{
	struct pair p = open_pair(1, TOP_FUNCTIONS, true);
	struct flame_options o;
	struct flame *f;
	uint32_t zoom[2] = { stacks_find(p.s, "main.main"), stacks_find(p.s, "main.run") };

	(void)state;
	flame_defaults(&o);
	o.min_share = 0;
	f = flame(p.s, &o);
	assert_true(fabs(f->w - (1000 + 400 + 64 + 10)) < 1e-9);        /* not the 50 that stayed */
	assert_string_equal(stacks_name(p.s, f->box[0].frame), "main.main");
	assert_int_equal(f->depth, 5);
	flame_free(f);
	o.only = FLAME_GROWTH;
	f = flame(p.s, &o);
	assert_true(fabs(f->w - 1074) < 1e-9);
	flame_free(f);
	o = (struct flame_options){ .width = FLAME_TOTAL, .max_depth = 64, .max_boxes = 100,
	    .from = STACKS_NONE };
	f = flame(p.s, &o);
	assert_true(fabs(f->w - (1100 + 400 + 50 + 64 + 10)) < 1e-9);
	flame_free(f);
	o.zoom = zoom;
	o.zoom_count = 2;
	f = flame(p.s, &o);
	assert_string_equal(stacks_name(p.s, f->box[0].frame), "main.run");
	assert_int_equal(f->box[0].self_b, 50);
	assert_int_equal(f->b, 1214);
	flame_free(f);
	o.zoom_count = 0;
	o.from = stacks_find(p.s, names[LIB]);
	f = flame(p.s, &o);
	assert_int_equal(f->depth, 3);          /* from its first place on */
	assert_int_equal(f->stacks, 1);
	flame_free(f);
	close_pair(&p);
}

/* Narrow boxes are one, and say how many they are; the picture has a bound whatever the tree. */
static void
narrow_boxes_are_put_together(void **state)
{
	struct pair p = open_pair(1, TOP_FUNCTIONS, true);
	struct flame_options o;
	struct flame *f;
	uint32_t more = 0;

	(void)state;
	flame_defaults(&o);
	o.min_share = 0.1;
	f = flame(p.s, &o);
	for (uint32_t i = 0; i < f->count; i++)
		more += f->box[i].frame == FLAME_MORE ? f->box[i].more : 0;
	assert_int_equal(more, 2);              /* the hostile one, and lib below run */
	flame_free(f);
	o.max_boxes = 2;
	f = flame(p.s, &o);
	assert_true(f->count <= 4 && f->cut);
	flame_free(f);
	o.max_boxes = 100;
	o.max_depth = 1;
	f = flame(p.s, &o);
	assert_true(f->depth == 1 && f->cut);
	flame_free(f);
	close_pair(&p);
}

static void
details(void **state)
{
	struct pair p = open_pair(1, TOP_LINES, true);
	struct details *d;

	(void)state;
	assert_int_equal(details_make(&d, p.s, "main.run", NULL), ERR_OK);
	assert_int_equal(d->flat_b, 50);
	assert_int_equal(d->cum_b, 1214);
	assert_int_equal(d->count[DETAILS_CALLERS], 1);
	assert_true(slice_is(details_function(p.s, d->row[DETAILS_CALLERS][0].frame), "main.main"));
	assert_int_equal(d->row[DETAILS_CALLERS][0].b, 1214);
	assert_int_equal(d->count[DETAILS_CALLEES], 2);
	assert_true(slice_is(details_function(p.s, d->row[DETAILS_CALLEES][0].frame), "main.grow"));
	assert_int_equal(d->row[DETAILS_CALLEES][0].b + d->row[DETAILS_CALLEES][1].b, 1164);
	assert_int_equal(d->count[DETAILS_LINES], 2);
	assert_int_equal(d->row[DETAILS_LINES][0].line, 5);
	assert_int_equal(d->row[DETAILS_LINES][0].cum_b, 1164);
	assert_int_equal(d->row[DETAILS_LINES][1].b, 50);
	assert_int_equal(d->stacks_all, 4);
	assert_int_equal(p.s->stack[d->stack[0]].now, 600);
	details_free(d);
	assert_int_equal(details_make(&d, p.s, "main.none", NULL), ERR_NOENT);
	close_pair(&p);
}

static void
has(const struct buf *b, const char *text)
{
	if (strstr(buf_str(b), text) == NULL)
		fail_msg("no \"%s\" in:\n%s", text, buf_str(b));
}

static void
exports(void **state)
{
	struct pair p = open_pair(1, TOP_FUNCTIONS, true);
	const struct svg_options so = { .title = "<t>&", .subtitle = "\"]]>" };
	struct flame_options o;
	struct flame *f;
	struct buf b;

	(void)state;
	buf_init(&b, 1 << 20);
	assert_int_equal(folded_write(p.s, FOLDED_BOTH, &b), ERR_OK);
	has(&b, "main.main;main.run;main.grow 100 1100\n");
	has(&b, "main.main;a:b<&\"d'\\x01\\x0a</svg]] 0 10\n");
	buf_clear(&b);
	assert_int_equal(folded_write(p.s, FOLDED_DELTA, &b), ERR_OK);
	has(&b, "main.main;main.drop -400\n");
	assert_null(strstr(buf_str(&b), "main.run 0"));
	buf_clear(&b);
	assert_int_equal(speedscope_write(p.s, "x", &b), ERR_OK);
	has(&b, "\"name\":\"x grew\",\"unit\":\"bytes\",\"startValue\":0,\"endValue\":1074");
	has(&b, "\"name\":\"x shrank\",\"unit\":\"bytes\",\"startValue\":0,\"endValue\":400");
	buf_clear(&b);
	flame_defaults(&o);
	o.min_share = 0;
	f = flame(p.s, &o);
	assert_int_equal(svg_write(p.s, f, &so, &b), ERR_OK);
	has(&b, "<title>&lt;t&gt;&amp;</title>");
	has(&b, "a;b&lt;&amp;&quot;d&#39;\\x01\\x0a&lt;/svg]]");
	has(&b, ">+main.grow\n+1000B (100B to ");
	has(&b, ">-main.drop\n-400B");
	flame_free(f);
	buf_fini(&b);
	buf_init(&b, 100);                      /* full: an error, not a cut file */
	assert_int_equal(folded_write(p.s, FOLDED_BOTH, &b), ERR_LIMIT);
	buf_fini(&b);
	close_pair(&p);
}

/* B - A, written and read again, is B - A. */
static void
saved_profiles(void **state)
{
	struct pair p = open_pair(1, TOP_LINES, true);
	struct top_options o;
	struct pprof_profile *again;
	struct stacks *s;
	struct buf b;

	(void)state;
	top_defaults(&o);
	o.granularity = TOP_LINES;
	buf_init(&b, 1 << 20);
	assert_int_equal(save_stacks(p.s, p.b, "A and B", &b, NULL), ERR_OK);
	assert_int_equal(pprof_decode(&again, b.data, b.len, 0, "again", NULL), ERR_OK);
	assert_int_equal(stacks_make(&s, again, "again", NULL, NULL, &o, NULL), ERR_OK);
	assert_int_equal(s->now, p.s->now - p.s->was);
	assert_int_equal(s->stack_count, 5);          /* not the stack that stayed */
	assert_true(slice_is(again->comment[0], "A and B"));
	stacks_free(s);
	pprof_free(again);
	buf_fini(&b);
	close_pair(&p);
}

static void
texts(void **state)
{
	struct pair p = open_pair(1, TOP_FUNCTIONS, true);
	struct table *t = table(p.s, TABLE_DELTA, FLAME_BOTH, 0.02, 2);
	struct buf b;

	(void)state;
	buf_init(&b, 1 << 20);
	assert_int_equal(plaintext_write(p.s, t, "title", "sub", &b), ERR_OK);
	has(&b, "+1000B");
	has(&b, "gone  main.drop\n");
	has(&b, "4 of 6 rows are not listed (1 below 29B)");
	buf_fini(&b);
	table_free(t);
	close_pair(&p);
}

static void
one_profile(void **state)
{
	struct pair p = open_pair(512 << 10, TOP_FUNCTIONS, false);
	struct flame_options o;
	struct flame *f;

	(void)state;
	assert_false(p.s->both);
	assert_int_equal(p.s->was, 0);
	flame_defaults(&o);
	f = flame(p.s, &o);
	assert_true(fabs(f->w - 1224) < 1e-9);
	flame_free(f);
	close_pair(&p);
}

static void
unlike_profiles(void **state)
{
	struct pair p = open_pair(1, TOP_FUNCTIONS, true);
	struct top_options o;
	struct err_msg why = { .code = ERR_OK };
	struct encode *w = encode_new(1 << 20);
	struct pprof_profile *other;
	struct stacks *s = NULL;
	struct buf b;

	(void)state;
	top_defaults(&o);
	o.sample_index = "nothing";
	assert_int_equal(stacks_make(&s, p.b, "b", NULL, NULL, &o, &why), ERR_USAGE);
	o.sample_index = NULL;
	encode_type(w, "goroutine", "count");
	buf_init(&b, 1 << 20);
	assert_int_equal(encode_finish(w, false, &b, NULL), ERR_OK);
	assert_int_equal(pprof_decode(&other, b.data, b.len, 0, "other", NULL), ERR_OK);
	assert_int_equal(stacks_make(&s, p.b, "b", other, "other", &o, &why), ERR_USAGE);
	assert_string_equal(why.what, "other");
	encode_free(w);
	pprof_free(other);
	buf_fini(&b);
	close_pair(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stacks_merge_lines_and_sizes),
		cmocka_unit_test(tables),
		cmocka_unit_test(icicles),
		cmocka_unit_test(narrow_boxes_are_put_together),
		cmocka_unit_test(details),
		cmocka_unit_test(exports),
		cmocka_unit_test(saved_profiles),
		cmocka_unit_test(texts),
		cmocka_unit_test(one_profile),
		cmocka_unit_test(unlike_profiles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
