/* binary.c - an ELF file opened from bytes; DWARF, then Go's table, then symbols. */
#include "elf/binary.h"

#include <stdio.h>
#include <string.h>
#include <elfutils/libdwelf.h>
#include <gelf.h>

#include "base/alloc.h"
#include "elf/gotab.h"
#include "elf/machine.h"
#include "elf/places.h"
#include "elf/symtab.h"
#include "elf/variables.h"

enum { CODE_MAX = 4096, BUILD_ID_MAX = 64 };

struct binary {
	Elf *elf;
	GElf_Ehdr head;
	struct { uint64_t from, to; } *code;    /* what is executed */
	size_t codes;
	char build_id[2 * BUILD_ID_MAX + 1];
	bool go, thumb, has_table;
	struct places places;
	struct gotab table;
	struct symtab symbols;
};

/* ---- opening */

static void
add_code(struct binary *b, uint64_t from, uint64_t size)
{
	if (size == 0 || from + size < from || b->codes == CODE_MAX)
		return;
	b->code[b->codes].from = from;
	b->code[b->codes++].to = from + size;
}

/* Executable sections; a file without sections has its segments. */
static void
find_code(struct binary *b)
{
	Elf_Scn *scn = NULL;
	size_t n = 0;

	b->code = mem_zero(CODE_MAX, sizeof *b->code);
	while ((scn = elf_nextscn(b->elf, scn)) != NULL) {
		GElf_Shdr h;

		if (gelf_getshdr(scn, &h) != NULL && (h.sh_flags & SHF_EXECINSTR) != 0 &&
		    (h.sh_flags & SHF_ALLOC) != 0)
			add_code(b, h.sh_addr, h.sh_size);
	}
	if (b->codes != 0 || elf_getphdrnum(b->elf, &n) != 0)
		return;
	for (size_t i = 0; i < n && i < CODE_MAX; i++) {
		GElf_Phdr p;

		if (gelf_getphdr(b->elf, (int)i, &p) != NULL && p.p_type == PT_LOAD &&
		    (p.p_flags & PF_X) != 0)
			add_code(b, p.p_vaddr, p.p_memsz);
	}
}

static void
read_build_id(struct binary *b)
{
	const void *id;
	const ssize_t n = dwelf_elf_gnu_build_id(b->elf, &id);

	for (ssize_t i = 0; i < n && i < BUILD_ID_MAX; i++)
		snprintf(b->build_id + 2 * i, 3, "%02x", ((const unsigned char *)id)[i]);
}

static Elf_Scn *
section(const struct binary *b, const char *name, GElf_Shdr *h)
{
	size_t names;
	Elf_Scn *scn = NULL;

	if (elf_getshdrstrndx(b->elf, &names) != 0)
		return NULL;
	while ((scn = elf_nextscn(b->elf, scn)) != NULL) {
		const char *is = gelf_getshdr(scn, h) != NULL ?
		    elf_strptr(b->elf, names, h->sh_name) : NULL;

		if (is != NULL && strcmp(is, name) == 0)
			return scn;
	}
	return NULL;
}

static void
read_go(struct binary *b)
{
	static const char *const names[] = { ".gopclntab", ".data.rel.ro.gopclntab" };
	const bool big = b->head.e_ident[EI_DATA] == ELFDATA2MSB;
	GElf_Shdr h, text;
	Elf_Data *d = NULL;
	uint64_t start = 0;

	if (section(b, ".text", &text) != NULL)
		start = text.sh_addr;
	for (size_t i = 0; i < sizeof names / sizeof names[0] && d == NULL; i++) {
		Elf_Scn *scn = section(b, names[i], &h);

		d = scn != NULL ? elf_rawdata(scn, NULL) : NULL;
	}
	if (d == NULL || d->d_buf == NULL)
		return;
	b->go = true;
	b->has_table = gotab_open(&b->table, d->d_buf, d->d_size, big, start);
}

static enum err
not_elf(const char *what, struct err_msg *why)
{
	return err_set(why, ERR_FORMAT, what,
	    "give the .elf that the build made, not .bin, .hex or .uf2",
	    "no ELF file that can be read");
}

enum err
binary_open(void *bytes, size_t n, const char *what, struct binary **out, struct err_msg *why)
{
	struct binary *b = mem_zero(1, sizeof *b);

	*out = NULL;
	(void)elf_version(EV_CURRENT);
	b->elf = n >= EI_NIDENT ? elf_memory(bytes, n) : NULL;
	if (b->elf == NULL || elf_kind(b->elf) != ELF_K_ELF ||
	    gelf_getehdr(b->elf, &b->head) == NULL) {
		binary_close(b);
		return not_elf(what, why);
	}
	if (b->head.e_type != ET_EXEC && b->head.e_type != ET_DYN) {
		binary_close(b);
		return err_set(why, ERR_FORMAT, what, "give the linked program",
		    "an ELF file, but not a linked one");
	}
	b->thumb = b->head.e_machine == EM_ARM;
	find_code(b);
	read_build_id(b);
	places_open(&b->places, b->elf);
	read_go(b);
	symtab_read(&b->symbols, b->elf, b->thumb);
	*out = b;
	return ERR_OK;
}

void
binary_close(struct binary *b)
{
	if (b == NULL)
		return;
	places_close(&b->places);
	symtab_fini(&b->symbols);
	if (b->elf != NULL)
		(void)elf_end(b->elf);
	mem_free(b->code);
	mem_free(b);
}

/* ---- what it is */

const char *
binary_arch(const struct binary *b)
{
	return machine_name(b->head.e_machine, b->head.e_ident[EI_CLASS] == ELFCLASS64);
}

const char *
binary_debug(const struct binary *b)
{
	return b->places.dw != NULL ? "dwarf" : b->has_table ? "go" :
	    b->symbols.n != 0 ? "symbols" : "none";
}

const char *
binary_build_id(const struct binary *b)
{
	return b->build_id;
}

bool
binary_is_go(const struct binary *b)
{
	return b->go;
}

bool
binary_is_code(const struct binary *b, uint64_t addr)
{
	const uint64_t pc = b->thumb ? addr & ~UINT64_C(1) : addr;

	for (size_t i = 0; i < b->codes; i++)
		if (pc >= b->code[i].from && pc < b->code[i].to)
			return true;
	return false;
}

/* ---- addresses */

static size_t
from_table(struct binary *b, uint64_t pc, struct binary_frame *out)
{
	struct gotab_place place;

	if (!b->has_table || !gotab_find(&b->table, pc, &place))
		return 0;
	*out = (struct binary_frame){ .func = place.func, .file = place.file, .line = place.line };
	return 1;
}

static size_t
from_symbols(struct binary *b, uint64_t pc, struct binary_frame *out)
{
	const struct symtab_row *r = symtab_find(&b->symbols, pc);

	if (r == NULL)
		return 0;
	*out = (struct binary_frame){ .func = r->name, .offset = pc - r->addr };
	return 1;
}

size_t
binary_frames(struct binary *b, uint64_t addr, bool call, struct binary_frame *out, size_t max)
{
	uint64_t pc = b->thumb ? addr & ~UINT64_C(1) : addr;
	size_t n;

	if (call && pc != 0)
		pc--;
	if (max == 0 || !binary_is_code(b, pc))
		return 0;
	n = b->places.dw != NULL ? places_find(&b->places, pc, out, max) : 0;
	if (n == 0)
		n = from_table(b, pc, out);
	return n != 0 ? n : from_symbols(b, pc, out);
}

size_t
binary_variables(struct binary *b, const char *name, struct binary_variable *out, size_t max)
{
	return variables_find(b->elf, b->places.dw, name, out, max);
}
