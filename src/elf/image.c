/* image.c - the facts of an image file. */
#include "elf/image.h"

#include <gelf.h>
#include <string.h>

#include "base/slice.h"
#include "elf/attributes.h"
#include "elf/buildinfo.h"
#include "elf/flat.h"
#include "elf/gotab.h"
#include "elf/linkage.h"
#include "elf/machine.h"
#include "elf/sizes.h"
#include "elf/spans.h"

enum { ROWS_MAX = 512, SECTIONS_MAX = 65536 };

/* "rwx" of flags that say it with these bits. */
static const char *
letters(uint64_t flags, uint64_t r, uint64_t w, uint64_t x, char out[4])
{
	out[0] = (flags & r) != 0 ? 'r' : '-';
	out[1] = (flags & w) != 0 ? 'w' : '-';
	out[2] = (flags & x) != 0 ? 'x' : '-';
	out[3] = '\0';
	return out;
}

/* ---- segments */

static const char *
segment_type(uint32_t t)
{
	static const struct { uint32_t type; const char *name; } rows[] = {
		{ PT_LOAD, "load" }, { PT_DYNAMIC, "dynamic" }, { PT_INTERP, "interp" },
		{ PT_NOTE, "note" }, { PT_PHDR, "phdr" }, { PT_TLS, "tls" },
		{ PT_GNU_STACK, "stack" }, { PT_GNU_RELRO, "relro" },
		{ PT_GNU_EH_FRAME, "eh_frame" }, { 0x70000001, "exidx" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rows[i].type == t)
			return rows[i].name;
	return "other";
}

static void
put_segment(const GElf_Phdr *p, json_t *list)
{
	char flags[4];

	(void)json_array_append_new(list, json_pack("{s:s,s:s,s:I,s:I,s:I,s:I}", "type",
	    segment_type(p->p_type), "flags", letters(p->p_flags, PF_R, PF_W, PF_X, flags), "vaddr",
	    (json_int_t)p->p_vaddr, "paddr", (json_int_t)p->p_paddr, "filesz",
	    (json_int_t)p->p_filesz, "memsz", (json_int_t)p->p_memsz));
}

static void
put_spans(struct spans *s, const char *key, json_t *o)
{
	json_t *inner = json_object();

	spans_close(s);
	spans_put(s, inner);
	(void)json_object_set(o, key, json_object_get(inner, "ranges"));
	json_decref(inner);
	spans_fini(s);
}

static void
put_segments(Elf *e, json_t *o)
{
	json_t *list = json_array();
	struct spans loads = { .n = 0 }, rams = { .n = 0 };
	size_t n = 0;

	(void)elf_getphdrnum(e, &n);
	for (size_t i = 0; i < n && i < ROWS_MAX; i++) {
		GElf_Phdr p;

		if (gelf_getphdr(e, (int)i, &p) == NULL)
			continue;
		put_segment(&p, list);
		if (p.p_type != PT_LOAD)
			continue;
		spans_add(&loads, p.p_paddr, p.p_filesz);
		if ((p.p_flags & PF_W) != 0 || p.p_vaddr != p.p_paddr)
			spans_add(&rams, p.p_vaddr, p.p_memsz);
	}
	json_put(o, "segments", list);
	put_spans(&loads, "loads", o);
	put_spans(&rams, "rams", o);
}

/* ---- sections */

struct sections {
	json_t *list, *writable_code;
	size_t file;
	bool symtab, dwarf, compressed;
	struct slice table;             /* .gopclntab */
	uint64_t text;
};

static bool
is_signature(const char *name)
{
	static const char *const begins[] = { ".sig", ".vise.sig", ".note.sig", ".signature" };

	for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
		if (strncmp(name, begins[i], strlen(begins[i])) == 0)
			return true;
	return false;
}

static void
put_section(struct sections *s, const char *name, const GElf_Shdr *h)
{
	char flags[4];

	if (json_array_size(s->list) < ROWS_MAX)
		(void)json_array_append_new(s->list, json_pack("{s:o,s:I,s:I,s:I,s:s,s:b}", "name",
		    json_text(name, strlen(name)), "addr", (json_int_t)h->sh_addr, "size",
		    (json_int_t)h->sh_size, "offset", (json_int_t)h->sh_offset, "flags",
		    letters(h->sh_flags, SHF_ALLOC, SHF_WRITE, SHF_EXECINSTR, flags), "nobits",
		    h->sh_type == SHT_NOBITS));
}

static void
put_signature(const struct sections *s, const char *name, const GElf_Shdr *h, json_t *o)
{
	json_put(o, "signature", json_pack("{s:o,s:I,s:b}", "section",
	    json_text(name, strlen(name)), "size", (json_int_t)h->sh_size, "last",
	    h->sh_offset <= s->file && s->file - h->sh_offset == h->sh_size));
}

static void
one_section(struct sections *s, Elf_Scn *scn, const char *name, const GElf_Shdr *h, json_t *o)
{
	const bool code = (h->sh_flags & SHF_EXECINSTR) != 0;
	const Elf_Data *d;
	char flags[4];

	put_section(s, name, h);
	s->symtab = s->symtab || h->sh_type == SHT_SYMTAB;
	if (strcmp(name, ".debug_info") == 0 || strcmp(name, ".zdebug_info") == 0) {
		s->dwarf = true;
		s->compressed = name[1] == 'z' || (h->sh_flags & SHF_COMPRESSED) != 0;
	}
	if (strcmp(name, ".text") == 0) {
		s->text = h->sh_addr;
		json_put_str(o, "text_flags", letters(h->sh_flags, SHF_ALLOC, SHF_WRITE,
		    SHF_EXECINSTR, flags));
	}
	if (code && (h->sh_flags & SHF_WRITE) != 0)
		(void)json_array_append_new(s->writable_code, json_text(name, strlen(name)));
	if (is_signature(name))
		put_signature(s, name, h, o);
	if (strcmp(name, ".gopclntab") == 0 || strcmp(name, ".data.rel.ro.gopclntab") == 0) {
		d = elf_rawdata(scn, NULL);
		if (d != NULL && d->d_buf != NULL)
			s->table = slice_make(d->d_buf, d->d_size);
	}
}

static void
put_sections(Elf *e, struct sections *s, json_t *o)
{
	size_t names = 0, n = 0;
	Elf_Scn *scn = NULL;

	(void)elf_getshdrstrndx(e, &names);
	while (n++ < SECTIONS_MAX && (scn = elf_nextscn(e, scn)) != NULL) {
		GElf_Shdr h;
		const char *name;

		if (gelf_getshdr(scn, &h) == NULL)
			continue;
		name = elf_strptr(e, names, h.sh_name);
		one_section(s, scn, name != NULL ? name : "", &h, o);
	}
	json_put(o, "sections", s->list);
	json_put(o, "writable_code", s->writable_code);
	json_put_bool(o, "stripped", !s->symtab);
	json_put_bool(o, "dwarf", s->dwarf);
	if (s->dwarf)
		json_put_bool(o, "dwarf_compressed", s->compressed);
}

/* ---- the rest */

/* The first two words of what is loaded lowest: stack pointer and reset vector of a Cortex-M. */
static void
put_vectors(Elf *e, bool big, json_t *o)
{
	size_t size = 0, n = 0;
	const unsigned char *file = (const unsigned char *)elf_rawfile(e, &size), *p;
	uint64_t lowest = UINT64_MAX;
	json_int_t w[2] = { 0 };

	(void)elf_getphdrnum(e, &n);
	for (size_t i = 0; file != NULL && i < n && i < ROWS_MAX; i++) {
		GElf_Phdr h;

		if (gelf_getphdr(e, (int)i, &h) == NULL || h.p_type != PT_LOAD ||
		    h.p_filesz < 8 || h.p_paddr >= lowest || size < 8 || h.p_offset > size - 8)
			continue;
		lowest = h.p_paddr;
		p = file + h.p_offset;
		w[0] = w[1] = 0;
		for (int k = 0; k < 4; k++) {
			w[0] |= (json_int_t)p[big ? 3 - k : k] << (8 * k);
			w[1] |= (json_int_t)p[big ? 7 - k : 4 + k] << (8 * k);
		}
	}
	if (lowest != UINT64_MAX)
		json_put(o, "vectors", json_pack("{s:I,s:I,s:I}", "at", (json_int_t)lowest, "sp",
		    w[0], "reset", w[1]));
}

static void
put_language(json_t *o, const struct sections *s)
{
	const json_t *y;
	bool tiny = false;
	size_t i;

	json_array_foreach(json_object_get(o, "packages"), i, y)
		tiny = tiny || strcmp(json_get_str(y, "name", ""), "runtime") == 0;
	json_put_str(o, "language", s->table.n != 0 || json_object_get(o, "go") != NULL ? "go" :
	    tiny ? "tinygo" : "other");
}

static void
put_head(const GElf_Ehdr *h, json_t *o)
{
	const bool wide = h->e_ident[EI_CLASS] == ELFCLASS64;

	json_put_str(o, "kind", "elf");
	json_put_str(o, "arch", machine_name(h->e_machine, wide));
	json_put_int(o, "class", wide ? 64 : 32);
	json_put_str(o, "endian", h->e_ident[EI_DATA] == ELFDATA2MSB ? "big" : "little");
	json_put_str(o, "type", h->e_type == ET_DYN ? "dyn" : "exec");
	json_put_int(o, "entry", (int64_t)h->e_entry);
	json_put_int(o, "flags", h->e_flags);
}

static void
elf_facts(Elf *e, const GElf_Ehdr *h, size_t n, size_t symbols, json_t *o)
{
	struct sections s = { .list = json_array(), .writable_code = json_array(), .file = n };
	const bool big = h->e_ident[EI_DATA] == ELFDATA2MSB;
	json_t *attributes = attributes_read(e, h), *go = buildinfo_read(e);
	struct gotab table;
	bool has_table;

	put_head(h, o);
	put_segments(e, o);
	put_sections(e, &s, o);
	has_table = s.table.n != 0 &&
	    gotab_open(&table, (const unsigned char *)s.table.p, s.table.n, big, s.text);
	if (attributes != NULL)
		json_put(o, h->e_machine == EM_ARM ? "arm" : "riscv", attributes);
	if (go != NULL)
		json_put(o, "go", go);
	linkage_put(e, h, o);
	sizes_put(e, h, has_table ? &table : NULL, symbols, o);
	if (h->e_machine == EM_ARM)
		put_vectors(e, big, o);
	put_language(o, &s);
}

static enum err
read_elf(void *bytes, size_t n, const char *what, size_t symbols, json_t *o, struct err_msg *why)
{
	GElf_Ehdr head;
	enum err e = ERR_OK;
	Elf *elf;

	(void)elf_version(EV_CURRENT);
	elf = elf_memory(bytes, n);
	if (elf == NULL || elf_kind(elf) != ELF_K_ELF || gelf_getehdr(elf, &head) == NULL)
		e = err_set(why, ERR_FORMAT, what, NULL, "a broken ELF file");
	else if (head.e_type != ET_EXEC && head.e_type != ET_DYN)
		e = err_set(why, ERR_FORMAT, what, "give the linked program",
		    "an ELF file, but not a linked one");
	else
		elf_facts(elf, &head, n, symbols, o);
	if (elf != NULL)
		(void)elf_end(elf);
	return e;
}

enum err
image_read(void *bytes, size_t n, const char *what, const struct image_options *opt, json_t **out,
    struct err_msg *why)
{
	const unsigned char *p = bytes;
	json_t *o = json_object();
	enum err e = ERR_OK;

	json_put_int(o, "bytes", (int64_t)n);
	if (n == 0)
		e = err_set(why, ERR_FORMAT, what, NULL, "is empty");
	else if (n >= 4 && memcmp(p, "\177ELF", 4) == 0)
		e = read_elf(bytes, n, what, opt->symbols, o, why);
	else if (flat_is_uf2(p, n))
		e = flat_uf2(p, n, what, o, why);
	else if (flat_is_hex(p, n))
		e = flat_hex(p, n, what, o, why);
	else
		flat_bin(p, n, opt->base, o);
	if (e == ERR_OK)
		*out = json_incref(o);
	json_decref(o);
	return e;
}
