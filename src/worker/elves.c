/* elves.c - addresses to functions, files and lines; files stay open between requests. */
#include "worker/elves.h"

#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/limits.h"
#include "base/slice.h"
#include "elf/binary.h"
#include "elf/needs.h"
#include "sys/io.h"
#include "sys/path.h"

enum { KEPT = 2, VARIABLES = 64 };

struct kept {
	char *path;
	struct path_stamp stamp;
	struct buf bytes;
	struct binary *binary;
	uint64_t used;
};

static struct { struct kept file[KEPT]; uint64_t clock; } elves;

static void
let_go(struct kept *k)
{
	if (k->path == NULL)
		return;
	binary_close(k->binary);
	buf_fini(&k->bytes);
	mem_free(k->path);
	*k = (struct kept){ .path = NULL };
}

void
elves_forget(void)
{
	for (size_t i = 0; i < KEPT; i++)
		let_go(&elves.file[i]);
}

/* The place of this path, or the one that was not used for longest. */
static struct kept *
slot(const char *path)
{
	struct kept *oldest = &elves.file[0];

	for (size_t i = 0; i < KEPT; i++) {
		struct kept *k = &elves.file[i];

		if (k->path != NULL && strcmp(k->path, path) == 0)
			return k;
		if (k->used < oldest->used)
			oldest = k;
	}
	return oldest;
}

static enum err
load(struct kept *k, const char *path, const struct path_stamp *stamp, struct err_msg *why)
{
	enum err e;

	let_go(k);
	buf_init(&k->bytes, LIMIT_ELF + 1);
	e = sys_file_read(path, LIMIT_ELF, &k->bytes, why);
	if (e == ERR_OK)
		e = binary_open(k->bytes.data, k->bytes.len, path, &k->binary, why);
	if (e != ERR_OK) {
		buf_fini(&k->bytes);
		return e;
	}
	k->path = mem_str(path);
	k->stamp = *stamp;
	return ERR_OK;
}

static enum err
open_file(const json_t *params, struct kept **out, struct err_msg *why)
{
	const char *path = json_get_str(params, "path", NULL);
	struct path_stamp now;
	struct kept *k;

	if (path == NULL)
		return err_set(why, ERR_USAGE, "path", NULL, "the request lacks it");
	if (!path_stamp(path, &now))
		return err_set(why, ERR_NOENT, path, "build it, or name the file that was flashed",
		    "no such file");
	k = slot(path);
	k->used = ++elves.clock;
	*out = k;
	if (k->path != NULL && strcmp(k->path, path) == 0 && k->stamp.mtime_ns == now.mtime_ns &&
	    k->stamp.size == now.size && k->stamp.inode == now.inode)
		return ERR_OK;
	return load(k, path, &now, why);
}

static json_t *
describe(const struct kept *k)
{
	json_t *o = json_object();

	json_put_str(o, "path", k->path);
	json_put_str(o, "arch", binary_arch(k->binary));
	json_put_str(o, "debug", binary_debug(k->binary));
	json_put_str(o, "build_id", binary_build_id(k->binary));
	json_put_bool(o, "go", binary_is_go(k->binary));
	json_put_int(o, "changed", (int64_t)k->stamp.mtime_ns);
	return o;
}

enum err
elves_info(const json_t *params, json_t **result, struct err_msg *why)
{
	struct kept *k;
	const enum err e = open_file(params, &k, why);

	if (e == ERR_OK)
		*result = describe(k);
	return e;
}

static json_t *
frame_json(const struct binary_frame *f)
{
	json_t *o = json_object();

	json_put_str(o, "func", f->func);
	if (f->file != NULL)
		json_put_str(o, "file", f->file);
	if (f->line != 0)
		json_put_int(o, "line", f->line);
	if (f->offset != 0)
		json_put_int(o, "offset", (int64_t)f->offset);
	if (f->inlined)
		json_put_bool(o, "inline", true);
	return o;
}

/* 64-bit addresses with the top bit do not fit a JSON integer: text is taken too. */
static bool
address(const json_t *v, uint64_t *out)
{
	const char *text = json_string_value(v);
	struct slice s = slice_of(text);

	if (json_is_integer(v)) {
		*out = (uint64_t)json_integer_value(v);
		return true;
	}
	return text != NULL && slice_starts(s, "0x") && slice_hex(slice_skip(s, 2), out);
}

static json_t *
frames_json(struct binary *b, uint64_t addr, bool call)
{
	struct binary_frame f[BINARY_FRAMES];
	const size_t n = binary_frames(b, addr, call, f, BINARY_FRAMES);
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(list, frame_json(&f[i]));
	return list;
}

enum err
elves_lines(const json_t *params, json_t **result, struct err_msg *why)
{
	const json_t *addrs = json_object_get(params, "addrs"),
		     *calls = json_object_get(params, "calls"), *v;
	struct kept *k;
	json_t *frames;
	size_t i;
	enum err e;

	if (!json_is_array(addrs) || json_array_size(addrs) > LIMIT_ELF_ADDRESSES)
		return err_set(why, ERR_USAGE, "addrs", NULL, "give a list of at most %u",
		    LIMIT_ELF_ADDRESSES);
	e = open_file(params, &k, why);
	if (e != ERR_OK)
		return e;
	frames = json_array();
	json_array_foreach(addrs, i, v) {
		uint64_t a;

		(void)json_array_append_new(frames, address(v, &a) ? frames_json(k->binary, a,
		    json_is_true(json_array_get(calls, i))) : json_array());
	}
	*result = describe(k);
	json_put(*result, "frames", frames);
	return ERR_OK;
}

static void
add_vars(json_t *list, struct binary *b, const char *name)
{
	static const char *const kinds[] = { [BINARY_UINT] = "uint", [BINARY_INT] = "int",
		[BINARY_FLOAT] = "float", [BINARY_BOOL] = "bool", [BINARY_POINTER] = "pointer",
		[BINARY_BYTES] = "bytes" };
	struct binary_variable *v = mem_zero(VARIABLES, sizeof *v);
	const size_t n = binary_variables(b, name, v, VARIABLES);
	json_t *o;

	for (size_t i = 0; i < n; i++) {
		o = json_object();
		json_put_str(o, "name", v[i].name);
		json_put_int(o, "addr", (int64_t)v[i].addr);
		json_put_int(o, "size", (int64_t)v[i].size);
		json_put_str(o, "type", v[i].type);
		json_put_str(o, "kind", kinds[v[i].kind]);
		(void)json_array_append_new(list, o);
	}
	if (n == 0) {
		o = json_object();
		json_put_str(o, "name", name);
		json_put_str(o, "why", strcmp(binary_debug(b), "dwarf") == 0 ?
		    "the program has no variable of this name at a fixed address" :
		    "no symbol of this name, and the program has no debugging information");
		(void)json_array_append_new(list, o);
	}
	mem_free(v);
}

enum err
elves_vars(const json_t *params, json_t **result, struct err_msg *why)
{
	const json_t *names = json_object_get(params, "names"), *v;
	struct kept *k;
	json_t *list;
	size_t i;
	enum err e;

	if (!json_is_array(names) || json_array_size(names) > VARIABLES)
		return err_set(why, ERR_USAGE, "names", NULL, "give a list of at most %u",
		    VARIABLES);
	e = open_file(params, &k, why);
	if (e != ERR_OK)
		return e;
	list = json_array();
	json_array_foreach(names, i, v)
		if (json_is_string(v))
			add_vars(list, k->binary, json_string_value(v));
	*result = describe(k);
	json_put(*result, "vars", list);
	return ERR_OK;
}

enum err
elves_needs(const json_t *params, json_t **result, struct err_msg *why)
{
	const char *path = json_get_str(params, "path", "");
	struct buf bytes;
	enum err e;

	buf_init(&bytes, LIMIT_ELF + 1);
	e = sys_file_read(path, LIMIT_ELF, &bytes, why);
	if (e == ERR_OK)
		e = needs_read(bytes.data, bytes.len, path, result, why);
	buf_fini(&bytes);
	if (e == ERR_OK)
		json_put_str(*result, "path", path);
	return e;
}
