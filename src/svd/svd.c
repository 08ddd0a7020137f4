/* svd.c - opening a file, what is derived from what, its peripherals. */
#include "svd/svd.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/slice.h"
#include "svd/number.h"
#include "svd/parts.h"

enum err
svd_tired(const struct svd *s, struct err_msg *why)
{
	if (!s->tree.tired)
		return ERR_OK;
	return err_set(why, ERR_LIMIT, "SVD file", NULL, "it is so tangled that looking through it "
	    "does not end");
}

/* ---- what is derived from what */

static bool
is_item(enum svd_tag tag)
{
	return tag == TAG_PERIPHERAL || tag == TAG_CLUSTER || tag == TAG_REGISTER ||
	    tag == TAG_FIELD || tag == TAG_ENUMS;
}

/* A child item of this name, in its container where it has one. */
static uint32_t
named(struct svd *s, uint32_t of, struct slice name)
{
	static const enum svd_tag in[] = { TAG_NONE, TAG_PERIPHERALS, TAG_REGISTERS, TAG_FIELDS };
	struct svd_tree *t = &s->tree;

	for (size_t i = 0; i < sizeof in / sizeof in[0]; i++) {
		const uint32_t box = i == 0 ? of : svd_tree_child(t, of, in[i]);
		uint32_t at = box != 0 ? t->node[box].child : 0;

		for (; at != 0 && !t->tired; at = t->node[at].next) {
			const char *text = is_item(t->node[at].tag) ?
			    svd_tree_text(t, at, TAG_NAME) : NULL;

			t->work++;
			if (text != NULL && slice_is(name, text))
				return at;
		}
	}
	return 0;
}

/* "REG" beside it or further out, or a path "PERIPHERAL.REG" from anywhere out. */
static uint32_t
find_base(struct svd *s, uint32_t node, const char *path)
{
	struct svd_tree *t = &s->tree;

	for (uint32_t out = t->node[node].parent; out != 0; out = t->node[out].parent) {
		struct slice rest = slice_of(path);
		uint32_t at = out;

		while (rest.n != 0 && at != 0)
			at = named(s, at, slice_cut(rest, '.', &rest));
		if (at != 0 && at != node && at != out && t->node[at].tag == t->node[node].tag)
			return at;
	}
	return 0;
}

static void
find_bases(struct svd *s)
{
	struct svd_tree *t = &s->tree;

	for (uint32_t i = 1; i < t->n; i++)
		if (t->node[i].derived != 0)
			t->node[i].base = find_base(s, i, t->texts.data + t->node[i].derived);
}

const char *
svd_prop(struct svd *s, uint32_t node, enum svd_tag tag)
{
	for (unsigned hops = 0; node != 0 && hops <= SVD_HOPS; hops++) {
		const char *text = svd_tree_text(&s->tree, node, tag);

		if (text != NULL)
			return text;
		node = s->tree.node[node].base;
	}
	return NULL;
}

void
svd_hand_down(struct svd *s, uint32_t node, struct svd_rules *rules)
{
	const char *access = svd_prop(s, node, TAG_ACCESS),
		   *protection = svd_prop(s, node, TAG_PROTECTION),
		   *reset = svd_prop(s, node, TAG_RESET), *size = svd_prop(s, node, TAG_SIZE);

	rules->access = access != NULL ? access : rules->access;
	rules->protection = protection != NULL ? protection : rules->protection;
	rules->reset = reset != NULL ? reset : rules->reset;
	if (size != NULL && !svd_number(size, &rules->bits))
		rules->bits = 0;
}

uint32_t
svd_many(struct svd *s, uint32_t node, uint64_t *step)
{
	const char *name = svd_tree_text(&s->tree, node, TAG_NAME);
	const bool own = name != NULL && strstr(name, "%s") == NULL;
	const char *text = own ? svd_tree_text(&s->tree, node, TAG_DIM) :
	    svd_prop(s, node, TAG_DIM);
	uint64_t many;

	*step = 0;
	if (text == NULL)
		return 1;
	if (!svd_number(text, &many) || many == 0 || many > SVD_DIM ||
	    !svd_number(svd_prop(s, node, TAG_DIM_INCREMENT), step))
		return 0;
	return (uint32_t)many;
}

void
svd_name(struct svd *s, uint32_t node, uint32_t many, uint32_t i, char *out, size_t size)
{
	const char *name = svd_prop(s, node, TAG_NAME), *list = svd_prop(s, node, TAG_DIM_INDEX);
	char index[32];

	name = name != NULL ? name : "?";
	if (many == 1 && strstr(name, "%s") == NULL) {
		snprintf(out, size, "%s", name);
		return;
	}
	if (strstr(name, "[%s]") != NULL || list == NULL ||
	    !svd_index(list, i, index, sizeof index))
		snprintf(index, sizeof index, "%u", (unsigned)i);
	svd_spell(name, index, out, size);
}

/* ---- items of a node, and of its base */

void
svd_items(struct svd *s, uint32_t node, enum svd_tag in, enum svd_tag one, enum svd_tag other,
    struct svd_items *it)
{
	const uint32_t box = in != TAG_NONE ? svd_tree_child(&s->tree, node, in) : node;

	*it = (struct svd_items){ .node = node, .owner = node, .in = in, .one = one,
		.other = other };
	it->at = box != 0 ? s->tree.node[box].child : 0;
}

static uint32_t
box_of(struct svd *s, const struct svd_items *it, uint32_t owner)
{
	return it->in != TAG_NONE ? svd_tree_child(&s->tree, owner, it->in) : owner;
}

/* One that comes before it in the chain has this name. */
static bool
overridden(struct svd *s, const struct svd_items *it, uint32_t item)
{
	const char *name = svd_tree_text(&s->tree, item, TAG_NAME);
	struct svd_tree *t = &s->tree;

	for (uint32_t from = it->node; name != NULL && from != it->owner && from != 0;
	    from = t->node[from].base) {
		const uint32_t box = box_of(s, it, from);

		for (uint32_t at = box != 0 ? t->node[box].child : 0; at != 0 && !t->tired;
		    at = t->node[at].next) {
			const char *own = t->node[at].tag == t->node[item].tag ?
			    svd_tree_text(t, at, TAG_NAME) : NULL;

			t->work++;
			if (own != NULL && strcmp(own, name) == 0)
				return true;
		}
	}
	return false;
}

uint32_t
svd_items_next(struct svd *s, struct svd_items *it)
{
	struct svd_tree *t = &s->tree;

	while (!t->tired) {
		while (it->at != 0) {
			const uint32_t at = it->at;

			it->at = t->node[at].next;
			t->work++;
			if ((t->node[at].tag == it->one || (it->other != TAG_NONE &&
			    t->node[at].tag == it->other)) && !overridden(s, it, at))
				return at;
		}
		if (t->node[it->owner].base == 0 || ++it->hops > SVD_HOPS)
			return 0;
		it->owner = t->node[it->owner].base;
		it->at = box_of(s, it, it->owner);
		it->at = it->at != 0 ? t->node[it->at].child : 0;
	}
	return 0;
}

/* ---- a file */

enum err
svd_open(const char *p, size_t n, const char *file, struct svd **out, struct err_msg *why)
{
	struct svd *s = mem_zero(1, sizeof *s);
	enum err e = n <= INT_MAX ? ERR_OK : err_set(why, ERR_LIMIT, file, NULL, "it is too large");

	if (e == ERR_OK)
		e = svd_tree_read(&s->tree, p, n, file, why);
	if (e == ERR_OK) {
		s->device = s->tree.n > 1 && s->tree.node[1].tag == TAG_DEVICE ? 1 : 0;
		s->peripherals = svd_tree_child(&s->tree, s->device, TAG_PERIPHERALS);
		if (s->peripherals == 0)
			e = err_set(why, ERR_FORMAT, file, "a CMSIS-SVD file is XML, from the "
			    "chip's maker", "no device with peripherals is in it");
	}
	if (e == ERR_OK) {
		find_bases(s);
		e = svd_tired(s, why);
	}
	if (e != ERR_OK) {
		svd_close(s);
		return e;
	}
	*out = s;
	return ERR_OK;
}

void
svd_close(struct svd *s)
{
	if (s == NULL)
		return;
	svd_tree_fini(&s->tree);
	mem_free(s);
}

const char *
svd_device(struct svd *s, const char **what)
{
	*what = svd_tree_text(&s->tree, s->device, TAG_DESCRIPTION);
	return svd_tree_text(&s->tree, s->device, TAG_NAME);
}

static void
describe(struct svd *s, uint32_t node, struct svd_peripheral *p)
{
	const uint32_t derived = s->tree.node[node].derived;

	*p = (struct svd_peripheral){ .node = node };
	p->what = svd_prop(s, node, TAG_DESCRIPTION);
	p->group = svd_prop(s, node, TAG_GROUP);
	p->from = derived != 0 ? s->tree.texts.data + derived : NULL;
	if (svd_tree_text(&s->tree, node, TAG_BASE_ADDRESS) == NULL)
		p->bad = "the file gives it no address";
	else if (!svd_number(svd_tree_text(&s->tree, node, TAG_BASE_ADDRESS), &p->addr))
		p->bad = "its address is no number";
	else if (derived != 0 && s->tree.node[node].base == 0)
		p->bad = "what it is derived from is not in the file";
	p->addr = p->bad != NULL ? 0 : p->addr;
}

enum err
svd_peripherals(struct svd *s, bool (*cb)(void *arg, const struct svd_peripheral *p), void *arg,
    struct err_msg *why)
{
	struct svd_peripheral p;
	uint32_t node, rows = 0;
	bool on = true;

	svd_tree_rest(&s->tree);
	for (node = svd_tree_child(&s->tree, s->peripherals, TAG_PERIPHERAL); node != 0 && on;
	    node = svd_tree_next(&s->tree, node, TAG_PERIPHERAL)) {
		uint64_t step, first;
		const uint32_t many = svd_many(s, node, &step);

		describe(s, node, &p);
		first = p.addr;
		if (many == 0)
			p.bad = "how many there are is no number that makes sense";
		for (uint32_t i = 0; i < (many != 0 ? many : 1) && on && rows < SVD_ROWS &&
		    !s->tree.tired; i++, rows++) {
			svd_name(s, node, many, i, p.name, sizeof p.name);
			if (p.bad == NULL && (__builtin_mul_overflow(step, i, &p.addr) ||
			    __builtin_add_overflow(p.addr, first, &p.addr)))
				p.bad = "its address is beyond 64 bits";
			on = cb(arg, &p);
		}
	}
	return svd_tired(s, why);
}

/* ---- names that people give */

bool
svd_means(const char *want, const char *name, const char **field)
{
	const size_t n = strlen(want), have = strlen(name);

	*field = NULL;
	if (n <= have && strncasecmp(want, name, n) == 0 &&
	    (name[n] == '\0' || name[n] == '.' || name[n] == '['))
		return true;
	if (n > have + 1 && strncasecmp(want, name, have) == 0 && want[have] == '.' &&
	    strchr(want + have + 1, '.') == NULL) {
		*field = want + have + 1;
		return true;
	}
	return false;
}
