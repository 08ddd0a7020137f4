/*
 * image.h - what is in an image file, whatever its form: ELF, UF2, Intel HEX or plain bytes.
 *
 * Layer   elf. The bytes are hostile; they may be changed by libelf.
 * Facts   kind ("elf" "uf2" "hex" "bin"), bytes; of an ELF file also
 *         arch, class, endian, type, entry, flags; sections [{name, addr, size, offset, flags}];
 *         segments [{type, flags, vaddr, paddr, filesz, memsz}]; writable_code [name]; text_flags;
 *         loads and rams [[address, size]]: what lies in the file by its load address, and
 *         what is written when it runs; stripped, dwarf, dwarf_compressed; signature {section,
 *         size, last}: last when nothing follows it in the file; arm or riscv: attributes.h;
 *         go: buildinfo.h; tiny: by TinyGo; vectors {sp, reset}; what linkage.h and sizes.h give.
 *         Of the others: flat.h.
 */
#ifndef ELF_IMAGE_H
#define ELF_IMAGE_H
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"
#include "core/json.h"

struct image_options {
	uint64_t base;                  /* where a plain one begins */
	size_t symbols;                 /* rows of the largest symbols */
};

/* *out is a new reference, set on ERR_OK only. */
enum err image_read(void *bytes, size_t n, const char *what, const struct image_options *opt,
    json_t **out, struct err_msg *why);

#endif
