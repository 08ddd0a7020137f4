/*
 * sha256.h - the SHA-256 of bytes that come in pieces (FIPS 180-4).
 *
 * Layer   base. For knowing content again (trust in a tree of files), not for secrets.
 */
#ifndef BASE_SHA256_H
#define BASE_SHA256_H
#include <stddef.h>
#include <stdint.h>

enum { SHA256_HEX = 65 };               /* 64 digits and the NUL */

struct sha256 {
	uint32_t h[8];
	uint64_t n;                     /* bytes so far */
	unsigned char part[64];
};

void sha256_init(struct sha256 *s);
void sha256_add(struct sha256 *s, const void *p, size_t n);
void sha256_hex(struct sha256 *s, char out[SHA256_HEX]);        /* ends it */

#endif
