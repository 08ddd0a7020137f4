/* test_elf_binary.c - addresses of small real programs; files that lie or are cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "elf/binary.h"
#include "elf/gotab.h"
#include "sys/io.h"

struct file { struct buf bytes; struct binary *b; };

static enum err
file_open(struct file *f, const char *name, struct err_msg *why)
{
	const char *root = getenv("srcdir");
	char *path = mem_fmt("%s/tests/data/elf/%s", root != NULL ? root : ".", name);
	enum err e;

	buf_init(&f->bytes, 1 << 20);
	e = sys_file_read(path, 1 << 20, &f->bytes, why);
	mem_free(path);
	assert_int_equal(e, ERR_OK);
	return binary_open(f->bytes.data, f->bytes.len, name, &f->b, why);
}

static void
file_close(struct file *f)
{
	binary_close(f->b);
	buf_fini(&f->bytes);
}

static void
is_frame(const struct binary_frame *f, const char *func, unsigned line, bool inlined)
{
	assert_string_equal(f->func, func);
	assert_int_equal(f->line, line);
	assert_int_equal(f->inlined, inlined);
	assert_non_null(f->file);
	assert_string_equal(f->file, "/src/crash.c");
}

static void
test_thumb(void **state)
{
	struct binary_frame f[BINARY_FRAMES];
	struct err_msg why;
	struct file x;

	(void)state;
	assert_int_equal(file_open(&x, "thumb.elf", &why), ERR_OK);
	assert_string_equal(binary_arch(x.b), "arm");
	assert_string_equal(binary_debug(x.b), "dwarf");
	assert_false(binary_is_go(x.b));
	/* the load inside of two inlined functions; rows of the dropped function lie over it */
	assert_int_equal(binary_frames(x.b, 0x18, false, f, BINARY_FRAMES), 3);
	is_frame(&f[0], "peek", 15, true);
	is_frame(&f[1], "read_sensor", 20, true);
	is_frame(&f[2], "measure", 28, false);
	/* the Thumb bit; a return address means the call before it */
	assert_int_equal(binary_frames(x.b, 0x19, false, f, BINARY_FRAMES), 3);
	assert_int_equal(binary_frames(x.b, 0x45, true, f, BINARY_FRAMES), 1);
	is_frame(&f[0], "worker", 35, false);
	assert_int_equal(binary_frames(x.b, 0x18, false, f, 2), 2);
	/* no code */
	assert_int_equal(binary_frames(x.b, 0x20000000, false, f, BINARY_FRAMES), 0);
	assert_int_equal(binary_frames(x.b, 0, true, f, BINARY_FRAMES), 0);
	assert_int_equal(binary_frames(x.b, UINT64_MAX, false, f, BINARY_FRAMES), 0);
	assert_true(binary_is_code(x.b, 0x11));
	assert_false(binary_is_code(x.b, 0x8));
	file_close(&x);
}

static void
test_riscv(void **state)
{
	struct binary_frame f[BINARY_FRAMES];
	struct err_msg why;
	struct file x;

	(void)state;
	assert_int_equal(file_open(&x, "riscv32.elf", &why), ERR_OK);
	assert_string_equal(binary_arch(x.b), "riscv32");
	assert_int_equal(binary_frames(x.b, 0x42000008, false, f, BINARY_FRAMES), 3);
	is_frame(&f[0], "peek", 15, true);
	is_frame(&f[2], "measure", 28, false);
	assert_int_equal(binary_frames(x.b, 0x42000062, true, f, BINARY_FRAMES), 1);
	is_frame(&f[0], "_start", 42, false);
	file_close(&x);
}

static void
test_symbols(void **state)
{
	struct binary_frame f[BINARY_FRAMES];
	struct err_msg why;
	struct file x;

	(void)state;
	assert_int_equal(file_open(&x, "stripped.elf", &why), ERR_OK);
	assert_string_equal(binary_debug(x.b), "symbols");
	assert_int_equal(binary_frames(x.b, 0x18, false, f, BINARY_FRAMES), 1);
	assert_string_equal(f[0].func, "measure");
	assert_int_equal(f[0].offset, 8);
	assert_null(f[0].file);
	file_close(&x);
}

static void
test_refuses(void **state)
{
	char text[] = "package main\n\nfunc main() { panic(1) } // no ELF file, but long enough";
	struct binary *b = NULL;
	struct err_msg why;
	struct file x;

	(void)state;
	assert_int_equal(binary_open(text, sizeof text, "main.go", &b, &why), ERR_FORMAT);
	assert_null(b);
	assert_string_equal(why.what, "main.go");
	assert_int_equal(binary_open(text, 0, "empty", &b, &why), ERR_FORMAT);
	assert_int_equal(file_open(&x, "thumb.elf", &why), ERR_OK);
	binary_close(x.b);
	x.bytes.data[16] = 1;           /* ET_REL */
	assert_int_equal(binary_open(x.bytes.data, x.bytes.len, "x.o", &x.b, &why), ERR_FORMAT);
	file_close(&x);
}

/* Every file that is cut, and many that are bent: an answer or a refusal, never a fault. */
static void
test_hostile(void **state)
{
	struct binary_frame f[BINARY_FRAMES];
	struct err_msg why;
	struct file x;
	uint32_t seed = 12345;

	(void)state;
	assert_int_equal(file_open(&x, "thumb.elf", &why), ERR_OK);
	binary_close(x.b);
	x.b = NULL;
	for (size_t n = 0; n < x.bytes.len; n += 61) {
		char *part = mem_dup(x.bytes.data, n + 1);
		struct binary *b;

		if (binary_open(part, n, "cut", &b, &why) == ERR_OK) {
			(void)binary_frames(b, 0x18, false, f, BINARY_FRAMES);
			binary_close(b);
		}
		mem_free(part);
	}
	for (unsigned i = 0; i < 400; i++) {
		char *bent = mem_dup(x.bytes.data, x.bytes.len);
		struct binary *b;

		for (unsigned k = 0; k < 4; k++) {
			seed = seed * 1664525 + 1013904223;
			bent[(seed >> 8) % x.bytes.len] = (char)(seed >> 3);
		}
		if (binary_open(bent, x.bytes.len, "bent", &b, &why) == ERR_OK) {
			for (uint64_t a = 0x10; a < 0x70; a += 7)
				(void)binary_frames(b, a, false, f, BINARY_FRAMES);
			binary_close(b);
		}
		mem_free(bent);
	}
	buf_fini(&x.bytes);
}

/* ---- Go's table, written here by hand: one function at 0x1000, 0x20 bytes, lines 7 and 9 */

static size_t
put(unsigned char *p, size_t at, uint64_t v, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		p[at + i] = (unsigned char)(v >> 8 * i);
	return at + n;
}

enum { NAMES = 72, UNITS = 96, FILES = 104, PCTAB = 128, FUNCTAB = 144, TABLE = 240 };

static void
table_120(unsigned char p[TABLE])
{
	static const uint64_t words[] = { 1, 1, 0x1000, NAMES, UNITS, FILES, PCTAB, FUNCTAB };
	size_t at;

	memset(p, 0, TABLE);
	put(p, 0, 0xfffffff1, 4);
	p[6] = 1;
	p[7] = 8;
	for (size_t i = 0; i < 8; i++)
		put(p, 8 + 8 * i, words[i], 8);
	memcpy(p + NAMES, "main.work", 10);
	put(p, UNITS, 0, 4);
	memcpy(p + FILES, "/src/main.go", 13);
	/* pcfile: value 0 for 0x20; pcln: 7 for 0x10, then 9 for 0x10 (zigzag, from -1) */
	memcpy(p + PCTAB, "\0\x02\x20\0\x10\x10\x04\x10\0", 9);
	at = put(p, FUNCTAB, 0, 4);
	at = put(p, at, 16, 4);                 /* the record, after the two rows of the table */
	at = put(p, at, 0x20, 4);
	at = put(p, at, 0, 4);
	at = put(p, at, 0, 4);                  /* entry */
	at = put(p, at, 0, 4);                  /* name */
	at = put(p, at, 0, 4);
	at = put(p, at, 0, 4);
	at = put(p, at, 0, 4);                  /* pcsp */
	at = put(p, at, 1, 4);                  /* pcfile */
	at = put(p, at, 4, 4);                  /* pcln */
	at = put(p, at, 0, 4);
	(void)put(p, at, 0, 4);                 /* unit */
}

static void
test_gotab(void **state)
{
	unsigned char p[TABLE];
	struct gotab_place place;
	struct gotab t;

	(void)state;
	table_120(p);
	assert_true(gotab_open(&t, p, sizeof p, false, 0));
	assert_true(gotab_find(&t, 0x1000, &place));
	assert_string_equal(place.func, "main.work");
	assert_string_equal(place.file, "/src/main.go");
	assert_int_equal(place.line, 7);
	assert_true(gotab_find(&t, 0x101f, &place));
	assert_int_equal(place.line, 9);
	assert_false(gotab_find(&t, 0xfff, &place));
	assert_false(gotab_find(&t, 0x1020, &place));
	put(p, 8 + 16, 0, 8);                   /* 1.26 leaves the beginning of the code out */
	assert_true(gotab_open(&t, p, sizeof p, false, 0x4000));
	assert_true(gotab_find(&t, 0x4010, &place));
	assert_int_equal(place.line, 9);
}

static void
test_gotab_hostile(void **state)
{
	unsigned char p[TABLE];
	struct gotab_place place;
	struct gotab t;

	(void)state;
	for (size_t i = 0; i < TABLE; i++)
		for (unsigned v = 0; v < 256; v += 15) {
			unsigned char *q;

			table_120(p);
			p[i] = (unsigned char)v;
			q = mem_dup(p, TABLE);  /* its end is the end of its memory */
			if (gotab_open(&t, q, TABLE, false, 0))
				for (uint64_t pc = 0xff0; pc < 0x1030; pc += 5)
					(void)gotab_find(&t, pc, &place);
			mem_free(q);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_thumb), cmocka_unit_test(test_riscv),
		cmocka_unit_test(test_symbols), cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_hostile), cmocka_unit_test(test_gotab),
		cmocka_unit_test(test_gotab_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
