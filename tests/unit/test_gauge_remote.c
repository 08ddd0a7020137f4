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
#include "gauge/processes.h"
#include "gauge/remote.h"
#include "gauge/sieve.h"

struct shell {
	struct loop *loop;
	struct mirror *mirror;
	struct remote *remote;
	struct buf asked, console;
	unsigned good, bad, dead;
	struct processes *processes;
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
on_lines(void *arg, struct slice lines, uint64_t clock)
{
	struct shell *s = arg;

	processes_take(s->processes, lines, clock);
}

static void
begin(struct shell *s, unsigned baud)
{
	static const struct remote_cb cb = { .write = on_write, .done = on_done, .dead = on_dead,
		.console = on_console, .list = on_lines };

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

/* ---- the list of processes ---- */

static json_t *told;
static char told_why[ERR_WHY_MAX];

static void
on_told(void *arg, json_t *list, const struct err_msg *why)
{
	(void)arg;
	json_decref(told);
	told = list;
	snprintf(told_why, sizeof told_why, "%s", why != NULL ? why->why : "");
}

static const json_t *
row(size_t i)
{
	return json_array_get(json_object_get(told, "rows"), i);
}

#define STAT(pid, name, ticks, threads, start) \
	"/proc/" pid "/stat:" pid " (" name ") S 1 1 1 0 -1 0 0 0 0 0 " ticks " 5 0 0 20 0 " \
	threads " 0 " start " 1 1"

/* One question for a board's list: what came before is the start of its CPU shares. */
static void
ask(struct shell *s, const struct processes_want *want, const char *lines)
{
	processes_ask(s->processes, want, on_told, NULL);
	assert_true(processes_wanted(s->processes));
	remote_list(s->remote);
	assert_true(remote_sample(s->remote));
	assert_non_null(strstr(buf_str(&s->asked), " /proc/[0-9]*/stat /proc/[0-9]*/status"));
	answer(s, lines);
	assert_false(processes_wanted(s->processes));
	answer(s, sample);
}

static void
list_of_a_board(void **state)
{
	static const struct processes_want by_rss = { .sort = "rss", .filter = "", .top = 10 },
		by_cpu = { .sort = "cpu", .filter = "", .top = 2 },
		some = { .sort = "name", .filter = "1", .top = 10 };
	const struct root root = { .path = "/proc", .mirror = NULL };
	struct root far = root;
	struct shell s;

	(void)state;
	begin(&s, 0);
	far.mirror = s.mirror;
	s.processes = processes_new(s.loop, &far);
	greet(&s);
	answer(&s, sample);
	ask(&s, &by_rss, "/proc/uptime:100.00 1.00\n" STAT("91", "drop) bear", "10", "1", "480")
	    "\n" STAT("812", "app", "200", "17", "1204") "\n" STAT("9", "kworker/0:1", "1", "1",
	    "30") "\n/proc/77/stat:broken\n"
	    "/proc/91/status:VmRSS:\t    2864 kB\n/proc/812/status:VmRSS:\t   49152 kB");
	assert_int_equal(json_array_size(json_object_get(told, "rows")), 3);
	assert_int_equal(json_get_int(row(0), "pid", 0), 812);
	assert_int_equal(json_get_int(row(0), "rss", 0), 49152 * 1024);
	assert_int_equal(json_get_int(row(0), "threads", 0), 17);
	assert_true(json_is_null(json_object_get(row(0), "cpu")));      /* a share takes two */
	assert_string_equal(json_get_str(row(1), "name", ""), "drop) bear");
	assert_true(json_is_null(json_object_get(row(2), "rss")));      /* a kernel thread */
	/* half a second later by the board's clock; 812 is another process now */
	processes_free(s.processes);
	s.processes = processes_new(s.loop, &far);
	ask(&s, &by_rss, "/proc/uptime:100.00 1.00\n" STAT("91", "a", "10", "1", "480") "\n"
	    STAT("812", "app", "200", "17", "1204"));
	loop_turn(s.loop, 0);
	processes_take(s.processes, slice_of(STAT("91", "a", "30", "1", "480") "\n"
	    STAT("812", "new", "900", "1", "99999")), UINT64_C(100500000000));
	processes_ask(s.processes, &by_cpu, on_told, NULL);     /* a fresh list serves all */
	assert_int_equal(json_get_int(row(0), "pid", 0), 91);
	assert_int_equal(json_get_int(row(0), "cpu", 0), 40);
	assert_true(json_is_null(json_object_get(row(1), "cpu")));
	processes_ask(s.processes, &some, on_told, NULL);
	assert_int_equal(json_get_int(told, "match", 0), 2);
	assert_int_equal(json_get_int(told, "all", 0), 2);
	assert_string_equal(json_get_str(row(0), "name", ""), "a");
	json_decref(told);
	told = NULL;
	processes_free(s.processes);
	end(&s);
}

static void
list_that_does_not_come(void **state)
{
	static const struct processes_want want = { .sort = "rss", .filter = "", .top = 10 };
	struct root root = { .path = "/proc" };
	struct mirror *m = mirror_new();
	struct processes *p;
	struct loop *l = loop_new();
	struct err_msg why;

	(void)state;
	root.mirror = m;
	p = processes_new(l, &root);
	assert_int_equal(processes_check("size", &why), ERR_USAGE);
	assert_int_equal(processes_check("threads", &why), ERR_OK);
	for (int i = 0; i <= PROCESSES_WAITING; i++)
		processes_ask(p, &want, on_told, NULL);
	assert_string_equal(told_why, "too many wait for it");
	processes_free(p);
	assert_non_null(strstr(told_why, "another machine"));
	mirror_free(m);
	loop_free(l);
}

static void
on_shown(void *arg, const char *p, size_t n)
{
	assert_int_equal(buf_add(arg, p, n), ERR_OK);
}

/* What a console says during one sample, in pieces of each size: ours is left out, all else stays. */
static void
whose_line(void **state)
{
#define KMSG "[    7.000001] usb 1-1: new device\r\n"
	static const struct {
		const char *says, *shown;
	} step[] = {
		/* an echo, a frame, the prompt */
		{ " vs\r\n\033[?2004l\r<vr>\r\n<vs 3 9\r\n/proc/uptime:7 7\r\nvs 3>\r\nboard# ", "" },
		/* between lines, in the middle of one, behind the prompt, two in one place */
		{ " vs\r\n<vr>\r\n" KMSG "<vs 3 9\r\n/proc/uptime:7 7\r\nvs 3>\r\nboard# ", KMSG },
		{ "<vs 3 9\r\n/proc/upt" KMSG "ime:7 7\r\n/proc/stat:cpu\r\nvs 3>\r\n", KMSG },
		{ "<vs 3 9\r\n/proc/upt" KMSG KMSG "ime:7 7\r\nsshd: a\r\nvs 3>\r\n",
		    KMSG KMSG "sshd: a\r\n" },
		{ " v" KMSG "s\r\n<vr>\r\n", KMSG },
		{ "vs 3>\r\nboard# " KMSG "sshd: b\r\nboard# ", KMSG "sshd: b\r\n" },
		/* without a stamp it may have come anywhere: rather too much than too little */
		{ "<vs 3 9\r\n/proc/uptime:7 sshd: c\r\n7\r\nvs 3>\r\n",
		    "/proc/uptime:7 sshd: c\r\n7\r\n" },
		/* almost a stamp */
		{ "a[1.2] b\r\n[ 7.0001 c\r\n[x] d\r\n", "a[1.2] b\r\n[ 7.0001 c\r\n[x] d\r\n" },
	};
	struct sieve s;
	struct buf out;

	(void)state;
	buf_init(&out, 65536);
	sieve_init(&s, on_shown, &out);
	for (size_t i = 0; i < sizeof step / sizeof step[0]; i++)
		for (size_t cut = 1; cut <= strlen(step[i].says); cut++) {
			const size_t n = strlen(step[i].says);

			buf_clear(&out);
			sieve_begin(&s, false);
			sieve_asked(&s, " vs\r", 4);
			sieve_prompt(&s, slice_of("\033[?2004hboard# "));
			for (size_t at = 0; at < n; at += cut)
				sieve_feed(&s, step[i].says + at, n - at < cut ? n - at : cut);
			assert_string_equal(buf_str(&out), step[i].shown);
			assert_true(s.shown == (step[i].shown[0] != '\0'));
		}
	/* While the shell learns, only the kernel is heard. */
	buf_clear(&out);
	sieve_begin(&s, true);
	sieve_feed(&s, "> junk\r\n" KMSG "> ", 8 + strlen(KMSG) + 2);
	assert_string_equal(buf_str(&out), KMSG);
	assert_true(slice_is(sieve_rest(&s), "> "));
	/* A line without an end does not grow for ever. */
	buf_clear(&out);
	sieve_begin(&s, false);
	for (int i = 0; i < 3000; i++)
		sieve_feed(&s, "x", 1);
	assert_int_equal(out.len, 2 * (SIEVE_LINE + 2));
	buf_fini(&out);
#undef KMSG
}

static void
prompts(void **state)
{
	static const struct {
		const char *line;
		bool is;
	} row[] = {
		{ "board# ", true }, { "# ", true }, { "me@pi:~$ ", true }, { "> ", true },
		{ "zsh% ", true }, { "=> ", false }, { "login: ", false }, { "board#", false },
		{ "", false }, { " ", false }, { "ls", false },
	};
	char plain[64];

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof row[0]; i++)
		assert_true(sieve_is_prompt(slice_of(row[i].line)) == row[i].is);
	assert_true(slice_is(sieve_plain(slice_of("\033[?2004h\033]0;t\ab\033[1;32m# \033[0m\033[6n\r"),
	    plain), "b# "));
	assert_true(slice_is(sieve_plain(slice_of("a\033"), plain), "a"));
	assert_true(slice_is(sieve_plain(slice_of("a\033[12"), plain), "a"));
	assert_int_equal(sieve_stamp(slice_of("x [   12.345678] y")), 2);
	assert_int_equal(sieve_stamp(slice_of("[12.34")), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(list_of_a_board), cmocka_unit_test(list_that_does_not_come),
		cmocka_unit_test(a_round), cmocka_unit_test(byte_by_byte),
		cmocka_unit_test(kernel_lines), cmocka_unit_test(wrong_frames),
		cmocka_unit_test(whose_line), cmocka_unit_test(prompts),
		cmocka_unit_test(flood), cmocka_unit_test(a_process_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
