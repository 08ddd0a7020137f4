/* test_openocd_words.c - OpenOCD's Tcl both ways, and the words of Cortex-M registers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "openocd/cortexm.h"
#include "openocd/tcl.h"

/* The elements of a list as [a][b], and ! where it is none. */
static void
lists(const char *text, const char *want)
{
	struct slice rest = slice_of(text);
	struct buf word, got;

	buf_init(&word, 4096);
	buf_init(&got, 4096);
	while (tcl_next(&rest, &word))
		(void)buf_add_fmt(&got, "[%s]", buf_str(&word));
	if (slice_trim(rest).n != 0)
		(void)buf_add_byte(&got, '!');
	assert_string_equal(buf_str(&got), want);
	buf_fini(&word);
	buf_fini(&got);
}

static void
test_lists(void **state)
{
	(void)state;
	lists("", "");
	lists("  \n ", "");
	lists("pc 0x08000400 sp 0x20020000", "[pc][0x08000400][sp][0x20020000]");
	lists("{a b} {} c", "[a b][][c]");
	lists("{{x y} z}", "[{x y} z]");
	lists("\"a b\" c", "[a b][c]");
	lists("a\\ b \\{ \\x41\\n", "[a b][{][A\n]");
	lists("{a \\} b}", "[a \\} b]");
	lists("{a", "!");
}

static void
test_lists_that_are_none(void **state)
{
	char deep[200];

	(void)state;
	lists("\"a", "!");
	lists("}", "[}]");
	lists("\\", "[\\]");
	memset(deep, '{', sizeof deep - 1);
	deep[sizeof deep - 1] = '\0';
	lists(deep, "!");
}

static void
unwraps(const char *reply, enum err e, const char *want)
{
	struct buf text;

	buf_init(&text, 4096);
	assert_int_equal(tcl_unwrap(reply, strlen(reply), &text), e);
	if (e != ERR_PROTO)
		assert_string_equal(buf_str(&text), want);
	buf_fini(&text);
}

static void
test_answers(void **state)
{
	(void)state;
	unwraps("0 {}", ERR_OK, "");
	unwraps("0 running", ERR_OK, "running");
	unwraps("0 {0x1 0x2}", ERR_OK, "0x1 0x2");
	unwraps("1 {invalid command name \"nosuch\"}", ERR_TOOL, "invalid command name \"nosuch\"");
	unwraps("-304 {target not halted\n}", ERR_TOOL, "target not halted\n");
	unwraps("", ERR_PROTO, "");
	unwraps("0", ERR_PROTO, "");
	unwraps("0 a b", ERR_PROTO, "");
	unwraps("x {}", ERR_PROTO, "");
	unwraps("0 {", ERR_PROTO, "");
	unwraps("99999999999999999999 {}", ERR_PROTO, "");
}

/* A word comes back as it was, whatever it is made of. */
static void
test_words(void **state)
{
	static const char *const words[] = { "", "a", "a b", "{", "}", "[exit]", "$x", "\"", "\\",
		"a\nb", ";", "#", "/tmp/a b.elf", "\xc3\xa9" };
	struct buf out, word;

	(void)state;
	buf_init(&out, 4096);
	buf_init(&word, 4096);
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		struct slice rest;

		buf_clear(&out);
		assert_int_equal(tcl_word(words[i], strlen(words[i]), &out), ERR_OK);
		rest = slice_make(buf_str(&out), out.len);
		assert_true(tcl_next(&rest, &word));
		assert_string_equal(buf_str(&word), words[i]);
		assert_int_equal(rest.n, 0);
	}
	assert_int_equal(tcl_word("a\x1a", 2, &out), ERR_USAGE);
	buf_clear(&out);
	assert_int_equal(tcl_wrap("mdw 0x0", false, &out), ERR_OK);
	assert_string_equal(buf_str(&out), "list [catch mdw\\ 0x0 vise_m] $vise_m");
	buf_clear(&out);
	assert_int_equal(tcl_wrap("halt", true, &out), ERR_OK);
	assert_string_equal(buf_str(&out), "list [catch capture\\ halt vise_m] $vise_m");
	buf_fini(&out);
	buf_fini(&word);
}

static void
test_numbers(void **state)
{
	struct slice rest = slice_of(" 0x20000000 17 0xzz  x");
	uint64_t v;

	(void)state;
	assert_true(tcl_next_u64(&rest, &v));
	assert_int_equal(v, 0x20000000);
	assert_true(tcl_next_u64(&rest, &v));
	assert_int_equal(v, 17);
	assert_false(tcl_next_u64(&rest, &v));
	assert_false(tcl_next_u64(&rest, &v));
	assert_false(tcl_next_u64(&rest, &v));
}

static void
on_row(void *arg, const char *text)
{
	(void)buf_add_fmt(arg, "%s\n", text);
}

static void
says(uint32_t addr, uint32_t value, uint32_t cfsr, const char *want)
{
	struct buf got;

	buf_init(&got, 4096);
	cortexm_words(addr, value, cfsr, on_row, &got);
	assert_string_equal(buf_str(&got), want);
	buf_fini(&got);
}

static void
test_registers(void **state)
{
	char text[CORTEXM_TEXT];

	(void)state;
	says(CORTEXM_CPUID, 0x410fc241, 0, "Cortex-M4 r0p1\n");
	says(CORTEXM_DHCSR, 0x00030003, 0, "C_DEBUGEN: debugging is on\nC_HALT: it is asked to halt\n"
	    "S_HALT: the core is halted\n");
	says(CORTEXM_DFSR, 2, 0, "BKPT: a breakpoint\n");
	says(CORTEXM_CFSR, 0, 0, "no fault\n");
	says(CORTEXM_CFSR, 1u << 25, 0, "DIVBYZERO: division by zero\n");
	says(CORTEXM_HFSR, 1u << 30, 0,
	    "FORCED: a fault that its own handler could not take: see CFSR\n");
	says(CORTEXM_BFAR, 0x10, 1u << 15,
	    "the access was at 0x00000010: a nil pointer, or a field of one\n");
	says(CORTEXM_BFAR, 0x10, 0, "means nothing now: CFSR.BFARVALID is not set\n");
	says(0xe000ed04, 3, 0, "VECTACTIVE 3: HardFault is active\n");
	says(0xe000ed04, 0, 0, "no exception is active: thread mode\n");
	says(0xe000ed88, 0x00f00000, 0, "the floating point unit is on\n");
	says(0xe0002000, 0x261, 0, "6 code and 2 literal comparators, revision 0\n"
	    "ENABLE: breakpoints are on\n");
	says(0x20000000, 5, 0, "");
	cortexm_core(0x12345678, text, sizeof text);
	assert_string_equal(text, "unknown core 0x12345678");
	assert_true(cortexm_is_v6(0x410cc200));
	assert_false(cortexm_is_v6(0x410fc241));
	cortexm_exception(15, text, sizeof text);
	assert_string_equal(text, "SysTick");
	cortexm_exception(21, text, sizeof text);
	assert_string_equal(text, "IRQ 5");
	assert_ptr_equal(cortexm_register(CORTEXM_CFSR)->name, cortexm_register(CORTEXM_CFSR)->name);
	assert_null(cortexm_register(0x20000000));
}

static void
test_comparators(void **state)
{
	char text[CORTEXM_TEXT];

	(void)state;
	assert_false(cortexm_fpb(0x261, 0, text, sizeof text));
	assert_true(cortexm_fpb(0x261, 0x88000431, text, sizeof text));
	assert_string_equal(text, "breakpoint at 0x08000432");
	assert_true(cortexm_fpb(0x10000261, 0x08000433, text, sizeof text));
	assert_string_equal(text, "breakpoint at 0x08000432");
	assert_false(cortexm_dwt(0x20000000, 0, 0, text, sizeof text));
	assert_true(cortexm_dwt(0x20000000, 2, 6, text, sizeof text));
	assert_string_equal(text, "stops at a write to 0x20000000, 4 bytes");
	assert_true(cortexm_dwt(0x20000000, 0, 5, text, sizeof text));
	assert_string_equal(text, "stops at a read of 0x20000000");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_lists_that_are_none),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_registers),
		cmocka_unit_test(test_comparators),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
