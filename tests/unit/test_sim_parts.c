/* test_sim_parts.c - the simulated board's pure parts: physics, the AT device, the heap
 * profiles. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "pprof/profile_load.h"
#include "sim/at.h"
#include "sim/heap.h"
#include "sim/model.h"

static void
warms_throttles_cools(void **state)
{
	struct model m;
	double hottest = 0, after_rest;
	unsigned most = 0;
	int64_t app;

	(void)state;
	model_init(&m);
	assert_true(fabs(m.soc - 45) < 0.1);
	app = m.app_anon_kb;
	for (int i = 0; i < 70; i++) {
		model_step(&m, 1);
		hottest = fmax(hottest, m.soc);
		most = m.cap > most ? m.cap : most;
		assert_true(m.cap == 0 || m.soc > 73);
		assert_true(m.max_khz == 1800000 || m.cap != 0);
		assert_true(m.free_kb > 0 && m.free_kb < m.total_kb);
	}
	assert_true(hottest > 80 && hottest < 84);
	assert_int_equal(most, MODEL_CAPS - 1);
	assert_int_equal(m.cur_khz, 1000000);
	model_step(&m, 49);
	after_rest = m.soc;
	assert_true(after_rest < 56);
	assert_int_equal(m.cap, 0);
	assert_true(m.app_anon_kb > app + 8 * 1024);
	model_step(&m, 24 * 3600);              /* a day: still a board with free memory */
	assert_true(m.free_kb > 0 && m.soc < 95);
}

static void
keep(void *arg, const char *p, size_t n)
{
	assert_int_equal(buf_add(arg, p, n), ERR_OK);
}

struct talk { struct at_dev at; struct buf heard; uint64_t now; };

static void
begin(struct talk *t)
{
	buf_init(&t->heard, 1 << 20);
	t->now = 0;
	at_init(&t->at, 0, keep, &t->heard);
}

static void
wait(struct talk *t, uint64_t ms)
{
	t->now += ms * NS_PER_MS;
	(void)at_tick(&t->at, t->now);
}

static const char *
say(struct talk *t, const char *text)
{
	buf_clear(&t->heard);
	at_input(&t->at, t->now, text, strlen(text));
	return buf_str(&t->heard);
}

static void
boots_and_samples(void **state)
{
	struct talk t;

	(void)state;
	begin(&t);
	wait(&t, 5000);
	assert_non_null(strstr(buf_str(&t.heard), "[    0.000] boot: simulated"));
	assert_non_null(strstr(buf_str(&t.heard), "Welcome\r\n[READY]\r\n"));
	assert_non_null(strstr(buf_str(&t.heard), "[    2.300] app: sample 1 t=41.3 h=38.0\r\n"));
	assert_non_null(strstr(buf_str(&t.heard), "app: W i2c-1 0x48 retry 1/3\r\n"));
	wait(&t, 30000);
	assert_non_null(strstr(buf_str(&t.heard), "app: E upload timeout"));
	assert_non_null(strstr(buf_str(&t.heard), "\r\n+CREG: 1,5\r\n"));
	buf_fini(&t.heard);
}

static void
answers(void **state)
{
	static const struct {
		const char *say, *hear;
	} row[] = {
		{ "AT\r", "AT\r\n\r\nOK\r\n" },
		{ "at\r\n", "at\r\n\r\nOK\r\n" },
		{ "ATE0\r", "ATE0\r\n\r\nOK\r\n" },
		{ "AT+GMR\r", "\r\n+GMR:3.2.1\r\n\r\nOK\r\n" },
		{ "AT+LANG?\r", "\r\n+LANG:en_US\r\n\r\nOK\r\n" },
		{ "AT+LANG=?\r", "\r\n+LANG: (en_US,zh_CN,ja_JP,ko_KR)\r\n\r\nOK\r\n" },
		{ "AT+LANG=xx\r", "\r\nERROR\r\n" },
		{ "AT+NO\r", "\r\nERROR\r\n" },
		{ "hello\r", "" },
		{ "\r\n\r", "" },
		{ "AX\bT\r", "\r\nOK\r\n" },
		{ "AT+CSQ\r", "\r\n+CSQ: 18,99\r\n\r\nOK\r\n" },
		{ "junk\x03"
		  "AT\r",
		    "\r\nOK\r\n" },
		{ "ATE1\r", "\r\nOK\r\n" },
	};
	struct talk t;
	char longest[AT_LINE_MAX + 8];

	(void)state;
	begin(&t);
	assert_string_equal(say(&t, "AT\r"),
	    "[    0.000] boot: simulated imx8-rev3, nothing here is real hardware\r\n");
	wait(&t, 1500);
	for (size_t i = 0; i < sizeof row / sizeof row[0]; i++)
		assert_string_equal(say(&t, row[i].say), row[i].hear);
	say(&t, "ATE0\r");
	memset(longest, 'A', sizeof longest);
	longest[sizeof longest - 2] = '\r';
	longest[sizeof longest - 1] = '\0';
	assert_string_equal(say(&t, longest), "\r\nERROR\r\n");
	buf_fini(&t.heard);
}

static void
language_is_stored(void **state)
{
	struct talk t;

	(void)state;
	begin(&t);
	wait(&t, 1500);
	assert_non_null(strstr(say(&t, "ATE0\rAT+LANG=zh_CN\rAT\r"), "\r\nOK\r\n\r\nOK\r\n"));
	assert_string_equal(say(&t, "AT\r"), "");       /* it is down */
	wait(&t, 2000);
	assert_non_null(strstr(buf_str(&t.heard), "boot: loader"));
	assert_non_null(strstr(
	    buf_str(&t.heard), "\xe6\xac\xa2\xe8\xbf\x8e\xe4\xbd\xbf\xe7\x94\xa8\r\n[READY]\r\n"));
	assert_non_null(strstr(say(&t, "AT+LANG?\r"), "+LANG:zh_CN\r\n\r\nOK\r\n"));
	buf_fini(&t.heard);
}

static void
loader_answers_one_command(void **state)
{
	struct talk t;

	(void)state;
	begin(&t);
	wait(&t, 1500);
	(void)say(&t, "AT+BOOT\r");
	wait(&t, 400);
	assert_non_null(strstr(buf_str(&t.heard), "[BOOT] 1.4"));
	assert_string_equal(say(&t, "AT\r"), "AT\r\n");
	assert_non_null(strstr(say(&t, "AT+BOOT\r"), "+BOOT:1.4\r\n\r\nOK\r\n"));
	assert_non_null(strstr(say(&t, "AT+BOOT=0\r"), "OK"));
	wait(&t, 2000);
	assert_non_null(strstr(buf_str(&t.heard), "[READY]"));
	buf_fini(&t.heard);
}

static void
heap_leaks_and_shrinks(void **state)
{
	struct err_msg why;
	struct pprof_profile *p;
	struct buf out;
	uint32_t type;
	bool leak = false;

	(void)state;
	for (double t = 0; t < 5000; t = t * 3 + 50) {
		buf_init(&out, 1 << 20);
		assert_int_equal(heap_profile(t, 1700000000 * NS_PER_S, &out, &why), ERR_OK);
		assert_int_equal(pprof_decode(&p, out.data, out.len, 0, "heap", &why), ERR_OK);
		assert_int_equal(p->type_count, 4);
		assert_int_equal(p->sample_count, 9);
		assert_int_equal(pprof_type_index(p, "inuse_space", &type, &why), ERR_OK);
		assert_int_equal(type, 3);
		for (uint32_t i = 0; i < p->function_count; i++)
			leak = leak || slice_is(pprof_string(p, p->function[i].name),
					   "main.(*Uploader).Queue");
		pprof_free(p);
		buf_fini(&out);
	}
	assert_true(leak);
	assert_true(heap_inuse(100) > heap_inuse(0) + (1 << 20));
	assert_true(heap_inuse(1e9) > heap_inuse(100));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(warms_throttles_cools),
		cmocka_unit_test(boots_and_samples),
		cmocka_unit_test(answers),
		cmocka_unit_test(language_is_stored),
		cmocka_unit_test(loader_answers_one_command),
		cmocka_unit_test(heap_leaks_and_shrinks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
