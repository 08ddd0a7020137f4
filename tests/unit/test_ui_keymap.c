/* test_ui_keymap.c - the key table, user bindings, the prefix. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "ui/keymap.h"

enum { NAV = 1u << KEYS_CONSOLE | 1u << KEYS_LIST | 1u << KEYS_GLOBAL, LIVE =
    1u << KEYS_LIVE | 1u << KEYS_GLOBAL };

static void
finds_rows(void **state)
{
	struct keymap m;
	const struct key_row *r = NULL;

	(void)state;
	keymap_init(&m);
	assert_int_equal(keymap_find(&m, NAV, "2", &r), KEYMAP_ROW);
	assert_string_equal(r->line, "view.focus 2");
	assert_int_equal(keymap_find(&m, NAV, "[", &r), KEYMAP_MORE);
	assert_int_equal(keymap_find(&m, NAV, "[ e", &r), KEYMAP_ROW);
	assert_string_equal(r->line, "view.jump error back=on");
	assert_int_equal(keymap_find(&m, NAV, "[ q", &r), KEYMAP_NONE);
	assert_int_equal(keymap_find(&m, NAV, "b", &r), KEYMAP_NONE);
	assert_int_equal(keymap_find(&m, LIVE, "b", &r), KEYMAP_ROW);
	assert_string_equal(r->line, "console.break");
	assert_int_equal(keymap_find(&m, LIVE, "Esc", &r), KEYMAP_ROW);
	assert_string_equal(r->line, "view.nav");
	keymap_fini(&m);
}

/* No key of the built-in table hides another, nor begins another's sequence. */
static void
no_clash(void **state)
{
	struct keymap m;

	(void)state;
	keymap_init(&m);
	for (size_t i = 0; i < m.rows; i++)
		for (size_t k = i + 1; k < m.rows; k++) {
			const size_t n = strlen(m.row[i].keys);

			if (m.row[i].context != m.row[k].context)
				continue;
			assert_string_not_equal(m.row[i].keys, m.row[k].keys);
			assert_false(strncmp(m.row[i].keys, m.row[k].keys, n) == 0 &&
			    m.row[k].keys[n] == ' ');
		}
	keymap_fini(&m);
}

/* What pane keys and lists have in common must not hide what is global: a pane may, lists may not.
 * */
static void
lists_leave_global_keys(void **state)
{
	struct keymap m;
	const struct key_row *r;

	(void)state;
	keymap_init(&m);
	for (size_t i = 0; i < m.rows; i++)
		if (m.row[i].context == KEYS_LIST)
			assert_int_equal(keymap_find(&m, 1u << KEYS_GLOBAL, m.row[i].keys, &r),
			    KEYMAP_NONE);
	keymap_fini(&m);
}

static void
user_bindings(void **state)
{
	struct keymap m;
	struct err_msg why;
	const struct key_row *r = NULL;

	(void)state;
	keymap_init(&m);
	assert_int_equal(keymap_read(&m, slice_of("# mine\nbind global , r = board.reset\n"),
	    "keys", &why), ERR_OK);
	assert_int_equal(keymap_find(&m, NAV, ",", &r), KEYMAP_MORE);
	assert_int_equal(keymap_find(&m, NAV, ", r", &r), KEYMAP_ROW);
	assert_string_equal(r->line, "board.reset");
	assert_int_equal(keymap_read(&m,
	    slice_of("bind global z = view.help\nbind global , x = view.help"), "keys", &why),
	    ERR_CONFIG);
	assert_non_null(strstr(why.why, "line 1"));
	assert_non_null(strstr(why.why, "view.zoom"));
	/* the good line holds */
	assert_int_equal(keymap_find(&m, NAV, ", x", &r), KEYMAP_ROW);
	assert_int_equal(keymap_read(&m, slice_of("unbind global z\nbind global z = view.help"),
	    "keys", &why), ERR_OK);
	assert_int_equal(keymap_find(&m, NAV, "z", &r), KEYMAP_ROW);
	assert_string_equal(r->line, "view.help");
	assert_int_equal(keymap_read(&m, slice_of("frobnicate"), "keys", &why), ERR_CONFIG);
	keymap_fini(&m);
}

static void
prefixes(void **state)
{
	static const char *const bad[] = { "", "T", "^", "^[", "^I", "^J", "^M", "^H", "^1",
	    "^TT" };
	struct keymap m;

	(void)state;
	keymap_init(&m);
	assert_string_equal(m.prefix, "^T");
	assert_int_equal(m.prefix_byte, 0x14);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(keymap_prefix(&m, bad[i], NULL), ERR_CONFIG);
	assert_int_equal(keymap_prefix(&m, "^a", NULL), ERR_OK);
	assert_int_equal(m.prefix_byte, 1);
	assert_int_equal(keymap_prefix(&m, "^]", NULL), ERR_OK);
	assert_int_equal(m.prefix_byte, 0x1d);
	keymap_fini(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_rows), cmocka_unit_test(no_clash),
		    cmocka_unit_test(lists_leave_global_keys),
		cmocka_unit_test(user_bindings), cmocka_unit_test(prefixes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
