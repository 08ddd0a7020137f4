/* test_console_console.c - a console on a real pty: bytes, logs, full disk, unplug and back, AT. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "console/console.h"
#include "sys/io.h"
#include "sys/pty.h"
#include "sys/time.h"

/* The device is the master side of a pty; the console opens a link to the slave's name. */
struct world {
	struct loop *loop;
	struct console *c;
	struct console_options o;
	struct console_callbacks cb;
	char dir[64], link[96], raw[96], text[96], holes[112], times[112], pts[64];
	int master, slave;
	int states, alarms, calms, data, marks, done;
	enum console_state state;
	uint64_t hole_from, hole_to;
	int holes_told;
	struct err_msg why;
	struct buf urcs, mark_text;
	enum at_code code;
	char final[64], lines[256], at_why[128];
};

static void
on_data(void *arg, uint64_t end)
{
	struct world *w = arg;

	w->data++;
	assert_true(end == console_rx(w->c));
}

static void
on_state(void *arg, enum console_state s, const struct err_msg *why)
{
	struct world *w = arg;

	w->states++;
	w->state = s;
	if (why != NULL)
		w->why = *why;
}

static void
on_alarm(void *arg, const char *path, const struct err_msg *why)
{
	struct world *w = arg;

	assert_non_null(path);
	if (why != NULL)
		w->alarms++;
	else
		w->calms++;
}

static void
on_hole(void *arg, const char *path, uint64_t from, uint64_t to)
{
	struct world *w = arg;

	assert_non_null(path);
	w->holes_told++;
	w->hole_from = from;
	w->hole_to = to;
}

static void
on_mark(void *arg, uint64_t offset, uint64_t t, const char *text)
{
	struct world *w = arg;

	(void)t;
	w->marks++;
	(void)buf_add_fmt(&w->mark_text, "%llu:%s\n", (unsigned long long)offset, text);
}

static void
on_urc(void *arg, const char *line, size_t n, uint64_t offset)
{
	struct world *w = arg;

	(void)offset;
	(void)buf_add(&w->urcs, line, n);
	(void)buf_add_byte(&w->urcs, '\n');
}

static void
plug(struct world *w)
{
	char *temp = mem_fmt("%s.new", w->link);

	assert_int_equal(sys_pty_open(&w->master, &w->slave, w->pts, sizeof w->pts, true, NULL),
	    ERR_OK);
	assert_int_equal(symlink(w->pts, temp), 0);
	assert_int_equal(rename(temp, w->link), 0);
	mem_free(temp);
}

static void
unplug(struct world *w)
{
	(void)unlink(w->link);
	sys_close(w->master);
	sys_close(w->slave);
	w->master = w->slave = -1;
}

static void
w_init(struct world *w)
{
	memset(w, 0, sizeof *w);
	snprintf(w->dir, sizeof w->dir, "/tmp/vise-console-XXXXXX");
	assert_non_null(mkdtemp(w->dir));
	snprintf(w->link, sizeof w->link, "%s/board", w->dir);
	snprintf(w->raw, sizeof w->raw, "%s/console-main.raw", w->dir);
	snprintf(w->text, sizeof w->text, "%s/console-main.log", w->dir);
	snprintf(w->holes, sizeof w->holes, "%s.holes", w->raw);
	snprintf(w->times, sizeof w->times, "%s.times", w->raw);
	buf_init(&w->urcs, 1 << 20);
	buf_init(&w->mark_text, 1 << 20);
	w->loop = loop_new();
	w->cb = (struct console_callbacks){ .data = on_data, .state = on_state, .alarm = on_alarm,
	    .hole = on_hole, .mark = on_mark, .urc = on_urc };
	console_options_init(&w->o);
	w->o.name = "main";
	w->o.spec = w->link;
	w->o.raw_path = w->raw;
	plug(w);
}

#define UNTIL(w, cond) do { \
	const uint64_t end_ = sys_mono() + 10 * NS_PER_S; \
	while (!(cond)) { \
		assert_true(sys_mono() < end_); \
		(void)loop_turn((w)->loop, 5 * (int64_t)NS_PER_MS); \
	} \
} while (0)

static void
w_open(struct world *w)
{
	struct err_msg why;
	const enum err e = console_open(w->loop, &w->o, &w->cb, w, &w->c, &why);

	if (e != ERR_OK)
		print_error("%s: %s\n", why.what, why.why);
	assert_int_equal(e, ERR_OK);
	assert_int_equal(w->states, 0);         /* nothing is told inside open */
	/* on a machine that is busy enough any open takes its time */
	UNTIL(w, console_state(w->c) != CONSOLE_OPENING);
}

static void
w_fini(struct world *w)
{
	console_close(w->c);
	unplug(w);
	loop_free(w->loop);
	(void)unlink(w->raw);
	(void)unlink(w->text);
	(void)unlink(w->holes);
	(void)unlink(w->times);
	assert_int_equal(rmdir(w->dir), 0);
	buf_fini(&w->urcs);
	buf_fini(&w->mark_text);
}

static void
say(struct world *w, const char *text)
{
	assert_true(sys_write_all(w->master, text, strlen(text)));
}

/* The file as it is now, as a string for mem_free. */
static char *
content(const char *path)
{
	struct buf b;

	buf_init(&b, 64 << 20);
	assert_int_equal(sys_file_read(path, 32 << 20, &b, NULL), ERR_OK);
	(void)buf_add(&b, "", 1);
	return buf_take(&b);
}

static void
assert_content(const char *path, const char *text)
{
	char *got = content(path);

	assert_string_equal(got, text);
	mem_free(got);
}

static void
test_bytes_and_log(void **state)
{
	struct world w;
	struct stat st;
	char got[8];

	(void)state;
	w_init(&w);
	w_open(&w);
	assert_int_equal(console_state(w.c), CONSOLE_OPEN);
	assert_string_equal(console_device(w.c), w.pts);
	assert_string_equal(console_name(w.c), "main");
	assert_null(console_why(w.c));
	console_settings_text(w.c, got, sizeof got);
	assert_string_equal(got, "8N1");
	say(&w, "hello\r\n");
	UNTIL(&w, console_rx(w.c) == 7 && console_log_pending(w.c) == 0);
	assert_content(w.raw, "hello\r\n");
	assert_int_equal(stat(w.raw, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_true(w.data >= 1);
	assert_int_equal(console_write(w.c, "AT\r", 3, NULL, NULL), ERR_OK);
	assert_int_equal(sys_read(w.master, got, sizeof got), 3);
	assert_true(console_tx(w.c) == 3);
	assert_true(times_at(console_times(w.c), 0, 0) > 0);
	w_fini(&w);
}

static void
test_text_log(void **state)
{
	struct world w;
	char *got;

	(void)state;
	w_init(&w);
	w.o.text_path = w.text;
	w_open(&w);
	say(&w, "one\r\ntwo \x1b[31m\xff\r\n2026-01-01T00:00:00.000Z # forged\r\nrest");
	UNTIL(&w, console_rx(w.c) > 20 && console_log_pending(w.c) == 0);
	console_mark(w.c, "here");
	console_close(w.c);
	w.c = NULL;
	got = content(w.text);
	assert_non_null(strstr(got, "Z | one\n"));
	assert_non_null(strstr(got, "Z | two \\x1b[31m\\xff\n"));
	assert_non_null(strstr(got, "Z | 2026-01-01T00:00:00.000Z # forged\n"));
	assert_non_null(strstr(got, "Z | rest\n"));
	assert_non_null(strstr(got, "Z # here\n"));
	assert_int_equal(got[0], '2');
	mem_free(got);
	w_fini(&w);
}

static void
test_missing_port(void **state)
{
	struct world w;
	struct err_msg why;

	(void)state;
	w_init(&w);
	unplug(&w);
	assert_int_equal(console_open(w.loop, &w.o, &w.cb, &w, &w.c, &why), ERR_NOENT);
	assert_null(w.c);
	w.o.wait = true;
	w_open(&w);
	assert_int_equal(console_state(w.c), CONSOLE_LOST);
	assert_int_equal(console_why(w.c)->code, ERR_NOENT);
	assert_int_equal(console_write(w.c, "x", 1, NULL, &why), ERR_LOST);
	plug(&w);
	UNTIL(&w, w.state == CONSOLE_OPEN && console_state(w.c) == CONSOLE_OPEN);
	assert_int_equal(w.marks, 0);
	w_fini(&w);
}

/* Unplugged and back under another pts: open again, soon by the event and not by a slow look, with
 * both marks. */
static void
test_unplug_and_back(void **state)
{
	struct world w;
	uint64_t worst = 0;
	unsigned soon = 0;

	(void)state;
	w_init(&w);
	w_open(&w);
	for (int i = 0; i < 20; i++) {
		uint64_t start;
		const uint64_t before = console_rx(w.c);

		say(&w, "before");
		UNTIL(&w, console_rx(w.c) == before + 6);
		unplug(&w);
		UNTIL(&w, w.state == CONSOLE_LOST);
		assert_int_equal(w.why.code, ERR_LOST);
		plug(&w);
		say(&w, "boot");
		start = sys_mono();
		UNTIL(&w, console_rx(w.c) == before + 10);
		if (sys_mono() - start > worst)
			worst = sys_mono() - start;
		soon += sys_mono() - start < NS_PER_S;
		assert_int_equal(w.state, CONSOLE_OPEN);
	}
	print_message("reopen: worst of 20 is %.1f ms\n", (double)worst / 1e6);
	assert_true(soon > 10);         /* a machine may be busy, but not each time */
	assert_int_equal(w.marks, 40);
	assert_non_null(strstr(buf_str(&w.mark_text), "6:port lost"));
	assert_non_null(strstr(buf_str(&w.mark_text), "6:port back after"));
	w_fini(&w);
}

static void
let_go(int held[2][64], int *n)
{
	for (; *n > 0; --*n) {
		sys_close(held[0][*n - 1]);
		sys_close(held[1][*n - 1]);
	}
}

/* The pty of the console's port ends, and the next one gets its number; the link stays. */
static void
replace_by_stranger(struct world *w)
{
	char was[sizeof w->pts];
	int held[2][64], n = 0;
	struct stat st;
	struct timespec tick;
	uint64_t until;

	/* the kernel stamps with its clock of a few ms: a pty of the same tick has the same stamp.
	 * A stamp may be ahead of that clock (Linux 6.13), so it must have passed it */
	assert_int_equal(stat(w->pts, &st), 0);
	do
		assert_int_equal(clock_gettime(CLOCK_REALTIME_COARSE, &tick), 0);
	while (tick.tv_sec < st.st_ctim.tv_sec ||
	    (tick.tv_sec == st.st_ctim.tv_sec && tick.tv_nsec <= st.st_ctim.tv_nsec));
	memcpy(was, w->pts, sizeof was);
	sys_close(w->master);
	sys_close(w->slave);
	UNTIL(w, w->state == CONSOLE_LOST);
	until = sys_mono() + 20 * NS_PER_S;
	for (;;) {
		assert_int_equal(sys_pty_open(&w->master, &w->slave, w->pts, sizeof w->pts, true,
		    NULL), ERR_OK);
		if (strcmp(w->pts, was) == 0)
			break;
		held[0][n] = w->master;
		held[1][n++] = w->slave;
		if (n == 64) {          /* somebody else has the number: theirs will end */
			let_go(held, &n);
			assert_true(sys_mono() < until);
			(void)loop_turn(w->loop, 20 * (int64_t)NS_PER_MS);
		}
	}
	let_go(held, &n);
}

static void
assert_left_alone(struct world *w)
{
	const uint64_t before = console_rx(w->c), end = sys_mono() + 150 * NS_PER_MS;
	char got[16];

	say(w, "a secret\n");
	while (sys_mono() < end)
		(void)loop_turn(w->loop, 5 * (int64_t)NS_PER_MS);
	assert_int_equal(console_state(w->c), CONSOLE_LOST);
	assert_true(console_rx(w->c) == before);
	assert_int_equal(sys_read(w->slave, got, sizeof got), 9);
}

static void
test_stranger_of_the_same_number(void **state)
{
	struct world w;
	struct err_msg why;

	(void)state;
	for (int by_number = 0; by_number < 2; by_number++) {
		w_init(&w);
		if (by_number)
			w.o.spec = w.pts;
		w_open(&w);
		assert_int_equal(console_state(w.c), CONSOLE_OPEN);
		replace_by_stranger(&w);
		assert_left_alone(&w);
		if (by_number) {        /* who asks for it by name gets it */
			assert_int_equal(console_retry(w.c, &why), ERR_OK);
		} else {                /* a new link to it says that it is meant */
			assert_int_equal(unlink(w.link), 0);
			assert_int_equal(symlink(w.pts, w.link), 0);
		}
		UNTIL(&w, console_state(w.c) == CONSOLE_OPEN);
		w_fini(&w);
	}
}

static void
nothing_told(void *arg, enum transport_state s, const struct err_msg *why)
{
	(void)arg;
	(void)s;
	(void)why;
}

static void
test_release_and_retry(void **state)
{
	struct world w;
	struct transport *other;
	struct err_msg why;
	enum err e;
	static const struct transport_callbacks none = { .state = nothing_told };

	(void)state;
	w_init(&w);
	w_open(&w);
	console_release(w.c, "flashing");
	assert_int_equal(console_state(w.c), CONSOLE_CLOSED);
	assert_string_equal(console_why(w.c)->why, "flashing");
	assert_int_equal(transport_open(w.loop, w.link, &w.o.settings, &none, NULL, &other, &why),
	    ERR_OK);
	UNTIL(&w, transport_state(other) == TRANSPORT_OPEN);
	e = console_retry(w.c, &why);
	if (e == ERR_OK)
		assert_int_equal(console_state(w.c), CONSOLE_OPENING);
	else
		assert_int_equal(e, ERR_BUSY);
	UNTIL(&w, console_state(w.c) == CONSOLE_LOST);
	transport_close(other);
	UNTIL(&w, console_state(w.c) == CONSOLE_OPEN);  /* it waits by itself */
	console_release(w.c, "again");
	assert_int_equal(console_retry(w.c, &why), ERR_OK);
	UNTIL(&w, console_state(w.c) == CONSOLE_OPEN);
	w_fini(&w);
}

static void
test_exec_waits_for_retry(void **state)
{
	struct world w;

	(void)state;
	w_init(&w);
	w.o.spec = "exec:sh -c 'echo hi; exit 1'";
	w_open(&w);
	UNTIL(&w, w.state == CONSOLE_LOST);
	assert_true(console_rx(w.c) == 3);
	assert_non_null(strstr(console_why(w.c)->why, "status 1"));
	assert_int_equal(console_retry(w.c, NULL), ERR_OK);
	UNTIL(&w, console_rx(w.c) == 6 && w.state == CONSOLE_LOST);
	w_fini(&w);
}

/* ---- a disk that fails */

static struct { int fail, short_writes; bool log_only; } disk;

static ssize_t
disk_write(int fd, const void *p, size_t n)
{
	struct stat st;

	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		if (disk.fail != 0) {
			errno = disk.fail;
			return -1;
		}
		if (disk.short_writes > 0 && n > 1) {
			disk.short_writes--;
			n /= 2;
		}
	}
	return write(fd, p, n);
}

static int
disk_openat(int dirfd, const char *path, int flags, mode_t mode)
{
	return openat(dirfd, path, flags, mode);
}

static const struct sys_io_ops disk_ops = { .openat = disk_openat, .read = read, .pread = pread,
	.write = disk_write, .fsync = fsync, .close = close };

static void
test_full_disk_within_the_ring(void **state)
{
	static const int errors[] = { ENOSPC, EIO, EDQUOT };

	(void)state;
	for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
		struct world w;

		w_init(&w);
		w_open(&w);
		sys_io_set_ops(&disk_ops);
		say(&w, "first ");
		UNTIL(&w, console_rx(w.c) == 6 && console_log_pending(w.c) == 0);
		disk.fail = errors[i];
		say(&w, "second ");
		UNTIL(&w, w.alarms == 1);
		say(&w, "third");
		UNTIL(&w, console_rx(w.c) == 18);
		assert_content(w.raw, "first ");
		disk.fail = 0;
		disk.short_writes = 3;
		UNTIL(&w, w.calms == 1);
		UNTIL(&w, console_log_pending(w.c) == 0);
		assert_content(w.raw, "first second third");
		assert_int_equal(w.holes_told, 0);
		assert_true(console_log_lost(w.c) == 0);
		assert_int_equal(w.alarms, 1);
		sys_io_set_ops(NULL);
		w_fini(&w);
	}
}

/* More than the ring holds comes while the disk is full: the hole is exact, the rest is in the
 * file. */
static void
test_full_disk_beyond_the_ring(void **state)
{
	enum { RING = 4096, TOTAL = 20000 };
	struct world w;
	char *all = mem_alloc(TOTAL + 1), *got;
	size_t sent = 100;

	(void)state;
	for (size_t i = 0; i < TOTAL; i++)
		all[i] = (char)('!' + (i * 31 + i / 90) % 90);
	all[TOTAL] = '\0';
	w_init(&w);
	w.o.ring = RING;
	w_open(&w);
	sys_io_set_ops(&disk_ops);
	assert_true(sys_write_all(w.master, all, 100));
	UNTIL(&w, console_rx(w.c) == 100 && console_log_pending(w.c) == 0);
	disk.fail = ENOSPC;
	while (sent < TOTAL - 10) {
		const size_t n = TOTAL - 10 - sent < 500 ? TOTAL - 10 - sent : 500;

		assert_true(sys_write_all(w.master, all + sent, n));
		sent += n;
		UNTIL(&w, console_rx(w.c) == sent);
	}
	UNTIL(&w, w.alarms == 1);
	disk.fail = 0;
	UNTIL(&w, w.calms == 1);
	assert_true(sys_write_all(w.master, all + sent, TOTAL - sent));
	UNTIL(&w, console_rx(w.c) == TOTAL && console_log_pending(w.c) == 0);
	assert_int_equal(w.holes_told, 1);
	assert_true(w.hole_from == 100);
	assert_true(w.hole_to == TOTAL - 10 - RING);
	assert_true(console_log_lost(w.c) == w.hole_to - w.hole_from);
	got = content(w.raw);
	assert_int_equal(strlen(got), TOTAL - (w.hole_to - w.hole_from));
	assert_memory_equal(got, all, 100);
	assert_string_equal(got + 100, all + w.hole_to);
	mem_free(got);
	assert_content(w.holes, "100 15894\n");
	sys_io_set_ops(NULL);
	mem_free(all);
	w_fini(&w);
}

static void
test_full_disk_at_close(void **state)
{
	struct world w;

	(void)state;
	w_init(&w);
	w_open(&w);
	sys_io_set_ops(&disk_ops);
	disk.fail = ENOSPC;
	say(&w, "lost bytes");
	UNTIL(&w, w.alarms == 1);
	console_close(w.c);
	w.c = NULL;
	assert_int_equal(w.holes_told, 1);
	assert_true(w.hole_from == 0 && w.hole_to == 10);
	disk.fail = 0;
	sys_io_set_ops(NULL);
	w_fini(&w);
}

/* ---- AT over the pty */

static void
on_done(void *arg, const struct at_result *r)
{
	struct world *w = arg;

	w->done++;
	w->code = r->code;
	snprintf(w->final, sizeof w->final, "%s", r->final);
	snprintf(w->at_why, sizeof w->at_why, "%s", r->why);
	w->lines[0] = '\0';
	for (size_t i = 0; i < r->line_count; i++)
		snprintf(w->lines + strlen(w->lines), sizeof w->lines - strlen(w->lines), "%s|",
		    r->lines[i].text);
}

static void
assert_device_got(struct world *w, const char *text)
{
	char got[256];
	size_t have = 0;

	while (have < strlen(text)) {
		const uint64_t end = sys_mono() + 5 * NS_PER_S;
		const ssize_t n = sys_read(w->master, got + have, sizeof got - 1 - have);

		if (n > 0)
			have += (size_t)n;
		assert_true(sys_mono() < end);
		(void)loop_turn(w->loop, (int64_t)NS_PER_MS);
	}
	got[have] = '\0';
	assert_string_equal(got, text);
}

static void
test_at(void **state)
{
	struct world w;
	struct at_request r = { .command = "AT+CSQ", .done = on_done, .arg = &w, .owner = &w };
	struct err_msg why;

	(void)state;
	w_init(&w);
	w_open(&w);
	say(&w, "+CREG: 1\r\n");        /* before AT is in use nothing is parsed */
	UNTIL(&w, console_rx(w.c) == 10);
	assert_int_equal(console_at_send(w.c, &r, &why), ERR_OK);
	assert_int_equal(w.done, 0);
	assert_device_got(&w, "AT+CSQ\r");
	assert_int_equal(console_write(w.c, "x", 1, NULL, &why), ERR_BUSY);
	say(&w, "AT+CSQ\r\r\n+CMTI: \"SM\",1\r\n+CSQ: 20,0\r\n\r\nOK\r\n");
	UNTIL(&w, w.done == 1);
	assert_int_equal(w.code, AT_OK);
	assert_string_equal(w.lines, "+CSQ: 20,0|");
	assert_string_equal(buf_str(&w.urcs), "+CMTI: \"SM\",1\n");
	assert_int_equal(console_write(w.c, "x", 1, NULL, &why), ERR_OK);
	assert_int_equal(console_at_lock(w.c, &w, &why), ERR_OK);
	assert_int_equal(console_write(w.c, "x", 1, NULL, &why), ERR_BUSY);
	assert_int_equal(console_write(w.c, "y", 1, &w, &why), ERR_OK);
	w_fini(&w);
}

static void
test_at_times_out_by_itself(void **state)
{
	struct world w;
	const struct at_request r = { .command = "AT+X", .done = on_done, .arg = &w, .timeout =
	    50 * NS_PER_MS };
	uint64_t start;

	(void)state;
	w_init(&w);
	w_open(&w);
	start = sys_mono();
	assert_int_equal(console_at_send(w.c, &r, NULL), ERR_OK);
	UNTIL(&w, w.done == 1);
	assert_int_equal(w.code, AT_TIMEOUT);
	assert_true(sys_mono() - start >= 50 * NS_PER_MS);
	assert_device_got(&w, "AT+X\rAT\r");
	w_fini(&w);
}

/* Unplugged behind every byte of the answer: the command fails at once, or had its answer. */
static void
test_unplug_during_at(void **state)
{
	const char *reply = "AT+CSQ\r\r\n+CSQ: 20,0\r\n\r\nOK\r\n";

	(void)state;
	for (size_t k = 0; k <= strlen(reply); k++) {
		struct world w;
		const struct at_request r = { .command = "AT+CSQ", .done = on_done, .arg = &w };

		w_init(&w);
		w_open(&w);
		assert_int_equal(console_at_send(w.c, &r, NULL), ERR_OK);
		assert_device_got(&w, "AT+CSQ\r");
		assert_true(sys_write_all(w.master, reply, k));
		UNTIL(&w, console_rx(w.c) == k);
		unplug(&w);
		UNTIL(&w, w.state == CONSOLE_LOST);
		assert_int_equal(w.done, 1);
		assert_int_equal(w.code, k >= strlen(reply) - 1 ? AT_OK : AT_LOST);
		if (w.code == AT_LOST)
			assert_true(w.at_why[0] != '\0');
		assert_false(at_busy(console_at(w.c)));
		w_fini(&w);
	}
}

/* 8 MB as fast as the pty takes it: everything is in the log, byte for byte. */
static void
test_flood(void **state)
{
	enum { PIECE = 60000, PIECES = 140 };
	struct world w;
	char *piece = mem_alloc(PIECE), *got;
	uint64_t sent = 0;

	(void)state;
	w_init(&w);
	w_open(&w);
	for (size_t i = 0; i < PIECE; i++)
		piece[i] = (char)(i % 80 == 79 ? '\n' : 'a' + i % 23);
	while (sent < (uint64_t)PIECE * PIECES) {
		const size_t at = (size_t)(sent % PIECE);
		const ssize_t n = sys_write(w.master, piece + at, PIECE - at);

		if (n > 0)
			sent += (uint64_t)n;
		(void)loop_turn(w.loop, 0);
	}
	UNTIL(&w, console_rx(w.c) == sent && console_log_pending(w.c) == 0);
	got = content(w.raw);
	for (int i = 0; i < PIECES; i++)
		assert_memory_equal(got + (size_t)i * PIECE, piece, PIECE);
	mem_free(got);
	mem_free(piece);
	assert_int_equal(w.alarms, 0);
	w_fini(&w);
}

static void
test_times(void **state)
{
	struct times x;

	(void)state;
	times_init(&x);
	assert_int_equal(times_find(&x, 0), 0);
	assert_true(times_at(&x, 5, 77) == 77);
	times_add(&x, 10, NS_PER_MS * 10);
	times_add(&x, 20, NS_PER_MS * 10 + 5);          /* within a millisecond: one entry */
	times_add(&x, 30, NS_PER_MS * 12);
	assert_int_equal(x.n, 2);
	assert_true(times_at(&x, 9, 77) == 77);
	assert_true(times_at(&x, 10, 77) == NS_PER_MS * 10);
	assert_true(times_at(&x, 29, 77) == NS_PER_MS * 10);
	assert_true(times_at(&x, 1000, 77) == NS_PER_MS * 12);
	for (uint64_t i = 0; i < 3 * (uint64_t)TIMES_MAX; i++)
		times_add(&x, 100 + i, NS_PER_MS * (100 + i));
	assert_true(x.n <= TIMES_MAX && x.n >= TIMES_MAX / 2);
	assert_true(times_at(&x, 100 + 3 * (uint64_t)TIMES_MAX - 1,
	    0) == NS_PER_MS * (100 + 3 * (uint64_t)TIMES_MAX - 1));
	times_fini(&x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes_and_log),
		cmocka_unit_test(test_text_log),
		cmocka_unit_test(test_missing_port),
		cmocka_unit_test(test_unplug_and_back),
		cmocka_unit_test(test_stranger_of_the_same_number),
		cmocka_unit_test(test_release_and_retry),
		cmocka_unit_test(test_exec_waits_for_retry),
		cmocka_unit_test(test_full_disk_within_the_ring),
		cmocka_unit_test(test_full_disk_beyond_the_ring),
		cmocka_unit_test(test_full_disk_at_close),
		cmocka_unit_test(test_at),
		cmocka_unit_test(test_at_times_out_by_itself),
		cmocka_unit_test(test_unplug_during_at),
		cmocka_unit_test(test_flood),
		cmocka_unit_test(test_times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
