/*
 * flat.h - UF2, Intel HEX and plain binary images.
 *
 * Layer   elf. The bytes are hostile. Facts go into a JSON object: kind, ranges, payload, and
 *         uf2: "families" [{id, blocks, total}], "block_size"; hex: "records", "entry";
 *         all: "vectors" {sp, reset}: the first two words, as a Cortex-M has them.
 * Source  UF2: github.com/microsoft/uf2; Intel HEX: Intel's specification of 1988, types 00-05.
 */
#ifndef ELF_FLAT_H
#define ELF_FLAT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"
#include "core/json.h"

bool     flat_is_uf2(const unsigned char *p, size_t n);
bool     flat_is_hex(const unsigned char *p, size_t n);
/* ERR_FORMAT with the block or line where it is broken. */
enum err flat_uf2(const unsigned char *p, size_t n, const char *what, json_t *o,
    struct err_msg *why);
enum err flat_hex(const unsigned char *p, size_t n, const char *what, json_t *o,
    struct err_msg *why);
/* base: where it begins; the caller knows. */
void     flat_bin(const unsigned char *p, size_t n, uint64_t base, json_t *o);

#endif
