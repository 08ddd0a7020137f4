/* test_text_values.c - numbers with names on lines: what is one, what is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "text/values.h"

/* "name=value unit;" for each. */
static const char *
scan(const char *line, char *out, size_t size)
{
	struct values_one v[VALUES_MAX];
	const size_t n = values_scan(line, strlen(line), v);
	size_t at = 0;

	out[0] = '\0';
	for (size_t i = 0; i < n && at < size; i++)
		at += (size_t)snprintf(out + at, size - at, "%s=%g%s%s;", v[i].name, v[i].value,
		    v[i].unit[0] != '\0' ? " " : "", v[i].unit);
	return out;
}

static void
test_lines(void **state)
{
	static const struct { const char *line, *want; } rows[] = {
		{ "temp=21.5", "temp=21.5;" },
		{ "temp=21.5C hum=40%", "temp=21.5 C;hum=40 %;" },
		{ "temp: 21.5 C, hum: 40 %", "temp=21.5 C;hum=40 %;" },
		{ "heap: 12 KiB free", "heap=12 KiB;" },
		{ "x:1,y:-2,z:+3e2", "x=1;y=-2;z=300;" },
		{ "x:1\ty:2", "x=1;y=2;" },
		{ "I (312) app: free=1234 largest=512", "free=1234;largest=512;" },
		{ "[00:00:01.010] <inf> bat: v=3.71V", "v=3.71 V;" },
		{ "took 12 ms", "" },
		{ "12:30:01 boot", "" },
		{ "ip=10.0.0.1 mask=0x1f", "" },
		{ "version: 1.2.3", "" },
		{ "mac=aa:bb:cc", "" },
		{ "id=12ab3", "" },
		{ "n=5 apples", "n=5;" },
		{ "1.5 2 -3", "value1=1.5;value2=2;value3=-3;" },
		{ "1,2;3", "value1=1;value2=2;value3=3;" },
		{ "1.5 two", "" },
		{ "", "" },
		{ "=5 :6 a= b:", "" },
		{ "nan=nan inf=1e999", "" },
		{ "a_very_long_name_that_is_no_gauge_at_all=5", "" },
	};
	char text[400];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_string_equal(scan(rows[i].line, text, sizeof text), rows[i].want);
}

static void
test_units(void **state)
{
	double scale;

	(void)state;
	assert_string_equal(values_unit("KiB", &scale), "B");
	assert_true(scale > 1023 && scale < 1025);
	assert_string_equal(values_unit("furlong", &scale), "furlong");
	assert_true(scale > 0.9 && scale < 1.1);
}

static void
test_hostile(void **state)
{
	struct values_one v[VALUES_MAX];
	char line[4000];
	uint32_t seed = 3;

	(void)state;
	for (unsigned i = 0; i < 3000; i++) {
		size_t n;

		for (n = 0; n < sizeof line; n++) {
			seed = seed * 1664525 + 1013904223;
			line[n] = "a=:1.e-+ \t,\xc2%9"[(seed >> 16) % 14];
		}
		assert_true(values_scan(line, (seed >> 8) % sizeof line, v) <= VALUES_MAX);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines), cmocka_unit_test(test_units),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
