/*
 * at_form.h - the parameters of a macro, asked for on screen.
 *
 * Layer   ui. at_form_new copies what it needs of the macro's row; at_form_free ends it.
 */
#ifndef UI_AT_FORM_H
#define UI_AT_FORM_H
#include "ui/ui_state.h"

struct at_form;

/* NULL when the macro asks for nothing. */
struct at_form *at_form_new(const json_t *macro);
void at_form_free(struct at_form *f);                   /* NULL is fine */
void at_form_draw(struct ui *u, struct at_form *f, struct grid *g, struct grid_rect r);
enum at_form_end { AT_FORM_GOES_ON, AT_FORM_BACK, AT_FORM_RUN };
enum at_form_end at_form_key(struct ui *u, struct at_form *f, const struct input_event *e);
char *at_form_line(const struct at_form *f);            /* "macro.run ID -- k=v": heap */

#endif
