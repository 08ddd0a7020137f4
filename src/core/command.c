/* command.c - parsing command lines, checking arguments, running commands. */
#include "core/command.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "base/nearest.h"
#include "base/utf8.h"
#include "core/token.h"

/* ---- the table */

const struct command *
command_find(const struct command *const *tables, struct slice name)
{
	for (; *tables != NULL; tables++)
		for (const struct command *c = *tables; c->name != NULL; c++)
			if (slice_is(name, c->name))
				return c;
	return NULL;
}

static const char *const type_names[] = { "word", "int", "number", "bool", "duration", "rest" };

void
command_usage(const struct command *c, char *out, size_t size)
{
	size_t n = (size_t)snprintf(out, size, "%s", c->name);

	for (const struct command_arg *a = c->args; a != NULL && a->name != NULL && n < size; a++) {
		if (a->type == ARG_REST)
			n += (size_t)snprintf(out + n, size - n, " [-- %s...]", a->name);
		else if ((a->flags & ARG_MUST) != 0)
			n += (size_t)snprintf(out + n, size - n, " %s", a->name);
		else
			n += (size_t)snprintf(
			    out + n, size - n, " [%s=%s]", a->name, a->dflt != NULL ? a->dflt : "");
	}
}

static json_t *
args_list(const struct command *c)
{
	json_t *list = json_array();

	for (const struct command_arg *a = c->args; a != NULL && a->name != NULL; a++) {
		json_t *o = json_object();

		json_put_str(o, "name", a->name);
		json_put_str(o, "type", type_names[a->type]);
		json_put_bool(o, "must", (a->flags & ARG_MUST) != 0);
		json_put_str(o, "default", a->dflt);
		json_put_str(o, "help", a->help);
		(void)json_array_append_new(list, o);
	}
	return list;
}

json_t *
command_list(const struct command *const *tables)
{
	json_t *list = json_array();

	for (; *tables != NULL; tables++)
		for (const struct command *c = *tables; c->name != NULL; c++) {
			char usage[512];
			json_t *o;

			if ((c->flags & COMMAND_HIDDEN) != 0)
				continue;
			command_usage(c, usage, sizeof usage);
			o = json_object();
			json_put_str(o, "name", c->name);
			json_put_str(o, "help", c->help);
			json_put_str(o, "usage", usage);
			json_put_bool(o, "asks", (c->flags & COMMAND_ASKS) != 0);
			json_put_bool(o, "view", (c->flags & COMMAND_VIEW) != 0);
			json_put(o, "args", args_list(c));
			(void)json_array_append_new(list, o);
		}
	return list;
}

/* ---- checking arguments */

static const struct command_arg *
arg_find(const struct command *c, const char *name)
{
	for (const struct command_arg *a = c->args; a != NULL && a->name != NULL; a++)
		if (strcmp(a->name, name) == 0)
			return a;
	return NULL;
}

static json_t *
bool_value(struct slice v)
{
	bool on;

	return slice_bool(v, &on) ? json_boolean(on) : NULL;
}

/* An argument is what was typed: "\x03" stays one byte. Only what JSON cannot hold (NUL, bytes
 * that are no UTF-8) is escaped. */
static json_t *
exact(const char *s, size_t n)
{
	return memchr(s, '\0', n) == NULL && utf8_valid(s, n) != 0 ? json_stringn_nocheck(s, n)
								   : json_text(s, n);
}

static json_t *
text_value(enum command_type type, const char *text)
{
	const struct slice v = slice_of(text);
	uint64_t u;
	int64_t i;
	double d;

	switch (type) {
	case ARG_INT:
		if (slice_i64(v, &i))
			return json_integer(i);
		return slice_bytes(v, &u) ? json_integer((int64_t)u) : NULL;
	case ARG_NUM:
		return slice_f64(v, &d) ? json_real(d) : NULL;
	case ARG_BOOL:
		return bool_value(v);
	case ARG_DURATION:
		return slice_duration(v, &u) ? json_integer((int64_t)u) : NULL;
	case ARG_WORD: case ARG_REST:
		break;
	}
	return exact(text, strlen(text));
}

static bool
all_strings(const json_t *list)
{
	size_t i;
	json_t *v;

	json_array_foreach((json_t *)(uintptr_t)list, i, v)
		if (!json_is_string(v))
			return false;
	return json_is_array(list);
}

static bool
is_bare(const json_t *v)
{
	return json_is_string(v) || json_is_number(v) || json_is_boolean(v);
}

/* A value that came as JSON: right type already, or text in our syntax. New reference or NULL. */
static json_t *
json_value(enum command_type type, json_t *v)
{
	if (type == ARG_REST)
		return all_strings(v) ? json_incref(v) : NULL;
	if (!is_bare(v))
		return NULL;
	if (json_is_string(v) && type != ARG_WORD)
		return text_value(type, json_string_value(v));
	if ((type == ARG_WORD && json_is_string(v)) || (type == ARG_INT && json_is_integer(v)) ||
	    (type == ARG_BOOL && json_is_boolean(v)))
		return json_incref(v);
	if (type == ARG_NUM && json_is_number(v))
		return json_real(json_number_value(v));
	if (type == ARG_DURATION && json_is_number(v) && json_number_value(v) >= 0 &&
	    json_number_value(v) < 9e9)
		return json_integer((int64_t)(json_number_value(v) * 1e9));     /* bare seconds */
	if (type == ARG_WORD) {
		char *text = json_dumps(v, JSON_ENCODE_ANY);
		json_t *s = text != NULL ? json_string(text) : NULL;
		void (*release)(void *);

		json_get_alloc_funcs(NULL, &release);
		release(text);
		return s;
	}
	return NULL;
}

static enum err
bad_value(const struct command *c, const struct command_arg *a, struct err_msg *why)
{
	char usage[400];

	command_usage(c, usage, sizeof usage);
	return err_set(why, ERR_USAGE, c->name, NULL, "argument %s is not a %s; usage: %s", a->name,
	    type_names[a->type], usage);
}

/* A viewer asks and then says confirm=on; a script says it itself. */
static bool
confirmed(const json_t *args)
{
	const json_t *v = json_object_get(args, "confirm");
	bool on = false;

	if (json_is_string(v))
		(void)slice_bool(slice_of(json_string_value(v)), &on);
	return on || json_is_true(v);
}

static enum err
no_such_arg(const struct command *c, const char *key, struct err_msg *why)
{
	char usage[400], next[ERR_NEXT_MAX];
	struct nearest near;

	command_usage(c, usage, sizeof usage);
	nearest_begin(&near, key);
	for (const struct command_arg *a = c->args; a != NULL && a->name != NULL; a++)
		nearest_offer(&near, a->name);
	return err_set(why, ERR_USAGE, c->name, nearest_advice(&near, NULL, next, sizeof next),
	    "no argument named %.60s; usage: %s", key, usage);
}

/* in: object of raw values. out: checked object with defaults. */
static enum err
check_args(const struct command *c, const json_t *in, json_t *out, struct err_msg *why)
{
	char usage[400];
	const char *key;
	json_t *v;

	command_usage(c, usage, sizeof usage);
	json_object_foreach((json_t *)(uintptr_t)in, key, v)
		if (arg_find(c, key) == NULL && strcmp(key, "confirm") != 0)
			return no_such_arg(c, key, why);
	if ((c->flags & COMMAND_ASKS) != 0 && !confirmed(in))
		return err_set(why, ERR_DENIED, c->name, "say it again with confirm=on",
		    "changes the board or ends work: it wants to be confirmed");
	for (const struct command_arg *a = c->args; a != NULL && a->name != NULL; a++) {
		json_t *given = json_object_get(in, a->name), *value = NULL;

		if (given != NULL && !json_is_null(given)) {
			value = json_value(a->type, given);
			if (value == NULL)
				return bad_value(c, a, why);
		} else if ((a->flags & ARG_MUST) != 0) {
			return err_set(
			    why, ERR_USAGE, c->name, NULL, "needs %s; usage: %s", a->name, usage);
		} else if (a->dflt != NULL) {
			value = text_value(a->type, a->dflt);
		}
		if (value != NULL)
			json_put(out, a->name, value);
	}
	return ERR_OK;
}

/* ---- from words to raw values */

static const struct command_arg *
rest_of(const struct command *c)
{
	const struct command_arg *a = c->args;

	while (a != NULL && a->name != NULL && a->type != ARG_REST)
		a++;
	return a != NULL && a->name != NULL ? a : NULL;
}

static void
add_rest(json_t *out, const char *name, const struct token *k)
{
	json_t *rest = json_object_get(out, name);

	if (rest == NULL) {
		rest = json_array();
		json_put(out, name, rest);
	}
	(void)json_array_append_new(rest, exact(k->whole, k->whole_len));
}

static bool
is_named(const struct command *c, const struct token *k)
{
	return k->key != NULL && (arg_find(c, k->key) != NULL || strcmp(k->key, "confirm") == 0);
}

static enum err
raw_args(const struct command *c, const struct token_list *t, json_t *out, struct err_msg *why)
{
	const struct command_arg *pos = c->args, *rest = rest_of(c);

	for (size_t i = 1; i < t->n; i++) {
		const struct token *k = &t->item[i];

		if (is_named(c, k)) {
			json_put(out, k->key, exact(k->value, k->len));
			continue;
		}
		/* before a rest, optional arguments go by name only: what follows is the rest's */
		while (pos != NULL && pos->name != NULL && pos->type != ARG_REST &&
		    (json_object_get(out, pos->name) != NULL ||
			(rest != NULL && (pos->flags & ARG_MUST) == 0)))
			pos++;
		if (rest != NULL && (k->rest || pos == rest))
			add_rest(out, rest->name, k);
		else if (pos == NULL || pos->name == NULL)
			return k->key != NULL ? no_such_arg(c, k->key, why) :
			    err_set(why, ERR_USAGE, c->name, NULL,
				"too many arguments, from \"%.80s\" on", k->whole);
		else
			json_put(out, pos->name, exact(k->whole, k->whole_len));
	}
	return ERR_OK;
}

/* ---- running */

/* What answers inside its run() may still read its arguments there. */
static void
over(struct command_call *c)
{
	c->answered = true;
	if (c->running)
		return;
	json_decref(c->args);
	mem_free(c);
}

void
command_done(struct command_call *c, json_t *result)
{
	json_t *r = result != NULL ? result : json_null();

	c->answer(c->answer_arg, r, NULL);
	json_decref(r);
	over(c);
}

void
command_fail(struct command_call *c, const struct err_msg *why)
{
	command_fail_cause(c, why, NULL);
}

void
command_fail_cause(struct command_call *c, const struct err_msg *why, json_t *cause)
{
	c->answer(c->answer_arg, cause, why);
	over(c);
}

static void
start(const struct command *c, json_t *args, void *ctx, void *client, command_answer answer,
    void *arg)
{
	struct command_call *call = mem_zero(1, sizeof *call);

	*call = (struct command_call){ .command = c, .args = args, .ctx = ctx, .client = client,
		.answer = answer, .answer_arg = arg, .running = true };
	c->run(call);
	call->running = false;
	if (call->answered)
		over(call);
}

static void
refuse(command_answer answer, void *arg, const struct err_msg *why)
{
	answer(arg, NULL, why);
}

static enum err
unknown(const struct command *const *tables, const char *name, struct err_msg *why)
{
	char next[ERR_NEXT_MAX];
	struct nearest near;

	nearest_begin(&near, name);
	for (; *tables != NULL; tables++)
		for (const struct command *c = *tables; c->name != NULL; c++)
			if ((c->flags & COMMAND_HIDDEN) == 0)
				nearest_offer(&near, c->name);
	return err_set(why, ERR_USAGE, name, nearest_advice(&near,
	    "`vise commands` lists them; in the workbench press :", next, sizeof next),
	    "no such command");
}

void
command_json(const struct command *const *tables, const char *name, const json_t *args, void *ctx,
    void *client, command_answer answer, void *arg)
{
	const struct command *c = command_find(tables, slice_of(name));
	json_t *checked = json_object();
	struct err_msg why;

	if ((c == NULL && unknown(tables, name, &why) != ERR_OK) ||
	    (c != NULL && check_args(c, args, checked, &why) != ERR_OK)) {
		json_decref(checked);
		refuse(answer, arg, &why);
		return;
	}
	start(c, checked, ctx, client, answer, arg);
}

/* A line that runs: commands one after the other, the answer of the last one is the line's. */
struct line_run {
	const struct command *const *tables;
	char *text;
	size_t at;
	void *ctx, *client;
	command_answer answer;
	void *arg;
	bool again;                     /* the next command may start */
	bool *gone;                     /* set while one starts: told when the run is over */
};

static void line_go(struct line_run *r);

static void
line_end(struct line_run *r, json_t *result, const struct err_msg *why)
{
	if (r->gone != NULL)
		*r->gone = true;
	r->answer(r->arg, result, why);
	mem_free(r->text);
	mem_free(r);
}

static void
line_answer(void *arg, json_t *result, const struct err_msg *why)
{
	struct line_run *r = arg;

	if (why != NULL || r->text[r->at] == '\0')
		line_end(r, result, why);
	else
		line_go(r);
}

static void
line_next(struct line_run *r)
{
	struct token_list t;
	struct err_msg why;
	const struct command *c = NULL;
	json_t *raw = json_object(), *args = json_object();
	enum err e = token_parse(r->text, &r->at, &t, &why);

	if (e == ERR_OK && t.n == 0)
		e = err_set(&why, ERR_USAGE, "command", NULL, "nothing to run");
	if (e == ERR_OK && (c = command_find(r->tables, slice_of(t.item[0].whole))) == NULL)
		e = unknown(r->tables, t.item[0].whole, &why);
	if (e == ERR_OK)
		e = raw_args(c, &t, raw, &why);
	if (e == ERR_OK)
		e = check_args(c, raw, args, &why);
	token_free(&t);
	json_decref(raw);
	if (e == ERR_OK) {
		start(c, args, r->ctx, r->client, line_answer, r);
		return;
	}
	json_decref(args);
	line_end(r, NULL, &why);
}

/* A loop, not a recursion: a line may hold thousands of commands that answer at once. */
static void
line_go(struct line_run *r)
{
	bool gone = false;

	r->again = true;
	if (r->gone != NULL)
		return;                 /* inside line_next below: the loop there goes on */
	r->gone = &gone;
	while (!gone && r->again) {
		r->again = false;
		line_next(r);
	}
	if (!gone)
		r->gone = NULL;
}

void
command_line(const struct command *const *tables, const char *line, void *ctx, void *client,
             command_answer answer, void *arg)
{
	struct err_msg why;
	struct line_run *r;

	if (strlen(line) > LIMIT_COMMAND_LINE) {
		(void)err_set(
		    &why, ERR_LIMIT, "command", NULL, "longer than %u bytes", LIMIT_COMMAND_LINE);
		refuse(answer, arg, &why);
		return;
	}
	r = mem_zero(1, sizeof *r);
	*r = (struct line_run){ .tables = tables,
		.text = mem_str(line),
		.ctx = ctx,
		.client = client,
		.answer = answer,
		.arg = arg };
	line_go(r);
}

enum err
command_check(const char *line, char *name, size_t name_size, struct err_msg *why)
{
	struct token_list t;
	size_t at = 0;
	enum err e = ERR_OK;

	if (name_size != 0)
		name[0] = '\0';
	for (bool first = true; e == ERR_OK && (first || line[at] != '\0'); first = false) {
		e = token_parse(line, &at, &t, why);
		if (e == ERR_OK && t.n == 0)
			e = err_set(why, ERR_USAGE, "command", NULL, "nothing to run");
		if (e == ERR_OK && first)
			snprintf(name, name_size, "%s", t.item[0].whole);
		token_free(&t);
	}
	return e;
}

void
command_quote(const char *value, struct buf *out)
{
	const size_t n = strlen(value);

	if (n != 0 && strcspn(value, " \t\r\n;\"\\=") == n && value[0] != '-') {
		(void)buf_add(out, value, n);
		return;
	}
	(void)buf_add_byte(out, '"');
	for (size_t i = 0; i < n; i++) {
		const unsigned char c = (unsigned char)value[i];

		if (c == '"' || c == '\\')
			(void)buf_add_fmt(out, "\\%c", c);
		else if (c < 0x20 || c == 0x7f)
			(void)buf_add_fmt(out, "\\x%02x", c);
		else
			(void)buf_add_byte(out, (char)c);
	}
	(void)buf_add_byte(out, '"');
}
