/* image_sums.c - reading a manifest of sums. */
#include "worker/image_sums.h"

#include <string.h>

#include "base/alloc.h"
#include "base/sha256.h"
#include "base/slice.h"
#include "sys/io.h"
#include "sys/path.h"

enum { MANIFEST_MAX = 1 << 20 };

static char *
beside(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *sums = slash != NULL ? mem_fmt("%.*s/SHA256SUMS", (int)(slash - path), path) :
	    mem_str("SHA256SUMS");

	if (path_exists(sums))
		return sums;
	mem_free(sums);
	return mem_fmt("%s.sha256", path);
}

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

/* "SUM  NAME", "SUM *NAME" or "SUM  dir/NAME"; the last one of a name counts. */
static struct slice
sum_of(struct slice rest, const char *name)
{
	struct slice found = { NULL, 0 };

	while (rest.n != 0) {
		struct slice line = slice_cut(rest, '\n', &rest), one = slice_word(&line);

		line = slice_trim(line);
		if (slice_starts(line, "*"))
			line = slice_skip(line, 1);
		for (size_t i = line.n; i > 0; i--)
			if (line.p[i - 1] == '/') {
				line = slice_skip(line, i);
				break;
			}
		if (one.n == SHA256_HEX - 1 && slice_is(line, name))
			found = one;
	}
	return found;
}

json_t *
image_sums(const char *path, const char *sha256, const char *sums)
{
	char *file = sums != NULL ? mem_str(sums) : beside(path);
	const char *state = "missing";
	json_t *o = json_object();
	struct slice has;
	struct buf b;

	buf_init(&b, 2 * MANIFEST_MAX);
	if (sys_file_read(file, MANIFEST_MAX, &b, NULL) == ERR_OK) {
		has = sum_of(slice_make(b.data, b.len), base_name(path));
		state = has.n == 0 ? "unnamed" : strncasecmp(has.p, sha256, has.n) == 0 ? "same" :
		    "other";
		if (has.n != 0)
			json_put_strn(o, "has", has.p, has.n);
	}
	json_put_str(o, "file", file);
	json_put_str(o, "state", state);
	buf_fini(&b);
	mem_free(file);
	return o;
}
