/* number.c - SVD's way with numbers and array names. */
#include "svd/number.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/slice.h"

static bool
binary(struct slice s, uint64_t *value, uint64_t *mask)
{
	if (s.n == 0 || s.n > 64)
		return false;
	*value = 0;
	*mask = s.n == 64 ? 0 : UINT64_MAX << s.n;      /* what is not written is 0 */
	for (size_t i = 0; i < s.n; i++) {
		if (strchr("01xX", s.p[i]) == NULL || s.p[i] == '\0')
			return false;
		*value = *value << 1 | (s.p[i] == '1');
		*mask |= (uint64_t)(s.p[i] == '0' || s.p[i] == '1') << (s.n - 1 - i);
	}
	return true;
}

static bool
scaled(struct slice s, uint64_t *out)
{
	static const char units[] = "kmgt";
	const char last = s.n != 0 ? (char)tolower((unsigned char)s.p[s.n - 1]) : '\0';
	const char *unit = last != '\0' ? strchr(units, last) : NULL;
	unsigned shift = 0;

	if (unit != NULL) {
		shift = 10 * (unsigned)(unit - units + 1);
		s.n--;
	}
	if (slice_starts(s, "0x") || slice_starts(s, "0X")) {
		if (s.n < 3 || !slice_hex(slice_skip(s, 2), out))
			return false;
	} else if (!slice_u64(s, UINT64_MAX, out)) {
		return false;
	}
	if (shift != 0 && *out >> (64 - shift) != 0)
		return false;
	*out <<= shift;
	return true;
}

bool
svd_pattern(const char *text, uint64_t *value, uint64_t *mask)
{
	struct slice s = slice_of(text);

	if (slice_starts(s, "+"))
		s = slice_skip(s, 1);
	if (slice_starts(s, "#"))
		return binary(slice_skip(s, 1), value, mask);
	if (slice_starts(s, "0b") || slice_starts(s, "0B"))
		return binary(slice_skip(s, 2), value, mask);
	*mask = UINT64_MAX;
	return scaled(s, value);
}

bool
svd_number(const char *text, uint64_t *out)
{
	uint64_t mask;

	return text != NULL && svd_pattern(text, out, &mask) && mask == UINT64_MAX;
}

bool
svd_range(const char *text, uint64_t *msb, uint64_t *lsb)
{
	struct slice s = slice_of(text), low;

	if (!slice_starts(s, "[") || !slice_ends(s, "]"))
		return false;
	s = slice_make(s.p + 1, s.n - 2);
	s = slice_cut(s, ':', &low);
	return slice_u64(slice_trim(s), 63, msb) && slice_u64(slice_trim(low), 63, lsb);
}

/* ---- arrays */

static bool
from_to(struct slice one, uint32_t i, char *out, size_t size)
{
	struct slice to;
	const struct slice from = slice_trim(slice_cut(one, '-', &to));
	uint64_t a, b;

	to = slice_trim(to);
	if (slice_u64(from, UINT32_MAX, &a) && slice_u64(to, UINT32_MAX, &b)) {
		if (b < a || i > b - a)
			return false;
		snprintf(out, size, "%llu", (unsigned long long)(a + i));
		return true;
	}
	if (from.n != 1 || to.n != 1 || !isalpha((unsigned char)from.p[0]) ||
	    !isalpha((unsigned char)to.p[0]) || from.p[0] + (int64_t)i > to.p[0])
		return false;
	snprintf(out, size, "%c", (char)(from.p[0] + (char)i));
	return true;
}

bool
svd_index(const char *list, uint32_t i, char *out, size_t size)
{
	struct slice rest = slice_of(list), one;

	if (slice_find(rest, slice_of(",")) < 0 && slice_find(rest, slice_of("-")) >= 0)
		return from_to(rest, i, out, size);
	do {
		one = slice_trim(slice_cut(rest, ',', &rest));
		if (i == 0 && one.n != 0) {
			snprintf(out, size, "%.*s", one.n < size ? (int)one.n : (int)size - 1,
			    one.p);
			return true;
		}
	} while (i-- != 0 && rest.n != 0);
	return false;
}

void
svd_spell(const char *name, const char *index, char *out, size_t size)
{
	const char *at = strstr(name, "%s");

	if (at == NULL)
		snprintf(out, size, "%.*s%.*s", (int)(size / 2), name, (int)(size / 4), index);
	else
		snprintf(out, size, "%.*s%.*s%.*s", (int)(at - name < (int)(size / 2) ? at - name :
		    (int)(size / 2)), name, (int)(size / 4), index, (int)(size / 4) - 1, at + 2);
}
