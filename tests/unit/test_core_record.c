/* test_core_record.c - options, the journal on a failing disk, the bus, the JSON helpers. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/slice.h"
#include "core/bus.h"
#include "core/journal.h"
#include "core/options.h"
#include "sys/io.h"

static char path[64];
static long room;               /* bytes the disk still takes, negative: no end */

static ssize_t
full_write(int fd, const void *p, size_t n)
{
	if (room == 0) {
		errno = ENOSPC;
		return -1;
	}
	if (room > 0 && n > (size_t)room)
		n = (size_t)room;
	if (room > 0)
		room -= (long)n;
	return write(fd, p, n);
}

static int
plain_open(int at, const char *p, int flags, mode_t mode)
{
	return openat(at, p, flags, mode);
}

static const struct sys_io_ops full = { .openat = plain_open, .read = read, .pread = pread, .write = full_write,
	.fsync = fsync, .close = close };

static int
fresh(void **state)
{
	int fd;

	(void)state;
	snprintf(path, sizeof path, "/tmp/vise-test-XXXXXX");
	fd = mkstemp(path);
	room = -1;
	return fd >= 0 ? close(fd) : -1;
}

static int
clear(void **state)
{
	(void)state;
	sys_io_set_ops(NULL);
	return unlink(path);
}

static void
options_table(void **state)
{
	struct options o;
	struct err_msg why;
	json_t *list;

	(void)state;
	options_init(&o);
	assert_int_equal(options_num(&o, OPT_CONSOLE_BAUD), 115200);
	assert_int_equal(options_num(&o, OPT_BENCH_LINGER), 600 * NS_PER_S);
	assert_int_equal(options_num(&o, OPT_CONSOLE_TIMES), 1);
	assert_int_equal(options_set(&o, "console.baud", "20000000", &why), ERR_OK);
	assert_int_equal(options_set(&o, "console.baud", "20000001", &why), ERR_USAGE);
	assert_int_equal(options_set(&o, "console.baud", "0", &why), ERR_USAGE);
	assert_int_equal(options_set(&o, "console.baud", "fast", &why), ERR_USAGE);
	assert_int_equal(options_num(&o, OPT_CONSOLE_BAUD), 20000000);
	assert_int_equal(options_set(&o, "console.eol", "crlf", &why), ERR_OK);
	assert_int_equal(options_num(&o, OPT_CONSOLE_EOL), 2);
	assert_int_equal(options_set(&o, "console.eol", "cr,lf", &why), ERR_USAGE);
	assert_int_equal(options_set(&o, "console.eol", "", &why), ERR_USAGE);
	assert_non_null(strstr(why.why, "cr,lf,crlf"));
	assert_int_equal(options_set(&o, "at.timeout", "250ms", &why), ERR_OK);
	assert_int_equal(options_num(&o, OPT_AT_TIMEOUT), 250 * NS_PER_MS);
	assert_int_equal(options_set(&o, "screen.bell", "maybe", &why), ERR_USAGE);
	assert_int_equal(options_set(&o, "no.such", "1", &why), ERR_USAGE);
	list = options_list(&o);
	assert_int_equal(json_array_size(list), OPT_COUNT);
	json_decref(list);
	for (int i = 0; i < OPT_COUNT; i++)
		assert_int_equal(options_set(&o, options_name((enum option_id)i),
		    options_text(&o, (enum option_id)i), &why), ERR_OK);
	options_fini(&o);
}

static enum err
load(const char *text, struct options *o, struct err_msg *why)
{
	assert_int_equal(sys_file_replace(path, text, strlen(text), NULL), ERR_OK);
	return options_load(o, path, why);
}

static void
options_file(void **state)
{
	struct options o;
	struct err_msg why;
	char where[80];

	(void)state;
	options_init(&o);
	assert_int_equal(load("# hello\n\n  set console.baud 9600\r\nset keys.prefix ^A", &o, &why), ERR_OK);
	assert_int_equal(options_num(&o, OPT_CONSOLE_BAUD), 9600);
	assert_string_equal(options_text(&o, OPT_KEYS_PREFIX), "^A");
	assert_int_equal(load("\nset no.such 1\n", &o, &why), ERR_CONFIG);
	snprintf(where, sizeof where, "%s:2", path);
	assert_string_equal(why.what, where);
	assert_non_null(strstr(why.next, "option.list"));
	assert_int_equal(load("set no.such 1\nset console.baud 4800\n", &o, &why), ERR_CONFIG);
	assert_int_equal(options_num(&o, OPT_CONSOLE_BAUD), 4800);      /* the others count */
	assert_int_equal(load("let x 1", &o, &why), ERR_CONFIG);
	assert_int_equal(load("set console.baud x", &o, NULL), ERR_CONFIG);
	assert_int_equal(options_load(&o, "/no/such/file", &why), ERR_OK);
	options_fini(&o);
}

/* Reads the journal back: each line must be a whole record. Gives how many, and the sum of "lost" told by holes. */
static size_t
records(int64_t *holes)
{
	struct slice rest, l;
	size_t n = 0;
	struct buf b;

	*holes = 0;
	buf_init(&b, 64 << 20);
	assert_int_equal(sys_file_read(path, 32 << 20, &b, NULL), ERR_OK);
	for (rest = slice_make(buf_str(&b), b.len); rest.n != 0; n++) {
		struct err_msg why;
		json_t *o;

		l = slice_cut(rest, '\n', &rest);
		o = json_read(l.p, l.n, "line", &why);
		assert_true(json_is_object(o));
		if (strcmp(json_get_str(o, "type", ""), "journal.hole") == 0) {
			*holes += json_get_int(o, "records", 0);
			n--;
		}
		json_decref(o);
	}
	assert_true(b.len == 0 || b.data[b.len - 1] == '\n');
	buf_fini(&b);
	return n;
}

static void
journal_disk_full(void **state)
{
	enum { N = 3000 };
	char filler[1000];
	struct journal *j;
	struct err_msg why;
	int64_t holes;
	json_t *fields = json_object();

	(void)state;
	memset(filler, 'x', sizeof filler - 1);
	filler[sizeof filler - 1] = '\0';
	json_put_str(fields, "filler", filler);
	assert_int_equal(journal_open(path, 100, &j, &why), ERR_OK);
	sys_io_set_ops(&full);
	room = 5010;                    /* cuts a record in its middle */
	for (int i = 0; i < N; i++) {
		journal_add(j, 100 + (uint64_t)i, "test.event", fields);
		if (i % 7 == 0)
			journal_flush(j);
	}
	assert_true(journal_failing(j, &why));
	assert_non_null(strstr(why.why, strerror(ENOSPC)));
	assert_in_range(journal_lost(j), 1, N - 900);
	room = 333;                     /* a little space, and full again */
	journal_flush(j);
	room = -1;
	journal_flush(j);
	assert_false(journal_failing(j, &why));
	journal_add(j, 5000, "test.event", fields);
	journal_flush(j);
	assert_int_equal(records(&holes), N + 1 - journal_lost(j));
	assert_int_equal(holes, journal_lost(j));
	journal_close(j);
	json_decref(fields);
}

static void
journal_plain(void **state)
{
	struct journal *j;
	struct err_msg why;
	struct buf b;
	int64_t holes;
	json_t *fields = json_pack("{s:s,s:i}", "type", "forged", "n", 7);

	(void)state;
	assert_int_equal(journal_open("/no/such/folder/j", 0, &j, &why), ERR_NOENT);
	assert_null(j);
	assert_int_equal(journal_open(path, 1000, &j, &why), ERR_OK);
	journal_add(j, 1005, "a.b", fields);
	journal_add(j, 1006, "c", NULL);
	journal_close(j);
	journal_close(NULL);
	assert_int_equal(records(&holes), 2);
	buf_init(&b, 1 << 20);
	assert_int_equal(sys_file_read(path, 65536, &b, NULL), ERR_OK);
	assert_non_null(strstr(buf_str(&b), "\"t\":5,"));
	assert_non_null(strstr(buf_str(&b), "\"type\":\"a.b\""));       /* fields cannot forge it */
	assert_null(strstr(buf_str(&b), "forged"));
	buf_fini(&b);
	json_decref(fields);
}

struct seen { struct bus *b; struct bus_sub *sub, *other; char text[200]; };

static void
hear(void *arg, uint64_t mono, const char *type, const json_t *body)
{
	struct seen *s = arg;
	const size_t n = strlen(s->text);

	assert_true(json_is_object(body));
	snprintf(s->text + n, sizeof s->text - n, "%s/%d ", type, (int)mono);
}

static void
hear_and_say(void *arg, uint64_t mono, const char *type, const json_t *body)
{
	struct seen *s = arg;

	if (mono < 3)
		bus_publish(s->b, mono + 1, "job.next", NULL);
	hear(arg, mono, type, body);
	if (mono == 2) {
		bus_unsubscribe(s->sub);
		bus_unsubscribe(s->other);
	}
}

static void
bus_order(void **state)
{
	struct seen s = { .b = bus_new() }, late = { .b = s.b }, other = { .b = s.b };

	(void)state;
	s.sub = bus_subscribe(s.b, "job", hear_and_say, &s);
	(void)bus_subscribe(s.b, "", hear, &late);
	s.other = bus_subscribe(s.b, "job.next", hear, &other);
	bus_publish(s.b, 1, "job", json_object());
	assert_string_equal(s.text, "job/1 job.next/2 ");
	assert_string_equal(late.text, "job/1 job.next/2 job.next/3 ");
	assert_string_equal(other.text, "");    /* unsubscribed during the delivery: not called any more */
	bus_publish(s.b, 9, "jobs", NULL);
	assert_string_equal(s.text, "job/1 job.next/2 ");
	bus_unsubscribe(NULL);
	bus_free(s.b);
	bus_free(NULL);
}

static void
json_escapes(void **state)
{
	json_t *o = json_object();

	(void)state;
	json_put_strn(o, "a", "x\0y", 3);
	json_put_str(o, "b", "\033[2J");
	json_put_str(o, "c", "\xff\xc3\xa9");
	json_put_str(o, "d", "tab\tline\n");
	json_put_str(o, "e", NULL);
	json_put_num(o, "f", NAN);
	json_put_str(o, "g", "\xc2\x9b" "2J\x7f");
	assert_string_equal(json_get_str(o, "a", ""), "x\\x00y");
	assert_string_equal(json_get_str(o, "b", ""), "\\x1b[2J");
	assert_string_equal(json_get_str(o, "c", ""), "\\xff\xc3\xa9");
	assert_string_equal(json_get_str(o, "d", ""), "tab\tline\n");
	assert_true(json_is_null(json_object_get(o, "e")) && json_is_null(json_object_get(o, "f")));
	assert_string_equal(json_get_str(o, "g", ""), "\\xc2\\x9b2J\\x7f");
	assert_string_equal(json_get_str(o, "none", "d"), "d");
	assert_int_equal(json_get_int(o, "a", 5), 5);
	assert_true(json_get_bool(o, "a", true));
	json_put_num(o, "big", 1e300);
	assert_int_equal(json_get_int(o, "big", 5), 5);
	json_decref(o);
}

static void
json_texts(void **state)
{
	struct err_msg m, back;
	struct buf b;
	json_t *o;

	(void)state;
	(void)err_set(&m, ERR_AT, "a\tb", "n", "w\"");
	o = json_from_err(&m);
	assert_int_equal(json_to_err(o, &back), ERR_AT);
	assert_string_equal(back.what, m.what);
	assert_string_equal(back.why, m.why);
	assert_string_equal(back.next, m.next);
	buf_init(&b, 20);
	(void)buf_add_str(&b, "kept");
	assert_int_equal(json_write(o, &b), ERR_LIMIT);
	assert_int_equal(b.len, 4);
	json_decref(o);
	buf_fini(&b);
	o = json_object();
	assert_int_equal(json_to_err(o, &back), ERR_INFRA);
	json_decref(o);
	assert_null(json_read("{\"a\":1,\"a\":2}", 13, "x", &m));
	assert_int_equal(m.code, ERR_FORMAT);
	assert_null(json_read("", 0, "x", &m));
	assert_null(json_read("{} x", 4, "x", &m));
	assert_null(json_read("\"\xff\"", 3, "x", &m));
	buf_init(&b, 1 << 20);
	for (int i = 0; i < 100000; i++)
		(void)buf_add_byte(&b, '[');
	assert_null(json_read(b.data, b.len, "x", &m));         /* depth is bounded */
	buf_fini(&b);
}

#define T(f) cmocka_unit_test_setup_teardown(f, fresh, clear)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_table), T(options_file), T(journal_disk_full), T(journal_plain),
		cmocka_unit_test(bus_order), cmocka_unit_test(json_escapes), cmocka_unit_test(json_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
