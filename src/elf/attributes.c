/* attributes.c - build attributes of ARM and RISC-V programs. */
#include "elf/attributes.h"

#include <string.h>

enum { SHT_ATTRIBUTES = 0x70000003, FILE_SCOPE = 1 };
enum { ARM_FLOAT_HARD = 0x400, ARM_FLOAT_SOFT = 0x200 };
enum { TAG_CPU_NAME = 5, TAG_CPU_ARCH = 6, TAG_PROFILE = 7, TAG_FP_ARCH = 10, TAG_VFP_ARGS = 28,
	TAG_COMPAT = 32, TAG_RISCV_ARCH = 5 };

struct cursor { const unsigned char *p, *end; bool big; };

static uint64_t
uleb(struct cursor *c)
{
	uint64_t v = 0;

	for (unsigned shift = 0; c->p < c->end && shift < 63; shift += 7) {
		const unsigned char b = *c->p++;

		v |= (uint64_t)(b & 0x7f) << shift;
		if ((b & 0x80) == 0)
			break;
	}
	return v;
}

static uint32_t
word(struct cursor *c)
{
	const unsigned char *p = c->p;

	if (c->end - p < 4) {
		c->p = c->end;
		return 0;
	}
	c->p += 4;
	return c->big ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3] :
	    (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

/* A text that ends with NUL; NULL when it does not. */
static const char *
text(struct cursor *c)
{
	const char *s = (const char *)c->p;
	const unsigned char *nul = c->p >= c->end ? NULL : memchr(c->p, 0, (size_t)(c->end - c->p));

	c->p = nul != NULL ? nul + 1 : c->end;
	return nul != NULL ? s : NULL;
}

static const char *
arm_arch(uint64_t n)
{
	static const char *const names[] = { "pre-v4", "v4", "v4T", "v5T", "v5TE", "v5TEJ", "v6",
		"v6KZ", "v6T2", "v6K", "v7", "v6-M", "v6S-M", "v7E-M", "v8-A", "v8-R",
		"v8-M.baseline", "v8-M.mainline", "v8.1-A", "v8.2-A", "v8.3-A", "v8.1-M.mainline",
		"v9-A" };

	return n < sizeof names / sizeof *names ? names[n] : "unknown";
}

static void
arm_number(json_t *o, uint64_t tag, uint64_t v)
{
	const char profile[2] = { (char)v, '\0' };

	switch (tag) {
	case TAG_CPU_ARCH:
		json_put_str(o, "arch", arm_arch(v));
		json_put_int(o, "arch_number", (int64_t)v);
		break;
	case TAG_PROFILE:
		if (v == 'A' || v == 'R' || v == 'M' || v == 'S')
			json_put_str(o, "profile", profile);
		break;
	case TAG_FP_ARCH: json_put_int(o, "fp", (int64_t)v); break;
	case TAG_VFP_ARGS: json_put_int(o, "vfp_args", (int64_t)v); break;
	default: break;
	}
}

static void
arm_attributes(struct cursor *c, json_t *o)
{
	while (c->p < c->end) {
		const uint64_t tag = uleb(c);
		const char *s;

		if (tag == TAG_COMPAT)
			(void)uleb(c);
		if (tag == 4 || tag == TAG_CPU_NAME || tag == TAG_COMPAT ||
		    (tag > TAG_COMPAT && tag % 2 == 1)) {
			s = text(c);
			if (tag == TAG_CPU_NAME && s != NULL)
				json_put_str(o, "cpu", s);
		} else {
			arm_number(o, tag, uleb(c));
		}
	}
}

static void
riscv_attributes(struct cursor *c, json_t *o)
{
	while (c->p < c->end) {
		const uint64_t tag = uleb(c);
		const char *s;

		if (tag % 2 == 0) {
			(void)uleb(c);
			continue;
		}
		s = text(c);
		if (tag == TAG_RISCV_ARCH && s != NULL)
			json_put_str(o, "arch", s);
	}
}

/* 'A', then vendors: length, name, then scopes: tag, length, attributes. */
static void
vendors(struct cursor all, const char *vendor, json_t *o,
    void (*each)(struct cursor *c, json_t *o))
{
	if (all.p == all.end || *all.p++ != 'A')
		return;
	while (all.end - all.p > 4) {
		const unsigned char *from = all.p;
		const uint32_t n = word(&all);
		struct cursor v = { all.p, all.end, all.big };
		const char *name;

		if (n < 5 || n > (size_t)(all.end - from))
			return;
		v.end = all.p = from + n;
		name = text(&v);
		while (name != NULL && strcmp(name, vendor) == 0 && v.end - v.p > 4) {
			const unsigned char *scope = v.p;
			const uint64_t tag = uleb(&v);
			const uint32_t size = word(&v);
			struct cursor a = { v.p, v.end, v.big };

			if (size < 5 || size > (size_t)(v.end - scope))
				return;
			a.end = v.p = scope + size;
			if (tag == FILE_SCOPE && a.p <= a.end)
				each(&a, o);
		}
	}
}

static void
arm_float(json_t *o, uint32_t flags)
{
	const int64_t args = json_get_int(o, "vfp_args", -1), fp = json_get_int(o, "fp", 0);
	const bool said = json_object_get(o, "arch") != NULL;

	if ((flags & ARM_FLOAT_HARD) != 0 || args == 1)
		json_put_str(o, "float", "hard");
	else if (fp != 0)
		json_put_str(o, "float", "softfp");
	else if ((flags & ARM_FLOAT_SOFT) != 0 || said)
		json_put_str(o, "float", "soft");
}

static void
riscv_float(json_t *o, uint32_t flags)
{
	static const char *const abi[] = { "soft", "single", "double", "quad" };

	json_put_str(o, "float", abi[flags >> 1 & 3]);
	json_put_bool(o, "compressed", (flags & 1) != 0);
}

json_t *
attributes_read(Elf *e, const GElf_Ehdr *head)
{
	const bool arm = head->e_machine == EM_ARM;
	Elf_Scn *scn = NULL;
	json_t *o;

	if (!arm && head->e_machine != EM_RISCV)
		return NULL;
	o = json_object();
	while ((scn = elf_nextscn(e, scn)) != NULL) {
		GElf_Shdr h;
		const Elf_Data *d = gelf_getshdr(scn, &h) != NULL && h.sh_type == SHT_ATTRIBUTES ?
		    elf_rawdata(scn, NULL) : NULL;

		if (d == NULL || d->d_buf == NULL)
			continue;
		const struct cursor c = { d->d_buf, (const unsigned char *)d->d_buf + d->d_size,
			head->e_ident[EI_DATA] == ELFDATA2MSB };

		vendors(c, arm ? "aeabi" : "riscv", o, arm ? arm_attributes : riscv_attributes);
	}
	if (arm)
		arm_float(o, head->e_flags);
	else
		riscv_float(o, head->e_flags);
	return o;
}
