/*
 * input.h - bytes from the keyboard become named keys, pastes, focus changes and mouse clicks.
 *
 * Layer   ui. No terminal library: each event carries the bytes it was made of, so that a live
 *         console
 *         can be given them unchanged. Text of an event is valid until the callback returns.
 * Names   "a" "A" "^L" "Esc" "Tab" "Enter" "Space" "Bksp" "Up" "PgDn" "F1" "S-Tab" "A-x" "C-Up".
 * Format  xterm ctlseqs (CSI, SS3, mode 2004 paste, 1004 focus, 1006 mouse), and the Linux
 *         console's CSI [ A.
 * Esc     alone is told from the start of a sequence by time: input_pending() says that bytes wait,
 *         the
 *         owner calls input_timeout() after 25 ms (100 over ssh).
 */
#ifndef UI_INPUT_H
#define UI_INPUT_H
#include <stdbool.h>
#include <stddef.h>

enum input_type {
	INPUT_KEY,
	INPUT_PASTE,            /* a piece of a paste: data, never keys */
	INPUT_PASTE_END,
	INPUT_FOCUS,            /* on: the window got the focus */
	INPUT_MOUSE,            /* a press: button 0.. (64 and 65 the wheel), row and col from 0 */
	INPUT_OTHER,            /* bytes without a name: for the board only */
};

struct input_event {
	enum input_type type;
	char name[16];
	char text[5];           /* what typing it inserts, "" for keys that insert nothing */
	bool on;
	int  button, row, col;
	const char *raw;        /* the bytes; of a paste: its content */
	size_t n;
};

typedef void (*input_cb)(void *arg, const struct input_event *e);

enum { INPUT_HELD_MAX = 48 };

struct input {
	input_cb cb;
	void *arg;
	char held[INPUT_HELD_MAX];      /* a sequence that may go on */
	size_t n;
	bool paste;
};

void input_init(struct input *in, input_cb cb, void *arg);
void input_feed(struct input *in, const char *p, size_t n);
bool input_pending(const struct input *in);     /* bytes wait for more or for the timeout */
void input_timeout(struct input *in);           /* gives what is held as it stands */

#endif
