/*
 * dump_text.h - the pieces of a dump's text that debug=1 has too. dump_text.c also holds
 * dump_parse.
 *
 * Layer   pprof, private to this folder.
 */
#ifndef PPROF_DUMP_TEXT_H
#define PPROF_DUMP_TEXT_H
#include "pprof/dump.h"

/* "FILE:LINE", "FILE:LINE +0x1d", "FILE:LINE +0x1d fp=0x..": false when it is none. */
bool  dump_place(struct slice line, struct dump_frame *f);
/* Escape sequences, CR and NUL gone; heap text of *n bytes, ended by NUL. NULL: no memory. */
char *dump_clean(const char *text, size_t in, size_t *n);

#endif
