/* places.c - units by their code ranges, functions by a counted walk, lines by the line table. */
#include "elf/places.h"

#include <dwarf.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

enum {
	RANGES_MAX = 1 << 20, WALK_MAX = 4 << 20, OPEN_MAX = 64, UNITS_TRIED = 16,
	ROWS_TRIED = 256,
	DROPPED_BELOW = 0x10000,        /* dropped functions are shorter than this */
};

/* ---- units */

static void
add_range(struct places *p, Dwarf_Addr from, Dwarf_Addr to, Dwarf_Off unit)
{
	/* what the linker threw away is left at 0 or 1, or at the last addresses */
	if (from <= 1 || from >= to || p->n == RANGES_MAX)
		return;
	if (p->n == p->cap) {
		p->cap = p->cap != 0 ? p->cap * 2 : 256;
		p->range = mem_resize(p->range, p->cap, sizeof *p->range);
	}
	p->range[p->n++] = (struct places_range){ from, to, unit };
}

static int
by_from(const void *a, const void *b)
{
	const struct places_range *x = a, *y = b;

	return x->from < y->from ? -1 : x->from > y->from;
}

/* The place in memory of the units' code. Go writes no .debug_aranges, nor does LLVM: each unit is
 * asked. */
static void
read_units(struct places *p)
{
	Dwarf_CU *cu = NULL, *next;
	Dwarf_Die die, sub;
	uint8_t type;

	while (dwarf_get_units(p->dw, cu, &next, NULL, &type, &die, &sub) == 0) {
		Dwarf_Addr base = 0, from, to;
		ptrdiff_t at = 0;

		cu = next;
		if (type != DW_UT_compile && type != DW_UT_partial)
			continue;
		for (unsigned i = 0; i < RANGES_MAX; i++) {
			at = dwarf_ranges(&die, at, &base, &from, &to);
			if (at <= 0)
				break;
			add_range(p, from, to, dwarf_dieoffset(&die));
		}
		if (p->n == RANGES_MAX)
			break;
	}
	if (p->n != 0)
		qsort(p->range, p->n, sizeof *p->range, by_from);
	p->reach = mem_zero(p->n + 1, sizeof *p->reach);
	for (size_t i = 0; i < p->n; i++)
		p->reach[i] = i != 0 && p->reach[i - 1] > p->range[i].to ? p->reach[i - 1] :
		    p->range[i].to;
}

void
places_open(struct places *p, Elf *e)
{
	*p = (struct places){ .dw = dwarf_begin_elf(e, DWARF_C_READ, NULL) };
	if (p->dw == NULL)
		return;
	read_units(p);
	if (p->n == 0) {
		(void)dwarf_end(p->dw);
		p->dw = NULL;
	}
}

void
places_close(struct places *p)
{
	if (p->dw != NULL)
		(void)dwarf_end(p->dw);
	mem_free(p->range);
	mem_free(p->reach);
	*p = (struct places){ .dw = NULL };
}

/* ---- the functions that hold an address */

struct chain { Dwarf_Die die[BINARY_FRAMES]; size_t n; unsigned steps; };

static bool
may_hold_functions(int tag)
{
	return tag == DW_TAG_namespace || tag == DW_TAG_module || tag == DW_TAG_structure_type ||
	    tag == DW_TAG_class_type || tag == DW_TAG_lexical_block;
}

/* The child of `in` that has the address and whose tag is one of code: function, inlined function,
 * block. Containers of functions (namespaces) that were met are put on `open`. */
static bool
child_with(struct chain *c, Dwarf_Die *in, Dwarf_Addr pc, Dwarf_Die *out, Dwarf_Die *open,
    size_t *opened)
{
	Dwarf_Die d;
	int more = dwarf_child(in, &d);

	for (; more == 0 && c->steps < WALK_MAX; more = dwarf_siblingof(&d, &d), c->steps++) {
		const int tag = dwarf_tag(&d);

		if (tag == DW_TAG_subprogram || tag == DW_TAG_inlined_subroutine ||
		    tag == DW_TAG_lexical_block) {
			Dwarf_Addr low;

			/* thrown away by the linker: its code is "at 0" */
			if (dwarf_haspc(&d, pc) == 1 && (dwarf_lowpc(&d, &low) != 0 || low > 1)) {
				*out = d;
				return true;
			}
		} else if (may_hold_functions(tag) && *opened < OPEN_MAX) {
			open[(*opened)++] = d;
		}
	}
	return false;
}

/* The function of the unit that has the address. */
static bool
outermost(struct chain *c, Dwarf_Die *unit, Dwarf_Addr pc, Dwarf_Die *out)
{
	Dwarf_Die open[OPEN_MAX], in = *unit;
	size_t opened = 0;

	for (;;) {
		if (child_with(c, &in, pc, out, open, &opened))
			return true;
		if (opened == 0)
			return false;
		in = open[--opened];
	}
}

/* From the outermost function inwards; blocks are passed through. */
static void
walk(struct chain *c, Dwarf_Die *unit, Dwarf_Addr pc)
{
	Dwarf_Die at, next, ignored[OPEN_MAX];
	size_t dropped;

	if (!outermost(c, unit, pc, &at))
		return;
	for (unsigned deep = 0; deep < 4 * BINARY_FRAMES; deep++) {
		if (dwarf_tag(&at) != DW_TAG_lexical_block) {
			if (c->n == BINARY_FRAMES)
				return;
			c->die[c->n++] = at;
		}
		dropped = OPEN_MAX;     /* no containers inside of functions */
		if (!child_with(c, &at, pc, &next, ignored, &dropped))
			return;
		at = next;
	}
}

static const char *
name_of(Dwarf_Die *d)
{
	Dwarf_Attribute a;
	const char *name = dwarf_diename(d);

	if (name == NULL && dwarf_attr_integrate(d, DW_AT_linkage_name, &a) != NULL)
		name = dwarf_formstring(&a);
	return name != NULL ? name : "?";
}

/* ---- lines */

/* The line after the function's last: where the next one of its file is declared. */
static int
next_function(Dwarf_Die *unit, const char *file, int line)
{
	Dwarf_Die d;
	int more = dwarf_child(unit, &d), least = INT_MAX;

	for (unsigned i = 0; more == 0 && i < WALK_MAX; more = dwarf_siblingof(&d, &d), i++) {
		const char *is;
		int at;

		if (dwarf_tag(&d) != DW_TAG_subprogram || dwarf_decl_line(&d, &at) != 0 ||
		    at <= line || at >= least)
			continue;
		is = dwarf_decl_file(&d);
		if (is != NULL && strcmp(is, file) == 0)
			least = at;
	}
	return least;
}

/* The first row of the line table that is behind pc. */
static size_t
row_behind(Dwarf_Lines *lines, size_t n, Dwarf_Addr pc)
{
	size_t lo = 0, hi = n;
	Dwarf_Addr at;

	while (lo < hi) {
		const size_t mid = lo + (hi - lo) / 2;

		if (dwarf_lineaddr(dwarf_onesrcline(lines, mid), &at) == 0 && at <= pc)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* Rows of functions that the linker dropped stand at address 0 and up, sorted among the real ones:
 * there the row must be one of the function's own lines. NULL when none is. */
static Dwarf_Line *
own_row(Dwarf_Die *unit, Dwarf_Die *function, Dwarf_Addr pc)
{
	const char *own = dwarf_decl_file(function);
	Dwarf_Lines *lines;
	size_t n, tried = 0;
	int from, to;

	if (own == NULL || dwarf_decl_line(function, &from) != 0 ||
	    dwarf_getsrclines(unit, &lines, &n) != 0)
		return NULL;
	to = next_function(unit, own, from);
	for (size_t i = row_behind(lines, n, pc); i-- > 0 && tried < ROWS_TRIED; tried++) {
		Dwarf_Line *l = dwarf_onesrcline(lines, i);
		const char *file = dwarf_linesrc(l, NULL, NULL);
		bool end = false;
		int line = 0;

		(void)dwarf_lineendsequence(l, &end);
		(void)dwarf_lineno(l, &line);
		if (!end && line >= from && line < to && file != NULL && strcmp(file, own) == 0)
			return l;
	}
	return NULL;
}

static void
line_of(Dwarf_Die *unit, Dwarf_Die *function, Dwarf_Addr pc, struct binary_frame *f)
{
	Dwarf_Line *row = pc < DROPPED_BELOW ? own_row(unit, function, pc) : NULL;
	int line = 0;

	if (row == NULL)
		row = dwarf_getsrc_die(unit, pc);
	if (row == NULL)
		return;
	f->file = dwarf_linesrc(row, NULL, NULL);
	if (dwarf_lineno(row, &line) == 0 && line > 0)
		f->line = (unsigned)line;
}

/* Where an inlined function was called. */
static void
call_site(Dwarf_Die *unit, Dwarf_Die *inlined, struct binary_frame *f)
{
	Dwarf_Attribute a;
	Dwarf_Word v;
	Dwarf_Files *files;
	size_t n;

	if (dwarf_attr(inlined, DW_AT_call_line, &a) != NULL && dwarf_formudata(&a, &v) == 0)
		f->line = (unsigned)v;
	if (dwarf_attr(inlined, DW_AT_call_file, &a) != NULL && dwarf_formudata(&a, &v) == 0 &&
	    dwarf_getsrcfiles(unit, &files, &n) == 0 && v < n)
		f->file = dwarf_filesrc(files, (size_t)v, NULL, NULL);
}

static size_t
in_unit(struct places *p, Dwarf_Off offset, uint64_t pc, struct binary_frame *out, size_t max)
{
	struct chain c = { .n = 0 };
	Dwarf_Die unit;
	size_t made = 0;

	if (dwarf_offdie(p->dw, offset, &unit) == NULL)
		return 0;
	walk(&c, &unit, pc);
	for (size_t i = c.n; i-- > 0 && made < max; made++) {
		struct binary_frame *f = &out[made];

		*f = (struct binary_frame){ .func = name_of(&c.die[i]), .inlined = i != 0 };
		if (i + 1 == c.n)
			line_of(&unit, &c.die[i], pc, f);
		else
			call_site(&unit, &c.die[i + 1], f);
	}
	return made;
}

size_t
places_find(struct places *p, uint64_t pc, struct binary_frame *out, size_t max)
{
	size_t lo = 0, hi = p->n;
	unsigned tried = 0;

	while (lo < hi) {
		const size_t mid = lo + (hi - lo) / 2;

		if (p->range[mid].from <= pc)
			lo = mid + 1;
		else
			hi = mid;
	}
	while (lo-- > 0 && p->reach[lo] > pc && tried < UNITS_TRIED)
		if (pc < p->range[lo].to) {
			const size_t n = in_unit(p, p->range[lo].unit, pc, out, max);

			if (n != 0)
				return n;
			tried++;
		}
	return 0;
}
