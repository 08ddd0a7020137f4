/*
 * logline.h - a structured log line (JSON of zap, zerolog, slog, logrus; logfmt) laid out as
 * `time level message  field=value ...`.
 *
 * Layer   text. Nothing is kept. The line is hostile: one pass, no recursion, bounded fields.
 * Rule    a JSON object that ends the line, with at least a level or a message; in logfmt both.
 *         Text before it stays before it. Values are shown as they are written, without the quotes
 *         where they need none; nested ones stay JSON. A broken line is not laid out: false.
 */
#ifndef TEXT_LOGLINE_H
#define TEXT_LOGLINE_H
#include <stdbool.h>
#include <stddef.h>
#include "base/buf.h"

enum { LOGLINE_FIELDS = 64 };

/* p: plain text (decode_plain). Appends to out; false leaves it as it was. */
bool logline_layout(const char *p, size_t n, struct buf *out);

#endif
