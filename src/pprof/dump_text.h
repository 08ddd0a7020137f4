/*
 * dump_text.h - the text of a dump made clean. dump_text.c also holds dump_parse of dump.h.
 *
 * Layer   pprof, private to this folder.
 */
#ifndef PPROF_DUMP_TEXT_H
#define PPROF_DUMP_TEXT_H
#include "pprof/dump.h"

/* Escape sequences, CR and NUL gone; heap text of *n bytes, ended by NUL. NULL: no memory. */
char *dump_clean(const char *text, size_t in, size_t *n);

#endif
