/*
 * elfsum.h - "ELF file SHA256: ...": does the board run the program that addresses are looked up
 * in? Private to bench/.
 *
 * Layer   bench. ESP-IDF prints the first digits of its ELF file's SHA256 at boot and in a panic.
 *         The file is read in another thread; a difference is a notice, once for a build and file.
 */
#ifndef BENCH_ELFSUM_H
#define BENCH_ELFSUM_H
#include "bench/follow.h"

void elfsum_line(struct follow *f, const struct follow_line *l);

#endif
