/* project.c - the table of project.json, and holding a file against it. */
#include "core/project.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/nearest.h"
#include "core/jsonline.h"
#include "sys/path.h"

enum { FILE_MAX = 256 << 10, TEXT_MAX = 4096, LIST_MAX = 64 };

enum kind { TEXT, PATH, PACKAGE, TEXTS, NUMBER, FLAG, OBJECT, OPTIONS, PLUGINS };

struct field {
	const char *name;
	enum kind kind;
	const struct field *inner;      /* of OBJECT and PLUGINS */
};

static const struct field build_fields[] = {
	{ "package", PACKAGE, NULL }, { "rows", TEXTS, NULL }, { "out", PATH, NULL },
	{ "tags", TEXT, NULL }, { "ldflags", TEXT, NULL }, { "trimpath", FLAG, NULL },
	{ .name = NULL },
};

static const struct field plugin_fields[] = {
	{ "enabled", FLAG, NULL }, { "options", OPTIONS, NULL }, { .name = NULL },
};

static const struct field fields[] = {
	{ "doc", TEXT, NULL }, { "board", TEXT, NULL }, { "port", TEXT, NULL },
	{ "baud", NUMBER, NULL }, { "place", TEXT, NULL }, { "elf", PATH, NULL },
	{ "pprof", TEXT, NULL }, { "gauges", TEXTS, NULL }, { "artifacts", PATH, NULL },
	{ "build", OBJECT, build_fields }, { "plugins", PLUGINS, plugin_fields },
	{ .name = NULL },
};

static const char *const wants[] = {
	[TEXT] = "a text", [PATH] = "a path below the project", [PACKAGE] = "a text",
	[TEXTS] = "a text or a list of texts", [NUMBER] = "a whole number from 1",
	[FLAG] = "true or false", [OBJECT] = "an object",
	[OPTIONS] = "an object of texts, numbers, true and false",
	[PLUGINS] = "an object: \"NAME\": { \"enabled\": ..., \"options\": { ... } }",
};

/* ---- errors with their line */

struct check {
	const char *text, *what, *folder;
	size_t n;
	const char *path[JSONLINE_DEPTH];       /* where we are; NULL behind the last */
	size_t depth;
	struct err_msg *why;
};

static void
enter(struct check *c, const char *name)
{
	if (c->depth + 1 < JSONLINE_DEPTH)
		c->path[c->depth++] = name;
	c->path[c->depth] = NULL;
}

static void
leave(struct check *c)
{
	c->path[--c->depth] = NULL;
}

/* "FILE:LINE", and what is wrong with the member that we are at. */
static enum err
wrong(const struct check *c, const char *next, const char *fmt, const char *word)
{
	const unsigned line = jsonline_find(c->text, c->n, c->path);
	char *at = line != 0 ? mem_fmt("%s:%u", c->what, line) : mem_str(c->what);
	char name[120] = "", *said;
	enum err e;

	for (size_t i = 0; i < c->depth; i++)
		(void)snprintf(name + strlen(name), sizeof name - strlen(name), "%s%.40s",
		    i != 0 ? "." : "", c->path[i]);
	said = mem_fmt("%s%s%.200s", name, fmt, word);
	e = err_set(c->why, ERR_CONFIG, at, next, "%s", said);
	mem_free(said);
	mem_free(at);
	return e;
}

static enum err
unknown(const struct check *c, const struct field *f)
{
	struct nearest near;
	char next[ERR_NEXT_MAX];

	nearest_begin(&near, c->path[c->depth - 1]);
	for (; f->name != NULL; f++)
		nearest_offer(&near, f->name);
	return wrong(c, nearest_advice(&near, "vise-project(5) lists them", next, sizeof next),
	    " is no field that there is", "");
}

/* ---- values */

static bool
good_text(const json_t *v)
{
	const size_t n = json_string_length(v);

	return json_is_string(v) && n != 0 && n <= TEXT_MAX &&
	    strlen(json_string_value(v)) == n && strpbrk(json_string_value(v), "\n\r") == NULL;
}

static bool
good_texts(const json_t *v)
{
	const json_t *one;
	size_t i;

	json_array_foreach(v, i, one)
		if (!good_text(one))
			return false;
	return good_text(v) || (json_is_array(v) && json_array_size(v) != 0 &&
	    json_array_size(v) <= LIST_MAX);
}

static bool
good_options(const json_t *v)
{
	const char *key;
	json_t *one;

	json_object_foreach((json_t *)(uintptr_t)v, key, one)
		if (!good_text(one) && !json_is_number(one) && !json_is_boolean(one))
			return false;
	return json_is_object(v);
}

static bool
good(const json_t *v, enum kind k)
{
	switch (k) {
	case TEXT: case PATH: case PACKAGE: return good_text(v);
	case TEXTS: return good_texts(v);
	case NUMBER: return json_is_integer(v) && json_integer_value(v) > 0 &&
	    json_integer_value(v) <= INT32_MAX;
	case FLAG: return json_is_boolean(v);
	case OPTIONS: return good_options(v);
	default: return json_is_object(v);
	}
}

/* Does a path lead out of the folder it is below? */
static bool
leads_out(const char *path)
{
	for (const char *p = path; (p = strstr(p, "..")) != NULL; p += 2)
		if ((p == path || p[-1] == '/') && (p[2] == '/' || p[2] == '\0'))
			return true;
	return path[0] == '/';
}

/* The path below the project; a package that is none (an import path) stays. */
static enum err
place(const struct check *c, enum kind k, json_t *o, const char *name, const json_t *v)
{
	const char *text = json_string_value(v);
	const bool import = k == PACKAGE && strcmp(text, ".") != 0 && strncmp(text, "./", 2) != 0;
	char *full;

	if (import && strncmp(text, "../", 3) != 0 && text[0] != '/') {
		json_put_str(o, name, text);
		return ERR_OK;
	}
	if (leads_out(text))
		return wrong(c, "it is a path below the folder that .vise lies in",
		    " leads out of the project: ", text);
	while (strncmp(text, "./", 2) == 0)
		text += 2;
	full = strcmp(text, ".") == 0 || text[0] == '\0' ? mem_str(c->folder) :
	    path_join(c->folder, text);
	json_put_str(o, name, full);
	mem_free(full);
	return ERR_OK;
}

static enum err check_field(struct check *c, const struct field *f, const json_t *v, json_t *out);

/* One object's members against a table. */
static enum err
check_members(struct check *c, const struct field *table, const json_t *v, json_t *out)
{
	enum err e = ERR_OK;
	const char *name;
	json_t *one;

	json_object_foreach((json_t *)(uintptr_t)v, name, one) {
		const struct field *f = table;

		if (e != ERR_OK)
			break;
		enter(c, name);
		while (f->name != NULL && strcmp(f->name, name) != 0)
			f++;
		e = f->name == NULL ? unknown(c, table) : check_field(c, f, one, out);
		leave(c);
	}
	return e;
}

static enum err
check_plain(struct check *c, const struct field *f, const json_t *v, json_t *out)
{
	if (!good(v, f->kind))
		return wrong(c, "vise-project(5)", " must be ", wants[f->kind]);
	if (f->kind == PATH || f->kind == PACKAGE)
		return place(c, f->kind, out, f->name, v);
	json_put(out, f->name, f->kind == TEXTS && json_is_string(v) ?
	    json_pack("[O]", v) : json_incref((json_t *)(uintptr_t)v));
	return ERR_OK;
}

static enum err
check_plugins(struct check *c, const struct field *f, const json_t *v, json_t *out)
{
	enum err e = ERR_OK;
	const char *name;
	json_t *one;

	json_object_foreach((json_t *)(uintptr_t)v, name, one) {
		json_t *plugin = json_object();

		if (e == ERR_OK) {
			enter(c, name);
			e = json_is_object(one) ? check_members(c, f->inner, one, plugin) :
			    wrong(c, "vise-project(5)", " must be ", wants[OBJECT]);
			leave(c);
		}
		json_put(out, name, plugin);
	}
	return e;
}

static enum err
check_field(struct check *c, const struct field *f, const json_t *v, json_t *out)
{
	json_t *inner;
	enum err e;

	if (f->inner == NULL || !json_is_object(v))
		return check_plain(c, f, v, out);
	inner = json_object();
	e = f->kind == PLUGINS ? check_plugins(c, f, v, inner) :
	    check_members(c, f->inner, v, inner);
	json_put(out, f->name, inner);
	return e;
}

static enum err
check_top(struct check *c, const json_t *v, json_t *out)
{
	enum err e = check_members(c, fields, v, out);

	if (e == ERR_OK && json_object_get(v, "place") != NULL &&
	    json_object_get(v, "port") != NULL) {
		enter(c, "place");
		e = wrong(c, "leave one of them out", " has a port of its own; there is port, too",
		    "");
		leave(c);
	}
	return e;
}

json_t *
project_check(const char *text, size_t n, const char *what, const char *folder,
    struct err_msg *why)
{
	struct check c = { .text = text, .what = what, .folder = folder, .n = n, .why = why };
	json_t *v = json_read(text, n, what, why), *out = NULL;

	if (v == NULL) {
		if (why != NULL)
			why->code = ERR_CONFIG;
		return NULL;
	}
	out = json_object();
	if (!json_is_object(v))
		(void)err_set(why, ERR_CONFIG, what, "vise-project(5)", "is no JSON object");
	if (!json_is_object(v) || check_top(&c, v, out) != ERR_OK) {
		json_decref(out);
		out = NULL;
	}
	json_decref(v);
	return out;
}

/* ---- the file */

json_t *
project_read(const struct tree *t, const char *folder, struct err_msg *why)
{
	char *path = path_join(t->root, PROJECT_FILE);
	const struct tree_file *f = tree_find(t, path);
	json_t *data = NULL;

	if (why != NULL)
		why->code = ERR_OK;
	if (f != NULL && f->n > FILE_MAX)
		(void)err_set(why, ERR_CONFIG, path, NULL, "is larger than %d KB", FILE_MAX >> 10);
	else if (f != NULL)
		data = project_check(f->data, f->n, path, folder, why);
	mem_free(path);
	return data;
}

static enum err
untrusted(const struct project *p, const struct err_msg *refused, struct err_msg *why)
{
	static const char *const say[] = {
		[TRUST_UNKNOWN] = "is not applied: the project is not trusted",
		[TRUST_CHANGED] = "is not applied: the project has changed since it was trusted",
		[TRUST_DENIED] = "is not applied: the project is denied",
	};
	char *path = path_join(p->root, PROJECT_FILE);
	enum err e = ERR_DENIED;

	if (p->trust == TRUST_REFUSED && why != NULL)
		*why = *refused;
	else
		e = err_set(why, ERR_DENIED, path, p->trust == TRUST_DENIED ?
		    "vise plugin forget takes it back" :
		    "look at it: vise plugin view; then vise plugin trust --hash",
		    "%s", say[p->trust]);
	mem_free(path);
	return p->trust == TRUST_REFUSED ? refused->code : e;
}

enum err
project_open(struct project *p, const char *from, const char *trust_hash, struct err_msg *why)
{
	struct err_msg refused = { .code = ERR_DENIED };
	enum err e = ERR_OK;
	struct tree t;
	char *file;

	*p = (struct project){ .root = trust_project(from) };
	if (p->root == NULL)
		return ERR_OK;
	file = path_join(p->root, PROJECT_FILE);
	p->there = path_exists(file);
	p->folder = mem_strn(p->root, strlen(p->root) - sizeof TRUST_FOLDER);
	if (p->there) {
		p->trust = trust_look(p->root, trust_hash, &t, &refused);
		if (p->trust != TRUST_ALLOWED)
			e = untrusted(p, &refused, why);
		else if ((p->data = project_read(&t, p->folder, why)) == NULL)
			e = ERR_CONFIG;
		tree_fini(&t);
	}
	mem_free(file);
	return e;
}

void
project_fini(struct project *p)
{
	json_decref(p->data);
	mem_free(p->root);
	mem_free(p->folder);
	*p = (struct project){ .root = NULL };
}
