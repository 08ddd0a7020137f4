/* test_ui_input.c - keys by name, bytes kept, pastes as data, Esc told from sequences. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "ui/input.h"

struct seen {
	char names[4096];
	unsigned char raw[8192];
	size_t n;
};

static void
on_event(void *arg, const struct input_event *e)
{
	struct seen *s = arg;
	size_t at = strlen(s->names);

	assert_true(s->n + e->n <= sizeof s->raw);
	memcpy(s->raw + s->n, e->raw, e->n);
	s->n += e->n;
	if (at + 40 > sizeof s->names)
		return;
	switch (e->type) {
	case INPUT_KEY:
		snprintf(s->names + at, sizeof s->names - at, "%s ", e->name);
		break;
	case INPUT_PASTE:
		snprintf(s->names + at, sizeof s->names - at, "paste(%.*s) ", (int)e->n, e->raw);
		break;
	case INPUT_PASTE_END:
		snprintf(s->names + at, sizeof s->names - at, "end ");
		break;
	case INPUT_FOCUS:
		snprintf(s->names + at, sizeof s->names - at, e->on ? "in " : "out ");
		break;
	case INPUT_MOUSE:
		snprintf(s->names + at, sizeof s->names - at, "mouse(%d,%d,%d) ", e->button, e->row,
		    e->col);
		break;
	case INPUT_OTHER:
		snprintf(s->names + at, sizeof s->names - at, "other%zu ", e->n);
		break;
	}
}

/* Feeds the bytes in pieces of `step`; the names must be the same in every split. */
static void
expect(const char *bytes, const char *names)
{
	const size_t n = strlen(bytes);

	for (size_t step = 1; step <= n; step++) {
		struct seen s = { .n = 0 };
		struct input in;

		input_init(&in, on_event, &s);
		for (size_t at = 0; at < n; at += step)
			input_feed(&in, bytes + at, n - at < step ? n - at : step);
		input_timeout(&in);
		assert_false(input_pending(&in));
		if (strstr(names, "paste") == NULL)
			assert_string_equal(s.names, names);
		else if (step == n)
			assert_string_equal(s.names, names);
	}
}

static void
names(void **state)
{
	(void)state;
	expect("a", "a ");
	expect("\x14" "2", "^T 2 ");
	expect(" \t\r\x7f\x08", "Space Tab Enter Bksp Bksp ");
	expect("\033[A\033OA\033[1;5A\033[5~\033[Z", "Up Up C-Up PgUp S-Tab ");
	expect("\033OP\033[15~\033[[B\033[24~", "F1 F5 F2 F12 ");
	expect("\033", "Esc ");
	expect("\033\033[A", "Esc Up ");
	expect("\033x", "A-x ");
	expect("\033[I\033[O", "in out ");
	expect("\xc3\xa9\xe2\x82\xac", "\xc3\xa9 \xe2\x82\xac ");
	expect("\033[<0;5;7M\033[<64;1;1M", "mouse(0,6,4) mouse(64,0,0) ");
}

static void
pastes(void **state)
{
	(void)state;
	expect("\033[200~ab\x14q\r\033[201~z", "paste(ab\x14q\r) end z ");
	expect("\033[200~\033[20\033[201~", "paste(\033[20) end ");
}

/* Whatever is typed, the board can be given each byte of it: none is lost, none is made up. */
static void
every_byte_is_kept(void **state)
{
	(void)state;
	for (int a = 0; a < 256; a++)
		for (int b = 0; b < 256; b++) {
			const char two[2] = { (char)a, (char)b };
			struct seen s = { .n = 0 };
			struct input in;

			input_init(&in, on_event, &s);
			input_feed(&in, two, 1);
			input_feed(&in, two + 1, 1);
			input_timeout(&in);
			assert_int_equal(s.n, 2);
			assert_memory_equal(s.raw, two, 2);
		}
}

static void
endless_sequences_are_let_go(void **state)
{
	char junk[4000];
	struct seen s = { .n = 0 };
	struct input in;

	(void)state;
	memset(junk, '1', sizeof junk);
	memcpy(junk, "\033[", 2);
	input_init(&in, on_event, &s);
	input_feed(&in, junk, sizeof junk);
	input_timeout(&in);
	assert_int_equal(s.n, sizeof junk);
	assert_memory_equal(s.raw, junk, sizeof junk);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names), cmocka_unit_test(pastes),
		    cmocka_unit_test(every_byte_is_kept),
		cmocka_unit_test(endless_sequences_are_let_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
