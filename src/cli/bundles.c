/* bundles.c - finding snapshots of everything. */
#include "cli/bundles.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "sys/io.h"
#include "sys/path.h"

enum { MANIFEST_MAX = 2 << 20, BUNDLES_MAX = 5000 };

struct search {
	json_t *list;
	const char *folder;
	bool (*each)(const char *name, void *arg);
};

static bool
take_bundle(const char *name, void *arg)
{
	struct search *s = arg;
	char *dir = path_join(s->folder, name), *path = path_join(dir, "manifest.json");
	json_t *m = NULL;
	struct buf b;

	buf_init(&b, MANIFEST_MAX + (1 << 17));
	if (strncmp(name, "bundle-", 7) == 0 &&
	    sys_file_read(path, MANIFEST_MAX, &b, NULL) == ERR_OK)
		m = json_read(buf_str(&b), b.len, path, NULL);
	if (json_get_int(m, "vise_snapshot", 0) == 1) {
		json_put_str(m, "dir", dir);
		(void)json_array_append(s->list, m);
	}
	json_decref(m);
	buf_fini(&b);
	mem_free(path);
	mem_free(dir);
	return json_array_size(s->list) < BUNDLES_MAX;
}

static bool
take_bench(const char *name, void *arg)
{
	struct search *s = arg;
	char *bench = path_join(s->folder, name), *folder = path_join(bench, "snapshots");
	struct search inner = { .list = s->list, .folder = folder };

	(void)path_each(folder, take_bundle, &inner, NULL);
	mem_free(folder);
	mem_free(bench);
	return json_array_size(s->list) < BUNDLES_MAX;
}

static int
older(const void *a, const void *b)
{
	const json_int_t x = json_get_int(*(json_t *const *)a, "wall", 0),
			 y = json_get_int(*(json_t *const *)b, "wall", 0);

	return x < y ? -1 : x > y;
}

static json_t *
sorted(json_t *list)
{
	const size_t n = json_array_size(list);
	json_t **row = mem_zero(n + 1, sizeof *row), *out = json_array();

	for (size_t i = 0; i < n; i++)
		row[i] = json_array_get(list, i);
	qsort(row, n, sizeof *row, older);
	for (size_t i = 0; i < n; i++)
		(void)json_array_append(out, row[i]);
	mem_free(row);
	json_decref(list);
	return out;
}

json_t *
bundles_list(const char *folder)
{
	char *state = path_state(), *benches = path_join(state, "benches");
	struct search s = { .list = json_array(), .folder = benches };

	(void)path_each(benches, take_bench, &s, NULL);
	s.folder = folder;
	if (folder != NULL)
		(void)path_each(folder, take_bundle, &s, NULL);
	mem_free(benches);
	mem_free(state);
	return sorted(s.list);
}

static char *
by_name(const char *word, struct err_msg *why)
{
	json_t *list = bundles_list(NULL), *m, *found = NULL;
	const bool last = strcmp(word, "last") == 0;
	char *dir = NULL;
	size_t i, n = 0;

	json_array_foreach(list, i, m)
		if (last || strncmp(json_get_str(m, "name", ""), word, strlen(word)) == 0) {
			found = m;
			n++;
		}
	if (found == NULL)
		(void)err_set(why, ERR_NOENT, word, "vise snapshot list shows them",
		    "no such snapshot");
	else if (n > 1 && !last)
		(void)err_set(why, ERR_USAGE, word, "give more of its name, or its folder",
		    "%zu snapshots begin so", n);
	else
		dir = mem_str(json_get_str(found, "dir", ""));
	json_decref(list);
	return dir;
}

char *
bundles_find(const char *word, struct err_msg *why)
{
	char real[PATH_MAX];

	if (path_is_dir(word) && realpath(word, real) != NULL)
		return mem_str(real);
	if (word[0] == '\0' || strchr(word, '/') != NULL) {
		(void)err_set(why, ERR_NOENT, word,
		    "vise snapshot list shows those of this machine", "no such folder");
		return NULL;
	}
	return by_name(word, why);
}
