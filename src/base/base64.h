/*
 * base64.h - bytes as base64 text and back (RFC 4648, with padding).
 *
 * Layer   base. Appends to the caller's buffer, whose ceiling holds.
 */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H
#include <stdbool.h>
#include "base/buf.h"
#include "base/slice.h"

enum err base64_put(struct buf *out, const void *p, size_t n);
/* False when the text is not base64; what was before that is in *out. */
bool     base64_get(struct buf *out, struct slice text);

#endif
