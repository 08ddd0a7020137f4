/* edit.c - one line of text under edit. */
#include "ui/edit.h"

#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "grid/draw.h"

void
edit_init(struct edit *e)
{
	e->text = mem_zero(EDIT_MAX + 1, 1);
	e->len = e->at = 0;
}

void
edit_fini(struct edit *e)
{
	mem_free(e->text);
	e->text = NULL;
}

static void
insert(struct edit *e, const char *p, size_t n)
{
	if (n > EDIT_MAX - e->len)
		return;
	memmove(e->text + e->at + n, e->text + e->at, e->len - e->at);
	memcpy(e->text + e->at, p, n);
	e->at += n;
	e->len += n;
	e->text[e->len] = '\0';
}

static void
cut(struct edit *e, size_t from, size_t to)
{
	memmove(e->text + from, e->text + to, e->len - to);
	e->len -= to - from;
	e->text[e->len] = '\0';
	e->at = from;
}

static size_t
before(const struct edit *e, size_t at)
{
	while (at > 0 && ((unsigned char)e->text[--at] & 0xc0) == 0x80)
		;
	return at;
}

static size_t
after(const struct edit *e, size_t at)
{
	if (at < e->len)
		at++;
	while (at < e->len && ((unsigned char)e->text[at] & 0xc0) == 0x80)
		at++;
	return at;
}

static size_t
word_before(const struct edit *e)
{
	size_t at = e->at;

	while (at > 0 && e->text[at - 1] == ' ')
		at--;
	while (at > 0 && e->text[at - 1] != ' ')
		at--;
	return at;
}

void
edit_set(struct edit *e, const char *text)
{
	e->len = e->at = 0;
	insert(e, text, strlen(text) > EDIT_MAX ? EDIT_MAX : strlen(text));
	e->text[e->len] = '\0';
}

/* A paste is text: line ends become blanks, other control characters go, broken UTF-8 too. */
static void
insert_paste(struct edit *e, const char *p, size_t n)
{
	while (n != 0) {
		uint32_t cp;
		const size_t len = utf8_decode(p, n, &cp);

		if (len != 0 && (cp == '\n' || cp == '\t' ||
		    (cp == '\r' && (n < 2 || p[1] != '\n'))))
			insert(e, " ", 1);
		else if (len != 0 && cp >= 0x20 && (cp < 0x7f || cp > 0x9f))
			insert(e, p, len);
		p += len != 0 ? len : 1;
		n -= len != 0 ? len : 1;
	}
}

enum edit_act { HOME, END, LEFT, RIGHT, ERASE, DELETE, ERASE_WORD, ERASE_START, ERASE_END };

static void
act(struct edit *e, enum edit_act a)
{
	switch (a) {
	case HOME: e->at = 0; break;
	case END: e->at = e->len; break;
	case LEFT: e->at = before(e, e->at); break;
	case RIGHT: e->at = after(e, e->at); break;
	case ERASE: cut(e, before(e, e->at), e->at); break;
	case DELETE: cut(e, e->at, after(e, e->at)); break;
	case ERASE_WORD: cut(e, word_before(e), e->at); break;
	case ERASE_START: cut(e, 0, e->at); break;
	case ERASE_END: cut(e, e->at, e->len); break;
	}
}

bool
edit_key(struct edit *e, const struct input_event *k)
{
	static const struct { const char *name; enum edit_act act; } keys[] = {
		{ "Home", HOME }, { "^A", HOME }, { "End", END }, { "^E", END }, { "Left", LEFT },
		{ "^B", LEFT },
		{ "Right", RIGHT }, { "^F", RIGHT }, { "Bksp", ERASE }, { "Del", DELETE },
		{ "^D", DELETE },
		{ "^W", ERASE_WORD }, { "^U", ERASE_START }, { "^K", ERASE_END },
	};

	if (k->type == INPUT_PASTE) {
		insert_paste(e, k->raw, k->n);
		return true;
	}
	if (k->type != INPUT_KEY)
		return false;
	if (k->text[0] != '\0') {
		insert(e, k->text, strlen(k->text));
		return true;
	}
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
		if (strcmp(k->name, keys[i].name) == 0) {
			act(e, keys[i].act);
			return true;
		}
	return false;
}

int
edit_draw(const struct edit *e, struct grid *g, int row, int col, int cols, uint32_t style)
{
	size_t from = 0;

	if (cols < 1)
		return col;
	while (from < e->at && grid_text_width(e->text + from, e->at - from) >= cols)
		from = after(e, from);
	grid_text_n(g, row, col, cols, style, e->text + from, e->len - from);
	return col + grid_text_width(e->text + from, e->at - from);
}
