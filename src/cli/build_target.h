/*
 * build_target.h - what is known of Go's targets: which variable chooses the processor's variant,
 * which C compiler builds for it, which QEMU runs it, which Go came with it.
 *
 * Layer   cli. Tables; nothing is owned. Sources: `go help environment`, Go's release notes
 *         (since), Debian's package lists (compilers).
 */
#ifndef CLI_BUILD_TARGET_H
#define CLI_BUILD_TARGET_H
#include <stdbool.h>
#include <stddef.h>

/* "GOARM" of "arm"; NULL: this processor has no variants. */
const char *build_target_variable(const char *goarch);
/* The values Go takes, "5 6 7"; of GOARM also with ",softfloat" or ",hardfloat" behind. */
const char *build_target_variants(const char *goarch);
bool        build_target_variant_known(const char *goarch, const char *variant);
/* The minor version of the first Go 1.x that takes this variant; 0: all do. */
unsigned    build_target_variant_since(const char *goarch, const char *variant);
/* ... that has the pair; 0: not known, or all have it. */
unsigned    build_target_since(const char *goos, const char *goarch);

struct build_compiler {
	const char *goos, *goarch, *variant;    /* variant: how it begins, "" any */
	const char *triple, *package;           /* TRIPLE-gcc, of Debian's PACKAGE */
	const char *pitfall;                    /* or NULL */
};

/* The usual C compiler for a target; NULL: Debian has none. */
const struct build_compiler *build_target_compiler(const char *goos, const char *goarch,
    const char *variant);

/* qemu-NAME of qemu-user; NULL: none. */
const char *build_target_qemu(const char *goarch);

/* Does -buildmode=pie need an external linker, thus cgo (cmd/link, InternalLinkPIESupported)? */
bool build_target_pie_needs_cgo(const char *goos, const char *goarch);

#endif
