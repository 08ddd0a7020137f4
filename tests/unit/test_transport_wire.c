/* test_transport_wire.c - real ptys, sockets and programs on the wires: bytes, hang-up, queue,
 * errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/ring.h"
#include "sys/io.h"
#include "sys/late.h"
#include "sys/pty.h"
#include "sys/sock.h"
#include "sys/time.h"
#include "transport/transport.h"

struct world {
	struct loop *loop;
	struct transport *t;
	struct ring ring;
	struct transport_settings set;
	int drained, turns, states;
	enum transport_state state;
	struct err_msg why;
	int master, slave;
	char pts[64];
};

static size_t
on_room(void *arg, unsigned char **p)
{
	return ring_room(&((struct world *)arg)->ring, p);
}

static void
on_bytes(void *arg, size_t n)
{
	ring_advance(&((struct world *)arg)->ring, n);
}

static void
on_turn(void *arg)
{
	((struct world *)arg)->turns++;
}

static void
on_state(void *arg, enum transport_state s, const struct err_msg *why)
{
	struct world *w = arg;

	w->states++;
	w->state = s;
	if (why != NULL)
		w->why = *why;
}

static void
on_drained(void *arg)
{
	((struct world *)arg)->drained++;
}

static const struct transport_callbacks callbacks = {
	.room = on_room, .bytes = on_bytes, .turn = on_turn, .state = on_state, .drained =
	on_drained,
};

static void
w_init(struct world *w)
{
	memset(w, 0, sizeof *w);
	w->loop = loop_new();
	ring_init(&w->ring, 1 << 20);
	transport_settings_init(&w->set);
	w->state = TRANSPORT_OPENING;
	assert_int_equal(sys_pty_open(&w->master, &w->slave, w->pts, sizeof w->pts, true, NULL),
	    ERR_OK);
}

static void
w_fini(struct world *w)
{
	transport_close(w->t);
	sys_close(w->master);
	sys_close(w->slave);
	loop_free(w->loop);
	ring_fini(&w->ring);
}

/* Turns the loop until cond holds; ten seconds are a failure. */
#define UNTIL(w, cond) do { \
	const uint64_t end_ = sys_mono() + 10 * NS_PER_S; \
	while (!(cond)) { \
		assert_true(sys_mono() < end_); \
		(void)loop_turn((w)->loop, 5 * (int64_t)NS_PER_MS); \
	} \
} while (0)

static bool gate_shut;          /* a test wants the open to wait */

static void
w_open(struct world *w, const char *spec)
{
	struct err_msg why;
	const enum err e = transport_open(w->loop, spec, &w->set, &callbacks, w, &w->t, &why);

	if (e != ERR_OK)
		print_error("%s: %s\n", why.what, why.why);
	assert_int_equal(e, ERR_OK);
	/* on a machine that is busy enough any open takes its time */
	if (transport_state(w->t) == TRANSPORT_OPENING && spec[0] == '/' && !gate_shut) {
		UNTIL(w, w->state == TRANSPORT_OPEN);
		w->states = 0;
	}
}

static void
assert_ring(const struct world *w, const char *text)
{
	char got[4096];
	const size_t n = ring_copy(&w->ring, 0, got, sizeof got - 1);

	got[n] = '\0';
	assert_string_equal(got, text);
}

static void
test_pty_both_ways(void **state)
{
	struct world w;
	char got[16];

	(void)state;
	w_init(&w);
	w_open(&w, w.pts);
	assert_string_equal(transport_scheme(w.t), "pty");
	assert_string_equal(transport_device(w.t), w.pts);
	assert_int_equal(transport_state(w.t), TRANSPORT_OPEN);
	assert_true(sys_write_all(w.master, "hello\n", 6));
	UNTIL(&w, w.ring.end == 6);
	assert_ring(&w, "hello\n");
	assert_true(w.turns >= 1);
	assert_int_equal(transport_write(w.t, "AT\r", 3, NULL), ERR_OK);
	assert_int_equal(transport_pending(w.t), 0);
	assert_int_equal(sys_read(w.master, got, sizeof got), 3);
	assert_memory_equal(got, "AT\r", 3);
	assert_int_equal(w.states, 0);
	w_fini(&w);
}

static void
test_link_and_scheme(void **state)
{
	struct world w;
	char dir[] = "/tmp/vise-wire-XXXXXX", *link, *spec;

	(void)state;
	w_init(&w);
	assert_non_null(mkdtemp(dir));
	link = mem_fmt("%s/board:1", dir);
	spec = mem_fmt("serial:%s", link);
	assert_int_equal(symlink(w.pts, link), 0);
	w_open(&w, spec);
	assert_string_equal(transport_scheme(w.t), "pty");
	assert_string_equal(transport_device(w.t), w.pts);
	transport_close(w.t);
	w_open(&w, link);
	assert_string_equal(transport_device(w.t), w.pts);
	(void)unlink(link);
	(void)rmdir(dir);
	mem_free(spec);
	mem_free(link);
	w_fini(&w);
}

static void
test_settings_arrive(void **state)
{
	struct world w;
	struct termios t;

	(void)state;
	w_init(&w);
	w.set.baud = 115200;
	w.set.data = 7;
	w.set.parity = 'e';
	w.set.stop = 2;
	w_open(&w, w.pts);
	assert_int_equal(tcgetattr(w.slave, &t), 0);
	assert_true((t.c_cflag & CSTOPB) != 0);
	assert_true((t.c_cflag & HUPCL) == 0);
	assert_true((t.c_lflag & (ICANON | ECHO | ISIG)) == 0);
	assert_int_equal(t.c_cc[VMIN], 1);
	w.set.baud = 1234567;           /* any speed; what the driver made of it is read back */
	assert_int_equal(transport_settings_set(w.t, &w.set, NULL), ERR_OK);
	w_fini(&w);
}

static void
test_second_opener_is_refused(void **state)
{
	struct world w;
	struct transport *second;
	struct err_msg why;

	(void)state;
	w_init(&w);
	w_open(&w, w.pts);
	assert_int_equal(transport_open(w.loop, w.pts, &w.set, &callbacks, &w, &second, &why),
	    ERR_BUSY);
	assert_null(second);
	assert_true(why.next[0] != '\0');
	transport_close(w.t);
	w_open(&w, w.pts);              /* the lock went with the close */
	w_fini(&w);
}

static void
test_holder_is_named(void **state)
{
	struct world w;
	struct err_msg why;
	int up[2], down[2];
	char pid_text[32], c;
	pid_t pid;

	(void)state;
	w_init(&w);
	sys_close(w.slave);             /* so that the child alone holds it */
	w.slave = -1;
	assert_int_equal(pipe(up), 0);
	assert_int_equal(pipe(down), 0);
	pid = fork();
	if (pid == 0) {
		const int fd = open(w.pts, O_RDWR | O_NOCTTY);

		(void)close(down[1]);
		(void)flock(fd, LOCK_EX);
		(void)!write(up[1], "x", 1);
		(void)!read(down[0], &c, 1);
		_exit(0);
	}
	assert_int_equal(read(up[0], &c, 1), 1);
	assert_int_equal(transport_open(w.loop, w.pts, &w.set, &callbacks, &w, &w.t, &why),
	    ERR_BUSY);
	snprintf(pid_text, sizeof pid_text, "pid %ld", (long)pid);
	assert_non_null(strstr(why.why, pid_text));
	(void)close(down[1]);
	for (int i = 0; i < 2; i++) {
		(void)close(up[i]);
		if (i == 0)
			(void)close(down[i]);
	}
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	w_fini(&w);
}

static void
test_hang_up(void **state)
{
	struct world w;

	(void)state;
	w_init(&w);
	w_open(&w, w.pts);
	sys_close(w.master);
	w.master = -1;
	UNTIL(&w, w.state == TRANSPORT_LOST);
	assert_int_equal(w.why.code, ERR_LOST);
	assert_true(w.why.why[0] != '\0');
	assert_int_equal(flock(w.slave, LOCK_EX | LOCK_NB), 0);     /* free for others at once */
	assert_int_equal(transport_write(w.t, "x", 1, NULL), ERR_LOST);
	assert_int_equal(w.states, 1);
	w_fini(&w);
}

static void
test_no_modem_lines_on_a_pty(void **state)
{
	struct world w;
	struct err_msg why;
	unsigned lines;

	(void)state;
	w_init(&w);
	w_open(&w, w.pts);
	assert_int_equal(transport_lines(w.t, &lines, &why), ERR_UNSUPPORTED);
	assert_non_null(strstr(why.why, "pseudo-terminal"));
	assert_int_equal(transport_lines_set(w.t, LINE_DTR, 0, &why), ERR_UNSUPPORTED);
	assert_int_equal(transport_break(w.t, NS_PER_MS, &why), ERR_UNSUPPORTED);
	assert_true(why.next[0] != '\0');
	w_fini(&w);
}

/* The board does not read: the queue takes all, the loop never stands, nothing is lost or twice. */
static void
test_queue(void **state)
{
	enum { TOTAL = 300000 };
	struct world w;
	unsigned char *out = mem_alloc(TOTAL), *got = mem_alloc(TOTAL);
	size_t have = 0;

	(void)state;
	w_init(&w);
	w_open(&w, w.pts);
	for (size_t i = 0; i < TOTAL; i++)
		out[i] = (unsigned char)(i * 7 + i / 251);
	for (size_t at = 0; at < TOTAL; at += 1000)
		assert_int_equal(transport_write(w.t, out + at, 1000, NULL), ERR_OK);
	assert_true(transport_pending(w.t) > 0);
	while (have < TOTAL) {
		const ssize_t n = sys_read(w.master, got + have, TOTAL - have);

		if (n > 0)
			have += (size_t)n;
		(void)loop_turn(w.loop, (int64_t)NS_PER_MS);
	}
	assert_memory_equal(out, got, TOTAL);
	assert_int_equal(transport_pending(w.t), 0);
	assert_int_equal(w.drained, 1);
	mem_free(out);
	mem_free(got);
	w_fini(&w);
}

static void
test_queue_limit(void **state)
{
	struct world w;
	struct err_msg why;
	char *much = mem_zero(TRANSPORT_QUEUE_MAX, 1);

	(void)state;
	w_init(&w);
	w.set.char_ns = NS_PER_S;       /* the first byte goes out at once, the rest waits */
	w_open(&w, w.pts);
	assert_int_equal(transport_write(w.t, much, 2, NULL), ERR_OK);
	assert_int_equal(transport_pending(w.t), 1);
	assert_int_equal(transport_write(w.t, much, TRANSPORT_QUEUE_MAX, &why), ERR_LIMIT);
	assert_int_equal(transport_pending(w.t), 1);
	assert_int_equal(transport_write(w.t, much, TRANSPORT_QUEUE_MAX - 1, &why), ERR_OK);
	assert_int_equal(transport_write(w.t, much, 1, &why), ERR_LIMIT);
	mem_free(much);
	w_fini(&w);
}

static void
test_pacing(void **state)
{
	struct world w;
	uint64_t start;
	char got[16];
	size_t have = 0;

	(void)state;
	w_init(&w);
	w.set.line_ns = 20 * NS_PER_MS;
	w_open(&w, w.pts);
	start = sys_mono();
	assert_int_equal(transport_write(w.t, "a\rbc\rd", 6, NULL), ERR_OK);
	assert_int_equal(sys_read(w.master, got, sizeof got), 2);
	have = 2;
	while (have < 6) {
		const ssize_t n = sys_read(w.master, got + have, sizeof got - have);

		if (n > 0)
			have += (size_t)n;
		(void)loop_turn(w.loop, (int64_t)NS_PER_MS);
	}
	assert_memory_equal(got, "a\rbc\rd", 6);
	assert_true(sys_mono() - start >= 38 * NS_PER_MS);
	w_fini(&w);
}

static void
test_missing_port(void **state)
{
	struct world w;
	struct err_msg why;

	(void)state;
	w_init(&w);
	assert_int_equal(transport_open(w.loop, "ttyVISE99", &w.set, &callbacks, &w, &w.t, &why),
	    ERR_NOENT);
	assert_string_equal(why.what, "/dev/ttyVISE99");
	assert_true(why.next[0] != '\0');
	assert_int_equal(transport_open(w.loop, "/dev/null", &w.set, &callbacks, &w, &w.t, &why),
	    ERR_UNSUPPORTED);
	assert_int_equal(transport_open(w.loop, "/tmp", &w.set, &callbacks, &w, &w.t, &why),
	    ERR_UNSUPPORTED);
	assert_int_equal(transport_open(w.loop, "tcp:nohost", &w.set, &callbacks, &w, &w.t, &why),
	    ERR_USAGE);
	assert_int_equal(transport_open(w.loop, "exec:", &w.set, &callbacks, &w, &w.t, &why),
	    ERR_USAGE);
	assert_int_equal(transport_open(w.loop, "", &w.set, &callbacks, &w, &w.t, &why), ERR_USAGE);
	assert_int_equal(transport_open(w.loop, "usb:dead:beef", &w.set, &callbacks, &w, &w.t,
	    &why), ERR_NOENT);
	assert_null(w.t);
	w_fini(&w);
}

static int
deny(int dirfd, const char *path, int flags, mode_t mode)
{
	(void)dirfd;
	(void)path;
	(void)flags;
	(void)mode;
	errno = EACCES;
	return -1;
}

static void
test_denied_names_group_and_rule(void **state)
{
	static const struct sys_io_ops refuse = { .openat = deny, .read = read, .pread = pread, .write =
	    write,
	    .fsync = fsync, .close = close };
	struct world w;
	struct err_msg why;

	(void)state;
	w_init(&w);
	sys_io_set_ops(&refuse);
	assert_int_equal(transport_open(w.loop, w.pts, &w.set, &callbacks, &w, &w.t, &why),
	    ERR_DENIED);
	sys_io_set_ops(NULL);
	assert_non_null(strstr(why.next, "70-vise.rules"));
	w_fini(&w);
}

static int slow_gate[2] = { -1, -1 };

/* A driver that waits for its device: the open returns when the gate is opened. */
static int
slow_openat(int dirfd, const char *path, int flags, mode_t mode)
{
	char c;

	if (strncmp(path, "/dev/pts/", 9) == 0 && (flags & O_NONBLOCK) != 0)
		(void)!read(slow_gate[0], &c, 1);
	return openat(dirfd, path, flags, mode);
}

static void
test_open_that_blocks(void **state)
{
	static const struct sys_io_ops slow = { .openat = slow_openat, .read = read, .pread = pread,
	    .write = write, .fsync = fsync, .close = close };
	struct world w;
	uint64_t start;

	(void)state;
	w_init(&w);
	assert_int_equal(pipe(slow_gate), 0);
	sys_io_set_ops(&slow);
	gate_shut = true;
	start = sys_mono();
	w_open(&w, w.pts);              /* does not wait for the driver */
	assert_true(sys_mono() - start < 5 * NS_PER_S);
	assert_int_equal(transport_state(w.t), TRANSPORT_OPENING);
	assert_int_equal(transport_write(w.t, "x", 1, NULL), ERR_LOST);
	assert_int_equal(write(slow_gate[1], "x", 1), 1);
	UNTIL(&w, w.state == TRANSPORT_OPEN);
	assert_true(sys_write_all(w.master, "hi", 2));
	UNTIL(&w, w.ring.end == 2);
	assert_int_equal(transport_write(w.t, "AT", 2, NULL), ERR_OK);
	transport_close(w.t);
	w_open(&w, w.pts);              /* closed while it waits: nothing is left behind */
	assert_int_equal(transport_state(w.t), TRANSPORT_OPENING);
	transport_close(w.t);
	w.t = NULL;
	assert_int_equal(write(slow_gate[1], "x", 1), 1);
	gate_shut = false;
	sys_io_set_ops(NULL);
	UNTIL(&w, transport_open(w.loop, w.pts, &w.set, &callbacks, &w, &w.t, NULL) == ERR_OK);
	w_fini(&w);
	(void)close(slow_gate[1]);
	(void)close(slow_gate[0]);
	slow_gate[0] = slow_gate[1] = -1;
}

static int
plain_openat(int dirfd, const char *path, int flags, mode_t mode)
{
	return openat(dirfd, path, flags, mode);
}

static int bad_read_errno;
static unsigned bad_reads;

static ssize_t
bad_read(int fd, void *p, size_t n)
{
	if (bad_read_errno < 0)
		return read(fd, p, n);
	bad_reads++;
	errno = bad_read_errno;
	return bad_read_errno != 0 ? -1 : 0;
}

/* Reads that fail or give nothing, again and again: lost once, and the loop does not spin. */
static void
test_bad_reads(void **state)
{
	static const int kinds[] = { EIO, 0, ENODEV, EBADF, EINVAL };
	static const struct sys_io_ops ops = { .openat = plain_openat, .read = bad_read, .pread = pread,
	    .write = write, .fsync = fsync, .close = close };
	struct world w;

	(void)state;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		w_init(&w);
		bad_read_errno = -1;
		sys_io_set_ops(&ops);
		w_open(&w, w.pts);
		bad_reads = 0;
		bad_read_errno = kinds[i];
		assert_int_equal(write(w.master, "x", 1), 1);
		UNTIL(&w, w.state == TRANSPORT_LOST);
		assert_int_equal(w.states, 1);
		for (int k = 0; k < 20; k++)
			(void)loop_turn(w.loop, (int64_t)NS_PER_MS);
		assert_int_equal(bad_reads, 1);
		sys_io_set_ops(NULL);
		w_fini(&w);
	}
	w_init(&w);                     /* EAGAIN without end is no loss, and reads go on after it */
	bad_read_errno = -1;
	sys_io_set_ops(&ops);
	w_open(&w, w.pts);
	bad_read_errno = EAGAIN;
	assert_int_equal(write(w.master, "x", 1), 1);
	for (int k = 0; k < 20; k++)
		(void)loop_turn(w.loop, (int64_t)NS_PER_MS);
	assert_int_equal(w.states, 0);
	bad_read_errno = -1;
	UNTIL(&w, w.ring.end == 1);
	sys_io_set_ops(NULL);
	w_fini(&w);
}

static void
test_exec(void **state)
{
	struct world w;

	(void)state;
	w_init(&w);
	w_open(&w, "exec:sh -c 'printf \"%s|\" \"$@\"; exit 3' x \"a b\" 'c\"d' e\\ f");
	UNTIL(&w, w.state == TRANSPORT_LOST);
	assert_ring(&w, "a b|c\"d|e f|");
	assert_non_null(strstr(w.why.why, "status 3"));
	transport_close(w.t);
	w.state = TRANSPORT_OPENING;
	w_open(&w, "exec:cat");
	assert_int_equal(transport_write(w.t, "echo\n", 5, NULL), ERR_OK);
	UNTIL(&w, w.ring.end == 12 + 5);
	transport_close(w.t);
	w.t = NULL;
	UNTIL(&w, !loop_turn(w.loop, (int64_t)NS_PER_MS));      /* the program has been reaped */
	w_fini(&w);
}

/* A program that does not mind a hangup does not outlive the loop, and its record is not lost. */
static void
test_exec_left(void **state)
{
	struct world w;
	int status;

	(void)state;
	w_init(&w);
	w_open(&w, "exec:sh -c 'trap \"\" HUP; echo ready; exec sleep 1000'");
	UNTIL(&w, w.ring.end == 6);
	transport_close(w.t);
	w.t = NULL;
	w_fini(&w);
	assert_true(wait(&status) > 0);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void
test_exec_missing(void **state)
{
	struct world w;
	struct err_msg why;

	(void)state;
	w_init(&w);
	assert_int_equal(transport_open(w.loop, "exec:/nonexistent/prog", &w.set, &callbacks, &w,
	    &w.t, &why),
	    ERR_TOOL);
	assert_int_equal(transport_open(w.loop, "exec:echo 'open", &w.set, &callbacks, &w, &w.t,
	    &why),
	    ERR_USAGE);
	assert_false(transport_returns("exec:cat"));
	assert_true(transport_returns("/dev/ttyUSB0"));
	w_fini(&w);
}

static void
test_tcp(void **state)
{
	struct world w;
	uint16_t port = 0;
	int listening, peer;
	char spec[64];

	(void)state;
	w_init(&w);
	assert_int_equal(sys_tcp_listen_loopback(&port, &listening, NULL), ERR_OK);
	snprintf(spec, sizeof spec, "tcp:127.0.0.1:%u", port);
	w_open(&w, spec);
	UNTIL(&w, w.state == TRANSPORT_OPEN);
	UNTIL(&w, (peer = sys_accept(listening)) >= 0);
	assert_true(sys_write_all(peer, "hi", 2));
	UNTIL(&w, w.ring.end == 2);
	assert_true(sys_write_all(peer, " last", 5));   /* what stands before the end is read */
	sys_close(peer);
	UNTIL(&w, w.state == TRANSPORT_LOST);
	assert_ring(&w, "hi last");
	transport_close(w.t);
	sys_close(listening);
	w.state = TRANSPORT_OPENING;
	w_open(&w, spec);                       /* nobody listens now */
	UNTIL(&w, w.state == TRANSPORT_LOST);
	assert_true(w.why.why[0] != '\0');
	w_fini(&w);
}

/* A host's name is asked for beside the loop; a handle that is closed meanwhile leaves nothing. */
static void
test_tcp_by_name(void **state)
{
	struct world w;
	uint16_t port = 0;
	int listening, six, peer;
	char spec[64];

	(void)state;
	w_init(&w);
	assert_int_equal(sys_tcp_listen_loopback(&port, &listening, NULL), ERR_OK);
	(void)sys_tcp_listen("::1", &port, &six, NULL);         /* it may be the first one there */
	snprintf(spec, sizeof spec, "tcp:localhost:%u", port);
	w_open(&w, spec);
	assert_int_equal(transport_state(w.t), TRANSPORT_OPENING);
	transport_close(w.t);
	w_open(&w, spec);
	UNTIL(&w, w.state == TRANSPORT_OPEN);
	assert_int_equal(w.states, 1);
	UNTIL(&w, (peer = sys_accept(listening)) >= 0 || (peer = sys_accept(six)) >= 0);
	sys_close(peer);                /* it may be the one that was closed */
	transport_close(w.t);
	w.state = TRANSPORT_OPENING;
	w_open(&w, "telnet:localhost:no-such-port");
	UNTIL(&w, w.state == TRANSPORT_LOST);
	assert_int_equal(w.why.code, ERR_NOENT);
	assert_non_null(strstr(w.why.why, "cannot be resolved"));
	assert_true(sys_late_idle(10000));
	sys_close(listening);
	sys_close(six);
	w_fini(&w);
}

static void
test_unix(void **state)
{
	struct world w;
	char dir[] = "/tmp/vise-unix-XXXXXX", *path, *spec;
	int listening, peer;

	(void)state;
	w_init(&w);
	assert_non_null(mkdtemp(dir));
	path = mem_fmt("%s/s", dir);
	spec = mem_fmt("unix:%s", path);
	assert_int_equal(sys_unix_listen(path, &listening, NULL), ERR_OK);
	w_open(&w, spec);
	UNTIL(&w, (peer = sys_accept(listening)) >= 0);
	assert_true(sys_write_all(peer, "hi", 2));
	UNTIL(&w, w.ring.end == 2);
	sys_close(peer);
	UNTIL(&w, w.state == TRANSPORT_LOST);
	sys_close(listening);
	(void)unlink(path);
	(void)rmdir(dir);
	mem_free(spec);
	mem_free(path);
	w_fini(&w);
}

/* At most so much a turn: a flood leaves the loop time for others. */
static void
test_turn_is_bounded(void **state)
{
	static char much[256 << 10];
	struct world w;
	int pair[2];
	char dir[] = "/tmp/vise-turn-XXXXXX", *path, *spec;
	int listening;
	ssize_t put;

	(void)state;
	w_init(&w);
	assert_non_null(mkdtemp(dir));
	path = mem_fmt("%s/s", dir);
	spec = mem_fmt("unix:%s", path);
	assert_int_equal(sys_unix_listen(path, &listening, NULL), ERR_OK);
	w_open(&w, spec);
	UNTIL(&w, (pair[0] = sys_accept(listening)) >= 0);
	put = sys_write(pair[0], much, sizeof much);
	assert_true(put > TRANSPORT_TURN);
	while (w.ring.end < (uint64_t)put) {
		const uint64_t before = w.ring.end;

		(void)loop_turn(w.loop, 5 * (int64_t)NS_PER_MS);
		assert_true(w.ring.end - before <= TRANSPORT_TURN);
	}
	sys_close(pair[0]);
	sys_close(listening);
	(void)unlink(path);
	(void)rmdir(dir);
	mem_free(spec);
	mem_free(path);
	w_fini(&w);
}

/* Also after a test that failed: the next one finds the kernel's table, and no open of this one
 * is under way (a gate that is shut lets it go when its writing end is closed). */
static int
kernel_again(void **state)
{
	(void)state;
	if (slow_gate[1] >= 0)
		(void)close(slow_gate[1]);
	if (!sys_late_idle(10000))
		return -1;
	if (slow_gate[0] >= 0)
		(void)close(slow_gate[0]);
	slow_gate[0] = slow_gate[1] = -1;
	gate_shut = false;
	bad_read_errno = -1;
	sys_io_set_ops(NULL);
	return 0;
}

#define KERNEL_AGAIN(test) cmocka_unit_test_teardown(test, kernel_again)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pty_both_ways),
		cmocka_unit_test(test_link_and_scheme),
		cmocka_unit_test(test_settings_arrive),
		cmocka_unit_test(test_second_opener_is_refused),
		cmocka_unit_test(test_holder_is_named),
		cmocka_unit_test(test_hang_up),
		cmocka_unit_test(test_no_modem_lines_on_a_pty),
		cmocka_unit_test(test_queue),
		cmocka_unit_test(test_queue_limit),
		cmocka_unit_test(test_pacing),
		cmocka_unit_test(test_missing_port),
		KERNEL_AGAIN(test_denied_names_group_and_rule),
		KERNEL_AGAIN(test_open_that_blocks),
		KERNEL_AGAIN(test_bad_reads),
		cmocka_unit_test(test_exec), cmocka_unit_test(test_exec_left),
		cmocka_unit_test(test_exec_missing),
		cmocka_unit_test(test_tcp),
		cmocka_unit_test(test_tcp_by_name),
		cmocka_unit_test(test_unix),
		cmocka_unit_test(test_turn_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
