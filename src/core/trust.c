/* trust.c - the trust file. */
#include "core/trust.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/slice.h"
#include "sys/io.h"
#include "sys/path.h"
#include "sys/process.h"

enum { FILE_MAX = 1 << 20, HASH_LEN = SHA256_HEX - 1, HASH_LEAST = 12 };

struct line { bool denied; struct slice hash, path; uint64_t uid; };

const char *
trust_word(enum trust t)
{
	static const char *const words[] = { "unknown", "allowed", "changed", "denied",
		"refused" };

	return words[t];
}

bool
trust_same(const char *given, const char *hash)
{
	size_t n;

	if (strncmp(given, "sha256:", 7) == 0)
		given += 7;
	n = strlen(given);
	return n >= HASH_LEAST && n <= HASH_LEN && strncmp(given, hash, n) == 0;
}

char *
trust_project(const char *from)
{
	char *dir = path_real(from);

	while (dir != NULL) {
		char *found = path_join(dir, TRUST_FOLDER), *slash = strrchr(dir, '/');

		if (path_is_dir(found)) {
			mem_free(dir);
			return found;
		}
		mem_free(found);
		if (dir[0] != '/' || dir[1] == '\0')
			break;
		slash[slash == dir] = '\0';
	}
	mem_free(dir);
	return NULL;
}

/* False: no line of ours. */
static bool
parse(struct slice text, struct line *l)
{
	struct slice rest;

	l->denied = text.n != 0 && text.p[0] == '!';
	if (l->denied)
		text = slice_make(text.p + 1, text.n - 1);
	l->hash = slice_cut(text, ' ', &rest);
	if (l->hash.n != HASH_LEN || !slice_u64(slice_cut(rest, ' ', &l->path), UINT32_MAX,
	    &l->uid))
		return false;
	return l->path.n > 1 && l->path.p[0] == '/';
}

static char *
file_path(void)
{
	char *state = path_state(), *file = path_join(state, "trust");

	mem_free(state);
	return file;
}

static void
read_file(struct buf *b)
{
	char *file = file_path();

	buf_init(b, 2 * FILE_MAX);
	if (path_exists(file))
		(void)sys_file_read(file, FILE_MAX, b, NULL);
	mem_free(file);
}

static enum trust
said(const char *root, const char *hash)
{
	enum trust t = TRUST_UNKNOWN;
	struct slice rest;
	struct buf b;

	read_file(&b);
	rest = slice_make(buf_str(&b), b.len);
	while (rest.n != 0) {
		struct line l;

		if (!parse(slice_cut(rest, '\n', &rest), &l) || !slice_is(l.path, root) ||
		    l.uid != process_uid())
			continue;
		t = l.denied ? TRUST_DENIED : slice_is(l.hash, hash) ? TRUST_ALLOWED :
		    TRUST_CHANGED;
	}
	buf_fini(&b);
	return t;
}

enum trust
trust_look(const char *root, const char *given, struct tree *t, struct err_msg *why)
{
	if (tree_read(t, root, why) != ERR_OK)
		return TRUST_REFUSED;
	if (given != NULL && strlen(given) >= HASH_LEN && trust_same(given, t->hash))
		return TRUST_ALLOWED;
	return said(t->root, t->hash);
}

enum err
trust_say(const char *root, const char *hash, enum trust_act act, struct err_msg *why)
{
	char *real = path_real(root), *state = path_state(), *file = file_path();
	struct slice rest;
	struct buf b, out;
	enum err e = ERR_OK;

	buf_init(&out, 2 * FILE_MAX);
	read_file(&b);
	if (real == NULL || strchr(real, '\n') != NULL)
		e = err_set(why, ERR_USAGE, root, NULL, "no such folder");
	for (rest = slice_make(buf_str(&b), b.len); rest.n != 0;) {
		const struct slice text = slice_cut(rest, '\n', &rest);
		struct line l;

		if (parse(text, &l) && real != NULL && !slice_is(l.path, real))
			(void)buf_add_fmt(&out, "%.*s\n", (int)text.n, text.p);
	}
	if (e == ERR_OK && act != TRUST_FORGET)
		(void)buf_add_fmt(&out, "%s%s %lu %s\n", act == TRUST_DENY ? "!" : "", hash,
		    (unsigned long)process_uid(), real);
	if (e == ERR_OK)
		e = path_make_private(state, why);
	if (e == ERR_OK)
		e = sys_file_replace(file, buf_str(&out), out.len, why);
	buf_fini(&b);
	buf_fini(&out);
	mem_free(real);
	mem_free(state);
	mem_free(file);
	return e;
}
