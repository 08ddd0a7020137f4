/*
 * console_lines.h - a part of a console as lines of JSON, for artefacts.
 *
 * Layer   cli. One object a line: { t, offset, text }: t is ns since the bench began, as in its
 *         journal; offset that of the line's first byte. Asked of the bench piece after piece
 *         (console.read). A line is cut after LIMIT_LINE bytes.
 */
#ifndef CLI_CONSOLE_LINES_H
#define CLI_CONSOLE_LINES_H
#include <stdint.h>
#include "base/buf.h"
#include "cli/client.h"

/* Bytes [from, to) of the console; appended to out. */
enum err console_lines(struct client *c, const char *console, int64_t from, int64_t to,
    struct buf *out, struct err_msg *why);

#endif
