/* test_transport_discover.c - ports of a made-up sysfs tree: names, USB facts, links, selectors,
 * locks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "sys/io.h"
#include "sys/pty.h"
#include "sys/spawn.h"
#include "transport/discover.h"
#include "transport/node.h"

static char root[64];

static void
make_dirs(const char *path)
{
	char *p = mem_str(path);

	for (char *s = p + 1; *s != '\0'; s++)
		if (*s == '/') {
			*s = '\0';
			(void)mkdir(p, 0755);
			*s = '/';
		}
	(void)mkdir(p, 0755);
	mem_free(p);
}

static void
put(const char *dir, const char *name, const char *text)
{
	char *d = mem_fmt("%s%s", root, dir), *f = mem_fmt("%s/%s", d, name);

	make_dirs(d);
	assert_int_equal(sys_file_replace(f, text, strlen(text), NULL), ERR_OK);
	mem_free(f);
	mem_free(d);
}

static void
tie(const char *target, const char *dir, const char *name)
{
	char *d = mem_fmt("%s%s", root, dir), *f = mem_fmt("%s/%s", d, name);

	make_dirs(d);
	assert_int_equal(symlink(target, f), 0);
	mem_free(f);
	mem_free(d);
}

/* A USB port at bus place `place` with tty name; serial may be NULL. */
static void
usb_port(const char *place, const char *tty, const char *vid, const char *pid, const char *serial,
    const char *interface)
{
	char *dev = mem_fmt("/sys/devices/pci0/usb1/%s", place);
	char *inter = mem_fmt("%s/%s:1.%s", dev, place, interface);
	char *node = mem_fmt("%s/tty/%s", inter, tty);
	char *target = mem_fmt("../../devices/pci0/usb1/%s/%s:1.%s/tty/%s", place, place, interface,
	    tty);

	put(dev, "idVendor", vid);
	put(dev, "idProduct", pid);
	put(dev, "product", "A \x1b[31mBoard\n");
	put(dev, "manufacturer", "Maker\n");
	if (serial != NULL)
		put(dev, "serial", serial);
	put(inter, "bInterfaceNumber", interface);
	put(node, "dev", "166:0\n");
	tie("../..", node, "device");
	tie("../../../../../bus/usb/drivers/cdc_acm", inter, "driver");
	tie(target, "/sys/class/tty", tty);
	put("/dev", tty, "");
	mem_free(target);
	mem_free(node);
	mem_free(inter);
	mem_free(dev);
}

static int
setup(void **state)
{
	(void)state;
	snprintf(root, sizeof root, "%s/vise-ports-XXXXXX", getenv("TMPDIR") != NULL &&
	    strlen(getenv("TMPDIR")) < 40 ? getenv("TMPDIR") : "/tmp");
	assert_non_null(mkdtemp(root));
	put("/sys/bus/usb/drivers/cdc_acm", "x", "");
	usb_port("1-2", "ttyACM0", "0483\n", "374b\n", "0672FF\n", "02");
	usb_port("1-3", "ttyACM1", "0483\n", "374b\n", "1111\n", "02");
	usb_port("1-4", "ttyUSB0", "1a86\n", "7523\n", NULL, "00");
	/* A console without hardware, a slot of the 8250 driver without a chip, and one with. */
	put("/sys/devices/virtual/tty/tty1", "dev", "4:1");
	tie("../../devices/virtual/tty/tty1", "/sys/class/tty", "tty1");
	put("/sys/devices/platform/serial8250/tty/ttyS1", "type", "0\n");
	tie("../..", "/sys/devices/platform/serial8250/tty/ttyS1", "device");
	tie("../../devices/platform/serial8250/tty/ttyS1", "/sys/class/tty", "ttyS1");
	put("/sys/devices/pnp0/00:01/tty/ttyS0", "type", "4\n");
	tie("../..", "/sys/devices/pnp0/00:01/tty/ttyS0", "device");
	tie("../../devices/pnp0/00:01/tty/ttyS0", "/sys/class/tty", "ttyS0");
	put("/dev", "ttyS0", "");
	tie("../../ttyACM0", "/dev/serial/by-id", "usb-Maker_Board_0672FF-if02");
	return 0;
}

static int
teardown(void **state)
{
	char *argv = mem_fmt("%s", root);
	pid_t pid = fork();

	(void)state;
	if (pid == 0) {
		execlp("rm", "rm", "-rf", "--", argv, (char *)NULL);
		_exit(127);
	}
	mem_free(argv);
	return 0;
}

static const struct port *
find(const struct port_list *l, const char *name)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(strrchr(l->v[i].path, '/') + 1, name) == 0)
			return &l->v[i];
	return NULL;
}

static void
test_list(void **state)
{
	struct port_list l;
	const struct port *p;

	(void)state;
	assert_int_equal(ports_list(root, 0, &l, NULL), ERR_OK);
	assert_int_equal(l.n, 4);
	p = find(&l, "ttyACM0");
	assert_non_null(p);
	assert_true(p->usb);
	assert_int_equal(p->vid, 0x0483);
	assert_int_equal(p->pid, 0x374b);
	assert_int_equal(p->interface, 2);
	assert_string_equal(p->serial, "0672FF");
	assert_string_equal(p->manufacturer, "Maker");
	assert_null(strchr(p->product, 0x1b));          /* a stranger's text moves no terminal */
	assert_string_equal(p->driver, "cdc_acm");
	assert_string_equal(p->sysfs, "/sys/devices/pci0/usb1/1-2");
	assert_non_null(strstr(p->by_id, "/dev/serial/by-id/usb-Maker_Board_0672FF-if02"));
	p = find(&l, "ttyS0");
	assert_non_null(p);
	assert_false(p->usb);
	assert_int_equal(p->interface, -1);
	assert_null(find(&l, "ttyS1"));
	assert_null(find(&l, "tty1"));
	ports_free(&l);
}

static void
test_no_tty_class(void **state)
{
	struct port_list l;
	char *empty = mem_fmt("%s/dev", root);

	(void)state;
	assert_int_equal(ports_list(empty, 0, &l, NULL), ERR_OK);
	assert_int_equal(l.n, 0);
	ports_free(&l);
	assert_int_equal(ports_list("/nonexistent/x", 0, &l, NULL), ERR_NOENT);
	mem_free(empty);
}

static void
test_describe_follows_links(void **state)
{
	struct port p;
	char *link = mem_fmt("%s/dev/serial/by-id/usb-Maker_Board_0672FF-if02", root);

	(void)state;
	assert_int_equal(port_describe(root, link, 0, &p), ERR_OK);
	assert_non_null(strstr(p.path, "/dev/ttyACM0"));
	mem_free(link);
	assert_int_equal(port_describe(root, "/dev/null", 0, &p), ERR_NOTHING);
}

static void
test_select(void **state)
{
	static const struct { const char *text; enum err e; const char *name; } cases[] = {
		{ "1a86:7523", ERR_OK, "ttyUSB0" },
		{ "0483:374b:1111", ERR_OK, "ttyACM1" },
		{ "0483:374B:0672FF:02", ERR_OK, "ttyACM0" },
		{ "0483:374b:0672FF:00", ERR_NOENT, NULL },
		{ "0483:374b", ERR_USAGE, NULL },
		{ "dead:beef", ERR_NOENT, NULL },
		{ "1a86", ERR_USAGE, NULL },
		{ "12345:1", ERR_USAGE, NULL },
		{ "xyz:1", ERR_USAGE, NULL },
		{ "", ERR_USAGE, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct port p;
		struct err_msg why;

		assert_int_equal(port_select(root, cases[i].text, &p, &why), cases[i].e);
		if (cases[i].name != NULL)
			assert_non_null(strstr(p.path, cases[i].name));
		else
			assert_true(why.why[0] != '\0');
	}
}

static void
test_same(void **state)
{
	struct port_list l;
	struct port moved;

	(void)state;
	assert_int_equal(ports_list(root, 0, &l, NULL), ERR_OK);
	moved = *find(&l, "ttyACM0");
	snprintf(moved.path, sizeof moved.path, "/dev/ttyACM7");
	snprintf(moved.sysfs, sizeof moved.sysfs, "/sys/elsewhere");
	assert_true(port_same(&moved, find(&l, "ttyACM0")));
	assert_false(port_same(&moved, find(&l, "ttyACM1")));
	moved = *find(&l, "ttyUSB0");           /* no serial number: the place counts */
	assert_true(port_same(&moved, find(&l, "ttyUSB0")));
	snprintf(moved.sysfs, sizeof moved.sysfs, "/sys/elsewhere");
	assert_false(port_same(&moved, find(&l, "ttyUSB0")));
	assert_false(port_same(find(&l, "ttyS0"), find(&l, "ttyS0")));
	ports_free(&l);
}

/* The board that was on ttyUSB0 or ttyACM0, after other things happened to the names. */
static void
test_find_again(void **state)
{
	char *acm0 = mem_fmt("%s/dev/ttyACM0", root), *acm9 = mem_fmt("%s/dev/ttyACM9", root);
	struct port was, out;
	struct err_msg why;

	(void)state;
	assert_int_equal(port_describe(root, acm0, 0, &was), ERR_OK);
	assert_int_equal(port_find_again(root, acm0, &was, &out, &why), ERR_OK);
	assert_string_equal(out.path, acm0);
	/* a name where it is not now: found by its numbers */
	assert_int_equal(port_find_again(root, acm9, &was, &out, &why), ERR_OK);
	assert_string_equal(out.path, acm0);
	/* the name now belongs to another: that one is not opened */
	snprintf(was.serial, sizeof was.serial, "ANOTHER");
	assert_int_equal(port_find_again(root, acm0, &was, &out, &why), ERR_BUSY);
	assert_non_null(strstr(why.why, "0483:374b 0672FF"));
	assert_int_equal(port_find_again(root, acm9, &was, &out, &why), ERR_NOTHING);
	/* another interface of the same board is not it */
	assert_int_equal(port_describe(root, acm0, 0, &was), ERR_OK);
	was.interface = 4;
	assert_int_equal(port_find_again(root, acm0, &was, &out, &why), ERR_BUSY);
	/* its boot loader has other numbers */
	assert_int_equal(port_describe(root, acm0, 0, &was), ERR_OK);
	was.pid = 0xdf11;
	assert_int_equal(port_find_again(root, acm0, &was, &out, &why), ERR_BUSY);
	/* without a serial number: the same socket of the same hub */
	mem_free(acm9);
	acm9 = mem_fmt("%s/dev/ttyUSB0", root);
	assert_int_equal(port_describe(root, acm9, 0, &was), ERR_OK);
	assert_int_equal(port_find_again(root, acm0, &was, &out, &why), ERR_OK);
	assert_string_equal(out.path, acm9);
	snprintf(was.sysfs, sizeof was.sysfs, "/sys/devices/elsewhere");
	assert_int_equal(port_find_again(root, acm9, &was, &out, &why), ERR_BUSY);
	mem_free(acm9);
	mem_free(acm0);
}

static void
test_sentence(void **state)
{
	char text[300], small[20];

	(void)state;
	ports_sentence(root, text, sizeof text);
	assert_non_null(strstr(text, "ttyS0"));
	ports_sentence(root, small, sizeof small);
	assert_true(strlen(small) < sizeof small);
	ports_sentence("/nonexistent/x", text, sizeof text);
	assert_string_equal(text, "no serial port is plugged in");
}

static void
test_uucp_locks(void **state)
{
	char text[32], *dir = mem_fmt("%s/lock", root);
	const int binary = (int)getpid();
	pid_t gone = fork();

	(void)state;
	if (gone == 0)
		_exit(0);
	(void)sys_wait(gone);
	assert_int_equal(node_uucp_owner(dir, "/dev/ttyUSB0"), 0);
	snprintf(text, sizeof text, "%10ld\n", (long)getpid());
	put("/lock", "LCK..ttyUSB0", text);
	assert_int_equal(node_uucp_owner(dir, "/dev/ttyUSB0"), getpid());
	assert_int_equal(node_uucp_owner(dir, "/dev/ttyUSB1"), 0);
	snprintf(text, sizeof text, "%10ld minicom root\n", (long)getpid());
	put("/lock", "LCK..ttyUSB0", text);
	assert_int_equal(node_uucp_owner(dir, "/dev/ttyUSB0"), getpid());
	snprintf(text, sizeof text, "%10ld\n", (long)gone);     /* stale */
	put("/lock", "LCK..ttyUSB0", text);
	assert_int_equal(node_uucp_owner(dir, "/dev/ttyUSB0"), 0);
	put("/lock", "LCK..ttyUSB0",
	    "rubbish rubbish rubbish rubbish rubbish rubbish rubbish rubbish rubbish");
	assert_int_equal(node_uucp_owner(dir, "/dev/ttyUSB0"), 0);
	if ((binary & 0xff) != 0) {
		char *f = mem_fmt("%s/LCK..ttyUSB0", dir);

		assert_int_equal(sys_file_replace(f, &binary, sizeof binary, NULL), ERR_OK);
		assert_int_equal(node_uucp_owner(dir, "/dev/ttyUSB0"), getpid());
		mem_free(f);
	}
	mem_free(dir);
}

static void
test_uucp_take(void **state)
{
	char *dir = mem_fmt("%s/take", root), *file = mem_fmt("%s/LCK..ttyUSB7", dir), *lock;
	pid_t owner, gone = fork();
	char text[32];
	struct buf b;

	(void)state;
	if (gone == 0)
		_exit(0);
	(void)sys_wait(gone);
	put("/take", "x", "");
	assert_int_equal(node_uucp_take(dir, "/dev/ttyUSB7", &lock, &owner), ERR_OK);
	assert_string_equal(lock, file);
	buf_init(&b, 70000);
	assert_int_equal(sys_file_read(file, 64, &b, NULL), ERR_OK);
	snprintf(text, sizeof text, "%10ld\n", (long)getpid());
	assert_string_equal(buf_str(&b), text);
	buf_fini(&b);
	node_unlock(lock);
	assert_int_not_equal(access(file, F_OK), 0);

	snprintf(text, sizeof text, "%10ld\n", (long)gone);     /* its process is gone: removed */
	put("/take", "LCK..ttyUSB7", text);
	assert_int_equal(node_uucp_take(dir, "/dev/ttyUSB7", &lock, &owner), ERR_OK);
	assert_non_null(lock);
	node_unlock(lock);

	snprintf(text, sizeof text, "%10ld\n", (long)getppid());
	put("/take", "LCK..ttyUSB7", text);
	assert_int_equal(node_uucp_take(dir, "/dev/ttyUSB7", &lock, &owner), ERR_BUSY);
	assert_int_equal(owner, getppid());
	assert_null(lock);
	node_unlock(mem_str(file));             /* not ours: it stays */
	assert_int_equal(access(file, F_OK), 0);

	put("/take", "LCK..ttyUSB7", "");       /* just being written: left alone, no lock of ours */
	assert_int_equal(node_uucp_take(dir, "/dev/ttyUSB7", &lock, &owner), ERR_OK);
	assert_null(lock);
	assert_int_equal(utimensat(AT_FDCWD, file,
	    (const struct timespec[2]){ { 1000, 0 }, { 1000, 0 } }, 0), 0);
	assert_int_equal(node_uucp_take(dir, "/dev/ttyUSB7", &lock, &owner), ERR_OK);
	assert_non_null(lock);
	node_unlock(lock);

	assert_int_equal(node_uucp_take("/nonexistent", "/dev/ttyUSB7", &lock, &owner), ERR_OK);
	assert_null(lock);
	mem_free(file);
	mem_free(dir);
}

/* The number of a pty is used again at once: no file of ours, and one of others counts while its
 * process has this pty open. */
static void
test_uucp_pty(void **state)
{
	char *dir = mem_fmt("%s/pty", root), pts[64], *name, *lock, text[32];
	int master, slave, up[2], down[2];
	pid_t owner, pid;
	char c;

	(void)state;
	put("/pty", "x", "");
	assert_int_equal(sys_pty_open(&master, &slave, pts, sizeof pts, true, NULL), ERR_OK);
	name = mem_fmt("LCK..pts_%s", strrchr(pts, '/') + 1);
	assert_int_equal(node_uucp_take(dir, pts, &lock, &owner), ERR_OK);
	assert_null(lock);
	snprintf(text, sizeof text, "%10ld\n", (long)getppid());
	put("/pty", name, text);                /* it lives, but has it not */
	assert_int_equal(node_uucp_take(dir, pts, &lock, &owner), ERR_OK);
	assert_null(lock);
	assert_int_equal(pipe(up), 0);
	assert_int_equal(pipe(down), 0);
	pid = fork();
	if (pid == 0) {                         /* has it, by inheritance */
		(void)close(down[1]);
		(void)!write(up[1], "x", 1);
		(void)!read(down[0], &c, 1);
		_exit(0);
	}
	assert_int_equal(read(up[0], &c, 1), 1);
	snprintf(text, sizeof text, "%10ld\n", (long)pid);
	put("/pty", name, text);
	assert_int_equal(node_uucp_take(dir, pts, &lock, &owner), ERR_BUSY);
	assert_int_equal(owner, pid);
	for (int i = 0; i < 2; i++) {
		(void)close(up[i]);
		(void)close(down[i]);
	}
	(void)sys_wait(pid);
	assert_int_equal(node_uucp_take(dir, pts, &lock, &owner), ERR_OK);
	sys_close(master);
	sys_close(slave);
	mem_free(name);
	mem_free(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_no_tty_class),
		cmocka_unit_test(test_describe_follows_links),
		cmocka_unit_test(test_select),
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_find_again),
		cmocka_unit_test(test_sentence),
		cmocka_unit_test(test_uucp_locks),
		cmocka_unit_test(test_uucp_take),
		cmocka_unit_test(test_uucp_pty),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
