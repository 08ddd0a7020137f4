/*
 * at_errors.h - the numbers of +CME ERROR and +CMS ERROR in words.
 *
 * Layer   console. Pure look-ups.
 * Source  3GPP TS 27.007 9.2 (CME), TS 27.005 3.2.5 (CMS).
 */
#ifndef CONSOLE_AT_ERRORS_H
#define CONSOLE_AT_ERRORS_H
#include "base/slice.h"
#include "console/at_table.h"

/* code is AT_CME or AT_CMS; NULL: the number is not in the table (makers add their own). */
const char *at_errors_text(enum at_code code, int number);
/* Of a text as AT+CMEE=2 gives it, any case; -1 when it is none of them. */
int         at_errors_number(enum at_code code, struct slice text);

#endif
