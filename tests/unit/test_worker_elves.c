/* test_worker_elves.c - address lookups as the worker answers them; files that change or are none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "sys/io.h"
#include "worker/elves.h"

static json_t *
ask(const char *path, const char *addrs)
{
	json_t *o = json_object();

	json_put_str(o, "path", path);
	json_put(o, "addrs", json_loads(addrs, 0, NULL));
	return o;
}

static char *
data(const char *name)
{
	const char *root = getenv("srcdir");

	return mem_fmt("%s/tests/data/elf/%s", root != NULL ? root : ".", name);
}

static const json_t *
frame(const json_t *result, size_t addr, size_t i)
{
	return json_array_get(json_array_get(json_object_get(result, "frames"), addr), i);
}

static void
test_lines(void **state)
{
	char *path = data("thumb.elf");
	json_t *params = ask(path, "[25, \"0x45\", \"0x45\", \"25\", null, -1]"), *result = NULL;
	struct err_msg why;

	(void)state;
	json_put(params, "calls", json_loads("[false, true]", 0, NULL));
	for (int again = 0; again < 2; again++) {       /* read from the disk, and kept */
		assert_int_equal(elves_lines(params, &result, &why), ERR_OK);
		assert_string_equal(json_get_str(result, "arch", ""), "arm");
		assert_string_equal(json_get_str(result, "debug", ""), "dwarf");
		assert_int_equal(json_array_size(json_object_get(result, "frames")), 6);
		assert_string_equal(json_get_str(frame(result, 0, 0), "func", ""), "peek");
		assert_true(json_get_bool(frame(result, 0, 0), "inline", false));
		assert_string_equal(json_get_str(frame(result, 0, 2), "func", ""), "measure");
		assert_int_equal(json_get_int(frame(result, 1, 0), "line", 0), 35);
		assert_string_equal(json_get_str(frame(result, 1, 0), "file", ""), "/src/crash.c");
		for (size_t i = 3; i < 6; i++)
			assert_null(frame(result, i, 0));
		json_decref(result);
	}
	assert_int_equal(elves_info(params, &result, &why), ERR_OK);
	assert_string_equal(json_get_str(result, "path", ""), path);
	json_decref(result);
	json_decref(params);
	mem_free(path);
}

static void
copy(const char *from, const char *to)
{
	struct err_msg why;
	struct buf b;

	buf_init(&b, 1 << 20);
	assert_int_equal(sys_file_read(from, 1 << 20, &b, &why), ERR_OK);
	assert_int_equal(sys_file_replace(to, b.data, b.len, &why), ERR_OK);
	buf_fini(&b);
}

static void
test_changes(void **state)
{
	char *thumb = data("thumb.elf"), *riscv = data("riscv32.elf"), *source = data("crash.c");
	char folder[] = "/tmp/vise-elves-XXXXXX", *path;
	json_t *params, *result = NULL;
	struct err_msg why;

	(void)state;
	assert_non_null(mkdtemp(folder));
	path = mem_fmt("%s/fw.elf", folder);
	params = ask(path, "[25]");
	assert_int_equal(elves_lines(params, &result, &why), ERR_NOENT);
	assert_string_equal(why.what, path);
	copy(thumb, path);
	assert_int_equal(elves_lines(params, &result, &why), ERR_OK);
	assert_string_equal(json_get_str(result, "arch", ""), "arm");
	json_decref(result);
	copy(riscv, path);                      /* it was built again */
	assert_int_equal(elves_lines(params, &result, &why), ERR_OK);
	assert_string_equal(json_get_str(result, "arch", ""), "riscv32");
	json_decref(result);
	copy(source, path);
	assert_int_equal(elves_lines(params, &result, &why), ERR_FORMAT);
	json_decref(params);
	(void)unlink(path);
	(void)rmdir(folder);
	mem_free(thumb);
	mem_free(riscv);
	mem_free(source);
	mem_free(path);
	elves_forget();
}

static void
test_refuses(void **state)
{
	json_t *o = json_object(), *result = NULL;
	struct err_msg why;

	(void)state;
	assert_int_equal(elves_info(o, &result, &why), ERR_USAGE);
	json_put_str(o, "path", "/");
	assert_int_equal(elves_lines(o, &result, &why), ERR_USAGE);
	assert_int_not_equal(elves_info(o, &result, &why), ERR_OK);
	json_decref(o);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines), cmocka_unit_test(test_changes),
		cmocka_unit_test(test_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
