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
#include "pprof/report.h"

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
		for (size_t i = 0; i < text.len; i++)
			must(text.data[i] == '\n' || text.data[i] == '\t' ||
			     (unsigned char)text.data[i] >= ' ');
	buf_fini(&text);
	top_free(r);
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
	}
	pprof_free(p);
	return 0;
}
