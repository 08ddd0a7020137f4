/*
 * newer.h - comparing versions of libraries and kernels.
 *
 * Layer   elf.
 */
#ifndef ELF_NEWER_H
#define ELF_NEWER_H
#include <stdbool.h>

/* Is version a ("2.34") higher than b ("2.4")? Numbers are compared, not text. */
bool newer(const char *a, const char *b);

#endif
