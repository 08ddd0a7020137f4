/* rx.c - from trees to one machine for a whole set of patterns. */
#include "script/rx.h"

#include <string.h>

#include "base/alloc.h"
#include "script/rx_parse.h"

/* nodes visited while emitting: empty repeats emit nothing, for long */
enum { STEPS_MAX = 1 << 16 };

struct emitter {
	struct rx *rx;
	const struct rx_tree *t;
	unsigned steps;
};

static bool
put(struct rx *rx, enum rx_op op, unsigned x, unsigned y)
{
	if (rx->n == RX_CODE_MAX)
		return false;
	if (rx->n == rx->cap) {
		rx->cap = rx->cap != 0 ? rx->cap * 2 : 64;
		rx->code = mem_resize(rx->code, rx->cap, sizeof *rx->code);
	}
	rx->code[rx->n++] =
	    (struct rx_inst){ .op = (uint8_t)op, .x = (uint16_t)x, .y = (uint16_t)y };
	return true;
}

static bool emit(struct emitter *m, int node);

static bool
emit_alt(struct emitter *m, const struct rx_node *n)
{
	/* the jumps to the end, linked through x until it is known */
	unsigned chain = UINT16_MAX;

	for (int c = n->child; c >= 0; c = m->t->node[c].next) {
		const size_t split = m->rx->n;
		const bool more = m->t->node[c].next >= 0;

		if (more && !put(m->rx, RX_SPLIT, (unsigned)split + 1, 0))
			return false;
		if (!emit(m, c))
			return false;
		if (!more)
			break;
		if (!put(m->rx, RX_JUMP, chain, 0))
			return false;
		chain = (unsigned)m->rx->n - 1;
		m->rx->code[split].y = (uint16_t)m->rx->n;
	}
	while (chain != UINT16_MAX) {
		const unsigned next = m->rx->code[chain].x;

		m->rx->code[chain].x = (uint16_t)m->rx->n;
		chain = next;
	}
	return true;
}

/* The loop part of x* and of x+ (whose first x is there already). */
static bool
emit_star(struct emitter *m, const struct rx_node *n)
{
	struct rx *rx = m->rx;
	const size_t split = rx->n;

	if (!put(rx, RX_SPLIT, 0, 0) || !emit(m, n->child) || !put(rx, RX_JUMP, (unsigned)split, 0))
		return false;
	rx->code[split].x = (uint16_t)(n->lazy ? rx->n : split + 1);
	rx->code[split].y = (uint16_t)(n->lazy ? split + 1 : rx->n);
	return true;
}

static bool
emit_optional(struct emitter *m, const struct rx_node *n)
{
	struct rx *rx = m->rx;
	unsigned chain = UINT16_MAX;

	for (int i = n->min; i < n->max; i++) {
		if (!put(rx, RX_SPLIT, (unsigned)rx->n + 1, chain))
			return false;
		chain = (unsigned)rx->n - 1;
		if (!emit(m, n->child))
			return false;
	}
	while (chain != UINT16_MAX) {
		struct rx_inst *s = &rx->code[chain];
		const unsigned next = s->y, body = s->x;

		s->x = (uint16_t)(n->lazy ? rx->n : body);
		s->y = (uint16_t)(n->lazy ? body : rx->n);
		chain = next;
	}
	return true;
}

static bool
emit_repeat(struct emitter *m, const struct rx_node *n)
{
	for (int i = 0; i < n->min; i++)
		if (!emit(m, n->child))
			return false;
	return n->max < 0 ? emit_star(m, n) : emit_optional(m, n);
}

static bool
emit_group(struct emitter *m, const struct rx_node *n)
{
	const unsigned slot = 2 * (unsigned)n->index;

	if (n->index == 0)
		return emit(m, n->child);
	return put(m->rx, RX_SAVE, slot, 0) && emit(m, n->child) &&
	    put(m->rx, RX_SAVE, slot + 1, 0);
}

static bool
emit_cat(struct emitter *m, const struct rx_node *n)
{
	for (int c = n->child; c >= 0; c = m->t->node[c].next)
		if (!emit(m, c))
			return false;
	return true;
}

/* Depth: four calls a group, and groups nest RX_DEPTH_MAX deep at most. */
static bool
emit(struct emitter *m, int node)
{
	const struct rx_node *n = &m->t->node[node];

	if (++m->steps > STEPS_MAX)
		return false;
	switch (n->kind) {
	case RX_N_BYTE:
		if (!put(m->rx, RX_BYTE, 0, 0))
			return false;
		m->rx->code[m->rx->n - 1].byte = n->byte;
		return true;
	case RX_N_ANY: return put(m->rx, RX_ANY, 0, 0);
	case RX_N_CLASS: return put(m->rx, RX_CLASS, (unsigned)n->index, 0);
	case RX_N_BOL: return put(m->rx, RX_BOL, 0, 0);
	case RX_N_EOL: return put(m->rx, RX_EOL, 0, 0);
	case RX_N_WORDB: return put(m->rx, RX_WORDB, 0, 0);
	case RX_N_NWORDB: return put(m->rx, RX_NWORDB, 0, 0);
	case RX_N_CAT: return emit_cat(m, n);
	case RX_N_ALT: return emit_alt(m, n);
	case RX_N_GROUP: return emit_group(m, n);
	case RX_N_REPEAT: return emit_repeat(m, n);
	}
	return false;
}

static enum err
add_pattern(struct rx *rx, struct rx_tree *t, const struct rx_source *src, size_t index, bool last,
    struct err_msg *why)
{
	struct emitter m = { .rx = rx, .t = t };
	const size_t split = rx->n;
	const enum err e = rx_parse(t, src, &rx->patterns[index], why);
	bool good = true;

	if (e != ERR_OK)
		return e;
	if (!last)
		good = put(rx, RX_SPLIT, (unsigned)split + 1, 0);
	good = good && put(rx, RX_SAVE, 0, 0) && emit(&m, t->root) && put(rx, RX_SAVE, 1, 0) &&
	    put(rx, RX_MATCH, (unsigned)index, 0);
	if (!good)
		return err_set(why, ERR_LIMIT, "pattern", "use smaller counts or fewer patterns",
		    "needs more than %d steps", RX_CODE_MAX);
	if (!last)
		rx->code[split].y = (uint16_t)rx->n;
	if (rx->slots < 2 * (rx->patterns[index].groups + 1))
		rx->slots = 2 * (rx->patterns[index].groups + 1);
	return ERR_OK;
}

static void
first_of(struct rx *rx, const struct rx_inst *i)
{
	for (unsigned b = 0; b < 256; b++)
		if (i->op == RX_BYTE ? b == i->byte :
		    i->op == RX_ANY ? b != '\n' : rx_class_has(&rx->classes[i->x], (uint8_t)b))
			rx->first[b] = true;
}

/* Which bytes can begin a match; assertions are taken as true. */
static void
find_first(struct rx *rx)
{
	uint16_t *stack = mem_zero(2 * rx->n + 1, sizeof *stack);
	bool *seen = mem_zero(rx->n, sizeof *seen);
	size_t top = 1;

	while (top != 0) {
		const uint16_t pc = stack[--top];
		const struct rx_inst *i = &rx->code[pc];

		if (seen[pc])
			continue;
		seen[pc] = true;
		switch ((enum rx_op)i->op) {
		case RX_BYTE: case RX_ANY: case RX_CLASS: first_of(rx, i); break;
		case RX_MATCH: rx->empty = true; break;
		case RX_SPLIT: stack[top++] = i->y; stack[top++] = i->x; break;
		case RX_JUMP: stack[top++] = i->x; break;
		case RX_SAVE: case RX_BOL: case RX_EOL: case RX_WORDB: case RX_NWORDB:
			stack[top++] = (uint16_t)(pc + 1);
			break;
		}
	}
	mem_free(stack);
	mem_free(seen);
}

enum err
rx_compile(const struct rx_source *src, size_t count, struct rx **out, struct err_msg *why)
{
	struct rx_tree t = { .n = 0 };
	struct rx *rx;
	enum err e = ERR_OK;

	if (count == 0 || count > RX_SET_MAX)
		return err_set(why, ERR_USAGE, "patterns", NULL, "%zu of them; 1 to %d are allowed",
		    count, RX_SET_MAX);
	rx = mem_zero(1, sizeof *rx);
	rx->patterns = mem_zero(count, sizeof *rx->patterns);
	rx->count = count;
	for (size_t i = 0; e == ERR_OK && i < count; i++)
		e = add_pattern(rx, &t, &src[i], i, i + 1 == count, why);
	rx->classes = t.classes;
	rx->nclasses = t.nclasses;
	mem_free(t.node);
	if (e != ERR_OK) {
		rx_free(rx);
		return e;
	}
	find_first(rx);
	*out = rx;
	return ERR_OK;
}

void
rx_free(struct rx *rx)
{
	if (rx == NULL)
		return;
	mem_free(rx->code);
	mem_free(rx->classes);
	mem_free(rx->patterns);
	mem_free(rx);
}
