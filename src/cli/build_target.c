/* build_target.c - tables of Go's targets. */
#include "cli/build_target.h"

#include <string.h>

#include "base/slice.h"

static const struct variants {
	const char *goarch, *variable, *values;
	unsigned since;
} variants[] = {
	{ "386", "GO386", "sse2 softfloat", 16 },
	{ "amd64", "GOAMD64", "v1 v2 v3 v4", 18 },
	{ "arm", "GOARM", "5 6 7", 0 },
	{ "arm64", "GOARM64", "v8.0 v8.1 v8.2 v8.3 v8.4 v8.5 v8.6 v8.7 v8.8 v8.9 v9.0 v9.1 v9.2 "
	    "v9.3 v9.4 v9.5", 23 },
	{ "mips", "GOMIPS", "hardfloat softfloat", 10 },
	{ "mipsle", "GOMIPS", "hardfloat softfloat", 10 },
	{ "mips64", "GOMIPS64", "hardfloat softfloat", 11 },
	{ "mips64le", "GOMIPS64", "hardfloat softfloat", 11 },
	{ "ppc64", "GOPPC64", "power8 power9 power10", 0 },
	{ "ppc64le", "GOPPC64", "power8 power9 power10", 0 },
	{ "riscv64", "GORISCV64", "rva20u64 rva22u64 rva23u64", 23 },
	{ "wasm", "GOWASM", "satconv signext", 0 },
};

static const struct variants *
variants_of(const char *goarch)
{
	for (size_t i = 0; i < sizeof variants / sizeof *variants; i++)
		if (strcmp(variants[i].goarch, goarch) == 0)
			return &variants[i];
	return NULL;
}

const char *
build_target_variable(const char *goarch)
{
	const struct variants *v = variants_of(goarch);

	return v != NULL ? v->variable : NULL;
}

const char *
build_target_variants(const char *goarch)
{
	const struct variants *v = variants_of(goarch);

	return v != NULL ? v->values : "";
}

/* "7" of "7,softfloat" */
static struct slice
main_part(const char *variant, struct slice *more)
{
	return slice_cut(slice_of(variant), ',', more);
}

bool
build_target_variant_known(const char *goarch, const char *variant)
{
	struct slice rest = slice_of(build_target_variants(goarch)), more;
	const struct slice one = main_part(variant, &more);
	const bool arm = strcmp(goarch, "arm") == 0;

	if (more.n != 0 && !(arm && (slice_is(more, "softfloat") || slice_is(more, "hardfloat"))))
		return false;
	while (rest.n != 0)
		if (slice_eq(slice_cut(rest, ' ', &rest), one))
			return one.n != 0;
	return false;
}

unsigned
build_target_variant_since(const char *goarch, const char *variant)
{
	const struct variants *v = variants_of(goarch);

	if (strcmp(goarch, "arm") == 0)
		return strchr(variant, ',') != NULL ? 22 : 0;
	return v != NULL ? v->since : 0;
}

static const struct { const char *goos, *goarch; unsigned minor; } since[] = {
	{ "linux", "mips", 8 }, { "linux", "mipsle", 8 }, { "linux", "mips64", 6 },
	{ "linux", "mips64le", 6 }, { "linux", "s390x", 7 }, { "linux", "riscv64", 14 },
	{ "linux", "loong64", 19 }, { "freebsd", "arm64", 14 }, { "freebsd", "riscv64", 20 },
	{ "openbsd", "arm64", 13 }, { "openbsd", "mips64", 16 }, { "openbsd", "ppc64", 22 },
	{ "openbsd", "riscv64", 23 }, { "netbsd", "arm64", 12 }, { "darwin", "arm64", 16 },
	{ "windows", "arm", 12 }, { "windows", "arm64", 17 }, { "js", "wasm", 11 },
	{ "wasip1", "wasm", 21 }, { "illumos", "amd64", 13 }, { "aix", "ppc64", 12 },
};

unsigned
build_target_since(const char *goos, const char *goarch)
{
	for (size_t i = 0; i < sizeof since / sizeof *since; i++)
		if (strcmp(since[i].goos, goos) == 0 && strcmp(since[i].goarch, goarch) == 0)
			return since[i].minor;
	return 0;
}

#define DEBIAN_ARMHF \
	"Debian's arm-linux-gnueabihf libraries are ARMv7: on an ARMv6 board (Pi Zero, Pi 1) the " \
	"C part ends with \"illegal instruction\"; take a compiler of the board's own, or cgo off"
#define DEBIAN_MIPS \
	"Debian's MIPS libraries are hard float: on a board without an FPU the C part fails; " \
	"take the compiler of its OpenWrt SDK, or cgo off"

/* The first that fits decides. */
static const struct build_compiler compilers[] = {
	{ "linux", "386", "", "i686-linux-gnu", "gcc-i686-linux-gnu", NULL },
	{ "linux", "amd64", "", "x86_64-linux-gnu", "gcc-x86-64-linux-gnu", NULL },
	{ "linux", "arm", "5", "arm-linux-gnueabi", "gcc-arm-linux-gnueabi", NULL },
	{ "linux", "arm", "6", "arm-linux-gnueabihf", "gcc-arm-linux-gnueabihf", DEBIAN_ARMHF },
	{ "linux", "arm", "", "arm-linux-gnueabihf", "gcc-arm-linux-gnueabihf", NULL },
	{ "linux", "arm64", "", "aarch64-linux-gnu", "gcc-aarch64-linux-gnu", NULL },
	{ "linux", "loong64", "", "loongarch64-linux-gnu", "gcc-loongarch64-linux-gnu", NULL },
	{ "linux", "mips", "soft", "mips-linux-gnu", "gcc-mips-linux-gnu", DEBIAN_MIPS },
	{ "linux", "mips", "", "mips-linux-gnu", "gcc-mips-linux-gnu", NULL },
	{ "linux", "mipsle", "soft", "mipsel-linux-gnu", "gcc-mipsel-linux-gnu", DEBIAN_MIPS },
	{ "linux", "mipsle", "", "mipsel-linux-gnu", "gcc-mipsel-linux-gnu", NULL },
	{ "linux", "mips64", "", "mips64-linux-gnuabi64", "gcc-mips64-linux-gnuabi64", NULL },
	{ "linux", "mips64le", "", "mips64el-linux-gnuabi64", "gcc-mips64el-linux-gnuabi64",
	    NULL },
	{ "linux", "ppc64", "", "powerpc64-linux-gnu", "gcc-powerpc64-linux-gnu", NULL },
	{ "linux", "ppc64le", "", "powerpc64le-linux-gnu", "gcc-powerpc64le-linux-gnu", NULL },
	{ "linux", "riscv64", "", "riscv64-linux-gnu", "gcc-riscv64-linux-gnu", NULL },
	{ "linux", "s390x", "", "s390x-linux-gnu", "gcc-s390x-linux-gnu", NULL },
	{ "windows", "386", "", "i686-w64-mingw32", "gcc-mingw-w64-i686", NULL },
	{ "windows", "amd64", "", "x86_64-w64-mingw32", "gcc-mingw-w64-x86-64", NULL },
};

const struct build_compiler *
build_target_compiler(const char *goos, const char *goarch, const char *variant)
{
	for (size_t i = 0; i < sizeof compilers / sizeof *compilers; i++) {
		const struct build_compiler *c = &compilers[i];

		if (strcmp(c->goos, goos) == 0 && strcmp(c->goarch, goarch) == 0 &&
		    strncmp(variant, c->variant, strlen(c->variant)) == 0)
			return c;
	}
	return NULL;
}

static const struct { const char *goarch, *qemu; } qemus[] = {
	{ "386", "i386" }, { "amd64", "x86_64" }, { "arm", "arm" }, { "arm64", "aarch64" },
	{ "loong64", "loongarch64" }, { "mips", "mips" }, { "mipsle", "mipsel" },
	{ "mips64", "mips64" }, { "mips64le", "mips64el" }, { "ppc64", "ppc64" },
	{ "ppc64le", "ppc64le" }, { "riscv64", "riscv64" }, { "s390x", "s390x" },
};

const char *
build_target_qemu(const char *goarch)
{
	for (size_t i = 0; i < sizeof qemus / sizeof *qemus; i++)
		if (strcmp(qemus[i].goarch, goarch) == 0)
			return qemus[i].qemu;
	return NULL;
}

bool
build_target_pie_needs_cgo(const char *goos, const char *goarch)
{
	if (strcmp(goos, "windows") == 0 || strcmp(goos, "darwin") == 0)
		return false;
	return strcmp(goarch, "amd64") != 0 && strcmp(goarch, "arm64") != 0;
}
