/* test_launch_parts.c - progress read from recorded tools' output, in pieces, cut and mixed with noise. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "launch/progress.h"
#include "sys/io.h"
#include "sys/path.h"

struct tool_row { const char *file, *stage, *last, *error; double percent; };

static const struct tool_row tools[] = {
	{ "avrdude-ok", "verify", "avrdude done.  Thank you.", "", 100 },
	{ "bossac-ok", "verify", "Done in", "", 100 },
	{ "dfu-util-ok", "write", "Transitioning", "", 100 },
	{ "dfu-util-nodevice", "", "dfu-util: No DFU", "", -1 },
	{ "openocd-ok", "reset", "shutdown command invoked", "", -1 },
	{ "openocd-fault", "write", "at file", "Error: ", -1 },
	{ "openocd-noprobe", "", "shutdown command", "Error: unable to find a matching CMSIS-DAP device", -1 },
	{ "stm32flash-ok", "write", "Starting execution", "", 100 },
	{ "stm32flash-nack", "write", "Wrote and verified address 0x08000200", "", 8.53 },
};

static void
feed_file(const struct tool_row *t, size_t piece, struct progress *p, unsigned *changes)
{
	const char *top = getenv("srcdir");
	char *path = mem_fmt("%s/tests/data/launch/%s.txt", top != NULL ? top : ".", t->file);
	struct err_msg why;
	struct buf b;

	buf_init(&b, 1 << 20);
	assert_int_equal(sys_file_read(path, 1 << 16, &b, &why), ERR_OK);
	progress_init(p);
	*changes = 0;
	for (size_t at = 0; at < b.len; at += piece) {
		*changes += progress_feed(p, b.data + at, b.len - at < piece ? b.len - at : piece);
		assert_true(p->percent <= 100 && p->done <= p->total);
	}
	buf_fini(&b);
	mem_free(path);
}

/* In whatever pieces it comes, the end is the same. */
static void
recorded(void **state)
{
	static const size_t pieces[] = { 1, 2, 7, 64, 100000 };

	(void)state;
	for (size_t i = 0; i < sizeof tools / sizeof *tools; i++)
		for (size_t k = 0; k < sizeof pieces / sizeof *pieces; k++) {
			const struct tool_row *t = &tools[i];
			struct progress p;
			unsigned changes;

			feed_file(t, pieces[k], &p, &changes);
			assert_string_equal(p.stage, t->stage);
			assert_memory_equal(p.last, t->last, strlen(t->last));
			assert_memory_equal(p.error, t->error, strlen(t->error));
			assert_true(p.error[0] == '\0' || t->error[0] != '\0' || strstr(t->file, "ok") != NULL ||
			    strstr(t->file, "nack") != NULL);
			assert_true(p.percent > t->percent - 0.01 && p.percent < t->percent + 0.01);
			assert_true(changes > 0 || t->stage[0] == '\0');
		}
}

static void
shapes(void **state)
{
	struct progress p;
	char longer[2000];

	(void)state;
	progress_init(&p);
	assert_false(progress_feed(&p, "16384/49152 bytes", 17));
	assert_true(progress_feed(&p, "\n", 1));
	assert_true(p.done == 16384 && p.total == 49152 && p.percent > 33.3 && p.percent < 33.4);
	assert_true(progress_feed(&p, "Erasing\r", 8));
	assert_true(p.percent < 0 && p.total == 0);
	assert_false(progress_feed(&p, "101 % 5/3 bytes 1/0 pages 7/x bytes %\n", 38));
	assert_true(p.percent < 0);
	assert_true(progress_feed(&p, "a 1% b 37.5 %\n", 14));
	assert_true(p.percent > 37.4 && p.percent < 37.6);
	assert_false(progress_feed(&p, "\033[1mx\n\n\r\n", 9));
	assert_string_equal(p.last, "[1mx");
	memset(longer, 'z', sizeof longer);
	longer[sizeof longer - 1] = '\n';
	(void)progress_feed(&p, longer, sizeof longer);
	assert_int_equal(strlen(p.last), 150);
	assert_string_equal(p.error, "");
	(void)progress_feed(&p, "error: one\nerror: two\n", 22);
	assert_string_equal(p.error, "error: one");
}

static void
noise(void **state)
{
	static const char parts[] = "0123456789%/ ()\r\nbytespagesErasing";
	struct progress p;

	(void)state;
	srand(5);
	progress_init(&p);
	for (int i = 0; i < 300000; i++) {
		const char c = (char)(rand() % 20 == 0 ? rand() % 256 : parts[(size_t)rand() % (sizeof parts - 1)]);

		(void)progress_feed(&p, &c, 1);
		assert_true(p.percent <= 100 && p.percent >= -1 && p.done <= p.total);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recorded), cmocka_unit_test(shapes), cmocka_unit_test(noise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
