/* at_form.c - the parameters of a macro, asked for on screen. */
#include "ui/at_form.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "ui/edit.h"
#include "ui/pane_box.h"

struct field {
	char *name;
	json_t *spec;
	struct edit edit;
};

struct at_form {
	char *id, *title;
	struct field *field;
	size_t n, at;
};

static void
set_default(struct field *f)
{
	const json_t *dflt = json_object_get(f->spec, "default"),
		     *values = json_object_get(f->spec, "values");
	struct buf text;

	buf_init(&text, EDIT_MAX);
	if (json_is_string(dflt))
		edit_set(&f->edit, json_string_value(dflt));
	else if (dflt != NULL && json_write(dflt, &text) == ERR_OK)
		edit_set(&f->edit, buf_str(&text));
	else if (json_array_size(values) != 0)
		edit_set(&f->edit, json_string_value(json_array_get(values, 0)));
	buf_fini(&text);
}

struct at_form *
at_form_new(const json_t *macro)
{
	json_t *params = json_object_get(macro, "params"), *spec;
	struct at_form *f;
	const char *name;

	if (json_object_size(params) == 0)
		return NULL;
	f = mem_zero(1, sizeof *f);
	f->id = mem_str(json_get_str(macro, "id", ""));
	f->title = mem_str(json_get_str(macro, "title", f->id));
	f->field = mem_zero(json_object_size(params), sizeof *f->field);
	json_object_foreach(params, name, spec) {
		struct field *x = &f->field[f->n++];

		x->name = mem_str(name);
		x->spec = json_incref(spec);
		edit_init(&x->edit);
		set_default(x);
	}
	return f;
}

void
at_form_free(struct at_form *f)
{
	if (f == NULL)
		return;
	for (size_t i = 0; i < f->n; i++) {
		mem_free(f->field[i].name);
		json_decref(f->field[i].spec);
		edit_fini(&f->field[i].edit);
	}
	mem_free(f->field);
	mem_free(f->id);
	mem_free(f->title);
	mem_free(f);
}

char *
at_form_line(const struct at_form *f)
{
	struct buf line, pair;
	char *out;

	buf_init(&line, 64 << 10);
	(void)buf_add_fmt(&line, "macro.run %s --", f->id);
	for (size_t i = 0; i < f->n; i++) {
		buf_init(&pair, 2 * EDIT_MAX);
		(void)buf_add_fmt(&pair, "%s=%s", f->field[i].name, f->field[i].edit.text);
		(void)buf_add_byte(&line, ' ');
		command_quote(buf_str(&pair), &line);
		buf_fini(&pair);
	}
	out = mem_str(buf_str(&line));
	buf_fini(&line);
	return out;
}

/* What may stand in the field: "zh_CN | en_US", "1 to 65535", its doc. */
static void
hint(const struct field *f, char *out, size_t size)
{
	const json_t *values = json_object_get(f->spec, "values"), *v;
	const json_t *min = json_object_get(f->spec, "min"), *max = json_object_get(f->spec, "max");
	size_t n = 0, i;

	out[0] = '\0';
	if (min != NULL || max != NULL)
		n = (size_t)snprintf(out, size, "%g to %g ", json_number_value(min),
		    max != NULL ? json_number_value(max) : 1e9);
	json_array_foreach(values, i, v)
		if (n < size)
			n += (size_t)snprintf(out + n, size - n, "%s%s", i == 0 ? "" : " | ",
			    json_string_value(v));
	if (n < size)
		snprintf(out + n, size - n, "%s%s", n != 0 ? "  " : "",
		    json_get_str(f->spec, "doc", ""));
}

void
at_form_draw(struct ui *u, struct at_form *f, struct grid *g, struct grid_rect r)
{
	char text[200];
	int row = r.row + 1;

	pane_popup(u, g, r, f->title, f->id, r.cols >= 60 ?
	    "Enter run  Tab next  Left Right choose  Esc back" : "Enter Tab Esc");
	for (size_t i = 0; i < f->n && row + 1 < r.row + r.rows - 1; i++, row += 2) {
		struct field *x = &f->field[i];
		const int col = r.col + 18, width = r.col + r.cols - 2 - col;

		grid_textf(g, row, r.col + 2, 15, i == f->at ? STYLE_NORMAL : STYLE_DIM, "%s%.12s",
		    i == f->at ? "> " : "  ", x->name);
		if (i == f->at) {
			u->cursor_row = row;
			u->cursor_col = edit_draw(&x->edit, g, row, col, width, STYLE_INPUT);
		} else {
			(void)grid_text(g, row, col, width, STYLE_NORMAL, x->edit.text);
		}
		hint(x, text, sizeof text);
		grid_text(g, row + 1, col, width, STYLE_DIM, text);
	}
}

/* The next of the values a choice has. */
static void
choose(struct field *f, int by)
{
	const json_t *values = json_object_get(f->spec, "values");
	const int n = (int)json_array_size(values);
	int at = 0;

	if (n == 0)
		return;
	for (int i = 0; i < n; i++)
		if (strcmp(json_string_value(json_array_get(values, (size_t)i)), f->edit.text) == 0)
			at = i;
	edit_set(&f->edit, json_string_value(json_array_get(values, (size_t)((at + by + n) % n))));
}

static bool
complete(struct ui *u, struct at_form *f)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->field[i].edit.len == 0 &&
		    json_get_bool(f->field[i].spec, "required", false)) {
			f->at = i;
			ui_say(u, UI_WARN, "%s is needed", f->field[i].name);
			return false;
		}
	return true;
}

enum at_form_end
at_form_key(struct ui *u, struct at_form *f, const struct input_event *e)
{
	struct field *x = &f->field[f->at];
	const bool choice = json_array_size(json_object_get(x->spec, "values")) != 0;

	if (e->type != INPUT_KEY) {
		(void)edit_key(&x->edit, e);
		return AT_FORM_GOES_ON;
	}
	if (strcmp(e->name, "Esc") == 0 || strcmp(e->name, "^C") == 0)
		return AT_FORM_BACK;
	if (strcmp(e->name, "Enter") == 0)
		return complete(u, f) ? AT_FORM_RUN : AT_FORM_GOES_ON;
	if (strcmp(e->name, "Tab") == 0 || strcmp(e->name, "Down") == 0)
		f->at = (f->at + 1) % f->n;
	else if (strcmp(e->name, "Up") == 0)
		f->at = (f->at + f->n - 1) % f->n;
	else if (choice && (strcmp(e->name, "Left") == 0 || strcmp(e->name, "Right") == 0))
		choose(x, e->name[0] == 'L' ? -1 : 1);
	else
		(void)edit_key(&x->edit, e);
	return AT_FORM_GOES_ON;
}
