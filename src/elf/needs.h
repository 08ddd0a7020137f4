/*
 * needs.h - what a program asks of the machine that is to run it.
 *
 * Layer   elf. The bytes are hostile: every offset is checked, loops are counted. Nothing is owned.
 * Sources ELF gABI; processor supplements (ARM e_flags: AAELF32; MIPS); Linux Standard Base for
 *         .gnu.version_r and NT_GNU_ABI_TAG; debug/buildinfo of Go 1.18 and later for its settings.
 */
#ifndef ELF_NEEDS_H
#define ELF_NEEDS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"

enum { NEEDS_TEXT = 128, NEEDS_LIBS = 24, NEEDS_VERSIONS = 16 };

struct needs {
	unsigned machine;               /* e_machine */
	unsigned bits;                  /* 32, 64 */
	bool big;                       /* big endian */
	uint32_t flags;                 /* e_flags */
	char interp[NEEDS_TEXT];        /* "/lib/ld-linux-armhf.so.3", "" for a static one */
	char lib[NEEDS_LIBS][NEEDS_TEXT];       /* "libc.so.6" */
	size_t libs;
	/* the newest of each kind: "GLIBC_2.34", "GLIBCXX_3.4.29" */
	char version[NEEDS_VERSIONS][NEEDS_TEXT];
	size_t versions;
	unsigned kernel[3];             /* of the note, 0 0 0: none */
	char go[32];                    /* "go1.22.1", "" not known or not Go */
	char goarm[16], goamd64[16], gomips[16];        /* "7", "v3", "softfloat" */
	uint64_t size;                  /* of the file */
};

enum err needs_read(void *bytes, size_t n, const char *what, struct needs *out,
    struct err_msg *why);
/* "GLIBC_2.4" before "GLIBC_2.34": -1, 0, 1, number by number. */
int needs_version_cmp(const char *a, const char *b);

#endif
