/* needs.c - interpreter, libraries, symbol versions, kernel and CPU that a program asks for. */
#include "elf/needs.h"

#include <gelf.h>
#include <stdio.h>

#include "core/json.h"
#include "elf/buildinfo.h"
#include "elf/linkage.h"

static void
put_versions(json_t *o, const json_t *linkage)
{
	json_t *list = json_array(), *newest;
	const char *name;

	json_object_foreach(json_object_get(linkage, "versions"), name, newest)
		(void)json_array_append_new(list,
		    json_sprintf("%s_%s", name, json_string_value(newest)));
	json_put(o, "versions", list);
}

static void
put_kernel(json_t *o, const json_t *linkage)
{
	unsigned v[3] = { 0, 0, 0 };

	(void)sscanf(json_get_str(linkage, "min_kernel", ""), "%3u.%3u.%3u", &v[0], &v[1], &v[2]);
	json_put(o, "kernel", json_pack("[i,i,i]", (int)v[0], (int)v[1], (int)v[2]));
}

static void
put_go(json_t *o, Elf *e)
{
	json_t *go = buildinfo_read(e), *settings = json_object_get(go, "settings");

	json_put_str(o, "go", json_get_str(go, "version", ""));
	json_put_str(o, "goarm", json_get_str(settings, "GOARM", ""));
	json_put_str(o, "goamd64", json_get_str(settings, "GOAMD64", ""));
	json_put_str(o, "gomips", json_get_str(settings, "GOMIPS", ""));
	json_decref(go);
}

static json_t *
facts(Elf *e, const GElf_Ehdr *h, size_t n)
{
	json_t *o = json_object(), *linkage = json_object();

	linkage_put(e, h, linkage);
	json_put_int(o, "e_machine", h->e_machine);
	json_put_int(o, "e_flags", h->e_flags);
	json_put_int(o, "bits", h->e_ident[EI_CLASS] == ELFCLASS64 ? 64 : 32);
	json_put_bool(o, "big", h->e_ident[EI_DATA] == ELFDATA2MSB);
	json_put_str(o, "interp", json_get_str(linkage, "interp", ""));
	json_put(o, "libs", json_incref(json_object_get(linkage, "needed")));
	put_versions(o, linkage);
	put_kernel(o, linkage);
	put_go(o, e);
	json_put_int(o, "size", (int64_t)n);
	json_decref(linkage);
	return o;
}

enum err
needs_read(void *bytes, size_t n, const char *what, json_t **out, struct err_msg *why)
{
	enum err err = ERR_OK;
	GElf_Ehdr h;
	Elf *e;

	(void)elf_version(EV_CURRENT);
	e = n >= EI_NIDENT ? elf_memory(bytes, n) : NULL;
	if (e == NULL || elf_kind(e) != ELF_K_ELF || gelf_getehdr(e, &h) == NULL ||
	    (h.e_type != ET_EXEC && h.e_type != ET_DYN))
		err = err_set(why, ERR_FORMAT, what, "give the linked program",
		    "no program in ELF form");
	else
		*out = facts(e, &h, n);
	(void)elf_end(e);
	return err;
}
