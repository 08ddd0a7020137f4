/*
 * buildinfo.h - what `go version -m` says: Go's version, the module, the settings of the build.
 *
 * Layer   elf. The bytes are hostile.
 * Source  Go's src/debug/buildinfo: magic "\xff Go buildinf:", byte 15 flags; inline varint
 *         strings since 1.18, else two pointers to Go strings.
 */
#ifndef ELF_BUILDINFO_H
#define ELF_BUILDINFO_H
#include <gelf.h>
#include "core/json.h"

/* {version, path, mod: {path, version, sum}, deps: n, settings: {KEY: VALUE}}, or NULL: no Go
 * program, or one that does not say. New reference. */
json_t *buildinfo_read(Elf *e);

#endif
