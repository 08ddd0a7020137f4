/* registers.c - the registers of a peripheral, through its clusters; their fields and values. */
#include "svd/registers.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "svd/number.h"
#include "svd/parts.h"

/* ---- registers: a frame for the peripheral, and one for each cluster that is open */

struct frame {
	struct svd_items items;
	struct svd_rules rules;
	uint64_t base;
	const char *bad;
	size_t name;                    /* bytes of the path up to here */
	uint32_t item, i, many;         /* an array of clusters or registers that is under way */
	uint64_t step;
};

struct walk {
	struct svd *svd;
	struct frame frame[SVD_CLUSTERS + 1];
	unsigned depth;
	char path[SVD_NAME];
	const char *before, *behind;    /* prependToName, appendToName */
	uint32_t rows;
};

static const char *
place_of(const struct frame *f, struct svd *s, uint64_t *addr)
{
	uint64_t offset, more;

	if (f->bad != NULL)
		return f->bad;
	if (f->many == 0)
		return "how many there are is no number that makes sense";
	if (!svd_number(svd_prop(s, f->item, TAG_ADDRESS_OFFSET), &offset))
		return "the file gives it no address";
	if (s->tree.node[f->item].derived != 0 && s->tree.node[f->item].base == 0)
		return "what it is derived from is not in the file";
	if (__builtin_mul_overflow(f->step, f->i, &more) ||
	    __builtin_add_overflow(offset, more, &offset) ||
	    __builtin_add_overflow(f->base, offset, addr))
		return "its address is beyond 64 bits";
	return NULL;
}

static void
say_path(struct walk *w, const struct frame *f, bool reg)
{
	char name[SVD_NAME / 2];
	const bool dot = f->name != 0;

	svd_name(w->svd, f->item, f->many, f->i, name, sizeof name);
	snprintf(w->path + f->name, sizeof w->path - f->name, "%s%s%s%s", dot ? "." : "",
	    reg && w->before != NULL ? w->before : "", name,
	    reg && w->behind != NULL ? w->behind : "");
}

static const char *
effect_of(struct svd *s, uint32_t node)
{
	struct svd_items it;
	uint32_t field;
	const char *effect = svd_prop(s, node, TAG_READ_ACTION);

	svd_items(s, node, TAG_FIELDS, TAG_FIELD, TAG_NONE, &it);
	while (effect == NULL && (field = svd_items_next(s, &it)) != 0)
		effect = svd_prop(s, field, TAG_READ_ACTION);
	return effect;
}

static void
describe(struct walk *w, const struct frame *f, struct svd_register *r)
{
	struct svd *s = w->svd;

	*r = (struct svd_register){ .node = f->item, .rules = f->rules };
	svd_hand_down(s, f->item, &r->rules);
	r->bad = place_of(f, s, &r->addr);
	if (r->bad == NULL && r->rules.bits != 8 && r->rules.bits != 16 && r->rules.bits != 32 &&
	    r->rules.bits != 64)
		r->bad = "its size is not 8, 16, 32 or 64 bits";
	r->bits = r->bad == NULL ? (unsigned)r->rules.bits : 32;
	if (r->bad == NULL && r->addr % (r->bits / 8) != 0)
		r->bad = "its address is no multiple of its size";
	r->what = svd_prop(s, f->item, TAG_DESCRIPTION);
	r->access = r->rules.access != NULL ? r->rules.access : "read-write";
	r->protection = r->rules.protection;
	r->effect = effect_of(s, f->item);
	r->has_reset = r->rules.reset != NULL && svd_number(r->rules.reset, &r->reset);
	memcpy(r->name, w->path, sizeof r->name);
}

static void
enter(struct walk *w, const struct frame *f)
{
	struct frame *in = &w->frame[w->depth];

	*in = (struct frame){ .rules = f->rules, .name = strlen(w->path) };
	svd_hand_down(w->svd, f->item, &in->rules);
	in->bad = place_of(f, w->svd, &in->base);
	svd_items(w->svd, f->item, TAG_NONE, TAG_REGISTER, TAG_CLUSTER, &in->items);
	w->depth++;
}

/* The next item of the frame, or the next of its array. False: there is none. */
static bool
advance(struct walk *w, struct frame *f)
{
	if (f->item != 0 && f->i + 1 < f->many) {
		f->i++;
		return true;
	}
	f->item = svd_items_next(w->svd, &f->items);
	f->i = 0;
	f->many = f->item != 0 ? svd_many(w->svd, f->item, &f->step) : 0;
	return f->item != 0;
}

static void
begin(struct walk *w, struct svd *s, const struct svd_peripheral *p)
{
	struct frame *f = &w->frame[0];

	*w = (struct walk){ .svd = s, .depth = 1 };
	snprintf(w->path, sizeof w->path, "%s", p->name);
	w->before = svd_prop(s, p->node, TAG_PREPEND);
	w->behind = svd_prop(s, p->node, TAG_APPEND);
	f->name = strlen(w->path);
	f->base = p->addr;
	f->bad = p->bad;
	f->rules.bits = 32;
	svd_hand_down(s, s->device, &f->rules);
	svd_hand_down(s, p->node, &f->rules);
	svd_items(s, p->node, TAG_REGISTERS, TAG_REGISTER, TAG_CLUSTER, &f->items);
}

enum err
svd_registers(struct svd *s, const struct svd_peripheral *p,
    bool (*cb)(void *arg, const struct svd_register *r), void *arg, struct err_msg *why)
{
	struct walk *w = mem_zero(1, sizeof *w);
	struct svd_register r;
	enum err e = ERR_OK;
	bool on = true;

	svd_tree_rest(&s->tree);
	begin(w, s, p);
	while (on && e == ERR_OK && w->depth != 0 && !s->tree.tired) {
		struct frame *f = &w->frame[w->depth - 1];
		const bool more = advance(w, f),
			   cluster = more && s->tree.node[f->item].tag == TAG_CLUSTER;

		if (more)
			say_path(w, f, !cluster);
		if (!more) {
			w->depth--;
		} else if (++w->rows > SVD_ROWS || (cluster && w->depth > SVD_CLUSTERS)) {
			e = err_set(why, ERR_LIMIT, p->name, NULL, w->rows > SVD_ROWS ?
			    "it has too many registers" : "its clusters are nested too deeply");
		} else if (cluster) {
			enter(w, f);
		} else {
			describe(w, f, &r);
			on = cb(arg, &r);
		}
	}
	mem_free(w);
	return e == ERR_OK ? svd_tired(s, why) : e;
}

/* ---- fields */

static const char *
by_offset(struct svd *s, uint32_t node, uint64_t *lsb, uint64_t *msb)
{
	const char *width = svd_prop(s, node, TAG_BIT_WIDTH);
	uint64_t n = 1;

	if (!svd_number(svd_prop(s, node, TAG_BIT_OFFSET), lsb) || *lsb > 63 ||
	    (width != NULL && !svd_number(width, &n)) || n == 0 || n > 64)
		return "its bits are no range";
	*msb = *lsb + n - 1;
	return NULL;
}

/* The three ways to say which bits; whichever comes first in the chain counts. */
static const char *
bits_of(struct svd *s, uint32_t node, uint64_t *lsb, uint64_t *msb)
{
	static const char none[] = "the file does not say which bits it has";
	struct svd_tree *t = &s->tree;
	uint32_t at = node;

	for (unsigned hops = 0; at != 0 && hops <= SVD_HOPS; at = t->node[at].base, hops++) {
		const char *range = svd_tree_text(t, at, TAG_BIT_RANGE);

		if (range != NULL)
			return svd_range(range, msb, lsb) ? NULL : "its bits are no range";
		if (svd_tree_text(t, at, TAG_LSB) != NULL || svd_tree_text(t, at, TAG_MSB) != NULL)
			return svd_number(svd_prop(s, node, TAG_LSB), lsb) &&
			    svd_number(svd_prop(s, node, TAG_MSB), msb) ? NULL : none;
		if (svd_tree_text(t, at, TAG_BIT_OFFSET) != NULL)
			return by_offset(s, node, lsb, msb);
	}
	return none;
}

static void
put_bits(struct svd_field *f, const struct svd_register *r, uint64_t lsb, uint64_t msb,
    uint64_t step, uint32_t i)
{
	uint64_t more;

	if (f->bad == NULL && (msb < lsb || msb >= 64 || __builtin_mul_overflow(step, i, &more) ||
	    more >= 64 || msb + more >= r->bits))
		f->bad = "its bits are not bits of the register";
	if (f->bad != NULL)
		return;
	f->lsb = (unsigned)(lsb + more);
	f->width = (unsigned)(msb - lsb + 1);
}

enum err
svd_fields(struct svd *s, const struct svd_register *r,
    bool (*cb)(void *arg, const struct svd_field *f), void *arg, struct err_msg *why)
{
	struct svd_items it;
	uint32_t node, rows = 0;
	bool on = true;

	svd_items(s, r->node, TAG_FIELDS, TAG_FIELD, TAG_NONE, &it);
	while (on && rows < 4096 && (node = svd_items_next(s, &it)) != 0) {
		uint64_t step, lsb = 0, msb = 0;
		const uint32_t many = svd_many(s, node, &step);
		const char *access = svd_prop(s, node, TAG_ACCESS),
			   *bad = many == 0 ? "how many there are makes no sense" :
		    bits_of(s, node, &lsb, &msb);

		for (uint32_t i = 0; i < (many != 0 ? many : 1) && on && rows < 4096; i++, rows++) {
			struct svd_field f = { .node = node, .bad = bad };

			svd_name(s, node, many, i, f.name, sizeof f.name);
			f.what = svd_prop(s, node, TAG_DESCRIPTION);
			f.access = access != NULL ? access : r->access;
			f.effect = svd_prop(s, node, TAG_READ_ACTION);
			put_bits(&f, r, lsb, msb, step, i);
			on = cb(arg, &f);
		}
	}
	return svd_tired(s, why);
}

/* ---- the words for its values */

/* Where there are two lists, the one for reading. */
static uint32_t
words_of(struct svd *s, uint32_t field)
{
	uint32_t at = field, list = 0, first = 0;

	for (unsigned hops = 0; at != 0 && first == 0 && hops <= SVD_HOPS; hops++) {
		for (list = first = svd_tree_child(&s->tree, at, TAG_ENUMS); list != 0;
		    list = svd_tree_next(&s->tree, list, TAG_ENUMS)) {
			const char *usage = svd_prop(s, list, TAG_USAGE);

			if (usage == NULL || strcmp(usage, "write") != 0)
				return list;
		}
		at = s->tree.node[at].base;
	}
	return first;
}

enum err
svd_values(struct svd *s, const struct svd_field *f,
    bool (*cb)(void *arg, const struct svd_value *v), void *arg, struct err_msg *why)
{
	struct svd_items it;
	uint32_t node, rows = 0;
	bool on = true;

	svd_items(s, words_of(s, f->node), TAG_NONE, TAG_ENUM, TAG_NONE, &it);
	while (on && rows++ < 4096 && it.node != 0 && (node = svd_items_next(s, &it)) != 0) {
		const char *text = svd_tree_text(&s->tree, node, TAG_VALUE),
			   *otherwise = svd_tree_text(&s->tree, node, TAG_IS_DEFAULT);
		struct svd_value v = { .name = svd_tree_text(&s->tree, node, TAG_NAME),
			.what = svd_tree_text(&s->tree, node, TAG_DESCRIPTION) };

		v.otherwise = otherwise != NULL && (strcmp(otherwise, "true") == 0 ||
		    strcmp(otherwise, "1") == 0);
		if (v.otherwise || (text != NULL && svd_pattern(text, &v.value, &v.mask)))
			on = cb(arg, &v);
	}
	return svd_tired(s, why);
}
