/* symtab.c - function symbols, sorted by address. */
#include "elf/symtab.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

enum { SYMBOLS_MAX = 4 << 20 };
static const uint64_t REACH = 1 << 20;          /* a symbol without a size holds at most so much */

static void
add(struct symtab *t, uint64_t addr, uint64_t size, const char *name)
{
	if (t->n == t->cap) {
		t->cap = t->cap != 0 ? t->cap * 2 : 1024;
		t->row = mem_resize(t->row, t->cap, sizeof *t->row);
	}
	t->row[t->n++] = (struct symtab_row){ addr, size, name };
}

/* A name that is a function's: assemblers mark code and data by $t, $d, $x. */
static bool
is_function(const GElf_Sym *s, const char *name)
{
	const int type = GELF_ST_TYPE(s->st_info);

	return (type == STT_FUNC || type == STT_NOTYPE) && s->st_shndx != SHN_UNDEF &&
	    s->st_shndx != SHN_ABS && name != NULL && name[0] != '\0' && name[0] != '$' &&
	    strncmp(name, ".L", 2) != 0;
}

static void
read_section(struct symtab *t, Elf *e, Elf_Scn *scn, const GElf_Shdr *h, bool thumb)
{
	Elf_Data *d = elf_getdata(scn, NULL);
	const size_t n = h->sh_entsize != 0 ? (size_t)(h->sh_size / h->sh_entsize) : 0;

	for (size_t i = 0; d != NULL && i < n && i < SYMBOLS_MAX; i++) {
		GElf_Sym s;
		const char *name;

		if (gelf_getsym(d, (int)i, &s) == NULL)
			return;
		name = elf_strptr(e, h->sh_link, s.st_name);
		if (is_function(&s, name))
			add(t, thumb ? s.st_value & ~UINT64_C(1) : s.st_value, s.st_size, name);
	}
}

static int
by_addr(const void *a, const void *b)
{
	const struct symtab_row *x = a, *y = b;

	if (x->addr != y->addr)
		return x->addr < y->addr ? -1 : 1;
	/* of several names of one place the one with a size is last: it is found */
	if (x->size != y->size)
		return x->size < y->size ? -1 : 1;
	return strcmp(x->name, y->name);
}

void
symtab_read(struct symtab *t, Elf *e, bool thumb)
{
	Elf_Scn *scn = NULL;

	while ((scn = elf_nextscn(e, scn)) != NULL) {
		GElf_Shdr h;

		if (gelf_getshdr(scn, &h) != NULL && (h.sh_type == SHT_SYMTAB ||
		    h.sh_type == SHT_DYNSYM))
			read_section(t, e, scn, &h, thumb);
	}
	if (t->n != 0)
		qsort(t->row, t->n, sizeof *t->row, by_addr);
}

void
symtab_fini(struct symtab *t)
{
	mem_free(t->row);
	*t = (struct symtab){ .row = NULL };
}

const struct symtab_row *
symtab_find(const struct symtab *t, uint64_t addr)
{
	size_t lo = 0, hi = t->n;
	const struct symtab_row *r;

	while (lo < hi) {
		const size_t mid = lo + (hi - lo) / 2;

		if (t->row[mid].addr <= addr)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == 0)
		return NULL;
	r = &t->row[lo - 1];
	return addr - r->addr < (r->size != 0 ? r->size : REACH) ? r : NULL;
}
