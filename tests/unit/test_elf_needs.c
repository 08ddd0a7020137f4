/* test_elf_needs.c - what this test itself asks of a machine; files that are cut or changed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "elf/needs.h"
#include "sys/io.h"

static void
load(struct buf *b)
{
	struct err_msg why;

	buf_init(b, 64 << 20);
	assert_int_equal(sys_file_read("/proc/self/exe", 64 << 20, b, &why), ERR_OK);
}

static void
this_program(void **state)
{
	struct needs n;
	struct err_msg why;
	struct buf b;
	bool libc = false;

	(void)state;
	load(&b);
	assert_int_equal(needs_read(b.data, b.len, "self", &n, &why), ERR_OK);
	assert_int_equal(n.bits, sizeof(void *) * 8);
	assert_true(strstr(n.interp, "/ld") != NULL);
	for (size_t i = 0; i < n.libs; i++)
		libc = libc || strstr(n.lib[i], "libc.") != NULL;
	assert_true(libc);
	assert_int_equal(n.size, b.len);
	assert_string_equal(n.go, "");
	buf_fini(&b);
}

static void
versions_by_number(void **state)
{
	(void)state;
	assert_int_equal(needs_version_cmp("GLIBC_2.4", "GLIBC_2.34"), -1);
	assert_int_equal(needs_version_cmp("GLIBC_2.34", "GLIBC_2.4"), 1);
	assert_int_equal(needs_version_cmp("GLIBC_2.34", "GLIBC_2.34"), 0);
	assert_int_equal(needs_version_cmp("GLIBC_2.3", "GLIBC_2.3.4"), -1);
	assert_int_equal(needs_version_cmp("", ""), 0);
}

/* Cut at many places, and with bytes changed: an answer or a refusal, never a fault. */
static void
hostile(void **state)
{
	struct needs n;
	struct err_msg why;
	struct buf b;
	uint64_t dice = 99;

	(void)state;
	load(&b);
	for (size_t k = 0; k < 300; k++) {
		size_t len = k < 80 ? k : b.len * k / 300;
		char *copy = mem_dup(b.data, len != 0 ? len : 1);

		(void)needs_read(copy, len, "cut", &n, &why);
		mem_free(copy);
	}
	for (int k = 0; k < 200; k++) {
		char *copy = mem_dup(b.data, b.len);

		for (int i = 0; i < 20; i++) {
			dice = dice * 6364136223846793005U + 1442695040888963407U;
			copy[(dice >> 16) % (i < 10 ? 64 : b.len)] = (char)(dice >> 56);
		}
		(void)needs_read(copy, b.len, "changed", &n, &why);
		mem_free(copy);
	}
	buf_fini(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(this_program),
		cmocka_unit_test(versions_by_number),
		cmocka_unit_test(hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
