/* svds.c - peripherals, registers and the words for what was read from them. */
#include "worker/svds.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/limits.h"
#include "base/slice.h"
#include "svd/registers.h"
#include "sys/io.h"
#include "sys/path.h"

static struct { char *path; struct path_stamp stamp; struct svd *svd; } kept;

void
svds_forget(void)
{
	svd_close(kept.svd);
	mem_free(kept.path);
	kept.svd = NULL;
	kept.path = NULL;
}

static enum err
load(const char *path, struct err_msg *why)
{
	struct path_stamp now;
	struct buf bytes;
	enum err e;

	if (!path_stamp(path, &now))
		return err_set(why, ERR_NOENT, path, "the chip's maker has it, in its CMSIS pack",
		    "no such SVD file");
	if (kept.path != NULL && strcmp(kept.path, path) == 0 &&
	    kept.stamp.mtime_ns == now.mtime_ns && kept.stamp.size == now.size &&
	    kept.stamp.inode == now.inode)
		return ERR_OK;
	svds_forget();
	buf_init(&bytes, LIMIT_SVD + 1);
	e = sys_file_read(path, LIMIT_SVD, &bytes, why);
	if (e == ERR_OK)
		e = svd_open(buf_str(&bytes), bytes.len, path, &kept.svd, why);
	buf_fini(&bytes);
	if (e != ERR_OK)
		return e;
	kept.path = mem_str(path);
	kept.stamp = now;
	return ERR_OK;
}

/* ---- rows, and how large they are together */

struct showing {
	struct svd *svd;
	const json_t *names, *values;
	bool found[SVDS_NAMES];
	bool fields, words, cut, whole; /* whole: of this register no field was named */
	json_t *out;
	size_t bytes;
	size_t at;                      /* in values: they come in the order of the rows */
	struct err_msg *why;
	enum err code;
	/* of the register that is under way */
	const char *field;
	bool read;
	uint64_t value;
	json_t *row, *list;
};

static void
text(struct showing *s, json_t *o, const char *key, const char *value)
{
	if (value == NULL)
		return;
	json_put_str(o, key, value);
	s->bytes += strlen(value) + 16;
}

static void
hex(struct showing *s, json_t *o, const char *key, uint64_t v, unsigned bits)
{
	char word[24];

	snprintf(word, sizeof word, "0x%0*llx", (int)(bits / 4), (unsigned long long)v);
	text(s, o, key, word);
}

/* ---- words */

struct words { struct showing *s; json_t *list, *field; uint64_t value, bits; };

static bool
on_word(void *arg, const struct svd_value *v)
{
	struct words *w = arg;
	json_t *o = json_object();

	text(w->s, o, "name", v->name);
	text(w->s, o, "what", v->what);
	if (v->otherwise)
		json_put_bool(o, "otherwise", true);
	else
		hex(w->s, o, "value", v->value, 4);
	if (!v->otherwise && (v->mask & w->bits) != w->bits)
		hex(w->s, o, "mask", v->mask & w->bits, 4);
	(void)json_array_append_new(w->list, o);
	return w->s->bytes < SVDS_BYTES;
}

/* The word that fits; what is meant by "otherwise" only where none does. */
static bool
on_meaning(void *arg, const struct svd_value *v)
{
	struct words *w = arg;
	const bool fits = !v->otherwise && (w->value & v->mask) == v->value;

	if (fits || (v->otherwise && json_object_get(w->field, "word") == NULL)) {
		text(w->s, w->field, "word", v->name != NULL ? v->name : v->what);
		(void)json_object_del(w->field, "means");
		if (v->name != NULL)
			text(w->s, w->field, "means", v->what);
	}
	return !fits;
}

static uint64_t
bits_of(const struct svd_field *f)
{
	return f->width == 64 ? UINT64_MAX : (UINT64_C(1) << f->width) - 1;
}

static void
put_value(struct showing *s, const struct svd_field *f, json_t *o)
{
	struct words w = { .s = s, .field = o, .value = s->value >> f->lsb & bits_of(f) };

	if (w.value <= INT64_MAX)
		json_put_int(o, "value", (int64_t)w.value);
	else
		hex(s, o, "value", w.value, 64);
	s->code = svd_values(s->svd, f, on_meaning, &w, s->why);
}

/* ---- fields */

static void
put_place(const struct svd_field *f, json_t *o)
{
	char bits[16];

	json_put_int(o, "lsb", f->lsb);
	json_put_int(o, "width", f->width);
	if (f->width > 1)
		snprintf(bits, sizeof bits, "%u:%u", f->lsb + f->width - 1, f->lsb);
	else
		snprintf(bits, sizeof bits, "%u", f->lsb);
	json_put_str(o, "bits", bits);
}

static bool
on_field(void *arg, const struct svd_field *f)
{
	struct showing *s = arg;
	struct words w = { .s = s, .bits = bits_of(f) };
	json_t *o;

	if (s->field != NULL && strcasecmp(s->field, f->name) != 0)
		return true;
	o = json_object();
	s->bytes += 80;
	text(s, o, "name", f->name);
	text(s, o, "what", f->what);
	text(s, o, "access", f->access);
	text(s, o, "effect", f->effect);
	text(s, o, "why", f->bad);
	if (f->bad == NULL)
		put_place(f, o);
	if (s->words && f->bad == NULL) {
		w.list = json_array();
		s->code = svd_values(s->svd, f, on_word, &w, s->why);
		if (json_array_size(w.list) != 0)
			json_put(o, "words", w.list);
		else
			json_decref(w.list);
	}
	if (s->read && f->bad == NULL)
		put_value(s, f, o);
	if (s->field != NULL)
		json_put(s->row, "field", json_copy(o));
	(void)json_array_append_new(s->list, o);
	return s->code == ERR_OK && s->bytes < SVDS_BYTES;
}

/* ---- registers */

static void
take_value(struct showing *s, const char *name)
{
	const json_t *pair = json_array_get(s->values, s->at);
	const char *own = json_string_value(json_array_get(pair, 0)),
		   *value = json_string_value(json_array_get(pair, 1));

	s->read = own != NULL && value != NULL && strcmp(own, name) == 0 &&
	    slice_hex(slice_skip(slice_of(value), 2), &s->value);
	s->at += s->read ? 1 : 0;
}

static json_t *
register_row(struct showing *s, const struct svd_register *r)
{
	json_t *o = json_object();

	s->bytes += 80;
	text(s, o, "name", r->name);
	text(s, o, "what", r->what);
	text(s, o, "access", r->access);
	text(s, o, "effect", r->effect);
	text(s, o, "protection", r->protection);
	text(s, o, "why", r->bad);
	json_put_int(o, "bits", r->bits);
	if (r->bad == NULL)
		hex(s, o, "addr", r->addr, 32);
	if (r->has_reset)
		hex(s, o, "reset", r->reset, r->bits);
	return o;
}

/* Which of the names mean it: all of it when one does, else the one field. */
static bool
is_wanted(struct showing *s, const char *name)
{
	const json_t *v;
	size_t i;
	bool wanted = false;

	s->field = NULL;
	s->whole = false;
	json_array_foreach(s->names, i, v) {
		const char *field;

		if (!svd_means(json_string_value(v), name, &field))
			continue;
		wanted = true;
		s->whole = s->whole || field == NULL;
		s->field = s->whole ? NULL : field;
		if (field == NULL)
			s->found[i] = true;
	}
	return wanted;
}

static void
found_field(struct showing *s, const char *name)
{
	const json_t *v;
	const char *field;
	size_t i;

	json_array_foreach(s->names, i, v)
		if (svd_means(json_string_value(v), name, &field) && field != NULL &&
		    strcasecmp(field, s->field) == 0)
			s->found[i] = true;
}

static bool
on_register(void *arg, const struct svd_register *r)
{
	struct showing *s = arg;

	if (!is_wanted(s, r->name))
		return true;
	if (json_array_size(s->out) == SVDS_ROWS || s->bytes >= SVDS_BYTES) {
		s->cut = true;
		return false;
	}
	s->row = register_row(s, r);
	s->list = json_array();
	take_value(s, r->name);
	if (s->fields || s->read || s->field != NULL)
		s->code = svd_fields(s->svd, r, on_field, s, s->why);
	if (s->field != NULL && json_array_size(s->list) == 0) {
		json_decref(s->row);            /* it has no such field */
		json_decref(s->list);
		return s->code == ERR_OK;
	}
	if (s->field != NULL)
		found_field(s, r->name);
	if (json_array_size(s->list) != 0)
		json_put(s->row, "fields", s->list);
	else
		json_decref(s->list);
	(void)json_array_append_new(s->out, s->row);
	return s->code == ERR_OK;
}

/* ---- peripherals */

static bool
begins_with(const char *want, const char *peripheral)
{
	const size_t n = strlen(peripheral);

	return strncasecmp(want, peripheral, n) == 0 && (want[n] == '\0' || want[n] == '.');
}

static bool
on_wanted(void *arg, const struct svd_peripheral *p)
{
	struct showing *s = arg;
	const size_t before = json_array_size(s->out);
	const json_t *v;
	size_t i;

	json_array_foreach(s->names, i, v)
		if (begins_with(json_string_value(v), p->name)) {
			struct svd_peripheral own = *p;

			s->code = svd_registers(s->svd, &own, on_register, s, s->why);
			if (s->code == ERR_OK && json_array_size(s->out) == before &&
			    strcasecmp(json_string_value(v), p->name) == 0)
				s->code = err_set(s->why, ERR_NOTHING, p->name, NULL, "%s",
				    p->bad != NULL ? p->bad : "the file has no registers of it");
			break;
		}
	return s->code == ERR_OK && !s->cut;
}

static bool
on_peripheral(void *arg, const struct svd_peripheral *p)
{
	struct showing *s = arg;
	json_t *o;

	if (s->bytes >= SVDS_BYTES) {
		s->cut = true;
		return false;
	}
	o = json_object();
	s->bytes += 32;
	text(s, o, "name", p->name);
	text(s, o, "group", p->group);
	text(s, o, "what", p->what);
	text(s, o, "from", p->from);
	text(s, o, "why", p->bad);
	if (p->bad == NULL)
		hex(s, o, "addr", p->addr, 32);
	(void)json_array_append_new(s->out, o);
	return true;
}

static enum err
check(const json_t *params, struct err_msg *why)
{
	const json_t *names = json_object_get(params, "names"), *v;
	size_t i;

	if (json_get_str(params, "path", NULL) == NULL)
		return err_set(why, ERR_USAGE, "path", NULL, "the request lacks it");
	if (json_array_size(names) > SVDS_NAMES)
		return err_set(why, ERR_USAGE, "names", NULL, "%d at once", SVDS_NAMES);
	json_array_foreach(names, i, v)
		if (!json_is_string(v) || json_string_length(v) == 0)
			return err_set(why, ERR_USAGE, "names", NULL, "a name is a text");
	return ERR_OK;
}

static json_t *
answer(struct showing *s, const char *path)
{
	json_t *o = json_object(), *missing = json_array();
	const char *what, *device = svd_device(s->svd, &what);

	json_put_str(o, "path", path);
	text(s, o, "device", device);
	text(s, o, "what", what);
	json_put_bool(o, "cut", s->cut);
	json_put(o, s->names != NULL ? "registers" : "peripherals", s->out);
	for (size_t i = 0; i < json_array_size(s->names) && !s->cut; i++)
		if (!s->found[i])
			(void)json_array_append(missing, json_array_get(s->names, i));
	json_put(o, "missing", missing);
	return o;
}

enum err
svds_show(const json_t *params, json_t **result, struct err_msg *why)
{
	const char *path = json_get_str(params, "path", NULL);
	struct showing s = { .names = json_object_get(params, "names"), .why = why,
		.values = json_object_get(params, "values"),
		.fields = json_get_bool(params, "fields", false),
		.words = json_get_bool(params, "words", false) };
	enum err e = check(params, why);

	if (e == ERR_OK)
		e = load(path, why);
	if (e != ERR_OK)
		return e;
	s.svd = kept.svd;
	s.fields = s.fields || s.words;
	s.out = json_array();
	e = svd_peripherals(s.svd, s.names != NULL ? on_wanted : on_peripheral, &s, why);
	e = s.code != ERR_OK ? s.code : e;
	if (e != ERR_OK) {
		json_decref(s.out);
		return e;
	}
	*result = answer(&s, path);
	return ERR_OK;
}
