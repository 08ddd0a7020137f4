/* test_sim_board.c - the whole simulated board in its folder: console on a pty, files that
 * move, the debug server, the end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "pprof/profile_load.h"
#include "sim/board.h"
#include "sim/flash.h"
#include "sys/io.h"
#include "sys/path.h"
#include "sys/sock.h"
#include "sys/time.h"

enum { FAST = 20 };

struct run {
	struct loop *loop;
	struct board *board;
	char dir[200];
	int tty;
	struct buf heard;
};

static void
path(const struct run *r, const char *name, char out[400])
{
	snprintf(out, 400, "%s/%s", r->dir, name);
}

static int
open_run(void **state)
{
	struct run *r = calloc(1, sizeof *r);
	struct err_msg why;
	const char *tmp = getenv("TMPDIR");
	char p[400];

	snprintf(r->dir, sizeof r->dir, "%s/vise-sim.XXXXXX", tmp != NULL ? tmp : "/tmp");
	if (mkdtemp(r->dir) == NULL)
		return -1;
	r->loop = loop_new();
	path(r, "board", p);
	snprintf(r->dir, sizeof r->dir, "%.190s", p);
	if (board_open(r->loop, r->dir, FAST, &r->board, &why) != ERR_OK) {
		print_message("%s: %s\n", why.what, why.why);
		return -1;
	}
	path(r, "tty", p);
	r->tty = sys_open(p, O_RDWR | O_NONBLOCK, 0);
	buf_init(&r->heard, 1 << 20);
	*state = r;
	return r->tty < 0;
}

static int
close_run(void **state)
{
	struct run *r = *state;

	sys_close(r->tty);
	board_close(r->board);
	loop_free(r->loop);
	buf_fini(&r->heard);
	*strrchr(r->dir, '/') = '\0';
	(void)rmdir(r->dir);
	free(r);
	return 0;
}

/* Runs the board until it has said `want` (which is eaten with all before it), or fails after
 * ten seconds. */
static void
hear(struct run *r, const char *want)
{
	const uint64_t until = sys_mono() + 10 * NS_PER_S;
	char p[1024];
	const char *at;

	while ((at = strstr(buf_str(&r->heard), want)) == NULL) {
		const ssize_t n = sys_read(r->tty, p, sizeof p);

		if (n > 0)
			assert_int_equal(buf_add(&r->heard, p, (size_t)n), ERR_OK);
		else
			(void)loop_turn(r->loop, (int64_t)(100 * NS_PER_MS));
		if (sys_mono() > until) {
			print_message("never said: %s\n", want);
			fail();
		}
	}
	buf_eat(&r->heard, (size_t)(at - buf_str(&r->heard)) + strlen(want));
}

static void
tell(struct run *r, const char *text)
{
	assert_true(sys_write_all(r->tty, text, strlen(text)));
}

static void
console(void **state)
{
	struct run *r = *state;

	hear(r, "[READY]\r\n");
	hear(r, "app: sample 1 ");
	tell(r, "AT\r");
	hear(r, "AT\r\n\r\nOK\r\n");
	tell(r, "AT+GMR\r");
	hear(r, "+GMR:3.2.1\r\n\r\nOK\r\n");
	tell(r, "AT+LANG=zh_CN\r");
	hear(r, "OK\r\n");
	hear(r, "boot: simulated");
	hear(r, "\xe6\xac\xa2\xe8\xbf\x8e\xe4\xbd\xbf\xe7\x94\xa8\r\n[READY]\r\n");
	tell(r, "AT+LANG?\r");
	hear(r, "+LANG:zh_CN\r\n\r\nOK\r\n");
	tell(r, "AT+BOOT\r");
	hear(r, "[BOOT] 1.4");
}

static long
number(const struct run *r, const char *name)
{
	char p[400];
	struct buf b;
	long v;

	path(r, name, p);
	buf_init(&b, 1 << 20);
	assert_int_equal(sys_file_read(p, 4096, &b, NULL), ERR_OK);
	v = strtol(buf_str(&b), NULL, 10);
	buf_fini(&b);
	return v;
}

static void
files_move_in_place(void **state)
{
	struct run *r = *state;
	static const char zone[] = "sys/class/thermal/thermal_zone0/temp";
	const uint64_t until = sys_mono() + 20 * NS_PER_S;
	char p[400], first[16] = "", now[16];
	struct stat before, after;
	int fd;

	path(r, zone, p);
	fd = sys_open(p, O_RDONLY, 0);
	assert_int_equal(sys_pread(fd, first, 6, 0), 6);
	assert_int_equal(fstat(fd, &before), 0);
	/* The kept descriptor sees it warm up until the governor holds the clock back. */
	do {
		(void)loop_turn(r->loop, (int64_t)(100 * NS_PER_MS));
		assert_int_equal(sys_pread(fd, now, 6, 0), 6);
	} while (
	    number(r, "sys/class/thermal/cooling_device0/cur_state") == 0 && sys_mono() < until);
	assert_true(atol(now) > 75000 && atol(first) < 75000);
	assert_true(number(r, "sys/devices/system/cpu/cpufreq/policy0/scaling_max_freq") < 1800000);
	assert_int_equal(stat(p, &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
	assert_int_equal(before.st_size, after.st_size);
	sys_close(fd);
}

static void
get(struct run *r, const char *request, struct buf *answer)
{
	const uint64_t until = sys_mono() + 10 * NS_PER_S;
	char p[4096], sock[400];
	ssize_t n;
	int fd;

	path(r, "pprof.sock", sock);
	assert_int_equal(sys_unix_connect(sock, &fd, NULL), ERR_OK);
	assert_true(sys_nonblock(fd, true));
	assert_true(sys_write_all(fd, request, strlen(request)));
	while ((n = sys_read(fd, p, sizeof p)) != 0 && sys_mono() < until) {
		if (n > 0)
			assert_int_equal(buf_add(answer, p, (size_t)n), ERR_OK);
		else if (errno == EAGAIN)
			(void)loop_turn(r->loop, (int64_t)(20 * NS_PER_MS));
		else
			break;
	}
	assert_int_equal(n, 0);
	sys_close(fd);
}

static void
debug_server(void **state)
{
	static const struct {
		const char *request, *status;
	} row[] = {
		{ "GET /debug/vars HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.0 200 OK\r\n" },
		{ "GET /debug/pprof/ HTTP/1.1\r\n\r\n", "HTTP/1.0 200 OK\r\n" },
		{ "GET /nothing HTTP/1.1\r\n\r\n", "HTTP/1.0 404 " },
		{ "POST /debug/vars HTTP/1.1\r\n\r\n", "HTTP/1.0 405 " },
		{ "x\n\n", "HTTP/1.0 400 " },
	};
	struct run *r = *state;
	struct pprof_profile *p;
	struct buf b;
	const char *body;

	for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
		buf_init(&b, 1 << 20);
		get(r, row[i].request, &b);
		assert_memory_equal(buf_str(&b), row[i].status, strlen(row[i].status));
		buf_fini(&b);
	}
	buf_init(&b, 1 << 20);
	get(r, "GET /debug/pprof/heap?gc=1 HTTP/1.1\r\n\r\n", &b);
	body = strstr(buf_str(&b), "\r\n\r\n");
	assert_non_null(body);
	assert_int_equal(
	    pprof_decode(&p, body + 4, b.len - (size_t)(body + 4 - b.data), 0, "heap", NULL),
	    ERR_OK);
	assert_int_equal(p->sample_count, 9);
	pprof_free(p);
	buf_fini(&b);
}

static void
takes_its_things_away(void **state)
{
	struct run *r = *state;
	struct err_msg why;
	struct board *again = NULL;
	char p[400];

	path(r, "heap-a.pb.gz", p);
	assert_true(path_exists(p));
	board_close(r->board);
	r->board = NULL;
	assert_false(path_exists(r->dir));
	/* A stranger's file stays, and so does the folder. */
	assert_int_equal(mkdir(r->dir, 0700), 0);
	path(r, "mine", p);
	assert_int_equal(sys_file_replace(p, "x", 1, NULL), ERR_OK);
	assert_int_equal(board_open(r->loop, r->dir, FAST, &again, &why), ERR_OK);
	board_close(again);
	assert_true(path_exists(p));
	assert_int_equal(unlink(p), 0);
	assert_int_equal(rmdir(r->dir), 0);
	/* A place that cannot be made is an error with a reason, not a half-made board. */
	assert_int_not_equal(board_open(r->loop, "/proc/nowhere", FAST, &again, &why), ERR_OK);
	assert_null(again);
	assert_true(why.why[0] != '\0');
}

static void
flash_tool(void **state)
{
	struct loop *l = loop_new();
	const struct flash_opts good = { "x.bin", 4096, 50 * NS_PER_MS, FLASH_NEVER };
	const struct flash_opts bad = { "x.bin", 4096, 50 * NS_PER_MS, 37 };
	const uint64_t start = sys_mono();
	const int out = dup(1), null = sys_open("/dev/null", O_WRONLY, 0);
	int first, second;

	(void)state;
	/* What it prints is no test result. */
	(void)fflush(stdout);
	assert_true(out >= 0 && dup2(null, 1) == 1);
	first = flash_run(l, &good);
	second = flash_run(l, &bad);
	(void)fflush(stdout);
	assert_true(dup2(out, 1) == 1);
	sys_close(out);
	sys_close(null);
	assert_int_equal(first, 0);
	assert_int_equal(second, 1);
	assert_true(sys_mono() - start >= 50 * NS_PER_MS);
	loop_free(l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(console, open_run, close_run),
		cmocka_unit_test_setup_teardown(files_move_in_place, open_run, close_run),
		cmocka_unit_test_setup_teardown(debug_server, open_run, close_run),
		cmocka_unit_test_setup_teardown(takes_its_things_away, open_run, close_run),
		cmocka_unit_test(flash_tool),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
