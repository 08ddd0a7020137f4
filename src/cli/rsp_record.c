/* rsp_record.c - the rows of a saved conversation. */
#include "cli/rsp_record.h"

#include "base/slice.h"
#include "sys/io.h"

enum { FILE_MAX = 512 << 20 };

enum err
rsp_record_each(const char *path, enum err (*row)(void *arg, const json_t *row,
    struct err_msg *why), void *arg, struct err_msg *why)
{
	struct buf text;
	struct slice rest;
	uint64_t line = 0;
	enum err e;

	buf_init(&text, FILE_MAX + 1);
	e = sys_file_read(path, FILE_MAX, &text, why);
	rest = slice_make(buf_str(&text), text.len);
	while (e == ERR_OK && rest.n != 0) {
		const struct slice one = slice_cut(rest, '\n', &rest);
		json_t *o = json_read(one.p, one.n, path, why);

		if (++line == 1 && (o == NULL || json_get_int(o, "vise_rsp", 0) != 1))
			e = err_set(why, ERR_FORMAT, path, "vise rsp tap --save FILE makes one",
			    "this is no record of vise rsp tap");
		else if (o == NULL && rest.n == 0)
			e = ERR_OK;     /* the last line of a tap that was killed */
		else if (o == NULL)
			e = ERR_FORMAT;
		else if (line > 1)
			e = row(arg, o, why);
		json_decref(o);
		if (e == ERR_FORMAT && line > 1)
			(void)err_set(why, e, path, NULL, "line %llu is no row of a record",
			    (unsigned long long)line);
	}
	buf_fini(&text);
	return e;
}
