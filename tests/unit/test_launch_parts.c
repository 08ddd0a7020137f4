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

struct tool_row { const char *file, *tool, *stage, *last, *error; double percent; uint64_t total; };

/* NAME-source.txt is written after the tool's source, the others are recorded. */
static const struct tool_row tools[] = {
	{ "avrdude-ok", "avrdude", "verify", "avrdude done.  Thank you.", "", 100, 0 },
	{ "avrdude-ok-tty", "avrdude", "verify", "avrdude done.  Thank you.", "", 100, 0 },
	{ "avrdude-noport", "avrdude", "", "avrdude done.  Thank you.", "", -1, 0 },
	{ "bossac-ok", "/usr/bin/bossac", "verify", "Done in", "", 100, 0 },
	{ "bossac-badpage", "bossac", "verify", "Byte errors: 4081", "", 100, 6000 },
	{ "dfu-util-ok", "dfu-util", "reset", "Transitioning", "", -1, 0 },
	{ "dfu-util-nodevice", "dfu-util", "", "dfu-util: No DFU", "", -1, 0 },
	{ "dfu-util-verify-error", "dfu-util", "write", "dfu-util: Failed to write whole", "", 34, 0 },
	{ "openocd-ok", "openocd", "reset", "shutdown command invoked", "", -1, 0 },
	{ "openocd-fault", "openocd", "write", "at file", "Error: ", -1, 0 },
	{ "openocd-unplugged-mid", "openocd", "write", "", "Error: [nrf51.cpu] clearing lockup", -1, 0 },
	{ "openocd-unplugged-after-verify", "openocd", "reset", "", "Error: [nrf51.cpu] clearing", -1, 0 },
	{ "openocd-noprobe", "openocd", "", "shutdown command", "Error: unable to find a matching CMSIS-DAP device", -1, 0 },
	{ "stm32flash-ok", "stm32flash", "reset", "Starting execution", "", -1, 0 },
	{ "stm32flash-nack", "stm32flash", "write", "Wrote and verified address 0x08000200", "", 8.53, 0 },
	{ "esptool4-source", "esptool.py", "write", "Writing at 0x0001a3f2", "", 22, 0 },
	{ "esptool5-source", "esptool", "write", "Writing at 0x00014000", "", 66.66, 49152 },
	{ "picotool-source", "picotool", "verify", "Verifying Flash:", "", 50, 0 },
	{ "st-flash-source", "st-flash", "write", "6/ 12 pages written", "", 50, 0 },
	{ "dd-ok", "dd", "write", "100000 bytes (100 kB", "", -1, 0 },
	/* one that is not known: any percentage counts */
	{ "bossac-ok", "mytool", "verify", "Done in", "", 100, 0 },
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
	progress_init(p, t->tool);
	*changes = 0;
	for (size_t at = 0; at < b.len; at += piece) {
		*changes += progress_feed(p, b.data + at, b.len - at < piece ? b.len - at : piece);
		assert_true(p->percent <= 100 && (p->total == 0 || p->done <= p->total));
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
			assert_true(p.total == t->total || t->total == 0);
			assert_true(changes > 0 || t->stage[0] == '\0');
		}
}

static void
shapes(void **state)
{
	struct progress p;
	char longer[2000];

	(void)state;
	progress_init(&p, NULL);
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
	assert_string_equal(p.last, "x");
	memset(longer, 'z', sizeof longer);
	longer[sizeof longer - 1] = '\n';
	(void)progress_feed(&p, longer, sizeof longer);
	assert_int_equal(strlen(p.last), 150);
	assert_string_equal(p.error, "");
	(void)progress_feed(&p, "error: one\nerror: two\n", 22);
	assert_string_equal(p.error, "error: one");
}

static void
feed(struct progress *p, const char *text)
{
	(void)progress_feed(p, text, strlen(text));
}

/* What a bar must not do: jump at words that are no progress, at 900 %, back and forth at rounding; sequences for
 * the terminal are no text, and one that never ends does not swallow the rest. */
static void
hostile(void **state)
{
	struct progress p;
	char *flood = mem_zero(1 << 20, 1);
	unsigned pass;

	(void)state;
	progress_init(&p, "avrdude");
	feed(&p, "Writing | ### | 40% 0.1 s\rWriting | ### | 900% 0.1 s\rWriting | ### | -5% 0 s\r");
	assert_true(p.percent > 39 && p.percent < 41);
	feed(&p, "memory usage 99% of flash\nfile 100% read\n");
	assert_true(p.percent > 39 && p.percent < 41);
	pass = p.pass;
	feed(&p, "Writing | ### | 39% 0.1 s\r");
	assert_int_equal(p.pass, pass);
	feed(&p, "Writing | # | 2% 0.1 s\r");           /* the next section: its own count */
	assert_int_equal(p.pass, pass + 1);
	memset(flood, 'x', 1 << 20);
	for (int i = 0; i < 8; i++)
		(void)progress_feed(&p, flood, 1 << 20);        /* eight megabytes without an end */
	feed(&p, "\nWriting | ## | 50% 0.1 s\r");
	assert_true(p.percent > 49 && p.percent < 51 && strlen(p.last) <= 150);
	feed(&p, "\033[2K\033[1A\033[32mWriting | ## | 60% 1 s\033[0m\033[K");
	assert_true(p.percent > 59 && p.percent < 61);
	assert_string_equal(p.last, "Writing | ## | 60% 1 s");
	feed(&p, "\033]0;title 70%\aWriting | ## | 61% 1 s\r\033");
	assert_true(p.percent > 60 && p.percent < 62);
	feed(&p, "P");
	(void)progress_feed(&p, flood, 1000);
	feed(&p, "\nWriting | ## | 62% 1 s\n");
	assert_true(p.percent > 61 && p.percent < 63);
	(void)progress_feed(&p, "Writing\0| ## | 63% 1 s\n", 23);
	assert_true(p.percent > 61 && strchr(p.last, '\0') == p.last + strlen(p.last));
	for (int i = 0; i < 40000; i++)
		feed(&p, "Error: the probe is gone\n");
	assert_string_equal(p.error, "Error: the probe is gone");
	assert_true(p.percent > 61);
	mem_free(flood);
}

/* Bars that grow by single marks, and several of them at once. */
static void
growing(void **state)
{
	static const char live[] =
	    "      Erasing \xe2\x9c\x94 100%% [####################]  20.00 KiB @  50.00 KiB/s (took 0s)\r\n"
	    "  Programming \xe2\xa0\x81  %d%% [########------------]   8.00 KiB @  12.00 KiB/s (ETA 1s)\r\n"
	    "    Verifying \xe2\xa0\x81   0%% [--------------------]\033[2A";
	struct progress p;
	unsigned pass;

	(void)state;
	progress_init(&p, "avrdude");
	feed(&p, "\nReading | ##");
	assert_true(p.percent < 0);             /* its signature */
	feed(&p, "\navrdude: writing 12288 bytes flash ...\n\nWriting | ");
	assert_true(p.percent < 0 && p.total == 12288);
	assert_true(progress_feed(&p, "#", 1));
	assert_true(p.percent > 1.9 && p.percent < 2.1);
	for (int i = 0; i < 24; i++)
		feed(&p, "#");
	assert_true(p.percent > 49.9 && p.percent < 50.1 && p.done == 6144);
	pass = p.pass;
	feed(&p, "######################### | 100% 10.08s\n");
	assert_true(p.percent > 99 && p.pass == pass);
	feed(&p, "Reading | #");
	assert_true(p.percent > 1.9 && p.percent < 2.1);
	assert_string_equal(p.stage, "verify");
	progress_init(&p, "tinygo");            /* it runs avrdude */
	feed(&p, "Writing | #########");
	assert_true(p.percent > 17.9 && p.percent < 18.1);
	feed(&p, "####################################################");
	assert_true(p.percent < 18.1);          /* more than there are */
	progress_init(&p, "pyocd");
	feed(&p, "[---|---|---|---|---|---|---|---|---|----]\n[");
	assert_true(p.percent < 0);
	feed(&p, "==========");
	assert_true(p.percent > 24.9 && p.percent < 25.1);
	feed(&p, "\r[=========================                         ]  50%\r[");
	assert_true(p.percent > 49.9 && p.percent < 50.1);
	progress_init(&p, "probe-rs");
	pass = p.pass;
	for (int i = 40; i < 60; i++) {
		char text[512];

		snprintf(text, sizeof text, live, i);
		feed(&p, text);
	}
	assert_string_equal(p.stage, "write");
	assert_true(p.percent > 58.9 && p.percent < 59.1 && p.pass == pass + 1);
	feed(&p, "     Finished in 1.30s\n");
	assert_string_equal(p.stage, "reset");
}

static void
noise(void **state)
{
	static const char parts[] = "0123456789%/ ()\r\nbytespagesErasing";
	struct progress p;

	(void)state;
	srand(5);
	progress_init(&p, NULL);
	for (int i = 0; i < 300000; i++) {
		const char c = (char)(rand() % 20 == 0 ? rand() % 256 : parts[(size_t)rand() % (sizeof parts - 1)]);

		(void)progress_feed(&p, &c, 1);
		assert_true(p.percent <= 100 && p.percent >= -1 && (p.total == 0 || p.done <= p.total));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recorded), cmocka_unit_test(shapes), cmocka_unit_test(hostile),
		cmocka_unit_test(growing),
		cmocka_unit_test(noise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
