/*
 * escape.h - names of profiles inside other formats. They may hold any bytes: nothing of them may
 * end a string, a tag or a line there.
 *
 * Layer   pprof. Each appends to *out; bytes that are no UTF-8 and control bytes become \xNN.
 */
#ifndef PPROF_ESCAPE_H
#define PPROF_ESCAPE_H
#include "base/buf.h"
#include "base/slice.h"

enum err escape_xml(struct buf *out, struct slice text);        /* text and attribute values */
enum err escape_json(struct buf *out, struct slice text);       /* without the quotes */
enum err escape_folded(struct buf *out, struct slice text);     /* ';' is ':' */

#endif
