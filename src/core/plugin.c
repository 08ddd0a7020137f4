/* plugin.c - finding plugins, and holding their manifests against the rules. */
#include "core/plugin.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/slice.h"
#include "base/nearest.h"
#include "core/lone.h"
#include "core/project.h"
#include "core/trust.h"
#include "sys/io.h"
#include "sys/path.h"

enum { MANIFEST_MAX = 256 << 10, PLUGINS_MAX = 500, USES_MAX = 24 };

/* ---- the manifest */

struct rule { const char *name; json_type type; bool must; };

static const struct rule fields[] = {
	{ "name", JSON_STRING, true }, { "version", JSON_STRING, true },
	{ "api", JSON_STRING, true }, { "entry", JSON_STRING, false },
	{ "doc", JSON_STRING, false }, { "provides", JSON_ARRAY, false },
	{ "requires", JSON_OBJECT, false }, { "needs", JSON_OBJECT, false },
	{ "options", JSON_OBJECT, false }, { "boards", JSON_OBJECT, false },
	{ "macros", JSON_OBJECT, false }, { "decoders", JSON_OBJECT, false },
	{ "commands", JSON_OBJECT, false }, { "workflows", JSON_OBJECT, false },
	{ "gauges", JSON_OBJECT, false }, { "panes", JSON_OBJECT, false },
};

/* What a plugin may ask for. The widest stands first: so it is shown. */
static const struct rule needs[] = {
	{ "exec", JSON_ARRAY, false }, { "commands", JSON_ARRAY, false },
	{ "net", JSON_ARRAY, false }, { "fs", JSON_ARRAY, false },
	{ "serve", JSON_ARRAY, false }, { "places", JSON_ARRAY, false },
	{ "usb", JSON_ARRAY, false }, { "serial", JSON_TRUE, false },
};

static const char *const kinds[] = { "board", "base", "workflow", "macro", "decoder", "command",
	"service", "segment", "pane", "gauge", "advisor", "event", NULL };

static bool
texts(const json_t *list)
{
	const json_t *v;
	size_t i;

	json_array_foreach(list, i, v)
		if (!json_is_string(v))
			return false;
	return true;
}

static bool
is_type(const json_t *v, json_type want)
{
	return json_typeof(v) == want || (want == JSON_TRUE && json_is_boolean(v));
}

static enum err
check_fields(const json_t *o, const struct rule *rules, size_t n, const char *what,
    struct err_msg *why)
{
	const char *key;
	json_t *v;
	size_t i;

	for (i = 0; i < n; i++)
		if (rules[i].must && json_object_get(o, rules[i].name) == NULL)
			return err_set(why, ERR_FORMAT, what, NULL, "has no \"%s\"", rules[i].name);
	json_object_foreach((json_t *)(uintptr_t)o, key, v) {
		for (i = 0; i < n && strcmp(rules[i].name, key) != 0; i++)
			;
		if (i == n)
			return err_set(why, ERR_FORMAT, what, "vise-plugin(5) lists them",
			    "no field named \"%.40s\"", key);
		if (!is_type(v, rules[i].type) || !texts(json_is_array(v) ? v : NULL))
			return err_set(why, ERR_FORMAT, what, NULL, "\"%s\" is not %s", key,
			    rules[i].type == JSON_STRING ? "text" : rules[i].type == JSON_ARRAY ?
			    "a list of texts" : rules[i].type == JSON_OBJECT ? "an object" :
			    "true or false");
	}
	return ERR_OK;
}

static bool
good_name(const char *s)
{
	const size_t n = strlen(s);

	return n != 0 && n <= 64 && s[0] != '.' && s[0] != '-' &&
	    strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") == n;
}

static enum err
check_api(const char *api, const char *what, struct err_msg *why)
{
	struct slice rest, major = slice_cut(slice_of(api), '.', &rest);
	uint64_t m, minor;

	if (!slice_u64(major, 1000, &m) || !slice_u64(rest, 1000, &minor))
		return err_set(why, ERR_FORMAT, what, NULL,
		    "\"api\" is major.minor, such as \"%d.0\"", PLUGIN_API_MAJOR);
	if (m > PLUGIN_API_MAJOR || m < PLUGIN_API_OLDEST ||
	    (m == PLUGIN_API_MAJOR && minor > PLUGIN_API_MINOR))
		return err_set(why, ERR_UNSUPPORTED, what, m < PLUGIN_API_OLDEST ?
		    "ask its author for a newer one" : "a newer Vise serves it",
		    "needs API %.20s, this Vise has %d.%d", api, PLUGIN_API_MAJOR,
		    PLUGIN_API_MINOR);
	return ERR_OK;
}

static enum err
check_provides(const json_t *list, const char *what, struct err_msg *why)
{
	const json_t *v;
	size_t i;

	json_array_foreach(list, i, v) {
		const char *const *k = kinds;

		while (*k != NULL && plugin_provided(v, *k) == NULL)
			k++;
		if (*k == NULL || !good_name(plugin_provided(v, *k)))
			return err_set(why, ERR_FORMAT, what,
			    "KIND:ID; kinds: board base workflow macro decoder command service "
			    "segment pane gauge advisor event",
			    "provides \"%.60s\", which is nothing known",
			    json_string_value(v));
	}
	return ERR_OK;
}

/* What an option may say of itself (lua/vise/register.lua reads the same of parameters). */
static const struct rule option_rules[] = {
	{ "type", JSON_STRING, true }, { "doc", JSON_STRING, false },
	{ "unit", JSON_STRING, false }, { "label", JSON_STRING, false },
	{ "values", JSON_ARRAY, false },
	{ "required", JSON_TRUE, false },
};

static bool
is_option_type(const char *type)
{
	static const char *const types[] = { "choice", "text", "enum", "int", "number", "bool",
		"duration", "bytes", "string", "url" };

	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (strcmp(types[i], type) == 0)
			return true;
	return false;
}

static enum err
check_option(const json_t *v, const char *what, struct err_msg *why)
{
	/* of any type: what is left is held against the table */
	static const char *const any[] = { "default", "min", "max" };
	json_t *rest = json_copy((json_t *)(uintptr_t)v);
	enum err e;

	for (size_t i = 0; i < sizeof any / sizeof *any; i++)
		(void)json_object_del(rest, any[i]);
	e = check_fields(rest, option_rules, sizeof option_rules / sizeof *option_rules, what, why);
	json_decref(rest);
	if (e == ERR_OK && !is_option_type(json_get_str(v, "type", "")))
		e = err_set(why, ERR_FORMAT, what,
		    "choice, int, number, bool, duration, bytes, text or url",
		    "\"type\" is \"%.40s\"", json_get_str(v, "type", ""));
	return e;
}

static enum err
check_options(const json_t *o, const char *what, struct err_msg *why)
{
	enum err e = ERR_OK;
	const char *name;
	json_t *v;

	json_object_foreach(json_object_get(o, "options"), name, v) {
		char *at = mem_fmt("%s: options.%.60s", what, name);

		if (e == ERR_OK)
			e = json_is_object(v) ? check_option(v, at, why) :
			    err_set(why, ERR_FORMAT, at, NULL, "is not an object");
		mem_free(at);
	}
	json_object_foreach(json_object_get(o, "requires"), name, v)
		if (e == ERR_OK && !json_is_string(v))
			e = err_set(why, ERR_FORMAT, what, "a version, such as \">=1.0\"",
			    "requires.%.60s is not text", name);
	return e;
}

enum err
plugin_check(const json_t *o, const char *what, struct err_msg *why)
{
	enum err e = ERR_OK;

	if (!json_is_object(o))
		return err_set(why, ERR_FORMAT, what, NULL, "not a JSON object");
	e = check_fields(o, fields, sizeof fields / sizeof *fields, what, why);
	if (e == ERR_OK)
		e = check_fields(json_object_get(o, "needs"), needs, sizeof needs / sizeof *needs,
		    what, why);
	if (e == ERR_OK && !good_name(json_get_str(o, "name", "")))
		e = err_set(why, ERR_FORMAT, what, "letters, digits, - _ .",
		    "\"%.40s\" is no name for a plugin", json_get_str(o, "name", ""));
	if (e == ERR_OK)
		e = check_api(json_get_str(o, "api", ""), what, why);
	if (e == ERR_OK)
		e = check_provides(json_object_get(o, "provides"), what, why);
	if (e == ERR_OK)
		e = check_options(o, what, why);
	return e;
}

/* ---- the places */

struct scan {
	json_t *rows;
	const char *dir, *place;
	bool boards;                    /* a folder of boards: a Lua file is one */
	const struct tree *tree;        /* of a project: its bytes, not the disk's */
	enum trust trust;
	const struct err_msg *refused;
};

/* *out: also when it is JSON, but no manifest. */
static enum err
read_manifest(const struct tree *tree, const char *path, json_t **out, struct err_msg *why)
{
	const struct tree_file *f = tree != NULL ? tree_find(tree, path) : NULL;
	enum err e = ERR_OK;
	struct buf b;

	buf_init(&b, 2 * MANIFEST_MAX);
	if (f != NULL)
		(void)buf_add(&b, f->data, f->n);
	else
		e = sys_file_read(path, MANIFEST_MAX, &b, why);
	*out = e == ERR_OK ? json_read(buf_str(&b), b.len, path, why) : NULL;
	buf_fini(&b);
	if (*out == NULL)
		return why->code;
	return plugin_check(*out, path, why);
}

json_t *
plugin_manifest(const char *dir, const struct tree *tree, struct err_msg *why)
{
	char *path = path_join(dir, "plugin.json");
	json_t *o = NULL;

	if (lone_is(dir)) {
		o = path_exists(dir) ? lone_manifest(dir) : NULL;
		if (o == NULL)
			(void)err_set(why, ERR_NOENT, dir, NULL, "is not there");
	} else if (read_manifest(tree, path, &o, why) != ERR_OK) {
		json_decref(o);
		o = NULL;
	}
	mem_free(path);
	return o;
}

static void
mark_trust(const struct scan *s, json_t *row)
{
	static const char *const say[] = {
		[TRUST_UNKNOWN] = "the project's code is not trusted; vise plugin view, then vise "
		    "plugin trust",
		[TRUST_CHANGED] = "the project's code has changed since it was trusted; vise "
		    "plugin view, then vise plugin trust",
		[TRUST_DENIED] = "the project's code is denied; vise plugin forget takes it back",
	};

	if (s->tree == NULL)
		return;
	json_put_str(row, "tree", s->tree->root);
	json_put_str(row, "trust", trust_word(s->trust));
	if (s->trust == TRUST_REFUSED) {
		char text[800];

		err_format(s->refused, text, sizeof text);
		json_put_str(row, "problem", text);
		return;
	}
	json_put_str(row, "hash", s->tree->hash);
	if (s->trust != TRUST_ALLOWED && json_object_get(row, "problem") == NULL)
		json_put_str(row, "problem", say[s->trust]);
}

static bool
known(const json_t *rows, const char *name)
{
	const json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
		if (strcmp(json_get_str(row, "name", ""), name) == 0 &&
		    (json_object_get(row, "tree") == NULL ||
			strcmp(json_get_str(row, "trust", ""), "allowed") == 0))
			return true;
	return false;
}

static void
put_problem(json_t *row, const struct err_msg *why)
{
	char text[800];

	err_format(why, text, sizeof text);
	json_put_str(row, "problem", text);
}

/* Steals row. */
static void
add_row(const struct scan *s, json_t *row, const char *dir)
{
	json_put_str(row, "dir", dir);
	json_put_str(row, "place", s->place);
	mark_trust(s, row);
	if (known(s->rows, json_get_str(row, "name", "")))
		json_put_bool(row, "shadowed", true);
	(void)json_array_append_new(s->rows, row);
}

/* A Lua file without a manifest: a project's is trusted or not, a user's must be the user's
 * alone. */
static void
look_lone(const struct scan *s, const char *dir, const char *file)
{
	json_t *row = lone_manifest(file);
	struct err_msg why;

	json_put_str(row, "file", file);
	if (!good_name(json_get_str(row, "name", "")))
		put_problem(row, (err_set(&why, ERR_USAGE, file, "letters, digits, - _ .",
		    "is no name for a board"), &why));
	else if (s->tree == NULL && lone_safe(file, &why) != ERR_OK)
		put_problem(row, &why);
	add_row(s, row, dir);
}

static void
look_folder(const struct scan *s, const char *dir, const char *name, const char *path)
{
	struct err_msg why = { .code = ERR_OK };
	json_t *row = NULL;

	if (read_manifest(s->tree, path, &row, &why) != ERR_OK) {
		json_decref(row);
		row = json_object();
		json_put_str(row, "name", name);
		put_problem(row, &why);
	}
	add_row(s, row, dir);
}

static bool
look(const char *name, void *arg)
{
	const struct scan *s = arg;
	char *dir = path_join(s->dir, name), *path = path_join(dir, "plugin.json");

	if (json_array_size(s->rows) >= PLUGINS_MAX)
		;
	else if (s->boards && lone_is_board(dir))
		look_lone(s, s->dir, dir);
	else if (path_exists(path))
		look_folder(s, dir, name, path);
	mem_free(path);
	mem_free(dir);
	return true;
}

/* Steals dir. */
static void
scan_dir(struct scan *s, char *dir, bool boards)
{
	s->dir = dir;
	s->boards = boards;
	if (dir != NULL && path_is_dir(dir))
		(void)path_each(dir, look, s, NULL);
	mem_free(dir);
}

/* "plugins" of its project.json, when it is trusted and right; what is wrong others tell. */
static json_t *
settings_of(const struct tree *t)
{
	json_t *data = project_read(t, "/", NULL), *out = json_incref(json_object_get(data,
	    "plugins"));

	json_decref(data);
	return out;
}

static void
scan_project(json_t *rows, const struct plugin_where *w, json_t **settings)
{
	char *root = w->from != NULL ? trust_project(w->from) : NULL;
	struct err_msg why = { .code = ERR_OK };
	struct tree t;

	if (root != NULL) {
		const enum trust trust = trust_look(root, w->trust_hash, &t, &why);
		struct scan s = { .rows = rows, .place = "project", .tree = &t, .trust = trust,
			.refused = &why };

		scan_dir(&s, path_join(t.root != NULL ? t.root : root, LONE_BOARDS), true);
		scan_dir(&s, path_join(t.root != NULL ? t.root : root, "plugins"), false);
		if (trust == TRUST_ALLOWED)
			*settings = settings_of(&t);
		tree_fini(&t);
	}
	mem_free(root);
}

/* What a plugin requires must be there, and new enough. */
static void
check_requires(const json_t *rows, json_t *row)
{
	json_t *want = json_object_get(row, "requires"), *v, *have;
	const char *name;
	size_t i;

	json_object_foreach(want, name, v) {
		const char *least = json_is_string(v) ? json_string_value(v) : "";
		bool found = false;

		json_array_foreach(rows, i, have)
			found = found || (plugin_usable(have) &&
			    strcmp(json_get_str(have, "name", ""), name) == 0 &&
			    plugin_version(json_get_str(have, "version", "0"), least));
		if (!found && json_object_get(row, "problem") == NULL) {
			char *text = mem_fmt("requires the plugin %.60s %.20s, which is not here",
			    name, least);

			json_put_str(row, "problem", text);
			mem_free(text);
		}
	}
}

/* The user's own file comes before all that has a name. */
static void
scan_init(json_t *rows, const char *config)
{
	const struct scan s = { .rows = rows, .place = "user" };
	char *file = path_join(config, LONE_INIT);

	if (path_exists(file) && lone_is(file))
		look_lone(&s, config, file);
	mem_free(file);
}

static void
scan_user(json_t *rows, const char *config)
{
	struct scan s = { .rows = rows, .place = "user" };

	scan_dir(&s, path_join(config, LONE_BOARDS), true);
	scan_dir(&s, path_join(config, "plugins"), false);
}

static void
put_why(json_t *row, const char *next, const char *text, const char *word)
{
	struct err_msg why;

	(void)err_set(&why, ERR_CONFIG, TRUST_FOLDER "/" PROJECT_FILE, next, "%s%.60s", text, word);
	put_problem(row, &why);
}

/* Options that the plugin has not are mistakes. */
static void
give_options(json_t *row, const json_t *options)
{
	const json_t *declared = json_object_get(row, "options");
	const char *name, *known;
	json_t *v;

	json_object_foreach((json_t *)(uintptr_t)options, name, v) {
		struct nearest near;
		char next[ERR_NEXT_MAX];

		if (json_object_get(declared, name) != NULL)
			continue;
		nearest_begin(&near, name);
		json_object_foreach((json_t *)(uintptr_t)declared, known, v)
			nearest_offer(&near, known);
		put_why(row, nearest_advice(&near, "\"options\" of its plugin.json lists them",
		    next, sizeof next), "the plugin has no option ", name);
		return;
	}
	json_put(row, "given", json_incref((json_t *)(uintptr_t)options));
}

/* What a project says of plugins by their names. */
static void
apply_settings(json_t *rows, const json_t *settings)
{
	json_t *row;
	size_t i;

	json_array_foreach(rows, i, row) {
		const json_t *own = json_object_get(settings, json_get_str(row, "name", ""));

		if (own == NULL || !plugin_usable(row) || json_get_bool(row, "eager", false))
			continue;
		if (!json_get_bool(own, "enabled", true))
			put_why(row, "\"enabled\": true turns it on", "it is switched off there",
			    "");
		else if (json_object_get(own, "options") != NULL)
			give_options(row, json_object_get(own, "options"));
	}
}

json_t *
plugin_rows(const struct plugin_where *w)
{
	char *config = w->clean ? NULL : path_config();
	json_t *rows = json_array(), *row, *settings = NULL;
	struct scan s = { .rows = rows, .place = "given" }, ours = { .rows = rows,
		.place = "shipped" };
	size_t i;

	if (config != NULL)
		scan_init(rows, config);
	for (const char *const *p = w->given; p != NULL && *p != NULL; p++)
		scan_dir(&s, mem_str(*p), false);
	if (!w->clean)
		scan_project(rows, w, &settings);
	if (config != NULL)
		scan_user(rows, config);
	scan_dir(&ours, path_data("plugins"), false);
	apply_settings(rows, settings);
	json_decref(settings);
	json_array_foreach(rows, i, row)
		check_requires(rows, row);
	mem_free(config);
	return rows;
}

/* ---- looking into rows */

bool
plugin_usable(const json_t *row)
{
	return json_object_get(row, "problem") == NULL && !json_get_bool(row, "shadowed", false);
}

const char *
plugin_provided(const json_t *entry, const char *kind)
{
	const char *text = json_string_value(entry);
	const size_t n = strlen(kind);

	return text != NULL && strncmp(text, kind, n) == 0 && text[n] == ':' ? text + n + 1 : NULL;
}

json_t *
plugin_find(const json_t *rows, const char *kind, const char *id)
{
	json_t *row, *entry;
	size_t i, k;

	json_array_foreach(rows, i, row) {
		if (!plugin_usable(row))
			continue;
		json_array_foreach(json_object_get(row, "provides"), k, entry) {
			const char *have = plugin_provided(entry, kind);

			if (have != NULL && strcmp(have, id) == 0)
				return row;
		}
	}
	return NULL;
}

/* What a manifest says of one thing it provides: "board" stands in "boards". */
static const json_t *
facts_of(const json_t *row, const char *kind, const char *id)
{
	char key[32];

	snprintf(key, sizeof key, "%ss", kind);
	return json_object_get(json_object_get(row, key), id);
}

static void
add_kind(json_t *list, const json_t *row, const char *kind)
{
	json_t *entry;
	size_t i;

	json_array_foreach(json_object_get(row, "provides"), i, entry) {
		const char *id = plugin_provided(entry, kind);
		const json_t *facts;
		json_t *o;

		if (id == NULL || json_row(list, id) != NULL)
			continue;               /* shadowed, as in plugin_find */
		facts = facts_of(row, kind, id);
		/* what is in it is shared with the manifest: rows are changed at their top only */
		o = json_is_object(facts) ? json_copy((json_t *)(uintptr_t)facts) : json_object();
		json_put_str(o, "id", id);
		if (json_get_str(o, "name", NULL) == NULL)
			json_put_str(o, "name", id);
		json_put_str(o, "plugin", json_get_str(row, "name", ""));
		json_put_str(o, "dir", json_get_str(row, "dir", ""));
		(void)json_array_append_new(list, o);
	}
}

json_t *
plugin_kind(const json_t *rows, const char *kind)
{
	json_t *list = json_array(), *row;
	size_t i;

	json_array_foreach(rows, i, row)
		if (plugin_usable(row))
			add_kind(list, row, kind);
	return list;
}

static json_t *
shadowed_json(const json_t *row, const char *id, const json_t *first)
{
	return json_pack("{s:s,s:s,s:s,s:s,s:b}", "id", id, "plugin", json_get_str(row, "name", ""),
	    "place", json_get_str(row, "place", ""), "by", json_get_str(first, "name", ""),
	    "shadowed", 1);
}

json_t *
plugin_shadowed(const json_t *rows, const char *kind)
{
	json_t *list = json_array(), *row, *entry;
	size_t i, k;

	json_array_foreach(rows, i, row)
		json_array_foreach(json_object_get(row, "provides"), k, entry) {
			const char *id = plugin_provided(entry, kind);
			const json_t *first = id != NULL ? plugin_find(rows, kind, id) : NULL;

			if (first != NULL && first != row &&
			    json_object_get(row, "problem") == NULL)
				(void)json_array_append_new(list, shadowed_json(row, id, first));
		}
	return list;
}

/* -1, 0, 1: number by number. */
static int
compare(const char *a, const char *b)
{
	struct slice x = slice_of(a), y = slice_of(b);

	while (x.n != 0 || y.n != 0) {
		uint64_t m = 0, n = 0;

		(void)slice_u64(slice_cut(x, '.', &x), UINT32_MAX, &m);
		(void)slice_u64(slice_cut(y, '.', &y), UINT32_MAX, &n);
		if (m != n)
			return m < n ? -1 : 1;
	}
	return 0;
}

bool
plugin_version(const char *have, const char *want)
{
	const size_t n = strspn(want, "<>= ");
	const int c = compare(have, want + n);

	if (n == 0)
		return c >= 0;
	return (want[0] == '>' && c > 0) || (want[0] == '<' && c < 0) ||
	    (memchr(want, '=', n) != NULL && c == 0);
}

static void
add(json_t *argv, const char *name, const char *value)
{
	if (value == NULL)
		return;
	(void)json_array_append_new(argv, json_text(name, strlen(name)));
	(void)json_array_append_new(argv, json_text(value, strlen(value)));
}

/* Where its code is, for a command line. */
static const char *
code_of(const json_t *row)
{
	return json_get_str(row, "file", json_get_str(row, "dir", ""));
}

/* --run option:PLUGIN.NAME=VALUE for each. */
static void
add_given(json_t *argv, const json_t *row)
{
	const char *name;
	json_t *v;

	json_object_foreach(json_object_get(row, "given"), name, v) {
		struct buf b;

		buf_init(&b, MANIFEST_MAX);
		(void)buf_add_fmt(&b, "option:%s.%s=", json_get_str(row, "name", ""), name);
		if (json_is_string(v))
			(void)buf_add_str(&b, json_string_value(v));
		else
			(void)json_write(v, &b);
		add(argv, "--run", buf_str(&b));
		buf_fini(&b);
	}
}

static void
add_use(json_t *argv, const json_t *row)
{
	char *pair = mem_fmt("%s=%s", json_get_str(row, "name", ""), code_of(row));

	add(argv, "--uses", pair);
	add_given(argv, row);
	mem_free(pair);
}

static bool
has_profiles(const json_t *row)
{
	const json_t *entry;
	size_t i;

	json_array_foreach(json_object_get(row, "provides"), i, entry)
		if (plugin_provided(entry, "board") != NULL ||
		    plugin_provided(entry, "base") != NULL)
			return true;
	return false;
}

/* What it requires. A profile without a manifest may inherit any that there is. */
static bool
uses(const json_t *row, const json_t *other)
{
	const json_t *want = json_object_get(row, "requires");

	if (json_object_get(want, json_get_str(other, "name", "")) != NULL)
		return true;
	return json_object_get(row, "file") != NULL && has_profiles(row) && has_profiles(other);
}

json_t *
plugin_argv(const json_t *rows, const json_t *row)
{
	json_t *argv = json_array(), *have;
	const json_t *tree = row;
	size_t i, n = 0;

	add(argv, "--plugin", code_of(row));
	add_given(argv, row);
	json_array_foreach(rows, i, have)
		if (have != row && plugin_usable(have) && uses(row, have) && n++ < USES_MAX) {
			add_use(argv, have);
			tree = json_object_get(tree, "tree") != NULL ? tree : have;
		}
	/* its own, or that of a project's plugin it uses */
	add(argv, "--tree", json_get_str(tree, "tree", NULL));
	add(argv, "--tree-hash", json_get_str(tree, "hash", NULL));
	return argv;
}
