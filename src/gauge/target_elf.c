/* target_elf.c - a program's machine, float ABI, CPU, loader and libraries against a board's. */
#include "gauge/target_elf.h"

#include <stdio.h>
#include <string.h>

#include "base/slice.h"

enum { EM_386_ = 3, EM_MIPS_ = 8, EM_PPC_ = 20, EM_PPC64_ = 21, EM_ARM_ = 40, EM_X86_64_ = 62,
	EM_AARCH64_ = 183, EM_RISCV_ = 243, EM_LOONG_ = 258 };
enum { ARM_SOFT = 0x200, ARM_HARD = 0x400, HEAD = 52 };

/* What an ELF header says of a machine. */
struct kind {
	unsigned machine, bits;
	bool big;
	uint32_t flags;
};

static const struct { unsigned machine, bits; const char *name, *uname, *build; } machines[] = {
	{ EM_386_, 32, "x86 (32 bits)", "i686", "GOARCH=386" },
	{ EM_X86_64_, 64, "x86-64", "x86_64", "GOARCH=amd64" },
	{ EM_ARM_, 32, "ARM (32 bits)", "armv7l", "GOARCH=arm GOARM=7 (6 on a Pi 1 or Zero)" },
	{ EM_AARCH64_, 64, "ARM (64 bits)", "aarch64", "GOARCH=arm64" },
	{ EM_MIPS_, 32, "MIPS (32 bits)", "mips", "GOARCH=mipsle or mips, GOMIPS=softfloat" },
	{ EM_MIPS_, 64, "MIPS (64 bits)", "mips64", "GOARCH=mips64le or mips64" },
	{ EM_RISCV_, 64, "RISC-V (64 bits)", "riscv64", "GOARCH=riscv64" },
	{ EM_RISCV_, 32, "RISC-V (32 bits)", "riscv32", "TinyGo: Go has no riscv32" },
	{ EM_PPC_, 32, "PowerPC (32 bits)", "ppc", "gccgo: Go has no 32-bit PowerPC" },
	{ EM_PPC64_, 64, "PowerPC (64 bits)", "ppc64", "GOARCH=ppc64le or ppc64" },
	{ EM_LOONG_, 64, "LoongArch", "loongarch64", "GOARCH=loong64" },
};
enum { MACHINES = sizeof machines / sizeof *machines };

static void
name_of(const struct kind *k, char *out, size_t size)
{
	const char *name = "an unknown machine";

	for (size_t i = 0; i < MACHINES; i++)
		if (machines[i].machine == k->machine && machines[i].bits == k->bits)
			name = machines[i].name;
	snprintf(out, size, "%s%s", name, k->big ? ", big endian" : "");
}

static const char *
build_of(const struct kind *k)
{
	for (size_t i = 0; i < MACHINES; i++)
		if (machines[i].machine == k->machine && machines[i].bits == k->bits)
			return machines[i].build;
	return "";
}

/* "7f 45 4c 46 ..." of od or hexdump. */
static bool
header(const char *text, struct kind *out)
{
	unsigned char b[HEAD] = { 0 };
	size_t n = 0;
	uint64_t v;

	/* od's rows are parted by '|' */
	for (const char *p = text; p != NULL && *p != '\0' && n < HEAD; p++) {
		if (*p == ' ' || *p == '|')
			continue;
		if (p[1] == '\0' || !slice_hex(slice_make(p, 2), &v))
			return false;
		b[n++] = (unsigned char)v;
		p++;
	}
	if (n < HEAD || memcmp(b, "\177ELF", 4) != 0)
		return false;
	*out = (struct kind){ .bits = b[4] == 2 ? 64 : 32, .big = b[5] == 2 };
	out->machine = out->big ? b[18] * 256U + b[19] : b[19] * 256U + b[18];
	for (size_t i = 0; i < 4; i++) {
		const size_t at = (out->bits == 64 ? 48 : 36) + (out->big ? i : 3 - i);

		out->flags = out->flags << 8 | b[at];
	}
	return true;
}

static bool
by_uname(const char *name, struct kind *out)
{
	for (size_t i = 0; i < MACHINES && name != NULL; i++)
		if (strncmp(name, machines[i].uname, 4) == 0 &&
		    (strstr(name, "64") != NULL) == (machines[i].bits == 64)) {
			*out = (struct kind){ .machine = machines[i].machine,
				.bits = machines[i].bits, .big = strcmp(name, "mips") == 0 ||
				    strcmp(name, "mips64") == 0 || strcmp(name, "ppc64") == 0 ||
				    strcmp(name, "ppc") == 0 };
			return true;
		}
	return false;
}

static bool
same(const struct kind *a, const struct kind *b)
{
	return a->machine == b->machine && a->bits == b->bits && a->big == b->big;
}

/* The other word of the same family: the kernel may run it, its libraries are elsewhere. */
static bool
related(const struct target *t, const struct kind *program)
{
	const char *machine = target_or(t, "machine", "");

	return (strcmp(machine, "aarch64") == 0 &&
		   (program->machine == EM_ARM_ || program->machine == EM_AARCH64_)) ||
	       (strcmp(machine, "x86_64") == 0 &&
		   (program->machine == EM_386_ || program->machine == EM_X86_64_));
}

static bool
is_static(const struct target *t)
{
	return target_need(t, "interp")[0] == '\0';
}

static void
check_machine(struct target *t, const struct kind *program, const struct kind *board)
{
	char a[64], b[64];

	name_of(program, a, sizeof a);
	name_of(board, b, sizeof b);
	if (same(program, board))
		target_say(t, TARGET_GOOD, "machine", NULL, "both are %s", a);
	else if (related(t, program))
		target_say(t, is_static(t) ? TARGET_NOTE : TARGET_BAD, "machine", build_of(board),
		    "the program is for %s, the programs there are for %s: the kernel (%s) may run "
		    "it, %s", a, b, target_or(t, "machine", "?"),
		    is_static(t) ? "as it is static" : "but its libraries are not there");
	else
		target_say(t, TARGET_BAD, "machine", build_of(board),
		    "the program is for %s, the board is %s", a, b);
}

/* ---- float ABI and CPU ---- */

static bool
cpu_has(const struct target *t, const char *feature)
{
	struct slice rest = slice_of(target_fact(t, "cpu"));

	while (rest.n != 0)
		if (slice_is(slice_word(&rest), feature))
			return true;
	return false;
}

/* Has the CPU what GOARM=6 or 7 asks for? A 64-bit kernel names it otherwise, and always has it. */
static bool
floats(const struct target *t, char arm)
{
	if (target_fact(t, "cpu") == NULL || strstr(target_or(t, "machine", ""), "64") != NULL)
		return true;
	if (arm == '7')
		return cpu_has(t, "vfpv3") || cpu_has(t, "vfpv3d16") || cpu_has(t, "vfpv4");
	return arm != '6' || cpu_has(t, "vfp");
}

static void
check_arm(struct target *t, const struct kind *program, const struct kind *board)
{
	const bool hard = (program->flags & ARM_HARD) != 0, soft = (program->flags & ARM_SOFT) != 0;
	const char *arm = target_need(t, "goarm");
	const uint32_t other = hard ? ARM_SOFT : soft ? ARM_HARD : 0;

	if (!is_static(t) && (board->flags & other) != 0)
		target_say(t, TARGET_BAD, "float ABI", "CGO_ENABLED=0, or the other cross compiler "
		    "(arm-linux-gnueabi for soft, -gnueabihf for hard)",
		    "the program passes floats %s, the libraries there %s",
		    hard ? "in registers (hard)" : "in memory (soft)", hard ? "soft" : "hard");
	else if (!floats(t, arm[0]))
		target_say(t, TARGET_BAD, "CPU", arm[0] == '7' ? "GOARM=6, or 5" : "GOARM=5",
		    "GOARM=%s needs %s, this CPU has: %s", arm, arm[0] == '7' ? "VFPv3" : "VFP",
		    target_or(t, "cpu", ""));
	else
		target_say(t, TARGET_GOOD, "float ABI", NULL, "%s%s%s",
		    hard ? "hard" : soft ? "soft" : "the program's own",
		    arm[0] != '\0' ? ", GOARM=" : "", arm);
}

static void
check_amd64(struct target *t)
{
	static const char *const v2[] = { "sse4_2", "popcnt", "ssse3", NULL },
			  *const v3[] = { "avx2", "bmi2", "fma", "movbe", NULL },
			  *const v4[] = { "avx512f", "avx512vl", NULL };
	static const char *const *const need[] = { v2, v3, v4 };
	const char *level = target_need(t, "goamd64");
	const int n = level[0] == 'v' ? level[1] - '0' : 0;

	for (int i = 2; i <= n && i <= 4 && target_fact(t, "cpu") != NULL; i++)
		for (const char *const *f = need[i - 2]; *f != NULL; f++)
			if (!cpu_has(t, *f)) {
				target_say(t, TARGET_BAD, "CPU", "GOAMD64=v1",
				    "GOAMD64=%s needs %s, which this CPU does not have", level, *f);
				return;
			}
}

/* ---- loader and libc ---- */

/* "2.36" of "ldd (Debian GLIBC 2.36-9) 2.36" or "... stable release version 2.36."; 0: none. */
static unsigned
glibc_of(const char *text)
{
	const char *at = text != NULL ? strstr(text, "release version ") : NULL;

	if (at != NULL)
		return target_version(at + 16);
	if (text == NULL || (strstr(text, "GLIBC") == NULL && strstr(text, "GNU libc") == NULL))
		return 0;
	at = strchr(text, ')');
	return at != NULL ? target_version(at + 1 + strspn(at + 1, " ")) : 0;
}

/* The newest of "GLIBC_2.17|GLIBC_2.36|". */
static unsigned
glibc_symbols(const char *text)
{
	struct slice rest = slice_of(text);
	unsigned best = 0;

	while (rest.n != 0) {
		char word[32];
		const struct slice s = slice_cut(rest, '|', &rest);

		if (!slice_starts(s, "GLIBC_") || s.n >= sizeof word)
			continue;
		snprintf(word, sizeof word, "%.*s", (int)s.n - 6, s.p + 6);
		if (target_version(word) > best)
			best = target_version(word);
	}
	return best;
}

static unsigned
glibc_there(const struct target *t)
{
	unsigned v = glibc_of(target_fact(t, "libc"));

	if (v == 0)
		v = glibc_of(target_fact(t, "ldd"));
	return v != 0 ? v : glibc_symbols(target_fact(t, "glibc"));
}

static void
libc_words(const struct target *t, char *out, size_t size)
{
	const unsigned v = glibc_there(t);
	const char *ldd = target_or(t, "ldd", ""), *loaders = target_or(t, "loaders", "");
	const char *at = strstr(ldd, "Version ");

	if (v != 0)
		snprintf(out, size, "glibc %u.%u", v / 1000000, v / 1000 % 1000);
	else if (strstr(ldd, "musl") != NULL || strstr(loaders, "ld-musl") != NULL)
		snprintf(out, size, "musl%s%.*s", at != NULL ? " " : "",
		    at != NULL ? (int)strcspn(at + 8, "| ") % 12 : 0, at != NULL ? at + 8 : "");
	else if (strstr(loaders, "ld-uClibc") != NULL)
		snprintf(out, size, "uClibc");
	else
		out[0] = '\0';
}

/* The version of glibc that the program's symbols ask for. */
static unsigned
glibc_needed(const struct target *t)
{
	const json_t *list = json_object_get(t->facts->needs, "versions"), *v;
	size_t i;

	json_array_foreach(list, i, v)
		if (json_is_string(v) && strncmp(json_string_value(v), "GLIBC_", 6) == 0)
			return target_version(json_string_value(v) + 6);
	return 0;
}

static void
missing_libs(const struct target *t, char *out, size_t size)
{
	const json_t *list = json_object_get(t->facts->needs, "libs"), *v;
	size_t i, n = 0;

	out[0] = '\0';
	json_array_foreach(list, i, v) {
		char key[24];

		snprintf(key, sizeof key, "lib%zu", i);
		if (json_is_string(v) && target_fact(t, key) == NULL && n + 2 < size)
			n += (size_t)snprintf(out + n, size - n, "%s%.60s", n != 0 ? ", " : "",
			    json_string_value(v));
	}
}

static void
check_libc(struct target *t)
{
	const unsigned have = glibc_there(t), need = glibc_needed(t);
	char libc[64], missing[256];

	libc_words(t, libc, sizeof libc);
	if (t->facts->needs == NULL || is_static(t)) {
		target_say(t, TARGET_GOOD, "libc", NULL, "%s%s", libc[0] != '\0' ? libc : "none",
		    t->facts->needs != NULL ? "; the program is static and needs none" : "");
		return;
	}
	missing_libs(t, missing, sizeof missing);
	if (strcmp(target_or(t, "interp", ""), "no") == 0)
		target_say(t, TARGET_BAD, "loader",
		    "CGO_ENABLED=0 go build, or build against the libc there",
		    "%s is not there (libc: %s): the shell would say \"not found\" of the program",
		    target_need(t, "interp"), libc[0] != '\0' ? libc : "none");
	else if (need > have && have != 0)
		target_say(t, TARGET_BAD, "libc",
		    "CGO_ENABLED=0, or build on a system as old as the board",
		    "the program needs GLIBC_%u.%u, there is %s", need / 1000000,
		    need / 1000 % 1000, libc);
	else if (missing[0] != '\0')
		target_say(t, TARGET_BAD, "libraries", "install them there, or CGO_ENABLED=0",
		    "not found there: %s", missing);
	else
		target_say(t, TARGET_GOOD, "libc", NULL,
		    "%s, and the program needs %u.%u; its loader and libraries are there", libc,
		    need / 1000000, need / 1000 % 1000);
}

unsigned
target_elf_kernel(const struct target *t)
{
	const json_t *k = json_object_get(t->facts->needs, "kernel");
	const char *go = target_need(t, "go");
	const unsigned note = (unsigned)(json_integer_value(json_array_get(k, 0)) * 1000000 +
	    json_integer_value(json_array_get(k, 1)) * 1000 +
	    json_integer_value(json_array_get(k, 2)));
	const unsigned version = strncmp(go, "go", 2) == 0 ? target_version(go + 2) : 0;
	/* Go's own words: 1.24 asks for Linux 3.2, 1.18 .. 1.23 for 2.6.32. */
	const unsigned own = version >= 1024000 ? 3002000 : version != 0 ? 2006032 : 0;

	return note > own ? note : own;
}

void
target_elf(struct target *t)
{
	struct kind program, board;
	const bool known = header(target_fact(t, "shell"), &board) ||
			   header(target_fact(t, "shelld"), &board) ||
			   by_uname(target_fact(t, "machine"), &board);

	if (t->facts->needs != NULL && known) {
		program = (struct kind){ .machine = (unsigned)target_need_number(t, "e_machine"),
			.bits = (unsigned)target_need_number(t, "bits"),
			.big = json_is_true(json_object_get(t->facts->needs, "big")),
			.flags = (uint32_t)target_need_number(t, "e_flags") };
		check_machine(t, &program, &board);
		if (same(&program, &board) && program.machine == EM_ARM_)
			check_arm(t, &program, &board);
		if (same(&program, &board) && program.machine == EM_X86_64_)
			check_amd64(t);
	} else if (t->facts->needs != NULL) {
		target_say(t, TARGET_NOTE, "machine", NULL, "the board does not tell what it is");
	}
	check_libc(t);
}
