/* rx_run.c - the simulation: threads in order of preference, one step a byte. */
#include "script/rx_run.h"

#include <string.h>

#include "base/alloc.h"

struct threads {
	uint16_t *pc;
	uint64_t *slot;                 /* rx->slots of each thread */
	uint32_t *seen;                 /* by pc: the generation that visited it */
	uint32_t gen;
	size_t n;
	bool waits;                     /* one stands at an assertion that needs the next byte */
};

/* slot >= 0: put the old value back */
struct entry { uint16_t pc; int16_t slot; uint64_t old; };

struct rx_run {
	const struct rx *rx;
	uint64_t at;                    /* offset of the next byte */
	int before;
	bool matched;
	struct rx_match match;
	struct threads a, b, *cur, *next;
	struct entry *stack;
	uint64_t work[RX_SLOTS];
};

/* What is known around the place where threads are added. next: byte, -1 unknown, -2 the text ends.
 * */
enum { NEXT_UNKNOWN = -1, NEXT_END = -2 };

static void
threads_init(struct threads *t, const struct rx *rx)
{
	t->pc = mem_zero(rx->n, sizeof *t->pc);
	t->slot = mem_zero(rx->n * rx->slots, sizeof *t->slot);
	t->seen = mem_zero(rx->n, sizeof *t->seen);
	t->gen = 1;
}

static void
threads_fini(struct threads *t)
{
	mem_free(t->pc);
	mem_free(t->slot);
	mem_free(t->seen);
}

static void
threads_clear(struct threads *t, size_t code)
{
	t->n = 0;
	t->waits = false;
	if (++t->gen == 0) {
		memset(t->seen, 0, code * sizeof *t->seen);
		t->gen = 1;
	}
}

struct rx_run *
rx_run_new(const struct rx *rx, uint64_t offset, int before)
{
	struct rx_run *r = mem_zero(1, sizeof *r);

	r->rx = rx;
	r->at = offset;
	r->before = before;
	threads_init(&r->a, rx);
	threads_init(&r->b, rx);
	r->cur = &r->a;
	r->next = &r->b;
	r->stack = mem_zero(2 * rx->n + 2, sizeof *r->stack);
	return r;
}

void
rx_run_free(struct rx_run *r)
{
	if (r == NULL)
		return;
	threads_fini(&r->a);
	threads_fini(&r->b);
	mem_free(r->stack);
	mem_free(r);
}

static bool
is_word(int c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    c == '_';
}

/* 1 holds, 0 does not, -1 cannot be known before the next byte. */
static int
holds(enum rx_op op, int before, int next)
{
	if (op == RX_BOL)
		return before == -1 || before == '\n';
	if (next == NEXT_UNKNOWN)
		return -1;
	if (op == RX_EOL)
		return next == NEXT_END || next == '\n' || next == '\r';
	return (is_word(before) != is_word(next)) == (op == RX_WORDB);
}

static void
keep(struct rx_run *r, struct threads *t, uint16_t pc)
{
	t->pc[t->n] = pc;
	memcpy(t->slot + t->n * r->rx->slots, r->work, r->rx->slots * sizeof *r->work);
	t->n++;
}

/* Adds pc and all that is reached from it without a byte, best first. r->work holds the slots. */
static void
add(struct rx_run *r, struct threads *t, uint16_t start, uint64_t at, int before, int next)
{
	size_t top = 0;

	r->stack[top++] = (struct entry){ .pc = start, .slot = -1 };
	while (top != 0) {
		const struct entry e = r->stack[--top];
		const struct rx_inst *i = &r->rx->code[e.pc];
		int known;

		if (e.slot >= 0) {
			r->work[e.slot] = e.old;
			continue;
		}
		if (t->seen[e.pc] == t->gen)
			continue;
		t->seen[e.pc] = t->gen;
		switch ((enum rx_op)i->op) {
		case RX_JUMP:
			r->stack[top++] = (struct entry){ .pc = i->x, .slot = -1 };
			break;
		case RX_SPLIT:
			r->stack[top++] = (struct entry){ .pc = i->y, .slot = -1 };
			r->stack[top++] = (struct entry){ .pc = i->x, .slot = -1 };
			break;
		case RX_SAVE:
			r->stack[top++] =
			    (struct entry){ .slot = (int16_t)i->x, .old = r->work[i->x] };
			r->work[i->x] = at;
			r->stack[top++] = (struct entry){ .pc = (uint16_t)(e.pc + 1), .slot = -1 };
			break;
		case RX_BOL: case RX_EOL: case RX_WORDB: case RX_NWORDB:
			known = holds((enum rx_op)i->op, before, next);
			if (known > 0)
				r->stack[top++] =
				    (struct entry){ .pc = (uint16_t)(e.pc + 1), .slot = -1 };
			else if (known < 0)
				keep(r, t, e.pc);
			t->waits = t->waits || known < 0;
			break;
		case RX_BYTE: case RX_ANY: case RX_CLASS: case RX_MATCH:
			keep(r, t, e.pc);
			break;
		}
	}
}

/* The first finished thread beats all behind it; those before it may still beat it. */
static void
settle(struct rx_run *r, struct threads *t)
{
	const unsigned slots = r->rx->slots;

	for (size_t i = 0; i < t->n; i++) {
		const struct rx_inst *in = &r->rx->code[t->pc[i]];

		if (in->op != RX_MATCH)
			continue;
		r->matched = true;
		r->match.pattern = in->x;
		for (unsigned s = 0; s < RX_SLOTS; s++)
			r->match.slot[s] = s < slots ? t->slot[i * slots + s] : RX_UNSET;
		t->n = i;
		return;
	}
}

/* The threads once more, now that the next byte is known, plus one that begins here. */
static void
prepare(struct rx_run *r, int next)
{
	const unsigned slots = r->rx->slots;
	struct threads *t = r->cur;

	if (t->waits) {
		threads_clear(r->next, r->rx->n);
		for (size_t i = 0; i < t->n; i++) {
			memcpy(r->work, t->slot + i * slots, slots * sizeof *r->work);
			add(r, r->next, t->pc[i], r->at, r->before, next);
		}
		r->cur = r->next;
		r->next = t;
		settle(r, r->cur);
	}
	if (r->matched || (next >= 0 && !r->rx->first[next] && !r->rx->empty))
		return;
	for (unsigned s = 0; s < slots; s++)
		r->work[s] = RX_UNSET;
	add(r, r->cur, 0, r->at, r->before, next);
	if (r->rx->empty)
		settle(r, r->cur);
}

static void
step(struct rx_run *r, uint8_t c)
{
	const unsigned slots = r->rx->slots;
	struct threads *t;

	prepare(r, c);
	t = r->cur;
	threads_clear(r->next, r->rx->n);
	for (size_t i = 0; i < t->n; i++) {
		const struct rx_inst *in = &r->rx->code[t->pc[i]];

		if (in->op == RX_BYTE ? in->byte != c : in->op == RX_ANY ? c == '\n' :
		    in->op != RX_CLASS || !rx_class_has(&r->rx->classes[in->x], c))
			continue;
		memcpy(r->work, t->slot + i * slots, slots * sizeof *r->work);
		add(r, r->next, (uint16_t)(t->pc[i] + 1), r->at + 1, c, NEXT_UNKNOWN);
	}
	r->cur = r->next;
	r->next = t;
	r->at++;
	r->before = c;
	settle(r, r->cur);
}

bool
rx_run_feed(struct rx_run *r, const char *p, size_t n)
{
	const bool skip = !r->rx->empty;

	for (size_t i = 0; i < n; i++) {
		if (r->matched && r->cur->n == 0)
			return true;
		if (skip && r->cur->n == 0) {
			const size_t from = i;

			while (i < n && !r->rx->first[(uint8_t)p[i]])
				i++;
			if (i > from) {
				r->at += i - from;
				r->before = (uint8_t)p[i - 1];
			}
			if (i == n)
				break;
		}
		step(r, (uint8_t)p[i]);
	}
	return r->matched && r->cur->n == 0;
}

bool
rx_run_end(struct rx_run *r, bool text_ends)
{
	if (text_ends)
		prepare(r, NEXT_END);
	r->cur->n = 0;
	return r->matched;
}

const struct rx_match *
rx_run_match(const struct rx_run *r)
{
	return r->matched ? &r->match : NULL;
}

void
rx_run_skip(struct rx_run *r, uint64_t offset)
{
	threads_clear(r->cur, r->rx->n);
	r->at = offset;
	r->before = ' ';
}

void
rx_run_jump(struct rx_run *r, uint64_t offset)
{
	r->at = offset;
}

uint64_t
rx_run_oldest(const struct rx_run *r)
{
	uint64_t oldest = r->matched ? r->match.slot[0] : r->at;

	for (size_t i = 0; i < r->cur->n; i++) {
		const uint64_t s = r->cur->slot[i * r->rx->slots];

		if (s != RX_UNSET && s < oldest)
			oldest = s;
	}
	return oldest;
}
