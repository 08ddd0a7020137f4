/* variables.c - variables by their DWARF entries, or their symbols. */
#include "elf/variables.h"

#include <dwarf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WALK_MAX = 4 << 20, DEPTH = 12, ELEMENTS_MAX = 64 };

/* ---- types */

/* What a type is beneath its names and qualifiers; the first name on the way is the one to show. */
static bool
strip(Dwarf_Die *type, char *name, size_t size)
{
	Dwarf_Attribute a;

	for (int i = 0; i < 32; i++) {
		const int tag = dwarf_tag(type);
		const char *own = dwarf_diename(type);

		if (own != NULL && name[0] == '\0')
			snprintf(name, size, "%s", own);
		if (tag != DW_TAG_typedef && tag != DW_TAG_const_type &&
		    tag != DW_TAG_volatile_type && tag != DW_TAG_atomic_type &&
		    tag != DW_TAG_restrict_type)
			return true;
		if (dwarf_attr_integrate(type, DW_AT_type, &a) == NULL ||
		    dwarf_formref_die(&a, type) == NULL)
			return false;
	}
	return false;
}

static bool
type_of(Dwarf_Die *die, Dwarf_Die *type)
{
	Dwarf_Attribute a;

	return dwarf_attr_integrate(die, DW_AT_type, &a) != NULL &&
	    dwarf_formref_die(&a, type) != NULL;
}

static enum binary_kind
kind_of(Dwarf_Die *type)
{
	Dwarf_Attribute a;
	Dwarf_Word encoding = 0;

	switch (dwarf_tag(type)) {
	case DW_TAG_pointer_type:
	case DW_TAG_subroutine_type:
	case DW_TAG_reference_type:
		return BINARY_POINTER;
	case DW_TAG_enumeration_type:
		return BINARY_UINT;
	case DW_TAG_base_type:
		break;
	default:
		return BINARY_BYTES;
	}
	if (dwarf_attr_integrate(type, DW_AT_encoding, &a) != NULL)
		(void)dwarf_formudata(&a, &encoding);
	switch (encoding) {
	case DW_ATE_boolean: return BINARY_BOOL;
	case DW_ATE_float: return BINARY_FLOAT;
	case DW_ATE_signed: return BINARY_INT;
	case DW_ATE_signed_char: return BINARY_INT;
	case DW_ATE_unsigned:
	case DW_ATE_unsigned_char:
	case DW_ATE_UTF: return BINARY_UINT;
	case DW_ATE_address: return BINARY_POINTER;
	default: return BINARY_BYTES;
	}
}

struct found {
	struct binary_variable *out;
	size_t n, max;
	unsigned steps;
};

static void expand(struct found *f, const char *name, uint64_t addr, Dwarf_Die type,
    unsigned depth);

static bool
member_at(Dwarf_Die *member, uint64_t *offset)
{
	Dwarf_Attribute a;
	Dwarf_Word v = 0;

	if (dwarf_hasattr(member, DW_AT_bit_size))
		return false;           /* its own address it has not */
	if (dwarf_attr_integrate(member, DW_AT_data_member_location, &a) != NULL &&
	    dwarf_formudata(&a, &v) != 0)
		return false;
	*offset = v;
	return true;
}

static void
expand_members(struct found *f, const char *name, uint64_t addr, Dwarf_Die *type, unsigned depth)
{
	Dwarf_Die m, mt;

	if (dwarf_child(type, &m) != 0)
		return;
	do {
		const char *own = dwarf_diename(&m);
		char full[BINARY_NAME];
		uint64_t at;

		if (++f->steps > WALK_MAX || f->n == f->max)
			return;
		if (dwarf_tag(&m) != DW_TAG_member || !member_at(&m, &at) || !type_of(&m, &mt))
			continue;
		if (own == NULL)
			snprintf(full, sizeof full, "%s", name);
		else
			snprintf(full, sizeof full, "%s.%s", name, own);
		expand(f, full, addr + at, mt, depth + 1);
	} while (dwarf_siblingof(&m, &m) == 0);
}

/* How many elements an array has in its first dimension; 0: not said. */
static uint64_t
elements(Dwarf_Die *type)
{
	Dwarf_Attribute a;
	Dwarf_Die sub;
	Dwarf_Word v;

	if (dwarf_child(type, &sub) != 0)
		return 0;
	do {
		if (dwarf_tag(&sub) != DW_TAG_subrange_type)
			continue;
		if (dwarf_attr_integrate(&sub, DW_AT_count, &a) != NULL &&
		    dwarf_formudata(&a, &v) == 0)
			return v;
		if (dwarf_attr_integrate(&sub, DW_AT_upper_bound, &a) != NULL &&
		    dwarf_formudata(&a, &v) == 0)
			return v + 1;
		return 0;
	} while (dwarf_siblingof(&sub, &sub) == 0);
	return 0;
}

static bool
element(Dwarf_Die *type, Dwarf_Die *of, uint64_t *size)
{
	Dwarf_Die bare;
	char name[2] = "x";
	Dwarf_Word v;

	if (!type_of(type, of))
		return false;
	bare = *of;
	if (!strip(&bare, name, sizeof name) || dwarf_aggregate_size(&bare, &v) != 0 || v == 0)
		return false;
	*size = v;
	return true;
}

static void
expand_elements(struct found *f, const char *name, uint64_t addr, Dwarf_Die *type, unsigned depth)
{
	const uint64_t n = elements(type);
	Dwarf_Die of;
	uint64_t size;

	if (!element(type, &of, &size))
		return;
	for (uint64_t i = 0; i < n && i < ELEMENTS_MAX && f->n < f->max; i++) {
		char full[BINARY_NAME];

		snprintf(full, sizeof full, "%s[%u]", name, (unsigned)i);
		expand(f, full, addr + i * size, of, depth + 1);
	}
}

static void
expand(struct found *f, const char *name, uint64_t addr, Dwarf_Die type, unsigned depth)
{
	struct binary_variable v = { .addr = addr };
	Dwarf_Word size = 0;

	if (depth > DEPTH || f->n == f->max || !strip(&type, v.type, sizeof v.type))
		return;
	if (dwarf_tag(&type) == DW_TAG_structure_type || dwarf_tag(&type) == DW_TAG_class_type) {
		expand_members(f, name, addr, &type, depth);
		return;
	}
	if (dwarf_tag(&type) == DW_TAG_array_type && elements(&type) != 0) {
		expand_elements(f, name, addr, &type, depth);
		return;
	}
	if (dwarf_aggregate_size(&type, &size) != 0)
		size = 0;
	v.kind = kind_of(&type);
	if (v.kind == BINARY_POINTER && v.type[0] == '\0')
		snprintf(v.type, sizeof v.type, "pointer");
	v.size = size;
	snprintf(v.name, sizeof v.name, "%s", name);
	f->out[f->n++] = v;
}

/* ---- the path behind a variable's name: .member and [index] */

static bool
into_member(const char **path, uint64_t *addr, Dwarf_Die *type)
{
	const size_t n = strcspn(*path + 1, ".[");
	Dwarf_Die m;
	uint64_t at;

	if (dwarf_child(type, &m) != 0)
		return false;
	do {
		const char *own = dwarf_diename(&m);

		if (dwarf_tag(&m) != DW_TAG_member || own == NULL || strlen(own) != n ||
		    memcmp(own, *path + 1, n) != 0)
			continue;
		if (!member_at(&m, &at) || !type_of(&m, type))
			return false;
		*addr += at;
		*path += 1 + n;
		return true;
	} while (dwarf_siblingof(&m, &m) == 0);
	return false;
}

static bool
into_element(const char **path, uint64_t *addr, Dwarf_Die *type)
{
	char *end;
	const unsigned long long i = strtoull(*path + 1, &end, 10);
	Dwarf_Die of;
	uint64_t size;

	if (*end != ']' || end == *path + 1 || i >= elements(type) || !element(type, &of, &size))
		return false;
	*addr += i * size;
	*type = of;
	*path = end + 1;
	return true;
}

static bool
walk_path(const char *path, uint64_t *addr, Dwarf_Die *type)
{
	char ignored[2] = "x";

	while (*path != '\0') {
		if (!strip(type, ignored, sizeof ignored))
			return false;
		if (*path == '.' ? !into_member(&path, addr, type) :
		    *path != '[' || !into_element(&path, addr, type))
			return false;
	}
	return true;
}

/* ---- the variable */

struct best { Dwarf_Die die; uint64_t addr; size_t length; const char *want; unsigned steps; };

static bool
address_of(Dwarf_Die *die, uint64_t *addr)
{
	Dwarf_Attribute a;
	Dwarf_Op *op;
	size_t n;

	if (dwarf_attr_integrate(die, DW_AT_location, &a) == NULL ||
	    dwarf_getlocation(&a, &op, &n) != 0 || n != 1 || op[0].atom != DW_OP_addr)
		return false;
	*addr = op[0].number;
	return true;
}

static void
consider(struct best *b, Dwarf_Die *die)
{
	const char *name = dwarf_diename(die);
	Dwarf_Die origin;
	Dwarf_Attribute a;
	size_t n;
	uint64_t addr;

	if (name == NULL && dwarf_attr_integrate(die, DW_AT_specification, &a) != NULL &&
	    dwarf_formref_die(&a, &origin) != NULL)
		name = dwarf_diename(&origin);
	n = name != NULL ? strlen(name) : 0;
	if (n == 0 || n <= b->length || strncmp(name, b->want, n) != 0 ||
	    (b->want[n] != '\0' && b->want[n] != '.' && b->want[n] != '['))
		return;
	if (!address_of(die, &addr))
		return;
	b->die = *die;
	b->addr = addr;
	b->length = n;
}

/* Variables of a unit, of its namespaces, and the static ones of its functions. */
static void
walk(struct best *b, Dwarf_Die *parent, unsigned depth)
{
	Dwarf_Die d;

	if (depth > DEPTH || dwarf_child(parent, &d) != 0)
		return;
	do {
		const int tag = dwarf_tag(&d);

		if (++b->steps > WALK_MAX)
			return;
		if (tag == DW_TAG_variable)
			consider(b, &d);
		else if (tag == DW_TAG_namespace || tag == DW_TAG_subprogram ||
		    tag == DW_TAG_lexical_block)
			walk(b, &d, depth + 1);
	} while (dwarf_siblingof(&d, &d) == 0);
}

static size_t
by_dwarf(Dwarf *dw, const char *name, struct binary_variable *out, size_t max)
{
	struct best b = { .want = name };
	struct found f = { .out = out, .max = max };
	Dwarf_CU *cu = NULL, *next;
	Dwarf_Die die, sub, type;
	uint8_t unit;

	while (b.steps <= WALK_MAX &&
	    dwarf_get_units(dw, cu, &next, NULL, &unit, &die, &sub) == 0) {
		cu = next;
		walk(&b, &die, 0);
	}
	if (b.length == 0 || !type_of(&b.die, &type) ||
	    !walk_path(name + b.length, &b.addr, &type))
		return 0;
	expand(&f, name, b.addr, type, 0);
	return f.n;
}

static bool
is_symbol(const GElf_Sym *s, const char *is, const char *name)
{
	return is != NULL && strcmp(is, name) == 0 && s->st_shndx != SHN_UNDEF &&
	    GELF_ST_TYPE(s->st_info) != STT_FUNC;
}

static bool
in_table(Elf *e, Elf_Scn *scn, const char *name, GElf_Sym *s)
{
	GElf_Shdr h;
	Elf_Data *d;

	if (gelf_getshdr(scn, &h) == NULL || h.sh_type != SHT_SYMTAB || h.sh_entsize == 0 ||
	    (d = elf_getdata(scn, NULL)) == NULL)
		return false;
	for (size_t i = 0; i < h.sh_size / h.sh_entsize && i < WALK_MAX; i++)
		if (gelf_getsym(d, (int)i, s) != NULL &&
		    is_symbol(s, elf_strptr(e, h.sh_link, s->st_name), name))
			return true;
	return false;
}

static size_t
by_symbol(Elf *e, const char *name, struct binary_variable *out)
{
	Elf_Scn *scn = NULL;
	GElf_Sym s;

	while ((scn = elf_nextscn(e, scn)) != NULL)
		if (in_table(e, scn, name, &s)) {
			const uint64_t n = s.st_size;
			const bool whole = n == 1 || n == 2 || n == 4 || n == 8;

			*out = (struct binary_variable){ .addr = s.st_value, .size = n,
				.kind = whole ? BINARY_UINT : BINARY_BYTES };
			snprintf(out->name, sizeof out->name, "%s", name);
			return 1;
		}
	return 0;
}

size_t
variables_find(Elf *e, Dwarf *dw, const char *name, struct binary_variable *out, size_t max)
{
	size_t n = 0;

	if (max == 0 || name[0] == '\0')
		return 0;
	if (dw != NULL)
		n = by_dwarf(dw, name, out, max);
	return n != 0 ? n : by_symbol(e, name, out);
}
