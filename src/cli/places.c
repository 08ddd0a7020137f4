/* places.c - reading, checking and finding places. */
#include "cli/places.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/sha256.h"
#include "base/slice.h"
#include "cli/args.h"
#include "cli/door.h"
#include "core/tree.h"
#include "core/trust.h"
#include "sys/io.h"
#include "sys/path.h"
#include "transport/discover.h"

enum { FILE_MAX = 1 << 20, TEXT_MAX = 4096, WORDS_MAX = 64, KEY_TEXT = 48, KEY_HASH = 16 };
enum kind { TEXT, ID, BAUD, WORDS, ARGV_OF, TEXTS_OF };

static const char NAME_CHARS[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";

static const struct field { const char *name; enum kind kind; const char *wants; } fields[] = {
	{ "board", ID, "the id of a board profile" },
	{ "console", TEXT, "a port, or tcp:HOST:PORT, rfc2217:HOST:PORT, exec:COMMAND" },
	{ "baud", BAUD, "a whole number" },
	{ "probe", TEXT, "the serial number of the debug probe" },
	{ "ssh", TEXT, "HOST or USER@HOST" },
	{ "power", ARGV_OF, "{ \"on\": [WORDS], \"off\": [WORDS], \"cycle\": [WORDS] }" },
	{ "tags", WORDS, "a list of words" },
	{ "doc", TEXT, "text" },
	{ "set", TEXTS_OF, "{ \"KEY\": \"VALUE\" }" },
	{ "labgrid", TEXT, "the name of a labgrid place" },
	{ "coordinator", TEXT, "the address of labgrid's coordinator" },
};
static const char *const acts[] = { "on", "off", "cycle", NULL };

bool
places_is_name(const char *s)
{
	const size_t n = strspn(s, NAME_CHARS);

	return n != 0 && n < PLACES_NAME_MAX && s[n] == '\0' && s[0] != '-' && s[0] != '.';
}

/* ---- checks */

static bool
is_text(const json_t *v)
{
	const char *s = json_string_value(v);

	if (s == NULL || s[0] == '\0' || strlen(s) > TEXT_MAX)
		return false;
	for (; *s != '\0'; s++)
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			return false;
	return true;
}

static bool
is_words(const json_t *v, bool names)
{
	const json_t *w;
	size_t i;

	if (!json_is_array(v) || json_array_size(v) == 0 || json_array_size(v) > WORDS_MAX)
		return false;
	json_array_foreach(v, i, w)
		if (!is_text(w) || (names && !places_is_name(json_string_value(w))))
			return false;
	return true;
}

static bool
is_act(const char *name)
{
	for (const char *const *a = acts; *a != NULL; a++)
		if (strcmp(*a, name) == 0)
			return true;
	return false;
}

static bool
is_object_of(json_t *v, bool argv)
{
	const char *key;
	json_t *w;

	if (!json_is_object(v) || json_object_size(v) == 0 || json_object_size(v) > WORDS_MAX)
		return false;
	json_object_foreach(v, key, w)
		if (argv ? !is_act(key) || !is_words(w, false) : !is_text(w) ||
			    !places_is_name(key))
			return false;
	return true;
}

static bool
fits(enum kind kind, json_t *v)
{
	switch (kind) {
	case TEXT: return is_text(v) && json_string_value(v)[0] != '-';
	case ID: return is_text(v) && places_is_name(json_string_value(v));
	case BAUD: return json_is_integer(v) && json_integer_value(v) > 0 &&
			  json_integer_value(v) <= 20000000;
	case WORDS: return is_words(v, true);
	case ARGV_OF: return is_object_of(v, true);
	default: return is_object_of(v, false);
	}
}

static const struct field *
field_named(const char *name)
{
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (strcmp(fields[i].name, name) == 0)
			return &fields[i];
	return NULL;
}

static enum err
check(json_t *place, const char *name, const char *file, struct err_msg *why)
{
	static const char all[] = "board, console, baud, probe, ssh, power, tags, doc, set, "
				  "labgrid and coordinator are the fields of a place";
	const char *key;
	json_t *v;

	if (!places_is_name(name))
		return err_set(why, ERR_FORMAT, file, "vise-place(5)",
		    "\"%.80s\" is no name of a place: letters, digits, - _ .", name);
	if (!json_is_object(place))
		return err_set(why, ERR_FORMAT, file, "vise-place(5)",
		    "place %s is no object", name);
	json_object_foreach(place, key, v) {
		const struct field *f = field_named(key);

		if (f == NULL)
			return err_set(why, ERR_FORMAT, file, all,
			    "place %s: no field is named \"%.80s\"", name, key);
		if (!fits(f->kind, v))
			return err_set(why, ERR_FORMAT, file, "vise-place(5)",
			    "place %s: \"%s\" must be %s", name, key, f->wants);
	}
	if (json_object_get(place, "console") == NULL && json_object_get(place, "probe") == NULL &&
	    json_object_get(place, "ssh") == NULL && json_object_get(place, "labgrid") == NULL)
		return err_set(why, ERR_FORMAT, file, "vise-place(5)",
		    "place %s has neither console, probe, ssh nor labgrid: nothing to hold", name);
	return ERR_OK;
}

/* ---- the files */

enum err
places_parse(const char *text, size_t n, const char *file, json_t *rows, struct err_msg *why)
{
	json_t *root = json_read(text, n, file, why), *list, *place;
	enum err e = root != NULL ? ERR_OK : ERR_FORMAT;
	const char *name;

	list = json_object_get(root, "places");
	if (e == ERR_OK && (!json_is_object(list) || json_object_size(root) != 1))
		e = err_set(why, ERR_FORMAT, file, "vise-place(5)",
		    "is no { \"places\": { NAME: { ... } } }");
	if (e == ERR_OK && json_object_size(list) > PLACES_MAX)
		e = err_set(why, ERR_LIMIT, file, NULL, "more than %d places", PLACES_MAX);
	json_object_foreach(list, name, place) {
		json_t *row;

		if (e == ERR_OK)
			e = check(place, name, file, why);
		if (e != ERR_OK)
			break;
		row = json_copy(place);
		json_put_str(row, "name", name);
		json_put_str(row, "file", file);
		(void)json_array_append_new(rows, row);
	}
	json_decref(root);
	return e;
}

static enum err
read_file(const char *path, json_t *rows, struct err_msg *why)
{
	struct buf b;
	enum err e;

	if (!path_exists(path))
		return ERR_OK;
	buf_init(&b, 2 * FILE_MAX);
	e = sys_file_read(path, FILE_MAX, &b, why);
	if (e == ERR_OK)
		e = places_parse(buf_str(&b), b.len, path, rows, why);
	buf_fini(&b);
	return e;
}

/* From the bytes that were hashed. Untrusted, they are read for the list, and nothing of them may
 * be used. */
static enum err
read_project(json_t *rows, struct err_msg *why)
{
	char *root = trust_project("."), *path;
	struct err_msg refused;
	const struct tree_file *f;
	enum err e = ERR_OK;
	struct tree t;
	enum trust trust;
	json_t *row;
	size_t i;

	if (root == NULL)
		return ERR_OK;
	trust = trust_look(root, getenv(ARGS_TRUST), &t, &refused);
	path = path_join(root, "places.json");
	f = trust != TRUST_REFUSED ? tree_find(&t, path) : NULL;
	if (f != NULL)
		e = places_parse(f->data, f->n, path, rows, trust == TRUST_ALLOWED ? why : NULL);
	if (trust != TRUST_ALLOWED)
		e = ERR_OK; /* a file that nobody trusts stops nobody */
	json_array_foreach(rows, i, row)
		if (trust != TRUST_ALLOWED)
			json_put_str(row, "problem", "its project is not trusted; vise plugin "
			    "view, then vise plugin trust");
	mem_free(path);
	tree_fini(&t);
	mem_free(root);
	return e;
}

static void
drop_shadowed(json_t *rows)
{
	for (size_t i = json_array_size(rows); i-- > 1;) {
		const char *name = json_get_str(json_array_get(rows, i), "name", "");

		for (size_t k = 0; k < i; k++)
			if (strcmp(json_get_str(json_array_get(rows, k), "name", ""), name) == 0) {
				(void)json_array_remove(rows, i);
				break;
			}
	}
}

enum err
places_rows(json_t **rows, struct err_msg *why)
{
	const char *only = getenv("VISE_PLACES");
	char *config = path_config(), *user;
	enum err e = ERR_OK;

	*rows = json_array();
	user = config != NULL ? path_join(config, "places.json") : NULL;
	if (only != NULL && only[0] != '\0' && !path_exists(only))
		e = err_set(why, ERR_NOENT, only, "VISE_PLACES names it", "no such file");
	else if (only != NULL && only[0] != '\0')
		e = read_file(only, *rows, why);
	else {
		e = read_project(*rows, why);
		if (e == ERR_OK && user != NULL)
			e = read_file(user, *rows, why);
		if (e == ERR_OK)
			e = read_file("/etc/vise/places.json", *rows, why);
		drop_shadowed(*rows);
	}
	mem_free(user);
	mem_free(config);
	return e;
}

/* ---- finding */

static bool
has_tag(const json_t *row, struct slice tag)
{
	const json_t *tags = json_object_get(row, "tags"), *t;
	size_t i;

	json_array_foreach(tags, i, t)
		if (slice_is(tag, json_string_value(t)))
			return true;
	return false;
}

static bool
fits_word(const json_t *row, const char *word)
{
	struct slice rest;

	if (strncmp(word, "tag=", 4) != 0)
		return strcmp(json_get_str(row, "name", ""), word) == 0;
	rest = slice_of(word + 4);
	while (rest.n != 0)
		if (!has_tag(row, slice_cut(rest, ',', &rest)))
			return false;
	return true;
}

static json_t *
grid_row(const char *word)
{
	json_t *row = json_object();

	json_put_str(row, "name", word);
	json_put_str(row, "labgrid", word + strlen("labgrid:"));
	return row;
}

enum err
places_match(const json_t *rows, const char *word, json_t **out, struct err_msg *why)
{
	const char *problem = NULL;
	json_t *row;
	size_t i;

	*out = json_array();
	if (strncmp(word, "labgrid:", 8) == 0 && word[8] != '\0' && word[8] != '-') {
		(void)json_array_append_new(*out, grid_row(word));
		return ERR_OK;
	}
	json_array_foreach(rows, i, row) {
		if (!fits_word(row, word))
			continue;
		if (json_object_get(row, "problem") == NULL)
			(void)json_array_append(*out, row);
		else
			problem = json_get_str(row, "problem", "");
	}
	if (json_array_size(*out) != 0)
		return ERR_OK;
	if (problem != NULL)
		return err_set(why, ERR_DENIED, word, NULL, "%s", problem);
	return err_set(why, ERR_CONFIG, word, "vise place list shows the places; vise-place(5) "
	    "says how to describe one", strncmp(word, "tag=", 4) == 0 ?
	    "no place has these tags" : "no place has this name");
}

/* ---- keys */

static void
add_key(json_t *keys, const char *kind, const char *text)
{
	char hash[SHA256_HEX], name[KEY_TEXT + 1];
	struct sha256 s;
	char *key;
	size_t n = 0;

	sha256_init(&s);
	sha256_add(&s, text, strlen(text));
	sha256_hex(&s, hash);
	for (const char *p = text; *p != '\0' && n < KEY_TEXT; p++)
		name[n++] = strchr(NAME_CHARS, *p) != NULL ? *p : '_';
	name[n] = '\0';
	key = mem_fmt("%s-%s-%.*s", kind, name, KEY_HASH, hash);
	(void)json_array_append_new(keys, json_string(key));
	mem_free(key);
}

/* A program is another one each time it is started: then the place itself is what is held. */
static bool
is_program(const char *spec)
{
	return strncmp(spec, "exec:", 5) == 0 || strncmp(spec, "shell:", 6) == 0 ||
	       strncmp(spec, "replay:", 7) == 0;
}

static void
console_keys(const json_t *row, const char *spec, json_t *keys)
{
	char full[DOOR_TARGET_MAX];
	struct port port;

	if (is_program(spec)) {
		char *place = mem_fmt("%s %s", json_get_str(row, "file", ""),
		    json_get_str(row, "name", ""));

		add_key(keys, "place", place);
		mem_free(place);
		return;
	}
	door_spec(spec, full);
	/* as it is written, too: the board may be unplugged when we look, and not when others do */
	add_key(keys, "port", full);
	if ((strncmp(full, "usb:", 4) == 0 ? port_select("", full + 4, &port, NULL)
					   : port_describe("", full, 0, &port)) != ERR_OK)
		return;
	if (port.serial[0] != '\0')
		add_key(keys, "serial", port.serial);
	else
		add_key(keys, "port", port.path);
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorted, each once. Steals the list. */
static json_t *
in_order(json_t *keys)
{
	const char *v[8];
	json_t *out = json_array();
	size_t n = 0;

	for (; n < json_array_size(keys) && n < sizeof v / sizeof *v; n++)
		v[n] = json_string_value(json_array_get(keys, n));
	qsort(v, n, sizeof *v, by_name);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || strcmp(v[i], v[i - 1]) != 0)
			(void)json_array_append_new(out, json_string(v[i]));
	json_decref(keys);
	return out;
}

json_t *
places_keys(const json_t *row)
{
	static const char *const kinds[][2] = {
		{ "probe", "serial" }, { "ssh", "ssh" }, { "labgrid", "labgrid" },
	};
	const char *console = json_get_str(row, "console", NULL);
	json_t *keys = json_array();

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (json_object_get(row, kinds[i][0]) != NULL)
			add_key(keys, kinds[i][1], json_get_str(row, kinds[i][0], ""));
	if (console != NULL)
		console_keys(row, console, keys);
	return in_order(keys);
}
