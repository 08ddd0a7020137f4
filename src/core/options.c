/* options.c - the typed table of options. */
#include "core/options.h"

#include <string.h>

#include "base/alloc.h"
#include "base/slice.h"
#include "sys/io.h"

struct option_row { const char *name; enum option_type type; const char *dflt, *range, *help; };

static const struct option_row rows[OPT_COUNT] = {
#define X(id, name, type, dflt, range, help) [OPT_##id] = { name, type, dflt, range, help },
	OPTION_LIST(X)
#undef X
};

static const char *const type_names[] = { "bool", "int", "duration", "text", "choice" };

static bool
read_int(const struct option_row *r, struct slice v, uint64_t *out)
{
	struct slice low, high;
	uint64_t least, most;

	if (!slice_u64(v, UINT64_MAX, out))
		return false;
	if (r->range == NULL)
		return true;
	low = slice_cut(slice_of(r->range), ',', &high);
	return slice_u64(low, UINT64_MAX, &least) && slice_u64(high, UINT64_MAX, &most) &&
	    *out >= least && *out <= most;
}

static bool
read_choice(const struct option_row *r, struct slice v, uint64_t *out)
{
	struct slice rest = slice_of(r->range);

	for (*out = 0; rest.n != 0; ++*out)
		if (slice_eq(slice_cut(rest, ',', &rest), v))
			return true;
	return false;
}

static bool
read_value(const struct option_row *r, const char *value, uint64_t *num)
{
	const struct slice v = slice_of(value);
	bool on;

	*num = 0;
	switch (r->type) {
	case OPTION_BOOL:
		if (!slice_bool(v, &on))
			return false;
		*num = on;
		return true;
	case OPTION_INT:
		return read_int(r, v, num);
	case OPTION_DURATION:
		return slice_duration(v, num);
	case OPTION_CHOICE:
		return read_choice(r, v, num);
	case OPTION_TEXT:
		break;
	}
	return true;
}

void
options_init(struct options *o)
{
	for (unsigned i = 0; i < OPT_COUNT; i++) {
		o->text[i] = mem_str(rows[i].dflt);
		(void)read_value(&rows[i], rows[i].dflt, &o->num[i]);
	}
}

void
options_fini(struct options *o)
{
	for (unsigned i = 0; i < OPT_COUNT; i++) {
		mem_free(o->text[i]);
		o->text[i] = NULL;
	}
}

enum err
options_set(struct options *o, const char *name, const char *value, struct err_msg *why)
{
	for (unsigned i = 0; i < OPT_COUNT; i++) {
		uint64_t num;
		char *fresh;

		if (strcmp(rows[i].name, name) != 0)
			continue;
		if (!read_value(&rows[i], value, &num))
			return err_set(why, ERR_USAGE, name, NULL, "\"%s\" is not a %s%s%s%s",
			    value, type_names[rows[i].type], rows[i].range != NULL ? " (" : "",
			    rows[i].range != NULL ? rows[i].range : "",
			    rows[i].range != NULL ? ")" : "");
		fresh = mem_str(value);         /* before the old one goes: it may be value */
		mem_free(o->text[i]);
		o->text[i] = fresh;
		o->num[i] = num;
		return ERR_OK;
	}
	return err_set(
	    why, ERR_USAGE, name, "`vise do option.list` names them all", "no such option");
}

static enum err
load_line(struct options *o, struct slice line, const char *where, struct err_msg *why)
{
	char name[64], value[512];
	struct slice rest = slice_trim(line), word = slice_word(&rest), n;

	if (word.n == 0 || word.p[0] == '#')
		return ERR_OK;
	n = slice_word(&rest);
	rest = slice_trim(rest);
	if (!slice_is(word, "set") || n.n == 0 || n.n >= sizeof name || rest.n >= sizeof value)
		return err_set(
		    why, ERR_CONFIG, where, "write: set NAME VALUE", "not a line Vise understands");
	memcpy(name, n.p, n.n);
	name[n.n] = '\0';
	memcpy(value, rest.p, rest.n);
	value[rest.n] = '\0';
	if (options_set(o, name, value, why) == ERR_OK)
		return ERR_OK;
	if (why != NULL) {
		char text[ERR_WHY_MAX];

		(void)memcpy(text, why->why, sizeof text);
		return err_set(why, ERR_CONFIG, where, why->next, "%.60s: %.300s", name, text);
	}
	return ERR_CONFIG;
}

enum err
options_load(struct options *o, const char *path, struct err_msg *why)
{
	enum err e = ERR_OK;
	struct buf b;
	unsigned line = 0;

	buf_init(&b, 1 << 20);
	e = sys_file_read(path, 1 << 19, &b, why);
	if (e == ERR_OK) {
		struct slice rest = slice_make(buf_str(&b), b.len);

		while (rest.n != 0) {
			char *where = mem_fmt("%s:%u", path, ++line);
			struct err_msg wrong;
			const enum err got = load_line(o, slice_cut(rest, '\n', &rest), where,
			    &wrong);

			mem_free(where);
			if (got != ERR_OK && e == ERR_OK) {
				e = got;
				if (why != NULL)
					*why = wrong;
			}
		}
	}
	buf_fini(&b);
	return e == ERR_NOENT ? ERR_OK : e;
}

const char *
options_text(const struct options *o, enum option_id id)
{
	return o->text[id];
}

uint64_t
options_num(const struct options *o, enum option_id id)
{
	return o->num[id];
}

const char *
options_name(enum option_id id)
{
	return rows[id].name;
}

json_t *
options_list(const struct options *o)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < OPT_COUNT; i++) {
		json_t *r = json_object();

		json_put_str(r, "name", rows[i].name);
		json_put_str(r, "type", type_names[rows[i].type]);
		json_put_str(r, "value", o->text[i]);
		json_put_str(r, "default", rows[i].dflt);
		json_put_str(r, "choices", rows[i].range);
		json_put_str(r, "help", rows[i].help);
		(void)json_array_append_new(list, r);
	}
	return list;
}
