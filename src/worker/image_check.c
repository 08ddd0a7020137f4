/* image_check.c - the rules of a check, one function each. */
#include "worker/image_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "elf/newer.h"
#include "worker/image_fit.h"

struct check {
	const json_t *facts, *board, *image, *build, *go, *settings;
	const struct image_wants *wants;
	json_t *findings;
};

static const char *
fact(const struct check *c, const char *key)
{
	return json_get_str(c->facts, key, "");
}

static bool
is_linux(const struct check *c)
{
	return strcmp(json_get_str(c->build, "goos", ""), "linux") == 0;
}

/* ---- processor */

static void
check_machine(const struct check *c)
{
	const char *want = json_get_str(c->image, "machine", json_get_str(c->build, "goarch", "")),
		   *have = fact(c, "arch");

	if (have[0] == '\0' || want[0] == '\0')
		return;
	if (strcmp(have, strcmp(want, "mipsle") == 0 ? "mips" : want) != 0)
		image_finding(c->findings, "bad", "architecture", "built for %s, the board is %s",
		    have, want);
	else if (strcmp(json_get_str(c->build, "goarch", ""), "mipsle") == 0 &&
	    strcmp(fact(c, "endian"), "big") == 0)
		image_finding(c->findings, "bad", "architecture",
		    "built for big endian mips, the board is mipsle");
}

/* Which Tag_CPU_arch a core runs (Arm ABI addenda). */
static const struct core { const char *cpu; int64_t arch[8]; } cores[] = {
	{ "cortex-m0", { 11, 12, -1 } }, { "cortex-m0plus", { 11, 12, -1 } },
	{ "cortex-m3", { 10, 11, 12, -1 } }, { "cortex-m4", { 10, 11, 12, 13, -1 } },
	{ "cortex-m7", { 10, 11, 12, 13, -1 } }, { "cortex-m23", { 11, 12, 16, -1 } },
	{ "cortex-m33", { 10, 11, 12, 13, 16, 17, -1 } },
};

static void
check_core(const struct check *c)
{
	const json_t *arm = json_object_get(c->facts, "arm");
	const char *cpu = json_get_str(c->board, "cpu", ""),
		   *profile = json_get_str(arm, "profile", "");
	const int64_t arch = json_get_int(arm, "arch_number", -1);

	if (arch < 0)
		return;
	for (size_t i = 0; i < sizeof cores / sizeof *cores; i++) {
		const int64_t *a = cores[i].arch;

		if (strcmp(cpu, cores[i].cpu) != 0)
			continue;
		while (*a >= 0 && *a != arch)
			a++;
		if (*a < 0 || strcmp(profile, "A") == 0 || strcmp(profile, "R") == 0)
			image_finding(c->findings, "bad", "architecture",
			    "built for ARM %s%s%s, which a %s does not run",
			    json_get_str(arm, "arch", "?"), profile[0] != '\0' ? " profile " : "",
			    profile, cpu);
	}
	if (is_linux(c) && strcmp(profile, "M") == 0)
		image_finding(c->findings, "bad", "architecture",
		    "built for a Cortex-M, the board runs Linux on a %s", cpu);
}

/* "7" of GOARM=7,softfloat */
static long
goarm(const char *s)
{
	return s[0] != '\0' ? strtol(s, NULL, 10) : 0;
}

static void
check_float(const struct check *c)
{
	const char *want = json_get_str(c->image, "float", ""),
		   *have = json_get_str(json_object_get(c->facts, "arm"), "float", ""),
		   *mips = json_get_str(c->settings, "GOMIPS", ""),
		   *arm = json_get_str(c->settings, "GOARM", "");
	const long needs = goarm(arm), has = goarm(json_get_str(c->build, "goarm", ""));

	if (strcmp(want, "soft") == 0 && have[0] != '\0' && strcmp(have, "soft") != 0)
		image_finding(c->findings, "bad", "float",
		    "built for an FPU (%s float), the board has none",
		    strcmp(have, "hard") == 0 ? "hard" : "softfp");
	if (strcmp(want, "hard") == 0 && strcmp(have, "soft") == 0 && fact(c, "interp")[0] != '\0')
		image_finding(c->findings, "bad", "float",
		    "built with soft float, the board's libraries are hard float");
	if (needs != 0 && has != 0 && needs > has)
		image_finding(c->findings, "bad", "architecture",
		    "built with GOARM=%ld, the board runs at most GOARM=%ld", needs, has);
	if (strcmp(mips, "hardfloat") == 0 &&
	    strcmp(json_get_str(c->build, "gomips", ""), "softfloat") == 0)
		image_finding(c->findings, "bad", "float",
		    "built with GOMIPS=hardfloat, the board has no FPU");
}

/* ---- operating system */

static void
check_system(const struct check *c)
{
	const char *goos = json_get_str(c->settings, "GOOS", ""),
		   *want = json_get_str(c->build, "goos", "");

	if (c->board == NULL || strcmp(fact(c, "kind"), "elf") != 0)
		return;
	if (want[0] == '\0' && (goos[0] != '\0' || fact(c, "interp")[0] != '\0'))
		image_finding(c->findings, "bad", "system",
		    "a program for %s, the board runs no operating system",
		    goos[0] != '\0' ? goos : "Linux");
	else if (want[0] != '\0' && goos[0] != '\0' && strcmp(goos, want) != 0)
		image_finding(c->findings, "bad", "system", "built for %s, the board runs %s", goos,
		    want);
}

static void
check_libc(const struct check *c)
{
	const char *glibc = json_get_str(json_object_get(c->facts, "versions"), "GLIBC", ""),
		   *interp = fact(c, "interp"), *kernel = fact(c, "min_kernel");

	if (glibc[0] != '\0' && c->wants->libc != NULL && newer(glibc, c->wants->libc))
		image_finding(c->findings, "bad", "libc", "needs glibc %s, the board has %s", glibc,
		    c->wants->libc);
	else if (glibc[0] != '\0' && c->wants->libc == NULL && is_linux(c))
		image_finding(c->findings, "warn", "libc",
		    "needs glibc %s; what the board has is not known (--libc)", glibc);
	if (kernel[0] != '\0' && c->wants->kernel != NULL && newer(kernel, c->wants->kernel))
		image_finding(c->findings, "bad", "kernel", "needs Linux %s, the board has %s",
		    kernel, c->wants->kernel);
	if (interp[0] != '\0' && json_array_size(json_object_get(c->facts, "needed")) == 0)
		image_finding(c->findings, "warn", "loader",
		    "needs no library, but its loader %s must be there, else it is \"not found\" "
		    "(a PIE built with CGO_ENABLED=0)", interp);
}

/* Go 1.24 needs Linux 3.2, Go 1.18 and later 2.6.32 (release notes). */
static void
check_go_kernel(const struct check *c)
{
	const char *v = json_get_str(c->go, "version", "");
	const char *least;

	if (strncmp(v, "go1.", 4) != 0 || c->wants->kernel == NULL)
		return;
	least = strtol(v + 4, NULL, 10) >= 24 ? "3.2" : "2.6.32";
	if (newer(least, c->wants->kernel))
		image_finding(c->findings, "bad", "kernel",
		    "%.20s needs Linux %s, the board has %s", v, least, c->wants->kernel);
}

/* ---- form, safety */

/* A tool goes by the ending of the name: what it is not would be written as if it were. */
static void
check_name(const struct check *c)
{
	static const char *const endings[][2] = { { ".elf", "elf" }, { ".uf2", "uf2" },
		{ ".hex", "hex" }, { ".ihex", "hex" }, { ".bin", "bin" } };
	const char *dot = strrchr(fact(c, "path"), '.'), *kind = fact(c, "kind");

	for (size_t i = 0; dot != NULL && i < sizeof endings / sizeof *endings; i++)
		if (strcmp(dot, endings[i][0]) == 0 && strcmp(kind, endings[i][1]) != 0)
			image_finding(c->findings, "bad", "name", "named %s, but inside it is %s",
			    dot, strcmp(kind, "bin") == 0 ? "neither that nor ELF, UF2 or HEX" :
			    kind);
}

static void
check_form(const struct check *c)
{
	const char *want = json_get_str(c->image, "format", ""), *have = fact(c, "kind");
	const int64_t family = json_get_int(c->image, "family", 0);
	const json_t *list = json_object_get(c->facts, "families"), *f;
	bool fits = false;
	size_t i;

	if (want[0] != '\0' && strcmp(want, "zip") != 0 && strcmp(have, want) != 0 &&
	    strcmp(have, "elf") != 0)
		image_finding(c->findings, "warn", "format", "a %s file, the board is given %s",
		    have, want);
	json_array_foreach(list, i, f)
		fits = fits || json_get_int(f, "id", 0) == family;
	if (family != 0 && json_array_size(list) != 0 && !fits)
		image_finding(c->findings, "bad", "family",
		    "UF2 family 0x%08llx, the board takes 0x%08llx",
		    (unsigned long long)json_get_int(json_array_get(list, 0), "id", 0),
		    (unsigned long long)family);
	if (json_get_int(c->facts, "overlaps", 0) != 0)
		image_finding(c->findings, "warn", "overlap", "some addresses are written twice");
}

static void
check_signature(const struct check *c)
{
	const json_t *s = json_object_get(c->facts, "signature");

	if (s != NULL && !json_get_bool(s, "last", false))
		image_finding(c->findings, "warn", "signature",
		    "%s is not the last of the file: what follows it is not signed",
		    json_get_str(s, "section", ""));
	if (s == NULL && strcmp(c->wants->demand, "section") == 0)
		image_finding(c->findings, "bad", "signature",
		    "has no signature section, the board demands one");
}

/* Where a manifest is demanded, alone or with somebody's signature on it. */
static void
check_manifest(const struct check *c)
{
	static const char *const by_manifest[] = { "sha256", "minisign", "gpg" };
	const json_t *m = json_object_get(c->facts, "manifest");
	const char *state = json_get_str(m, "state", ""), *file = json_get_str(m, "file", "");
	bool demanded = false;

	for (size_t i = 0; i < sizeof by_manifest / sizeof *by_manifest; i++)
		demanded = demanded || strcmp(c->wants->demand, by_manifest[i]) == 0;
	if (strcmp(state, "other") == 0)
		image_finding(c->findings, demanded ? "bad" : "warn", "manifest",
		    "is not what %s means: SHA-256 %.16s..., not %.16s...", file,
		    json_get_str(c->facts, "sha256", ""), json_get_str(m, "has", ""));
	else if (demanded && strcmp(state, "unnamed") == 0)
		image_finding(c->findings, "bad", "manifest",
		    "%s does not name it, and the board demands that", file);
	else if (demanded && strcmp(state, "missing") == 0)
		image_finding(c->findings, "bad", "manifest",
		    "the board demands a manifest of SHA-256 sums, and there is no %s", file);
}

static void
check_safety(const struct check *c)
{
	const json_t *w = json_object_get(c->facts, "writable_code");

	if (json_array_size(w) != 0)
		image_finding(c->findings, "warn", "permissions", "code that may be written: %.60s",
		    json_string_value(json_array_get(w, 0)));
	if (json_get_bool(c->facts, "stack_exec", false))
		image_finding(c->findings, "warn", "permissions", "its stack may be executed");
}

/* A Cortex-M starts with two words: the stack's end in RAM, and an odd address in flash. */
static void
check_vectors(const struct check *c, const json_t *memory)
{
	const json_t *v = json_object_get(c->facts, "vectors");
	const uint64_t sp = (uint64_t)json_get_int(v, "sp", 0),
		       reset = (uint64_t)json_get_int(v, "reset", 0);
	const char *ram = NULL, *flash = NULL;

	/* an RP2040 has a boot stage there, an Espressif chip a header */
	if (v == NULL || strncmp(json_get_str(c->board, "cpu", ""), "cortex-m", 8) != 0 ||
	    strcmp(json_get_str(c->board, "chip", ""), "RP2040") == 0)
		return;
	(void)image_region(memory, sp - 4, &ram);
	(void)image_region(memory, reset, &flash);
	if (sp < 4 || ram == NULL || strstr(ram, "ram") == NULL)
		image_finding(c->findings, "warn", "vectors",
		    "the first word, 0x%08llx, is no stack in the board's RAM",
		    (unsigned long long)sp);
	if (reset % 2 == 0 || flash == NULL)
		image_finding(c->findings, "warn", "vectors",
		    "the second word, 0x%08llx, is no reset vector in the board's memory",
		    (unsigned long long)reset);
}

json_t *
image_check(const json_t *facts, const struct image_wants *w)
{
	static void (*const rules[])(const struct check *) = {
		check_machine, check_core, check_float, check_system, check_libc, check_go_kernel,
		check_name, check_form, check_signature, check_manifest, check_safety,
	};
	const json_t *memory = json_object_get(w->board, "memory"), *f;
	struct check c = { .facts = facts, .board = w->board, .wants = w,
		.image = json_object_get(w->board, "image"),
		.build = json_object_get(w->board, "build"), .go = json_object_get(facts, "go"),
		.findings = json_array() };
	json_t *o = json_object(), *usage = NULL;
	bool fits = true;
	size_t i;

	c.settings = json_object_get(c.go, "settings");
	for (i = 0; i < sizeof rules / sizeof *rules; i++)
		rules[i](&c);
	if (memory != NULL && !is_linux(&c) &&
	    (w->based || strcmp(fact(&c, "kind"), "bin") != 0)) {
		const size_t before = json_array_size(c.findings);

		usage = image_fit(facts, memory, c.findings);
		/* of an image for another chip nothing more need be said */
		if (json_array_size(c.findings) == before)
			check_vectors(&c, memory);
	}
	json_array_foreach(c.findings, i, f)
		fits = fits && strcmp(json_get_str(f, "level", ""), "bad") != 0;
	json_put_str(o, "path", json_get_str(facts, "path", ""));
	json_put_str(o, "kind", json_get_str(facts, "kind", ""));
	json_put_str(o, "arch", json_get_str(facts, "arch", ""));
	json_put_int(o, "bytes", json_get_int(facts, "bytes", 0));
	json_put_bool(o, "fits", fits);
	json_put_str(o, "sha256", json_get_str(facts, "sha256", ""));
	json_put(o, "findings", c.findings);
	json_put(o, "usage", usage != NULL ? usage : json_array());
	return o;
}
