/* sizes.c - bytes of sections, given to symbols and packages. */
#include "elf/sizes.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

enum { SECTIONS_MAX = 4096, SYMBOLS_MAX = 4 << 20, NAME_MAX_BYTES = 512 };
enum kind { TEXT, RODATA, DATA, BSS, KINDS };
static const char *const kind_names[KINDS] = { "text", "rodata", "data", "bss" };

struct part { uint64_t addr, size, given; const char *name; enum kind kind; };
struct row {
	uint64_t addr, size;
	const char *name, *file;
	uint32_t part;
};
struct package { const char *name; size_t len; uint64_t size[KINDS]; };

struct sizes {
	struct part *part;
	size_t parts;
	struct row *row;
	size_t n, cap;
	struct package *pkg;
	size_t pkgs, pkg_cap;
	bool go, linked;                /* by Go or TinyGo; by Go's own linker */
};

/* ---- sections */

static void
read_parts(struct sizes *s, Elf *e)
{
	Elf_Scn *scn = NULL;
	size_t names = 0;

	s->part = mem_zero(SECTIONS_MAX, sizeof *s->part);
	(void)elf_getshdrstrndx(e, &names);
	while (s->parts < SECTIONS_MAX && (scn = elf_nextscn(e, scn)) != NULL) {
		struct part *p = &s->part[s->parts];
		GElf_Shdr h;
		const char *name;

		/* a thread's zeroes are in no memory of the program itself */
		if (gelf_getshdr(scn, &h) == NULL || (h.sh_flags & SHF_ALLOC) == 0 ||
		    h.sh_size == 0 || h.sh_addr + h.sh_size < h.sh_addr ||
		    ((h.sh_flags & SHF_TLS) != 0 && h.sh_type == SHT_NOBITS))
			continue;
		name = elf_strptr(e, names, h.sh_name);
		*p = (struct part){ .addr = h.sh_addr, .size = h.sh_size,
			.name = name != NULL ? name : "?",
			.kind = (h.sh_flags & SHF_EXECINSTR) != 0 ? TEXT :
			    h.sh_type == SHT_NOBITS ? BSS : (h.sh_flags & SHF_WRITE) != 0 ? DATA :
			    RODATA };
		s->parts++;
	}
}

static int
part_by_addr(const void *a, const void *b)
{
	const struct part *x = a, *y = b;

	return x->addr < y->addr ? -1 : x->addr > y->addr;
}

static bool
part_of(const struct sizes *s, uint64_t addr, uint32_t *out)
{
	size_t lo = 0, hi = s->parts;

	while (lo < hi) {
		const size_t mid = lo + (hi - lo) / 2;

		if (s->part[mid].addr <= addr)
			lo = mid + 1;
		else
			hi = mid;
	}
	*out = (uint32_t)(lo - 1);
	return lo != 0 && addr - s->part[lo - 1].addr < s->part[lo - 1].size;
}

/* ---- names that the Go linker makes */

static bool
begins(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

static const char *
linker_made(const char *n)
{
	static const struct { const char *begin, *name; } rows[] = {
		{ "type:", "(types)" }, { "type..", "(types)" }, { "go:itab", "(itabs)" },
		{ "go.itab", "(itabs)" }, { "go:string", "(strings)" },
		{ "go.string", "(strings)" },
		{ "go:func", "(func tables)" }, { "go.func", "(func tables)" },
		{ "go:", "(linker)" }, { "go.shape", "(linker)" }, { "type.", "(types)" },
		{ "runtime.gcbits", "(gc bits)" }, { "runtime.pclntab", "(line tables)" },
		{ "runtime.findfunctab", "(line tables)" }, { "runtime.typelink", "(types)" },
		{ "gclocals", "(gc bits)" }, { "stkobj", "(gc bits)" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (begins(n, rows[i].begin))
			return rows[i].name;
	return NULL;
}

/* ---- symbols */

static void
add(struct sizes *s, uint64_t addr, uint64_t size, const char *name, const char *file)
{
	uint32_t part;

	/* what Go's linker marks has no size: it goes to the next name */
	if ((size == 0 && linker_made(name) == NULL) || s->n == SYMBOLS_MAX ||
	    !part_of(s, addr, &part))
		return;
	if (s->n == s->cap) {
		s->cap = s->cap != 0 ? s->cap * 2 : 1024;
		s->row = mem_resize(s->row, s->cap, sizeof *s->row);
	}
	s->row[s->n++] = (struct row){ addr, size, name, file, part };
}

/* A name of something that has bytes in a section. */
static bool
has_place(const GElf_Sym *y, const char *name)
{
	const int type = GELF_ST_TYPE(y->st_info);

	return name != NULL && name[0] != '\0' && y->st_shndx != SHN_UNDEF &&
	    y->st_shndx != SHN_ABS && type != STT_FILE && type != STT_SECTION && type != STT_TLS;
}

static void
read_table(struct sizes *s, Elf *e, Elf_Scn *scn, const GElf_Shdr *h, bool thumb)
{
	Elf_Data *d = elf_getdata(scn, NULL);
	const size_t n = h->sh_entsize != 0 ? (size_t)(h->sh_size / h->sh_entsize) : 0;
	const char *file = NULL, *name;
	GElf_Sym y;

	for (size_t i = 0; d != NULL && i < n && i < SYMBOLS_MAX; i++) {
		if (gelf_getsym(d, (int)i, &y) == NULL)
			return;
		const int type = GELF_ST_TYPE(y.st_info);

		name = elf_strptr(e, h->sh_link, y.st_name);
		if (type == STT_FILE)
			file = name;
		if (!has_place(&y, name))
			continue;
		if (thumb && type == STT_FUNC)
			y.st_value &= ~UINT64_C(1);
		add(s, y.st_value, y.st_size, name,
		    GELF_ST_BIND(y.st_info) == STB_LOCAL ? file : NULL);
	}
}

static void
read_symbols(struct sizes *s, Elf *e, const GElf_Ehdr *head, const struct gotab *table)
{
	Elf_Scn *scn = NULL;

	while ((scn = elf_nextscn(e, scn)) != NULL) {
		GElf_Shdr h;

		if (gelf_getshdr(scn, &h) != NULL && h.sh_type == SHT_SYMTAB)
			read_table(s, e, scn, &h, head->e_machine == EM_ARM);
	}
	if (s->n != 0 || table == NULL)
		return;
	for (uint64_t i = 0; i < table->funcs && i < SYMBOLS_MAX; i++) {
		uint64_t from, to;
		const char *name;

		if (gotab_func(table, i, &from, &to, &name))
			add(s, from, to - from, name, NULL);
	}
}

static int
row_by_addr(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->addr != y->addr)
		return x->addr < y->addr ? -1 : 1;
	if (x->size != y->size)
		return x->size > y->size ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* A mark goes to the next name in its section, or to the section's end. */
static void
reach(struct sizes *s)
{
	uint64_t next = UINT64_MAX;
	uint32_t part = UINT32_MAX;

	for (size_t i = s->n; i-- > 0;) {
		struct row *r = &s->row[i];
		const struct part *p = &s->part[r->part];

		if (r->size == 0)
			r->size = (r->part == part ? next : p->addr + p->size) - r->addr;
		if (r->part != part || r->addr < next)
			next = r->addr;
		part = r->part;
	}
}

/* No byte twice: of names for one place the largest has it; what reaches into the next is cut. */
static void
share_out(struct sizes *s)
{
	uint64_t end = 0;
	uint32_t part = UINT32_MAX;
	size_t n = 0;

	if (s->n != 0)
		qsort(s->row, s->n, sizeof *s->row, row_by_addr);
	reach(s);
	for (size_t i = 0; i < s->n; i++) {
		struct row r = s->row[i];
		const struct part *p = &s->part[r.part];
		const uint64_t room = p->size - (r.addr - p->addr);

		r.size = r.size > room ? room : r.size;
		if (r.size == 0)
			continue;
		if (r.part == part && r.addr < end) {
			if (r.addr + r.size <= end)
				continue;
			r.size -= end - r.addr;
			r.addr = end;
		}
		part = r.part;
		end = r.addr + r.size;
		s->part[part].given += r.size;
		s->row[n++] = r;
	}
	s->n = n;
}

/* ---- packages */

/* The import path before the name: "net/http" of net/http.(*Server).Serve, also of
 * (*net/http.Server).Serve as TinyGo writes it. Length 0: none. */
static const char *
import_path(const char *n, size_t *len)
{
	size_t end, slash = 0;

	while (*n == '(' || *n == '*')
		n++;
	end = strcspn(n, "[(");         /* type arguments have paths of their own */
	for (size_t i = 0; i < end; i++)
		if (n[i] == '/')
			slash = i;
	*len = 0;
	for (size_t i = slash; i < end; i++)
		if (n[i] == '.') {
			*len = i;
			break;
		}
	return n;
}

static struct package *
package(struct sizes *s, const char *name, size_t len)
{
	size_t lo = 0, hi = s->pkgs;

	len = len > NAME_MAX_BYTES ? NAME_MAX_BYTES : len;
	while (lo < hi) {
		const size_t mid = lo + (hi - lo) / 2;
		const struct package *p = &s->pkg[mid];
		const int d = memcmp(p->name, name, p->len < len ? p->len : len);

		if (d == 0 && p->len == len)
			return &s->pkg[mid];
		if (d < 0 || (d == 0 && p->len < len))
			lo = mid + 1;
		else
			hi = mid;
	}
	if (s->pkgs == SIZES_PACKAGES)
		return &s->pkg[lo < s->pkgs ? lo : s->pkgs - 1];
	if (s->pkgs == s->pkg_cap) {
		s->pkg_cap = s->pkg_cap != 0 ? s->pkg_cap * 2 : 256;
		s->pkg = mem_resize(s->pkg, s->pkg_cap, sizeof *s->pkg);
	}
	memmove(&s->pkg[lo + 1], &s->pkg[lo], (s->pkgs - lo) * sizeof *s->pkg);
	s->pkg[lo] = (struct package){ .name = name, .len = len };
	s->pkgs++;
	return &s->pkg[lo];
}

static struct package *
package_of(struct sizes *s, const struct row *r)
{
	const char *made = s->go ? linker_made(r->name) : NULL, *path;
	size_t len = 0;

	if (made != NULL)
		return package(s, made, strlen(made));
	path = s->go ? import_path(r->name, &len) : NULL;
	if (len != 0)
		return package(s, path, len);
	if (r->file != NULL && r->file[0] != '\0' && strcmp(r->file, "go.go") != 0)
		return package(s, r->file, strlen(r->file));
	return s->linked ? package(s, "(assembly)", 10) : package(s, "(C)", 3);
}

static bool
is_go(const struct sizes *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->row[i].name, "runtime.alloc") == 0 ||
		    strcmp(s->row[i].name, "runtime.run") == 0 ||
		    strcmp(s->row[i].name, "runtime.mallocgc") == 0)
			return true;
	return false;
}

/* ---- out */

static uint64_t
total(const struct package *p)
{
	return p->size[TEXT] + p->size[RODATA] + p->size[DATA] + p->size[BSS];
}

static int
package_by_size(const void *a, const void *b)
{
	const uint64_t x = total(a), y = total(b);

	return x > y ? -1 : x < y ? 1 :
	    strncmp(((const struct package *)a)->name, ((const struct package *)b)->name,
	    ((const struct package *)a)->len);
}

static int
row_by_size(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	return x->size > y->size ? -1 : x->size < y->size ? 1 : strcmp(x->name, y->name);
}

static void
put_sizes(const struct sizes *s, json_t *o)
{
	uint64_t sum[KINDS] = { 0 };
	json_t *all = json_object();

	for (size_t i = 0; i < s->parts; i++)
		sum[s->part[i].kind] += s->part[i].size;
	for (int k = 0; k < KINDS; k++)
		json_put_int(all, kind_names[k], (int64_t)sum[k]);
	json_put_int(all, "flash", (int64_t)(sum[TEXT] + sum[RODATA] + sum[DATA]));
	json_put_int(all, "ram", (int64_t)(sum[DATA] + sum[BSS]));
	json_put(o, "sizes", all);
}

static void
put_packages(struct sizes *s, json_t *o)
{
	json_t *list = json_array();

	if (s->pkgs != 0)
		qsort(s->pkg, s->pkgs, sizeof *s->pkg, package_by_size);
	for (size_t i = 0; i < s->pkgs; i++) {
		json_t *p = json_object();

		json_put_strn(p, "name", s->pkg[i].name, s->pkg[i].len);
		for (int k = 0; k < KINDS; k++)
			json_put_int(p, kind_names[k], (int64_t)s->pkg[i].size[k]);
		(void)json_array_append_new(list, p);
	}
	json_put(o, "packages", list);
}

static void
put_symbols(struct sizes *s, size_t rows, json_t *o)
{
	json_t *list = json_array();

	if (s->n != 0)
		qsort(s->row, s->n, sizeof *s->row, row_by_size);
	for (size_t i = 0; i < s->n && i < rows; i++) {
		const struct row *r = &s->row[i];
		const struct package *p = package_of(s, r);
		json_t *y = json_object();

		json_put_strn(y, "name", r->name, strnlen(r->name, NAME_MAX_BYTES));
		json_put_strn(y, "package", p->name, p->len);
		json_put_str(y, "section", s->part[r->part].name);
		json_put_str(y, "kind", kind_names[s->part[r->part].kind]);
		json_put_int(y, "size", (int64_t)r->size);
		(void)json_array_append_new(list, y);
	}
	json_put_int(o, "symbol_count", (int64_t)s->n);
	json_put(o, "symbols", list);
}

void
sizes_put(Elf *e, const GElf_Ehdr *head, const struct gotab *table, size_t rows, json_t *o)
{
	struct sizes s = { .n = 0 };
	char **rest;

	read_parts(&s, e);
	qsort(s.part, s.parts, sizeof *s.part, part_by_addr);
	read_symbols(&s, e, head, table);
	share_out(&s);
	s.linked = table != NULL;
	s.go = s.linked || is_go(&s);
	for (size_t i = 0; i < s.n; i++)
		package_of(&s, &s.row[i])->size[s.part[s.row[i].part].kind] += s.row[i].size;
	put_symbols(&s, rows < SIZES_SYMBOLS ? rows : SIZES_SYMBOLS, o);
	rest = mem_zero(s.parts + 1, sizeof *rest);
	for (size_t i = 0; i < s.parts; i++) {
		const struct part *p = &s.part[i];

		if (p->given == p->size)
			continue;
		rest[i] = mem_fmt("[%.60s]", p->name);
		package(&s, rest[i], strlen(rest[i]))->size[p->kind] += p->size - p->given;
	}
	put_sizes(&s, o);
	put_packages(&s, o);
	for (size_t i = 0; i < s.parts; i++)
		mem_free(rest[i]);
	mem_free(rest);
	mem_free(s.part);
	mem_free(s.row);
	mem_free(s.pkg);
}
