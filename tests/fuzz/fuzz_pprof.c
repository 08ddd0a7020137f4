/*
 * fuzz_pprof.c - any bytes into the profile decoder, alone and as a base of themselves.
 *
 * Oracle: what decodes can be written again and decodes to the same totals; a report of it ends,
 * and its text
 * holds nothing that steers a terminal. Built with -fsanitize=fuzzer,address,undefined.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "pprof/cursor.h"
#include "pprof/encode.h"
#include "pprof/merge.h"
#include "pprof/profile_load.h"
#include "pprof/raw.h"
#include "pprof/report.h"
#include "pprof/stacks.h"
#include "pprof/tags.h"
#include "pprof/traces.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { OUT_MAX = 1 << 22 };

struct totals {
	uint64_t samples, locs, labels, sum;
};

static enum err
totals(const struct pprof_profile *p, struct totals *t)
{
	struct pprof_cursor c;
	struct pprof_sample s;
	enum err e = pprof_cursor_init(&c, p, "fuzz", true, NULL);

	*t = (struct totals){ 0 };
	while (e == ERR_OK && (e = pprof_cursor_next(&c, &s, NULL)) == ERR_OK) {
		t->samples++;
		t->locs += s.loc_count;
		t->labels += s.label_count;
		for (uint32_t i = 0; i < p->type_count; i++)
			t->sum = t->sum * 31 + (uint64_t)s.value[i];
	}
	pprof_cursor_fini(&c);
	return e == ERR_NOTHING ? ERR_OK : e;
}

static void
must(bool ok)
{
	if (!ok)
		abort();
}

static void
write_again(const struct pprof_profile *p, const struct totals *before)
{
	struct pprof_profile *q = NULL;
	struct totals after;
	struct buf out;

	buf_init(&out, OUT_MAX);
	if (encode_profile(p, "fuzz", false, &out, NULL) == ERR_OK) {
		must(pprof_decode(&q, out.data, out.len, 0, "again", NULL) == ERR_OK);
		must(totals(q, &after) == ERR_OK);
		must(memcmp(before, &after, sizeof(after)) == 0);
		pprof_free(q);
	}
	buf_fini(&out);
}

/* Nothing of a hostile name reaches the terminal. */
static void
harmless(const struct buf *text)
{
	for (size_t i = 0; i < text->len; i++)
		must(text->data[i] == '\n' || text->data[i] == '\t'
		    || (unsigned char)text->data[i] >= ' ');
}

static void
print(const struct pprof_profile *p, const struct pprof_profile *base, unsigned choice)
{
	struct top_options o;
	struct top_report *r = NULL;
	struct buf text;

	top_defaults(&o);
	o.granularity = (enum top_granularity)(choice % 5);
	o.base_mode = choice & 8 ? TOP_BASE_SUBTRACT : TOP_BASE_DIFF;
	o.normalize = base != NULL && (choice & 16) != 0;
	o.cum = (choice & 32) != 0;
	if (top_make(&r, p, "fuzz", base, "base", &o, NULL) != ERR_OK)
		return;
	buf_init(&text, OUT_MAX);
	if (report_text(r, &text) == ERR_OK)
		harmless(&text);
	buf_fini(&text);
	top_free(r);
}

static void
options(struct top_options *o, unsigned choice)
{
	top_defaults(o);
	o->granularity = (enum top_granularity)(choice % 5);
	o->mean = (choice & 8) != 0;
	o->edges = true;
	if ((choice & 16) != 0) {
		o->filter.hide = "a|b";
		o->filter.show_from = "m";
		o->filter.tagignore = "a=1:3";
		o->filter.tagroot = "a,b";
	}
	if ((choice & 32) != 0) {
		o->filter.focus = "(?i)m|r";
		o->filter.prune_from = "b";
		o->filter.noinlines = o->filter.relative = true;
		o->filter.tagshow = "b";
	}
}

/* Every other report, of the profile merged with itself, and what a merge must keep. */
static void
report_all(const struct pprof_profile *p, unsigned choice)
{
	struct merge_source two[2] = { { .p = p, .what = "a" },
		{ .p = p, .what = "b", .base = choice & 1, .negate = choice & 2 } };
	struct pprof_profile *q = NULL;
	struct top_report *r = NULL;
	struct stacks *stacks = NULL;
	struct tags *tags = NULL;
	struct top_options o;
	struct buf text;
	uint32_t matched;

	if (merge_profiles(&q, two, 2, 1 << 24, NULL) != ERR_OK)
		return;
	options(&o, choice);
	buf_init(&text, OUT_MAX);
	if (top_make(&r, q, "fuzz", NULL, NULL, &o, NULL) == ERR_OK)
		(void)report_tree(r, NULL, &text, &matched);
	(void)traces_text(q, "fuzz", &o, &text, NULL);
	(void)raw_text(q, "fuzz", &o, &text, NULL);
	if (tags_make(&tags, q, "fuzz", &o, NULL) == ERR_OK)
		(void)tags_text(tags, &text);
	(void)stacks_make(&stacks, q, "fuzz", p, "base", &o, NULL);
	harmless(&text);
	buf_fini(&text);
	stacks_free(stacks);
	tags_free(tags);
	top_free(r);
	pprof_free(q);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pprof_profile *p = NULL;
	struct totals t;

	if (size == 0 || pprof_decode(&p, data + 1, size - 1, 1 << 22, "fuzz", NULL) != ERR_OK)
		return 0;
	if (totals(p, &t) == ERR_OK) {
		write_again(p, &t);
		print(p, NULL, data[0]);
		print(p, p, data[0]);
		report_all(p, data[0]);
	}
	pprof_free(p);
	return 0;
}
