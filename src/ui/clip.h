/*
 * clip.h - copying text out: the yank file always, the terminal's clipboard by OSC 52 when it is
 * small enough.
 *
 * Layer   ui. Write only: the clipboard is never asked for (research/ux.md 5).
 */
#ifndef UI_CLIP_H
#define UI_CLIP_H
#include <stdbool.h>
#include <stddef.h>
#include "base/buf.h"

enum { CLIP_OSC_MAX = 8192 };

/* Adds ESC ] 52 ; c ; base64 BEL; false when the text is too long for it. */
bool clip_osc52(const char *p, size_t n, struct buf *out);
/* Writes the yank file; *path (for mem_free) is where. */
enum err clip_file(const char *p, size_t n, char **path, struct err_msg *why);
/* The path as messages name it: "~/..." below the home folder. */
void clip_short(const char *path, char *out, size_t size);

#endif
