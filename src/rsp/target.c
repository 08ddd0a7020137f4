/* target.c - target.xml by its tags, and registers by their numbers. */
#include "rsp/target.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

enum { INCLUDES_MAX = 32, THUMB_PC = 15, THUMB_PSR = 25, A64_PC = 32, RISCV_PC = 32 };

static const struct { const char *word; enum rsp_isa isa; } isas[] = {
	{ "unknown", RSP_ISA_UNKNOWN }, { "thumb", RSP_ISA_THUMB }, { "a64", RSP_ISA_A64 },
	{ "riscv", RSP_ISA_RISCV },
};

bool
rsp_isa_parse(const char *word, enum rsp_isa *isa)
{
	for (size_t i = 1; i < sizeof isas / sizeof *isas; i++)
		if (strcmp(word, isas[i].word) == 0) {
			*isa = isas[i].isa;
			return true;
		}
	return false;
}

const char *
rsp_isa_word(enum rsp_isa isa)
{
	return isas[isa].word;
}

/* ---- the description */

struct reading {
	struct rsp_target *t;
	char   include[INCLUDES_MAX][64];
	size_t includes, done;
	uint64_t next;                  /* number of the next register without one */
	bool   m_profile;
};

/* attr="VALUE" within a tag; empty when it is not there. */
static struct slice
attribute(struct slice tag, const char *name)
{
	char key[24];
	int64_t at;
	struct slice rest;

	snprintf(key, sizeof key, " %s=\"", name);
	at = slice_find(tag, slice_of(key));
	if (at < 0)
		return slice_make(NULL, 0);
	return slice_cut(slice_skip(tag, (size_t)at + strlen(key)), '"', &rest);
}

static void
copy(char *out, size_t size, struct slice s)
{
	snprintf(out, size, "%.*s", s.n < size ? (int)s.n : (int)size - 1, s.n != 0 ? s.p : "");
}

static void
take_register(struct reading *r, struct slice tag)
{
	const struct slice name = attribute(tag, "name"), width = attribute(tag, "bitsize");
	uint64_t number, size;

	if (!slice_u64(attribute(tag, "regnum"), INT32_MAX, &number))
		number = r->next;
	r->next = number + 1;
	r->t->registers++;
	if (slice_is(name, "pc")) {
		r->t->pc = (int)number;
		r->t->pc_bytes = slice_u64(width, 64, &size) ? (unsigned)size / 8 : 4;
	} else if (slice_is(name, "xpsr")) {
		r->t->psr = (int)number;
	}
}

static void
take_tag(struct reading *r, struct slice tag)
{
	struct rsp_target *t = r->t;

	if (slice_starts(tag, "reg ")) {
		take_register(r, tag);
	} else if (slice_starts(tag, "feature ") && t->features < RSP_FEATURES_MAX) {
		copy(t->feature[t->features], sizeof t->feature[0], attribute(tag, "name"));
		r->m_profile |= strstr(t->feature[t->features], "m-profile") != NULL;
		t->features++;
	} else if (slice_starts(tag, "xi:include ") && r->includes < INCLUDES_MAX) {
		copy(r->include[r->includes++], sizeof r->include[0], attribute(tag, "href"));
	}
}

static void
read_tags(struct reading *r, struct slice xml)
{
	while (xml.n != 0) {
		struct slice tag;

		(void)slice_cut(xml, '<', &xml);
		tag = slice_cut(xml, '>', &xml);
		if (slice_starts(tag, "architecture") && tag.n == strlen("architecture")) {
			struct slice rest;

			copy(r->t->architecture, sizeof r->t->architecture,
			    slice_trim(slice_cut(xml, '<', &rest)));
		} else {
			take_tag(r, tag);
		}
	}
}

static enum rsp_isa
isa_of(const struct reading *r)
{
	const char *a = r->t->architecture;

	if (r->m_profile || strncmp(a, "armv6-m", 7) == 0 || strncmp(a, "armv7-m", 7) == 0)
		return RSP_ISA_THUMB;
	if (strncmp(a, "aarch64", 7) == 0)
		return RSP_ISA_A64;
	return strncmp(a, "riscv", 5) == 0 ? RSP_ISA_RISCV : RSP_ISA_UNKNOWN;
}

static void
from_isa(struct rsp_target *t)
{
	t->psr = t->isa == RSP_ISA_THUMB ? THUMB_PSR : -1;
	t->pc = t->isa == RSP_ISA_THUMB ? THUMB_PC : t->isa == RSP_ISA_A64 ? A64_PC
	    : t->isa == RSP_ISA_RISCV ? RISCV_PC : -1;
	t->pc_bytes = t->isa == RSP_ISA_A64 ? 8 : 4;
}

enum err
rsp_target_read(struct rsp_client *c, struct rsp_target *t, struct err_msg *why)
{
	struct reading r = { .t = t, .includes = 1, .include = { "target.xml" } };
	struct buf xml;
	enum err e = ERR_OK;

	from_isa(t);
	t->registers = t->features = 0;
	t->architecture[0] = '\0';
	buf_init(&xml, 4 << 20);
	while (r.done < r.includes && e == ERR_OK) {
		e = rsp_client_object(c, "features", r.include[r.done++], &xml, why);
		if (e == ERR_OK)
			read_tags(&r, slice_make(buf_str(&xml), xml.len));
	}
	buf_fini(&xml);
	if (e == ERR_OK && t->isa == RSP_ISA_UNKNOWN)
		t->isa = isa_of(&r);
	return e;
}

/* ---- registers and memory */

/* Target byte order is taken for little: so are all the boards that Vise knows. */
static uint64_t
little(const char *p, size_t n)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n && i < 8; i++)
		v |= (uint64_t)(unsigned char)p[i] << (8 * i);
	return v;
}

enum err
rsp_target_register(struct rsp_client *c, int number, uint64_t *value, struct err_msg *why)
{
	char body[24];
	struct buf reply, bytes;
	enum err e;

	snprintf(body, sizeof body, "p%x", (unsigned)number);
	buf_init(&reply, RSP_BODY_MAX);
	buf_init(&bytes, RSP_BODY_MAX);
	e = rsp_client_say(c, body, &reply, why);
	if (e == ERR_OK && (reply.len == 0 || !rsp_from_hex(reply.data, reply.len, &bytes)))
		e = err_set(why, ERR_UNSUPPORTED, "registers", NULL,
		    "the server does not give register %d: %.20s", number,
		    reply.len == 0 ? "not supported" : buf_str(&reply));
	*value = little(buf_str(&bytes), bytes.len);
	buf_fini(&reply);
	buf_fini(&bytes);
	return e;
}

enum err
rsp_target_pc(struct rsp_client *c, const struct rsp_target *t, uint64_t *pc, struct err_msg *why)
{
	if (t->pc < 0)
		return err_set(why, ERR_UNSUPPORTED, "target",
		    "name it with --isa thumb, a64 or riscv",
		    "the server does not say which register is the program counter");
	return rsp_target_register(c, t->pc, pc, why);
}

enum err
rsp_target_memory(struct rsp_client *c, uint64_t addr, size_t n, struct buf *out,
    struct err_msg *why)
{
	char body[48];
	struct buf reply;
	enum err e;

	snprintf(body, sizeof body, "m%" PRIx64 ",%zx", addr, n);
	buf_init(&reply, RSP_BODY_MAX);
	e = rsp_client_say(c, body, &reply, why);
	if (e == ERR_OK && (reply.len % 2 != 0 || reply.len == 0 ||
	    !rsp_from_hex(reply.data, reply.len, out)))
		e = err_set(why, ERR_IO, "memory", NULL,
		    "0x%" PRIx64 " cannot be read: %.20s", addr,
		    reply.len == 0 ? "not supported" : buf_str(&reply));
	buf_fini(&reply);
	return e;
}
