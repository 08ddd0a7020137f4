/* gotab.c - reading .gopclntab: function by bisection, file and line by the pc-value tables. */
#include "elf/gotab.h"

#include <string.h>

enum { STEPS_MAX = 1 << 20, NAME_MAX_BYTES = 4096 };

static const struct magic { uint32_t value; unsigned version, words; } magics[] = {
	{ 0xfffffffb, 12, 1 }, { 0xfffffffa, 116, 7 }, { 0xfffffff0, 118, 8 },
	{ 0xfffffff1, 120, 8 },
};

/* ---- numbers; what lies outside reads as 0 */

static uint64_t
number(const struct gotab *t, size_t at, unsigned size)
{
	uint64_t v = 0;

	if (at > t->n || t->n - at < size)
		return 0;
	for (unsigned i = 0; i < size; i++)
		v |= (uint64_t)t->p[at + i] << 8 * (t->big ? size - 1 - i : i);
	return v;
}

static uint32_t
u32(const struct gotab *t, size_t at)
{
	return (uint32_t)number(t, at, 4);
}

static uint64_t
word(const struct gotab *t, size_t i)
{
	return number(t, 8 + i * t->word, t->word);
}

/* A name inside the table; NULL when it does not end there. */
static const char *
name_at(const struct gotab *t, size_t at)
{
	const size_t room = at < t->n ? t->n - at : 0;

	return memchr(room != 0 ? t->p + at : t->p, '\0', room < NAME_MAX_BYTES ? room :
	    NAME_MAX_BYTES) != NULL ? (const char *)t->p + at : NULL;
}

/* ---- header */

static bool
known(struct gotab *t, unsigned *words)
{
	for (size_t i = 0; i < sizeof magics / sizeof magics[0]; i++)
		if (u32(t, 0) == magics[i].value) {
			t->version = magics[i].version;
			*words = magics[i].words;
			return true;
		}
	return false;
}

/* Offsets of the parts: word FIRST and those after it. */
static bool
parts(struct gotab *t, size_t first)
{
	size_t *const part[] = { &t->names, &t->units, &t->filetab, &t->pctab, &t->functab };

	for (size_t i = 0; i < sizeof part / sizeof part[0]; i++) {
		const uint64_t at = word(t, first + i);

		if (at >= t->n)
			return false;
		*part[i] = (size_t)at;
	}
	return true;
}

static bool
parts_old(struct gotab *t)
{
	const uint64_t end = t->funcs * 2 * t->word + t->word;
	size_t at;

	if (t->funcs > t->n / (2 * t->word))
		return false;
	t->functab = 8 + t->word;
	at = t->functab + (size_t)end;
	t->filetab = u32(t, at);
	return t->filetab < t->n;
}

bool
gotab_open(struct gotab *t, const unsigned char *p, size_t n, bool big, uint64_t text)
{
	unsigned words = 0;
	bool good;

	*t = (struct gotab){ .p = p, .n = n, .big = big, .text = text };
	if (n < 16 || !known(t, &words))
		return false;
	t->quantum = p[6];
	t->word = p[7];
	if ((t->word != 4 && t->word != 8) || (t->quantum != 1 && t->quantum != 2 &&
	    t->quantum != 4) || n < 8 + (size_t)words * t->word)
		return false;
	t->funcs = word(t, 0);
	if (t->version == 12)
		return parts_old(t);
	t->files = word(t, 1);
	if (t->version >= 118 && word(t, 2) != 0)
		t->text = word(t, 2);
	good = parts(t, t->version >= 118 ? 3 : 2);
	return good && t->funcs < t->n / 8;
}

/* ---- functions */

static unsigned
field(const struct gotab *t)
{
	return t->version >= 118 ? 4 : t->word;
}

static uint64_t
entry(const struct gotab *t, uint64_t i)
{
	const uint64_t v = number(t, t->functab + (size_t)i * 2 * field(t), field(t));

	return t->version >= 118 ? t->text + v : v;
}

/* Where the record of the function with this code is; 0: none. */
static size_t
record(const struct gotab *t, uint64_t pc)
{
	uint64_t lo = 0, hi = t->funcs;
	const size_t base = t->version == 12 ? 0 : t->functab;

	if (t->funcs == 0 || pc < entry(t, 0) || pc >= entry(t, t->funcs))
		return 0;
	while (hi - lo > 1) {
		const uint64_t mid = lo + (hi - lo) / 2;

		if (entry(t, mid) <= pc)
			lo = mid;
		else
			hi = mid;
	}
	return base + (size_t)number(t, t->functab + (size_t)lo * 2 * field(t) + field(t),
	    field(t));
}

/* ---- the pc-value tables: pairs of varints, value (zigzag) and code distance */

static bool
varint(const struct gotab *t, size_t *at, uint32_t *out)
{
	uint32_t v = 0;

	for (unsigned shift = 0; shift < 35; shift += 7) {
		if (*at >= t->n)
			return false;
		const unsigned char c = t->p[(*at)++];

		v |= shift < 32 ? (uint32_t)(c & 0x7f) << shift : 0;
		if ((c & 0x80) == 0) {
			*out = v;
			return true;
		}
	}
	return false;
}

static bool
value_at(const struct gotab *t, size_t at, uint64_t from, uint64_t pc, int32_t *out)
{
	uint32_t value = UINT32_MAX, v, d;

	for (unsigned i = 0; i < STEPS_MAX && varint(t, &at, &v); i++) {
		if (v == 0 && i != 0)
			return false;
		value += (v & 1) != 0 ? ~(v >> 1) : v >> 1;
		if (!varint(t, &at, &d))
			return false;
		from += (uint64_t)d * t->quantum;
		if (pc < from) {
			*out = (int32_t)value;
			return *out >= 0;
		}
	}
	return false;
}

static const char *
file_name(const struct gotab *t, size_t rec, unsigned skip, int32_t number_of)
{
	size_t at;

	if (t->version == 12) {
		at = u32(t, t->filetab + 4 * (size_t)number_of);
		return at != 0 ? name_at(t, at) : NULL;
	}
	at = t->units + 4 * ((size_t)u32(t, rec + skip + 28) + (size_t)number_of);
	at = u32(t, at);
	return at != UINT32_MAX ? name_at(t, t->filetab + at) : NULL;
}

bool
gotab_find(const struct gotab *t, uint64_t pc, struct gotab_place *out)
{
	const size_t rec = record(t, pc);
	/* the first field is the entry: a pointer, or 4 bytes since 1.18 */
	const unsigned skip = field(t);
	const size_t pctab = t->version == 12 ? 0 : t->pctab;
	uint64_t from;
	int32_t v;

	if (rec == 0 || rec >= t->n)
		return false;
	*out = (struct gotab_place){ .func = name_at(t, (t->version == 12 ? 0 : t->names) +
	    u32(t, rec + skip)) };
	if (out->func == NULL || out->func[0] == '\0')
		return false;
	from = number(t, rec, skip) + (t->version >= 118 ? t->text : 0);
	if (value_at(t, pctab + u32(t, rec + skip + 16), from, pc, &v))
		out->file = file_name(t, rec, skip, v);
	if (value_at(t, pctab + u32(t, rec + skip + 20), from, pc, &v))
		out->line = (unsigned)v;
	return true;
}

bool
gotab_func(const struct gotab *t, uint64_t i, uint64_t *from, uint64_t *to, const char **name)
{
	const size_t base = t->version == 12 ? 0 : t->functab;
	size_t rec;

	if (i >= t->funcs)
		return false;
	*from = entry(t, i);
	*to = entry(t, i + 1);
	rec = base + (size_t)number(t, t->functab + (size_t)i * 2 * field(t) + field(t), field(t));
	*name = rec < t->n ? name_at(t, (t->version == 12 ? 0 : t->names) +
	    u32(t, rec + field(t))) : NULL;
	return *name != NULL && *to >= *from;
}
