/* linkage.c - interpreter, libraries, symbol versions and notes of a program. */
#include "elf/linkage.h"

#include <stdio.h>
#include <string.h>

#include "elf/newer.h"

enum { ENTRIES_MAX = 4096, NEEDED_MAX = 256, DF_1_PIE_FLAG = 0x08000000, GO_BUILD_ID = 4 };

/* ---- segments */

static void
put_interp(Elf *e, const GElf_Phdr *p, json_t *o)
{
	size_t size = 0;
	const char *file = elf_rawfile(e, &size);

	if (file == NULL || p->p_offset >= size || p->p_filesz == 0 ||
	    p->p_filesz > size - p->p_offset || p->p_filesz > 4096)
		return;
	json_put_strn(o, "interp", file + p->p_offset,
	    strnlen(file + p->p_offset, (size_t)p->p_filesz));
}

static void
segments(Elf *e, json_t *o, bool *interp)
{
	size_t n = 0;
	bool stack = false, exec = false;

	(void)elf_getphdrnum(e, &n);
	for (size_t i = 0; i < n && i < ENTRIES_MAX; i++) {
		GElf_Phdr p;

		if (gelf_getphdr(e, (int)i, &p) == NULL)
			continue;
		if (p.p_type == PT_INTERP) {
			*interp = true;
			put_interp(e, &p, o);
		} else if (p.p_type == PT_GNU_RELRO) {
			json_put_bool(o, "relro", true);
		} else if (p.p_type == PT_GNU_STACK) {
			stack = true;
			exec = (p.p_flags & PF_X) != 0;
		}
	}
	if (stack)
		json_put_bool(o, "stack_exec", exec);
}

/* ---- the dynamic section */

static void
dynamic_entry(Elf *e, const GElf_Shdr *h, const GElf_Dyn *d, json_t *needed, json_t *o)
{
	if (d->d_tag == DT_NEEDED && json_array_size(needed) < NEEDED_MAX) {
		const char *name = elf_strptr(e, h->sh_link, d->d_un.d_val);

		if (name != NULL)
			(void)json_array_append_new(needed, json_text(name, strlen(name)));
	} else if (d->d_tag == DT_FLAGS_1) {
		if ((d->d_un.d_val & DF_1_PIE_FLAG) != 0)
			json_put_bool(o, "pie", true);
		if ((d->d_un.d_val & DF_1_NOW) != 0)
			json_put_bool(o, "bind_now", true);
	} else if (d->d_tag == DT_BIND_NOW) {
		json_put_bool(o, "bind_now", true);
	}
}

static void
dynamic(Elf *e, Elf_Scn *scn, const GElf_Shdr *h, json_t *needed, json_t *o)
{
	Elf_Data *data = elf_getdata(scn, NULL);
	const size_t n = h->sh_entsize != 0 ? (size_t)(h->sh_size / h->sh_entsize) : 0;
	GElf_Dyn d;

	for (size_t i = 0; data != NULL && i < n && i < ENTRIES_MAX; i++) {
		if (gelf_getdyn(data, (int)i, &d) == NULL || d.d_tag == DT_NULL)
			return;
		dynamic_entry(e, h, &d, needed, o);
	}
}

/* "GLIBC_2.34" against what is known of GLIBC. */
static void
version(json_t *versions, const char *name)
{
	const char *bar = strrchr(name, '_'), *have;
	char key[64];

	if (bar == NULL || bar == name || (size_t)(bar - name) >= sizeof key || bar[1] < '0' ||
	    bar[1] > '9')
		return;
	memcpy(key, name, (size_t)(bar - name));
	key[bar - name] = '\0';
	have = json_get_str(versions, key, NULL);
	if (have == NULL || newer(bar + 1, have))
		json_put_str(versions, key, bar + 1);
}

static void
needs(Elf *e, Elf_Scn *scn, const GElf_Shdr *h, json_t *versions)
{
	Elf_Data *d = elf_getdata(scn, NULL);
	unsigned steps = 0;
	int at = 0;

	while (d != NULL && steps++ < ENTRIES_MAX) {
		GElf_Verneed need;
		GElf_Vernaux aux;
		int k;

		if (gelf_getverneed(d, at, &need) == NULL)
			return;
		k = at + (int)need.vn_aux;
		for (unsigned i = 0; i < need.vn_cnt && steps++ < ENTRIES_MAX &&
		    gelf_getvernaux(d, k, &aux) != NULL; i++) {
			const char *name = elf_strptr(e, h->sh_link, aux.vna_name);

			if (name != NULL)
				version(versions, name);
			if (aux.vna_next == 0 || aux.vna_next > INT32_MAX - (uint32_t)k)
				break;
			k += (int)aux.vna_next;
		}
		if (need.vn_next == 0 || need.vn_next > INT32_MAX - (uint32_t)at)
			return;
		at += (int)need.vn_next;
	}
}

/* ---- notes */

static bool
is_note(const GElf_Nhdr *n, const char *name, const char want[4], unsigned type)
{
	return n->n_namesz == 4 && memcmp(name, want, 4) == 0 && n->n_type == type;
}

static void
note(const GElf_Nhdr *n, const char *name, const unsigned char *desc, bool big, json_t *o)
{
	char text[160] = "";

	if (is_note(n, name, "GNU", NT_GNU_ABI_TAG) && n->n_descsz >= 16) {
		const unsigned at = big ? 3 : 0;

		if (desc[at] == 0) {    /* Linux */
			snprintf(text, sizeof text, "%u.%u.%u", desc[4 + at], desc[8 + at],
			    desc[12 + at]);
			json_put_str(o, "min_kernel", text);
		}
	} else if (is_note(n, name, "GNU", NT_GNU_BUILD_ID) && n->n_descsz <= 64) {
		for (size_t i = 0; i < n->n_descsz; i++)
			snprintf(text + 2 * i, 3, "%02x", desc[i]);
		json_put_str(o, "build_id", text);
	} else if (is_note(n, name, "Go\0", GO_BUILD_ID)) {
		json_put_strn(o, "go_build_id", (const char *)desc, strnlen((const char *)desc,
		    n->n_descsz < 200 ? n->n_descsz : 200));
	}
}

static void
notes(Elf_Scn *scn, bool big, json_t *o)
{
	Elf_Data *d = elf_getdata(scn, NULL);
	size_t at = 0, name, desc;
	GElf_Nhdr n;

	for (unsigned i = 0; d != NULL && i < 64; i++) {
		at = gelf_getnote(d, at, &n, &name, &desc);
		if (at == 0)
			return;
		if (name + n.n_namesz <= d->d_size && desc + n.n_descsz <= d->d_size)
			note(&n, (const char *)d->d_buf + name,
			    (const unsigned char *)d->d_buf + desc, big, o);
	}
}

static const char *
libc_of(const json_t *o, const json_t *needed)
{
	const char *interp = json_get_str(o, "interp", "");
	const json_t *v;
	size_t i;

	if (strstr(interp, "ld-musl") != NULL)
		return "musl";
	if (strstr(interp, "ld-uClibc") != NULL)
		return "uclibc";
	json_array_foreach(needed, i, v)
		if (strstr(json_string_value(v), "libc.musl") != NULL)
			return "musl";
		else if (strcmp(json_string_value(v), "libc.so.6") == 0)
			return "glibc";
	return NULL;
}

void
linkage_put(Elf *e, const GElf_Ehdr *head, json_t *o)
{
	json_t *needed = json_array(), *versions = json_object();
	const bool big = head->e_ident[EI_DATA] == ELFDATA2MSB;
	bool interp = false;
	Elf_Scn *scn = NULL;
	const char *libc;

	segments(e, o, &interp);
	while ((scn = elf_nextscn(e, scn)) != NULL) {
		GElf_Shdr h;

		if (gelf_getshdr(scn, &h) == NULL)
			continue;
		if (h.sh_type == SHT_DYNAMIC)
			dynamic(e, scn, &h, needed, o);
		else if (h.sh_type == SHT_GNU_verneed)
			needs(e, scn, &h, versions);
		else if (h.sh_type == SHT_NOTE)
			notes(scn, big, o);
	}
	libc = libc_of(o, needed);
	json_put_bool(o, "pie", head->e_type == ET_DYN &&
	    (interp || json_get_bool(o, "pie", false)));
	json_put_bool(o, "static", !interp && json_array_size(needed) == 0);
	if (libc != NULL)
		json_put_str(o, "libc", libc);
	json_put(o, "needed", needed);
	json_put(o, "versions", versions);
}
