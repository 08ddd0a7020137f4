/* test_launch_debug.c - what gdb and Delve say of their targets, read whole, in pieces and broken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "launch/delve.h"
#include "launch/gdbmi.h"

static const struct { const char *record, *text; bool changes; } records[] = {
	{ "=thread-group-added,id=\"i1\"", "starting", false },
	{ "*running,thread-id=\"all\"", "running", true },
	{ "*running,thread-id=\"2\"", "running", false },
	{ "*stopped,reason=\"breakpoint-hit\",disp=\"keep\",bkptno=\"1\",frame={addr=\"0x08000550\",func=\"main\","
	    "args=[{name=\"a,}\\\"\",value=\"{x=\\\"]\\\"}\"}],file=\"/b/fw.c\",fullname=\"/b/fw.c\",line=\"489\","
	    "arch=\"armv7e-m\"},thread-id=\"1\",stopped-threads=\"all\"",
	    "stopped at fw.c:489 in main (breakpoint 1)", true },
	{ "*stopped,reason=\"end-stepping-range\",frame={addr=\"0x1\",func=\"f\",args=[]},thread-id=\"1\"",
	    "stopped at 0x1 in f (step)", true },
	{ "*stopped,reason=\"signal-received\",signal-name=\"SIGINT\",signal-meaning=\"Interrupt\",frame={addr=\"0x2\","
	    "args=[],file=\"C:\\\\src\\\\a.c\",line=\"7\"}", "stopped at a.c:7 (SIGINT)", true },
	{ "*stopped,reason=\"exited\",exit-code=\"03\"", "exited (exit status 03)", true },
	{ "=thread-group-exited,id=\"i1\",exit-code=\"0\"", "exited (exit status 03)", false },
	{ "*stopped,frame={addr=\"0x3\",func=\"\x1b[31mred\",args=[]", "stopped at 0x3 in  [31mred", true },
	{ "=thread-group-exited,id=\"i1\"", "exited", true },
	{ "*stopped,reason=\"exited-normally\"", "exited (exit status 0)", true },
	{ "*stopped,", "stopped", true },
	{ "*stopped,frame=\"", "stopped", false },
	{ "*stopped,reason=,frame={{{{", "stopped", false },
	{ "~\"*running,thread-id\"", "stopped", false },
};

static void
mi_records(void **state)
{
	char text[400];
	struct gdbmi m;

	(void)state;
	for (size_t piece = 1; piece < 200; piece += 66) {
		gdbmi_init(&m);
		for (size_t i = 0; i < sizeof records / sizeof *records; i++) {
			char *line = mem_fmt("%s\r\n(gdb) \r\n", records[i].record);
			const size_t n = strlen(line);
			bool changed = false;

			for (size_t at = 0; at < n; at += piece)
				changed |= gdbmi_feed(&m, line + at, n - at < piece ? n - at : piece);
			debugstate_text(&m.state, text, sizeof text);
			assert_string_equal(text, records[i].text);
			assert_int_equal(changed, records[i].changes);
			mem_free(line);
		}
		/* a line without an end costs its limit, and the next one counts again */
		for (int i = 0; i < 200000; i++)
			(void)gdbmi_feed(&m, "x", 1);
		assert_true(gdbmi_feed(&m, "\n*running\n", 10));
		gdbmi_fini(&m);
	}
}

static const struct { const char *answer, *text; } answers[] = {
	{ "{\"id\":1,\"result\":{\"State\":{\"Pid\":5,\"Running\":true}},\"error\":null}", "running" },
	{ "{\"id\":1,\"result\":{\"State\":{\"Running\":false,\"currentThread\":{\"pc\":4837426,\"file\":\"/p/main.go\","
	    "\"line\":22,\"function\":{\"name\":\"main.worker\"},\"breakPoint\":{\"id\":1,\"name\":\"\"}}}},\"error\":null}",
	    "stopped at main.go:22 in main.worker (breakpoint 1)" },
	{ "{\"id\":1,\"result\":{\"State\":{\"currentThread\":{\"line\":1190,\"file\":\"panic.go\",\"breakPoint\":{\"id\":-1,"
	    "\"name\":\"unrecovered-panic\"}}}},\"error\":null}", "stopped at panic.go:1190 (unrecovered-panic)" },
	{ "{\"id\":1,\"result\":{\"State\":{\"exited\":true,\"exitStatus\":3}},\"error\":null}", "exited (exit status 3)" },
	{ "{\"id\":4,\"result\":null,\"error\":\"Process 77 has exited with status 2\"}", "exited (exit status 2)" },
	{ "{\"id\":4,\"result\":null,\"error\":\"unknown method\"}", NULL },
	{ "{\"result\":{\"State\":[1]}}", NULL }, { "[]", NULL }, { "{", NULL }, { "", NULL },
};

static void
delve_answers(void **state)
{
	char text[400];

	(void)state;
	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
		struct debugstate d;

		assert_int_equal(delve_read(answers[i].answer, strlen(answers[i].answer), &d),
		    answers[i].text != NULL);
		if (answers[i].text == NULL)
			continue;
		debugstate_text(&d, text, sizeof text);
		assert_string_equal(text, answers[i].text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(mi_records), cmocka_unit_test(delve_answers) };

	return cmocka_run_group_tests_name("launch debug", tests, NULL, NULL);
}
