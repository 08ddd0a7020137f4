/* dump_encode.c - the stacks of a dump written as locations, its goroutines as samples. */
#include "pprof/dump_encode.h"

#include "base/alloc.h"
#include "base/hash.h"
#include "pprof/dump.h"
#include "pprof/encode.h"

struct converting {
	struct encode *w;
	struct hmap functions, locations;
};

static uint64_t
function_of(struct converting *c, const struct dump_frame *f)
{
	uint64_t name = encode_put_text(c->w, f->function), file = encode_put_text(c->w, f->file);
	bool fresh;
	uint64_t *id = hmap_at(&c->functions, name << 32 | file, &fresh);

	if (id == NULL)
		return 0;
	if (fresh)
		*id = encode_put_function(c->w, name, name, file, 0);
	return *id;
}

/* 0: no memory */
static uint64_t
location_of(struct converting *c, const struct dump_frame *f)
{
	struct encode_line line = { .function = function_of(c, f), .line = f->line };
	bool fresh;
	uint64_t *id;

	if (line.function == 0)
		return 0;
	/* functions are numbered from 1, and no source has 2^32 lines */
	id = hmap_at(&c->locations, line.function << 32 | (uint32_t)line.line, &fresh);
	if (id == NULL)
		return 0;
	if (fresh)
		*id = encode_put_location(c->w, 0, 0, false, &line, 1);
	return *id;
}

static bool
put_goroutine(struct converting *c, const struct dump *d, const struct dump_goroutine *g)
{
	const struct dump_stack *s = &d->stack[g->stack];
	const struct dump_frame *f = dump_frames(d, g->stack);
	uint64_t *loc = mem_alloc((s->count + (size_t)1) * sizeof(*loc));
	struct encode_put_label label[2];
	int64_t count = (int64_t)g->count;
	size_t labels = 0;
	bool ok = true;

	for (uint32_t i = 0; i < s->count && ok; i++) {
		loc[i] = location_of(c, &f[i]);
		ok = loc[i] != 0;
	}
	if (g->state.n != 0)
		label[labels++] = (struct encode_put_label){
			.key = encode_put_text(c->w, slice_of("state")),
			.str = encode_put_text(c->w, g->state) };
	if (d->has_minutes)
		label[labels++] = (struct encode_put_label){
			.key = encode_put_text(c->w, slice_of("minutes")),
			.unit = encode_put_text(c->w, slice_of("minutes")), .num = g->minutes };
	if (ok)
		encode_put_sample(c->w, loc, s->count, &count, 1, label, labels);
	mem_free(loc);
	return ok;
}

enum err
dump_encode(struct slice text, const char *what, struct buf *out, struct err_msg *why)
{
	struct converting c = { .w = NULL };
	struct dump *d = NULL;
	enum err e = dump_parse(&d, text.p, text.n, what, why);

	if (e != ERR_OK)
		return e;
	c.w = encode_new(out->max);
	hmap_init(&c.functions);
	hmap_init(&c.locations);
	encode_type(c.w, "goroutine", "count");
	encode_period(c.w, "goroutine", "count", 1);
	for (uint32_t i = 0; i < d->goroutine_count && e == ERR_OK; i++)
		if (!put_goroutine(&c, d, &d->goroutine[i]))
			e = err_set(why, ERR_MEMORY, what, "free some memory",
			    "no memory for its goroutines");
	if (e == ERR_OK)
		e = encode_finish(c.w, false, out, why);
	hmap_fini(&c.functions);
	hmap_fini(&c.locations);
	encode_free(c.w);
	dump_free(d);
	return e;
}
