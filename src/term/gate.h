/*
 * gate.h - what a board may say to the terminal emulation; all that is not listed here is dropped.
 *
 * Layer   term. Embedded by its owner; nothing to free. Bytes may come in any split: the output is
 *         the same.
 * Lets through, GATE_SCREEN
 *         whole valid UTF-8 (U+FFFD for the rest), C1 in neither form, at most GATE_MARKS_MAX
 *         zero-width code points behind one character (none of U+302A-302F, 3099, 309A);
 *         BEL BS HT LF VT FF CR; ESC 7 8 D E H M = > c;
 *         CSI with at most 8 numbers of at most 4 digits, written anew from the parsed numbers:
 *         cursor, erase, insert, delete, scroll, tabs, SGR, DECSTBM, modes 4 and 20, ?J ?K, DECSTR,
 *         and DECSET/DECRST of 1 6 7 25 47 1047 1048 1049 alone. CSI s and u become ESC 7 and 8.
 * Translates
 *         DEC line drawing (ESC ( 0, ESC ) 0, SO, SI) into Unicode here: libvterm 0.1.4 would draw
 *         "q" or a line according to how the bytes were split.
 * Drops   queries (DA, DSR, DECRQM, ENQ, ...: nothing is ever answered), REP, window operations,
 *         mouse, paste and focus modes, margins left and right, double-size lines, and every string
 *         (OSC, DCS, APC, PM, SOS, title) up to ST, BEL, CAN, a new escape, or GATE_STRING_MAX
 *         bytes.
 * GATE_PLAIN  text, LF and HT alone, for logs and matching; CR LF, CR CR LF and a CR are one LF.
 * Sources ECMA-48 5th edition; DEC STD 070; xterm's ctlseqs; libvterm 0.1.4 for what is dropped.
 */
#ifndef TERM_GATE_H
#define TERM_GATE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"

enum {
	GATE_WRITE_MAX  = 4096,         /* bytes of one call of the output function */
	GATE_PARAMS_MAX = 8,            /* numbers of a CSI that goes out */
	GATE_SGR_MAX    = 32,           /* numbers of an SGR that comes in; it goes out in pieces */
	GATE_VALUE_MAX  = 9999,
	GATE_STRING_MAX = 8192,
	GATE_MARKS_MAX  = 5,            /* libvterm keeps six code points a cell */
};

enum gate_mode { GATE_SCREEN, GATE_PLAIN };

/* Gets whole characters and whole sequences, at most GATE_WRITE_MAX bytes. */
typedef void gate_out(const char *bytes, size_t n, void *arg);

struct gate {
	enum gate_mode mode;
	gate_out *out;
	void *arg;
	bool app_cursor, app_keypad;    /* DECCKM, DECKPAM: what the keyboard should send */
	/* private from here on */
	int state;
	int marks;                      /* zero-width code points behind the last character */
	bool drawing[2], saved_drawing[2];      /* G0, G1 hold line drawing; at ESC 7 */
	bool shift, saved_shift;        /* G1 is in use */
	bool cr;                        /* GATE_PLAIN: a CR whose LF may follow */
	unsigned char u[4];             /* an unfinished character */
	int ulen, uneed;
	size_t swallowed;               /* bytes of a string */
	unsigned char inter;            /* intermediate byte of an escape or CSI, 0: none */
	unsigned char leader;           /* '<' '=' '>' '?' of a CSI, 0: none */
	bool bad;                       /* the CSI is not one to let through */
	int params;                     /* numbers begun; value -1: left out */
	int16_t value[GATE_SGR_MAX];
	bool sub[GATE_SGR_MAX];         /* joined to the next by ':' */
};

void gate_init(struct gate *g, enum gate_mode mode, gate_out *out, void *arg);
void gate_reset(struct gate *g); /* forgets what is unfinished, and the modes */
void gate_feed(struct gate *g, const void *p, size_t n);
void gate_finish(struct gate *g); /* the input ends: writes what was held back */

/* The plain text of n bytes, added to out. Errors are those of the buffer. */
enum err gate_strip(const void *p, size_t n, struct buf *out);

#endif
