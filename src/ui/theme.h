/*
 * theme.h - the only place that knows colours: what each style means on 0, 8, 16 and 256 colours.
 *
 * Layer   ui. Plain values. Colours are numbers of the terminal's own palette, -1 its default.
 * Format  a theme file has lines "STYLE FG BG [bold] [reverse] [underline] [dim]", # comments; FG
 *         and BG are
 *         a number 0..255, a name of the eight, or "-". It changes what the built-in theme says.
 */
#ifndef UI_THEME_H
#define UI_THEME_H
#include <stdint.h>
#include "base/err.h"
#include "base/slice.h"
#include "grid/style.h"

#define THEME_DIM (UINT32_C(1) << 30)           /* beside grid's STYLE_ attributes */

struct theme_look {
	int fg, bg;
	uint32_t attrs;         /* STYLE_ bits and THEME_DIM */
};

struct theme { struct theme_look look[STYLE_COUNT]; };

void     theme_init(struct theme *t, int colours);              /* 0 (or 1), 8, 16, 256 */
enum err theme_read(struct theme *t, struct slice text, const char *what, struct err_msg *why);
/* How a style (by meaning or raw) looks with so many colours. */
struct theme_look theme_look(const struct theme *t, uint32_t style, int colours);

#endif
