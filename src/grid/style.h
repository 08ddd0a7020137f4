/*
 * style.h - how a cell looks: a meaning ("alarm", "stale") or an emulator's own colours, in 32
 * bits.
 *
 * Layer   grid. Plain values; nothing to free.
 * Format  bit 31 clear: bits 0-7 hold an enum style. Bit 31 set (raw): bits 0-7 foreground and 8-15
 *         background in the 256-colour palette, bit 16 and 17 say whether each is set at all.
 *         Bits 24-29 are attributes and may be or-ed to both forms. 0 is STYLE_NORMAL: no colour.
 * Rule    a meaning is also shown by a character; the theme alone decides about colours.
 */
#ifndef GRID_STYLE_H
#define GRID_STYLE_H
#include <stdint.h>

/*	name     letter in grid_dump */
#define STYLE_LIST(X) \
	X(NORMAL,  '.') \
	X(DIM,     'd')         /* details, empty parts */ \
	X(TITLE,   'T')         /* a pane's title */ \
	X(FOCUS,   'F')         /* the same of the pane that has the keys; its border */ \
	X(KEY,     'K')         /* a key in hints and help */ \
	X(OK,      'o') \
	X(WARN,    'w') \
	X(ALARM,   'A')         /* alarms and errors */ \
	X(STALE,   's')         /* old data, shown with its age */ \
	X(SELECT,  'S')         /* the selected row */ \
	X(BAR,     'b')         /* the filled part of a bar or sparkline */ \
	X(ADDED,   '+')         /* growth */ \
	X(REMOVED, '-')         /* shrinkage */ \
	X(LINE,    'l')         /* borders of panes without focus */ \
	X(HINT,    'h')         /* the status and hint row */ \
	X(NOTICE,  'n')         /* the message row */ \
	X(INPUT,   'i')         /* text under edit */ \
	X(MATCH,   'm')         /* a search hit */ \
	X(MARK,    'M')         /* a marker line among console lines */

enum style {
#define X(name, letter) STYLE_##name,
	STYLE_LIST(X)
#undef X
	STYLE_COUNT
};

#define STYLE_BOLD      (UINT32_C(1) << 24)
#define STYLE_ITALIC    (UINT32_C(1) << 25)
#define STYLE_UNDERLINE (UINT32_C(1) << 26)
#define STYLE_REVERSE   (UINT32_C(1) << 27)
#define STYLE_BLINK     (UINT32_C(1) << 28)
#define STYLE_STRIKE    (UINT32_C(1) << 29)
#define STYLE_ATTRS     (UINT32_C(0x3f) << 24)
#define STYLE_RAW       (UINT32_C(1) << 31)

uint32_t style_raw(int fg, int bg, uint32_t attrs); /* -1: the terminal's default; all default: 0 */
int      style_fg(uint32_t style);                      /* of a raw style; -1: default */
int      style_bg(uint32_t style);
enum style style_id(uint32_t style);                    /* STYLE_NORMAL for a raw one */
char     style_letter(uint32_t style);                  /* raw: 'r', in reverse 'R' */
const char *style_name(enum style id);                  /* "alarm", the word of theme files */

#endif
