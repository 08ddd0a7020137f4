/* test_sys_place.c - folders, sockets, the box, and what a process does about itself. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "sys/box.h"
#include "sys/io.h"
#include "sys/path.h"
#include "sys/process.h"
#include "sys/sock.h"

static char dir[64], outside[] = "/tmp/vise-box-cut-XXXXXX";

static int
fresh(void **state)
{
	(void)state;
	snprintf(dir, sizeof dir, "/tmp/vise-test-XXXXXX");
	return mkdtemp(dir) != NULL ? 0 : -1;
}

static int
clear(void **state)
{
	(void)state;
	return rmdir(dir);
}

static void
is(char *got, const char *want)
{
	assert_string_equal(got, want);
	mem_free(got);
}

static void
places(void **state)
{
	char want[100], *self = path_self();

	(void)state;
	is(path_join("/a", "b"), "/a/b");
	is(path_join("/a/", "b"), "/a/b");
	assert_int_equal(setenv("XDG_RUNTIME_DIR", dir, 1) + setenv("XDG_STATE_HOME", "/s", 1) +
	    setenv("XDG_CONFIG_HOME", "relative", 1) + setenv("HOME", "/home/x", 1), 0);
	snprintf(want, sizeof want, "%s/vise", dir);
	is(path_runtime(), want);
	is(path_state(), "/s/vise");
	is(path_config(), "/home/x/.config/vise");
	assert_int_equal(unsetenv("XDG_STATE_HOME") + setenv("XDG_RUNTIME_DIR", "/no/such", 1), 0);
	is(path_state(), "/home/x/.local/state/vise");
	snprintf(want, sizeof want, "/tmp/vise-%lu", (unsigned long)getuid());
	is(path_runtime(), want);
	assert_int_equal(unsetenv("HOME"), 0);
	assert_null(path_config());
	is(path_program("no-such-part"), VISE_LIBEXECDIR "/no-such-part");
	is(path_program(strrchr(self, '/') + 1), self);
	mem_free(self);
}

static void
private_folder(void **state)
{
	char *deep = path_join(dir, "a/b"), *a = path_join(dir, "a"), *link = path_join(dir, "l");
	struct err_msg why;
	struct stat st;

	(void)state;
	assert_int_equal(path_make_private(deep, &why), ERR_OK);
	assert_int_equal(stat(deep, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_int_equal(chmod(deep, 0755), 0);
	assert_int_equal(path_make_private(deep, &why), ERR_OK);
	assert_int_equal(stat(deep, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_int_equal(symlink(deep, link), 0);
	assert_int_equal(path_make_private(link, &why), ERR_DENIED);
	assert_true(path_is_dir(deep) && path_exists(link) && !path_exists("/no/such"));
	assert_int_equal(unlink(link) + rmdir(deep) + rmdir(a), 0);
	mem_free(deep);
	mem_free(a);
	mem_free(link);
}

struct seen { char text[200]; int left; };

static bool
see(const char *name, void *arg)
{
	struct seen *s = arg;
	const size_t n = strlen(s->text);

	snprintf(s->text + n, sizeof s->text - n, "%s ", name);
	return --s->left != 0;
}

static void
listing(void **state)
{
	static const char *const names[] = { "b", ".hidden", "a10", "B", "a2" };
	struct seen all = { "", 100 }, two = { "", 2 };
	struct err_msg why;

	(void)state;
	for (int i = 0; i < 5; i++) {
		char *p = path_join(dir, names[i]);

		sys_close(sys_open(p, O_CREAT | O_WRONLY, 0600));
		mem_free(p);
	}
	assert_int_equal(path_each(dir, see, &all, &why), ERR_OK);
	assert_string_equal(all.text, ".hidden B a10 a2 b ");
	assert_int_equal(path_each(dir, see, &two, &why), ERR_OK);
	assert_string_equal(two.text, ".hidden B ");
	assert_int_equal(path_each("/no/such", see, &two, &why), ERR_NOENT);
	for (int i = 0; i < 5; i++) {
		char *p = path_join(dir, names[i]);

		assert_int_equal(unlink(p), 0);
		mem_free(p);
	}
}

static void
unix_door(void **state)
{
	char *path = path_join(dir, "s"), longer[200];
	int door, mine, theirs, second;
	struct err_msg why;
	struct stat st;
	uid_t uid;

	(void)state;
	assert_int_equal(chmod(dir, 0755), 0);
	assert_int_equal(sys_unix_listen(path, &door, &why), ERR_DENIED);
	assert_int_equal(door, -1);
	assert_non_null(strstr(why.why, "755"));
	assert_false(path_exists(path));
	assert_int_equal(chmod(dir, 0700), 0);
	assert_int_equal(sys_unix_connect(path, &mine, &why), ERR_NOENT);
	assert_int_equal(sys_unix_listen(path, &door, &why), ERR_OK);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(sys_accept(door), -1);
	assert_int_equal(sys_unix_connect(path, &mine, &why), ERR_OK);
	theirs = sys_accept(door);
	assert_true(theirs >= 0 && sys_peer_uid(theirs, &uid) && uid == getuid());
	assert_int_equal(fcntl(theirs, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
	assert_int_equal(fcntl(theirs, F_GETFD), FD_CLOEXEC);
	assert_int_equal(sys_unix_listen(path, &second, &why), ERR_BUSY);
	sys_close(theirs);
	sys_close(mine);
	sys_close(door);
	assert_int_equal(sys_unix_connect(path, &mine, &why), ERR_IO);
	memset(longer, 'x', sizeof longer);
	longer[199] = '\0';
	assert_int_equal(sys_unix_listen(longer, &door, &why), ERR_USAGE);
	assert_int_equal(sys_unix_connect(longer, &door, &why), ERR_USAGE);
	assert_int_equal(unlink(path), 0);
	mem_free(path);
}

static int
settle(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };

	assert_int_equal(poll(&p, 1, 5000), 1);
	return sys_sock_error(fd);
}

static void
tcp(void **state)
{
	int door, mine, theirs;
	uint16_t port = 0;
	char text[16];
	struct err_msg why;

	(void)state;
	assert_int_equal(sys_tcp_listen_loopback(&port, &door, &why), ERR_OK);
	assert_int_not_equal(port, 0);
	snprintf(text, sizeof text, "%u", port);
	assert_int_equal(sys_tcp_connect("127.0.0.1", text, &mine, &why), ERR_OK);
	assert_int_equal(settle(mine), 0);
	theirs = sys_accept(door);
	assert_true(theirs >= 0);
	sys_close(theirs);
	sys_close(mine);
	sys_close(door);
	if (sys_tcp_connect("127.0.0.1", text, &mine, &why) == ERR_OK) {
		assert_int_equal(settle(mine), ECONNREFUSED);
		sys_close(mine);
	}
	assert_int_equal(sys_tcp_connect("127.0.0.1", "no-such-port", &mine, &why), ERR_NOENT);
	assert_int_equal(mine, -1);
}

/* body runs in a child of ours; its exit status comes back. */
static int
apart(int (*body)(void))
{
	const pid_t pid = fork();
	int st;

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(body());
	assert_int_equal(waitpid(pid, &st, 0), pid);
	return WIFEXITED(st) ? WEXITSTATUS(st) : 200;
}

static long
landlock_abi(void)
{
#ifdef SYS_landlock_create_ruleset
	return syscall(SYS_landlock_create_ruleset, NULL, 0, 1);        /* ..._VERSION */
#else
	return 0;
#endif
}

static int
boxed(void)
{
	const char *const ok[] = { dir, NULL };
	const struct box b = { .files = 20, .no_new_privs = true, .no_write = true, .write_ok = ok };
	const unsigned held = box_apply(&b);
	char *path = path_join(dir, "in");
	int fd;

	/* the kernel's Landlock knows it from ABI 3 on */
	if (truncate(outside, 5) == 0 && (held & BOX_LANDLOCK) != 0 && landlock_abi() >= 3)
		return 5;
	if ((held & (BOX_FILES | BOX_PRIVS)) != (BOX_FILES | BOX_PRIVS) || (held & BOX_CPU) != 0)
		return 1;
	fd = sys_open(path, O_CREAT | O_WRONLY, 0600);
	if (fd < 0 || sys_fsync(fd) != 0 || unlink(path) != 0)
		return 2;
	mem_free(path);
	fd = sys_open("/tmp/vise-box-outside", O_CREAT | O_WRONLY, 0600);
	if (fd >= 0)
		(void)unlink("/tmp/vise-box-outside");
	if ((held & BOX_LANDLOCK) != 0 && fd >= 0)
		return 3;
	fd = sys_open("/etc/passwd", O_RDONLY, 0);
	return fd >= 0 ? 0 : 4;
}

/* And with reading taken away: what is named stays, the rest is gone. */
static int
boxed_reading(void)
{
	const char *const ok[] = { dir, NULL };
	const struct box b = { .no_write = true, .no_read = true, .read_ok = ok };
	const unsigned held = box_apply(&b);
	char *path = path_join(dir, "nothing");

	if (sys_open(dir, O_RDONLY, 0) < 0 || sys_open(path, O_RDONLY, 0) >= 0 || errno != ENOENT)
		return 1;
	mem_free(path);
	if (sys_open("/proc/self/maps", O_RDONLY, 0) < 0 || sys_open("/dev/null", O_RDWR, 0) < 0)
		return 2;
	if ((held & BOX_LANDLOCK) == 0)
		return 0;
	return sys_open("/etc/passwd", O_RDONLY, 0) < 0 && errno == EACCES ? 0 : 3;
}

static int
few_files(void)
{
	const struct box b = { .files = 16 };
	int opened = 0;

	process_close_from(3);
	if (box_apply(&b) != BOX_FILES)
		return 1;
	while (opened < 100 && sys_open("/dev/null", O_RDONLY, 0) >= 0)
		opened++;
	return opened == 13 && errno == EMFILE ? 0 : 2;
}

static int
std_closed(void)
{
	for (int fd = 0; fd < 3; fd++)
		(void)close(fd);
	process_fill_std_fds();
	return fcntl(0, F_GETFD) == 0 && fcntl(1, F_GETFD) == 0 && fcntl(2, F_GETFD) == 0 ? 0 : 1;
}

static int
background(void)
{
	struct err_msg why;
	bool child;
	const enum err e = process_daemonize(&child, &why);

	if (child) {
		(void)err_set(&why, ERR_BUSY, "x", NULL, "taken");
		process_ready(&why);
		_exit(0);
	}
	return e == ERR_BUSY && strcmp(why.why, "taken") == 0 ? 0 : 1;
}

static int
background_dies(void)
{
	struct err_msg why;
	bool child;
	const enum err e = process_daemonize(&child, &why);

	if (child)
		_exit(0);
	return e == ERR_INFRA ? 0 : 1;
}

static int
background_good(void)
{
	bool child;
	const enum err e = process_daemonize(&child, NULL);
	char where[64];

	if (child) {
		if (getcwd(where, sizeof where) != NULL && strcmp(where, "/") == 0 && getsid(0) != getpid())
			process_ready(NULL);
		_exit(0);
	}
	return e == ERR_OK ? 0 : 1;
}

static void
children(void **state)
{
	const int kept = mkstemp(outside);

	(void)state;
	assert_true(kept >= 0);
	assert_int_equal(apart(boxed), 0);
	assert_int_equal(unlink(outside), 0);
	(void)close(kept);
	assert_int_equal(apart(boxed_reading), 0);
	assert_int_equal(apart(few_files), 0);
	assert_int_equal(apart(std_closed), 0);
	assert_int_equal(apart(background), 0);
	assert_int_equal(apart(background_dies), 0);
	assert_int_equal(apart(background_good), 0);
}

static void
who(void **state)
{
	char *path = path_join(dir, "held"), name[64];
	int p[2], st, fd;
	siginfo_t ended;
	pid_t pid;

	(void)state;
	fd = sys_open(path, O_CREAT | O_RDWR, 0600);
	assert_int_equal(process_holder(path, name, sizeof name), 0);
	assert_int_equal(pipe(p), 0);
	pid = fork();
	if (pid == 0) {
		(void)close(p[1]);
		_exit(read(p[0], name, 1) == 0 ? 0 : 1);
	}
	sys_close(fd);
	assert_true(process_alive(pid));
	assert_int_equal(process_holder(path, name, sizeof name), pid);
	assert_true(strlen(name) > 0);
	sys_close(p[0]);
	sys_close(p[1]);
	assert_int_equal(waitid(P_PID, (id_t)pid, &ended, WEXITED | WNOWAIT), 0);
	assert_int_equal(kill(pid, 0), 0);
	assert_false(process_alive(pid));       /* ended, and not reaped */
	assert_int_equal(waitpid(pid, &st, 0), pid);
	assert_false(process_alive(pid) || process_alive(0) || process_is_setuid());
	assert_int_equal(process_holder("/no/such", name, sizeof name), 0);
	process_user(name, sizeof name);
	assert_true(strlen(name) > 0);
	process_host(name, 2);
	assert_int_equal(strlen(name), 1);
	assert_int_equal(unlink(path), 0);
	mem_free(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(places, fresh, clear),
		cmocka_unit_test_setup_teardown(private_folder, fresh, clear),
		cmocka_unit_test_setup_teardown(listing, fresh, clear),
		cmocka_unit_test_setup_teardown(unix_door, fresh, clear),
		cmocka_unit_test(tcp),
		cmocka_unit_test_setup_teardown(children, fresh, clear),
		cmocka_unit_test_setup_teardown(who, fresh, clear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
