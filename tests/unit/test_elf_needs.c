/* test_elf_needs.c - what this test itself asks of a machine; files that are cut or changed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "core/json.h"
#include "elf/needs.h"
#include "elf/newer.h"
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
	json_t *o;
	struct err_msg why;
	struct buf b;
	const json_t *v;
	bool libc = false;
	size_t i;

	(void)state;
	load(&b);
	assert_int_equal(needs_read(b.data, b.len, "self", &o, &why), ERR_OK);
	assert_int_equal(json_get_int(o, "bits", 0), sizeof(void *) * 8);
	assert_true(strstr(json_get_str(o, "interp", ""), "/ld") != NULL);
	json_array_foreach(json_object_get(o, "libs"), i, v)
		libc = libc || strstr(json_string_value(v), "libc.") != NULL;
	assert_true(libc);
	assert_int_equal(json_get_int(o, "size", 0), b.len);
	assert_string_equal(json_get_str(o, "go", "-"), "");
	json_decref(o);
	buf_fini(&b);
}

static void
versions_by_number(void **state)
{
	(void)state;
	assert_false(newer("2.4", "2.34"));
	assert_true(newer("2.34", "2.4"));
	assert_false(newer("2.34", "2.34"));
	assert_false(newer("2.3", "2.3.4"));
	assert_false(newer("", ""));
}

/* An answer or a refusal. */
static void
read_any(char *copy, size_t n, const char *what)
{
	struct err_msg why;
	json_t *o = NULL;

	if (needs_read(copy, n, what, &o, &why) == ERR_OK)
		assert_non_null(json_object_get(o, "e_machine"));
	json_decref(o);
}

/* Cut at many places, and with bytes changed: an answer or a refusal, never a fault. */
static void
hostile(void **state)
{
	struct buf b;
	uint64_t dice = 99;

	(void)state;
	load(&b);
	for (size_t k = 0; k < 300; k++) {
		size_t len = k < 80 ? k : b.len * k / 300;
		char *copy = mem_dup(b.data, len != 0 ? len : 1);

		read_any(copy, len, "cut");
		mem_free(copy);
	}
	for (int k = 0; k < 200; k++) {
		char *copy = mem_dup(b.data, b.len);

		for (int i = 0; i < 20; i++) {
			dice = dice * 6364136223846793005U + 1442695040888963407U;
			copy[(dice >> 16) % (i < 10 ? 64 : b.len)] = (char)(dice >> 56);
		}
		read_any(copy, b.len, "changed");
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
