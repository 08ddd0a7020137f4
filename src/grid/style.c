/* style.c - packing and naming of cell styles. */
#include "grid/style.h"

#include <stddef.h>

#define HAS_FG (UINT32_C(1) << 16)
#define HAS_BG (UINT32_C(1) << 17)

uint32_t
style_raw(int fg, int bg, uint32_t attrs)
{
	uint32_t s = attrs & STYLE_ATTRS;

	if (fg >= 0 && fg <= 255)
		s |= HAS_FG | (uint32_t)fg;
	if (bg >= 0 && bg <= 255)
		s |= HAS_BG | (uint32_t)bg << 8;
	return s != 0 ? s | STYLE_RAW : STYLE_NORMAL;
}

int
style_fg(uint32_t style)
{
	const uint32_t both = STYLE_RAW | HAS_FG;

	return (style & both) == both ? (int)(style & 0xff) : -1;
}

int
style_bg(uint32_t style)
{
	const uint32_t both = STYLE_RAW | HAS_BG;

	return (style & both) == both ? (int)(style >> 8 & 0xff) : -1;
}

enum style
style_id(uint32_t style)
{
	const uint32_t id = style & 0xff;

	return (style & STYLE_RAW) == 0 && id < STYLE_COUNT ? (enum style)id : STYLE_NORMAL;
}

char
style_letter(uint32_t style)
{
	static const char letter[] = {
#define X(name, c) c,
		STYLE_LIST(X)
#undef X
	};

	if ((style & STYLE_RAW) != 0)
		return (style & STYLE_REVERSE) != 0 ? 'R' : 'r';
	return letter[style_id(style)];
}

const char *
style_name(enum style id)
{
	static const char *const name[] = {
		"normal", "dim", "title", "focus", "key", "ok", "warn", "alarm", "stale",
		"select", "bar", "added", "removed", "line", "hint", "notice", "input",
		"match", "mark",
	};

	_Static_assert(sizeof name / sizeof name[0] == STYLE_COUNT, "a name for each style");
	return (size_t)id < STYLE_COUNT ? name[id] : name[STYLE_NORMAL];
}
