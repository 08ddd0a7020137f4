/* test_elf_image.c - facts of images: UF2 and Intel HEX made here, good and broken; small real ELF
 * files; files that lie or are cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "elf/image.h"
#include "elf/newer.h"
#include "sys/io.h"

static const struct image_options opt = { .base = 0x08000000, .symbols = 10 };

static enum err
facts_of(const void *p, size_t n, json_t **o, struct err_msg *why)
{
	char *copy = mem_dup(n != 0 ? p : "", n != 0 ? n : 1);
	const enum err e = image_read(copy, n, "x", &opt, o, why);

	mem_free(copy);
	return e;
}

/* ---- UF2 */

static void
put32(unsigned char *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (unsigned char)(v >> (8 * i));
}

static void
uf2_block(unsigned char *b, uint32_t addr, uint32_t i, uint32_t n, uint32_t family)
{
	memset(b, 0, 512);
	put32(b, 0x0a324655);
	put32(b + 4, 0x9e5d5157);
	put32(b + 8, 0x2000);
	put32(b + 12, addr);
	put32(b + 16, 256);
	put32(b + 20, i);
	put32(b + 24, n);
	put32(b + 28, family);
	put32(b + 32, 0x20042000);
	put32(b + 36, 0x100001f7);
	put32(b + 508, 0x0ab16f30);
}

static int64_t
range(const json_t *o, size_t i, size_t k)
{
	return json_integer_value(json_array_get(json_array_get(json_object_get(o, "ranges"), i), k));
}

static void
test_uf2(void **state)
{
	unsigned char b[3 * 512];
	struct err_msg why;
	json_t *o = NULL;
	const json_t *f;

	(void)state;
	uf2_block(b, 0x10000100, 1, 3, 0xe48bff56);             /* any order */
	uf2_block(b + 512, 0x10000000, 0, 3, 0xe48bff56);
	uf2_block(b + 1024, 0x10001000, 2, 3, 0xe48bff56);
	assert_int_equal(facts_of(b, sizeof b, &o, &why), ERR_OK);
	assert_string_equal(json_get_str(o, "kind", ""), "uf2");
	assert_int_equal(json_array_size(json_object_get(o, "ranges")), 2);
	assert_int_equal(range(o, 0, 0), 0x10000000);
	assert_int_equal(range(o, 0, 1), 512);
	assert_int_equal(range(o, 1, 0), 0x10001000);
	assert_int_equal(json_get_int(o, "payload", 0), 768);
	f = json_array_get(json_object_get(o, "families"), 0);
	assert_int_equal(json_get_int(f, "id", 0), 0xe48bff56);
	assert_int_equal(json_get_int(f, "blocks", 0), 3);
	assert_int_equal(json_get_int(json_object_get(o, "vectors"), "sp", 0), 0x20042000);
	json_decref(o);
}

static void
uf2_bad(unsigned char *b, size_t n, const char *want)
{
	struct err_msg why = { .code = ERR_OK };
	json_t *o = NULL;

	assert_int_equal(facts_of(b, n, &o, &why), ERR_FORMAT);
	assert_non_null(strstr(why.why, want));
	assert_null(o);
}

static void
test_uf2_broken(void **state)
{
	unsigned char b[1024];

	(void)state;
	uf2_block(b, 0x10000000, 0, 2, 1);
	uf2_block(b + 512, 0x10000100, 1, 2, 1);
	uf2_bad(b, 512, "some are missing");
	uf2_bad(b, 1000, "block 1 is cut off");
	put32(b + 512 + 508, 0);
	uf2_bad(b, 1024, "block 1 does not end");
	put32(b + 512 + 508, 0x0ab16f30);
	put32(b + 512 + 16, 477);
	uf2_bad(b, 1024, "block 1 says more bytes");
	put32(b + 512 + 16, 256);
	put32(b + 512 + 12, 0xffffff80);
	uf2_bad(b, 1024, "beyond the last address");
	uf2_block(b + 512, 0x10000100, 0, 1, 1);
	uf2_bad(b, 1024, "another number of blocks");
	uf2_block(b + 512, 0x10000100, 2, 2, 1);
	uf2_bad(b, 1024, "beyond the last");
	memset(b + 512, 0, 512);
	uf2_bad(b, 1024, "block 1 does not begin");
}

/* ---- Intel HEX */

static const char good_hex[] =
    ":020000040800F2\r\n"
    ":1000000000000220110000080000000000000000B5\n"
    ":04001000AABBCCDDDE\n"
    ":0400000508000011DE\n"
    ":020000021000EC\n"
    ":0100000055AA\n"
    ":00000001FF\n";

static void
test_hex(void **state)
{
	struct err_msg why = { .code = ERR_OK };
	json_t *o = NULL;

	(void)state;
	if (facts_of(good_hex, sizeof good_hex - 1, &o, &why) != ERR_OK)
		fail_msg("%s", why.why);
	assert_string_equal(json_get_str(o, "kind", ""), "hex");
	assert_int_equal(json_get_int(o, "records", 0), 7);
	assert_int_equal(json_get_int(o, "entry", 0), 0x08000011);
	assert_int_equal(range(o, 0, 0), 0x10000);              /* segment 0x1000 */
	assert_int_equal(range(o, 1, 0), 0x08000000);
	assert_int_equal(range(o, 1, 1), 20);
	json_decref(o);
}

static void
test_hex_broken(void **state)
{
	static const struct { const char *text, *want; } rows[] = {
		{ ":020000040800F2\n:0400100000000000ED\n:00000001FF\n", "line 2 is no record" },
		{ ":020000040800F2\n", "the end record is missing" },
		{ ":00000001FF\n:00000001FF\n", "line 2 comes after the end" },
		{ ":00000001FF\n\nx\n", "line 3 comes after the end" },
		{ ":020000040800F2\n:0100000455A6\n", "wrong length" },
		{ ":020000040800F2\n:00000006FA\n", "type that is not known" },
		{ ":020000040800F2\n:0000000\n", "line 2 is no record" },
		{ ":020000040800F2\n:FF000000\n", "line 2 is no record" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct err_msg why = { .code = ERR_OK };
		json_t *o = NULL;

		assert_int_equal(facts_of(rows[i].text, strlen(rows[i].text), &o, &why), ERR_FORMAT);
		if (strstr(why.why, rows[i].want) == NULL)
			fail_msg("%s: %s", rows[i].want, why.why);
	}
}

static void
test_bin(void **state)
{
	static const unsigned char b[] = { 0, 0, 2, 0x20, 0x11, 0, 0, 8, 1, 2, 3 };
	struct err_msg why;
	json_t *o = NULL;

	(void)state;
	assert_int_equal(facts_of(b, sizeof b, &o, &why), ERR_OK);
	assert_string_equal(json_get_str(o, "kind", ""), "bin");
	assert_int_equal(range(o, 0, 0), 0x08000000);
	assert_int_equal(range(o, 0, 1), sizeof b);
	assert_int_equal(json_get_int(json_object_get(o, "vectors"), "reset", 0), 0x08000011);
	json_decref(o);
	assert_int_equal(facts_of(b, 0, &o, &why), ERR_FORMAT);
}

/* ---- ELF */

static void
read_file(const char *name, struct buf *b)
{
	const char *root = getenv("srcdir");
	char *path = mem_fmt("%s/tests/data/elf/%s", root != NULL ? root : ".", name);

	buf_init(b, 1 << 20);
	assert_int_equal(sys_file_read(path, 1 << 20, b, NULL), ERR_OK);
	mem_free(path);
}

static int64_t
packages(const json_t *o, const char *kind)
{
	const json_t *p;
	int64_t sum = 0;
	size_t i;

	json_array_foreach(json_object_get(o, "packages"), i, p)
		sum += json_get_int(p, kind, 0);
	return sum;
}

static void
test_elf(void **state)
{
	struct err_msg why;
	struct buf b;
	json_t *o = NULL;

	(void)state;
	read_file("thumb.elf", &b);
	assert_int_equal(facts_of(b.data, b.len, &o, &why), ERR_OK);
	assert_string_equal(json_get_str(o, "arch", ""), "arm");
	assert_string_equal(json_get_str(json_object_get(o, "arm"), "float", ""), "soft");
	assert_true(json_get_bool(o, "static", false));
	assert_false(json_get_bool(o, "stripped", true));
	assert_true(json_get_bool(o, "dwarf", false));
	assert_null(json_object_get(o, "go"));
	assert_int_equal(packages(o, "text"), json_get_int(json_object_get(o, "sizes"), "text", -1));
	assert_true(packages(o, "text") > 0);
	json_decref(o);
	buf_fini(&b);
	read_file("riscv32.elf", &b);
	assert_int_equal(facts_of(b.data, b.len, &o, &why), ERR_OK);
	assert_string_equal(json_get_str(o, "arch", ""), "riscv32");
	assert_string_equal(json_get_str(json_object_get(o, "riscv"), "float", ""), "soft");
	json_decref(o);
	buf_fini(&b);
}

/* Cut anywhere, bent anywhere: an answer or a refusal, and every byte counted once. */
static void
test_hostile(void **state)
{
	uint32_t seed = 4711;
	struct buf b;
	json_t *o;

	(void)state;
	read_file("thumb.elf", &b);
	for (unsigned i = 0; i < 600; i++) {
		char *p = mem_dup(b.data, b.len);
		const size_t n = i % 3 == 0 ? (seed >> 8) % b.len : b.len;

		for (unsigned k = 0; i % 3 != 0 && k <= i % 7; k++) {
			seed = seed * 1664525 + 1013904223;
			p[(seed >> 8) % (k % 2 == 0 ? 512 : b.len)] ^= (char)(seed >> 24);
		}
		seed = seed * 1664525 + 1013904223;
		o = NULL;
		if (image_read(p, n, "bent", &opt, &o, NULL) == ERR_OK && json_object_get(o, "sizes"))
			assert_int_equal(packages(o, "text"),
			    json_get_int(json_object_get(o, "sizes"), "text", -1));
		json_decref(o);
		mem_free(p);
	}
	buf_fini(&b);
}

static void
test_newer(void **state)
{
	(void)state;
	assert_true(newer("2.34", "2.4"));
	assert_false(newer("2.4", "2.34"));
	assert_false(newer("2.34", "2.34"));
	assert_true(newer("2.2.5", "2.2"));
	assert_false(newer("2.2", "2.2.5"));
	assert_false(newer("3.2.0", "3.2"));
	assert_true(newer("5.10", "4.19.122"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_uf2), cmocka_unit_test(test_uf2_broken),
		cmocka_unit_test(test_hex), cmocka_unit_test(test_hex_broken),
		cmocka_unit_test(test_bin), cmocka_unit_test(test_elf),
		cmocka_unit_test(test_hostile), cmocka_unit_test(test_newer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
