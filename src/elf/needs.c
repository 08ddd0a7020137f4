/* needs.c - interpreter, libraries, symbol versions, kernel and CPU that a program asks for. */
#include "elf/needs.h"

#include <gelf.h>
#include <stdio.h>
#include <string.h>

#include "base/slice.h"

enum { SECTIONS_MAX = 65536, ENTRIES_MAX = 4096, SETTINGS_MAX = 1 << 20 };

static bool
digit(char c)
{
	return c >= '0' && c <= '9';
}

static unsigned long long
number(const char **s)
{
	unsigned long long v = 0;

	for (int i = 0; digit(**s) && i < 18; i++)
		v = v * 10 + (unsigned)(*(*s)++ - '0');
	return v;
}

int
needs_version_cmp(const char *a, const char *b)
{
	for (;;) {
		unsigned long long x, y;

		while (*a != '\0' && *a == *b && !digit(*a)) {
			a++;
			b++;
		}
		if (!digit(*a) || !digit(*b))
			return (*a != '\0') - (*b != '\0');
		x = number(&a);
		y = number(&b);
		if (x != y)
			return x < y ? -1 : 1;
	}
}

/* Text of a file: what is no printable ASCII becomes '?'. */
static void
copy(char out[NEEDS_TEXT], const char *s)
{
	size_t n = 0;

	for (; s != NULL && s[n] != '\0' && n + 1 < NEEDS_TEXT; n++)
		out[n] = s[n] > 0x20 && s[n] < 0x7f ? s[n] : '?';
	out[n] = '\0';
}

/* The newest version of each name before the '_'. */
static void
keep_version(struct needs *o, const char *s)
{
	char text[NEEDS_TEXT];
	size_t k;

	copy(text, s);
	k = strcspn(text, "_");
	for (size_t i = 0; i < o->versions; i++)
		if (strncmp(o->version[i], text, k + 1) == 0) {
			if (needs_version_cmp(text, o->version[i]) > 0)
				memcpy(o->version[i], text, sizeof text);
			return;
		}
	if (o->versions < NEEDS_VERSIONS && text[k] == '_')
		memcpy(o->version[o->versions++], text, sizeof text);
}

/* .gnu.version_r: a chain of files, each with a chain of versions; offsets from one to the next. */
static void
read_versions(Elf *e, Elf_Data *d, size_t strings, struct needs *o)
{
	size_t at = 0, count = 0;

	while (at < d->d_size && count++ < ENTRIES_MAX) {
		GElf_Verneed need;
		size_t aux;

		if (at > INT32_MAX || gelf_getverneed(d, (int)at, &need) == NULL)
			return;
		aux = at + need.vn_aux;
		for (unsigned i = 0; i < need.vn_cnt && count++ < ENTRIES_MAX; i++) {
			GElf_Vernaux v;

			if (aux > INT32_MAX || gelf_getvernaux(d, (int)aux, &v) == NULL)
				break;
			keep_version(o, elf_strptr(e, strings, v.vna_name));
			if (v.vna_next == 0)
				break;
			aux += v.vna_next;
		}
		if (need.vn_next == 0)
			return;
		at += need.vn_next;
	}
}

static void
read_dynamic(Elf *e, Elf_Data *d, size_t strings, size_t entry, struct needs *o)
{
	const size_t n = entry != 0 ? d->d_size / entry : 0;

	for (size_t i = 0; i < n && i < ENTRIES_MAX; i++) {
		GElf_Dyn dyn;

		if (gelf_getdyn(d, (int)i, &dyn) == NULL || dyn.d_tag == DT_NULL)
			return;
		if (dyn.d_tag == DT_NEEDED && o->libs < NEEDS_LIBS)
			copy(o->lib[o->libs++], elf_strptr(e, strings, dyn.d_un.d_val));
	}
}

static void
read_notes(Elf_Data *d, struct needs *o)
{
	GElf_Nhdr h;
	size_t at = 0, name, desc;

	for (int i = 0; i < 64 && (at = gelf_getnote(d, at, &h, &name, &desc)) != 0; i++) {
		uint32_t v[4];

		if (h.n_type != 1 || h.n_namesz != 4 || h.n_descsz < sizeof v ||
		    name + 4 > d->d_size || desc + sizeof v > d->d_size ||
		    memcmp((const char *)d->d_buf + name, "GNU", 4) != 0)
			continue;
		/* libelf gives host order */
		memcpy(v, (const char *)d->d_buf + desc, sizeof v);
		for (int k = 0; k < 3 && v[0] == 0; k++)        /* 0: Linux */
			o->kernel[k] = v[k + 1] < 1000 ? v[k + 1] : 0;
	}
}

/* ---- Go's settings ---- */

/* A string with its length in front, seven bits a byte. */
static bool
varstring(struct slice *s, struct slice *out)
{
	uint64_t n = 0;
	unsigned shift = 0;
	size_t i = 0;

	do {
		if (i >= s->n || shift > 28)
			return false;
		n |= (uint64_t)((unsigned char)s->p[i] & 0x7f) << shift;
		shift += 7;
	} while (((unsigned char)s->p[i++] & 0x80) != 0);
	if (n > s->n - i)
		return false;
	*out = slice_make(s->p + i, (size_t)n);
	*s = slice_skip(*s, i + (size_t)n);
	return true;
}

static void
setting(struct slice text, const char *name, char *out, size_t size)
{
	const int64_t at = slice_find(text, slice_of(name));
	struct slice v, rest;

	if (at < 0)
		return;
	v = slice_cut(slice_skip(text, (size_t)at + strlen(name)), '\n', &rest);
	if (v.n < size && slice_find(v, slice_of("\t")) < 0)
		snprintf(out, size, "%.*s", (int)v.n, v.p);
}

static void
read_go(struct slice s, struct needs *o)
{
	static const char magic[] = "\xff Go buildinf:";
	enum { HEAD = 32, FLAGS = 15, INLINE = 2 };
	struct slice version, settings;

	if (s.n < HEAD || memcmp(s.p, magic, sizeof magic - 1) != 0 ||
	    ((unsigned char)s.p[FLAGS] & INLINE) == 0)
		return;
	s = slice_skip(s, HEAD);
	if (!varstring(&s, &version) || version.n >= sizeof o->go || !slice_starts(version, "go"))
		return;
	snprintf(o->go, sizeof o->go, "%.*s", (int)version.n, version.p);
	if (!varstring(&s, &settings) || settings.n > SETTINGS_MAX)
		return;
	setting(settings, "\tGOARM=", o->goarm, sizeof o->goarm);
	setting(settings, "\tGOAMD64=", o->goamd64, sizeof o->goamd64);
	setting(settings, "\tGOMIPS=", o->gomips, sizeof o->gomips);
}

/* ---- the file ---- */

static void
read_section(Elf *e, Elf_Scn *scn, struct needs *o)
{
	GElf_Shdr h;
	Elf_Data *d;
	size_t names;
	const char *name;

	if (gelf_getshdr(scn, &h) == NULL || h.sh_type == SHT_NOBITS ||
	    (d = elf_getdata(scn, NULL)) == NULL || d->d_buf == NULL)
		return;
	name = elf_getshdrstrndx(e, &names) == 0 ? elf_strptr(e, names, h.sh_name) : NULL;
	if (h.sh_type == SHT_GNU_verneed)
		read_versions(e, d, h.sh_link, o);
	else if (h.sh_type == SHT_DYNAMIC)
		read_dynamic(e, d, h.sh_link, h.sh_entsize, o);
	else if (h.sh_type == SHT_NOTE)
		read_notes(d, o);
	else if (name != NULL && strcmp(name, ".go.buildinfo") == 0)
		read_go(slice_make(d->d_buf, d->d_size), o);
}

static void
read_interp(Elf *e, const char *bytes, size_t size, struct needs *o)
{
	size_t n = 0;

	if (elf_getphdrnum(e, &n) != 0)
		return;
	for (size_t i = 0; i < n && i < ENTRIES_MAX; i++) {
		GElf_Phdr p;
		char text[NEEDS_TEXT] = "";

		if (gelf_getphdr(e, (int)i, &p) == NULL || p.p_type != PT_INTERP ||
		    p.p_filesz == 0 || p.p_filesz >= sizeof text || p.p_offset > size ||
		    p.p_filesz > size - p.p_offset)
			continue;
		memcpy(text, bytes + p.p_offset, p.p_filesz);
		copy(o->interp, text);
	}
}

enum err
needs_read(void *bytes, size_t n, const char *what, struct needs *out, struct err_msg *why)
{
	Elf *e;
	Elf_Scn *scn = NULL;
	GElf_Ehdr h;
	size_t count = 0;

	*out = (struct needs){ .size = n };
	(void)elf_version(EV_CURRENT);
	e = n >= EI_NIDENT ? elf_memory(bytes, n) : NULL;
	if (e == NULL || elf_kind(e) != ELF_K_ELF || gelf_getehdr(e, &h) == NULL ||
	    (h.e_type != ET_EXEC && h.e_type != ET_DYN)) {
		(void)elf_end(e);
		return err_set(why, ERR_FORMAT, what, "give the linked program",
		    "no program in ELF form");
	}
	out->machine = h.e_machine;
	out->bits = h.e_ident[EI_CLASS] == ELFCLASS64 ? 64 : 32;
	out->big = h.e_ident[EI_DATA] == ELFDATA2MSB;
	out->flags = h.e_flags;
	read_interp(e, bytes, n, out);
	while ((scn = elf_nextscn(e, scn)) != NULL && count++ < SECTIONS_MAX)
		read_section(e, scn, out);
	(void)elf_end(e);
	return ERR_OK;
}
