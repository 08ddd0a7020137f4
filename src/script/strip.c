/* strip.c - a small machine over escape sequences. */
#include "script/strip.h"

#include <stdbool.h>
#include <string.h>

enum { PLAIN, ESCAPE, SHORT, CSI, TEXT, TEXT_ESCAPE };
enum { ESC = 27, BEL = 7 };

static bool
control(uint8_t c)
{
	return c < 32 || c == 127;
}

/* Behind ESC. */
static uint8_t
introduced(uint8_t c)
{
	if (c == '[')
		return CSI;
	if (c == ']' || c == 'P' || c == 'X' || c == '^' || c == '_')
		return TEXT;
	return c >= ' ' && c < '0' ? SHORT : PLAIN;
}

/* A title and its like. */
static uint8_t
in_text(const struct strip *s, uint8_t c, bool *text)
{
	if (c == ESC)
		return TEXT_ESCAPE;
	*text = c == '\n' || c == '\r' || s->n >= STRIP_TEXT_MAX;
	return *text || c == BEL ? PLAIN : TEXT;
}

/* Inside an escape: the next state. *text: the byte is none of it. */
static uint8_t
inside(const struct strip *s, uint8_t c, bool *text)
{
	const uint8_t last = s->state == CSI ? '@' : '0';

	if (s->state == TEXT)
		return in_text(s, c, text);
	if (c == ESC)
		return ESCAPE;
	*text = control(c);
	if (s->state == TEXT_ESCAPE && c == '\\')
		return PLAIN;
	if (s->state == ESCAPE || s->state == TEXT_ESCAPE)
		return *text ? PLAIN : introduced(c);
	*text = *text || s->n >= STRIP_SHORT_MAX;
	return *text || c >= last ? PLAIN : s->state;
}

size_t
strip_next(struct strip *s, const char *p, size_t n, size_t *skipped)
{
	const char *esc;
	size_t i = 0;

	while (i < n && (s->state != PLAIN || (uint8_t)p[i] == ESC)) {
		const uint8_t c = (uint8_t)p[i], was = s->state;
		bool text = false;

		s->state = was == PLAIN ? ESCAPE : inside(s, c, &text);
		s->n = (uint16_t)(s->state == was ? s->n + 1 : 0);
		if (text)
			break;
		i++;
	}
	*skipped = i;
	esc = i < n ? memchr(p + i, ESC, n - i) : NULL;
	return (esc != NULL ? (size_t)(esc - p) : n) - i;
}
