/* test_gauge_remote.c - the sampling protocol against a shell of the test's own: what is taken, what is
 * dropped whole, and where the lines of a kernel in between go. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "gauge/remote.h"

struct shell {
	struct loop *loop;
	struct mirror *mirror;
	struct remote *remote;
	struct buf asked, console;
	unsigned good, bad, dead;
	char why[ERR_WHY_MAX];
};

static void
on_write(void *arg, const char *p, size_t n)
{
	struct shell *s = arg;

	assert_int_equal(buf_add(&s->asked, p, n), ERR_OK);
}

static void
on_done(void *arg, const struct err_msg *why)
{
	struct shell *s = arg;

	s->good += why == NULL;
	s->bad += why != NULL;
	snprintf(s->why, sizeof s->why, "%s", why != NULL ? why->why : "");
}

static void
on_dead(void *arg, const struct err_msg *why)
{
	struct shell *s = arg;

	(void)why;
	s->dead++;
}

static void
on_console(void *arg, const char *p, size_t n)
{
	struct shell *s = arg;

	assert_int_equal(buf_add(&s->console, p, n), ERR_OK);
}

static void
begin(struct shell *s, unsigned baud)
{
	static const struct remote_cb cb = { .write = on_write, .done = on_done, .dead = on_dead,
		.console = on_console };

	memset(s, 0, sizeof *s);
	buf_init(&s->asked, 1 << 20);
	buf_init(&s->console, 1 << 24);
	s->loop = loop_new();
	s->mirror = mirror_new();
	s->remote = remote_new(s->loop, s->mirror, &cb, s);
	remote_baud(s->remote, baud);
}

static void
end(struct shell *s)
{
	remote_free(s->remote);
	mirror_free(s->mirror);
	loop_free(s->loop);
	buf_fini(&s->asked);
	buf_fini(&s->console);
}

/* The number of the newest request. */
static unsigned
seq(const struct shell *s)
{
	const char *text = buf_str(&s->asked), *last = text;
	unsigned n = 0;

	for (const char *c = text; *c != '\0'; c++)
		if (*c == '\n' && c[1] != '\0')
			last = c + 1;
	/* the first one starts the loop and is its argument */
	assert_true(sscanf(last, " vs %u", &n) == 1 || sscanf(last, "%u ", &n) == 1);
	return n;
}

static size_t
frame(char *out, size_t size, unsigned n, const char *lines)
{
	return (size_t)snprintf(out, size, "<vs %u %zu\n%s\nvs %u>\n", n, strlen(lines), lines, n);
}

static void
answer(struct shell *s, const char *lines)
{
	char f[8192];
	const size_t n = frame(f, sizeof f, seq(s), lines);

	buf_clear(&s->asked);
	remote_feed(s->remote, f, n);
}

static const char hello[] = "/vise/shell:812\n/vise/system:Linux 6.1.21 armv7l\n"
			    "/vise/model:Raspberry Pi 4 Model B";
static const char found[] = "/sys/class/thermal/thermal_zone0/type:cpu-thermal";
static const char sample[] =
    "/proc/uptime:812.42 3000.00\n/proc/meminfo:MemTotal:        3884000 kB\n"
    "/proc/meminfo:MemAvailable:    3100000 kB\n"
    "/sys/class/thermal/thermal_zone0/temp:51540";

/* To where the sample itself is asked for. */
static void
greet(struct shell *s)
{
	remote_begin(s->remote);
	assert_non_null(strstr(buf_str(&s->asked), "grep -HsE"));
	buf_clear(&s->asked);
	assert_true(remote_sample(s->remote));
	assert_false(remote_sample(s->remote));         /* one at a time */
	answer(s, hello);
	answer(s, found);
	assert_non_null(strstr(buf_str(&s->asked), "/proc/meminfo"));
}

static void
text_is(struct shell *s, const char *path, const char *want)
{
	char text[512];

	assert_true(mirror_read(s->mirror, path, text, sizeof text) >= 0);
	assert_string_equal(text, want);
}

static void
sample_is_there(struct shell *s)
{
	text_is(s, "/proc/uptime", "812.42 3000.00\n");
	text_is(s, "/proc/meminfo",
	    "MemTotal:        3884000 kB\nMemAvailable:    3100000 kB\n");
	text_is(s, "/sys/class/thermal/thermal_zone0/temp", "51540\n");
	text_is(s, "/sys/class/thermal/thermal_zone0/type", "cpu-thermal\n");
}

static void
a_round(void **state)
{
	struct shell s;

	(void)state;
	begin(&s, 0);
	greet(&s);
	assert_int_equal(s.good, 0);
	answer(&s, sample);
	assert_int_equal(s.good, 1);
	sample_is_there(&s);
	assert_string_equal(remote_model(s.remote), "Raspberry Pi 4 Model B");
	assert_string_equal(remote_system(s.remote), "Linux 6.1.21 armv7l");
	assert_true(remote_found(s.remote));
	assert_false(remote_found(s.remote));
	assert_true(remote_uptime(s.remote) == UINT64_C(812420000000));
	/* the next asks for the sample at once, and what it does not tell is gone */
	assert_true(remote_sample(s.remote));
	answer(&s, "/proc/uptime:813.42 3001.00");
	assert_int_equal(s.good, 2);
	assert_true(mirror_read(s.mirror, "/proc/meminfo", (char[8]){ 0 }, 8) < 0);
	text_is(&s, "/sys/class/thermal/thermal_zone0/type", "cpu-thermal\n");
	end(&s);
}

/* Every byte alone: how a frame is cut says nothing about it. */
static void
byte_by_byte(void **state)
{
	char f[4096];
	struct shell s;
	size_t n;

	(void)state;
	begin(&s, 115200);
	greet(&s);
	n = frame(f, sizeof f, seq(&s), sample);
	for (size_t i = 0; i < n; i++)
		remote_feed(s.remote, f + i, 1);
	assert_int_equal(s.good, 1);
	sample_is_there(&s);
	end(&s);
}

/* A kernel line at each place of a frame: taken with the right values, or not at all; and a line
 * that stands before or behind the frame reaches the console. */
static void
kernel_lines(void **state)
{
	static const char noise[] = "[  812.345678] usb 1-1: new high-speed USB device\r\n";
	static const char shown[] = "[  812.345678] usb 1-1: new high-speed USB device\n";
	char f[4096], mixed[8192];
	unsigned taken = 0, dropped = 0;
	struct shell s;
	size_t n;

	(void)state;
	begin(&s, 115200);
	for (size_t at = 0;; at++) {
		greet(&s);
		n = frame(f, sizeof f, seq(&s), sample);
		if (at > n)
			break;
		memcpy(mixed, f, at);
		memcpy(mixed + at, noise, sizeof noise - 1);
		memcpy(mixed + at + sizeof noise - 1, f + at, n - at);
		buf_clear(&s.console);
		s.good = s.bad = 0;
		buf_clear(&s.asked);
		remote_feed(s.remote, mixed, n + sizeof noise - 1);
		if (s.good != 0) {
			taken++;
			sample_is_there(&s);
			if (at == 0)
				assert_non_null(strstr(buf_str(&s.console), shown));
		} else {
			struct err_msg why;

			dropped++;
			assert_int_equal(s.bad, 0);     /* the deadline has not come yet */
			(void)err_set(&why, ERR_LOST, "board", NULL, "cut");
			remote_cut(s.remote, &why);
			assert_int_equal(s.bad, 1);
		}
	}
	assert_true(taken >= 2);
	assert_true(dropped > n / 2);
	end(&s);
}

static void
wrong_frames(void **state)
{
	static const char *const lines[] = {
		"no path at all", "/proc/uptime", "relative:1", ":1", "/a:1\n\n/b:2", "\n",
	};
	char f[512];
	struct shell s;

	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		begin(&s, 0);
		greet(&s);
		answer(&s, lines[i]);
		assert_int_equal(s.good, 0);
		end(&s);
	}
	/* an old number, a length that lies, one past every bound */
	begin(&s, 0);
	greet(&s);
	remote_feed(s.remote, f, frame(f, sizeof f, seq(&s) - 1, sample));
	assert_int_equal(s.good, 0);
	remote_feed(s.remote, f, (size_t)snprintf(f, sizeof f, "<vs %u 5\n/a:123\nvs %u>\n", seq(&s),
	    seq(&s)));
	assert_int_equal(s.good, 0);
	remote_feed(s.remote, f, (size_t)snprintf(f, sizeof f, "<vs %u 99999999999\n", seq(&s)));
	remote_feed(s.remote, "<vs <vs <vs", 11);
	answer(&s, sample);
	assert_int_equal(s.good, 1);            /* and none of it stands in the way of a good one */
	end(&s);
}

/* Endless noise without a frame costs no memory without end, and all of it reaches the console. */
static void
flood(void **state)
{
	char part[4096];
	struct shell s;
	size_t total = 0;

	(void)state;
	begin(&s, 115200);
	greet(&s);
	memset(part, 'x', sizeof part);
	for (int i = 0; i < 1000; i++, total += sizeof part)
		remote_feed(s.remote, part, sizeof part);
	assert_true(s.console.len + 8 >= total && s.console.len <= total);
	answer(&s, sample);
	assert_int_equal(s.good, 1);
	end(&s);
}

static void
a_process_by_name(void **state)
{
	struct shell s;

	(void)state;
	begin(&s, 0);
	remote_process(s.remote, 0, "app");
	remote_begin(s.remote);
	buf_clear(&s.asked);
	assert_true(remote_sample(s.remote));
	answer(&s, hello);
	answer(&s, found);
	assert_non_null(strstr(buf_str(&s.asked), "/proc/[0-9]*/comm"));
	answer(&s, "/proc/99/comm:application\n/proc/812/comm:app\n/proc/77/comm:sh\n/proc/9000/comm:app");
	assert_non_null(strstr(buf_str(&s.asked), "/proc/812/cgroup /proc/812/smaps_rollup"));
	answer(&s, "/proc/812/cgroup:0::/app\n/proc/812/smaps_rollup:Pss: 12 kB");
	/* It has a rollup: only its threads are added up. */
	assert_non_null(strstr(buf_str(&s.asked), " + 812\n"));
	answer(&s, "/vise/threads:1.00 5 100 20");
	assert_non_null(strstr(buf_str(&s.asked), "/proc/812/stat /proc/812/status"));
	answer(&s, "/proc/uptime:1.0 1.0\n/proc/812/stat:812 (app) S 1 1 1 0 -1 4194560 1 0 0 0 7 3 0 0 20 "
		   "0 1 0 500 1000 100");
	assert_int_equal(s.good, 1);
	text_is(&s, "/proc/812/comm", "app");
	/* it ends: looked for again, after a while; its number is not taken for it */
	assert_true(remote_sample(s.remote));
	answer(&s, "/proc/uptime:2.0 2.0");
	text_is(&s, "/proc/812/comm", "");
	end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_round), cmocka_unit_test(byte_by_byte),
		cmocka_unit_test(kernel_lines), cmocka_unit_test(wrong_frames),
		cmocka_unit_test(flood), cmocka_unit_test(a_process_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
