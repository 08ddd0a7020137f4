/* buildinfo.c - the build information that the Go linker leaves in a program. */
#include "elf/buildinfo.h"

#include <string.h>

#include "base/slice.h"

enum { HEAD = 32, GUARD = 16, TEXT_MAX = 1 << 20, SETTINGS_MAX = 200 };

struct info { struct slice version, mod; };

/* The bytes of an address, from the segment that has them. */
static struct slice
bytes_at(Elf *e, uint64_t addr, uint64_t n)
{
	size_t size = 0, count = 0;
	const char *file = elf_rawfile(e, &size);

	(void)elf_getphdrnum(e, &count);
	for (size_t i = 0; file != NULL && i < count && i < 4096; i++) {
		GElf_Phdr p;

		if (gelf_getphdr(e, (int)i, &p) == NULL || p.p_type != PT_LOAD ||
		    addr < p.p_vaddr || addr - p.p_vaddr > p.p_filesz ||
		    n > p.p_filesz - (addr - p.p_vaddr) || p.p_offset > size ||
		    addr - p.p_vaddr > size - p.p_offset ||
		    n > size - p.p_offset - (addr - p.p_vaddr))
			continue;
		return slice_make(file + p.p_offset + (addr - p.p_vaddr), (size_t)n);
	}
	return slice_make("", 0);
}

static uint64_t
number(const unsigned char *p, unsigned n, bool big)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < n; i++)
		v = v << 8 | p[big ? i : n - 1 - i];
	return v;
}

/* A Go string behind a pointer: pointer and length. */
static struct slice
go_string(Elf *e, uint64_t at, unsigned word, bool big)
{
	const struct slice head = bytes_at(e, at, 2 * word);
	uint64_t n;

	if (head.n == 0)
		return head;
	n = number((const unsigned char *)head.p + word, word, big);
	return n <= TEXT_MAX ? bytes_at(e, number((const unsigned char *)head.p, word, big), n)
			     : slice_make("", 0);
}

static struct slice
inline_string(struct slice *rest)
{
	uint64_t n = 0;
	size_t i = 0;
	struct slice out;

	for (unsigned shift = 0; i < rest->n && shift < 63; shift += 7) {
		const unsigned char c = (unsigned char)rest->p[i++];

		n |= (uint64_t)(c & 0x7f) << shift;
		if ((c & 0x80) == 0)
			break;
	}
	*rest = slice_skip(*rest, i);
	if (n > rest->n || n > TEXT_MAX)
		n = 0;
	out = slice_make(rest->p, (size_t)n);
	*rest = slice_skip(*rest, (size_t)n);
	return out;
}

static bool
find(Elf *e, struct slice data, struct info *out)
{
	static const char magic[] = "\xff Go buildinf:";
	const int64_t at = slice_find(data, slice_make(magic, sizeof magic - 1));
	const unsigned char *p = (const unsigned char *)data.p + at;
	struct slice rest;

	if (at < 0 || data.n - (size_t)at < HEAD)
		return false;
	if ((p[15] & 2) != 0) {
		rest = slice_skip(data, (size_t)at + HEAD);
		out->version = inline_string(&rest);
		out->mod = inline_string(&rest);
		return true;
	}
	if (p[14] != 4 && p[14] != 8)
		return false;
	out->version = go_string(e, number(p + 16, p[14], (p[15] & 1) != 0), p[14],
	    (p[15] & 1) != 0);
	out->mod = go_string(e, number(p + 16 + p[14], p[14], (p[15] & 1) != 0), p[14],
	    (p[15] & 1) != 0);
	return true;
}

/* .go.buildinfo, or nothing. */
static struct slice
section(Elf *e)
{
	size_t names = 0;
	Elf_Scn *scn = NULL;

	while (elf_getshdrstrndx(e, &names) == 0 && (scn = elf_nextscn(e, scn)) != NULL) {
		GElf_Shdr h;
		const char *is = gelf_getshdr(scn, &h) != NULL ?
		    elf_strptr(e, names, h.sh_name) : NULL;
		Elf_Data *d = is != NULL && strcmp(is, ".go.buildinfo") == 0 ?
		    elf_rawdata(scn, NULL) : NULL;

		if (d != NULL && d->d_buf != NULL)
			return slice_make(d->d_buf, d->d_size);
	}
	return slice_make("", 0);
}

/* Its section; a program without section headers: its writable data. */
static bool
search(Elf *e, struct info *out)
{
	size_t size = 0, count = 0;
	const char *file = elf_rawfile(e, &size);
	const struct slice own = section(e);

	if (own.n != 0)
		return find(e, own, out);
	(void)elf_getphdrnum(e, &count);
	for (size_t i = 0; file != NULL && i < count && i < 64; i++) {
		GElf_Phdr p;

		if (gelf_getphdr(e, (int)i, &p) == NULL || p.p_type != PT_LOAD ||
		    (p.p_flags & PF_W) == 0 || p.p_offset >= size)
			continue;
		size -= (size_t)p.p_offset;
		return find(e, slice_make(file + p.p_offset,
		    p.p_filesz < size ? (size_t)p.p_filesz : size), out);
	}
	return false;
}

static void
put_slice(json_t *o, const char *key, struct slice s)
{
	json_put_strn(o, key, s.p, s.n);
}

/* path\tP, mod\tP\tV\tSUM, dep\t..., build\tKEY=VALUE */
static void
put_line(json_t *o, json_t *settings, struct slice line)
{
	struct slice rest, value, kind = slice_cut(line, '\t', &rest), key;
	json_t *mod;

	if (slice_is(kind, "path")) {
		put_slice(o, "path", rest);
	} else if (slice_is(kind, "mod")) {
		mod = json_object();
		put_slice(mod, "path", slice_cut(rest, '\t', &rest));
		put_slice(mod, "version", slice_cut(rest, '\t', &rest));
		put_slice(mod, "sum", rest);
		json_put(o, "mod", mod);
	} else if (slice_is(kind, "dep")) {
		json_put_int(o, "deps", json_get_int(o, "deps", 0) + 1);
	} else if (slice_is(kind, "build") && json_object_size(settings) < SETTINGS_MAX) {
		char name[80];

		key = slice_cut(rest, '=', &value);
		if (key.n == 0 || key.n >= sizeof name)
			return;
		memcpy(name, key.p, key.n);
		name[key.n] = '\0';
		put_slice(settings, name, value);
	}
}

json_t *
buildinfo_read(Elf *e)
{
	struct info i = { .version = { "", 0 }, .mod = { "", 0 } };
	json_t *o, *settings;
	struct slice rest;

	if (!search(e, &i) || i.version.n == 0)
		return NULL;
	o = json_object();
	settings = json_object();
	put_slice(o, "version", i.version);
	rest = i.mod;
	/* the text stands between two guards of the linker */
	if (rest.n >= 2 * GUARD + 1 && rest.p[rest.n - GUARD - 1] == '\n')
		rest = slice_make(rest.p + GUARD, rest.n - 2 * GUARD);
	while (rest.n != 0)
		put_line(o, settings, slice_cut(rest, '\n', &rest));
	json_put(o, "settings", settings);
	return o;
}
