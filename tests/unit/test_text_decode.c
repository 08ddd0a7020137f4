/* test_text_decode.c - recorded crashes and traces against what they must say; lines that look like
 * one; floods of hostile lines. VISE_WANT=1 writes the .want files anew. */
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
#include "sys/io.h"
#include "text/decode.h"
#include "text/lines.h"
#include "text/literals.h"

static const char *const levels[] = { "info", "warn", "crash" };

static void
on_found(void *arg, const struct decode_record *r)
{
	struct buf *out = arg;

	(void)buf_add_fmt(out, "%s %s [%llu..%llu] %s\n", levels[r->level], r->decoder,
	    (unsigned long long)r->offset, (unsigned long long)r->last, r->title);
	for (size_t i = 0; i < r->rows; i++) {
		const struct decode_row *w = &r->row[i];

		if (w->has_addr)
			(void)buf_add_fmt(out, "    %s 0x%llx%s\n", w->role,
			    (unsigned long long)w->addr, w->call ? " call" : "");
		else
			(void)buf_add_fmt(out, "    %s%s\n", w->own ? "own: " : "", w->text);
	}
}

static void
on_value(void *arg, const char *name, double value, const char *unit)
{
	(void)buf_add_fmt(arg, "%s = %.10g %s\n", name, value, unit);
}

static const struct decode_callbacks callbacks = { on_found, on_value };

static void
on_line(void *arg, const struct lines_line *l)
{
	decode_line(arg, l->text, l->n, l->offset, l->end);
}

static void
decode_bytes(const char *p, size_t n, size_t piece, struct buf *out)
{
	struct decode *d = decode_new(&callbacks, out);
	struct lines cut;

	lines_init(&cut, 65536, 0);
	for (size_t i = 0; i < n; i += piece)
		lines_feed(&cut, p + i, piece < n - i ? piece : n - i, on_line, d);
	lines_flush(&cut, on_line, d);
	decode_flush(d);
	lines_fini(&cut);
	decode_free(d);
}

static char *
path_of(const char *name, const char *ending)
{
	const char *root = getenv("srcdir");

	return mem_fmt("%s/tests/data/decode/%s%s", root != NULL ? root : ".", name, ending);
}

static void
load(const char *name, const char *ending, struct buf *out)
{
	char *path = path_of(name, ending);
	struct err_msg why;

	buf_init(out, 1 << 20);
	if (sys_file_read(path, 1 << 20, out, &why) != ERR_OK)
		fail_msg("%s: %s", why.what, why.why);
	mem_free(path);
}

static void
check(const char *name)
{
	struct buf log, want, got;
	struct err_msg why;

	load(name, ".log", &log);
	buf_init(&got, 1 << 20);
	decode_bytes(log.data, log.len, 7, &got);
	if (getenv("VISE_WANT") != NULL) {
		char *path = path_of(name, ".want");

		assert_int_equal(sys_file_replace(path, buf_str(&got), got.len, &why), ERR_OK);
		mem_free(path);
	}
	load(name, ".want", &want);
	assert_string_equal(buf_str(&got), buf_str(&want));
	buf_fini(&got);
	buf_fini(&want);
	buf_fini(&log);
}

static void
test_recorded(void **state)
{
	static const char *const names[] = { "cmsis", "esp-abort", "esp32", "esp32c3", "esp8266",
		"go", "go-prefixed", "gotrace", "mbed", "tinygo", "zephyr", "zephyr-riscv" };

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		check(names[i]);
}

/* What people log every day is no crash. */
static void
test_harmless(void **state)
{
	static const char text[] =
	    "don't panic: all is well\n"
	    "HardFault_Handler is at slot 3\n"
	    "mcause handler installed\n"
	    "Exception (in thread main) was handled\n"
	    "goroutine pool has 12 workers\n"
	    "Backtrace: not available\n"
	    "gc 12 ms clock, nothing else\n"
	    "SCHED gomaxprocs=2\n"
	    "EXCVADDR\nCFSR\n"
	    "\n";
	struct buf got;

	(void)state;
	buf_init(&got, 1 << 16);
	decode_bytes(text, sizeof text - 1, 1000, &got);
	/* "HardFault" alone may be one, without registers it is a warning and no crash */
	assert_null(strstr(buf_str(&got), "crash"));
	buf_fini(&got);
}

static void
test_flood(void **state)
{
	static const char *const parts[] = { "panic: ", "goroutine 1 [running]:",
		"\t/a.go:1 +0x1", "main.f(", ")", "MEPC : 0x42000000 ", "Backtrace: 0x1:0x2 ",
		"\033[31m", "\033]0;x", "0x", "HardFault", "ffffffffffffffffffff", "\t", " ",
		"\n", "\n", "gc 1 @1s 1%: 1+1+1", " ms clock, ", "SCHED 1ms: gomaxprocs=1 runqueue=1 [", "\r", "mcause: 5", "\xc3\xa4" };
	struct buf text, got;
	uint32_t seed = 7;

	(void)state;
	buf_init(&text, 4 << 20);
	for (unsigned i = 0; i < 60000; i++) {
		seed = seed * 1664525 + 1013904223;
		(void)buf_add_str(&text, parts[(seed >> 16) % (sizeof parts / sizeof parts[0])]);
	}
	buf_init(&got, 16 << 20);
	decode_bytes(text.data, text.len, 4096, &got);
	assert_true(got.len > 1000);
	buf_fini(&got);
	buf_fini(&text);
}

/* An endless dump is one record, and ends. */
static void
test_bounded(void **state)
{
	struct buf text, got;

	(void)state;
	buf_init(&text, 16 << 20);
	(void)buf_add_str(&text, "panic: x\n\n");
	for (unsigned i = 0; i < 3 * DECODE_LINES; i++)
		(void)buf_add_str(&text, "goroutine 1 [select]:\nmain.f()\n\t/a.go:1 +0x1\n\n");
	buf_init(&got, 1 << 20);
	decode_bytes(text.data, text.len, 4096, &got);
	assert_true(got.len < 20000);
	buf_fini(&got);
	buf_fini(&text);
}

static void
test_literals(void **state)
{
	static const char *const words[] = { "panic: ", "goroutine ", " ms clock, ", "HardFault" };
	static const char *const bad[] = { "abc" };
	struct literals *l = literals_new(words, 4);
	const char text[] = "xpanic: goroutine  ms clock, HardFaul";
	size_t at = 0;

	(void)state;
	assert_null(literals_new(bad, 1));
	assert_int_equal(literals_find(l, text, sizeof text - 1, &at), 0);
	assert_int_equal(at, 1);
	at++;
	assert_int_equal(literals_find(l, text, sizeof text - 1, &at), 1);
	at++;
	assert_int_equal(literals_find(l, text, sizeof text - 1, &at), 2);
	at++;
	assert_int_equal(literals_find(l, text, sizeof text - 1, &at), -1);
	for (size_t i = 0; i < 4; i++) {        /* each at every place, to the last byte */
		for (size_t before = 0; before < 40; before++) {
			char line[80];
			const size_t n = before + strlen(words[i]);

			memset(line, '.', sizeof line);
			memcpy(line + before, words[i], strlen(words[i]));
			at = 0;
			assert_int_equal(literals_find(l, line, n, &at), (int)i);
			assert_int_equal(at, before);
			at = 0;
			assert_int_equal(literals_find(l, line, n - 1, &at), -1);
		}
	}
	literals_free(l);
}

static void
test_plain(void **state)
{
	static const char text[] = "\033[1;31mred\033[0m \033]0;title\a\033(Bx\x01y\tz\x7f\033";
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	decode_plain(text, sizeof text - 1, &b);
	assert_string_equal(buf_str(&b), "red Bxy\tz");
	buf_fini(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_recorded), cmocka_unit_test(test_harmless),
		cmocka_unit_test(test_flood), cmocka_unit_test(test_bounded),
		cmocka_unit_test(test_literals), cmocka_unit_test(test_plain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
