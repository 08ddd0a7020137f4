/* dump_counts.c - goroutine?debug=1: groups of goroutines as text. */
#include "pprof/dump_counts.h"

#include <string.h>

#include "base/alloc.h"
#include "pprof/dump_table.h"
#include "pprof/dump_line.h"

bool
dump_counts_is(struct slice text)
{
	return slice_starts(text, "goroutine profile: total ") ||
	       slice_starts(text, "goroutineleak profile: total ");
}

/* "#<TAB>0xPC<TAB>func+0xOFF<TAB><TAB>file:line" */
static void
take_frame(struct dump_item *item, struct slice s)
{
	struct slice rest = slice_skip(s, 1), pc = slice_word(&rest), name, place;
	struct dump_frame f = { .line = 0 };
	size_t n;

	/* generic names and files may hold blanks: the place is what stands behind the last tab */
	for (n = rest.n; n > 0 && rest.p[n - 1] != '\t'; n--)
		;
	name = slice_trim(slice_make(rest.p, n));
	place = slice_skip(rest, n);
	if (name.n == 0 || !slice_starts(pc, "0x") || item->frames == DUMP_DEPTH_MAX ||
	    !dump_place(place, &f))
		return;
	for (n = name.n; n > 0 && name.p[n - 1] != '+'; n--)
		;
	f.function = n > 1 ? slice_make(name.p, n - 1) : name;
	item->frame[item->frames++] = f;
}

static bool
group_starts(struct slice s, uint64_t *count)
{
	struct slice rest = s, n = slice_word(&rest), at = slice_word(&rest);

	return slice_is(at, "@") && slice_u64(n, UINT32_MAX, count);
}

static void
take_labels(struct dump_item *item, struct slice s)
{
	struct slice l = slice_trim(slice_skip(s, strlen("# labels:")));

	if (l.n >= 2 && l.p[0] == '{' && l.p[l.n - 1] == '}')
		item->g.labels = slice_make(l.p + 1, l.n - 2);
}

static bool
finish(struct dump *d, struct dump_item *item)
{
	bool ok;

	item->g.leaked = d->leak_profile ? item->g.count : 0;
	ok = item->g.count == 0 || dump_put(d, item);
	item->g = (struct dump_goroutine){ .count = 0 };
	item->frames = 0;
	return ok;
}

enum err
dump_counts(struct dump *d, struct slice text, const char *what, struct err_msg *why)
{
	struct dump_item item = { .frames = 0 };
	bool ok;

	d->source = DUMP_COUNTS;
	d->dumps = 1;
	d->leak_profile = slice_starts(text, "goroutineleak");
	item.frame = mem_alloc(DUMP_DEPTH_MAX * sizeof(*item.frame));
	ok = finish(d, &item);
	while (text.n > 0 && ok) {
		struct slice s = slice_cut(text, '\n', &text);
		uint64_t count;

		if (group_starts(s, &count)) {
			ok = finish(d, &item);
			item.g.count = count;
		} else if (slice_starts(s, "# labels:")) {
			take_labels(&item, s);
		} else if (slice_starts(s, "#")) {
			take_frame(&item, s);
		}
	}
	ok = ok && finish(d, &item);
	mem_free(item.frame);
	return ok ? ERR_OK : dump_no_memory(what, why);
}
