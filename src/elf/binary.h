/*
 * binary.h - one ELF file: what it is, and the function, file and line of an address in it.
 *
 * Layer   elf; the folder's front door. The bytes are hostile: every size is checked against the
 *         file, nothing recurses on them, walks are counted. libdw itself is trusted less than
 *         that: only vise-worker links it.
 * Owns    binary_open copies nothing: the bytes must outlive the handle and may be changed by
 *         libelf. Strings of frames live until binary_close.
 * Sources DWARF 2 to 5 (libdw), else Go's own table .gopclntab (src/debug/gosym and
 *         src/runtime/symtab.go of Go 1.2 to 1.26), else symbols.
 */
#ifndef ELF_BINARY_H
#define ELF_BINARY_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"

struct binary;

enum { BINARY_FRAMES = 32 };            /* of one address: itself and what it was inlined into */

struct binary_frame {
	const char *func;               /* never NULL */
	const char *file;               /* NULL: not known */
	unsigned    line;               /* 0: not known */
	uint64_t    offset;             /* into the function, when only a symbol is known */
	bool        inlined;            /* its code stands in the next frame's function */
};

/* what: the name for messages. ERR_FORMAT when it is no ELF file that can be read. */
enum err    binary_open(void *bytes, size_t n, const char *what, struct binary **out,
                        struct err_msg *why);
void        binary_close(struct binary *b);             /* NULL is fine */

const char *binary_arch(const struct binary *b);        /* "arm", "riscv32", "xtensa", "amd64" */
const char *binary_debug(const struct binary *b);       /* "dwarf", "go", "symbols", "none" */
/* Hex of the GNU build id, "" when there is none. */
const char *binary_build_id(const struct binary *b);
bool        binary_is_go(const struct binary *b);
/* Is the address in a part that is executed? */
bool        binary_is_code(const struct binary *b, uint64_t addr);
/* Innermost first; 0: nothing is known. call: the address is one that a call returns to, so the
 * instruction before it is meant. The Thumb bit of an ARM address is ignored. */
size_t      binary_frames(struct binary *b, uint64_t addr, bool call, struct binary_frame *out,
                          size_t max);

/* ---- variables: elf/variables.h says how names are written */

enum { BINARY_NAME = 160 };

enum binary_kind {
	BINARY_UINT, BINARY_INT, BINARY_FLOAT, BINARY_BOOL, BINARY_POINTER,
	BINARY_BYTES,                   /* something else, shown as bytes */
};

struct binary_variable {
	char     name[BINARY_NAME];     /* as asked for, and the member's path behind it */
	char     type[64];              /* "uint32_t"; "": not known */
	uint64_t addr, size;
	enum binary_kind kind;
};

/* The variable of this name, or its members; how many, 0: there is none. */
size_t      binary_variables(struct binary *b, const char *name, struct binary_variable *out,
                             size_t max);

#endif
