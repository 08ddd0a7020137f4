/* test_gauge_target.c - boards of many kinds against programs of many kinds: what is said of each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "gauge/target_check.h"

#define ARM_HEAD "7f 45 4c 46 01 01 01 00 00 00 00 00 00 00 00 00 03 00 28 00|01 00 00 00 00 00 00 00 " \
	"34 00 00 00 00 00 00 00 "
#define ARM_TAIL " 34 00 20 00 09 00 28 00 1d 00 1c 00"
#define X86_HEAD "7f 45 4c 46 02 01 01 00 00 00 00 00 00 00 00 00 03 00 3e 00 01 00 00 00 00 00 00 00 " \
	"00 00 00 00 40 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00"
#define MIPS_HEAD "7f 45 4c 46 01 02 01 00 00 00 00 00 00 00 00 00 00 02 00 08 00 00 00 01 00 00 00 00 " \
	"00 00 00 34 00 00 00 00 70 00 10 05 00 34 00 20 00 09 00 28 00 1d 00 1c"

struct fact { const char *key, *value; };

struct says { char text[8192]; };

static void
on_row(void *arg, enum target_state s, const char *what, const char *text, const char *mend)
{
	static const char *const words[] = { "good", "note", "bad" };
	struct says *out = arg;
	const size_t n = strlen(out->text);

	snprintf(out->text + n, sizeof out->text - n, "%s %s: %s [%s]\n", words[s], what, text,
	    mend != NULL ? mend : "");
}

static const char *
fact(const void *from, const char *key)
{
	for (const struct fact *f = from; f->key != NULL; f++)
		if (strcmp(f->key, key) == 0)
			return f->value;
	return NULL;
}

/* needs: JSON text or NULL. */
static void
check(const struct fact *facts, const char *needs, struct says *out)
{
	json_t *o = needs != NULL ? json_loads(needs, 0, NULL) : NULL;

	assert_true(needs == NULL || o != NULL);
	out->text[0] = '\0';
	target_check(&(struct target_facts){ .fact = fact, .from = facts,
	    .wall = UINT64_C(1767225600) * NS_PER_S, .needs = o }, on_row, out);
	json_decref(o);
}

static void
says(const struct says *s, const char *words)
{
	if (strstr(s->text, words) == NULL)
		fail_msg("no \"%s\" in:\n%s", words, s->text);
}

static void
says_not(const struct says *s, const char *words)
{
	if (strstr(s->text, words) != NULL)
		fail_msg("\"%s\" in:\n%s", words, s->text);
}

static const struct fact pi[] = {
	{ "date", "1767225601" }, { "release", "6.1.21-v7+" }, { "system", "Linux" },
	{ "machine", "armv7l" }, { "model", "Raspberry Pi 3" }, { "user", "1000" },
	{ "libc", "GNU C Library (Debian GLIBC 2.31-13) stable release version 2.31." },
	{ "shell", ARM_HEAD "00 04 00 05" ARM_TAIL }, { "entropy", "256" }, { "pool", "256" },
	{ "memory", "MemTotal:  900000 kB|MemFree: 10000 kB|MemAvailable: 500000 kB|" },
	{ "cmdline", "console=tty1 cgroup_disable=memory root=/dev/mmcblk0p2" },
	{ "cgroups", "#subsys_name hierarchy|cpu 0 57 1|memory 0 57 0|" },
	{ "mounts", "/dev/root / ext4 rw,noatime 0 0|tmpfs /tmp tmpfs rw,noexec 0 0|" },
	{ "disk", "Filesystem 1K-blocks Used Available Use% Mounted on|/dev/root 8000000 10 7000000 1%"
	    " /|tmpfs 100000 0 100000 0% /tmp|/dev/root 8000000 10 7000000 1% /|" },
	{ "cpu", "Features        : half thumb fastmult vfp edsp neon vfpv3 tls vfpv4" },
	{ "interp", "yes" }, { "lib0", "/lib/arm-linux-gnueabihf/libc.so.6" }, { NULL, NULL },
};

static void
a_board_by_itself(void **state)
{
	struct says s;

	(void)state;
	check(pi, NULL, &s);
	says(&s, "good board: Raspberry Pi 3, Linux 6.1.21-v7+ armv7l, user 1000");
	says(&s, "good kernel: Linux 6.1.21-v7+, of about 2022");
	says(&s, "good libc: glibc 2.31");
	says(&s, "good entropy: 256 bits");
	says(&s, "good memory: 488 of 879 MiB");
	says(&s, "note control groups: memory limits are switched off at boot");
	says(&s, "[cgroup_enable=memory");
	says(&s, "note pressure: is not told");
	says(&s, "good clock: 2026-01-01T00:00:01Z");
	says(&s, "good disk /: 6836 MiB free");
	says(&s, "note disk /tmp: 98 MiB free, but programs do not run from there (noexec)");
	says_not(&s, "bad ");
}

static void
programs_that_run(void **state)
{
	struct says s;

	(void)state;
	check(pi, "{\"e_machine\":40,\"bits\":32,\"big\":false,\"e_flags\":83887104,\"interp\":"
	    "\"/lib/ld-linux-armhf.so.3\",\"libs\":[\"libc.so.6\"],\"versions\":[\"GLIBC_2.28\"],"
	    "\"kernel\":[3,2,0],\"go\":\"go1.22.1\",\"goarm\":\"7\",\"size\":5000000}", &s);
	says(&s, "good machine: both are ARM (32 bits)");
	says(&s, "good float ABI: hard, GOARM=7");
	says(&s, "good libc: glibc 2.31, and the program needs 2.28");
	says_not(&s, "bad ");
	check(pi, "{\"e_machine\":40,\"bits\":32,\"e_flags\":83886082,\"interp\":\"\","
	    "\"go\":\"go1.22\",\"goarm\":\"6\",\"size\":5}", &s);
	says(&s, "the program is static and needs none");
	says_not(&s, "bad ");
}

static void
programs_that_do_not(void **state)
{
	struct says s;

	(void)state;
	/* another machine */
	check(pi, "{\"e_machine\":62,\"bits\":64,\"interp\":\"\"}", &s);
	says(&s, "bad machine: the program is for x86-64, the board is ARM (32 bits) [GOARCH=arm");
	/* a libc that is too old */
	check(pi, "{\"e_machine\":40,\"bits\":32,\"e_flags\":83887104,\"interp\":\"/lib/ld\","
	    "\"libs\":[\"libc.so.6\"],\"versions\":[\"GCC_3.5\",\"GLIBC_2.34\"]}", &s);
	says(&s, "bad libc: the program needs GLIBC_2.34, there is glibc 2.31 [CGO_ENABLED=0");
	/* floats the other way */
	check(pi, "{\"e_machine\":40,\"bits\":32,\"e_flags\":83886592,\"interp\":\"/lib/ld\","
	    "\"libs\":[],\"versions\":[]}", &s);
	says(&s, "bad float ABI: the program passes floats in memory (soft), the libraries there hard");
	/* a library that is not there, and a kernel that is too old */
	check(pi, "{\"e_machine\":40,\"bits\":32,\"e_flags\":83887104,\"interp\":\"/lib/ld\","
	    "\"libs\":[\"libc.so.6\",\"libssl.so.3\"],\"versions\":[\"GLIBC_2.4\"],"
	    "\"kernel\":[6,5,0]}", &s);
	says(&s, "bad libraries: not found there: libssl.so.3");
	says(&s, "bad kernel: Linux 6.1.21-v7+, but the program needs 6.5.0");
}

/* An OpenWrt router: musl, big endian, an old kernel, a clock that begins at 1970, no room. */
static void
a_router(void **state)
{
	static const struct fact router[] = {
		{ "date", "1500" }, { "release", "3.10.49" }, { "system", "Linux" },
		{ "machine", "mips" }, { "model", "TL-WR841N" },
		{ "ldd", "musl libc (mips-sf)|Version 1.1.24|" }, { "loaders",
		    "/lib/ld-musl-mips-sf.so.1|" },
		{ "shelld", MIPS_HEAD }, { "entropy", "37" }, { "pool", "4096" },
		{ "memory", "MemTotal: 28000 kB|MemFree: 3000 kB|Buffers: 500 kB|Cached: 4000 kB|"
		    "Shmem: 100 kB|" },
		{ "disk", "Filesystem 1K-blocks|/dev/root|2048 2048 0 100% /rom|overlayfs:/overlay "
		    "512 100 412 20% /|" },
		{ "mounts", "rootfs / rootfs rw 0 0|" }, { "interp", "no" }, { NULL, NULL },
	};
	struct says s;

	(void)state;
	check(router, "{\"e_machine\":8,\"bits\":32,\"big\":true,\"interp\":\"/lib/ld.so.1\","
	    "\"libs\":[],\"versions\":[],\"go\":\"go1.24.0\",\"size\":900000}", &s);
	says(&s, "good machine: both are MIPS (32 bits), big endian");
	says(&s, "note kernel: Linux 3.10.49, of about 2013: no getrandom(2)");
	says(&s, "bad loader: /lib/ld.so.1 is not there (libc: musl 1.1.24");
	says(&s, "note entropy: 37 bits of 4096");
	says(&s, "note memory: 7 of 27 MiB available (estimated)");
	says(&s, "bad clock: 1970-01-01T00:25:00Z is 20454.0 days behind");
	says(&s, "date -s @1767225600");
	says(&s, "note disk /: 0.4 MiB free, the program has 0.9");
	check(router, "{\"e_machine\":8,\"bits\":32,\"big\":false,\"interp\":\"\"}", &s);
	says(&s, "bad machine: the program is for MIPS (32 bits), the board is MIPS (32 bits), big");
}

/* A 64-bit kernel below 32-bit programs, as Raspberry Pi OS has it. */
static void
two_words(void **state)
{
	static const struct fact mixed[] = {
		{ "machine", "aarch64" }, { "release", "6.6.1" }, { "shell",
		    ARM_HEAD "00 04 00 05" ARM_TAIL }, { NULL, NULL },
	};
	struct says s;

	(void)state;
	check(mixed, "{\"e_machine\":183,\"bits\":64,\"interp\":\"\"}", &s);
	says(&s, "note machine: the program is for ARM (64 bits), the programs there are for ARM "
	    "(32 bits)");
	says(&s, "as it is static");
	check(mixed, "{\"e_machine\":183,\"bits\":64,\"interp\":\"/lib/ld-linux-aarch64.so.1\"}", &s);
	says(&s, "bad machine: ");
	check(mixed, NULL, &s);
	says(&s, "note entropy: not told");
	says(&s, "note disk: not told");
	says(&s, "note clock: not told");
}

static void
cpus(void **state)
{
	static const struct fact old[] = {
		{ "machine", "x86_64" }, { "shell", X86_HEAD }, { "release", "2.6.18-8" },
		{ "cpu", "flags : fpu sse4_2 popcnt ssse3 avx" }, { NULL, NULL },
	}, zero[] = {
		{ "machine", "armv6l" }, { "shell", ARM_HEAD "00 04 00 05" ARM_TAIL },
		{ "cpu", "Features : half thumb fastmult vfp edsp java tls" }, { NULL, NULL },
	};
	struct says s;

	(void)state;
	check(old, "{\"e_machine\":62,\"bits\":64,\"interp\":\"\",\"goamd64\":\"v3\","
	    "\"go\":\"go1.20\"}", &s);
	says(&s, "bad CPU: GOAMD64=v3 needs avx2");
	says(&s, "bad kernel: Linux 2.6.18-8, but the program needs 2.6.32");
	check(old, "{\"e_machine\":62,\"bits\":64,\"interp\":\"\",\"goamd64\":\"v2\"}", &s);
	says_not(&s, "bad CPU");
	check(zero, "{\"e_machine\":40,\"bits\":32,\"interp\":\"\",\"goarm\":\"7\"}", &s);
	says(&s, "bad CPU: GOARM=7 needs VFPv3");
	check(zero, "{\"e_machine\":40,\"bits\":32,\"interp\":\"\",\"goarm\":\"6\"}", &s);
	says_not(&s, "bad ");
}

/* What a board tells is hostile: nothing of it is taken for more than text. */
static void
nonsense(void **state)
{
	static const struct fact bad[] = {
		{ "date", "99999999999999999999" }, { "release", "999999999999.9.9" },
		{ "machine", "" }, { "shell", "7f 45 zz" }, { "shelld", "7" }, { "entropy", "-3" },
		{ "memory", "MemTotal:|MemAvailable|||" }, { "disk", "|||/ / / / / / / / / /|" },
		{ "mounts", "/|/|/ / / |" }, { "cgroups", "memory|" }, { "ldd", "GLIBC )" },
		{ "glibc", "GLIBC_|GLIBC_2.999999999999|" }, { "libc", "release version " },
		{ NULL, NULL },
	};
	struct says s;

	(void)state;
	check(bad, "{\"e_machine\":40,\"bits\":32,\"interp\":\"/x\",\"libs\":[1,null],"
	    "\"versions\":[7,\"GLIBC_\"],\"kernel\":\"x\",\"go\":\"g\"}", &s);
	says(&s, "note clock: not told");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_board_by_itself),
		cmocka_unit_test(programs_that_run),
		cmocka_unit_test(programs_that_do_not),
		cmocka_unit_test(a_router),
		cmocka_unit_test(two_words),
		cmocka_unit_test(cpus),
		cmocka_unit_test(nonsense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
