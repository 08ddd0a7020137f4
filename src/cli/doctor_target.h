/*
 * doctor_target.h - `vise doctor TARGET`: a board's preflight, against what a program needs.
 *
 * Layer   cli. Blocking, with a loop of its own. Rows {what, state, text, mend} as vise doctor has.
 */
#ifndef CLI_DOCTOR_TARGET_H
#define CLI_DOCTOR_TARGET_H
#include <stdbool.h>
#include "base/err.h"
#include "core/json.h"

struct doctor_target {
	const char *spec, *elf, *timeout;       /* elf, timeout: NULL: none */
	bool bad;                       /* out: a row says so */
};

enum err doctor_target(struct doctor_target *t, json_t *rows, struct err_msg *why);

#endif
