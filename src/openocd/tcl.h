/*
 * tcl.h - Tcl as OpenOCD's RPC speaks it: lists and words out of a reply, words into a script.
 *
 * Layer   openocd. Pure and bounded; a reply is hostile.
 * Source  OpenOCD manual 0.12, "Tcl RPC server"; Tcl(n), rules 6 (braces) and 9 (backslashes).
 * Reply   there is no status byte: what is asked is put into `list [catch SCRIPT vise_m] $vise_m`,
 *         whose answer is `0 WORD` (it went well) or `N WORD` (it failed, WORD says why).
 */
#ifndef OPENOCD_TCL_H
#define OPENOCD_TCL_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/slice.h"

enum { TCL_DEPTH = 64 };                /* of braces in one word */

/* The next element of a list: what it stands for replaces what was in out. False: the list is at
 * its end, or it is no list. */
bool     tcl_next(struct slice *rest, struct buf *out);
/* The next element as a number, decimal or 0x; false: there is none, or it is none. */
bool     tcl_next_u64(struct slice *rest, uint64_t *out);
/* The word as one word of a script. ERR_USAGE: it holds a byte that ends a command of the RPC. */
enum err tcl_word(const char *p, size_t n, struct buf *out);

/* A script so that its answer tells how it went; log: what OpenOCD logs meanwhile is the answer. */
enum err tcl_wrap(const char *script, bool log, struct buf *out);
/* The answer to that: text is what the script gave. ERR_TOOL: it failed, text is why. ERR_PROTO:
 * it is no such answer. */
enum err tcl_unwrap(const char *p, size_t n, struct buf *text);

#endif
