/*
 * ports.h - the dialog that opens a port: the bench's list of ports, what each is, what is in the
 * way.
 *
 * Layer   ui. The list is asked for when the dialog opens and with r; an answer that comes after it
 *         closed is not its own.
 */
#ifndef UI_PORTS_H
#define UI_PORTS_H
#include "ui/ui_state.h"

void ports_dialog(struct ui *u);
void ports_news(struct ui *u);                          /* one came or went */
/* The bench's answer to port.list: true when the dialog took it. */
bool ports_answer(struct ui *u, const json_t *list, const struct err_msg *err);

#endif
