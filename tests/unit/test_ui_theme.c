/* test_ui_theme.c - colours by tier; the shipped theme and key files are good. */
#include "ui_rig.h"

#include "ui/theme.h"

static void
read_shipped(const char *name, struct buf *out)
{
	const char *dir = getenv("srcdir");
	char *path = mem_fmt("%s/share/%s", dir != NULL ? dir : ".", name);

	assert_int_equal(sys_file_read(path, 65536, out, NULL), ERR_OK);
	mem_free(path);
}

/* The file a user copies says what the program does without it. */
static void
default_is_the_built_in(void **state)
{
	struct theme built_in, read;
	struct err_msg why;
	struct buf b;

	(void)state;
	buf_init(&b, 1 << 20);
	theme_init(&built_in, 256);
	theme_init(&read, 0);
	read_shipped("themes/default", &b);
	assert_int_equal(theme_read(&read, slice_make(b.data, b.len), "default", &why), ERR_OK);
	for (int i = 0; i < STYLE_COUNT; i++) {
		assert_int_equal(read.look[i].fg, built_in.look[i].fg);
		assert_int_equal(read.look[i].bg, built_in.look[i].bg);
		assert_int_equal(read.look[i].attrs, built_in.look[i].attrs);
	}
	buf_clear(&b);
	read_shipped("themes/contrast", &b);
	assert_int_equal(theme_read(&read, slice_make(b.data, b.len), "contrast", &why), ERR_OK);
	buf_fini(&b);
}

static void
shipped_keys_are_good(void **state)
{
	struct keymap m;
	struct err_msg why;
	struct buf b;

	(void)state;
	buf_init(&b, 1 << 20);
	keymap_init(&m);
	read_shipped("keymaps/example", &b);
	assert_int_equal(keymap_read(&m, slice_make(b.data, b.len), "example", &why), ERR_OK);
	keymap_fini(&m);
	buf_fini(&b);
}

/* NO_COLOR and vt100: nothing is told by colour, states differ by attributes. */
static void
tiers(void **state)
{
	struct theme t;

	(void)state;
	theme_init(&t, 0);
	for (int i = 0; i < STYLE_COUNT; i++)
		assert_int_equal(theme_look(&t, (uint32_t)i, 0).fg, -1);
	assert_true((theme_look(&t, STYLE_ALARM, 0).attrs & STYLE_REVERSE) != 0);
	assert_true((theme_look(&t, style_raw(-1, 4, 0), 0).attrs & STYLE_REVERSE) != 0);
	theme_init(&t, 8);
	assert_int_equal(theme_look(&t, style_raw(196, -1, 0), 8).fg, 1);
	assert_int_equal(theme_look(&t, style_raw(46, -1, 0), 8).fg, 2);
	assert_int_equal(theme_look(&t, style_raw(12, -1, 0), 8).fg, 4);
	assert_int_equal(theme_look(&t, style_raw(196, -1, 0), 256).fg, 196);
}

static void
bad_lines(void **state)
{
	struct theme t;
	struct err_msg why;

	(void)state;
	theme_init(&t, 256);
	assert_int_equal(theme_read(&t, slice_of("alarm pink -"), "t", &why), ERR_CONFIG);
	assert_int_equal(theme_read(&t, slice_of("\nnobody red -"), "t", &why), ERR_CONFIG);
	assert_non_null(strstr(why.why, "line 2"));
	assert_int_equal(theme_read(&t, slice_of("alarm 256 -"), "t", &why), ERR_CONFIG);
	assert_int_equal(theme_read(&t, slice_of("alarm 1 - loud"), "t", &why), ERR_CONFIG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(default_is_the_built_in), cmocka_unit_test(shipped_keys_are_good),
		cmocka_unit_test(tiers), cmocka_unit_test(bad_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
