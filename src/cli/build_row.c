/* build_row.c - reading rows of a build matrix. */
#include "cli/build_row.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/slice.h"
#include "cli/build_target.h"
#include "sys/io.h"

enum { FILE_MAX = 64 << 10, NAME_MAX_ = 80 };

/* ---- options behind a word */

/* value: what the option without '=' stands for; NULL: it takes one. */
static const struct option {
	const char *name, *key, *value;
	bool boolean, on;
} options[] = {
	{ "cgo", "cgo", "", true, true }, { "nocgo", "cgo", "", true, false },
	{ "pie", "buildmode", "pie", false, false }, { "trimpath", "trimpath", "", true, true },
	{ "tags", "tags", NULL, false, false }, { "ldflags", "ldflags", NULL, false, false },
	{ "gcflags", "gcflags", NULL, false, false }, { "cc", "cc", NULL, false, false },
	{ "buildmode", "buildmode", NULL, false, false }, { "as", "as", NULL, false, false },
};

/* The option that stands at p, up to a comma, '=' or the end. */
static const struct option *
option_at(const char *p)
{
	const size_t n = strcspn(p, ",=");

	for (size_t i = 0; i < sizeof options / sizeof *options; i++)
		if (strlen(options[i].name) == n && strncmp(options[i].name, p, n) == 0 &&
		    (p[n] == '=') == (options[i].value == NULL))
			return &options[i];
	return NULL;
}

/* What stands before the next ",OPTION". */
static size_t
value_length(const char *p)
{
	size_t n = 0;

	while (p[n] != '\0' && !(p[n] == ',' && option_at(p + n + 1) != NULL))
		n++;
	return n;
}

static enum err
take_options(json_t *row, const char *p, const char *word, struct err_msg *why)
{
	while (*p != '\0') {
		const struct option *o = option_at(p);
		size_t n;

		if (o == NULL)
			return err_set(why, ERR_USAGE, word,
			    "cgo, nocgo, pie, trimpath, tags=, ldflags=, gcflags=, buildmode=, "
			    "cc=, as=", "no such option of a row: %.40s", p);
		p += strcspn(p, ",=");
		if (o->boolean)
			json_put_bool(row, o->key, o->on);
		else if (o->value != NULL)
			json_put_str(row, o->key, o->value);
		if (o->value == NULL) {
			n = value_length(++p);
			json_put_strn(row, o->key, p, n);
			p += n;
		}
		p += *p == ',';
	}
	return ERR_OK;
}

/* ---- words */

static bool
known(const json_t *targets, const char *key, struct slice name)
{
	const json_t *t;
	size_t i;

	json_array_foreach(targets, i, t)
		if (slice_is(name, json_get_str(t, key, "")))
			return true;
	return false;
}

bool
build_row_is(const char *word, const json_t *targets)
{
	struct slice rest;
	const struct slice goos = slice_cut(slice_of(word), '/', &rest);
	const size_t n = strcspn(rest.n != 0 ? rest.p : "", "/,");

	if (strncmp(word, "tinygo:", 7) == 0)
		return true;
	if (word[0] == '.' || word[0] == '/' || rest.n == 0)
		return false;
	return known(targets, "GOOS", goos) || known(targets, "GOARCH", slice_make(rest.p, n));
}

static json_t *
new_row(void)
{
	json_t *row = json_object();

	json_put(row, "env", json_object());
	return row;
}

enum err
build_row_word(const char *word, json_t **row, struct err_msg *why)
{
	size_t n = 0;
	struct slice target, goos, goarch, variant;
	json_t *o = new_row();
	enum err e;

	while (word[n] != '\0' && !(word[n] == ',' && option_at(word + n + 1) != NULL))
		n++;
	target = slice_make(word, n);
	if (slice_starts(target, "tinygo:")) {
		json_put_strn(o, "tinygo", word + 7, n - 7);
	} else {
		goos = slice_cut(target, '/', &variant);
		goarch = slice_cut(variant, '/', &variant);
		json_put_strn(o, "goos", goos.p, goos.n);
		json_put_strn(o, "goarch", goarch.p, goarch.n);
		if (variant.n != 0)
			json_put_strn(o, "variant", variant.p, variant.n);
	}
	e = take_options(o, word[n] == ',' ? word + n + 1 : "", word, why);
	if (e == ERR_OK)
		*row = o;
	else
		json_decref(o);
	return e;
}

/* ---- env-files */

static const struct { const char *name, *key; bool boolean; } names[] = {
	{ "GOOS", "goos", false }, { "GOARCH", "goarch", false }, { "CC", "cc", false },
	{ "CGO_ENABLED", "cgo", true }, { "TAGS", "tags", false }, { "GOTAGS", "tags", false },
	{ "LDFLAGS", "ldflags", false }, { "GO_LDFLAGS", "ldflags", false },
	{ "GCFLAGS", "gcflags", false }, { "BUILDMODE", "buildmode", false },
	{ "TRIMPATH", "trimpath", true }, { "TINYGO_TARGET", "tinygo", false },
	{ "NAME", "as", false },
};

static bool
is_name(struct slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		const char c = s.p[i];
		const bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';

		if (!letter && (i == 0 || c < '0' || c > '9'))
			return false;
	}
	return s.n != 0;
}

/* 'as it is', "without $", or up to " #". */
static bool
unquote(struct slice *v)
{
	const char quote = v->n != 0 ? v->p[0] : '\0';

	if (quote == '\'' || quote == '"') {
		if (v->n < 2 || v->p[v->n - 1] != quote ||
		    memchr(v->p + 1, quote, v->n - 2) != NULL)
			return false;
		*v = slice_make(v->p + 1, v->n - 2);
	} else {
		const int64_t remark = slice_find(*v, slice_of(" #"));

		if (remark >= 0)
			*v = slice_trim(slice_make(v->p, (size_t)remark));
	}
	return quote == '\'' || (memchr(v->p, '$', v->n) == NULL && memchr(v->p, '`', v->n) ==
	    NULL && memchr(v->p, '\\', v->n) == NULL);
}

static enum err
put_named(json_t *row, struct slice name, struct slice value, struct err_msg *why)
{
	json_t *env = json_object_get(row, "env");
	char *key;
	bool on;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (!slice_is(name, names[i].name))
			continue;
		if (names[i].boolean && !slice_bool(value, &on))
			return err_set(why, ERR_FORMAT, NULL, NULL, "%s is 0 or 1", names[i].name);
		if (names[i].boolean)
			json_put_bool(row, names[i].key, on);
		else if (value.n != 0)
			json_put_strn(row, names[i].key, value.p, value.n);
		return ERR_OK;
	}
	if (json_object_size(env) >= BUILD_ENV_MAX)
		return err_set(why, ERR_LIMIT, NULL, NULL, "too many variables");
	key = mem_strn(name.p, name.n);
	json_put_strn(env, key, value.p, value.n);
	mem_free(key);
	return ERR_OK;
}

static enum err
take_line(json_t *row, struct slice line, struct err_msg *why)
{
	struct slice value, name;

	line = slice_trim(line);
	if (line.n == 0 || line.p[0] == '#')
		return ERR_OK;
	if (slice_starts(line, "export "))
		line = slice_trim(slice_skip(line, 7));
	name = slice_cut(line, '=', &value);
	if (!is_name(name) || name.n == line.n)
		return err_set(why, ERR_FORMAT, NULL, NULL, "NAME=VALUE is needed");
	value = slice_trim(value);
	if (!unquote(&value))
		return err_set(why, ERR_FORMAT, NULL, NULL,
		    "nothing is expanded here, and quotes stand around the whole value");
	return put_named(row, name, value, why);
}

/* "env/linux-arm64-prod.env" is "linux-arm64-prod". */
static void
name_of_file(json_t *row, const char *path)
{
	const char *slash = strrchr(path, '/'), *base = slash != NULL ? slash + 1 : path;
	const size_t n = strlen(base);

	if (json_get_str(row, "as", NULL) == NULL)
		json_put_strn(row, "as", base, n > 4 ? n - 4 : n);
}

/* The processor's variable is the row's variant, like that of a word. */
static void
variant_of_env(json_t *row)
{
	json_t *env = json_object_get(row, "env");
	const char *variable = build_target_variable(json_get_str(row, "goarch", "")),
		   *value = variable != NULL ? json_get_str(env, variable, NULL) : NULL;

	if (value == NULL)
		return;
	json_put_str(row, "variant", value);
	(void)json_object_del(env, variable);
}

enum err
build_row_file(const char *path, json_t **row, struct err_msg *why)
{
	json_t *o = new_row();
	struct err_msg m = { .code = ERR_OK };
	struct slice rest;
	unsigned line = 0;
	struct buf b;
	enum err e;

	buf_init(&b, 2 * FILE_MAX);
	e = sys_file_read(path, FILE_MAX, &b, why);
	rest = slice_make(b.data, b.len);
	while (e == ERR_OK && rest.n != 0) {
		line++;
		e = take_line(o, slice_cut(rest, '\n', &rest), &m);
		if (e != ERR_OK)
			(void)err_set(why, e, path, "NAME=VALUE in each line; # begins a remark",
			    "line %u: %s", line, m.why);
	}
	buf_fini(&b);
	if (e == ERR_OK && json_get_str(o, "tinygo", NULL) == NULL &&
	    (json_get_str(o, "goos", NULL) == NULL || json_get_str(o, "goarch", NULL) == NULL))
		e = err_set(why, ERR_FORMAT, path, NULL, "GOOS and GOARCH must stand in it");
	if (e != ERR_OK) {
		json_decref(o);
		return e;
	}
	variant_of_env(o);
	name_of_file(o, path);
	*row = o;
	return ERR_OK;
}

/* ---- boards */

static void
put_tags(json_t *row, const json_t *tags)
{
	struct buf b;
	const json_t *t;
	size_t i;

	if (json_is_string(tags))
		json_put_str(row, "tags", json_string_value(tags));
	if (!json_is_array(tags))
		return;
	buf_init(&b, 4096);
	json_array_foreach(tags, i, t)
		(void)buf_add_fmt(&b, "%s%s", i != 0 ? "," : "",
		    json_is_string(t) ? json_string_value(t) : "");
	json_put_str(row, "tags", buf_str(&b));
	buf_fini(&b);
}

enum err
build_row_board(const char *id, const json_t *profile, json_t **row, struct err_msg *why)
{
	static const char *const copied[] = { "goos", "goarch", "tinygo", "cc", "ldflags" };
	const json_t *build = json_object_get(profile, "build");
	json_t *o = new_row(), *env = json_object_get(o, "env");
	const char *variable, *key;
	char low[16] = "";
	json_t *v;

	for (size_t i = 0; i < sizeof copied / sizeof *copied; i++)
		if (json_get_str(build, copied[i], NULL) != NULL)
			json_put_str(o, copied[i], json_get_str(build, copied[i], NULL));
	variable = build_target_variable(json_get_str(o, "goarch", ""));
	for (size_t i = 0; variable != NULL && variable[i] != '\0' && i + 1 < sizeof low; i++)
		low[i] = variable[i] >= 'A' && variable[i] <= 'Z' ? (char)(variable[i] + 32) :
		    variable[i];
	if (json_get_str(build, low, NULL) != NULL)
		json_put_str(o, "variant", json_get_str(build, low, NULL));
	if (json_is_boolean(json_object_get(build, "cgo")))
		json_put_bool(o, "cgo", json_get_bool(build, "cgo", false));
	put_tags(o, json_object_get(build, "tags"));
	json_object_foreach(json_object_get(build, "env"), key, v)
		if (json_is_string(v) && json_object_size(env) < BUILD_ENV_MAX)
			json_put_str(env, key, json_string_value(v));
	json_put_str(o, "board", id);
	json_put_str(o, "as", id);
	if (json_get_str(json_object_get(profile, "image"), "format", NULL) != NULL)
		json_put_str(o, "format", json_get_str(json_object_get(profile, "image"), "format",
		    NULL));
	if (json_get_str(o, "goos", NULL) != NULL)
		(void)json_object_del(o, "tinygo");     /* runs an operating system */
	else if (json_get_str(o, "tinygo", NULL) == NULL) {
		json_decref(o);
		return err_set(why, ERR_USAGE, id, "vise board show says what it knows",
		    "its profile names neither GOOS nor a TinyGo target");
	}
	*row = o;
	return ERR_OK;
}

/* ---- checks, names */

static void
goarches_of(const char *goos, const json_t *targets, char *out, size_t size)
{
	const json_t *t;
	size_t i, n = 0;

	out[0] = '\0';
	json_array_foreach(targets, i, t)
		if (strcmp(json_get_str(t, "GOOS", ""), goos) == 0 && n < size)
			n += (size_t)snprintf(out + n, size - n, "%s%s", n != 0 ? " " : "",
			    json_get_str(t, "GOARCH", ""));
}

static enum err
unknown(const char *goos, const char *goarch, const json_t *targets, unsigned minor,
    struct err_msg *why)
{
	const unsigned since = build_target_since(goos, goarch);
	char what[ERR_WHAT_MAX], next[ERR_NEXT_MAX], list[160];

	snprintf(what, sizeof what, "%.40s/%.40s", goos, goarch);
	goarches_of(goos, targets, list, sizeof list);
	if (since > minor && minor != 0)
		return err_set(why, ERR_USAGE, what, "take a newer Go",
		    "go1.%u does not build for it, go1.%u is the first that does", minor, since);
	if (list[0] != '\0')
		snprintf(next, sizeof next, "%.20s has %s", goos, list);
	else
		snprintf(next, sizeof next, "go tool dist list names all");
	return err_set(why, ERR_USAGE, what, next, list[0] != '\0' ?
	    "this Go has no such target" : "this Go knows no such GOOS");
}

enum err
build_row_check(const json_t *row, const json_t *targets, unsigned minor, struct err_msg *why)
{
	const char *goos = json_get_str(row, "goos", ""), *goarch = json_get_str(row, "goarch", ""),
		   *variant = json_get_str(row, "variant", ""), *variable;
	const json_t *t;
	unsigned since;
	bool found = false;
	size_t i;

	if (json_get_str(row, "tinygo", NULL) != NULL)
		return ERR_OK;
	json_array_foreach(targets, i, t)
		found = found || (strcmp(json_get_str(t, "GOOS", ""), goos) == 0 &&
		    strcmp(json_get_str(t, "GOARCH", ""), goarch) == 0);
	if (!found)
		return unknown(goos, goarch, targets, minor, why);
	if (variant[0] == '\0')
		return ERR_OK;
	variable = build_target_variable(goarch);
	if (variable == NULL)
		return err_set(why, ERR_USAGE, variant, NULL, "%s has no variants", goarch);
	if (!build_target_variant_known(goarch, variant))
		return err_set(why, ERR_USAGE, variant, build_target_variants(goarch),
		    "no value of %s", variable);
	since = build_target_variant_since(goarch, variant);
	return since <= minor || minor == 0 ? ERR_OK : err_set(why, ERR_USAGE, variant,
	    "take a newer Go", "%s=%s came with go1.%u, this is go1.%u", variable, variant, since,
	    minor);
}

static bool
taken(const json_t *list, const char *name)
{
	const json_t *r;
	size_t i;

	json_array_foreach(list, i, r)
		if (strcmp(json_get_str(r, "row", ""), name) == 0)
			return true;
	return false;
}

/* "linux-arm-7-cgo": letters that any file system takes. */
static void
own_name(const json_t *row, char out[NAME_MAX_])
{
	const char *variant = json_get_str(row, "variant", ""), *as = json_get_str(row, "as", NULL);
	const char *mode = json_get_str(row, "buildmode", ""),
		   *tinygo = json_get_str(row, "tinygo", NULL);

	if (as != NULL)
		snprintf(out, NAME_MAX_, "%.60s", as);
	else if (tinygo != NULL)
		snprintf(out, NAME_MAX_, "tinygo-%.50s", tinygo);
	else
		snprintf(out, NAME_MAX_, "%.16s-%.16s%s%.16s%s%s%.10s%s",
		    json_get_str(row, "goos", ""), json_get_str(row, "goarch", ""),
		    variant[0] != '\0' ? "-" : "", variant, json_is_true(json_object_get(row,
		    "cgo")) ? "-cgo" : "", mode[0] != '\0' ? "-" : "", mode,
		    json_get_bool(row, "trimpath", false) ? "-trimpath" : "");
	for (size_t i = 0; out[i] != '\0'; i++)
		if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-",
		    out[i]) == NULL || (i == 0 && (out[i] == '.' || out[i] == '-')))
			out[i] = '_';
}

enum err
build_row_add(json_t *list, json_t *row, struct err_msg *why)
{
	char name[NAME_MAX_], one[NAME_MAX_ + 8];

	if (json_array_size(list) >= BUILD_ROWS_MAX) {
		json_decref(row);
		return err_set(why, ERR_LIMIT, "build", NULL, "more than %d rows", BUILD_ROWS_MAX);
	}
	own_name(row, name);
	snprintf(one, sizeof one, "%s", name);
	for (unsigned i = 2; taken(list, one); i++)
		snprintf(one, sizeof one, "%s-%u", name, i);
	json_put_str(row, "row", one);
	(void)json_object_del(row, "as");
	(void)json_array_append_new(list, row);
	return ERR_OK;
}
