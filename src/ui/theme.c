/* theme.c - colours and attributes of styles. */
#include "ui/theme.h"

#include <string.h>

/* Without colour every meaning still differs by attribute or by the characters drawn. */
static const struct theme_look plain[STYLE_COUNT] = {
	[STYLE_NORMAL] = { -1, -1, 0 },
	[STYLE_DIM] = { -1, -1, 0 },
	[STYLE_TITLE] = { -1, -1, STYLE_BOLD },
	[STYLE_FOCUS] = { -1, -1, STYLE_BOLD },
	[STYLE_KEY] = { -1, -1, STYLE_BOLD },
	[STYLE_OK] = { -1, -1, 0 },
	[STYLE_WARN] = { -1, -1, STYLE_BOLD },
	[STYLE_ALARM] = { -1, -1, STYLE_BOLD | STYLE_REVERSE },
	[STYLE_STALE] = { -1, -1, 0 },
	[STYLE_SELECT] = { -1, -1, STYLE_REVERSE },
	[STYLE_BAR] = { -1, -1, 0 },
	[STYLE_ADDED] = { -1, -1, 0 },
	[STYLE_REMOVED] = { -1, -1, 0 },
	[STYLE_LINE] = { -1, -1, 0 },
	[STYLE_HINT] = { -1, -1, 0 },
	[STYLE_NOTICE] = { -1, -1, 0 },
	[STYLE_INPUT] = { -1, -1, STYLE_UNDERLINE },
	[STYLE_MATCH] = { -1, -1, STYLE_REVERSE },
	[STYLE_MARK] = { -1, -1, STYLE_BOLD },
};

/* Eight colours of the terminal's own palette: readable on dark and on light ground. */
static const struct theme_look colour[STYLE_COUNT] = {
	[STYLE_NORMAL] = { -1, -1, 0 },
	[STYLE_DIM] = { -1, -1, THEME_DIM },
	[STYLE_TITLE] = { -1, -1, STYLE_BOLD },
	[STYLE_FOCUS] = { 6, -1, STYLE_BOLD },
	[STYLE_KEY] = { 6, -1, STYLE_BOLD },
	[STYLE_OK] = { 2, -1, 0 },
	[STYLE_WARN] = { 3, -1, STYLE_BOLD },
	[STYLE_ALARM] = { 1, -1, STYLE_BOLD },
	[STYLE_STALE] = { -1, -1, THEME_DIM },
	[STYLE_SELECT] = { -1, -1, STYLE_REVERSE },
	[STYLE_BAR] = { 2, -1, 0 },
	[STYLE_ADDED] = { 1, -1, 0 },
	[STYLE_REMOVED] = { 2, -1, 0 },
	[STYLE_LINE] = { -1, -1, THEME_DIM },
	[STYLE_HINT] = { -1, -1, 0 },
	[STYLE_NOTICE] = { -1, -1, 0 },
	[STYLE_INPUT] = { -1, -1, STYLE_BOLD },
	[STYLE_MATCH] = { 0, 3, 0 },
	[STYLE_MARK] = { 5, -1, 0 },
};

void
theme_init(struct theme *t, int colours)
{
	memcpy(t->look, colours >= 8 ? colour : plain, sizeof t->look);
}

static bool
read_colour(struct slice s, int *out)
{
	static const char *const names[] = {
		"black", "red", "green", "yellow", "blue", "magenta", "cyan", "white",
	};
	uint64_t v;

	if (slice_is(s, "-")) {
		*out = -1;
		return true;
	}
	for (int i = 0; i < 8; i++)
		if (slice_is(s, names[i])) {
			*out = i;
			return true;
		}
	if (!slice_u64(s, 255, &v))
		return false;
	*out = (int)v;
	return true;
}

static bool
read_attrs(struct slice rest, uint32_t *out)
{
	static const struct { const char *name; uint32_t bit; } attrs[] = {
		{ "bold", STYLE_BOLD }, { "reverse", STYLE_REVERSE },
		{ "underline", STYLE_UNDERLINE },
		{ "italic", STYLE_ITALIC }, { "dim", THEME_DIM },
	};
	struct slice w;

	*out = 0;
	while ((w = slice_word(&rest)).n != 0) {
		size_t i = 0;

		while (i < 5 && !slice_is(w, attrs[i].name))
			i++;
		if (i == 5)
			return false;
		*out |= attrs[i].bit;
	}
	return true;
}

static bool
read_line(struct theme *t, struct slice line)
{
	const struct slice name = slice_word(&line);
	struct theme_look l;

	for (int i = 0; i < STYLE_COUNT; i++) {
		if (!slice_is(name, style_name((enum style)i)))
			continue;
		if (!read_colour(slice_word(&line), &l.fg) || !read_colour(slice_word(&line),
		    &l.bg) ||
		    !read_attrs(line, &l.attrs))
			return false;
		t->look[i] = l;
		return true;
	}
	return false;
}

enum err
theme_read(struct theme *t, struct slice text, const char *what, struct err_msg *why)
{
	for (int n = 1; text.n != 0; n++) {
		const struct slice line = slice_trim(slice_cut(text, '\n', &text));

		if (line.n != 0 && line.p[0] != '#' && !read_line(t, line))
			return err_set(why, ERR_CONFIG, what,
			    "a line is: STYLE FG BG [bold] [reverse] [underline] [dim]",
			    "line %d is not understood: %.*s", n, (int)(line.n < 80 ? line.n : 80),
			    line.p);
	}
	return ERR_OK;
}

/* A colour of the 256-colour palette on fewer: the nearest of the eight. */
static int
fewer(int c, int colours)
{
	int r, g, b;

	if (c < 0 || c < colours)
		return c;
	if (c < 16)
		return c - 8;
	if (c >= 232)
		return c >= 244 ? 7 : 0;
	r = (c - 16) / 36;
	g = (c - 16) / 6 % 6;
	b = (c - 16) % 6;
	return (r >= 3) | (g >= 3) << 1 | (b >= 3) << 2;
}

struct theme_look
theme_look(const struct theme *t, uint32_t style, int colours)
{
	struct theme_look l = { -1, -1, 0 };

	if ((style & STYLE_RAW) != 0) {
		l.fg = style_fg(style);
		l.bg = style_bg(style);
	} else {
		l = t->look[style_id(style)];
	}
	l.attrs |= style & STYLE_ATTRS;
	if (colours < 8) {
		if (l.bg > 0)
			l.attrs |= STYLE_REVERSE;
		l.fg = l.bg = -1;
		l.attrs &= ~THEME_DIM;
	}
	l.fg = fewer(l.fg, colours);
	l.bg = fewer(l.bg, colours);
	return l;
}
