/* rx_class.c - sets of bytes: [a-z], \d, [[:alpha:]]. */
#include "script/rx_class.h"

#include <ctype.h>

bool
rx_class_has(const struct rx_class *c, uint8_t byte)
{
	return (c->bit[byte >> 3] >> (byte & 7) & 1) != 0;
}

void
rx_class_put(struct rx_class *c, unsigned b)
{
	c->bit[b >> 3] = (uint8_t)(c->bit[b >> 3] | (1u << (b & 7)));
}

void
rx_class_put_range(struct rx_class *c, unsigned lo, unsigned hi)
{
	for (unsigned b = lo; b <= hi; b++)
		rx_class_put(c, b);
}

void
rx_class_invert(struct rx_class *c)
{
	for (unsigned i = 0; i < sizeof c->bit; i++)
		c->bit[i] = (uint8_t)~c->bit[i];
}

void
rx_class_fold(struct rx_class *c)
{
	for (unsigned b = 'a'; b <= 'z'; b++)
		if (rx_class_has(c, (uint8_t)b) || rx_class_has(c, (uint8_t)(b - 32))) {
			rx_class_put(c, b);
			rx_class_put(c, b - 32);
		}
}

static bool
word_byte(int c)
{
	return isalnum(c) || c == '_';
}

static bool
blank_byte(int c)
{
	return c == ' ' || (c >= '\t' && c <= '\r' && c != '\v');
}

static bool
digit_byte(int c)
{
	return c >= '0' && c <= '9';
}

static bool
put_test(struct rx_class *c, bool (*test)(int), bool invert)
{
	for (int b = 0; b < 256; b++)
		if ((b < 128 && test(b)) != invert)
			rx_class_put(c, (unsigned)b);
	return true;
}

/* \d and its like, into c. */
bool
rx_class_perl(struct rx_class *c, char letter)
{
	const bool invert = letter >= 'A' && letter <= 'Z';

	switch (letter | 32) {
	case 'd': return put_test(c, digit_byte, invert);
	case 'w': return put_test(c, word_byte, invert);
	case 's': return put_test(c, blank_byte, invert);
	default: return false;
	}
}

bool
rx_class_posix(struct rx_class *c, struct slice name)
{
	static const struct { const char *name; int (*test)(int);
	} known[] = {
		{ "alnum", isalnum },
		{ "alpha", isalpha },
		{ "blank", isblank },
		{ "cntrl", iscntrl },
		{ "digit", isdigit },
		{ "graph", isgraph },
		{ "lower", islower },
		{ "print", isprint },
		{ "punct", ispunct },
		{ "space", isspace },
		{ "upper", isupper },
		{ "xdigit", isxdigit },
	};
	const bool invert = slice_starts(name, "^");

	if (invert)
		name = slice_skip(name, 1);
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (!slice_is(name, known[i].name))
			continue;
		for (int b = 0; b < 256; b++)
			if ((b < 128 && known[i].test(b) != 0) != invert)
				rx_class_put(c, (unsigned)b);
		return true;
	}
	return false;
}
