/*
 * at_table.h - what is known of AT dialects: final codes, unsolicited lines, boot banners, slow
 * commands.
 *
 * Layer   console. Pure look-ups; nothing is kept.
 * Source  ITU-T V.250; 3GPP TS 27.005 and 27.007; Espressif ESP-AT; the modem manuals named in
 *         at_table.c.
 * Rule    final codes are whole lines, never parts of one: the text of an SMS may hold "OK".
 */
#ifndef CONSOLE_AT_TABLE_H
#define CONSOLE_AT_TABLE_H
#include <stdbool.h>
#include <stdint.h>
#include "base/slice.h"

/*	name        word           good */
#define AT_CODE_LIST(X) \
	X(OK,          "ok",          1) \
	X(CONNECT,     "connect",     1) \
	X(ERROR,       "error",       0) \
	X(CME,         "cme",         0) \
	X(CMS,         "cms",         0) \
	X(NO_CARRIER,  "no_carrier",  0) \
	X(BUSY,        "busy",        0) \
	X(NO_ANSWER,   "no_answer",   0) \
	X(NO_DIALTONE, "no_dialtone", 0) \
	X(SEND_FAIL,   "send_fail",   0) \
	X(PROMPT,      "prompt",      0) \
	X(TIMEOUT,     "timeout",     0) \
	X(RESTARTED,   "restarted",   0) \
	X(LOST,        "lost",        0) \
	X(CANCELLED,   "cancelled",   0)

enum at_code {
#define X(name, word, good) AT_##name,
	AT_CODE_LIST(X)
#undef X
	AT_CODE_COUNT
};

const char *at_code_word(enum at_code c);
bool        at_code_good(enum at_code c);

/* A final code of this command. *number: of +CME ERROR: n, -1 when there is none. */
bool     at_table_final(struct slice line, struct slice command, enum at_code *code, int *number);
/* A line that modems send unasked. */
bool     at_table_urc(struct slice line);
/* The line after this one is text that belongs to it (+CMT: and the like). */
bool     at_table_two_lines(struct slice line);
/* The device has started anew, or it is its bootloader that speaks. */
enum at_banner { AT_BANNER_NONE, AT_BANNER_BOOT, AT_BANNER_LOADER };
enum at_banner at_table_banner(struct slice line);
/* "+NAME:" and the like at the front: the length of "+NAME", 0 when there is none. */
size_t   at_table_head(struct slice line);
/* The line answers the command by its prefix (+CREG: 0,1 answers AT+CREG?, +CREG: 1 does not). */
bool     at_table_own(struct slice line, struct slice command);
bool     at_table_is_at(struct slice command);          /* begins with AT, any case */
bool     at_table_extended(struct slice command);       /* AT+..., AT^..., AT#... */
/* How long this command is known to take, 0 when nothing is known. */
uint64_t at_table_timeout(struct slice command);
/* A result code in digits (ATV0), as far as it may end this command. */
bool     at_table_numeric(struct slice line, struct slice command, enum at_code *code);
/* A basic command in the line sets this: what is "V", "Q", "E", "S3"; *value 0 when no number
 * follows. */
bool     at_table_basic(struct slice command, const char *what, unsigned *value);
/* A basic line whose commands give no information: AT, ATE0V1, AT&F. */
bool     at_table_terse(struct slice command);
/* The command is followed by data: what asks for it, whether the data is exactly `count` bytes
 * (-1: not said in the command) or text that Ctrl-Z ends. */
struct at_prompt { const char *prompt; bool raw; int64_t count; };
bool     at_table_prompt(struct slice command, struct at_prompt *out);
/* Ends early when a character is sent. */
bool     at_table_abortable(struct slice command);

enum { AT_RAW_MAX = 1 << 20 };
/* The line is the header of raw bytes that begin behind `end` (':' ',' '"' or the line's end,
 * '\n'): how many follow, 0 when it is no such header. The line does not hold `end`. */
uint64_t at_table_raw(struct slice line, char end, struct slice command);

#endif
