/* flat.c - images that are no ELF: every block and line checked. */
#include "elf/flat.h"

#include <string.h>

#include "elf/spans.h"

enum { BLOCK = 512, PAYLOAD_MAX = 476, FAMILIES_MAX = 16, FIRST = 8 };
enum { NOT_MAIN_FLASH = 0x1, FILE_CONTAINER = 0x1000, HAS_FAMILY = 0x2000 };

static const unsigned char uf2_begin[] = { 'U', 'F', '2', '\n', 0x57, 0x51, 0x5d, 0x9e };
static const uint32_t UF2_END = 0x0ab16f30;

static uint32_t
u32(const unsigned char *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* The bytes at the lowest address so far: the vectors of a Cortex-M. */
struct first { uint64_t addr; unsigned char b[FIRST]; size_t n; };

static void
first_add(struct first *f, uint64_t addr, const unsigned char *p, size_t n)
{
	if (f->n == 0 || addr < f->addr) {
		f->addr = addr;
		f->n = 0;
	}
	if (addr == f->addr + f->n)
		while (f->n < FIRST && n != 0) {
			f->b[f->n++] = *p++;
			n--;
		}
}

static void
first_put(const struct first *f, json_t *o)
{
	if (f->n == FIRST)
		json_put(o, "vectors", json_pack("{s:I,s:I,s:I}", "at", (json_int_t)f->addr,
		    "sp", (json_int_t)u32(f->b), "reset", (json_int_t)u32(f->b + 4)));
}

static void
close_spans(struct spans *s, json_t *o)
{
	spans_close(s);
	spans_put(s, o);
	spans_fini(s);
}

/* ---- UF2 */

struct family { uint32_t id; uint64_t blocks, total; };
struct uf2 {
	struct spans spans;
	struct first first;
	struct family family[FAMILIES_MAX];
	size_t families, skipped;
	uint32_t payload;
};

bool
flat_is_uf2(const unsigned char *p, size_t n)
{
	return n >= sizeof uf2_begin && memcmp(p, uf2_begin, sizeof uf2_begin) == 0;
}

static const char *
count_family(struct uf2 *u, const unsigned char *b, uint32_t flags)
{
	const uint32_t id = (flags & HAS_FAMILY) != 0 ? u32(b + 28) : 0, total = u32(b + 24);
	struct family *f = u->family;

	while (f < u->family + u->families && f->id != id)
		f++;
	if (f == u->family + FAMILIES_MAX)
		return "is of a family too many";
	if (f == u->family + u->families) {
		*f = (struct family){ .id = id, .total = total };
		u->families++;
	}
	if (f->total != total)
		return "has another number of blocks than those before it";
	if (u32(b + 20) >= total)
		return "has a number beyond the last";
	f->blocks++;
	return NULL;
}

/* What is wrong with the block, or NULL. */
static const char *
uf2_block(struct uf2 *u, const unsigned char *b)
{
	const uint32_t flags = u32(b + 8), addr = u32(b + 12), size = u32(b + 16);

	if (memcmp(b, uf2_begin, sizeof uf2_begin) != 0)
		return "does not begin as a UF2 block";
	if (u32(b + BLOCK - 4) != UF2_END)
		return "does not end as a UF2 block";
	if ((flags & (NOT_MAIN_FLASH | FILE_CONTAINER)) != 0) {
		u->skipped++;
		return NULL;
	}
	if (size == 0 || size > PAYLOAD_MAX)
		return "says more bytes than a block can hold, or none";
	if (addr + size < addr)
		return "goes beyond the last address";
	u->payload = size > u->payload ? size : u->payload;
	spans_add(&u->spans, addr, size);
	first_add(&u->first, addr, b + 32, size);
	return count_family(u, b, flags);
}

static void
uf2_put(const struct uf2 *u, json_t *o)
{
	json_t *list = json_array();

	for (size_t i = 0; i < u->families; i++)
		(void)json_array_append_new(list, json_pack("{s:I,s:I,s:I}", "id",
		    (json_int_t)u->family[i].id, "blocks", (json_int_t)u->family[i].blocks, "total",
		    (json_int_t)u->family[i].total));
	json_put(o, "families", list);
	json_put_int(o, "block_size", u->payload);
	if (u->skipped != 0)
		json_put_int(o, "not_flash_blocks", (int64_t)u->skipped);
}

enum err
flat_uf2(const unsigned char *p, size_t n, const char *what, json_t *o, struct err_msg *why)
{
	struct uf2 u = { .families = 0 };
	const char *bad = NULL;
	size_t i;

	for (i = 0; i + BLOCK <= n && bad == NULL; i += BLOCK)
		bad = uf2_block(&u, p + i);
	if (bad == NULL && n % BLOCK != 0)
		bad = "is cut off";
	for (size_t k = 0; bad == NULL && k < u.families; k++)
		if (u.family[k].blocks != u.family[k].total)
			bad = u.family[k].blocks < u.family[k].total ?
			    "is the last, some are missing" : "is the last, some come twice";
	json_put_str(o, "kind", "uf2");
	uf2_put(&u, o);
	close_spans(&u.spans, o);
	first_put(&u.first, o);
	return bad == NULL ? ERR_OK : err_set(why, ERR_FORMAT, what, "build it again",
	    "a broken UF2 file: block %zu %s", n % BLOCK != 0 && i + BLOCK > n ? i / BLOCK :
	    i / BLOCK - 1, bad);
}

/* ---- Intel HEX */

struct hex {
	struct spans spans;
	struct first first;
	uint64_t base, entry;
	size_t records;
	bool ended, has_entry;
};

bool
flat_is_hex(const unsigned char *p, size_t n)
{
	return n >= 11 && p[0] == ':' && strchr("0123456789abcdefABCDEF", p[1]) != NULL &&
	    p[7] == '0' && p[8] >= '0' && p[8] <= '5';
}

static int
nibble(unsigned char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 :
	    c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The bytes of a record into out; 0: it is none, or its sum is wrong. */
static size_t
hex_bytes(const unsigned char *p, size_t n, unsigned char out[260])
{
	unsigned char sum = 0;

	if (n < 11 || n % 2 == 0 || n > 1 + 2 * 260 || p[0] != ':')
		return 0;
	for (size_t i = 1; i + 1 < n; i += 2) {
		const int hi = nibble(p[i]), lo = nibble(p[i + 1]);

		if (hi < 0 || lo < 0)
			return 0;
		out[i / 2] = (unsigned char)(hi << 4 | lo);
		sum = (unsigned char)(sum + out[i / 2]);
	}
	return sum == 0 && (size_t)out[0] + 5 == (n - 1) / 2 ? (n - 1) / 2 : 0;
}

static const char *
hex_control(struct hex *h, const unsigned char *r)
{
	const uint64_t two = (uint64_t)r[4] << 8 | r[5];
	static const unsigned char want[] = { 0, 0, 2, 4, 2, 4 };

	if (r[0] != want[r[3]])
		return "has the wrong length for its type";
	switch (r[3]) {
	case 1: h->ended = true; break;
	case 2: h->base = two << 4; break;
	case 4: h->base = two << 16; break;
	case 3: h->entry = (two << 4) + ((uint64_t)r[6] << 8 | r[7]); break;
	default: h->entry = two << 16 | (uint64_t)r[6] << 8 | r[7]; break;
	}
	h->has_entry = h->has_entry || r[3] == 3 || r[3] == 5;
	return NULL;
}

static const char *
hex_line(struct hex *h, const unsigned char *p, size_t n)
{
	unsigned char r[260] = { 0 };

	if (h->ended)
		return "comes after the end record";
	if (hex_bytes(p, n, r) == 0)
		return "is no record, or its checksum is wrong";
	h->records++;
	if (r[3] > 5)
		return "has a type that is not known";
	if (r[3] != 0)
		return hex_control(h, r);
	spans_add(&h->spans, h->base + ((uint64_t)r[1] << 8 | r[2]), r[0]);
	first_add(&h->first, h->base + ((uint64_t)r[1] << 8 | r[2]), r + 4, r[0]);
	return NULL;
}

enum err
flat_hex(const unsigned char *p, size_t n, const char *what, json_t *o, struct err_msg *why)
{
	struct hex h = { .records = 0 };
	const char *bad = NULL;
	size_t line = 0, at = 0;

	while (at < n && bad == NULL) {
		const unsigned char *nl = memchr(p + at, '\n', n - at);
		const size_t end = nl != NULL ? (size_t)(nl - p) : n;
		size_t len = end - at;

		while (len != 0 && (p[at + len - 1] == '\r' || p[at + len - 1] == ' '))
			len--;
		line++;
		if (len != 0)
			bad = hex_line(&h, p + at, len);
		at = end + 1;
	}
	if (bad == NULL && !h.ended)
		bad = "is the last, and the end record is missing";
	json_put_str(o, "kind", "hex");
	json_put_int(o, "records", (int64_t)h.records);
	if (h.has_entry)
		json_put_int(o, "entry", (int64_t)h.entry);
	close_spans(&h.spans, o);
	first_put(&h.first, o);
	return bad == NULL ? ERR_OK : err_set(why, ERR_FORMAT, what, "build it again",
	    "a broken Intel HEX file: line %zu %s", line, bad);
}

/* ---- plain */

void
flat_bin(const unsigned char *p, size_t n, uint64_t base, json_t *o)
{
	struct spans s = { .n = 0 };
	struct first f = { .n = 0 };

	json_put_str(o, "kind", "bin");
	spans_add(&s, base, n);
	first_add(&f, base, p, n);
	close_spans(&s, o);
	first_put(&f, o);
}
