/* manifest.c - reading plugin.json files. */
#include "launch/manifest.h"

#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/slice.h"
#include "sys/io.h"
#include "sys/path.h"

enum { MANIFEST_MAX = 64 << 10, API_MAJOR = 1 };

struct scan { struct manifest_list *list; const char *dir; };

static bool
known(const struct manifest_list *l, const char *name)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->item[i].name, name) == 0)
			return true;
	return false;
}

static enum err
check(const json_t *o, const char *path, struct err_msg *why)
{
	const char *api = json_get_str(o, "api", "");
	const json_t *provides = json_object_get(o, "provides");
	struct slice rest, major = slice_cut(slice_of(api), '.', &rest);
	uint64_t m;

	if (!json_is_object(o))
		return err_set(why, ERR_FORMAT, path, NULL, "not a JSON object");
	if (json_get_str(o, "name", NULL) == NULL)
		return err_set(why, ERR_FORMAT, path, NULL, "has no \"name\"");
	if (!slice_u64(major, 1000, &m))
		return err_set(
		    why, ERR_FORMAT, path, "add \"api\": \"1.0\"", "has no \"api\" version");
	if (m != API_MAJOR)
		return err_set(why, ERR_UNSUPPORTED, path, NULL,
		    "needs API %.20s, this Vise has %d", api, API_MAJOR);
	if (provides != NULL && !json_is_array(provides))
		return err_set(why, ERR_FORMAT, path, NULL, "\"provides\" is not a list");
	return ERR_OK;
}

static struct manifest *
row(struct manifest_list *l)
{
	if (l->n == l->cap) {
		l->cap = l->cap != 0 ? l->cap * 2 : 16;
		l->item = mem_resize(l->item, l->cap, sizeof *l->item);
	}
	l->item[l->n] = (struct manifest){ .name = NULL };
	return &l->item[l->n++];
}

static bool
scan_one(const char *name, void *arg)
{
	const struct scan *s = arg;
	char *dir = path_join(s->dir, name), *path = path_join(dir, "plugin.json");
	struct err_msg why = { .code = ERR_OK };
	struct manifest *m;
	struct buf b;
	json_t *o = NULL;

	buf_init(&b, MANIFEST_MAX + 65536 * 2);
	if (!path_exists(path) || known(s->list, name))
		goto out;
	if (sys_file_read(path, MANIFEST_MAX, &b, &why) == ERR_OK)
		o = json_read(buf_str(&b), b.len, path, &why);
	if (known(s->list, json_get_str(o, "name", name)))
		goto out;
	m = row(s->list);
	m->dir = mem_str(dir);
	if (o == NULL || check(o, path, &why) != ERR_OK) {
		char text[800];

		err_format(&why, text, sizeof text);
		m->problem = mem_str(text);
		m->name = mem_str(name);
	} else {
		m->name = mem_str(json_get_str(o, "name", name));
		m->version = mem_str(json_get_str(o, "version", "0"));
		m->provides = json_incref(json_object_get(o, "provides"));
		m->options = json_incref(json_object_get(o, "options"));
		m->boards = json_incref(json_object_get(o, "boards"));
		m->macros = json_incref(json_object_get(o, "macros"));
		m->decoders = json_incref(json_object_get(o, "decoders"));
	}
out:
	json_decref(o);
	buf_fini(&b);
	mem_free(path);
	mem_free(dir);
	return true;
}

void
manifest_scan(struct manifest_list *l, const char *dir)
{
	struct scan s = { l, dir };

	(void)path_each(dir, scan_one, &s, NULL);
}

void
manifest_list_fini(struct manifest_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		struct manifest *m = &l->item[i];

		mem_free(m->name);
		mem_free(m->version);
		mem_free(m->dir);
		mem_free(m->problem);
		json_decref(m->provides);
		json_decref(m->options);
		json_decref(m->boards);
		json_decref(m->macros);
		json_decref(m->decoders);
	}
	mem_free(l->item);
	*l = (struct manifest_list){ .n = 0 };
}

/* "board:x" with kind "board" gives "x", else NULL. */
static const char *
provided(const json_t *entry, const char *kind)
{
	const char *text = json_string_value(entry);
	const size_t n = strlen(kind);

	return text != NULL && strncmp(text, kind, n) == 0 && text[n] == ':' ? text + n + 1 : NULL;
}

const struct manifest *
manifest_find(const struct manifest_list *l, const char *kind, const char *id)
{
	for (size_t i = 0; i < l->n; i++) {
		size_t k;
		json_t *entry;

		json_array_foreach(l->item[i].provides, k, entry) {
			const char *name = provided(entry, kind);

			if (name != NULL && strcmp(name, id) == 0)
				return &l->item[i];
		}
	}
	return NULL;
}

struct fact { const char *kind, *key; };

static void
add_facts(json_t *row, const char *kind, const json_t *facts)
{
	static const struct fact known[] = {
		{ "board", "name" }, { "board", "match" }, { "board", "console" },
		{ "board", "triggers" }, { "board", "elf" },
		{ "macro", "title" }, { "macro", "doc" }, { "macro", "keys" }, { "macro", "at" },
		{ "decoder", "literal" }, { "decoder", "pattern" }, { "decoder", "doc" },
		{ "macro", "params" }, { "macro", "steps" }, { "macro", "board" },
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strcmp(kind, known[i].kind) == 0 &&
		    json_object_get(facts, known[i].key) != NULL)
			(void)json_object_set(row, known[i].key,
			    json_object_get(facts, known[i].key));
}

static const json_t *
facts_of(const struct manifest *m, const char *kind)
{
	return strcmp(kind, "macro") == 0 ? m->macros : strcmp(kind, "decoder") == 0 ?
	    m->decoders : m->boards;
}

json_t *
manifest_json(const struct manifest_list *l, const char *kind)
{
	json_t *list = json_array();

	for (size_t i = 0; i < l->n; i++) {
		size_t k;
		json_t *entry;

		json_array_foreach(l->item[i].provides, k, entry) {
			const char *id = provided(entry, kind);
			json_t *o;

			if (id == NULL)
				continue;
			o = json_object();
			json_put_str(o, "id", id);
			json_put_str(o, "name", id);
			add_facts(o, kind, json_object_get(facts_of(&l->item[i], kind), id));
			json_put_str(o, "plugin", l->item[i].name);
			json_put_str(o, "dir", l->item[i].dir);
			(void)json_array_append_new(list, o);
		}
	}
	return list;
}
