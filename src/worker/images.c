/* images.c - reading, comparing and checking images. */
#include "worker/images.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/limits.h"
#include "base/sha256.h"
#include "elf/image.h"
#include "sys/io.h"
#include "worker/image_check.h"
#include "worker/image_sums.h"

enum { SYMBOLS_SHOWN = 40, SYMBOLS_ALL = 100000, CHANGES_MAX = 5000 };

static enum err
load(const char *path, uint64_t base, size_t symbols, json_t **out, struct err_msg *why)
{
	const struct image_options opt = { .base = base, .symbols = symbols };
	char sum[SHA256_HEX];
	struct sha256 s;
	struct buf b;
	enum err e;

	if (path == NULL)
		return err_set(why, ERR_USAGE, "path", NULL, "the request lacks it");
	buf_init(&b, LIMIT_ELF + 1);
	e = sys_file_read(path, LIMIT_ELF, &b, why);
	sha256_init(&s);
	if (e == ERR_OK) {
		/* before the reader changes bytes */
		sha256_add(&s, b.data, b.len);
		e = image_read(b.data, b.len, path, &opt, out, why);
	}
	sha256_hex(&s, sum);
	if (e == ERR_OK) {
		json_put_str(*out, "path", path);
		json_put_str(*out, "sha256", sum);
	}
	buf_fini(&b);
	return e;
}

enum err
images_show(const json_t *params, json_t **result, struct err_msg *why)
{
	return load(json_get_str(params, "path", NULL), (uint64_t)json_get_int(params, "base", 0),
	    (size_t)json_get_int(params, "symbols", SYMBOLS_SHOWN), result, why);
}

/* ---- diff */

static int64_t
row_size(const json_t *row)
{
	return json_get_int(row, "size", 0) + json_get_int(row, "text", 0) +
	    json_get_int(row, "rodata", 0) + json_get_int(row, "data", 0) +
	    json_get_int(row, "bss", 0);
}

/* Adds the rows' sizes under their names: {name: {a, b}}. Sections that are in no memory are left
 * out. */
static void
gather(json_t *all, const json_t *rows, const char *side)
{
	const json_t *row;
	size_t i;

	json_array_foreach(rows, i, row) {
		const char *name = json_get_str(row, "name", ""),
			   *flags = json_get_str(row, "flags", "r");
		json_t *have = json_object_get(all, name);

		if (flags[0] != 'r')
			continue;
		if (have == NULL) {
			have = json_object();
			json_put(all, name, have);
		}
		json_put_int(have, side, json_get_int(have, side, 0) + row_size(row));
	}
}

static int64_t
change_of(const json_t *row)
{
	return llabs(json_get_int(row, "delta", 0));
}

static int
by_change(const void *x, const void *y)
{
	const json_t *a = *(json_t *const *)x, *b = *(json_t *const *)y;

	if (change_of(a) != change_of(b))
		return change_of(a) > change_of(b) ? -1 : 1;
	return strcmp(json_get_str(a, "name", ""), json_get_str(b, "name", ""));
}

static json_t *
changes(const json_t *a, const json_t *b, const char *key)
{
	json_t *all = json_object(), *out = json_array(), *row, **list;
	const char *name;
	size_t n = 0;

	gather(all, json_object_get(a, key), "a");
	gather(all, json_object_get(b, key), "b");
	list = mem_zero(json_object_size(all) + 1, sizeof *list);
	json_object_foreach(all, name, row) {
		const int64_t d = json_get_int(row, "b", 0) - json_get_int(row, "a", 0);

		json_put_str(row, "name", name);
		json_put_int(row, "delta", d);
		if (d != 0)
			list[n++] = row;
	}
	qsort(list, n, sizeof(json_t *), by_change);
	for (size_t i = 0; i < n && i < CHANGES_MAX; i++)
		(void)json_array_append(out, list[i]);
	mem_free(list);
	json_decref(all);
	return out;
}

static void
setting(json_t *out, const char *name, const char *a, const char *b)
{
	json_t *row;

	if (strcmp(a, b) == 0)
		return;
	row = json_object();
	json_put_str(row, "name", name);
	json_put_str(row, "a", a);
	json_put_str(row, "b", b);
	(void)json_array_append_new(out, row);
}

static json_t *
settings(const json_t *a, const json_t *b)
{
	json_t *ga = json_object_get(a, "go"), *gb = json_object_get(b, "go"),
	       *sa = json_object_get(ga, "settings"), *sb = json_object_get(gb, "settings"),
	       *out = json_array(), *v;
	const char *key;

	setting(out, "version", json_get_str(ga, "version", ""), json_get_str(gb, "version", ""));
	json_object_foreach(sa, key, v)
		setting(out, key, json_get_str(sa, key, ""), json_get_str(sb, key, ""));
	json_object_foreach(sb, key, v)
		if (json_object_get(sa, key) == NULL)
			setting(out, key, "", json_get_str(sb, key, ""));
	return out;
}

static json_t *
head_of(const json_t *facts)
{
	static const char *const keys[] = { "path", "kind", "bytes", "sizes", "stripped", "pie" };
	json_t *o = json_object();

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (json_object_get(facts, keys[i]) != NULL)
			(void)json_object_set(o, keys[i], json_object_get(facts, keys[i]));
	return o;
}

enum err
images_diff(const json_t *params, json_t **result, struct err_msg *why)
{
	static const char *const parts[] = { "sections", "packages", "symbols" };
	const uint64_t base = (uint64_t)json_get_int(params, "base", 0);
	json_t *a = NULL, *b = NULL;
	enum err e = load(json_get_str(params, "a", NULL), base, SYMBOLS_ALL, &a, why);

	if (e == ERR_OK)
		e = load(json_get_str(params, "b", NULL), base, SYMBOLS_ALL, &b, why);
	if (e == ERR_OK) {
		*result = json_object();
		json_put(*result, "a", head_of(a));
		json_put(*result, "b", head_of(b));
		for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
			json_put(*result, parts[i], changes(a, b, parts[i]));
		json_put(*result, "go", settings(a, b));
	}
	json_decref(a);
	json_decref(b);
	return e;
}

/* ---- check */

/* Where a plain image begins on this board. */
static uint64_t
base_of(const json_t *params, const json_t *board, bool *known)
{
	const json_t *flash = json_object_get(json_object_get(board, "memory"), "flash");

	*known = true;
	if (json_object_get(params, "base") != NULL)
		return (uint64_t)json_get_int(params, "base", 0);
	*known = flash != NULL || json_object_get(json_object_get(board, "image"), "base") != NULL;
	return (uint64_t)json_get_int(json_object_get(board, "image"), "base",
	    json_integer_value(json_array_get(flash, 0)));
}

enum err
images_check(const json_t *params, json_t **result, struct err_msg *why)
{
	const json_t *board = json_object_get(params, "board"), *image = json_object_get(board,
	    "image");
	const char *own = json_get_bool(image, "signed", false) ? "section" :
	    json_get_str(image, "signed", "");
	struct image_wants wants = { .board = board,
		.demand = json_get_str(params, "signed", own),
		.sums = json_get_str(params, "sums", json_get_str(image, "sums", NULL)),
		.libc = json_get_str(params, "libc", json_get_str(json_object_get(board, "image"),
		    "libc", NULL)),
		.kernel = json_get_str(params, "kernel", json_get_str(json_object_get(board,
		    "image"), "kernel", NULL)) };
	json_t *facts = NULL;
	const uint64_t base = base_of(params, board, &wants.based);
	const enum err e = load(json_get_str(params, "path", NULL), base, 0, &facts, why);

	if (e == ERR_OK) {
		json_put(facts, "manifest", image_sums(json_get_str(facts, "path", ""),
		    json_get_str(facts, "sha256", ""), wants.sums));
		*result = image_check(facts, &wants);
	}
	json_decref(facts);
	return e;
}
