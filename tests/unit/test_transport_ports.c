/* test_transport_ports.c - ports as rows, the profile each matches, sequences on DTR and RTS. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "loop/loop.h"
#include "sys/io.h"
#include "sys/time.h"
#include "transport/comings.h"
#include "transport/portrow.h"
#include "transport/transport.h"

static struct port
pico(void)
{
	struct port p = { .path = "/dev/ttyACM0", .by_id = "/dev/serial/by-id/usb-Pico", .usb = true,
		.vid = 0x2e8a, .pid = 0x000a, .interface = 0, .serial = "E66", .product = "Pico",
		.driver = "cdc_acm" };

	return p;
}

static json_t *
read_json(const char *text)
{
	json_t *v = json_read(text, strlen(text), "test", NULL);

	assert_non_null(v);
	return v;
}

static const char *
profile_of(const struct port *p, const char *match)
{
	static char got[32];
	char *text = mem_fmt("[{\"id\":\"none\"},{\"id\":\"x\",\"match\":%s}]", match);
	json_t *boards = read_json(text);
	const json_t *b = portrow_board(p, boards);

	snprintf(got, sizeof got, "%s", b != NULL ? json_get_str(b, "id", "") : "-");
	json_decref(boards);
	mem_free(text);
	return got;
}

static void
on_comings(void *arg)
{
	(*(int *)arg)++;
}

/* A burst of news is one call; what is no port is none. */
static void
test_comings(void **state)
{
	char dir[] = "/tmp/vise-dev-XXXXXX", path[64];
	const uint64_t end = sys_mono() + 20 * NS_PER_S;
	struct loop *l = loop_new();
	struct comings *c;
	int calls = 0;

	(void)state;
	assert_non_null(mkdtemp(dir));
	c = comings_open(l, dir, on_comings, &calls);
	if (c == NULL)
		skip();
	snprintf(path, sizeof path, "%s/null", dir);
	assert_int_equal(sys_file_replace(path, "", 0, NULL), ERR_OK);
	assert_int_equal(unlink(path), 0);
	for (uint64_t till = sys_mono() + 2 * COMINGS_NS; sys_mono() < till;)
		(void)loop_turn(l, 10 * NS_PER_MS);
	assert_int_equal(calls, 0);
	snprintf(path, sizeof path, "%s/ttyUSB0", dir);
	assert_int_equal(sys_file_replace(path, "", 0, NULL), ERR_OK);
	while (calls == 0 && sys_mono() < end)
		(void)loop_turn(l, 10 * NS_PER_MS);
	assert_int_equal(calls, 1);
	assert_int_equal(unlink(path), 0);
	while (calls == 1 && sys_mono() < end)
		(void)loop_turn(l, 10 * NS_PER_MS);
	assert_int_equal(calls, 2);
	comings_close(c);
	loop_free(l);
	(void)rmdir(dir);
}

static void
test_profiles(void **state)
{
	static const struct { const char *match, *want; } rows[] = {
		{ "[{\"usb\":\"2e8a:000a\"}]", "x" }, { "[{\"usb\":\"2E8A:A\"}]", "x" },
		{ "[{\"usb\":\"2e8a:*\"}]", "x" }, { "[{\"usb\":\"2e8a:000b\"}]", "-" },
		{ "[{\"usb\":\"2e8a:000b\"},{\"product\":\"Pico\"}]", "x" },
		{ "[{\"usb\":\"2e8a:000a\",\"product\":\"Other\"}]", "-" },
		{ "[{\"usb\":\"2e8a:000a\",\"interface\":0}]", "x" },
		{ "[{\"usb\":\"2e8a:000a\",\"interface\":2}]", "-" },
		{ "[{\"vid\":\"2e8a\",\"serial\":\"E66\"}]", "x" }, { "[{\"vid\":\"2e8b\"}]", "-" },
		{ "[{\"vid\":\"2e8a\",\"pid\":\"b\"}]", "-" }, { "[{\"serial\":\"E66\"}]", "-" },
		{ "[{}]", "-" }, { "[]", "-" }, { "7", "-" }, { "[{\"usb\":\"\"}]", "-" },
		{ "[{\"usb\":\"zz:1\"}]", "-" },
	};
	struct port p = pico(), serial = pico();

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_string_equal(profile_of(&p, rows[i].match), rows[i].want);
	serial.usb = false;             /* a port that is no USB device matches nothing */
	assert_string_equal(profile_of(&serial, "[{\"product\":\"Pico\"}]"), "-");
	assert_null(portrow_board(&p, NULL));
}

/* Several boards have the same ids: the one that says more is the surer, equals are candidates. */
static void
test_candidates(void **state)
{
	static const struct { const char *boards, *sure, *maybe; } rows[] = {
		{ "[{\"id\":\"a\",\"match\":[{\"usb\":\"2e8a:000a\"}]},"
		  "{\"id\":\"b\",\"match\":[{\"usb\":\"2e8a:000a\"}]}]", "-", "ab" },
		{ "[{\"id\":\"a\",\"match\":[{\"usb\":\"2e8a:000a\"}]},"
		  "{\"id\":\"b\",\"match\":[{\"usb\":\"2e8a:000a\",\"product\":\"Pico\"}]}]",
		    "b", "b" },
		{ "[{\"id\":\"a\",\"match\":[{\"usb\":\"2e8a:*\"}]},"
		  "{\"id\":\"b\",\"match\":[{\"usb\":\"2e8a:000a\"}]}]", "b", "b" },
		{ "[{\"id\":\"a\",\"match\":[{\"usb\":\"2e8a:000a\",\"shared\":true}]}]",
		    "-", "a" },
		{ "[{\"id\":\"a\",\"match\":[{\"usb\":\"2e8a:000a\",\"shared\":true}]},"
		  "{\"id\":\"b\",\"match\":[{\"usb\":\"2e8a:*\"}]}]", "b", "b" },
		{ "[{\"id\":\"a\",\"match\":[{\"volume\":\"RPI-RP2\"},{\"model\":\"x\"}]}]",
		    "-", "" },
	};
	const struct port p = pico();

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		json_t *boards = read_json(rows[i].boards), *ids = portrow_candidates(&p, boards);
		const json_t *sure = portrow_board(&p, boards);
		char maybe[8] = "";

		for (size_t k = 0; k < json_array_size(ids); k++)
			snprintf(maybe + k, sizeof maybe - k, "%s",
			    json_string_value(json_array_get(ids, k)));
		assert_string_equal(maybe, rows[i].maybe);
		assert_string_equal(sure != NULL ? json_get_str(sure, "id", "") : "-", rows[i].sure);
		json_decref(ids);
		json_decref(boards);
	}
}

static void
test_rows(void **state)
{
	struct port p = pico();
	char text[600];
	json_t *o;

	(void)state;
	portrow_spec(&p, text, sizeof text);
	assert_string_equal(text, "usb:2e8a:000a:E66:00");
	portrow_mend(&p, text, sizeof text);
	assert_string_equal(text, "");
	p.interface = -1;
	portrow_spec(&p, text, sizeof text);
	assert_string_equal(text, "usb:2e8a:000a:E66");
	snprintf(p.serial, sizeof p.serial, "E6:6");    /* would be read as an interface */
	portrow_spec(&p, text, sizeof text);
	assert_string_equal(text, "/dev/serial/by-id/usb-Pico");
	p.by_id[0] = '\0';
	portrow_spec(&p, text, sizeof text);
	assert_string_equal(text, "/dev/ttyACM0");
	p.denied = true;
	portrow_mend(&p, text, sizeof text);
	assert_non_null(strstr(text, "70-vise.rules /etc/udev/rules.d/"));
	p.usb = false;
	snprintf(p.group, sizeof p.group, "uucp");
	portrow_mend(&p, text, sizeof text);
	assert_non_null(strstr(text, "usermod -aG uucp "));
	p.holder = 4711;
	snprintf(p.holder_name, sizeof p.holder_name, "tio");
	o = portrow_json(&p, NULL);
	assert_int_equal(json_get_int(o, "holder", 0), 4711);
	assert_string_equal(json_get_str(o, "holder_name", ""), "tio");
	assert_true(json_get_bool(o, "denied", false));
	assert_null(json_object_get(o, "profile"));
	assert_null(json_object_get(o, "id"));
	json_decref(o);
}

static void
assert_step(const struct pulse *p, size_t i, unsigned mask, unsigned on, uint64_t ms)
{
	assert_true(i < p->n);
	assert_int_equal(p->step[i].mask, mask);
	assert_int_equal(p->step[i].on, on);
	assert_int_equal(p->step[i].wait_ns, ms * NS_PER_MS);
}

static void
test_pulses(void **state)
{
	const unsigned both = LINE_DTR | LINE_RTS;
	struct pulse p;

	(void)state;
	assert_int_equal(pulse_parse("D0|R1|W0.1|D1|R0|W0.05|D0", &p, NULL), ERR_OK);
	assert_int_equal(p.n, 3);       /* esp-idf-monitor's own default: DTR and RTS move at once */
	assert_step(&p, 0, both, LINE_RTS, 100);
	assert_step(&p, 1, both, LINE_DTR, 50);
	assert_step(&p, 2, LINE_DTR, 0, 0);
	assert_int_equal(pulse_parse("reset", &p, NULL), ERR_OK);
	assert_int_equal(p.n, 2);
	assert_step(&p, 0, LINE_RTS, LINE_RTS, 100);
	assert_int_equal(pulse_parse("U1,0|U0,1", &p, NULL), ERR_OK);
	assert_int_equal(p.n, 2);
	assert_step(&p, 0, both, LINE_DTR, 0);
	assert_int_equal(pulse_parse("esp-boot", &p, NULL), ERR_OK);
	assert_step(&p, 0, both, 0, 0);
	assert_int_equal(pulse_parse("esp-usb-boot", &p, NULL), ERR_OK);
	assert_int_equal(pulse_parse("off", &p, NULL), ERR_OK);
	assert_step(&p, 0, both, 0, 0);
}

static void
test_bad_pulses(void **state)
{
	static const char *const bad[] = { "", "X1", "D", "D2", "W", "W-1", "W11", "Wnan", "U1",
		"U1,", "U1,2", "resets", "D1;R0", "d1" };
	char text[1000] = "D1";
	struct pulse p;
	struct err_msg why;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_int_equal(pulse_parse(bad[i], &p, &why), ERR_USAGE);
		assert_true(why.next[0] != '\0');
	}
	for (unsigned i = 1; i < PULSE_STEPS_MAX; i++)
		snprintf(text + strlen(text), sizeof text - strlen(text), "|D%u", i % 2);
	assert_int_equal(pulse_parse(text, &p, NULL), ERR_OK);
	assert_int_equal(p.n, PULSE_STEPS_MAX);
	snprintf(text + strlen(text), sizeof text - strlen(text), "|D0");
	assert_int_equal(pulse_parse(text, &p, NULL), ERR_LIMIT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_comings),
		cmocka_unit_test(test_profiles),
		cmocka_unit_test(test_candidates),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_pulses),
		cmocka_unit_test(test_bad_pulses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
